/** A stack with a driven office, API and worker as processes of their own, and the command line against them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../client/cli/main.ts';
import { officeFacts, prepareInstallation } from '../../client/setup.ts';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startServices, type RunningServices } from '../../stack/services.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOffice {
  readonly home: string;
  readonly stack: RunningStack;
  readonly services: RunningServices;
  /** The program with these arguments, as a process of its own, signed in or not as `login` left it; no terminal. */
  program(...args: string[]): Promise<Ran>;
  /**
   * The same, run by the program's own entry within this process: what starting costs is paid once. The process itself is
   * looked at by server.test.ts and readme.test.ts.
   */
  truancy(...args: string[]): Promise<Ran>;
  /** The same with other environment variables. */
  truancyWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran>;
  /** The one JSON document of a command that must succeed. */
  json(...args: string[]): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface CliOfficeOptions {
  readonly policy?: 'roe53' | 'intervention-department';
  /** A day as long as a real one, begun now, for what waits by the minute. */
  readonly minutesAreReal?: boolean;
}

export async function startCliOffice(today: string, options: CliOfficeOptions = {}): Promise<CliOffice> {
  const policy = options.policy ?? 'roe53';
  const home = mkdtempSync(join(tmpdir(), 'truancy-cli-'));
  const stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  const db = connect(stack.postgres.url, { max: 2 });
  await prepareInstallation(db, {
    policy,
    office: officeFacts(policy),
    driven: { today, msPerDay: options.minutesAreReal === true ? 86_400_000 : 600_000 },
    home,
  });
  await db.close();
  const services = await startServices(stack, { progress: () => undefined });
  const env = {
    ...process.env,
    TRUANCY_HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    NO_COLOR: '1',
    TRUANCY_API_URL: '',
    TRUANCY_API_KEY: '',
  };
  const truancyWith = (more: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> =>
    oneByOne(() => withinThisProcess({ ...env, ...more }, args));
  const program = (...args: string[]): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(ROOT, 'bin', 'truancy.mjs'), ...args], {
        env,
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, out, err }));
    });
  return {
    home,
    stack,
    services,
    program,
    truancyWith,
    truancy: (...args) => truancyWith({}, ...args),
    async json(...args) {
      const ran = await truancyWith({}, ...args, '--json');
      if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.status} ${ran.err}`);
      return JSON.parse(ran.out) as Record<string, unknown>;
    },
    async stop() {
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Output and exit status belong to the whole process: no two commands at a time. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
const oneByOne = queue();

async function withinThisProcess(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ran> {
  const caught = { out: '', err: '' };
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  const status = process.exitCode;
  Object.assign(process.env, env);
  process.exitCode = 0;
  const catching = (name: keyof typeof caught) => (chunk: string | Uint8Array) => {
    caught[name] += Buffer.from(chunk).toString();
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
  ];
  try {
    await main([process.execPath, 'truancy', ...args]);
    return { status: Number(process.exitCode), ...caught };
  } finally {
    for (const spy of spies) spy.mockRestore();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    process.exitCode = status;
  }
}
