/** A thousand generated families get a letter (`npm run proof:families`; minutes). `TRUANCY_PROOF_SEED` draws others. */
import { expect, it } from 'vitest';
import { familiesProof } from '../support/families-proof.ts';

const SEED = Number(process.env['TRUANCY_PROOF_SEED'] ?? 53);
const FAMILIES = Number(process.env['TRUANCY_PROOF_FAMILIES'] ?? 1000);

it(
  `${FAMILIES} families: each letter to whom it must reach, and to nobody else`,
  { timeout: 7_200_000 },
  async () => {
    const report = await familiesProof({ seed: SEED, families: FAMILIES, progress: console.log });
    const { faults, ...counts } = report;
    console.log(`seed ${SEED}: ${JSON.stringify(counts)}; ${faults.length} faults`);
    for (const fault of faults.slice(0, 50)) console.log(`  ${fault}`);
    expect(faults).toEqual([]);
  },
);
