/**
 * A case over the summer: its timer sleeps through it and rings on the first day that matters. A server of its own: the
 * time-skipping server never skips again after an update has met a continue-as-new, which other tests do on purpose.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeYears, type SchoolCalendar } from '../../domain/calendar.ts';
import { daysBetween, type IsoDate } from '../../domain/dates.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { startHarness, SPRING, type Harness, type TestCase } from '../support/case-harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const NEXT: SchoolCalendar = { terms: [{ from: '2025-08-18', to: '2026-05-29' }], closed: [], open: [] };
const OPENED = '2025-05-26';

/** First referral on Tue 27 May 2025, its notice out on Wed 28; Fri 30 is the last day of school. */
async function referredInMay(calendar: SchoolCalendar): Promise<TestCase> {
  const one = await harness.open({ on: OPENED, days: ['2025-05-20', '2025-05-22'], calendar });
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention(OPENED, kind);
  await one.attendance('2025-05-27', ['2025-05-27']);
  await one.refer('2025-05-27');
  await one.day('2025-05-28');
  await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
  await one.until('letter-out');
  return one;
}

/** The office's own date first, then the hours of the server that stand for the days (the harness's clock). */
async function sleepUntil(from: IsoDate, date: IsoDate): Promise<void> {
  await setDrivenToday(harness.db, date);
  await harness.env.sleep(`${daysBetween(from, date)}h`);
}

async function lengthOf(one: TestCase): Promise<number> {
  // What was told last may still be on its way into the history.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const shown = await harness.env.client.workflow.getHandle(one.workflowId).describe();
  return Number(shown.historyLength);
}

describe('a second referral that is possible only in August', () => {
  // Three school days are left in May; Thu 21 August is the seventh.
  const POSSIBLE = '2025-08-21';

  it('wakes the case on that day, and nothing before', async () => {
    const one = await referredInMay(mergeYears(SPRING, NEXT));
    await one.attendance('2025-05-30', []);
    const before = await lengthOf(one);
    await sleepUntil('2025-05-28', '2025-08-19');
    expect(await lengthOf(one)).toBe(before);
    expect((await one.journal()).map((row) => row.type)).not.toContain('referral-possible');
    await setDrivenToday(harness.db, POSSIBLE);
    await harness.env.sleep('60h');
    const [possible] = await one.until('referral-possible');
    expect(possible).toMatchObject({ officeDate: POSSIBLE, data: { n: 2 } });
  });

  it('is not known until July: the case sleeps, is replanned by the new calendar, and wakes on the day', async () => {
    const one = await referredInMay(SPRING);
    await one.attendance('2025-05-30', []);
    const before = await lengthOf(one);
    await sleepUntil('2025-05-28', '2025-07-14');
    expect(await lengthOf(one)).toBe(before);
    expect((await harness.cases.status(one.number)).calendar.terms.at(-1)?.to).toBe('2025-05-30');

    await one.calendar('2025-07-14', mergeYears(SPRING, NEXT), 'the calendar of 2025-26');
    const moved = await one.until('deadline-moved');
    expect(moved.map((row) => row.data)).toContainEqual(
      expect.objectContaining({
        deadline: 'referral-possible',
        from: null,
        to: POSSIBLE,
        because: 'the calendar of 2025-26',
      }),
    );
    const replanned = await lengthOf(one);
    await sleepUntil('2025-07-14', '2025-08-19');
    expect(await lengthOf(one)).toBe(replanned);
    await setDrivenToday(harness.db, POSSIBLE);
    await harness.env.sleep('60h');
    const [possible] = await one.until('referral-possible');
    expect(possible).toMatchObject({ officeDate: POSSIBLE, data: { n: 2 } });
  });
});

describe('a notice decided on the last day of school', () => {
  it('stays in the house all summer and leaves on the first school day of the next year', async () => {
    const one = await harness.open({ on: OPENED, days: ['2025-05-20', '2025-05-22'] });
    for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention(OPENED, kind);
    await one.attendance('2025-05-30', ['2025-05-30']);
    await one.refer('2025-05-30');
    const [decided] = await one.until('letter-decided');
    expect(decided?.data).toMatchObject({ kind: 'first-notice', parked: 'between-terms' });
    await one.day('2025-06-02');
    await sleepUntil('2025-05-30', '2025-07-14');
    await one.calendar('2025-07-14', mergeYears(SPRING, NEXT), 'the calendar of 2025-26');
    const [replanned] = await one.until('letter-rescheduled');
    expect(replanned?.data).toMatchObject({ kind: 'first-notice', sendOn: '2025-08-18' });
    await one.day('2025-08-15');
    await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
    await sleepUntil('2025-07-14', '2025-08-15');
    expect((await one.journal()).map((row) => row.type)).not.toContain('letter-out');
    await one.day('2025-08-18');
    await harness.env.sleep('72h');
    await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
    const [out] = await one.until('letter-out');
    expect(out).toMatchObject({ officeDate: '2025-08-18', data: { kind: 'first-notice' } });
  });
});
