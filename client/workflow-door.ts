/** How the program speaks to its workflows in Temporal, whatever they are: started once, told, woken, asked for a decision. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { DeliveryOutcome } from '../db/stores/outbox.ts';
import { outOfReachForDecision } from './failures.ts';
import { TASK_QUEUE } from './task-queue.ts';
import { isAway, refusedBy } from './temporal-answers.ts';

/** Times a command is asked of a workflow that the records have open and Temporal has not. */
const MEETS_ITS_NEXT_RUN = 4;

/** A command on its way: after `expiresAt` (ISO instant) its workflow refuses it. */
interface Travelling {
  readonly id: string;
  readonly expiresAt: string;
}

/** A command a workflow is asked to carry out, by the update that takes it. */
export interface Asked<A> {
  readonly workflowId: string;
  readonly update: string;
  readonly command: Travelling;
  /**
   * Of a workflow that has ended: the answer of a command it had carried out; throws the refusal for any other. Null while
   * the records have it open.
   */
  readonly ended: () => Promise<A | null>;
}

export interface Started extends Pick<
  WorkflowStartOptions,
  'workflowId' | 'typedSearchAttributes' | 'workflowTaskTimeout'
> {
  readonly type: string;
  /** Shown unencrypted in places: a number and nothing else. Fixed at the start. */
  readonly summary: string;
  readonly input: unknown;
  /** It may be begun once more when one of this id has ended. */
  readonly again?: boolean | undefined;
}

export class WorkflowDoor {
  private readonly client: Client;
  private readonly callMs: number;

  /** @param callMs milliseconds for what Temporal answers by itself, without a worker */
  constructor(client: Client, callMs: number) {
    this.client = client;
    this.callMs = callMs;
  }

  inTime<T>(work: () => Promise<T>, ms = this.callMs): Promise<T> {
    return this.client.withDeadline(Date.now() + ms, work);
  }

  handle(workflowId: string) {
    return this.client.workflow.getHandle(workflowId);
  }

  /** A start told twice finds it running, or run and ended: either way it was told. Throws when Temporal is out of reach. */
  async start({ type, summary, input, again, ...options }: Started): Promise<DeliveryOutcome> {
    try {
      await this.inTime(() =>
        this.client.workflow.start(type, {
          ...options,
          taskQueue: TASK_QUEUE,
          args: [input],
          staticSummary: summary,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: again === true ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return 'delivered';
  }

  /**
   * Tells a workflow what the records know. Where there is none, `gone` says what that means, or null where the records have
   * it open: then something is wrong, and the message waits.
   */
  async tell(
    workflowId: string,
    signal: string,
    message: unknown,
    gone: () => Promise<DeliveryOutcome | null>,
  ): Promise<DeliveryOutcome> {
    try {
      await this.inTime(() => this.handle(workflowId).signal(signal, message));
      return 'delivered';
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const outcome = await gone();
      if (outcome !== null) return outcome;
      throw new Error(`${workflowId} is open in the records but has no running workflow`, { cause: error });
    }
  }

  /** Tells it to look at the records. False when it is no longer there. */
  async wake(workflowId: string, signal: SignalDefinition): Promise<boolean> {
    try {
      await this.inTime(() => this.handle(workflowId).signal(signal));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /** Asks for a decision. Throws `Refused` with the rule's reason, or `OutOfReach` with the id to ask again by. */
  async ask<A>({ workflowId, update, command, ended }: Asked<A>): Promise<A> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.inTime(
          () =>
            this.handle(workflowId).executeUpdate<A, [Travelling]>(update, {
              args: [command],
              updateId: command.id,
            }),
          // It refuses the command at the expiry; a little longer, so that the refusal itself can still arrive.
          Math.max(1_000, Date.parse(command.expiresAt) - Date.now() + 1_000),
        );
      } catch (error) {
        const refused = error instanceof WorkflowUpdateFailedError;
        const missing = error instanceof WorkflowNotFoundError;
        const kept = refused || missing ? await ended() : null;
        if (kept !== null) return kept;
        if (refused) throw refusedBy(error, command.id);
        // Met the end of a run whose next one begins: the id keeps the command from being carried out twice.
        if (missing && tries < MEETS_ITS_NEXT_RUN) {
          await pause(100 * tries);
          continue;
        }
        if (missing || isAway(error)) throw outOfReachForDecision(command.id, error);
        throw error;
      }
    }
  }
}
