/** The hearing docket: one case at a place and hour, by constraint. */
import { and, eq, gte, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { hearingDocket } from '../schema/index.ts';
import { causeColumns } from './common.ts';
import type { Cause } from './common.ts';

export type DocketRow = typeof hearingDocket.$inferSelect;

export interface Slot {
  readonly place: string;
  readonly date: IsoDate;
  /** Local time, `HH:MM`. */
  readonly time: string;
}

const at = (slot: Slot) =>
  and(
    eq(hearingDocket.place, slot.place),
    eq(hearingDocket.date, slot.date),
    eq(hearingDocket.time, slot.time),
    eq(hearingDocket.status, 'booked'),
  );

/** Books a slot for a case; a repeat for the same case is `ok`. Waits for another booking of it to commit. Locks: the slot. */
export async function bookHearing(
  tx: Tx,
  slot: Slot,
  caseNumber: string,
  cause: Cause,
): Promise<'ok' | 'taken'> {
  const { place, date, time } = slot;
  const added = await tx
    .insert(hearingDocket)
    .values({ place, date, time, caseNumber, status: 'booked', ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning({ id: hearingDocket.id });
  if (added.length > 0) return 'ok';
  const [holder] = await tx.select({ by: hearingDocket.caseNumber }).from(hearingDocket).where(at(slot));
  return holder?.by === caseNumber ? 'ok' : 'taken';
}

/** Gives a slot back (moved, cancelled), or says that the hearing was held there. False when the case does not hold it. */
export async function releaseHearing(
  tx: Tx,
  slot: Slot,
  caseNumber: string,
  as: 'cancelled' | 'held' = 'cancelled',
): Promise<boolean> {
  const rows = await tx
    .update(hearingDocket)
    .set({ status: as })
    .where(and(at(slot), eq(hearingDocket.caseNumber, caseNumber)))
    .returning({ id: hearingDocket.id });
  return rows.length > 0;
}

/** What is booked from a date on, in order. */
export async function docketFrom(db: Db, from: IsoDate, place?: string): Promise<DocketRow[]> {
  return db
    .select()
    .from(hearingDocket)
    .where(
      and(
        gte(hearingDocket.date, from),
        eq(hearingDocket.status, 'booked'),
        place === undefined ? undefined : eq(hearingDocket.place, place),
      ),
    )
    .orderBy(hearingDocket.date, hearingDocket.time, sql`${hearingDocket.place}`);
}
