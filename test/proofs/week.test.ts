/**
 * A district's week of service calls: 40 schools, 6 officers, 300 calls, officers off duty in the middle, closures, workers
 * killed with -9 (`npm run proof:week`; a quarter of an hour). `TRUANCY_PROOF_SEED` lives through another week, and
 * `TRUANCY_PROOF_MINUTE_MS` makes its minutes shorter or, for a busy machine, longer.
 */
import { expect, it } from 'vitest';
import { districtWeek } from '../support/district-week.ts';
import { weekTable } from '../support/week-report.ts';

const SEED = Number(process.env['TRUANCY_PROOF_SEED'] ?? 53);
const MINUTE_MS = Number(process.env['TRUANCY_PROOF_MINUTE_MS'] ?? 300);

it('no call lost, nobody at two places, no priority call passed over', { timeout: 3_600_000 }, async () => {
  const report = await districtWeek({
    ...{ seed: SEED, schools: 40, officers: 6, calls: 300, days: 5, kills: 3 },
    ...{ minuteMs: MINUTE_MS, dayMinutes: 450, progress: console.log },
  });
  console.log(`Seed ${SEED}\n${weekTable(report)}`);
  const { lost, twoPlaces, passedOver, standing } = report;
  for (const fault of [...lost, ...twoPlaces, ...passedOver, ...standing.faults]) console.log(`  ${fault}`);
  expect({ lost, twoPlaces, passedOver, faults: standing.faults }).toEqual({
    ...{ lost: [], twoPlaces: [], passedOver: [], faults: [] },
  });
  expect(Object.values(report.calls).reduce((all, n) => all + n, 0)).toBe(300);
  expect(report).toMatchObject({ kills: 3, closures: 4, refusedAtTheDoor: 4 });
  expect(report.offDutyInTheMiddle).toBeGreaterThan(0);
});
