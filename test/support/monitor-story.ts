/** A 20-Day Monitor's real surroundings for a workflow test: its student, officer and row, and the records' messages to it. */
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { officers } from '../../db/schema/index.ts';
import {
  insertMonitor,
  monitorByNumber,
  monitorJournalOf,
  type MonitorJournalRow,
} from '../../db/stores/monitors.ts';
import { messagesOfCall } from '../../db/stores/call-messages.ts';
import { upsertGuardians } from '../../db/stores/guardians.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { closeDay } from '../../domain/calendar.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { MonitorCommand } from '../../domain/monitor/commands.ts';
import type { MonitorAnswer } from '../../domain/monitor/decide.ts';
import { spanOf, type MonitorMark, type MonitorState } from '../../domain/monitor/state.ts';
import {
  MONITOR_CONTRACT,
  monitorAttendanceSignal,
  monitorCalendarSignal,
  monitorStatusQuery,
  monitorWorkflowId,
  type MonitorInput,
} from '../../workflows/monitor-contract.messages.ts';
import { SPRING, TASK_QUEUE, type Harness } from './case-harness.ts';
import { asDepartment } from './call-story.ts';
import { addStudents, CLERK, guardian } from './office-records.ts';
import { untilSent } from './sent-letters.ts';

export type BareMonitorCommand = MonitorCommand extends infer C
  ? C extends MonitorCommand
    ? Omit<C, keyof CommandBase>
    : never
  : never;

export interface TestMonitor {
  readonly number: string;
  readonly workflowId: string;
  do(on: IsoDate, bare: BareMonitorCommand, id?: string): Promise<MonitorAnswer>;
  /** The student's marks since the contract, and the day up to which they are known: the whole of it. */
  attendance(on: IsoDate, knownTo: IsoDate, marks: readonly MonitorMark[], seq?: number): Promise<void>;
  calendar(on: IsoDate, calendar: SchoolCalendar): Promise<void>;
  /** A driven office's morning. */
  morning(on: IsoDate): Promise<void>;
  /** Straight from the workflow. */
  state(): Promise<MonitorState>;
  journal(): Promise<MonitorJournalRow[]>;
  /** Waits until the journal holds an entry of this type (so many times). */
  until(type: string, times?: number): Promise<MonitorJournalRow[]>;
}

const OFFICER = { id: 'U-0007', role: 'attendance-officer' } as const;
const RULES = {
  schoolDays: 20,
  unexplainedAfterSchoolDays: 3,
  codes: { unknownReason: 'AUK', confirmedTruant: 'CT' },
};

let students = 0;

/** A contract of Monday 13 January 2025: it runs from Tuesday the 14th to Tuesday 11 February. */
export async function startTestMonitor(
  harness: Harness,
  options: { readonly continueAsNewEvery?: number; readonly mails?: boolean } = {},
): Promise<TestMonitor> {
  const { db, env } = harness;
  const contractOn = '2025-01-13';
  students += 1;
  const [studentId] = await addStudents(db, `M${students}`);
  const { mails = false, ...more } = options;
  if (mails) {
    await asDepartment(db);
    await upsertGuardians(db, [guardian(`m-${students}`, `M${students}`)], CLERK);
  }
  await setDrivenToday(db, contractOn);
  const by = { actor: 'U-0001', role: 'dispatcher', at: new Date().toISOString() };
  await db
    .insert(officers)
    .values(
      ['O-0001', 'O-0002'].map((id) => ({
        ...{ id, name: 'Officer Test', channel: 'radio' as const, allSchools: true },
        ...by,
      })),
    )
    .onConflictDoNothing();
  const { from, to } = spanOf({ contractOn, rules: RULES }, indexCalendar(SPRING));
  const number = await db.transaction((tx) =>
    insertMonitor(
      tx,
      {
        ...{ studentId: studentId!, school: 'NORTH-HS', officer: 'O-0001', callNumber: null, contractOn },
        ...{ policyName: 'intervention-department', policyVersion: '1', startsOn: from!, stopsOn: to! },
        ...by,
      },
      monitorWorkflowId,
    ),
  );
  const input: MonitorInput = {
    ...{ number: number!, school: 'NORTH-HS', officer: 'O-0001', contractOn, calendar: SPRING },
    rules: { ...RULES, ...(mails ? { mailsContract: 'email-else-print' as const } : {}) },
    ...{ coverage: [], marks: [], call: null, policyName: 'intervention' },
    // One day an hour of the server's own time.
    clock: {
      kind: 'driven',
      startMs: await env.currentTimeMs(),
      startDate: contractOn,
      msPerDay: 3_600_000,
    },
    ...more,
  };
  const workflowId = monitorWorkflowId(number!);
  await env.client.workflow.start(MONITOR_CONTRACT, {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
  });
  return testMonitor(harness, number!, workflowId);
}

function testMonitor({ db, env, cases }: Harness, number: string, workflowId: string): TestMonitor {
  const handle = env.client.workflow.getHandle(workflowId);
  const journal = () => monitorJournalOf(db, number);
  let commands = 0;
  let facts = 0;
  return {
    number,
    workflowId,
    async do(date, bare, id) {
      commands += 1;
      const base: CommandBase = { id: id ?? `${number}-k${commands}`, officeDate: date, actor: OFFICER };
      // By the workflow's own time, which tests skip ahead of the real one.
      const expiresAt = new Date((await env.currentTimeMs()) + 60_000).toISOString();
      return cases.monitors.execute(number, { ...bare, ...base }, expiresAt);
    },
    async attendance(officeDate, to, marks, seq) {
      facts = seq ?? facts + 1;
      const coverage = [{ from: '2025-01-06', to }];
      await handle.signal(monitorAttendanceSignal, { seq: facts, officeDate, marks, coverage });
    },
    async calendar(today, calendar) {
      facts += 1;
      await handle.signal(monitorCalendarSignal, { seq: facts, calendar, today });
    },
    async morning(date) {
      await setDrivenToday(db, date);
      await cases.monitors.signalOfficeDay(number);
    },
    state: () => handle.query(monitorStatusQuery),
    journal,
    async until(type, times = 1) {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = (await journal()).filter((row) => row.type === type);
        if (found.length >= times) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no ${type} in the journal: ${(await journal()).map((row) => row.type).join(', ')}`);
    },
  };
}

/** Until the projection in the records shows the end. */
export async function endedAs({ db }: Harness, monitor: TestMonitor): Promise<string | null> {
  await monitor.until('monitor-ended');
  return (await monitorByNumber(db, monitor.number))?.endedHow ?? null;
}

const ct = (date: IsoDate): MonitorMark => ({ date, code: 'CT', category: null });
const auk = (date: IsoDate): MonitorMark => ({ date, code: 'AUK', category: 'unknown' });

/** Broken, taken back, moved by a snow day, left unexplained, and ended with one breach on its moved stop date. */
export async function tellBroken(
  harness: Harness,
  options: { readonly continueAsNewEvery?: number } = {},
): Promise<TestMonitor> {
  const one = await startTestMonitor(harness, options);
  const renewed = runsOf(harness, one, options.continueAsNewEvery === 1);
  await one.until('monitor-begun');
  await renewed.begin();
  await one.attendance('2025-01-16', '2025-01-15', [ct('2025-01-13'), ct('2025-01-15')]);
  await one.until('breach-found');
  await renewed.next();
  await one.do('2025-01-16', { type: 'sign-contract', by: 'parent', date: '2025-01-14' });
  await renewed.next();
  await one.attendance('2025-01-17', '2025-01-16', [ct('2025-01-13')]);
  await one.until('breach-taken-back');
  await renewed.next();
  await one.calendar('2025-01-21', closeDay(SPRING, '2025-01-22'));
  await one.until('date-moved');
  await renewed.next();
  await one.attendance('2025-01-28', '2025-01-27', [auk('2025-01-23')]);
  await one.attendance('2025-01-29', '2025-01-28', [auk('2025-01-23')]);
  await one.until('breach-found', 2);
  await one.do('2025-01-30', { type: 'change-officer', officer: 'O-0002', reason: 'on leave' });
  await one.attendance('2025-02-13', '2025-02-12', [auk('2025-01-23')]);
  await one.until('monitor-ended');
  return one;
}

/** Waits for the run after a message, where each message is to have one: two that come together are taken by one. */
function runsOf({ env }: Harness, one: TestMonitor, asked: boolean) {
  let last: string | null = null;
  const runId = async () => (await env.client.workflow.getHandle(one.workflowId).describe()).runId;
  return {
    async begin(): Promise<void> {
      last = await runId();
    },
    async next(): Promise<void> {
      if (!asked) return;
      let now = last;
      while (now === last) {
        await pause(20);
        now = await runId();
      }
      last = now;
    },
  };
}

/** Waits until the school's e-mail has left; the officers of these stories are reached by radio. */
async function untilTold({ db }: Harness, { number }: TestMonitor): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const told = await messagesOfCall(db, number);
    if (told.some((one) => one.school !== null && one.status === 'sent')) return;
    await pause(50);
  }
  throw new Error(`nothing of ${number} has left: ${JSON.stringify(await messagesOfCall(db, number))}`);
}

export interface MonitorScenario {
  readonly name: string;
  tell(harness: Harness): Promise<TestMonitor>;
}

export const MONITOR_SCENARIOS: readonly MonitorScenario[] = [
  { name: 'monitor-with-breaches', tell: (harness) => tellBroken(harness) },
  {
    name: 'monitor-with-breaches-and-continue-as-new',
    tell: (harness) => tellBroken(harness, { continueAsNewEvery: 3 }),
  },
  {
    name: 'monitor-waits-for-attendance-by-timer',
    async tell(harness) {
      const one = await startTestMonitor(harness);
      await one.until('monitor-begun');
      await setDrivenToday(harness.db, '2025-02-12');
      await harness.env.sleep('31h');
      await one.until('waits-for-attendance');
      await one.attendance('2025-02-13', '2025-02-11', []);
      await one.until('monitor-ended');
      return one;
    },
  },
  {
    name: 'monitor-contract-mailed-and-breach-told',
    async tell(harness) {
      const one = await startTestMonitor(harness, { mails: true });
      await untilSent(harness, one.number);
      await one.attendance('2025-01-16', '2025-01-15', [ct('2025-01-15')]);
      await one.until('breach-found');
      await untilTold(harness, one);
      await one.do('2025-01-17', { type: 'end-monitor', how: 'officer', reason: 'the family has moved' });
      await one.until('monitor-ended');
      return one;
    },
  },
  {
    name: 'monitor-ended-by-officer',
    async tell(harness) {
      const one = await startTestMonitor(harness);
      await one.do('2025-01-15', { type: 'end-monitor', how: 'officer', reason: 'the family has moved' });
      await one.until('monitor-ended');
      return one;
    },
  },
];
