/** A calendar that comes in beside one on record: the years it spans are its own, every other year stays. */
import { addMakeUpDay, closeDay, diffCalendars } from './calendar-changes.ts';
import { composeCalendars } from './calendar-compose.ts';
import { schoolDays } from './calendar-days.ts';
import type { SchoolCalendar, Term } from './calendar.ts';
import { daysBetween, earlier, later, type IsoDate } from './dates.ts';

/**
 * A year's first or last day is moved by weeks at most (a strike, a building not ready). A file that leaves out more of a
 * term on record is one of a part of the year, and says nothing of the rest.
 */
const MOVED_BY_AT_MOST = 35;

/**
 * `fresh` taken over into `before`. It holds from its first day of school to its last, and where it begins some
 * days later or ends some days sooner than the term on record did, the days cut off are without school too. Make-up days
 * outside its span, and every other year, stay as they are. Null where it holds no first and last day of school.
 */
export function takeOverYears(before: SchoolCalendar, fresh: SchoolCalendar): SchoolCalendar | null {
  const span = spanOf(fresh);
  if (!span) return null;
  const met = before.terms.filter((term) => term.from <= span.to && term.to >= span.from);
  const from = met
    .filter((term) => daysBetween(term.from, span.from) <= MOVED_BY_AT_MOST)
    .reduce((first, term) => earlier(first, term.from), span.from);
  const to = met
    .filter((term) => daysBetween(span.to, term.to) <= MOVED_BY_AT_MOST)
    .reduce((last, term) => later(last, term.to), span.to);
  const kept = composeCalendars([{ calendar: before }, { calendar: fresh, from, to }]);
  const byHand = before.open.filter((date) => date < span.from || date > span.to);
  return { ...kept, open: [...new Set([...kept.open, ...byHand])].sort() };
}

/** First and last day of school, make-up days among them; undefined where there is no term. */
function spanOf({ terms, open }: SchoolCalendar): Term | undefined {
  const [first, last] = [terms[0], terms.at(-1)];
  if (!first || !last) return undefined;
  return {
    from: earlier(first.from, open[0] ?? first.from),
    to: later(last.to, open.at(-1) ?? last.to),
  };
}

/**
 * What a district's new calendar does to a school that keeps one of its own: where the school has gone along with the
 * district so far it goes along further (a new year reaches it, too); where it has not, only the single days the district
 * changed are changed. A year the school has of itself, and the district had not, stays the school's.
 */
export function followDistrict(
  own: SchoolCalendar,
  before: SchoolCalendar,
  fresh: SchoolCalendar,
): SchoolCalendar {
  const after = takeOverYears(before, fresh);
  const span = spanOf(fresh);
  if (!after || !span) return own;
  const days = (calendar: SchoolCalendar) => schoolDays(calendar, span.from, span.to);
  const [mine, theirs] = [days(own), days(before)];
  if (mine.join() === theirs.join()) return takeOverYears(own, fresh) ?? own;
  if (theirs.length === 0) return own;
  const { closed, opened } = diffCalendars(before, after);
  const change = (calendar: SchoolCalendar, dates: readonly IsoDate[], how: typeof closeDay) =>
    dates.reduce((changed, date) => how(changed, date), calendar);
  return change(change(own, closed, closeDay), opened, addMakeUpDay);
}
