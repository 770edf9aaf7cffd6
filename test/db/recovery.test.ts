import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { connect } from '../../db/connect.ts';
import { isUnreachable } from '../../db/faults.ts';
import { listen } from '../../db/listen.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
let killer: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 3 });
  killer = connect(db.url, { max: 1, name: 'killer' });
});
afterAll(async () => {
  await killer.close();
  await postgres.stop();
});

/** Ends every connection to this database but the killer's own, as a restart of the server would. */
const killConnections = () =>
  killer.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name <> 'killer'`);

describe('when the database drops its connections', () => {
  it('a transaction fails, the process lives, and the pool is whole again, many times over', async () => {
    for (let round = 0; round < 10; round++) {
      const failed: unknown = await db
        .transaction(async (tx) => {
          await tx.execute(sql`select 1`);
          await killConnections();
          await tx.execute(sql`select 2`);
        })
        .catch((error: unknown) => error);
      expect(isUnreachable(failed)).toBe(true);
    }
    // Idle connections die too; the next statements get new ones. All three are to be had at once.
    await killConnections();
    const three = await Promise.all(
      [1, 2, 3].map((n) =>
        db.transaction(
          async (tx) =>
            (await tx.execute<{ n: number }>(sql`select ${n}::int as n, pg_sleep(0.05)`)).rows[0]?.n,
        ),
      ),
    );
    expect(three).toEqual([1, 2, 3]);
  });

  it('a listener comes back, and asks for what it missed', async () => {
    const calls: string[] = [];
    let wake: () => void = () => undefined;
    const called = () => new Promise<void>((resolve) => (wake = resolve));
    const listener = await listen(db.url, 'test_channel', () => {
      calls.push('call');
      wake();
    });
    const again = called();
    await killConnections();
    await again;
    const notified = called();
    await killer.execute(sql`select pg_notify('test_channel', '')`);
    await notified;
    expect(calls).toHaveLength(3);
    await listener.close();
  });
});
