/** Brings a database to the schema of this version; safe when several processes start at once. */
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { clientFor, closeClient } from './connect.ts';
import { faultOf } from './faults.ts';

/** Any constant of ours: whoever holds it migrates, the others wait and then find nothing to do. */
const MIGRATION_LOCK = 7_255_001;

export async function migrate(url: string): Promise<void> {
  // One connection: the lock belongs to its session.
  const client = clientFor(url, { max: 1, name: 'truancy migrate' });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await applyMigrations(drizzle({ client }), { migrationsFolder: join(import.meta.dirname, 'migrations') });
  } catch (error) {
    throw faultOf(error);
  } finally {
    // Ending the session gives the lock back.
    await closeClient(client);
  }
}
