/** What the stores share: who causes a change, raw rows, and bulk values as one JSON parameter. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Db } from '../connect.ts';

/** Who causes a change, in which role, and when (ISO instant; now, where none is given). */
export interface Cause {
  readonly actor: string;
  readonly role: string;
  readonly at?: string | undefined;
}

export const now = (): string => new Date().toISOString();

export function causeColumns(cause: Cause): { actor: string; role: string; at: string } {
  return { actor: cause.actor, role: cause.role, at: cause.at ?? now() };
}

/** Rows of a hand-written statement. Its column aliases must match the type: nothing is mapped here. */
export async function rowsOf<T extends object>(db: Db, query: SQL): Promise<T[]> {
  const result = await db.execute<Record<string, unknown>>(query);
  return [...result] as T[];
}

export async function firstOf<T extends object>(db: Db, query: SQL): Promise<T | undefined> {
  return (await rowsOf<T>(db, query))[0];
}

/** A whole batch as one parameter: `jsonb_to_recordset` makes a table of it, quotes and emoji untouched. */
export function asJson(value: unknown): SQL {
  return sql`${JSON.stringify(value)}::jsonb`;
}

/** A list as one parameter, however long (drizzle would spell it out, at most 65,534 values). */
export function asTexts(values: readonly string[]): SQL {
  return sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}

export function asInts(values: readonly number[]): SQL {
  return sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb)::int)`;
}

/** Rows a statement: large enough that round trips do not matter, small enough for flat memory. */
export const BATCH = 5_000;

export async function* batches<T>(
  rows: Iterable<T> | AsyncIterable<T>,
  size = BATCH,
): AsyncGenerator<T[], void> {
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** One at a time per name, until the transaction ends. Waits for its turn. */
export async function serialise(tx: Db, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/**
 * Rosters write many students and guardians in their files' order; whoever locks several of these by number would meet them
 * half way. So a roster has the records of people to itself, and the others share the time between rosters.
 */
export const ROSTER = 'roster';

/** Together with others that share the name, but not beside one that has it alone ({@link serialise}). */
export async function shareTurn(tx: Db, name: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))`);
}
