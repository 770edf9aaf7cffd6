/** E-mails that come back: by the office's mail server or from its mailbox, each report once. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import type { SendOutcome } from '../../activities/smtp.ts';
import type { Database } from '../../db/connect.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import { noticesOf, type NoticeListed } from '../../db/stores/notices.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { caseOnRecord, LEAVES_ON, officeOfLetters } from '../support/case-on-record.ts';
import { deliveryReport } from '../support/delivery-reports.ts';
import { guardian } from '../support/office-records.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let db: Database;
let office: TestOffice;
let mailServer: string;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  office = await testOffice(db);
  await officeOfLetters(db);
  mailServer = await office.person('mail-server', null);
}, 180_000);
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

const HOME = { lines: ['3 Home Street'], city: 'Testville', state: 'IL', postalCode: '61000' };
let families = 0;

/** A first notice that the mail server has taken, or of which nobody knows. */
async function mailed(
  outcome: SendOutcome = { kind: 'accepted', response: '250 ok' },
): Promise<NoticeListed> {
  families += 1;
  const sisId = `B${families}`;
  const letter = await caseOnRecord(db, {
    student: { sisId },
    guardians: [guardian(`G-${sisId}`, sisId, { email: `${sisId}@family.example`, address: HOME })],
  });
  const activities = createDeliveryActivities({
    db,
    mailIsCaught: true,
    mailer: {
      async send(_mail, onData) {
        await onData();
        return outcome;
      },
    },
  });
  const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const plan = await run(() => activities.planLetter(letter));
  if (plan.status !== 'leaving') throw new Error(plan.status);
  await run(() => activities.sendNotice(letter, plan.notices[0]?.addressee ?? ''));
  const [notice] = await noticesOf(db, letter.caseNumber);
  if (!notice) throw new Error('nothing was sent');
  return notice;
}

let reports = 0;
async function comesBack(notice: NoticeListed, more: Partial<Parameters<typeof deliveryReport>[0]> = {}) {
  reports += 1;
  const message = deliveryReport({
    messageId: notice.messageId ?? '',
    recipient: notice.toEmail ?? '',
    n: reports,
    ...more,
  });
  return { message, answer: await office.ask('POST', '/v1/bounces', { message }, mailServer) };
}

const stateOf = async ({ caseNumber }: NoticeListed) => {
  const [notices, row] = [await noticesOf(db, caseNumber), await caseByNumber(db, caseNumber)];
  const [adult] = await guardiansOf(db, row!.studentId);
  return {
    notices,
    adult,
    step: await stepByKey(db, `${caseNumber}/first-notice/1`),
    tasks: (await listTasks(db, { caseNumber })).map((task) => task.textCode),
  };
};

describe('a letter that came back for good', () => {
  it('goes by post as it was, its address is marked, and the step stays out', async () => {
    const notice = await mailed();
    const { answer } = await comesBack(notice);
    expect(answer.body).toEqual({
      reports: [{ outcome: 'printed', notice: notice.key, statusCode: '5.1.1', repeated: false }],
    });
    const { notices, adult, step, tasks } = await stateOf(notice);
    expect(notices).toMatchObject([
      { status: 'sent', failureCode: 'BOUNCED_5.1.1' },
      { status: 'queued', channel: 'print', insteadOf: notice.key, toAddress: HOME },
    ]);
    expect(adult?.emailBadSince).not.toBeNull();
    expect(step).toMatchObject({ status: 'out', outOn: LEAVES_ON });
    expect(tasks).toContain('LETTER_CAME_BACK_PRINTED');
  });

  it('told twice, by whichever way, is printed once', async () => {
    const notice = await mailed();
    const { message } = await comesBack(notice);
    const again = await office.api.inject({
      method: 'POST',
      url: '/v1/bounces',
      headers: { authorization: `Bearer ${mailServer}`, 'content-type': 'message/rfc822' },
      payload: message,
    });
    expect(again.json()).toMatchObject({ reports: [{ outcome: 'printed', repeated: true }] });
    const another = await comesBack(notice);
    expect(another.answer.body).toMatchObject({ reports: [{ outcome: 'noted' }] });
    expect((await stateOf(notice)).notices).toHaveLength(2);
  });

  it('from an address it was handed on to leaves the address on record unmarked', async () => {
    const notice = await mailed();
    await comesBack(notice, { recipient: 'somebody-else@elsewhere.example' });
    const { notices, adult } = await stateOf(notice);
    expect(notices).toHaveLength(2);
    expect(adult?.emailBadSince).toBeNull();
  });

  it('of which nobody knew whether it had left is settled by that', async () => {
    const notice = await mailed({ kind: 'unknown', code: 'CLOSED' });
    await comesBack(notice);
    expect((await stateOf(notice)).notices).toMatchObject([
      { status: 'unknown', settledAs: 'print' },
      { status: 'queued' },
    ]);
  });

  it('after the family has moved: a person is asked, nothing goes to the old door', async () => {
    const notice = await mailed();
    await db.execute(
      `update guardians set address_bad_since = now() where id = ${notice.recipientGuardianIds[0]}`,
    );
    const { answer } = await comesBack(notice);
    expect(answer.body).toMatchObject({ reports: [{ outcome: 'noted' }] });
    const { notices, tasks } = await stateOf(notice);
    expect(notices).toHaveLength(1);
    expect(tasks).toContain('LETTER_CAME_BACK_AND_NO_ADDRESS');
  });
});

describe('other messages', () => {
  it('a server still trying changes nothing', async () => {
    const notice = await mailed();
    const { answer } = await comesBack(notice, { action: 'delayed', status: '4.4.1' });
    expect(answer.body).toMatchObject({ reports: [{ outcome: 'delayed' }] });
    expect(await stateOf(notice)).toMatchObject({ notices: [{ failureCode: null }] });
  });

  it('a report on no letter of ours is said and listed', async () => {
    const notice = await mailed();
    const { answer } = await comesBack(notice, { messageId: '<stranger@elsewhere.example>' });
    expect(answer.body).toMatchObject({ reports: [{ outcome: 'unmatched', notice: null }] });
    const list = await office.ask('GET', '/v1/bounces');
    expect(list.body).toMatchObject({
      reports: expect.arrayContaining([
        { notice: null, outcome: 'unmatched', statusCode: '5.1.1', on: LEAVES_ON },
      ]) as unknown,
    });
  });

  it('a parent’s answer is left alone', async () => {
    const message = 'From: mara@example.org\r\nSubject: Re: School attendance\r\n\r\nThank you.\r\n';
    const { body } = await office.ask('POST', '/v1/bounces', { message }, mailServer);
    expect(body).toMatchObject({ reports: [{ outcome: 'no-report' }] });
  });
});

it('the mail server’s key opens nothing else, and no key opens nothing', async () => {
  const { key } = await mailed();
  expect((await office.ask('POST', '/v1/bounces', { message: 'x' }, null)).status).toBe(401);
  for (const url of [`/v1/notices/${encodeURIComponent(key)}`, '/v1/bounces', '/v1/print-queue'])
    expect((await office.ask('GET', url, undefined, mailServer)).status).toBe(403);
});
