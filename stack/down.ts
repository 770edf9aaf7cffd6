/** Stops the stack of an installation from another terminal, and makes sure of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { lockHolder } from './home-lock.ts';
import { homePaths } from './paths.ts';
import { isSameProcess } from './process-identity.mjs';
import { clearLeftovers, readRecords, trySignal } from './process-records.ts';

export interface DownResult {
  /** The supervisor that was stopped; undefined when none ran. */
  readonly stopped: number | undefined;
  /** Processes left by a supervisor that was gone, stopped now. */
  readonly leftovers: readonly string[];
}

/** A worker may take half a minute to finish what it does. */
const PATIENCE_MS = 90_000;

export async function down(
  home: string,
  options: { readonly force: boolean; readonly progress: (line: string) => void },
): Promise<DownResult> {
  const paths = homePaths(home);
  const holder = lockHolder(paths.lockFile);
  if (holder) {
    options.progress(`Asking the supervisor (process ${holder.pid}) to stop.`);
    trySignal(holder.pid, options.force ? 'SIGKILL' : 'SIGTERM');
    const deadline = Date.now() + PATIENCE_MS;
    // It may live on (a program that started a stack among other things): then it is enough that it let go.
    while (lockHolder(paths.lockFile)?.pid === holder.pid) {
      if (Date.now() > deadline)
        throw new Error(
          `the supervisor (process ${holder.pid}) has not stopped within ${PATIENCE_MS / 1000} seconds; \`truancy down --force\` kills it`,
        );
      await pause(100);
    }
  }
  const leftovers = await clearLeftovers(paths.processes, options.progress);
  const alive = readRecords(paths.processes).filter(isSameProcess);
  if (alive.length > 0) throw new Error(`still running: ${alive.map((record) => record.name).join(', ')}`);
  return { stopped: holder?.pid, leftovers };
}
