/** The marks of all students as they come in, and what each delivery changes in anybody's unexcused days. */
import { unexcusedPerDay, type CountingRules, type Mark } from './attendance.ts';
import { isSchoolDay, type CalendarLike } from './calendar.ts';
import type { UnexcusedDay } from './case/state.ts';
import type { IsoDate } from './dates.ts';

/** One row of the feed: a mark of a student. */
export interface FeedMark extends Mark {
  readonly student: string;
}

export interface ChangedDay extends UnexcusedDay {
  /** Nothing unexcused was known of this day before. */
  readonly isNew: boolean;
}

export interface AttendanceBook {
  /** Takes a delivery; gives the days that changed, for every student with a row. */
  receive(rows: readonly FeedMark[]): Map<string, ChangedDay[]>;
  /** A correction of one day by hand; gives what it changes. */
  correct(student: string, date: IsoDate, what: 'excuse' | 'half-day'): ChangedDay[];
  /** Everybody of whom anything has been reported. */
  students(): Iterable<string>;
  daysOf(student: string): UnexcusedDay[];
  /** School of the student's latest mark. */
  schoolOf(student: string): string;
}

export function attendanceBook(rules: CountingRules): AttendanceBook {
  const marks = new Map<string, FeedMark[]>();
  const days = new Map<string, Map<IsoDate, UnexcusedDay>>();
  const recount = (student: string): ChangedDay[] => {
    const before = days.get(student) ?? new Map<IsoDate, UnexcusedDay>();
    const after = new Map(unexcusedPerDay(marks.get(student) ?? [], rules).map((day) => [day.date, day]));
    days.set(student, after);
    return diffDays(before, after).map((day) => ({ ...day, isNew: !before.has(day.date) }));
  };
  return {
    correct(student, date, what) {
      const mine = (marks.get(student) ?? []).map((mark) =>
        mark.date !== date ? mark : what === 'half-day' ? { ...mark, fraction: 0.5 } : excused(mark),
      );
      marks.set(student, mine);
      return recount(student);
    },
    students: () => marks.keys(),
    receive(rows) {
      for (const row of rows) {
        const mine = marks.get(row.student);
        if (mine) mine.push(row);
        else marks.set(row.student, [row]);
      }
      const changed = new Map<string, ChangedDay[]>();
      for (const student of new Set(rows.map((row) => row.student))) changed.set(student, recount(student));
      return changed;
    },
    daysOf: (student) => [...(days.get(student)?.values() ?? [])],
    schoolOf: (student) => marks.get(student)?.at(-1)?.school ?? '',
  };
}

/** As a person at the desk excuses a day: what is unexcused or of unknown reason becomes excused. */
function excused(mark: FeedMark): FeedMark {
  const open = mark.category === null || mark.category === 'unexcused' || mark.category === 'unknown';
  return open ? { ...mark, code: 'excused', category: 'excused' } : mark;
}

/** New unexcused days on which there was school: what a school answers with an intervention. */
export function newUnexcusedDays(changed: readonly ChangedDay[], cal: CalendarLike | undefined): number {
  if (cal === undefined) return 0;
  return changed.filter((day) => day.isNew && day.fraction > 0 && isSchoolDay(cal, day.date)).length;
}

/** Days that are new, changed, or gone (fraction 0). */
export function diffDays(
  before: ReadonlyMap<IsoDate, UnexcusedDay>,
  after: ReadonlyMap<IsoDate, UnexcusedDay>,
): UnexcusedDay[] {
  const changed: UnexcusedDay[] = [];
  for (const day of after.values()) {
    const old = before.get(day.date);
    if (old?.fraction !== day.fraction || old.code !== day.code) changed.push(day);
  }
  for (const day of before.values()) if (!after.has(day.date)) changed.push({ ...day, fraction: 0 });
  return changed.sort((a, b) => (a.date < b.date ? -1 : 1));
}
