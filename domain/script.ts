/**
 * What the invented school and office of a demo or rehearsal do, and when. The data hold no interventions and no
 * decisions; this supplies them, by the same rules people act under. Demo and rehearsal ask the same functions, and
 * everything done so is marked invented in the record.
 */
import { isSchoolDay, schoolDays, type CalendarLike } from './calendar.ts';
import { addDays, type IsoDate } from './dates.ts';
import { isOfficeDay } from './office-days.ts';
import { earliestHearing, hearingObstacles, referralObstacles } from './case/rules.ts';
import { latestLetter, type CaseState } from './case/state.ts';

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
  | { readonly type: 'refer-to-court' };

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
  const { hearing, order } = state;
  if (order) {
    const mayGo = script.court.referWhenBroken && order.brokenBy !== null && !state.court;
    return mayGo && latestLetter(state, 'order')?.status === 'out' ? { type: 'refer-to-court' } : null;
  }
  if (hearing?.status === 'held' || hearing?.status === 'held-in-absence') {
    return { type: 'issue-order', ...script.order };
  }
  if (hearing?.status === 'scheduled') {
    const noticed = latestLetter(state, 'hearing-notice')?.status === 'out';
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
