/**
 * What the invented school and office of a demo or rehearsal do, and when. The data hold no interventions and no
 * decisions; this supplies them, by the same rules people act under. Demo and rehearsal ask the same functions, and
 * everything done so is marked invented in the record.
 */
import { addSchoolDays, isSchoolDay, schoolDays, type CalendarLike } from './calendar.ts';
import { askedApproval } from './case/approval.ts';
import { approveLetter } from './case/decide-approval.ts';
import { withdrawable } from './case/decide-steps.ts';
import { settle, stepStands } from './case/questions.ts';
import { earliestHearing, hearingLetter, hearingObstacles, referralObstacles } from './case/rules.ts';
import { latestLetter, type CaseState, type LetterName } from './case/state.ts';
import { addDays, type IsoDate } from './dates.ts';
import { isOfficeDay } from './office-days.ts';
import type { LetterKind } from './policy.ts';

export interface Script {
  readonly name: string;
  readonly interventions: {
    /** One after each new unexcused day, kinds in turn. */
    readonly afterEachUnexcusedDay: readonly string[];
    readonly outcome: string;
  };
  readonly referrals: { readonly asSoonAsPossible: boolean; readonly progress: string };
  readonly hearing: {
    /** Held on the first school day at least this many calendar days after the notice leaves. */
    readonly daysAhead: number;
    readonly time: string;
    readonly place: string;
    readonly outcome: 'held' | 'held-in-absence';
    readonly appeared: string;
  };
  readonly order: { readonly findings: string; readonly services: readonly string[] };
  readonly court: { readonly referWhenBroken: boolean };
  /** Prints are marked posted, and unknown outcomes of a mail settled from the catcher, on the day they arise. */
  readonly office: { readonly postsPrints: boolean; readonly settlesUnknownMail: boolean };
  readonly calendar: readonly CalendarChange[];
  /** What comes in late about days already reported. */
  readonly corrections: readonly LateCorrection[];
  /** Some cases are put on hold with their first referral; each hold is released once it is over. */
  readonly holds: ScriptedHold | null;
  readonly transfers: readonly ScriptedTransfer[];
  readonly feed: { readonly stops: readonly FeedStop[] };
}

export interface CalendarChange {
  /** Office date on which it is announced. */
  readonly on: IsoDate;
  readonly change: 'close' | 'makeup';
  readonly date: IsoDate;
  readonly reason: string;
  /** School code; all schools when absent. */
  readonly school?: string | undefined;
}

export interface LateCorrection {
  /** One in so many unexcused days, chosen by student and date, so that it is the same ones each time. */
  readonly every: number;
  /** School days after the absence. */
  readonly afterSchoolDays: number;
  /** A valid cause came in; or it was half a day only. */
  readonly what: 'excuse' | 'half-day';
}

export interface ScriptedHold {
  /** One in so many students. */
  readonly every: number;
  readonly kind: string;
  readonly reason: string;
  readonly schoolDays: number;
}

/** A student goes on at another school of the input from this day on. */
export interface ScriptedTransfer {
  readonly on: IsoDate;
  readonly student: string;
  readonly to: string;
}

export interface FeedStop {
  readonly from: IsoDate;
  readonly schoolDays: number;
  /** Whether the missed days arrive with the first file afterwards. */
  readonly catchUp: boolean;
}

export type ScriptedDecision =
  | { readonly type: 'make-referral'; readonly progress: string }
  | {
      readonly type: 'schedule-hearing';
      readonly date: IsoDate;
      readonly time: string;
      readonly place: string;
    }
  | {
      readonly type: 'record-hearing';
      readonly outcome: 'held' | 'held-in-absence';
      readonly appeared: string;
    }
  | { readonly type: 'issue-order'; readonly findings: string; readonly services: readonly string[] }
  | { readonly type: 'refer-to-court' }
  | {
      readonly type: 'place-hold';
      readonly kind: string;
      readonly reason: string;
      readonly owner: string;
      readonly schoolDays: number;
    }
  | { readonly type: 'release-hold'; readonly hold: string; readonly reason: string }
  | { readonly type: 'release-letter'; readonly letter: LetterName; readonly reason: string }
  | { readonly type: 'approve-letter'; readonly letter: LetterName; readonly time: string }
  | { readonly type: 'withdraw-step'; readonly reason: string }
  | { readonly type: 'cancel-hearing'; readonly reason: string }
  | {
      readonly type: 'settle-question';
      readonly letter: LetterName;
      readonly how: 'correction' | 'withdrawal' | 'stands';
      readonly reason: string;
    };

/** The days of a student that are corrected today, in order. */
export function scriptedCorrections(
  script: Script,
  student: string,
  days: readonly { readonly date: IsoDate; readonly fraction: number }[],
  today: IsoDate,
  cal: CalendarLike,
): { readonly date: IsoDate; readonly what: LateCorrection['what'] }[] {
  if (script.corrections.length === 0 || !isSchoolDay(cal, today)) return [];
  const due: { date: IsoDate; what: LateCorrection['what'] }[] = [];
  for (const day of days) {
    const rule = script.corrections.find(
      ({ every, afterSchoolDays, what }) =>
        (what === 'excuse' || day.fraction === 1) &&
        lot(`${student}/${day.date}/${what}`) % every === 0 &&
        addSchoolDays(cal, day.date, afterSchoolDays) === today,
    );
    if (rule) due.push({ date: day.date, what: rule.what });
  }
  return due.sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** A number that stands for a text, the same each time (FNV-1a): who is chosen is nobody's whim and no dice. */
function lot(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return hash;
}

/** Kinds of the interventions that follow `newDays` newly reported unexcused days, after `already` earlier ones. */
export function scriptedInterventions(script: Script, newDays: number, already: number): string[] {
  const kinds = script.interventions.afterEachUnexcusedDay;
  if (kinds.length === 0) return [];
  return Array.from({ length: newDays }, (_, i) => kinds[(already + i) % kinds.length]!);
}

/** The next decision anybody takes in a case today; null when there is nothing to do. Ask again after each. */
export function scriptedDecision(
  script: Script,
  state: CaseState,
  today: IsoDate,
  cal: CalendarLike,
): ScriptedDecision | null {
  if (state.closed || !isSchoolDay(cal, today)) return null;
  const first =
    aboutHolds(script, state, today, cal) ??
    aboutQuestions(state, today, cal) ??
    aboutApproval(state, today, cal);
  if (first) return first;
  const { hearing, order } = state;
  if (order) {
    const mayGo = script.court.referWhenBroken && order.brokenBy !== null && !state.court;
    return mayGo && latestLetter(state, 'order')?.status === 'out' ? { type: 'refer-to-court' } : null;
  }
  if (hearing?.status === 'held' || hearing?.status === 'held-in-absence') {
    return { type: 'issue-order', ...script.order };
  }
  if (hearing?.status === 'scheduled') {
    const noticed = hearingLetter(state)?.status === 'out';
    if (today > hearing.date && !noticed) {
      // Its notice was held up until it was too late: the office begins anew.
      return { type: 'cancel-hearing', reason: 'its notice did not leave in time' };
    }
    return today >= hearing.date && noticed
      ? { type: 'record-hearing', outcome: script.hearing.outcome, appeared: script.hearing.appeared }
      : null;
  }
  if (state.referrals.length === 3) {
    if (hearingObstacles(state, today, cal).length > 0) return null;
    const date = hearingDate(script, state, today, cal);
    return date === null
      ? null
      : { type: 'schedule-hearing', date, time: script.hearing.time, place: script.hearing.place };
  }
  if (!script.referrals.asSoonAsPossible || referralObstacles(state, today, cal).length > 0) return null;
  return { type: 'make-referral', progress: script.referrals.progress };
}

function aboutHolds(
  script: Script,
  state: CaseState,
  today: IsoDate,
  cal: CalendarLike,
): ScriptedDecision | null {
  const { holds: rule } = script;
  const hold = state.holds[0];
  if (hold) {
    return hold.expired ? { type: 'release-hold', hold: hold.id, reason: 'the hold is over' } : null;
  }
  const asked = state.letters.find(({ status, parked }) => status === 'waiting' && parked === 'asked');
  const last = withdrawable(state);
  if (asked && !stepStands(state, asked, cal)) {
    // Meanwhile its step has lost its basis: it does not leave. What is not the last step is a question of its own.
    if (last === asked) return { type: 'withdraw-step', reason: 'the records were corrected meanwhile' };
  } else if (asked) {
    const letter = { kind: asked.kind, sequence: asked.sequence };
    return isTooLate(asked.kind, state, today)
      ? { type: 'cancel-hearing', reason: 'its notice did not leave in time' }
      : { type: 'release-letter', letter, reason: 'it still holds' };
  }
  const begins = state.referrals.length === 1 && state.referrals[0]!.on === today;
  const waiting = state.letters.at(-1)?.status === 'waiting';
  if (!rule || !begins || !waiting || lot(state.student) % rule.every !== 0) return null;
  const { kind, reason, schoolDays: length } = rule;
  if (addSchoolDays(cal, today, length) === undefined) return null;
  return { type: 'place-hold', kind, reason, owner: 'case-manager', schoolDays: length };
}

/** In the evening: a rehearsal has no hours, so an approval comes after any cut-off of its day. */
const EVENING = '23:59';

/** Each letter is approved on the school day after it was asked for; one too late for its hearing calls that off. */
function aboutApproval(state: CaseState, today: IsoDate, cal: CalendarLike): ScriptedDecision | null {
  const asked = askedApproval(state).find(
    ({ parked, approval }) => parked === 'approval' && approval!.since < today,
  );
  if (!asked) return null;
  const decision = {
    type: 'approve-letter',
    letter: { kind: asked.kind, sequence: asked.sequence },
    time: EVENING,
  } as const;
  const actor = { id: 'script', role: 'script', invented: true };
  const outcome = approveLetter(state, { ...decision, id: 'asked', officeDate: today, actor }, cal);
  if (!('code' in outcome)) return decision;
  return outcome.code === 'HEARING_NOTICE_TOO_LATE'
    ? { type: 'cancel-hearing', reason: 'its notice did not leave in time' }
    : null;
}

function isTooLate(kind: LetterKind, state: CaseState, today: IsoDate): boolean {
  const { hearing } = state;
  if (kind !== 'hearing-notice' && kind !== 'hearing-moved') return false;
  return (
    hearing?.status === 'scheduled' && hearing.date < addDays(today, state.policy.hearing.noticeDaysEmail)
  );
}

/** What was put in question is settled the same day: taken back where the rules allow it, else corrected, else it stands. */
function aboutQuestions(state: CaseState, today: IsoDate, cal: CalendarLike): ScriptedDecision | null {
  const reason = 'the records were corrected';
  if (state.hearing?.questioned && !state.hearing.questioned.stands)
    return { type: 'cancel-hearing', reason };
  const stopped = withdrawable(state);
  if (stopped?.parked === 'basis') return { type: 'withdraw-step', reason };
  const asked = state.letters.find(({ concern }) => concern !== null && concern.settled === null);
  if (!asked) return null;
  const letter = { kind: asked.kind, sequence: asked.sequence };
  const hows = asked.concern!.what === 'basis-lost' ? (['withdrawal'] as const) : (['correction'] as const);
  const how = hows.find((one) => !('code' in settle(state, letter, one, reason, today, cal))) ?? 'stands';
  return { type: 'settle-question', letter, how, reason };
}

/** The first school day on which the office works, far enough ahead for an e-mailed and a posted notice alike. */
function hearingDate(script: Script, state: CaseState, today: IsoDate, cal: CalendarLike): IsoDate | null {
  const { noticeDaysEmail } = state.policy.hearing;
  const wanted = addDays(
    earliestHearing(state, today, false, cal),
    script.hearing.daysAhead - noticeDaysEmail,
  );
  const posted = earliestHearing(state, today, true, cal);
  const from = wanted > posted ? wanted : posted;
  return (
    schoolDays(cal, from, addDays(from, 120)).find((day) => isOfficeDay(day, state.policy.holidays)) ?? null
  );
}
