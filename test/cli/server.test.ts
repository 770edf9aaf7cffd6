/** The command line against a real server: API and worker as processes of their own, Temporal, Postgres, caught mail. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OFFICE, prepareInstallation } from '../../client/setup.ts';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startServices, type RunningServices } from '../../stack/services.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
let home: string;
let stack: RunningStack;
let services: RunningServices;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'truancy-cli-'));
  stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  const db = connect(stack.postgres.url, { max: 2 });
  await prepareInstallation(db, {
    policy: 'roe53',
    office: DEFAULT_OFFICE,
    driven: { today: '2025-10-15', msPerDay: 600_000 },
    home,
  });
  await db.close();
  services = await startServices(stack, { progress: () => undefined });
  env = {
    ...process.env,
    TRUANCY_HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    NO_COLOR: '1',
    TRUANCY_API_URL: '',
    TRUANCY_API_KEY: '',
  };
}, 240_000);

afterAll(async () => {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}, 120_000);

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function truancy(...args: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'truancy.mjs'), ...args], {
      env,
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const ran = await truancy(...args, '--json');
  if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.status} ${ran.err}`);
  return JSON.parse(ran.out) as Record<string, unknown>;
}

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
    const ran = await truancy('case', 'list');
    expect(ran.status).toBe(4);
    expect(ran.err).toMatch(/^error NOT_SIGNED_IN: .*truancy login/);
  });

  it('keeps server and key in a file closed to others', async () => {
    const login = await json('login', '--local');
    expect(login).toMatchObject({ role: 'administrator', schools: null });
    expect(statSync(String(login['file'])).mode & 0o077).toBe(0);
    expect(await json('whoami')).toMatchObject({ id: 'U-admin', server: services.apiUrl });
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
    const found = (await truancy('student', 'find', 'testchild')).out;
    expect(found).toContain('Testchild, Ada');
    expect(Math.max(...found.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
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
    const ran = await truancy('refer', '--student', '1001', '--progress', 'two more days absent');
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
    await stack.temporal.stop();
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
    const decision = await truancy(
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
    const response = await fetch(`${services.apiUrl}/docs/json`);
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
