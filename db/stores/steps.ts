/**
 * The arbiter between "withdraw" and "leave". Both sides lock the step's row; whoever comes second is told who was first.
 *
 * A door that withdraws first marks the step `withdrawing`, with its command's id and expiry, then asks the case, then says
 * how the case answered. The delivery that wants to leave meanwhile waits until that expiry: the case refuses a command
 * past it, so after it (and a little grace of the caller's) an unanswered withdrawal can no longer take effect.
 */
import { eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { notices, stepLetters } from '../schema/index.ts';
import { now } from './common.ts';

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

/** `busy`: another withdrawal of this step is still being asked. */
export type BeginWithdrawal = 'ok' | 'already-left' | 'already-withdrawn' | 'busy';

/**
 * Reserves the step for a withdrawal until the command's expiry (ISO instants). The same command again gets `ok` again.
 * Run in a transaction of its own, committed before the case is asked. Locks: the step.
 */
export async function beginWithdrawal(
  tx: Tx,
  stepKey: string,
  commandId: string,
  until: string,
  clock = now(),
): Promise<BeginWithdrawal> {
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
 * Says how the case answered. `already-left`: the reservation had expired and the letter has gone; `not-yours`: another
 * command holds the step. Locks: the step.
 */
export async function finishWithdrawal(
  tx: Tx,
  stepKey: string,
  commandId: string,
  accepted: boolean,
): Promise<'withdrawn' | 'waiting' | 'already-left' | 'not-yours'> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'leaving' || step.status === 'out') return 'already-left';
    if (step.status === 'withdrawn') return 'withdrawn';
    if (step.reservedBy !== commandId) return 'not-yours';
    await inner
      .update(stepLetters)
      .set({
        status: accepted ? 'withdrawn' : 'waiting',
        reservedUntil: null,
        // Kept on a withdrawn step: which command did it.
        reservedBy: accepted ? commandId : null,
      })
      .where(eq(stepLetters.key, stepKey));
    return accepted ? 'withdrawn' : 'waiting';
  });
}

export type BeginLeaving = 'leave' | 'withdrawn' | { readonly waitUntil: string };

/**
 * Asks to let the step's letters leave. `leave` is final: from then on no withdrawal can begin (a retry of the delivery gets
 * `leave` again). `waitUntil`: a withdrawal is being asked, come back then. Locks: the step.
 */
export async function beginLeaving(tx: Tx, stepKey: string, clock = now()): Promise<BeginLeaving> {
  return tx.transaction(async (inner) => {
    const step = await lockStep(inner, stepKey);
    if (step.status === 'withdrawn') return 'withdrawn';
    if (step.status === 'leaving' || step.status === 'out') return 'leave';
    if (
      step.status === 'reserved' &&
      step.reservedUntil !== null &&
      isBefore(clock, step.reservedUntil)
    ) {
      return { waitUntil: step.reservedUntil };
    }
    await inner
      .update(stepLetters)
      .set({ status: 'leaving', reservedBy: null, reservedUntil: null, blockedReason: null })
      .where(eq(stepLetters.key, stepKey));
    return 'leave';
  });
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
      // A withdrawal being asked keeps its hold on the step.
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
