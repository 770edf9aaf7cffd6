/** The audit trail: each reading and each change, by whom and what for. Rows are added, never changed (a trigger sees to it). */
import { and, eq, gt, gte, lte } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { audit } from '../schema/index.ts';
import { causeColumns } from './common.ts';
import type { Cause } from './common.ts';

export type AuditRow = typeof audit.$inferSelect;

/**
 * `action` is a verb of ours (`case.read`, `referral.made`), `subject` an opaque number or code (`case C-000017`). Names,
 * addresses and free text about people do not belong into details.
 */
export async function appendAudit(
  tx: Tx,
  entry: Cause & { readonly action: string; readonly subject: string; readonly details?: JsonObject },
): Promise<number> {
  const [row] = await tx
    .insert(audit)
    .values({
      action: entry.action,
      subject: entry.subject,
      details: entry.details ?? {},
      ...causeColumns(entry),
    })
    .returning({ id: audit.id });
  if (!row) throw new Error('the audit entry could not be written');
  return row.id;
}

/** Entries in the order they were written, page by page (`afterId`). */
export async function readAudit(
  db: Db,
  filter: {
    subject?: string;
    actor?: string;
    from?: string;
    to?: string;
    afterId?: number;
    limit?: number;
  } = {},
): Promise<AuditRow[]> {
  return db
    .select()
    .from(audit)
    .where(
      and(
        filter.subject === undefined ? undefined : eq(audit.subject, filter.subject),
        filter.actor === undefined ? undefined : eq(audit.actor, filter.actor),
        filter.from === undefined ? undefined : gte(audit.at, filter.from),
        filter.to === undefined ? undefined : lte(audit.at, filter.to),
        filter.afterId === undefined ? undefined : gt(audit.id, filter.afterId),
      ),
    )
    .orderBy(audit.id)
    .limit(filter.limit ?? 500);
}
