/** What runs of an installation, and whether it answers: asked over real connections, not read from a file. */
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { words } from './fault-words.ts';
import { lockHolder } from './home-lock.ts';
import { homePaths } from './paths.ts';
import { withDatabase } from './postgres-server.ts';
import { isSameProcess } from './process-identity.mjs';
import { readJson, readRecords } from './process-records.ts';
import { isHealthy } from './services.ts';
import type { StackFile } from './stack-file.ts';
import { withConnection } from './temporal-server.ts';

export interface PartStatus {
  readonly part: string;
  /** Without passwords. */
  readonly address: string;
  /** Undefined for a server that is not ours, or that is down. */
  readonly pid: number | undefined;
  readonly answers: boolean;
  /** Why it does not answer. */
  readonly fault?: string;
}

export interface StackStatus {
  readonly home: string;
  readonly running: boolean;
  readonly supervisor?: { readonly pid: number; readonly since: string };
  readonly uiUrl?: string;
  readonly inboxUrl?: string;
  readonly parts: readonly PartStatus[];
  /** Processes of an earlier stack that still run although their supervisor is gone; the next `up` or `down` stops them. */
  readonly leftovers: readonly string[];
}

const PATIENCE_MS = 5_000;

export async function stackStatus(home: string): Promise<StackStatus> {
  const paths = homePaths(home);
  const holder = lockHolder(paths.lockFile);
  const alive = readRecords(paths.processes).filter(isSameProcess);
  if (!holder)
    return { home: paths.home, running: false, parts: [], leftovers: alive.map((record) => record.name) };

  const file = readJson<StackFile>(paths.stackFile);
  const supervisor = { pid: holder.pid, since: holder.since };
  const running = { home: paths.home, running: true, supervisor, leftovers: [] };
  // Still starting, or the file of the one before.
  if (file?.pid !== holder.pid || file.startTime !== holder.startTime) return { ...running, parts: [] };

  const pidOf = (name: string) => alive.find((record) => record.name === name)?.pid;
  const { temporal, postgres, mail } = file;
  const parts = await Promise.all([
    ask('temporal', temporal.address, pidOf('temporal'), () => temporalAnswers(temporal)),
    ask('postgres', withoutPassword(postgres.url), pidOf('postgres'), () => postgresAnswers(postgres.url)),
    ask('mail', withoutPassword(mail.smtpUrl), mail.inboxUrl ? holder.pid : undefined, () =>
      smtpAnswers(mail.smtpUrl),
    ),
    ...(mail.inboxUrl
      ? [ask('inbox', mail.inboxUrl, holder.pid, () => httpAnswers(mail.inboxUrl ?? ''))]
      : []),
    ...(file.api ? [ask('api', file.api.url, pidOf('api'), () => apiAnswers(file.api?.url ?? ''))] : []),
    ...(file.worker
      ? [ask('worker', path.join(paths.logs, 'worker.log'), pidOf('worker'), () => runs(pidOf('worker')))]
      : []),
  ]);
  return {
    ...running,
    ...(temporal.uiUrl ? { uiUrl: temporal.uiUrl } : {}),
    ...(mail.inboxUrl ? { inboxUrl: mail.inboxUrl } : {}),
    parts,
  };
}

async function ask(
  part: string,
  address: string,
  pid: number | undefined,
  question: () => Promise<void>,
): Promise<PartStatus> {
  try {
    await question();
    return { part, address, pid, answers: true };
  } catch (error) {
    return { part, address, pid, answers: false, fault: words(error) };
  }
}

async function temporalAnswers({ address, namespace }: StackFile['temporal']): Promise<void> {
  await withConnection(address, (connection) => connection.workflowService.describeNamespace({ namespace }));
}

async function postgresAnswers(url: string): Promise<void> {
  await withDatabase(url, (sql) => sql`select 1`);
}

async function httpAnswers(url: string): Promise<void> {
  const response = await fetch(`${url}/api/messages?limit=0`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`it answers with status ${response.status}`);
}

async function apiAnswers(url: string): Promise<void> {
  if (!(await isHealthy(url))) throw new Error('it says it is not healthy');
}

async function runs(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('it does not run at the moment; its supervisor restarts it');
}

/** A mail server greets with 220 (a TLS one only after a handshake: there a connection has to do). */
export function smtpAnswers(smtpUrl: string): Promise<void> {
  const url = new URL(smtpUrl);
  const tls = url.protocol === 'smtps:';
  const port = Number(url.port || (tls ? 465 : 25));
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: url.hostname.replaceAll(/^\[|\]$/g, ''), port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('it does not greet')));
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('it closes the connection')));
    const greeted = (line?: Buffer) => {
      if (line && !line.toString('latin1').startsWith('220'))
        reject(new Error(`it says ${line.toString('latin1').trim()}`));
      else resolve();
      socket.end('QUIT\r\n');
    };
    if (tls) socket.once('connect', () => greeted());
    else socket.once('data', greeted);
  });
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}
