/** The only code that speaks to the monitors in Temporal: starts, signals, updates. */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { shortDate } from '../domain/dates.ts';
import type { MonitorCommand } from '../domain/monitor/commands.ts';
import type { MonitorAnswer } from '../domain/monitor/decide.ts';
import { refusal } from '../domain/refusal.ts';
import type { Db } from '../db/connect.ts';
import { monitorByNumber, monitorJournalOf } from '../db/stores/monitors.ts';
import type { DeliveryOutcome, OutboxRow } from '../db/stores/outbox.ts';
import {
  MONITOR_CONTRACT,
  monitorOfficeDaySignal,
  monitorWorkflowId,
  UPDATE_OF_MONITOR_COMMAND,
  type MonitorInput,
  type TravellingMonitorCommand,
} from '../workflows/monitor-contract.messages.ts';
import { ACTION_BY, CASE_NUMBER, FLAGS, OFFICE, SCHOOL, STAGE } from '../workflows/search-attributes.ts';
import { outOfReachForDecision, Refused } from './failures.ts';
import { TASK_QUEUE } from './task-queue.ts';
import { isAway, refusedBy } from './temporal-answers.ts';

export interface MonitorClient {
  /** Delivers one row of a monitor's stream. Throws when Temporal is out of reach: the row waits. */
  deliver(row: OutboxRow): Promise<DeliveryOutcome>;
  /** Asks a monitor for a decision. Throws {@link Refused} with the rule's reason, or `OutOfReach`. */
  execute(number: string, command: MonitorCommand, expiresAt: string): Promise<MonitorAnswer>;
  /** A driven office's morning: tells it to look at the records. False when it is no longer there. */
  signalOfficeDay(number: string): Promise<boolean>;
}

export interface MonitorClientOptions {
  readonly client: Client;
  readonly db: Db;
  readonly callMs: number;
}

export function createMonitorClient({ client, db, callMs }: MonitorClientOptions): MonitorClient {
  const inTime = <T>(work: () => Promise<T>, ms = callMs) => client.withDeadline(Date.now() + ms, work);
  const handle = (number: string) => client.workflow.getHandle(monitorWorkflowId(number));

  async function start(row: OutboxRow): Promise<DeliveryOutcome> {
    const input = row.payload as unknown as MonitorInput;
    try {
      await inTime(() =>
        client.workflow.start(MONITOR_CONTRACT, {
          workflowId: monitorWorkflowId(row.caseNumber),
          taskQueue: TASK_QUEUE,
          args: [input],
          // Fixed at the start and shown unencrypted in places: the number and nothing else.
          staticSummary: row.caseNumber,
          // A start told twice finds the monitor running, or run and ended: either way it was told.
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          typedSearchAttributes: [
            { key: OFFICE, value: input.policyName },
            { key: SCHOOL, value: input.school },
            { key: CASE_NUMBER, value: row.caseNumber },
            { key: STAGE, value: 'monitor-running' },
            { key: ACTION_BY, value: 'nobody' },
            { key: FLAGS, value: [] },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return 'delivered';
  }

  async function signal(row: OutboxRow): Promise<DeliveryOutcome> {
    try {
      await inTime(() => handle(row.caseNumber).signal(row.name, { ...row.payload, seq: row.seq }));
      return 'delivered';
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const kept = await monitorByNumber(db, row.caseNumber);
      if (kept?.status !== 'ended') {
        throw new Error(`monitor ${row.caseNumber} is open in the records but has no running workflow`, {
          cause: error,
        });
      }
      return { undeliverable: 'MONITOR_ENDED' };
    }
  }

  return {
    deliver: (row) => (row.kind === 'start' ? start(row) : signal(row)),

    async execute(number, command, expiresAt) {
      const travelling: TravellingMonitorCommand = { ...command, expiresAt };
      try {
        return await inTime(
          () =>
            handle(number).executeUpdate<MonitorAnswer, [TravellingMonitorCommand]>(
              UPDATE_OF_MONITOR_COMMAND[command.type],
              { args: [travelling], updateId: command.id },
            ),
          // It refuses the command at the expiry; a little longer, so that the refusal itself can still arrive.
          Math.max(1_000, Date.parse(expiresAt) - Date.now() + 1_000),
        );
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) {
          const kept = await keptAnswer(db, number, command.id);
          if (kept) return kept;
        }
        if (error instanceof WorkflowUpdateFailedError) throw refusedBy(error, command.id);
        if (isAway(error) || error instanceof WorkflowNotFoundError) {
          throw outOfReachForDecision(command.id, error);
        }
        throw error;
      }
    },

    async signalOfficeDay(number) {
      try {
        await inTime(() => handle(number).signal(monitorOfficeDaySignal));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

/** Of a monitor that has ended: the answer of a command it had carried out; a refusal for any other. Null while it is open. */
async function keptAnswer(db: Db, number: string, commandId: string): Promise<MonitorAnswer | null> {
  const row = await monitorByNumber(db, number);
  if (row?.status !== 'ended') return null;
  const made = (await monitorJournalOf(db, number)).findLast((entry) => entry.commandId === commandId);
  if (!made) {
    throw new Refused(
      refusal(
        'MONITOR_ENDED',
        `The monitor ended${row.endedOn === null ? '' : ` on ${shortDate(row.endedOn)}`}; nothing more can be recorded there.`,
        { endedOn: row.endedOn, result: row.endedHow },
      ),
    );
  }
  return {
    number,
    seq: made.seq,
    done: 'This had been done before the monitor ended.',
    standing: row.headline,
    nextDeadline: null,
  };
}
