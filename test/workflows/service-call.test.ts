/** Each row of the page "When to call Truancy" as a procedure, from the call to the closed checklist: real Temporal and Postgres. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import { attendanceNotes, visits } from '../../db/schema/index.ts';
import { messagesOfCall } from '../../db/stores/call-messages.ts';
import { noticeByKey, noticesOf } from '../../db/stores/notices.ts';
import { stepsOf } from '../../db/stores/steps.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { eq } from 'drizzle-orm';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { goThere, station, WEDNESDAY, type Station, type TestCall } from '../support/call-story.ts';

let harness: Harness;
let here: Station;
beforeAll(async () => {
  harness = await startHarness();
  here = await station(harness);
});
afterAll(() => harness.stop());
beforeEach(() => here.morning());
afterEach(() => here.empty());

async function refused(work: Promise<unknown>): Promise<Refused['refusal']> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Refused);
  return (error as Refused).refusal;
}

const tasksOf = async (one: TestCall) =>
  (await listTasks(harness.db, { caseNumber: one.number })).map((task) => `${task.role} ${task.textCode}`);

// Timers first: the time-skipping server never skips again after an update has met a continue-as-new.
describe('a police call', () => {
  it('is never dropped: the dispatcher is alerted again and again until somebody has it', async () => {
    const one = await here.open('police-transport', { school: null, student: false });
    await one.until('call-begun');
    await harness.env.sleep('16m');
    const alerts = await one.until('dispatcher-alerted', 3);
    expect(alerts.map((row) => row.data)).toEqual([{ times: 1 }, { times: 2 }, { times: 3 }]);
    expect(await tasksOf(one)).toContain('dispatcher NOBODY_HAS_THIS_POLICE_CALL');
    expect((await one.row()).flags).toEqual(['priority', 'nobody-has-it', 'student-unknown']);
    const officer = await here.officer();
    await here.onDuty(officer);
    await one.untilStage('offered');
    // By radio: the dispatcher's worklist says so.
    await expect.poll(() => tasksOf(one)).toContain('dispatcher RADIO_THE_OFFER');
    await one.ask({ type: 'accept-offer', officer });
    await expect.poll(() => tasksOf(one)).toEqual([]);
    await one.ask({ type: 'cancel-call', by: 'police', reason: 'the father came' });
    expect((await one.row()).outcome).toBe('cancelled-by-police');
  });

  it('is offered to somebody else after a time-out, and to the first again once all have been asked', async () => {
    const [first, second] = [await here.officer(), await here.officer()];
    await here.onDuty(first);
    await here.onDuty(second);
    const one = await here.open('police-transport');
    await one.untilStage('offered');
    await harness.env.sleep(301_000);
    await one.until('offer-made', 2);
    await one.ask({ type: 'decline-offer', officer: second, reason: 'at the other end of the district' });
    const ended = await one.until('offer-ended', 2);
    expect(ended.map((row) => [row.data['officer'], row.data['how']])).toEqual([
      [first, 'timed-out'],
      [second, 'declined'],
    ]);
    await harness.env.sleep('6m');
    const offers = await one.until('offer-made', 3);
    expect(offers[2]?.data['officer']).toBe(first);
    await one.ask({ type: 'cancel-call', by: 'dispatcher', reason: 'end of the test' });
  });
});

describe('a true refusal', () => {
  it('nobody can take is told to the school after 30 minutes, and ends with the school day', async () => {
    const one = await here.open('true-refusal');
    await one.until('call-begun');
    await harness.env.sleep('31m');
    await one.until('school-told');
    expect(await tasksOf(one)).toEqual(['school NO_OFFICER_HAS_TAKEN_THE_CALL_YET']);
    // From 08:31 to 15:30.
    await harness.env.sleep('7h');
    await one.until('call-closed');
    const state = await one.state();
    expect(state.closed).toMatchObject({ outcome: 'no-officer', on: WEDNESDAY });
    expect(state.steps.map((step) => [step.status, step.note])).toEqual(
      Array.from({ length: 5 }, () => ['waived', 'no officer available']),
    );
    expect(await tasksOf(one)).toEqual(['school NO_OFFICER_COULD_COME']);
    const told = await messagesOfCall(harness.db, one.number);
    expect(told.map((row) => row.kind)).toEqual(['untaken', 'no-officer']);
  });
});

describe('an officer who is out', () => {
  it('and goes off duty hands the visit over: somebody else goes, nothing is lost', async () => {
    const [first, second] = [await here.officer(), await here.officer()];
    await here.onDuty(first);
    const one = await here.open('police-transport');
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer: first });
    await one.ask({ type: 'start-visit', officer: first });
    await here.onDuty(second);
    await here.offDuty(first, 'car broke down');
    await one.until('offer-made', 2);
    await one.ask({ type: 'accept-offer', officer: second });
    await goThere(one, second, 'transport');
    const rows = await harness.db.select().from(visits).where(eq(visits.callNumber, one.number));
    expect(rows.map((row) => [row.officer, row.backAt !== null])).toEqual([
      [first, true],
      [second, true],
    ]);
    await one.ask({ type: 'cancel-call', by: 'dispatcher', reason: 'end of the test' });
  });
});

describe('each row of the page, from call to closed checklist', () => {
  it('police transport', async () => {
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('police-transport');
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    expect(
      await refused(one.ask({ type: 'record-step', officer, step: 'transport', note: 'x' })),
    ).toMatchObject({
      code: 'NOT_THERE_YET',
    });
    await goThere(one, officer, 'transport', 'Met the police officer and drove the student to school.');
    expect(
      await refused(one.ask({ type: 'record-step', officer, step: 'log-note', note: 'too early' })),
    ).toMatchObject({ code: 'STEP_OUT_OF_ORDER', details: { step: 'ask-ct' } });
    await one.ask({ type: 'record-step', officer, step: 'ask-ct' });
    await expect.poll(() => tasksOf(one)).toEqual(['school MARK_THE_STUDENT']);
    await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'Brought to school at 9:40.' });
    await one.ask({ type: 'record-step', officer, step: 'consider-monitor', result: 'not-needed' });
    await one.ask({ type: 'record-step', officer, step: 'connect-counselor' });
    expect(await refused(one.ask({ type: 'close-call', outcome: 'transported' }))).toMatchObject({
      code: 'CHECKLIST_OPEN',
      details: { steps: ['ask-ct', 'connect-counselor'] },
    });
    await one.tell({ type: 'attendance', officeDate: WEDNESDAY, truantDays: [WEDNESDAY] });
    await one.ask({ type: 'counselor-word', note: 'Met during lunch.' });
    await one.ask({ type: 'close-call', outcome: 'transported' });
    const state = await one.state();
    expect(state.steps.map((step) => [step.code, step.status, step.result])).toEqual([
      ['transport', 'done', null],
      ['ask-ct', 'done', `marked ${WEDNESDAY}`],
      ['log-note', 'done', null],
      ['consider-monitor', 'done', 'not-needed'],
      ['connect-counselor', 'done', null],
    ]);
    const notes = await harness.db.select().from(attendanceNotes);
    expect(notes.filter((note) => note.callNumber === one.number)).toMatchObject([
      { text: 'Brought to school at 9:40.', school: 'NORTH-HS', date: WEDNESDAY },
    ]);
    // The dispatcher entered what the officer did: both stand in the journal.
    const [left] = await one.until('left');
    expect(left).toMatchObject({ actor: 'U-disp', role: 'dispatcher', data: { officer } });
  });

  it('MIA visit: waits for the next school day, verifies before it goes', async () => {
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('mia-visit');
    await one.until('call-begun');
    await one.untilStage('planned');
    expect((await one.row()).goesFrom).toBe('2025-02-13');
    await setDrivenToday(harness.db, '2025-02-13');
    await one.tell({ type: 'office-day', officeDate: '2025-02-13' });
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    expect(await refused(one.ask({ type: 'start-visit', officer }))).toMatchObject({
      code: 'STEP_OUT_OF_ORDER',
      details: { step: 'verify-auk' },
    });
    expect(await refused(one.ask({ type: 'record-step', officer, step: 'verify-auk' }))).toMatchObject({
      code: 'RESULT_MISSING',
    });
    await one.ask({ type: 'record-step', officer, step: 'verify-auk', result: 'confirmed' });
    await one.ask({ type: 'record-step', officer, step: 'verify-attempts', result: 'confirmed' });
    await goThere(one, officer, 'home-visit', 'Nobody came to the door.');
    await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'Nobody home at 10:05.' });
    await one.ask({ type: 'waive-step', step: 'consider-monitor', reason: 'nobody met' });
    await one.ask({ type: 'waive-step', step: 'connect-counselor', reason: 'nobody met' });
    await one.ask({ type: 'close-call', outcome: 'nobody-home' });
    expect((await one.row()).status).toBe('closed');
  });

  it('address verification: the findings go to the school, as a letter that is kept and proved', async () => {
    const officer = await here.officer();
    const address = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
    const one = await here.open('address-verification', { area: '61554', address });
    await here.morning('2025-02-13');
    await here.onDuty(officer);
    await one.tell({ type: 'office-day', officeDate: '2025-02-13' });
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    await goThere(one, officer, 'home-visit', 'The landlord says they moved in January.');
    await one.ask({ type: 'record-step', officer, step: 'report-findings', result: 'address-not-confirmed' });
    await one.ask({ type: 'record-step', officer, step: 'log-note', note: 'Moved in January.' });
    expect(await refused(one.ask({ type: 'close-call', outcome: 'transported' }))).toMatchObject({
      code: 'BAD_OUTCOME',
    });
    await one.ask({ type: 'close-call', outcome: 'address-not-confirmed' });
    expect(await tasksOf(one)).toEqual(['school READ_THE_FINDINGS']);
    const kept = () => noticesOf(harness.db, one.number);
    await expect.poll(kept, { timeout: 10_000 }).toMatchObject([
      {
        ...{ kind: 'address-findings', recipientKind: 'asking-school', toEmail: 'clerk@north.example.org' },
        ...{ status: 'sent', outOn: '2025-02-13', language: 'en' },
      },
    ]);
    const [letter] = await kept();
    expect(letter?.subject).not.toContain(one.student ?? 'D');
    const text = (await noticeByKey(harness.db, letter!.key))?.text.replaceAll(/\s+/g, ' ');
    expect(text).toContain('The address is not confirmed.');
    expect(text).toContain('The landlord says they moved in January.');
    expect(text).toContain('12 Court Street');
    // The step done once more, by a repeat or a worker that died, sends nothing twice.
    expect(await stepsOf(harness.db, one.number)).toMatchObject([{ status: 'out' }]);
  });

  it('true refusal: home visit and attempted transport', async () => {
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('true-refusal');
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer });
    await goThere(one, officer, 'home-visit', 'The student went along.');
    for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
      await one.ask({ type: 'waive-step', step, reason: 'handed to the parent' });
    }
    await one.ask({ type: 'close-call', outcome: 'handed-to-parent' });
    expect((await one.row()).outcome).toBe('handed-to-parent');
    expect(await refused(one.ask({ type: 'close-call', outcome: 'refused' }))).toMatchObject({
      code: 'CALL_CLOSED',
    });
  });
});

describe('priority', () => {
  it('an offer of a lesser call, not answered yet, gives way to a police call', async () => {
    const officer = await here.officer();
    const visit = await here.open('address-verification');
    await here.morning('2025-02-13');
    await here.onDuty(officer);
    await visit.tell({ type: 'office-day', officeDate: '2025-02-13' });
    await visit.untilStage('offered');
    const police = await here.open('police-transport');
    await police.untilStage('offered');
    expect((await visit.until('offer-ended'))[0]?.data).toMatchObject({ how: 'withdrawn' });
    await police.ask({ type: 'accept-offer', officer });
    expect((await visit.row()).stage).toBe('waiting');
    await police.ask({ type: 'cancel-call', by: 'police', reason: 'not needed' });
    // The officer is free again: the lesser call's turn.
    await visit.untilStage('offered');
    await visit.ask({ type: 'cancel-call', by: 'school', reason: 'end of the test' });
  });
});

describe('continue-as-new', () => {
  it('after every message gives the same checklist, journal without gaps, and answers once', async () => {
    const officer = await here.officer();
    await here.onDuty(officer);
    const one = await here.open('true-refusal', { continueAsNewEvery: 1 });
    await one.untilStage('offered');
    await one.ask({ type: 'accept-offer', officer, id: 'accept-once' });
    const again = await one.ask({ type: 'accept-offer', officer, id: 'accept-once' });
    expect(again.done).toBe(`Officer ${officer} has the call.`);
    await goThere(one, officer, 'home-visit');
    for (const step of ['ask-ct', 'log-note', 'consider-monitor', 'connect-counselor'] as const) {
      await one.ask({ type: 'waive-step', step, reason: 'tested' });
    }
    await one.ask({ type: 'close-call', outcome: 'refused' });
    const seqs = (await one.journal()).map((row) => row.seq).sort((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 1));
    expect((await one.state()).closed?.outcome).toBe('refused');
  });
});
