/**
 * Child processes that are looked after: each in a process group of its own (Ctrl-C at the terminal reaches only the
 * supervisor, which then stops things in order), with a log file, a readiness probe, a restart after a crash, and a
 * written record by which the watchdog or the next start clears up when the supervisor itself was killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTimeOf } from './process-identity.mjs';
import { ownIdentity, recordFile, trySignal, writeJson, type ProcessRecord } from './process-records.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  /** Only for a supervisor that runs as root. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** A text that stands in its command line and in no stranger's: its data folder, its entry file. */
  readonly marker: string;
  /** Asked every 50 ms until it says yes; what it throws counts as "not yet". */
  readonly ready: (child: { readonly pid: number; log(): string }) => Promise<boolean> | boolean;
  readonly readyWithinMs?: number;
  /** How it is asked to stop; Postgres wants SIGINT (SIGTERM waits for its clients). */
  readonly stopSignal?: NodeJS.Signals;
  /** Then it is killed. */
  readonly graceMs?: number;
  /** Start it again, with growing pauses, when it ends unasked. */
  readonly restart?: boolean;
  readonly beforeStart?: () => Promise<void> | void;
  /** Once it is ready, at every start; only then does `start()` resolve. What it throws ends the start. */
  readonly afterStart?: () => Promise<void> | void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** After this long without a crash, the next one counts as the first again. */
const HEALTHY_AFTER_MS = 30_000;
const LOG_TAIL_BYTES = 64 * 1024;
const LONGEST_LOG_BYTES = 20 * 1024 * 1024;

export class StartFailure extends Error {
  readonly log: string;
  constructor(message: string, log: string) {
    super(message);
    this.name = 'StartFailure';
    this.log = log;
  }
}

export class ManagedProcess {
  readonly spec: ProcessSpec;
  readonly logFile: string;
  readonly #supervisor: Supervisor;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #wanted = false;
  #logFrom = 0;
  #crashes = 0;
  #restarting: Promise<void> | undefined;
  #cancel = new AbortController();

  constructor(spec: ProcessSpec, supervisor: Supervisor) {
    this.spec = spec;
    this.#supervisor = supervisor;
    this.logFile = path.join(supervisor.logs, `${spec.name}.log`);
  }

  /** The running process, or undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it is ready; throws a StartFailure with the end of its log when it ends or hangs before that. */
  async start(): Promise<void> {
    if (this.#wanted) return this.#restarting;
    this.#wanted = true;
    this.#crashes = 0;
    this.#cancel = new AbortController();
    try {
      await this.#launch();
    } catch (error) {
      this.#wanted = false;
      throw error;
    }
  }

  /** SIGTERM (or what the spec says), then SIGKILL after the grace time. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#cancel.abort();
    await this.#restarting;
    const child = this.#child;
    if (child?.pid === undefined) return;
    const { pid } = child;
    trySignal(pid, this.spec.stopSignal ?? 'SIGTERM');
    const force = setTimeout(() => trySignal(-pid, 'SIGKILL'), this.spec.graceMs ?? 10_000);
    await this.#ended;
    clearTimeout(force);
  }

  /** As a power cut would: no goodbye, and it stays down until `start()`. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#cancel.abort();
    this.crash();
    await this.#restarting;
    await this.#ended;
  }

  /** kill -9 as an accident: a process with `restart` comes back by itself. */
  crash(): void {
    if (this.#child?.pid !== undefined) trySignal(-this.#child.pid, 'SIGKILL');
  }

  /** What it wrote since it was last started (the last 64 KB of it). */
  log(): string {
    let size: number;
    try {
      size = statSync(this.logFile).size;
    } catch {
      return '';
    }
    const from = Math.max(this.#logFrom, size - LOG_TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    const file = openSync(this.logFile, 'r');
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
    } finally {
      closeSync(file);
    }
  }

  async #launch(): Promise<void> {
    await this.spec.beforeStart?.();
    const child = this.#spawn();
    const deadline = Date.now() + (this.spec.readyWithinMs ?? 60_000);
    let over = false;
    void this.#ended.then(() => (over = true));
    for (;;) {
      if (over || child.pid === undefined) throw this.#failure('ended before it was ready');
      if (!this.#wanted) return;
      if (await this.#isReady(child.pid)) break;
      if (Date.now() > deadline) {
        trySignal(-child.pid, 'SIGKILL');
        await this.#ended;
        throw this.#failure('did not become ready in time');
      }
      await pause(50);
    }
    try {
      await this.spec.afterStart?.();
    } catch (error) {
      trySignal(child.pid, this.spec.stopSignal ?? 'SIGTERM');
      await this.#ended;
      throw error;
    }
    // Only what has been ready once is worth restarting: before that the start itself reports.
    const since = Date.now();
    void this.#ended.then(() => this.#onEnd(child, since));
  }

  async #isReady(pid: number): Promise<boolean> {
    try {
      return await this.spec.ready({ pid, log: () => this.log() });
    } catch {
      return false;
    }
  }

  #spawn(): ChildProcess {
    const { spec } = this;
    setLongLogAside(this.logFile);
    const log = openSync(this.logFile, 'a', 0o600);
    this.#logFrom = statSync(this.logFile).size;
    let child: ChildProcess;
    try {
      child = spawn(spec.command, [...spec.args], {
        env: spec.env,
        cwd: spec.cwd,
        ...(spec.uid === undefined ? {} : { uid: spec.uid }),
        ...(spec.gid === undefined ? {} : { gid: spec.gid }),
        detached: true,
        // Straight into the file: a child that outlives its supervisor for a moment must not die of a broken pipe.
        stdio: ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
    this.#child = child;
    if (child.pid !== undefined) this.#supervisor.record(spec, child.pid);
    this.#ended = new Promise((resolve) => {
      const end = () => {
        if (child.pid !== undefined) trySignal(-child.pid, 'SIGKILL'); // what it may have started itself
        if (this.#child === child) this.#child = undefined;
        this.#supervisor.forget(spec.name);
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    return child;
  }

  #onEnd(child: ChildProcess, since: number): void {
    if (!this.#wanted) return;
    const how = child.signalCode
      ? `signal ${child.signalCode}`
      : `exit status ${child.exitCode ?? 'unknown'}`;
    if (!this.spec.restart) {
      this.#supervisor.progress(`${this.spec.name} ended (${how}); its log: ${this.logFile}`);
      this.#wanted = false;
      return;
    }
    if (Date.now() - since > HEALTHY_AFTER_MS) this.#crashes = 0;
    this.#restarting = this.#restart(how).finally(() => (this.#restarting = undefined));
  }

  async #restart(how: string): Promise<void> {
    let reason = how;
    while (this.#wanted) {
      const wait = Math.min(FIRST_PAUSE_MS * 2 ** this.#crashes++, LONGEST_PAUSE_MS);
      this.#supervisor.progress(
        `${this.spec.name} ended (${reason}); starting it again in ${wait / 1000} s.`,
      );
      await pause(wait, undefined, { signal: this.#cancel.signal }).catch(() => undefined);
      if (!this.#wanted) return;
      try {
        await this.#launch();
        if (this.#wanted)
          this.#supervisor.progress(`${this.spec.name} runs again (process ${this.pid ?? '?'}).`);
        return;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
  }

  #failure(what: string): StartFailure {
    const log = this.log().trim();
    const end = log.split('\n').slice(-5).join('\n  ');
    return new StartFailure(
      `${this.spec.name} ${what}; the end of ${this.logFile}:\n  ${end || '(empty)'}`,
      log,
    );
  }
}

/** One older log is kept beside it, so logs cannot fill the disk over the restarts of years. */
function setLongLogAside(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LONGEST_LOG_BYTES) renameSync(file, `${file}.old`);
}

/** All processes of one home, and the watchdog that outlives the supervisor. */
export class Supervisor {
  readonly logs: string;
  readonly progress: (line: string) => void;
  readonly #records: string;
  readonly #managed = new Set<ManagedProcess>();
  readonly #identity = ownIdentity();
  #watchdog: ChildProcess | undefined;
  #closed = false;

  constructor(folders: { processes: string; logs: string }, progress: (line: string) => void) {
    this.#records = folders.processes;
    this.logs = folders.logs;
    this.progress = progress;
    this.#watch();
  }

  manage(spec: ProcessSpec): ManagedProcess {
    const managed = new ManagedProcess(spec, this);
    this.#managed.add(managed);
    return managed;
  }

  record(spec: ProcessSpec, pid: number): void {
    const record: ProcessRecord = {
      name: spec.name,
      pid,
      startTime: startTimeOf(pid) ?? '',
      marker: spec.marker,
      stopSignal: spec.stopSignal ?? 'SIGTERM',
      startedAt: new Date().toISOString(),
      supervisor: this.#identity,
    };
    writeJson(recordFile(this.#records, spec.name), record);
  }

  forget(name: string): void {
    rmSync(recordFile(this.#records, name), { force: true });
  }

  /** Kills everything at once: for a second Ctrl-C, when waiting is over. */
  forceAll(): void {
    for (const managed of this.#managed) void managed.kill();
  }

  /** After all processes have been stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#managed].map((managed) => managed.stop()));
    const watchdog = this.#watchdog;
    if (!watchdog || watchdog.exitCode !== null || watchdog.signalCode !== null) return;
    const gone = new Promise((resolve) => watchdog.once('exit', resolve));
    watchdog.ref();
    watchdog.stdin?.end();
    await gone;
  }

  #watch(): void {
    const script = fileURLToPath(new URL('watchdog.mjs', import.meta.url));
    const { pid, startTime } = this.#identity;
    // A session of its own, so no terminal signal meets it; it ends when its standard input does.
    const watchdog = spawn(process.execPath, [script, this.#records, String(pid), startTime], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
    });
    watchdog.once('exit', () => {
      if (!this.#closed) this.#watch();
    });
    watchdog.once('error', () => undefined);
    watchdog.stdin.on('error', () => undefined);
    watchdog.unref();
    (watchdog.stdin as unknown as { unref(): void }).unref();
    this.#watchdog = watchdog;
  }
}

/** `npm run` passes on the Ctrl-C that the terminal has sent to its child already: one press, two signals. */
const ONE_PRESS_MS = 1_000;

/**
 * Ctrl-C, SIGTERM and a closed terminal stop cleanly, once; a second Ctrl-C forces. Gives back the way to take the
 * handlers off again.
 */
export function onStopSignals(stop: (signal: NodeJS.Signals) => void, force: () => void): () => void {
  let askedAt: number | undefined;
  const handler = (signal: NodeJS.Signals) => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      stop(signal);
    } else if (signal === 'SIGINT' && performance.now() - askedAt > ONE_PRESS_MS) {
      force();
    }
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}
