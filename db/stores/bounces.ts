/** Delivery reports taken in: each once. */
import { desc, eq } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { bounces, notices } from '../schema/index.ts';
import { causeColumns, type Cause } from './common.ts';
import type { NoticeRow } from './notices.ts';

export type BounceRow = typeof bounces.$inferSelect;
export type NewBounce = Pick<BounceRow, 'key' | 'noticeKey' | 'outcome' | 'statusCode' | 'officeDate'>;

export async function bounceByKey(db: Db, key: string): Promise<BounceRow | undefined> {
  const [row] = await db.select().from(bounces).where(eq(bounces.key, key));
  return row;
}

/** False when it is there already. */
export async function addBounce(tx: Tx, bounce: NewBounce, cause: Cause): Promise<boolean> {
  const rows = await tx
    .insert(bounces)
    .values({ ...bounce, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning({ key: bounces.key });
  return rows.length > 0;
}

/** The e-mail with this Message-ID (without brackets), its row locked until commit. */
export async function noticeByMessageId(tx: Tx, messageId: string): Promise<NoticeRow | undefined> {
  const [row] = await tx
    .select()
    .from(notices)
    .where(eq(notices.messageId, `<${messageId}>`))
    .for('update');
  return row;
}

/** Newest first. */
export async function listBounces(db: Db, limit: number): Promise<BounceRow[]> {
  return db.select().from(bounces).orderBy(desc(bounces.at), desc(bounces.key)).limit(limit);
}
