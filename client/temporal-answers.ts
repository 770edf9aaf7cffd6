/** What Temporal's failures mean to whoever asked a workflow for a decision. */
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { refusal } from '../domain/refusal.ts';
import { REFUSED } from '../workflows/truancy-case.messages.ts';
import { outOfReachForDecision, Refused } from './failures.ts';

/** The rule's own words, where a workflow refused; else the decision may still take effect. */
export function refusedBy(error: WorkflowUpdateFailedError, commandId: string): Error {
  const cause = error.cause;
  if (cause instanceof ApplicationFailure && cause.type === REFUSED) {
    const [code, details] = (cause.details ?? []) as [string?, Record<string, unknown>?];
    return new Refused(refusal(code ?? 'REFUSED', cause.message, details ?? undefined));
  }
  // The workflow ended (closed, terminated) before it could answer.
  return outOfReachForDecision(commandId, error);
}

/** Temporal, or every worker, is away. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcServiceError(error)
  );
}
