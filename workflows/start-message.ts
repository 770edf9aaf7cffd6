/** A message on its way as a workflow of its own: maybe with a gateway that is away, it never holds up who sends it. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CALL_MESSAGE, callMessageWorkflowId, type CallMessageInput } from './call-message.messages.ts';

export async function startMessage(key: string): Promise<void> {
  const args: CallMessageInput = { key };
  try {
    await startChild(CALL_MESSAGE, {
      workflowId: callMessageWorkflowId(key),
      args: [args],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
