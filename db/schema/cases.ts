/** Cases as last told by their workflows, and the journal of every decision. */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { caseNumber, causedBy, instant, isoDate, studentId } from './columns.ts';
import type { JsonObject } from './columns.ts';
import { schools } from './places.ts';
import { students } from './people.ts';

export const caseNumbers = pgSequence('case_numbers', { startWith: 1 });

export const cases = pgTable(
  'cases',
  {
    number: text('number').primaryKey(),
    studentId: studentId().references(() => students.id),
    school: text('school')
      .notNull()
      .references(() => schools.code),
    status: text('status').$type<'open' | 'closed'>().notNull(),
    workflowId: text('workflow_id').notNull().unique(),
    policyName: text('policy_name').notNull(),
    policyVersion: text('policy_version').notNull(),
    openedOn: isoDate('opened_on').notNull(),
    closedOn: isoDate('closed_on'),
    closeReason: text('close_reason'),
    stage: text('stage').notNull(),
    /** The role that must act next. */
    actionBy: text('action_by'),
    nextDeadline: isoDate('next_deadline'),
    unexcused: numeric('unexcused', { precision: 8, scale: 4, mode: 'number' }).notNull().default(0),
    flags: text('flags')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    projection: jsonb('projection').$type<JsonObject>(),
    /** Which run wrote the projection and how far it had come: a newer run wins, then the higher sequence. */
    runStartedAt: instant('run_started_at'),
    runId: text('run_id'),
    seq: integer('seq').notNull().default(0),
    previousCase: text('previous_case'),
    /** Brought in from paper: nothing of it is sent again. */
    beforeSystem: boolean('before_system').notNull().default(false),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('cases_one_open_per_student')
      .on(t.studentId)
      .where(sql`${t.status} = 'open'`),
    index('cases_by_student').on(t.studentId),
    index('cases_by_school').on(t.school, t.status),
    index('cases_by_deadline')
      .on(t.nextDeadline)
      .where(sql`${t.status} = 'open'`),
    index('cases_by_stage').on(t.stage, t.actionBy),
  ],
);

/** Append-only: what the case decided, in its own order, run by run. A lost open case can be restarted from it. */
export const caseJournal = pgTable(
  'case_journal',
  {
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    runId: text('run_id').notNull(),
    seq: integer('seq').notNull(),
    officeDate: isoDate('office_date').notNull(),
    commandId: text('command_id'),
    type: text('type').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    invented: boolean('invented').notNull().default(false),
    ...causedBy(),
  },
  (t) => [
    primaryKey({ columns: [t.caseNumber, t.runId, t.seq] }),
    index('case_journal_by_date').on(t.caseNumber, t.officeDate),
  ],
);

export const interventions = pgTable(
  'interventions',
  {
    /** The caller's command id, or a hash of the content: the same one sent twice is one. */
    id: text('id').primaryKey(),
    studentId: studentId().references(() => students.id),
    caseNumber: caseNumber().references(() => cases.number),
    kind: text('kind').notNull(),
    date: isoDate('date').notNull(),
    byWhom: text('by_whom').notNull(),
    outcome: text('outcome'),
    description: text('description'),
    proof: text('proof'),
    /** Office date of the entry: one dated on a referral's own day counts only if logged before it. */
    loggedOn: isoDate('logged_on').notNull(),
    invented: boolean('invented').notNull().default(false),
    /** Why a person should look at it, e.g. several of one kind on one day. Flagged, not refused. */
    flagged: text('flagged'),
    voidReason: text('void_reason'),
    voidAt: instant('void_at'),
    voidBy: text('void_by'),
    ...causedBy(),
  },
  (t) => [index('interventions_by_student').on(t.studentId, t.date)],
);

/** Where hearings are held, and when: the slots of a docket are cut from these hours. */
export const hearingHours = pgTable(
  'hearing_hours',
  {
    place: text('place').notNull(),
    /** 1 Monday … 7 Sunday. */
    weekday: integer('weekday').notNull(),
    /** Local times, `HH:MM`; the last slot ends by `until`. */
    from: text('from_time').notNull(),
    until: text('until_time').notNull(),
    slotMinutes: integer('slot_minutes').notNull(),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.place, t.weekday, t.from] })],
);

/**
 * A place and an hour hold one case: the docket is a constraint, not an agreement between workflows. `reserved` while a
 * case is asked; `booked` by the case's own write once it has agreed.
 */
export const hearingDocket = pgTable(
  'hearing_docket',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    place: text('place').notNull(),
    date: isoDate('date').notNull(),
    /** Local time, `HH:MM`. */
    time: text('time').notNull(),
    /** How long the place is taken. */
    minutes: integer('minutes').notNull().default(30),
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    status: text('status').$type<'reserved' | 'booked' | 'held' | 'cancelled'>().notNull(),
    /** The command that reserved it, and the instant after which the case refuses that command. */
    reservedBy: text('reserved_by'),
    reservedUntil: instant('reserved_until'),
    /** Language or person: at one hearing at a time. */
    interpreter: text('interpreter'),
    accommodation: text('accommodation'),
    ...causedBy(),
  },
  (t) => [
    uniqueIndex('hearing_docket_one_booking')
      .on(t.place, t.date, t.time)
      .where(sql`${t.status} in ('reserved', 'booked')`),
    uniqueIndex('hearing_docket_one_for_a_case')
      .on(t.caseNumber)
      .where(sql`${t.status} = 'booked'`),
    index('hearing_docket_by_case').on(t.caseNumber),
  ],
);

/** The Case Manager's tries to reach a family. They never count as interventions, which are the school's. */
export const contacts = pgTable(
  'contacts',
  {
    /** The caller's command id, or a hash of the content: the same one sent twice is one. */
    id: text('id').primaryKey(),
    caseNumber: caseNumber()
      .notNull()
      .references(() => cases.number),
    studentId: studentId().references(() => students.id),
    kind: text('kind').notNull(),
    /** By function (mother, guardian, student …), never a name. */
    whom: text('whom').notNull(),
    date: isoDate('date').notNull(),
    outcome: text('outcome').notNull(),
    reached: boolean('reached').notNull(),
    note: text('note'),
    /** Office date of the entry. */
    loggedOn: isoDate('logged_on').notNull(),
    invented: boolean('invented').notNull().default(false),
    voidReason: text('void_reason'),
    voidAt: instant('void_at'),
    voidBy: text('void_by'),
    ...causedBy(),
  },
  (t) => [index('contacts_by_case').on(t.caseNumber, t.date)],
);
