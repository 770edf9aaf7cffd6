/** Calendars put together: several school years, or the schools one student attended. */
import { checkCalendar } from './calendar-check.ts';
import { isTermWeekday } from './calendar-days.ts';
import type { SchoolCalendar, Term } from './calendar.ts';
import { earlier, later } from './dates.ts';
import type { IsoDate } from './dates.ts';
import { stretches, type Enrolled } from './enrolment.ts';
import { InputFault } from './refusal.ts';

/** A school's calendar and the dates it holds for a student. */
export interface CalendarSegment extends Enrolled {
  readonly calendar: SchoolCalendar;
}

/**
 * A student's own calendar: each day on the calendar of the school then attended, so that a count goes on across a
 * transfer. Which school that is where enrolments overlap: see `stretches`.
 */
export function composeCalendars(segments: readonly CalendarSegment[]): SchoolCalendar {
  const pieces = stretches(segments).map(({ of, from, to }) => clip(of.calendar, from, to));
  return {
    terms: pieces.flatMap((p) => p.terms),
    closed: pieces.flatMap((p) => p.closed),
    open: pieces.flatMap((p) => p.open),
  };
}

function clip(cal: SchoolCalendar, from: IsoDate, to: IsoDate): SchoolCalendar {
  const inside = (date: IsoDate): boolean => from <= date && date <= to;
  const terms: Term[] = [];
  for (const term of cal.terms) {
    const cut = { from: later(term.from, from), to: earlier(term.to, to) };
    if (cut.from <= cut.to) terms.push(cut);
  }
  return { terms, closed: cal.closed.filter(inside), open: cal.open.filter(inside) };
}

/**
 * Two calendars of one school (last year's and this year's) as one value. Refused with `CALENDAR_OVERLAP` when they say
 * different things about the same stretch of school.
 */
export function mergeYears(a: SchoolCalendar, b: SchoolCalendar): SchoolCalendar {
  const terms = [...a.terms, ...b.terms].sort((x, y) => (x.from < y.from ? -1 : x.from > y.from ? 1 : 0));
  const closed = [...new Set([...a.closed, ...b.closed])].sort();
  const isClosed = new Set(closed);
  const base: SchoolCalendar = { terms, closed, open: [] };
  // A make-up day of one year may fall into the other's term, where it is an ordinary school day.
  const open = [...new Set([...a.open, ...b.open])]
    .sort()
    .filter((d) => isClosed.has(d) || !isTermWeekday(base, d));
  const merged = { ...base, open };
  const faults = checkCalendar(merged);
  if (faults.length > 0) {
    throw new InputFault(
      'CALENDAR_OVERLAP',
      `the calendars do not go together: ${faults[0]}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`,
    );
  }
  return merged;
}
