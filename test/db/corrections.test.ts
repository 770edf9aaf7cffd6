/** What holds of a mark follows from what was said and as of when, whatever order it arrived in and however often. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdingRevision } from '../../domain/attendance-revisions.ts';
import type { Database } from '../../db/connect.ts';
import {
  markHistory,
  marksOfSchoolDay,
  marksOfStudent,
  mergeMarks,
  type MarkRow,
  type MergeMeta,
} from '../../db/stores/attendance.ts';
import { coverageOf, addCoverage, giveBackCoverage, takeBackCoverage } from '../../db/stores/coverage.ts';
import { addStudents, CLERK, setUpOffice } from '../support/office-records.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const DAYS = ['2025-01-06', '2025-01-07', '2025-01-08'] as const;
const SPAN = { schools: ['NORTH-HS'], from: DAYS[0], to: DAYS[2] };
const at = (minute: number) =>
  `2025-01-10T${String(8 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00.000Z`;

let students = 0;
/** A student and a source of their own, and files that say something of them. */
async function someone() {
  const sisId = `CR-${++students}`;
  const [id = 0] = await addStudents(db, sisId);
  const source = `D1/corrections-${students}`;
  const say = (rows: readonly Partial<MarkRow>[], more: Partial<MergeMeta> = {}) =>
    db.transaction((tx) =>
      mergeMarks(
        tx,
        rows.map((row) => ({ sisId, school: 'NORTH-HS', date: DAYS[0], code: 'UNX', fraction: 1, ...row })),
        { ...CLERK, source, importId: randomUUID(), ...more },
      ),
    );
  const standing = async () =>
    (await marksOfStudent(db, id)).map(({ date, slot, code, fraction }) => ({ date, slot, code, fraction }));
  return { sisId, id, source, say, standing };
}
const byHand = { byHand: true, importId: undefined };

describe('a person’s correction', () => {
  it('stands against the same file sent again, and against another file that says the same', async () => {
    const one = await someone();
    await one.say([{}]);
    await one.say([{ code: 'excused' }], { ...byHand, reason: 'a note' });
    expect(await one.say([{}])).toMatchObject({
      changed: 0,
      unchanged: 0,
      stands: [{ line: 1, date: DAYS[0] }],
    });
    expect(await one.say([{}, { date: DAYS[1] }])).toMatchObject({
      new: 1,
      changed: 0,
      stands: [{ line: 1 }],
    });
    expect(await one.standing()).toMatchObject([{ code: 'excused' }, { code: 'UNX' }]);
    expect(await markHistory(db, one.id, DAYS[0])).toMatchObject([
      { revision: 1, code: 'UNX', byHand: false, current: false },
      { revision: 2, code: 'excused', byHand: true, current: true, reason: 'a note', actor: CLERK.actor },
    ]);
  });

  it('ends when the file itself says something new of that mark, even if it then says the old again', async () => {
    const one = await someone();
    await one.say([{}]);
    await one.say([{ code: 'excused' }], byHand);
    expect(await one.say([{ fraction: 0.5 }])).toMatchObject({ changed: 1, stands: [] });
    expect(await one.standing()).toMatchObject([{ code: 'UNX', fraction: 0.5 }]);
    expect(await one.say([{}])).toMatchObject({ changed: 1 });
    expect(await one.standing()).toMatchObject([{ code: 'UNX', fraction: 1 }]);
  });

  it('is over when the file says so too: what it says from then on is its own', async () => {
    const one = await someone();
    await one.say([{}]);
    await one.say([{ code: 'excused' }], byHand);
    expect(await one.say([{ code: 'excused' }])).toMatchObject({ changed: 0, unchanged: 1, affected: [] });
    expect(await one.say([{}])).toMatchObject({ changed: 1 });
  });

  it('of a mark taken back stands against a file that still has it; a whole file without it agrees', async () => {
    const one = await someone();
    await one.say([{}, { date: DAYS[1] }]);
    await one.say([{ withdrawn: true }], byHand);
    expect(await one.say([{}, { date: DAYS[1] }])).toMatchObject({ stands: [{ line: 1 }], unchanged: 1 });
    expect(await one.say([{ date: DAYS[1] }], { withdrawMissing: SPAN })).toMatchObject({
      withdrawn: 0,
      unchanged: 1,
    });
    expect(await one.standing()).toMatchObject([{ date: DAYS[1] }]);
  });
});

describe('an older file', () => {
  it('that arrives late changes nothing, is kept, and says so', async () => {
    const one = await someone();
    await one.say([{ code: 'EXC' }], { saidAt: at(20) });
    expect(await one.say([{}], { saidAt: at(10) })).toMatchObject({
      changed: 0,
      late: [{ line: 1 }],
      affected: [],
    });
    expect(await one.standing()).toMatchObject([{ code: 'EXC' }]);
    expect(await markHistory(db, one.id, DAYS[0])).toHaveLength(2);
    expect(await one.say([{}], { saidAt: at(10) })).toMatchObject({ changed: 0 });
    expect(await markHistory(db, one.id, DAYS[0])).toHaveLength(2);
  });

  it('does not bring back what a newer whole file no longer has', async () => {
    const one = await someone();
    await one.say([{ date: DAYS[1] }], { saidAt: at(20), withdrawMissing: SPAN });
    expect(await one.say([{}, { date: DAYS[1] }], { saidAt: at(10) })).toMatchObject({
      new: 0,
      late: [{ line: 1 }],
    });
    expect(await one.standing()).toMatchObject([{ date: DAYS[1] }]);
    // A newer one does.
    expect(await one.say([{}], { saidAt: at(30) })).toMatchObject({ changed: 1 });
  });
});

it('"present" takes back all marks of the day, not only the first', async () => {
  const one = await someone();
  await one.say([{ fraction: 0.5 }, { slot: 2, code: 'EXC', fraction: 0.5 }]);
  expect(await one.say([{ code: 'P', withdrawn: true }])).toMatchObject({ withdrawn: 2 });
  expect(await one.standing()).toEqual([]);
});

interface Delivery {
  readonly minute: number;
  readonly whole: boolean;
  readonly rows: readonly {
    date: string;
    slot: number;
    code: string;
    fraction: number;
    withdrawn: boolean;
  }[];
}

const row = fc.record({
  date: fc.constantFrom(...DAYS),
  slot: fc.constantFrom(1, 1, 1, 2),
  code: fc.constantFrom('UNX', 'EXC', 'MED'),
  fraction: fc.constantFrom(1, 0.5),
  withdrawn: fc.constantFrom(false, false, false, true),
});
const files = (from: number, to: number): fc.Arbitrary<readonly Delivery[]> =>
  fc.uniqueArray(
    fc.record({
      minute: fc.integer({ min: from, max: to }),
      whole: fc.boolean(),
      rows: fc.uniqueArray(row, { maxLength: 4, selector: (one) => `${one.date} ${one.slot}` }),
    }),
    { maxLength: 4, selector: (one) => one.minute },
  );

it('any order and repetition of files, before and after a correction by hand, ends in the same records', async () => {
  const HAND = 30;
  await fc.assert(
    fc.asyncProperty(
      files(1, 25),
      files(1, 59).map((list) => list.filter((one) => one.minute !== HAND)),
      fc.constantFrom('excused', 'UNX', 'withdraw'),
      fc.infiniteStream(fc.nat()),
      async (before, after, what, chance) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          [...list, ...list.filter(() => ((chance.next().value as number | undefined) ?? 0) % 3 === 0)]
            .map((value) => ({ value, key: (chance.next().value as number | undefined) ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map((one) => one.value);
        const live = async (first: readonly Delivery[], second: readonly Delivery[]) => {
          const one = await someone();
          const deliver = ({ rows, minute, whole }: Delivery) =>
            one.say(rows, { saidAt: at(minute), ...(whole ? { withdrawMissing: SPAN } : {}) });
          for (const file of first) await deliver(file);
          const [held] = await one.standing();
          if (held) {
            const said = what === 'withdraw' ? { withdrawn: true } : { code: what, fraction: 0.25 };
            await one.say([{ ...held, ...said }], { ...byHand, saidAt: at(HAND) });
          }
          for (const file of second) await deliver(file);
          // The set-wise merge and the rule agree on every mark ever spoken of.
          for (const date of DAYS) {
            for (const place of await marksOfSchoolDay(db, 'NORTH-HS', date)) {
              if (place.studentId !== one.id) continue;
              expect(place.said.filter((said) => said.current).map((said) => said.id)).toEqual([
                holdingRevision(place.said)?.id,
              ]);
            }
          }
          return one.standing();
        };
        const inOrder = (list: readonly Delivery[]) => [...list].sort((a, b) => a.minute - b.minute);
        const expected = await live(inOrder(before), inOrder(after));
        expect(await live(shuffled(before), shuffled(after))).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});

describe('a day’s coverage', () => {
  it('is taken back from the middle of an interval and given back once', async () => {
    const cause = { ...CLERK, reason: 'no attendance' };
    await db.transaction((tx) => addCoverage(tx, 'SOUTH-HS', '2025-01-06', '2025-01-10', CLERK));
    expect(await db.transaction((tx) => takeBackCoverage(tx, 'SOUTH-HS', '2025-01-08', cause))).toBe(true);
    expect(await db.transaction((tx) => takeBackCoverage(tx, 'SOUTH-HS', '2025-01-08', cause))).toBe(false);
    expect(await coverageOf(db, 'SOUTH-HS')).toEqual([
      { from: '2025-01-06', to: '2025-01-07' },
      { from: '2025-01-09', to: '2025-01-10' },
    ]);
    expect(await db.transaction((tx) => giveBackCoverage(tx, 'SOUTH-HS', '2025-01-08', CLERK))).toBe(true);
    expect(await db.transaction((tx) => giveBackCoverage(tx, 'SOUTH-HS', '2025-01-08', CLERK))).toBe(false);
    expect(await coverageOf(db, 'SOUTH-HS')).toEqual([{ from: '2025-01-06', to: '2025-01-10' }]);
  });
});
