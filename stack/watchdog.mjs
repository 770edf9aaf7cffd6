/**
 * Stops the stack's processes when their supervisor is gone, however it went: `kill -9`, out of memory, a crash. The
 * supervisor holds the other end of this process's standard input; the system closes it with the supervisor.
 *
 * node watchdog.mjs <folder of process records> <supervisor's pid> <supervisor's start time>
 */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { isSameProcess } from './process-identity.mjs';

const [folder, pid, startTime] = process.argv.slice(2);
const GRACE_MS = 5_000;

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
process.stdin.on('error', clear);
process.stdin.on('end', clear);
process.stdin.resume();

let clearing = false;
async function clear() {
  if (clearing) return;
  clearing = true;
  const deadline = Date.now() + GRACE_MS;
  for (const { record } of left()) signal(record.pid, record.stopSignal ?? 'SIGTERM');
  while (left().length > 0 && Date.now() < deadline) await pause(50);
  for (const { record } of left()) signal(-record.pid, 'SIGKILL');
  for (const { file } of records()) rmSync(file, { force: true });
  process.exit(0);
}

/** The records of this supervisor only: a newer one may have started its own by now. */
function records() {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ file: path.join(folder, name), record: read(path.join(folder, name)) }))
      .filter(
        ({ record }) => String(record?.supervisor?.pid) === pid && record.supervisor.startTime === startTime,
      );
  } catch {
    return [];
  }
}

function left() {
  return records().filter(({ record }) => isSameProcess(record));
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function signal(target, name) {
  try {
    process.kill(target, name);
  } catch {
    // Already gone.
  }
}
