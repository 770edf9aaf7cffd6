/** The department's demo on the real thing: the four rows of the page, undisturbed and with the worker killed on the way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { departmentDemoText } from '../../client/cli/demo-department.ts';
import { runDepartmentDemo } from '../../client/demo/department-demo.ts';

it(
  'plays the four rows to closed checklists, though the worker is killed on the way',
  { timeout: 300_000 },
  async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'truancy-demo-'));
    const said: string[] = [];
    let killed = false;
    const { report, stop } = await runDepartmentDemo({
      ...{ home, inMemory: true },
      say: (line) => said.push(line),
      onReady: ({ services }) => {
        void (async () => {
          while (!said.some((line) => line.startsWith('Row 2'))) await pause(50);
          services.worker.kill9();
          killed = true;
        })();
      },
    });
    try {
      expect(
        report.checks.flatMap((check) => check.faults.map((fault) => `${check.name}: ${fault}`)),
      ).toEqual([]);
      expect(report.held).toBe(true);
      expect(killed).toBe(true);
      expect(
        report.calls.map((one) => [one.kind, one.outcome, one.steps.map((step) => step.status).join(' ')]),
      ).toEqual([
        ['police-transport', 'transported', 'done done done done done'],
        ['true-refusal', 'handed-to-parent', 'done waived done done done'],
        ['mia-visit', 'nobody-home', 'done done done done waived waived'],
        ['address-verification', 'address-not-confirmed', 'done done done'],
      ]);
      for (const line of departmentDemoText(report).split('\n')) {
        // Addresses and folders are as long as they are.
        if (!/https?:|\//.test(line)) expect(line.length, line).toBeLessThanOrEqual(80);
      }
    } finally {
      await stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
);
