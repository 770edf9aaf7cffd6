/** Students who move, leave, come back, or stand twice in the records: through the API, with real cases behind it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../client/log.ts';
import { startRelay, type Relay } from '../../client/relay.ts';
import { connect, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { attendanceMarks, audit, students, tasks } from '../../db/schema/index.ts';
import { caseByNumber, journalOf } from '../../db/stores/cases.ts';
import { enrollmentsOf } from '../../db/stores/enrollments.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { testBundle } from '../support/bundle.ts';
import { createWorker, type OfficeWorker } from '../../worker/worker.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let home: string;
let stack: RunningStack;
let db: Database;
let office: TestOffice;
let worker: OfficeWorker;
let native: NativeConnection;
let running: Promise<void>;
let relay: Relay;
let pekin: string;
let east: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'truancy-transfers-'));
  stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  db = connect(stack.postgres.url);
  const { address, namespace } = stack.temporal;
  office = await testOffice(db, { temporal: { address, namespace } });
  await settle(office);
  // The new school is closed on another day than the old one.
  const closed = await office.ask('POST', '/v1/calendar/close', {
    school: 'EAST-HS',
    date: '2025-10-09',
    reason: 'burst pipe',
  });
  expect(closed.status).toBe(200);
  pekin = await office.person('school', ['PEKIN-HS']);
  east = await office.person('school', ['EAST-HS']);
  native = await NativeConnection.connect({ address });
  worker = await createWorker({
    connection: native,
    namespace,
    db,
    smtpUrl: stack.mail.smtpUrl,
    mailCaught: true,
    bundle: await testBundle(),
  });
  running = worker.run();
  relay = await startRelay({
    db,
    databaseUrl: stack.postgres.url,
    caseClient: office.caseClient,
    log: silentLog,
  });
}, 180_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await relay.stop();
  await office.close();
  await native.close();
  await db.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

async function settled(): Promise<void> {
  for (let n = 0; n < 300; n += 1) {
    const { body } = await office.ask('GET', '/v1/status');
    if (body['settled'] === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not settled: ${JSON.stringify((await office.ask('GET', '/v1/status')).body)}`);
}

/** A student with an open case; gives its number. */
async function withCase(sisId: string, school = 'PEKIN-HS', more: object = {}): Promise<string> {
  await office.ask('POST', '/v1/students:import', {
    students: [{ sisId, firstName: 'Test', lastName: `Child ${sisId}`, school, ...more }],
  });
  const { body } = await office.ask('POST', '/v1/interventions', call('2025-10-01', sisId));
  await settled();
  return String(body['caseNumber']);
}

async function internal(sisId: string): Promise<number> {
  const [row] = await db.select({ id: students.id }).from(students).where(eq(students.sisId, sisId));
  return row?.id ?? -1;
}

const absent = (student: string, school: string, date: string, code = 'UNX', source = 'PEKIN-303/sis') =>
  office.ask('POST', '/v1/attendance/imports', {
    source,
    rows: [{ student, school, date, code, fraction: 1 }],
  });

const tasksOf = (caseNumber: string, kind: string) =>
  db
    .select()
    .from(tasks)
    .where(and(eq(tasks.caseNumber, caseNumber), eq(tasks.kind, kind)));

const stateOf = async (number: string) =>
  (await office.ask('GET', `/v1/cases/${number}`)).body['state'] as Record<string, unknown>;

describe('a transfer inside the region', () => {
  let number: string;
  beforeAll(async () => {
    number = await withCase('3001');
    await absent('3001', '17', '2025-10-07');
  });

  it('is refused ahead of its day, to a school of no region, and to a school’s staff', async () => {
    const ask = (body: object, key?: string) => office.ask('POST', `/v1/cases/${number}/transfer`, body, key);
    expect((await ask({ to: 'EAST-HS', on: '2025-10-16' })).body['code']).toBe('DATE_IN_FUTURE');
    expect((await ask({ to: 'NOWHERE', on: '2025-10-08' })).status).toBe(404);
    expect((await ask({ to: 'EAST-HS', on: '2025-10-08' }, pekin)).status).toBe(403);
    expect((await caseByNumber(db, number))?.school).toBe('PEKIN-HS');
  });

  it('reported late: the case goes on at the new school, whose calendar counts from that day', async () => {
    const moved = await office.ask('POST', `/v1/cases/${number}/transfer`, {
      to: 'EAST-HS',
      on: '2025-10-08',
    });
    expect(moved.body).toMatchObject({ what: 'moved', from: 'PEKIN-HS', caseNumber: number, waits: false });
    await settled();
    const state = await stateOf(number);
    expect(state).toMatchObject({ school: 'EAST-HS', county: 'Tazewell', calendarVersion: 2 });
    expect(state['calendar']).toMatchObject({ closed: ['2025-10-09', '2025-10-13'] });
    expect(state['days']).toMatchObject([{ date: '2025-10-07', school: 'PEKIN-HS' }]);
    expect(await journalOf(db, number)).toContainEqual(
      expect.objectContaining({
        type: 'transferred',
        data: { from: 'PEKIN-HS', to: 'EAST-HS', county: 'Tazewell', since: '2025-10-08' },
      }),
    );
  });

  it('the new school and its Case Manager have a task, and what waited goes with the case', async () => {
    const arrived = await tasksOf(number, 'case-arrived');
    expect(arrived.map((task) => [task.role, task.school]).sort()).toEqual([
      ['case-manager', 'EAST-HS'],
      ['school', 'EAST-HS'],
    ]);
    const { body } = await office.ask('GET', '/v1/tasks?role=school', undefined, east);
    expect(body['tasks']).toContainEqual(
      expect.objectContaining({ caseNumber: number, textCode: 'A_CASE_COMES_WITH_THIS_STUDENT' }),
    );
  });

  it('the old school reaches the student no more, except for its own days', async () => {
    const seen = async (key: string) => [
      (await office.ask('GET', `/v1/cases/${number}`, undefined, key)).status,
      (await office.ask('GET', '/v1/students/3001', undefined, key)).status,
    ];
    expect([await seen(pekin), await seen(east)]).toEqual([
      [404, 404],
      [200, 200],
    ]);
    const excuse = (date: string) =>
      office.ask('POST', '/v1/absences/excuse', { student: '3001', date, reason: 'a note came late' }, pekin);
    expect((await excuse('2025-10-08')).status).toBe(404);
    expect(await excuse('2025-10-07')).toMatchObject({ status: 200, body: { told: [number] } });
  });

  it('said twice does nothing; with another day, the days are counted anew', async () => {
    const say = (on: string) =>
      office.ask('POST', '/v1/students/3001/transfer', { to: 'EAST-HS', on }).then((one) => one.body);
    expect(await say('2025-10-08')).toMatchObject({ what: 'as-before' });
    expect(await say('2025-10-10')).toMatchObject({ what: 'redated', waits: false });
    await settled();
    const state = await stateOf(number);
    expect(state).toMatchObject({ school: 'EAST-HS', calendarVersion: 3 });
    expect(state['calendar']).toMatchObject({ closed: ['2025-10-13'] });
    expect((await journalOf(db, number)).filter((row) => row.type === 'transferred')).toHaveLength(1);
  });
});

describe('a transfer nobody says, but the records show', () => {
  it('a roster with another school: the case follows by itself, with the next file of the same changing nothing', async () => {
    const number = await withCase('3002');
    const roster = {
      students: [{ sisId: '3002', firstName: 'Test', lastName: 'Child 3002', school: 'EAST-HS' }],
      asOf: '2025-10-14',
    };
    expect((await office.ask('POST', '/v1/students:import', roster)).body).toMatchObject({ moved: 1 });
    expect((await office.ask('POST', '/v1/students:import', roster)).body).toMatchObject({ moved: 0 });
    await settled();
    expect(await stateOf(number)).toMatchObject({ school: 'EAST-HS' });
    const since = (await journalOf(db, number)).filter((row) => row.type === 'transferred');
    expect(since.map((row) => row.data['since'])).toEqual(['2025-10-14']);
    expect(await tasksOf(number, 'case-arrived')).toHaveLength(2);
  });

  it('attendance taken at another school after the last of the old one moves enrolment and case', async () => {
    const number = await withCase('3003');
    await absent('3003', '17', '2025-10-06');
    // A day before the last known one of the old school shows nothing.
    await absent('3003', '18', '2025-10-03', 'UNX', 'PEKIN-303/east');
    expect((await caseByNumber(db, number))?.school).toBe('PEKIN-HS');
    const { body } = await absent('3003', '18', '2025-10-10', 'UNX', 'PEKIN-303/east');
    expect(body).toMatchObject({ told: [number] });
    await settled();
    expect(await stateOf(number)).toMatchObject({ school: 'EAST-HS' });
    expect(await enrollmentsOf(db, await internal('3003'))).toEqual([
      { school: 'PEKIN-HS', from: '0001-01-01', to: '2025-10-09' },
      { school: 'EAST-HS', from: '2025-10-10', to: null },
    ]);
    // A late correction of the old school's own days moves nobody back; a later day there is for a person to judge.
    await absent('3003', '17', '2025-10-07');
    expect(await tasksOf(number, 'which-school')).toEqual([]);
    await absent('3003', '17', '2025-10-14');
    expect(await tasksOf(number, 'which-school')).toMatchObject([
      { role: 'case-manager', details: { school: 'PEKIN-HS', since: '2025-10-14' } },
    ]);
    expect((await caseByNumber(db, number))?.school).toBe('EAST-HS');
  });

  it('a dry run moves nobody', async () => {
    const number = await withCase('3004');
    await office.ask('POST', '/v1/attendance/imports', {
      source: 'PEKIN-303/east',
      rows: [{ student: '3004', school: '18', date: '2025-10-10', code: 'UNX', fraction: 1 }],
      dryRun: true,
    });
    expect((await caseByNumber(db, number))?.school).toBe('PEKIN-HS');
  });
});

describe('out of the region, and back', () => {
  let number: string;
  beforeAll(async () => {
    number = await withCase('3010', 'PEKIN-HS', { birthDate: '2011-03-02' });
    await absent('3010', '17', '2025-10-07');
    await settled();
  });

  it('the case closes and the enrolment ends the day before; said again it is as before', async () => {
    const leave = () =>
      office.ask('POST', `/v1/cases/${number}/transfer-out`, {
        id: 'leave-3010',
        to: 'a school in Iowa',
        on: '2025-10-14',
      });
    const done = await leave();
    expect(done.body).toMatchObject({ lastDay: '2025-10-13', left: ['PEKIN-HS'] });
    expect(await caseByNumber(db, number)).toMatchObject({
      status: 'closed',
      closeReason: 'transferred-out',
    });
    expect((await leave()).body).toMatchObject({ lastDay: '2025-10-13', left: [], decision: null });
  });

  it('a record for the next office names the student, and giving it out is on record', async () => {
    expect((await office.ask('POST', `/v1/cases/${number}/record`, { to: 'Iowa' }, pekin)).status).toBe(403);
    const { body } = await office.ask('POST', `/v1/cases/${number}/record`, { to: 'a school in Iowa' });
    const record = body['record'] as Record<string, unknown>;
    expect(record).toMatchObject({
      student: { number: '3010', name: 'Test Child 3010', birthDate: '2011-03-02' },
      case: { number, closeReason: 'transferred-out', closedOn: '2025-10-15' },
      count: { unexcusedDays: 1, asOf: '2025-10-15', counted: [{ date: '2025-10-07', school: 'PEKIN-HS' }] },
      interventions: [{ kind: 'phone-call', date: '2025-10-01' }],
    });
    const account = String(body['account']);
    for (const part of [`# Truancy case ${number}`, 'born Wed 2 Mar 2011', '1 as of', 'phone-call'])
      expect(account).toContain(part);
    const noted = await db.select().from(audit).where(eq(audit.action, 'case.disclosed'));
    expect(noted.map((row) => [row.subject, row.details['to']])).toEqual([
      [`case ${number}`, 'a school in Iowa'],
    ]);
  });

  it('no name of the student has gone into what Temporal keeps', async () => {
    const journal = JSON.stringify(await journalOf(db, number));
    expect(journal).not.toContain('Child 3010');
  });

  it('back in, the next case links to the one that ended', async () => {
    await office.ask('POST', '/v1/students:import', {
      students: [{ sisId: '3010', firstName: 'Test', lastName: 'Child 3010', school: 'EAST-HS' }],
    });
    const { body } = await office.ask('POST', '/v1/interventions', call('2025-10-15', '3010'));
    await settled();
    const next = await caseByNumber(db, String(body['caseNumber']));
    expect(next).toMatchObject({ status: 'open', school: 'EAST-HS', previousCase: number });
    expect(await stateOf(next?.number ?? '')).toMatchObject({ previousCase: number });
  });
});

describe('ends with reasons', () => {
  const close = (number: string, reason: string) =>
    office.ask('POST', `/v1/cases/${number}/close`, { reason });

  it('not subject to attendance: not while enrolled, not at 14, and not without a birth date', async () => {
    const number = await withCase('3020');
    const why = async () => {
      const { body } = await close(number, 'not-subject-to-attendance');
      return [body['code'], String(body['detail'])];
    };
    expect(await why()).toEqual([
      'STILL_SUBJECT_TO_ATTENDANCE',
      expect.stringContaining('enrolled at PEKIN-HS'),
    ]);
    await office.ask('POST', '/v1/students/3020/edit', { left: '2025-10-14' });
    expect(await why()).toEqual(['STILL_SUBJECT_TO_ATTENDANCE', expect.stringContaining('No birth date')]);
    await office.ask('POST', '/v1/students/3020/edit', { birthDate: '2011-05-05' });
    expect(await why()).toEqual(['STILL_SUBJECT_TO_ATTENDANCE', expect.stringContaining('is 14')]);
    expect((await caseByNumber(db, number))?.status).toBe('open');
    await office.ask('POST', '/v1/students/3020/edit', { birthDate: '2007-10-15' });
    expect((await close(number, 'not-subject-to-attendance')).status).toBe(200);
  });

  it.each(['withdrawn', 'graduated', 'opened-in-error'])('%s ends the case and its tasks', async (reason) => {
    const sisId = `302-${reason}`;
    const number = await withCase(sisId);
    await office.ask('POST', `/v1/students/${sisId}/transfer`, { to: 'EAST-HS', on: '2025-10-14' });
    await settled();
    expect((await close(number, reason)).status).toBe(200);
    await settled();
    expect(await caseByNumber(db, number)).toMatchObject({ status: 'closed', closeReason: reason });
    const open = (await db.select().from(tasks).where(eq(tasks.caseNumber, number))).filter(
      (task) => task.doneAt === null,
    );
    expect(open).toEqual([]);
  });
});

describe('one child under two numbers', () => {
  it('everything of the duplicate is brought to the one that stays, whose case is told; twice without harm', async () => {
    const going = await withCase('4001');
    const ended = await withCase('4002');
    await absent('4001', '17', '2025-10-06');
    await absent('4002', '17', '2025-10-06', 'EXC');
    await absent('4002', '17', '2025-10-07');
    await office.ask('POST', '/v1/interventions', { ...call('2025-10-02', '4002'), kind: 'home-visit' });
    await office.ask('POST', '/v1/guardians:import', {
      guardians: [
        {
          sourceId: 'g-4002',
          firstName: 'Mara',
          lastName: 'Twice',
          language: 'en',
          students: [
            {
              student: '4002',
              relation: 'Mother',
              legalRecipient: 'yes',
              livesWith: true,
              primary: true,
              noContact: true,
            },
          ],
        },
      ],
    });
    await settled();
    const merge = () =>
      office.ask('POST', '/v1/students/4002/merge', { into: '4001', reason: 'entered twice in August' });
    const { body } = await merge();
    expect(body).toMatchObject({
      student: '4002',
      into: '4001',
      repeated: false,
      closed: ended,
      caseNumber: going,
      // The phone call of 1 October stands on both: it is one.
      interventions: 1,
      guardians: 1,
      marks: {
        brought: 2,
        conflicts: [{ date: '2025-10-06', source: 'PEKIN-303/sis', holds: 'duplicate' }],
      },
    });
    await settled();
    expect(await caseByNumber(db, ended)).toMatchObject({ status: 'closed', closeReason: 'duplicate' });
    expect((await stateOf(ended))['closed']).toMatchObject({ continuedBy: going });
    const state = await stateOf(going);
    expect(state['days']).toMatchObject([{ date: '2025-10-07', fraction: 1 }]);
    expect(state['interventions']).toMatchObject([{ kind: 'phone-call' }, { kind: 'home-visit' }]);
    expect(await tasksOf(going, 'student-merged')).toMatchObject([{ details: { merged: ended } }]);

    // Nothing is gone from the duplicate, and its number answers with the one that stays.
    const kept = await db
      .select()
      .from(attendanceMarks)
      .where(eq(attendanceMarks.studentId, await internal('4002')));
    expect(kept).toHaveLength(2);
    const shown = (await office.ask('GET', '/v1/students/4002')).body;
    expect(shown).toMatchObject({ sisId: '4001', guardians: [{ sourceId: 'g-4002', noContact: true }] });
    const found = async (text: string) =>
      ((await office.ask('GET', `/v1/students?find=${text}`)).body['students'] as { sisId: string }[]).map(
        (one) => one.sisId,
      );
    expect([await found('4002'), await found('Child%204002')]).toEqual([['4001'], ['4001']]);

    expect((await merge()).body).toMatchObject({ repeated: true });
    // What the student system still says under the duplicate's number reaches the one that stays.
    await absent('4002', '17', '2025-10-14');
    await settled();
    expect((await stateOf(going))['days']).toMatchObject([{ date: '2025-10-07' }, { date: '2025-10-14' }]);
  });

  it('the source saying the same again does not undo what the merge decided', async () => {
    await absent('4001', '17', '2025-10-06');
    await settled();
    const standing = (
      await db
        .select()
        .from(attendanceMarks)
        .where(eq(attendanceMarks.studentId, await internal('4001')))
    )
      .filter((mark) => mark.current && mark.date === '2025-10-06')
      .map((mark) => mark.code);
    expect(standing).toEqual(['EXC']);
  });

  it('only the duplicate has a case: refused, with the other way named; nothing has changed', async () => {
    const number = await withCase('4010');
    await office.ask('POST', '/v1/students:import', {
      students: [{ sisId: '4011', firstName: 'Test', lastName: 'Child 4011', school: 'PEKIN-HS' }],
    });
    const refused = await office.ask('POST', '/v1/students/4010/merge', { into: '4011', reason: 'twice' });
    expect(refused.body).toMatchObject({ code: 'MERGE_OTHER_WAY', details: { open: number } });
    expect((await caseByNumber(db, number))?.status).toBe('open');
    const other = await office.ask('POST', '/v1/students/4011/merge', { into: '4010', reason: 'twice' });
    expect(other.body).toMatchObject({ into: '4010', closed: null, caseNumber: number });
  });

  it('a letter of the duplicate’s case about to leave refuses the merge; nothing has changed', async () => {
    const numbers = [await withCase('4030'), await withCase('4031')];
    for (const sisId of ['4030', '4031']) {
      for (const date of ['2025-10-02', '2025-10-03'])
        await office.ask('POST', '/v1/interventions', call(date, sisId));
      await absent(sisId, '17', '2025-10-07');
      const { status } = await office.ask('POST', `/v1/students/${sisId}/referrals`, {
        progress: 'absent again',
      });
      expect(status).toBe(200);
    }
    const refused = await office.ask('POST', '/v1/students/4031/merge', { into: '4030', reason: 'twice' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'LETTER_WAITING' } });
    expect((await caseByNumber(db, numbers[1] ?? ''))?.status).toBe('open');
    expect((await office.ask('GET', '/v1/students/4031')).body['sisId']).toBe('4031');
    // Withdrawn, it is in nobody's way.
    await office.ask('POST', `/v1/cases/${numbers[1]}/withdraw`, { reason: 'one child, referred twice' });
    const done = await office.ask('POST', '/v1/students/4031/merge', { into: '4030', reason: 'twice' });
    expect(done.body).toMatchObject({ closed: numbers[1], caseNumber: numbers[0] });
    await settled();
    // The same tries stand on both, so the one that goes on has them once, and its referral rests on them still.
    expect((await stateOf(numbers[0] ?? ''))['interventions']).toHaveLength(3);
    expect((await stateOf(numbers[0] ?? ''))['referrals']).toMatchObject([{ n: 1 }]);
  });

  it('a number merged elsewhere, and one number with itself, are refused', async () => {
    const ask = (from: string, into: string) =>
      office.ask('POST', `/v1/students/${from}/merge`, { into, reason: 'twice' });
    expect((await ask('4002', '4010')).body['code']).toBe('MERGED_ELSEWHERE');
    expect((await ask('4001', '4001')).body['code']).toBe('SAME_STUDENT');
    expect((await ask('4001', '4002')).body['code']).toBe('SAME_STUDENT');
  });

  it('the next case of the one that stays links to the case the duplicate had', async () => {
    const earlier = await withCase('4020');
    await office.ask('POST', `/v1/cases/${earlier}/close`, { reason: 'opened-in-error' });
    await office.ask('POST', '/v1/students:import', {
      students: [{ sisId: '4021', firstName: 'Test', lastName: 'Child 4021', school: 'PEKIN-HS' }],
    });
    await office.ask('POST', '/v1/students/4020/merge', { into: '4021', reason: 'twice' });
    const { body } = await office.ask('POST', '/v1/interventions', call('2025-10-02', '4021'));
    expect(await caseByNumber(db, String(body['caseNumber']))).toMatchObject({ previousCase: earlier });
  });
});

describe('a student edited by hand', () => {
  it('what is not named stays; a school goes the way of a transfer', async () => {
    const number = await withCase('5001');
    const edit = (body: object) => office.ask('POST', '/v1/students/5001/edit', body);
    expect((await edit({ grade: '9', birthDate: '2011-03-02' })).body).toMatchObject({
      changed: ['birthDate', 'grade'],
    });
    expect((await edit({ grade: '9' })).body).toMatchObject({ changed: [] });
    expect((await edit({})).status).toBe(400);
    expect((await edit({ school: 'EAST-HS', left: '2025-10-14' })).status).toBe(400);
    expect((await edit({ school: 'EAST-HS', on: '2025-10-14' })).body).toMatchObject({
      transfer: { what: 'moved', caseNumber: number },
    });
    expect((await office.ask('GET', '/v1/students/5001')).body).toMatchObject({
      firstName: 'Test',
      grade: '9',
      schools: ['EAST-HS'],
    });
  });
});
