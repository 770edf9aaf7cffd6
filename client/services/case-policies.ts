/** The versions of the policy that open cases go by: the office's own may be another by now. */
import type { LadderPolicy } from '../../domain/policy.ts';
import type { Db } from '../../db/connect.ts';
import { policiesOf } from '../../db/stores/policies.ts';
import { policyOf, type Call } from './context.ts';

/** For each of these cases its own policy; the one in force where the records do not know its version. */
export async function policiesOfCases(
  call: Call,
  db: Db,
  caseNumbers: readonly string[],
): Promise<(caseNumber: string) => LadderPolicy> {
  const inForce = await policyOf(call, db);
  const own = await policiesOf(db, caseNumbers);
  return (caseNumber) => own.get(caseNumber) ?? inForce;
}
