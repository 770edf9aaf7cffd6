import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import {
  codesSeen,
  markHistory,
  marksOfStudent,
  mergeMarks,
  openCasesOfStudents,
  setCode,
} from '../../db/stores/attendance.ts';
import type { MarkRow } from '../../db/stores/attendance.ts';
import { openCase } from '../../db/stores/cases.ts';
import { addCoverage, coverageOf, lastCovered } from '../../db/stores/coverage.ts';
import { getStudentBySis, upsertStudents } from '../../db/stores/students.ts';
import { addStudents, CLERK, newCase, setUpOffice, student, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

let sources = 0;
/** Each test speaks for a source of its own. */
const newSource = () => `D1/system-${++sources}`;
const meta = (source: string) => ({ ...CLERK, source });
const mark = (sisId: string, date: string, more: Partial<MarkRow> = {}): MarkRow => ({
  sisId,
  school: 'NORTH-HS',
  date,
  code: 'UNX',
  fraction: 1,
  ...more,
});
const merge = (rows: readonly MarkRow[], source: string, more = {}) =>
  db.transaction((tx) => mergeMarks(tx, rows, { ...meta(source), ...more }));
const idOf = async (sisId: string) => (await getStudentBySis(db, sisId))?.id ?? 0;

describe('merging attendance', () => {
  const file = Array.from({ length: 200 }, (_, i) =>
    mark(`S${i % 20}`, `2025-01-${String(6 + Math.floor(i / 20)).padStart(2, '0')}`, {
      code: i % 3 === 0 ? 'EXC' : 'UNX',
      fraction: i % 2 === 0 ? 1 : 0.5,
    }),
  );

  it('the same file twice changes nothing, nor does it shuffled or doubled', async () => {
    await addStudents(db, ...Array.from({ length: 20 }, (_, i) => `S${i}`));
    const source = newSource();
    const first = await merge(file, source);
    expect(first).toMatchObject({ read: 200, new: 200, changed: 0, unchanged: 0, withdrawn: 0 });
    expect(first.affected).toHaveLength(20);
    const again = await merge(file, source);
    expect(again).toMatchObject({ read: 200, new: 0, changed: 0, unchanged: 200, affected: [] });
    const shuffled = file.map((row, i) => ({ row, key: (i * 7919) % 200 })).sort((a, b) => a.key - b.key);
    expect(
      await merge(
        shuffled.map((one) => one.row),
        source,
      ),
    ).toMatchObject({ new: 0, changed: 0, unchanged: 200 });
    expect(await merge([...file, ...file], source)).toMatchObject({
      read: 400,
      new: 0,
      unchanged: 200,
      repeated: 200,
      conflicting: [],
    });
  });

  it('a file in two parts ends in the same records as in one', async () => {
    await addStudents(db, 'P1', 'P2');
    const rows = [
      mark('P1', '2025-01-06'),
      mark('P2', '2025-01-06'),
      mark('P1', '2025-01-07', { fraction: 0.25 }),
    ];
    const [whole, parts] = [newSource(), newSource()];
    await merge(rows, whole);
    await merge(rows.slice(2), parts);
    await merge(rows.slice(0, 2), parts);
    const marks = await marksOfStudent(db, await idOf('P1'));
    const bare = (source: string) =>
      marks.filter((m) => m.source === source).map(({ date, code, fraction }) => ({ date, code, fraction }));
    expect(bare(parts)).toEqual(bare(whole));
    expect(bare(whole)).toHaveLength(2);
  });

  it('a changed fraction becomes revision 2, and both revisions stay', async () => {
    const [id] = await addStudents(db, 'C1');
    const source = newSource();
    await merge([mark('C1', '2025-01-06', { fraction: 1 })], source, { reportedBy: 'first' });
    const changed = await merge([mark('C1', '2025-01-06', { fraction: 0.333333 })], source, {
      reportedBy: 'second',
      reason: 'came at ten',
    });
    expect(changed).toMatchObject({ new: 0, changed: 1, affected: [id] });
    expect(await marksOfStudent(db, id ?? 0)).toMatchObject([
      { fraction: 0.333333, revision: 2, reportedBy: 'second', reason: 'came at ten' },
    ]);
    expect(await markHistory(db, id ?? 0, '2025-01-06')).toMatchObject([
      { fraction: 1, revision: 1, current: false, reportedBy: 'first' },
      { fraction: 0.333333, revision: 2, current: true },
    ]);
    // A third written to more decimals than are kept is no change.
    expect(await merge([mark('C1', '2025-01-06', { fraction: 1 / 3 })], source)).toMatchObject({
      unchanged: 1,
    });
  });

  it('nothing is withdrawn unless asked: a delta says what changed, a whole file says what is', async () => {
    const [id] = await addStudents(db, 'W1');
    const source = newSource();
    const days = ['2025-01-06', '2025-01-07', '2025-01-08'];
    await merge(
      days.map((day) => mark('W1', day)),
      source,
    );
    expect(await merge([mark('W1', '2025-01-06')], source)).toMatchObject({ withdrawn: 0 });
    const whole = { schools: ['NORTH-HS'], from: '2025-01-06', to: '2025-01-07' };
    const done = await merge([mark('W1', '2025-01-06')], source, { withdrawMissing: whole });
    expect(done).toMatchObject({ withdrawn: 1, unchanged: 1, affected: [id] });
    expect((await marksOfStudent(db, id ?? 0)).map((m) => m.date)).toEqual(['2025-01-06', '2025-01-08']);
    expect(await markHistory(db, id ?? 0, '2025-01-07')).toMatchObject([
      { revision: 1, withdrawn: false },
      { revision: 2, withdrawn: true, current: true },
    ]);
    // Told again later, it stands again, as a third revision.
    expect(await merge([mark('W1', '2025-01-07')], source)).toMatchObject({ new: 0, changed: 1 });
    expect((await markHistory(db, id ?? 0, '2025-01-07')).map((m) => m.revision)).toEqual([1, 2, 3]);
  });

  it('a row that takes itself back withdraws that mark only; one never known changes nothing', async () => {
    const [id] = await addStudents(db, 'W2');
    const source = newSource();
    await merge([mark('W2', '2025-01-06'), mark('W2', '2025-01-07')], source);
    const back = [
      mark('W2', '2025-01-06', { withdrawn: true }),
      mark('W2', '2025-01-09', { withdrawn: true }),
    ];
    expect(await merge(back, source)).toMatchObject({ withdrawn: 1, new: 0 });
    expect((await marksOfStudent(db, id ?? 0)).map((m) => m.date)).toEqual(['2025-01-07']);
    expect(await merge(back, source)).toMatchObject({ withdrawn: 0, affected: [] });
  });

  it('unknown students and schools are reported with their first line, and not kept', async () => {
    await addStudents(db, 'U1');
    const report = await merge(
      [
        mark('GHOST', '2025-01-06', { line: 2 }),
        mark('U1', '2025-01-06', { line: 3 }),
        mark('GHOST', '2025-01-07', { line: 4 }),
        mark('U1', '2025-01-07', { school: 'MARS', line: 5 }),
      ],
      newSource(),
    );
    expect(report).toMatchObject({
      read: 4,
      new: 1,
      unknownStudents: [{ sisId: 'GHOST', rows: 2, line: 2 }],
      unknownSchools: [{ school: 'MARS', rows: 1, line: 5 }],
      unmappedCodes: [{ code: 'UNX', rows: 4 }],
    });
  });

  it('rows that contradict each other are named, and the longest absence holds in whatever order they come', async () => {
    const [id] = await addStudents(db, 'X1');
    const rows = [
      mark('X1', '2025-01-06', { fraction: 0.5, line: 2 }),
      mark('X1', '2025-01-06', { fraction: 1, line: 9 }),
    ];
    const source = newSource();
    expect(await merge(rows, source)).toMatchObject({
      new: 1,
      conflicting: [{ sisId: 'X1', date: '2025-01-06', lines: [2, 9] }],
    });
    expect(await merge([...rows].reverse(), source)).toMatchObject({ unchanged: 1 });
    expect(await marksOfStudent(db, id ?? 0)).toMatchObject([{ fraction: 1 }]);
  });

  it('two marks of one day stand side by side in their slots; another source never touches them', async () => {
    const [id] = await addStudents(db, 'T1');
    const [a, b] = [newSource(), newSource()];
    await merge(
      [
        mark('T1', '2025-01-06', { fraction: 0.5 }),
        mark('T1', '2025-01-06', { slot: 2, code: 'MED', fraction: 0.25 }),
      ],
      a,
    );
    await merge([mark('T1', '2025-01-06', { fraction: 1 })], b, {
      withdrawMissing: { schools: ['NORTH-HS'], from: '2025-01-01', to: '2025-01-31' },
    });
    expect(
      (await marksOfStudent(db, id ?? 0)).map((m) => [m.source === a, m.slot, m.fraction]).sort(),
    ).toEqual([
      [false, 1, 1],
      [true, 1, 0.5],
      [true, 2, 0.25],
    ]);
  });

  it('where no roster names a school, the first mark does', async () => {
    await upsertStudents(db, [student('E1', { school: undefined })], CLERK, TODAY);
    await merge([mark('E1', '2025-01-06', { school: 'SOUTH-HS' })], newSource());
    expect((await getStudentBySis(db, 'E1'))?.schools).toEqual(['SOUTH-HS']);
  });

  it('a failed merge leaves nothing behind', async () => {
    const [id] = await addStudents(db, 'B1');
    const bad = [mark('B1', '2025-01-06'), mark('B1', '2025-13-45')];
    await expect(merge(bad, newSource())).rejects.toThrow();
    expect(await marksOfStudent(db, id ?? 0)).toEqual([]);
  });

  it('a case opened while a file is merged either sees the marks or is found by the importer', async () => {
    for (let round = 0; round < 15; round++) {
      const sisId = `RACE${round}`;
      const [id = 0] = await addStudents(db, sisId);
      const [told, seen] = await Promise.all([
        db.transaction(async (tx) => {
          const report = await mergeMarks(tx, [mark(sisId, '2025-01-06')], meta('D1/race'));
          return openCasesOfStudents(tx, report.affected);
        }),
        db.transaction(async (tx) => {
          await openCase(tx, newCase(id), CLERK);
          return marksOfStudent(tx, id);
        }),
      ]);
      // Exactly one of both: neither lost nor told twice.
      expect(told.length + seen.length).toBe(1);
    }
  });
});

describe('rosters and attendance at once', () => {
  it('never lock each other out, whatever the order of their files', async () => {
    const sisIds = Array.from({ length: 300 }, (_, i) => `L${String(i).padStart(3, '0')}`);
    await addStudents(db, ...sisIds);
    const backwards = [...sisIds].reverse();
    const roster = (grade: string) =>
      db.transaction((tx) =>
        upsertStudents(
          tx,
          backwards.map((sisId) => student(sisId, { grade })),
          CLERK,
          TODAY,
        ),
      );
    const file = (source: string) =>
      merge(
        sisIds.map((sisId) => mark(sisId, '2025-01-06')),
        source,
      );
    await Promise.all([
      roster('09'),
      file(newSource()),
      roster('10'),
      file(newSource()),
      roster('11'),
      file(newSource()),
    ]);
    expect((await getStudentBySis(db, 'L000'))?.grade).toMatch(/^(09|10|11)$/);
    expect(await marksOfStudent(db, await idOf('L299'))).toHaveLength(3);
  });
});

describe('codes', () => {
  it('mapping a code later makes its marks count, without a new revision, and says whose', async () => {
    const [id] = await addStudents(db, 'K1', 'K2');
    const source = newSource();
    await merge(
      [mark('K1', '2025-01-06', { code: 'AUK' }), mark('K2', '2025-01-06', { code: 'EXC' })],
      source,
    );
    expect(await marksOfStudent(db, id ?? 0)).toMatchObject([{ code: 'AUK', category: null }]);
    const mapped = await db.transaction((tx) => setCode(tx, source, 'AUK', 'unexcused', CLERK));
    expect(mapped).toEqual({ changed: true, affected: [id] });
    expect(await marksOfStudent(db, id ?? 0)).toMatchObject([{ category: 'unexcused', revision: 1 }]);
    const again = await db.transaction((tx) => setCode(tx, source, 'AUK', 'unexcused', CLERK));
    expect(again).toEqual({ changed: false, affected: [] });
    await db.transaction((tx) => setCode(tx, source, 'TRV', 'excused', CLERK));
    expect(await codesSeen(db, source)).toEqual([
      { source, code: 'AUK', rows: 1, category: 'unexcused', lastSeen: '2025-01-06' },
      { source, code: 'EXC', rows: 1, category: null, lastSeen: '2025-01-06' },
      { source, code: 'TRV', rows: 0, category: 'excused', lastSeen: null },
    ]);
  });

  it("one district's code says nothing about another's", async () => {
    const [id] = await addStudents(db, 'K3');
    const [a, b] = [newSource(), newSource()];
    await merge([mark('K3', '2025-01-06', { code: 'A' })], a);
    await merge([mark('K3', '2025-01-07', { code: 'A' })], b);
    await db.transaction((tx) => setCode(tx, a, 'A', 'unexcused', CLERK));
    expect((await marksOfStudent(db, id ?? 0)).map((m) => m.category)).toEqual(['unexcused', null]);
  });
});

describe('coverage', () => {
  const add = (from: string, to: string) =>
    db.transaction((tx) => addCoverage(tx, 'SOUTH-HS', from, to, { ...CLERK, source: 'test' }));

  it('joins what overlaps or touches, and keeps gaps', async () => {
    await add('2025-01-06', '2025-01-10');
    await add('2025-01-20', '2025-01-24');
    expect(await coverageOf(db, 'SOUTH-HS')).toEqual([
      { from: '2025-01-06', to: '2025-01-10' },
      { from: '2025-01-20', to: '2025-01-24' },
    ]);
    expect(await add('2025-01-11', '2025-01-12')).toHaveLength(2);
    expect(await add('2025-01-12', '2025-01-21')).toEqual([{ from: '2025-01-06', to: '2025-01-24' }]);
    expect(await add('2025-01-08', '2025-01-09')).toEqual([{ from: '2025-01-06', to: '2025-01-24' }]);
    expect(await add('2025-01-01', '2025-01-31')).toEqual([{ from: '2025-01-01', to: '2025-01-31' }]);
    expect((await lastCovered(db)).get('SOUTH-HS')).toBe('2025-01-31');
    await expect(add('2025-02-02', '2025-02-01')).rejects.toThrow(RangeError);
  });

  it('is the same union when days are told at once, in any order', async () => {
    const days = Array.from(
      { length: 12 },
      (_, i) => `2025-03-${String(3 + ((i * 5) % 12)).padStart(2, '0')}`,
    );
    await Promise.all(days.map((day) => add(day, day)));
    expect((await coverageOf(db, 'SOUTH-HS')).at(-1)).toEqual({ from: '2025-03-03', to: '2025-03-14' });
  });
});
