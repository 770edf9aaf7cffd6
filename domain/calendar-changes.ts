/** Changes to a calendar in the middle of a year: snow days, make-up days, and what a new version really changed. */
import { indexCalendar, isSchoolDay, isTermWeekday, schoolDays } from './calendar-days.ts';
import type { CalendarLike, SchoolCalendar } from './calendar.ts';
import type { IsoDate } from './dates.ts';

export interface CalendarDiff {
  /** School days before, none after. */
  readonly closed: readonly IsoDate[];
  /** No school days before, school days after. */
  readonly opened: readonly IsoDate[];
}

/** A snow day, a strike: no school on `date`. Unchanged when there was none anyway. */
export function closeDay(cal: SchoolCalendar, date: IsoDate): SchoolCalendar {
  if (!isSchoolDay(cal, date)) return cal;
  const open = cal.open.filter((d) => d !== date);
  const closed = isTermWeekday(cal, date) ? sortedWith(cal.closed, date) : cal.closed;
  return { ...cal, closed, open };
}

/** No school from `from` to `to`, both inclusive: a strike, a flooded week. */
export function closeDays(cal: SchoolCalendar, from: IsoDate, to: IsoDate): SchoolCalendar {
  return schoolDays(cal, from, to).reduce(closeDay, cal);
}

/** Closures from `from` to `to` taken back. */
export function reopenDays(cal: SchoolCalendar, from: IsoDate, to: IsoDate): SchoolCalendar {
  return { ...cal, closed: cal.closed.filter((date) => date < from || date > to) };
}

/**
 * The term that ends on `end` ends on `to` instead. Days cut off are no school days, single days of school among them;
 * days gained are, as every weekday of a term. Give an end that a term has, after which `to` does not reach into the next.
 */
export function moveTermEnd(cal: SchoolCalendar, end: IsoDate, to: IsoDate): SchoolCalendar {
  const terms = cal.terms.map((term) => (term.to === end ? { ...term, to } : term));
  const moved: SchoolCalendar = { terms, closed: [], open: [] };
  return {
    terms,
    closed: cal.closed.filter((date) => isTermWeekday(moved, date)),
    open: cal.open.filter((date) => !(date > to && date <= end) && !isTermWeekday(moved, date)),
  };
}

/** School is held on `date`: a weekend, a day after the last day of school, or one that was closed. */
export function addMakeUpDay(cal: SchoolCalendar, date: IsoDate): SchoolCalendar {
  if (isSchoolDay(cal, date)) return cal;
  if (isTermWeekday(cal, date)) return reopen(cal, date);
  return { ...cal, open: sortedWith(cal.open, date) };
}

/** Takes a closure back. Unchanged when the day was not closed. */
export function reopen(cal: SchoolCalendar, date: IsoDate): SchoolCalendar {
  if (!cal.closed.includes(date)) return cal;
  return { ...cal, closed: cal.closed.filter((d) => d !== date) };
}

/** The days that really changed: a republished file with all-new event ids and the same days gives two empty lists. */
export function diffCalendars(before: CalendarLike, after: CalendarLike): CalendarDiff {
  const was = indexCalendar(before).schoolDates;
  const is = indexCalendar(after).schoolDates;
  const wasSet = new Set(was);
  const isSet = new Set(is);
  return { closed: was.filter((d) => !isSet.has(d)), opened: is.filter((d) => !wasSet.has(d)) };
}

function sortedWith(dates: readonly IsoDate[], date: IsoDate): IsoDate[] {
  return [...new Set([...dates, date])].sort();
}
