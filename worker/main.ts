/** Starts a worker: cases and deliveries, the relay that carries facts from the records to the cases, the office's mornings. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createCaseClient } from '../client/case-client.ts';
import { dataConverter } from '../client/data-converter.ts';
import { keepMornings } from '../client/office-morning.ts';
import { startRelay } from '../client/relay.ts';
import { connect } from '../db/connect.ts';
import { getOffice } from '../db/stores/office.ts';
import { readConfig } from './config.ts';
import { createLog, installRuntime } from './logging.ts';
import { createWorker } from './worker.ts';
import { workflowBundle } from './workflow-bundle.ts';

const config = readConfig(process.env);
const log = createLog(config.logLevel);
installRuntime(log);

const db = connect(config.databaseUrl, { max: 20, name: 'truancy-worker' });
const native = await NativeConnection.connect({ address: config.temporalAddress });
const connection = await Connection.connect({ address: config.temporalAddress });
const client = new Client({ connection, namespace: config.namespace, dataConverter });
const caseClient = createCaseClient({
  client,
  db,
  office: async () => (await getOffice(db))?.code ?? 'unknown',
});
const worker = await createWorker({
  connection: native,
  namespace: config.namespace,
  db,
  smtpUrl: config.smtpUrl,
  mailCaught: config.mailCaught,
  mail: config.mail,
  bundle: config.bundleFolder === undefined ? undefined : await workflowBundle(config.bundleFolder),
});
const relay = await startRelay({ db, databaseUrl: config.databaseUrl, caseClient, log });
const mornings = keepMornings({ client, office: () => getOffice(db), log });

const stop = (signal: string) => {
  log.info({ signal }, 'stopping');
  if (worker.getState() === 'RUNNING') worker.shutdown();
};
process.once('SIGTERM', () => stop('SIGTERM'));
process.once('SIGINT', () => stop('SIGINT'));

const run = worker.run();
// Read by whoever started this process: it polls now.
log.info({ namespace: config.namespace }, 'worker ready');
try {
  await run;
} finally {
  await mornings.stop();
  await relay.stop();
  await connection.close();
  await native.close();
  await db.close();
}
