/** The versions of the policy that open cases go by: the office's own may be another by now. */
import type { LadderPolicy } from '../../domain/policy.ts';
import type { Db } from '../../db/connect.ts';
import { openCaseOfStudent } from '../../db/stores/cases.ts';
import { policiesOf } from '../../db/stores/policies.ts';
import { policyOf, type Call } from './context.ts';

/** For each of these cases its own policy; the one in force where the records do not know its version. */
export async function policiesOfCases(
  call: Call,
  db: Db,
  caseNumbers: readonly string[],
): Promise<(caseNumber: string) => LadderPolicy> {
  const own = await policiesOf(db, caseNumbers);
  // An office without a ladder has no cases, and is not asked for one.
  const inForce = caseNumbers.every((one) => own.has(one)) ? null : await policyOf(call, db);
  return (caseNumber) => {
    const policy = own.get(caseNumber) ?? inForce;
    if (!policy) throw new Error(`case ${caseNumber} was not among those asked for`);
    return policy;
  };
}

/** What a student's evidence is judged by: the version their open case goes by, else the one in force. */
export async function policyOfStudent(call: Call, db: Db, studentId: number): Promise<LadderPolicy> {
  const open = await openCaseOfStudent(db, studentId);
  return open === undefined
    ? policyOf(call, db)
    : (await policiesOfCases(call, db, [open.number]))(open.number);
}
