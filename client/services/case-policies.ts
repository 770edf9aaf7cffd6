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
  const inForce = await policyOf(call, db);
  const own = await policiesOf(db, caseNumbers);
  return (caseNumber) => own.get(caseNumber) ?? inForce;
}

/** What a student's evidence is judged by: the version their open case goes by, else the one in force. */
export async function policyOfStudent(call: Call, db: Db, studentId: number): Promise<LadderPolicy> {
  const open = await openCaseOfStudent(db, studentId);
  return open === undefined
    ? policyOf(call, db)
    : (await policiesOfCases(call, db, [open.number]))(open.number);
}
