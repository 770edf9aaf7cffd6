/**
 * Days on which the office works and the post runs: weekdays that are no holiday of the policy.
 * Not to be confused with school days: an institute day is an office day.
 */
import { addDays, isWeekend, weekday, type IsoDate } from './dates.ts';

/**
 * When a holiday is: a fixed day (`MM-DD`), the n-th weekday of a month (n = -1: the last; plus `offsetDays`, for the
 * day after Thanksgiving), or one date. A fixed holiday on a Saturday is kept on Friday, on a Sunday on Monday.
 */
export type HolidayRule =
  | { readonly name: string; readonly fixed: string }
  | {
      readonly name: string;
      readonly nth: number;
      /** 1 Monday … 7 Sunday. */
      readonly weekday: number;
      /** 1 … 12. */
      readonly month: number;
      readonly offsetDays?: number | undefined;
    }
  | { readonly name: string; readonly date: IsoDate };

function nthWeekday(year: number, month: number, wanted: number, nth: number): IsoDate {
  const text = (m: number) => String(m).padStart(2, '0');
  if (nth > 0) {
    const first = `${year}-${text(month)}-01`;
    return addDays(first, ((wanted - weekday(first) + 7) % 7) + 7 * (nth - 1));
  }
  const nextMonth = month === 12 ? `${year + 1}-01-01` : `${year}-${text(month + 1)}-01`;
  const last = addDays(nextMonth, -1);
  return addDays(last, -((weekday(last) - wanted + 7) % 7) + 7 * (nth + 1));
}

function observed(date: IsoDate): IsoDate {
  const day = weekday(date);
  return day === 6 ? addDays(date, -1) : day === 7 ? addDays(date, 1) : date;
}

/** The day a rule falls on in a year, or undefined when it names another year. */
export function holidayIn(rule: HolidayRule, year: number): IsoDate | undefined {
  if ('fixed' in rule) return observed(`${year}-${rule.fixed}`);
  if ('date' in rule) return rule.date.startsWith(`${year}-`) ? rule.date : undefined;
  return addDays(nthWeekday(year, rule.month, rule.weekday, rule.nth), rule.offsetDays ?? 0);
}

export function isOfficeDay(date: IsoDate, holidays: readonly HolidayRule[]): boolean {
  if (isWeekend(date)) return false;
  const year = Number(date.slice(0, 4));
  // A New Year's Day on a Saturday is kept on 31 December of the year before: look one year ahead.
  return !holidays.some((rule) => holidayIn(rule, year) === date || holidayIn(rule, year + 1) === date);
}

/** The n-th office day strictly after `date`. */
export function addOfficeDays(date: IsoDate, n: number, holidays: readonly HolidayRule[]): IsoDate {
  let day = date;
  for (let left = n; left > 0;) {
    day = addDays(day, 1);
    if (isOfficeDay(day, holidays)) left -= 1;
  }
  return day;
}

/** Local times, `HH:MM`: letters leave from the first on, and before the second. */
export interface OfficeHours {
  readonly from: string;
  readonly to: string;
}

/**
 * Null where letters may leave at this local date and time; else the office day (this one, before the hours begin) on
 * which they may again.
 */
export function closedUntil(
  date: IsoDate,
  time: string,
  hours: OfficeHours,
  holidays: readonly HolidayRule[],
): IsoDate | null {
  if (!isOfficeDay(date, holidays) || time >= hours.to) return addOfficeDays(date, 1, holidays);
  return time < hours.from ? date : null;
}
