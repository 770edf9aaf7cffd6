import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTimeOf } from '../../stack/process-identity.mjs';
import { startServices, type RunningServices } from '../../stack/services.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { stackStatus } from '../../stack/status.ts';
import { temporaryFolder } from './temporary-home.ts';

const home = temporaryFolder();
const said: string[] = [];
let stack: RunningStack;
let services: RunningServices;

/** The smallest worker and API that keep to the agreement. */
const WORKER = `
console.log('worker ready');
setInterval(() => undefined, 1000);
process.on('SIGTERM', () => { console.log('worker finished'); process.exit(0); });
`;
const API = `
import { createServer } from 'node:http';
const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, DATABASE_URL, SMTP_URL, PGHOST, TEMPORAL_API_KEY, EXTRA } = process.env;
createServer((request, response) => {
  if (request.url === '/health') return response.end('ok');
  response.end(JSON.stringify({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, DATABASE_URL, SMTP_URL, PGHOST, TEMPORAL_API_KEY, EXTRA }));
}).listen(Number(process.env.API_PORT), '127.0.0.1');
`;

beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://office:secret@db.invalid/records');
  vi.stubEnv('SMTP_URL', 'smtp://mail.invalid:25');
  vi.stubEnv('PGHOST', 'db.invalid');
  vi.stubEnv('TEMPORAL_API_KEY', 'of somebody else');
  const worker = path.join(home.folder, 'worker.ts');
  const api = path.join(home.folder, 'api.ts');
  writeFileSync(worker, WORKER);
  writeFileSync(api, API);
  stack = await startStack({
    home: home.folder,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: {},
    progress: (line) => said.push(line),
  });
  services = await startServices(stack, {
    entries: { worker, api },
    env: { EXTRA: 'given' },
    progress: (line) => said.push(line),
  });
});

afterAll(async () => {
  await stack?.stop();
  vi.unstubAllEnvs();
  home.remove();
});

describe('worker and API', () => {
  it('are pointed at this stack, and at nothing the environment names', async () => {
    expect(await (await fetch(services.apiUrl)).json()).toEqual({
      TEMPORAL_ADDRESS: stack.temporal.address,
      TEMPORAL_NAMESPACE: stack.temporal.namespace,
      DATABASE_URL: stack.postgres.url,
      SMTP_URL: stack.mail.smtpUrl,
      EXTRA: 'given',
    });
  });

  it('stand in the status with the rest', async () => {
    const { parts } = await stackStatus(home.folder);
    expect(parts.map((part) => [part.part, part.answers])).toEqual([
      ['temporal', true],
      ['postgres', true],
      ['mail', true],
      ['inbox', true],
      ['api', true],
      ['worker', true],
    ]);
    expect(JSON.stringify(parts)).not.toContain(new URL(stack.postgres.url).password);
  });

  it('a worker killed with -9 comes back', async () => {
    const before = services.worker.pid();
    services.worker.kill9();
    await vi.waitFor(() => expect(services.worker.pid()).not.toBe(before), {
      timeout: 60_000,
      interval: 50,
    });
    await vi.waitFor(() => expect(said.join('\n')).toMatch(/worker runs again/), { timeout: 60_000 });
    expect(said.join('\n')).toMatch(/worker ended \(signal SIGKILL\); starting it again/);
  });

  it('a worker that was stopped stays down until it is started', async () => {
    const before = services.worker.pid();
    await services.worker.stop();
    expect(startTimeOf(before)).toBeUndefined();
    expect(() => services.worker.pid()).toThrow(/does not run/);
    await services.worker.start();
    expect(services.worker.pid()).not.toBe(before);
  });

  it('a program that ends at once is reported with what it said', async () => {
    const failing = path.join(home.folder, 'failing.mjs');
    writeFileSync(failing, `console.error('no policy given'); process.exit(1);`);
    const other = stack.supervisor.manage({
      name: 'failing',
      command: process.execPath,
      args: [failing],
      env: {},
      marker: failing,
      ready: () => false,
      restart: true,
    });
    await expect(other.start()).rejects.toThrow(/failing ended before it was ready.*no policy given/s);
  });

  it('end with the stack', async () => {
    const pids = [services.worker.pid(), services.api.pid(), stack.postgres.pid(), stack.temporal.pid()];
    await stack.stop();
    expect(pids.map((pid) => startTimeOf(pid ?? 0))).toEqual([undefined, undefined, undefined, undefined]);
    expect(await stackStatus(home.folder)).toMatchObject({ running: false, leftovers: [] });
  });
});
