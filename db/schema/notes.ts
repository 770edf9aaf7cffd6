/** The log on a student's attendance, and each try to reach a family by telephone. */
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { causedBy, instant, isoDate, studentId } from './columns.ts';
import { guardians, students } from './people.ts';
import { schools } from './places.ts';

export const attendanceNotes = pgTable(
  'attendance_notes',
  {
    /** The command's id, or a hash of the content: the same one sent twice is one. */
    id: text('id').primaryKey(),
    studentId: studentId().references(() => students.id),
    school: text('school').references(() => schools.code),
    /** Of what it tells. */
    date: isoDate('date').notNull(),
    kind: text('kind').notNull(),
    text: text('text').notNull(),
    callNumber: text('call_number'),
    /** Where it came from: the student system's export, or this office. */
    source: text('source').notNull(),
    invented: boolean('invented').notNull().default(false),
    voidReason: text('void_reason'),
    voidAt: instant('void_at'),
    voidBy: text('void_by'),
    ...causedBy(),
  },
  (t) => [index('attendance_notes_by_student').on(t.studentId, t.date)],
);

export const contactAttempts = pgTable(
  'contact_attempts',
  {
    id: text('id').primaryKey(),
    studentId: studentId().references(() => students.id),
    school: text('school').references(() => schools.code),
    /** Whose number it is, where the records know it. */
    guardianId: integer('guardian_id').references(() => guardians.id),
    /** Digits only, so that every spelling is the same number. */
    phone: text('phone').notNull(),
    household: boolean('household'),
    date: isoDate('date').notNull(),
    happenedAt: instant('happened_at'),
    outcome: text('outcome').notNull(),
    /** A parent or guardian was spoken to. */
    reachedParent: boolean('reached_parent').notNull(),
    note: text('note'),
    /** The call it was said for at intake. */
    callNumber: text('call_number'),
    source: text('source').notNull(),
    invented: boolean('invented').notNull().default(false),
    voidReason: text('void_reason'),
    voidAt: instant('void_at'),
    voidBy: text('void_by'),
    ...causedBy(),
  },
  (t) => [index('contact_attempts_by_student').on(t.studentId, t.date)],
);
