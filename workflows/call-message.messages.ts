/** One message to an officer, a school or the dispatcher, at once. */
export const CALL_MESSAGE = 'callMessage';

/** By the message's key (`S-000001/offer/1`): opaque. */
export function callMessageWorkflowId(key: string): string {
  return `message-${key}`;
}

export interface CallMessageInput {
  readonly key: string;
}
