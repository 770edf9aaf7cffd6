/** The August roster beside the records: one list for one yes. */
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { StudentRecord } from '../../domain/records.ts';
import type { RolloverItem } from '../../domain/rollover.ts';
import { causedBy, instant, isoDate } from './columns.ts';
import type { JsonObject } from './columns.ts';

export const rollovers = pgTable(
  'rollovers',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** Over what the roster says: the same file again is the same list. */
    rosterHash: text('roster_hash').notNull(),
    /** A roster of one district says nothing of the others; null: of all. */
    district: text('district'),
    /** First day at the new school. */
    startsOn: isoDate('starts_on').notNull(),
    proposedOn: isoDate('proposed_on').notNull(),
    status: text('status').$type<'proposed' | 'applied' | 'dropped'>().notNull(),
    items: jsonb('items').$type<readonly RolloverItem[]>().notNull(),
    /** What a yes will write; names and birth dates, gone once it is settled. */
    roster: jsonb('roster').$type<readonly StudentRecord[]>(),
    /** What the yes did. */
    done: jsonb('done').$type<JsonObject>(),
    settledBy: text('settled_by'),
    settledAt: instant('settled_at'),
    ...causedBy(),
  },
  (t) => [
    index('rollovers_open')
      .on(t.district)
      .where(sql`${t.status} = 'proposed'`),
  ],
);
