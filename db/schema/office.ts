/** One office an installation: its policy in force, its practice mode and its clock. */
import { boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { OfficeClock } from '../../domain/office-clock.ts';
import type { OfficeProfile } from '../../domain/office-profile.ts';
import type { OfficePolicy } from '../../domain/office-policy.ts';
import { bytes, causedBy, instant, isoDate } from './columns.ts';

export const office = pgTable('office', {
  /** `roe53` or `intervention`. */
  code: text('code').primaryKey(),
  name: text('name').notNull(),
  /** IANA zone of the office's own day. */
  zone: text('zone').notNull(),
  policyName: text('policy_name').notNull(),
  policyVersion: text('policy_version').notNull(),
  /** Practice before real: a new office sends to nobody but the catcher or one named mailbox. */
  practice: boolean('practice').notNull().default(true),
  practiceMailbox: text('practice_mailbox'),
  /** When set, the office's date is this and not the real clock's: the demo and tests drive the year themselves. */
  drivenToday: isoDate('driven_today'),
  /** How fast a driven office's days pass: cases and deliveries guess by it when to wake. Null for the real clock. */
  drivenClock: jsonb('driven_clock').$type<Extract<OfficeClock, { kind: 'driven' }>>(),
  /** Letterhead, signatories, Case Managers, State's Attorneys; null until set-up has asked for them. */
  profile: jsonb('profile').$type<OfficeProfile>(),
  /** Whether worklists are told by e-mail each morning; null: yes, unless the office is driven. */
  digests: boolean('digests'),
  updatedAt: instant('updated_at').notNull(),
});

/** The office's logo, apart from its row: that is read with every letter and every question, the picture when a page is drawn. */
export const officeLogos = pgTable('office_logos', {
  office: text('office')
    .primaryKey()
    .references(() => office.code),
  /** PNG or JPEG, as it was given. */
  image: bytes('image').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** Every version of a policy this office has gone by, as it was read: a version in use cannot silently change. */
export const policies = pgTable(
  'policies',
  {
    name: text('name').notNull(),
    version: text('version').notNull(),
    title: text('title').notNull(),
    effectiveFrom: isoDate('effective_from').notNull(),
    /** Over what the file says, whatever its comments and layout. */
    sha256: text('sha256').notNull(),
    /** The file, with its comments. */
    text: text('text').notNull(),
    /** What the rules read of it. */
    rules: jsonb('rules').$type<OfficePolicy>().notNull(),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] })],
);
