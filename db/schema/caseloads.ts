/** Students on the Case Manager's caseload as last told by their workflows, and the journal of each. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { caseNumber, causedBy, instant, isoDate } from './columns.ts';
import type { JsonObject } from './columns.ts';
import { cases } from './cases.ts';

export const caseloads = pgTable(
  'caseloads',
  {
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    /** 1 for the student's first time on the caseload in this case. */
    sequence: integer('sequence').notNull(),
    school: text('school').notNull(),
    status: text('status').$type<'open' | 'ended'>().notNull(),
    placedOn: isoDate('placed_on').notNull(),
    /** How far the work has come, in one word; for lists. */
    standing: text('standing').notNull(),
    /** What is next, in a sentence without names. */
    headline: text('headline').notNull(),
    nextDeadline: isoDate('next_deadline'),
    endedOn: isoDate('ended_on'),
    endedHow: text('ended_how'),
    projection: jsonb('projection').$type<JsonObject>().notNull(),
    /** Which run wrote the projection and how far it had come: a newer run wins, then the higher sequence. */
    runId: text('run_id').notNull(),
    runStartedAt: instant('run_started_at').notNull(),
    seq: integer('seq').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.caseNumber, t.sequence] }),
    index('caseloads_by_deadline')
      .on(t.nextDeadline)
      .where(sql`${t.status} = 'open'`),
  ],
);

/** Append-only: what was done on the caseload, in its own order, run by run. */
export const caseloadJournal = pgTable(
  'caseload_journal',
  {
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    sequence: integer('sequence').notNull(),
    runId: text('run_id').notNull(),
    seq: integer('seq').notNull(),
    officeDate: isoDate('office_date').notNull(),
    commandId: text('command_id'),
    type: text('type').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    invented: boolean('invented').notNull().default(false),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.caseNumber, t.sequence, t.runId, t.seq] })],
);
