/** Students and the adults responsible for them. */
import type { IsoDate } from '../../domain/dates.ts';
import { reaches } from '../../domain/access.ts';
import type { GuardianRecord, StudentRecord } from '../../domain/records.ts';
import { casesOfStudent } from '../../db/stores/cases.ts';
import {
  guardiansOf,
  setNoContact,
  upsertGuardians,
  type GuardianOfStudent,
  type GuardianTally,
} from '../../db/stores/guardians.ts';
import type { Tally } from '../../db/stores/places.ts';
import { findStudents, upsertStudents, type FoundStudent, type Student } from '../../db/stores/students.ts';
import { Forbidden, Unknown } from '../failures.ts';
import { allow, audited, causeOf, studentFor, todayOf, type Call } from './context.ts';
import { followRoster } from './follow-student.ts';
import { describeRecipients, recipientsOf } from './recipients.ts';

export interface StudentsImported extends Tally {
  /** Students who changed school. */
  readonly moved: number;
  readonly unknownSchools: readonly string[];
}

export async function importStudents(
  call: Call,
  list: readonly StudentRecord[],
  asOf?: IsoDate,
): Promise<StudentsImported> {
  allow(call, 'people.write');
  wholeOfficeOnly(call);
  return call.db.transaction(async (tx) => {
    const today = await todayOf(tx);
    const done = await upsertStudents(tx, list, causeOf(call), asOf ?? today);
    await followRoster(
      tx,
      call,
      { sisIds: list.map((one) => one.sisId), moved: done.moved, asOf: asOf ?? today },
      today,
    );
    await audited(tx, call, 'students.imported', 'students', {
      read: done.read,
      new: done.new,
      changed: done.changed,
    });
    return { ...done, moved: done.moved.length };
  });
}

export async function importGuardians(call: Call, list: readonly GuardianRecord[]): Promise<GuardianTally> {
  allow(call, 'people.write');
  wholeOfficeOnly(call);
  return call.db.transaction(async (tx) => {
    const done = await upsertGuardians(tx, list, causeOf(call));
    await audited(tx, call, 'guardians.imported', 'guardians', {
      read: done.read,
      new: done.new,
      changed: done.changed,
    });
    return done;
  });
}

/** A roster writes across schools: nobody kept to some of them brings one in. */
function wholeOfficeOnly(call: Call): void {
  if (call.caller.schools !== null)
    throw new Forbidden('A roster is brought in by somebody responsible for all schools.');
}

export async function findFor(call: Call, text: string, limit = 50): Promise<FoundStudent[]> {
  allow(call, 'people.read');
  const found = await findStudents(call.db, text, { schools: call.caller.schools, limit });
  await audited(call.db, call, 'students.searched', 'students', { found: found.length });
  return found;
}

export interface StudentShown extends Student {
  readonly guardians: readonly GuardianOfStudent[];
  readonly cases: readonly { caseNumber: string; status: string; stage: string; openedOn: IsoDate }[];
  /** Who a letter sent today would go to. */
  readonly letters: ReturnType<typeof describeRecipients>;
}

export async function showStudent(call: Call, sisId: string): Promise<StudentShown> {
  allow(call, 'people.read');
  const { db } = call;
  const student = await studentFor(call, db, sisId);
  const [guardians, all, recipients] = await Promise.all([
    guardiansOf(db, student.id),
    casesOfStudent(db, student.id),
    recipientsOf(db, student, await todayOf(db)),
  ]);
  await audited(db, call, 'student.read', `student ${student.id}`);
  return {
    ...student,
    guardians,
    cases: all
      .filter((row) => reaches(call.caller.schools, [row.school, ...student.schools]))
      .map((row) => ({
        caseNumber: row.number,
        status: row.status,
        stage: row.stage,
        openedOn: row.openedOn,
      })),
    letters: describeRecipients(recipients),
  };
}

export async function setNoContactFor(
  call: Call,
  guardianId: number,
  input: { student: string; noContact: boolean; reason: string },
): Promise<{ guardian: number; student: string; noContact: boolean }> {
  allow(call, 'no-contact.write');
  await call.db.transaction(async (tx) => {
    const student = await studentFor(call, tx, input.student);
    if (!(await setNoContact(tx, guardianId, student.id, input.noContact, causeOf(call)))) {
      throw new Unknown(
        'UNKNOWN_GUARDIAN',
        `Nobody with number ${guardianId} is on record for this student.`,
      );
    }
    await audited(
      tx,
      call,
      input.noContact ? 'no-contact.set' : 'no-contact.lifted',
      `guardian ${guardianId}`,
      {
        student: student.id,
        reason: input.reason,
      },
    );
  });
  return { guardian: guardianId, student: input.student, noContact: input.noContact };
}
