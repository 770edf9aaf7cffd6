/** A case begun on paper, and one moved to another version of the policy, as durable workflows with mail that is caught. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import type { PaperHistory } from '../../domain/case/state.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { loadPolicy } from '../../policies/load.ts';
import { startHarness, SCHOOL_ACTOR, type Harness, type TestCase } from '../support/case-harness.ts';

let harness: Harness;
let policy: LadderPolicy;
beforeAll(async () => {
  harness = await startHarness();
  ({ policy } = await loadPolicy('roe53'));
});
afterAll(() => harness.stop());

async function refused(work: Promise<unknown>): Promise<Refused['refusal']> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Refused);
  return (error as Refused).refusal;
}

/** First referral on Tue 14 January with its notice by e-mail on Wed 15, all of it on paper. */
const FIRST: PaperHistory = {
  enteredBy: 'U-0007',
  role: 'case-manager',
  interventions: ['2025-01-08', '2025-01-09', '2025-01-10', '2025-01-16'].map((date, i) => ({
    id: `p${i}`,
    kind: 'home-visit',
    date,
  })),
  referrals: [
    { on: '2025-01-14', notice: { on: '2025-01-15', channel: 'email', proof: 'copy in the paper file' } },
  ],
  caseload: null,
  hearing: null,
  order: null,
};

async function fromPaper(
  paper: PaperHistory,
  more: { continueAsNewEvery?: number; email?: string } = {},
): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-21', days: ['2025-01-14', '2025-01-17'], paper, ...more });
  await one.until('brought-from-paper');
  return one;
}

describe('a case begun on paper', () => {
  it.each([undefined, 1])(
    'second referral: refused on the 6th, accepted on the 7th school day after the one on paper (new run every %s messages)',
    async (every) => {
      const mailBefore = harness.mail.store.list().length;
      const one = await fromPaper(FIRST, every === undefined ? {} : { continueAsNewEvery: every });
      await one.intervention('2025-01-21');
      await one.intervention('2025-01-22', 'letter-home');
      // Tue 14 January is day 0; Mon 20 is King Day: the 6th school day is Thu 23, the 7th Fri 24.
      const refusal = await refused(one.refer('2025-01-23'));
      expect(refusal.code).toBe('REFERRAL_TOO_EARLY');
      expect(refusal.details).toMatchObject({ possibleFrom: '2025-01-24' });
      // Nothing of the paper file has been sent, and nobody is asked to send it.
      expect(harness.mail.store.list()).toHaveLength(mailBefore);
      expect((await one.journal()).map((row) => row.type)).not.toContain('letter-decided');
      const answer = await one.refer('2025-01-24');
      expect(answer).toMatchObject({
        stage: 'second-referral',
        letter: { kind: 'second-notice', sequence: 1 },
      });
      const referred = (await one.until('referral-accepted'))[0];
      // The home visit after the paper referral counts with the two logged here, the new absence since its notice too.
      expect(referred?.data).toMatchObject({
        interventions: ['p3', `${one.number}-i1`, `${one.number}-i2`],
        newUnexcused: ['2025-01-17'],
      });
    },
  );

  it('the journal says who entered it', async () => {
    const one = await fromPaper(FIRST);
    const [row] = await one.until('brought-from-paper');
    expect(row).toMatchObject({ actor: 'U-0007', role: 'case-manager', officeDate: '2025-01-21' });
    expect(await harness.cases.why(one.number)).toContain('entered by U-0007');
  });

  it('a notice that never went out waits until a person lets it leave; then it leaves once', async () => {
    const email = 'never-had-it@family.example';
    const one = await fromPaper({ ...FIRST, referrals: [{ on: '2025-01-14', notice: null }] }, { email });
    await one.day('2025-01-27');
    const state = await harness.cases.status(one.number);
    expect(state.letters).toMatchObject([{ kind: 'first-notice', status: 'waiting', parked: 'asked' }]);
    expect(harness.mail.store.list().filter((mail) => mail.to.includes(email))).toEqual([]);
    await one.decide({
      ...{ type: 'release-letter', id: randomUUID(), officeDate: '2025-01-27' },
      letter: { kind: 'first-notice', sequence: 1 },
      actor: { id: 'U-0007', role: 'case-manager' },
      reason: 'the family should have it',
    });
    await one.day('2025-01-28');
    await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
    await one.until('letter-out');
    expect(harness.mail.store.list().filter((mail) => mail.to.includes(email))).toHaveLength(1);
  });

  it('with a caseload on paper, the caseload runs', async () => {
    const one = await fromPaper({
      ...FIRST,
      caseload: { on: '2025-01-15', reason: 'the family asked for help' },
    });
    await one.until('caseload-placed');
    const state = await harness.cases.status(one.number);
    expect(state.caseload).toMatchObject({ on: '2025-01-15', why: 'case-manager', sequence: 1 });
  });
});

describe('another version of the policy', () => {
  const second = (): LadderPolicy => ({
    ...policy,
    version: '2',
    referrals: { ...policy.referrals, schoolDaysBetween: 10 },
  });
  const adopt = (one: TestCase, to: unknown, id: string = randomUUID()) =>
    one.decide({
      ...{ type: 'adopt-policy', id, officeDate: '2025-01-21', reason: 'board decision' },
      actor: { id: 'U-0009', role: 'administrator' },
      policy: to as LadderPolicy,
    });

  it('moves its dates, in the journal with from and to; the same id does nothing twice', async () => {
    const one = await fromPaper(FIRST);
    const id = randomUUID();
    await adopt(one, second(), id);
    await adopt(one, second(), id);
    const moved = await one.until('deadline-moved');
    expect(moved.map((row) => row.data)).toContainEqual(
      expect.objectContaining({ deadline: 'referral-possible', from: '2025-01-24', to: '2025-01-29' }),
    );
    expect((await one.journal()).filter((row) => row.type === 'policy-adopted')).toHaveLength(1);
    expect((await refused(adopt(one, second()))).code).toBe('POLICY_UNCHANGED');
    await one.intervention('2025-01-21');
    await one.intervention('2025-01-22');
    expect((await refused(one.refer('2025-01-28'))).details).toMatchObject({ possibleFrom: '2025-01-29' });
    expect(await one.refer('2025-01-29')).toMatchObject({ stage: 'second-referral' });
  });

  it('nonsense is refused and the case goes on by what it had', async () => {
    const one = await fromPaper(FIRST);
    for (const nonsense of [
      null,
      'roe53',
      { ...policy, holidays: Array.from({ length: 5_000 }, () => ({ name: 'x', fixed: '01-01' })) },
      { ...policy, version: '2', counting: { ...policy.counting, windowDays: 'all' } },
      { ...policy, version: '2', notices: { ...policy.notices, sendingTime: 'noon' } },
    ]) {
      expect((await refused(adopt(one, nonsense))).code).toBe('MALFORMED_COMMAND');
    }
    expect((await harness.cases.status(one.number)).policy.version).toBe('1');
    await one.intervention('2025-01-21');
    await one.intervention('2025-01-22');
    expect(await one.refer('2025-01-24')).toMatchObject({ stage: 'second-referral' });
  });

  it('an actor of the school is named as whoever else decides', async () => {
    const one = await fromPaper(FIRST);
    await one.decide({
      ...{ type: 'adopt-policy', id: randomUUID(), officeDate: '2025-01-21', reason: 'board decision' },
      ...{ actor: SCHOOL_ACTOR, policy: second() },
    });
    const [row] = await one.until('policy-adopted');
    expect(row).toMatchObject({ actor: SCHOOL_ACTOR.id, data: { reason: 'board decision' } });
  });
});
