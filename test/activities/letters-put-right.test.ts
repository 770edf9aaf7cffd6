/** Letters that put an earlier one right, from the decision to the mailbox: real workflows, records and mail. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticeByKey, noticesOf, type NoticeRow } from '../../db/stores/notices.ts';
import type { Command } from '../../domain/case/commands.ts';
import type { PaperHistory } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { startHarness, SCHOOL_ACTOR, type Harness, type TestCase } from '../support/case-harness.ts';
import { firstReferral, letterLeaves, lookAgain, toTheThird } from '../support/scenarios.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

type Deciding = Command extends infer C
  ? C extends Command
    ? Omit<C, 'id' | 'actor' | 'officeDate'>
    : never
  : never;

async function decide(one: TestCase, on: IsoDate, command: Deciding): Promise<void> {
  const by = { actor: SCHOOL_ACTOR, officeDate: on, id: `${one.number}-${command.type}-${on}` };
  await one.decide({ ...command, ...by });
}

/** The one copy of a letter that went out, as sent. */
async function letter(one: TestCase, kind: LetterKind, sequence = 1): Promise<NoticeRow> {
  const rows = (await noticesOf(harness.db, one.number)).filter(
    (row) => row.kind === kind && row.sequence === sequence,
  );
  expect(rows).toHaveLength(1);
  const row = await noticeByKey(harness.db, rows[0]?.key ?? '');
  if (!row) throw new Error(`there is no ${kind}`);
  expect(harness.mail.store.list({ messageId: row.messageId ?? 'none' })).toHaveLength(1);
  expect(row.subject).not.toMatch(/Student|S\d/);
  return { ...row, text: row.text.replace(/\s+/g, ' ') };
}

/** What the case was told that a letter lists, letter by letter. */
async function stated(one: TestCase, kind: LetterKind): Promise<unknown> {
  const out = (await one.journal()).findLast((row) => row.type === 'letter-out' && row.data['kind'] === kind);
  return out?.data['stated'];
}

const FIRST = { kind: 'first-notice', sequence: 1 } as const;

describe('a correction letter', () => {
  it('names the letter, the date that no longer counts, and the count now', async () => {
    const one = await firstReferral(harness);
    await letterLeaves(harness, one, '2025-01-15', 'first-notice', 1);
    await one.excuse('2025-01-16', '2025-01-10');
    expect((await one.until('letter-questioned'))[0]?.data).toMatchObject({
      what: 'facts-changed',
      dates: ['2025-01-10'],
    });
    await decide(one, '2025-01-16', {
      type: 'settle-question',
      letter: FIRST,
      how: 'correction',
      reason: 'a note came',
    });
    await letterLeaves(harness, one, '2025-01-17', 'correction', 2);
    const { text, toEmail } = await letter(one, 'correction');
    expect(toEmail).toBe((await letter(one, 'first-notice')).toEmail);
    expect(text).toContain('corrects our first notice, sent by e-mail on Wednesday, January 15, 2025');
    expect(text).toContain('listed 7 days of unexcused absence, as of Tuesday, January 14, 2025');
    expect(text).toContain('Friday, January 10, 2025 1 day no longer counts');
    expect(text).toContain('that letter would have listed 6 days');
    expect(text).toContain('The count is as of Thursday, January 16, 2025');
    expect(text).toContain('Avery Test Assistant Regional Superintendent');
    // It lists what is counted now, but states nothing of its own: the first notice stays the one that is looked at.
    expect(await stated(one, 'correction')).toBeUndefined();
  });

  it('about a referral goes to the State’s Attorney, signed by the Case Manager', async () => {
    const one = await toTheThird(harness);
    await one.attendance('2025-02-10', ['2025-02-10']);
    await decide(one, '2025-02-10', {
      ...{ type: 'schedule-hearing', date: '2025-03-03', time: '10:00', place: 'Room 1', posted: false },
    });
    await letterLeaves(harness, one, '2025-02-11', 'hearing-notice', 4);
    await one.day('2025-03-03');
    await decide(one, '2025-03-03', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    await decide(one, '2025-03-03', { type: 'issue-order', findings: 'ten days', services: ['counseling'] });
    await letterLeaves(harness, one, '2025-03-04', 'order', 5);
    await one.attendance('2025-03-05', ['2025-03-05']);
    await decide(one, '2025-03-05', { type: 'refer-to-court' });
    await letterLeaves(harness, one, '2025-03-06', 'state-attorney-referral', 6);
    const referral = await letter(one, 'state-attorney-referral');
    expect(referral.text).toContain('no contact with the family has succeeded');

    await one.excuse('2025-03-07', '2024-11-05');
    await one.until('letter-questioned', 6);
    await decide(one, '2025-03-07', {
      type: 'settle-question',
      letter: { kind: 'state-attorney-referral', sequence: 1 },
      how: 'correction',
      reason: 'a note came',
    });
    await letterLeaves(harness, one, '2025-03-10', 'correction', 7);
    const { text, toEmail, recipientKind } = await letter(one, 'correction');
    expect({ toEmail, recipientKind }).toEqual({
      toEmail: 'sao@tazewell.example',
      recipientKind: 'state-attorney',
    });
    expect(text).toContain('Dear Taylor Test,');
    expect(text).toContain('corrects our referral to the State’s Attorney');
    expect(text).toContain('Tuesday, November 5, 2024 1 day no longer counts');
    expect(text).toContain('Casey Test Case Manager');
    expect(text).not.toContain('IS A DATE WRONG');
  });
});

describe('a withdrawal letter', () => {
  it('takes the notice back whose absence was excused', async () => {
    const one = await firstReferral(harness);
    await letterLeaves(harness, one, '2025-01-15', 'first-notice', 1);
    await one.excuse('2025-01-16', '2025-01-14');
    expect((await one.until('letter-questioned'))[0]?.data).toMatchObject({ what: 'basis-lost' });
    await decide(one, '2025-01-16', {
      type: 'settle-question',
      letter: FIRST,
      how: 'withdrawal',
      reason: 'the absence was excused',
    });
    await letterLeaves(harness, one, '2025-01-17', 'withdrawal', 2);
    const { text } = await letter(one, 'withdrawal');
    expect(text).toContain('We take back our first notice, sent by e-mail on Wednesday, January 15, 2025');
    expect(text).toContain('Nothing follows from that letter.');
    expect(text).toContain('Avery Test Assistant Regional Superintendent');
    expect(await stated(one, 'withdrawal')).toBeUndefined();
  });
});

describe('a hearing that is moved, moved again and called off', () => {
  it('is told each time from what the family knew', async () => {
    const one = await toTheThird(harness);
    await one.attendance('2025-02-10', ['2025-02-10']);
    await decide(one, '2025-02-10', {
      ...{ type: 'schedule-hearing', date: '2025-03-10', time: '10:00', place: 'Room 1', posted: false },
      interpreter: 'Spanish',
    });
    await letterLeaves(harness, one, '2025-02-11', 'hearing-notice', 4);
    const notice = await letter(one, 'hearing-notice');
    expect(notice.text).toContain('Interpreter Spanish, free of charge');
    expect(await stated(one, 'hearing-notice')).toMatchObject({ asOf: '2025-02-10' });

    const move = {
      type: 'move-hearing',
      time: '11:30',
      posted: false,
      reason: 'a colleague is ill',
    } as const;
    await decide(one, '2025-02-12', { ...move, date: '2025-03-17', place: 'Room 2' });
    // Before a letter of it has left: the family never hears of 17 March.
    const accommodation = 'entrance without steps';
    await decide(one, '2025-02-13', { ...move, date: '2025-03-24', place: 'Room 3', accommodation });
    await one.until('letter-withdrawn');
    await one.day('2025-02-14');
    await lookAgain(harness, one, 'hearing-moved-2');
    await one.until('letter-out', 5);
    const moved = await letter(one, 'hearing-moved', 2);
    expect(moved.text).toContain('Date Monday, March 24, 2025');
    expect(moved.text).toContain('was set for Monday, March 10, 2025 at 10:00 a.m., Room 1.');
    expect(moved.text).toContain(
      'takes the place of our hearing notice, sent by e-mail on Tuesday, February 11',
    );
    expect(moved.text).toContain('Interpreter Spanish, free of charge');
    expect(moved.text).toContain('Arranged for you entrance without steps');
    expect(moved.text).not.toMatch(/March 17|colleague/);
    expect(moved.text).toContain('Morgan Test');
    // Its evidence is that of the day the hearing was scheduled.
    expect(await stated(one, 'hearing-moved')).toEqual(await stated(one, 'hearing-notice'));
    expect(await noticesOf(harness.db, one.number)).toHaveLength(5);

    await decide(one, '2025-02-18', { type: 'cancel-hearing', reason: 'the family has moved away' });
    await letterLeaves(harness, one, '2025-02-19', 'hearing-cancelled', 6);
    const off = await letter(one, 'hearing-cancelled');
    expect(off.subject).toContain('The truancy hearing on Monday, March 24, 2025 is off');
    expect(off.text).toContain('We told you of it in our letter on the new date of the hearing');
    expect(off.text).not.toContain('moved away');
    expect(await stated(one, 'hearing-cancelled')).toBeUndefined();
  });

  it('that was opened and goes on says so', async () => {
    const one = await toTheThird(harness);
    await one.attendance('2025-02-10', ['2025-02-10']);
    await decide(one, '2025-02-10', {
      ...{ type: 'schedule-hearing', date: '2025-03-03', time: '10:00', place: 'Room 1', posted: false },
    });
    await letterLeaves(harness, one, '2025-02-11', 'hearing-notice', 4);
    await one.day('2025-03-03');
    await decide(one, '2025-03-03', {
      ...{ type: 'continue-hearing', date: '2025-03-24', time: '10:00', place: 'Room 1', posted: false },
      reason: 'the father could not come',
    });
    await letterLeaves(harness, one, '2025-03-04', 'hearing-moved', 5);
    const { text } = await letter(one, 'hearing-moved');
    expect(text).toContain('was opened and is not finished');
    expect(text).toContain('was set for Monday, March 3, 2025');
    expect(text).not.toContain('father');
  });
});

describe('a case begun on paper', () => {
  const by = (on: IsoDate) => ({ on, channel: 'print' as const, proof: `certified mail of ${on}` });
  const paper: PaperHistory = {
    ...{ enteredBy: 'U-0007', role: 'case-manager', caseload: null, order: null },
    interventions: [{ id: 'p1', kind: 'home-visit', date: '2025-01-08' }],
    referrals: [
      { on: '2024-11-13', notice: by('2024-11-14') },
      { on: '2024-12-04', notice: by('2024-12-05') },
      { on: '2025-01-09', notice: by('2025-01-10') },
    ],
    hearing: {
      ...{ date: '2025-01-29', time: '09:00', place: 'Room 1', scheduledOn: '2025-01-13' },
      ...{ notice: by('2025-01-14'), outcome: null },
    },
  };
  const days = ['2024-11-05', '2024-11-12', '2024-12-03', '2025-01-08', '2025-01-10'];

  it('tells of the hearing’s new date from what the paper letter said', async () => {
    const one = await harness.open({ on: '2025-01-15', days, paper });
    await one.until('brought-from-paper');
    await decide(one, '2025-01-15', {
      ...{ type: 'move-hearing', date: '2025-02-13', time: '10:00', place: 'Room 2', posted: false },
      reason: 'the room is not free',
    });
    await letterLeaves(harness, one, '2025-01-16', 'hearing-moved', 1);
    const { text } = await letter(one, 'hearing-moved');
    expect(text).toContain('was set for Wednesday, January 29, 2025 at 9:00 a.m., Room 1.');
    expect(text).toContain(
      'takes the place of our hearing notice, sent by mail on Tuesday, January 14, 2025',
    );
    expect(text).toContain(
      'First notice: sent by mail on Thursday, November 14, 2024, on paper, before our present record system',
    );
  });

  it('names the paper file’s proof of notice in the order', async () => {
    const one = await harness.open({ on: '2025-01-15', days, paper });
    await one.until('brought-from-paper');
    await one.day('2025-01-29');
    await decide(one, '2025-01-29', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    await decide(one, '2025-01-29', { type: 'issue-order', findings: 'many days', services: [] });
    await letterLeaves(harness, one, '2025-01-30', 'order', 1);
    expect((await letter(one, 'order')).text).toContain('Proof: certified mail of 2025-01-14.');
  });
});
