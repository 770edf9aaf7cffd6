/** One student's record changed by hand: what a form says, or that they have left school. */
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { lockStudent, openCaseOfStudent } from '../../db/stores/cases.ts';
import { ROSTER, shareTurn } from '../../db/stores/common.ts';
import { endEnrollments } from '../../db/stores/enrollments.ts';
import { changeStudent, type Student, type StudentFields } from '../../db/stores/students.ts';
import { addTask } from '../../db/stores/tasks.ts';
import { Refused } from '../failures.ts';
import { allow, audited, causeOf, studentFor, todayOf, type Call } from './context.ts';
import { deliverNow } from './tell-case.ts';
import { transferIn, type TransferAnswer } from './transfers.ts';

export interface StudentEdit extends StudentFields {
  /** The school attended from {@link on}: the open case follows. */
  readonly school?: string | undefined;
  /** Today, where none is given. */
  readonly on?: IsoDate | undefined;
  /** The last day at school: the student is enrolled nowhere afterwards. */
  readonly left?: IsoDate | undefined;
}

export interface StudentEdited {
  readonly student: string;
  /** Names of the fields that are other than before. */
  readonly changed: readonly string[];
  readonly transfer: Omit<TransferAnswer, 'waits'> | null;
  /** Schools left. */
  readonly left: readonly string[];
  readonly waits: boolean;
}

export async function editStudent(call: Call, sisId: string, edit: StudentEdit): Promise<StudentEdited> {
  allow(call, 'people.write');
  const { school, on, left, ...fields } = edit;
  if (school !== undefined && left !== undefined)
    throw new InputFault('BAD_INPUT', 'a student changes school or leaves, not both', 'left');
  if (school === undefined && on !== undefined)
    throw new InputFault('BAD_INPUT', 'the day goes with a change of school', 'on');
  if (Object.values(edit).every((value) => value === undefined))
    throw new InputFault('BAD_INPUT', 'say what to change: grade, birth date, name, school or left', 'grade');
  const done = await call.db.transaction(async (tx) => {
    await shareTurn(tx, ROSTER);
    const student = await studentFor(call, tx, sisId);
    await lockStudent(tx, student.id);
    const changed = await changeStudent(tx, student.id, fields, causeOf(call));
    if (changed.length > 0) {
      await audited(tx, call, 'student.edited', `student ${student.id}`, { fields: changed });
    }
    const transfer =
      school === undefined
        ? null
        : await transferIn(tx, call, student, { to: school, on: on ?? (await todayOf(tx)) });
    const schools = left === undefined ? [] : await leaveIn(tx, call, student, left);
    return { student: student.sisId, changed, transfer, left: schools };
  });
  const number = done.transfer?.caseNumber ?? null;
  return { ...done, waits: number !== null && (await deliverNow(call, call.db, number)) };
}

/** The enrolment ends; whether the case does is a decision. */
async function leaveIn(tx: Tx, call: Call, student: Student, last: IsoDate): Promise<string[]> {
  const today = await todayOf(tx);
  if (last > today) {
    throw new Refused(
      refusal(
        'DATE_IN_FUTURE',
        `${shortDate(last)} is after today, ${shortDate(today)}; enter it when the day has come.`,
      ),
    );
  }
  const schools = await endEnrollments(tx, student.id, last, causeOf(call));
  if (schools.length === 0) return schools;
  await audited(tx, call, 'student.left', `student ${student.id}`, { from: schools, lastDay: last });
  const open = await openCaseOfStudent(tx, student.id);
  if (open) {
    await addTask(tx, {
      key: `left/${open.number}/${last}`,
      kind: 'student-left',
      caseNumber: open.number,
      school: open.school,
      role: 'case-manager',
      textCode: 'LEFT_SCHOOL_CLOSE_OR_KEEP',
      details: { lastDay: last },
    });
  }
  return schools;
}
