/**
 * Where one office does both: its policy holds the ladder and service calls. Then, and only where the policy says so, an
 * officer's visit counts as an intervention, and a letter that came back opens an address verification. Nothing else crosses.
 */
import type { CallKind } from '../../domain/calls/policy.ts';
import type { CallState } from '../../domain/calls/state.ts';
import { callsOf, ladderOf } from '../../domain/office-policy.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { localOf } from '../../domain/office-clock.ts';
import type { Tx } from '../../db/connect.ts';
import { openCallOfStudent } from '../../db/stores/call-intake.ts';
import { callByNumber, callJournalOf } from '../../db/stores/service-calls.ts';
import { getStudent } from '../../db/stores/students.ts';
import { Refused } from '../failures.ts';
import { audited, officePolicyOf, type Call } from './context.ts';
import { keepIntervention } from './interventions.ts';
import { calendarOfStudent } from './opening.ts';
import { startCall } from './start-call.ts';

/** A courtesy look at an address, and a transport from the street, are no home visits of the ladder. */
const COUNTING_KINDS: readonly CallKind[] = ['true-refusal', 'mia-visit'];

/**
 * The case in which a call's home visit counts, once; null where it does not. Asked when the visit is entered and again when
 * the call is closed: whatever kept it from counting the first time is made good then.
 */
export async function countVisit(call: Call, number: string): Promise<string | null> {
  const { db } = call;
  const policy = await officePolicyOf(call, db);
  if (!ladderOf(policy) || callsOf(policy)?.visits.countsAsIntervention !== true) return null;
  const row = await callByNumber(db, number);
  const state = (row?.projection ?? null) as CallState | null;
  const visit = state?.steps.find((one) => one.code === 'home-visit');
  if (!row || !state || row.studentId === null || visit?.status !== 'done') return null;
  if (!COUNTING_KINDS.includes(row.kind)) return null;
  const student = await getStudent(db, row.studentId);
  const entry = (await callJournalOf(db, number)).find(
    (one) => one.type === 'step-done' && one.data['step'] === 'home-visit',
  );
  if (!student || !entry) return null;
  const { happenedAt, officeDate } = entry;
  try {
    const { caseNumber } = await keepIntervention(call, {
      id: `visit/${number}`,
      student: student.sisId,
      kind: 'home-visit',
      date: happenedAt === null ? officeDate : localOf(state.clock, Date.parse(happenedAt)).date,
      by: `Attendance Officer ${visit.officer ?? ''}`.trim(),
      outcome: visit.note ?? 'home visit',
      proof: `service call ${number}`,
    });
    return caseNumber;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // The ladder does not take it (too long ago, a student it does not cover): the visit stays what it was.
    await audited(db, call, 'visit.not-counted', `call ${number}`, { code: error.refusal.code });
    return null;
  }
}

export interface CameBack {
  readonly studentId: number;
  readonly school: string;
  readonly address: PostalAddress;
  /** Key of the letter. */
  readonly letter: string;
}

/** The call that looks at the address, new or open already; null at an office that takes no calls. */
export async function verifyReturnedAddress(tx: Tx, call: Call, back: CameBack): Promise<string | null> {
  const policy = await officePolicyOf(call, tx);
  if (!callsOf(policy)) return null;
  const kind = 'address-verification';
  const running = await openCallOfStudent(tx, back.studentId, kind);
  if (running !== null) return running;
  const student = await getStudent(tx, back.studentId);
  if (!student) return null;
  const { calendar } = await calendarOfStudent(tx, student.id, back.school);
  const row = await startCall(tx, call, {
    ...{ kind, school: back.school, student: { id: student.id, sisId: student.sisId } },
    ...{ calendar, address: back.address },
    conditions: [
      { code: 'reason', standing: 'shown', words: 'A letter came back from there as undeliverable.' },
      { code: 'address', standing: 'shown', words: 'The address the letter was sent to is looked at.' },
    ],
    intake: { kind, reason: 'returned-mail', letter: back.letter },
  });
  await audited(tx, call, 'call.opened', `call ${row.number}`, { kind, school: back.school });
  return row.number;
}
