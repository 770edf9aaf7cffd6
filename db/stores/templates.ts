/** Versions of the letters' templates: kept as they were read, approved by a person. */
import { and, asc, desc, eq, isNotNull } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { letterTemplates } from '../schema/index.ts';
import { causeColumns, now, type Cause } from './common.ts';

export type TemplateRow = typeof letterTemplates.$inferSelect;
export type NewTemplate = Pick<
  TemplateRow,
  'kind' | 'language' | 'version' | 'origin' | 'subject' | 'body' | 'partials'
>;

/** Keeps a version once; true when it was new. Where it came from stays what was written first. */
export async function keepTemplate(db: Db, template: NewTemplate, cause: Cause): Promise<boolean> {
  const rows = await db
    .insert(letterTemplates)
    .values({ ...template, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning({ version: letterTemplates.version });
  return rows.length > 0;
}

/** The version approved last of each language a letter is written in: what its letters are written from. */
export async function approvedTemplates(db: Db, kind: string): Promise<TemplateRow[]> {
  return db
    .selectDistinctOn([letterTemplates.language])
    .from(letterTemplates)
    .where(and(eq(letterTemplates.kind, kind), isNotNull(letterTemplates.approvedAt)))
    .orderBy(asc(letterTemplates.language), desc(letterTemplates.approvedAt));
}

/** All versions on record, the latest approval first, then those that wait for one. */
export async function templateVersions(db: Db): Promise<TemplateRow[]> {
  return db
    .select()
    .from(letterTemplates)
    .orderBy(
      asc(letterTemplates.kind),
      asc(letterTemplates.language),
      desc(letterTemplates.approvedAt),
      desc(letterTemplates.at),
    );
}

export async function templateByVersion(
  db: Db,
  kind: string,
  language: string,
  version: string,
): Promise<TemplateRow | undefined> {
  const [row] = await db
    .select()
    .from(letterTemplates)
    .where(
      and(
        eq(letterTemplates.kind, kind),
        eq(letterTemplates.language, language),
        eq(letterTemplates.version, version),
      ),
    );
  return row;
}

/** Approves a version on record; approving an earlier one again brings it back into use. False where there is none. */
export async function approveTemplate(
  tx: Tx,
  { kind, language, version }: Pick<TemplateRow, 'kind' | 'language' | 'version'>,
  cause: Cause,
): Promise<boolean> {
  const rows = await tx
    .update(letterTemplates)
    .set({ approvedBy: cause.actor, approvedRole: cause.role, approvedAt: cause.at ?? now() })
    .where(
      and(
        eq(letterTemplates.kind, kind),
        eq(letterTemplates.language, language),
        eq(letterTemplates.version, version),
      ),
    )
    .returning({ version: letterTemplates.version });
  return rows.length > 0;
}
