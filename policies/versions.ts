/** Versions of a policy: whether two texts say the same, and which fields differ. */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficePolicy } from '../domain/office-policy.ts';
import type { LoadedOfficePolicy } from './load.ts';
import type { OfficePolicyFile } from './schema.ts';

/**
 * Over what a policy file says, whatever its comments, layout and order. Defaults of the program are left out: a version
 * in use does not become another one because the program learned a new rule.
 */
export function policyHash(text: string): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(parse(text))))
    .digest('hex');
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, inOrder(one)]),
  );
}

/** A version as the records keep it. */
export interface PolicyRecord {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly effectiveFrom: IsoDate;
  readonly sha256: string;
  readonly text: string;
  readonly rules: OfficePolicy;
}

export function policyRecord({ file, policy, text }: LoadedOfficePolicy): PolicyRecord {
  const { name, version } = policy;
  const { title, effectiveFrom } = file;
  return { name, version, title, effectiveFrom, sha256: policyHash(text), text, rules: policy };
}

/** Why a changed file needs a new version. */
export function versionReused({ name, version }: Pick<PolicyRecord, 'name' | 'version'>): string {
  return `version ${version} of ${name} is on record with other content, and cases may go by it; give the changed file a new version`;
}

export interface PolicyDifference {
  /** `referrals.schoolDaysBetween`, `interventions.kinds.home-visit`. */
  readonly field: string;
  /** Null where it is not there. */
  readonly from: unknown;
  readonly to: unknown;
}

/** Fields that differ from one policy to another, as read (with the program's defaults), in the order of the file. */
export function policyDifferences(from: OfficePolicyFile, to: OfficePolicyFile): PolicyDifference[] {
  return differences('', from, to);
}

function differences(field: string, from: unknown, to: unknown): PolicyDifference[] {
  if (JSON.stringify(inOrder(from)) === JSON.stringify(inOrder(to))) return [];
  const [before, after] = [byKey(from), byKey(to)];
  if (!before || !after) return [{ field, from: from ?? null, to: to ?? null }];
  const found = [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    differences(field === '' ? key : `${field}.${key}`, before.get(key), after.get(key)),
  );
  // The same things in another order.
  return found.length > 0 ? found : [{ field, from, to }];
}

/** What a value holds under which key; lists of things that have a code or a name are told apart by it. */
function byKey(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const keys = value.map(keyOf);
  return keys.every((key) => key !== null) && new Set(keys).size === keys.length
    ? new Map(value.map((one, i) => [keys[i] ?? '', one]))
    : null;
}

function keyOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { code, name } = value as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : null;
}
