/** One letter's delivery: another day, kept in the house, let go again; and what happens in the moment between. */
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryActivities, LetterPlan } from '../../activities/ports.ts';
import { noticesOf } from '../../db/stores/notices.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { WORKFLOWS } from '../../worker/worker.ts';
import {
  lookAgainSignal,
  NOTICE_DELIVERY,
  type DeliveryInput,
} from '../../workflows/notice-delivery.messages.ts';
import type { noticeDelivery } from '../../workflows/notice-delivery.ts';
import { startHarness, SCHOOL_ACTOR, type Harness, type TestCase } from '../support/case-harness.ts';
import { lookAgain } from '../support/scenarios.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(() => harness.stop());

const by = { actor: SCHOOL_ACTOR } as const;
const LETTER = 'first-notice-1';
const deliveryOf = (one: TestCase) => harness.env.client.workflow.getHandle(`notice-${one.number}-${LETTER}`);

async function referred(): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'] });
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention('2025-01-13', kind);
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  await one.until('letter-decided');
  return one;
}

async function hold(one: TestCase, on: string): Promise<void> {
  const held = { kind: 'medical', reason: 'in hospital', owner: 'case-manager', until: '2025-01-31' };
  await one.decide({ ...by, ...held, type: 'place-hold', id: `${one.number}-hold`, officeDate: on });
  await one.until('letter-parked');
}

async function letGo(one: TestCase, on: string): Promise<void> {
  const hold = { hold: `${one.number}-hold`, reason: 'back at school', officeDate: on };
  await one.decide({ ...by, ...hold, type: 'release-hold', id: `${one.number}-release` });
  const letter = {
    letter: { kind: 'first-notice', sequence: 1 },
    reason: 'still true',
    officeDate: on,
  } as const;
  await one.decide({ ...by, ...letter, type: 'release-letter', id: `${one.number}-letter` });
  await one.until('letter-rescheduled');
}

async function timerSummaries(one: TestCase): Promise<string[]> {
  const { events } = await deliveryOf(one).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const data = event.timerStartedEventAttributes ? event.userMetadata?.summary?.data : null;
    return data ? [JSON.parse(new TextDecoder().decode(data)) as string] : [];
  });
}

async function sentOnce(one: TestCase): Promise<void> {
  const [out, ...more] = await one.until('letter-out');
  expect({ on: out?.officeDate, more }).toEqual({ on: '2025-01-22', more: [] });
  const [notice, ...others] = await noticesOf(harness.db, one.number);
  expect(others).toEqual([]);
  expect(harness.mail.store.list({ messageId: notice?.messageId ?? 'none' })).toHaveLength(1);
}

describe('a letter whose day changes', () => {
  it('while its delivery waits: the same delivery takes the new day, and says so', async () => {
    const one = await referred();
    await hold(one, '2025-01-14');
    await letGo(one, '2025-01-21');
    await expect
      .poll(() => timerSummaries(one), { timeout: 15_000 })
      .toEqual([
        'first notice leaves on Wed 15 Jan 2025 at 10:00',
        'first notice leaves on Wed 22 Jan 2025 at 10:00',
      ]);
    const { runId } = await deliveryOf(one).describe();
    await one.day('2025-01-22');
    await lookAgain(harness, one, LETTER);
    expect(await deliveryOf(one).result()).toMatchObject({ status: 'left' });
    expect((await deliveryOf(one).describe()).runId).toBe(runId);
    await sentOnce(one);
  });

  it('after its delivery has ended: the case begins it anew, and one mail leaves', async () => {
    const one = await referred();
    await hold(one, '2025-01-14');
    await one.day('2025-01-15');
    await lookAgain(harness, one, LETTER);
    expect(await deliveryOf(one).result()).toEqual({ status: 'parked', outcomes: [] });
    const ended = (await deliveryOf(one).describe()).runId;
    expect(await stepByKey(harness.db, `${one.number}/first-notice/1`)).toMatchObject({
      status: 'waiting',
      parked: 'hold',
    });
    await letGo(one, '2025-01-21');
    await one.day('2025-01-22');
    await lookAgain(harness, one, LETTER);
    await sentOnce(one);
    expect((await deliveryOf(one).describe()).runId).not.toBe(ended);
  });
});

describe('a delivery that is about to end while the case lets its letter go', () => {
  it.each([
    { status: 'parked', reason: 'hold' },
    { status: 'blocked', code: 'NO_ADDRESS' },
  ] as const)('looks again before it ends $status', async (first) => {
    const plans: LetterPlan[] = [first, { status: 'withdrawn' }];
    const id = `notice-C-999999-${first.status}`;
    const planned: string[] = [];
    const activities: DeliveryActivities = {
      async planLetter() {
        const plan = plans.shift() ?? { status: 'withdrawn' };
        planned.push(plan.status);
        // The case’s word arrives after the plan was made, before the delivery has heard of the plan.
        if (planned.length === 1) await harness.env.client.workflow.getHandle(id).signal(lookAgainSignal);
        return plan;
      },
      sendNotice: () => Promise.reject(new Error('nothing is sent here')),
      printNotice: () => Promise.reject(new Error('nothing is printed here')),
    };
    const worker = await Worker.create({
      connection: harness.env.nativeConnection,
      namespace: harness.env.namespace ?? 'default',
      taskQueue: id,
      workflowBundle: await bundleWorkflowCode({
        workflowsPath: WORKFLOWS,
        logger: new DefaultLogger('ERROR'),
      }),
      activities,
    });
    const input: DeliveryInput = {
      ...{ caseNumber: 'C-999999', kind: 'first-notice', sequence: 1 },
      ...{ sendOn: '2025-01-15', sendingTime: '10:00' },
      clock: { kind: 'real', offsets: [] },
    };
    const result = await worker.runUntil(
      harness.env.client.workflow.execute<typeof noticeDelivery>(NOTICE_DELIVERY, {
        workflowId: id,
        taskQueue: id,
        args: [input],
      }),
    );
    expect(result).toEqual({ status: 'withdrawn', outcomes: [] });
    expect(planned).toEqual([first.status, 'withdrawn']);
  });
});
