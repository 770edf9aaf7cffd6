/**
 * One letter of a case on its way: it waits for the office's sending time, asks the records whether it may still leave
 * and to whom, and sees each addressee's copy out. A workflow of its own, so that a dead mail server never holds up a
 * deadline of the case. What went out is told to the case through the outbox, in the same transaction that records it.
 */
import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { shortDate } from '../domain/dates.ts';
import { instantOf, recheckMs } from '../domain/office-clock.ts';
import { LETTER_NAMES } from '../domain/case/view.ts';
import type { LetterPlan, LetterRef, NoticeOutcome } from '../activities/ports.ts';
import { planning, sending } from './activity-profiles.ts';
import { lookAgainSignal, type DeliveryInput } from './notice-delivery.messages.ts';

export interface DeliveryResult {
  readonly status: 'left' | 'withdrawn' | 'blocked';
  readonly outcomes: readonly NoticeOutcome[];
}

export async function noticeDelivery(input: DeliveryInput): Promise<DeliveryResult> {
  const { caseNumber, kind, sequence, clock } = input;
  const letter: LetterRef = { caseNumber, kind, sequence };
  const name = `${LETTER_NAMES[kind]} of case ${caseNumber}`;
  let look = false;
  setHandler(
    lookAgainSignal,
    () => {
      look = true;
    },
    { description: 'An office day began: see whether the sending day has come' },
  );

  setCurrentDetails(
    `**The ${name} leaves on ${shortDate(input.sendOn)} at ${input.sendingTime}.** Until then the step can be withdrawn.`,
  );
  const summary = `${LETTER_NAMES[kind]} leaves on ${shortDate(input.sendOn)} at ${input.sendingTime}`;
  let wait = instantOf(clock, input.sendOn, input.sendingTime) - Date.now();
  let plan: LetterPlan;
  for (;;) {
    if (wait > 0) await sleepUnless(wait, () => look, summary);
    look = false;
    plan = await planning.planLetter(letter);
    if (plan.status === 'not-yet') wait = recheckMs(clock);
    else if (plan.status === 'withdrawing') wait = Math.max(plan.untilMs - Date.now(), 1_000);
    else break;
  }

  if (plan.status === 'withdrawn') {
    setCurrentDetails(`The ${name} was withdrawn before it left.`);
    return { status: 'withdrawn', outcomes: [] };
  }
  if (plan.status === 'blocked') {
    setCurrentDetails(`**The ${name} is held back: ${plan.code}.** A person must name a usable recipient.`);
    return { status: 'blocked', outcomes: [] };
  }

  // Each addressee by itself: one that cannot be reached never keeps the others waiting.
  const outcomes = await Promise.all(
    plan.notices.map(({ addressee, channel }) => {
      const how = { summary: `${channel === 'email' ? 'e-mail' : 'print'} the ${LETTER_NAMES[kind]}` };
      return channel === 'email'
        ? sending.sendNotice.executeWithOptions(how, [letter, addressee])
        : planning.printNotice.executeWithOptions(how, [letter, addressee]);
    }),
  );
  setCurrentDetails([`The ${name}:`, ...outcomes.map((one) => `- ${describe(one)}`)].join('\n'));
  return { status: 'left', outcomes };
}

function describe(outcome: NoticeOutcome): string {
  switch (outcome.status) {
    case 'sent':
      return 'sent by e-mail';
    case 'refused':
      return `e-mail refused (${outcome.code}): in the print queue`;
    case 'unknown':
      return '**outcome unknown**: a person settles whether it arrived';
    case 'queued':
      return 'in the print queue';
    case 'withheld':
      return `withheld (${outcome.code})`;
  }
}

/** Sleeps with a summary that staff can read on the timer, or until the condition holds. */
async function sleepUnless(ms: number, met: () => boolean, summary: string): Promise<void> {
  const timer = new CancellationScope();
  const slept = timer
    .run(() => sleep(ms, { summary }))
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  await Promise.race([slept, condition(met)]);
  timer.cancel();
  await slept;
}
