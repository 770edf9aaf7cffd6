/** What the stack started, written down before anything else happens, so a later start can clear up after a crash. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isSameProcess, startTimeOf, type Identity } from './process-identity.mjs';

export interface ProcessRecord extends Identity {
  readonly name: string;
  readonly marker: string;
  readonly stopSignal: NodeJS.Signals;
  readonly startedAt: string;
  readonly supervisor: Identity;
}

/** This process, as others can recognise it. */
export function ownIdentity(): Identity {
  return { pid: process.pid, startTime: startTimeOf(process.pid) ?? 'unknown' };
}

/** Whole or not at all, and closed to other accounts. */
export function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

export function recordFile(folder: string, name: string): string {
  return path.join(folder, `${name}.json`);
}

export function readRecords(folder: string): ProcessRecord[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names
    .map((name) => readJson<ProcessRecord>(path.join(folder, name)))
    .filter((record): record is ProcessRecord => record !== undefined);
}

/**
 * Stops what an earlier supervisor left behind: only processes whose pid, start time and command line all match what
 * was written down. Returns the names of those it stopped.
 */
export async function clearLeftovers(folder: string, progress: (line: string) => void): Promise<string[]> {
  const alive = readRecords(folder).filter(isSameProcess);
  for (const record of alive) {
    progress(
      `Found ${record.name} (process ${record.pid}) left by a supervisor that is gone; stopping it first.`,
    );
    trySignal(record.pid, record.stopSignal);
  }
  const deadline = Date.now() + 10_000;
  while (alive.some(isSameProcess) && Date.now() < deadline) await pause(50);
  for (const record of alive.filter(isSameProcess)) trySignal(-record.pid, 'SIGKILL');
  while (alive.some(isSameProcess)) await pause(50);
  for (const record of readRecords(folder)) rmSync(recordFile(folder, record.name), { force: true });
  return alive.map((record) => record.name);
}

/** A negative number means the process group. Gone already is as good as stopped. */
export function trySignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}
