/** Letters of a monitor or a call on their way. */
import { setTimeout as pause } from 'node:timers/promises';
import { noticesOf, type NoticeListed } from '../../db/stores/notices.ts';
import type { Harness } from './case-harness.ts';

/** Waits until every copy has left; there is at least one. */
export async function untilSent({ db }: Harness, number: string): Promise<readonly NoticeListed[]> {
  for (let tries = 0; tries < 200; tries += 1) {
    const copies = await noticesOf(db, number);
    if (copies.length > 0 && copies.every((one) => one.status === 'sent')) return copies;
    await pause(50);
  }
  throw new Error(`no letter of ${number} has left: ${JSON.stringify(await noticesOf(db, number))}`);
}
