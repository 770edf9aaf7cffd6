/**
 * What a case waits for. One timer stands for the earliest of these; none of them needs a daily look.
 * `settle` says what has fallen due by a date, each entry dated by its own day, so that a late or crashed worker
 * changes when things are written down, never what happened.
 */
import type { CalendarLike } from '../calendar.ts';
import { addDays, later, shortDate, type IsoDate } from '../dates.ts';
import type { DeadlineKind, Entry } from './entries.ts';
import { evolveAll } from './evolve.ts';
import {
  cleanRun,
  closingNeedsAPerson,
  dropsBelowThresholdOn,
  nextReferral,
  ORDINALS,
  referralPossibleFrom,
  unexcusedCount,
} from './rules.ts';
import type { CaseState } from './state.ts';

export interface Deadline {
  readonly kind: DeadlineKind;
  readonly date: IsoDate;
  /** What a person reads on the timer; at most 200 characters. */
  readonly summary: string;
}

/** Every deadline ahead, earliest first. */
export function deadlines(state: CaseState, cal: CalendarLike): Deadline[] {
  if (state.closed) return [];
  const ahead: Deadline[] = [];
  const n = nextReferral(state);
  const from = referralPossibleFrom(state, cal);
  if (n !== null && n > 1 && from && state.windowOpenedFor !== n) {
    ahead.push({
      kind: 'referral-possible',
      date: from,
      summary: `${ORDINALS[n - 1]!} referral possible from ${shortDate(from)}`,
    });
  }
  if (state.hearing?.status === 'scheduled' && !state.hearing.due) {
    ahead.push({
      kind: 'hearing-day',
      date: state.hearing.date,
      summary: `hearing on ${shortDate(state.hearing.date)}`,
    });
  }
  if (state.atThreshold && !state.hearing) {
    const drops = dropsBelowThresholdOn(state, state.today, cal);
    if (drops !== null) {
      ahead.push({
        kind: 'count-drops',
        date: drops,
        summary: `below ${state.policy.counting.threshold} unexcused days on ${shortDate(drops)}, when days leave the window`,
      });
    }
  }
  if (!state.court) {
    const { expectedOn } = cleanRun(state, cal);
    if (expectedOn !== null) {
      ahead.push({
        kind: 'quiet-close',
        // A stretch already complete is due at once, whatever its date.
        date: later(expectedOn, state.openedOn),
        summary: closingNeedsAPerson(state)
          ? `asks the Case Manager about closing on ${shortDate(expectedOn)} if attendance stays clean`
          : `closes as improved on ${shortDate(expectedOn)} if attendance stays clean`,
      });
    }
  }
  return ahead.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

export function nextDeadline(state: CaseState, cal: CalendarLike): Deadline | null {
  return deadlines(state, cal)[0] ?? null;
}

/** What falls due by mere dates, up to and including `upTo`, in date order. */
export function settleDates(state: CaseState, upTo: IsoDate, cal: CalendarLike): Entry[] {
  const entries: Entry[] = [];
  let now = state;
  for (;;) {
    const due = deadlines(now, cal).find((one) => one.kind !== 'quiet-close' && one.date <= upTo);
    if (!due) return entries;
    const entry = dueEntry(now, due, cal);
    entries.push(entry);
    now = evolveAll(now, [entry]);
  }
}

function dueEntry(state: CaseState, due: Deadline, cal: CalendarLike): Entry {
  switch (due.kind) {
    case 'referral-possible':
      return { type: 'referral-possible', on: due.date, n: nextReferral(state)! };
    case 'hearing-day':
      return { type: 'hearing-day', on: due.date, sequence: state.hearing!.sequence };
    case 'count-drops':
      return {
        type: 'threshold-lost',
        on: due.date,
        count: unexcusedCount(state, due.date, cal),
        because: 'window',
      };
    case 'quiet-close':
      throw new RangeError('a quiet close is settled by coverage, not by date');
  }
}

/** What covered days have brought about: the quiet close, or the question to the Case Manager. */
export function settleCoverage(state: CaseState, cal: CalendarLike): Entry[] {
  if (state.closed || state.court) return [];
  const { reachedOn } = cleanRun(state, cal);
  if (reachedOn === null) return [];
  if (closingNeedsAPerson(state)) return [{ type: 'closing-asked', on: reachedOn, cleanUpTo: reachedOn }];
  if (state.letters.some((letter) => letter.status === 'waiting')) return [];
  return [{ type: 'case-closed', on: reachedOn, reason: 'improved', note: null }];
}

/**
 * Entries for deadlines that a new calendar version moved: from, to, because. Compares the deadlines themselves, so a
 * closure that touches none of them says nothing.
 */
export function movedDeadlines(
  before: CaseState,
  calBefore: CalendarLike,
  after: CaseState,
  calAfter: CalendarLike,
  on: IsoDate,
  because: string,
): Entry[] {
  const entries: Entry[] = [];
  const fromBefore = referralPossibleFrom(before, calBefore);
  const fromAfter = referralPossibleFrom(after, calAfter);
  const n = nextReferral(after);
  const relevant =
    n !== null &&
    n > 1 &&
    (fromAfter === undefined || (fromAfter ?? '') > addDays(on, -1) || (fromBefore ?? '') >= on);
  if (relevant && fromBefore !== fromAfter) {
    entries.push({
      type: 'deadline-moved',
      on,
      deadline: 'referral-possible',
      from: fromBefore ?? null,
      to: fromAfter ?? null,
      because,
    });
  }
  const closeBefore = cleanRun(before, calBefore).expectedOn;
  const closeAfter = cleanRun(after, calAfter).expectedOn;
  if (!after.court && closeBefore !== closeAfter) {
    entries.push({
      type: 'deadline-moved',
      on,
      deadline: 'quiet-close',
      from: closeBefore,
      to: closeAfter,
      because,
    });
  }
  return entries;
}
