/**
 * From rows as a source wrote them to marks, with a report of everything a person should look at.
 * The file verbs, the rehearsal and the server's import all classify through here, so they all say the same.
 */
import type { Category, Mark } from './attendance.ts';
import { categoryOf, isPartOfDay, type CodeMap } from './attendance-codes.ts';
import { isSchoolDay, type CalendarIndex } from './calendar.ts';
import { earlier, later, isWeekend, type IsoDate } from './dates.ts';

/** One row of a source, read but not judged. */
export interface RawAttendanceRow {
  readonly student: string;
  /** The school as the source names it (Ed-Fi SchoolId, CSV school column); empty where the file does not say. */
  readonly school: string;
  readonly date: IsoDate;
  readonly code: string;
  readonly reason?: string | undefined;
  /** Part of the day missed, 0 < fraction ≤ 1; null where the row does not say. */
  readonly fraction: number | null;
  /** Minutes missed, where the source counts so. */
  readonly minutes?: number | undefined;
  /** Minutes of that school day, where the row says. */
  readonly dayMinutes?: number | undefined;
  /** Class period, where a source writes one row a period. */
  readonly period?: string | undefined;
  /** Name of the file, and line in it. */
  readonly file?: string | undefined;
  readonly line: number;
}

/** A row that could not be read; the rows around it still count. */
export interface RowFault {
  readonly file?: string | undefined;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export type IssueKind =
  | 'fault'
  | 'unknown-code'
  | 'unknown-student'
  | 'no-school-day'
  | 'outside-calendar'
  | 'duplicate'
  | 'two-marks'
  | 'no-duration'
  | 'too-long';

export interface IntakeIssue {
  readonly kind: IssueKind;
  readonly file?: string | undefined;
  readonly line: number;
  readonly student?: string | undefined;
  readonly date?: IsoDate | undefined;
  readonly code?: string | undefined;
  /** What is wrong and what happens with the row. No names. */
  readonly message: string;
}

export interface CodeSeen {
  readonly code: string;
  readonly rows: number;
  readonly category: Category | null;
}

export interface IntakeReport {
  /** Rows read, faulty ones included. */
  readonly rows: number;
  /** Students with at least one row. */
  readonly students: number;
  /** First and last date of any row: the last is up to when the file knows attendance. */
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  /** Marks kept, by category; `unmapped` for codes nobody has mapped. */
  readonly byCategory: Readonly<Record<string, number>>;
  /** Codes seen, the most frequent first. */
  readonly codes: readonly CodeSeen[];
  /** Rows that say the child was there: no mark is kept. */
  readonly present: number;
  /** Rows without a duration taken as a whole day. */
  readonly wholeDayAssumed: number;
  /** How many rows of each kind a person should look at. */
  readonly counts: Readonly<Record<IssueKind, number>>;
  /** They, with line and reason, at most `maxListed` of a kind. */
  readonly issues: readonly IntakeIssue[];
}

export interface IntakeOptions {
  readonly codeMap: CodeMap;
  /** The calendar of a school (as the source names it); null where none is known: its days are not checked. */
  readonly calendarFor: (school: string) => CalendarIndex | null;
  /** The roster's student numbers; without it nobody is unknown. */
  readonly knownStudents?: ReadonlySet<string> | undefined;
  /** Minutes of a school day, where a row gives minutes only. */
  readonly dayMinutes: number;
  /** Class periods of a school day, where a source writes one row a period. */
  readonly periodsPerDay?: number | undefined;
  /** The school code for the source's name of it; by default the name itself. */
  readonly schoolCode?: ((school: string) => string) | undefined;
  /** Keep repeats among the marks, so that an explanation can list them (they count once either way). */
  readonly keepRepeats?: boolean | undefined;
  readonly reportedBy?: string | undefined;
  readonly reportedAt?: string | undefined;
  /** Issues listed per kind; the numbers are always complete. */
  readonly maxListed?: number | undefined;
}

export interface Intake {
  /** Marks by student number, in the order they came. */
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
  readonly report: IntakeReport;
}

/** A tardy without minutes is kept as evidence of one minute: it must never weigh as a day if a policy counts tardies. */
const TARDY_MINUTES = 1;

/** Classifies rows one by one: memory grows with the marks, never with the file. */
export class AttendanceIntake {
  readonly #options: IntakeOptions;
  readonly #marks = new Map<string, Mark[]>();
  /** Students seen, with the marks of each of their days: what duplicates are found by. */
  readonly #days = new Map<string, Map<IsoDate, SeenMark[]>>();
  readonly #codes = new Map<string, number>();
  readonly #issues: IntakeIssue[] = [];
  readonly #counts: Record<IssueKind, number> = {
    fault: 0,
    'unknown-code': 0,
    'unknown-student': 0,
    'no-school-day': 0,
    'outside-calendar': 0,
    duplicate: 0,
    'two-marks': 0,
    'no-duration': 0,
    'too-long': 0,
  };
  #rows = 0;
  #present = 0;
  #wholeDayAssumed = 0;
  #from: IsoDate | null = null;
  #to: IsoDate | null = null;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  fault(fault: RowFault): void {
    this.#rows += 1;
    this.#note('fault', fault, fault.message);
  }

  add(row: RawAttendanceRow): void {
    this.#rows += 1;
    this.#from = this.#from === null ? row.date : earlier(this.#from, row.date);
    this.#to = this.#to === null ? row.date : later(this.#to, row.date);
    this.#codes.set(row.code, (this.#codes.get(row.code) ?? 0) + 1);
    const days = this.#daysOf(row.student);

    const { knownStudents, codeMap } = this.#options;
    if (knownStudents && !knownStudents.has(row.student)) {
      this.#note(
        'unknown-student',
        row,
        'student is not in the roster: the row is left out; import the roster first',
      );
      return;
    }
    const category = categoryOf(codeMap, row.code);
    if (category === 'present') {
      this.#present += 1;
      return;
    }
    if (category === null) {
      this.#note(
        'unknown-code',
        row,
        `code "${row.code}" is not mapped: it does not count until somebody maps it`,
      );
    }
    const fraction = this.#fraction(row, category);
    if (fraction === null) return;
    this.#checkDay(row);
    this.#keep(row, category, fraction, days);
  }

  finish(): Intake {
    const byCategory: Record<string, number> = {};
    for (const marks of this.#marks.values()) {
      for (const mark of marks) {
        const key = mark.category ?? 'unmapped';
        byCategory[key] = (byCategory[key] ?? 0) + 1;
      }
    }
    const codes = [...this.#codes]
      .map(([code, rows]) => ({ code, rows, category: categoryOf(this.#options.codeMap, code) }))
      .sort((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1));
    return {
      marks: this.#marks,
      report: {
        rows: this.#rows,
        students: this.#days.size,
        from: this.#from,
        to: this.#to,
        byCategory,
        codes,
        present: this.#present,
        wholeDayAssumed: this.#wholeDayAssumed,
        counts: { ...this.#counts },
        issues: this.#issues,
      },
    };
  }

  #daysOf(student: string): Map<IsoDate, SeenMark[]> {
    const known = this.#days.get(student);
    if (known) return known;
    const days = new Map<IsoDate, SeenMark[]>();
    this.#days.set(student, days);
    return days;
  }

  /** Part of the day missed; null (and an issue) where the row does not say and must not be guessed. */
  #fraction(row: RawAttendanceRow, category: Category | null): number | null {
    if (row.fraction !== null) return row.fraction;
    const dayMinutes = row.dayMinutes ?? this.#options.dayMinutes;
    if (row.minutes !== undefined) {
      if (row.minutes <= dayMinutes) return row.minutes / dayMinutes;
      this.#note(
        'too-long',
        row,
        `${row.minutes} minutes are more than the day's ${dayMinutes}: taken as one day`,
      );
      return 1;
    }
    if (row.period !== undefined) {
      if (this.#options.periodsPerDay !== undefined) return 1 / this.#options.periodsPerDay;
      this.#note(
        'no-duration',
        row,
        'one class period, and nobody said how many a day has: left out; give --periods-per-day',
      );
      return null;
    }
    if (category === 'tardy') return TARDY_MINUTES / dayMinutes;
    if (isPartOfDay(this.#options.codeMap, row.code)) {
      this.#note(
        'no-duration',
        row,
        'part of a day without a duration: left out; the source must say how much was missed',
      );
      return null;
    }
    this.#wholeDayAssumed += 1;
    return 1;
  }

  #checkDay(row: RawAttendanceRow): void {
    const calendar = this.#options.calendarFor(row.school);
    if (!calendar || isSchoolDay(calendar, row.date)) return;
    const first = calendar.schoolDates[0];
    const last = calendar.schoolDates.at(-1);
    const known = first !== undefined && last !== undefined && first <= row.date && row.date <= last;
    if (known || isWeekend(row.date)) {
      this.#note('no-school-day', row, 'no school that day: the mark is kept and never counts');
    } else {
      this.#note(
        'outside-calendar',
        row,
        'the calendar is not known for this day: it does not count until it is',
      );
    }
  }

  #keep(
    row: RawAttendanceRow,
    category: Category | null,
    fraction: number,
    days: Map<IsoDate, SeenMark[]>,
  ): void {
    const { schoolCode, reportedBy, reportedAt, keepRepeats } = this.#options;
    const mark: Mark = {
      date: row.date,
      school: schoolCode ? schoolCode(row.school) : row.school,
      code: row.code,
      category,
      fraction,
      ...(reportedBy === undefined ? {} : { reportedBy }),
      ...(reportedAt === undefined ? {} : { reportedAt }),
    };
    const list = this.#marks.get(row.student) ?? [];
    const seen = days.get(row.date) ?? [];
    const alike = seen.filter((s) => s.mark.code === mark.code && s.mark.school === mark.school);
    if (row.period !== undefined) {
      const same = alike.find((s) => s.periods !== undefined);
      if (same?.periods?.has(row.period)) {
        this.#note('duplicate', row, 'the same row was there before: it counts once');
        return;
      }
      if (same?.periods) {
        same.periods.add(row.period);
        const whole = { ...mark, fraction: Math.min(1, same.mark.fraction + fraction) };
        list[list.indexOf(same.mark)] = whole;
        same.mark = whole;
        return;
      }
    } else if (alike.some((s) => s.mark.fraction === fraction)) {
      this.#note('duplicate', row, 'the same row was there before: it counts once');
      if (keepRepeats) list.push(mark);
      return;
    }
    if (seen.length > 0) {
      this.#note(
        'two-marks',
        row,
        `two marks on this day: "${seen[0]?.mark.code ?? ''}" and "${row.code}"; together never more than one day`,
      );
    }
    seen.push({ mark, periods: row.period === undefined ? undefined : new Set([row.period]) });
    days.set(row.date, seen);
    list.push(mark);
    this.#marks.set(row.student, list);
  }

  #note(kind: IssueKind, at: RowFault | RawAttendanceRow, message: string): void {
    this.#counts[kind] += 1;
    if (this.#counts[kind] > (this.#options.maxListed ?? 1000)) return;
    const row = 'student' in at ? { student: at.student, date: at.date, code: at.code } : {};
    this.#issues.push({
      kind,
      ...(at.file === undefined ? {} : { file: at.file }),
      line: at.line,
      ...row,
      message,
    });
  }
}

/** One mark of a day, and the class periods it is made of. */
interface SeenMark {
  mark: Mark;
  readonly periods: Set<string> | undefined;
}

/** Classifies rows that are already at hand. */
export function classifyRows(rows: Iterable<RawAttendanceRow>, options: IntakeOptions): Intake {
  const intake = new AttendanceIntake(options);
  for (const row of rows) intake.add(row);
  return intake.finish();
}
