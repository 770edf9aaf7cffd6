import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../db/connect.ts';
import { DatabaseFault, isUnreachable } from '../../db/faults.ts';
import { migrate } from '../../db/migrate.ts';
import { upsertStudents } from '../../db/stores/students.ts';
import { CLERK, setUpOffice, student, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const tablesOf = async (url: string) => {
  const db = connect(url, { max: 1 });
  const rows = await db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  await db.close();
  return rows.map((row) => row.name);
};

describe('migrations', () => {
  it('build the records from nothing, and a second run changes nothing', async () => {
    const url = await postgres.emptyDatabase();
    await migrate(url);
    const first = await tablesOf(url);
    expect(first).toContain('cases');
    expect(first).toContain('attendance_marks');
    await migrate(url);
    expect(await tablesOf(url)).toEqual(first);
  });

  it('are safe when three processes start at once', async () => {
    const url = await postgres.emptyDatabase();
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(await tablesOf(url)).toContain('audit');
  });
});

describe('errors of the database', () => {
  it('name the constraint or the class, never the values of a row', async () => {
    const db = await postgres.freshDatabase();
    await setUpOffice(db);
    const secret = 'Zaphod-Beeblebrox';
    const wrong = [student('1', { lastName: secret, birthDate: `2010-99-99 ${secret}` })];
    const unread: unknown = await upsertStudents(db, wrong, CLERK, TODAY).catch((error: unknown) => error);
    await db.execute(
      sql`insert into users (id, name, role, created_at) values (${secret}, ${secret}, 'x', now())`,
    );
    const twice: unknown = await db
      .execute(sql`insert into users (id, name, role, created_at) values (${secret}, ${secret}, 'x', now())`)
      .catch((error: unknown) => error);
    for (const error of [unread, twice]) {
      expect(error).toBeInstanceOf(DatabaseFault);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
      expect(isUnreachable(error)).toBe(false);
    }
    expect(twice).toMatchObject({ code: '23505', constraint: 'users_pkey' });
  });

  it('tell a database that is away from one that refuses', async () => {
    const away = connect('postgres://nobody:secret@127.0.0.1:1/none', { max: 1 });
    const inside: unknown = await away.execute(sql`select 1`).catch((error: unknown) => error);
    const around: unknown = await away.transaction(async () => 1).catch((error: unknown) => error);
    expect([inside, around].map(isUnreachable)).toEqual([true, true]);
    expect(inspect([inside, around], { depth: 9 })).not.toContain('secret');
    await away.close();
  });
});
