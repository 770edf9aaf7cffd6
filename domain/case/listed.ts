/** The dated absences a letter lists, as the case has them; and how two such lists differ. */
import { countUnexcused, roundDays } from '../attendance.ts';
import type { CalendarLike } from '../calendar.ts';
import { knownUpTo } from '../coverage.ts';
import type { IsoDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import type { CaseState, StatedFacts } from './state.ts';

/** Letters that list the dated absences. */
export const STATES_ABSENCES: ReadonlySet<LetterKind> = new Set<LetterKind>([
  'first-notice',
  'second-notice',
  'third-notice',
  'hearing-notice',
  'hearing-moved',
  'order',
  'state-attorney-referral',
]);

/** What a letter decided on a day would list now: a hearing's is judged as of the day it was scheduled, whenever it is moved. */
export function listedNow(
  state: CaseState,
  kind: LetterKind,
  decidedOn: IsoDate,
  cal: CalendarLike,
): StatedFacts | null {
  if (!STATES_ABSENCES.has(kind)) return null;
  const ofHearing = kind === 'hearing-notice' || kind === 'hearing-moved';
  const asOf = ofHearing && state.hearing ? state.hearing.scheduledOn : decidedOn;
  const marks = state.days.map((day) => ({ ...day, category: 'unexcused' }));
  const { counted } = countUnexcused(marks, cal, asOf, state.policy.counting, knownUpTo(state.coverage));
  return { asOf, days: perDate(counted.map(({ date, fraction }) => [date, fraction])) };
}

/** One line a date, sorted. */
export function perDate(
  days: readonly (readonly [IsoDate, number])[],
): readonly (readonly [IsoDate, number])[] {
  const sums = new Map<IsoDate, number>();
  for (const [date, fraction] of days) sums.set(date, roundDays((sums.get(date) ?? 0) + fraction));
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface ListedChange {
  readonly date: IsoDate;
  /** Fractions of the day, before and now; 0 where it is not listed. */
  readonly before: number;
  readonly now: number;
}

/** Dates that two lists count differently, in order. */
export function listedChanges(
  before: readonly (readonly [IsoDate, number])[],
  now: readonly (readonly [IsoDate, number])[],
): ListedChange[] {
  const [was, is] = [new Map(perDate(before)), new Map(perDate(now))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((date) => ({ date, before: was.get(date) ?? 0, now: is.get(date) ?? 0 }))
    .filter((one) => one.before !== one.now);
}
