/**
 * Two hundred workers killed with -9 at every point of sending, against a mail server that fails in every way
 * (`npm run proof:crashes`; some tens of minutes). `TRUANCY_PROOF_SEED` and `TRUANCY_PROOF_KILLS` replay another.
 */
import { expect, it } from 'vitest';
import { crashProof, crashTable } from '../support/crash-proof.ts';

const SEED = Number(process.env['TRUANCY_PROOF_SEED'] ?? 53);
const KILLS = Number(process.env['TRUANCY_PROOF_KILLS'] ?? 200);

it(`${KILLS} crashes: each letter once, or openly unknown`, { timeout: 4 * 3_600_000 }, async () => {
  const report = await crashProof({ seed: SEED, kills: KILLS, spares: 3, progress: console.log });
  console.log(`Seed ${SEED}\n${crashTable(report)}`);
  for (const fault of [...report.doubled, ...report.lost, ...report.wrong]) console.log(`  ${fault}`);
  expect(report).toMatchObject({ doubled: [], lost: [], wrong: [] });
});
