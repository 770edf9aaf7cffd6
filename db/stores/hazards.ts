/** What whoever goes to an address should know before leaving. Ended, never deleted. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { addressKey } from '../../domain/addresses.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { Db, Tx } from '../connect.ts';
import { addressHazards, serviceCalls } from '../schema/index.ts';
import { causeColumns, now, type Cause } from './common.ts';

export type HazardRow = typeof addressHazards.$inferSelect;

/** The same note at the same address is kept once. */
export async function addHazardNote(
  tx: Tx,
  wanted: { readonly address: PostalAddress; readonly note: string },
  cause: Cause,
): Promise<{ readonly added: boolean; readonly row: HazardRow }> {
  const before = (await hazardsAt(tx, wanted.address)).find((one) => one.note === wanted.note);
  if (before) return { added: false, row: before };
  const { lines, city, state, postalCode } = wanted.address;
  const [row] = await tx
    .insert(addressHazards)
    .values({
      addressKey: addressKey(wanted.address),
      address: `${lines.join(', ')}, ${city}, ${state} ${postalCode}`,
      note: wanted.note,
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the note could not be kept');
  return { added: true, row };
}

/** What stands of an address now; of none, nothing is known. */
export async function hazardsAt(db: Db, address: PostalAddress | null): Promise<HazardRow[]> {
  if (address === null) return [];
  return db
    .select()
    .from(addressHazards)
    .where(and(eq(addressHazards.addressKey, addressKey(address)), isNull(addressHazards.endedAt)))
    .orderBy(addressHazards.id);
}

/** All that stand, or that ever stood. */
export async function listHazards(db: Db, ended: boolean): Promise<HazardRow[]> {
  return db
    .select()
    .from(addressHazards)
    .where(ended ? undefined : isNull(addressHazards.endedAt))
    .orderBy(addressHazards.addressKey, addressHazards.id)
    .limit(500);
}

/** Undefined when there is none that stands. */
export async function endHazardNote(
  tx: Tx,
  id: number,
  reason: string,
  by: string,
): Promise<HazardRow | undefined> {
  const [row] = await tx
    .update(addressHazards)
    .set({ endedAt: now(), endedBy: by, endReason: reason })
    .where(and(eq(addressHazards.id, id), isNull(addressHazards.endedAt)))
    .returning();
  return row;
}

/** Open calls that go to an address. */
export async function openCallsAt(db: Db, address: PostalAddress): Promise<string[]> {
  const rows = await db
    .select({ number: serviceCalls.number, address: serviceCalls.address })
    .from(serviceCalls)
    .where(and(eq(serviceCalls.status, 'open'), sql`${serviceCalls.address} is not null`))
    .orderBy(serviceCalls.number);
  const key = addressKey(address);
  return rows
    .filter((one) => one.address !== null && addressKey(one.address) === key)
    .map((one) => one.number);
}
