/** Much more at once than any case will see: `npm run proof:long-life` (some minutes). */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { provesBurst } from '../support/burst-proof.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(undefined, 'real');
});
afterAll(() => harness.stop());

/** The first seed is another each time; what fails can be told again with SEED. */
const FIRST = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe('a case told and asked very much at once', () => {
  for (const every of [1, 3, 10, 50]) {
    const seed = FIRST + every;
    it(`continue-as-new every ${every} messages, SEED=${FIRST}`, { timeout: 300_000 }, async () => {
      await provesBurst(harness, { seed, facts: 500, holds: 90, continueAsNewEvery: every });
    });
  }
});
