/**
 * A case that lives long: five school years of it, and very much at once. `npm run proof:long-life` does the second with
 * more of everything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { fiveYears, journalInOrder, settled, type YearsTold } from '../support/long-life.ts';
import { provesBurst } from '../support/burst-proof.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe('a case open for five school years', () => {
  let plain: YearsTold;
  it('climbs the ladder year by year, nothing reset and nothing lost', async () => {
    plain = await fiveYears(harness);
    const journal = await journalInOrder(harness, plain.one.number);
    expect(journal.map((row) => row.seq)).toEqual(journal.map((_, n) => n + 1));
    const steps = journal.filter((row) =>
      [
        'referral-accepted',
        'letter-out',
        'hearing-held',
        'order-issued',
        'order-broken',
        'case-closed',
      ].includes(row.type),
    );
    expect(steps.map((row) => `${row.officeDate} ${row.type}`)).toMatchInlineSnapshot(`
      [
        "2025-01-14 referral-accepted",
        "2025-01-15 letter-out",
        "2025-10-01 referral-accepted",
        "2025-10-02 letter-out",
        "2027-02-01 referral-accepted",
        "2027-02-02 letter-out",
        "2028-01-19 letter-out",
        "2028-02-14 order-issued",
        "2028-02-15 letter-out",
        "2028-03-03 order-broken",
        "2029-06-04 case-closed",
      ]
    `);
  });

  it('counts in July what it counted in May, before and after the next calendar, as the records do', () => {
    expect(plain.counts.map((one) => one.on)).toEqual([
      '2025-07-10',
      '2026-07-10',
      '2027-07-10',
      '2028-07-10',
    ]);
    for (const { before, after, records } of plain.counts) {
      expect(after).toBe(before);
      expect(after).toBe(records);
    }
    expect(plain.counts.every((one) => one.records > 3)).toBe(true);
  });

  it('is the same with continue-as-new every few messages as without', async () => {
    const renewed = await fiveYears(harness, { continueAsNewEvery: 5 });
    const story = async ({ one }: YearsTold) =>
      (await journalInOrder(harness, one.number)).map((row) => `${row.seq} ${row.officeDate} ${row.type}`);
    expect(await story(renewed)).toEqual(await story(plain));
    expect(renewed.counts).toEqual(plain.counts);
    const runs = new Set((await journalInOrder(harness, renewed.one.number)).map((row) => row.runId));
    expect(runs.size).toBeGreaterThan(10);
  });
});

describe('facts that wait for a worker', () => {
  it('are taken in the order of their numbers, whatever their kinds', async () => {
    const one = await harness.withoutWorker(async () => {
      const waiting = await harness.open({ on: '2025-01-13', days: [] });
      await waiting.intervention('2025-01-13');
      await waiting.tell('2025-01-14', { type: 'contact', id: 'c-1', date: '2025-01-14', reached: true });
      await waiting.intervention('2025-01-15');
      await waiting.attendance('2025-01-16', ['2025-01-16']);
      await waiting.day('2025-01-17');
      return waiting;
    });
    await one.until('attendance-recorded');
    await settled(harness, one.number);
    expect((await journalInOrder(harness, one.number)).map((row) => row.type)).toEqual([
      'case-opened',
      'intervention-recorded',
      'contact-made',
      'intervention-recorded',
      'attendance-recorded',
    ]);
  });
});

describe('very much at once', () => {
  it('takes every number of the outbox once and answers each command alike, run after run', async () => {
    await provesBurst(harness, { seed: 53, facts: 60, holds: 12, continueAsNewEvery: 4 });
  });
});
