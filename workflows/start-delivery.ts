/** A letter on its way as a workflow of its own: it outlives whoever decided it, and a dead mail server holds up nobody. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { subjectWords } from '../domain/department-letters.ts';
import { deliveryWorkflowId, NOTICE_DELIVERY, type DeliveryInput } from './notice-delivery.messages.ts';
import { CASE_NUMBER, OFFICE, SCHOOL } from './search-attributes.ts';

/** False where it is on its way already: whoever was reset decides again what it had decided. */
export async function startDelivery(
  delivery: DeliveryInput,
  { office, school }: { readonly office: string; readonly school: string },
): Promise<boolean> {
  const { caseNumber, kind, sequence } = delivery;
  try {
    await startChild(NOTICE_DELIVERY, {
      workflowId: deliveryWorkflowId(caseNumber, kind, sequence),
      args: [delivery],
      // The letter lives on its own: by default the parent's continue-as-new would terminate it.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${kind} of ${subjectWords(caseNumber)}`,
      typedSearchAttributes: [
        { key: OFFICE, value: office },
        { key: SCHOOL, value: school },
        { key: CASE_NUMBER, value: caseNumber },
      ],
    });
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return false;
  }
}
