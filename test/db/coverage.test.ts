/** Coverage in the records: of a student who changed school, of whom it concerns, and of schools that say nothing. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { dueCases } from '../../db/stores/cases.ts';
import { addCoverage, coverageOf, coverageOfStudent, coverageOfStudents } from '../../db/stores/coverage.ts';
import { endSilences, schoolsKnown, schoolsWithNews, tellOfSilence } from '../../db/stores/silences.ts';
import { setCurrentSchools } from '../../db/stores/students.ts';
import { completeTask, listTasks } from '../../db/stores/tasks.ts';
import { addCase, addStudents, CLERK, setUpOffice } from '../support/office-records.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const SPRING = {
  terms: [
    { from: '2024-08-19', to: '2024-12-20' },
    { from: '2025-01-06', to: '2025-05-30' },
  ],
  closed: ['2025-01-20'],
  open: [],
};

beforeEach(async () => {
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});

const cover = (school: string, from: string, to: string) =>
  db.transaction((tx) => addCoverage(tx, school, from, to, { ...CLERK, source: 'test' }));
const move = (sisId: string, school: string, on: string) =>
  db.transaction((tx) => setCurrentSchools(tx, [{ sisId, school }], on, CLERK));

describe('a student’s coverage', () => {
  it('with one school is the school’s', async () => {
    const [id = 0] = await addStudents(db, '1');
    await cover('NORTH-HS', '2025-01-06', '2025-01-10');
    await cover('NORTH-HS', '2025-01-21', '2025-02-07');
    expect(await coverageOfStudent(db, id)).toEqual(await coverageOf(db, 'NORTH-HS'));
  });

  it('after a transfer is the old school’s until then and the new one’s from then', async () => {
    const [id = 0] = await addStudents(db, '1');
    await move('1', 'SOUTH-HS', '2025-02-03');
    await cover('NORTH-HS', '2025-01-06', '2025-02-12');
    expect(await coverageOfStudent(db, id)).toEqual([{ from: '2025-01-06', to: '2025-02-02' }]);
    await cover('SOUTH-HS', '2025-01-27', '2025-02-05');
    expect(await coverageOfStudent(db, id)).toEqual([{ from: '2025-01-06', to: '2025-02-05' }]);
  });

  it('of hundreds is read with as many questions as of two', async () => {
    const sisIds = Array.from({ length: 300 }, (_, i) => String(1000 + i));
    const ids = await addStudents(db, ...sisIds);
    await db.transaction((tx) =>
      setCurrentSchools(
        tx,
        sisIds.slice(0, 100).map((sisId) => ({ sisId, school: 'SOUTH-HS' })),
        '2025-02-03',
        CLERK,
      ),
    );
    await cover('NORTH-HS', '2025-01-06', '2025-02-12');
    const all = await coverageOfStudents(db, ids);
    expect([...new Set([...all.values()].map((one) => JSON.stringify(one)))].sort()).toEqual([
      '[{"from":"2025-01-06","to":"2025-02-02"}]',
      '[{"from":"2025-01-06","to":"2025-02-12"}]',
    ]);
    const asked = vi.spyOn(db, 'execute');
    await coverageOfStudents(db, ids.slice(0, 2));
    const few = asked.mock.calls.length;
    await coverageOfStudents(db, ids);
    expect(asked.mock.calls.length - few).toBe(few);
    expect(few).toBeGreaterThan(0);
    asked.mockRestore();
  });
});

describe('cases that may have waited for days to be known', () => {
  it('are those of students who attended the school then, wherever they are now', async () => {
    const stayed = await addCase(db);
    const moved = await addCase(db);
    const sisOf = async (id: number) => {
      const [row] = [
        ...(await db.execute<{ sis: string }>(sql`select sis_id as sis from students where id = ${id}`)),
      ];
      return row?.sis ?? '';
    };
    await move(await sisOf(moved.studentId), 'SOUTH-HS', '2025-02-03');
    await db.execute(sql`update cases set next_deadline = '2025-02-10'`);
    await db.execute(sql`update cases set school = 'SOUTH-HS' where number = ${moved.case.number}`);
    const due = async (school: string, from: string, to: string) =>
      (await dueCases(db, [{ school, from, to }], '2025-02-12')).map((one) => one.caseNumber);
    expect(await due('NORTH-HS', '2025-01-27', '2025-01-31')).toEqual([
      stayed.case.number,
      moved.case.number,
    ]);
    expect(await due('NORTH-HS', '2025-02-03', '2025-02-10')).toEqual([stayed.case.number]);
    expect(await due('SOUTH-HS', '2025-02-03', '2025-02-10')).toEqual([moved.case.number]);
    // Nothing of theirs is due yet.
    expect(
      await dueCases(db, [{ school: 'NORTH-HS', from: '2025-01-06', to: '2025-02-07' }], '2025-02-07'),
    ).toEqual([]);
  });
});

describe('a school of which nothing arrives', () => {
  const tell = (school: string, date: string) => db.transaction((tx) => tellOfSilence(tx, school, date, 3));
  const waiting = async () =>
    (await listTasks(db, { kind: 'silent-school' })).map((one) => [one.role, one.school, one.details]);

  beforeEach(async () => {
    await saveCalendar(db, { kind: 'district', code: 'D1' }, SPRING, { ...CLERK, source: 'test' });
    await addStudents(db, '1');
    await cover('NORTH-HS', '2025-01-06', '2025-01-16');
  });

  it('is told to the school and the Case Manager, once while it lasts', async () => {
    // Fri 17 January; no school on Mon 20; Tue 21 and Wed 22 missing as well.
    expect(await schoolsWithNews(db, '2025-01-22', 3)).toEqual([]);
    expect(await schoolsWithNews(db, '2025-01-23', 3)).toEqual(['NORTH-HS']);
    expect(await tell('NORTH-HS', '2025-01-23')).toBe('silent');
    const details = {
      ...{ since: '2025-01-17', schoolDays: 3, knownUpTo: '2025-01-16' },
      sentence:
        'No attendance of NORTH-HS has arrived since Fri 17 Jan 2025; it is known up to Thu 16 Jan 2025.',
    };
    expect(await waiting()).toEqual([
      ['school', 'NORTH-HS', details],
      ['case-manager', 'NORTH-HS', details],
    ]);
    expect(await tell('NORTH-HS', '2025-01-23')).toBeNull();
    expect(await tell('NORTH-HS', '2025-01-24')).toBeNull();
    const [task] = await listTasks(db, { kind: 'silent-school' });
    await db.transaction((tx) => completeTask(tx, task?.id ?? 0, 'U-1', 'rung them'));
    // Done by a person does not make the school speak, and is not told again.
    expect(await schoolsWithNews(db, '2025-02-03', 3)).toEqual([]);
    expect((await waiting()).length).toBe(1);
  });

  it('that reports late day by day is told once, and is over when nothing is missing', async () => {
    await tell('NORTH-HS', '2025-01-23');
    await cover('NORTH-HS', '2025-01-17', '2025-01-21');
    const end = (date: string) => db.transaction((tx) => endSilences(tx, ['NORTH-HS', 'SOUTH-HS'], date));
    expect(await end('2025-01-24')).toEqual([]);
    expect(await schoolsWithNews(db, '2025-01-27', 3)).toEqual([]);
    expect((await waiting()).length).toBe(2);
    await cover('NORTH-HS', '2025-01-22', '2025-01-24');
    expect(await end('2025-01-27')).toEqual(['NORTH-HS']);
    expect(await waiting()).toEqual([]);
    // A new stretch is told anew.
    expect(await schoolsWithNews(db, '2025-01-29', 3)).toEqual([]);
    expect(await tell('NORTH-HS', '2025-01-30')).toBe('silent');
    expect((await waiting()).length).toBe(2);
  });

  it('is over as well when its missing days turn out to be none of school', async () => {
    await tell('NORTH-HS', '2025-01-23');
    const snow = { ...SPRING, closed: ['2025-01-17', '2025-01-20', '2025-01-21', '2025-01-22'] };
    await saveCalendar(db, { kind: 'district', code: 'D1' }, snow, { ...CLERK, source: 'test' });
    expect(await schoolsWithNews(db, '2025-01-23', 3)).toEqual(['NORTH-HS']);
    expect(await tell('NORTH-HS', '2025-01-23')).toBe('over');
    expect(await waiting()).toEqual([]);
  });

  it('is nobody’s concern where nobody is enrolled', async () => {
    const known = await schoolsKnown(db);
    expect(known.map((one) => [one.school, one.attended])).toEqual([
      ['NORTH-HS', true],
      ['SOUTH-HS', false],
    ]);
    expect(await schoolsWithNews(db, '2025-01-16', 3)).toEqual([]);
    await move('1', 'SOUTH-HS', '2025-01-13');
    // Nothing has ever come from there: expected since its term began.
    expect(await schoolsWithNews(db, '2025-01-16', 3)).toEqual(['SOUTH-HS']);
  });

  it('two mornings at once tell once', async () => {
    const told = await Promise.all([1, 2, 3].map(() => tell('NORTH-HS', '2025-01-23')));
    expect(told.filter((one) => one === 'silent')).toHaveLength(1);
    expect((await waiting()).length).toBe(2);
  });
});
