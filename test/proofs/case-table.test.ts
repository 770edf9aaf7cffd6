/** Every pair of docs/case-table.md on the real workflow and a real server: `npm run proof:table` (some minutes). */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { MESSAGES, STATES } from '../support/case-states.ts';
import { walkState } from '../support/case-table-walk.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(undefined, 'real');
});
afterAll(() => harness.stop());

const OPEN = STATES.filter(({ state }) => state !== 'closed');

describe(`${OPEN.length} states, ${MESSAGES.length} messages`, () => {
  it.each(OPEN)('$state', { timeout: 900_000 }, async (state) => {
    await walkState(harness, state);
  });
});
