/** A case whose student changes school half-way: through the records' own door, on the time-skipping server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../client/log.ts';
import { policyReader, type Call } from '../../client/services/context.ts';
import { transferStudent } from '../../client/services/transfers.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { closeDay, type SchoolCalendar } from '../../domain/calendar.ts';
import { SPRING, startHarness, type Harness } from '../support/case-harness.ts';
import { CLERK } from '../support/office-records.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(() => harness.stop(), 60_000);

/** Closed on a Friday of its own, before the transfer. */
const NORTH = closeDay(SPRING, '2025-01-17');
/** Has school on King Day, and a closure of its own after the transfer. */
const SOUTH: SchoolCalendar = {
  ...SPRING,
  closed: [...SPRING.closed.filter((day) => day !== '2025-01-20'), '2025-01-23'].sort(),
};

const call = (): Call => ({
  db: harness.db,
  caseClient: harness.cases,
  log: silentLog,
  policy: policyReader(),
  caller: { id: 'U-0002', role: 'case-manager', schools: null },
});

async function refusedUntil(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  return (error as { refusal?: { details?: unknown } }).refusal?.details;
}

describe('a student who changes school between two referrals', () => {
  it('the 7 school days count on the old school’s calendar before the day, on the new one’s from it', async () => {
    for (const [code, value] of [
      ['NORTH-HS', NORTH],
      ['SOUTH-HS', SOUTH],
    ] as const) {
      const origin = { ...CLERK, source: 'test', reason: 'test' };
      await saveCalendar(harness.db, { kind: 'school', code }, value, origin);
    }
    const one = await harness.open({
      on: '2025-01-13',
      days: ['2025-01-08', '2025-01-10'],
      calendar: NORTH,
    });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    await one.refer('2025-01-14');
    await one.day('2025-01-15');
    await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
    await one.until('letter-out');
    await one.attendance('2025-01-16', ['2025-01-16']);
    await one.day('2025-01-22');

    // Reported a day late.
    const moved = await transferStudent(call(), { case: one.number, to: 'SOUTH-HS', on: '2025-01-21' });
    expect(moved).toMatchObject({ what: 'moved', from: 'NORTH-HS', caseNumber: one.number });
    const [entry] = await one.until('transferred');
    expect(entry).toMatchObject({ officeDate: '2025-01-22', data: { to: 'SOUTH-HS', since: '2025-01-21' } });
    expect((await caseByNumber(harness.db, one.number))?.school).toBe('SOUTH-HS');

    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-22', kind);
    // North: 15 and 16, closed on 17 and 20. South: 21, 22, closed on 23, then 24, 27 and 28.
    // By North alone it would be the 27th, by South alone the 24th.
    expect(await refusedUntil(one.refer('2025-01-27'))).toMatchObject({ possibleFrom: '2025-01-28' });
    const state = await harness.cases.status(one.number);
    expect(state.referrals).toMatchObject([{ n: 1, on: '2025-01-14' }]);
    expect(state.letters).toMatchObject([{ kind: 'first-notice', status: 'out', concern: null }]);
    expect((await one.refer('2025-01-28')).stage).toBe('second-referral');
  });
});
