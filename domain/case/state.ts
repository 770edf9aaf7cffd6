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
}

export type LetterStatus = 'waiting' | 'out' | 'blocked' | 'withdrawn';

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
}

export interface CaseHearing {
  readonly sequence: number;
  readonly date: IsoDate;
  readonly time: string;
  readonly place: string;
  readonly scheduledOn: IsoDate;
  /** The count on the day it was scheduled: days that leave the window later do not undo it. */
  readonly countAtScheduling: number;
  readonly status: 'scheduled' | 'held' | 'held-in-absence' | 'missed';
  /** Its day has come and nothing has been recorded yet. */
  readonly due: boolean;
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
}

export interface CaseCourt {
  readonly on: IsoDate;
  readonly answer: 'accepted' | 'declined' | 'returned' | null;
  readonly answeredOn: IsoDate | null;
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
  } | null;
  readonly hearing: CaseHearing | null;
  readonly order: CaseOrder | null;
  readonly court: CaseCourt | null;
  /** At or over the threshold, as last judged. */
  readonly atThreshold: boolean;
  /** The referral whose waiting time was reported as over. */
  readonly windowOpenedFor: ReferralNumber | null;
  /** The last day of the clean stretch after which the Case Manager was asked whether to close. */
  readonly closingAsked: IsoDate | null;
  readonly closed: { readonly on: IsoDate; readonly reason: ClosingReason } | null;
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
  | 'court-disposition';

export const CLOSING_REASONS: readonly ClosingReason[] = [
  'improved',
  'transferred-out',
  'withdrawn',
  'graduated',
  'not-subject-to-attendance',
  'opened-in-error',
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
}

/** An open case as it begins; {@link Entry} values change it from here. */
export function openCase(input: OpeningInput): CaseState {
  return {
    ...input,
    today: input.openedOn,
    days: [...input.days].filter((day) => day.fraction > 0).sort((a, b) => (a.date < b.date ? -1 : 1)),
    interventions: [],
    referrals: [],
    letters: [],
    caseload: null,
    hearing: null,
    order: null,
    court: null,
    atThreshold: false,
    windowOpenedFor: null,
    closingAsked: null,
    closed: null,
    seq: 0,
  };
}

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
