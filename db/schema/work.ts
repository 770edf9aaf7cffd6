/** Tasks for people, commands answered once, users and keys, and the audit trail. */
import {
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { caseNumber, causedBy, instant, isoDate } from './columns.ts';
import type { JsonObject } from './columns.ts';

export const tasks = pgTable(
  'tasks',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** The same task is not made twice. */
    key: text('key').notNull().unique(),
    kind: text('kind').notNull(),
    caseNumber: caseNumber(),
    school: text('school'),
    /** Whose worklist it stands on. */
    role: text('role').notNull(),
    textCode: text('text_code').notNull(),
    details: jsonb('details').$type<JsonObject>().notNull(),
    createdOn: isoDate('created_on').notNull(),
    at: instant('at').notNull(),
    doneAt: instant('done_at'),
    doneBy: text('done_by'),
    doneNote: text('done_note'),
  },
  (t) => [
    index('tasks_open')
      .on(t.role, t.school)
      .where(sql`${t.doneAt} is null`),
    index('tasks_by_case').on(t.caseNumber),
  ],
);

export type DigestStatus = 'claimed' | 'sent' | 'unknown' | 'refused' | 'withheld';

/** The morning's e-mail about a worklist, once a morning and addressee: claimed before anything leaves, never sent again. */
export const digests = pgTable(
  'digests',
  {
    /** Office date of the morning. */
    date: isoDate('date').notNull(),
    /** Function, school and a hash of the address: nothing that says who. */
    addressee: text('addressee').notNull(),
    status: text('status').$type<DigestStatus>().notNull(),
    /** The tasks it tells of. Told again by the next one unless this one was sent. */
    taskIds: integer('task_ids').array().notNull(),
    practice: boolean('practice').notNull(),
    claimedAt: instant('claimed_at').notNull(),
    /** The attempt that holds the claim: only it may start DATA. */
    claimedBy: text('claimed_by').notNull(),
    dataStartedAt: instant('data_started_at'),
    settledAt: instant('settled_at'),
    failureCode: text('failure_code'),
  },
  (t) => [primaryKey({ columns: [t.date, t.addressee] }), index('digests_by_addressee').on(t.addressee)],
);

/** A door's command outside any case (an import, a calendar): a repeat gets the first answer. */
export const commands = pgTable('commands', {
  commandId: text('command_id').primaryKey(),
  door: text('door').notNull(),
  requestHash: text('request_hash').notNull(),
  response: jsonb('response').$type<JsonObject>(),
  ...causedBy(),
});

export const userNumbers = pgSequence('user_numbers', { startWith: 1 });

export const users = pgTable('users', {
  /** `U-0001`, or a code an installation gives (`system`); never a name. */
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  role: text('role').notNull(),
  /** School codes; null means all. */
  schools: text('schools').array(),
  createdAt: instant('created_at').notNull(),
  disabledAt: instant('disabled_at'),
});

/** Personal keys, `tc_<prefix>_<secret>`: the secret is shown once and kept as a hash. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    prefix: text('prefix').notNull().unique(),
    sha256: text('sha256').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('api_keys_by_user').on(t.userId)],
);

/** Append-only by trigger (see the migration `audit-append-only`); sealed in a chain later. */
export const audit = pgTable(
  'audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    action: text('action').notNull(),
    /** What it was done to, by opaque number or code: `case C-000017`, `student 42`. */
    subject: text('subject').notNull(),
    details: jsonb('details').$type<JsonObject>().notNull(),
    ...causedBy(),
  },
  (t) => [index('audit_by_subject').on(t.subject, t.id), index('audit_by_time').on(t.at)],
);
