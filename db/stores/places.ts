/** Districts, schools and their contacts. */
import { eq, sql } from 'drizzle-orm';
import type { ContactFunction, SchoolContact, SchoolRecord } from '../../domain/records.ts';
import type { Db, Tx } from '../connect.ts';
import { schoolContacts, schools } from '../schema/index.ts';
import { asJson, asTexts, causeColumns, rowsOf } from './common.ts';
import type { Cause } from './common.ts';

/** What a bulk write did. `read` counts the caller's rows, doubles included. */
export interface Tally {
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
}

export function tally(read: number, written: readonly { inserted: boolean }[]): Tally {
  const added = written.filter((row) => row.inserted).length;
  return { read, new: added, changed: written.length - added, unchanged: read - written.length };
}

export interface District {
  readonly code: string;
  readonly name: string;
}

/** Locks: district rows, in code order. */
export async function upsertDistricts(tx: Tx, list: readonly District[], cause: Cause): Promise<Tally> {
  const by = causeColumns(cause);
  const written = await rowsOf<{ inserted: boolean }>(
    tx,
    sql`
      insert into districts as d (code, name, actor, role, at)
      select distinct on (code) code, name, ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from jsonb_to_recordset(${asJson(list)}) as r (code text, name text)
       order by code
      on conflict (code) do update
         set name = excluded.name, actor = excluded.actor, role = excluded.role, at = excluded.at
       where d.name is distinct from excluded.name
      returning (xmax = 0) as inserted`,
  );
  return tally(list.length, written);
}

/**
 * Schools with their contacts; a school's contacts become exactly those given (an empty list leaves them alone: a file
 * without contacts says nothing about them). The district must exist.
 * Locks: school rows in code order, then their contacts.
 */
export async function upsertSchools(tx: Tx, list: readonly SchoolRecord[], cause: Cause): Promise<Tally> {
  const by = causeColumns(cause);
  const before = await contactsOf(tx, list);
  const written = await rowsOf<{ code: string; inserted: boolean }>(
    tx,
    sql`
      insert into schools as s (code, source_id, district, name, county, zone, phone, address, actor, role, at)
      select distinct on (code) code, "sourceId", district, name, county, zone, phone, address,
             ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from jsonb_to_recordset(${asJson(list)})
          as r (code text, "sourceId" text, district text, name text, county text, zone text, phone text,
                address jsonb)
       order by code
      on conflict (code) do update
         set source_id = excluded.source_id, district = excluded.district, name = excluded.name,
             county = excluded.county, zone = excluded.zone,
             phone = coalesce(excluded.phone, s.phone), address = coalesce(excluded.address, s.address),
             actor = excluded.actor, role = excluded.role, at = excluded.at
       where (s.source_id, s.district, s.name, s.county, s.zone, s.phone, s.address)
             is distinct from
             (excluded.source_id, excluded.district, excluded.name, excluded.county, excluded.zone,
              coalesce(excluded.phone, s.phone), coalesce(excluded.address, s.address))
      returning s.code, (xmax = 0) as inserted`,
  );
  for (const school of list) {
    if (school.contacts.length > 0) await replaceContacts(tx, school.code, school.contacts, cause);
  }
  // Other people at the same school are a change, too.
  const after = await contactsOf(tx, list);
  const named = new Set(written.map((one) => one.code));
  const others = [...after].filter(([code, people]) => !named.has(code) && before.get(code) !== people);
  return tally(list.length, [...written, ...others.map(() => ({ inserted: false }))]);
}

/** The contacts of each of these schools, as text to compare. */
async function contactsOf(tx: Tx, list: readonly SchoolRecord[]): Promise<Map<string, string>> {
  const rows = await rowsOf<{ school: string; people: string }>(
    tx,
    sql`
      select school, string_agg(concat_ws('|', function, name, coalesce(email, ''), coalesce(phone, '')), '\n' order by function, name) as people
        from school_contacts where school = any(${asTexts(list.map((one) => one.code))}) group by school`,
  );
  return new Map(rows.map(({ school, people }) => [school, people]));
}

/** A school's contacts become exactly these. Locks: the school's contact rows. */
export async function replaceContacts(
  tx: Tx,
  school: string,
  contacts: readonly SchoolContact[],
  cause: Cause,
): Promise<void> {
  await tx.delete(schoolContacts).where(eq(schoolContacts.school, school));
  if (contacts.length === 0) return;
  const by = causeColumns(cause);
  await tx
    .insert(schoolContacts)
    .values(contacts.map((contact) => ({ ...contact, school, ...by })))
    .onConflictDoNothing();
}

async function withContacts(db: Db, rows: readonly (typeof schools.$inferSelect)[]): Promise<SchoolRecord[]> {
  if (rows.length === 0) return [];
  const contacts = await db
    .select()
    .from(schoolContacts)
    .where(sql`${schoolContacts.school} = any(${asTexts(rows.map((row) => row.code))})`)
    .orderBy(schoolContacts.school, schoolContacts.function, schoolContacts.name);
  return rows.map((row) => ({
    code: row.code,
    sourceId: row.sourceId,
    district: row.district,
    name: row.name,
    county: row.county,
    zone: row.zone,
    phone: row.phone ?? undefined,
    address: row.address ?? undefined,
    contacts: contacts
      .filter((contact) => contact.school === row.code)
      .map((contact) => ({
        function: contact.function,
        name: contact.name,
        email: contact.email ?? undefined,
        phone: contact.phone ?? undefined,
      })),
  }));
}

export async function schoolByCode(db: Db, code: string): Promise<SchoolRecord | undefined> {
  const rows = await db.select().from(schools).where(eq(schools.code, code));
  return (await withContacts(db, rows))[0];
}

/** By the identifier the student system uses in its files. */
export async function schoolBySourceId(db: Db, sourceId: string): Promise<SchoolRecord | undefined> {
  const rows = await db.select().from(schools).where(eq(schools.sourceId, sourceId));
  return (await withContacts(db, rows))[0];
}

export async function listSchools(db: Db, filter: { district?: string } = {}): Promise<SchoolRecord[]> {
  const rows = await db
    .select()
    .from(schools)
    .where(filter.district === undefined ? undefined : eq(schools.district, filter.district))
    .orderBy(schools.code);
  return withContacts(db, rows);
}

export async function listDistricts(db: Db): Promise<District[]> {
  return rowsOf<District>(db, sql`select code, name from districts order by code`);
}

/** Who at a school has this function, in order; empty when nobody is on record. */
export async function contactsFor(
  db: Db,
  school: string,
  wanted: ContactFunction,
): Promise<readonly SchoolContact[]> {
  const found = await schoolByCode(db, school);
  return found?.contacts.filter((contact) => contact.function === wanted) ?? [];
}
