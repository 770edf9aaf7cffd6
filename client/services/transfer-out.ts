/** A student leaves the region: the case closes, the enrolment ends, and a record is ready for the next office. */
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import { lockStudent } from '../../db/stores/cases.ts';
import { ROSTER, shareTurn } from '../../db/stores/common.ts';
import { endEnrollments } from '../../db/stores/enrollments.ts';
import { Refused } from '../failures.ts';
import { allow, audited, caseFor, causeOf, todayOf, type Call } from './context.ts';
import type { DecisionAnswer } from './decisions/asking.ts';
import { closeCase } from './decisions/referrals.ts';

export interface TransferOutInput {
  readonly id?: string | undefined;
  /** Where to, in words. */
  readonly to: string;
  /** First day elsewhere; today, where none is given. */
  readonly on?: IsoDate | undefined;
}

export interface TransferOutAnswer {
  readonly caseNumber: string;
  readonly student: string;
  /** The last day at school here. */
  readonly lastDay: IsoDate;
  /** Schools left. */
  readonly left: readonly string[];
  /** Null where the case had been closed by this before. */
  readonly decision: DecisionAnswer | null;
}

/**
 * The close comes first: a case that may not close (its letter is leaving) keeps its enrolment. Said again after a
 * failure in between, it does what is left to do.
 */
export async function transferOut(
  call: Call,
  number: string,
  input: TransferOutInput,
): Promise<TransferOutAnswer> {
  allow(call, 'case.transfer');
  const { db } = call;
  const { row, student } = await caseFor(call, db, number);
  const today = await todayOf(db);
  const on = input.on ?? row.closedOn ?? today;
  if (on > today) {
    throw new Refused(
      refusal(
        'DATE_IN_FUTURE',
        `${shortDate(on)} is after today, ${shortDate(today)}; enter it when the student has left.`,
      ),
    );
  }
  const lastDay = addDays(on, -1);
  const before = row.status === 'closed' && row.closeReason === 'transferred-out';
  const decision = before
    ? null
    : await closeCase(call, number, {
        id: input.id,
        reason: 'transferred-out',
        note: `To ${input.to}; last day here ${shortDate(lastDay)}.`,
      });
  const left = await db.transaction(async (tx) => {
    await shareTurn(tx, ROSTER);
    await lockStudent(tx, student.id);
    const schools = await endEnrollments(tx, student.id, lastDay, causeOf(call));
    if (schools.length > 0) {
      await audited(tx, call, 'student.left', `student ${student.id}`, { from: schools, lastDay });
    }
    return schools;
  });
  return { caseNumber: number, student: student.sisId, lastDay, left, decision };
}
