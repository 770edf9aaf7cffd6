/**
 * The school calendar as a compact, plain value, and school-day arithmetic on it.
 * "School day", "attendance day" and "regular attendance day" mean the same here: a day on which the school
 * takes attendance. Half days, late starts and e-learning days are school days.
 */
import type { IsoDate } from './dates.ts';

/** A stretch of school, both dates inclusive: first and last day of school of a year (or term). */
export interface Term {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/**
 * Which days are school days: every weekday (Mon–Fri) inside a term that is not in `closed`, plus the days in `open`
 * (make-up days on a weekend, wherever they are). Plain JSON: it travels in workflow inputs and survives continue-as-new.
 * Several school years stand in one value (the 180-day window reaches into last year).
 */
export interface SchoolCalendar {
  /** Sorted by date, not overlapping. */
  readonly terms: readonly Term[];
  /** Sorted ISO dates of weekdays inside terms without school. */
  readonly closed: readonly IsoDate[];
  /** Sorted ISO dates outside the weekday pattern or outside terms on which there is school. */
  readonly open: readonly IsoDate[];
}
