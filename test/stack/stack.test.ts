import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HomeInUse } from '../../stack/home-lock.ts';
import { USUAL_PORTS } from '../../stack/ports.ts';
import { startStack, type RunningStack } from '../../stack/stack.ts';
import { stackStatus } from '../../stack/status.ts';
import { ensureNamespace } from '../../stack/temporal-namespace.ts';
import { withConnection } from '../../stack/temporal-server.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { temporaryFolder } from './temporary-home.ts';

const ELSEWHERE = {
  TEMPORAL_ADDRESS: 'temporal.invalid:7233',
  TEMPORAL_NAMESPACE: 'production',
  DATABASE_URL: 'postgres://office:secret@db.invalid/records',
  SMTP_URL: 'smtp://mail.invalid:25',
};
const home = temporaryFolder();
const taken: Server[] = [];
const said: string[] = [];
let stack: RunningStack;

beforeAll(async () => {
  for (const [name, value] of Object.entries(ELSEWHERE)) vi.stubEnv(name, value);
  // Somebody else's Temporal, Postgres and mail server on the usual ports (or they are taken already).
  for (const port of [USUAL_PORTS.temporal, USUAL_PORTS.postgres, USUAL_PORTS.smtp]) {
    const server = createServer();
    await new Promise<void>((done) => {
      server.once('error', () => done());
      server.listen(port, '127.0.0.1', done);
    });
    taken.push(server);
  }
  stack = await startStack({
    home: home.folder,
    own: true,
    preferredPorts: true,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: (line) => said.push(line),
  });
});

afterAll(async () => {
  await stack?.stop();
  vi.unstubAllEnvs();
  for (const server of taken) server.close();
  home.remove();
});

async function withClient<T>(work: (client: Client, connection: Connection) => Promise<T>): Promise<T> {
  return withConnection(stack.temporal.address, (connection) =>
    work(new Client({ connection, namespace: stack.temporal.namespace }), connection),
  );
}

describe('a stack of its own', () => {
  it('does not look at addresses in the environment, whatever they point to', () => {
    const used = [stack.temporal.address, stack.postgres.url, stack.mail.smtpUrl, stack.temporal.namespace];
    expect(used.join(' ')).not.toMatch(/invalid|production/);
    for (const address of used.slice(0, 3)) expect(address).toContain('127.0.0.1');
    expect(stack.mail.inboxUrl).toContain('127.0.0.1');
  });

  it('takes other ports when the usual ones are taken', () => {
    expect(stack.temporal.address).not.toBe(`127.0.0.1:${USUAL_PORTS.temporal}`);
    expect(new URL(stack.postgres.url).port).not.toBe(String(USUAL_PORTS.postgres));
    expect(new URL(stack.mail.smtpUrl).port).not.toBe(String(USUAL_PORTS.smtp));
  });

  it('says where the Temporal server came from', () => {
    expect(said.find((line) => line.startsWith('Temporal CLI'))).toMatch(/using|fetching|trying/);
  });

  it('knows the search attributes from the first moment', async () => {
    await withClient(async (client, connection) => {
      await client.workflow.start('truancyCase', {
        taskQueue: 'nobody-listens',
        workflowId: 'case-1',
        searchAttributes: {
          Office: ['roe53'],
          Stage: ['first-referral'],
          UnexcusedDays: [5.5],
          Priority: [2],
          NextDeadline: [new Date('2026-02-12T14:00:00Z')],
          Flags: ['on-hold', 'undelivered'],
        },
      });
      await vi.waitFor(
        async () => {
          const { count } = await connection.workflowService.countWorkflowExecutions({
            namespace: stack.temporal.namespace,
            query: "Office = 'roe53' AND Flags = 'on-hold' AND UnexcusedDays > 5",
          });
          expect(Number(count)).toBe(1);
        },
        { timeout: 20_000, interval: 100 },
      );
    });
  });

  it('keeps closed cases for years, not for a day', async () => {
    const described = await withClient((_client, connection) =>
      connection.workflowService.describeNamespace({ namespace: stack.temporal.namespace }),
    );
    const days = Number(described.config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
    expect(days).toBeGreaterThanOrEqual(3650);
  });

  it('lengthens a short retention it finds, and may be asked twice', async () => {
    await withClient(async (_client, connection) => {
      await connection.workflowService.registerNamespace({
        namespace: 'short',
        workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
      });
      await ensureNamespace(connection, 'short', { Stage: 'Keyword' });
      await ensureNamespace(connection, 'short', { Stage: 'Keyword', Flags: 'KeywordList' });
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'short' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(3650 * 86_400);
      await expect(ensureNamespace(connection, 'short', { Stage: 'Int' })).rejects.toThrow(
        /Stage of namespace short has another type \(Keyword\) than needed \(Int\)/,
      );
    });
  });

  it('refuses a second start on the same folder, and says who holds it', async () => {
    const second = startStack({
      home: home.folder,
      own: true,
      searchAttributes: {},
      progress: () => undefined,
    });
    await expect(second).rejects.toThrow(HomeInUse);
    await expect(second).rejects.toThrow(new RegExp(`process ${process.pid} .*truancy down`, 's'));
    await expect(
      withClient(async (client) => client.workflow.getHandle('case-1').describe()),
    ).resolves.toBeTruthy();
  });

  it('stores names in any script, and folds their case', async () => {
    const sql = postgres(stack.postgres.url, { max: 1 });
    try {
      const names = ['Nguyễn Thị', 'Łukasz', 'محمد', '王小明', 'Ñuñez'];
      const [row] = await sql<{ lowered: string[] }[]>`
        select array_agg(lower(name) order by position) as lowered
        from unnest(${names}::text[]) with ordinality as given(name, position)`;
      expect(row?.lowered).toEqual(['nguyễn thị', 'łukasz', 'محمد', '王小明', 'ñuñez']);
    } finally {
      await sql.end();
    }
  });
});

describe('Temporal away for a while', () => {
  it('keeps its cases over a stop and a start on the same address', async () => {
    const { address } = stack.temporal;
    await stack.temporal.stop();
    expect(stack.temporal.pid()).toBeUndefined();
    await expect(Connection.connect({ address, connectTimeout: '1s' })).rejects.toThrow();
    const during = await stackStatus(home.folder);
    expect(during.parts.find((part) => part.part === 'temporal')).toMatchObject({ answers: false });
    expect(during.parts.find((part) => part.part === 'postgres')).toMatchObject({ answers: true });
    await stack.temporal.start();
    expect(stack.temporal.address).toBe(address);
    const found = await withClient((client) => client.workflow.getHandle('case-1').describe());
    expect(found.status.name).toBe('RUNNING');
  });

  it('keeps them over a kill -9, and stays down until it is started', async () => {
    await withClient((client) =>
      client.workflow.start('truancyCase', { taskQueue: 'nobody-listens', workflowId: 'case-2' }),
    );
    await stack.temporal.kill();
    await pause(600);
    expect(stack.temporal.pid()).toBeUndefined();
    await stack.temporal.start();
    const found = await withClient((client) => client.workflow.getHandle('case-2').describe());
    expect(found.status.name).toBe('RUNNING');
  });
});

describe('a part that crashes', () => {
  it('comes back by itself, with what it held', async () => {
    const sql = postgres(stack.postgres.url, { max: 1 });
    await sql`create table kept (name text)`;
    await sql`insert into kept values ('Ana')`;
    await sql.end();
    const before = { temporal: stack.temporal.pid(), postgres: stack.postgres.pid() };
    process.kill(before.temporal ?? 0, 'SIGKILL');
    process.kill(before.postgres ?? 0, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const status = await stackStatus(home.folder);
        expect(status.parts.every((part) => part.answers)).toBe(true);
        expect(stack.temporal.pid()).not.toBe(before.temporal);
        expect(stack.postgres.pid()).not.toBe(before.postgres);
      },
      { timeout: 60_000, interval: 200 },
    );
    const again = postgres(stack.postgres.url, { max: 1 });
    expect(await again`select name from kept`).toMatchObject([{ name: 'Ana' }]);
    await again.end();
  });
});
