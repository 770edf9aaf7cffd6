/** The one way to the records: a pool of connections for drizzle, over postgres.js with the patch in `patches/`. */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { faultOf, hideValuesInErrors } from './faults.ts';

hideValuesInErrors();

/** A pool or a transaction: reads and single statements take either. */
export type Db = PgDatabase<PostgresJsQueryResultHKT>;

/** Something that is meant to run inside a caller's transaction, so that it commits with what it belongs to. */
export type Tx = Db;

/** The pool itself, with its end. */
export type Database = Db & {
  readonly url: string;
  /** Waits for statements under way, at most ten seconds. */
  close(): Promise<void>;
};

export interface ConnectOptions {
  /** Connections at most (default 10); a relay holds one a case while it delivers. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
}

const CLOSE_SECONDS = 10;

/** Pause before a lost or refused connection is tried again: soon, but not in a tight loop while the database restarts. */
const pauseSeconds = (refusals: number): number => Math.min(0.5, 0.05 * 3 ** refusals);

/**
 * postgres.js 3.4.9 as published ends the process when a connection dies inside a transaction, and may run the rest of that
 * transaction outside of it. The patch leaves this mark; an installation without scripts does not have it.
 */
export function refuseUnpatched(driver: object): void {
  if (Reflect.get(driver, 'survivesLostConnections') === true) return;
  throw new Error(
    'the database driver lacks the patch this program needs (was it installed with --ignore-scripts?): run `npx patch-package` in the program’s folder',
  );
}

/** Options every connection of ours shares. UTC, so that instants read the same whatever the server's zone is. */
export function clientFor(url: string, options: ConnectOptions = {}): postgres.Sql {
  refuseUnpatched(postgres);
  return postgres(url, {
    max: options.max ?? 10,
    // A database that is gone must show at the door within seconds; the driver's own pauses grow to 20 seconds.
    connect_timeout: 10,
    backoff: pauseSeconds,
    // An idle pool keeps neither the server's connections nor a finished program.
    idle_timeout: 10,
    onnotice: () => undefined,
    connection: { TimeZone: 'UTC', application_name: options.name ?? 'truancy' },
  });
}

export async function closeClient(client: postgres.Sql): Promise<void> {
  await client.end({ timeout: CLOSE_SECONDS });
}

export function connect(url: string, options: ConnectOptions = {}): Database {
  const client = clientFor(url, options);
  const db: Db = drizzle({ client });
  const transaction = db.transaction.bind(db);
  return Object.assign(db, {
    url,
    transaction: (async (work, config) => {
      let running: Promise<unknown> | undefined;
      const thrown: unknown[] = [];
      try {
        return await transaction(async (tx) => {
          const result = work(tx);
          running = result.catch((error: unknown) => thrown.push(error));
          return result;
        }, config);
      } catch (error) {
        // A lost connection is told at once. Work that still goes on would meet its own next attempt.
        await running;
        // BEGIN and COMMIT are the driver's own statements: what they say has not passed through drizzle.
        throw thrown.includes(error) ? error : faultOf(error);
      }
    }) satisfies Db['transaction'],
    close: () => closeClient(client),
  });
}
