/** What every service is given: the records, the cases, and who is calling. */
import { mayDo, reaches, type Operation } from '../../domain/access.ts';
import type { Actor } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { CallPolicy } from '../../domain/calls/policy.ts';
import { callsOf, ladderOf, type OfficePolicy } from '../../domain/office-policy.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Database, Db, Tx } from '../../db/connect.ts';
import { appendAudit } from '../../db/stores/audit.ts';
import { caseByNumber, openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import type { Cause } from '../../db/stores/common.ts';
import { getOffice, officeToday, type Office } from '../../db/stores/office.ts';
import { policyVersion as policyVersionOf } from '../../db/stores/policies.ts';
import { schoolByCode } from '../../db/stores/places.ts';
import { getStudent, getStudentBySis, schoolsOn, type Student } from '../../db/stores/students.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import type { SchoolRecord } from '../../domain/records.ts';
import { loadOfficePolicy } from '../../policies/load.ts';
import type { CaseClient } from '../case-client.ts';
import { Forbidden, OutOfReach, Refused, Unknown } from '../failures.ts';
import type { Log } from '../log.ts';

/** What a process has once. */
export interface Parts {
  readonly db: Database;
  readonly caseClient: CaseClient;
  readonly log: Log;
  readonly policy: (name: string) => Promise<OfficePolicy>;
}

/** Who is calling, from their key. */
export interface Caller {
  readonly id: string;
  readonly role: string;
  /** School codes; null means all. */
  readonly schools: readonly string[] | null;
}

/** One request. */
export interface Call extends Parts {
  readonly caller: Caller;
}

/** Policies do not change while a process runs; each is read once. */
export function policyReader(): Parts['policy'] {
  const read = new Map<string, Promise<OfficePolicy>>();
  return (name) => {
    const known = read.get(name) ?? loadOfficePolicy(name).then(({ policy }) => policy);
    read.set(name, known);
    return known;
  };
}

export function allow(call: Call, operation: Operation): void {
  if (!mayDo(call.caller.role, operation)) {
    throw new Forbidden(`The role "${call.caller.role}" may not do this (${operation}).`);
  }
}

export function causeOf(call: Call): Cause {
  return { actor: call.caller.id, role: call.caller.role };
}

/** The caller as the case's journal names them; what a script invents is marked so. */
export function actorOf(call: Call): Actor {
  const { id, role } = call.caller;
  return role === 'script' ? { id, role, invented: true } : { id, role };
}

export function isInvented(call: Call): boolean {
  return call.caller.role === 'script';
}

export async function audited(
  tx: Tx,
  call: Call,
  action: string,
  subject: string,
  details: JsonObject = {},
): Promise<void> {
  await appendAudit(tx, { action, subject, details, ...causeOf(call) });
}

export async function officeOf(db: Db): Promise<Office> {
  const office = await getOffice(db);
  if (!office) throw new OutOfReach('There is no office yet; the operator runs `truancy setup` first.');
  return office;
}

/** The policy in force, as it is on record; an office from before versions were kept goes by the file. */
export async function officePolicyOf(call: Pick<Call, 'policy'>, db: Db): Promise<OfficePolicy> {
  const { policyName, policyVersion } = await officeOf(db);
  return (await policyVersionOf(db, policyName, policyVersion))?.rules ?? call.policy(policyName);
}

/** Its ladder, for the doors of the ladder; refused at an office that has none. */
export async function policyOf(call: Pick<Call, 'policy'>, db: Db): Promise<LadderPolicy> {
  const ladder = ladderOf(await officePolicyOf(call, db));
  if (ladder) return ladder;
  throw new Refused(
    refusal(
      'OFFICE_HAS_NO_LADDER',
      'This office takes service calls; referrals, notices and hearings are another office’s.',
    ),
  );
}

/** Its rules of service calls, for their doors; refused at an office that takes none. */
export async function callPolicyOf(call: Pick<Call, 'policy'>, db: Db): Promise<CallPolicy> {
  const calls = callsOf(await officePolicyOf(call, db));
  if (calls) return calls;
  throw new Refused(
    refusal(
      'OFFICE_TAKES_NO_CALLS',
      'This office takes no service calls; its policy has no section serviceCalls.',
    ),
  );
}

export async function todayOf(db: Db): Promise<IsoDate> {
  await officeOf(db);
  return officeToday(db);
}

/** A student by SIS number, if the caller reaches them; another school's student looks like one that does not exist. */
export async function studentFor(call: Call, db: Db, sisId: string): Promise<Student> {
  const student = await getStudentBySis(db, sisId);
  if (!student || !reaches(call.caller.schools, await schoolsOfStudent(db, student))) {
    throw new Unknown(
      'UNKNOWN_STUDENT',
      `There is no student ${sisId.slice(0, 40)} here; look for them with \`student find\`.`,
    );
  }
  return student;
}

/**
 * The same for what happened on one day: a school reaches a student who has gone on to another for the days it had them,
 * and for no others.
 */
export async function studentOnDay(call: Call, db: Db, sisId: string, date: IsoDate): Promise<Student> {
  const student = await getStudentBySis(db, sisId);
  const mine = student && reaches(call.caller.schools, await schoolsOn(db, student.id, date));
  return mine ? student : studentFor(call, db, sisId);
}

/** Where they are enrolled, and the school that keeps their open case. */
async function schoolsOfStudent(db: Db, student: Student): Promise<readonly string[]> {
  const open = await openCaseOfStudent(db, student.id);
  return open ? [...student.schools, open.school] : student.schools;
}

export async function caseFor(
  call: Call,
  db: Db,
  number: string,
): Promise<{ readonly row: CaseRow; readonly student: Student }> {
  const row = await caseByNumber(db, number);
  const student = row && (await getStudent(db, row.studentId));
  if (!row || !student || !reaches(call.caller.schools, [row.school, ...student.schools])) {
    throw new Unknown(
      'UNKNOWN_CASE',
      `There is no case ${number.slice(0, 20)} here; look for it with \`case list\`.`,
    );
  }
  return { row, student };
}

export async function schoolFor(call: Call, db: Db, code: string): Promise<SchoolRecord> {
  const school = await schoolByCode(db, code);
  if (!school || !reaches(call.caller.schools, [code])) {
    throw new Unknown(
      'UNKNOWN_SCHOOL',
      `There is no school ${code.slice(0, 40)} here; \`school show\` lists them.`,
    );
  }
  return school;
}
