/** A connection that only listens, and comes back when it was lost. */
import pg from 'pg';
import { clientConfig } from './connect.ts';

export interface Listener {
  close(): Promise<void>;
}

/** Pause before asking again after a lost connection: soon, but not in a tight loop while the database restarts. */
const PAUSE_MS = 500;

/**
 * Calls `onCall` for each notification on the channel, once when listening begins, and once after each lost connection (for
 * what was missed meanwhile). The first connection must succeed; later ones are tried until they do.
 */
export async function listen(url: string, channel: string, onCall: () => void): Promise<Listener> {
  let closed = false;
  let current: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const open = async () => {
    const client = new pg.Client(clientConfig(url, `truancy listening to ${channel}`));
    client.on('error', () => undefined);
    await client.connect();
    client.on('end', again);
    client.on('notification', onCall);
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    current = client;
    if (closed) await client.end();
    else onCall();
  };
  const again = () => {
    // A connection lost while it was being made says so twice.
    if (closed || retry !== undefined) return;
    retry = setTimeout(() => {
      retry = undefined;
      void open().catch(again);
    }, PAUSE_MS);
  };

  await open();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await current?.end().catch(() => undefined);
    },
  };
}
