/** The short form of `npm run proof:crashes`: a kill at each point of sending. */
import { expect, it } from 'vitest';
import { crashProof, KILL_POINTS } from '../support/crash-proof.ts';

it(
  'workers killed at every point of sending: each letter once, or openly unknown',
  { timeout: 900_000 },
  async () => {
    const report = await crashProof({ seed: 11, kills: KILL_POINTS.length, spares: 1 });
    expect(report).toMatchObject({ doubled: [], lost: [], wrong: [] });
    expect(Object.values(report.kills)).toEqual(KILL_POINTS.map(() => 1));
    expect(report.emails.sent).toBeGreaterThan(report.letters / 2);
  },
);
