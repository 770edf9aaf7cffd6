/** How copies of a letter leave by the office's policy, and what becomes of them: against the records, with a mail server on paper. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import type { LetterRef, NoticeOutcome } from '../../activities/ports.ts';
import { closedNow } from '../../activities/sending-hours.ts';
import type { OutgoingMail, SendOutcome } from '../../activities/smtp.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { GuardianRecord } from '../../domain/records.ts';
import type { Database } from '../../db/connect.ts';
import { mergeMarks } from '../../db/stores/attendance.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { guardiansOf, setNoContact } from '../../db/stores/guardians.ts';
import { keepLogo } from '../../db/stores/logos.ts';
import { noticeByKey, noticesOf } from '../../db/stores/notices.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { caseOnRecord, LEAVES_ON, officeOfLetters } from '../support/case-on-record.ts';
import { pagesOf } from '../support/families-proof.ts';
import { CLERK, guardian } from '../support/office-records.ts';
import { ROE53 } from '../support/paper-case.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await officeOfLetters(db);
}, 180_000);
afterAll(() => postgres.stop());

/** One grey pixel. */
const LOGO = PNG.sync.write(new PNG({ width: 1, height: 1 }));
const HOME = { lines: ['3 Home Street'], city: 'Testville', state: 'IL', postalCode: '61000' };
const TAKEN: SendOutcome = { kind: 'accepted', response: '250 ok' };
let families = 0;

interface Sending {
  readonly letter: LetterRef;
  readonly mails: readonly OutgoingMail[];
  /** Plans, and sends each copy as the delivery would. */
  send(answer?: SendOutcome, hoursTried?: number): Promise<NoticeOutcome[]>;
  /** One copy again, as after an attempt that came to nothing. */
  retry(addressee: string): Promise<NoticeOutcome>;
  schoolCopy(): Promise<NoticeOutcome>;
  notices(): ReturnType<typeof noticesOf>;
  tasks(): Promise<string[]>;
}

async function family(
  adults: readonly Partial<GuardianRecord>[] = [{}],
  notices: Partial<LadderPolicy['notices']> = {},
): Promise<Sending> {
  families += 1;
  const sisId = `D${families}`;
  const letter = await caseOnRecord(db, {
    student: { sisId },
    guardians: adults.map((one, i) =>
      guardian(`G-${sisId}-${i}`, sisId, { email: `${sisId}-${i}@family.example`, address: HOME, ...one }),
    ),
    policy: { ...ROE53, notices: { ...ROE53.notices, ...notices } },
  });
  const mails: OutgoingMail[] = [];
  let next: SendOutcome = TAKEN;
  const activities = createDeliveryActivities({
    db,
    mailIsCaught: true,
    mailer: {
      async send(mail, onData) {
        if (next.kind !== 'temporary') await onData();
        mails.push(mail);
        return next;
      },
    },
  });
  const run = <T>(work: () => Promise<T>, hoursTried = 0) =>
    new MockActivityEnvironment({ scheduledTimestampMs: Date.now() - hoursTried * 3_600_000 }).run<
      [],
      T,
      () => Promise<T>
    >(work);
  return {
    letter,
    mails,
    async send(answer = TAKEN, hoursTried) {
      next = answer;
      const plan = await run(() => activities.planLetter(letter));
      if (plan.status !== 'leaving') throw new Error(plan.status);
      const outcomes: NoticeOutcome[] = [];
      for (const { addressee, channel } of plan.notices) {
        const one = () =>
          channel === 'email'
            ? activities.sendNotice(letter, addressee)
            : activities.printNotice(letter, addressee);
        outcomes.push(await run(one, hoursTried));
      }
      return outcomes;
    },
    retry: (addressee) => {
      next = TAKEN;
      return run(() => activities.sendNotice(letter, addressee));
    },
    schoolCopy: () => run(() => activities.sendSchoolCopy(letter)),
    notices: () => noticesOf(db, letter.caseNumber),
    tasks: async () => (await listTasks(db, { caseNumber: letter.caseNumber })).map((task) => task.textCode),
  };
}

const studentOf = async ({ letter }: Sending) => (await caseByNumber(db, letter.caseNumber))!.studentId;
const outOn = async ({ letter }: Sending) =>
  (await stepByKey(db, `${letter.caseNumber}/first-notice/1`))?.outOn ?? null;

describe('the e-mail', () => {
  it('bears the letter as a PDF under a name that says nothing, and is answered to the office', async () => {
    const one = await family();
    await one.send();
    const [mail] = one.mails;
    expect(mail?.pdf?.fileName).toBe(`letter-${one.letter.caseNumber}.pdf`);
    expect(pagesOf(mail!.pdf!.content)).toContain('3 Home Street');
    expect(mail).toMatchObject({ replyTo: 'truancy@roe53.example' });
    expect(mail?.subject).not.toMatch(/Student|Guardian/);
    expect(mail?.text).not.toContain('3 Home Street');
  });

  it('to two mailboxes of one home is one letter that names both', async () => {
    const one = await family([{ lastName: 'Alpha' }, { lastName: 'Beta' }]);
    await one.send();
    expect(one.mails.map((mail) => [mail.to.address, /Alpha.*Beta/s.test(mail.text)])).toEqual([
      [`D${families}-0@family.example`, true],
      [`D${families}-1@family.example`, true],
    ]);
  });

  it('in a language without a translation is English with a line, and the Case Manager is asked to ring', async () => {
    const one = await family([{ language: 'vi' }]);
    await one.send();
    expect(one.mails[0]?.text).toContain('thông dịch viên');
    expect(await one.tasks()).toContain('CALL_WITH_INTERPRETER');
  });
});

describe('the office’s logo', () => {
  it('goes with the e-mail that shows it; without one the e-mail shows none', async () => {
    await keepLogo(db, 'roe53', LOGO);
    try {
      const one = await family();
      await one.send();
      expect(one.mails[0]?.html).toContain('src="cid:office-logo"');
      expect(one.mails[0]?.logo?.equals(LOGO)).toBe(true);
      expect((await noticeByKey(db, (await one.notices())[0]!.key))?.html).toContain('src="cid:office-logo"');
    } finally {
      await keepLogo(db, 'roe53', null);
    }
    const none = await family();
    await none.send();
    expect(none.mails[0]?.html).not.toContain('<img');
    expect(none.mails[0]?.logo).toBeUndefined();
  });
});

describe('an e-mail that is not taken', () => {
  it('because of its recipient: printed, and the address marked', async () => {
    const one = await family();
    const no = { kind: 'refused', because: 'recipient', code: '550', response: '550 no' } as const;
    expect(await one.send(no)).toEqual([{ status: 'refused', code: '550' }]);
    expect(await one.notices()).toMatchObject([{ status: 'refused' }, { status: 'queued' }]);
    const [adult] = await guardiansOf(db, await studentOf(one));
    expect(adult?.emailBadSince).not.toBeNull();
  });

  it('because of the message: printed, the address is as good as before', async () => {
    const one = await family();
    await one.send({ kind: 'refused', because: 'message', code: '554', response: '554 no' });
    expect(await one.notices()).toMatchObject([{ status: 'refused' }, { status: 'queued' }]);
    const [adult] = await guardiansOf(db, await studentOf(one));
    expect(adult?.emailBadSince).toBeNull();
  });

  it('"not now" is asked again, and given up to the post after the policy’s hours', async () => {
    const one = await family();
    const later = { kind: 'temporary', code: '451', response: '451 later' } as const;
    await expect(one.send(later, 71)).rejects.toMatchObject({ type: 'MAIL_SERVER_NOT_NOW' });
    expect(await one.send(later, 73)).toEqual([{ status: 'refused', code: 'GAVE_UP_451' }]);
    expect(await one.notices()).toMatchObject([{ status: 'refused' }, { status: 'queued' }]);
    expect(await one.tasks()).toContain('MAIL_SERVER_GAVE_NO_ANSWER');
  });

  it('"not now" for somebody without an address is asked on, and a person told', async () => {
    const one = await family([{ address: undefined }]);
    const later = { kind: 'temporary', code: '451', response: '451 later' } as const;
    await expect(one.send(later, 73)).rejects.toMatchObject({ type: 'MAIL_SERVER_NOT_NOW' });
    expect(await one.tasks()).toContain('MAIL_WAITS_AND_NO_ADDRESS');
  });

  it('nobody knows: a person is asked, or by policy a print goes out as well', async () => {
    const broken = { kind: 'unknown', code: 'CLOSED' } as const;
    const asks = await family();
    expect(await asks.send(broken)).toEqual([{ status: 'unknown' }]);
    expect(await asks.notices()).toHaveLength(1);
    expect(await asks.tasks()).toContain('SETTLE_UNKNOWN_MAIL');
    const prints = await family([{}], { unknownOutcome: 'print' });
    await prints.send(broken);
    expect(await prints.notices()).toMatchObject([
      { status: 'unknown', settledAs: 'print', settledBy: 'policy' },
      { status: 'queued' },
    ]);
    expect(await prints.tasks()).not.toContain('SETTLE_UNKNOWN_MAIL');
    await prints.send(broken);
    expect(await prints.notices()).toHaveLength(2);
  });
});

describe('the policy’s channel', () => {
  it('both: e-mail, and a print that goes along with it; out once', async () => {
    const one = await family([{}], { channel: 'both' });
    await one.send();
    const [email, print] = await one.notices();
    expect(print).toMatchObject({ status: 'queued', alongside: email?.key, insteadOf: null });
    expect(await outOn(one)).toBe(LEAVES_ON);
    await one.send();
    expect(await one.notices()).toHaveLength(2);
  });

  it('both, the e-mail refused: the one print takes its place', async () => {
    const one = await family([{}], { channel: 'both' });
    await one.send({ kind: 'refused', because: 'recipient', code: '550', response: '550 no' });
    expect(await one.notices()).toMatchObject([{ status: 'refused' }, { status: 'queued' }]);
  });

  it('print: nothing by e-mail', async () => {
    const one = await family([{}], { channel: 'print' });
    await one.send();
    expect(one.mails).toEqual([]);
    expect(await one.notices()).toMatchObject([{ status: 'queued' }]);
  });
});

describe('the school’s copy', () => {
  it('tells that the letter left, bears it, names no child, and makes no step out', async () => {
    const one = await family([{ email: undefined }], { schoolCopy: 'attendance-clerk' });
    await one.send();
    expect(await one.schoolCopy()).toEqual({ status: 'sent' });
    expect(one.mails).toMatchObject([{ to: { address: 'clerk@north.example.org' } }]);
    expect(`${one.mails[0]?.subject}${one.mails[0]?.text}`).not.toContain('Student');
    expect(pagesOf(one.mails[0]!.pdf!.content)).toContain('Student');
    expect(await outOn(one)).toBeNull();
    expect(await one.notices()).toMatchObject([
      { status: 'queued' },
      { recipientKind: 'school', status: 'sent' },
    ]);
    await one.schoolCopy();
    expect(one.mails).toHaveLength(1);
  });

  it('without an address is asked about', async () => {
    const one = await family([{}], { schoolCopy: 'counselor' });
    await one.send();
    await one.schoolCopy();
    expect(await one.tasks()).toContain('SCHOOL_COPY_WITHOUT_ADDRESS');
  });
});

describe('records that change while a letter leaves', () => {
  it('a no-contact order between plan and claim: not that reader, and the other’s letter names them no more', async () => {
    const one = await family([{ lastName: 'Alpha' }, { lastName: 'Barred' }]);
    const student = await studentOf(one);
    const [, barred] = await guardiansOf(db, student);
    await one.send({ kind: 'temporary', code: '451', response: 'later' }).catch(() => undefined);
    await db.transaction((tx) => setNoContact(tx, barred!.id, student, true, CLERK));
    // Claimed before the order and not taken by the server: written anew.
    expect(await one.send()).toEqual([{ status: 'sent' }]);
    expect(one.mails.some((mail) => mail.to.address.includes('-1@'))).toBe(false);
    expect(one.mails.map((mail) => mail.text.includes('Barred'))).toEqual([true, false]);
  });

  it('an order against the one reader while the server says "not now": the letter stays in the house', async () => {
    const one = await family();
    await one.send({ kind: 'temporary', code: '451', response: 'later' }).catch(() => undefined);
    const { letter } = one;
    const [copy] = await one.notices();
    const student = await studentOf(one);
    const [adult] = await guardiansOf(db, student);
    await db.transaction((tx) => setNoContact(tx, adult!.id, student, true, CLERK));
    expect(await one.retry(copy!.key.split('/')[3]!)).toEqual({
      status: 'withheld',
      code: 'NO_LONGER_A_RECIPIENT',
    });
    expect(one.mails).toHaveLength(1);
    expect(await noticesOf(db, letter.caseNumber)).toEqual([]);
  });

  it('a day excused while the server says "not now": the letter that leaves does not list it', async () => {
    const one = await family();
    await one.send({ kind: 'temporary', code: '451', response: 'later' }).catch(() => undefined);
    expect(one.mails[0]?.text).toContain('Wednesday, January 8, 2025');
    await db.transaction((tx) =>
      mergeMarks(
        tx,
        [{ sisId: `D${families}`, school: 'NORTH-HS', date: '2025-01-08', code: 'E', fraction: 1 }],
        { ...CLERK, source: 'D1/test' },
      ),
    );
    await one.send();
    expect(one.mails[1]?.text).not.toContain('January 8, 2025');
    expect(one.mails[1]?.messageId).toBe(one.mails[0]?.messageId);
  });

  it('a home put together otherwise on a second look: who was written to is not written to again', async () => {
    const one = await family([{}, {}]);
    await one.send();
    await db.execute(`update guardians set email_bad_since = now() where source_id like 'G-D${families}-%'`);
    const again = await one.send();
    expect(again).toEqual([{ status: 'sent' }]);
    expect(await one.notices()).toHaveLength(2);
  });
});

describe('the office’s hours', () => {
  const policy = {
    ...ROE53,
    notices: { ...ROE53.notices, officeHours: { from: '07:00', to: '18:00' } },
  };
  const office = { drivenToday: null, zone: 'America/Chicago' };
  const at = (instant: string) => closedNow(office, policy, new Date(instant));

  it('a letter that becomes free at ten at night waits for the next office morning', () => {
    expect(at('2025-10-16T03:00:00Z')).toEqual({ until: '2025-10-16', ms: 9 * 3_600_000 });
    // Friday evening before Columbus Day: Tuesday.
    expect(at('2025-10-10T23:30:00Z')?.until).toBe('2025-10-14');
    expect(at('2025-10-15T10:00:00Z')).toEqual({ until: '2025-10-15', ms: 2 * 3_600_000 });
    expect(at('2025-10-15T15:00:00Z')).toBeNull();
  });

  it('a policy without them, and an office whose days are driven, know none', () => {
    const { officeHours: _none, ...without } = ROE53.notices;
    const night = new Date('2025-10-16T03:00:00Z');
    expect(closedNow(office, { ...ROE53, notices: without }, night)).toBeNull();
    expect(closedNow({ ...office, drivenToday: '2025-10-15' }, policy, night)).toBeNull();
  });

  it('a letter planned in the evening is told its day, and the step can still be withdrawn', async () => {
    const one = await family([{}], { officeHours: { from: '00:00', to: '00:00' } });
    await setDrivenToday(db, null);
    try {
      await expect(one.send()).rejects.toThrow('not-yet');
      expect((await stepByKey(db, `${one.letter.caseNumber}/first-notice/1`))?.status).toBe('waiting');
      expect(await noticeByKey(db, 'none')).toBeUndefined();
    } finally {
      await setDrivenToday(db, LEAVES_ON);
    }
  });
});
