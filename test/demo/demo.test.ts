/** The demo on the real thing: Temporal, Postgres, mail, worker and API, undisturbed and with everything failing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadDataset } from '../../client/demo/dataset.ts';
import { runDemo, type DemoOptions, type DemoReport } from '../../client/demo/demo.ts';
import { ROE53 } from '../support/rehearsals.ts';
import { faultsOf as faults, wholeDemo } from '../support/whole-demo.ts';

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

async function demo(to: string, more: Partial<DemoOptions> = {}): Promise<DemoReport> {
  const home = mkdtempSync(path.join(tmpdir(), 'truancy-demo-'));
  homes.push(home);
  const dataset = await loadDataset({ attendance: [], calendars: [], to }, ROE53);
  const { report, stop } = await runDemo({
    home,
    policy: ROE53,
    dataset,
    speedMs: 0,
    say: () => undefined,
    ...more,
  });
  await stop();
  return report;
}

describe('the demo', () => {
  it(
    'lives through the first weeks as rehearsed, each letter once, each count as SQL finds it',
    { timeout: 600_000 },
    async () => {
      const { report, explained, recounted } = await wholeDemo(
        { attendance: [], calendars: [], to: '2025-09-19' },
        { inMemory: true },
      );
      expect(faults(report)).toEqual([]);
      expect(report.held).toBe(true);
      const out = report.letters.filter((one) => one.status === 'sent' || one.status === 'posted');
      expect(out.reduce((sum, one) => sum + one.count, 0)).toBeGreaterThan(5);
      expect(report.cases).toBeGreaterThan(10);
      expect([...recounted.values()].filter((days) => days > 0).length).toBeGreaterThan(10);
      expect(explained).toEqual(recounted);
    },
  );

  it(
    'comes to the same though worker, API, Temporal and database are killed on the way',
    { timeout: 900_000 },
    async () => {
      let day = 0;
      const report = await demo('2025-09-29', {
        onDay: async (_date, { stack, services }) => {
          day += 1;
          // Each strikes while the next day is under way.
          if (day === 9 || day === 28) soon(() => services.worker.kill9());
          if (day === 14) soon(() => services.api.kill9());
          if (day === 18) {
            await stack.temporal.stop();
            soon(() => stack.temporal.start(), 4_000);
          }
          if (day === 22) {
            await stack.temporal.kill();
            soon(() => stack.temporal.start(), 2_000);
          }
          if (day === 25) {
            await stack.postgres.kill();
            soon(() => stack.postgres.start(), 1_000);
          }
        },
      });
      expect(day).toBeGreaterThan(28);
      expect(faults(report)).toEqual([]);
      expect(report.held).toBe(true);
    },
  );

  it(
    'comes to the same though the mail server breaks off, says not now, and refuses',
    { timeout: 600_000 },
    async () => {
      let mails = 0;
      const report = await demo('2025-10-10', {
        inMemory: true,
        mailFaults: (_session, phase) => {
          if (phase !== 'data-end') return undefined;
          mails += 1;
          // It arrived, and nobody said so; it was lost; it must come again; it will never be taken.
          if (mails === 2) return { destroy: true, stored: true };
          if (mails === 4) return { destroy: true };
          if (mails === 6) return { reply: { code: 451, text: 'not now' } };
          if (mails === 9) return { reply: { code: 550, text: 'no such mailbox' } };
          return undefined;
        },
      });
      expect(mails).toBeGreaterThan(9);
      expect(faults(report)).toEqual([]);
      const emails = report.letters.filter((one) => one.channel === 'email').map((one) => one.status);
      expect([...new Set(emails)].sort()).toEqual(['refused', 'sent', 'unknown']);
      expect(report.checks.find((check) => check.name === 'as rehearsed')!.found).toMatch(/went by post/);
    },
  );

  it('begins in an empty folder only', async () => {
    const dataset = await loadDataset({ attendance: [], calendars: [] }, ROE53);
    await expect(
      runDemo({ home: 'examples', policy: ROE53, dataset, speedMs: 0, say: () => undefined }),
    ).rejects.toMatchObject({ code: 'HOME_IN_USE' });
  });
});

function soon(work: () => Promise<void> | void, ms = 250): void {
  void pause(ms).then(work);
}
