/** What a count does not know of attendance: said beside it, as silence is not presence. */
import { indexCalendar, schoolDays, window, type CalendarLike } from './calendar.ts';
import { isCovered, knownUpTo, type Coverage } from './coverage.ts';
import { earlier, shortDate, type IsoDate } from './dates.ts';

/**
 * In words, which school days of the window up to `asOf` nobody has reported on although later ones are known: those
 * before attendance began to arrive, and gaps since. What lies after the last known day is said by "known up to".
 */
export function coverageNotes(
  coverage: Coverage,
  calendar: CalendarLike,
  asOf: IsoDate,
  windowDays: number,
): string[] {
  const cal = indexCalendar(calendar);
  const { from } = window(cal, asOf, windowDays);
  const begins = coverage[0]?.from;
  const ends = knownUpTo(coverage);
  if (from === undefined || begins === undefined || ends === null) return [];
  const unknown = schoolDays(cal, from, earlier(ends, asOf)).filter((date) => !isCovered(coverage, date));
  const before = unknown.filter((date) => date < begins).length;
  const between = unknown.filter((date) => date >= begins);
  const [first, last] = [between[0], between.at(-1)];
  const notes: string[] = [];
  if (before > 0) {
    notes.push(
      `attendance known from ${shortDate(begins)} on; ${before} school ${before === 1 ? 'day' : 'days'} of the window before it not covered`,
    );
  }
  if (first !== undefined && last !== undefined) {
    notes.push(
      first === last
        ? `attendance of ${shortDate(first)} not known`
        : `attendance not known for ${between.length} school days between ${shortDate(first)} and ${shortDate(last)}`,
    );
  }
  return notes;
}
