/** What is wished of a call, looked at with the records' eyes before it is asked: who may take it back, which monitor is meant. */
import { InputFault, refusal } from '../../domain/refusal.ts';
import { mayDo } from '../../domain/access.ts';
import type { Db } from '../../db/connect.ts';
import { monitorByNumber, openMonitorOfStudent } from '../../db/stores/monitors.ts';
import type { CallRow } from '../../db/stores/service-calls.ts';
import { Forbidden, Refused } from '../failures.ts';
import type { Call } from './context.ts';
import type { CallWish } from './calls.ts';

type Wish = Omit<CallWish, 'id' | 'officer'>;

export async function checkedWish<W extends Wish>(call: Call, row: CallRow, wish: W): Promise<W> {
  if (wish.type === 'cancel-call') {
    // A school takes back what a school has asked for; police and dispatcher speak through the dispatcher.
    const school = !mayDo(call.caller.role, 'call.work');
    if (school && ((wish as { by?: string }).by !== 'school' || row.kind === 'police-transport')) {
      throw new Forbidden('A school cancels its own calls (--by school); the dispatcher cancels others.');
    }
  }
  if (wish.type !== 'record-step') return wish;
  const { step, result, note } = wish as { step?: string; result?: string; note?: string };
  if (result === 'contradicted' && note === undefined) {
    throw new InputFault('NOTE_MISSING', 'say what was found instead: --note "…"', '--note');
  }
  return step === 'consider-monitor' ? { ...wish, result: await monitorMeant(call.db, row, result) } : wish;
}

/** "Possible 20-Day Monitor": the contract that runs for the student, or that none is needed. */
async function monitorMeant(db: Db, row: CallRow, result: string | undefined): Promise<string> {
  if (result === 'not-needed') return result;
  const running = row.studentId === null ? undefined : await openMonitorOfStudent(db, row.studentId);
  const named = result === undefined ? running : await monitorByNumber(db, result);
  if (named && named.studentId === row.studentId) return named.number;
  if (result === undefined) {
    throw new InputFault(
      'RESULT_MISSING',
      'no monitor runs for the student: begin one (`monitor start --student … --officer … --call …`), or say --result not-needed',
      '--result',
    );
  }
  throw new Refused(
    refusal(
      'NOT_THIS_STUDENTS_MONITOR',
      'There is no such monitor for the student of this call; `monitor list` has them, or say not-needed.',
    ),
  );
}
