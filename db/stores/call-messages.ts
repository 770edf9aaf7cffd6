/** Messages of service calls on their way out: planned with what they tell of, claimed before anything leaves. */
import { and, eq, isNull } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { callMessages } from '../schema/index.ts';
import { now } from './common.ts';
import type { CallMessageRow } from './service-calls.ts';

export async function callMessageOf(db: Db, key: string): Promise<CallMessageRow | undefined> {
  const [row] = await db.select().from(callMessages).where(eq(callMessages.key, key));
  return row;
}

export async function messagesOfCall(db: Db, callNumber: string): Promise<CallMessageRow[]> {
  return db
    .select()
    .from(callMessages)
    .where(eq(callMessages.callNumber, callNumber))
    .orderBy(callMessages.plannedAt, callMessages.key);
}

/** By the attempt that may send it; one whose sending had begun is taken by nobody any more. */
export async function claimMessage(db: Db, key: string, by: string, practice: boolean): Promise<boolean> {
  const rows = await db
    .update(callMessages)
    .set({ status: 'claimed', claimedBy: by, practice })
    .where(and(eq(callMessages.key, key), isNull(callMessages.dataStartedAt), isNull(callMessages.settledAt)))
    .returning({ key: callMessages.key });
  return rows.length > 0;
}

/** From here on the outcome may be unknown. False when another attempt holds the claim. */
export async function markMessageData(db: Db, key: string, by: string): Promise<boolean> {
  const rows = await db
    .update(callMessages)
    .set({ dataStartedAt: now() })
    .where(and(eq(callMessages.key, key), eq(callMessages.claimedBy, by), isNull(callMessages.dataStartedAt)))
    .returning({ key: callMessages.key });
  return rows.length > 0;
}

/** The server has said that it did not take it: it may be sent again. */
export async function clearMessageData(db: Db, key: string, by: string): Promise<void> {
  await db
    .update(callMessages)
    .set({ dataStartedAt: null })
    .where(and(eq(callMessages.key, key), eq(callMessages.claimedBy, by)));
}

export async function settleMessage(
  db: Db,
  key: string,
  status: CallMessageRow['status'],
  failureCode: string | null = null,
): Promise<void> {
  await db
    .update(callMessages)
    .set({ status, failureCode, settledAt: now() })
    .where(and(eq(callMessages.key, key), isNull(callMessages.settledAt)));
}
