/**
 * Generated districts through the rules alone: whatever late notes, closures, holds and transfers bring about, the script
 * asks for nothing the rules refuse (the rehearsal throws if it does). `npm run proof:thousand` lives one on the real stack.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { generateDistrict } from '../support/generated-district.ts';
import { rehearsed } from '../support/rehearsals.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'truancy-district-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Seed 53 is the proof's own: there a letter that waited for a person lost its basis meanwhile.
it.each([
  [53, 1000],
  [7, 250],
])(
  'seed %i, %i students: the script keeps to the rules, and every kind of change happens',
  async (seed, students) => {
    const wish = { seed, students, from: '2025-08-14', to: '2025-12-19' };
    const { cases } = await rehearsed(generateDistrict(path.join(folder, String(seed)), wish));
    const types = new Map<string, number>();
    for (const { type } of cases.flatMap((one) => [...one.entries]))
      types.set(type, (types.get(type) ?? 0) + 1);
    const atLeast = (type: string, share: number) =>
      expect(types.get(type) ?? 0, type).toBeGreaterThan(students * share);
    atLeast('calendar-changed', 0.3);
    atLeast('deadline-moved', 0.3);
    atLeast('letter-questioned', 0.1);
    atLeast('hold-placed', 0.03);
    atLeast('transferred', 0.005);
    atLeast('order-broken', 0.01);
  },
);
