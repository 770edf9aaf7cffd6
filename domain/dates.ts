/**
 * Calendar dates as ISO strings (`2025-02-12`): they sort, compare and serialise by themselves, and survive
 * continue-as-new (a Date does not). No time, no zone, no clock in here.
 */
import { InputFault } from './refusal.ts';

/** A calendar date, `YYYY-MM-DD`. */
export type IsoDate = string;

const DAY_MS = 86_400_000;
const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the text is a date that exists (no 30 February). */
export function isIsoDate(text: string): boolean {
  const match = PATTERN.exec(text);
  if (!match) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

/** Reads a date or refuses it with `BAD_DATE`, naming the place it came from (`--as-of`, `marks.csv:12`). */
export function parseDate(text: string, place: string): IsoDate {
  if (!isIsoDate(text)) {
    throw new InputFault(
      'BAD_DATE',
      `"${text.slice(0, 40)}" is no date; write it as YYYY-MM-DD, e.g. 2025-02-12`,
      place,
    );
  }
  return text;
}

/** Days since 1970-01-01; the number behind all date arithmetic. */
export function dayNumber(date: IsoDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

export function fromDayNumber(days: number): IsoDate {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

/** The date `days` calendar days later (or earlier, when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return fromDayNumber(dayNumber(date) + days);
}

/** Calendar days from `from` to `to` (negative when `to` is earlier). */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** 1 Monday … 7 Sunday (ISO). */
export function weekday(date: IsoDate): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;
}

export function isWeekend(date: IsoDate): boolean {
  return weekday(date) > 5;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Thu 12 Feb 2026`, for timers, tables and messages; letters use their own reader's form. */
export function shortDate(date: IsoDate): string {
  const [year, month, day] = date.split('-');
  return `${WEEKDAYS[weekday(date) - 1]} ${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

export function earlier(a: IsoDate, b: IsoDate): IsoDate {
  return a < b ? a : b;
}

export function later(a: IsoDate, b: IsoDate): IsoDate {
  return a > b ? a : b;
}
