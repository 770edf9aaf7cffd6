/** What was imported, from where, with what result. */
import { randomUUID } from 'node:crypto';
import { and, desc, eq } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { imports } from '../schema/index.ts';
import { causeColumns } from './common.ts';
import type { Cause } from './common.ts';

export type ImportRow = typeof imports.$inferSelect;

export interface NewImport {
  readonly id?: string | undefined;
  readonly kind: string;
  readonly source: string;
  readonly sha256: string;
  readonly fileName: string;
  readonly report: ImportRow['report'];
  readonly coversTo?: string | null | undefined;
}

export async function recordImport(tx: Tx, given: NewImport, cause: Cause): Promise<ImportRow> {
  const [row] = await tx
    .insert(imports)
    .values({ ...given, id: given.id ?? randomUUID(), ...causeColumns(cause) })
    .returning();
  if (!row) throw new Error('the import could not be recorded');
  return row;
}

/** Earlier imports of exactly this file from this source, latest first. */
export async function importsOfFile(db: Db, source: string, sha256: string): Promise<ImportRow[]> {
  return db
    .select()
    .from(imports)
    .where(and(eq(imports.source, source), eq(imports.sha256, sha256)))
    .orderBy(desc(imports.at));
}

export async function listImports(
  db: Db,
  filter: { source?: string; kind?: string; limit?: number } = {},
): Promise<ImportRow[]> {
  return db
    .select()
    .from(imports)
    .where(
      and(
        filter.source === undefined ? undefined : eq(imports.source, filter.source),
        filter.kind === undefined ? undefined : eq(imports.kind, filter.kind),
      ),
    )
    .orderBy(desc(imports.at))
    .limit(filter.limit ?? 100);
}
