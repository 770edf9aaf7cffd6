/**
 * docs/case-table.md on the real workflow and a real server: in every state whatever is refused, and a third of what is
 * taken; `npm run proof:table` walks every pair.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { STATES } from '../support/case-states.ts';
import { walkState } from '../support/case-table-walk.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(undefined, 'real');
});
afterAll(() => harness.stop());

const OPEN = STATES.filter(({ state }) => state !== 'closed').map((state, turn) => ({ ...state, turn }));

describe('every message, as the table says, and the case answers afterwards', () => {
  it.each(OPEN)('$state', { timeout: 300_000 }, async (state) => {
    await walkState(harness, state, 3, state.turn);
  });
});
