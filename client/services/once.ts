/** A door's work done once: a command sent twice under one id is carried out once and answered alike. */
import { createHash } from 'node:crypto';
import { refusal } from '../../domain/refusal.ts';
import { once } from '../../db/stores/commands.ts';
import type { Tx } from '../../db/connect.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { Refused } from '../failures.ts';
import { causeOf, type Call } from './context.ts';

/**
 * Runs `work` in a transaction. Without an id each request is one of its own; the same id for another wish is refused
 * (`ID_REUSED`), and nothing is done.
 */
export async function doneOnce<R extends JsonObject>(
  call: Call,
  command: { readonly id: string | undefined; readonly door: string; readonly wish: unknown },
  work: (tx: Tx) => Promise<R>,
): Promise<{ readonly response: R; readonly repeated: boolean }> {
  const { id, door, wish } = command;
  if (id === undefined) return { response: await call.db.transaction(work), repeated: false };
  const requestHash = createHash('sha256').update(JSON.stringify(wish)).digest('hex');
  const answer = await once(call.db, { id, door, requestHash }, causeOf(call), work);
  if (answer.outcome === 'id-reused') {
    throw new Refused(refusal('ID_REUSED', 'This id was used for something else; choose a new one.'));
  }
  return { response: answer.response, repeated: answer.outcome === 'repeated' };
}
