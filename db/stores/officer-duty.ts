/** When officers are on duty: begun and ended by a person, with a planned end after which nothing new is offered. */
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { dutySpans } from '../schema/index.ts';
import { causeColumns, rowsOf, serialise, type Cause } from './common.ts';

/**
 * SQL: `d` is the officer's running stretch of duty, and its planned end has not come at an instant. Past it they keep what they
 * have, and are asked for nothing new.
 */
export const isOnDuty = (officer: string, at: string): SQL =>
  sql`d.officer = ${sql.raw(officer)} and d.to_at is null
      and (d.until_at is null or d.until_at > ${at}::timestamptz)`;

/** SQL: an officer covers a school; a call of no known school is everybody's. */
export const covers = (officer: string, all: string, school: string): SQL =>
  sql.raw(
    `(${all} or ${school} is null or exists (
      select 1 from officer_schools s where s.officer = ${officer} and s.school = ${school}))`,
  );

export interface DutyEnd {
  /** ISO instant; null: when they say so. */
  readonly until: string | null;
  /** A person named it, so that it holds for duty that runs already, too. */
  readonly said: boolean;
}

/**
 * Begins a stretch of duty. While one runs, only an end that is said changes it. One that is past its planned end is ended
 * there, as planned: the records do not say of anybody that they were on duty all night.
 */
export async function comeOnDuty(
  tx: Tx,
  officer: string,
  at: string,
  cause: Cause,
  { until, said }: DutyEnd = { until: null, said: false },
): Promise<{ readonly changed: boolean; readonly until: string | null }> {
  // Not beside a dispatch that is just choosing them, nor beside themselves.
  await serialise(tx, 'dispatch');
  const [running] = await tx
    .select()
    .from(dutySpans)
    .where(and(eq(dutySpans.officer, officer), isNull(dutySpans.toAt)));
  if (running && (running.untilAt === null || running.untilAt > at)) {
    if (!said || running.untilAt === until) return { changed: false, until: running.untilAt };
    await tx.update(dutySpans).set({ untilAt: until }).where(eq(dutySpans.id, running.id));
    return { changed: true, until };
  }
  if (running) {
    await tx
      .update(dutySpans)
      .set({ toAt: running.untilAt, reason: 'its planned end' })
      .where(eq(dutySpans.id, running.id));
  }
  await tx.insert(dutySpans).values({ officer, fromAt: at, untilAt: until, ...causeColumns(cause) });
  return { changed: true, until };
}

/** The planned end of a duty that runs and is past it by an instant; else null. */
export async function dutyOverSince(db: Db, officer: string, at: string): Promise<string | null> {
  const [running] = await db
    .select({ untilAt: dutySpans.untilAt })
    .from(dutySpans)
    .where(and(eq(dutySpans.officer, officer), isNull(dutySpans.toAt)));
  const until = running?.untilAt ?? null;
  return until !== null && until <= at ? until : null;
}

/** The call the officer has or is asked for; undefined when they were not on duty or had none. */
export async function goOffDuty(
  tx: Tx,
  officer: string,
  at: string,
  reason: string | null,
): Promise<{ readonly was: boolean; readonly calls: readonly string[] }> {
  // Not beside a dispatch that is just choosing them.
  await serialise(tx, 'dispatch');
  const ended = await tx
    .update(dutySpans)
    .set({ toAt: at, reason })
    .where(and(eq(dutySpans.officer, officer), isNull(dutySpans.toAt)))
    .returning({ id: dutySpans.id });
  // Nobody waits for them any more.
  await tx.execute(sql`update service_calls set reserved_for = null where reserved_for = ${officer}`);
  const live = await rowsOf<{ number: string }>(
    tx,
    sql`select call_number as number from call_offers
         where officer = ${officer} and status in ('open', 'accepted') order by call_number`,
  );
  return { was: ended.length > 0, calls: live.map((one) => one.number) };
}
