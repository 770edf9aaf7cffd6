/** What a decision would send, before it is taken: so that a person sees who gets what, how and when, and can stop. */
import { countUnexcused } from '../../domain/attendance.ts';
import { nextReferral, NOTICE_KINDS } from '../../domain/case/rules.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { addOfficeDays } from '../../domain/office-days.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, officeOf, policyOf, studentFor, todayOf, type Call } from './context.ts';
import { calendarOfStudent } from './opening.ts';
import { recipientsOf } from './recipients.ts';

export const STEPS = ['referral', 'hearing', 'order', 'court'] as const;
export type Step = (typeof STEPS)[number];

export interface Preview {
  readonly student: string;
  readonly name: string;
  readonly birthDate: IsoDate | null;
  readonly caseNumber: string | null;
  readonly unexcusedDays: number;
  readonly threshold: number;
  readonly knownUpTo: IsoDate | null;
  /** Null where no letter would follow (all three referrals are made). */
  readonly letter: LetterKind | null;
  readonly leavesOn: IsoDate;
  readonly to: readonly {
    readonly name: string;
    readonly relation: string;
    readonly channel: 'email' | 'print';
    readonly language: string;
    readonly assumed: boolean;
  }[];
  /** No usable recipient: the letter would wait for a person. */
  readonly blocked: string | null;
  /** Mail goes to the catcher or the practice mailbox only. */
  readonly practice: boolean;
}

export async function preview(
  call: Call,
  subject: { student?: string | undefined; case?: string | undefined },
  step: Step,
): Promise<Preview> {
  allow(call, 'case.read');
  const { db } = call;
  let row: CaseRow | undefined;
  let student: Student;
  if (subject.case !== undefined) ({ row, student } = await caseFor(call, db, subject.case));
  else {
    student = await studentFor(call, db, subject.student ?? '');
    row = await openCaseOfStudent(db, student.id);
  }
  const [office, policy, today] = [await officeOf(db), await policyOf(call, db), await todayOf(db)];
  const school = row?.school ?? student.schools[0];
  const known = school === undefined ? null : knownUpTo(await coverageOf(db, school));
  const { calendar } = await calendarOfStudent(db, student.id);
  const marks = await marksOfStudent(db, student.id);
  const { unexcusedDays } = countUnexcused(marks, calendar, today, policy.counting, known);
  const leavesOn = addOfficeDays(today, 1, policy.holidays);
  const recipients = await recipientsOf(db, student, leavesOn);
  const guardians = new Map((await guardiansOf(db, student.id)).map((one) => [one.id, one]));
  await audited(db, call, 'letter.previewed', `student ${student.id}`, { step });
  return {
    student: student.sisId,
    name: `${student.firstName} ${student.lastName}`,
    birthDate: student.birthDate,
    caseNumber: row?.number ?? null,
    unexcusedDays,
    threshold: policy.counting.threshold,
    knownUpTo: known,
    letter: letterOf(step, row),
    leavesOn,
    to: !recipients.ok
      ? []
      : recipients.addressees.map(({ guardianIds, channel, language, assumed }) => {
          const adults = guardianIds.map((id) => guardians.get(id)).filter((one) => one !== undefined);
          return {
            name: adults.map((one) => `${one.firstName} ${one.lastName}`).join(' and ') || 'the student',
            relation: adults.map((one) => one.relation).join(', ') || 'student of 18',
            channel,
            language,
            assumed,
          };
        }),
    blocked: recipients.ok ? null : recipients.code,
    practice: office.practice,
  };
}

function letterOf(step: Step, row: CaseRow | undefined): LetterKind | null {
  if (step === 'hearing') return 'hearing-notice';
  if (step === 'order') return 'order';
  if (step === 'court') return 'state-attorney-referral';
  const state = row && stateOf(row);
  const n = state ? nextReferral(state) : 1;
  return n === null ? null : (NOTICE_KINDS[n - 1] ?? null);
}
