/** The August roster through the API: one list for one yes, nothing before it, and open cases asked about after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setDrivenToday } from '../../db/stores/office.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { enrollmentsOf } from '../../db/stores/enrollments.ts';
import { getStudentBySis } from '../../db/stores/students.ts';
import type { RolloverShown } from '../../client/services/rollover.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

const JULY = '2026-07-20';

const pupil = (sisId: string, grade: string, school?: string) => ({
  sisId,
  firstName: 'Some',
  lastName: `Testchild ${sisId}`,
  birthDate: '2010-05-09',
  grade,
  ...(school === undefined ? {} : { school }),
});

/** Ada goes on at the same school, Cleo at another; Ben was in grade 12; one of grade 10 does not come back. */
const LAST_YEAR = [
  pupil('1001', '9', 'PEKIN-HS'),
  pupil('1002', '12', 'PEKIN-HS'),
  pupil('2001', '9', 'EAST-HS'),
  pupil('2002', '10', 'EAST-HS'),
  pupil('2003', '10', 'EAST-HS'),
  pupil('2004', '10', 'EAST-HS'),
];
const THIS_YEAR = [
  pupil('1001', '10', 'PEKIN-HS'),
  pupil('2001', '10', 'PEKIN-HS'),
  pupil('2003', '11', 'EAST-HS'),
  pupil('2004', '10', 'EAST-HS'),
  pupil('3001', '9', 'PEKIN-HS'),
];

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  await office.ask('POST', '/v1/students:import', { students: LAST_YEAR });
  for (const student of ['1001', '1002', '2001', '2002', '2004']) {
    const { status } = await office.ask('POST', '/v1/interventions', call('2025-10-01', student));
    expect(status).toBe(201);
  }
  await setDrivenToday(office.db, JULY);
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

const propose = (more: object = {}, students: readonly object[] = THIS_YEAR, key?: string) =>
  office.ask('POST', '/v1/rollovers', { students, ...more }, key);

async function placed(sisId: string) {
  const { body } = await office.ask('GET', `/v1/students/${sisId}`);
  return [body['grade'], body['schools']];
}

async function messagesOf(caseNumber: string) {
  return (await outboxOf(office.db, caseNumber)).map((row) => row.name);
}

const COUNTS = { promoted: 3, graduated: 1, 'not-returned': 1, new: 1, unchanged: 1 };

describe('the list', () => {
  it('says who is promoted, graduated, not back, new, and what is proposed for open cases; a dry run keeps nothing', async () => {
    const { status, body } = await propose({ dryRun: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rollover: null,
      status: 'dry-run',
      startsOn: JULY,
      counts: COUNTS,
      cases: [
        { caseNumber: 'C-000001', student: '1001', kind: 'promoted', suggest: 'keep', reason: null },
        { caseNumber: 'C-000002', student: '1002', kind: 'graduated', suggest: 'close', reason: 'graduated' },
        { caseNumber: 'C-000003', student: '2001', kind: 'promoted', suggest: 'keep', school: 'PEKIN-HS' },
        {
          caseNumber: 'C-000004',
          student: '2002',
          kind: 'not-returned',
          suggest: 'close',
          reason: 'not-returned',
        },
        // Repeats the year: nothing changes for 2004, and the case is still asked about.
        { caseNumber: 'C-000005', student: '2004', kind: 'unchanged', suggest: 'keep', reason: null },
      ],
      withoutCalendar: ['EAST-HS', 'PEKIN-HS'],
      schoolBegan: null,
    });
    expect((body as unknown as RolloverShown).items.map((one) => [one.sisId, one.kind])).toEqual([
      ['1001', 'promoted'],
      ['1002', 'graduated'],
      ['2001', 'promoted'],
      ['2002', 'not-returned'],
      ['2003', 'promoted'],
      ['3001', 'new'],
    ]);
    expect((await office.ask('GET', '/v1/rollovers/latest')).status).toBe(404);
  });

  it('is refused where too many are missing, with the numbers, until somebody says how many', async () => {
    const part = THIS_YEAR.filter((one) => one.school === 'PEKIN-HS');
    const { status, body } = await propose({}, part);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'ROSTER_LOOKS_INCOMPLETE', details: { expected: 5, missing: 3 } });
    expect(String(body['detail'])).toContain('--expect-missing 3');
    expect((await propose({ expectMissing: 2, dryRun: true }, part)).status).toBe(409);
    expect((await propose({ expectMissing: 3, dryRun: true }, part)).status).toBe(200);
  });

  it('of a school nobody knows is refused, naming it', async () => {
    const { status, body } = await propose({}, [...THIS_YEAR, pupil('9', '9', 'NOWHERE')]);
    expect(status).toBe(400);
    expect(String(body['detail'])).toContain('NOWHERE');
  });

  it('holds from a day that has come', async () => {
    const { status, body } = await propose({ startsOn: '2026-08-17' });
    expect([status, body['code']]).toEqual([409, 'DATE_IN_FUTURE']);
  });

  it('is for somebody responsible for all schools', async () => {
    const clerk = await office.person('school', ['PEKIN-HS']);
    const manager = await office.person('case-manager', ['PEKIN-HS']);
    expect((await propose({}, THIS_YEAR, clerk)).status).toBe(403);
    expect((await propose({}, THIS_YEAR, manager)).status).toBe(403);
  });

  it('changes nothing before the yes, and is the same list for the same roster', async () => {
    const before = await messagesOf('C-000003');
    const first = await propose();
    expect(first.body).toMatchObject({ rollover: 1, status: 'proposed', counts: COUNTS });
    expect((await propose()).body['rollover']).toBe(1);
    expect(await placed('1001')).toEqual(['9', ['PEKIN-HS']]);
    expect(await placed('2001')).toEqual(['9', ['EAST-HS']]);
    expect(await placed('2002')).toEqual(['10', ['EAST-HS']]);
    expect((await office.ask('GET', '/v1/students/3001')).status).toBe(404);
    expect(await messagesOf('C-000003')).toEqual(before);
    const { body } = await office.ask('GET', '/v1/tasks?kind=rollover');
    expect(body['tasks']).toEqual([]);
  });

  it('gives way to a newer one; a dropped one cannot be said yes to', async () => {
    const other = await propose({}, [...THIS_YEAR, pupil('3002', '9', 'EAST-HS')]);
    expect(other.body['rollover']).toBe(2);
    const { status, body } = await office.ask('POST', '/v1/rollovers/1/apply', {});
    expect([status, body['code']]).toEqual([409, 'ROLLOVER_DROPPED']);
    await office.ask('POST', '/v1/rollovers/2/drop');
    expect((await office.ask('GET', '/v1/rollovers/2')).body['status']).toBe('dropped');
  });

  it('of records that have changed since is refused', async () => {
    const { body: list } = await propose();
    await office.ask('POST', '/v1/students:import', { students: [pupil('2003', '12', 'EAST-HS')] });
    const { status, body } = await office.ask('POST', `/v1/rollovers/${String(list['rollover'])}/apply`, {});
    expect([status, body['code']]).toEqual([409, 'ROLLOVER_OUTDATED']);
    expect(await placed('1001')).toEqual(['9', ['PEKIN-HS']]);
    await office.ask('POST', '/v1/students:import', { students: [pupil('2003', '10', 'EAST-HS')] });
  });
});

describe('the yes', () => {
  let list: number;
  it('changes grades, schools and enrolments, tells the cases, and asks about each open one', async () => {
    const proposed = await propose();
    list = proposed.body['rollover'] as number;
    const { status, body } = await office.ask('POST', `/v1/rollovers/${list}/apply`, { id: 'yes-2026' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      counts: COUNTS,
      moved: 1,
      asked: ['C-000001', 'C-000002', 'C-000003', 'C-000004', 'C-000005'],
    });
    expect(await placed('1001')).toEqual(['10', ['PEKIN-HS']]);
    expect(await placed('2001')).toEqual(['10', ['PEKIN-HS']]);
    expect(await placed('3001')).toEqual(['9', ['PEKIN-HS']]);
    expect(await placed('1002')).toEqual(['12', []]);
    const gone = await getStudentBySis(office.db, '2002');
    expect(await enrollmentsOf(office.db, gone?.id ?? 0)).toMatchObject([
      { school: 'EAST-HS', to: '2026-07-19' },
    ]);
    expect((await messagesOf('C-000003')).at(-1)).toBe('transferStudent');
    expect((await messagesOf('C-000002')).at(-1)).toBe('changeCalendar');
    expect((await messagesOf('C-000004')).at(-1)).toBe('changeCalendar');
    expect((await messagesOf('C-000001')).at(-1)).toBe('recordIntervention');
    const { body: worklist } = await office.ask('GET', '/v1/tasks?kind=rollover');
    const tasks = worklist['tasks'] as {
      caseNumber: string;
      textCode: string;
      school: string;
      details: object;
    }[];
    expect(tasks.map((one) => [one.caseNumber, one.textCode, one.school, one.details])).toEqual([
      ['C-000001', 'PROMOTED_KEEP_OR_CLOSE', 'PEKIN-HS', { suggest: 'keep' }],
      ['C-000002', 'GRADUATED_KEEP_OR_CLOSE', 'PEKIN-HS', { suggest: 'close', reason: 'graduated' }],
      ['C-000003', 'PROMOTED_KEEP_OR_CLOSE', 'PEKIN-HS', { suggest: 'keep' }],
      ['C-000004', 'NOT_BACK_KEEP_OR_CLOSE', 'EAST-HS', { suggest: 'close', reason: 'not-returned' }],
      ['C-000005', 'STILL_OPEN_KEEP_OR_CLOSE', 'EAST-HS', { suggest: 'keep' }],
    ]);
    const { body: cases } = await office.ask('GET', '/v1/cases');
    expect((cases['cases'] as unknown[]).length).toBe(5);
  });

  it('said again, with or without its id, does nothing twice', async () => {
    const messages = await messagesOf('C-000003');
    const again = await office.ask('POST', `/v1/rollovers/${list}/apply`, { id: 'yes-2026' });
    expect(again).toMatchObject({ status: 200, body: { moved: 1, counts: COUNTS } });
    const otherwise = await office.ask('POST', `/v1/rollovers/${list}/apply`, {});
    expect(otherwise).toMatchObject({ status: 200, body: { moved: 1, counts: COUNTS } });
    expect(await messagesOf('C-000003')).toEqual(messages);
    const { body } = await office.ask('GET', '/v1/tasks?kind=rollover');
    expect((body['tasks'] as unknown[]).length).toBe(5);
    const reused = await office.ask('POST', '/v1/rollovers/1/apply', { id: 'yes-2026' });
    expect([reused.status, reused.body['code']]).toEqual([409, 'ID_REUSED']);
  });

  it('keeps no names or birth dates of the roster once it is done', async () => {
    const [row] = await office.db.execute<{ roster: unknown }>(
      `select roster from rollovers where id = ${list}`,
    );
    expect(row?.roster).toBeNull();
    const { body } = await office.ask('POST', `/v1/rollovers/${list}/drop`);
    expect(body['code']).toBe('ROLLOVER_APPLIED');
  });

  it('the same roster once more changes nobody, and asks nobody again', async () => {
    const { body: kept } = await office.ask('GET', `/v1/rollovers/${list}`);
    expect((kept['cases'] as unknown[]).length).toBe(5);
    const { body } = await propose({ dryRun: true });
    expect(body).toMatchObject({
      cases: [],
      counts: { promoted: 0, graduated: 0, 'not-returned': 0, new: 0, unchanged: 5 },
    });
  });

  it('keep: the task is done and the case goes on', async () => {
    const { body } = await office.ask('GET', '/v1/tasks?kind=rollover&case=C-000001');
    const [task] = body['tasks'] as { id: number }[];
    const done = await office.ask('POST', `/v1/tasks/${task?.id}/done`, { note: 'keep' });
    expect(done.status).toBe(200);
    expect((await office.ask('GET', '/v1/cases/C-000001')).body['status']).toBe('open');
  });
});

describe('a roster of one district', () => {
  it('misses nobody of another', async () => {
    await office.ask('POST', '/v1/districts', { districts: [{ code: 'NORTH-1', name: 'North' }] });
    await office.ask('POST', '/v1/schools', {
      schools: [
        { code: 'NORTH-HS', sourceId: '91', district: 'NORTH-1', name: 'North High', county: 'Mason' },
      ],
    });
    const { body } = await propose({ district: 'NORTH-1', dryRun: true }, [pupil('7001', '9', 'NORTH-HS')]);
    expect(body).toMatchObject({
      district: 'NORTH-1',
      counts: { promoted: 0, graduated: 0, 'not-returned': 0, new: 1, unchanged: 0 },
      withoutCalendar: ['NORTH-HS'],
    });
  });
});

describe('a roster that comes when school has begun', () => {
  it('says since when, and takes the days from then on', async () => {
    const next: SchoolCalendar = { terms: [{ from: '2026-08-17', to: '2027-05-28' }], closed: [], open: [] };
    await office.ask('PUT', '/v1/schools/PEKIN-HS/calendar', { calendar: next, source: '2026-27' });
    await setDrivenToday(office.db, '2026-08-24');
    const late = await propose({ dryRun: true });
    expect(late.body).toMatchObject({ startsOn: '2026-08-24', schoolBegan: '2026-08-17' });
    expect(late.body['withoutCalendar']).toEqual(['EAST-HS']);
    const dated = await propose({ dryRun: true, startsOn: '2026-08-17' });
    expect(dated.body).toMatchObject({ startsOn: '2026-08-17', schoolBegan: null });
  });
});
