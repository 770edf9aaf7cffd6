/** The office's mornings, with a real Temporal, records and mail: silent schools, e-mails about worklists, the Schedule. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMorningActivities } from '../../activities/morning-activities.ts';
import { createMailer } from '../../activities/smtp.ts';
import { dataConverter } from '../../client/data-converter.ts';
import { keepMornings, keepMorningSchedule } from '../../client/office-morning.ts';
import { silentLog } from '../../client/log.ts';
import { connect, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { digests } from '../../db/schema/index.ts';
import { getOffice, updateOffice } from '../../db/stores/office.ts';
import { addTask, completeTask, listTasks } from '../../db/stores/tasks.ts';
import type { MailFault, MailPhase } from '../../stack/mail-catcher.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { testBundle } from '../support/bundle.ts';
import { createWorker, type OfficeWorker } from '../../worker/worker.ts';
import { OFFICE_MORNING_ID } from '../../workflows/office-morning.messages.ts';
import type { MorningResult } from '../../workflows/office-morning.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { settle, testOffice, type TestOffice } from './office.ts';

let home: string;
let stack: RunningStack;
let db: Database;
let office: TestOffice;
let worker: OfficeWorker;
let native: NativeConnection;
let connection: Connection;
let client: Client;
let running: Promise<void>;
let fault: (phase: MailPhase, to: readonly string[]) => MailFault | undefined = () => undefined;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'truancy-mornings-'));
  stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    mailFaults: (_session, phase, message) => fault(phase, message?.to ?? []),
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  db = connect(stack.postgres.url);
  const { address, namespace } = stack.temporal;
  office = await testOffice(db, { temporal: { address, namespace } });
  await settle(office);
  await must('POST', '/v1/schools', {
    schools: [
      {
        ...{ code: 'PEKIN-HS', sourceId: '17', district: 'PEKIN-303', county: 'Tazewell' },
        name: 'Pekin Community High School',
        contacts: [
          { function: 'attendance-clerk', name: 'R. Clerk', email: 'clerk@pekin.example' },
          { function: 'principal', name: 'P. Principal', email: 'principal@pekin.example' },
        ],
      },
      {
        ...{ code: 'EAST-HS', sourceId: '18', district: 'PEKIN-303', county: 'Tazewell' },
        name: 'East High School',
        contacts: [
          { function: 'attendance-clerk', name: 'Nobody' },
          { function: 'principal', name: 'E. Principal', email: 'principal@east.example' },
        ],
      },
    ],
  });
  await covered('PEKIN-HS', '2025-08-18', '2025-10-14');
  await covered('EAST-HS', '2025-08-18', '2025-10-10');
  native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter });
  worker = await createWorker({
    connection: native,
    namespace,
    db,
    smtpUrl: stack.mail.smtpUrl,
    mailCaught: true,
    bundle: await testBundle(),
  });
  running = worker.run();
}, 180_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await native.close();
  await office.close();
  await db.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
});

beforeEach(() => {
  fault = () => undefined;
});

async function must(method: 'POST' | 'PUT' | 'GET', url: string, body?: unknown) {
  const answer = await office.ask(method, url, body);
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  return answer.body;
}

async function covered(school: string, from: string, to: string): Promise<void> {
  await must('POST', '/v1/attendance/imports', {
    ...{ source: 'PEKIN-303/csv', format: 'csv', rows: [] },
    covers: { from, to },
    schools: [school],
  });
}

const day = (date: string) => must('POST', '/v1/office/day', { date });
/** A day on which the attendance of both schools arrives: nobody falls silent. */
async function schoolDay(date: string) {
  const begun = await day(date);
  for (const school of ['PEKIN-HS', 'EAST-HS']) await covered(school, date, date);
  return begun;
}
const result = (date: string): Promise<MorningResult> =>
  client.workflow.getHandle(`office-morning-${date}`).result() as Promise<MorningResult>;
const caught = () => stack.mail.store?.list() ?? [];
const caughtBy = (recipient: string) => stack.mail.store?.list({ recipient }) ?? [];
const silentTasks = async () =>
  (await listTasks(db, { kind: 'silent-school' })).map(
    (task) => `${task.role} ${task.school} ${task.createdOn}`,
  );

describe('a driven office’s mornings', () => {
  it('are not run while every school reports', async () => {
    // Wed 15 October: only Tue 14 is missing of EAST-HS, Mon 13 is a holiday.
    expect(await day('2025-10-15')).toMatchObject({ morning: false });
    await covered('PEKIN-HS', '2025-10-15', '2025-10-15');
    expect(await day('2025-10-16')).toMatchObject({ morning: false });
    await expect(result('2025-10-16')).rejects.toThrow();
  });

  it('tell of a school of which nothing has arrived for three school days: once, and nobody by mail', async () => {
    await covered('PEKIN-HS', '2025-10-16', '2025-10-16');
    expect(await day('2025-10-17')).toMatchObject({ morning: true });
    expect(await result('2025-10-17')).toEqual({
      ...{ date: '2025-10-17', silent: ['EAST-HS'], over: [], mails: {} },
    });
    expect(await silentTasks()).toEqual(['school EAST-HS 2025-10-17', 'case-manager EAST-HS 2025-10-17']);
    expect(await day('2025-10-17')).toMatchObject({ morning: false });
    await covered('PEKIN-HS', '2025-10-17', '2025-10-17');
    expect(await day('2025-10-20')).toMatchObject({ morning: false });
    expect(await silentTasks()).toHaveLength(2);
    expect(caught()).toEqual([]);
  });

  it('are listed with what is missing; the summer is no gap', async () => {
    const { today, schools } = await must('GET', '/v1/attendance/coverage');
    expect(today).toBe('2025-10-20');
    expect(schools).toEqual([
      {
        ...{ school: 'EAST-HS', knownUpTo: '2025-10-10' },
        coverage: [{ from: '2025-08-18', to: '2025-10-10' }],
        uncovered: ['2025-10-14', '2025-10-15', '2025-10-16', '2025-10-17'],
        ...{ silentSince: '2025-10-14', toldOn: '2025-10-17', calendarUpTo: '2026-05-29' },
      },
      {
        ...{ school: 'PEKIN-HS', knownUpTo: '2025-10-17' },
        coverage: [{ from: '2025-08-18', to: '2025-10-17' }],
        uncovered: [],
        ...{ silentSince: null, toldOn: null, calendarUpTo: '2026-05-29' },
      },
    ]);
    await covered('PEKIN-HS', '2025-05-01', '2025-05-30');
    const one = await must('GET', '/v1/attendance/coverage?school=PEKIN-HS');
    expect(one['schools']).toMatchObject([{ uncovered: [] }]);
  });

  it('are printed as a table of 80 columns, and only the silent ones when asked', async () => {
    const url = await office.api.listen({ host: '127.0.0.1', port: 0 });
    const truancy = (...args: string[]) =>
      promisify(execFile)(process.execPath, ['bin/truancy.mjs', ...args], {
        env: { ...process.env, TRUANCY_API_URL: url, TRUANCY_API_KEY: office.adminKey, NO_COLOR: '1' },
      });
    const { stdout } = await truancy('attendance', 'coverage');
    expect(stdout).toMatch(/^EAST-HS +2025-10-10 +4 +2025-10-14 2025-10-17 +2025-10-17$/m);
    expect(stdout).toMatch(/^PEKIN-HS +2025-10-17 +0$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const silent = await truancy('attendance', 'coverage', '--silent', '--json');
    expect(JSON.parse(silent.stdout)).toMatchObject({
      schools: [{ school: 'EAST-HS', toldOn: '2025-10-17' }],
    });
    const todo = await truancy('todo', '--as', 'case-manager');
    expect(todo.stdout).toContain('Attendance does not arrive');
  });

  it('a school sees only its own line', async () => {
    const key = await office.person('school', ['PEKIN-HS']);
    const { body } = await office.ask('GET', '/v1/attendance/coverage', undefined, key);
    expect(body['schools']).toMatchObject([{ school: 'PEKIN-HS' }]);
    const other = await office.ask('GET', '/v1/attendance/coverage?school=EAST-HS', undefined, key);
    expect(other.status).toBe(404);
  });

  it('are off the worklists the moment attendance arrives, not before all of it has', async () => {
    await covered('EAST-HS', '2025-10-14', '2025-10-15');
    expect(await silentTasks()).toHaveLength(2);
    await covered('EAST-HS', '2025-10-16', '2025-10-17');
    expect(await silentTasks()).toEqual([]);
    const done = await listTasks(db, { kind: 'silent-school', done: true });
    expect(done.map((task) => task.doneNote)).toEqual(Array(2).fill('its attendance has arrived'));
  });

  it('"no absences" said by a person ends a silence as well', async () => {
    for (const date of ['2025-10-21', '2025-10-22']) {
      expect(await day(date)).toMatchObject({ morning: false });
      await covered('PEKIN-HS', '2025-10-20', date);
    }
    expect(await day('2025-10-23')).toMatchObject({ morning: true });
    expect(await silentTasks()).toHaveLength(2);
    for (const date of ['2025-10-20', '2025-10-21', '2025-10-22'])
      await must('POST', '/v1/attendance/none', { school: 'EAST-HS', date });
    expect(await silentTasks()).toEqual([]);
  });

  it('are none on a weekend or a holiday', async () => {
    await must('PUT', '/v1/office/digests', { send: true });
    expect(await day('2025-10-25')).toMatchObject({ morning: false });
    expect(await day('2025-11-11')).toMatchObject({ morning: false });
    for (const school of ['PEKIN-HS', 'EAST-HS']) await covered(school, '2025-10-23', '2025-11-11');
  });
});

describe('the morning’s e-mail about a worklist', () => {
  const task = (n: number, role: string, school: string, more: object = {}) =>
    addTask(db, {
      ...{ key: `test/${n}`, kind: 'contact-family', role, school, textCode: 'CONTACT_THE_FAMILY' },
      ...{ caseNumber: `C-${String(n).padStart(6, '0')}`, details: {}, createdOn: '2025-11-11' },
      ...more,
    });

  it('goes to the attendance clerk, else the principal, and to the Case Manager: counts, case numbers, no names', async () => {
    await task(101, 'school', 'PEKIN-HS', { textCode: 'WATCH_ATTENDANCE_AFTER_ORDER' });
    await task(102, 'school', 'EAST-HS');
    for (let n = 110; n < 125; n += 1) await task(n, 'case-manager', 'PEKIN-HS');
    await task(130, 'case-manager', 'EAST-HS');
    await task(131, 'regional-superintendent', 'EAST-HS', { textCode: 'RECORD_THE_HEARING' });
    expect(await schoolDay('2025-11-12')).toMatchObject({ morning: true });
    expect((await result('2025-11-12')).mails).toEqual({ sent: 3 });
    const manager = (await getOffice(db))?.profile?.caseManagers.default.email ?? '';
    expect(
      caught()
        .map((mail) => mail.to)
        .sort(),
    ).toEqual([[manager], ['clerk@pekin.example'], ['principal@east.example']]);
    const [toSchool] = caughtBy('clerk@pekin.example');
    expect(toSchool?.subject).toBe('[PRACTICE] 1 new task on your worklist for PEKIN-HS, Wed 12 Nov 2025');
    const [toManager] = caughtBy(manager);
    const text = (await stack.mail.store?.parsed(toManager?.id ?? ''))?.text ?? '';
    expect(text).toContain('16 new tasks');
    expect(text).toMatch(/Contact the family \(16\): C-000110, .* and 4 more/);
    expect(text).toContain('PRACTICE');
    for (const mail of caught()) {
      const raw = stack.mail.store?.raw(mail.id)?.toString('utf8') ?? '';
      expect(raw).not.toMatch(/Testchild|Otherchild|Ada|Cleo|1001|2001/);
    }
  });

  it('is none when nothing is new, and does not tell of the same tasks twice', async () => {
    const before = caught().length;
    await schoolDay('2025-11-13');
    expect((await result('2025-11-13')).mails).toEqual({});
    await task(140, 'school', 'PEKIN-HS');
    const [done] = await listTasks(db, { role: 'school', caseNumber: 'C-000102' });
    await db.transaction((tx) => completeTask(tx, done?.id ?? 0, 'U-1'));
    await schoolDay('2025-11-14');
    expect((await result('2025-11-14')).mails).toEqual({ sent: 1 });
    expect(caught()).toHaveLength(before + 1);
    const [mail] = caughtBy('clerk@pekin.example');
    const text = (await stack.mail.store?.parsed(mail?.id ?? ''))?.text ?? '';
    expect(text).toContain('C-000140');
    expect(text).not.toContain('C-000101');
  });

  it('whose outcome is unknown is not sent again that morning; the next morning tells again', async () => {
    await task(150, 'school', 'PEKIN-HS');
    const before = caughtBy('clerk@pekin.example').length;
    fault = (phase) => (phase === 'data-end' ? { destroy: true, stored: true } : undefined);
    await schoolDay('2025-11-17');
    expect((await result('2025-11-17')).mails).toEqual({ unknown: 1 });
    expect(caughtBy('clerk@pekin.example')).toHaveLength(before + 1);
    fault = () => undefined;
    await schoolDay('2025-11-17');
    expect(caughtBy('clerk@pekin.example')).toHaveLength(before + 1);
    await schoolDay('2025-11-18');
    expect((await result('2025-11-18')).mails).toEqual({ sent: 1 });
    expect(caughtBy('clerk@pekin.example')).toHaveLength(before + 2);
  });

  it('is tried again when the server says "not now", and arrives once', async () => {
    await task(160, 'school', 'EAST-HS');
    let refusals = 1;
    fault = (phase) =>
      phase === 'data-end' && refusals-- > 0 ? { reply: { code: 451, text: 'later' } } : undefined;
    const before = caughtBy('principal@east.example').length;
    await schoolDay('2025-11-19');
    expect((await result('2025-11-19')).mails).toEqual({ sent: 1 });
    expect(caughtBy('principal@east.example')).toHaveLength(before + 1);
  });

  it('that is refused for good is told to the Case Manager, once an address', async () => {
    await task(170, 'school', 'EAST-HS');
    fault = (phase, to) =>
      phase === 'data-end' && to.includes('principal@east.example')
        ? { reply: { code: 550, text: 'no such mailbox' } }
        : undefined;
    await schoolDay('2025-11-20');
    expect((await result('2025-11-20')).mails).toEqual({ refused: 1 });
    const told = async () =>
      (await listTasks(db, { kind: 'morning-mail' })).map(({ role, school, textCode }) => [
        role,
        school,
        textCode,
      ]);
    expect(await told()).toEqual([['case-manager', 'EAST-HS', 'MORNING_MAIL_REFUSED']]);
    await schoolDay('2025-11-21');
    // Told again to the school in vain, and to the Case Manager that it was.
    expect((await result('2025-11-21')).mails).toEqual({ refused: 1, sent: 1 });
    expect(await told()).toHaveLength(1);
  });

  it('obeys practice mode: only to its mailbox where mail is not caught, to nobody where there is none', async () => {
    const activities = createMorningActivities({
      db,
      mailer: createMailer(stack.mail.smtpUrl),
      mailIsCaught: false,
    });
    const run = (date: string, addressee: string) =>
      new MockActivityEnvironment().run(
        (on: string, to: string) => activities.sendDigest(on, to),
        date,
        addressee,
      );
    await task(180, 'school', 'PEKIN-HS');
    const [first] = (await activities.planDigests()).filter((one) => one.startsWith('school/'));
    const before = caught().length;
    await updateOffice(db, { practice: true, practiceMailbox: null });
    expect(await run('2025-11-24', first ?? '')).toBe('withheld');
    expect(caught()).toHaveLength(before);
    await updateOffice(db, { practiceMailbox: 'practice@roe53.example' });
    // Withheld is not told: the next morning has it still.
    expect(await run('2025-11-25', first ?? '')).toBe('sent');
    expect(caughtBy('practice@roe53.example')).toHaveLength(1);
    expect(caught()).toHaveLength(before + 1);
    await updateOffice(db, { practiceMailbox: null });
  });

  it('found claimed after a crash is sent only if nothing can have left', async () => {
    const activities = createMorningActivities({
      db,
      mailer: createMailer(stack.mail.smtpUrl),
      mailIsCaught: true,
    });
    const run = (date: string, addressee: string) =>
      new MockActivityEnvironment().run(
        (on: string, to: string) => activities.sendDigest(on, to),
        date,
        addressee,
      );
    await task(190, 'school', 'PEKIN-HS');
    const [addressee = ''] = (await activities.planDigests()).filter((one) => one.startsWith('school/'));
    const [mine] = await listTasks(db, { role: 'school', caseNumber: 'C-000190' });
    const claim = (date: string, dataStartedAt: string | null) =>
      db.insert(digests).values({
        ...{ date, addressee, status: 'claimed' as const, taskIds: [mine?.id ?? 0], practice: true },
        ...{ claimedAt: '2025-11-26T12:30:00.000Z', claimedBy: 'dead', dataStartedAt },
      });
    const before = caught().length;
    await claim('2025-11-26', '2025-11-26T12:30:01.000Z');
    expect(await run('2025-11-26', addressee)).toBe('unknown');
    expect(caught()).toHaveLength(before);
    await claim('2025-11-27', null);
    expect(await run('2025-11-27', addressee)).toBe('sent');
    expect(caught()).toHaveLength(before + 1);
  });

  it('is switched by an administrator, and shown', async () => {
    const key = await office.person('case-manager', null);
    const refused = await office.ask('PUT', '/v1/office/digests', { send: false }, key);
    expect(refused.status).toBe(403);
    expect(await must('PUT', '/v1/office/digests', { send: false })).toEqual({ digests: false });
    expect(await must('GET', '/v1/office')).toMatchObject({ digests: false });
  });
});

describe('the Schedule of a real office', () => {
  const chicago = { code: 'roe53', zone: 'America/Chicago' };
  const described = () => client.schedule.getHandle(OFFICE_MORNING_ID).describe();

  it('is none for a driven office', async () => {
    const keeping = keepMornings({ client, office: () => getOffice(db), log: silentLog });
    await keeping.stop();
    await expect(described()).rejects.toThrow();
  });

  it('starts one morning each weekday at half past six in the office’s zone, however often a worker starts', async () => {
    expect(await keepMorningSchedule(client, chicago)).toBe('created');
    expect(await keepMorningSchedule(client, chicago)).toBe('kept');
    const { spec, policies, action, info } = await described();
    expect(spec.timezone).toBe('America/Chicago');
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 4 * 86_400_000 });
    expect(action).toMatchObject({ workflowType: 'officeMorning', workflowId: OFFICE_MORNING_ID });
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/Chicago',
      ...{ weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    const next = info.nextActionTimes.map((at) => format.format(at));
    expect(next.length).toBeGreaterThan(5);
    for (const at of next) expect(at).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 06:30$/);
    const schedules: string[] = [];
    for await (const one of client.schedule.list()) schedules.push(one.scheduleId);
    expect(schedules).toEqual([OFFICE_MORNING_ID]);
  });

  it('follows the office to another zone, and stays paused when somebody paused it', async () => {
    await client.schedule.getHandle(OFFICE_MORNING_ID).pause('the office is closed');
    await keepMorningSchedule(client, { ...chicago, zone: 'America/Denver' });
    const { spec, state } = await described();
    expect(spec.timezone).toBe('America/Denver');
    expect(state).toMatchObject({ paused: true, note: 'the office is closed' });
    await client.schedule.getHandle(OFFICE_MORNING_ID).unpause();
  });

  it('runs the morning of the day it is at the office', async () => {
    await day('2025-12-01');
    await client.schedule.getHandle(OFFICE_MORNING_ID).trigger();
    for (let tries = 0; tries < 100; tries += 1) {
      const started = (await described()).info.recentActions.at(-1);
      if (started) {
        const id = started.action.workflow.workflowId;
        expect(id).toMatch(/^office-morning-/);
        expect(await client.workflow.getHandle(id).result()).toMatchObject({ date: '2025-12-01', mails: {} });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the Schedule started nothing');
  });
});
