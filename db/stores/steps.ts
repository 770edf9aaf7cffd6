/**
 * The arbiter between a decision that stops a letter and its leaving. Both sides lock the step's row; whoever comes second
 * is told who was first.
 *
 * A door that is about to ask for such a decision (a withdrawal, a hold, another date of the hearing) first marks the step
 * `reserved`, with its command's id and expiry, then asks the case, then says how the case answered. The delivery that wants
 * to leave meanwhile waits until that expiry: the case refuses a command past it, so after it (and a little grace of the
 * caller's) an unanswered command can no longer take effect.
 */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { ParkReason } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { notices, stepLetters } from '../schema/index.ts';
import { now } from './common.ts';
import { endTasks } from './tasks.ts';

export type StepRow = typeof stepLetters.$inferSelect;

/** `C-000017/first-notice/1` from its parts. */
export function stepKeyOf(caseNumber: string, kind: string, sequence: number): string {
  return `${caseNumber}/${kind}/${sequence}`;
}

function partsOf(key: string): { caseNumber: string; kind: string; sequence: number } {
  const [caseNumber, kind, sequence, ...rest] = key.split('/');
  if (!caseNumber || !kind || !sequence || rest.length > 0 || !/^\d+$/.test(sequence)) {
    throw new RangeError(`"${key}" is no step key (<case>/<kind>/<sequence>)`);
  }
  return { caseNumber, kind, sequence: Number(sequence) };
}

/** The step's row under lock; made bare where the case's own write has not come yet, so that there is something to lock. */
export async function lockStep(tx: Tx, key: string): Promise<StepRow> {
  await tx
    .insert(stepLetters)
    .values({ key, ...partsOf(key), status: 'waiting', at: now() })
    .onConflictDoNothing();
  const [row] = await tx.select().from(stepLetters).where(eq(stepLetters.key, key)).for('no key update');
  if (!row) throw new Error(`the step ${key} could not be locked`);
  return row;
}

const isBefore = (instant: string, other: string) => Date.parse(instant) < Date.parse(other);

/** `busy`: another decision about this step is still being asked. */
export type Reservation = 'ok' | 'already-left' | 'already-withdrawn' | 'busy';

/**
 * Reserves the step for a command until its expiry (ISO instants). The same command again gets `ok` again.
 * Run in a transaction of its own, committed before the case is asked. Locks: the step.
 */
export async function reserveStep(
  tx: Tx,
  stepKey: string,
  commandId: string,
  until: string,
  clock = now(),
): Promise<Reservation> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'leaving' || step.status === 'out') return 'already-left';
    if (step.status === 'withdrawn') return 'already-withdrawn';
    const other = step.status === 'reserved' && step.reservedBy !== commandId;
    if (other && step.reservedUntil !== null && isBefore(clock, step.reservedUntil)) return 'busy';
    await inner
      .update(stepLetters)
      .set({ status: 'reserved', reservedBy: commandId, reservedUntil: until })
      .where(eq(stepLetters.key, stepKey));
    return 'ok';
  });
}

/**
 * Gives the step back after the case's answer: withdrawn, or as it was before (what the case parked meanwhile stays parked).
 * `already-left`: the reservation had expired and the letter has gone; `not-yours`: another command holds the step.
 * Locks: the step.
 */
export async function endReservation(
  tx: Tx,
  stepKey: string,
  commandId: string,
  withdrawn: boolean,
): Promise<'withdrawn' | 'waiting' | 'blocked' | 'already-left' | 'not-yours'> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'leaving' || step.status === 'out') return 'already-left';
    if (step.status === 'withdrawn') return 'withdrawn';
    if (step.reservedBy !== commandId) return 'not-yours';
    const status = withdrawn ? 'withdrawn' : step.blockedReason === null ? 'waiting' : 'blocked';
    await inner
      .update(stepLetters)
      // Kept on a withdrawn step: which command did it.
      .set({ status, reservedUntil: null, reservedBy: withdrawn ? commandId : null })
      .where(eq(stepLetters.key, stepKey));
    return status;
  });
}

/** Gives back every step of a case that a command still keeps, once the case's write says what holds. Locks: the steps. */
export async function endReservationsOf(tx: Tx, caseNumber: string, commandId: string): Promise<void> {
  await tx
    .update(stepLetters)
    .set({
      status: sql`case when ${stepLetters.blockedReason} is null then 'waiting' else 'blocked' end`,
      reservedBy: null,
      reservedUntil: null,
    })
    .where(
      and(
        eq(stepLetters.caseNumber, caseNumber),
        eq(stepLetters.reservedBy, commandId),
        eq(stepLetters.status, 'reserved'),
      ),
    );
}

export type BeginLeaving =
  'leave' | 'withdrawn' | { readonly waitUntil: string } | { readonly parked: ParkReason };

/**
 * Asks to let the step's letters leave. `leave` is final: from then on no decision can stop them (a retry of the delivery gets
 * `leave` again). `waitUntil`: a decision about it is being asked, come back then. `parked`: the case keeps it in the house
 * until it says when it may leave. Locks: the step.
 */
export async function beginLeaving(tx: Tx, stepKey: string, clock = now()): Promise<BeginLeaving> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'withdrawn') return 'withdrawn';
    if (step.status === 'leaving' || step.status === 'out') return 'leave';
    if (step.status === 'reserved' && step.reservedUntil !== null && isBefore(clock, step.reservedUntil)) {
      return { waitUntil: step.reservedUntil };
    }
    if (step.parked !== null) {
      // A reservation nobody gave back has run out: whoever comes next finds the step free.
      if (step.status === 'reserved') await freeStep(inner, step);
      return { parked: step.parked };
    }
    await inner
      .update(stepLetters)
      .set({ status: 'leaving', reservedBy: null, reservedUntil: null, blockedReason: null })
      .where(eq(stepLetters.key, stepKey));
    return 'leave';
  });
}

async function freeStep(tx: Tx, step: StepRow): Promise<void> {
  await tx
    .update(stepLetters)
    .set({
      status: step.blockedReason === null ? 'waiting' : 'blocked',
      reservedBy: null,
      reservedUntil: null,
    })
    .where(eq(stepLetters.key, step.key));
}

/**
 * Nothing may leave for now (no usable recipient, a hold, evidence that changed): a person is asked. The step can be withdrawn
 * again, and leaves when asked again. False when a letter of it has been claimed already. Locks: the step.
 */
export async function blockStep(tx: Tx, stepKey: string, reason: string): Promise<boolean> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'withdrawn' || step.status === 'out') return false;
    const [claimed] = await inner
      .select({ key: notices.key })
      .from(notices)
      .where(sql`${notices.stepKey} = ${stepKey} and ${notices.status} <> 'withheld'`)
      .limit(1);
    if (claimed) return false;
    await inner
      .update(stepLetters)
      // A decision being asked keeps its hold on the step.
      .set({ status: step.status === 'reserved' ? 'reserved' : 'blocked', blockedReason: reason })
      .where(eq(stepLetters.key, stepKey));
    return true;
  });
}

/** Writes down that a step is out, once; true for the first. The caller holds or takes the step's lock by this very write. */
export async function markStepOut(tx: Tx, stepKey: string, outOn: string): Promise<boolean> {
  const rows = await tx
    .update(stepLetters)
    .set({ status: 'out', outOn })
    .where(sql`${stepLetters.key} = ${stepKey} and ${stepLetters.outOn} is null`)
    .returning({ key: stepLetters.key });
  return rows.length > 0;
}

export interface DecidedLetter {
  readonly caseNumber: string;
  readonly kind: string;
  readonly sequence: number;
  readonly decidedOn: IsoDate;
  readonly sendOn: IsoDate;
}

/** A letter of a monitor or a call is to leave: decided once, whatever has become of it since. A case writes its own. */
export async function decideLetter(tx: Tx, letter: DecidedLetter): Promise<void> {
  const { caseNumber, kind, sequence, decidedOn, sendOn } = letter;
  await tx
    .insert(stepLetters)
    .values({
      key: stepKeyOf(caseNumber, kind, sequence),
      ...{ caseNumber, kind, sequence, decidedOn, sendOn, status: 'waiting', at: now() },
    })
    .onConflictDoUpdate({
      target: stepLetters.key,
      set: { decidedOn, sendOn },
      setWhere: isNull(stepLetters.decidedOn),
    });
}

/** What has not begun to leave stays in the house, and nobody need see to it any more; false where it has begun. */
export async function takeBackLetter(tx: Tx, stepKey: string): Promise<boolean> {
  const rows = await tx
    .update(stepLetters)
    .set({ status: 'withdrawn' })
    .where(and(eq(stepLetters.key, stepKey), inArray(stepLetters.status, ['waiting', 'blocked'])))
    .returning({ key: stepLetters.key });
  if (rows.length > 0) await endHeldBackTask(tx, stepKey, 'the letter is not sent any more');
  return rows.length > 0;
}

/** A letter of a monitor or a call that was held back may be asked about again; what held it back is looked for anew. */
export async function letGo(tx: Tx, stepKey: string): Promise<void> {
  await tx
    .update(stepLetters)
    .set({ status: 'waiting', blockedReason: null })
    .where(and(eq(stepLetters.key, stepKey), eq(stepLetters.status, 'blocked')));
}

/** Whoever was asked to see to a letter that was held back need not any more. */
export async function endHeldBackTask(tx: Tx, stepKey: string, note: string): Promise<void> {
  const { caseNumber, kind } = partsOf(stepKey);
  await endTasks(tx, caseNumber, { kind: 'letter', details: { letter: kind, heldBack: true }, note });
}

export async function stepByKey(db: Db, stepKey: string): Promise<StepRow | undefined> {
  const [row] = await db.select().from(stepLetters).where(eq(stepLetters.key, stepKey));
  return row;
}

export async function stepsOf(db: Db, caseNumber: string): Promise<StepRow[]> {
  return db
    .select()
    .from(stepLetters)
    .where(eq(stepLetters.caseNumber, caseNumber))
    .orderBy(stepLetters.decidedOn, stepLetters.key);
}
