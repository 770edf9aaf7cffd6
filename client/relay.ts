/** Carries committed facts to their cases: at once when told, and every few seconds in case a notification was missed. */
import type { Db } from '../db/connect.ts';
import { listenOutbox, relay, type RelayReport } from '../db/stores/outbox.ts';
import type { CaseClient } from './case-client.ts';
import { isAway } from './temporal-answers.ts';
import type { Log } from './log.ts';

export interface RelayParts {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly caseClient: Pick<CaseClient, 'deliverOutboxRow'>;
  readonly log: Log;
}

/** A notification is only a hint; this finds what it missed. */
const POLL_MS = 3_000;
/** Messages a round; where one is full, the next follows at once. */
const ROUND = 500;
/** Cases at once. More would keep connections from the API and not make one Temporal server any faster. */
const CONCURRENCY = 4;
/** With Temporal away, the longest pause between two tries. */
const LONGEST_PAUSE_MS = 30_000;

export interface Relay {
  stop(): Promise<void>;
}

export async function startRelay(parts: RelayParts): Promise<Relay> {
  const { log } = parts;
  let stopped = false;
  let told = true;
  let wake: () => void = () => undefined;
  let pause = POLL_MS;
  const listening = await listenOutbox(parts.databaseUrl, () => {
    told = true;
    // While Temporal is away new work does not make it come back sooner.
    if (pause === POLL_MS) wake();
  });

  const loop = (async () => {
    while (!stopped) {
      told = false;
      const { away, full } = await round(parts).catch((error: unknown) => {
        log.warn({ error: lineOf(error) }, 'the relay could not read the outbox');
        return { away: true, full: false };
      });
      if (stopped) break;
      pause = away ? Math.min(pause * 2, LONGEST_PAUSE_MS) : POLL_MS;
      if ((told || full) && !away) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();

  return {
    async stop() {
      stopped = true;
      wake();
      await loop;
      await listening.close();
    },
  };
}

/** One round over all cases: whether Temporal was away, and whether there may be more than fitted in. */
async function round({ db, caseClient, log }: RelayParts): Promise<{ away: boolean; full: boolean }> {
  let away = false;
  const report = await relay(db, {
    limit: ROUND,
    concurrency: CONCURRENCY,
    deliver: async (row) => {
      // Once it is away, the other cases need not each wait for the same time-out.
      if (away) throw new Error('Temporal is out of reach');
      try {
        return await caseClient.deliverOutboxRow(row);
      } catch (error) {
        if (isAway(error)) away = true;
        else
          log.warn(
            { case: row.caseNumber, seq: row.seq, error: lineOf(error) },
            'a message could not be delivered',
          );
        throw error;
      }
    },
  });
  if (away) log.warn({ failed: report.failed }, 'Temporal is out of reach; facts wait in the outbox');
  else if (report.undeliverable > 0)
    log.warn({ undeliverable: report.undeliverable }, 'messages for closed cases were set aside');
  return { away, full: report.delivered + report.undeliverable >= ROUND };
}

/** Everything that waits for one case, now: before a decision is asked of it. */
export async function relayCase(
  db: Db,
  caseClient: Pick<CaseClient, 'deliverOutboxRow'>,
  caseNumber: string,
): Promise<RelayReport> {
  return relay(db, { caseNumber, deliver: (row) => caseClient.deliverOutboxRow(row) });
}

function lineOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
