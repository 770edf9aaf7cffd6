/** Attendance and calendars from files alone: what the file forms of the attendance verbs share. */
import type { Mark } from '../../../domain/attendance.ts';
import { CATEGORIES, withCodes, type CodeMap } from '../../../domain/attendance-codes.ts';
import { AttendanceIntake, type Intake, type IntakeOptions } from '../../../domain/attendance-intake.ts';
import { indexCalendar, type CalendarIndex } from '../../../domain/calendar.ts';
import { later, type IsoDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import {
  CODE_MAPS,
  DEFAULT_DAY_MINUTES,
  guessAttendanceFormat,
  isFault,
  readAttendance,
  type AttendanceFormat,
} from '../../../imports/attendance/index.ts';
import { readCalendarFiles, type CalendarMode } from '../../../imports/calendar/index.ts';
import { readStudents } from '../../../imports/roster/index.ts';

/** Options of every verb that reads attendance files, as commander gives them. */
export interface FileOptions {
  readonly format?: AttendanceFormat | undefined;
  readonly calendar: readonly string[];
  readonly calendarMode?: CalendarMode | undefined;
  readonly closed?: string | undefined;
  readonly open?: string | undefined;
  readonly firstDay?: string | undefined;
  readonly lastDay?: string | undefined;
  readonly dayMinutes?: string | undefined;
  readonly periodsPerDay?: string | undefined;
  readonly students?: string | undefined;
  readonly school?: string | undefined;
  readonly set: Readonly<Record<string, string>>;
}

export interface FilesRead {
  readonly intake: Intake;
  readonly formats: readonly AttendanceFormat[];
  readonly students: ReadonlySet<string>;
  /** The last date any row of the files has. */
  readonly lastDate: IsoDate | null;
  readonly calendar: CalendarIndex | null;
  /** Worth saying on standard error. */
  readonly notes: readonly string[];
}

/**
 * Reads the files as a stream. With `only`, marks are kept for that student alone, while the last date and the number of
 * students still come from all rows.
 */
export async function readFiles(
  files: readonly string[],
  options: FileOptions,
  only?: string,
): Promise<FilesRead> {
  const notes: string[] = [];
  const calendar = readCalendars(options, notes);
  const knownStudents =
    options.students === undefined
      ? undefined
      : new Set((await readStudents(options.students)).students.map((s) => s.sisId));
  const seen = { notes };
  const students = new Set<string>();
  const formats: AttendanceFormat[] = [];
  let lastDate: IsoDate | null = null;
  let intake: AttendanceIntake | undefined;
  for (const file of files) {
    const format = options.format ?? (await guessAttendanceFormat(file));
    formats.push(format);
    intake ??= new AttendanceIntake(
      intakeOptions(format, options, calendar, knownStudents, only !== undefined),
    );
    for await (const item of readAttendance(file, { format, seen })) {
      if (isFault(item)) {
        intake.fault(item);
        continue;
      }
      if (options.school !== undefined && item.school !== options.school) continue;
      students.add(item.student);
      lastDate = lastDate === null ? item.date : later(lastDate, item.date);
      if (only === undefined || item.student === only) intake.add(item);
    }
  }
  if (!intake) throw new InputFault('NO_FILE', 'no attendance file given', '--file');
  if (new Set(formats).size > 1) {
    notes.push(`the files have several formats; codes are read with the map of the first (${formats[0]})`);
  }
  for (const id of knownStudents ?? []) students.add(id);
  return { intake: intake.finish(), formats, students, lastDate, calendar, notes };
}

/** The marks of one student, for counting. */
export function marksOf(read: FilesRead, student: string): readonly Mark[] {
  return read.intake.marks.get(student) ?? [];
}

function intakeOptions(
  format: AttendanceFormat,
  options: FileOptions,
  calendar: CalendarIndex | null,
  knownStudents: ReadonlySet<string> | undefined,
  keepRepeats: boolean,
): IntakeOptions {
  const { periodsPerDay } = options;
  return {
    codeMap: codeMapFor(format, options.set),
    calendarFor: () => calendar,
    knownStudents,
    dayMinutes: wholeNumber(options.dayMinutes, '--day-minutes', 1440) ?? DEFAULT_DAY_MINUTES,
    periodsPerDay: wholeNumber(periodsPerDay, '--periods-per-day', 20),
    keepRepeats,
  };
}

function codeMapFor(format: AttendanceFormat, set: Readonly<Record<string, string>>): CodeMap {
  return withCodes(CODE_MAPS[format], set);
}

function readCalendars(options: FileOptions, notes: string[]): CalendarIndex | null {
  if (options.calendar.length === 0) return null;
  const { calendar, readings } = readCalendarFiles(options.calendar, {
    mode: options.calendarMode,
    closed: pattern(options.closed, '--closed'),
    open: pattern(options.open, '--open'),
    firstDay: options.firstDay,
    lastDay: options.lastDay,
  });
  for (const reading of readings) {
    for (const fault of reading.faults) notes.push(`calendar: ${fault}`);
    for (const { event, why } of reading.unsettled) {
      notes.push(
        `calendar: ${event.place}: "${event.summary.slice(0, 60)}" is not settled and closes nothing: ${why}`,
      );
    }
  }
  return indexCalendar(calendar);
}

/** `--set CODE=CATEGORY`, repeatable. */
export function collectCode(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.lastIndexOf('=');
  const code = text.slice(0, at).trim();
  const category = text
    .slice(at + 1)
    .trim()
    .toLowerCase();
  if (at < 1 || code === '' || !(CATEGORIES as readonly string[]).includes(category)) {
    throw new InputFault(
      'BAD_SET',
      `"${text.slice(0, 60)}" maps nothing; write CODE=CATEGORY with one of ${CATEGORIES.join(', ')}`,
      '--set',
    );
  }
  return { ...before, [code]: category };
}

export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function pattern(text: string | undefined, option: string): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'i');
  } catch {
    throw new InputFault('BAD_PATTERN', `"${text.slice(0, 60)}" is no regular expression`, option);
  }
}

function wholeNumber(text: string | undefined, option: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new InputFault('BAD_NUMBER', `"${text.slice(0, 20)}" is no whole number from 1 to ${most}`, option);
  }
  return value;
}
