/** School-day arithmetic: counting, stepping and looking back over school days. */
import type { AttendanceWindow, CalendarIndex, CalendarLike, SchoolCalendar, Term } from './calendar.ts';
import { dayNumber, fromDayNumber } from './dates.ts';
import type { IsoDate } from './dates.ts';
import { InputFault } from './refusal.ts';

/** Attendance days looked back on by 105 ILCS 5/26-2a. */
export const WINDOW_DAYS = 180;

/** Writes a calendar's school days out, for repeated questions. An index is given back as it is. */
export function indexCalendar(cal: CalendarLike): CalendarIndex {
  if ('schoolDates' in cal) return cal;
  const closed = new Set(cal.closed);
  const dates: IsoDate[] = [];
  for (const term of cal.terms) {
    for (const date of weekdays(term)) if (!closed.has(date)) dates.push(date);
  }
  const schoolDates = cal.open.length === 0 ? dates : [...new Set([...dates, ...cal.open])].sort();
  return { calendar: cal, schoolDates };
}

const TWO_DIGITS = Array.from({ length: 32 }, (_, n) => String(n).padStart(2, '0'));

/** Monday to Friday, both ends inclusive; a month at a time, since a Date for each day costs ten times as much. */
function weekdays(term: Term): IsoDate[] {
  const days: IsoDate[] = [];
  const last = dayNumber(term.to);
  let day = dayNumber(term.from);
  while (day <= last) {
    const date = fromDayNumber(day);
    const month = date.slice(0, 8);
    const length = daysInMonth(Number(date.slice(0, 4)), Number(date.slice(5, 7)));
    for (let d = Number(date.slice(8)); d <= length && day <= last; d += 1, day += 1) {
      if (!isWeekendNumber(day)) days.push(month + (TWO_DIGITS[d] ?? ''));
    }
  }
  return days;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The plain value behind a calendar or its index. */
export function plainCalendar(cal: CalendarLike): SchoolCalendar {
  return 'schoolDates' in cal ? cal.calendar : cal;
}

export function isSchoolDay(cal: CalendarLike, date: IsoDate): boolean {
  if ('schoolDates' in cal) return includesSorted(cal.schoolDates, date);
  if (includesSorted(cal.open, date)) return true;
  return isTermWeekday(cal, date) && !includesSorted(cal.closed, date);
}

/**
 * The n-th school day after `date`, which is day 0 whether or not there is school on it. Undefined when the calendar
 * ends before it: it is not known that far, and nobody may guess.
 */
export function addSchoolDays(cal: CalendarLike, date: IsoDate, n: number): IsoDate | undefined {
  if (!Number.isInteger(n) || n < 0) {
    throw new InputFault('BAD_DAYS', `${n} is no number of school days; give a whole number from 0`);
  }
  if (n === 0) return date;
  const { schoolDates } = indexCalendar(cal);
  return schoolDates[countUpTo(schoolDates, date) + n - 1];
}

/** The first school day strictly after `date`. */
export function nextSchoolDay(cal: CalendarLike, date: IsoDate): IsoDate | undefined {
  return addSchoolDays(cal, date, 1);
}

/** How many school days d with from < d <= to: "school days since". 0 when `to` is not after `from`. */
export function schoolDaysBetween(cal: CalendarLike, from: IsoDate, to: IsoDate): number {
  if (to <= from) return 0;
  const { schoolDates } = indexCalendar(cal);
  return countUpTo(schoolDates, to) - countUpTo(schoolDates, from);
}

/** The school days from `from` to `to`, both inclusive. */
export function schoolDays(cal: CalendarLike, from: IsoDate, to: IsoDate): IsoDate[] {
  const { schoolDates } = indexCalendar(cal);
  return schoolDates.slice(countBefore(schoolDates, from), countUpTo(schoolDates, to));
}

/**
 * The last `n` attendance days up to and including `asOf` (105 ILCS 5/26-2a: the past 180). It does not reset in August:
 * it reaches into last year as far as the calendar is known.
 */
export function window(cal: CalendarLike, asOf: IsoDate, n: number = WINDOW_DAYS): AttendanceWindow {
  const { schoolDates } = indexCalendar(cal);
  const end = countUpTo(schoolDates, asOf);
  const start = Math.max(0, end - n);
  return {
    from: end > start ? schoolDates[start] : undefined,
    to: asOf,
    attendanceDays: end - start,
    complete: end >= n,
  };
}

/**
 * The first school day on which `date` is no longer in the window: the n-th school day after it. Undefined when the
 * calendar is not known that far.
 */
export function leavesWindowOn(
  cal: CalendarLike,
  date: IsoDate,
  n: number = WINDOW_DAYS,
): IsoDate | undefined {
  return addSchoolDays(cal, date, n);
}

/** Days (Mon–Fri) inside a term: school days unless closed. */
export function isTermWeekday(cal: SchoolCalendar, date: IsoDate): boolean {
  return !isWeekendNumber(dayNumber(date)) && cal.terms.some((t) => t.from <= date && date <= t.to);
}

/** 1970-01-01 was a Thursday. */
function isWeekendNumber(day: number): boolean {
  const fromMonday = (((day + 3) % 7) + 7) % 7;
  return fromMonday > 4;
}

/** How many of the sorted dates are before `date`. */
export function countBefore(dates: readonly IsoDate[], date: IsoDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((dates[middle] as IsoDate) < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function includesSorted(dates: readonly IsoDate[], date: IsoDate): boolean {
  return dates[countBefore(dates, date)] === date;
}

/** How many of the sorted dates are on or before `date`. */
function countUpTo(dates: readonly IsoDate[], date: IsoDate): number {
  const before = countBefore(dates, date);
  return dates[before] === date ? before + 1 : before;
}
