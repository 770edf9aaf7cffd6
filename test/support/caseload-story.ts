/** A caseload's real surroundings for a workflow test: a case of the harness, and its caseload as the case would start it. */
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { caseloadJournalOf, caseloadOf, type CaseloadJournalRow } from '../../db/stores/caseloads.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { CaseloadAnswer } from '../../domain/caseload/decide.ts';
import type { CaseloadState } from '../../domain/caseload/state.ts';
import { closeDay, type SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import {
  CASELOAD,
  caseloadCalendarSignal,
  caseloadCaseEndedSignal,
  caseloadWorkflowId,
  type CaseloadInput,
} from '../../workflows/caseload.messages.ts';
import { SPRING, TASK_QUEUE, type Harness, type TestCase } from './case-harness.ts';
import { CASE_MANAGER, type BareCaseloadCommand } from './paper-caseload.ts';

export interface TestCaseload {
  readonly of: TestCase;
  readonly workflowId: string;
  do(on: IsoDate, bare: BareCaseloadCommand, id?: string): Promise<CaseloadAnswer>;
  /** As the case tells it. */
  calendar(on: IsoDate, calendar: SchoolCalendar): Promise<void>;
  caseEnded(on: IsoDate, reason: string): Promise<void>;
  /** A driven office's morning. */
  morning(on: IsoDate): Promise<void>;
  state(): Promise<CaseloadState | undefined>;
  journal(): Promise<CaseloadJournalRow[]>;
  /** Waits until the journal holds an entry of this type (so many times). */
  until(type: string, times?: number): Promise<CaseloadJournalRow[]>;
}

/** Opens a case on a date and places its student on the caseload on the same. */
export async function startCaseload(
  harness: Harness,
  options: { readonly on?: IsoDate; readonly continueAsNewEvery?: number } = {},
): Promise<TestCaseload> {
  const on = options.on ?? '2025-01-13';
  const one = await harness.open({ on });
  const input: CaseloadInput = {
    caseNumber: one.number,
    sequence: 1,
    school: 'NORTH-HS',
    placedOn: on,
    why: 'case-manager',
    calendar: SPRING,
    // One day an hour of the server's own time.
    clock: {
      kind: 'driven',
      startMs: await harness.env.currentTimeMs(),
      startDate: on,
      msPerDay: 3_600_000,
    },
    policyName: 'roe53',
    ...(options.continueAsNewEvery === undefined ? {} : { continueAsNewEvery: options.continueAsNewEvery }),
  };
  const workflowId = caseloadWorkflowId(one.number, 1);
  await harness.env.client.workflow.start(CASELOAD, {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
  });
  const handle = harness.env.client.workflow.getHandle(workflowId);
  let commands = 0;
  const journal = () => caseloadJournalOf(harness.db, one.number, 1);
  return {
    of: one,
    workflowId,
    async do(date, bare, id) {
      commands += 1;
      const base: CommandBase = {
        id: id ?? `${one.number}-k${commands}`,
        officeDate: date,
        actor: CASE_MANAGER,
      };
      // By the workflow's own time, which tests skip ahead of the real one.
      const expiresAt = new Date((await harness.env.currentTimeMs()) + 60_000).toISOString();
      return harness.cases.caseloads.execute(one.number, 1, { ...bare, ...base }, expiresAt);
    },
    calendar: (today, calendar) => handle.signal(caseloadCalendarSignal, { calendar, today }),
    caseEnded: (date, reason) => handle.signal(caseloadCaseEndedSignal, { on: date, reason }),
    async morning(date) {
      await setDrivenToday(harness.db, date);
      await harness.cases.caseloads.signalOfficeDay(one.number, 1);
    },
    async state() {
      return (await caseloadOf(harness.db, one.number, 1))?.projection as unknown as
        CaseloadState | undefined;
    },
    journal,
    async until(type, times = 1) {
      for (let tries = 0; tries < 200; tries += 1) {
        const found = (await journal()).filter((row) => row.type === type);
        if (found.length >= times) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(
        `no ${type} in the caseload's journal: ${(await journal()).map((row) => row.type).join(', ')}`,
      );
    },
  };
}

export interface CaseloadScenario {
  readonly name: string;
  tell(harness: Harness): Promise<TestCaseload>;
}

/** From the first meeting to the plan met, with a snow day and an agency in between. */
export async function tellWhole(
  harness: Harness,
  options: { readonly continueAsNewEvery?: number } = {},
): Promise<TestCaseload> {
  const one = await startCaseload(harness, options);
  await one.do('2025-01-14', { type: 'record-meeting', with: 'parent', outcome: 'not-reached' });
  await one.do('2025-01-15', { type: 'record-meeting', with: 'student-and-parent', outcome: 'met' });
  await one.do('2025-01-15', {
    type: 'make-plan',
    goals: ['at school by 8:00', 'no absence without a call'],
    supports: ['bus pass'],
    signedBy: ['mother', 'student'],
  });
  await one.do('2025-01-15', { type: 'share-plan', with: 'student-and-parent' });
  await one.do('2025-01-16', { type: 'refer-to-agency', agency: 'Tri-County', purpose: 'counseling' });
  await one.calendar('2025-01-21', closeDay(SPRING, '2025-01-22'));
  await one.until('deadline-moved', 3);
  // Wed 15 January is day 0; King Day and the snow day are none: the 10th school day is Fri 31.
  await one.morning('2025-01-31');
  await one.until('review-due');
  await one.do('2025-01-31', { type: 'hold-review', how: 'late twice', goalsMet: ['2'] });
  await one.morning('2025-02-03');
  await one.until('follow-up-due');
  await one.do('2025-02-04', { type: 'record-follow-up', agency: 'a1', outcome: 'attending' });
  await one.morning('2025-02-14');
  await one.until('review-due', 2);
  await one.do('2025-02-14', { type: 'hold-review', how: 'on time since', goalsMet: ['1', '2'] });
  await one.do('2025-02-14', { type: 'end-caseload', how: 'plan-met' });
  await one.until('caseload-ended');
  return one;
}

export const CASELOAD_SCENARIOS: readonly CaseloadScenario[] = [
  { name: 'caseload-plan-met', tell: (harness) => tellWhole(harness) },
  {
    name: 'caseload-plan-met-with-continue-as-new',
    tell: (harness) => tellWhole(harness, { continueAsNewEvery: 3 }),
  },
  {
    name: 'caseload-review-by-timer',
    async tell(harness) {
      const one = await startCaseload(harness);
      await one.do('2025-01-14', {
        type: 'make-plan',
        goals: ['at school by 8:00'],
        supports: [],
        reviews: [{ schoolDays: 3 }],
      });
      await setDrivenToday(harness.db, '2025-01-17');
      await harness.env.sleep('6h');
      await one.until('review-due');
      return one;
    },
  },
  {
    name: 'caseload-ended-by-case',
    async tell(harness) {
      const one = await startCaseload(harness);
      await one.do('2025-01-14', { type: 'record-meeting', with: 'student', outcome: 'met' });
      await one.caseEnded('2025-01-21', 'withdrawn');
      await one.until('caseload-ended');
      return one;
    },
  },
];
