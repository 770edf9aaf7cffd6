/**
 * Hazard notes on addresses: written by officers and the dispatcher, read by them alone, shown before anybody leaves. Where
 * the policy sends two officers to such an address, calls that are open learn of it at once.
 */
import type { IsoDate } from '../../domain/dates.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import {
  addHazardNote,
  endHazardNote,
  hazardsAt,
  listHazards,
  openCallsAt,
  type HazardRow,
} from '../../db/stores/hazards.ts';
import { relay } from '../../db/stores/outbox.ts';
import { tellCalls } from '../../db/stores/service-calls.ts';
import type { Tx } from '../../db/connect.ts';
import { Refused, Unknown } from '../failures.ts';
import { callFor } from './calls.ts';
import { allow, audited, callPolicyOf, causeOf, todayOf, type Call } from './context.ts';

export interface HazardShown {
  readonly id: number;
  readonly address: string;
  readonly note: string;
  readonly since: IsoDate;
  readonly by: string;
  readonly ended: { readonly on: IsoDate; readonly by: string; readonly reason: string } | null;
}

export interface HazardWish {
  /** The address a call goes to; or an address. */
  readonly call?: string | undefined;
  readonly address?: PostalAddress | undefined;
  readonly note: string;
}

export interface HazardNoted extends HazardShown {
  /** False where the same note stood there already. */
  readonly added: boolean;
  /** Open calls that go there. */
  readonly calls: readonly string[];
}

export async function noteHazard(call: Call, wish: HazardWish): Promise<HazardNoted> {
  allow(call, 'hazard.write');
  const answer = await call.db.transaction(async (tx) => {
    const address = await addressMeant(call, tx, wish);
    const { added, row } = await addHazardNote(tx, { address, note: wish.note }, causeOf(call));
    const calls = await openCallsAt(tx, address);
    if (added) {
      await audited(tx, call, 'hazard.noted', `hazard ${row.id}`);
      const { visits } = await callPolicyOf(call, tx);
      const officeDate = await todayOf(tx);
      const reason = 'a hazard was noted at the address';
      if (visits.pairOnHazard) {
        await tellCalls(
          tx,
          calls.map((number) => [number, { type: 'pair-needed', officeDate, reason }] as const),
        );
      }
    }
    return { ...shown(row), added, calls };
  });
  await relay(call.db, { deliver: (row) => call.caseClient.deliverOutboxRow(row) }).catch(
    (error: unknown) => {
      call.log.warn({ error: String(error).slice(0, 200) }, 'what calls are told waits');
    },
  );
  return answer;
}

async function addressMeant(
  call: Call,
  tx: Tx,
  { call: number, address }: HazardWish,
): Promise<PostalAddress> {
  if ((number === undefined) === (address === undefined)) {
    throw new InputFault('ADDRESS_MISSING', 'give either the call that goes there, or the address', '--call');
  }
  if (address !== undefined) return address;
  const row = await callFor(call, tx, number ?? '');
  if (row.address !== null) return row.address;
  throw new Refused(
    refusal(
      'CALL_HAS_NO_ADDRESS',
      `Call ${row.number} goes to no address on record; give the address itself.`,
    ),
  );
}

export async function hazardsFor(
  call: Call,
  filter: { readonly call?: string | undefined; readonly ended?: boolean | undefined } = {},
): Promise<HazardShown[]> {
  allow(call, 'hazard.write');
  if (filter.call === undefined) return (await listHazards(call.db, filter.ended === true)).map(shown);
  const row = await callFor(call, call.db, filter.call);
  return (await hazardsAt(call.db, row.address)).map(shown);
}

export async function retireHazard(call: Call, id: number, reason: string): Promise<HazardShown> {
  allow(call, 'hazard.write');
  return call.db.transaction(async (tx) => {
    const row = await endHazardNote(tx, id, reason, call.caller.id);
    if (!row) throw new Unknown('UNKNOWN_HAZARD', `No hazard note ${id} stands; \`hazard list\` has them.`);
    await audited(tx, call, 'hazard.retired', `hazard ${id}`);
    return shown(row);
  });
}

function shown(row: HazardRow): HazardShown {
  const { id, address, note, at, role, actor, endedAt, endedBy, endReason } = row;
  return {
    ...{ id, address, note, since: at.slice(0, 10), by: `${role} ${actor}` },
    ended: endedAt === null ? null : { on: endedAt.slice(0, 10), by: endedBy ?? '', reason: endReason ?? '' },
  };
}
