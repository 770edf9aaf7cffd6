import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../db/connect.ts';
import { DatabaseFault, isUnreachable } from '../../db/faults.ts';
import { migrate } from '../../db/migrate.ts';
import { officeLogo } from '../../db/stores/logos.ts';
import { getOffice } from '../../db/stores/office.ts';
import { versionsOfOfficer } from '../../db/stores/officers.ts';
import { upsertStudents } from '../../db/stores/students.ts';
import { CLERK, setUpOffice, student, TODAY } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** The migrations up to one, as an installation of then had them; a folder of its own. */
async function migrationsBefore(name: string): Promise<string> {
  const all = join(import.meta.dirname, '../../db/migrations');
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(all, folder, { recursive: true });
  const file = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] };
  const until = journal.entries.findIndex(({ tag }) => tag.endsWith(`_${name}`));
  expect(until).toBeGreaterThan(0);
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, until) }));
  return folder;
}

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

describe('an office from before', () => {
  it('keeps its logo, apart from its row, and whom it has on its roster', async () => {
    const url = await postgres.emptyDatabase();
    const before = await migrationsBefore('the-logo-apart-from-its-office');
    const old = connect(url, { max: 1 });
    try {
      await applyMigrations(old, { migrationsFolder: before });
      const logo = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]);
      const profile = JSON.stringify({ name: 'Office', logo: logo.toString('base64') });
      await old.execute(sql`
        insert into office (code, name, zone, policy_name, policy_version, profile, updated_at)
        values ('roe53', 'Office', 'America/Chicago', 'roe53', '1', ${profile}::jsonb, now())`);
      await old.execute(sql`
        insert into officers (id, name, channel, actor, role, at)
        values ('O-0001', 'Test', 'radio', 'U-0001', 'administrator', now())`);
      await migrate(url);
      expect(
        (await versionsOfOfficer(old, 'O-0001')).map((one) => [one.version, one.schools, one.duty]),
      ).toEqual([[1, [], []]]);
      expect(Buffer.from((await officeLogo(old)) ?? []).equals(logo)).toBe(true);
      expect((await getOffice(old))?.profile).toEqual({ name: 'Office' });
    } finally {
      await old.close();
      rmSync(before, { recursive: true });
    }
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
