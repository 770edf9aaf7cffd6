/** The morning's e-mails about worklists: each claimed once a morning and addressee, and never sent again. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { DigestTask } from '../../domain/digest.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../connect.ts';
import { digests, tasks, type DigestStatus } from '../schema/index.ts';
import { now, rowsOf } from './common.ts';

export type Digest = typeof digests.$inferSelect;

/** What stands on the worklists of these roles, oldest first. */
export async function openTasksOf(db: Db, roles: readonly string[]): Promise<DigestTask[]> {
  return db
    .select({
      id: tasks.id,
      role: tasks.role,
      school: tasks.school,
      caseNumber: tasks.caseNumber,
      textCode: tasks.textCode,
    })
    .from(tasks)
    .where(and(isNull(tasks.doneAt), inArray(tasks.role, [...roles])))
    .orderBy(tasks.createdOn, tasks.id);
}

/** Open tasks each addressee has been told of by a mail known to have been taken. */
export async function toldTasks(db: Db): Promise<Map<string, ReadonlySet<number>>> {
  const rows = await rowsOf<{ addressee: string; ids: readonly number[] }>(
    db,
    sql`
      select d.addressee, array_agg(distinct t.id) as ids
        from digests d join tasks t on t.id = any(d.task_ids)
       where d.status = 'sent' and t.done_at is null group by 1`,
  );
  return new Map(rows.map(({ addressee, ids }) => [addressee, new Set(ids)]));
}

export async function digestOf(db: Db, date: IsoDate, addressee: string): Promise<Digest | undefined> {
  const [row] = await db.select().from(digests).where(of(date, addressee));
  return row;
}

/** False when the morning's mail to this addressee has been claimed already. */
export async function claimDigest(
  db: Db,
  claim: Pick<Digest, 'date' | 'addressee' | 'taskIds' | 'practice' | 'claimedBy'>,
): Promise<boolean> {
  const rows = await db
    .insert(digests)
    .values({ ...claim, status: 'claimed', claimedAt: now() })
    .onConflictDoNothing()
    .returning({ date: digests.date });
  return rows.length > 0;
}

/** Takes over a claim whose attempt died before DATA; false when DATA had begun: nobody can tell what became of it. */
export async function retakeDigest(
  db: Db,
  date: IsoDate,
  addressee: string,
  claimedBy: string,
): Promise<boolean> {
  return changed(
    db
      .update(digests)
      .set({ claimedBy, claimedAt: now() })
      .where(and(of(date, addressee), eq(digests.status, 'claimed'), isNull(digests.dataStartedAt)))
      .returning({ date: digests.date }),
  );
}

/** Must be true before DATA begins: the claim is this attempt's, and nobody has begun. */
export async function markDigestData(
  db: Db,
  date: IsoDate,
  addressee: string,
  claimedBy: string,
): Promise<boolean> {
  return changed(
    db
      .update(digests)
      .set({ dataStartedAt: now() })
      .where(
        and(
          of(date, addressee),
          eq(digests.status, 'claimed'),
          eq(digests.claimedBy, claimedBy),
          isNull(digests.dataStartedAt),
        ),
      )
      .returning({ date: digests.date }),
  );
}

/** The server said for certain that it did not take it: the claim may try again. */
export async function clearDigestData(
  db: Db,
  date: IsoDate,
  addressee: string,
  claimedBy: string,
): Promise<void> {
  await db
    .update(digests)
    .set({ dataStartedAt: null })
    .where(and(of(date, addressee), eq(digests.status, 'claimed'), eq(digests.claimedBy, claimedBy)));
}

/** What became of it; the first to say so stands. */
export async function settleDigest(
  db: Db,
  date: IsoDate,
  addressee: string,
  status: Exclude<DigestStatus, 'claimed'>,
  failureCode?: string,
): Promise<void> {
  await db
    .update(digests)
    .set({ status, failureCode, settledAt: now() })
    .where(and(of(date, addressee), eq(digests.status, 'claimed')));
}

function of(date: IsoDate, addressee: string) {
  return and(eq(digests.date, date), eq(digests.addressee, addressee));
}

async function changed(rows: Promise<readonly unknown[]>): Promise<boolean> {
  return (await rows).length > 0;
}
