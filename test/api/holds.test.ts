/** Holds and letters in question through the API, with letters that really leave. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absences, addStudents, referAll, startWholeOffice, type WholeOffice } from './whole-office.ts';
import { beginLeaving, stepByKey } from '../../db/stores/steps.ts';

let whole: WholeOffice;
let cases: string[];
const STUDENTS = ['4001', '4002', '4003', '4004', '4005', '4006', '4007', '4008'];
const ABSENT = ['2025-10-06', '2025-10-07', '2025-10-08'];

beforeAll(async () => {
  whole = await startWholeOffice();
  await addStudents(whole, STUDENTS);
  await absences(whole, STUDENTS, ABSENT, '2025-10-14');
  cases = await referAll(whole, STUDENTS, ['2025-10-01', '2025-10-02', '2025-10-03']);
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const of = (n: number) => cases[n] ?? '';
const ask = (n: number, what: string, body: unknown, key?: string) =>
  whole.office.ask('POST', `/v1/cases/${of(n)}/${what}`, body, key);
const done = (n: number, what: string, body: unknown) => whole.done(`/v1/cases/${of(n)}/${what}`, body);
const step = (n: number, kind = 'first-notice') => stepByKey(whole.db, `${of(n)}/${kind}/1`);
const tasks = async (n: number) =>
  (
    (await whole.office.ask('GET', `/v1/tasks?case=${of(n)}`)).body['tasks'] as {
      textCode: string;
      role: string;
    }[]
  ).map((one) => `${one.role}: ${one.textCode}`);
const sent = async (n: number) =>
  ((await whole.office.ask('GET', `/v1/notices?case=${of(n)}`)).body['notices'] as { kind: string }[]).map(
    (one) => one.kind,
  );
const MEDICAL = { kind: 'medical', reason: 'in hospital', schoolDays: 10 };

describe('a hold on a letter in the house', () => {
  it('keeps it there past its day; nothing else waits for it', async () => {
    const placed = await done(0, 'holds', { ...MEDICAL, id: 'hold-0' });
    expect(placed['done']).toContain('no letter leaves');
    expect(await step(0)).toMatchObject({ status: 'waiting', parked: 'hold', reservedBy: null });
    const seen = await whole.office.ask('GET', `/v1/preview?case=${of(0)}&step=referral`);
    expect(seen.body).toMatchObject({ letter: 'second-notice', parked: 'hold' });
  });

  it('asked twice by one id is one hold; ended only by its id where several stand', async () => {
    await done(0, 'holds', { ...MEDICAL, id: 'hold-0' });
    await done(0, 'holds', { ...MEDICAL, id: 'second', kind: 'custody' });
    const which = await ask(0, 'holds/release', { reason: 'settled' });
    expect([which.status, which.body['code']]).toEqual([409, 'HOLD_NOT_NAMED']);
    expect(which.body['details']).toMatchObject({ holds: [{ id: 'hold-0' }, { id: 'second' }] });
    await done(0, 'holds/release', { hold: 'second', reason: 'settled', id: 'release-second' });
    expect(await step(0)).toMatchObject({ parked: 'hold' });
  });

  it('a letter decided under a hold says that it waits', async () => {
    await done(1, 'withdraw', { reason: 'too early' });
    await done(1, 'holds', { ...MEDICAL, id: 'hold-1' });
    const referred = await done(1, 'referrals', { progress: 'absent again' });
    expect(referred['letter']).toMatchObject({ kind: 'first-notice', parked: 'hold' });
    expect(await stepByKey(whole.db, `${of(1)}/first-notice/2`)).toMatchObject({ parked: 'hold' });
  });

  it('a school may not place one; a school’s own judgement of progress is its to make', async () => {
    const key = await whole.office.person('school', ['PEKIN-HS']);
    expect((await ask(2, 'holds', MEDICAL, key)).status).toBe(403);
    const judged = await ask(2, 'progress', { adequate: false, reason: 'absent every Monday' }, key);
    expect(judged.status).toBe(200);
  });
});

describe('a hold against a letter that leaves', () => {
  it('the letter first: it goes, and the hold stands all the same', async () => {
    expect(await beginLeaving(whole.db, `${of(3)}/first-notice/1`)).toBe('leave');
    await done(3, 'holds', { ...MEDICAL, id: 'hold-3' });
    expect(await step(3)).toMatchObject({ status: 'leaving', parked: null });
    const withdrawn = await ask(3, 'withdraw', { reason: 'too late' });
    expect([withdrawn.status, withdrawn.body['code']]).toEqual([409, 'NOTICE_ALREADY_OUT']);
  });

  it('both at once, many times: each letter has either left or waits, and the case knows which', async () => {
    await whole.settled();
    const racing = [4, 5, 6, 7];
    await Promise.all([
      whole.done('/v1/office/day', { date: '2025-10-16' }),
      ...racing.map((n) => done(n, 'holds', { ...MEDICAL, id: `hold-${n}` })),
    ]);
    await whole.settled();
    for (const n of racing) {
      const row = await step(n);
      const letters = await sent(n);
      if (row?.parked === 'hold') expect([row.status, letters]).toEqual(['waiting', []]);
      else expect([row?.status, letters]).toEqual(['out', ['first-notice']]);
      const { body } = await whole.office.ask('GET', `/v1/cases/${of(n)}`);
      const { letters: known } = body['state'] as { letters: { status: string; parked: string | null }[] };
      expect(known).toMatchObject([{ status: row?.status, parked: row?.parked }]);
    }
    expect([await sent(0), await sent(1), await sent(2), await sent(3)]).toEqual([
      [],
      [],
      ['first-notice'],
      ['first-notice'],
    ]);
  });
});

describe('the end of a hold', () => {
  it('letters that waited are asked about, and leave when a person lets them', async () => {
    await done(0, 'holds/release', { reason: 'well again', id: 'release-0' });
    expect(await step(0)).toMatchObject({ parked: 'asked', status: 'waiting' });
    expect(await tasks(0)).toContain('case-manager: LETTERS_WAIT_AFTER_HOLD');
    const seen = await whole.office.ask('GET', `/v1/preview?case=${of(0)}&step=release&letter=first-notice`);
    expect(seen.body).toMatchObject({ letter: 'first-notice', leavesOn: '2025-10-17', parked: null });
    await done(0, 'letters/release', { letter: 'first-notice', reason: 'it still holds' });
    expect(await step(0)).toMatchObject({ parked: null, sendOn: '2025-10-17' });
    expect(await tasks(0)).not.toContain('case-manager: LETTERS_WAIT_AFTER_HOLD');
    await whole.day('2025-10-17');
    expect(await sent(0)).toEqual(['first-notice']);
  });

  it('one that nobody ends comes back to its owner, and goes on when it is extended', async () => {
    const { id } = await userOf('case-manager');
    await done(1, 'holds', { ...MEDICAL, kind: 'legal', schoolDays: 1, owner: id, id: 'short' });
    await whole.day('2025-10-21');
    expect(await tasks(1)).toContain('case-manager: HOLD_EXPIRED');
    expect(await stepByKey(whole.db, `${of(1)}/first-notice/2`)).toMatchObject({ parked: 'hold' });
    await done(1, 'holds/extend', { hold: 'short', reason: 'still in court', until: '2025-10-31' });
    expect(await tasks(1)).not.toContain('case-manager: HOLD_EXPIRED');
  });

  it('a case closes under a hold: what waited never leaves', async () => {
    await done(1, 'close', { reason: 'withdrawn' });
    await whole.settled();
    expect(await stepByKey(whole.db, `${of(1)}/first-notice/2`)).toMatchObject({ status: 'withdrawn' });
    expect(await tasks(1)).toEqual([]);
  });
});

describe('a letter whose facts a correction has changed', () => {
  it('is asked about; it stands, with a reason', async () => {
    await whole.done('/v1/absences/excuse', {
      student: STUDENTS[2],
      date: '2025-10-07',
      reason: 'doctor’s note',
    });
    await whole.settled();
    expect(await tasks(2)).toContain('case-manager: LETTER_QUESTIONED');
    await done(2, 'letters/settle', {
      letter: 'first-notice',
      how: 'stands',
      reason: 'two other days count',
    });
    expect(await tasks(2)).not.toContain('case-manager: LETTER_QUESTIONED');
    const again = await ask(2, 'letters/settle', { letter: 'first-notice', how: 'stands', reason: 'again' });
    expect([again.status, again.body['code']]).toEqual([409, 'NOTHING_IN_QUESTION']);
  });

  it('whose basis is gone is withdrawn by a letter, and its step with it', async () => {
    for (const date of ABSENT) {
      await whole.done('/v1/absences/excuse', { student: STUDENTS[0], date, reason: 'doctor’s note' });
    }
    await whole.settled();
    expect(await tasks(0)).toContain('case-manager: LETTER_QUESTIONED');
    const correct = { letter: 'first-notice', how: 'correction', reason: 'x' };
    expect((await ask(0, 'letters/settle', correct)).body['code']).toBe('BASIS_LOST');
    const withdrawn = await done(0, 'letters/settle', {
      ...{ letter: 'first-notice', how: 'withdrawal', reason: 'all three days are excused', id: 'take-back' },
    });
    expect(withdrawn).toMatchObject({ stage: 'interventions', letter: { kind: 'withdrawal', sequence: 1 } });
    expect(await tasks(0)).not.toContain('case-manager: LETTER_QUESTIONED');
  });
});

async function userOf(role: string): Promise<{ id: string }> {
  const { createUser } = await import('../../db/stores/users.ts');
  return createUser(whole.db, { name: 'Somebody', role, schools: null });
}
