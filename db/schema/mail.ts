/** The post: prints taken into batches, the envelopes they go out in, and what became of them. */
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { MailOutcome } from '../../domain/mail-proof.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { bytes, causedBy, isoDate } from './columns.ts';
import { notices } from './letters.ts';

export const printBatches = pgTable('print_batches', {
  number: integer('number').primaryKey().generatedAlwaysAsIdentity(),
  /** The command that made it: sent again it gets the same batch. */
  commandId: text('command_id').notNull().unique(),
  madeOn: isoDate('made_on').notNull(),
  /** Each letter begins on an odd page: blank pages stand between. */
  duplex: boolean('duplex').notNull(),
  pages: integer('pages').notNull(),
  /** The letters as they were kept, one behind the other; its SHA-256. */
  pdf: bytes('pdf').notNull(),
  sha256: text('sha256').notNull(),
  ...causedBy(),
});

export const printEnvelopes = pgTable(
  'print_envelopes',
  {
    batch: integer('batch')
      .notNull()
      .references(() => printBatches.number),
    /** 1, 2, 3 … in the order of the post. */
    number: integer('number').notNull(),
    toName: text('to_name').notNull(),
    toAddress: jsonb('to_address').$type<PostalAddress>().notNull(),
    /** Article number of certified mail, digits only. */
    certified: text('certified'),
  },
  (t) => [
    primaryKey({ columns: [t.batch, t.number] }),
    uniqueIndex('print_envelopes_certified').on(t.certified),
  ],
);

/** Each print is in one batch, once. */
export const printPieces = pgTable(
  'print_pieces',
  {
    noticeKey: text('notice_key')
      .primaryKey()
      .references(() => notices.key),
    batch: integer('batch')
      .notNull()
      .references(() => printBatches.number),
    envelope: integer('envelope').notNull(),
    sequence: integer('sequence').notNull(),
    /** Its first page within the batch. */
    firstPage: integer('first_page').notNull(),
    /** Its own pages, without a blank one after it. */
    pages: integer('pages').notNull(),
  },
  (t) => [uniqueIndex('print_pieces_in_order').on(t.batch, t.sequence)],
);

/** What became of a posted letter. Rows are added, never changed. */
export const mailProofs = pgTable(
  'mail_proofs',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    noticeKey: text('notice_key')
      .notNull()
      .references(() => notices.key),
    outcome: text('outcome').$type<MailOutcome>().notNull(),
    on: isoDate('on_date').notNull(),
    reference: text('reference'),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('mail_proofs_once').on(t.noticeKey, t.outcome, t.on),
    index('mail_proofs_by_notice').on(t.noticeKey),
  ],
);
