/** A 20-Day Monitor as a durable workflow: real Temporal (time skipping) and Postgres; only time is not real. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../client/failures.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { startHarness, type Harness } from '../support/case-harness.ts';
import { endedAs, startTestMonitor, tellBroken } from '../support/monitor-story.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(() => harness.stop());

// Timers first: the time-skipping server never skips again after an update has met a continue-as-new.
describe('the timer of a monitor', () => {
  it('stands for its stop date, and adds nothing to its history while days pass', async () => {
    const one = await startTestMonitor(harness);
    await one.until('monitor-begun');
    const handle = harness.env.client.workflow.getHandle(one.workflowId);
    const events = async () => (await handle.fetchHistory()).events ?? [];
    await expect.poll(async () => (await events()).some((e) => e.timerStartedEventAttributes)).toBe(true);
    const [timer] = (await events()).filter((event) => event.timerStartedEventAttributes);
    expect(Buffer.from(timer?.userMetadata?.summary?.data ?? '').toString()).toContain(
      'monitor runs to Tue 11 Feb 2025',
    );
    const before = (await events()).length;
    await harness.env.sleep('20h');
    expect(await events()).toHaveLength(before);
  });

  it('rings the day after its stop date; without attendance it waits, and the import that brings it ends it', async () => {
    const one = await startTestMonitor(harness);
    await one.until('monitor-begun');
    await setDrivenToday(harness.db, '2025-02-12');
    // One day an hour: the 30th day after the contract.
    await harness.env.sleep('31h');
    const [waits] = await one.until('waits-for-attendance');
    expect(waits).toMatchObject({ officeDate: '2025-02-12', actor: 'monitor' });
    await one.attendance('2025-02-13', '2025-02-11', []);
    expect(await endedAs(harness, one)).toBe('met');
  });
});

describe('a monitor', () => {
  it('tells officer and school of each thing once, and ends with its breaches', async () => {
    const one = await tellBroken(harness);
    expect((await one.journal()).map((row) => row.type)).toEqual([
      'monitor-begun',
      ...['attendance-known', 'breach-found', 'contract-signed'],
      ...['attendance-known', 'breach-taken-back', 'calendar-changed', 'date-moved'],
      ...['attendance-known', 'attendance-known', 'breach-found', 'officer-changed'],
      ...['attendance-known', 'monitor-ended'],
    ]);
    const tasks = await listTasks(harness.db, { caseNumber: one.number, role: 'school' });
    expect(tasks.map((task) => task.textCode)).toEqual([
      ...['MONITOR_BROKEN', 'MONITOR_BREACH_TAKEN_BACK', 'MONITOR_BROKEN'],
      'MONITOR_ENDED_WITH_BREACHES',
    ]);
    // Its last day is behind: where it had moved to is told to nobody any more.
    const over = await listTasks(harness.db, { caseNumber: one.number, role: 'school', done: true });
    expect(over).toMatchObject([{ textCode: 'MONITOR_STOP_MOVED', doneNote: 'the monitor has ended' }]);
    expect(await endedAs(harness, one)).toBe('with-breaches');
  });

  it('takes a fact delivered twice once', async () => {
    const one = await startTestMonitor(harness);
    const marks = [{ date: '2025-01-14', code: 'CT', category: null }];
    await one.attendance('2025-01-15', '2025-01-14', marks, 7);
    await one.until('breach-found');
    // The relay died before it could note that it had told: the same number again, and an older one.
    await one.attendance('2025-01-16', '2025-01-15', [], 7);
    await one.attendance('2025-01-16', '2025-01-15', [], 6);
    await one.attendance('2025-01-17', '2025-01-16', marks, 8);
    await one.until('attendance-known', 2);
    expect((await one.state()).breaches).toMatchObject([{ date: '2025-01-14', takenBack: null }]);
  });

  it('drops a message that cannot be read, says so, and goes on', async () => {
    const one = await startTestMonitor(harness);
    const handle = harness.env.client.workflow.getHandle(one.workflowId);
    await handle.signal('monitorAttendance', { seq: 1, marks: 'none' });
    const [dropped] = await one.until('message-dropped');
    expect(dropped?.data).toMatchObject({ message: 'attendance' });
    await one.attendance('2025-01-15', '2025-01-14', []);
    await one.until('attendance-known');
  });

  it('answers a command twice alike, and refuses one against the rules, unchanged', async () => {
    const one = await startTestMonitor(harness);
    const signed = { type: 'sign-contract', by: 'student' } as const;
    const first = await one.do('2025-01-14', signed, 'sign-1');
    expect(await one.do('2025-01-14', signed, 'sign-1')).toEqual(first);
    const again = await one.do('2025-01-15', signed, 'sign-2').catch((error: unknown) => error);
    expect(again).toBeInstanceOf(Refused);
    expect((again as Refused).refusal.code).toBe('ALREADY_SIGNED');
    expect((await one.state()).signatures).toHaveLength(1);
  });

  it('continued as new after every message comes to the same end, journal and state', async () => {
    const [whole, forced] = [await tellBroken(harness), await tellBroken(harness, { continueAsNewEvery: 1 })];
    const story = async (one: typeof whole) =>
      (await one.journal()).map(({ seq, type, officeDate, data }) => ({ seq, type, officeDate, data }));
    expect(await story(forced)).toEqual(await story(whole));
    const { number: _a, ...a } = await forced.state();
    const { number: _b, ...b } = await whole.state();
    expect(a).toEqual(b);
    const { runId } = await harness.env.client.workflow.getHandle(forced.workflowId).describe();
    expect(new Set((await forced.journal()).map((row) => row.runId)).size).toBeGreaterThan(3);
    expect(runId).not.toBe((await forced.journal())[0]?.runId);
  });
});
