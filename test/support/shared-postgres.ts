/** Before the files of a run that keep records: one Postgres for all of them; afterwards it is gone. */
import { SHARED_POSTGRES, startPostgresServer } from './postgres.ts';

export default async function sharedPostgres(): Promise<() => Promise<void>> {
  const server = await startPostgresServer();
  process.env[SHARED_POSTGRES] = server.url;
  return async () => {
    delete process.env[SHARED_POSTGRES];
    await server.stop();
  };
}
