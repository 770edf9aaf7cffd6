/** Referrals and what goes with them: taking one back, the school's progress, the caseload, the end of the case. */
import { randomUUID } from 'node:crypto';
import type { Command, JudgeProgress, MakeReferral } from '../../../domain/case/commands.ts';
import type { ClosingReason } from '../../../domain/case/state.ts';
import type { IsoDate } from '../../../domain/dates.ts';
import { actorOf, allow, studentFor, todayOf, type Call } from '../context.ts';
import { bringEarlierInterventions, openOrGetCase, refuseBeforeOpening } from '../opening.ts';
import { refuseClosing } from '../closing.ts';
import { ask, prepare, reserving, type Bare, type DecisionAnswer, type WithId } from './asking.ts';

export type ReferralInput = WithId & Bare<MakeReferral>;

export async function refer(call: Call, number: string, input: ReferralInput): Promise<DecisionAnswer> {
  if (input.acceptFewer !== undefined) allow(call, 'referral.accept-fewer');
  const { progress, override, acceptFewer } = input;
  const bare: Bare<MakeReferral> = { type: 'make-referral', progress, override, acceptFewer };
  return ask(await prepare(call, 'referral.make', number, input, bare));
}

function commandOf(call: Call, today: IsoDate, input: Omit<ReferralInput, 'type'>): Command {
  const { progress, override, acceptFewer } = input;
  return {
    type: 'make-referral',
    progress,
    override,
    acceptFewer,
    id: input.id ?? randomUUID(),
    officeDate: today,
    actor: actorOf(call),
  };
}

/** By student: the first referral opens the case where none is open. */
export async function referStudent(
  call: Call,
  sisId: string,
  input: Omit<ReferralInput, 'type'>,
): Promise<DecisionAnswer> {
  allow(call, 'referral.make');
  const row = await call.db.transaction(async (tx) => {
    const student = await studentFor(call, tx, sisId);
    const today = await todayOf(tx);
    await refuseBeforeOpening(tx, call, student, commandOf(call, today, input));
    const found = await openOrGetCase(tx, call, student, today);
    if (found.opened) await bringEarlierInterventions(tx, call, found.case, today);
    return found.case;
  });
  return refer(call, row.number, { ...input, type: 'make-referral' });
}

/** Takes the last step back while its letter is in the house. */
export async function withdraw(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  const { reason } = input;
  const asked = await prepare(call, 'referral.withdraw', number, input, { type: 'withdraw-step', reason });
  return reserving(asked, 'refuse');
}

export type ProgressInput = WithId & Omit<Bare<JudgeProgress>, 'type'>;

/** A person's judgement over the case's own review. */
export async function judgeProgress(
  call: Call,
  number: string,
  input: ProgressInput,
): Promise<DecisionAnswer> {
  const { adequate, reason } = input;
  return ask(
    await prepare(call, 'progress.judge', number, input, { type: 'judge-progress', adequate, reason }),
  );
}

export async function placeOnCaseload(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  const { reason } = input;
  return ask(await prepare(call, 'caseload.place', number, input, { type: 'place-on-caseload', reason }));
}

export async function closeCase(
  call: Call,
  number: string,
  input: WithId & {
    reason: ClosingReason;
    note?: string | undefined;
    /** The case that goes on instead, for duplicate students. */
    continuedBy?: string | undefined;
  },
): Promise<DecisionAnswer> {
  const { reason, note, continuedBy } = input;
  const asked = await prepare(call, 'case.close', number, input, {
    type: 'close-case',
    reason,
    note,
    continuedBy,
  });
  await refuseClosing(asked, reason);
  return reserving(asked, 'refuse');
}
