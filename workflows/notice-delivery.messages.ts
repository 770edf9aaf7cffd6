/** What can be said to the delivery of one letter. */
import { defineSignal } from '@temporalio/workflow';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeClock } from '../domain/office-clock.ts';
import type { SentLetterKind } from '../domain/department-letters.ts';

export const NOTICE_DELIVERY = 'noticeDelivery';

export interface DeliveryInput {
  /** Of the case, the monitor or the call it is about. */
  readonly caseNumber: string;
  readonly kind: SentLetterKind;
  readonly sequence: number;
  /** Office day on whose sending time it leaves. */
  readonly sendOn: IsoDate;
  /** Local time, `HH:MM`; null: at once, as soon as its day has come by the records. */
  readonly sendingTime: string | null;
  readonly clock: OfficeClock;
}

/** The queue of a worker's mail activities, beside its own. */
export function mailQueueOf(taskQueue: string): string {
  return `${taskQueue}-mail`;
}

/** The records' key of a step's letter; also part of every notice's key under it. */
export function stepKey(caseNumber: string, kind: SentLetterKind, sequence: number): string {
  return `${caseNumber}/${kind}/${sequence}`;
}

export function deliveryWorkflowId(caseNumber: string, kind: SentLetterKind, sequence: number): string {
  return `notice-${caseNumber}-${kind}-${sequence}`;
}

/** An office day began: look whether the sending day has come (a driven office does not wait for timers). */
export const lookAgainSignal = defineSignal('lookAgain');
