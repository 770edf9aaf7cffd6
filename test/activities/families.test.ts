/** The short form of `npm run proof:families`. */
import { expect, it } from 'vitest';
import { familiesProof } from '../support/families-proof.ts';

it(
  'generated families: each letter to whom it must reach, and to nobody else',
  { timeout: 600_000 },
  async () => {
    const report = await familiesProof({ seed: 7, families: 40 });
    expect(report.faults).toEqual([]);
    expect(report.messages).toBeGreaterThan(15);
    expect(report.prints).toBeGreaterThan(15);
  },
);
