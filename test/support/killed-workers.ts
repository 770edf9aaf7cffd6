/** Workers in processes of their own that are killed with -9: one works, the next ones stand warm beside it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/connect.ts';
import { firstOf } from '../../db/stores/common.ts';
import type { MailCatcher } from '../../stack/mail-catcher.ts';
import { cacheFolder } from '../../stack/paths.ts';

/** What such a worker is told of its surroundings; it knows nothing else of ours. */
export async function workerEnv(
  db: Database,
  env: TestWorkflowEnvironment,
  mail: MailCatcher,
): Promise<NodeJS.ProcessEnv> {
  const server = await firstOf<{ port: number; name: string }>(
    db,
    sql`select inet_server_port() as port, current_database() as name`,
  );
  return {
    PATH: process.env['PATH'],
    TEMPORAL_ADDRESS: env.address,
    TEMPORAL_NAMESPACE: env.namespace ?? 'default',
    DATABASE_URL: `postgres://postgres:test@127.0.0.1:${server?.port}/${server?.name}`,
    SMTP_URL: mail.smtpUrl,
    MAIL_CAUGHT: 'true',
    BUNDLE_FOLDER: cacheFolder(),
  };
}

export class KilledWorkers {
  readonly #env: NodeJS.ProcessEnv;
  readonly #spares: ChildProcess[] = [];
  #current: ChildProcess | undefined;
  #replacing: Promise<void> = Promise.resolve();

  constructor(env: NodeJS.ProcessEnv, spares: number) {
    this.#env = env;
    for (let i = 0; i <= spares; i += 1) this.#spares.push(this.#spawn());
  }

  #spawn(): ChildProcess {
    const script = path.join(import.meta.dirname, 'crash-worker.ts');
    return spawn(process.execPath, ['--import', 'tsx', script], {
      env: this.#env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  async next(): Promise<void> {
    const worker = this.#spares.shift() ?? this.#spawn();
    worker.stdin?.write('go\n');
    await said(worker, 'ready');
    this.#current = worker;
    this.#spares.push(this.#spawn());
  }

  /** kill -9, now; false when it is down already. The next one takes over. */
  kill(): boolean {
    const worker = this.#current;
    if (!worker) return false;
    this.#current = undefined;
    worker.kill('SIGKILL');
    this.#replacing = this.next();
    return true;
  }

  ready(): Promise<void> {
    return this.#replacing;
  }

  async stop(): Promise<void> {
    await this.#replacing.catch(() => undefined);
    const all = [...this.#spares, ...(this.#current ? [this.#current] : [])];
    await Promise.all(
      all.map(async (one) => {
        if (one.exitCode !== null || one.signalCode !== null) return;
        const ended = once(one, 'exit');
        one.kill('SIGKILL');
        await ended;
      }),
    );
  }
}

/** Once the worker has said so; what it says later is an error, and is passed on. */
async function said(worker: ChildProcess, word: string): Promise<void> {
  await new Promise<void>((resolve) => {
    let [before, heard] = ['', false];
    worker.stdout?.on('data', (chunk: Buffer) => {
      if (heard) process.stderr.write(chunk);
      before += chunk.toString();
      if (!heard && before.includes(word)) {
        heard = true;
        resolve();
      }
    });
  });
}
