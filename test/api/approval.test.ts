/** Letters that a person approves before they leave, through the API, with letters that really leave. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShownApproval } from '../../client/services/decisions.ts';
import { beginLeaving, stepByKey } from '../../db/stores/steps.ts';
import { absences, addStudents, referAll, startWholeOffice, type WholeOffice } from './whole-office.ts';

const STUDENTS = ['4101', '4102', '4103', '4104', '4105', '4106', '4107'];
const ABSENT = ['2025-10-06', '2025-10-07', '2025-10-08'];
const POLICY = readFileSync(join(import.meta.dirname, '../../policies/roe53.yaml'), 'utf8')
  .replace("version: '1'", "version: '2'")
  .replace(
    '\nprogress:',
    `
  approval:
    letters: [{ kind: first-notice }, { kind: second-notice }]
    escalate: { afterSchoolDays: 3, to: regional-superintendent }

progress:`,
  );

let whole: WholeOffice;
let cases: string[];
let ars: string;
let rs: string;
let school: string;

beforeAll(async () => {
  whole = await startWholeOffice();
  const { office } = whole;
  expect((await office.ask('PUT', '/v1/office/policy', { text: POLICY })).status).toBe(200);
  await addStudents(whole, STUDENTS);
  await absences(whole, STUDENTS, ABSENT, '2025-10-14');
  cases = await referAll(whole, STUDENTS, ['2025-10-01', '2025-10-02', '2025-10-03']);
  ars = await office.person('assistant-regional-superintendent', null);
  rs = await office.person('regional-superintendent', null);
  school = await office.person('school', ['PEKIN-HS']);
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const of = (n: number) => cases[n] ?? '';
const letter = (n: number, what: string, body: object, key = ars) =>
  whole.office.ask('POST', `/v1/cases/${of(n)}/letters/${what}`, { letter: 'first-notice', ...body }, key);
const queue = async (query = '', key = ars): Promise<ShownApproval[]> =>
  (await whole.office.ask('GET', `/v1/approvals${query}`, undefined, key)).body['letters'] as ShownApproval[];
const shown = async (n: number) => (await queue(`?case=${of(n)}&text=true`))[0]!;
const step = (n: number) => stepByKey(whole.db, `${of(n)}/first-notice/1`);
const sent = async (n: number) =>
  ((await whole.office.ask('GET', `/v1/notices?case=${of(n)}`)).body['notices'] as { kind: string }[]).length;
const tasks = async (n: number) =>
  (
    (await whole.office.ask('GET', `/v1/tasks?case=${of(n)}`)).body['tasks'] as {
      textCode: string;
      role: string;
    }[]
  ).map((one) => `${one.role}: ${one.textCode}`);

describe('the queue', () => {
  it('shows each letter with its evidence, its readers and its words', async () => {
    expect(await queue()).toHaveLength(STUDENTS.length);
    const one = await shown(0);
    expect(one).toMatchObject({
      case: of(0),
      letter: 'first-notice',
      role: 'assistant-regional-superintendent',
      status: 'asked',
      yours: true,
      student: { sisId: '4101' },
      changed: [],
      shown: {
        count: { days: 3, knownUpTo: '2025-10-14' },
        absences: ABSENT.map((date) => ({ date, fraction: 1 })),
        to: [{ name: 'Mara Testchild 4101', channel: 'email', language: 'en' }],
        blocked: null,
      },
    });
    expect(one.shown.interventions).toHaveLength(3);
    expect(one.copies).toMatchObject([{ channel: 'email', missing: null }]);
    expect(one.copies[0]!.text).toContain('Wednesday, October 8, 2025');
    expect(await step(0)).toMatchObject({ status: 'waiting', parked: 'approval' });
    expect(await tasks(0)).toContain('assistant-regional-superintendent: APPROVE_THE_LETTER');
    const listed = await whole.office.ask('GET', '/v1/cases?flag=awaiting-approval');
    expect(listed.body['cases']).toHaveLength(STUDENTS.length);
  });

  it('is nobody’s but the approver’s: a school sees it and may not decide', async () => {
    expect((await queue('?mine=true', rs)).length).toBe(0);
    const { evidence } = await shown(0);
    expect((await letter(0, 'approve', { evidence }, school)).status).toBe(403);
    const other = await letter(0, 'approve', { evidence }, rs);
    expect([other.status, other.body['code']]).toEqual([409, 'NOT_YOURS_TO_APPROVE']);
  });
});

describe('deciding', () => {
  it('approves what was shown; nothing if the records say otherwise now, and says what changed', async () => {
    const before = await shown(0);
    await whole.done('/v1/absences/excuse', {
      ...{ student: '4101', date: '2025-10-06', reason: 'a doctor’s note' },
    });
    await whole.settled();
    const refused = await letter(0, 'approve', { evidence: before.evidence });
    expect([refused.status, refused.body['code']]).toEqual([409, 'EVIDENCE_CHANGED']);
    expect(refused.body['detail']).toContain('Mon 6 Oct 2025 no longer counts');
    const now = await shown(0);
    expect(now.changed).toEqual([{ date: '2025-10-06', before: 1, now: 0 }]);
    const approved = await letter(0, 'approve', { evidence: now.evidence, id: 'approve-0' });
    expect([approved.status, approved.body['done']]).toEqual([
      200,
      'The letter is approved and leaves on Thu 16 Oct 2025.',
    ]);
    // The same id again gets the first answer.
    expect((await letter(0, 'approve', { evidence: now.evidence, id: 'approve-0' })).body['done']).toBe(
      approved.body['done'],
    );
    expect(await step(0)).toMatchObject({ parked: null, sendOn: '2025-10-16' });
    expect(await tasks(0)).not.toContain('assistant-regional-superintendent: APPROVE_THE_LETTER');
  });

  it('withholds one that was approved, returns another to its school, which answers', async () => {
    const one = await shown(1);
    expect((await letter(1, 'approve', { evidence: one.evidence })).status).toBe(200);
    expect((await letter(1, 'withhold', { reason: 'the mother has called' })).status).toBe(200);
    expect(await step(1)).toMatchObject({ status: 'waiting', parked: 'approval', reservedBy: null });
    expect((await letter(2, 'return', { reason: 'which calls were made?' })).status).toBe(200);
    expect(await tasks(2)).toContain('school: LETTER_RETURNED');
    expect((await letter(2, 'resubmit', { reason: 'three calls to the mother' }, school)).status).toBe(200);
    expect((await shown(2)).note).toBe('three calls to the mother');
  });

  it('several at once, each for itself', async () => {
    const letters = (await queue('?mine=true'))
      .filter((one) => [of(3), of(4)].includes(one.case))
      .map(({ case: number, letter: kind, sequence, evidence }) => ({
        ...{ case: number, letter: kind, sequence, evidence },
      }));
    letters.push({ ...letters[0]!, case: of(5), evidence: '0123456789abcdef' });
    const { body } = await whole.office.ask('POST', '/v1/approvals', { letters, id: 'monday' }, ars);
    expect(body['letters']).toMatchObject([
      { case: of(3), outcome: 'approved' },
      { case: of(4), outcome: 'approved' },
      { case: of(5), outcome: 'refused', code: 'EVIDENCE_CHANGED' },
    ]);
  });
});

describe('leaving', () => {
  it('only what was approved leaves; what changed since stays, and says which day', async () => {
    // Approved this afternoon; a note comes in the evening.
    await whole.done('/v1/absences/excuse', {
      ...{ student: '4104', date: '2025-10-06', reason: 'a doctor’s note' },
    });
    await whole.day('2025-10-16');
    expect([
      await sent(0),
      await sent(1),
      await sent(2),
      await sent(3),
      await sent(4),
      await sent(5),
    ]).toEqual([1, 0, 0, 0, 1, 0]);
    expect(await step(3)).toMatchObject({ parked: 'approval' });
    const again = await shown(3);
    expect(again).toMatchObject({ status: 'asked', note: 'what it lists has changed since it was approved' });
    const late = await letter(4, 'withhold', { reason: 'too late' });
    expect([late.status, late.body['code']]).toEqual([409, 'ALREADY_LEFT']);
  });

  it('a letter that is leaving this moment is not withheld', async () => {
    const { evidence } = await shown(3);
    expect((await letter(3, 'approve', { evidence })).status).toBe(200);
    expect(await beginLeaving(whole.db, `${of(3)}/first-notice/1`)).toBe('leave');
    const late = await letter(3, 'withhold', { reason: 'too late' });
    expect([late.status, late.body['code']]).toEqual([409, 'NOTICE_ALREADY_OUT']);
  });

  it('a hold over it: approved, it waits on; a withdrawn step takes its letter with it', async () => {
    await whole.done(`/v1/cases/${of(5)}/holds`, { kind: 'medical', reason: 'in hospital', schoolDays: 5 });
    const { evidence } = await shown(5);
    const held = await letter(5, 'approve', { evidence });
    expect(held.body['done']).toBe('The letter is approved; it waits under a hold.');
    await whole.done(`/v1/cases/${of(6)}/withdraw`, { reason: 'entered by mistake' });
    expect(await step(6)).toMatchObject({ status: 'withdrawn' });
    expect(await queue(`?case=${of(6)}`)).toEqual([]);
  });
});

describe('time', () => {
  it('nobody decides in three school days: a further role is told and may approve', async () => {
    await whole.day('2025-10-17');
    await whole.day('2025-10-20');
    await whole.day('2025-10-21');
    // Put in again on the 15th: three school days are over on the 20th.
    expect(await tasks(2)).toContain('regional-superintendent: LETTER_NOT_APPROVED_IN_TIME');
    const one = (await queue(`?case=${of(2)}`, rs))[0]!;
    expect(one).toMatchObject({ escalatedTo: 'regional-superintendent', yours: true });
    expect((await letter(2, 'approve', { evidence: one.evidence }, rs)).status).toBe(200);
    await whole.day('2025-10-22');
    expect(await sent(2)).toBe(1);
  });
});
