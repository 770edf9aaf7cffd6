/**
 * How a door asks a case for a decision: it tells the case first whatever still waits, asks, and gives its answer. A refusal
 * changes nothing; no answer means that it may still take effect, and the same id gets it.
 */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../../../domain/access.ts';
import type { Command, CommandBase } from '../../../domain/case/commands.ts';
import { lettersAtStake, type CommandAnswer } from '../../../domain/case/decide.ts';
import { named } from '../../../domain/case/questions.ts';
import type { CaseLetter, CaseState } from '../../../domain/case/state.ts';
import { LETTER_NAMES } from '../../../domain/case/view.ts';
import type { Slot } from '../../../domain/docket.ts';
import { refusal } from '../../../domain/refusal.ts';
import type { Db } from '../../../db/connect.ts';
import { journalOf, waitForProjection } from '../../../db/stores/cases.ts';
import { endReservation, endReservationsOf, reserveStep } from '../../../db/stores/steps.ts';
import type { Student } from '../../../db/stores/students.ts';
import { stepKey } from '../../../workflows/notice-delivery.messages.ts';
import { OutOfReach, Refused } from '../../failures.ts';
import { relayCase } from '../../relay.ts';
import { stateOf } from '../cases.ts';
import { actorOf, allow, audited, caseFor, todayOf, type Call } from '../context.ts';
import { describeRecipients, recipientsOf } from '../recipients.ts';

export interface DecisionAnswer extends Omit<CommandAnswer, 'letter'> {
  readonly letter:
    | (NonNullable<CommandAnswer['letter']> & {
        readonly to: { channel: 'email' | 'print'; language: string; assumed: boolean }[];
        /** No usable recipient: the letter will wait for a person. */
        readonly blocked: string | null;
      })
    | null;
  /** The hour on the docket, after a decision about a hearing. */
  readonly hearing?: Slot | undefined;
  /** What the caller should know besides. */
  readonly notes?: readonly string[] | undefined;
  /** The lists have not caught up with this answer yet. */
  readonly stale: boolean;
}

/** What the caller may give with any decision. */
export interface WithId {
  readonly id?: string | undefined;
}

export type Bare<C extends Command> = Omit<C, keyof CommandBase>;
/** Any command, as its caller gives it. */
type AnyBare = Command extends infer C ? (C extends Command ? Bare<C> : never) : never;

/** A command made ready: everything that waits has been told to the case. */
export interface Asked {
  readonly call: Call;
  readonly number: string;
  readonly student: Student;
  readonly command: Command;
  /** ISO instant after which the case refuses it. */
  readonly expiresAt: string;
  /** As the records have the case; null until its first write. */
  readonly state: CaseState | null;
  /** It has been accepted before: asking again gets the first answer and does nothing. */
  readonly repeated: boolean;
}

/** Tells the case what waits, then stands ready to ask it. What the command says may depend on where the case stands. */
export async function prepare(
  call: Call,
  operation: Operation,
  number: string,
  input: WithId,
  bare: AnyBare | ((state: CaseState | null, repeated: boolean) => AnyBare),
): Promise<Asked> {
  allow(call, operation);
  const { db } = call;
  await caseFor(call, db, number);
  const id = input.id ?? randomUUID();
  await tellFirst(call, db, number, id);
  const { row, student } = await caseFor(call, db, number);
  const state = stateOf(row);
  const repeated =
    input.id !== undefined && (await journalOf(db, number)).some((one) => one.commandId === input.id);
  const command = {
    ...(typeof bare === 'function' ? bare(state, repeated) : bare),
    id,
    officeDate: await todayOf(db),
    actor: actorOf(call),
  } as Command;
  return { call, number, student, command, expiresAt: call.caseClient.expiry(), state, repeated };
}

async function tellFirst(call: Call, db: Db, number: string, commandId: string): Promise<void> {
  const told = await relayCase(db, call.caseClient, number);
  if (told.failed > 0) throw nothingDecided(commandId);
}

function nothingDecided(commandId: string, cause?: unknown): OutOfReach {
  return new OutOfReach(
    `The case is out of reach, so nothing was decided. Repeat it later with the same id (${commandId}).`,
    { cause },
  );
}

/** The case as its workflow has it at this moment. */
export async function standing({ call, number, command }: Asked): Promise<CaseState> {
  return call.caseClient.status(number).catch((error: unknown) => {
    throw nothingDecided(command.id, error);
  });
}

export async function ask(asked: Asked): Promise<DecisionAnswer> {
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
      : describeRecipients(
          await recipientsOf(db, student, answer.letter.sendOn, asked.state?.policy.notices.channel),
        )),
  };
  return { ...answer, letter, stale: !reached };
}

/**
 * What a decision does when one of the letters it would stop has begun to leave: `refuse` it, or ask all the same (`go-on`)
 * because the others can still be stopped.
 */
export type WhenLeaving = 'refuse' | 'go-on';

/**
 * Asks for a decision that may stop letters in the house. Their rows in the records are the arbiter: they are reserved
 * first, so that none of them leaves while the case is asked, and given back once the case's own write says what holds.
 */
export async function reserving(asked: Asked, whenLeaving: WhenLeaving): Promise<DecisionAnswer> {
  if (asked.repeated) {
    const answer = await ask(asked);
    // What an earlier try reserved, and could not give back for want of an answer.
    if (!answer.stale) await endReservationsOf(asked.call.db, asked.number, asked.command.id);
    return answer;
  }
  const letters = lettersAtStake(await standing(asked), asked.command);
  const { call, number, command, expiresAt } = asked;
  const { db } = call;
  const held: CaseLetter[] = [];
  const giveBack = async (letter: CaseLetter, withdrawn: boolean) => {
    await endReservation(db, keyOf(number, letter), command.id, withdrawn);
  };
  for (const letter of inKeyOrder(number, letters)) {
    const reserved = await reserveStep(db, keyOf(number, letter), command.id, expiresAt);
    if (reserved === 'ok') held.push(letter);
    const inTheWay =
      reserved === 'busy'
        ? BUSY
        : reserved === 'already-left' && whenLeaving === 'refuse'
          ? left(letter)
          : null;
    if (inTheWay) {
      for (const one of held) await giveBack(one, false);
      throw new Refused(inTheWay);
    }
  }
  const outcome = await settled(() => ask(asked));
  if ('answer' in outcome) {
    // With the case's write in the records they say it all. Before it only what is withdrawn, or free, is certain: what the
    // case has parked stays reserved until its write comes, or the reservation runs out.
    const now = outcome.answer.stale ? await call.caseClient.status(number).catch(() => null) : null;
    for (const letter of held) {
      const stands = now && named(now, letter);
      if (!outcome.answer.stale) await giveBack(letter, false);
      else if (stands && stands.parked === null) await giveBack(letter, stands.status === 'withdrawn');
    }
  } else if (outcome.error instanceof Refused) {
    for (const letter of held) await giveBack(letter, false);
  }
  return unwrap(outcome);
}

function keyOf(number: string, { kind, sequence }: CaseLetter): string {
  return stepKey(number, kind, sequence);
}

/** Everybody reserves in one order: two decisions about the same letters do not each get half. */
function inKeyOrder(number: string, letters: readonly CaseLetter[]): CaseLetter[] {
  return [...letters].sort((a, b) => (keyOf(number, a) < keyOf(number, b) ? -1 : 1));
}

const BUSY = refusal(
  'DECISION_UNDER_WAY',
  'Somebody else is deciding about this letter at this moment; look again in a minute.',
);

function left(letter: CaseLetter) {
  return refusal(
    'NOTICE_ALREADY_OUT',
    `The ${LETTER_NAMES[letter.kind]} has left, or is leaving this moment (a print may lie in the print queue). A step whose letter has left is not taken back; a correction or withdrawal letter can follow it. For another date of a hearing, ask again once the letter is out.`,
    { letter: letter.kind, sequence: letter.sequence },
  );
}

type Settled = { readonly answer: DecisionAnswer } | { readonly error: unknown };

export async function settled(work: () => Promise<DecisionAnswer>): Promise<Settled> {
  try {
    return { answer: await work() };
  } catch (error) {
    return { error };
  }
}

export function unwrap(outcome: Settled): DecisionAnswer {
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}
