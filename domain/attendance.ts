/**
 * Attendance marks and the count of unexcused days, explained day by day.
 * Sources: 105 ILCS 5/26-2a (180 regular attendance days; 5 % = 9.0 days); domain words in docs/domain notes.
 */
import type { SchoolCalendar } from './calendar.ts';
import type { IsoDate } from './dates.ts';

/** What a code means to the policy: `excused`, `unexcused`, `unknown`, `tardy`, `medical`, `homebound`, `suspension`, `remote`, `present`. */
export type Category = string;

/** One mark as it stands now (its latest revision). */
export interface Mark {
  readonly date: IsoDate;
  /** School code at which it was taken. */
  readonly school: string;
  /** The code as the source wrote it. */
  readonly code: string;
  /** What the source's code map makes of it; null while nobody has mapped it: it never counts, and is reported. */
  readonly category: Category | null;
  /** Part of the day missed, 0 < fraction ≤ 1. */
  readonly fraction: number;
  /** Who reported it (source or role), and when (ISO instant). */
  readonly reportedBy?: string | undefined;
  readonly reportedAt?: string | undefined;
  /** The system it comes from, where several tell of one school: what they tell of a day is not added up. */
  readonly source?: string | undefined;
}

/** The counting part of a policy. */
export interface CountingRules {
  /** 180 attendance days. */
  readonly windowDays: number;
  /** 9 unexcused days. */
  readonly threshold: number;
  /** Categories that count, e.g. `['unexcused']`. */
  readonly countedCategories: readonly Category[];
  /** School days an absence waits for a late excuse before it counts; 0 counts it at once. */
  readonly graceSchoolDays: number;
}

export interface CountedDay {
  readonly date: IsoDate;
  readonly code: string;
  readonly fraction: number;
  readonly school: string;
  readonly reportedBy?: string | undefined;
  readonly reportedAt?: string | undefined;
  readonly why: string;
  /** First school day on which it is outside the window; null where the calendar is not known that far. */
  readonly leavesWindowOn: IsoDate | null;
}

export interface NotCounted {
  readonly date: IsoDate;
  readonly code: string;
  readonly reason: string;
}

/** A count that can be defended: every day in it, every day left out, and why. */
export interface Count {
  readonly asOf: IsoDate;
  /** Attendance is known up to this date (coverage); null where nothing has arrived. */
  readonly knownUpTo: IsoDate | null;
  readonly window: { readonly from: IsoDate | null; readonly to: IsoDate; readonly attendanceDays: number };
  readonly unexcusedDays: number;
  readonly counted: readonly CountedDay[];
  readonly notCounted: readonly NotCounted[];
  readonly threshold: number;
  readonly reached: boolean;
  /** Said beside the count, e.g. that calendars are missing for part of the window. */
  readonly notes: readonly string[];
}

export type CountUnexcused = (
  marks: readonly Mark[],
  calendar: SchoolCalendar,
  asOf: IsoDate,
  rules: CountingRules,
  knownUpTo: IsoDate | null,
) => Count;

export { countDropsBelow, countUnexcused, roundDays, unexcusedPerDay } from './attendance-count.ts';
export { truantWord, unexcusedDates } from './attendance-words.ts';
export type { TruancyLines, TruantWord } from './attendance-words.ts';
