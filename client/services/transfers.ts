/** Students who change school inside the region, or leave: the enrolment, and the open case that goes with it. */
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import { planTransfer } from '../../domain/transfer.ts';
import type { Tx } from '../../db/connect.ts';
import { lockStudent, openCaseOfStudent } from '../../db/stores/cases.ts';
import { ROSTER, shareTurn } from '../../db/stores/common.ts';
import { enrollmentsOf, writeTransfer } from '../../db/stores/enrollments.ts';
import { schoolByCode } from '../../db/stores/places.ts';
import type { Student } from '../../db/stores/students.ts';
import { Refused, Unknown } from '../failures.ts';
import { tellCalendar } from './calendar-facts.ts';
import { allow, audited, caseFor, causeOf, studentFor, todayOf, type Call } from './context.ts';
import { followStudent } from './follow-student.ts';
import { deliverNow } from './tell-case.ts';

export interface TransferInput {
  /** SIS number; or the case. */
  readonly student?: string | undefined;
  readonly case?: string | undefined;
  readonly to: string;
  /** First day at the new school. */
  readonly on: IsoDate;
}

export interface TransferAnswer {
  readonly student: string;
  readonly school: string;
  readonly since: IsoDate;
  readonly from: string | null;
  /** `redated`: it was on record with another day; `as-before`: it was on record just so, and nothing was done. */
  readonly what: 'moved' | 'redated' | 'as-before';
  /** The open case that goes on there. */
  readonly caseNumber: string | null;
  /** Kept, but the case has not been told yet (Temporal is away). */
  readonly waits: boolean;
}

/** From `on` the student attends this school of the region; told once, however often it is said. */
export async function transferStudent(call: Call, input: TransferInput): Promise<TransferAnswer> {
  allow(call, 'case.transfer');
  const done = await call.db.transaction(async (tx) => {
    await shareTurn(tx, ROSTER);
    return transferIn(tx, call, await subjectOf(tx, call, input), input);
  });
  const waits = done.caseNumber !== null && (await deliverNow(call, call.db, done.caseNumber));
  return { ...done, waits };
}

/** The same as part of something larger. Needs a share in the roster's turn. */
export async function transferIn(
  tx: Tx,
  call: Call,
  student: Student,
  { to, on }: Pick<TransferInput, 'to' | 'on'>,
): Promise<Omit<TransferAnswer, 'waits'>> {
  // Any school of the region, whoever asks: the case is handed over to it.
  const school = await schoolByCode(tx, to);
  if (!school) {
    throw new Unknown(
      'UNKNOWN_SCHOOL',
      `There is no school ${to.slice(0, 40)} in this region; \`school show\` lists them. Has the student left the region, say so (\`case transfer --out\`).`,
    );
  }
  const today = await todayOf(tx);
  await lockStudent(tx, student.id);
  const plan = planTransfer(await enrollmentsOf(tx, student.id), school.code, on, today);
  if ('code' in plan) throw new Refused(plan);
  const open = await openCaseOfStudent(tx, student.id);
  const answer = {
    student: student.sisId,
    school: school.code,
    since: on,
    from: plan.from,
    what: plan.what,
    caseNumber: open?.number ?? null,
  };
  if (plan.what === 'as-before') return answer;
  await writeTransfer(tx, student.id, plan, on, causeOf(call));
  await audited(tx, call, 'student.transferred', `student ${student.id}`, {
    from: plan.from,
    to: school.code,
    on,
    ...(plan.was === null ? {} : { was: plan.was }),
  });
  if (plan.what === 'moved')
    await followStudent(tx, call, student.id, { school: school.code, since: on }, today);
  else if (open) {
    const because = `at ${school.code} since ${shortDate(on)}, not ${shortDate(plan.was ?? on)}`;
    await tellCalendar(tx, call, [open.number], because, today);
  }
  return answer;
}

async function subjectOf(tx: Tx, call: Call, input: TransferInput): Promise<Student> {
  if ((input.student === undefined) === (input.case === undefined)) {
    throw new InputFault('BAD_SUBJECT', 'give either the student (SIS number) or the case', 'student');
  }
  if (input.case === undefined) return studentFor(call, tx, input.student ?? '');
  const { row, student } = await caseFor(call, tx, input.case);
  if (row.status === 'closed') {
    throw new Refused(
      refusal(
        'CASE_CLOSED',
        `Case ${row.number} is closed; name the student instead, whose enrolment alone changes then.`,
      ),
    );
  }
  return student;
}
