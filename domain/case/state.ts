/**
 * What a truancy case knows, as plain JSON with ISO dates: it is carried across continue-as-new and stored as the
 * case's projection. No names of people in it: students and schools stand by number and code.
 */
import type { SchoolCalendar } from '../calendar.ts';
import type { Coverage } from '../coverage.ts';
import type { IsoDate } from '../dates.ts';
import type { LadderPolicy, LetterKind, ReferralNumber } from '../policy.ts';
import type { Entry } from './entries.ts';

/** Who did something: an opaque user id, the role it was done in, and whether it was invented by a script. */
export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly invented?: boolean | undefined;
}

/** The unexcused part of one day, as the records have it now; fraction 0 takes a day back. */
export interface UnexcusedDay {
  readonly date: IsoDate;
  /** 0 … 1 of the day. */
  readonly fraction: number;
  readonly code: string;
  readonly school: string;
}

export interface CaseIntervention {
  readonly id: string;
  readonly kind: string;
  readonly date: IsoDate;
  /** Office date on which it was logged. */
  readonly loggedOn: IsoDate;
  /** The referral it was counted for; each counts once. */
  readonly countedFor: ReferralNumber | null;
}

export interface CaseReferral {
  readonly n: ReferralNumber;
  readonly on: IsoDate;
  readonly interventions: readonly string[];
  /** Unexcused days in the window on that day. */
  readonly count: number;
  /** The new unexcused absences it rests on; empty where a written reason stood in for them. */
  readonly newUnexcused: readonly IsoDate[];
  /** A written reason stood in for a new absence, or for missing interventions. */
  readonly overridden: boolean;
  readonly fewerAccepted: boolean;
  /** Made before this system: brought in from paper. */
  readonly paper: boolean;
}

export type LetterStatus = 'waiting' | 'out' | 'blocked' | 'withdrawn';

/**
 * Why a letter that is ready may not leave: a hold; the summer between two terms; a basis in question (a person is
 * asked); that a person is asked once a hold is over; or that nobody has approved it yet.
 */
export type ParkReason = 'hold' | 'between-terms' | 'basis' | 'asked' | 'approval';

/** The dated absences a letter states: what it said when it left. */
export interface StatedFacts {
  readonly asOf: IsoDate;
  /** Date and fraction of a day. */
  readonly days: readonly (readonly [IsoDate, number])[];
}

/** What later corrections did to a letter that is out: to the facts it states, or to the step it announces. */
export interface LetterConcern {
  readonly what: 'facts-changed' | 'basis-lost';
  /** The days stated that no longer count. */
  readonly dates: readonly IsoDate[];
  /** What is left of each (days); absent in states of earlier versions. */
  readonly left?: readonly number[] | undefined;
  readonly since: IsoDate;
  readonly settled: 'correction' | 'withdrawal' | 'stands' | null;
}

/** `withheld`: the approver keeps it in the house; `returned`: it is back with whoever made the step. */
export type ApprovalStatus = 'asked' | 'approved' | 'withheld' | 'returned';

/** What an approver has said to a letter. Beside `parked`: a letter approved may still wait under a hold. */
export interface LetterApproval {
  /** Whose approval is asked, by role. */
  readonly role: string;
  /** The role that made the step: a letter returned comes back to it. `case` where the case decided by itself. */
  readonly madeBy: string;
  readonly status: ApprovalStatus;
  readonly since: IsoDate;
  /** Why it was withheld, returned or asked anew; what was said when it was approved or put in again. */
  readonly note: string | null;
  /** What the letter listed when it was asked for or approved; null for letters that list no absences. */
  readonly listed: StatedFacts | null;
  /** Nobody decided in time: this role was told, and may decide as well. */
  readonly escalated: { readonly on: IsoDate; readonly to: string } | null;
}

/** Why the delivery held a letter back, and the days behind it. */
export interface LetterBlock {
  readonly code: string;
  readonly dates: readonly IsoDate[];
}

export interface CaseLetter {
  readonly kind: LetterKind;
  /** 1 for the first letter of its kind in the case, 2 after a withdrawal, and so on. */
  readonly sequence: number;
  readonly decidedOn: IsoDate;
  /** The office day on whose sending time it leaves. */
  readonly sendOn: IsoDate;
  readonly status: LetterStatus;
  readonly outOn: IsoDate | null;
  readonly channel: 'email' | 'print' | null;
  /** First day on which an absence counts as "after the family could know". */
  readonly knownFrom: IsoDate | null;
  /** The letter this one corrects or withdraws. */
  readonly about: LetterName | null;
  readonly parked: ParkReason | null;
  /** Null until it is out, and for letters that state no absences. */
  readonly stated: StatedFacts | null;
  readonly concern: LetterConcern | null;
  /** Null where the policy it was decided under asks for nobody's approval. */
  readonly approval: LetterApproval | null;
  /** Set while the delivery holds it back. */
  readonly blocked: LetterBlock | null;
  /** Sent before this system: never sent again. */
  readonly paper: boolean;
}

export interface LetterName {
  readonly kind: LetterKind;
  readonly sequence: number;
}

/** A letter of one case. */
export interface LetterRef extends LetterName {
  readonly caseNumber: string;
}

/** Letters wait while it stands; time goes on. */
export interface CaseHold {
  readonly id: string;
  /** As in the policy: medical, homebound, iep-504, homeless-liaison, custody, legal … */
  readonly kind: string;
  readonly reason: string;
  /** User id or role that it comes back to. */
  readonly owner: string;
  readonly from: IsoDate;
  /** Last day of it. */
  readonly until: IsoDate;
  /** Where its length was given in school days: it then moves with the calendar. */
  readonly counted: { readonly from: IsoDate; readonly schoolDays: number } | null;
  /** Its last day is over and its owner has been asked; letters wait on until it is released or extended. */
  readonly expired: boolean;
}

/** The case's own look at progress, some school days after a notice. */
export interface CaseReview {
  readonly n: ReferralNumber;
  readonly on: IsoDate;
  readonly adequate: boolean;
  readonly sentence: string;
  /** A person's other judgement, with the reason in the journal. */
  readonly judged: { readonly on: IsoDate; readonly adequate: boolean } | null;
}

/** What has been done to help, as far as the case was told: the certificate of services is made from it. */
export interface CaseServices {
  readonly studentMet: IsoDate | null;
  readonly parentMet: IsoDate | null;
  readonly planMade: IsoDate | null;
  readonly planShared: IsoDate | null;
  readonly agencies: readonly { readonly id: string; readonly agency: string; readonly on: IsoDate }[];
}

/** What exists and what is missing of "supportive services were provided" (105 ILCS 5/26-12, 705 ILCS 405/3-33.5). */
export interface Certificate {
  readonly interventions: number;
  readonly contacts: number;
  readonly caseloadSince: IsoDate | null;
  readonly services: CaseServices;
  readonly missing: readonly string[];
}

export interface CaseHearing {
  readonly sequence: number;
  readonly date: IsoDate;
  readonly time: string;
  readonly place: string;
  /** Its `sequence` when it was scheduled, before any move: letters of hearings before it tell the family nothing about this one. */
  readonly scheduledAs: number;
  readonly scheduledOn: IsoDate;
  /** The count on the day it was scheduled: days that leave the window later do not undo it. */
  readonly countAtScheduling: number;
  readonly status: 'scheduled' | 'held' | 'held-in-absence' | 'missed';
  /** Its day has come and nothing has been recorded yet. */
  readonly due: boolean;
  /** Language of an interpreter, and what makes it accessible, as asked for. */
  readonly interpreter: string | null;
  readonly accommodation: string | null;
  /** Corrections took the count under the threshold: the Regional Superintendent is asked before anything more goes out. */
  readonly questioned: { readonly since: IsoDate; readonly count: number; readonly stands: boolean } | null;
}

export interface CaseOrder {
  readonly sequence: number;
  readonly on: IsoDate;
  /** First day on which an unexcused absence breaks the order. */
  readonly returnDate: IsoDate;
  readonly findings: string;
  readonly services: readonly string[];
  readonly reviewDate: IsoDate | null;
  /** The first unexcused day that broke it. */
  readonly brokenBy: IsoDate | null;
  /** Its review date has come and was told. */
  readonly reviewed: boolean;
}

export interface CaseCourt {
  readonly on: IsoDate;
  readonly answer: 'accepted' | 'declined' | 'returned' | null;
  readonly answeredOn: IsoDate | null;
  /** 1, and one more each time the papers go in again. */
  readonly submission: number;
  readonly overridden: boolean;
  readonly certificate: Certificate;
  /** The latest news from the court, in a sentence. */
  readonly status: { readonly on: IsoDate; readonly text: string } | null;
  readonly remindedOn: IsoDate | null;
}

export interface CaseState {
  readonly caseNumber: string;
  /** SIS number. */
  readonly student: string;
  readonly school: string;
  readonly county: string;
  readonly openedOn: IsoDate;
  readonly previousCase: string | null;
  readonly policy: LadderPolicy;
  readonly calendar: SchoolCalendar;
  readonly calendarVersion: number;
  /** The latest office date any message or timer has brought. */
  readonly today: IsoDate;
  readonly coverage: Coverage;
  /** Sorted by date. */
  readonly days: readonly UnexcusedDay[];
  readonly interventions: readonly CaseIntervention[];
  readonly referrals: readonly CaseReferral[];
  readonly letters: readonly CaseLetter[];
  readonly caseload: {
    readonly on: IsoDate;
    readonly why: 'third-referral' | 'case-manager';
    readonly reason: string | null;
    /** 1 for the first time on the caseload; part of the caseload workflow's id. */
    readonly sequence: number;
  } | null;
  /** A plan was made that has not gone out in writing yet. */
  readonly planToSend: boolean;
  /** How often the student has been put on the caseload. */
  readonly caseloads: number;
  readonly services: CaseServices;
  /** The Case Manager's tries to reach the family. */
  readonly contacts: {
    readonly tries: number;
    readonly reached: number;
    readonly last: IsoDate | null;
    readonly remindedOn: IsoDate | null;
  };
  readonly holds: readonly CaseHold[];
  /** One for each referral's notice at most, the latest last. */
  readonly reviews: readonly CaseReview[];
  readonly hearing: CaseHearing | null;
  readonly order: CaseOrder | null;
  readonly court: CaseCourt | null;
  /** At or over the threshold, as last judged. */
  readonly atThreshold: boolean;
  /** The referral whose waiting time was reported as over. */
  readonly windowOpenedFor: ReferralNumber | null;
  /** The last day of the clean stretch after which the Case Manager was asked whether to close. */
  readonly closingAsked: IsoDate | null;
  readonly closed: {
    readonly on: IsoDate;
    readonly reason: ClosingReason;
    /** The case that goes on instead (duplicate students merged). */
    readonly continuedBy: string | null;
  } | null;
  /** Begun on paper: who brought it in, and when. */
  readonly paper: { readonly enteredBy: string; readonly enteredOn: IsoDate } | null;
  /** How many entries this case has, over all runs. */
  readonly seq: number;
}

export type ClosingReason =
  | 'improved'
  | 'transferred-out'
  | 'withdrawn'
  | 'graduated'
  | 'not-subject-to-attendance'
  | 'opened-in-error'
  | 'duplicate'
  | 'not-returned'
  | 'court-disposition';

export const CLOSING_REASONS: readonly ClosingReason[] = [
  'improved',
  'transferred-out',
  'withdrawn',
  'graduated',
  'not-subject-to-attendance',
  'opened-in-error',
  'duplicate',
  'not-returned',
  'court-disposition',
];

/** Where the case stands, in one word; for lists and search attributes. */
export const STAGES = [
  'interventions',
  'first-referral',
  'second-referral',
  'third-referral',
  'hearing-scheduled',
  'hearing-held',
  'order',
  'court',
  'closed',
] as const;
export type Stage = (typeof STAGES)[number];

/** What opening a case takes: everything read under the student's lock. */
export interface OpeningInput {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly county: string;
  readonly openedOn: IsoDate;
  readonly previousCase: string | null;
  readonly policy: LadderPolicy;
  readonly calendar: SchoolCalendar;
  readonly calendarVersion: number;
  readonly coverage: Coverage;
  readonly days: readonly UnexcusedDay[];
  /** What happened before this system; nothing of it is sent again. */
  readonly paper?: PaperHistory | undefined;
}

/** A case as an office kept it on paper. Dates are checked by {@link paperFaults} in paper.ts. */
export interface PaperHistory {
  readonly enteredBy: string;
  /** The role it was entered in. */
  readonly role: string;
  readonly interventions: readonly { readonly id: string; readonly kind: string; readonly date: IsoDate }[];
  readonly referrals: readonly {
    readonly on: IsoDate;
    /** Null where its notice never went out. */
    readonly notice: PaperLetter | null;
  }[];
  readonly caseload: { readonly on: IsoDate; readonly reason: string } | null;
  readonly hearing: {
    readonly date: IsoDate;
    readonly time: string;
    readonly place: string;
    readonly scheduledOn: IsoDate;
    readonly notice: PaperLetter | null;
    readonly outcome: 'held' | 'held-in-absence' | 'missed' | null;
  } | null;
  readonly order: {
    readonly on: IsoDate;
    readonly returnDate: IsoDate;
    readonly findings: string;
    readonly services: readonly string[];
    readonly letter: PaperLetter | null;
  } | null;
}

export interface PaperLetter {
  readonly on: IsoDate;
  readonly channel: 'email' | 'print';
  /** Proof of it, in words or as a reference: "certified mail 7020 …". */
  readonly proof: string;
}

/** An open case as it begins; {@link Entry} values change it from here. */
export function openCase({ paper: _, ...input }: OpeningInput): CaseState {
  return {
    ...input,
    today: input.openedOn,
    days: [...input.days].filter((day) => day.fraction > 0).sort((a, b) => (a.date < b.date ? -1 : 1)),
    interventions: [],
    referrals: [],
    letters: [],
    caseload: null,
    planToSend: false,
    caseloads: 0,
    services: NO_SERVICES,
    contacts: NO_CONTACTS,
    holds: [],
    reviews: [],
    hearing: null,
    order: null,
    court: null,
    atThreshold: false,
    windowOpenedFor: null,
    closingAsked: null,
    closed: null,
    paper: null,
    seq: 0,
  };
}

const NO_SERVICES: CaseServices = {
  studentMet: null,
  parentMet: null,
  planMade: null,
  planShared: null,
  agencies: [],
};
const NO_CONTACTS: CaseState['contacts'] = { tries: 0, reached: 0, last: null, remindedOn: null };

/** A state handed over by an earlier version of this program, with what it could not know yet. */
export function restoredCase(carried: CaseState): CaseState {
  const { hearing, order, court, closed } = carried;
  return {
    ...carried,
    caseload: carried.caseload && { ...{ sequence: 1 }, ...carried.caseload },
    planToSend: carried.planToSend ?? false,
    caseloads: carried.caseloads ?? (carried.caseload ? 1 : 0),
    services: carried.services ?? NO_SERVICES,
    contacts: carried.contacts ?? NO_CONTACTS,
    holds: (carried.holds ?? []).map((one) => ({ ...{ counted: null }, ...one })),
    reviews: carried.reviews ?? [],
    referrals: carried.referrals.map((one) => ({
      ...{ newUnexcused: [], overridden: true, fewerAccepted: true, paper: false },
      ...one,
    })),
    letters: carried.letters.map((one) => ({ ...NEW_LETTER, ...one })),
    hearing: hearing && {
      ...{ interpreter: null, accommodation: null, questioned: null, scheduledAs: 1 },
      ...hearing,
    },
    order: order && { ...{ reviewed: false }, ...order },
    court: court && {
      ...{ submission: 1, overridden: true, status: null, remindedOn: null, certificate: NO_CERTIFICATE },
      ...court,
    },
    closed: closed && { ...{ continuedBy: null }, ...closed },
    paper: carried.paper ?? null,
  };
}

/** What a letter is before anything has happened to it. */
export const NEW_LETTER = {
  about: null,
  parked: null,
  stated: null,
  concern: null,
  approval: null,
  blocked: null,
  paper: false,
} as const;

const NO_CERTIFICATE: Certificate = {
  interventions: 0,
  contacts: 0,
  caseloadSince: null,
  services: NO_SERVICES,
  missing: [],
};

export function stageOf(state: CaseState): Stage {
  if (state.closed) return 'closed';
  if (state.court) return 'court';
  if (state.order) return 'order';
  if (state.hearing) {
    if (state.hearing.status === 'scheduled') return 'hearing-scheduled';
    if (state.hearing.status !== 'missed') return 'hearing-held';
  }
  const last = state.referrals.at(-1);
  if (!last) return 'interventions';
  return (['first-referral', 'second-referral', 'third-referral'] as const)[last.n - 1]!;
}

/** The latest letter of a kind, whatever became of it. */
export function latestLetter(state: CaseState, kind: LetterKind): CaseLetter | undefined {
  return state.letters.findLast((letter) => letter.kind === kind);
}

export type { Entry };
