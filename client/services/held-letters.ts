/**
 * Letters of the department that were held back: a contract nobody could get, findings for a school without an address. Once
 * the records are mended a person lets them go, as the ladder's are; or says that they are not sent any more.
 */
import {
  heldBackWords,
  letterName,
  letterOfSubject,
  ONLY_SEQUENCE,
  subjectWords,
} from '../../domain/department-letters.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { noticesOfStep } from '../../db/stores/notices.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import {
  letGo,
  lockStep,
  stepByKey,
  stepKeyOf,
  takeBackLetter,
  type StepRow,
} from '../../db/stores/steps.ts';
import { whyHeldBack } from '../../letters/held-back.ts';
import { readLetter, type LetterAtHand } from '../../letters/letter-at-hand.ts';
import { NOTICE_DELIVERY, type DeliveryInput } from '../../workflows/notice-delivery.messages.ts';
import type { DeliveryStart } from '../case-client.ts';
import { Refused } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import { allow, audited, officeOf, todayOf, type Call } from './context.ts';
import type { WithId } from './decisions.ts';
import { subjectFor } from './notices.ts';
import { doneOnce } from './once.ts';
import { describeRecipients } from './recipients.ts';
import { deliverNow } from './tell-case.ts';

export interface HeldLetterAnswer {
  /** `M-000001/monitor-contract/1`. */
  readonly letter: string;
  readonly done: string;
  /** Who gets it now; no names. */
  readonly to: readonly {
    readonly channel: 'email' | 'print';
    readonly language: string;
    readonly assumed: boolean;
  }[];
  /** Kept, and begun as soon as Temporal can be reached. */
  readonly waits: boolean;
}

export interface HeldLetterWish extends WithId {
  readonly reason: string;
}

/** Lets it leave. Refused, with the mend, while the records still hold it back. */
export async function releaseHeldLetter(
  call: Call,
  number: string,
  { id, reason }: HeldLetterWish,
): Promise<HeldLetterAnswer> {
  const ref = await mine(call, number);
  const key = stepKeyOf(number, ref.kind, ref.sequence);
  const { response } = await doneOnce(
    call,
    { id, door: 'letter.release', wish: { number, reason } },
    async (tx) => {
      const step = await lockedStep(tx, key, number);
      const letter = await readLetter(tx, ref);
      if (!letter) throw notHeld(number);
      await refuseUnlessHeld(tx, step, letter);
      const code = whyHeldBack(letter);
      if (code !== null) throw new Refused(refusal(code, heldBackWords(ref.kind, code), { letter: key }));
      await letGo(tx, key);
      await beginDelivery(tx, letter);
      await audited(tx, call, 'letter.released', `letter ${key}`, { reason });
      return { letter: key, to: describeRecipients(letter.recipients).to };
    },
  );
  const waits = await deliverNow(call, call.db, number);
  return {
    ...response,
    done: `The ${letterName(ref.kind)} ${ref.kind === 'address-findings' ? 'leave' : 'leaves'} now.`,
    waits,
  };
}

/** It stays in the house for good: somebody handed it over, or said it otherwise. */
export async function withdrawHeldLetter(
  call: Call,
  number: string,
  { id, reason }: HeldLetterWish,
): Promise<HeldLetterAnswer> {
  const ref = await mine(call, number);
  const key = stepKeyOf(number, ref.kind, ref.sequence);
  await doneOnce(call, { id, door: 'letter.withdraw', wish: { number, reason } }, async (tx) => {
    await lockedStep(tx, key, number);
    if (!(await takeBackLetter(tx, key))) throw notHeld(number);
    await audited(tx, call, 'letter.withdrawn', `letter ${key}`, { reason });
    return { letter: key };
  });
  return {
    letter: key,
    done: `The ${letterName(ref.kind)} ${ref.kind === 'address-findings' ? 'are' : 'is'} not sent any more.`,
    to: [],
    waits: false,
  };
}

/** Whose work the letter is of: whoever may end a monitor, or may work a call. */
async function mine(call: Call, number: string) {
  allow(call, number.startsWith('M-') ? 'monitor.end' : 'call.work');
  await subjectFor(call, call.db, number);
  return { caseNumber: number, kind: letterOfSubject(number), sequence: ONLY_SEQUENCE };
}

async function lockedStep(tx: Tx, key: string, number: string): Promise<StepRow> {
  // Locking makes a bare row where there is none.
  if (!(await stepByKey(tx, key))) throw notHeld(number);
  return lockStep(tx, key);
}

function notHeld(number: string): Refused {
  return new Refused(
    refusal(
      'LETTER_NOT_WAITING',
      `No letter of ${subjectWords(number)} is held back; \`notice list --case ${number}\` shows what has left.`,
    ),
  );
}

/** Held back as a whole, or begun and one copy kept from leaving (practice without a mailbox). */
async function refuseUnlessHeld(tx: Tx, { key, status }: StepRow, letter: LetterAtHand): Promise<void> {
  const { caseNumber } = letter.letter;
  if (status === 'blocked') return;
  if (status !== 'leaving' || !letter.recipients.ok) throw notHeld(caseNumber);
  const copies = new Set((await noticesOfStep(tx, key)).map((one) => one.key));
  if (letter.recipients.addressees.every((one) => copies.has(`${key}/${one.key}`))) throw notHeld(caseNumber);
}

/** The delivery anew: what it looks at first is the records. One still under way stays the only one. */
async function beginDelivery(tx: Tx, { letter, school, office }: LetterAtHand): Promise<void> {
  const today = await todayOf(tx);
  const delivery: DeliveryInput = {
    ...letter,
    ...{ sendOn: today, sendingTime: null, clock: officeClock(await officeOf(tx), today) },
  };
  const start: DeliveryStart = { delivery, office: office.code, school: school.code };
  await enqueue(tx, letter.caseNumber, 'start', NOTICE_DELIVERY, { ...start });
}
