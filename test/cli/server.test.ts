/** The command line against a real server: API and worker as processes of their own, Temporal, Postgres, caught mail. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliOffice, type CliOffice } from './office.ts';

let office: CliOffice;
let home: string;
const truancy = (...args: string[]) => office.truancy(...args);
/** As a process of its own: what people and scripts see of it. */
const program = (...args: string[]) => office.program(...args);
const json = (...args: string[]) => office.json(...args);

beforeAll(async () => {
  office = await startCliOffice('2025-10-15');
  ({ home } = office);
}, 240_000);
afterAll(() => office.stop(), 120_000);

const add = (date: string, ...more: string[]) =>
  json(
    'intervention',
    'add',
    '--student',
    '1001',
    '--kind',
    'phone-call',
    '--date',
    date,
    '--by',
    'clerk',
    '--outcome',
    'spoke with a parent',
    ...more,
  );

describe('signing in', () => {
  it('without it, a command says how to and leaves status 4', async () => {
    const ran = await program('case', 'list');
    expect(ran.status).toBe(4);
    expect(ran.err).toMatch(/^error NOT_SIGNED_IN: .*truancy login/);
  });

  it('keeps server and key in a file closed to others', async () => {
    const login = await json('login', '--local');
    expect(login).toMatchObject({ role: 'administrator', schools: null });
    expect(statSync(String(login['file'])).mode & 0o077).toBe(0);
    expect(await json('whoami')).toMatchObject({ id: 'U-admin', server: office.services.apiUrl });
  });
});

describe('records in', () => {
  it('district, school, calendar, roster and contacts by command', async () => {
    await json('district', 'add', '--code', 'PEKIN-303', '--name', 'Pekin CSD 303');
    await json(
      'school',
      'add',
      '--code',
      'PEKIN-HS',
      '--source-id',
      '17',
      '--name',
      'Pekin High School',
      '--district',
      'PEKIN-303',
      '--county',
      'Tazewell',
    );
    const calendar = join(home, 'calendar.csv');
    writeFileSync(
      calendar,
      'date,title\n2025-08-18,First day of school\n2025-10-13,No school\n2026-05-29,Last day of school\n',
    );
    const stored = await json('calendar', 'import', calendar, '--school', 'PEKIN-HS');
    expect((stored['opened'] as string[]).length).toBeGreaterThan(150);
    const roster = join(home, 'students.csv');
    writeFileSync(
      roster,
      'student_id,first_name,last_name,birth_date,school\n1001,Ada,Testchild,2011-03-02,17\n',
    );
    expect(await json('student', 'import', '--file', roster)).toMatchObject({ new: 1 });
    await json(
      'guardian',
      'add',
      '--student',
      '1001',
      '--first',
      'Mara',
      '--last',
      'Testchild',
      '--relation',
      'mother',
      '--email',
      'mara@example.org',
    );
    const found = (await program('student', 'find', 'testchild')).out;
    expect(found).toContain('Testchild, Ada');
    expect(Math.max(...found.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('contacts given in the place of a roster are refused, and no student gets a parent’s name', async () => {
    const file = join(home, 'contacts.csv');
    writeFileSync(
      file,
      'guardian_id,student_id,first_name,last_name,relation\ng1,1001,Mara,Testchild,Mother\n',
    );
    const ran = await truancy('student', 'import', '--file', file);
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('error WRONG_FILE: contacts.csv')]);
    expect((await truancy('student', 'show', '--student', '1001')).out).toContain('Ada Testchild');
  });

  it('a student and an adult by hand; an edit keeps what it does not name', async () => {
    const student = ['student', 'add', '--student', '1003', '--first', 'Ida', '--last', 'Handchild'];
    expect((await truancy(...student, '--school', 'NOWHERE')).status).toBe(4);
    expect(await json(...student, '--school', 'PEKIN-HS', '--born', '2012-04-01')).toMatchObject({ new: 1 });
    const adult = ['guardian', 'add', '--student', '1003', '--first', 'Ola', '--last', 'Handchild'];
    await json(...adult, '--relation', 'father', '--address', '1 Elm St; Pekin; IL; 61554');
    const [father] = (await json('guardian', 'show', '--student', '1003')) as unknown as { id: number }[];
    const edit = ['guardian', 'edit', '--student', '1003', '--guardian', String(father?.id)];
    expect(await json(...edit, '--email', 'ola@example.org')).toMatchObject({
      changed: true,
      guardian: { email: 'ola@example.org', relation: 'father', address: { city: 'Pekin' } },
    });
    expect(await json(...edit, '--email', 'ola@example.org')).toMatchObject({ changed: false });
    expect((await truancy(...edit, '--address', 'somewhere')).err).toMatch(/^error BAD_ADDRESS: --address/);
  });

  it('attendance from a file, with every row it leaves out', async () => {
    const file = join(home, 'attendance.csv');
    writeFileSync(
      file,
      'student_id,school,date,code\n1001,17,2025-10-06,UNX\n1001,17,2025-10-07,UNX\n9999,17,2025-10-07,UNX\n1001,99,2025-10-08,UNX\n',
    );
    const first = await json(
      'attendance',
      'import',
      file,
      '--format',
      'csv',
      '--covers',
      '2025-10-01..2025-10-15',
    );
    expect(first).toMatchObject({ marks: { new: 2 }, refused: [{ reason: 'unknown-school', line: 5 }] });
    expect(first).toMatchObject({ report: { counts: { 'unknown-student': 1 } } });
    const again = await json(
      'attendance',
      'import',
      file,
      '--format',
      'csv',
      '--covers',
      '2025-10-01..2025-10-15',
    );
    expect(again).toMatchObject({ marks: { new: 0, changed: 0, unchanged: 2 }, told: [] });
    const count = await json('attendance', 'explain', '--student', '1001', '--as-of', '2025-10-15');
    expect(count).toMatchObject({ unexcusedDays: 2, knownUpTo: '2025-10-15', threshold: 9, reached: false });
  });

  it('a code nobody has mapped is mapped where it was seen', async () => {
    const file = join(home, 'trip.csv');
    writeFileSync(file, 'student_id,school,date,code\n1001,17,2025-10-09,FTRIP\n');
    await json('attendance', 'import', file);
    expect((await truancy('attendance', 'codes')).out).toMatch(/FTRIP +1 +NOT MAPPED/);
    expect((await truancy('attendance', 'codes', '--set', 'FTRIP=excused')).out).toMatch(/FTRIP +1 +excused/);
    const unseen = await truancy('attendance', 'codes', '--set', 'NIX=excused');
    expect([unseen.status, unseen.err]).toEqual([2, expect.stringContaining('error UNKNOWN_CODE: --set')]);
  });

  it('a mark on a day without school says that it never counts; no absences on such a day is refused', async () => {
    const mark = ['absence', 'add', '--student', '1001', '--date', '2025-10-13', '--code', 'unexcused'];
    expect((await truancy(...mark)).out).toContain('there is no school that day');
    const none = await truancy('attendance', 'none', '--school', 'PEKIN-HS', '--date', '2025-10-13');
    expect([none.status, none.err.slice(0, 26)]).toEqual([3, 'error NO_SCHOOL_THAT_DAY: ']);
  });
});

describe('the first steps of a case', () => {
  it('a truancy ticket is refused with status 3', async () => {
    const ran = await truancy(
      'intervention',
      'add',
      '--student',
      '1001',
      '--kind',
      'truancy-ticket',
      '--date',
      '2025-10-01',
      '--by',
      'clerk',
      '--outcome',
      'fined',
    );
    expect(ran.status).toBe(3);
    expect(ran.err).toMatch(/^error NOT_AN_INTERVENTION: /);
  });

  it('an unknown student is status 4, a date that does not exist status 2', async () => {
    const bad = (student: string, date: string) =>
      truancy(
        'intervention',
        'add',
        '--student',
        student,
        '--kind',
        'phone-call',
        '--date',
        date,
        '--by',
        'clerk',
        '--outcome',
        'x',
      );
    expect((await bad('9999', '2025-10-01')).status).toBe(4);
    expect((await bad('1001', '2025-02-30')).status).toBe(2);
  });

  it('a referral that is refused opens no case', async () => {
    const ran = await program('refer', '--student', '1003', '--progress', 'still absent', '--yes');
    expect([ran.status, ran.err.slice(0, 27)]).toEqual([3, 'error INTERVENTIONS_MISSING']);
    expect((await truancy('case', 'list', '--status', 'any')).out).toBe('No cases.\n');
  });

  it.each([
    [2, 'BAD_USAGE', ['refer', '--no-such-option']],
    [2, 'BAD_USAGE', ['case', 'why']],
    [
      2,
      'BAD_INPUT: --date',
      ['absence', 'excuse', '--student', '1001', '--date', '12.2.2025', '--reason', 'x'],
    ],
    [2, 'BAD_INPUT: --case', ['case', 'why', '--case', 'foo']],
    [2, 'BAD_INPUT: --stage: must be one of', ['case', 'list', '--stage', 'banana']],
    [2, 'BAD_INPUT: --as: must be one of', ['todo', '--as', 'banana']],
    [2, 'BAD_TASK: --done', ['todo', '--done', 'abc']],
    [4, 'UNKNOWN_SCHOOL', ['case', 'list', '--school', 'NOWHERE']],
    [4, 'UNKNOWN_CASE', ['case', 'show', '--case', 'C-999999']],
    [
      4,
      'UNKNOWN_GUARDIAN',
      ['guardian', 'no-contact', '--guardian', 'x', '--student', '1001', '--reason', 'y'],
    ],
  ] as [number, string, string[]][])('status %i, %s: one line and no more', async (status, begins, args) => {
    const ran = await program(...args);
    expect(ran.status).toBe(status);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^[^\n]*\n$/);
    expect(ran.err.slice(6, 6 + begins.length)).toBe(begins);
  });

  it('a wrong key is status 4; a server that is away status 5, with the id to repeat a decision by', async () => {
    const wrong = await office.truancyWith({ TRUANCY_API_KEY: 'tc_000000000000_bad' }, 'case', 'list');
    expect([wrong.status, wrong.err.slice(0, 20)]).toEqual([4, 'error NOT_SIGNED_IN:']);
    const away = await office.truancyWith(
      { TRUANCY_API_URL: 'http://127.0.0.1:1' },
      ...['refer', '--case', 'C-000001', '--progress', 'x', '--yes', '--id', 'mine'],
    );
    expect([away.status, away.err]).toEqual([5, expect.stringMatching(/OUT_OF_REACH.*--id mine/)]);
    const nonsense = await office.truancyWith({ TRUANCY_API_URL: 'nonsense' }, 'case', 'list');
    expect([nonsense.status, nonsense.err.slice(0, 16)]).toEqual([2, 'error NO_SERVER:']);
  });

  it('the first intervention opens the case; two do not suffice for a referral', async () => {
    expect(await add('2025-10-01')).toMatchObject({ caseNumber: 'C-000001', opened: true, waits: false });
    expect(await add('2025-10-02', '--id', 'call-2')).toMatchObject({ opened: false });
    expect(await add('2025-10-02', '--id', 'call-2')).toMatchObject({ repeated: true });
    const ran = await truancy('refer', '--student', '1001', '--progress', 'still absent', '--yes');
    expect(ran.status).toBe(3);
    expect(ran.err).toMatch(/INTERVENTIONS_MISSING.*1 is missing/);
  });

  it('a letter does not leave without somebody saying so; it shows who would get what', async () => {
    await add('2025-10-03');
    const ran = await program('refer', '--student', '1001', '--progress', 'two more days absent');
    expect(ran.status).toBe(2);
    expect(ran.err).toContain('error CONFIRMATION_NEEDED');
    expect(ran.err).toMatch(/Ada Testchild \(1001\), born Wed 2 Mar 2011/);
    expect(ran.err).toMatch(/Mara Testchild \(mother\), by e-mail, in English/);
  });

  it('the referral, its letter the next morning, and why nothing follows yet', async () => {
    const done = await truancy(
      'refer',
      '--student',
      '1001',
      '--progress',
      'two more days absent',
      '--yes',
      '--id',
      'first',
    );
    expect(done.err).toBe('');
    expect(done.out).toMatch(/first notice, leaves on Thu 16 Oct 2025/);
    const repeated = await json(
      'refer',
      '--student',
      '1001',
      '--progress',
      'two more days absent',
      '--yes',
      '--id',
      'first',
    );
    expect(repeated).toMatchObject({ stage: 'first-referral' });
    const why = await truancy('case', 'why', '--case', 'C-000001');
    expect(why.out).toContain('24 Oct 2025');
    const early = await truancy('refer', '--case', 'C-000001', '--progress', 'no change', '--yes');
    expect([early.status, early.err.includes('REFERRAL_TOO_EARLY')]).toEqual([3, true]);
    expect(await json('refer', 'withdraw', '--case', 'C-000001', '--reason', 'wrong student')).toMatchObject({
      stage: 'interventions',
    });
    expect((await truancy('case', 'show', '--case', 'C-000001')).out).toContain('referral-withdrawn');
  });
});

describe('with Temporal gone', () => {
  it('a fact is kept with status 0 and waits; a decision is status 5 and names its id', async () => {
    await office.stack.temporal.stop();
    const kept = await truancy(
      'intervention',
      'add',
      '--student',
      '1001',
      '--kind',
      'home-visit',
      '--date',
      '2025-10-14',
      '--by',
      'clerk',
      '--outcome',
      'nobody home',
    );
    expect(kept.status).toBe(0);
    expect(kept.out).toContain('Kept.');
    const mark = ['absence', 'add', '--student', '1001', '--date', '2025-10-14', '--code', 'unexcused'];
    expect(await json(...mark)).toMatchObject({ changed: true, waits: true });
    const decision = await program(
      'refer',
      '--case',
      'C-000001',
      '--progress',
      'no change',
      '--yes',
      '--id',
      'later',
    );
    expect(decision.status).toBe(5);
    expect(decision.err).toMatch(/OUT_OF_REACH.*later/);
  });
});

describe('the server', () => {
  it('says what it offers as OpenAPI 3.1, and writes no name into its log', async () => {
    const response = await fetch(`${office.services.apiUrl}/docs/json`);
    const described = (await response.json()) as { openapi: string; paths: Record<string, unknown> };
    expect(described.openapi).toBe('3.1.0');
    expect(Object.keys(described.paths)).toContain('/v1/cases/{number}/referrals');
    const { readdirSync } = await import('node:fs');
    const logs = readdirSync(join(home, 'logs')).map((file) =>
      readFileSync(join(home, 'logs', file), 'utf8'),
    );
    expect(logs.join('')).not.toContain('Testchild');
  });
});
