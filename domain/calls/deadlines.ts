/**
 * What a call waits for. Minutes matter here: an instant where the office's minutes count, a date where a day has to come.
 * One timer stands for the earliest.
 */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import { addDays, shortDate, type IsoDate } from '../dates.ts';
import { instantOf, minutesMs, WAKING_TIME, type OfficeClock } from '../office-clock.ts';
import type { CallPolicy, StepCode } from './policy.ts';
import {
  isSeeking,
  liveOffer,
  liveOffers,
  openVisits,
  seeksSecond,
  stepOf,
  type CallState,
  type Instant,
} from './state.ts';

export interface CallDeadline {
  readonly kind:
    | 'offer-runs-out'
    | 'alert-dispatcher'
    | 'tell-school'
    | 'day-over'
    | 'ask-again'
    | 'goes-out'
    | 'overdue'
    | 'remind-school'
    | 'remind-counselor';
  readonly at: Instant;
  /** Due as soon as the office has this date, whatever the instant; or, for `day-over`, a later one. */
  readonly date?: IsoDate | undefined;
  readonly nth?: number | undefined;
  readonly step?: StepCode | undefined;
  /** What a person reads on the timer; at most 200 characters. */
  readonly summary: string;
}

/** Every deadline ahead, earliest first. */
export function deadlines(state: CallState, cal: CalendarLike): CallDeadline[] {
  if (state.closed) return [];
  const found = [...waitingFor(state), ...visitDeadlines(state), ...reminders(state, cal)];
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Whether it has come: by the instant where minutes count, by the office's date where a day does. */
export function isDue(deadline: CallDeadline, now: Instant, officeDate: IsoDate): boolean {
  if (deadline.kind === 'day-over') {
    return officeDate > (deadline.date ?? officeDate) || (officeDate === deadline.date && now >= deadline.at);
  }
  return deadline.date === undefined ? now >= deadline.at : officeDate >= deadline.date;
}

function after(state: CallState, since: Instant, minutes: number): Instant {
  return new Date(Date.parse(since) + minutesMs(state.clock, minutes)).toISOString();
}

function onDate(state: CallState, date: IsoDate, time = WAKING_TIME): { at: Instant; date: IsoDate } {
  return { at: new Date(instantOf(state.clock, date, time)).toISOString(), date };
}

function waitingFor(state: CallState): CallDeadline[] {
  const { policy, kind } = state;
  const { offers } = policy;
  const rules = policy.kinds[kind];
  const live = liveOffer(state);
  const found: CallDeadline[] = [];
  for (const asked of liveOffers(state)) {
    if (asked.status !== 'open') continue;
    found.push({
      kind: 'offer-runs-out',
      at: after(state, asked.at, offers.timeoutMinutes),
      nth: asked.nth,
      summary: `offer ${asked.nth} to ${asked.officer} runs out; somebody else is asked then`,
    });
  }
  if (live && seeksSecond(state) && openVisits(state).length === 0) found.push(...askAgain(state));
  const nobodyHasIt = state.wanted && live?.status !== 'accepted';
  if (!nobodyHasIt) return found;
  if (rules.goes === 'now') {
    found.push({
      kind: 'alert-dispatcher',
      at: after(state, state.alertedAt ?? state.openedAt, offers.alertAgainMinutes),
      summary: `nobody has this police call: the dispatcher is alerted again (alert ${state.alerts + 1})`,
    });
  }
  if (rules.goes === 'that-day') {
    if (state.schoolToldAt === null) {
      found.push({
        kind: 'tell-school',
        at: after(state, state.openedAt, offers.unansweredMinutes),
        summary: 'the school is told that no officer has taken its call yet',
      });
    }
    found.push({
      kind: 'day-over',
      ...onDate(state, state.goesFrom, offers.dayEndsAt),
      summary: `the call ends with the school day: no officer available (${shortDate(state.goesFrom)} ${offers.dayEndsAt})`,
    });
  }
  if (isSeeking(state)) {
    if (state.today < state.goesFrom) {
      found.push({
        kind: 'goes-out',
        ...onDate(state, state.goesFrom),
        summary: `an officer is sought from ${shortDate(state.goesFrom)} on`,
      });
    } else {
      found.push(...askAgain(state));
    }
  }
  return found;
}

/** Whoever could not just now is asked again later: after some minutes for a priority call, else on another day. */
function askAgain(state: CallState): CallDeadline[] {
  const last = state.offers.findLast(
    (one) => one.status === 'declined' || one.status === 'timed-out' || one.again === true,
  );
  if (!last?.endedAt || (state.soughtAt !== null && state.soughtAt > last.endedAt)) return [];
  const { offers, kinds } = state.policy;
  const rules = kinds[state.kind];
  // A police call asks with each alert.
  if (rules.goes === 'now') return [];
  const when =
    rules.priority === null
      ? onDate(state, addDays(last.on, 1))
      : { at: after(state, last.endedAt, offers.alertAgainMinutes) };
  return [{ kind: 'ask-again', ...when, summary: 'officers who could not go are asked again' }];
}

/**
 * How long whoever could not take a priority call is not asked for it again: shorter than from one alert to the next, so that
 * each alert of a police call finds those who could not go before.
 */
export function askAgainMs(clock: OfficeClock, { offers }: CallPolicy): number {
  return minutesMs(clock, offers.alertAgainMinutes) / 2;
}

function visitDeadlines(state: CallState): CallDeadline[] {
  return openVisits(state)
    .filter((visit) => !visit.overdue)
    .map((visit) => ({
      kind: 'overdue',
      at: after(state, visit.expectedBackAt, state.policy.visits.overdueMinutes),
      nth: visit.nth,
      summary: `${visit.officer} is overdue then: dispatcher and colleagues are alarmed`,
    }));
}

function reminders(state: CallState, cal: CalendarLike): CallDeadline[] {
  const { ctMarkSchoolDays, counselorSchoolDays } = state.policy.reminders;
  const one = (
    kind: 'remind-school' | 'remind-counselor',
    code: StepCode,
    schoolDays: number,
    words: string,
  ): CallDeadline[] => {
    const step = stepOf(state, code);
    if (step?.status !== 'asked' || step.askedOn === null) return [];
    const date = addSchoolDays(cal, step.remindedOn ?? step.askedOn, schoolDays);
    return date === undefined || date === null
      ? []
      : [{ kind, ...onDate(state, date), step: code, summary: `${words} on ${shortDate(date)}` }];
  };
  return [
    ...one('remind-school', 'ask-ct', ctMarkSchoolDays, 'the school is asked again for the mark'),
    ...one('remind-counselor', 'connect-counselor', counselorSchoolDays, 'the counselor is asked again'),
  ];
}
