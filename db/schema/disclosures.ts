/** Who was given a child's record, when and what for (FERPA, 34 CFR 99.32; 105 ILCS 10/6). Rows are added, never changed. */
import { index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, caseNumber, causedBy, isoDate } from './columns.ts';
import { cases } from './cases.ts';

export const disclosures = pgTable(
  'disclosures',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** The command that made it: sent again it gets the same packet. */
    commandId: text('command_id').unique(),
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    /** `court-packet`: made and given out; `court-packet-copy`: the same one fetched by its reader. */
    kind: text('kind').$type<'court-packet' | 'court-packet-copy'>().notNull(),
    /** The packet that a copy is of. */
    copyOf: integer('copy_of'),
    /** Whose State's Attorney it is for. */
    county: text('county').notNull(),
    toWhom: text('to_whom').notNull(),
    purpose: text('purpose').notNull(),
    madeOn: isoDate('made_on').notNull(),
    pages: integer('pages').notNull(),
    /** What was missing, as page one says it. */
    missing: jsonb('missing').$type<readonly string[]>().notNull(),
    /** SHA-256 of the file as given out. */
    sha256: text('sha256').notNull(),
    /** The last page names the SHA-256 of so many bytes at the beginning of the file. */
    sealedBytes: integer('sealed_bytes').notNull(),
    sealedSha256: text('sealed_sha256').notNull(),
    /** The file; a copy has it where the packet is. */
    pdf: bytes('pdf'),
    ...causedBy(),
  },
  (t) => [index('disclosures_by_case').on(t.caseNumber)],
);
