/** Summer and other long gaps: the days between two terms, on which no letter leaves unless released. */
import { countBefore } from './calendar-days.ts';
import { indexCalendar, type CalendarLike } from './calendar.ts';
import { addDays, daysBetween, type IsoDate } from './dates.ts';

/** A long run of days without school, by the school days on either side of it. */
export interface BetweenTerms {
  /** Null when the calendar does not reach back to one. */
  readonly lastSchoolDay: IsoDate | null;
  /** Null when the next year's calendar is not known yet. */
  readonly nextSchoolDay: IsoDate | null;
}

/**
 * Where `date` lies in a run of at least `gapDays` calendar days without school, the school days around the run; null on
 * a school day, on a weekend and in a shorter break. A run whose end (or beginning) is not known counts as long: once the
 * last known school day lies behind, nobody may guess when school begins. A calendar without any school day says
 * nothing, so nothing lies between its terms.
 */
export function betweenTerms(cal: CalendarLike, date: IsoDate, gapDays: number): BetweenTerms | null {
  const { schoolDates } = indexCalendar(cal);
  const after = countBefore(schoolDates, date);
  const next = schoolDates[after] ?? null;
  const last = schoolDates[after - 1] ?? null;
  if (next === date || (last === null && next === null)) return null;
  const long = last === null || next === null || daysBetween(last, next) - 1 >= gapDays;
  return long ? { lastSchoolDay: last, nextSchoolDay: next } : null;
}

/** How long after its first day a school year is still beginning. */
const BEGINNING_DAYS = 60;

/**
 * The first school day after the summer, when `date` lies in the weeks after it; null later in the year, in the summer
 * itself, and where the calendar does not reach back to a school day before it.
 */
export function termBegan(cal: CalendarLike, date: IsoDate, gapDays: number): IsoDate | null {
  const { schoolDates } = indexCalendar(cal);
  if (betweenTerms(cal, date, gapDays) !== null) return null;
  for (let at = countBefore(schoolDates, addDays(date, 1)) - 1; at > 0; at -= 1) {
    const [last, first] = [schoolDates[at - 1], schoolDates[at]];
    if (last === undefined || first === undefined || daysBetween(first, date) > BEGINNING_DAYS) return null;
    if (daysBetween(last, first) - 1 >= gapDays) return first;
  }
  return null;
}
