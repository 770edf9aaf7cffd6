/** The only code that speaks to the service calls in Temporal. */
import type { Client } from '@temporalio/client';
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
import { Refused } from './failures.ts';
import { WorkflowDoor } from './workflow-door.ts';

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
  const door = new WorkflowDoor(client, callMs);

  function start({ caseNumber: number, name, payload }: OutboxRow): Promise<DeliveryOutcome> {
    const input = payload as unknown as CallInput;
    const { beginning, office } = input;
    const { policy, kind, school } = beginning;
    return door.start({
      ...{ type: name, workflowId: callWorkflowId(number), summary: number, input },
      typedSearchAttributes: [
        { key: OFFICE, value: office },
        ...(school === null ? [] : [{ key: SCHOOL, value: school }]),
        { key: CASE_NUMBER, value: number },
        { key: STAGE, value: 'waiting' },
        { key: ACTION_BY, value: 'dispatcher' },
        { key: FLAGS, value: [] },
        ...(policy.kinds[kind].priority === null ? [] : [{ key: PRIORITY, value: rankOf(policy, kind) }]),
      ],
    });
  }

  function signal({ caseNumber: number, payload, seq }: OutboxRow): Promise<DeliveryOutcome> {
    const message: NumberedCallFact = { seq, fact: payload as unknown as CallFact };
    return door.tell(callWorkflowId(number), callFactSignal.name, message, async () =>
      // Nothing a closed call could do about it: its offers ended with it, and it no longer watches for a mark.
      (await callByNumber(db, number))?.status === 'closed' ? 'delivered' : null,
    );
  }

  return {
    deliverOutboxRow: (row) => (row.kind === 'start' ? start(row) : signal(row)),
    execute: (number, command, expiresAt) =>
      door.ask({
        workflowId: callWorkflowId(number),
        update: UPDATE_OF_CALL_COMMAND[command.type],
        command: { ...command, expiresAt } satisfies TravellingCallCommand,
        ended: () => keptAnswer(db, number, command.id),
      }),
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
