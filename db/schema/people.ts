/** Students, where they are enrolled, and the adults responsible for them. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, serial, text } from 'drizzle-orm/pg-core';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Guardianship, PostalAddress } from '../../domain/records.ts';
import { causedBy, instant, isoDate, studentId } from './columns.ts';
import { schools } from './places.ts';

export const students = pgTable(
  'students',
  {
    id: serial('id').primaryKey(),
    sisId: text('sis_id').notNull().unique(),
    firstName: text('first_name').notNull(),
    middleName: text('middle_name'),
    lastName: text('last_name').notNull(),
    suffix: text('suffix'),
    birthDate: isoDate('birth_date'),
    grade: text('grade'),
    /** A duplicate: everything of it was brought to this student, and its number answers with them. */
    mergedInto: integer('merged_into').references((): AnyPgColumn => students.id),
    ...causedBy(),
  },
  (t) => [
    index('students_by_name').on(sql`lower(${t.lastName})`, sql`lower(${t.firstName})`),
    index('students_merged')
      .on(t.mergedInto)
      .where(sql`${t.mergedInto} is not null`),
  ],
);

export const enrollments = pgTable(
  'enrollments',
  {
    studentId: studentId().references(() => students.id),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    /** First day there; `0001-01-01` where no source says since when. */
    fromDate: isoDate('from_date').notNull(),
    /** Last day there; null while it goes on. */
    toDate: isoDate('to_date'),
    ...causedBy(),
  },
  (t) => [
    primaryKey({ columns: [t.studentId, t.school, t.fromDate] }),
    index('enrollments_by_school').on(t.school),
  ],
);

export const guardians = pgTable('guardians', {
  id: serial('id').primaryKey(),
  sourceId: text('source_id').notNull().unique(),
  firstName: text('first_name').notNull(),
  lastName: text('last_name').notNull(),
  language: text('language').notNull(),
  email: text('email'),
  /** A permanent refusal or a bounce: no further e-mail until the address changes. */
  emailBadSince: instant('email_bad_since'),
  address: jsonb('address').$type<PostalAddress>(),
  /** Returned mail. */
  addressBadSince: instant('address_bad_since'),
  ...causedBy(),
});

export const guardianships = pgTable(
  'guardianships',
  {
    guardianId: integer('guardian_id')
      .notNull()
      .references(() => guardians.id),
    studentId: studentId().references(() => students.id),
    relation: text('relation').notNull(),
    legalRecipient: text('legal_recipient').$type<Guardianship['legalRecipient']>().notNull(),
    livesWith: boolean('lives_with').notNull(),
    primary: boolean('is_primary').notNull(),
    /** A court's order. A roster may set it, only a person may lift it. */
    noContact: boolean('no_contact').notNull(),
    ...causedBy(),
  },
  (t) => [
    primaryKey({ columns: [t.guardianId, t.studentId] }),
    index('guardianships_by_student').on(t.studentId),
  ],
);

export const guardianPhones = pgTable(
  'guardian_phones',
  {
    guardianId: integer('guardian_id')
      .notNull()
      .references(() => guardians.id),
    position: integer('position').notNull(),
    number: text('number').notNull(),
    kind: text('kind').notNull(),
    household: boolean('household').notNull(),
  },
  (t) => [primaryKey({ columns: [t.guardianId, t.position] })],
);
