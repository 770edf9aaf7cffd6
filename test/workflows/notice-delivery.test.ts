/** One letter's delivery: another day, kept in the house, let go again; and what happens in the moment between. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerDataConverter } from '../../client/data-converter.ts';
import type { DeliveryActivities, LetterPlan } from '../../activities/ports.ts';
import { noticeByKey, noticesOf } from '../../db/stores/notices.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { testBundle } from '../support/bundle.ts';
import {
  lookAgainSignal,
  NOTICE_DELIVERY,
  type DeliveryInput,
} from '../../workflows/notice-delivery.messages.ts';
import type { noticeDelivery } from '../../workflows/notice-delivery.ts';
import { startHarness, type Harness, type TestCase } from '../support/case-harness.ts';
import {
  DELIVERY_STORIES,
  deliveryOf,
  JUDGES_FIRST,
  letGo,
  STORY_MAIL,
  timerSummaries,
} from '../support/delivery-stories.ts';
import { lookAgain } from '../support/scenarios.ts';

const FOLDER = path.join(import.meta.dirname, 'histories', 'deliveries');
const kept = readdirSync(FOLDER).filter((file) => file.endsWith('.bin'));

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(STORY_MAIL);
}, 120_000);
afterAll(() => harness.stop());

async function sentOnce(one: TestCase): Promise<void> {
  const [out, ...more] = await one.until('letter-out');
  expect({ on: out?.officeDate, more }).toEqual({ on: '2025-01-22', more: [] });
  const [notice, ...others] = await noticesOf(harness.db, one.number);
  expect(others).toEqual([]);
  expect(harness.mail.store.list({ messageId: notice?.messageId ?? 'none' })).toHaveLength(1);
}

const story = (name: string) => {
  const found = DELIVERY_STORIES.find((one) => one.name === name);
  if (!found) throw new Error(`there is no story ${name}`);
  return found.tell(harness);
};

describe('a letter whose day changes', () => {
  it('while its delivery waits: the same delivery takes the new day, and says so', async () => {
    const one = await story('another-day-while-it-waits');
    expect(await deliveryOf(harness, one).result()).toMatchObject({ status: 'left' });
    expect(await timerSummaries(deliveryOf(harness, one))).toEqual([
      'first notice leaves on Wed 15 Jan 2025 at 10:00',
      'first notice leaves on Wed 22 Jan 2025 at 10:00',
    ]);
    await sentOnce(one);
  });

  it('after its delivery has ended: the case begins it anew, and one mail leaves', async () => {
    const one = await story('parked');
    expect(await deliveryOf(harness, one).result()).toEqual({ status: 'parked', outcomes: [] });
    const ended = (await deliveryOf(harness, one).describe()).runId;
    expect(await stepByKey(harness.db, `${one.number}/first-notice/1`)).toMatchObject({
      status: 'waiting',
      parked: 'hold',
    });
    await letGo(one, '2025-01-21');
    await one.day('2025-01-22');
    await lookAgain(harness, one, 'first-notice-1');
    await sentOnce(one);
    expect((await deliveryOf(harness, one).describe()).runId).not.toBe(ended);
  });
});

describe('a correction on its way to the case', () => {
  it('is judged first: the delivery looks again shortly, and finds its letter kept in the house', async () => {
    const one = await story('facts-first-then-parked');
    expect(await timerSummaries(deliveryOf(harness, one))).toContain(JUDGES_FIRST);
    expect(await deliveryOf(harness, one).result()).toEqual({ status: 'parked', outcomes: [] });
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
  });
});

describe('a letter whose reader is lost on the way', () => {
  it('is planned again: nobody forbidden is written to or named, the other parent once', async () => {
    const one = await story('an-order-while-the-server-says-not-now');
    expect(await deliveryOf(harness, one).result()).toEqual({
      status: 'left',
      outcomes: [{ status: 'withheld', code: 'NO_LONGER_A_RECIPIENT' }, { status: 'sent' }],
    });
    const [notice, ...others] = await noticesOf(harness.db, one.number);
    expect(others).toEqual([]);
    const mails = harness.mail.store.list({ recipient: notice?.toEmail ?? 'none' });
    expect(mails.map((mail) => mail.messageId)).toEqual([notice?.messageId]);
    expect((await noticeByKey(harness.db, notice?.key ?? ''))?.text).not.toContain('Barred');
  });

  it('held back for want of an address, and mended before the delivery has ended: it leaves, once', async () => {
    const one = await story('blocked-and-mended-at-once');
    expect(await deliveryOf(harness, one).result()).toEqual({
      status: 'left',
      outcomes: [{ status: 'sent' }],
    });
    await one.until('letter-out');
    const [notice, ...others] = await noticesOf(harness.db, one.number);
    expect([notice?.toEmail, others]).toEqual(['mended@family.example', []]);
    expect(harness.mail.store.list({ messageId: notice?.messageId ?? 'none' })).toHaveLength(1);
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
      sendSchoolCopy: () => Promise.reject(new Error('nothing is copied here')),
    };
    const worker = await Worker.create({
      connection: harness.env.nativeConnection,
      namespace: harness.env.namespace ?? 'default',
      taskQueue: id,
      workflowBundle: await testBundle(),
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

describe('replay of deliveries', () => {
  let bundle: Awaited<ReturnType<typeof testBundle>>;
  beforeAll(async () => {
    bundle = await testBundle();
  });

  it('has a history of every story', () => {
    const wanted = DELIVERY_STORIES.map((one) => `${one.name}.bin`);
    expect(kept.filter((file) => !file.startsWith('released-')).sort()).toEqual(wanted.sort());
  });

  it.each(kept)('%s', async (file) => {
    const history = proto.temporal.api.history.v1.History.decode(readFileSync(path.join(FOLDER, file)));
    expect(history.events.length).toBeGreaterThan(3);
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: workerDataConverter }, history);
  });
});
