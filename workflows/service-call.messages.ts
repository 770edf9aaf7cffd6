/** What can be said to a service call: its input, its one signal, its updates and query, with their types. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CallCommand } from '../domain/calls/commands.ts';
import type { CallAnswer } from '../domain/calls/decide.ts';
import type { CallEntry } from '../domain/calls/entries.ts';
import type { CallFact } from '../domain/calls/facts.ts';
import type { CallBeginning, CallState } from '../domain/calls/state.ts';

/** Type of the workflow. */
export const SERVICE_CALL = 'serviceCall';

/** Opaque, by the call's number. */
export function callWorkflowId(callNumber: string): string {
  return `call-${callNumber}`;
}

export interface CallInput {
  readonly beginning: CallBeginning;
  /** Code of the office: what lists are filtered by. */
  readonly office: string;
  /** Everything an earlier run hands over. */
  readonly carried?: CarriedCall | undefined;
  /** Test hook: continue as new after so many messages, whatever Temporal suggests. */
  readonly continueAsNewEvery?: number | undefined;
}

export interface CarriedCall {
  readonly state: CallState;
  readonly lastFact: number;
  /** Answers of recent commands, oldest first, so that a repeat gets the first answer in any run. */
  readonly answers: readonly { readonly id: string; readonly answer: CallAnswer }[];
  /** What came while the last write was under way, not yet in the journal. */
  readonly unwritten: readonly CallEntry[];
}

/** A fact with its place in the call's outbox: each is taken once, in order. */
export interface NumberedCallFact {
  readonly seq: number;
  readonly fact: CallFact;
}

/** A command as it travels: given up by its caller, it must not act hours later. */
export type TravellingCallCommand<C extends CallCommand = CallCommand> = C & {
  /** ISO instant after which it is refused with COMMAND_EXPIRED. */
  readonly expiresAt: string;
};

/** Everything the records tell, by one name: what waits at the beginning of a run is then taken in its order. */
export const callFactSignal = defineSignal<[NumberedCallFact]>('callFact');

type Asked = [TravellingCallCommand];
export const acceptOfferUpdate = defineUpdate<CallAnswer, Asked>('acceptOffer');
export const declineOfferUpdate = defineUpdate<CallAnswer, Asked>('declineOffer');
export const startVisitUpdate = defineUpdate<CallAnswer, Asked>('startVisit');
export const arriveUpdate = defineUpdate<CallAnswer, Asked>('arrive');
export const leaveUpdate = defineUpdate<CallAnswer, Asked>('leave');
export const recordStepUpdate = defineUpdate<CallAnswer, Asked>('recordStep');
export const waiveStepUpdate = defineUpdate<CallAnswer, Asked>('waiveStep');
export const counselorWordUpdate = defineUpdate<CallAnswer, Asked>('counselorWord');
export const reassignCallUpdate = defineUpdate<CallAnswer, Asked>('reassignCall');
export const goAloneUpdate = defineUpdate<CallAnswer, Asked>('goAlone');
export const cancelCallUpdate = defineUpdate<CallAnswer, Asked>('cancelCall');
export const closeCallUpdate = defineUpdate<CallAnswer, Asked>('closeCall');
export const identifyStudentUpdate = defineUpdate<CallAnswer, Asked>('identifyStudent');

/** The update that carries each kind of command. */
export const UPDATE_OF_CALL_COMMAND: Readonly<Record<CallCommand['type'], string>> = {
  'accept-offer': 'acceptOffer',
  'decline-offer': 'declineOffer',
  'start-visit': 'startVisit',
  arrive: 'arrive',
  leave: 'leave',
  'record-step': 'recordStep',
  'waive-step': 'waiveStep',
  'counselor-word': 'counselorWord',
  'reassign-call': 'reassignCall',
  'go-alone': 'goAlone',
  'cancel-call': 'cancelCall',
  'close-call': 'closeCall',
  'identify-student': 'identifyStudent',
};

export const callStatusQuery = defineQuery<CallState>('status');
