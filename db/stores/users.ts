/** People with access and their personal keys. A key is shown once; the records keep only its hash. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { apiKeys, users } from '../schema/index.ts';
import { firstOf, now } from './common.ts';

export type User = typeof users.$inferSelect;

export interface NewUser {
  /** Given only for fixed accounts of an installation (`system`); else the next `U-0001`. */
  readonly id?: string;
  readonly name: string;
  readonly role: string;
  /** School codes; null means all. */
  readonly schools: readonly string[] | null;
}

export async function createUser(tx: Tx, user: NewUser): Promise<User> {
  const next = user.id ?? (await nextUserId(tx));
  const [row] = await tx
    .insert(users)
    .values({
      id: next,
      name: user.name,
      role: user.role,
      schools: user.schools && [...user.schools],
      createdAt: now(),
    })
    .returning();
  if (!row) throw new Error('the user could not be created');
  return row;
}

async function nextUserId(tx: Tx): Promise<string> {
  const next = await firstOf<{ n: string }>(tx, sql`select nextval('user_numbers')::text as n`);
  return `U-${(next?.n ?? '').padStart(4, '0')}`;
}

export async function userById(db: Db, id: string): Promise<User | undefined> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  return row;
}

export async function listUsers(db: Db): Promise<User[]> {
  return db.select().from(users).orderBy(users.id);
}

/** Takes a person's access away: their keys stop at once. */
export async function disableUser(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(users)
    .set({ disabledAt: now() })
    .where(and(eq(users.id, id), isNull(users.disabledAt)))
    .returning({ id: users.id });
  return rows.length > 0;
}

const KEY = /^tc_([0-9a-f]{12})_([0-9a-f]{64})$/;

/** No key has it: compared with where there is none, so that an unknown prefix takes as long as a wrong secret. */
const NO_HASH = '0'.repeat(64);

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

export interface IssuedKey {
  /** `tc_<prefix>_<secret>`: shown now and never again. */
  readonly key: string;
  readonly prefix: string;
  readonly expiresAt: string | null;
}

/** A new key for a user; the secret has 256 random bits, so a plain SHA-256 of it gives nothing away. */
export async function issueKey(
  tx: Tx,
  userId: string,
  options: { expiresAt?: string | null } = {},
): Promise<IssuedKey> {
  const prefix = randomBytes(6).toString('hex');
  const key = `tc_${prefix}_${randomBytes(32).toString('hex')}`;
  const expiresAt = options.expiresAt ?? null;
  await tx.insert(apiKeys).values({ userId, prefix, sha256: hashOf(key), createdAt: now(), expiresAt });
  return { key, prefix, expiresAt };
}

/** Who presents this key; undefined for a wrong, revoked or expired one, or a person whose access has ended. */
export async function verifyKey(db: Db, key: string, clock = now()): Promise<User | undefined> {
  const prefix = KEY.exec(key)?.[1];
  if (prefix === undefined) return undefined;
  const [row] = await db
    .select({ user: users, kept: apiKeys })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(eq(apiKeys.prefix, prefix));
  const right = timingSafeEqual(
    Buffer.from(hashOf(key), 'hex'),
    Buffer.from(row?.kept.sha256 ?? NO_HASH, 'hex'),
  );
  if (!row || !right || row.kept.revokedAt !== null || row.user.disabledAt !== null) return undefined;
  if (row.kept.expiresAt !== null && Date.parse(row.kept.expiresAt) <= Date.parse(clock)) return undefined;
  return row.user;
}

/** Ends a key at once; false when there is no such key in force. */
export async function revokeKey(tx: Tx, prefix: string): Promise<boolean> {
  const rows = await tx
    .update(apiKeys)
    .set({ revokedAt: now() })
    .where(and(eq(apiKeys.prefix, prefix), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  return rows.length > 0;
}

export interface KeyListed {
  readonly prefix: string;
  readonly userId: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export async function listKeys(db: Db, userId?: string): Promise<KeyListed[]> {
  return db
    .select({
      prefix: apiKeys.prefix,
      userId: apiKeys.userId,
      createdAt: apiKeys.createdAt,
      expiresAt: apiKeys.expiresAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .where(userId === undefined ? undefined : eq(apiKeys.userId, userId))
    .orderBy(apiKeys.id);
}
