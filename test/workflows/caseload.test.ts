/** The caseload as a durable workflow: real Temporal (time skipping) and Postgres; only time is not real. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import { outbox } from '../../db/schema/index.ts';
import { relayCase } from '../../client/relay.ts';
import { caseloadOf, listCaseloads } from '../../db/stores/caseloads.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { closeDay } from '../../domain/calendar.ts';
import type { CaseloadCommand } from '../../domain/caseload/commands.ts';
import { startHarness, SPRING, type Harness } from '../support/case-harness.ts';
import { startCaseload, tellWhole, type TestCaseload } from '../support/caseload-story.ts';
import { CASE_MANAGER } from '../support/paper-caseload.ts';

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

async function told(one: TestCaseload): Promise<string[]> {
  const rows = await harness.db
    .select()
    .from(outbox)
    .where(eq(outbox.caseNumber, one.of.number))
    .orderBy(outbox.seq);
  return rows
    .filter((row) => row.name === 'caseloadReport')
    .map((row) => `${String(row.payload['event'])} ${String(row.payload['date'])}`);
}

async function openTasks(one: TestCaseload): Promise<string[]> {
  const tasks = await listTasks(harness.db, { caseNumber: one.of.number });
  return tasks.filter((task) => task.key.includes('/caseload-')).map((task) => task.textCode);
}

const plan = {
  type: 'make-plan',
  goals: ['at school by 8:00'],
  supports: [],
  reviews: [{ schoolDays: 3 }],
} as const;

// Timers first: the time-skipping server never skips again after an update has met a continue-as-new.
describe('the timer of a caseload', () => {
  it('says what it stands for, rings on its school day, and puts the review on the worklist', async () => {
    const one = await startCaseload(harness);
    await one.until('caseload-begun');
    expect(await openTasks(one)).toEqual(['MEET_FAMILY_AND_MAKE_A_PLAN']);
    await one.do('2025-01-14', plan);
    // The timer is set once what was decided is written.
    await expect.poll(() => summaries(one)).toEqual(['review r1 of the plan on Fri 17 Jan 2025']);
    await setDrivenToday(harness.db, '2025-01-17');
    await harness.env.sleep('6h');
    const [due] = await one.until('review-due');
    expect(due).toMatchObject({ officeDate: '2025-01-17', actor: 'caseload', data: { id: 'r1' } });
    expect(await openTasks(one)).toEqual(['REVIEW_THE_PLAN']);
    await one.do('2025-01-17', { type: 'hold-review', how: 'well', goalsMet: [] });
    await one.until('review-held');
    expect(await openTasks(one)).toEqual([]);
  });

  it('is replaced when the calendar moves the review, and rings on the new day', async () => {
    const one = await startCaseload(harness);
    await one.do('2025-01-14', plan);
    await one.calendar('2025-01-15', closeDay(SPRING, '2025-01-16'));
    const [moved] = await one.until('deadline-moved');
    expect(moved?.data).toEqual({ deadline: 'review', id: 'r1', from: '2025-01-17', to: '2025-01-21' });
    await expect
      .poll(async () => (await summaries(one)).at(-1))
      .toBe('review r1 of the plan on Tue 21 Jan 2025');
    await setDrivenToday(harness.db, '2025-01-21');
    await harness.env.sleep('10h');
    expect((await one.until('review-due'))[0]?.officeDate).toBe('2025-01-21');
  });

  it('that rings before its day has come by the records waits and rings again', async () => {
    const one = await startCaseload(harness);
    await one.do('2025-01-14', plan);
    await harness.env.sleep('8h');
    expect((await one.journal()).map((row) => row.type)).not.toContain('review-due');
    await setDrivenToday(harness.db, '2025-01-22');
    await harness.env.sleep('3h');
    // Dated by its own day, however late it was noticed.
    expect((await one.until('review-due'))[0]?.officeDate).toBe('2025-01-17');
  });

  it('adds nothing to a caseload with nothing due, however many days pass', async () => {
    const one = await startCaseload(harness);
    await one.until('caseload-begun');
    const length = async () =>
      Number((await harness.env.client.workflow.getHandle(one.workflowId).describe()).historyLength);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = await length();
    await harness.env.sleep('30h');
    expect(await length()).toBe(before);
  });

  async function summaries(one: TestCaseload): Promise<string[]> {
    const history = await harness.env.client.workflow.getHandle(one.workflowId).fetchHistory();
    return (history.events ?? [])
      .filter((event) => event.timerStartedEventAttributes)
      .map((event) => {
        const summary = event.userMetadata?.summary?.data;
        return summary ? (JSON.parse(Buffer.from(summary).toString()) as string) : '';
      });
  }
});

describe('a morning', () => {
  it('waits for a calendar that is on its way to the case: snow that morning moves the review first', async () => {
    const one = await startCaseload(harness);
    await one.do('2025-01-14', plan);
    const snow = closeDay(SPRING, '2025-01-17');
    await harness.db.transaction((tx) =>
      enqueue(tx, one.of.number, 'signal', 'changeCalendar', {
        ...{ type: 'calendar', officeDate: '2025-01-17', coverage: [] },
        ...{ version: 2, calendar: snow, because: 'snow' },
      }),
    );
    await one.morning('2025-01-17');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await one.journal()).map((row) => row.type)).not.toContain('review-due');
    // The case tells its caseload itself; here the test does, before nothing is on its way any more.
    await one.calendar('2025-01-17', snow);
    await one.until('deadline-moved');
    await relayCase(harness.db, harness.cases, one.of.number);
    await one.of.until('calendar-changed');
    await one.morning('2025-01-21');
    expect((await one.until('review-due'))[0]?.officeDate).toBe('2025-01-21');
  });

  it('does not wait for ever: a case that never takes it must not keep a review from falling due', async () => {
    const one = await startCaseload(harness, { continueAsNewEvery: 1 });
    await one.do('2025-01-14', plan);
    await harness.db.transaction((tx) =>
      enqueue(tx, one.of.number, 'signal', 'changeCalendar', { type: 'calendar' }),
    );
    await one.morning('2025-01-17');
    await one.until('review-due');
  });
});

describe('what the case is told', () => {
  it('is each try and each service once, and the end', async () => {
    const one = await tellWhole(harness);
    expect(await told(one)).toEqual([
      'meeting-tried 2025-01-14',
      'student-met 2025-01-15',
      'parent-met 2025-01-15',
      'plan-made 2025-01-15',
      'plan-shared 2025-01-15',
      'agency-referred 2025-01-16',
      'ended 2025-02-14',
    ]);
    expect(await openTasks(one)).toEqual([]);
    expect(await caseloadOf(harness.db, one.of.number)).toMatchObject({
      status: 'ended',
      standing: 'ended',
      endedOn: '2025-02-14',
      endedHow: 'plan-met',
      nextDeadline: null,
    });
    const listed = await listCaseloads(harness.db, { schools: null, status: 'ended', limit: 10 });
    expect(listed.find((row) => row.caseNumber === one.of.number)).toMatchObject({
      student: expect.any(String) as string,
      standing: 'ended',
      contacts: 0,
    });
  });

  it('reaches the case, which keeps it among its services', async () => {
    const one = await startCaseload(harness);
    await one.do('2025-01-14', { type: 'record-meeting', with: 'parent', outcome: 'met' });
    await one.until('meeting-recorded');
    const [kept] = await one.of.until('caseload-told');
    expect(kept?.data).toMatchObject({ event: 'parent-met', date: '2025-01-14' });
  });
});

describe('the end', () => {
  it('by the case tells it nothing back, and whatever comes later is refused', async () => {
    const one = await startCaseload(harness);
    await one.do('2025-01-14', plan);
    await one.caseEnded('2025-01-16', 'withdrawn');
    await one.until('caseload-ended');
    await harness.env.client.workflow.getHandle(one.workflowId).result();
    expect(await told(one)).toEqual(['plan-made 2025-01-14']);
    const refusal = await refused(
      one.do('2025-01-17', { type: 'record-meeting', with: 'student', outcome: 'met' }),
    );
    expect(refusal).toMatchObject({ code: 'CASELOAD_ENDED', details: { endedOn: '2025-01-16' } });
  });

  it('asked again with its id gives an answer, although the workflow is gone', async () => {
    const one = await startCaseload(harness);
    const end = { type: 'end-caseload', how: 'case-manager', reason: 'the family moves' } as const;
    const first = await one.do('2025-01-14', end, 'same');
    await harness.env.client.workflow.getHandle(one.workflowId).result();
    expect(await one.do('2025-01-14', end, 'same')).toMatchObject({ seq: first.seq, standing: 'ended' });
  });
});

describe('messages', () => {
  it('that cannot be read are dropped and said; the caseload goes on', async () => {
    const one = await startCaseload(harness);
    const handle = harness.env.client.workflow.getHandle(one.workflowId);
    await handle.signal('caseloadCalendar', { calendar: { terms: 'none' }, today: '2025-01-14' });
    await handle.signal('caseloadSchool');
    await handle.signal('caseloadCaseEnded', null);
    const dropped = await one.until('message-dropped', 3);
    expect(dropped.map((row) => row.data)).toEqual([
      { message: 'calendar', field: 'calendar' },
      { message: 'school', field: 'the message itself' },
      { message: 'case-ended', field: 'the message itself' },
    ]);
    const malformed = { ...plan, goals: 'none' } as unknown as typeof plan;
    expect(await refused(one.do('2025-01-14', malformed))).toMatchObject({
      code: 'MALFORMED_COMMAND',
      details: { field: 'goals' },
    });
    expect((await one.do('2025-01-14', plan)).standing).toBe('to-share');
  });

  it('a command after its time is refused, and one given up does not act later', async () => {
    const one = await startCaseload(harness);
    const command = { ...plan, id: 'late', officeDate: '2025-01-14', actor: CASE_MANAGER } as CaseloadCommand;
    const late = harness.cases.caseloads.execute(one.of.number, 1, command, '2020-01-01T00:00:00Z');
    expect((await refused(late)).code).toBe('COMMAND_EXPIRED');
    expect((await one.journal()).map((row) => row.type)).not.toContain('plan-made');
  });

  it('move the student to another school', async () => {
    const one = await startCaseload(harness);
    const handle = harness.env.client.workflow.getHandle(one.workflowId);
    await handle.signal('caseloadSchool', { school: 'SOUTH-HS', calendar: SPRING, today: '2025-01-14' });
    await one.until('school-changed');
    expect((await caseloadOf(harness.db, one.of.number))?.school).toBe('SOUTH-HS');
  });
});

describe('continue-as-new', () => {
  it('forced at every message gives the same journal and tells the case the same', async () => {
    const plain = await tellWhole(harness);
    const forced = await tellWhole(harness, { continueAsNewEvery: 1 });
    const story = async (one: TestCaseload) =>
      (await one.journal()).map(({ seq, officeDate, type, data }) => ({ seq, officeDate, type, data }));
    expect(await story(forced)).toEqual(await story(plain));
    expect(await told(forced)).toEqual(await told(plain));
    const runs = new Set((await forced.journal()).map((row) => row.runId));
    expect(runs.size).toBeGreaterThan(5);
  });

  it('keeps the answers: the same id gets the first answer and acts once', async () => {
    const one = await startCaseload(harness, { continueAsNewEvery: 1 });
    const meeting = { type: 'record-meeting', with: 'student', outcome: 'met' } as const;
    const first = await one.do('2025-01-14', meeting, 'same');
    await one.do('2025-01-14', { type: 'record-meeting', with: 'parent', outcome: 'no-show' });
    expect(await one.do('2025-01-15', meeting, 'same')).toEqual(first);
    await one.until('meeting-recorded', 2);
    expect((await one.state())?.meetings).toHaveLength(2);
  });
});
