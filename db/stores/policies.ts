/** Every version of a policy the office has gone by: kept as it was read, never changed. */
import { and, desc, eq, sql } from 'drizzle-orm';
import { ladderOf } from '../../domain/office-policy.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { Db, Tx } from '../connect.ts';
import { policies } from '../schema/index.ts';
import { asTexts, causeColumns, rowsOf, type Cause } from './common.ts';

export type PolicyRow = typeof policies.$inferSelect;
export type NewPolicy = Omit<typeof policies.$inferInsert, 'actor' | 'role' | 'at'>;

export async function policyVersion(db: Db, name: string, version: string): Promise<PolicyRow | undefined> {
  const [row] = await db
    .select()
    .from(policies)
    .where(and(eq(policies.name, name), eq(policies.version, version)));
  return row;
}

/** Versions on record, the latest first, without their texts. */
export async function policyVersions(db: Db, name: string): Promise<Omit<PolicyRow, 'text' | 'rules'>[]> {
  const { sha256, title, version, effectiveFrom, actor, role, at } = policies;
  return db
    .select({ name: policies.name, sha256, title, version, effectiveFrom, actor, role, at })
    .from(policies)
    .where(eq(policies.name, name))
    .orderBy(desc(at), desc(version));
}

/** The rules these cases go by, by case number; each version is read once. */
export async function policiesOf(
  db: Db,
  caseNumbers: readonly string[],
): Promise<ReadonlyMap<string, LadderPolicy>> {
  const rows = await rowsOf<{ number: string; name: string; version: string }>(
    db,
    sql`
      select number, policy_name as name, policy_version as version
        from cases where number = any(${asTexts(caseNumbers)})`,
  );
  const read = new Map<string, LadderPolicy | null>();
  const found = new Map<string, LadderPolicy>();
  for (const { number, name, version } of rows) {
    const key = `${name} ${version}`;
    if (!read.has(key)) {
      const kept = await policyVersion(db, name, version);
      read.set(key, kept ? ladderOf(kept.rules) : null);
    }
    const rules = read.get(key);
    if (rules) found.set(number, rules);
  }
  return found;
}

/** Keeps a version once. `reused`: the same name and version is on record with other content, and stays so. */
export async function keepPolicy(
  tx: Tx,
  policy: NewPolicy,
  cause: Cause,
): Promise<{ readonly outcome: 'kept' | 'known' | 'reused'; readonly row: PolicyRow }> {
  const [added] = await tx
    .insert(policies)
    .values({ ...policy, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning();
  if (added) return { outcome: 'kept', row: added };
  const row = await policyVersion(tx, policy.name, policy.version);
  if (!row) throw new Error('the policy could not be kept');
  return { outcome: row.sha256 === policy.sha256 ? 'known' : 'reused', row };
}
