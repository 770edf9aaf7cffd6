/** The ladder as a durable workflow: real Temporal (time skipping), Postgres and mail; only time is not real. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import { startHarness, SCHOOL_ACTOR, SPRING, type Harness, type TestCase } from '../support/case-harness.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { closeDay } from '../../domain/calendar.ts';
import { SCENARIOS, type Scenario } from '../support/scenarios.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
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

/** First referral on Mon 13 January, its notice out on Tue 14. */
async function afterFirstReferral(options: { continueAsNewEvery?: number } = {}): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'], ...options });
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention('2025-01-13', kind);
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  await one.day('2025-01-15');
  await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
  await one.until('letter-out');
  return one;
}

describe('the first referral', () => {
  it('is refused after two interventions, naming what is missing', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    await one.intervention('2025-01-13');
    await one.intervention('2025-01-13', 'letter-home');
    await one.attendance('2025-01-14', ['2025-01-14']);
    const refusal = await refused(one.refer('2025-01-14'));
    expect(refusal.code).toBe('INTERVENTIONS_MISSING');
    expect(refusal.message).toContain('at least 3 interventions');
    expect(refusal.details).toMatchObject({ needed: 3, documented: 2, missing: 1 });
    expect((await one.journal()).map((row) => row.type)).not.toContain('referral-accepted');
  });

  it('is accepted with three and a new absence, and its notice leaves by e-mail on the next office morning', async () => {
    const one = await afterFirstReferral();
    const [out] = await one.until('letter-out');
    expect(out).toMatchObject({ officeDate: '2025-01-15', data: { kind: 'first-notice', channel: 'email' } });
    const mails = harness.mail.store.list().filter((mail) => mail.to.includes('s2@family.example'));
    expect(mails).toHaveLength(1);
  });
});

describe('the second referral', () => {
  it('is refused on the 6th school day with the date from which it is possible, and accepted on the 7th', async () => {
    const one = await afterFirstReferral();
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-16', kind);
    await one.attendance('2025-01-17', ['2025-01-17']);
    // Tue 14 January is day 0; Mon 20 is King Day: the 6th school day is Thu 23, the 7th Fri 24.
    const refusal = await refused(one.refer('2025-01-23'));
    expect(refusal.code).toBe('REFERRAL_TOO_EARLY');
    expect(refusal.message).toContain('Fri 24 Jan 2025');
    expect(refusal.details).toMatchObject({ possibleFrom: '2025-01-24' });
    const answer = await one.refer('2025-01-24');
    expect(answer).toMatchObject({
      stage: 'second-referral',
      letter: { kind: 'second-notice', sendOn: '2025-01-27' },
    });
  });

  it('is moved by a closure added in between, and the timer says the new date', async () => {
    const one = await afterFirstReferral();
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-16', kind);
    await one.attendance('2025-01-17', ['2025-01-17']);
    await one.calendar('2025-01-21', closeDay(SPRING, '2025-01-22'), 'snow');
    const [moved] = await one.until('deadline-moved');
    expect(moved?.data).toMatchObject({
      deadline: 'referral-possible',
      from: '2025-01-24',
      to: '2025-01-27',
      because: 'snow',
    });
    expect((await refused(one.refer('2025-01-24'))).details).toMatchObject({ possibleFrom: '2025-01-27' });
    const { summaries } = await timers(one);
    expect(summaries.at(-1)).toBe('second referral possible from Mon 27 Jan 2025');
    expect((await one.refer('2025-01-27')).stage).toBe('second-referral');
  });

  it('waits for the first notice to be out', async () => {
    const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'], email: null });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    await one.refer('2025-01-14');
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-16', kind);
    await one.attendance('2025-01-27', ['2025-01-27']);
    expect((await refused(one.refer('2025-01-27'))).code).toBe('PREVIOUS_NOTICE_NOT_OUT');
  });
});

describe('a command repeated with its id', () => {
  it('gets the first answer and acts once, also across continue-as-new', async () => {
    const one = await harness.open({
      on: '2025-01-13',
      days: ['2025-01-08', '2025-01-10'],
      continueAsNewEvery: 2,
    });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    const first = await one.refer('2025-01-14', 'same-id');
    for (const [i, kind] of ['phone-call', 'letter-home', 'home-visit'].entries()) {
      await one.until('intervention-recorded', 3 + i);
      await one.intervention('2025-01-14', kind);
    }
    const again = await one.refer('2025-01-14', 'same-id');
    expect(again).toEqual(first);
    expect(await one.until('referral-accepted')).toHaveLength(1);
    await one.until('intervention-recorded', 6);
    const runs = new Set((await one.journal()).map((row) => row.runId));
    expect(runs.size).toBeGreaterThan(1);
  });

  it('is judged anew when it was refused before', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    await one.attendance('2025-01-14', ['2025-01-14']);
    expect((await refused(one.refer('2025-01-14', 'again'))).code).toBe('INTERVENTIONS_MISSING');
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    expect((await one.refer('2025-01-14', 'again')).stage).toBe('first-referral');
  });

  it('is refused when it comes after its time', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    const late = harness.cases.execute(
      one.number,
      { type: 'close-case', id: 'late', officeDate: '2025-01-13', actor: SCHOOL_ACTOR, reason: 'withdrawn' },
      '2020-01-01T00:00:00Z',
    );
    expect((await refused(late)).code).toBe('COMMAND_EXPIRED');
  });
});

describe('withdrawing a referral', () => {
  it('undoes it while the notice is in the house, and gives its interventions back', async () => {
    const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'] });
    for (const kind of ['phone-call', 'letter-home', 'home-visit'])
      await one.intervention('2025-01-13', kind);
    await one.attendance('2025-01-14', ['2025-01-14']);
    await one.refer('2025-01-14', 'r1');
    const answer = await one.decide({
      type: 'withdraw-step',
      id: 'w1',
      officeDate: '2025-01-14',
      actor: SCHOOL_ACTOR,
      reason: 'wrong student',
    });
    expect(answer.stage).toBe('interventions');
    await one.until('referral-withdrawn');
    // The reminder to contact the family goes with it.
    expect(await listTasks(harness.db, { caseNumber: one.number, kind: 'contact-family' })).toEqual([]);
    expect(
      await listTasks(harness.db, { caseNumber: one.number, kind: 'contact-family', done: true }),
    ).toHaveLength(1);
    expect((await one.refer('2025-01-14', 'r2')).letter).toMatchObject({ kind: 'first-notice', sequence: 2 });
  });

  it('is refused once the notice is out', async () => {
    const one = await afterFirstReferral();
    const refusal = await refused(
      one.decide({
        type: 'withdraw-step',
        id: 'w2',
        officeDate: '2025-01-15',
        actor: SCHOOL_ACTOR,
        reason: 'late',
      }),
    );
    expect(refusal.code).toBe('NOTICE_ALREADY_OUT');
  });
});

describe('a quiet case', () => {
  it('does not close while attendance has stopped arriving', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    await one.day('2025-04-11');
    await one.intervention('2025-04-11');
    expect((await one.until('intervention-recorded')).length).toBe(1);
    expect((await one.journal()).map((row) => row.type)).not.toContain('case-closed');
  });

  it('closes as improved after 45 covered clean school days, dated by the 45th', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    await one.attendance('2025-03-19', []);
    const [closed] = await one.until('case-closed');
    // From Mon 13 January the 45th school day after it, without King Day and Presidents' Day, is Wed 19 March.
    expect(closed).toMatchObject({ officeDate: '2025-03-19', data: { reason: 'improved' } });
  });
});

describe('messages nobody should send', () => {
  it('are dropped and said, and the case goes on', async () => {
    const one = await harness.open({ on: '2025-01-13' });
    const raw = harness.env.client.workflow.getHandle(one.workflowId);
    for (const rubbish of [null, 7, {}, { seq: 'x', fact: {} }, { seq: 2, fact: { type: 'nonsense' } }]) {
      await raw.signal('recordAttendance', rubbish);
    }
    await raw.signal('recordIntervention', {
      seq: 3,
      fact: { type: 'attendance', officeDate: '2025-02-30' },
    });
    await raw.signal('noSuchSignal', 'x');
    expect(await one.until('message-dropped', 6)).toHaveLength(6);
    await expect(raw.executeUpdate('makeReferral', { args: [{ id: 1 }] })).rejects.toThrow();
    await expect(raw.executeUpdate('makeReferral', { args: [] })).rejects.toThrow();
    await one.intervention('2025-01-13');
    expect(await one.until('intervention-recorded')).toHaveLength(1);
  });
});

describe('the whole ladder', () => {
  it('is the same with continue-as-new at every step as without', async () => {
    const ladder = SCENARIOS.find((one) => one.name === 'whole-ladder-to-court')!;
    const forced = SCENARIOS.find((one) => one.name === 'whole-ladder-with-continue-as-new')!;
    const story = async (scenario: Scenario) => {
      const one = await scenario.tell(harness);
      return (await one.journal()).map(({ seq, type, officeDate, runId }) => ({
        seq,
        type,
        officeDate,
        runId,
      }));
    };
    const plain = await story(ladder);
    const renewed = await story(forced);
    const told = (entries: typeof plain) =>
      entries.map(({ seq, type, officeDate }) => `${seq} ${officeDate} ${type}`);
    expect(told(renewed)).toEqual(told(plain));
    expect(new Set(renewed.map((entry) => entry.runId)).size).toBeGreaterThan(5);
    expect(plain.at(-1)?.type).toBe('case-closed');
  });
});

async function timers(one: TestCase): Promise<{ summaries: string[] }> {
  const handle = harness.env.client.workflow.getHandle(one.workflowId);
  const history = await handle.fetchHistory();
  const summaries: string[] = [];
  for (const event of history.events ?? []) {
    const data = event.timerStartedEventAttributes ? event.userMetadata?.summary?.data : null;
    if (data) summaries.push(JSON.parse(new TextDecoder().decode(data)) as string);
  }
  return { summaries };
}
