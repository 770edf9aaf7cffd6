/** The only code that speaks to the service calls in Temporal. */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import type { CallCommand } from '../domain/calls/commands.ts';
import type { CallAnswer } from '../domain/calls/decide.ts';
import type { CallFact } from '../domain/calls/facts.ts';
import { rankOf } from '../domain/calls/policy.ts';
import { refusal } from '../domain/refusal.ts';
import type { Db } from '../db/connect.ts';
import type { DeliveryOutcome, OutboxRow } from '../db/stores/outbox.ts';
import { callByNumber, callJournalOf } from '../db/stores/service-calls.ts';
import {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  OFFICE,
  PRIORITY,
  SCHOOL,
  STAGE,
} from '../workflows/search-attributes.ts';
import {
  callFactSignal,
  callWorkflowId,
  UPDATE_OF_CALL_COMMAND,
  type CallInput,
  type NumberedCallFact,
  type TravellingCallCommand,
} from '../workflows/service-call.messages.ts';
import { outOfReachForDecision, Refused } from './failures.ts';
import { TASK_QUEUE } from './task-queue.ts';
import { isAway, refusedBy } from './temporal-answers.ts';

export interface CallClient {
  /** Delivers one row of a call's stream. Throws when Temporal is out of reach: the row waits. */
  deliverOutboxRow(row: OutboxRow): Promise<DeliveryOutcome>;
  /** Asks a call for a decision. Throws {@link Refused} with the rule's reason, or `OutOfReach`. */
  execute(callNumber: string, command: CallCommand, expiresAt: string): Promise<CallAnswer>;
}

export interface CallClientOptions {
  readonly client: Client;
  readonly db: Db;
  readonly callMs: number;
}

export function createCallClient({ client, db, callMs }: CallClientOptions): CallClient {
  const inTime = <T>(work: () => Promise<T>, ms = callMs) => client.withDeadline(Date.now() + ms, work);
  const handle = (callNumber: string) => client.workflow.getHandle(callWorkflowId(callNumber));

  async function start(row: OutboxRow): Promise<DeliveryOutcome> {
    const input = row.payload as unknown as CallInput;
    const { beginning, office } = input;
    const { policy, kind, school } = beginning;
    try {
      await inTime(() =>
        client.workflow.start(row.name, {
          workflowId: callWorkflowId(row.caseNumber),
          taskQueue: TASK_QUEUE,
          args: [input],
          // Fixed at the start and shown unencrypted in places: the number and nothing else.
          staticSummary: row.caseNumber,
          // A start told twice finds the call running, or run and closed: either way it was told.
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          typedSearchAttributes: [
            { key: OFFICE, value: office },
            ...(school === null ? [] : [{ key: SCHOOL, value: school }]),
            { key: CASE_NUMBER, value: row.caseNumber },
            { key: STAGE, value: 'waiting' },
            { key: ACTION_BY, value: 'dispatcher' },
            { key: FLAGS, value: [] },
            ...(policy.kinds[kind].priority === null ? [] : [{ key: PRIORITY, value: rankOf(policy, kind) }]),
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return 'delivered';
  }

  async function signal(row: OutboxRow): Promise<DeliveryOutcome> {
    const message: NumberedCallFact = { seq: row.seq, fact: row.payload as unknown as CallFact };
    try {
      await inTime(() => handle(row.caseNumber).signal(callFactSignal, message));
      return 'delivered';
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const kept = await callByNumber(db, row.caseNumber);
      if (kept?.status !== 'closed') {
        throw new Error(`call ${row.caseNumber} is open in the records but has no running workflow`, {
          cause: error,
        });
      }
      // Nothing a closed call could do about it: its offers ended with it, and it no longer watches for a mark.
      return 'delivered';
    }
  }

  return {
    deliverOutboxRow: (row) => (row.kind === 'start' ? start(row) : signal(row)),

    async execute(callNumber, command, expiresAt) {
      const travelling: TravellingCallCommand = { ...command, expiresAt };
      try {
        return await inTime(
          () =>
            handle(callNumber).executeUpdate<CallAnswer, [TravellingCallCommand]>(
              UPDATE_OF_CALL_COMMAND[command.type],
              { args: [travelling], updateId: command.id },
            ),
          // It refuses the command at the expiry; a little longer, so that the refusal itself can still arrive.
          Math.max(1_000, Date.parse(expiresAt) - Date.now() + 1_000),
        );
      } catch (error) {
        const gone = error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError;
        const kept = gone ? await keptAnswer(db, callNumber, command.id) : null;
        if (kept) return kept;
        if (error instanceof WorkflowUpdateFailedError) throw refusedBy(error, command.id);
        if (isAway(error) || error instanceof WorkflowNotFoundError) {
          throw outOfReachForDecision(command.id, error);
        }
        throw error;
      }
    },
  };
}

/** Of a call that is closed: the answer of a command it had carried out; a refusal for any other. Null while it is open. */
async function keptAnswer(db: Db, callNumber: string, commandId: string): Promise<CallAnswer | null> {
  const row = await callByNumber(db, callNumber);
  if (row?.status !== 'closed') return null;
  const made = (await callJournalOf(db, callNumber)).findLast((entry) => entry.commandId === commandId);
  if (!made) {
    throw new Refused(
      refusal('CALL_CLOSED', `Call ${callNumber} is closed (${row.outcome ?? 'no outcome kept'}).`, {
        closedOn: row.closedOn,
      }),
    );
  }
  return {
    callNumber,
    stage: 'closed',
    seq: made.seq,
    done: 'This had been done before the call was closed.',
    next: row.headline,
    nextDeadline: null,
  };
}
