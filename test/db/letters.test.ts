import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { setNoContact, upsertGuardians } from '../../db/stores/guardians.ts';
import {
  claimAgain,
  claimNotice,
  clearDataStarted,
  markBounced,
  markDataStarted,
  markPosted,
  markRefused,
  markSent,
  markUnknown,
  noticeByKey,
  noticesOf,
  openClaims,
  printQueue,
  queuePrint,
  settleUnknown,
  unsettledNotices,
  withholdNotice,
} from '../../db/stores/notices.ts';
import type { NoticeDraft } from '../../db/stores/notices.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { recordProgress, type StepDecided } from '../../db/stores/progress.ts';
import {
  beginLeaving,
  reserveStep,
  blockStep,
  endReservation,
  stepByKey,
  stepKeyOf,
  stepsOf,
} from '../../db/stores/steps.ts';
import { getStudent } from '../../db/stores/students.ts';
import { addCase, CLERK, guardian, setUpOffice, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 12 });
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const TEN = '2025-02-13T16:00:00.000Z';
const EXPIRY = '2025-02-13T16:00:10.000Z';
const AFTER = '2025-02-13T16:00:11.000Z';
const SIGNAL = { name: 'letterOut', payload: { on: '2025-02-13' } };
const SENT = { acceptedAt: TEN, smtpResponse: '250 2.0.0 taken', outOn: '2025-02-13', signal: SIGNAL };

const newStep = async () => {
  const made = await addCase(db);
  return { ...made, key: stepKeyOf(made.case.number, 'first-notice', 1) };
};

const draft = (stepKey: string, guardianId: number, more: Partial<NoticeDraft> = {}): NoticeDraft => ({
  key: `${stepKey}/g${guardianId}`,
  stepKey,
  recipientGuardianIds: [guardianId],
  recipientKind: 'guardian',
  channel: 'email',
  language: 'en',
  messageId: `<${stepKey}/g${guardianId}@example.org>`,
  toEmail: 'parent@example.org',
  subject: 'About attendance',
  text: 'Dear parent',
  html: '<p>Dear parent</p>',
  pdf: new Uint8Array([37, 80, 68, 70, 0, 255]),
  sha256: 'a'.repeat(64),
  templateVersion: '1',
  policyVersion: '2024-08-01',
  evidence: { days: 4.25 },
  practice: true,
  ...more,
});

/** A step that has been let go, and its first letter claimed. */
const claimed = async () => {
  const step = await newStep();
  await beginLeaving(db, step.key, TEN);
  const drafted = draft(step.key, step.guardianId);
  const claim = await claimNotice(db, drafted, 'attempt-1');
  if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
  const again = async (by: string) => (await db.transaction((tx) => claimAgain(tx, drafted, by))).outcome;
  return { ...step, notice: claim.notice, again };
};

describe('withdraw or leave', () => {
  it('what has left cannot be withdrawn, what was withdrawn does not leave', async () => {
    const left = await newStep();
    expect(await beginLeaving(db, left.key, TEN)).toBe('leave');
    expect(await reserveStep(db, left.key, 'cmd', EXPIRY, TEN)).toBe('already-left');
    const kept = await newStep();
    expect(await reserveStep(db, kept.key, 'cmd', EXPIRY, TEN)).toBe('ok');
    expect(await endReservation(db, kept.key, 'cmd', true)).toBe('withdrawn');
    expect(await beginLeaving(db, kept.key, AFTER)).toBe('withdrawn');
    expect(await reserveStep(db, kept.key, 'cmd-2', EXPIRY, TEN)).toBe('already-withdrawn');
  });

  it('at once, many times over: exactly one of them wins', async () => {
    let left = 0;
    for (let round = 0; round < 40; round++) {
      const { key } = await newStep();
      const leave = () => beginLeaving(db, key, TEN);
      const withdraw = () => reserveStep(db, key, 'cmd', EXPIRY, TEN);
      const [leaving, withdrawing] =
        round % 2 === 0
          ? await Promise.all([leave(), withdraw()])
          : await Promise.all([withdraw(), leave()]).then(([w, l]) => [l, w] as const);
      if (leaving === 'leave') {
        left += 1;
        expect(withdrawing).toBe('already-left');
      } else {
        expect(leaving).toEqual({ waitUntil: EXPIRY });
        expect(withdrawing).toBe('ok');
      }
    }
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(40);
  });

  it('a delivery waits while the case is being asked, and leaves when the case refuses', async () => {
    const { key } = await newStep();
    await reserveStep(db, key, 'cmd', EXPIRY, TEN);
    expect(await beginLeaving(db, key, TEN)).toEqual({ waitUntil: EXPIRY });
    expect(await endReservation(db, key, 'cmd', false)).toBe('waiting');
    expect(await beginLeaving(db, key, TEN)).toBe('leave');
  });

  it('a door that died while asking holds the letter up only until its command expires', async () => {
    const { key } = await newStep();
    await reserveStep(db, key, 'cmd', EXPIRY, TEN);
    expect(await reserveStep(db, key, 'other', EXPIRY, TEN)).toBe('busy');
    expect(await reserveStep(db, key, 'cmd', EXPIRY, TEN)).toBe('ok');
    expect(await beginLeaving(db, key, AFTER)).toBe('leave');
    expect(await endReservation(db, key, 'cmd', true)).toBe('already-left');
  });

  it('a withdrawal the case has written down holds, even when the door that asked is gone', async () => {
    const step = await newStep();
    await reserveStep(db, step.key, 'cmd', EXPIRY, TEN);
    const decided = {
      kind: 'first-notice',
      sequence: 1,
      decidedOn: TODAY,
      sendOn: '2025-02-13',
      basis: {},
      parked: null,
    };
    await recordProgress(db, {
      ...{ caseNumber: step.case.number, runId: 'r', runStartedAt: TEN, seq: 1, entries: [], projection: {} },
      columns: { status: 'open', stage: 's', unexcused: 0, flags: [] },
      steps: [{ key: step.key, ...decided, withdrawn: true }],
    });
    expect(await beginLeaving(db, step.key, AFTER)).toBe('withdrawn');
    // The bare row the withdrawal had made is complete now.
    expect(await stepsOf(db, step.case.number)).toMatchObject([{ decidedOn: TODAY, sendOn: '2025-02-13' }]);
  });

  it('a blocked step can be withdrawn, and leaves once the reason is gone; not after a letter was claimed', async () => {
    const { key } = await newStep();
    expect(await blockStep(db, key, 'NO_RECIPIENT')).toBe(true);
    expect(await stepByKey(db, key)).toMatchObject({ status: 'blocked', blockedReason: 'NO_RECIPIENT' });
    expect(await reserveStep(db, key, 'cmd', EXPIRY, TEN)).toBe('ok');
    expect(await endReservation(db, key, 'cmd', false)).toBe('blocked');
    expect(await beginLeaving(db, key, TEN)).toBe('leave');
    expect(await blockStep(db, (await claimed()).key, 'TOO_LATE')).toBe(false);
  });
});

describe('a letter the case keeps in the house', () => {
  const decided = { kind: 'first-notice', sequence: 1, decidedOn: TODAY, sendOn: '2025-02-13', basis: {} };
  /** What the case's own write says of the step. */
  const write = (step: Awaited<ReturnType<typeof newStep>>, seq: number, more: Partial<StepDecided>) =>
    recordProgress(db, {
      ...{ caseNumber: step.case.number, runId: 'r', runStartedAt: TEN, seq, entries: [], projection: {} },
      columns: { status: 'open', stage: 's', unexcused: 0, flags: [] },
      steps: [{ key: step.key, ...decided, parked: null, ...more }],
    });

  it('does not leave until the case says when; then on that day', async () => {
    const step = await newStep();
    await write(step, 1, { parked: 'hold' });
    expect(await beginLeaving(db, step.key, TEN)).toEqual({ parked: 'hold' });
    await write(step, 2, { parked: null, sendOn: '2025-02-20', unblocked: true });
    expect(await stepByKey(db, step.key)).toMatchObject({ parked: null, sendOn: '2025-02-20' });
    expect(await beginLeaving(db, step.key, TEN)).toBe('leave');
  });

  it('a hold that comes while it leaves parks nothing; one asked before makes it wait', async () => {
    const first = await newStep();
    expect(await beginLeaving(db, first.key, TEN)).toBe('leave');
    expect(await reserveStep(db, first.key, 'hold', EXPIRY, TEN)).toBe('already-left');
    await write(first, 1, { parked: 'hold' });
    expect(await stepByKey(db, first.key)).toMatchObject({ status: 'leaving', parked: null });
    const second = await newStep();
    expect(await reserveStep(db, second.key, 'hold', EXPIRY, TEN)).toBe('ok');
    expect(await beginLeaving(db, second.key, TEN)).toEqual({ waitUntil: EXPIRY });
    await write(second, 1, { parked: 'hold' });
    expect(await endReservation(db, second.key, 'hold', false)).toBe('waiting');
    expect(await beginLeaving(db, second.key, AFTER)).toEqual({ parked: 'hold' });
  });

  it('a reservation nobody gave back frees the parked step once it has run out', async () => {
    const step = await newStep();
    await reserveStep(db, step.key, 'hold', EXPIRY, TEN);
    await write(step, 1, { parked: 'hold' });
    expect(await beginLeaving(db, step.key, AFTER)).toEqual({ parked: 'hold' });
    expect(await stepByKey(db, step.key)).toMatchObject({ status: 'waiting', reservedBy: null });
  });

  it('a person who names a usable recipient makes a blocked letter wait again', async () => {
    const step = await newStep();
    await blockStep(db, step.key, 'NO_RECIPIENT');
    await write(step, 1, { sendOn: '2025-02-20', unblocked: true });
    expect(await stepByKey(db, step.key)).toMatchObject({ status: 'waiting', blockedReason: null });
  });

  it('a write that comes late moves nothing back', async () => {
    const step = await newStep();
    await write(step, 1, { parked: 'hold' });
    await write(step, 3, { parked: null, sendOn: '2025-02-20', unblocked: true });
    await write(step, 2, { parked: 'hold' });
    expect(await stepByKey(db, step.key)).toMatchObject({ parked: null, sendOn: '2025-02-20' });
  });
});

describe('claiming a letter', () => {
  it('many attempts at once make one row, and the others see it', async () => {
    const { key, guardianId } = await newStep();
    await beginLeaving(db, key, TEN);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => claimNotice(db, draft(key, guardianId), `attempt-${i}`)),
    );
    expect(claims.filter((claim) => claim.outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter((claim) => claim.outcome === 'existing')).toHaveLength(7);
    expect(await noticeByKey(db, `${key}/g${guardianId}`)).toMatchObject({
      status: 'claimed',
      kind: 'first-notice',
      sequence: 1,
      recipientGuardianIds: [guardianId],
      evidence: { days: 4.25 },
    });
    const kept = await noticeByKey(db, `${key}/g${guardianId}`);
    expect([...(kept?.pdf ?? [])]).toEqual([37, 80, 68, 70, 0, 255]);
  });

  it('is refused for a step nobody has let go, or that was withdrawn', async () => {
    const { key, guardianId } = await newStep();
    expect(await claimNotice(db, draft(key, guardianId), 'a')).toEqual({
      outcome: 'step-not-leaving',
      status: 'waiting',
    });
    await reserveStep(db, key, 'cmd', EXPIRY, TEN);
    await endReservation(db, key, 'cmd', true);
    expect(await claimNotice(db, draft(key, guardianId), 'a')).toMatchObject({ status: 'withdrawn' });
  });

  it('is refused for somebody under a no-contact order, no recipient by law, or no tie to the student', async () => {
    const step = await newStep();
    const stranger = await newStep();
    await beginLeaving(db, step.key, TEN);
    const claim = (guardianId: number) => claimNotice(db, draft(step.key, guardianId), 'a');
    expect(await claim(stranger.guardianId)).toMatchObject({ reason: 'NO_TIE_TO_STUDENT' });
    const sisId = (await getStudent(db, step.studentId))?.sisId ?? '';
    await upsertGuardians(db, [guardian(`G${sisId}`, sisId, {}, { legalRecipient: 'no' })], CLERK);
    expect(await claim(step.guardianId)).toMatchObject({ reason: 'NOT_A_RECIPIENT' });
    await setNoContact(db, step.guardianId, step.studentId, true, CLERK);
    expect(await claim(step.guardianId)).toEqual({
      outcome: 'not-allowed',
      reason: 'NO_CONTACT_ORDER',
      guardianId: step.guardianId,
    });
    expect(await noticesOf(db, step.case.number)).toEqual([]);
  });

  it('and an order set at the same moment: it waits for the claim, or the claim sees it', async () => {
    for (let round = 0; round < 20; round++) {
      const step = await newStep();
      await beginLeaving(db, step.key, TEN);
      let ordered = false;
      const order = db.transaction(async (tx) => {
        await setNoContact(tx, step.guardianId, step.studentId, true, CLERK);
        ordered = true;
      });
      const claim = db.transaction(async (tx) => {
        const got = await claimNotice(tx, draft(step.key, step.guardianId), 'a');
        // Claimed under the lock: the order has not taken effect, and cannot until this commits.
        if (got.outcome === 'claimed') expect(ordered).toBe(false);
        return got.outcome;
      });
      const [, outcome] = await Promise.all([order, claim]);
      expect(['claimed', 'not-allowed']).toContain(outcome);
    }
  });
});

describe('sending', () => {
  it('sent: the step is out, and the case is told once, by whichever letter is first', async () => {
    const { notice, key, case: opened } = await claimed();
    expect(await markDataStarted(db, notice.key, 'attempt-1')).toBe(true);
    expect(await markDataStarted(db, notice.key, 'attempt-1')).toBe(false);
    expect(await markSent(db, notice.key, SENT)).toEqual({ changed: true, firstOut: true });
    expect(await markSent(db, notice.key, SENT)).toEqual({ changed: false, firstOut: false });
    expect(await stepByKey(db, key)).toMatchObject({ status: 'out', outOn: '2025-02-13' });
    const print = draft(key, notice.recipientGuardianIds[0] ?? 0, {
      key: `${notice.key}/print`,
      messageId: null,
      alongside: notice.key,
    });
    expect(await queuePrint(db, print, 'a')).toMatchObject({
      outcome: 'claimed',
      notice: { status: 'queued', channel: 'print' },
    });
    expect(
      await markPosted(db, `${notice.key}/print`, {
        postedBy: 'U-0001',
        outOn: '2025-02-14',
        signal: SIGNAL,
      }),
    ).toEqual({
      changed: true,
      firstOut: false,
    });
    expect(await stepByKey(db, key)).toMatchObject({ outOn: '2025-02-13' });
    expect(await outboxOf(db, opened.number)).toMatchObject([{ seq: 1, name: 'letterOut' }]);
  });

  it('posted by two people at once counts once', async () => {
    const step = await newStep();
    await beginLeaving(db, step.key, TEN);
    const print = draft(step.key, step.guardianId, { messageId: null });
    await queuePrint(db, print, 'a');
    expect((await printQueue(db)).map((row) => row.key)).toContain(print.key);
    const posts = await Promise.all(
      ['U-0001', 'U-0002'].map((postedBy) =>
        markPosted(db, print.key, { postedBy, outOn: '2025-02-14', signal: SIGNAL }),
      ),
    );
    expect(posts.filter((one) => one.changed && one.firstOut)).toHaveLength(1);
    expect(posts.filter((one) => !one.changed)).toHaveLength(1);
    expect(await outboxOf(db, step.case.number)).toHaveLength(1);
  });

  it('a claim under which DATA never began is made anew; the attempt that lost it sends nothing', async () => {
    const { notice, again } = await claimed();
    expect(await again('attempt-2')).toBe('claimed');
    expect(await markDataStarted(db, notice.key, 'attempt-1')).toBe(false);
    expect(await markDataStarted(db, notice.key, 'attempt-2')).toBe(true);
    expect(await again('attempt-3')).toBe('existing');
    // The server said 451 after DATA: certainly not taken.
    expect(await clearDataStarted(db, notice.key, 'attempt-2')).toBe(true);
    expect(await again('attempt-3')).toBe('claimed');
  });

  it('a claim made anew is judged anew: an order set meanwhile stops it, and leaves no claim behind', async () => {
    const { notice, guardianId, studentId, again } = await claimed();
    await setNoContact(db, guardianId, studentId, true, CLERK);
    expect(await again('attempt-2')).toBe('not-allowed');
    expect(await noticeByKey(db, notice.key)).toBeUndefined();
    expect(await markDataStarted(db, notice.key, 'attempt-1')).toBe(false);
  });

  it('of a claim made anew and the start of DATA at the same moment exactly one succeeds', async () => {
    for (let round = 0; round < 20; round++) {
      const { notice, again } = await claimed();
      const [started, taken] = await Promise.all([
        markDataStarted(db, notice.key, 'attempt-1'),
        again('attempt-2'),
      ]);
      expect([started, taken === 'claimed'].filter(Boolean)).toHaveLength(1);
    }
  });

  it('a claim found open after DATA began is unknown until a person settles it', async () => {
    const { notice, key, case: opened } = await claimed();
    expect(await markUnknown(db, notice.key, 'CRASHED')).toMatchObject({ changed: false });
    expect((await openClaims(db)).map((row) => row.key)).toContain(notice.key);
    await markDataStarted(db, notice.key, 'attempt-1');
    expect(await markUnknown(db, notice.key, 'CRASHED')).toMatchObject({ changed: true });
    expect((await unsettledNotices(db)).map((row) => row.key)).toContain(notice.key);
    const out = { outOn: '2025-02-13', signal: SIGNAL };
    expect(await settleUnknown(db, notice.key, 'sent', 'U-0001', 'the parent answered it', out)).toEqual({
      changed: true,
      firstOut: true,
    });
    expect(await settleUnknown(db, notice.key, 'print', 'U-0002', 'too late', out)).toMatchObject({
      changed: false,
    });
    expect(await noticeByKey(db, notice.key)).toMatchObject({
      status: 'sent',
      settledBy: 'U-0001',
      settledReason: 'the parent answered it',
    });
    expect((await stepByKey(db, key))?.status).toBe('out');
    expect(await outboxOf(db, opened.number)).toHaveLength(1);
  });

  it('settled by print: the notice stays openly unknown, and the print names it', async () => {
    const { notice, key } = await claimed();
    await markDataStarted(db, notice.key, 'attempt-1');
    await markUnknown(db, notice.key, 'CRASHED');
    const settled = await settleUnknown(db, notice.key, 'print', 'U-0001', 'print and mail', {
      outOn: TODAY,
    });
    expect(settled).toEqual({ changed: true, firstOut: false });
    const print = draft(key, notice.recipientGuardianIds[0] ?? 0, {
      ...{ key: `${notice.key}/print`, messageId: null, insteadOf: notice.key },
    });
    expect(await queuePrint(db, print, 'U-0001')).toMatchObject({ notice: { insteadOf: notice.key } });
    expect((await unsettledNotices(db)).map((row) => row.key)).not.toContain(notice.key);
    expect(await noticeByKey(db, notice.key)).toMatchObject({ status: 'unknown', settledAs: 'print' });
  });

  it('refused for good is not out; a later bounce does not take back that it was', async () => {
    const refused = await claimed();
    expect(
      await markRefused(db, refused.notice.key, { failureCode: '550', smtpResponse: '550 no such user' }),
    ).toMatchObject({
      changed: true,
    });
    expect(await markSent(db, refused.notice.key, SENT)).toMatchObject({ changed: false });
    expect((await stepByKey(db, refused.key))?.status).toBe('leaving');
    const bounced = await claimed();
    await markSent(db, bounced.notice.key, SENT);
    await markBounced(db, bounced.notice.key, 'BOUNCED');
    expect(await noticeByKey(db, bounced.notice.key)).toMatchObject({
      status: 'sent',
      failureCode: 'BOUNCED',
    });
    expect((await stepByKey(db, bounced.key))?.status).toBe('out');
  });

  it('a person can keep back what has not begun to leave, and nothing later', async () => {
    const { notice } = await claimed();
    expect(await withholdNotice(db, notice.key, 'U-0001', 'custody question')).toMatchObject({
      changed: true,
    });
    expect(await markDataStarted(db, notice.key, 'attempt-1')).toBe(false);
    const begun = await claimed();
    await markDataStarted(db, begun.notice.key, 'attempt-1');
    expect(await withholdNotice(db, begun.notice.key, 'U-0001', 'late')).toMatchObject({ changed: false });
  });
});
