/**
 * One letter on its way, of a case, a monitor or a call: it waits for the office's sending time, asks the records whether it may still leave
 * and to whom, and sees each addressee's copy out. A workflow of its own, so that a dead mail server never holds up a
 * deadline of the case. What went out is told to the case through the outbox, in the same transaction that records it.
 */
import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { shortDate, type IsoDate } from '../domain/dates.ts';
import { instantOf, recheckMs } from '../domain/office-clock.ts';
import { PARKED_WORDS } from '../domain/case/rules.ts';
import { letterName, subjectWords, type SentLetterRef } from '../domain/department-letters.ts';
import type { LetterPlan, NoticeOutcome, PlannedNotice } from '../activities/ports.ts';
import { planning, sending } from './activity-profiles.ts';
import { lookAgainSignal, mailQueueOf, type DeliveryInput } from './notice-delivery.messages.ts';

export interface DeliveryResult {
  readonly status: 'left' | 'withdrawn' | 'blocked' | 'parked';
  readonly outcomes: readonly NoticeOutcome[];
}

/** The first pause before looking again whether the case has taken the facts on their way to it; then twice as long, and so on. */
const FACTS_PAUSE_MS = 1_000;

export async function noticeDelivery(input: DeliveryInput): Promise<DeliveryResult> {
  const { caseNumber, kind, sequence, clock, sendingTime } = input;
  const letter: SentLetterRef = { caseNumber, kind, sequence };
  const name = `${letterName(kind)} of ${subjectWords(caseNumber)}`;
  let look = false;
  setHandler(
    lookAgainSignal,
    () => {
      look = true;
    },
    { description: 'An office day began, or the case says when it may leave: look again' },
  );

  let summary = '';
  /** Milliseconds until the office's sending time on a day; says so to whoever looks. */
  const until = (sendOn: IsoDate): number => {
    if (sendingTime === null) return 0;
    setCurrentDetails(
      `**The ${name} leaves on ${shortDate(sendOn)} at ${sendingTime}.** Until then the step can be withdrawn.`,
    );
    summary = `${letterName(kind)} leaves on ${shortDate(sendOn)} at ${sendingTime}`;
    return instantOf(clock, sendOn, sendingTime) - Date.now();
  };
  let wait = until(input.sendOn);
  let factsPause = 0;
  let plan: LetterPlan;
  for (;;) {
    if (wait > 0) await sleepUnless(wait, () => look, summary);
    look = false;
    plan = await planning.planLetter(letter);
    if (plan.status !== 'facts-first') factsPause = 0;
    if (plan.status === 'not-yet') {
      const ahead = plan.sendOn === undefined ? 0 : until(plan.sendOn);
      // Its hour has come by the clock but not by the records: a driven office is slower than was guessed.
      wait = ahead > 0 ? ahead : recheckMs(clock);
    } else if (plan.status === 'facts-first') {
      factsPause = Math.min(Math.max(2 * factsPause, FACTS_PAUSE_MS), recheckMs(clock));
      wait = factsPause;
      summary = 'the case judges what is on its way to it first';
      setCurrentDetails(
        `**The ${name} waits until its case has judged the facts that are on their way to it.**`,
      );
    } else if (plan.status === 'withdrawing') {
      wait = Math.max(plan.untilMs - Date.now(), 1_000);
      summary = 'a decision that would stop the letter is being asked';
    } else if (look && mayLeaveMeanwhile(plan)) wait = 0;
    else break;
  }

  if (plan.status === 'withdrawn') {
    setCurrentDetails(`The ${name} was withdrawn before it left.`);
    return { status: 'withdrawn', outcomes: [] };
  }
  if (plan.status === 'blocked') {
    setCurrentDetails(`**The ${name} is held back: ${plan.code}.** ${mend(plan.code)}`);
    return { status: 'blocked', outcomes: [] };
  }

  if (plan.status === 'parked') {
    setCurrentDetails(
      `**The ${name} stays in the house: ${PARKED_WORDS[plan.reason]}.** Its case begins its delivery anew.`,
    );
    return { status: 'parked', outcomes: [] };
  }

  // Mail has a queue of its own, which an office can slow down to what its mail server takes.
  const byMail = patched('mail-queue') ? { taskQueue: mailQueueOf(workflowInfo().taskQueue) } : {};
  /** Each addressee by itself: one that cannot be reached never keeps the others waiting. */
  const deliver = (notices: readonly PlannedNotice[]) =>
    Promise.all(
      notices.map(({ addressee, channel }) => {
        const summary = `${channel === 'email' ? 'e-mail' : 'print'} the ${letterName(kind)}`;
        return channel === 'email'
          ? sending.sendNotice.executeWithOptions({ summary, ...byMail }, [letter, addressee])
          : planning.printNotice.executeWithOptions({ summary }, [letter, addressee]);
      }),
    );
  const outcomes = await deliver(plan.notices);
  const tried = new Set(plan.notices.map((one) => one.addressee));
  // An order came, somebody moved in or out: whoever may be written to now is written to, or a person is asked.
  while (outcomes.some(lostItsReader) && patched('plans-again')) {
    const again = await planning.planLetter(letter);
    if (again.status === 'blocked' && !outcomes.some(isOnItsWay)) {
      setCurrentDetails(`**The ${name} is held back: ${again.code}.** ${mend(again.code)}`);
      return { status: 'blocked', outcomes };
    }
    const fresh = again.status === 'leaving' ? again.notices.filter((one) => !tried.has(one.addressee)) : [];
    if (fresh.length === 0) break;
    for (const { addressee } of fresh) tried.add(addressee);
    outcomes.push(...(await deliver(fresh)));
  }
  if (plan.schoolCopy && outcomes.some(isOnItsWay)) {
    const summary = `tell the school that the ${letterName(kind)} has left`;
    await sending.sendSchoolCopy.executeWithOptions({ summary, ...byMail }, [letter]);
  }
  setCurrentDetails([`The ${name}:`, ...outcomes.map((one) => `- ${describe(one)}`)].join('\n'));
  return { status: 'left', outcomes };
}

function mend(code: string): string {
  return code === 'NO_LEGAL_RECIPIENT' || code === 'NO_ADDRESS'
    ? 'A person must name a usable recipient.'
    : 'A person must look at the records, then let it go or take the step back.';
}

/** The case may have let it go, and told this delivery so, between the plan and its end. */
function mayLeaveMeanwhile(plan: LetterPlan): boolean {
  return plan.status === 'parked' || (plan.status === 'blocked' && patched('blocked-looks-again'));
}

/** Whoever it was for may no longer be written to, or no longer in this way. */
function lostItsReader(outcome: NoticeOutcome): boolean {
  return outcome.status === 'withheld' && NOT_TO_THIS_READER.has(outcome.code);
}

const NOT_TO_THIS_READER: ReadonlySet<string> = new Set([
  'NO_LONGER_A_RECIPIENT',
  'NO_CONTACT_ORDER',
  'NOT_A_RECIPIENT',
  'NO_TIE_TO_STUDENT',
]);

function isOnItsWay({ status }: NoticeOutcome): boolean {
  return status !== 'withheld';
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
