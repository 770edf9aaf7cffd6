/** Starts the API. Its addresses come from the environment; see config.ts. */
import { pino } from 'pino';
import { connect } from '../../db/connect.ts';
import { getOffice } from '../../db/stores/office.ts';
import { createCaseClient } from '../case-client.ts';
import { connectTemporal } from '../connect-temporal.ts';
import { policyReader } from '../services/context.ts';
import { buildApi } from './app.ts';
import { readConfig } from './config.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL, base: { process: 'api' } });
  const db = connect(config.DATABASE_URL, { name: 'truancy api' });
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
  });
  const caseClient = createCaseClient({
    client: temporal.client,
    db,
    office: async () => (await getOffice(db))?.code ?? 'unknown',
  });
  const app = await buildApi({ db, caseClient, log, policy: policyReader() }, { logger: log });
  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    await app.close();
    await temporal.close();
    await db.close();
  };
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop(signal).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
  const address = await app.listen({ port: config.API_PORT, host: config.API_HOST });
  log.info({ address }, 'api ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
