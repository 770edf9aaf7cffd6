/**
 * Temporal for one installation: the server of TEMPORAL_ADDRESS where that may be used, else the development server as
 * a looked-after child, on loopback, over an SQLite file (or in memory for tests).
 */
import { mkdirSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { words } from './fault-words.ts';
import { freePort, LOOPBACK, USUAL_PORTS } from './ports.ts';
import { StartFailure, type Supervisor } from './process.ts';
import { resolveTemporalCli, type ResolverInputs } from './resolve-binary.ts';
import { ensureNamespace, type SearchAttributes } from './temporal-namespace.ts';

export interface TemporalOptions {
  /** Folder for the SQLite file. */
  readonly folder: string;
  readonly inMemory: boolean;
  readonly ui: boolean;
  readonly namespace: string;
  readonly searchAttributes: SearchAttributes;
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
  readonly usualPorts: boolean;
  /** A server somebody else runs; nothing is started then. */
  readonly external?: string | undefined;
  readonly supervisor: Supervisor;
  readonly progress: (line: string) => void;
  readonly resolver?: Partial<ResolverInputs>;
}

export interface TemporalPart {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  /** In words: which server this is. */
  readonly origin: string;
  pid(): number | undefined;
  /** Asks it to end; it can be started again on the same port and file. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** kill -9, and it stays down until `start()`. */
  kill(): Promise<void>;
}

export async function startTemporal(options: TemporalOptions): Promise<TemporalPart> {
  if (options.external) return useExternal(options, options.external);
  const binary = await resolveTemporalCli(options.progress, options.resolver);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt++) {
    try {
      return await startDevServer(options, binary.path, binary.provenance, attempt);
    } catch (error) {
      // Between choosing a port and using it another program may have taken it.
      const portTaken = error instanceof StartFailure && /address already in use/i.test(error.log);
      if (!portTaken || attempt >= 3) throw error;
      options.progress('Temporal: a port was taken meanwhile; trying others.');
    }
  }
}

async function startDevServer(
  options: TemporalOptions,
  binary: string,
  origin: string,
  attempt: number,
): Promise<TemporalPart> {
  const { namespace, searchAttributes, supervisor, progress } = options;
  const usual = options.usualPorts && attempt === 1;
  const port = await freePort(usual ? USUAL_PORTS.temporal : undefined);
  const uiPort = options.ui ? await freePort(usual ? USUAL_PORTS.temporalUi : undefined) : undefined;
  const address = `${LOOPBACK}:${port}`;
  const file = path.join(options.folder, 'temporal.db');

  const server = supervisor.manage({
    name: 'temporal',
    command: binary,
    args: [
      'server',
      'start-dev',
      '--ip',
      LOOPBACK,
      '--port',
      String(port),
      '--log-level',
      'warn',
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...(options.inMemory ? [] : ['--db-filename', file, ...durableAndFast]),
      ...Object.entries(options.dynamicConfig ?? {}).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${JSON.stringify(value)}`,
      ]),
    ],
    env: withoutTemporalSettings(process.env),
    cwd: options.folder,
    marker: `${LOOPBACK} --port ${port}`,
    ready: () => reachable(address),
    // After every start, also one after a crash: in memory everything is new then.
    afterStart: () =>
      withConnection(address, (connection) => ensureNamespace(connection, namespace, searchAttributes)),
    graceMs: 10_000,
    restart: true,
  });
  await server.start();
  progress(
    `Temporal: ready at ${address}, namespace ${namespace}${uiPort === undefined ? '' : `, Web UI http://${LOOPBACK}:${uiPort}`}.`,
  );
  return {
    address,
    namespace,
    uiUrl: uiPort === undefined ? undefined : `http://${LOOPBACK}:${uiPort}`,
    origin,
    pid: () => server.pid,
    stop: () => server.stop(),
    start: () => server.start(),
    kill: () => server.kill(),
  };
}

/** Measured: 150 signals a second instead of 64, and a killed process still loses nothing. */
const durableAndFast = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'];

async function useExternal(options: TemporalOptions, address: string): Promise<TemporalPart> {
  options.progress(`Temporal: using the server of TEMPORAL_ADDRESS, ${address}; it is not ours to stop.`);
  try {
    if (!/:\d+$/.test(address)) throw new Error('it has no port (host:7233)');
    await withConnection(address, (connection) =>
      ensureNamespace(connection, options.namespace, options.searchAttributes),
    );
  } catch (error) {
    throw new Error(
      `Temporal at ${address} (TEMPORAL_ADDRESS) cannot be used: ${words(error)}. ` +
        'Mend the address, or unset the variable to use the embedded server.',
      { cause: error },
    );
  }
  const notOurs = () => Promise.reject(new Error(`Temporal at ${address} was not started by this stack`));
  return {
    address,
    namespace: options.namespace,
    uiUrl: undefined,
    origin: 'the server of TEMPORAL_ADDRESS',
    pid: () => undefined,
    stop: notOurs,
    start: notOurs,
    kill: notOurs,
  };
}

export async function withConnection<T>(
  address: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await mustListen(address);
  const connection = await Connection.connect({ address, connectTimeout: '5s' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** gRPC tries a refused connection again after a second, until its deadline; asking the port itself tells at once. */
function mustListen(address: string): Promise<void> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port: Number(address.slice(colon + 1)) }, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no connection to ${address} within 5 seconds`)));
    socket.once('error', reject);
  });
}

async function reachable(address: string): Promise<boolean> {
  return withConnection(address, async (connection) => {
    await connection.workflowService.getSystemInfo({});
    return true;
  });
}

/** The server and its client in one program read TEMPORAL_* too; none of it is meant for the embedded one. */
export function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
