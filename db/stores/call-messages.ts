/** Messages of service calls and monitors on their way out: planned with what they tell of, claimed before anything leaves. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { radioTask } from '../../domain/calls/messages.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { callMessages } from '../schema/index.ts';
import { asTexts, firstOf, now, rowsOf } from './common.ts';
import { addTask } from './tasks.ts';

export type CallMessageRow = typeof callMessages.$inferSelect;

export interface NewMessage {
  readonly key: string;
  readonly kind: string;
  /** An officer by their own channel (radio: the dispatcher's worklist), a school's function, or the dispatcher's mailbox. */
  readonly to:
    | { readonly officer: string }
    | { readonly school: string; readonly function: string }
    | { readonly dispatcher: true };
  readonly details: JsonObject;
}

/** An officer without a channel is reached by radio: that is the dispatcher's to do. */
export async function planMessage(
  tx: Tx,
  callNumber: string,
  { key, kind, to, details }: NewMessage,
): Promise<void> {
  const base = { key, callNumber, kind, details, status: 'planned' as const, plannedAt: now() };
  if ('officer' in to) {
    const officer = await firstOf<{ channel: 'webhook' | 'email' | 'radio' }>(
      tx,
      sql`select channel from officers where id = ${to.officer}`,
    );
    const channel = officer?.channel ?? 'radio';
    if (channel === 'radio') {
      await addTask(tx, {
        key: `${key}/radio`,
        kind: 'radio',
        caseNumber: callNumber,
        role: 'dispatcher',
        textCode: radioTask(kind),
        details: { ...details, officer: to.officer },
      });
      return;
    }
    await tx
      .insert(callMessages)
      .values({ ...base, channel, officer: to.officer })
      .onConflictDoNothing();
    return;
  }
  const addressee =
    'school' in to ? { school: to.school, function: to.function } : { function: 'dispatcher' };
  await tx
    .insert(callMessages)
    .values({ ...base, channel: 'email', ...addressee })
    .onConflictDoNothing();
}

/** Of these, the keys of those that nobody has begun to send. */
export async function plannedOf(db: Db, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await rowsOf<{ key: string }>(
    db,
    sql`select key from call_messages where status = 'planned' and key = any(${asTexts(keys)}) order by key`,
  );
  return rows.map((one) => one.key);
}

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
