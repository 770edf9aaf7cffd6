/** A connection that only listens, and comes back when it was lost. */
import { clientFor, closeClient } from './connect.ts';
import { faultOf } from './faults.ts';

export interface Listener {
  close(): Promise<void>;
}

/**
 * Calls `onCall` for each notification on the channel, once when listening begins, and once after each lost connection (for
 * what was missed meanwhile). The first connection must succeed; later ones are tried until they do.
 */
export async function listen(url: string, channel: string, onCall: () => void): Promise<Listener> {
  const client = clientFor(url, { max: 1, name: `truancy listening to ${channel}` });
  try {
    await client.listen(channel, onCall, onCall);
  } catch (error) {
    await closeClient(client);
    throw faultOf(error);
  }
  return { close: () => closeClient(client) };
}
