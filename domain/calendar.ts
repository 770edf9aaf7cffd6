/**
 * The school calendar as a compact, plain value, and school-day arithmetic on it.
 * "School day", "attendance day" and "regular attendance day" mean the same here: a day on which the school
 * takes attendance. Half days, late starts and e-learning days are school days.
 *
 * Every function takes a calendar or its index ({@link indexCalendar}). The plain value travels and is stored; whoever asks
 * often (a count over 180 days, a rehearsal of a year) builds the index once and hands it in. Nothing is cached in the
 * module: it runs inside workflows.
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

/** A calendar with its school days written out. Derived: never stored, never put into workflow state. */
export interface CalendarIndex {
  readonly calendar: SchoolCalendar;
  /** Every school day, sorted. */
  readonly schoolDates: readonly IsoDate[];
}

export type CalendarLike = SchoolCalendar | CalendarIndex;

/** The attendance days an office looks back on from a date. */
export interface AttendanceWindow {
  /** First attendance day in it; undefined when the calendar knows none up to the as-of date. */
  readonly from: IsoDate | undefined;
  /** The as-of date itself, school day or not. */
  readonly to: IsoDate;
  /** How many attendance days it holds: n, or fewer where the calendar does not reach back far enough. */
  readonly attendanceDays: number;
  /** False when the calendar does not reach back far enough: say so beside every count. */
  readonly complete: boolean;
}

export {
  addSchoolDays,
  indexCalendar,
  isSchoolDay,
  isTermWeekday,
  leavesWindowOn,
  nextSchoolDay,
  plainCalendar,
  schoolDays,
  schoolDaysBetween,
  window,
  WINDOW_DAYS,
} from './calendar-days.ts';
export {
  addMakeUpDay,
  closeDay,
  closeDays,
  diffCalendars,
  moveTermEnd,
  reopen,
  reopenDays,
} from './calendar-changes.ts';
export type { CalendarDiff } from './calendar-changes.ts';
export { calendarDiffWords } from './calendar-words.ts';
export { checkCalendar } from './calendar-check.ts';
export { composeCalendars, mergeYears } from './calendar-compose.ts';
export type { CalendarSegment } from './calendar-compose.ts';
