/**
 * What a case does by itself when days pass. A server of its own: the time-skipping server never skips again after an
 * update has met a continue-as-new, which other tests do on purpose.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setDrivenToday } from '../../db/stores/office.ts';
import { startHarness, type Harness, type TestCase } from '../support/case-harness.ts';
import { SCENARIOS } from '../support/scenarios.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

/** First referral on Tue 14 January 2025, its notice out on Wed 15: the second is possible on Fri 24. */
function afterFirstReferral(on: Harness): Promise<TestCase> {
  return SCENARIOS.find((one) => one.name === 'first-referral-by-email')!.tell(on);
}

describe('the timer of a case', () => {
  it('rings on its day and settles by itself, without any message', async () => {
    const one = await afterFirstReferral(harness);
    await setDrivenToday(harness.db, '2025-01-24');
    // The harness's clock takes an hour a day: the second referral is possible eleven days after the case began.
    await harness.env.sleep('12h');
    const [possible] = await one.until('referral-possible');
    expect(possible).toMatchObject({ officeDate: '2025-01-24', data: { n: 2 } });
  });

  it('that rings before its day has come by the records waits and rings again', async () => {
    const one = await afterFirstReferral(harness);
    await harness.env.sleep('12h');
    expect((await one.journal()).map((row) => row.type)).not.toContain('referral-possible');
    await setDrivenToday(harness.db, '2025-01-27');
    await harness.env.sleep('3h');
    const [possible] = await one.until('referral-possible');
    // Dated by its own day, however late it was noticed.
    expect(possible?.officeDate).toBe('2025-01-24');
  });

  it('adds nothing to a case with nothing due, however many days pass', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    await one.until('case-opened');
    const length = async () =>
      Number((await harness.env.client.workflow.getHandle(one.workflowId).describe()).historyLength);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = await length();
    await harness.env.sleep('30h');
    expect(await length()).toBe(before);
  });
});
