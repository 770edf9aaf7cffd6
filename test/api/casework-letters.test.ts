/** The Case Manager's letters through the API: written from the records, really sent, to nobody who must not have them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absences, addStudents, referAll, startWholeOffice, type WholeOffice } from './whole-office.ts';

const STUDENTS = ['4201', '4202'];
const ABSENT = ['2025-10-06', '2025-10-07', '2025-10-08'];

let whole: WholeOffice;
let cases: string[];

beforeAll(async () => {
  whole = await startWholeOffice();
  await addStudents(whole, STUDENTS);
  // A father who may not be written to.
  await whole.done('/v1/guardians:import', {
    guardians: [
      {
        ...{ sourceId: 'f-4201', firstName: 'Piet', lastName: 'Testchild', language: 'en' },
        email: 'father@example.org',
        students: [
          {
            ...{ student: '4201', relation: 'Father', legalRecipient: 'yes', livesWith: false },
            ...{ primary: false, noContact: true },
          },
        ],
      },
    ],
  });
  await absences(whole, STUDENTS, ABSENT, '2025-10-14');
  cases = await referAll(whole, STUDENTS, ['2025-10-01', '2025-10-02', '2025-10-03']);
  await whole.day('2025-10-16');
}, 240_000);
afterAll(() => whole.stop(), 60_000);

interface Sent {
  readonly key: string;
  readonly kind: string;
  readonly status: string;
}
const sent = async (n: number, kind: string): Promise<Sent[]> =>
  ((await whole.office.ask('GET', `/v1/notices?case=${cases[n]}`)).body['notices'] as Sent[]).filter(
    (one) => one.kind === kind,
  );
const textOf = async ({ key }: Sent) =>
  (await whole.office.ask('GET', `/v1/notices/${encodeURIComponent(key)}?format=text`)).text.replace(
    /\s+/g,
    ' ',
  );

describe('on the caseload', () => {
  it('the invitation goes to the mother alone, and names the notice before it', async () => {
    const placed = await whole.done(`/v1/cases/${cases[0]}/caseload`, { reason: 'the family asks for help' });
    expect(placed['letter']).toMatchObject({ kind: 'caseload-invitation', sendOn: '2025-10-17' });
    await whole.day('2025-10-17');
    const letters = await sent(0, 'caseload-invitation');
    expect(letters).toMatchObject([{ status: 'sent' }]);
    const text = await textOf(letters[0]!);
    expect(text).toContain('would like to meet with you and Ada');
    expect(text).toContain('Thursday, October 16, 2025');
    expect(text).toContain('Mara Testchild 4201');
    expect(text).not.toContain('Piet');
  });

  it('the plan in writing, once the family has gone through it', async () => {
    const caseload = `/v1/cases/${cases[0]}/caseload`;
    await whole.done(`${caseload}/plans`, {
      goals: ['Ada is in school every day for four weeks.'],
      supports: ['A seat on the early bus'],
    });
    await whole.settled();
    await whole.day('2025-10-20');
    expect(await sent(0, 'improvement-plan')).toEqual([]);
    await whole.done(`${caseload}/shares`, { with: 'student-and-parent' });
    await whole.settled();
    await whole.day('2025-10-21');
    const letters = await sent(0, 'improvement-plan');
    expect(letters).toMatchObject([{ status: 'sent' }]);
    const text = await textOf(letters[0]!);
    expect(text).toContain('Ada is in school every day for four weeks.');
    expect(text).toContain('A seat on the early bus');
    // Made on 17 October: reviewed after 10 and 20 school days, to the end of the school year.
    for (const day of ['Friday, October 31, 2025', 'Friday, November 14, 2025', 'Friday, May 29, 2026']) {
      expect(text).toContain(day);
    }
  });
});

describe('a quiet case', () => {
  it('closes with a letter of thanks', async () => {
    await whole.day('2025-12-19');
    await absences(whole, ['4202'], ABSENT, '2025-12-18');
    await whole.day('2025-12-22');
    const letters = await sent(1, 'closing-thanks');
    expect(letters).toMatchObject([{ status: 'sent' }]);
    const text = await textOf(letters[0]!);
    expect(text).toContain('45 days');
    const { body } = await whole.office.ask('GET', `/v1/cases/${cases[1]}`);
    expect(body).toMatchObject({ status: 'closed' });
    expect(body['state']).toMatchObject({ closed: { reason: 'improved' } });
  });
});
