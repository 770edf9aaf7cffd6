/** School years through the API: a count reaches into last year, and says where a calendar for it is missing. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setDrivenToday } from '../../db/stores/office.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

const year = (from: string, to: string, ...closed: string[]): SchoolCalendar => ({
  terms: [{ from, to }],
  closed,
  open: [],
});
const LAST = year('2025-08-18', '2026-05-29', '2025-10-13');
const NEXT = year('2026-08-17', '2027-05-28');
/** Unexcused days in the spring of 2026. */
const SPRING = ['2026-03-02', '2026-03-09', '2026-05-04', '2026-05-26'];

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  await setDrivenToday(office.db, '2026-05-29');
  for (const date of SPRING) {
    const { status } = await office.ask('POST', '/v1/absences', { student: '1001', date, code: 'unexcused' });
    expect(status).toBe(201);
  }
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

interface Count {
  unexcusedDays: number;
  notes: string[];
  window: { from: string; attendanceDays: number };
  counted: { date: string; school: string }[];
}

async function explain(asOf: string, student = '1001'): Promise<Count> {
  const { body } = await office.ask('GET', `/v1/attendance/explain?student=${student}&asOf=${asOf}`);
  return body['count'] as Count;
}

const put = (calendar: SchoolCalendar, school = 'PEKIN-HS') =>
  office.ask('PUT', `/v1/schools/${school}/calendar`, { calendar, source: 'new year' });

describe('with the coming year not known', () => {
  it('the count of May stands all summer, and from August on says what is missing', async () => {
    expect(await explain('2026-05-29')).toMatchObject({ unexcusedDays: 4 });
    expect(await explain('2026-07-04')).toMatchObject({ unexcusedDays: 4 });
    const { unexcusedDays, notes } = await explain('2026-08-24');
    expect(unexcusedDays).toBe(4);
    expect(notes).toContain(
      'calendar known up to Fri 29 May 2026; school days after it are not in the window',
    );
  });

  it('the question before a letter says it, too', async () => {
    await setDrivenToday(office.db, '2026-08-24');
    const { body } = await office.ask('GET', '/v1/preview?student=1001&step=referral');
    expect(body).toMatchObject({
      unexcusedDays: 4,
      countNotes: ['calendar known up to Fri 29 May 2026; school days after it are not in the window'],
    });
    await setDrivenToday(office.db, '2026-05-29');
  });
});

describe('the calendar of the coming year', () => {
  it('keeps last year’s, which stood in an earlier version only', async () => {
    const before = await explain('2026-05-29');
    expect((await put(NEXT)).status).toBe(200);
    const { body } = await office.ask('GET', '/v1/schools/PEKIN-HS/calendar');
    expect((body['calendar'] as SchoolCalendar).terms.map((term) => term.from)).toEqual([
      '2024-08-19',
      '2025-08-18',
      '2026-08-17',
    ]);
    const may = await explain('2026-05-29');
    expect(may).toMatchObject({ unexcusedDays: 4, window: before.window, notes: before.notes });
    // When a day leaves the window is known now, too.
    expect(before.counted[0]).toMatchObject({ date: SPRING[0], leavesWindowOn: null });
    expect(may.counted[0]).toMatchObject({ date: SPRING[0], leavesWindowOn: '2027-01-25' });
    const august = await explain('2026-08-24');
    expect(august).toMatchObject({ unexcusedDays: 4, window: { attendanceDays: 180 } });
    expect(august.window.from < '2025-10-01').toBe(true);
    expect(august.notes.filter((note) => note.includes('calendar'))).toEqual([]);
  });

  it('imported again changes nothing and makes no version', async () => {
    const { body } = await put(NEXT);
    expect(body).toMatchObject({ closed: [], opened: [], told: 0 });
    const { body: versions } = await office.ask('GET', '/v1/schools/PEKIN-HS/calendar/versions');
    expect(versions['versions']).toHaveLength(2);
  });

  it('published with an earlier end takes the days cut off away', async () => {
    const { body } = await put(year('2026-08-17', '2027-05-26'));
    expect(body).toMatchObject({ closed: ['2027-05-27', '2027-05-28'], opened: [] });
    await put(NEXT);
  });
});

describe('across schools', () => {
  it('last spring counts by the old school’s calendar, this autumn by the new one’s', async () => {
    await setDrivenToday(office.db, '2026-08-24');
    await office.ask('PUT', '/v1/schools/EAST-HS/calendar', {
      calendar: year('2026-08-24', '2027-05-28', '2026-09-07'),
      source: 'new year',
    });
    // 4 May was a snow day at East only: it still counts for whoever was at Pekin then.
    await office.ask('POST', '/v1/calendar/close', { school: 'EAST-HS', date: '2026-05-04', reason: 'snow' });
    await office.ask('POST', '/v1/students:import', {
      students: [{ sisId: '1001', firstName: 'Ada', lastName: 'Testchild', school: 'EAST-HS' }],
      asOf: '2026-08-17',
    });
    await office.ask('POST', '/v1/absences', { student: '1001', date: '2026-08-24', code: 'unexcused' });
    const count = await explain('2026-08-24');
    expect(count.counted.map((one) => [one.date, one.school])).toEqual([
      ...SPRING.map((date) => [date, 'PEKIN-HS']),
      ['2026-08-24', 'EAST-HS'],
    ]);
    expect(count).toMatchObject({ unexcusedDays: 5, window: { attendanceDays: 180 } });
  });
});

describe('a district’s calendar', () => {
  it('of the coming year reaches a school that once closed a day of its own, and its open cases', async () => {
    const must = async (method: 'POST' | 'PUT', url: string, body: unknown) => {
      const answer = await office.ask(method, url, body);
      expect([url, answer.status < 300, answer.status]).toEqual([url, true, answer.status]);
    };
    await setDrivenToday(office.db, '2026-05-28');
    await must('POST', '/v1/districts', { districts: [{ code: 'MASON-1', name: 'Mason' }] });
    const school = { district: 'MASON-1', county: 'Mason' };
    await must('POST', '/v1/schools', {
      schools: [
        { ...school, code: 'MASON-HS', sourceId: '91', name: 'Mason High' },
        { ...school, code: 'MASON-MS', sourceId: '92', name: 'Mason Middle' },
      ],
    });
    await must('PUT', '/v1/districts/MASON-1/calendar', { calendar: LAST, source: '2025-26' });
    await must('POST', '/v1/calendar/close', {
      school: 'MASON-MS',
      date: '2026-02-03',
      reason: 'no heating',
    });
    await must('POST', '/v1/students:import', {
      students: [{ sisId: '5001', firstName: 'Eve', lastName: 'Testchild', school: 'MASON-MS' }],
    });
    await must('POST', '/v1/interventions', call('2026-05-20', '5001'));
    const { body } = await office.ask('PUT', '/v1/districts/MASON-1/calendar', {
      calendar: NEXT,
      source: '2026-27',
    });
    expect(body).toMatchObject({ told: 1 });
    const { body: kept } = await office.ask('GET', '/v1/schools/MASON-MS/calendar');
    expect(kept['calendar']).toEqual({
      terms: [...LAST.terms, ...NEXT.terms],
      closed: ['2025-10-13', '2026-02-03'],
      open: [],
    });
    const { body: cases } = await office.ask('GET', '/v1/cases?school=MASON-MS');
    const [row] = cases['cases'] as { caseNumber: string }[];
    const told = (await outboxOf(office.db, row?.caseNumber ?? '')).at(-1);
    expect(told).toMatchObject({ name: 'changeCalendar' });
    expect((told?.payload as { calendar: SchoolCalendar }).calendar.terms).toHaveLength(2);
  });
});

describe('a list of cases', () => {
  it('says which counts lack a calendar', async () => {
    const { body } = await office.ask('GET', '/v1/cases?school=MASON-MS');
    const [row] = body['cases'] as { caseNumber: string; countNotes: string[] }[];
    // Its workflow has written nothing yet: there is no count to say anything of.
    expect(row?.countNotes).toEqual([]);
    const state = { today: '2025-09-05', calendar: LAST, policy: { counting: { windowDays: 180 } } };
    await office.db.execute(
      sql`update cases set projection = ${JSON.stringify({ state })}::jsonb where number = ${row?.caseNumber}`,
    );
    const after = await office.ask('GET', '/v1/cases?school=MASON-MS');
    expect(after.body['cases']).toMatchObject([
      {
        countNotes: ['calendar known for only 15 of 180 attendance days; absences before them are left out'],
      },
    ]);
  });
});
