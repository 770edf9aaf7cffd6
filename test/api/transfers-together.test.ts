/** Transfers, imports, rosters and closures at the same moment: nobody waits for another for ever, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/connect.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let db: Database;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  // Temporal is away: facts are kept and wait, in order.
  office = await testOffice(db);
  await settle(office);
}, 120_000);
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

const STUDENTS = ['6001', '6002', '6003', '6004', '6005', '6006'];

describe('everything at once', () => {
  it(
    'all of it is done, each case is told in one order, and calendar versions have no gap',
    { timeout: 120_000 },
    async () => {
      const roster = STUDENTS.map((sisId) => ({
        sisId,
        firstName: 'Test',
        lastName: `Child ${sisId}`,
        school: 'PEKIN-HS',
      }));
      await office.ask('POST', '/v1/students:import', { students: roster });
      const numbers = new Map<string, string>();
      for (const sisId of STUDENTS) {
        const { body } = await office.ask('POST', '/v1/interventions', call('2025-10-01', sisId));
        numbers.set(sisId, String(body['caseNumber']));
      }
      const attendance = (school: string, date: string, list: readonly string[]) =>
        office.ask('POST', '/v1/attendance/imports', {
          source: `PEKIN-303/${school}`,
          rows: list.map((student) => ({ student, school, date, code: 'UNX', fraction: 1 })),
        });
      const answers = await Promise.all([
        ...STUDENTS.slice(0, 3).map((sisId) =>
          office.ask('POST', `/v1/students/${sisId}/transfer`, { to: 'EAST-HS', on: '2025-10-08' }),
        ),
        attendance('17', '2025-10-06', STUDENTS),
        // Shows that the last three are at the other school.
        attendance('18', '2025-10-14', [...STUDENTS.slice(3)].reverse()),
        ...['2025-10-20', '2025-10-21', '2025-10-22'].flatMap((date) =>
          ['PEKIN-HS', 'EAST-HS'].map((school) =>
            office.ask('POST', '/v1/calendar/close', { school, date, reason: 'snow' }),
          ),
        ),
        office.ask('POST', '/v1/students:import', {
          students: [{ sisId: '6100', firstName: 'Test', lastName: 'New', school: 'EAST-HS' }],
        }),
      ]);
      expect(answers.filter((one) => one.status !== 200).map((one) => one.text)).toEqual([]);

      const rows = await db.execute<{ number: string; school: string }>(
        sql`select number, school from cases order by number`,
      );
      expect([...rows].map((row) => row.school)).toEqual(STUDENTS.map(() => 'EAST-HS'));
      for (const number of numbers.values()) {
        const told = await outboxOf(db, number);
        expect(told.map((row) => row.seq)).toEqual(told.map((_, i) => i + 1));
        expect(told.filter((row) => row.name === 'transferStudent')).toHaveLength(1);
        const versions = told
          .filter((row) => ['changeCalendar', 'transferStudent'].includes(row.name))
          .map((row) => row.payload['version']);
        const [first] = versions;
        expect(versions).toEqual(versions.map((_, i) => Number(first) + i));
        // The last calendar told has each closure of the school attended then.
        const last = told.findLast((row) => row.payload['calendar'] !== undefined)?.payload['calendar'];
        expect(last).toMatchObject({
          closed: ['2025-10-13', '2025-10-20', '2025-10-21', '2025-10-22'],
        });
      }
    },
  );
});
