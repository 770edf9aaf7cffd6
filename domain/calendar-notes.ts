/** What a count's calendar does not know: said beside every count that needs it. */
import { countBefore } from './calendar-days.ts';
import { indexCalendar, type CalendarLike } from './calendar.ts';
import { addDays, daysBetween, shortDate, type IsoDate } from './dates.ts';

/** A stretch without a school day longer than any summer: most likely a year's calendar is missing. */
const LONGEST_SUMMER_DAYS = 120;

/**
 * In words, what is missing of the calendar for a count over the last `windowDays` attendance days up to `asOf`: years it
 * does not reach back to, a year left out in between, days it does not reach on to. None where nothing is missing.
 */
export function calendarNotes(cal: CalendarLike, asOf: IsoDate, windowDays: number): string[] {
  const { schoolDates } = indexCalendar(cal);
  const end = countBefore(schoolDates, addDays(asOf, 1));
  const start = Math.max(0, end - windowDays);
  const notes: string[] = [];
  if (end - start < windowDays) {
    notes.push(
      `calendar known for only ${end - start} of ${windowDays} attendance days; absences before them are left out`,
    );
  }
  const last = schoolDates.at(-1);
  if (last !== undefined && last < asOf) {
    notes.push(`calendar known up to ${shortDate(last)}; school days after it are not in the window`);
  }
  for (const [before, after] of longGaps(schoolDates, start, end - 1)) {
    notes.push(
      `no school day known between ${shortDate(before)} and ${shortDate(after)}: a calendar may be missing`,
    );
  }
  return notes;
}

/**
 * Neighbouring school days further apart than any summer, between two positions. Halves the stretch and looks only where
 * the days without school could make up such a gap: date arithmetic on all 180 would dominate the whole count.
 */
function longGaps(dates: readonly IsoDate[], from: number, to: number): [IsoDate, IsoDate][] {
  const first = dates[from];
  const last = dates[to];
  if (first === undefined || last === undefined || to <= from) return [];
  const daysWithout = daysBetween(first, last) - (to - from);
  if (daysWithout < LONGEST_SUMMER_DAYS) return [];
  if (to - from === 1) return [[first, last]];
  const middle = (from + to) >>> 1;
  return [...longGaps(dates, from, middle), ...longGaps(dates, middle, to)];
}
