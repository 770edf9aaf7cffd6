/** Workers in processes of their own that are killed with -9: one works, the next ones stand warm beside it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

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

async function said(worker: ChildProcess, word: string): Promise<void> {
  for await (const chunk of worker.stdout as AsyncIterable<Buffer>) {
    if (chunk.toString().includes(word)) break;
  }
}
