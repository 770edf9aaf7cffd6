/** One supervisor a home: two would write to the same databases. */
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isSameProcess, type Identity } from './process-identity.mjs';
import { ownIdentity, readJson } from './process-records.ts';

export interface LockHolder extends Identity {
  readonly since: string;
}

/** Refused: somebody runs here already. */
export class HomeInUse extends Error {
  readonly code = 'STACK_RUNNING';
  readonly holder: LockHolder;
  constructor(home: string, holder: LockHolder) {
    super(
      `${home} is in use: process ${holder.pid} has been running its stack since ${holder.since}. ` +
        'Stop that one first (`truancy down`), or give another folder with TRUANCY_HOME.',
    );
    this.name = 'HomeInUse';
    this.holder = holder;
  }
}

/** The living holder of a home, if any. */
export function lockHolder(lockFile: string): LockHolder | undefined {
  const holder = readJson<LockHolder>(lockFile);
  return holder && isSameProcess(holder) ? holder : undefined;
}

/** Takes the home, also from a holder that died; gives back the way to release it. */
export function takeHome(home: string, lockFile: string): () => void {
  const me: LockHolder = { ...ownIdentity(), since: new Date().toISOString() };
  // The lock appears with its content in one step (link fails when it exists), so nobody reads half of one.
  const draft = `${lockFile}.${process.pid}.${me.since.replaceAll(/\D/g, '')}.tmp`;
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        linkSync(draft, lockFile);
        return () => {
          const holder = readJson<LockHolder>(lockFile);
          if (holder && holder.pid === me.pid && holder.since === me.since) rmSync(lockFile, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = lockHolder(lockFile);
      if (holder) throw new HomeInUse(home, holder);
      moveStaleAside(lockFile);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new Error(`the lock ${lockFile} cannot be taken; delete it when no stack runs on ${home}`);
}

/** Between looking and moving, another start may have put its own living lock there: then it is put back. */
function moveStaleAside(lockFile: string): void {
  const aside = `${lockFile}.${process.pid}.stale`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return;
  }
  if (lockHolder(aside)) {
    try {
      linkSync(aside, lockFile);
    } catch {
      // A third one was quicker; the loop sees it.
    }
  }
  rmSync(aside, { force: true });
}
