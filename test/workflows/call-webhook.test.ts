/** Offers by a signed webhook to an SMS gateway: a real HTTP server on loopback, a real Temporal that tries again. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messagesOfCall } from '../../db/stores/call-messages.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { officerById } from '../../db/stores/officers.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { station, type Station, type TestCall } from '../support/call-story.ts';
import { startSmsGateway, type SmsGateway } from '../support/sms-gateway.ts';

let harness: Harness;
let here: Station;
let gateway: SmsGateway;
beforeAll(async () => {
  harness = await startHarness();
  here = await station(harness);
});
afterAll(() => harness.stop());
beforeEach(async () => {
  await here.morning();
  gateway = await startSmsGateway();
});
afterEach(async () => {
  await here.empty();
  await gateway.stop();
});

const tasksOf = async (one: TestCall) =>
  (await listTasks(harness.db, { caseNumber: one.number })).map((task) => `${task.role} ${task.textCode}`);
const statusOf = async (one: TestCall, key: string) =>
  (await messagesOfCall(harness.db, one.number)).find((row) => row.key === `${one.number}/${key}`)?.status;

/** An officer whose telephone the gateway reaches, offered a true refusal. */
async function offered(reach = gateway.url): Promise<{ one: TestCall; officer: string }> {
  const officer = await here.officer({ channel: 'webhook', reach });
  await here.onDuty(officer);
  const one = await here.open('true-refusal');
  await one.untilStage('offered');
  return { one, officer };
}

// Timers first: other tests leave the server's time where they got to.
describe('an alarm by webhook', () => {
  it('is given up after an hour, and stays with the dispatcher', async () => {
    const colleague = await here.officer({ channel: 'webhook', reach: gateway.url });
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('true-refusal');
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    await here.onDuty(colleague);
    gateway.answers([], 503);
    await one.ask({ type: 'start-visit', officer, expectedMinutes: 20 });
    await harness.env.sleep('36m');
    await one.until('visit-overdue');
    await harness.env.sleep('61m');
    const key = `overdue/1/colleague/${colleague}`;
    await expect.poll(() => statusOf(one, key), { timeout: 10_000 }).toBe('refused');
    expect(gateway.posted.length).toBeGreaterThan(10);
    expect(await tasksOf(one)).toEqual(
      expect.arrayContaining(['dispatcher OFFICER_IS_OVERDUE', 'dispatcher RADIO_THE_ALARM']),
    );
    await one.ask({ type: 'arrive', officer });
    await one.ask({ type: 'leave', officer });
    await expect.poll(() => tasksOf(one)).toEqual([]);
  });
});

describe('an offer by webhook', () => {
  it('is signed so that the gateway can tell it is ours, and fresh, and names no student', async () => {
    const { one, officer } = await offered();
    await expect.poll(() => statusOf(one, 'offer/1')).toBe('sent');
    const [post] = gateway.posted;
    if (!post) throw new Error('nothing was posted');
    // As a gateway verifies it, with the key that was shown when the officer was put on the roster.
    const secret = (await officerById(harness.db, officer))?.secret ?? '';
    const { 'x-truancy-timestamp': stamp, 'x-truancy-signature': signature } = post.headers;
    const mac = createHmac('sha256', secret)
      .update(`${String(stamp)}.${post.body}`)
      .digest('hex');
    expect(timingSafeEqual(Buffer.from(String(signature)), Buffer.from(`sha256=${mac}`))).toBe(true);
    expect(Math.abs(Date.now() / 1000 - Number(stamp))).toBeLessThan(600);
    expect(JSON.parse(post.body)).toEqual({
      key: `${one.number}/offer/1`,
      kind: 'offer',
      call: one.number,
      officer,
      text: expect.stringContaining(`Call ${one.number}: True refusal, NORTH-HS. Can you go?`) as string,
    });
    expect(post.headers['idempotency-key']).toBe(`${one.number}/offer/1`);
    // Neither the student's name nor their number, nor an address.
    expect(post.body).not.toMatch(new RegExp(`Ada|Testchild|${one.student ?? 'no student'}\\b|Street`));
  });

  it('is tried again while the gateway says not now, under the same key', async () => {
    gateway.answers([503, 502], 200);
    const { one } = await offered();
    await expect.poll(() => statusOf(one, 'offer/1'), { timeout: 10_000 }).toBe('sent');
    const keys = gateway.posted.map((post) => post.headers['idempotency-key']);
    expect(keys).toEqual([1, 2, 3].map(() => `${one.number}/offer/1`));
    expect(await tasksOf(one)).toEqual([]);
  });

  it('of a gateway that stays away is radioed by the dispatcher meanwhile, and not once it got through', async () => {
    gateway.answers([503, 503, 503], 200);
    const { one } = await offered();
    await expect.poll(() => gateway.posted.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    await expect.poll(() => statusOf(one, 'offer/1'), { timeout: 20_000 }).toBe('sent');
    expect(await tasksOf(one)).toEqual([]);
    const done = await listTasks(harness.db, { caseNumber: one.number, done: true });
    expect(done.map((task) => [task.textCode, task.doneNote])).toEqual([['RADIO_THE_OFFER', 'it arrived']]);
  });

  it('that the gateway refuses for good is radioed at once', async () => {
    gateway.answers([], 410);
    const { one } = await offered();
    await expect.poll(() => statusOf(one, 'offer/1')).toBe('refused');
    expect(gateway.posted).toHaveLength(1);
    expect(await tasksOf(one)).toEqual(['dispatcher RADIO_THE_OFFER']);
    const [task] = await listTasks(harness.db, { caseNumber: one.number });
    expect(task?.details).toMatchObject({ code: 'HTTP_410', message: 'offer' });
  });

  it('of an office that only practises leaves for no real gateway', async () => {
    await updateOffice(harness.db, { practice: true });
    const { one } = await offered('https://sms.invalid/send');
    await expect.poll(() => statusOf(one, 'offer/1')).toBe('withheld');
    await expect.poll(() => tasksOf(one)).toEqual(['dispatcher RADIO_THE_OFFER']);
    await updateOffice(harness.db, { practice: false });
  });
});
