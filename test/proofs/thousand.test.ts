/**
 * A thousand generated students through half a year on the real stack (`npm run proof:thousand`; tens of minutes): late
 * notes, closures, holds and transfers, the worker killed on the way; as rehearsed on every student, step and date.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generateDistrict } from '../support/generated-district.ts';
import { faultsOf, wholeDemo } from '../support/whole-demo.ts';

const STUDENTS = Number(process.env['TRUANCY_PROOF_STUDENTS'] ?? 1000);
const WHOLE = '2025-12-19';
const TO = process.env['TRUANCY_PROOF_TO'] ?? WHOLE;
const SEED = Number(process.env['TRUANCY_PROOF_SEED'] ?? 53);

it(`${STUDENTS} students until ${TO} are lived through as rehearsed`, { timeout: 7_200_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'truancy-district-'));
  const began = Date.now();
  try {
    const files = generateDistrict(folder, { seed: SEED, students: STUDENTS, from: '2025-08-14', to: TO });
    let day = 0;
    const { report, explained, recounted, lived } = await wholeDemo(files, {
      onDay: (date, { services }) => {
        day += 1;
        if (day % 10 === 0) console.log(`${date}: day ${day}, ${Math.round((Date.now() - began) / 1000)} s`);
        if (day === 25 || day === 60) services.worker.kill9();
      },
    });
    for (const check of report.checks) {
      console.log(`${check.held ? 'held' : 'FAILED'}  ${check.name}: ${check.found}`);
      for (const fault of check.faults.slice(0, 30)) console.log(`  ${fault}`);
    }
    console.log(lived);
    expect(faultsOf(report)).toEqual([]);
    expect(explained).toEqual(recounted);
    expect(report.cases).toBeGreaterThan(STUDENTS / 4);
    if (TO !== WHOLE) return;
    // Not a calm half-year: of each kind there was plenty.
    expect(lived.studentsCorrected).toBeGreaterThan(STUDENTS / 5);
    expect(lived.corrections).toBeGreaterThan(STUDENTS / 2);
    // Snow for three schools, a closure of one posted late, a strike of one.
    expect(lived.calendarChanges).toBe(5);
    expect(lived.deadlinesMoved).toBeGreaterThan(STUDENTS / 5);
    expect(lived.holds).toBeGreaterThan(STUDENTS / 25);
    expect(lived.transfers).toBeGreaterThan(STUDENTS / 50);
    expect(lived.casesTransferred).toBeGreaterThan(STUDENTS / 100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
