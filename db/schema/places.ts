/** Districts, schools, who answers there, and the calendars they keep. */
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { ContactFunction, PostalAddress } from '../../domain/records.ts';
import { causedBy } from './columns.ts';

export const districts = pgTable('districts', {
  code: text('code').primaryKey(),
  name: text('name').notNull(),
  ...causedBy(),
});

export const schools = pgTable(
  'schools',
  {
    code: text('code').primaryKey(),
    sourceId: text('source_id').notNull().unique(),
    district: text('district')
      .notNull()
      .references(() => districts.code),
    name: text('name').notNull(),
    county: text('county').notNull(),
    zone: text('zone').notNull(),
    phone: text('phone'),
    address: jsonb('address').$type<PostalAddress>(),
    ...causedBy(),
  },
  (t) => [index('schools_by_district').on(t.district)],
);

export const schoolContacts = pgTable(
  'school_contacts',
  {
    school: text('school')
      .notNull()
      .references(() => schools.code),
    function: text('function').$type<ContactFunction>().notNull(),
    name: text('name').notNull(),
    email: text('email'),
    phone: text('phone'),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.school, t.function, t.name] })],
);

/** Every version of every calendar: the latest holds, a school's own before its district's. */
export const calendars = pgTable(
  'calendars',
  {
    scopeKind: text('scope_kind').$type<'school' | 'district'>().notNull(),
    scope: text('scope').notNull(),
    version: integer('version').notNull(),
    value: jsonb('value').$type<SchoolCalendar>().notNull(),
    /** Where it came from, e.g. a file's name, or `close`. */
    source: text('source').notNull(),
    reason: text('reason'),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.scopeKind, t.scope, t.version] })],
);
