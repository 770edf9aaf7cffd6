/** A correction seen through to the end: what the office is asked, what it answers, and what the family reads. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absences, addStudents, referAll, startWholeOffice, type WholeOffice } from './whole-office.ts';

let whole: WholeOffice;
beforeAll(async () => {
  whole = await startWholeOffice();
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const excuse = (student: string, date: string) =>
  whole.done('/v1/absences/excuse', { student, date, reason: 'a note' });
const mails = async (student: string) =>
  (await whole.mailTo(`m${student}@example.org`)).map((one) => one.text);
const state = async (number: string) =>
  (await whole.office.ask('GET', `/v1/cases/${number}`)).body['state'] as {
    hearing: { questioned: { count: number; stands: boolean } | null } | null;
    letters: { kind: string; status: string; parked: string | null }[];
  };
const tasks = async (number: string) =>
  ((await whole.office.ask('GET', `/v1/tasks?case=${number}`)).body['tasks'] as { textCode: string }[]).map(
    (one) => one.textCode,
  );

describe('a first notice', () => {
  const [correct, takeBack, never] = ['4101', '4102', '4103'] as const;
  let cases: string[];

  it('decided, its only new absence excused before it leaves: it does not leave', async () => {
    await addStudents(whole, [correct, takeBack, never]);
    await absences(whole, [correct, takeBack, never], ['2025-10-01', '2025-10-07'], '2025-10-14');
    cases = await referAll(whole, [correct, takeBack, never], ['2025-10-02', '2025-10-03', '2025-10-06']);
    await excuse(never, '2025-10-07');
    await whole.settled();
    expect(await tasks(cases[2]!)).toContain('LETTER_WITHOUT_BASIS');
    await whole.day('2025-10-16');
    expect([await mails(correct), await mails(never)]).toMatchObject([
      [expect.stringContaining('2 days of unexcused absence')],
      [],
    ]);
  });

  it('a day it lists becomes half a day: the family reads what it said and what counts now', async () => {
    await whole.done('/v1/absences/correct', {
      ...{ student: correct, date: '2025-10-01', code: 'unexcused', fraction: 0.5 },
      reason: 'came at noon',
    });
    await whole.settled();
    const answer = await whole.done(`/v1/cases/${cases[0]!}/letters/settle`, {
      ...{ letter: 'first-notice', how: 'correction', reason: 'came at noon' },
    });
    expect(answer).toMatchObject({ letter: { kind: 'correction', sendOn: '2025-10-17' } });
    await whole.day('2025-10-17');
    const [, letter] = await mails(correct);
    expect(letter).toContain('It corrects our first notice, sent by e-mail on Thursday, October 16, 2025.');
    expect(letter).toContain('Wednesday, October 1, 2025 1 day 0.5 days');
    expect(letter).toContain('that letter would have listed 1.5 days');
    expect(letter).not.toMatch(/came at noon|undefined|null|NaN/);
  });

  it('a correction that is itself corrected in the house does not leave', async () => {
    await excuse(correct, '2025-10-01');
    await whole.settled();
    await whole.done(`/v1/cases/${cases[0]!}/letters/settle`, {
      ...{ letter: 'first-notice', how: 'correction', reason: 'excused' },
    });
    await whole.done('/v1/absences/correct', {
      ...{
        student: correct,
        date: '2025-10-01',
        code: 'unexcused',
        fraction: 1,
        reason: 'the note was for another',
      },
    });
    await whole.settled();
    await whole.day('2025-10-20');
    expect(await mails(correct)).toHaveLength(2);
    expect((await state(cases[0]!)).letters.at(-1)).toMatchObject({ kind: 'correction', parked: 'basis' });
  });

  it('whose step is gone is taken back by a letter that says what follows from it: nothing', async () => {
    await excuse(takeBack, '2025-10-07');
    await whole.settled();
    const answer = await whole.done(`/v1/cases/${cases[1]!}/letters/settle`, {
      ...{ letter: 'first-notice', how: 'withdrawal', reason: 'excused' },
    });
    expect(answer).toMatchObject({ stage: 'interventions' });
    await whole.day('2025-10-21');
    const [, letter] = await mails(takeBack);
    expect(letter).toContain('Nothing follows from that letter');
    expect(letter).toContain('You do not need to answer it');
  });
});
