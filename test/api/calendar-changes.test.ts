/** A calendar changed in the middle of the year: one version, one fact to each case it concerns, and no more than that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCalendarText } from '../../imports/calendar/index.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { toldCase } from '../support/told-case.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase({ max: 20 }));
  await settle(office);
  // Two cases at one school, one at the other.
  for (const student of ['1001', '1002', '2001'])
    await office.ask('POST', '/v1/interventions', call('2025-10-01', student));
  await office.ask('POST', '/v1/attendance/imports', {
    source: 'PEKIN-303/sis',
    rows: ['2025-10-06', '2025-10-07', '2025-10-08'].map((date) => ({
      ...{ student: '1001', school: '17', date, code: 'UNX', fraction: 1 },
    })),
    covers: { from: '2025-08-18', to: '2025-10-14' },
    schools: ['PEKIN-HS'],
  });
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

/** A school year as a school publishes it, each event under an id of its own. */
function published(uid: string, closed: readonly string[]) {
  const event = (date: string, summary: string) =>
    `BEGIN:VEVENT\r\nUID:${uid}-${date}@school\r\nDTSTART;VALUE=DATE:${date.replaceAll('-', '')}\r\nSUMMARY:${summary}\r\nEND:VEVENT\r\n`;
  const events = [
    event('2025-08-18', 'First Day of School'),
    event('2026-05-29', 'Last Day of School'),
    ...closed.map((date) => event(date, 'No School')),
  ];
  return readCalendarText(`BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events.join('')}END:VCALENDAR\r\n`, 'year.ics')
    .calendar;
}

const PEKIN = ['C-000001', 'C-000002'];
const EAST = 'C-000003';
const change = async (verb: string, body: object) => {
  const { status, body: said } = await office.ask('POST', `/v1/calendar/${verb}`, {
    school: 'PEKIN-HS',
    reason: 'snow',
    ...body,
  });
  return { status, said };
};
const codeOf = async (verb: string, body: object) => {
  const { status, said } = await change(verb, body);
  return [status, said['code']];
};
/** The calendar facts a case has been told. */
const told = async (number: string) =>
  (await outboxOf(office.db, number))
    .filter((row) => row.name === 'changeCalendar')
    .map((row) => row.payload as { version: number; because: string; calendar: { closed: string[] } });
const versions = async (school = 'PEKIN-HS') =>
  (await office.ask('GET', `/v1/schools/${school}/calendar/versions`)).body['versions'] as {
    version: number;
    words: string;
    reason: string;
    by: string;
    scope: string;
  }[];

describe('a closure', () => {
  it('posted three days late: absences of that day no longer count, and each case of the school is told once', async () => {
    const { status, said } = await change('close', { date: '2025-10-08' });
    expect([status, said]).toEqual([
      200,
      {
        ...{ scope: 'PEKIN-HS', version: 2, changed: true, told: 2 },
        ...{ closed: ['2025-10-08'], opened: [], words: 'closed 1 day: Wed 8 Oct 2025' },
      },
    ]);
    for (const number of PEKIN) {
      expect(await told(number)).toMatchObject([
        { version: 2, because: 'closed 1 day: Wed 8 Oct 2025 (snow)' },
      ]);
    }
    expect(await told(EAST)).toEqual([]);
    const { body } = await office.ask('GET', '/v1/attendance/explain?student=1001&asOf=2025-10-15');
    expect(body).toMatchObject({
      count: {
        unexcusedDays: 2,
        notCounted: [{ date: '2025-10-08', reason: 'no school that day' }],
      },
    });
    const state = await toldCase(office.db, 'C-000001', 2);
    expect(state.calendar.closed).toContain('2025-10-08');
  });

  it('taken back: there was school after all', async () => {
    const { said } = await change('open', { date: '2025-10-08', reason: 'a mistake' });
    expect(said).toMatchObject({ version: 3, opened: ['2025-10-08'], told: 2 });
    expect((await told('C-000001')).at(-1)).toMatchObject({
      ...{ version: 3, because: 'opened 1 day: Wed 8 Oct 2025 (a mistake)' },
    });
  });

  it('of a strike is one version for all its school days', async () => {
    const { said } = await change('close', { from: '2025-11-03', to: '2025-11-16', reason: 'strike' });
    expect(said).toMatchObject({ version: 4, told: 2 });
    expect(said['closed']).toHaveLength(10);
    expect(said['words']).toBe('closed 10 days between Mon 3 Nov 2025 and Fri 14 Nov 2025');
    expect((await change('open', { from: '2025-11-03', to: '2025-11-16' })).said['opened']).toHaveLength(10);
  });
});

it('a make-up day in the break, and on a weekend', async () => {
  await change('close', { from: '2025-12-22', to: '2026-01-02', reason: 'break' });
  expect((await change('makeup', { date: '2025-12-22' })).said).toMatchObject({ opened: ['2025-12-22'] });
  expect((await change('makeup', { date: '2025-12-20' })).said).toMatchObject({ opened: ['2025-12-20'] });
  expect(await codeOf('makeup', { date: '2025-12-20' })).toEqual([409, 'SCHOOL_THAT_DAY']);
});

it('a term’s end moved out, and in again', async () => {
  const out = await change('term', { end: '2026-05-29', to: '2026-06-05', reason: 'strike' });
  expect(out.said).toMatchObject({
    words: 'opened 5 days: Mon 1 Jun, Tue 2 Jun, Wed 3 Jun, Thu 4 Jun, Fri 5 Jun 2026',
  });
  const back = await change('term', { end: '2026-06-05', to: '2026-05-28', reason: 'flood' });
  expect(back.said['closed']).toHaveLength(6);
  await change('term', { end: '2026-05-28', to: '2026-05-29', reason: 'as planned' });
});

describe('for a district', () => {
  it('is one fact to each case, of its own student’s days', async () => {
    const before = (await told('C-000001')).length;
    const { status, body } = await office.ask('POST', '/v1/calendar/close', {
      ...{ district: 'PEKIN-303', date: '2025-12-11', reason: 'ice' },
    });
    expect([status, body]).toMatchObject([200, { told: 3, closed: ['2025-12-11'] }]);
    expect(await told('C-000001')).toHaveLength(before + 1);
    expect(await told(EAST)).toMatchObject([{ because: 'closed 1 day: Thu 11 Dec 2025 (ice)' }]);
  });
});

describe('a published file', () => {
  const put = (calendar: object, source: string) =>
    office.ask('PUT', '/v1/schools/EAST-HS/calendar', { calendar, source });

  it('with new event ids and the same days makes no version and tells nobody', async () => {
    const closed = ['2025-10-13', '2025-11-11', '2025-12-11'];
    const first = await put(published('a', closed), 'first.ics');
    expect(first.body).toMatchObject({ changed: true, words: 'closed 1 day: Tue 11 Nov 2025', told: 1 });
    const facts = (await told(EAST)).length;
    const kept = await versions('EAST-HS');
    const again = await put(published('zz', closed), 'second.ics');
    expect(again.body).toMatchObject({ changed: false, words: '', told: 0, version: first.body['version'] });
    expect(await versions('EAST-HS')).toHaveLength(kept.length);
    const changed = await put(published('q', [...closed, '2026-01-08', '2026-01-09']), 'third.ics');
    expect(changed.body).toMatchObject({
      changed: true,
      told: 1,
      words: 'closed 2 days: Thu 8 Jan, Fri 9 Jan 2026',
    });
    expect((await told(EAST)).slice(facts)).toMatchObject([
      { because: 'closed 2 days: Thu 8 Jan, Fri 9 Jan 2026 (calendar from third.ics)' },
    ]);
  });
});

it('each version says what it changed, why and by whom', async () => {
  const all = await versions();
  expect(all[0]?.words).toMatch(/^opened \d+ days between Mon 19 Aug 2024 and Fri 29 May 2026$/);
  expect(all[1]).toMatchObject({
    ...{ version: 2, words: 'closed 1 day: Wed 8 Oct 2025', reason: 'snow', by: 'administrator U-admin' },
  });
});

describe('what cannot be is refused with one clear reason', () => {
  it.each([
    ['a day without school', 'close', { date: '2025-10-11' }, 409, 'NO_SCHOOL_THAT_DAY'],
    [
      'a span outside every term',
      'close',
      { from: '2026-07-01', to: '2026-07-10' },
      409,
      'NO_SCHOOL_THAT_DAY',
    ],
    [
      'a span that ends before it begins',
      'close',
      { from: '2026-01-09', to: '2026-01-08' },
      400,
      'BAD_RANGE',
    ],
    ['neither day nor span', 'close', {}, 400, 'BAD_DAYS'],
    ['day and span', 'open', { date: '2026-01-08', to: '2026-01-09' }, 400, 'BAD_DAYS'],
    ['a closure that is none', 'open', { date: '2026-01-08' }, 409, 'NOT_CLOSED'],
    ['a term nobody knows', 'term', { end: '2026-05-01', to: '2026-05-02' }, 409, 'NO_SUCH_TERM'],
    [
      'an end before the beginning',
      'term',
      { end: '2026-05-29', to: '2025-08-01' },
      409,
      'TERM_ENDS_BEFORE_IT_BEGINS',
    ],
    ['a term into the next', 'term', { end: '2025-05-30', to: '2025-08-20' }, 409, 'TERMS_OVERLAP'],
    ['no date', 'makeup', { date: '30 May' }, 400, 'BAD_INPUT'],
    ['a school nobody knows', 'close', { school: 'NOWHERE', date: '2025-10-14' }, 404, 'UNKNOWN_SCHOOL'],
    ['school and district', 'close', { district: 'PEKIN-303', date: '2025-10-14' }, 400, 'BAD_SCOPE'],
    [
      'a district nobody knows',
      'close',
      { school: undefined, district: 'X', date: '2025-10-14' },
      404,
      'UNKNOWN_DISTRICT',
    ],
  ] as const)('%s', async (_what, verb, body, status, code) => {
    const before = await versions();
    expect(await codeOf(verb, body)).toEqual([status, code]);
    expect(await versions()).toEqual(before);
  });

  it('a school clerk changes no calendar', async () => {
    const clerk = await office.person('school', ['PEKIN-HS']);
    const { status } = await office.ask(
      'POST',
      '/v1/calendar/close',
      { school: 'PEKIN-HS', date: '2025-10-14', reason: 'snow' },
      clerk,
    );
    expect(status).toBe(403);
  });
});

describe('at once', () => {
  it('two closures lose neither, and every case ends with both', async () => {
    const days = ['2026-02-02', '2026-02-03', '2026-02-04', '2026-02-05'];
    const answers = await Promise.all(days.map((date) => change('close', { date })));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200]);
    for (const number of PEKIN) {
      const last = (await told(number)).at(-1);
      expect(last?.calendar.closed).toEqual(expect.arrayContaining(days));
      const given = (await told(number)).map((one) => one.version);
      expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
    }
  });

  it('a case opened beside a closure begins with it, or is told of it', async () => {
    const students = Array.from({ length: 12 }, (_, n) => ({
      ...{ sisId: `30${10 + n}`, firstName: 'Test', lastName: `Child ${n}`, birthDate: '2011-01-01' },
      school: 'PEKIN-HS',
    }));
    await office.ask('POST', '/v1/students:import', { students });
    const dates = ['2026-03-02', '2026-03-03', '2026-03-04'];
    const opened = students.map(({ sisId }) =>
      office.ask('POST', '/v1/interventions', call('2025-10-01', sisId)),
    );
    const closed = dates.map((date) => change('close', { date }));
    const cases = (await Promise.all(opened)).map((one) => String(one.body['caseNumber']));
    await Promise.all(closed);
    for (const number of cases) {
      const state = await toldCase(office.db, number);
      expect(state.calendar.closed, number).toEqual(expect.arrayContaining(dates));
    }
  });
});
