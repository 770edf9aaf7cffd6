/**
 * What the Case Manager may record on the caseload, and what follows. A command is accepted with its journal entries or
 * refused with a code and words; a refusal changes nothing.
 */
import { indexCalendar, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import { addDays, later, shortDate, type IsoDate } from '../dates.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type {
  CaseloadCommand,
  DayGiven,
  EndCaseload,
  HoldReview,
  MakePlan,
  RecordFollowUp,
  ReferToAgency,
  SharePlan,
} from './commands.ts';
import { dayOf, deadlines, movedDeadlines, settleDates } from './deadlines.ts';
import type { CaseloadEntry, CaseloadEntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { nextStep } from './next-step.ts';
import {
  isOpenReview,
  planOf,
  standingOf,
  type CaseloadState,
  type DayAhead,
  type Signature,
  type Signer,
  type Standing,
} from './state.ts';

/** What the caller gets for an accepted command; the same answer again for the same id. */
export interface CaseloadAnswer {
  readonly caseNumber: string;
  readonly sequence: number;
  readonly standing: Standing;
  /** The journal's sequence number after this command. */
  readonly seq: number;
  /** What was done, in a sentence. */
  readonly done: string;
  /** What is next, in a sentence. */
  readonly next: string;
  readonly nextDeadline: IsoDate | null;
}

export type CaseloadDecision =
  | {
      readonly ok: true;
      readonly state: CaseloadState;
      readonly entries: readonly CaseloadEntry[];
      readonly answer: CaseloadAnswer;
    }
  | { readonly ok: false; readonly refusal: Refusal };

type Judgement = Refusal | { readonly bodies: readonly CaseloadEntryBody[]; readonly done: string };

export interface Taken {
  readonly state: CaseloadState;
  readonly entries: readonly CaseloadEntry[];
}

/** Judges a command; settles first, in date order, what fell due by its office date. */
export function decide(before: CaseloadState, command: CaseloadCommand, cal: CalendarLike): CaseloadDecision {
  if (before.ended) {
    return no(
      refusal(
        'CASELOAD_ENDED',
        `The student left the caseload on ${shortDate(before.ended.on)}; nothing more can be recorded there.`,
        { endedOn: before.ended.on },
      ),
    );
  }
  const late = dateRefusal(before, command);
  if (late) return no(late);
  const settled = settleDates(before, command.officeDate, cal);
  const state = evolveAll(before, settled);
  const judgement = judge(state, command, cal);
  if ('code' in judgement) return no(judgement);
  const made = judgement.bodies.map((body): CaseloadEntry => ({
    ...body,
    on: later(command.officeDate, state.today),
    actor: command.actor,
    commandId: command.id,
  }));
  const done = evolveAll(state, made);
  // A plan or referral entered late may have brought a day that is over already.
  const after = settleDates(done, done.today, cal);
  const final = evolveAll(done, after);
  return {
    ok: true,
    state: final,
    entries: [...settled, ...made, ...after],
    answer: {
      caseNumber: final.caseNumber,
      sequence: final.sequence,
      standing: standingOf(final),
      seq: final.seq,
      done: judgement.done,
      next: nextStep(final, cal),
      nextDeadline: deadlines(final, cal)[0]?.date ?? null,
    },
  };
}

/** An office day has come: what fell due by it. */
export function takeDay(before: CaseloadState, officeDate: IsoDate, cal: CalendarLike): Taken {
  if (before.ended) return { state: before, entries: [] };
  const entries = settleDates(before, officeDate, cal);
  return { state: evolveAll(before, entries), entries };
}

/**
 * The student's calendar changed, and with a transfer the school. What fell due before that day stays due; what lies
 * ahead moves, and the journal says from when to when.
 */
export function takeCalendar(
  before: CaseloadState,
  given: { readonly calendar: SchoolCalendar; readonly today: IsoDate; readonly school?: string | undefined },
  cal: CalendarLike,
): Taken {
  if (before.ended) return { state: before, entries: [] };
  const on = later(given.today, before.today);
  const { calendar, school } = given;
  const entries: CaseloadEntry[] = [];
  let state = before;
  const apply = (more: readonly CaseloadEntry[]) => {
    entries.push(...more);
    state = evolveAll(state, more);
  };
  const moves = school !== undefined && school !== state.school;
  const changes = JSON.stringify(calendar) !== JSON.stringify(state.calendar);
  if (!moves && !changes) return { state, entries };
  // Yesterday and before stand as they were, even if nobody was awake to say so; today is judged by the new calendar.
  apply(settleDates(state, addDays(on, -1), cal));
  if (moves) apply([{ type: 'school-changed', on, from: state.school, to: school }]);
  const after = indexCalendar(calendar);
  if (changes) {
    const moved = movedDeadlines(state, cal, after, on);
    apply([{ type: 'calendar-changed', on, calendar }, ...moved]);
  }
  apply(settleDates(state, on, after));
  return { state, entries };
}

/** The case ended, or took the placement back: whatever is open here ends with it. */
export function takeCaseEnd(before: CaseloadState, on: IsoDate, reason: string): Taken {
  if (before.ended) return { state: before, entries: [] };
  const entries: CaseloadEntry[] = [
    { type: 'caseload-ended', on: later(on, before.today), how: 'case-ended', reason },
  ];
  return { state: evolveAll(before, entries), entries };
}

function no(reason: Refusal): CaseloadDecision {
  return { ok: false, refusal: reason };
}

function dateRefusal(state: CaseloadState, command: CaseloadCommand): Refusal | null {
  const date = 'date' in command ? command.date : undefined;
  if (date === undefined) return null;
  if (date > command.officeDate) {
    return refusal(
      'DATE_IN_FUTURE',
      `${shortDate(date)} is after today, ${shortDate(command.officeDate)}; record it when it has happened.`,
    );
  }
  if (date < state.placedOn) {
    return refusal(
      'DATE_BEFORE_CASELOAD',
      `The student has been on the caseload since ${shortDate(state.placedOn)}; log what was tried before as a contact.`,
      { placedOn: state.placedOn },
    );
  }
  return null;
}

function judge(state: CaseloadState, command: CaseloadCommand, cal: CalendarLike): Judgement {
  switch (command.type) {
    case 'record-meeting': {
      const { with: whom, outcome, note } = command;
      const date = command.date ?? command.officeDate;
      const id = `m${state.meetings.length + 1}`;
      return {
        bodies: [{ type: 'meeting-recorded', id, with: whom, date, outcome, note: note ?? null }],
        done: outcome === 'met' ? 'The meeting is recorded.' : 'The try to meet is recorded.',
      };
    }
    case 'make-plan':
      return makePlan(state, command, cal);
    case 'share-plan':
      return sharePlan(state, command);
    case 'hold-review':
      return holdReview(state, command, cal);
    case 'refer-to-agency':
      return referToAgency(state, command, cal);
    case 'record-follow-up':
      return recordFollowUp(state, command, cal);
    case 'end-caseload':
      return endCaseload(state, command);
  }
}

/** A day ahead as given, counted from another day; refused where it lies before it. */
function ahead(given: DayGiven, after: IsoDate): DayAhead | Refusal {
  if ('schoolDays' in given) return { schoolDays: given.schoolDays, after };
  return given.date > after
    ? { date: given.date }
    : refusal('DATE_NOT_AHEAD', `${shortDate(given.date)} is not after ${shortDate(after)}.`, { after });
}

function isRefusal(value: object): value is Refusal {
  return 'code' in value;
}

function signed(by: readonly Signer[] | undefined, on: IsoDate): Signature[] {
  return [...new Set(by ?? [])].map((one) => ({ by: one, on }));
}

function onWords(day: DayAhead, cal: CalendarLike): string {
  const date = dayOf(day, cal);
  return date === null ? 'on a day beyond the calendar known so far' : `on ${shortDate(date)}`;
}

const PLAN_MISSING = refusal('PLAN_MISSING', 'There is no attendance improvement plan yet; make one first.');

function makePlan(state: CaseloadState, command: MakePlan, cal: CalendarLike): Judgement {
  const before = planOf(state);
  if (before && !command.reason) {
    return refusal(
      'REVISION_REASON_MISSING',
      `There is a plan of ${shortDate(before.on)} already; say why it is revised.`,
      { revision: before.revision },
    );
  }
  const date = command.date ?? command.officeDate;
  if (before && date < before.on) {
    return refusal(
      'PLAN_BEFORE_EARLIER_ONE',
      `The plan in force is of ${shortDate(before.on)}; a revision cannot be older.`,
      { planOf: before.on },
    );
  }
  const given = command.reviews ?? state.reviewAfterSchoolDays.map((schoolDays) => ({ schoolDays }));
  const days = given.map((one) => ahead(one, date));
  const wrong = days.find(isRefusal);
  if (wrong) return wrong;
  const first = state.reviews.length + 1;
  const reviews = days
    .filter((day): day is DayAhead => !isRefusal(day))
    .map((on, i) => ({ id: `r${first + i}`, on }));
  const next = reviews[0];
  return {
    bodies: [
      {
        type: 'plan-made',
        revision: (before?.revision ?? 0) + 1,
        date,
        reason: before ? (command.reason ?? null) : null,
        goals: command.goals,
        supports: command.supports,
        signatures: signed(command.signedBy, date),
        reviews,
      },
    ],
    done: `${before ? 'The revised plan is recorded; the earlier one is kept' : 'The plan is recorded'}${next ? `; it is reviewed ${onWords(next.on, cal)}` : ''}.`,
  };
}

function sharePlan(state: CaseloadState, command: SharePlan): Judgement {
  const plan = planOf(state);
  if (!plan) return PLAN_MISSING;
  const date = command.date ?? command.officeDate;
  if (date < plan.on) {
    return refusal('SHARED_BEFORE_PLAN', `The plan in force is of ${shortDate(plan.on)}.`, {
      planOf: plan.on,
    });
  }
  return {
    bodies: [
      {
        type: 'plan-shared',
        revision: plan.revision,
        with: command.with,
        date,
        signatures: signed(command.signedBy, date),
      },
    ],
    done: 'It is recorded that the plan was gone through.',
  };
}

function holdReview(state: CaseloadState, command: HoldReview, cal: CalendarLike): Judgement {
  const plan = planOf(state);
  if (!plan) return PLAN_MISSING;
  const unknown = command.goalsMet.filter((id) => !plan.goals.some((goal) => goal.id === id));
  if (unknown.length > 0) {
    return refusal(
      'UNKNOWN_GOAL',
      `The plan has goals 1 to ${plan.goals.length}; name those that are met by number.`,
      { unknown, goals: plan.goals.length },
    );
  }
  const date = command.date ?? command.officeDate;
  if (date < plan.on) {
    return refusal('REVIEW_BEFORE_PLAN', `The plan in force is of ${shortDate(plan.on)}.`, {
      planOf: plan.on,
    });
  }
  const open = state.reviews.filter(isOpenReview);
  const due = open.filter((one) => one.status === 'due');
  const [nearest] = deadlines(state, cal).filter((one) => one.kind === 'review');
  if (due.length === 0 && nearest && command.early !== true) {
    return refusal(
      'REVIEW_NOT_DUE',
      `The next review is on ${shortDate(nearest.date)}; say that it is held early if it stands for that one.`,
      { reviewOn: nearest.date },
    );
  }
  const following = command.next ? ahead(command.next, date) : null;
  if (following && isRefusal(following)) return following;
  const standsFor =
    due.length > 0 ? due.map((one) => one.id) : [nearest?.id ?? `r${state.reviews.length + 1}`];
  const fresh = standsFor.filter((id) => !state.reviews.some((one) => one.id === id)).length;
  const next = following && { id: `r${state.reviews.length + fresh + 1}`, on: following };
  const met = new Set(command.goalsMet).size;
  return {
    bodies: [
      {
        type: 'review-held',
        reviews: standsFor,
        date,
        how: command.how,
        goalsMet: [...new Set(command.goalsMet)],
        next,
      },
    ],
    done: `The review is recorded: ${met} of ${plan.goals.length} goals met${next ? `; the next is ${onWords(next.on, cal)}` : ''}.`,
  };
}

function referToAgency(state: CaseloadState, command: ReferToAgency, cal: CalendarLike): Judgement {
  const date = command.date ?? command.officeDate;
  const followUp = ahead(command.followUp ?? { schoolDays: state.followUpAfterSchoolDays }, date);
  if (isRefusal(followUp)) return followUp;
  const id = `a${state.agencies.length + 1}`;
  const { agency, purpose } = command;
  return {
    bodies: [{ type: 'agency-referred', id, agency, purpose, date, followUp }],
    done: `The referral is recorded as ${id}; the agency is asked ${onWords(followUp, cal)}.`,
  };
}

function recordFollowUp(state: CaseloadState, command: RecordFollowUp, cal: CalendarLike): Judgement {
  const one = state.agencies.find(({ id }) => id === command.agency);
  if (!one) {
    return refusal(
      'UNKNOWN_AGENCY_REFERRAL',
      state.agencies.length === 0
        ? 'No referral to an agency is on record.'
        : `The referrals to agencies are ${state.agencies.map(({ id }) => id).join(', ')}.`,
      { known: state.agencies.map(({ id }) => id) },
    );
  }
  const date = command.date ?? command.officeDate;
  if (date < one.on) {
    return refusal('FOLLOW_UP_BEFORE_REFERRAL', `The referral is of ${shortDate(one.on)}.`, {
      referredOn: one.on,
    });
  }
  const again = command.again ? ahead(command.again, date) : null;
  if (again && isRefusal(again)) return again;
  return {
    bodies: [
      {
        type: 'follow-up-recorded',
        id: one.id,
        date,
        outcome: command.outcome,
        note: command.note ?? null,
        again,
      },
    ],
    done: `The follow-up is recorded: ${command.outcome}${again ? `; the agency is asked again ${onWords(again, cal)}` : ''}.`,
  };
}

function endCaseload(state: CaseloadState, command: EndCaseload): Judgement {
  if (command.how === 'plan-met') {
    const plan = planOf(state);
    if (!plan) return PLAN_MISSING;
    const open = plan.goals.filter((goal) => !goal.met).map((goal) => goal.id);
    if (open.length > 0) {
      return refusal(
        'GOALS_NOT_MET',
        `No review has found ${open.length === 1 ? `goal ${open.join()}` : `goals ${open.join(', ')}`} met; record a review first, or end with a reason of your own.`,
        { goals: open },
      );
    }
  } else if (!command.reason) {
    return refusal('REASON_MISSING', 'Say why the student leaves the caseload before the plan is met.');
  }
  return {
    bodies: [
      { type: 'caseload-ended', how: command.how, reason: command.reason ?? 'all goals of the plan are met' },
    ],
    done: 'The student is no longer on the caseload.',
  };
}
