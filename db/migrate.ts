/** Brings a database to the schema of this version; safe when several processes start at once. */
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { clientConfig } from './connect.ts';

/** Any constant of ours: whoever holds it migrates, the others wait and then find nothing to do. */
const MIGRATION_LOCK = 7_255_001;

export async function migrate(url: string): Promise<void> {
  const client = new pg.Client(clientConfig(url, 'truancy migrate'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyMigrations(drizzle({ client }), { migrationsFolder: join(import.meta.dirname, 'migrations') });
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}
