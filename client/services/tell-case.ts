/** Facts on their way to a case: written with the records they tell of, delivered by the relay. */
import type { Fact } from '../../domain/case/facts.ts';
import type { Actor } from '../../domain/case/state.ts';
import type { Coverage } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { enqueue, pendingCount, type Message } from '../../db/stores/outbox.ts';
import { SIGNAL_OF_FACT } from '../../workflows/truancy-case.messages.ts';
import { relayCase } from '../relay.ts';
import { actorOf, type Call } from './context.ts';

/** A fact without what every fact carries. */
export type BareFact = Fact extends infer F
  ? F extends Fact
    ? Omit<F, 'officeDate' | 'coverage' | 'actor'>
    : never
  : never;

export function factMessage(
  caseNumber: string,
  bare: BareFact,
  base: { officeDate: IsoDate; coverage: Coverage; actor?: Actor | undefined },
): Message {
  const fact = { ...bare, ...base } as Fact;
  return { caseNumber, kind: 'signal', name: SIGNAL_OF_FACT[fact.type], payload: { ...fact } };
}

/** One fact to a case, as the records stand now. */
export async function messageTo(
  tx: Tx,
  call: Call,
  row: { readonly number: string; readonly studentId: number },
  bare: BareFact,
  officeDate: IsoDate,
): Promise<Message> {
  const coverage = await coverageOfStudent(tx, row.studentId);
  return factMessage(row.number, bare, { officeDate, coverage, actor: actorOf(call) });
}

/** Puts one fact into the case's outbox. Locks: its head (last of all locks). */
export async function tellCase(
  tx: Tx,
  call: Call,
  row: { readonly number: string; readonly studentId: number },
  bare: BareFact,
  officeDate: IsoDate,
): Promise<void> {
  const message = await messageTo(tx, call, row, bare, officeDate);
  await enqueue(tx, message.caseNumber, message.kind, message.name, message.payload);
}

/** How long a door waits for a fact to arrive before it says "kept, and waiting". */
const PATIENCE_MS = 2_000;

/** Tries to deliver at once, never failing; true when something still waits (Temporal is away). */
export async function deliverNow(call: Call, db: Db, caseNumber: string): Promise<boolean> {
  const attempt = relayCase(db, call.caseClient, caseNumber).catch((error: unknown) => {
    call.log.warn({ case: caseNumber, error: String(error).slice(0, 200) }, 'a fact is kept and waits');
  });
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([attempt, new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)))]);
  clearTimeout(timer);
  return (await pendingCount(db, caseNumber)) > 0;
}
