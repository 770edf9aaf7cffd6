/**
 * Carries one message of a service call out of the house: an offer to an officer, an alert to the dispatcher, a word to a
 * school. A workflow of its own, so that a gateway that is away never holds up the call; given up once it would be of no
 * use to anybody.
 */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { callMessaging, callMessagingEnd } from './activity-profiles.ts';
import type { CallMessageInput } from './call-message.messages.ts';

export async function callMessage({ key }: CallMessageInput): Promise<void> {
  try {
    await callMessaging.sendCallMessage(key);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    await callMessagingEnd.giveUpCallMessage(key);
  }
}
