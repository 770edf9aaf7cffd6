/** Districts, schools and who answers there. */
import { InputFault } from '../../domain/refusal.ts';
import type { SchoolContact, SchoolRecord } from '../../domain/records.ts';
import {
  listDistricts,
  listSchools,
  replaceContacts,
  upsertDistricts,
  upsertSchools,
  type District,
  type Tally,
} from '../../db/stores/places.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { knownUpTo, type Coverage } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { reaches } from '../../domain/access.ts';
import { isZone } from '../zones.ts';
import { allow, audited, causeOf, schoolFor, type Call } from './context.ts';

export async function districtsFor(call: Call): Promise<District[]> {
  allow(call, 'places.read');
  return listDistricts(call.db);
}

export async function addDistricts(call: Call, list: readonly District[]): Promise<Tally> {
  allow(call, 'places.write');
  return call.db.transaction(async (tx) => {
    const done = await upsertDistricts(tx, list, causeOf(call));
    await audited(tx, call, 'districts.written', 'districts', { new: done.new, changed: done.changed });
    return done;
  });
}

export async function addSchools(call: Call, list: readonly SchoolRecord[]): Promise<Tally> {
  allow(call, 'places.write');
  for (const [i, school] of list.entries()) {
    if (!isZone(school.zone)) {
      throw new InputFault(
        'BAD_ZONE',
        `"${school.zone.slice(0, 40)}" is no time zone; give its IANA name, e.g. America/Chicago`,
        `schools.${i}.zone`,
      );
    }
  }
  return call.db.transaction(async (tx) => {
    const known = new Set((await listDistricts(tx)).map((one) => one.code));
    const missing = list.find((school) => !known.has(school.district));
    if (missing) {
      throw new InputFault(
        'UNKNOWN_DISTRICT',
        `there is no district ${missing.district}; add it first`,
        'district',
      );
    }
    const done = await upsertSchools(tx, list, causeOf(call));
    await audited(tx, call, 'schools.written', 'schools', { new: done.new, changed: done.changed });
    return done;
  });
}

export async function setContacts(
  call: Call,
  school: string,
  contacts: readonly SchoolContact[],
): Promise<SchoolRecord> {
  allow(call, 'places.write');
  await call.db.transaction(async (tx) => {
    await schoolFor(call, tx, school);
    await replaceContacts(tx, school, contacts, causeOf(call));
    await audited(tx, call, 'school.contacts-written', `school ${school}`);
  });
  return schoolFor(call, call.db, school);
}

export async function schoolsFor(call: Call, district?: string): Promise<SchoolRecord[]> {
  allow(call, 'places.read');
  const all = await listSchools(call.db, district === undefined ? {} : { district });
  return all.filter((school) => reaches(call.caller.schools, [school.code]));
}

export interface SchoolShown extends SchoolRecord {
  readonly calendarVersion: number | null;
  readonly coverage: Coverage;
  readonly knownUpTo: IsoDate | null;
}

export async function showSchool(call: Call, code: string): Promise<SchoolShown> {
  allow(call, 'places.read');
  const school = await schoolFor(call, call.db, code);
  const coverage = await coverageOf(call.db, code);
  const calendar = await calendarFor(call.db, code);
  return { ...school, calendarVersion: calendar?.version ?? null, coverage, knownUpTo: knownUpTo(coverage) };
}
