import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { down } from '../../stack/down.ts';
import type { StackStatus } from '../../stack/status.ts';
import { temporaryFolder } from './temporary-home.ts';

const PROGRAM = path.join(import.meta.dirname, '..', '..', 'bin', 'truancy.mjs');
const home = temporaryFolder();
const env: NodeJS.ProcessEnv = { ...process.env, TRUANCY_HOME: home.folder, NO_COLOR: '1' };
for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'DATABASE_URL', 'SMTP_URL']) delete env[name];

afterAll(async () => {
  await down(home.folder, { force: true, progress: () => undefined });
  home.remove();
});

function truancy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** `up` in the foreground; resolves at its first line on standard output. */
async function up(): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn(process.execPath, [PROGRAM, 'up', '--stack-only'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: () => said };
}

describe('up, status and down', () => {
  let running: Awaited<ReturnType<typeof up>>;
  beforeAll(async () => {
    running = await up();
  });

  it('status shows that each part answers, and the process that keeps it', async () => {
    const { code, out } = await truancy('status', '--json');
    expect(code).toBe(0);
    const status = JSON.parse(out) as StackStatus;
    expect(status.supervisor?.pid).toBe(running.child.pid);
    expect(status.parts.map((part) => part.part)).toEqual(['temporal', 'postgres', 'mail', 'inbox']);
    expect(status.parts.every((part) => part.answers && part.pid !== undefined)).toBe(true);
    expect((await truancy('status')).out).toMatch(/temporal +answers +\d+ +127\.0\.0\.1:\d+/);
  });

  it('a second up is refused, and says how to stop the first', async () => {
    const { code, err } = await truancy('up', '--stack-only');
    expect(code).toBe(1);
    expect(err).toMatch(/error STACK_RUNNING: .*process \d+ .*truancy down/);
    expect((await truancy('status')).code).toBe(0);
  });

  it('doctor is content while it runs', async () => {
    const { code, out } = await truancy('doctor');
    expect(out).toMatch(/ok +Temporal \(embedded\): Temporal CLI 1\./);
    expect(out).toMatch(/The stack can start\./);
    expect(code).toBe(0);
  });

  it('down stops all of it, from another terminal', async () => {
    const ended = once(running.child, 'exit');
    const { code, out } = await truancy('down');
    expect([code, out]).toEqual([0, 'Stopped.\n']);
    await ended;
    const after = await truancy('status', '--json');
    expect(after.code).toBe(5);
    expect(JSON.parse(after.out)).toMatchObject({ running: false, leftovers: [] });
    expect((await truancy('down')).out).toBe('No stack runs here.\n');
  });

  it('Ctrl-C stops all of it too', async () => {
    running = await up();
    const ended = once(running.child, 'exit');
    running.child.kill('SIGINT');
    // npm passes the same key press on a second time.
    running.child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await vi.waitFor(() => expect(running.said()).toMatch(/Stopped\./));
    expect((await truancy('status')).out).toMatch(/No stack runs/);
  });
});
