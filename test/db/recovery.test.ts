import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import driver from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { connect, refuseUnpatched } from '../../db/connect.ts';
import { DatabaseFault, isUnreachable } from '../../db/faults.ts';
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
          async (tx) => (await tx.execute<{ n: number }>(sql`select ${n}::int as n, pg_sleep(0.05)`))[0]?.n,
        ),
      ),
    );
    expect(three).toEqual([1, 2, 3]);
  });

  it('a statement that was under way in a transaction fails, with all that waited behind it', async () => {
    const single = connect(db.url, { max: 1, name: 'single' });
    for (let round = 0; round < 10; round++) {
      const outcomes = await single
        .transaction(async (tx) => {
          const statements = [1, 2, 3].map(() => tx.execute(sql`select pg_sleep(30)`));
          const settled = Promise.allSettled(statements);
          await killConnections();
          return settled;
        })
        .catch((error: unknown) => error);
      expect(isUnreachable(outcomes)).toBe(true);
      // The first statement afterwards is not told the old session's end.
      expect(await single.execute(sql`select 1 as n`)).toMatchObject([{ n: 1 }]);
    }
    await single.close();
  });

  it('the rest of a lost transaction never runs outside of it, though its connection serves others again', async () => {
    const single = connect(db.url, { max: 1, name: 'single' });
    await killer.execute(sql`create table left_over (what text)`);
    const seen: unknown[] = [];
    const lost: unknown = await single
      .transaction(async (tx) => {
        await tx.execute(sql`insert into left_over values ('first half')`);
        const other = single.execute(sql`select 'another statement'`);
        await killConnections();
        await other;
        for (const what of ['second half', 'third half']) {
          await tx
            .execute(sql`insert into left_over values (${what})`)
            .catch((error: unknown) => seen.push(error));
        }
        await tx
          .transaction((inner) => inner.execute(sql`insert into left_over values ('within')`))
          .catch((error: unknown) => seen.push(error));
      })
      .catch((error: unknown) => error);
    expect([lost, ...seen].map(isUnreachable)).toEqual([true, true, true, true]);
    expect(await single.execute(sql`select * from left_over`)).toHaveLength(0);
    await single.close();
  });

  it('a transaction is over only when its work is', async () => {
    let over = false;
    await db
      .transaction(async (tx) => {
        await tx.execute(sql`select 1`);
        await killConnections();
        await new Promise((resolve) => setTimeout(resolve, 300));
        over = true;
      })
      .catch(() => undefined);
    expect(over).toBe(true);
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

describe('what a transaction throws', () => {
  it('names no value, also when only its end fails', async () => {
    await killer.execute(sql`create table late_rule (name text unique deferrable initially deferred)`);
    const fault: unknown = await db
      .transaction(async (tx) => {
        await tx.execute(sql`insert into late_rule values ('Zoë Secret'), ('Zoë Secret')`);
      })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(DatabaseFault);
    expect(fault).toMatchObject({ code: '23505', constraint: 'late_rule_name_key' });
    expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('Secret');
  });

  it('is the very error its work threw', async () => {
    const reason = Object.assign(new Error('the mail server is away'), { code: 'ECONNREFUSED' });
    await expect(db.transaction(() => Promise.reject(reason))).rejects.toBe(reason);
  });
});

describe('the driver', () => {
  it('is refused without its patch', () => {
    expect(() => refuseUnpatched(driver)).not.toThrow();
    expect(() => refuseUnpatched(() => undefined)).toThrow(/npx patch-package/);
  });
});
