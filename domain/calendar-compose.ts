/** Calendars put together: several school years, or the schools one student attended. */
import { checkCalendar } from './calendar-check.ts';
import { isTermWeekday } from './calendar-days.ts';
import type { SchoolCalendar, Term } from './calendar.ts';
import { addDays, earlier, later } from './dates.ts';
import type { IsoDate } from './dates.ts';
import { InputFault } from './refusal.ts';

/** A school's calendar and the dates (inclusive) it holds for a student; an open end where none is given. */
export interface CalendarSegment {
  readonly calendar: SchoolCalendar;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

const BEGINNING: IsoDate = '0001-01-01';
const END: IsoDate = '9999-12-31';

/**
 * A student's own calendar: each day on the calendar of the school then attended, so that a count goes on across a
 * transfer. Where enrolments overlap (withdrawn and entered on one day, a placement for some weeks), the one that began
 * last holds while it lasts.
 */
export function composeCalendars(segments: readonly CalendarSegment[]): SchoolCalendar {
  const pieces = stretches(segments).map(({ calendar, from, to }) => clip(calendar, from, to));
  return {
    terms: pieces.flatMap((p) => p.terms),
    closed: pieces.flatMap((p) => p.closed),
    open: pieces.flatMap((p) => p.open),
  };
}

interface Stretch {
  readonly calendar: SchoolCalendar;
  readonly from: IsoDate;
  to: IsoDate;
}

/** Cuts time at every beginning and end and gives each piece to the segment that began last. */
function stretches(segments: readonly CalendarSegment[]): Stretch[] {
  const bounded = segments.map((s) => ({
    calendar: s.calendar,
    from: s.from ?? BEGINNING,
    to: s.to ?? END,
  }));
  const cuts = new Set<IsoDate>();
  for (const s of bounded) {
    cuts.add(s.from);
    if (s.to !== END) cuts.add(addDays(s.to, 1));
  }
  const starts = [...cuts].sort();
  const result: (Stretch & { owner: number })[] = [];
  for (const [i, from] of starts.entries()) {
    const next = starts[i + 1];
    const to = next === undefined ? END : addDays(next, -1);
    let owner = -1;
    for (const [k, s] of bounded.entries()) {
      if (s.from > from || s.to < from) continue;
      if (owner < 0 || s.from >= (bounded[owner]?.from ?? '')) owner = k;
    }
    const chosen = bounded[owner];
    if (!chosen) continue;
    const last = result.at(-1);
    if (last && last.owner === owner && addDays(last.to, 1) === from) last.to = to;
    else result.push({ calendar: chosen.calendar, from, to, owner });
  }
  return result;
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
