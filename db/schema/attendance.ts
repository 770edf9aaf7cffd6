/** Attendance as reported, every revision of it, what codes mean, and up to when silence means presence. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Category } from '../../domain/attendance.ts';
import { causedBy, instant, isoDate, studentId } from './columns.ts';
import type { JsonObject } from './columns.ts';
import { schools } from './places.ts';
import { students } from './people.ts';

/** Codes mean different things in each district: one map a source, `<district>/<system>`. */
export const codeMaps = pgTable(
  'code_maps',
  {
    source: text('source').notNull(),
    code: text('code').notNull(),
    category: text('category').$type<Category>().notNull(),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.source, t.code] })],
);

export const imports = pgTable(
  'imports',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    source: text('source').notNull(),
    /** Of the file's bytes: the same file twice is recognised. */
    sha256: text('sha256').notNull(),
    fileName: text('file_name').notNull(),
    report: jsonb('report').$type<JsonObject>().notNull(),
    coversTo: isoDate('covers_to'),
    ...causedBy(),
  },
  (t) => [index('imports_by_content').on(t.sha256), index('imports_by_source').on(t.source, t.at)],
);

/**
 * One row a revision. The category is not here: it follows from the code map when read, so that mapping a code later
 * makes its marks count without touching them.
 */
export const attendanceMarks = pgTable(
  'attendance_marks',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    studentId: studentId().references(() => students.id),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    date: isoDate('date').notNull(),
    /** 1, or 2 and up for further marks of the same day (a period feed, a second part of the day). */
    slot: integer('slot').notNull().default(1),
    source: text('source').notNull(),
    code: text('code').notNull(),
    fraction: numeric('fraction', { precision: 8, scale: 6, mode: 'number' }).notNull(),
    minutes: integer('minutes'),
    /** 1, 2, … : every version stays. */
    revision: integer('revision').notNull(),
    current: boolean('current').notNull(),
    /** Taken back: the current revision says there is no absence (any more). */
    withdrawn: boolean('withdrawn').notNull().default(false),
    reportedBy: text('reported_by').notNull(),
    reportedAt: instant('reported_at').notNull(),
    importId: uuid('import_id'),
    /** Made up for a demo or rehearsal, not reported by a school. */
    invented: boolean('invented').notNull().default(false),
    reason: text('reason'),
    /** Said by a person, not by the source itself. */
    byHand: boolean('by_hand').notNull().default(false),
    /** As of when the source last said so (the file's own time, where it has one), or when the person did. */
    saidAt: instant('said_at')
      .notNull()
      .default(sql`now()`),
    /** By hand: the source's own revision the person looked at. */
    corrects: bigint('corrects', { mode: 'number' }),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('attendance_marks_current')
      .on(t.studentId, t.source, t.school, t.date, t.slot)
      .where(sql`${t.current}`),
    index('attendance_marks_by_student_date').on(t.studentId, t.date),
    index('attendance_marks_by_source')
      .on(t.source, t.school, t.date)
      .where(sql`${t.current}`),
  ],
);

/**
 * Files that were the whole truth about a school's days as of a time: what an older file says beside them has been taken
 * back, even if it arrives later.
 */
export const wholeFiles = pgTable(
  'whole_files',
  {
    source: text('source').notNull(),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    fromDate: isoDate('from_date').notNull(),
    toDate: isoDate('to_date').notNull(),
    saidAt: instant('said_at').notNull(),
    importId: uuid('import_id'),
  },
  (t) => [primaryKey({ columns: [t.source, t.school, t.saidAt, t.fromDate, t.toDate] })],
);

/** Closed intervals of known attendance, unioned; what was said, by whom, is in `coverage_statements`. */
export const coverage = pgTable(
  'coverage',
  {
    school: text('school')
      .notNull()
      .references(() => schools.code),
    fromDate: isoDate('from_date').notNull(),
    toDate: isoDate('to_date').notNull(),
  },
  (t) => [primaryKey({ columns: [t.school, t.fromDate] })],
);

/** Each statement that attendance is known: a file, or a person's "no absences that day". */
export const coverageStatements = pgTable(
  'coverage_statements',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    fromDate: isoDate('from_date').notNull(),
    toDate: isoDate('to_date').notNull(),
    source: text('source'),
    importId: uuid('import_id'),
    /** These days are not known after all: what had been told of them was no attendance. */
    takenBack: boolean('taken_back').notNull().default(false),
    reason: text('reason'),
    ...causedBy(),
  },
  (t) => [index('coverage_statements_by_school').on(t.school, t.fromDate)],
);

/** A school of which nothing arrives: told once a stretch, over when its days are known. */
export const silences = pgTable(
  'silences',
  {
    school: text('school')
      .notNull()
      .references(() => schools.code),
    /** First school day of which nothing is known. */
    since: isoDate('since').notNull(),
    /** Office date on which school and Case Manager were told. */
    toldOn: isoDate('told_on').notNull(),
    endedOn: isoDate('ended_on'),
    at: instant('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.school, t.since] }),
    uniqueIndex('silences_one_open')
      .on(t.school)
      .where(sql`${t.endedOn} is null`),
  ],
);
