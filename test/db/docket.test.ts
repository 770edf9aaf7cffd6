/** The hearing docket in a real database: one case at a place and hour, however many ask at once. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseHearing } from '../../domain/case/state.ts';
import type { Database } from '../../db/connect.ts';
import {
  abandonedReservations,
  clearReservation,
  docketFrom,
  followHearing,
  putHours,
  hoursOf,
  releaseReservation,
  removePlace,
  reservedFor,
  reserveSlot,
  type WantedSlot,
} from '../../db/stores/docket.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { addCase, CLERK, setUpOffice, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 12 });
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const NOON = '2025-02-12T12:00:00.000Z';
const EXPIRY = '2025-02-12T12:00:30.000Z';
const AFTER = '2025-02-12T12:00:31.000Z';

let day = 1;
/** A date of its own for each test. */
const newDate = () => `2025-03-${String(day++).padStart(2, '0')}`;
const newCase = async () => (await addCase(db)).case.number;

const wanted = (caseNumber: string, date: string, more: Partial<WantedSlot> = {}): WantedSlot => ({
  ...{ place: 'Pekin office', date, time: '10:00', minutes: 30, caseNumber },
  ...{ interpreter: null, accommodation: null, commandId: `cmd-${caseNumber}`, until: EXPIRY },
  ...more,
});
const reserve = (slot: WantedSlot, clock = NOON) => reserveSlot(db, slot, CLERK, clock);
const hearing = (date: string, more: Partial<CaseHearing> = {}): CaseHearing => ({
  ...{ sequence: 1, date, time: '10:00', place: 'Pekin office', scheduledOn: TODAY, countAtScheduling: 9 },
  ...{
    scheduledAs: 1,
    status: 'scheduled',
    due: false,
    interpreter: null,
    accommodation: null,
    questioned: null,
  },
  ...more,
});
const follow = (number: string, now: CaseHearing | null) =>
  db.transaction((tx) => followHearing(tx, number, now));
const booked = async (date: string) =>
  (await docketFrom(db, date, { to: date })).map((row) => [row.caseNumber, row.time]);

describe('reserving an hour', () => {
  it('gives it to one case, however many ask at once', async () => {
    const date = newDate();
    const numbers = await Promise.all([1, 2, 3, 4, 5, 6].map(newCase));
    const answers = await Promise.all(numbers.map((number) => reserve(wanted(number, date))));
    expect(answers.filter((one) => one === 'ok')).toHaveLength(1);
    const winner = numbers[answers.indexOf('ok')] ?? '';
    expect(answers.filter((one) => one !== 'ok')).toEqual(
      numbers
        .slice(1)
        .map(() => ({ taken: 'place', by: expect.objectContaining({ caseNumber: winner }) as object })),
    );
    expect(await reserve(wanted(winner, date))).toBe('ok');
  });

  it('half an hour into another hearing is the same room, the next one is not', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await reserve(wanted(a, date, { time: '10:00' }));
    expect(await reserve(wanted(b, date, { time: '10:15' }))).toMatchObject({ taken: 'place' });
    expect(await reserve(wanted(b, date, { time: '09:45' }))).toMatchObject({ taken: 'place' });
    expect(await reserve(wanted(b, date, { time: '10:30' }))).toBe('ok');
  });

  it('an interpreter is at one hearing at a time, however their language is written', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await reserve(wanted(a, date, { interpreter: 'Spanish' }));
    const elsewhere = { place: 'Courthouse', interpreter: ' spanish ' };
    expect(await reserve(wanted(b, date, elsewhere))).toMatchObject({ taken: 'interpreter' });
    expect(await reserve(wanted(b, date, { ...elsewhere, time: '11:00' }))).toBe('ok');
    const c = await newCase();
    expect(await reserve(wanted(c, date, { place: 'Courthouse', interpreter: 'Polish' }))).toBe('ok');
  });

  it('two commands of one case at the same hour: the second waits for the first', async () => {
    const [date, a] = [newDate(), await newCase()];
    await reserve(wanted(a, date));
    expect(await reserve(wanted(a, date, { commandId: 'other' }))).toBe('busy');
    expect(await reserve(wanted(a, date, { commandId: 'other' }), AFTER)).toBe('ok');
  });

  it('a repeat finds the hour it chose, a refusal gives it back', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await reserve(wanted(a, date));
    expect(await reservedFor(db, a, `cmd-${a}`)).toMatchObject({ date, time: '10:00' });
    expect(await releaseReservation(db, a, 'some other')).toBe(false);
    expect(await releaseReservation(db, a, `cmd-${a}`)).toBe(true);
    expect(await reserve(wanted(b, date))).toBe('ok');
  });
});

describe('the docket follows the case', () => {
  it('books what the case agreed to; moved, the old hour is free only then', async () => {
    const [date, next, a, b] = [newDate(), newDate(), await newCase(), await newCase()];
    await reserve(wanted(a, date));
    expect(await booked(date)).toEqual([]);
    await follow(a, hearing(date));
    expect(await booked(date)).toEqual([[a, '10:00']]);
    expect(await releaseReservation(db, a, `cmd-${a}`)).toBe(false);
    await reserve(wanted(a, next, { commandId: 'move' }));
    expect(await reserve(wanted(b, date))).toMatchObject({ taken: 'place' });
    await follow(a, hearing(next, { sequence: 2 }));
    expect([await booked(date), await booked(next)]).toEqual([[], [[a, '10:00']]]);
    expect(await reserve(wanted(b, date))).toBe('ok');
  });

  it('twice is once; cancelled or missed frees, held stays on record', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await follow(a, hearing(date));
    await follow(a, hearing(date));
    expect(await booked(date)).toEqual([[a, '10:00']]);
    await follow(a, null);
    expect(await booked(date)).toEqual([]);
    await follow(a, hearing(date));
    await follow(a, hearing(date, { status: 'missed' }));
    expect(await booked(date)).toEqual([]);
    await follow(b, hearing(date));
    await follow(b, hearing(date, { status: 'held' }));
    await follow(b, null);
    const rows = await db.execute(sql`select status from hearing_docket where case_number = ${b}`);
    expect([...rows]).toEqual([{ status: 'held' }]);
  });

  it('a decision without a reservation is booked all the same; two at one hour ask a person', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await follow(a, hearing(date));
    await follow(b, hearing(date, { time: '10:15' }));
    expect(await booked(date)).toEqual([
      [a, '10:00'],
      [b, '10:15'],
    ]);
    expect(await listTasks(db, { caseNumber: b })).toMatchObject([
      { textCode: 'TWO_HEARINGS_AT_ONE_HOUR', details: { otherCase: a, shared: 'place' } },
    ]);
    expect(await listTasks(db, { caseNumber: a })).toEqual([]);
  });

  it('a reservation whose door is gone is found after its expiry, and cleared unless the case has booked it', async () => {
    const [date, a, b] = [newDate(), await newCase(), await newCase()];
    await reserve(wanted(a, date));
    await reserve(wanted(b, date, { time: '11:00' }));
    const found = async (clock: string) =>
      (await abandonedReservations(db, clock)).filter((row) => row.date === date);
    expect(await found(NOON)).toEqual([]);
    const abandoned = await found(AFTER);
    expect(abandoned.map((row) => row.caseNumber)).toEqual([a, b]);
    await follow(b, hearing(date, { time: '11:00' }));
    for (const row of abandoned) await clearReservation(db, row);
    expect(
      (await docketFrom(db, date, { to: date, withReserved: true })).map((row) => row.caseNumber),
    ).toEqual([b]);
  });
});

describe('places', () => {
  it('the same weekday and beginning again changes the hours; a place goes with all of them', async () => {
    const tuesday = { place: 'Courthouse', weekday: 2, from: '09:00', until: '12:00', slotMinutes: 30 };
    await putHours(db, [tuesday, { ...tuesday, weekday: 4 }], CLERK);
    await putHours(db, [{ ...tuesday, until: '11:00', slotMinutes: 20 }], CLERK);
    expect(await hoursOf(db)).toEqual([
      { ...tuesday, until: '11:00', slotMinutes: 20 },
      { ...tuesday, weekday: 4 },
    ]);
    expect(await removePlace(db, 'Courthouse')).toBe(true);
    expect(await removePlace(db, 'Courthouse')).toBe(false);
    expect(await hoursOf(db)).toEqual([]);
  });
});
