/** The only code that speaks to the cases in Temporal: starts, signals, updates, queries. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Command } from '../domain/case/commands.ts';
import type { CommandAnswer } from '../domain/case/decide.ts';
import type { Fact } from '../domain/case/facts.ts';
import type { CaseState } from '../domain/case/state.ts';
import { subjectWords } from '../domain/department-letters.ts';
import { refusal } from '../domain/refusal.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { Db } from '../db/connect.ts';
import { caseByNumber, journalOf } from '../db/stores/cases.ts';
import type { DeliveryOutcome, OutboxRow } from '../db/stores/outbox.ts';
import {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  OFFICE,
  SCHOOL,
  STAGE,
  UNEXCUSED_DAYS,
} from '../workflows/search-attributes.ts';
import {
  deliveryWorkflowId,
  lookAgainSignal,
  NOTICE_DELIVERY,
  type DeliveryInput,
} from '../workflows/notice-delivery.messages.ts';
import {
  caseWorkflowId,
  statusQuery,
  UPDATE_OF_COMMAND,
  whyQuery,
  type CaseInput,
  type NumberedFact,
  type TravellingCommand,
} from '../workflows/truancy-case.messages.ts';
import { createCallClient, type CallClient } from './call-client.ts';
import { createCaseloadClient, type CaseloadClient } from './caseload-client.ts';
import { createMonitorClient, type MonitorClient } from './monitor-client.ts';
import { OutOfReach, Refused } from './failures.ts';
import { morningDone, startMorning } from './office-morning.ts';
import { TASK_QUEUE } from './task-queue.ts';
import { isAway } from './temporal-answers.ts';
import { WorkflowDoor } from './workflow-door.ts';

export { TASK_QUEUE };

/** A morning takes a second or so; whoever drives the office goes on without it when a worker is away. */
const MORNING_PATIENCE_MS = 10_000;

export interface CaseClientOptions {
  readonly client: Client;
  readonly db: Db;
  /** Code of the office, for the search attribute; read when a case is started. */
  readonly office: () => Promise<string>;
  /**
   * How long a decision may take before its caller gives up and the case refuses it. Longer than a worker's restart
   * (about 14 s until the first answer), shorter than a person's patience.
   */
  readonly decisionMs?: number;
  /** For everything else: Temporal answers these by itself, without a worker, within milliseconds. */
  readonly callMs?: number;
}

export interface CaseClient {
  /** Delivers one row of the outbox. Throws when Temporal is out of reach or an open case has no workflow: the row waits. */
  deliverOutboxRow(row: OutboxRow): Promise<DeliveryOutcome>;
  /** When a decision asked for now expires (ISO instant). */
  expiry(): string;
  /** Asks a case for a decision. Throws {@link Refused} with the rule's reason, or {@link OutOfReach}. */
  execute(caseNumber: string, command: Command, expiresAt?: string): Promise<CommandAnswer>;
  /** An office day began: tells a waiting delivery to look. False when it is no longer there. */
  signalDelivery(workflowId: string): Promise<boolean>;
  /** Runs a driven office's morning of a date, once, and waits a little for its end. False when it has been run already. */
  runMorning(date: IsoDate): Promise<boolean>;
  /** In words, where the case stands and what may happen when. */
  why(caseNumber: string): Promise<string>;
  status(caseNumber: string): Promise<CaseState>;
  /** The caseloads its cases start. */
  readonly caseloads: CaseloadClient;
  /** The department's 20-Day Monitors; their streams in the outbox begin with `M-`. */
  readonly monitors: MonitorClient;
  /** Service calls of the Intervention Department. */
  readonly calls: CallClient;
  /** Whether Temporal answers at all. */
  isReachable(): Promise<boolean>;
}

/** A delivery that a person begins anew: what its workflow is given, and what lists show of it. */
export interface DeliveryStart {
  readonly delivery: DeliveryInput;
  readonly office: string;
  readonly school: string;
}

export function createCaseClient(options: CaseClientOptions): CaseClient {
  const { client, db } = options;
  const decisionMs = options.decisionMs ?? 30_000;
  const callMs = options.callMs ?? 5_000;
  const door = new WorkflowDoor(client, callMs);

  async function start({ caseNumber, name, payload }: OutboxRow): Promise<DeliveryOutcome> {
    const input = payload as unknown as CaseInput;
    return door.start({
      ...{ type: name, workflowId: caseWorkflowId(caseNumber), summary: caseNumber, input },
      // A year's history is replayed within it, even on a machine that is busy with others.
      workflowTaskTimeout: '30s',
      typedSearchAttributes: [
        { key: OFFICE, value: await options.office() },
        { key: SCHOOL, value: input.opening.school },
        { key: CASE_NUMBER, value: caseNumber },
        { key: STAGE, value: 'interventions' },
        { key: ACTION_BY, value: 'school' },
        { key: UNEXCUSED_DAYS, value: 0 },
        { key: FLAGS, value: [] },
      ],
    });
  }

  function signal({ caseNumber, name, payload, seq }: OutboxRow): Promise<DeliveryOutcome> {
    const fact = payload as unknown as Fact;
    const message: NumberedFact = { seq, fact };
    return door.tell(caseWorkflowId(caseNumber), name, message, async () => {
      if ((await caseByNumber(db, caseNumber))?.status !== 'closed') return null;
      return saysNothing(fact) ? 'delivered' : { undeliverable: 'CASE_CLOSED' };
    });
  }

  /** After the one that was held back has ended; one under way stays the only one. */
  function startDelivery({ caseNumber, name, payload }: OutboxRow): Promise<DeliveryOutcome> {
    const { delivery, office, school } = payload as unknown as DeliveryStart;
    const { kind, sequence } = delivery;
    return door.start({
      ...{ type: name, workflowId: deliveryWorkflowId(caseNumber, kind, sequence) },
      ...{ summary: `${kind} of ${subjectWords(caseNumber)}`, input: delivery, again: true },
      typedSearchAttributes: [
        { key: OFFICE, value: office },
        { key: SCHOOL, value: school },
        { key: CASE_NUMBER, value: caseNumber },
      ],
    });
  }

  const monitors = createMonitorClient({ client, db, callMs });
  const calls = createCallClient({ client, db, callMs });

  return {
    deliverOutboxRow(row) {
      if (row.kind === 'start' && row.name === NOTICE_DELIVERY) return startDelivery(row);
      // Each stream goes to its own kind of workflow, by the first letter of its number.
      if (row.caseNumber.startsWith('M-')) return monitors.deliver(row);
      if (row.caseNumber.startsWith('S-')) return calls.deliverOutboxRow(row);
      return row.kind === 'start' ? start(row) : signal(row);
    },

    expiry: () => new Date(Date.now() + decisionMs).toISOString(),

    execute: (caseNumber, command, expiresAt = new Date(Date.now() + decisionMs).toISOString()) =>
      door.ask({
        workflowId: caseWorkflowId(caseNumber),
        update: UPDATE_OF_COMMAND[command.type],
        command: { ...command, expiresAt } satisfies TravellingCommand,
        ended: () => keptAnswer(db, caseNumber, command.id),
      }),

    signalDelivery: (workflowId) => door.wake(workflowId, lookAgainSignal),

    async runMorning(date) {
      const office = await options.office();
      const started = await door.inTime(() => startMorning(client, date, office));
      if (started)
        await door.inTime(() => morningDone(client, date), MORNING_PATIENCE_MS).catch(() => undefined);
      return started;
    },

    why: (caseNumber) =>
      asked(() => door.inTime(() => door.handle(caseWorkflowId(caseNumber)).query(whyQuery), 10_000)),
    status: (caseNumber) =>
      asked(() => door.inTime(() => door.handle(caseWorkflowId(caseNumber)).query(statusQuery), 10_000)),

    caseloads: createCaseloadClient({ client, db, callMs }),
    monitors,
    calls,

    async isReachable() {
      try {
        await door.inTime(() => client.workflowService.getSystemInfo({}), 2_000);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Of a case that is closed: the answer of a command it had carried out; a refusal for any other. Null while it is open. */
async function keptAnswer(db: Db, caseNumber: string, commandId: string): Promise<CommandAnswer | null> {
  const row = await caseByNumber(db, caseNumber);
  if (row?.status !== 'closed') return null;
  const made = (await journalOf(db, caseNumber)).findLast((entry) => entry.commandId === commandId);
  if (!made) {
    throw new Refused(
      refusal(
        'CASE_CLOSED',
        `Case ${caseNumber} is closed (${row.closeReason ?? 'no reason kept'}); a new case can link to it.`,
      ),
    );
  }
  return {
    caseNumber,
    stage: 'closed',
    seq: made.seq,
    done: 'This had been done before the case closed.',
    letter: null,
    next: 'Nothing: the case is closed.',
    possibleFrom: null,
  };
}

/** Nothing a person would miss: the day's wake-up, or an import without a change for this student. */
function saysNothing(fact: Fact): boolean {
  return fact.type === 'office-day' || (fact.type === 'attendance' && fact.days.length === 0);
}

async function asked<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (isAway(error) || error instanceof WorkflowNotFoundError) {
      throw new OutOfReach('The case did not answer; its records can be read all the same.', {
        cause: error,
      });
    }
    throw error;
  }
}
