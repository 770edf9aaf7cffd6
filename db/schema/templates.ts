/** Every version of a letter's template this office has written with or taken in: with its whole text, never changed. */
import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { causedBy, instant } from './columns.ts';

export const letterTemplates = pgTable(
  'letter_templates',
  {
    kind: text('kind').notNull(),
    language: text('language').notNull(),
    /** Changes with the text of the template or of a partial it uses: what a letter's `template_version` names. */
    version: text('version').notNull(),
    /** It came with the program, or the office brought it. */
    origin: text('origin').$type<'shipped' | 'office'>().notNull(),
    subject: text('subject').notNull(),
    body: text('body').notNull(),
    /** Partials of the same language, by name. */
    partials: jsonb('partials').$type<Readonly<Record<string, string>>>().notNull(),
    /** Who read it and said yes; without that no letter to a family is written from it. */
    approvedBy: text('approved_by'),
    approvedRole: text('approved_role'),
    approvedAt: instant('approved_at'),
    ...causedBy(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.language, t.version] }),
    index('letter_templates_approved')
      .on(t.kind, t.language, t.approvedAt)
      .where(sql`${t.approvedAt} is not null`),
  ],
);
