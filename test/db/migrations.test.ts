import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
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
