/** What the records have to say before a case closes for a reason the case itself cannot judge. */
import type { ClosingReason } from '../../domain/case/state.ts';
import { stillSubject } from '../../domain/compulsory-age.ts';
import { Refused } from '../failures.ts';
import { policyOf } from './context.ts';
import type { Asked } from './decisions/asking.ts';

/** A child who must attend school is not closed as "not subject to attendance": age and enrolment are looked up. */
export async function refuseClosing(asked: Asked, reason: ClosingReason): Promise<void> {
  if (asked.repeated || reason !== 'not-subject-to-attendance') return;
  const { call, student, command } = asked;
  const no = stillSubject(student, command.officeDate, (await policyOf(call, call.db)).compulsoryAge);
  if (no) throw new Refused(no);
}
