/**
 * The worker and the API as children of the stack. They are given their addresses by environment variables and come
 * back when they crash.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, PROJECT_ROOT } from './paths.ts';
import { freePort, LOOPBACK, USUAL_PORTS } from './ports.ts';
import type { ManagedProcess } from './process.ts';
import type { RunningStack } from './stack.ts';

export interface ServicesOptions {
  /** A fixed port; else the usual one where it is free. */
  readonly apiPort?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
  /** Other programs than the project's own, for tests. */
  readonly entries?: { readonly worker: string; readonly api: string };
}

export interface RunningService {
  /** Throws while it is down. */
  pid(): number;
  /** kill -9, as an accident: it comes back by itself. */
  kill9(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface RunningServices {
  readonly apiUrl: string;
  readonly worker: RunningService;
  readonly api: RunningService;
  stop(): Promise<void>;
}

/** The worker finishes its running activities, mail among them, before it ends. */
const WORKER_GRACE_MS = 30_000;

export async function startServices(stack: RunningStack, options: ServicesOptions): Promise<RunningServices> {
  const entries = options.entries ?? {
    worker: path.join(PROJECT_ROOT, 'worker', 'main.ts'),
    api: path.join(PROJECT_ROOT, 'client', 'api', 'main.ts'),
  };
  for (const entry of Object.values(entries))
    if (!existsSync(entry)) throw new Error(`${entry} is missing; this checkout is incomplete`);

  const apiPort = options.apiPort ?? (await freePort(stack.own ? undefined : USUAL_PORTS.api));
  const apiUrl = `http://${LOOPBACK}:${apiPort}`;
  const env: NodeJS.ProcessEnv = {
    ...inherited(stack),
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
    DATABASE_URL: stack.postgres.url,
    SMTP_URL: stack.mail.smtpUrl,
    // Only our own catcher has an inbox: whatever else SMTP_URL names may reach real families.
    MAIL_CAUGHT: String(stack.mail.inboxUrl !== undefined),
    API_PORT: String(apiPort),
    BUNDLE_FOLDER: cacheFolder(),
    ...options.env,
  };
  // Found from here, not from the folder somebody happens to stand in.
  const loader = import.meta.resolve('tsx');
  const manage = (name: 'worker' | 'api', ready: (child: { log(): string }) => Promise<boolean> | boolean) =>
    stack.supervisor.manage({
      name,
      command: process.execPath,
      args: ['--import', loader, entries[name]],
      env,
      cwd: PROJECT_ROOT,
      marker: entries[name],
      ready,
      readyWithinMs: 120_000,
      graceMs: name === 'worker' ? WORKER_GRACE_MS : 10_000,
      restart: true,
    });
  const worker = manage('worker', (child) => child.log().includes('worker ready'));
  const api = manage('api', () => isHealthy(apiUrl));
  const stop = async () => {
    // No new commands while the worker finishes what it has begun.
    await api.stop();
    await worker.stop();
  };
  stack.beforeStop(stop);
  try {
    await Promise.all([worker.start(), api.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  stack.announce({ api: { url: apiUrl }, worker: { started: true } });
  options.progress(`API: ready at ${apiUrl}. Worker: ready.`);
  return { apiUrl, worker: asService(worker), api: asService(api), stop };
}

export async function isHealthy(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/health`, { signal: AbortSignal.timeout(5_000) });
  await response.arrayBuffer();
  return response.status === 200;
}

/** With a stack of our own, nothing that could point its children elsewhere gets through. */
function inherited(stack: RunningStack): NodeJS.ProcessEnv {
  if (!stack.own) return process.env;
  const elsewhere = /^(TEMPORAL_|SMTP_|PG[A-Z]|DATABASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !elsewhere.test(name)));
}

function asService(managed: ManagedProcess): RunningService {
  return {
    pid() {
      if (managed.pid === undefined) throw new Error(`${managed.spec.name} does not run at the moment`);
      return managed.pid;
    },
    kill9: () => managed.crash(),
    stop: () => managed.stop(),
    start: () => managed.start(),
  };
}
