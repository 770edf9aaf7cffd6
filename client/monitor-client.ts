/** The only code that speaks to the monitors in Temporal: starts, signals, updates. */
import type { Client } from '@temporalio/client';
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
import { Refused } from './failures.ts';
import { WorkflowDoor } from './workflow-door.ts';

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
  const door = new WorkflowDoor(client, callMs);

  function start({ caseNumber: number, payload }: OutboxRow): Promise<DeliveryOutcome> {
    const input = payload as unknown as MonitorInput;
    return door.start({
      ...{ type: MONITOR_CONTRACT, workflowId: monitorWorkflowId(number), summary: number, input },
      typedSearchAttributes: [
        { key: OFFICE, value: input.policyName },
        { key: SCHOOL, value: input.school },
        { key: CASE_NUMBER, value: number },
        { key: STAGE, value: 'monitor-running' },
        { key: ACTION_BY, value: 'nobody' },
        { key: FLAGS, value: [] },
      ],
    });
  }

  function signal({ caseNumber: number, name, payload, seq }: OutboxRow): Promise<DeliveryOutcome> {
    return door.tell(monitorWorkflowId(number), name, { ...payload, seq }, async () =>
      (await monitorByNumber(db, number))?.status === 'ended' ? { undeliverable: 'MONITOR_ENDED' } : null,
    );
  }

  return {
    deliver: (row) => (row.kind === 'start' ? start(row) : signal(row)),
    execute: (number, command, expiresAt) =>
      door.ask({
        workflowId: monitorWorkflowId(number),
        update: UPDATE_OF_MONITOR_COMMAND[command.type],
        command: { ...command, expiresAt } satisfies TravellingMonitorCommand,
        ended: () => keptAnswer(db, number, command.id),
      }),
    signalOfficeDay: (number) => door.wake(monitorWorkflowId(number), monitorOfficeDaySignal),
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
