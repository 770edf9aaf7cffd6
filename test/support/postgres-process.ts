/** The Postgres of a whole run of tests: says its URL, and stops when whoever started it has gone. */
import { once } from 'node:events';
import { startPostgresServer } from './postgres.ts';

const server = await startPostgresServer();
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await server.stop();
process.exit();
