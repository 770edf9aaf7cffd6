/**
 * The one way to the records: a pool of connections for drizzle.
 *
 * node-postgres and not postgres.js: the latter (3.4.9) throws from a timer, past every catch, when a connection dies inside a
 * transaction (porsager/postgres#1208). A database that is killed must fail statements, not processes.
 */
import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { hideValuesInErrors, isUnreachable } from './faults.ts';

hideValuesInErrors();

/** A pool or a transaction: reads and single statements take either. */
export type Db = PgDatabase<NodePgQueryResultHKT>;

/** Something that is meant to run inside a caller's transaction, so that it commits with what it belongs to. */
export type Tx = Db;

/** The pool itself, with its end. */
export type Database = Db & {
  readonly url: string;
  /** Waits for statements under way. */
  close(): Promise<void>;
};

export interface ConnectOptions {
  /** Connections at most (default 10); a relay holds one a case while it delivers. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
}

/** Options every connection of ours shares. UTC, so that instants read the same whatever the server's zone is. */
export function clientConfig(url: string, name = 'truancy'): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    options: '-c timezone=UTC',
    keepAlive: true,
    // A database that is gone, or a pool that is exhausted, must show at the door within seconds.
    connectionTimeoutMillis: 10_000,
  };
}

const ignore = () => undefined;

export function connect(url: string, options: ConnectOptions = {}): Database {
  const pool = new pg.Pool({ ...clientConfig(url, options.name), max: options.max ?? 10 });
  // A connection that dies tells the statement that used it; as an unheard event it would end the process.
  pool.on('error', ignore);
  pool.on('connect', (client) => void client.on('error', ignore));
  const db: Db = drizzle({ client: pool });
  let closing: Promise<void> | undefined;
  return Object.assign(db, {
    url,
    transaction: (async (work, config) => {
      const client = await pool.connect();
      let broken = false;
      try {
        return await drizzle({ client }).transaction(work, config);
      } catch (error) {
        broken = isUnreachable(error);
        throw error;
      } finally {
        // Drizzle's own transaction keeps a connection for good when its BEGIN fails: the pool would run dry.
        client.release(broken);
      }
    }) satisfies Db['transaction'],
    close: () => (closing ??= pool.end()),
  });
}
