/**
 * What an office goes by, whatever it does: every policy names its holidays and when silence is told; it holds the rules of
 * the ladder, those of service calls, or (where one office does both) both.
 */
import type { CallPolicy } from './calls/policy.ts';
import type { LadderPolicy } from './policy.ts';

/** What every policy says. */
export type OfficeRules = Pick<LadderPolicy, 'name' | 'version' | 'coverage' | 'compulsoryAge' | 'holidays'>;

export type OfficePolicy = (OfficeRules | LadderPolicy) & { readonly serviceCalls?: CallPolicy | undefined };

/** The rules of the ladder, as a case keeps them; null for an office that has none. */
export function ladderOf(policy: OfficePolicy): LadderPolicy | null {
  if (!('referrals' in policy)) return null;
  const { serviceCalls: _, ...ladder } = policy;
  return ladder;
}

/** The rules of service calls; null for an office that takes none. */
export function callsOf(policy: OfficePolicy): CallPolicy | null {
  return policy.serviceCalls ?? null;
}
