/** Corrections through the API: each a revision beside the old one, told to the case once; the case counts what the records say. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxOf } from '../../db/stores/outbox.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { daysBySql, toldCase } from '../support/told-case.ts';
import { call, settle, testOffice, TODAY, type Answer, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  await office.ask('POST', '/v1/interventions', call('2025-10-01'));
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

const CASE = 'C-000001';
const SOURCE = 'PEKIN-303/sis';
const row = (student: string, date: string, code = 'UNX', fraction = 1) => ({
  ...{ student, school: '17', date, code, fraction },
});
const ask = (url: string, body: unknown, key?: string) => office.ask('POST', `/v1/${url}`, body, key);
const must = async (url: string, body: unknown): Promise<Answer['body']> => {
  const answer = await ask(url, body);
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  return answer.body;
};
const file = (rows: readonly unknown[], more: object = {}) =>
  must('attendance/imports', { source: SOURCE, rows, ...more });
/** A file's own time. */
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
/** The facts about attendance the case has been told so far. */
async function told(): Promise<{ type: string; days: { date: string; fraction: number }[] }[]> {
  return (await outboxOf(office.db, CASE))
    .map((one) => one.payload as { type: string; days: { date: string; fraction: number }[] })
    .filter((fact) => fact.type === 'attendance');
}
const historyOf = async (student: string, date: string) =>
  (await office.ask('GET', `/v1/attendance/history?student=${student}&date=${date}`)).body['revisions'] as {
    revision: number;
    code: string;
  }[];
const agree = async () => {
  const state = await toldCase(office.db, CASE);
  expect(state.days.map(({ date, fraction }) => ({ date, fraction }))).toEqual(
    await daysBySql(office.db, '1001'),
  );
  return state;
};

describe('a correction', () => {
  it('of each kind is a revision beside the old one and one fact to the case', async () => {
    await file([row('1001', '2025-10-06'), row('1001', '2025-10-07'), row('1001', '2025-10-08')]);
    expect(await told()).toHaveLength(1);

    await must('absences/excuse', { student: '1001', date: '2025-10-06', reason: 'doctor’s note' });
    await file([row('1001', '2025-10-07', 'UNX', 0.5)]);
    await must('absences/withdraw', { student: '1001', date: '2025-10-08', reason: 'was on a field trip' });
    expect((await told()).slice(1).map((fact) => fact.days)).toMatchObject([
      [{ date: '2025-10-06', fraction: 0 }],
      [{ date: '2025-10-07', fraction: 0.5 }],
      [{ date: '2025-10-08', fraction: 0 }],
    ]);
    await agree();

    expect(await historyOf('1001', '2025-10-06')).toMatchObject([
      { revision: 1, code: 'UNX', byHand: false, current: false, reportedBy: SOURCE },
      {
        revision: 2,
        code: 'excused',
        byHand: true,
        current: true,
        reason: 'doctor’s note',
        role: 'administrator',
      },
    ]);
    expect(await historyOf('1001', '2025-10-08')).toMatchObject([
      { revision: 1, withdrawn: false },
      { revision: 2, withdrawn: true, reason: 'was on a field trip' },
    ]);
  });

  it('made twice does nothing twice', async () => {
    const before = (await told()).length;
    const again = { student: '1001', date: '2025-10-06', reason: 'doctor’s note' };
    expect(await must('absences/excuse', again)).toMatchObject({ changed: false, told: [] });
    expect(await told()).toHaveLength(before);
  });

  it('stands against the file sent again, which says so with the line', async () => {
    const before = (await told()).length;
    const body = await file([
      row('1001', '2025-10-06'),
      row('1001', '2025-10-07', 'UNX', 0.5),
      row('1001', '2025-10-08'),
    ]);
    expect(body).toMatchObject({
      marks: {
        ...{ new: 0, changed: 0, withdrawn: 0, unchanged: 1 },
        stands: [
          { line: 1, date: '2025-10-06' },
          { line: 3, date: '2025-10-08' },
        ],
      },
      told: [],
    });
    expect(await told()).toHaveLength(before);
  });

  it('by a whole file takes back what is missing; an older file brings none of it back', async () => {
    const covers = { from: '2025-10-01', to: '2025-10-10' };
    const newer = { covers, whole: true, schools: ['PEKIN-HS'] };
    await file([row('1001', '2025-10-09')]);
    expect(await file([row('1001', '2025-10-10')], newer)).toMatchObject({ marks: { new: 1, withdrawn: 3 } });
    expect((await agree()).days).toMatchObject([{ date: '2025-10-10' }]);
    const older = await file([row('1001', '2025-10-09'), row('1001', '2025-10-02')], {
      exportedAt: ago(60),
    });
    expect(older).toMatchObject({
      marks: { new: 0, changed: 0, late: [{ line: 1 }, { line: 2 }] },
      told: [],
    });
    await agree();
  });

  it('of a student without a case changes only records', async () => {
    await file([row('1002', '2025-10-06')]);
    const before = (await told()).length;
    expect(
      await must('absences/correct', {
        student: '1002',
        date: '2025-10-06',
        code: 'medical',
        reason: 'a note',
      }),
    ).toMatchObject({ changed: true, told: [] });
    expect(await historyOf('1002', '2025-10-06')).toHaveLength(2);
    expect(await told()).toHaveLength(before);
  });

  it('of a code’s meaning is told as the days it changes', async () => {
    await file([row('1001', '2025-10-03', 'QQ')]);
    const set = (category: string) =>
      office.ask('PUT', '/v1/attendance/codes', { source: SOURCE, code: 'QQ', category });
    expect((await set('unexcused')).body).toMatchObject({ told: [CASE] });
    expect((await told()).at(-1)?.days).toMatchObject([{ date: '2025-10-03', fraction: 1 }]);
    expect((await set('excused')).body).toMatchObject({ told: [CASE] });
    expect((await set('excused')).body).toMatchObject({ changed: false, told: [] });
    await agree();
  });

  it('says which mark where the day has several, by code or by source', async () => {
    await file([row('1001', '2025-10-02', 'UNX', 0.5), row('1001', '2025-10-02', 'EXC', 0.25)]);
    const correction = { student: '1001', date: '2025-10-02', code: 'medical', reason: 'a note' };
    const unclear = await ask('absences/correct', correction);
    expect([unclear.status, unclear.body['code']]).toEqual([409, 'SEVERAL_MARKS']);
    expect(await must('absences/correct', { ...correction, was: 'UNX' })).toMatchObject({ changed: true });
    // The file adds a row that sorts before the corrected one: the correction stays with its own.
    await file([
      row('1001', '2025-10-02', 'ADM', 0.25),
      row('1001', '2025-10-02', 'UNX', 0.5),
      row('1001', '2025-10-02', 'EXC', 0.25),
    ]);
    expect((await agree()).days.some((day) => day.date === '2025-10-02')).toBe(false);
  });
});

describe('two sources on one day', () => {
  it('are not added up, and an excuse of either holds', async () => {
    const one = { student: '1001', date: '2025-09-30' };
    await must('absences', { ...one, code: 'unexcused', fraction: 0.5 });
    await file([row('1001', '2025-09-30', 'UNX', 0.25)]);
    expect((await agree()).days.find((day) => day.date === one.date)).toMatchObject({ fraction: 0.5 });
    await file([row('1001', '2025-09-30', 'EXC', 1)]);
    expect((await agree()).days.find((day) => day.date === one.date)).toBeUndefined();
  });
});

describe('a whole day wiped', () => {
  const day = { school: 'PEKIN-HS', date: '2025-09-25', reason: 'blizzard: a feed of zeros' };
  const zeros = ['1001', '1002'].map((student) => row(student, day.date));

  it('takes back every mark of it, tells the cases, and is not known any more', async () => {
    await file([...zeros, row('1001', '2025-09-26')], { covers: { from: '2025-09-22', to: '2025-09-30' } });
    await must('absences/excuse', { student: '1002', date: day.date, reason: 'a note' });
    expect(await must('attendance/wipe', day)).toMatchObject({ marks: 2, coverage: true, told: [CASE] });
    expect((await told()).at(-1)?.days).toEqual([expect.objectContaining({ date: day.date, fraction: 0 })]);
    const state = await agree();
    expect(state.coverage).not.toContainEqual(
      expect.objectContaining({ from: '2025-09-22', to: '2025-09-30' }),
    );
    expect(state.days.some((one) => one.date === '2025-09-26')).toBe(true);
    expect(await historyOf('1001', day.date)).toMatchObject([
      { revision: 1 },
      { revision: 2, reason: day.reason },
    ]);
  });

  it('again does nothing, and the same feed sent again brings nothing back', async () => {
    expect(await must('attendance/wipe', day)).toMatchObject({ marks: 0, coverage: false, told: [] });
    expect(await file(zeros)).toMatchObject({
      marks: { changed: 0, stands: [{ line: 1 }, { line: 2 }] },
      told: [],
    });
  });

  it('stands again as it was, corrections by hand among it', async () => {
    expect(await must('attendance/restore', { ...day, reason: 'there was school' })).toMatchObject({
      ...{ marks: 2, coverage: true, told: [CASE] },
    });
    await agree();
    const [last] = (await historyOf('1002', day.date)).slice(-1);
    expect(last).toMatchObject({ code: 'excused', current: true, withdrawn: false });
    expect(await must('attendance/restore', day)).toMatchObject({ marks: 0, coverage: false });
  });

  it('is refused for tomorrow, an unknown school, and another school’s clerk', async () => {
    const answer = async (body: object, key?: string) => {
      const { status, body: said } = await ask('attendance/wipe', { ...day, ...body }, key);
      return [status, said['code']];
    };
    expect(await answer({ date: '2025-10-16' })).toEqual([409, 'DATE_IN_FUTURE']);
    expect(await answer({ school: 'NOWHERE' })).toEqual([404, 'UNKNOWN_SCHOOL']);
    expect(await answer({ date: 'yesterday' })).toEqual([400, 'BAD_INPUT']);
    expect(await answer({}, await office.person('school', ['EAST-HS']))).toEqual([404, 'UNKNOWN_SCHOOL']);
  });
});

it('a file cannot come from the future', async () => {
  const { status, body } = await ask('attendance/imports', {
    ...{ source: SOURCE, rows: [row('1001', '2025-10-06')] },
    exportedAt: '2999-01-01T00:00:00Z',
  });
  expect([status, body['code']]).toEqual([400, 'BAD_TIME']);
});

describe('whatever happens to a student’s attendance', () => {
  const date = fc.constantFrom('2025-09-15', '2025-09-16', '2025-09-17');
  const code = fc.constantFrom('UNX', 'EXC', 'TDY', 'ZZ1');
  const part = fc.constantFrom(1, 0.5, 0.25);
  const step = fc.oneof(
    fc.record({
      do: fc.constant('file' as const),
      date,
      code,
      part,
      whole: fc.boolean(),
      minute: fc.nat(59),
    }),
    fc.record({ do: fc.constant('add' as const), date, part }),
    fc.record({
      do: fc.constant('correct' as const),
      date,
      code: fc.constantFrom('unexcused', 'medical'),
      part,
    }),
    fc.record({ do: fc.constant('excuse' as const), date }),
    fc.record({ do: fc.constant('withdraw' as const), date }),
    fc.record({ do: fc.constantFrom('wipe' as const, 'restore' as const), date }),
    fc.record({ do: fc.constant('map' as const), category: fc.constantFrom('unexcused', 'excused') }),
    fc.record({ do: fc.constant('close' as const), date }),
  );

  it('the case’s days are what the records say, its count what they count, each fact once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        for (const one of steps) {
          const by = { student: '1001', reason: 'because' };
          const day = 'date' in one ? { date: one.date } : {};
          switch (one.do) {
            case 'file':
              await file([row('1001', one.date, one.code, one.part)], {
                ...(one.minute < 30 ? {} : { exportedAt: ago(one.minute) }),
                ...(one.whole
                  ? { whole: true, covers: { from: '2025-09-15', to: '2025-09-17' }, schools: ['PEKIN-HS'] }
                  : {}),
              });
              break;
            case 'add':
              await ask('absences', { ...by, ...day, code: 'unexcused', fraction: one.part });
              break;
            case 'correct':
              await ask('absences/correct', { ...by, ...day, code: one.code, fraction: one.part });
              break;
            case 'excuse':
            case 'withdraw':
              await ask(`absences/${one.do}`, { ...by, ...day });
              break;
            case 'wipe':
            case 'restore':
              await must(`attendance/${one.do}`, { ...day, school: 'PEKIN-HS', reason: 'because' });
              break;
            case 'map':
              await office.ask('PUT', '/v1/attendance/codes', {
                ...{ source: SOURCE, code: 'ZZ1', category: one.category },
              });
              break;
            case 'close':
              await ask('calendar/close', { ...day, school: 'PEKIN-HS', reason: 'snow' });
          }
        }
        const state = await agree();
        expect(await toldCase(office.db, CASE, 3)).toEqual(state);
        const { body } = await office.ask('GET', `/v1/attendance/explain?student=1001&asOf=${TODAY}`);
        const { counted } = body['count'] as { counted: { date: string }[] };
        const closed = new Set(state.calendar.closed);
        expect(counted.map((one) => one.date)).toEqual(
          state.days.map((one) => one.date).filter((one) => !closed.has(one)),
        );
        await ask('calendar/open', {
          from: '2025-09-15',
          to: '2025-09-17',
          school: 'PEKIN-HS',
          reason: 'clear',
        });
      }),
      { numRuns: 12 },
    );
  });
});
