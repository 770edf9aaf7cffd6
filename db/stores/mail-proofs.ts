/** What became of posted letters: delivered, refused, not collected, sent back. */
import { asc, eq, inArray } from 'drizzle-orm';
import type { MailProof } from '../../domain/mail-proof.ts';
import type { Db, Tx } from '../connect.ts';
import { mailProofs } from '../schema/index.ts';
import { causeColumns, type Cause } from './common.ts';

export type MailProofRow = typeof mailProofs.$inferSelect;

/** False when the same was on record already: an import read twice changes nothing. */
export async function addProof(tx: Tx, noticeKey: string, proof: MailProof, cause: Cause): Promise<boolean> {
  const { outcome, on, reference } = proof;
  const rows = await tx
    .insert(mailProofs)
    .values({ noticeKey, outcome, on, reference, ...causeColumns(cause) })
    .onConflictDoNothing({ target: [mailProofs.noticeKey, mailProofs.outcome, mailProofs.on] })
    .returning({ id: mailProofs.id });
  return rows.length > 0;
}

/** In the order they were entered. */
export async function proofsOf(db: Db, noticeKeys: readonly string[]): Promise<MailProofRow[]> {
  if (noticeKeys.length === 0) return [];
  return db
    .select()
    .from(mailProofs)
    .where(
      noticeKeys.length === 1
        ? eq(mailProofs.noticeKey, noticeKeys[0]!)
        : inArray(mailProofs.noticeKey, [...noticeKeys]),
    )
    .orderBy(asc(mailProofs.id));
}
