/** The one way to the records: a pool of connections, typed by the schema. */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { hideValuesInErrors } from './faults.ts';
import * as schema from './schema/index.ts';

hideValuesInErrors();

export type Schema = typeof schema;

/** A pool or a transaction: reads and single statements take either. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, Schema>;

/** Something that is meant to run inside a caller's transaction, so that it commits with what it belongs to. */
export type Tx = Db;

/** The pool itself, with its end. */
export type Database = Db & {
  readonly url: string;
  /** Waits for running statements, at most five seconds. */
  close(): Promise<void>;
};

export interface ConnectOptions {
  /** Connections at most (default 10); a relay holds one a case while it delivers. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
}

/** Options every connection of ours shares. UTC, so that instants read the same whatever the server's zone is. */
export function clientFor(url: string, options: ConnectOptions = {}): postgres.Sql {
  return postgres(url, {
    max: options.max ?? 10,
    // A database that is gone must show at the door within seconds, not after the driver's default of 30.
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { TimeZone: 'UTC', application_name: options.name ?? 'truancy' },
  });
}

export function connect(url: string, options: ConnectOptions = {}): Database {
  const client = clientFor(url, options);
  const db = drizzle({ client, schema });
  return Object.assign(db as Db, { url, close: () => client.end({ timeout: 5 }) });
}
