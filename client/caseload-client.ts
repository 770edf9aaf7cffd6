/** The only code that speaks to the caseloads in Temporal. They are started by their cases. */
import type { Client } from '@temporalio/client';
import type { CaseloadCommand } from '../domain/caseload/commands.ts';
import type { CaseloadAnswer } from '../domain/caseload/decide.ts';
import type { CaseloadState } from '../domain/caseload/state.ts';
import { shortDate } from '../domain/dates.ts';
import { refusal } from '../domain/refusal.ts';
import type { Db } from '../db/connect.ts';
import { caseloadJournalOf, caseloadOf } from '../db/stores/caseloads.ts';
import {
  caseloadOfficeDaySignal,
  caseloadWorkflowId,
  UPDATE_OF_CASELOAD_COMMAND,
  type TravellingCaseloadCommand,
} from '../workflows/caseload.messages.ts';
import { Refused } from './failures.ts';
import { WorkflowDoor } from './workflow-door.ts';

export interface CaseloadClient {
  /** Asks a caseload for a decision. Throws {@link Refused} with the rule's reason, or `OutOfReach`. */
  execute(
    caseNumber: string,
    sequence: number,
    command: CaseloadCommand,
    expiresAt: string,
  ): Promise<CaseloadAnswer>;
  /** A driven office's morning: tells it to look at the records what day it is. False when it is no longer there. */
  signalOfficeDay(caseNumber: string, sequence: number): Promise<boolean>;
}

export interface CaseloadClientOptions {
  readonly client: Client;
  readonly db: Db;
  readonly callMs: number;
}

export function createCaseloadClient({ client, db, callMs }: CaseloadClientOptions): CaseloadClient {
  const door = new WorkflowDoor(client, callMs);
  return {
    execute: (caseNumber, sequence, command, expiresAt) =>
      door.ask({
        workflowId: caseloadWorkflowId(caseNumber, sequence),
        update: UPDATE_OF_CASELOAD_COMMAND[command.type],
        command: { ...command, expiresAt } satisfies TravellingCaseloadCommand,
        ended: () => keptAnswer(db, caseNumber, sequence, command.id),
      }),
    signalOfficeDay: (caseNumber, sequence) =>
      door.wake(caseloadWorkflowId(caseNumber, sequence), caseloadOfficeDaySignal),
  };
}

/** Of a caseload that has ended: the answer of a command it had carried out; a refusal for any other. Null while it is open. */
async function keptAnswer(
  db: Db,
  caseNumber: string,
  sequence: number,
  commandId: string,
): Promise<CaseloadAnswer | null> {
  const row = await caseloadOf(db, caseNumber, sequence);
  if (row?.status !== 'ended') return null;
  const made = (await caseloadJournalOf(db, caseNumber, sequence)).findLast(
    (entry) => entry.commandId === commandId,
  );
  if (!made) {
    const { ended } = row.projection as unknown as CaseloadState;
    throw new Refused(
      refusal(
        'CASELOAD_ENDED',
        `The student left the caseload${ended ? ` on ${shortDate(ended.on)}` : ''}; nothing more can be recorded there.`,
        ended ? { endedOn: ended.on } : {},
      ),
    );
  }
  return {
    caseNumber,
    sequence,
    standing: 'ended',
    seq: made.seq,
    done: 'This had been done before the student left the caseload.',
    next: row.headline,
    nextDeadline: null,
  };
}
