/** The office's mornings in Temporal: one Schedule an installation, or the driver's word for a day. */
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { IsoDate } from '../domain/dates.ts';
import type { Office } from '../db/stores/office.ts';
import {
  MORNING_TIME,
  morningWorkflowId,
  OFFICE_MORNING,
  OFFICE_MORNING_ID,
  type MorningInput,
} from '../workflows/office-morning.messages.ts';
import { OFFICE } from '../workflows/search-attributes.ts';
import type { Log } from './log.ts';
import { TASK_QUEUE } from './task-queue.ts';

/**
 * Makes the Schedule, or brings it up to date with the office's zone; one paused by hand stays paused. Safe at every start
 * of every worker.
 */
export async function keepMorningSchedule(
  client: Client,
  office: Pick<Office, 'code' | 'zone'>,
): Promise<'created' | 'kept'> {
  const wanted = scheduleOf(office);
  try {
    await client.schedule.create(wanted);
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const { spec, action, policies } = wanted;
  await client.schedule
    .getHandle(OFFICE_MORNING_ID)
    .update(({ state }) => ({ spec, action, ...(policies ? { policies } : {}), state }));
  return 'kept';
}

function scheduleOf(office: Pick<Office, 'code' | 'zone'>) {
  const input: MorningInput = {};
  return {
    scheduleId: OFFICE_MORNING_ID,
    spec: {
      // Wall-clock time in the office's zone, by the server's zone data: right in summer and in winter. Holidays are the
      // policy's: the morning itself looks.
      calendars: [
        { dayOfWeek: { start: 'MONDAY', end: 'FRIDAY' }, ...MORNING_TIME, comment: 'office mornings' },
      ],
      timezone: office.zone,
    },
    action: {
      type: 'startWorkflow',
      workflowType: OFFICE_MORNING,
      workflowId: OFFICE_MORNING_ID,
      taskQueue: TASK_QUEUE,
      args: [input],
      typedSearchAttributes: [{ key: OFFICE, value: office.code }],
    },
    policies: {
      // A morning still waiting for its worker is this morning's as well.
      overlap: ScheduleOverlapPolicy.SKIP,
      // With the server away over a long weekend the last mornings are made up for: the first does the work, and a
      // second finds it done.
      catchupWindow: '4 days',
    },
  } satisfies ScheduleOptions;
}

export interface Keeping {
  stop(): Promise<void>;
}

/** Temporal may be away, or the office not set up yet: looked for again until it is there. */
const LOOK_AGAIN_MS = 30_000;

/** Sees to the Schedule while a worker starts, without holding it up. A driven office gets none: its driver says when. */
export function keepMornings(parts: {
  readonly client: Client;
  readonly office: () => Promise<Office | undefined>;
  readonly log: Log;
}): Keeping {
  const { client, log } = parts;
  let stopped = false;
  let wake: () => void = () => undefined;
  const once = async (): Promise<boolean> => {
    const office = await parts.office();
    if (!office) return false;
    if (office.drivenToday !== null) return true;
    const done = await keepMorningSchedule(client, office);
    log.info({ schedule: OFFICE_MORNING_ID, zone: office.zone, done }, 'office mornings are scheduled');
    return true;
  };
  const loop = (async () => {
    while (!stopped) {
      const done = await once().catch((error: unknown) => {
        log.warn({ error: String(error).slice(0, 200) }, 'the office mornings could not be scheduled yet');
        return false;
      });
      if (done || stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_AGAIN_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await loop;
    },
  };
}

/** Runs a driven office's morning of a date, once. False when it has been run already. */
export async function startMorning(client: Client, date: IsoDate, office: string): Promise<boolean> {
  const input: MorningInput = { date };
  try {
    await client.workflow.start(OFFICE_MORNING, {
      workflowId: morningWorkflowId(date),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      typedSearchAttributes: [{ key: OFFICE, value: office }],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Resolves when the morning of that date has run, well or not. */
export async function morningDone(client: Client, date: IsoDate): Promise<void> {
  await client.workflow.getHandle(morningWorkflowId(date)).result();
}
