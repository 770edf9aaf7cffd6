/**
 * Column kinds all tables share. Instants come back as ISO strings (`2025-02-12T14:30:00.000Z`), office dates as
 * `YYYY-MM-DD`, exactly as the domain writes them: no `Date` leaves this folder.
 */
import { customType, date, integer, text, varchar } from 'drizzle-orm/pg-core';

/** Milliseconds, as JavaScript has them: what was written compares equal to what is read. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

/** A calendar date as `YYYY-MM-DD`. */
export const isoDate = (name: string) => date(name, { mode: 'string' });

export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** A JSON object nobody queries into: its shape belongs to whoever wrote it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Who caused the row, in which role, and when: on every row a person (or an import) causes. */
export const causedBy = () => ({
  actor: text('actor').notNull(),
  role: text('role').notNull(),
  at: instant('at').notNull(),
});

/** The internal number of a student; the SIS number stays a field, never a key of other tables. */
export const studentId = () => integer('student_id').notNull();

/** `C-000001`: opaque, fit for workflow ids and search attributes. */
export const caseNumber = () => varchar('case_number', { length: 16 });
