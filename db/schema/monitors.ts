/** 20-Day Monitor contracts as last told by their workflows, and the journal of each. */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { causedBy, instant, isoDate, studentId } from './columns.ts';
import type { JsonObject } from './columns.ts';
import { officers } from './officers.ts';
import { students } from './people.ts';
import { schools } from './places.ts';

export const monitorNumbers = pgSequence('monitor_numbers', { startWith: 1 });

export const monitors = pgTable(
  'monitors',
  {
    /** `M-000001`: opaque; the name of its stream in the outbox. */
    number: text('number').primaryKey(),
    studentId: studentId().references(() => students.id),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    status: text('status').$type<'open' | 'ended'>().notNull(),
    workflowId: text('workflow_id').notNull().unique(),
    policyName: text('policy_name').notNull(),
    policyVersion: text('policy_version').notNull(),
    /** The service call it came from; null where it was made by hand. */
    callNumber: text('call_number'),
    officer: text('officer').references(() => officers.id),
    /** Date of the contract; day 1 is the next school day. */
    contractOn: isoDate('contract_on').notNull(),
    startsOn: isoDate('starts_on'),
    stopsOn: isoDate('stops_on'),
    standing: text('standing').notNull(),
    headline: text('headline').notNull(),
    actionBy: text('action_by'),
    nextDeadline: isoDate('next_deadline'),
    breaches: integer('breaches').notNull().default(0),
    flags: text('flags')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    endedOn: isoDate('ended_on'),
    endedHow: text('ended_how'),
    projection: jsonb('projection').$type<JsonObject>(),
    /** Which run wrote the projection and how far it had come: a newer run wins, then the higher sequence. */
    runStartedAt: instant('run_started_at'),
    runId: text('run_id'),
    seq: integer('seq').notNull().default(0),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('monitors_one_open_per_student')
      .on(t.studentId)
      .where(sql`${t.status} = 'open'`),
    index('monitors_by_student').on(t.studentId),
    index('monitors_by_deadline')
      .on(t.nextDeadline)
      .where(sql`${t.status} = 'open'`),
  ],
);

/** Append-only: what the monitor decided, in its own order, run by run. */
export const monitorJournal = pgTable(
  'monitor_journal',
  {
    monitorNumber: varchar('monitor_number', { length: 16 })
      .notNull()
      .references(() => monitors.number),
    runId: text('run_id').notNull(),
    seq: integer('seq').notNull(),
    officeDate: isoDate('office_date').notNull(),
    commandId: text('command_id'),
    type: text('type').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    invented: boolean('invented').notNull().default(false),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.monitorNumber, t.runId, t.seq] })],
);
