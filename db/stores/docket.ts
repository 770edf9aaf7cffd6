/**
 * The hearing docket: one case at a place and hour, one hearing at a time for an interpreter. A door reserves the hour
 * before it asks the case; the case's own write books it, moves it, gives it back. So the docket follows the case even if
 * the door is gone: what is left then is a reservation past its expiry, which the next who wants the hour clears after
 * asking the case.
 */
import { and, eq, gte, inArray, ne, sql } from 'drizzle-orm';
import type { CaseHearing } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { inTheWay, minutesAt, type HearingHours, type Slot, type TimedSlot } from '../../domain/docket.ts';
import type { Db, Tx } from '../connect.ts';
import { hearingDocket, hearingHours } from '../schema/index.ts';
import { causeColumns, now, serialise } from './common.ts';
import type { Cause } from './common.ts';
import { addTask } from './tasks.ts';

export type DocketRow = typeof hearingDocket.$inferSelect;

const LIVE = ['reserved', 'booked'] as const;

const at = (slot: Slot) =>
  and(
    eq(hearingDocket.place, slot.place),
    eq(hearingDocket.date, slot.date),
    eq(hearingDocket.time, slot.time),
    inArray(hearingDocket.status, LIVE),
  );

/** One day's bookings change one at a time: that two overlap is seen by whoever comes second. */
async function lockDay(tx: Tx, date: IsoDate): Promise<void> {
  await serialise(tx, `hearing-docket/${date}`);
}

export interface WantedSlot extends TimedSlot {
  readonly caseNumber: string;
  readonly interpreter: string | null;
  readonly accommodation: string | null;
  readonly commandId: string;
  /** ISO instant after which the case refuses the command. */
  readonly until: string;
}

/** `busy`: the same case is being asked about this very hour by another command. */
export type ReservedSlot =
  | 'ok'
  | 'busy'
  | { readonly taken: 'place' | 'interpreter'; readonly by: Pick<DocketRow, 'id' | 'caseNumber'> };

/**
 * Keeps an hour for a case while it is asked. The same command again gets `ok` again, and a case does not stand in its own
 * way at another place. Run in a transaction of its own, committed before the case is asked. Locks: the day.
 */
export async function reserveSlot(
  tx: Tx,
  wanted: WantedSlot,
  cause: Cause,
  clock = now(),
): Promise<ReservedSlot> {
  return tx.transaction(async (inner) => {
    await lockDay(inner, wanted.date);
    const live = await inner
      .select()
      .from(hearingDocket)
      .where(and(eq(hearingDocket.date, wanted.date), inArray(hearingDocket.status, LIVE)))
      .orderBy(hearingDocket.id);
    const { place, date, time, minutes, caseNumber, interpreter, accommodation } = wanted;
    const reservation = { reservedBy: wanted.commandId, reservedUntil: wanted.until };
    const mine = live.find(
      (row) => row.caseNumber === caseNumber && row.place === place && row.time === time,
    );
    if (mine) {
      if (mine.status === 'reserved') {
        const other = mine.reservedBy !== wanted.commandId;
        if (other && mine.reservedUntil !== null && Date.parse(clock) < Date.parse(mine.reservedUntil)) {
          return 'busy';
        }
        await inner
          .update(hearingDocket)
          .set({ ...reservation, minutes, interpreter, accommodation })
          .where(eq(hearingDocket.id, mine.id));
      }
      return 'ok';
    }
    const others = live.filter((row) => row.caseNumber !== caseNumber);
    const obstacle = inTheWay(others, wanted, interpreter);
    if (obstacle) {
      const { id, caseNumber: holder } = obstacle.by;
      return { taken: obstacle.what, by: { id, caseNumber: holder } };
    }
    await inner.insert(hearingDocket).values({
      ...{ place, date, time, minutes, caseNumber, interpreter, accommodation },
      ...reservation,
      status: 'reserved',
      ...causeColumns(cause),
    });
    return 'ok';
  });
}

/** Gives back what a command reserved and the case did not take. What is booked stays. */
export async function releaseReservation(tx: Tx, caseNumber: string, commandId: string): Promise<boolean> {
  const rows = await tx
    .update(hearingDocket)
    .set({ status: 'cancelled' })
    .where(
      and(
        eq(hearingDocket.caseNumber, caseNumber),
        eq(hearingDocket.reservedBy, commandId),
        eq(hearingDocket.status, 'reserved'),
      ),
    )
    .returning({ id: hearingDocket.id });
  return rows.length > 0;
}

/** The hour an earlier try of the same command keeps: its repeat must not choose another. */
export async function reservedFor(
  db: Db,
  caseNumber: string,
  commandId: string,
): Promise<DocketRow | undefined> {
  const [row] = await db
    .select()
    .from(hearingDocket)
    .where(
      and(
        eq(hearingDocket.caseNumber, caseNumber),
        eq(hearingDocket.reservedBy, commandId),
        inArray(hearingDocket.status, LIVE),
      ),
    );
  return row;
}

/** Reservations whose command can no longer be accepted at `clock` (ISO instant). */
export async function abandonedReservations(db: Db, clock: string): Promise<DocketRow[]> {
  return db
    .select()
    .from(hearingDocket)
    .where(
      and(eq(hearingDocket.status, 'reserved'), sql`${hearingDocket.reservedUntil} < ${clock}::timestamptz`),
    );
}

/** Clears one abandoned reservation, unless it has been booked or renewed meanwhile. */
export async function clearReservation(tx: Tx, row: Pick<DocketRow, 'id' | 'reservedUntil'>): Promise<void> {
  await tx
    .update(hearingDocket)
    .set({ status: 'cancelled' })
    .where(
      and(
        eq(hearingDocket.id, row.id),
        eq(hearingDocket.status, 'reserved'),
        row.reservedUntil === null ? undefined : eq(hearingDocket.reservedUntil, row.reservedUntil),
      ),
    );
}

/**
 * The docket after a case's own decision: the hearing it has is booked, the hour of one that was moved, missed or cancelled is
 * free again, that of one held stays on record. Part of the case's write. Locks: the day.
 */
export async function followHearing(tx: Tx, caseNumber: string, hearing: CaseHearing | null): Promise<void> {
  const own = eq(hearingDocket.caseNumber, caseNumber);
  const booked = and(own, eq(hearingDocket.status, 'booked'));
  if (hearing?.status !== 'scheduled') {
    const held = hearing?.status === 'held' || hearing?.status === 'held-in-absence';
    await tx
      .update(hearingDocket)
      .set({ status: held ? 'held' : 'cancelled' })
      .where(booked);
    return;
  }
  const { date, place, time, interpreter, accommodation } = hearing;
  await lockDay(tx, date);
  const [here] = await tx
    .select()
    .from(hearingDocket)
    .where(and(own, at(hearing)));
  await tx
    .update(hearingDocket)
    .set({ status: 'cancelled' })
    .where(here ? and(booked, ne(hearingDocket.id, here.id)) : booked);
  if (here) {
    await tx
      .update(hearingDocket)
      .set({ status: 'booked', interpreter, accommodation, reservedUntil: null })
      .where(eq(hearingDocket.id, here.id));
    return;
  }
  // Nobody reserved it (brought in from paper), or its reservation had run out: the case has decided, and is the truth.
  const minutes = minutesAt(await hoursOf(tx), hearing);
  const live = await tx
    .select()
    .from(hearingDocket)
    .where(and(eq(hearingDocket.date, date), inArray(hearingDocket.status, LIVE)));
  const obstacle = inTheWay(
    live.filter((row) => row.caseNumber !== caseNumber),
    { place, date, time, minutes },
    interpreter,
  );
  await tx
    .insert(hearingDocket)
    .values({
      ...{ place, date, time, minutes, caseNumber, interpreter, accommodation },
      status: 'booked',
      ...causeColumns({ actor: 'case', role: 'case' }),
    })
    .onConflictDoNothing();
  if (!obstacle) return;
  await addTask(tx, {
    key: `${caseNumber}/docket/${hearing.sequence}`,
    kind: 'docket',
    caseNumber,
    role: 'regional-superintendent',
    textCode: 'TWO_HEARINGS_AT_ONE_HOUR',
    details: { date, time, otherCase: obstacle.by.caseNumber, shared: obstacle.what },
  });
}

/** What is booked from a date on, in order; with what is being asked for, when wanted. */
export async function docketFrom(
  db: Db,
  from: IsoDate,
  options: { readonly to?: IsoDate; readonly withReserved?: boolean } = {},
): Promise<DocketRow[]> {
  return db
    .select()
    .from(hearingDocket)
    .where(
      and(
        gte(hearingDocket.date, from),
        options.to === undefined ? undefined : sql`${hearingDocket.date} <= ${options.to}::date`,
        options.withReserved === true
          ? inArray(hearingDocket.status, LIVE)
          : eq(hearingDocket.status, 'booked'),
      ),
    )
    .orderBy(hearingDocket.date, hearingDocket.time, sql`${hearingDocket.place}`);
}

// ---------------------------------------------------------------- places and their hours

export async function hoursOf(db: Db): Promise<HearingHours[]> {
  return db
    .select({
      place: hearingHours.place,
      weekday: hearingHours.weekday,
      from: hearingHours.from,
      until: hearingHours.until,
      slotMinutes: hearingHours.slotMinutes,
    })
    .from(hearingHours)
    .orderBy(hearingHours.place, hearingHours.weekday, hearingHours.from);
}

/** Writes hours of a place; the same weekday and beginning again replaces. The caller has checked them. Locks: the places. */
export async function putHours(tx: Tx, hours: readonly HearingHours[], cause: Cause): Promise<void> {
  if (hours.length === 0) return;
  await tx
    .insert(hearingHours)
    .values(hours.map((one) => ({ ...one, ...causeColumns(cause) })))
    .onConflictDoUpdate({
      target: [hearingHours.place, hearingHours.weekday, hearingHours.from],
      set: {
        until: sql`excluded.until_time`,
        slotMinutes: sql`excluded.slot_minutes`,
        actor: sql`excluded.actor`,
        role: sql`excluded.role`,
        at: sql`excluded.at`,
      },
    });
}

/** Takes a place off the list; hearings set there stay. False when it was not on it. */
export async function removePlace(tx: Tx, place: string): Promise<boolean> {
  const gone = await tx
    .delete(hearingHours)
    .where(eq(hearingHours.place, place))
    .returning({ weekday: hearingHours.weekday });
  return gone.length > 0;
}

/** The list of places changes one person at a time. */
export async function lockPlaces(tx: Tx): Promise<void> {
  await serialise(tx, 'hearing-places');
}
