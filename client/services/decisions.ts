/**
 * Decisions are the case's: the door tells it first whatever still waits, asks, and gives its answer. A refusal changes
 * nothing; no answer means that it may still take effect, and the same id gets it.
 */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../domain/access.ts';
import type {
  Command,
  CommandBase,
  IssueOrder,
  MakeReferral,
  RecordHearing,
  ScheduleHearing,
} from '../../domain/case/commands.ts';
import { withdrawable, type CommandAnswer } from '../../domain/case/decide.ts';
import type { CaseState, ClosingReason } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { journalOf, waitForProjection } from '../../db/stores/cases.ts';
import { bookHearing, docketFrom, releaseHearing, type Slot } from '../../db/stores/docket.ts';
import { beginWithdrawal, finishWithdrawal } from '../../db/stores/steps.ts';
import type { Student } from '../../db/stores/students.ts';
import { stepKey } from '../../workflows/notice-delivery.messages.ts';
import { Refused, OutOfReach, outOfReachForDecision } from '../failures.ts';
import { relayCase } from '../relay.ts';
import { stateOf } from './cases.ts';
import { actorOf, allow, audited, caseFor, causeOf, studentFor, todayOf, type Call } from './context.ts';
import { bringEarlierInterventions, openOrGetCase, refuseBeforeOpening } from './opening.ts';
import { describeRecipients, recipientsOf } from './recipients.ts';

export interface DecisionAnswer extends Omit<CommandAnswer, 'letter'> {
  readonly letter:
    | (NonNullable<CommandAnswer['letter']> & {
        readonly to: { channel: 'email' | 'print'; language: string; assumed: boolean }[];
        /** No usable recipient: the letter will wait for a person. */
        readonly blocked: string | null;
      })
    | null;
  /** The lists have not caught up with this answer yet. */
  readonly stale: boolean;
}

/** What the caller may give with any decision. */
export interface WithId {
  readonly id?: string | undefined;
}

type Bare<C extends Command> = Omit<C, keyof CommandBase>;
/** Any command, as its caller gives it. */
type AnyBare = Command extends infer C ? (C extends Command ? Bare<C> : never) : never;

interface Asked {
  readonly call: Call;
  readonly number: string;
  readonly student: Student;
  readonly command: Command;
  readonly expiresAt: string;
}

/** Tells the case what waits, then stands ready to ask it. */
async function prepare(
  call: Call,
  operation: Operation,
  number: string,
  input: WithId,
  bare: AnyBare,
): Promise<Asked & { readonly state: CaseState | null; readonly repeated: boolean }> {
  allow(call, operation);
  const { db } = call;
  const { row, student } = await caseFor(call, db, number);
  const command = {
    ...bare,
    id: input.id ?? randomUUID(),
    officeDate: await todayOf(db),
    actor: actorOf(call),
  } as Command;
  await tellFirst(call, db, number, command.id);
  const repeated =
    input.id !== undefined && (await journalOf(db, number)).some((one) => one.commandId === input.id);
  return {
    call,
    number,
    student,
    command,
    expiresAt: call.caseClient.expiry(),
    state: stateOf(row),
    repeated,
  };
}

async function tellFirst(call: Call, db: Db, number: string, commandId: string): Promise<void> {
  const told = await relayCase(db, call.caseClient, number);
  if (told.failed > 0) {
    throw new OutOfReach(
      `The case is out of reach, so nothing was decided. Repeat it later with the same id (${commandId}).`,
    );
  }
}

async function ask(asked: Asked): Promise<DecisionAnswer> {
  const { call, number, command, student } = asked;
  const { db } = call;
  const answer = await call.caseClient
    .execute(number, command, asked.expiresAt)
    .catch(async (error: unknown) => {
      if (error instanceof Refused) {
        await audited(db, call, `${command.type}.refused`, `case ${number}`, { code: error.refusal.code });
      }
      throw error;
    });
  const reached = await waitForProjection(db, number, answer.seq);
  await audited(db, call, command.type, `case ${number}`, { commandId: command.id, seq: answer.seq });
  const letter = answer.letter && {
    ...answer.letter,
    ...(answer.letter.kind === 'state-attorney-referral'
      ? { to: [], blocked: null }
      : describeRecipients(await recipientsOf(db, student, answer.letter.sendOn))),
  };
  return { ...answer, letter, stale: !reached };
}

// ---------------------------------------------------------------- the ladder

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

/**
 * Takes the last step back while its letter is in the house. The step's row in the records is the arbiter: it is reserved
 * first, so that the letter cannot leave while the case is asked.
 */
export async function withdraw(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  const asked = await prepare(call, 'referral.withdraw', number, input, {
    type: 'withdraw-step',
    reason: input.reason,
  });
  if (asked.repeated) return ask(asked);
  const { db } = call;
  const before = await call.caseClient.status(number).catch((error: unknown) => {
    throw outOfReachForDecision(asked.command.id, error);
  });
  const letter = withdrawable(before);
  // Nothing to reserve: the case says why not, in its own words.
  if (!letter) return ask(asked);
  const key = stepKey(number, letter.kind, letter.sequence);
  const begun = await beginWithdrawal(db, key, asked.command.id, asked.expiresAt);
  if (begun === 'already-left') {
    throw new Refused(
      refusal(
        'NOTICE_ALREADY_OUT',
        'The letter of the last step has left, or is leaving this moment; only a correction or withdrawal letter can follow it.',
      ),
    );
  }
  if (begun === 'busy') {
    throw new Refused(
      refusal('WITHDRAWAL_UNDER_WAY', 'Somebody else is withdrawing this step; look again in a minute.'),
    );
  }
  const outcome = await settled(() => ask(asked));
  if ('answer' in outcome || outcome.error instanceof Refused) {
    // What stands in the case decides, not this answer: it may be an earlier one's.
    const after = 'answer' in outcome ? await call.caseClient.status(number).catch(() => null) : before;
    const now = after?.letters.find((one) => one.kind === letter.kind && one.sequence === letter.sequence);
    // Without a look at the case the reservation runs out by itself; the case's own write says what holds.
    if (after) await finishWithdrawal(db, key, asked.command.id, now?.status === 'withdrawn');
    const { hearing } = before;
    if ('answer' in outcome && letter.kind === 'hearing-notice' && hearing) {
      await releaseHearing(db, hearing, number);
    }
  }
  return unwrap(outcome);
}

export async function placeOnCaseload(
  call: Call,
  number: string,
  input: WithId & { reason: string },
): Promise<DecisionAnswer> {
  return ask(
    await prepare(call, 'caseload.place', number, input, { type: 'place-on-caseload', reason: input.reason }),
  );
}

// ---------------------------------------------------------------- hearing, order, court

export type HearingInput = WithId & Omit<Bare<ScheduleHearing>, 'type' | 'posted'>;

/** Books place and hour first: two cases cannot hold the same; a refusal gives it back. */
export async function scheduleHearing(
  call: Call,
  number: string,
  input: HearingInput,
): Promise<DecisionAnswer> {
  const { db } = call;
  allow(call, 'hearing.schedule');
  const { student } = await caseFor(call, db, number);
  const recipients = await recipientsOf(db, student, await todayOf(db));
  const { date, time, place, override } = input;
  const asked = await prepare(call, 'hearing.schedule', number, input, {
    type: 'schedule-hearing',
    date,
    time,
    place,
    override,
    posted: !recipients.ok || recipients.addressees.some((one) => one.channel === 'print'),
  });
  if (asked.repeated) return ask(asked);
  const slot: Slot = { place, date, time };
  const held = (await docketFrom(db, date, place)).some(
    (row) => row.caseNumber === number && isSlot(row, slot),
  );
  if ((await bookHearing(db, slot, number, causeOf(call))) === 'taken') {
    throw new Refused(
      refusal(
        'DOCKET_TAKEN',
        `Another hearing is set for ${date}, ${time} at this place; choose another hour.`,
        {
          ...slot,
        },
      ),
    );
  }
  const outcome = await settled(() => ask(asked));
  if (!('answer' in outcome) && outcome.error instanceof Refused && !held) {
    const now = await call.caseClient.status(number).catch(() => null);
    const taken = now?.hearing?.status === 'scheduled' && isSlot(now.hearing, slot);
    if (now && !taken) await releaseHearing(db, slot, number);
  }
  return unwrap(outcome);
}

function isSlot(one: Slot, other: Slot): boolean {
  return one.date === other.date && one.time === other.time && one.place === other.place;
}

export async function docketFor(
  call: Call,
  from?: IsoDate,
): Promise<{ caseNumber: string; date: IsoDate; time: string; place: string }[]> {
  allow(call, 'case.read');
  const rows = await docketFrom(call.db, from ?? (await todayOf(call.db)));
  const mine = [];
  for (const { caseNumber, date, time, place } of rows) {
    if (
      await caseFor(call, call.db, caseNumber).then(
        () => true,
        () => false,
      )
    )
      mine.push({ caseNumber, date, time, place });
  }
  return mine;
}

export type HearingOutcomeInput = WithId & Omit<Bare<RecordHearing>, 'type'>;

export async function recordHearing(
  call: Call,
  number: string,
  input: HearingOutcomeInput,
): Promise<DecisionAnswer> {
  const { outcome, appeared } = input;
  const asked = await prepare(call, 'hearing.record', number, input, {
    type: 'record-hearing',
    outcome,
    appeared,
  });
  const answer = await ask(asked);
  if (!asked.repeated && asked.state?.hearing) {
    await releaseHearing(call.db, asked.state.hearing, number, outcome === 'missed' ? 'cancelled' : 'held');
  }
  return answer;
}

export type OrderInput = WithId & Omit<Bare<IssueOrder>, 'type'>;

export async function issueOrder(call: Call, number: string, input: OrderInput): Promise<DecisionAnswer> {
  const { returnDate, findings, services, reviewDate } = input;
  return ask(
    await prepare(call, 'order.issue', number, input, {
      type: 'issue-order',
      returnDate,
      findings,
      services,
      reviewDate,
    }),
  );
}

export async function referToCourt(
  call: Call,
  number: string,
  input: WithId & { override?: string | undefined },
): Promise<DecisionAnswer> {
  return ask(
    await prepare(call, 'court.refer', number, input, { type: 'refer-to-court', override: input.override }),
  );
}

export async function recordCourtAnswer(
  call: Call,
  number: string,
  input: WithId & { answer: 'accepted' | 'declined' | 'returned' },
): Promise<DecisionAnswer> {
  return ask(
    await prepare(call, 'court.answer', number, input, { type: 'record-court-answer', answer: input.answer }),
  );
}

export async function closeCase(
  call: Call,
  number: string,
  input: WithId & { reason: ClosingReason; note?: string | undefined },
): Promise<DecisionAnswer> {
  const asked = await prepare(call, 'case.close', number, input, {
    type: 'close-case',
    reason: input.reason,
    note: input.note,
  });
  const answer = await ask(asked);
  const hearing = asked.state?.hearing;
  if (hearing?.status === 'scheduled') await releaseHearing(call.db, hearing, number);
  return answer;
}

// ---------------------------------------------------------------- small helpers

type Settled = { readonly answer: DecisionAnswer } | { readonly error: unknown };

async function settled(work: () => Promise<DecisionAnswer>): Promise<Settled> {
  try {
    return { answer: await work() };
  } catch (error) {
    return { error };
  }
}

function unwrap(outcome: Settled): DecisionAnswer {
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}
