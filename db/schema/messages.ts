/** What must still reach a workflow: rows committed with the facts they tell of, delivered by a relay. */
import { sql } from 'drizzle-orm';
import { bigserial, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { caseNumber, instant } from './columns.ts';
import type { JsonObject } from './columns.ts';

export const outbox = pgTable(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** The case it goes to (`C-…`), or the service call (`S-…`) or monitor (`M-…`): each a stream of its own, so no foreign key. */
    caseNumber: caseNumber().notNull(),
    /** 1, 2, 3 … without gaps in a case: the workflow drops what it has had. */
    seq: integer('seq').notNull(),
    kind: text('kind').$type<'start' | 'signal'>().notNull(),
    /** Signal name, or the workflow type to start. */
    name: text('name').notNull(),
    payload: jsonb('payload').$type<JsonObject>().notNull(),
    createdAt: instant('created_at').notNull(),
    deliveredAt: instant('delivered_at'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    /** Why it never can be delivered (the case is closed); a task tells a person. */
    undeliverableReason: text('undeliverable_reason'),
  },
  (t) => [
    uniqueIndex('outbox_order').on(t.caseNumber, t.seq),
    index('outbox_pending')
      .on(t.caseNumber, t.seq)
      .where(sql`${t.deliveredAt} is null and ${t.undeliverableReason} is null`),
  ],
);

/** Last number allotted in each case; its row lock makes the numbers' order the order of commits. */
export const outboxHeads = pgTable('outbox_heads', {
  caseNumber: caseNumber().primaryKey(),
  lastSeq: integer('last_seq').notNull(),
});
