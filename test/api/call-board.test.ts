/** The department's board and the week's page for its head, on rows whose answer is known; and the command line against them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Board } from '../../client/services/call-board.ts';
import type { CallWeek } from '../../client/services/call-week.ts';
import { boardText } from '../../client/cli/board-text.ts';
import { CliError, EXIT } from '../../client/cli/frame.ts';
import { watchBoard } from '../../client/cli/watch-board.ts';
import { asJson } from '../../db/stores/common.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, TODAY, type TestOffice } from './office.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const MINUTE = 60_000;
const began = Date.now();
const ago = (minutes: number) => new Date(began - minutes * MINUTE).toISOString();

let postgres: TestPostgres;
let department: TestOffice;
let folder: string;
let dispatcher: string;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'truancy-board-'));
  postgres = await startPostgres();
  department = await testOffice(await postgres.freshDatabase(), { policy: 'intervention-department' });
  await settle(department);
  // Its minutes are real ones.
  await updateOffice(department.db, {
    drivenClock: {
      kind: 'driven',
      startMs: began - 9 * 60 * MINUTE,
      startDate: TODAY,
      msPerDay: 1_440 * MINUTE,
    },
  });
  await theRecords();
  dispatcher = await department.person('dispatcher', null);
  url = await department.api.listen({ host: '127.0.0.1', port: 0 });
}, 120_000);
afterAll(async () => {
  await department.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Row {
  readonly n: number;
  readonly kind: string;
  readonly school?: string | null;
  readonly stage: string;
  readonly opened: number;
  readonly on?: string;
  readonly from?: string;
  readonly flags?: string[];
  readonly outcome?: string;
  readonly closedOn?: string;
  readonly next?: string;
  readonly steps?: object[];
}

/** As the workflows write them; known numbers are checked against these. */
async function theRecords(): Promise<void> {
  const { db } = department;
  const rows: Row[] = [
    { n: 1, kind: 'police-transport', school: null, stage: 'waiting', opened: 12, flags: ['nobody-has-it'] },
    { n: 2, kind: 'true-refusal', school: 'PEKIN-HS', stage: 'out', opened: 40 },
    { n: 3, kind: 'true-refusal', school: 'EAST-HS', stage: 'waiting', opened: 20 },
    { n: 4, kind: 'mia-visit', school: 'PEKIN-HS', stage: 'planned', opened: 30, from: '2025-10-16' },
    {
      ...{ n: 5, kind: 'address-verification', school: 'EAST-HS', stage: 'waiting', opened: 3_000 },
      ...{ on: '2025-10-10', from: '2025-10-14' },
    },
    {
      ...{ n: 6, kind: 'mia-visit', school: 'PEKIN-HS', stage: 'steps', opened: 2_000, on: '2025-10-10' },
      steps: [{ code: 'connect-counselor', status: 'asked', remindedOn: '2025-10-15' }],
    },
    {
      ...{ n: 7, kind: 'true-refusal', school: 'PEKIN-HS', stage: 'closed', opened: 400, on: '2025-10-14' },
      ...{ outcome: 'transported', closedOn: '2025-10-14' },
    },
    {
      ...{ n: 8, kind: 'true-refusal', school: 'PEKIN-HS', stage: 'closed', opened: 300, on: '2025-10-14' },
      ...{ outcome: 'refused', closedOn: '2025-10-14' },
    },
    {
      ...{ n: 9, kind: 'police-transport', school: 'EAST-HS', stage: 'closed', opened: 9_000 },
      ...{ on: '2025-10-09', outcome: 'transported', closedOn: '2025-10-09' },
    },
  ];
  await db.execute(sql`
    insert into service_calls (number, kind, status, stage, school, workflow_id, policy_name, policy_version, opened_at,
      opened_on, intake, priority, seeking, goes_from, headline, flags, outcome, closed_on, closed_at, projection,
      actor, role, at)
    select 'S-' || lpad(n::text, 6, '0'), kind, case stage when 'closed' then 'closed' else 'open' end, stage, school,
           'call-' || n, 'intervention-department', '1', opened, "on", '{}',
           case kind when 'police-transport' then 1 when 'true-refusal' then 2 end, stage in ('waiting', 'planned'),
           coalesce("from", "on"), next, flags, outcome, "closedOn", case stage when 'closed' then opened end,
           jsonb_build_object('steps', steps), 'call', 'call', opened
      from jsonb_to_recordset(${asJson(
        rows.map((one) => ({
          ...{
            on: TODAY,
            flags: [],
            steps: [],
            next: 'No officer has it yet, and it goes on being offered.',
          },
          ...one,
          opened: ago(one.opened),
        })),
      )}) as r (n int, kind text, stage text, school text, opened timestamptz, "on" date, "from" date, flags text[],
                outcome text, "closedOn" date, next text, steps jsonb)`);
  await db.execute(sql`
    insert into officers (id, name, channel, all_schools, actor, role, at)
    select 'O-000' || n, 'Officer Somebody', 'radio', true, 'U-admin', 'administrator', now() from generate_series(1, 3) n`);
  await db.execute(sql`
    insert into duty_spans (officer, from_at, actor, role, at)
    select 'O-000' || n, now(), 'U-admin', 'administrator', now() from generate_series(1, 2) n`);
  const offers: [string, string, number, string][] = [
    ['S-000002', 'O-0001', 35, 'accepted'],
    ['S-000006', 'O-0002', 1_990, 'done'],
    ['S-000007', 'O-0002', 390, 'done'],
    ['S-000008', 'O-0002', 290, 'done'],
    ['S-000009', 'O-0002', 8_990, 'done'],
  ];
  for (const [call, officer, minutes, status] of offers) {
    await db.execute(sql`
      insert into call_offers (call_number, nth, officer, status, chosen_by, offered_at, offered_on)
      values (${call}, 1, ${officer}, ${status}, 'order', ${ago(minutes)}::timestamptz, ${TODAY}::date)`);
  }
  // Arrivals after 20, 60 and 10 minutes; the one of last week does not count.
  const visits: [string, string, number, number | null, number | null, number | null][] = [
    ['S-000002', 'O-0001', 30, 20, null, 1],
    ['S-000007', 'O-0002', 385, 340, 330, null],
    ['S-000008', 'O-0002', 295, 290, 280, null],
    ['S-000009', 'O-0002', 8_990, 8_500, 8_400, null],
  ];
  const instant = (minutes: number | null) => (minutes === null ? null : ago(minutes));
  for (const [call, officer, left, there, back, overdue] of visits) {
    await db.execute(sql`
      insert into visits (call_number, nth, officer, departed_at, expected_back_at, arrived_at, back_at, overdue_since)
      values (${call}, 1, ${officer}, ${ago(left)}::timestamptz, ${ago(left - 20)}::timestamptz,
              ${instant(there)}::timestamptz, ${instant(back)}::timestamptz, ${instant(overdue)}::timestamptz)`);
  }
  const monitors: [string, string, string, string | null, string | null][] = [
    ['M-000001', '1001', '2025-10-14', null, null],
    ['M-000002', '1002', '2025-09-15', '2025-10-15', 'met'],
    ['M-000003', '2001', '2025-09-15', '2025-10-14', 'with-breaches'],
  ];
  for (const [number, student, contractOn, endedOn, how] of monitors) {
    await db.execute(sql`
      insert into monitors (number, student_id, school, status, workflow_id, policy_name, policy_version, contract_on,
        standing, headline, ended_on, ended_how, actor, role, at)
      select ${number}, id, 'PEKIN-HS', ${how === null ? 'open' : 'ended'}, ${number}, 'intervention-department', '1',
             ${contractOn}::date, 'running', '', ${endedOn}::date, ${how}, 'U-admin', 'administrator', now()
        from students where sis_id = ${student}`);
  }
  // M-1: one breach found and taken back, so it is not broken. M-3: one that stands.
  const told: [string, number, string, string, string][] = [
    ['M-000001', 1, 'breach-found', '2025-10-15', '2025-10-14'],
    ['M-000001', 2, 'breach-taken-back', '2025-10-15', '2025-10-14'],
    ['M-000003', 1, 'breach-found', '2025-10-13', '2025-10-10'],
  ];
  for (const [number, seq, type, on, date] of told) {
    await db.execute(sql`
      insert into monitor_journal (monitor_number, run_id, seq, office_date, type, data, actor, role, at)
      values (${number}, 'r', ${seq}, ${on}::date, ${type}, ${asJson({ date })}, 'monitor', 'monitor', now())`);
  }
}

function fits(text: string): void {
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
}

/** The program itself, signed in by its environment, without a terminal. */
async function truancy(
  key: string,
  ...args: string[]
): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'truancy.mjs'), ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...{ TRUANCY_API_URL: url, TRUANCY_API_KEY: key, NO_COLOR: '1', TRUANCY_HOME: folder },
        XDG_CONFIG_HOME: folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

const board = async (key = dispatcher) =>
  (await department.ask('GET', '/v1/calls/board', undefined, key)).body as unknown as Board;

describe('the board', () => {
  it('counts what waits by class and age, police first', async () => {
    const { classes, calls } = await board();
    expect(classes.map((one) => [one.kind, one.waiting, one.planned, one.underWay])).toEqual([
      ['police-transport', 1, 0, 0],
      ['true-refusal', 1, 0, 1],
      ['mia-visit', 0, 1, 1],
      ['address-verification', 1, 0, 0],
    ]);
    expect(classes.map((one) => one.byAge)).toMatchObject([
      { quarter: 1, hour: 0 },
      { quarter: 0, hour: 1 },
      { quarter: 0, hour: 0, day: 0, older: 0 },
      { older: 1 },
    ]);
    expect(calls.map((one) => one.callNumber)).toEqual([
      ...['S-000001', 'S-000002', 'S-000003', 'S-000005', 'S-000006', 'S-000004'],
    ]);
    expect(calls[0]?.ageMinutes).toBeGreaterThanOrEqual(12);
  });

  it('says who is where and what is overdue', async () => {
    const { officers, overdue } = await board();
    expect(officers.map((one) => [one.id, one.standing, one.call, one.school])).toEqual([
      ['O-0001', 'overdue', 'S-000002', 'PEKIN-HS'],
      ['O-0002', 'free', null, null],
      ['O-0003', 'off-duty', null, null],
    ]);
    expect(overdue.map((one) => [one.what, one.call, one.officer])).toEqual([
      ['officer', 'S-000002', 'O-0001'],
      ['call-without-officer', 'S-000001', null],
      ['visit', 'S-000005', null],
      ['answer', 'S-000006', null],
    ]);
  });

  it('names no child and no officer, and shows nobody more than their lists do', async () => {
    const { text } = await department.ask('GET', '/v1/calls/board', undefined, dispatcher);
    expect(text).not.toMatch(/Testchild|Otherchild|Somebody|"100\d"|2001/);
    const east = await board(await department.person('dispatcher', ['EAST-HS']));
    expect(east.calls.map((one) => one.callNumber)).toEqual(['S-000003', 'S-000005']);
    expect(east.officers[0]).toMatchObject({ standing: 'overdue', call: null, school: null });
    expect(east.overdue.map((one) => one.call)).toEqual(['S-000005']);
    const school = await department.person('school', ['PEKIN-HS']);
    expect((await department.ask('GET', '/v1/calls/board', undefined, school)).status).toBe(403);
  });

  it('fits a terminal in width and height', async () => {
    const seen = await board();
    const calls = Array.from({ length: 60 }, (_, n) => ({
      ...seen.calls[n % 6]!,
      next: 'A long sentence. '.repeat(9),
    }));
    const officers = seen.officers.map((one) => ({ ...one, standing: 'duty-over' as const, till: '15:30' }));
    const text = boardText({ ...seen, calls, officers }, 30);
    fits(text);
    expect(text.split('\n').length).toBeLessThanOrEqual(30);
    expect(text).toMatch(/and 5\d more: call list/);
  });

  it('is printed once where there is no terminal, as sentences or as one JSON document', async () => {
    const ran = await truancy(dispatcher, 'call', 'board', '--once');
    expect(ran, ran.err).toMatchObject({ status: 0, err: '' });
    fits(ran.out);
    expect(ran.out).toMatch(/Police transport +1 +1 +1/);
    expect(ran.out).toMatch(/O-0001 +OVERDUE +S-000002 +PEKIN-HS/);
    const json = await truancy(dispatcher, 'call', 'board', '--json');
    expect((JSON.parse(json.out) as Board).overdue).toHaveLength(4);
    const bad = await truancy(dispatcher, 'call', 'board', '--every', 'often');
    expect(bad).toMatchObject({ status: 2, err: expect.stringContaining('--every') as string });
  }, 120_000);

  it('stays on a terminal, draws itself again, and says when the server is away', async () => {
    const seen = await board();
    const left = new AbortController();
    const drawn: string[] = [];
    let reads = 0;
    await watchBoard({
      read: async () => {
        reads += 1;
        if (reads === 2) throw new CliError('OUT_OF_REACH', 'away', EXIT.outOfReach);
        return seen;
      },
      draw: (text) => {
        drawn.push(text);
        if (drawn.length === 3) left.abort();
      },
      lines: () => 40,
      everyMs: 1,
      signal: left.signal,
    });
    expect(drawn.map((text) => text.includes('does not answer'))).toEqual([false, true, false]);
    drawn.forEach(fits);
    const refused = new CliError('FORBIDDEN', 'no', EXIT.unknownOrForbidden);
    const read = () => Promise.reject(refused);
    await expect(
      watchBoard({
        read,
        draw: () => undefined,
        lines: () => 40,
        everyMs: 1,
        signal: new AbortController().signal,
      }),
    ).rejects.toBe(refused);
  });
});

describe('the week’s page', () => {
  const week = async (day = '', key = dispatcher) =>
    (await department.ask('GET', `/v1/calls/week${day}`, undefined, key)).body as unknown as CallWeek;

  it('counts by kind, school and outcome, with the median time to arrival', async () => {
    const seen = await week();
    expect(seen).toMatchObject({ from: '2025-10-13', to: '2025-10-19', asOf: TODAY });
    expect(
      seen.byKind.map((one) => [one.kind, one.opened, one.closed, one.carriedOver, one.arrived]),
    ).toEqual([
      ['address-verification', 0, 0, 1, 0],
      ['mia-visit', 1, 0, 2, 0],
      ['police-transport', 1, 0, 1, 0],
      ['true-refusal', 4, 2, 2, 3],
    ]);
    // 20, 60 and 10 minutes.
    expect(seen.byKind.at(-1)?.medianMinutes).toBeCloseTo(20, 0);
    expect(seen.all).toMatchObject({ opened: 6, closed: 2, carriedOver: 6, arrived: 3 });
    expect(seen.bySchool.map((one) => [one.school, one.opened, one.carriedOver])).toEqual([
      ['PEKIN-HS', 4, 3],
      ['EAST-HS', 1, 2],
      [null, 1, 1],
    ]);
    expect(seen.outcomes.map((one) => [one.label, one.count])).toEqual([
      ['refused to go', 1],
      ['transported to school', 1],
    ]);
  });

  it('says which monitors were met and which broken; a breach taken back is none', async () => {
    expect((await week()).monitors).toEqual({
      ...{ begun: 1, met: 1, endedWithBreaches: 1, endedOtherwise: 0 },
      ...{ running: 1, broken: 1 },
    });
  });

  it('of an earlier week is that week’s', async () => {
    const before = await week('?week=2025-10-09');
    expect(before).toMatchObject({
      from: '2025-10-06',
      all: { opened: 3, closed: 1, carriedOver: 2, arrived: 1 },
      monitors: { begun: 0, met: 0, running: 2, broken: 0 },
    });
    const bad = await department.ask('GET', '/v1/calls/week?week=yesterday', undefined, dispatcher);
    expect(bad.status).toBe(400);
  });

  it('is one page of paper, whatever the number of schools, and fits a terminal', async () => {
    const file = path.join(folder, 'week.pdf');
    const ran = await truancy(dispatcher, 'call', 'week', '--pdf', file);
    expect(ran, ran.err).toMatchObject({ status: 0, out: `Written to ${file}.\n` });
    expect((await PDFDocument.load(readFileSync(file))).getPageCount()).toBe(1);
    const { weekPdf } = await import('../../client/week-page.ts');
    const seen = await week();
    const many = {
      ...seen,
      byKind: ['a', 'b', 'c', 'd'].map((label) => ({ ...seen.byKind[0]!, label })),
      bySchool: Array.from({ length: 200 }, (_, n) => ({ ...seen.bySchool[0]!, school: `SCHOOL-${n}` })),
      outcomes: Array.from({ length: 40 }, () => seen.outcomes[0]!),
    };
    expect((await PDFDocument.load(await weekPdf(many))).getPageCount()).toBe(1);
    const text = await truancy(dispatcher, 'call', 'week');
    fits(text.out);
    expect(text.out).toMatch(/True refusal +4 +2 +2 +3 +\d\d/);
    expect(text.out).not.toMatch(/Testchild|Otherchild/);
  }, 120_000);
});

describe('an officer’s plan of the day', () => {
  const plan = async (officer: string) =>
    (await department.ask('GET', `/v1/officers/plan?officer=${officer}`, undefined, dispatcher)).body;
  const calls = (body: Record<string, unknown>) =>
    (body['calls'] as { part: string; number: string }[]).map((one) => `${one.part} ${one.number}`);

  it('begins with the call they have; then what waits, in the order in which it is offered', async () => {
    // S-000004 waits for tomorrow, S-000006 is somebody’s papers.
    const waits = ['waits S-000001', 'waits S-000003', 'waits S-000005'];
    expect(calls(await plan('O-0001'))).toEqual(['now S-000002', ...waits]);
    expect(calls(await plan('O-0002'))).toEqual(waits);
  });

  it('holds calls of the schools they cover, and those police could not name a school for', async () => {
    await department.db.execute(sql`update officers set all_schools = false where id = 'O-0003'`);
    await department.db.execute(sql`
      insert into officer_schools (officer, school, actor, role, at)
      values ('O-0003', 'PEKIN-HS', 'U-admin', 'administrator', now())`);
    expect(calls(await plan('O-0003'))).toEqual(['waits S-000001']);
  });

  it('names no officer nobody knows', async () => {
    expect(await plan('O-0099')).toMatchObject({ code: 'UNKNOWN_OFFICER' });
  });
});

it('says in local time when officers are expected back', async () => {
  const { officers } = (await department.ask('GET', '/v1/officers', undefined, dispatcher)).body;
  const { officers: onBoard } = (await department.ask('GET', '/v1/calls/board', undefined, dispatcher)).body;
  const backBy = (all: unknown) =>
    (all as { id: string; backBy: string | null }[]).find((one) => one.id === 'O-0001')?.backBy;
  expect(backBy(officers)).toMatch(/^\d\d:\d\d$/);
  expect(backBy(officers)).toBe(backBy(onBoard));
});
