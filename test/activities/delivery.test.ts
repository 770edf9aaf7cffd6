/** A letter's way out, against a mail server that fails the way real ones do. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import type { Mailer } from '../../activities/smtp.ts';
import { relayCase } from '../../client/relay.ts';
import { markPosted, noticesOf, settleUnknown, type NoticeListed } from '../../db/stores/notices.ts';
import { setNoContact, guardiansOf } from '../../db/stores/guardians.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { mergeMarks } from '../../db/stores/attendance.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { getStudent } from '../../db/stores/students.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import type { Fact } from '../../domain/case/facts.ts';
import { SIGNAL_OF_FACT } from '../../workflows/truancy-case.messages.ts';
import type { MailFault, MailPhase } from '../../stack/mail-catcher.ts';
import { startHarness, type Harness, type TestCase } from '../support/case-harness.ts';
import { CLERK } from '../support/office-records.ts';
import { lookAgain } from '../support/scenarios.ts';

let harness: Harness;
/** What the mail server does wrong, by phase; asked once a phase and message. */
let fault: (phase: MailPhase) => MailFault | undefined = () => undefined;

beforeAll(async () => {
  harness = await startHarness((_session, phase) => fault(phase));
});
afterAll(() => harness.stop());
afterEach(() => {
  fault = () => undefined;
});

const NO_MAILER: Mailer = {
  send: () => Promise.reject(new Error('nothing may be sent here')),
};

function once(at: MailPhase, what: MailFault): void {
  let done = false;
  fault = (phase) => {
    if (done || phase !== at) return undefined;
    done = true;
    return what;
  };
}

/** A first referral whose notice leaves now. */
async function leaving(options: Parameters<Harness['open']>[0] = {}): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'], ...options });
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention('2025-01-13', kind);
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  await one.until('letter-decided');
  await one.day('2025-01-15');
  await lookAgain(harness, one, 'first-notice-1');
  return one;
}

async function settled(one: TestCase, wanted: readonly NoticeListed['status'][]): Promise<NoticeListed[]> {
  for (let tries = 0; tries < 400; tries += 1) {
    const notices = await noticesOf(harness.db, one.number);
    const statuses = notices.map((notice) => notice.status).sort();
    if (statuses.join() === [...wanted].sort().join()) return notices;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const notices = await noticesOf(harness.db, one.number);
  throw new Error(`the notices are ${notices.map((notice) => notice.status).join(', ')}`);
}

const caught = (notice: NoticeListed | undefined) =>
  harness.mail.store.list({ messageId: notice?.messageId ?? 'none' });

describe('a notice by e-mail', () => {
  it('goes to the guardian alone, without the child’s name in its subject, and says what it rests on', async () => {
    const one = await leaving();
    const [notice] = await settled(one, ['sent']);
    const [mail, ...more] = caught(notice);
    expect(more).toEqual([]);
    expect(mail?.to).toEqual([notice?.toEmail]);
    expect(mail?.subject).not.toMatch(/Student|S\d/);
    expect(notice?.evidence).toMatchObject({
      decidedOn: '2025-01-14',
      count: { unexcusedDays: 3, asOf: '2025-01-14' },
    });
    expect(notice?.templateVersion).toMatch(/^[0-9a-f]{12}$/);
    const [out] = await one.until('letter-out');
    // What a later correction is held against: the absences as the letter listed them.
    expect(out?.data['stated']).toEqual({
      asOf: '2025-01-14',
      days: [
        ['2025-01-08', 1],
        ['2025-01-10', 1],
        ['2025-01-14', 1],
      ],
    });
  });

  it('is tried again when the server says "not now" after the message, and arrives once', async () => {
    once('data-end', { reply: { code: 451, text: 'try again later' } });
    const one = await leaving();
    const [notice] = await settled(one, ['sent']);
    expect(caught(notice)).toHaveLength(1);
  });

  it('is tried again when the connection breaks before the greeting', async () => {
    once('connect', { destroy: true });
    const one = await leaving();
    const [notice] = await settled(one, ['sent']);
    expect(caught(notice)).toHaveLength(1);
  });

  it('goes by post when the server refuses the address for good', async () => {
    once('rcpt', { reply: { code: 550, text: 'no such mailbox' } });
    const one = await leaving();
    const notices = await settled(one, ['refused', 'queued']);
    const print = notices.find((notice) => notice.status === 'queued');
    const refused = notices.find((notice) => notice.status === 'refused');
    expect(print).toMatchObject({ channel: 'print', insteadOf: refused?.key });
    expect(caught(refused)).toEqual([]);
    expect((await one.journal()).map((row) => row.type)).not.toContain('letter-out');
  });

  it('is "unknown" when the connection breaks after the message was taken: never sent again, settled by a person', async () => {
    once('data-end', { destroy: true, stored: true });
    const one = await leaving();
    const [notice] = await settled(one, ['unknown']);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(caught(notice)).toHaveLength(1);
    const tasks = await listTasks(harness.db, { caseNumber: one.number });
    expect(tasks.map((task) => task.textCode)).toContain('SETTLE_UNKNOWN_MAIL');
    expect((await one.journal()).map((row) => row.type)).not.toContain('letter-out');
    await harness.db.transaction((tx) =>
      settleUnknown(tx, notice!.key, 'sent', CLERK.actor, 'seen in the mailbox', {
        outOn: '2025-01-15',
        signal: {
          name: 'letterOut',
          payload: {
            type: 'letter-out',
            officeDate: '2025-01-15',
            coverage: [],
            kind: 'first-notice',
            sequence: 1,
            channel: 'email',
            on: '2025-01-15',
          },
        },
      }),
    );
    await relayCase(harness.db, harness.cases, one.number);
    expect(await one.until('letter-out')).toHaveLength(1);
  });
});

describe('recipients', () => {
  it('a guardian without e-mail gets a printable letter, out when a person has posted it', async () => {
    const one = await leaving({ email: null });
    const [notice] = await settled(one, ['queued']);
    expect(notice).toMatchObject({ channel: 'print', messageId: null });
    const posted = await harness.db.transaction((tx) =>
      markPosted(tx, notice!.key, {
        postedBy: CLERK.actor,
        outOn: '2025-01-15',
        signal: {
          name: 'letterOut',
          payload: {
            type: 'letter-out',
            officeDate: '2025-01-15',
            coverage: [],
            kind: 'first-notice',
            sequence: 1,
            channel: 'print',
            on: '2025-01-15',
          },
        },
      }),
    );
    expect(posted.firstOut).toBe(true);
    await relayCase(harness.db, harness.cases, one.number);
    const [out] = await one.until('letter-out');
    expect(out?.data).toMatchObject({ channel: 'print', knownFrom: '2025-01-21' });
  });

  it('nobody under a no-contact order is written to: the letter is held back and a person asked', async () => {
    const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'] });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    await one.refer('2025-01-14');
    await one.until('letter-decided');
    const row = await caseByNumber(harness.db, one.number);
    const [guardian] = await guardiansOf(harness.db, row!.studentId);
    await harness.db.transaction((tx) => setNoContact(tx, guardian!.id, row!.studentId, true, CLERK));
    await one.day('2025-01-15');
    await lookAgain(harness, one, 'first-notice-1');
    const [blocked] = await one.until('letter-blocked');
    expect(blocked?.data).toMatchObject({ code: 'NO_LEGAL_RECIPIENT' });
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
    const tasks = await listTasks(harness.db, { caseNumber: one.number });
    expect(tasks.map((task) => task.textCode)).toContain('NO_USABLE_RECIPIENT');
  });
});

describe('a correction before the letter leaves', () => {
  /** A first referral on the absence of 14 January alone; its notice is due on the 15th. */
  async function waiting(): Promise<TestCase> {
    const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08'] });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    await one.refer('2025-01-14');
    await one.until('letter-decided');
    return one;
  }
  const FIRST = { kind: 'first-notice', sequence: 1 } as const;
  const delivery = (one: TestCase) =>
    harness.env.client.workflow.getHandle(`notice-${one.number}-first-notice-1`);

  /** The absence of 14 January is excused in the records; the fact for the case waits in the outbox. */
  async function excuseUntold(one: TestCase, day = '2025-01-14'): Promise<void> {
    const kept = await caseByNumber(harness.db, one.number);
    const student = await getStudent(harness.db, kept!.studentId);
    const fact: Fact = {
      type: 'attendance',
      officeDate: '2025-01-15',
      coverage: await coverageOf(harness.db, 'NORTH-HS'),
      days: [{ date: day, fraction: 0, code: 'U', school: 'NORTH-HS' }],
    };
    await harness.db.transaction(async (tx) => {
      const mark = { sisId: student!.sisId, school: 'NORTH-HS', date: day, code: 'E', fraction: 1 };
      await mergeMarks(tx, [mark], { ...CLERK, source: 'D1/test' });
      await enqueue(tx, one.number, 'signal', SIGNAL_OF_FACT[fact.type], fact as unknown as JsonObject);
    });
  }

  const inActivity = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);

  /** The delivery has asked, and may send; the next thing is the claim. */
  async function planned(one: TestCase) {
    const activities = createDeliveryActivities({ db: harness.db, mailer: NO_MAILER, mailIsCaught: true });
    const letter = { caseNumber: one.number, ...FIRST };
    const plan = await inActivity(() => activities.planLetter(letter));
    if (plan.status !== 'leaving') throw new Error(plan.status);
    return { activities, letter, addressee: plan.notices[0]?.addressee ?? '' };
  }

  it('told to the case in time keeps the letter in the house', async () => {
    const one = await waiting();
    await one.excuse('2025-01-15', '2025-01-14');
    expect((await one.until('letter-parked'))[0]?.data).toMatchObject({ ...FIRST, why: 'basis' });
    await lookAgain(harness, one, 'first-notice-1');
    expect(await delivery(one).result()).toEqual({ status: 'parked', outcomes: [] });
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
  });

  it('still on its way to the case is judged before the letter leaves', async () => {
    const one = await waiting();
    await setDrivenToday(harness.db, '2025-01-15');
    await excuseUntold(one);
    await lookAgain(harness, one, 'first-notice-1');
    // Long enough for more than one look; nobody carries the fact meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
    expect((await delivery(one).describe()).status.name).toBe('RUNNING');
    expect((await stepByKey(harness.db, `${one.number}/first-notice/1`))?.status).toBe('waiting');
    await one.until('letter-parked');
    expect(await delivery(one).result()).toEqual({ status: 'parked', outcomes: [] });
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
  });

  it('between plan and claim withholds the letter, and the case is told', async () => {
    const one = await waiting();
    await setDrivenToday(harness.db, '2025-01-15');
    const { activities, letter, addressee } = await planned(one);
    await excuseUntold(one);
    const outcome = await inActivity(() => activities.sendNotice(letter, addressee));
    expect(outcome).toEqual({ status: 'withheld', code: 'EVIDENCE_CHANGED' });
    expect(await noticesOf(harness.db, one.number)).toEqual([]);
    expect(await stepByKey(harness.db, `${one.number}/first-notice/1`)).toMatchObject({
      status: 'blocked',
      blockedReason: 'EVIDENCE_CHANGED',
    });
    expect((await one.until('letter-blocked'))[0]?.data).toMatchObject({ code: 'EVIDENCE_CHANGED' });
  });

  it('that takes away a day but not the step is in the letter that leaves', async () => {
    const one = await waiting();
    await setDrivenToday(harness.db, '2025-01-15');
    const { activities, letter, addressee } = await planned(one);
    await excuseUntold(one, '2025-01-08');
    await inActivity(() => activities.printNotice(letter, addressee));
    const [notice] = await noticesOf(harness.db, one.number);
    expect(notice?.evidence).toMatchObject({ count: { unexcusedDays: 1, asOf: '2025-01-14' } });
  });
});
