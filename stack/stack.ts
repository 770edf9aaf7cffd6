/** The embedded stack of one installation: Temporal, Postgres and mail, started side by side and stopped together. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { takeHome } from './home-lock.ts';
import { startMailCatcher, type MailCatcher, type MailFaults } from './mail-catcher.ts';
import { makeHome } from './paths.ts';
import { startPostgres } from './postgres-server.ts';
import { clearLeftovers, ownIdentity, writeJson } from './process-records.ts';
import { Supervisor } from './process.ts';
import type { ResolverInputs } from './resolve-binary.ts';
import type { StackFile } from './stack-file.ts';
import type { SearchAttributes } from './temporal-namespace.ts';
import { startTemporal } from './temporal-server.ts';

export const DEFAULT_NAMESPACE = 'truancy';

export interface StackOptions {
  /** The installation's folder; one stack at a time. */
  readonly home: string;
  /**
   * True for demo, tests, chaos and bench: TEMPORAL_ADDRESS, DATABASE_URL and SMTP_URL are not even looked at, so real
   * contacts never get a letter from them. False for `up`: they are used where set.
   */
  readonly own: boolean;
  /** Temporal keeps nothing on disk, Postgres does not wait for it: for tests. */
  readonly inMemory?: boolean;
  /** Temporal's Web UI; on unless said otherwise. */
  readonly ui?: boolean;
  readonly namespace?: string;
  readonly searchAttributes: SearchAttributes;
  readonly progress: (line: string) => void;
  /** The ports people know (7233, 8233, 5432, 1025, 8025) where free; always others when false. Default: not `own`. */
  readonly preferredPorts?: boolean;
  /** Temporal dynamic configuration, for tests of limits. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
  /** Makes the mail catcher fail as real servers do, for tests. */
  readonly mailFaults?: MailFaults;
  /** What the binary resolver sees, for tests. */
  readonly resolver?: Partial<ResolverInputs>;
}

export interface RunningStack {
  readonly home: string;
  readonly own: boolean;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly uiUrl: string | undefined;
    /** The server's process; undefined while it is down, or when it is not ours. */
    pid(): number | undefined;
    stop(): Promise<void>;
    /** On the same port and file. */
    start(): Promise<void>;
    /** kill -9; it stays down until `start()`. */
    kill(): Promise<void>;
  };
  readonly postgres: {
    readonly url: string;
    pid(): number | undefined;
    stop(): Promise<void>;
    start(): Promise<void>;
    kill(): Promise<void>;
  };
  readonly mail: {
    readonly smtpUrl: string;
    readonly inboxUrl: string | undefined;
    /** What was caught; undefined with SMTP_URL. */
    readonly store: MailCatcher['store'] | undefined;
  };
  /** For what is run beside the stack: its processes end with it. */
  readonly supervisor: Supervisor;
  /** Adds addresses to what `status` shows. */
  announce(more: Partial<StackFile>): void;
  /** Registers something to be stopped before the stack; called in reverse order. */
  beforeStop(work: () => Promise<void>): void;
  stop(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<RunningStack> {
  const paths = makeHome(options.home);
  const release = takeHome(paths.home, paths.lockFile);
  let supervisor: Supervisor | undefined;
  let mail: MailCatcher | undefined;
  try {
    await clearLeftovers(paths.processes, options.progress);
    supervisor = new Supervisor(paths, options.progress);
    const env = options.own ? {} : process.env;
    const usualPorts = options.preferredPorts ?? !options.own;
    const shared = { supervisor, usualPorts, progress: options.progress };
    // All three are waited for even when one fails: nothing may still be starting when the others are stopped.
    const [temporal, postgres, catcher] = await allOrFirstFailure([
      startTemporal({
        ...shared,
        folder: path.join(paths.data, 'temporal'),
        inMemory: options.inMemory ?? false,
        ui: options.ui ?? true,
        namespace: options.namespace ?? (env['TEMPORAL_NAMESPACE'] || DEFAULT_NAMESPACE),
        searchAttributes: options.searchAttributes,
        external: env['TEMPORAL_ADDRESS'] || undefined,
        ...(options.dynamicConfig ? { dynamicConfig: options.dynamicConfig } : {}),
        ...(options.resolver ? { resolver: options.resolver } : {}),
      }),
      startPostgres({
        ...shared,
        folder: path.join(paths.data, 'postgres'),
        disposable: options.inMemory ?? false,
        external: env['DATABASE_URL'] || undefined,
      }),
      startMail(env['SMTP_URL'] || undefined, paths.mail, usualPorts, options).then((m) => (mail = m)),
    ]);

    const file: StackFile = {
      ...ownIdentity(),
      home: paths.home,
      startedAt: new Date().toISOString(),
      temporal: {
        address: temporal.address,
        namespace: temporal.namespace,
        uiUrl: temporal.uiUrl,
        origin: temporal.origin,
      },
      postgres: { url: postgres.url, origin: postgres.origin },
      mail: { smtpUrl: catcher?.smtpUrl ?? env['SMTP_URL'] ?? '', inboxUrl: catcher?.inboxUrl },
    };
    let announced = file;
    writeJson(paths.stackFile, announced);

    const running = supervisor;
    const first: (() => Promise<void>)[] = [];
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      for (const work of first.reverse()) await work();
      await Promise.all([running.close(), catcher?.stop()]);
      rmSync(paths.stackFile, { force: true });
      release();
    };
    return {
      home: paths.home,
      own: options.own,
      temporal,
      postgres,
      mail: { ...file.mail, store: catcher?.store },
      supervisor,
      announce(more) {
        announced = { ...announced, ...more };
        writeJson(paths.stackFile, announced);
      },
      beforeStop: (work) => void first.push(work),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await supervisor?.close();
    await mail?.stop();
    release();
    throw error;
  }
}

async function startMail(
  external: string | undefined,
  folder: string,
  usualPorts: boolean,
  options: StackOptions,
): Promise<MailCatcher | undefined> {
  if (!external)
    return startMailCatcher({ folder, usualPorts, faults: options.mailFaults, progress: options.progress });
  if (!URL.canParse(external) || !/^smtps?:$/.test(new URL(external).protocol))
    throw new Error(
      'SMTP_URL is not an address like smtp://host:25; mend it, or unset it to catch all mail here',
    );
  const where = new URL(external).host;
  options.progress(`Mail: letters LEAVE by the server of SMTP_URL, ${where}.`);
  return undefined;
}

/** Like Promise.all, but it throws only when none of them is still at work. */
async function allOrFirstFailure<A, B, C>(
  work: readonly [Promise<A>, Promise<B>, Promise<C>],
): Promise<[A, B, C]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
