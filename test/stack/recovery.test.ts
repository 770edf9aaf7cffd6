import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@temporalio/client';
import postgres from 'postgres';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { down } from '../../stack/down.ts';
import { homePaths } from '../../stack/paths.ts';
import { removeStalePidFile } from '../../stack/postgres-server.ts';
import { commandLineOf, isSameProcess, startTimeOf } from '../../stack/process-identity.mjs';
import { clearLeftovers, readRecords, recordFile, writeJson } from '../../stack/process-records.ts';
import { startStack } from '../../stack/stack.ts';
import { stackStatus } from '../../stack/status.ts';
import { withConnection } from '../../stack/temporal-server.ts';
import { temporaryFolder } from './temporary-home.ts';

const home = temporaryFolder();
const paths = homePaths(home.folder);
afterAll(async () => {
  await down(home.folder, { force: true, progress: () => undefined });
  home.remove();
});

interface Started {
  temporal: number;
  postgres: number;
  address: string;
  url: string;
}

/** A supervisor in a process of its own. */
async function supervisor(): Promise<{ pid: number; ended: Promise<unknown>; started: Started }> {
  const script = path.join(import.meta.dirname, 'running-supervisor.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, home.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { pid: child.pid ?? 0, ended, started: JSON.parse(line) as Started };
}

const alive = (pid: number) => startTimeOf(pid) !== undefined;

describe('a supervisor killed with -9', () => {
  it('leaves no orphan, and the next start finds everything as it was', async () => {
    const first = await supervisor();
    const sql = postgres(first.started.url, { max: 1 });
    await sql`create table kept (name text)`;
    await sql`insert into kept values ('Ana')`;
    await sql.end();
    await withConnection(first.started.address, (connection) =>
      new Client({ connection, namespace: 'truancy' }).workflow.start('truancyCase', {
        taskQueue: 'nobody-listens',
        workflowId: 'case-1',
      }),
    );
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    await vi.waitFor(
      () => {
        expect(alive(first.started.temporal)).toBe(false);
        expect(alive(first.started.postgres)).toBe(false);
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(await stackStatus(home.folder)).toMatchObject({ running: false });

    const second = await supervisor();
    const again = postgres(second.started.url, { max: 1 });
    expect(await again`select name from kept`).toMatchObject([{ name: 'Ana' }]);
    await again.end();
    const found = await withConnection(second.started.address, (connection) =>
      new Client({ connection, namespace: 'truancy' }).workflow.getHandle('case-1').describe(),
    );
    expect(found.status.name).toBe('RUNNING');
    expect(await down(home.folder, { force: true, progress: () => undefined })).toMatchObject({
      stopped: second.pid,
    });
    await second.ended;
    expect(readRecords(paths.processes)).toEqual([]);
  });

  it('together with its watchdog: the next start stops what is left before it starts', async () => {
    const first = await supervisor();
    process.kill(watchdogOf(first.pid), 'SIGSTOP');
    const watchdog = watchdogOf(first.pid);
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    process.kill(watchdog, 'SIGKILL');
    expect(alive(first.started.postgres)).toBe(true);
    expect([...(await stackStatus(home.folder)).leftovers].sort()).toEqual(['postgres', 'temporal']);

    const said: string[] = [];
    const stack = await startStack({
      home: home.folder,
      own: true,
      ui: false,
      searchAttributes: {},
      progress: (line) => said.push(line),
    });
    try {
      expect(alive(first.started.postgres)).toBe(false);
      expect(alive(first.started.temporal)).toBe(false);
      expect(said.join('\n')).toContain(`Found postgres (process ${first.started.postgres})`);
      const sql = postgres(stack.postgres.url, { max: 1 });
      expect(await sql`select name from kept`).toMatchObject([{ name: 'Ana' }]);
      await sql.end();
    } finally {
      await stack.stop();
    }
  });
});

describe("a stranger's process", () => {
  const stranger = () => spawn('sleep', ['600'], { stdio: 'ignore' });

  it('is not touched although its pid stands in an old record', async () => {
    const child = stranger();
    const pid = child.pid ?? 0;
    try {
      const record = {
        name: 'postgres',
        pid,
        marker: '-D somewhere',
        stopSignal: 'SIGTERM',
        startedAt: '2026-01-01T00:00:00Z',
        supervisor: { pid: 1, startTime: 'long ago' },
      };
      for (const startTime of ['another boot:42', startTimeOf(pid) ?? '']) {
        writeJson(recordFile(paths.processes, 'postgres'), { ...record, startTime });
        expect(await clearLeftovers(paths.processes, () => undefined)).toEqual([]);
        expect(alive(pid)).toBe(true);
        expect(readRecords(paths.processes)).toEqual([]);
      }
      expect(isSameProcess({ pid, startTime: startTimeOf(pid) ?? '', marker: 'sleep' })).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('that has the pid of an old Postgres lock file does not keep Postgres from starting', async () => {
    const child = stranger();
    const folder = temporaryFolder();
    const lock = path.join(folder.folder, 'postmaster.pid');
    try {
      writeFileSync(lock, `${child.pid}\n${folder.folder}\n`);
      removeStalePidFile(folder.folder);
      expect(() => readFileSync(lock)).toThrow(/ENOENT/);
      expect(alive(child.pid ?? 0)).toBe(true);
    } finally {
      child.kill('SIGKILL');
      folder.remove();
    }
  });
});

/** The watchdog carries its supervisor's pid on its command line. */
function watchdogOf(supervisorPid: number): number {
  for (let pid = supervisorPid + 1; pid < supervisorPid + 30_000; pid++)
    if (new RegExp(`watchdog\\.mjs .* ${supervisorPid} `).test(commandLineOf(pid) ?? '')) return pid;
  throw new Error('no watchdog found');
}
