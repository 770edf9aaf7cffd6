/** A student who changed school: every door and every message goes by the attendance of the school then attended. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaseActivities } from '../../activities/case-activities.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { call, settle, testOffice, type TestOffice } from './office.ts';

let postgres: TestPostgres;
let office: TestOffice;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  // Ada (1001) has a case at PEKIN-HS and goes on at EAST-HS from Tue 7 October on; Ben (1002) stays.
  await covered('PEKIN-HS', '2025-08-18', '2025-10-03');
  await must('/v1/interventions', call('2025-10-01'));
  await must('/v1/interventions', call('2025-10-01', '1002'));
  await must('/v1/students:import', {
    students: [{ sisId: '1001', firstName: 'Ada', lastName: 'Testchild', school: 'EAST-HS' }],
    asOf: '2025-10-07',
  });
});
afterAll(async () => {
  await office.close();
  await postgres.stop();
});

async function must(url: string, body: unknown) {
  const answer = await office.ask('POST', url, body);
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  return answer.body;
}

async function covered(school: string, from: string, to: string, rows: unknown[] = []): Promise<unknown> {
  const done = await must('/v1/attendance/imports', {
    ...{ source: 'PEKIN-303/sis', rows, covers: { from, to }, schools: [school] },
  });
  return done['told'];
}

async function lastTold(caseNumber: string) {
  const row = (await outboxOf(office.db, caseNumber)).at(-1);
  return row?.payload as { type: string; coverage: unknown } | undefined;
}

const due = (date: string) =>
  office.db.execute(sql`update cases set next_deadline = ${date} where status = 'open'`);

const ADA = 'C-000001';
const BEN = 'C-000002';

describe('after a transfer', () => {
  it('what the old school reports of later days tells the case nothing, and does not even reach it', async () => {
    await due('2025-10-08');
    expect(await covered('PEKIN-HS', '2025-10-07', '2025-10-14')).toEqual([BEN]);
    expect(await lastTold(BEN)).toMatchObject({
      type: 'attendance',
      coverage: [
        { from: '2025-08-18', to: '2025-10-03' },
        { from: '2025-10-07', to: '2025-10-14' },
      ],
    });
  });

  it('what it reports late of days before the transfer reaches it, wherever the case is kept now', async () => {
    expect(await covered('PEKIN-HS', '2025-10-06', '2025-10-06')).toEqual([ADA, BEN]);
    expect(await lastTold(ADA)).toMatchObject({ coverage: [{ from: '2025-08-18', to: '2025-10-06' }] });
  });

  it('the new school’s reports count from the first day there', async () => {
    expect(await covered('EAST-HS', '2025-10-01', '2025-10-09')).toEqual([ADA]);
    expect(await lastTold(ADA)).toMatchObject({ coverage: [{ from: '2025-08-18', to: '2025-10-09' }] });
  });

  it('an intervention, the case’s own look at the day, a driven day and a count all go by it', async () => {
    const known = [{ from: '2025-08-18', to: '2025-10-09' }];
    await must('/v1/interventions', { ...call('2025-10-14'), kind: 'letter-home' });
    expect(await lastTold(ADA)).toMatchObject({ type: 'intervention', coverage: known });
    const activities = createCaseActivities({ db: office.db });
    expect((await activities.readOfficeDay(ADA)).coverage).toEqual(known);
    await must('/v1/office/day', { date: '2025-10-16' });
    expect(await lastTold(ADA)).toMatchObject({ type: 'office-day', coverage: known });
    expect(await lastTold(BEN)).toMatchObject({ coverage: [{ from: '2025-08-18', to: '2025-10-14' }] });
    const explained = await office.ask('GET', '/v1/attendance/explain?student=1001');
    expect(explained.body['count']).toMatchObject({ knownUpTo: '2025-10-09', asOf: '2025-10-09' });
  });
});
