/** Attendance Officers: which schools they cover, when they are on duty, how an offer reaches them, where danger was met. */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { DutyTime } from '../../domain/duty-times.ts';
import { causedBy, instant } from './columns.ts';
import { schools } from './places.ts';
import { users } from './work.ts';

export const officerNumbers = pgSequence('officer_numbers', { startWith: 1 });

export type OfficerChannel = 'webhook' | 'email' | 'radio';

export const officers = pgTable(
  'officers',
  {
    /** `O-0001`: stands in journals and offers, where a name has no place. */
    id: text('id').primaryKey(),
    /** Whose key acts as this officer; null for one the dispatcher enters everything for. */
    userId: text('user_id').references(() => users.id),
    name: text('name').notNull(),
    channel: text('channel').$type<OfficerChannel>().notNull(),
    /** Address of the webhook or the e-mail; null for radio. */
    reach: text('reach'),
    /** Key of the webhook's signature. */
    secret: text('secret'),
    /** For the dispatcher, and in an alarm for colleagues, who ring it. */
    phone: text('phone'),
    /** Covers every school; else those of `officer_schools`. */
    allSchools: boolean('all_schools').notNull().default(false),
    /** Planned weekly duty times: they say when duty ends that somebody began. */
    duty: jsonb('duty').$type<readonly DutyTime[]>().notNull().default([]),
    /** Off the roster since then. */
    endedAt: instant('ended_at'),
    endedBy: text('ended_by'),
    endReason: text('end_reason'),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('officers_by_user')
      .on(t.userId)
      .where(sql`${t.endedAt} is null`),
  ],
);

const officer = () =>
  text('officer')
    .notNull()
    .references(() => officers.id);

export const officerSchools = pgTable(
  'officer_schools',
  {
    officer: officer(),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.officer, t.school] })],
);

/** Every version of an officer's place on the roster, as it was from then on; the last is what holds. */
export const officerVersions = pgTable(
  'officer_versions',
  {
    officer: officer(),
    /** 1, 2 … for each officer. */
    version: integer('version').notNull(),
    name: text('name').notNull(),
    userId: text('user_id').references(() => users.id),
    channel: text('channel').$type<OfficerChannel>().notNull(),
    reach: text('reach'),
    /** Whether its key is another than before; the key itself is not kept. */
    newKey: boolean('new_key').notNull().default(false),
    phone: text('phone'),
    /** Null: every school. */
    schools: text('schools').array(),
    duty: jsonb('duty').$type<readonly DutyTime[]>().notNull(),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.officer, t.version] })],
);

/** When an officer was on duty; one stretch is open while they are. */
export const dutySpans = pgTable(
  'duty_spans',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    officer: officer(),
    fromAt: instant('from_at').notNull(),
    /** Its planned end: from then on nothing new is offered. Null: until they say so. */
    untilAt: instant('until_at'),
    toAt: instant('to_at'),
    reason: text('reason'),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('duty_spans_one_open')
      .on(t.officer)
      .where(sql`${t.toAt} is null`),
    index('duty_spans_by_time').on(t.fromAt),
  ],
);

/** What whoever goes to an address should know before leaving. Ended, never deleted. */
export const addressHazards = pgTable(
  'address_hazards',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** The address in one normal form, so that every spelling of it finds the note. */
    addressKey: text('address_key').notNull(),
    address: text('address').notNull(),
    note: text('note').notNull(),
    endedAt: instant('ended_at'),
    endedBy: text('ended_by'),
    endReason: text('end_reason'),
    ...causedBy(),
  },
  (t) => [
    index('address_hazards_by_address')
      .on(t.addressKey)
      .where(sql`${t.endedAt} is null`),
  ],
);
