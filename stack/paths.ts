/** Where an installation keeps its things. Everything of it lies in one folder that can be deleted. */
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout or package. */
export const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** The data folder: TRUANCY_HOME, or `.truancy/` beside the program. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(env['TRUANCY_HOME'] || path.join(PROJECT_ROOT, '.truancy'));
}

/** Downloads, shared by all installations of this checkout: TRUANCY_CACHE, or `.cache/` beside the program. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(env['TRUANCY_CACHE'] || path.join(PROJECT_ROOT, '.cache'));
}

export interface HomePaths {
  readonly home: string;
  /** Databases: Postgres' cluster, Temporal's SQLite file. */
  readonly data: string;
  /** Caught mail, one .eml file a message. */
  readonly mail: string;
  /** Who runs now: the lock, process records, addresses. */
  readonly run: string;
  readonly processes: string;
  readonly logs: string;
  /** Held by the one supervisor of this installation. */
  readonly lockFile: string;
  /** Addresses of the running stack, for `status` and `down`. */
  readonly stackFile: string;
}

export function homePaths(home: string): HomePaths {
  const root = path.resolve(home);
  const run = path.join(root, 'run');
  return {
    home: root,
    data: path.join(root, 'data'),
    mail: path.join(root, 'mail'),
    run,
    processes: path.join(run, 'processes'),
    logs: path.join(root, 'logs'),
    lockFile: path.join(run, 'supervisor.json'),
    stackFile: path.join(run, 'stack.json'),
  };
}

/**
 * Makes the folders, closed to other accounts: they hold student records. Under root, Postgres runs as another
 * account and must be able to pass through to its own folder, so those two let others through but not look.
 */
export function makeHome(home: string): HomePaths {
  const paths = homePaths(home);
  const passThrough = process.getuid?.() === 0 ? 0o711 : 0o700;
  for (const folder of [paths.home, paths.data, paths.mail, paths.run, paths.processes, paths.logs]) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, folder === paths.home || folder === paths.data ? passThrough : 0o700);
  }
  return paths;
}
