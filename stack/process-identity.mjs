/**
 * Who a process is. A pid alone says nothing: it may have been given to a stranger since. Pid, start time and command
 * line together do. Plain JavaScript, because the watchdog has to run it without a loader.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');

/** A text that never repeats for the same pid on this machine, or undefined when no such process runs. */
export function startTimeOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!HAS_PROC) return ps(pid, 'lstart=');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Ticks since boot, so the boot belongs to it: a folder may outlive the machine's uptime.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

export function commandLineOf(pid) {
  if (!HAS_PROC) return ps(pid, 'command=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return undefined;
  }
}

/** Whether the recorded process is alive and provably the one that was recorded. */
export function isSameProcess(record) {
  if (!record.startTime || startTimeOf(record.pid) !== record.startTime) return false;
  return record.marker === undefined || (commandLineOf(record.pid) ?? '').includes(record.marker);
}

function ps(pid, column) {
  try {
    const out = execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
    return out.trim() || undefined;
  } catch {
    return undefined;
  }
}
