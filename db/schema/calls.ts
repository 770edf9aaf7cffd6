/** Service calls as last told by their workflows, the journal of each, who was asked to go, who is out, and what is told to whom. */
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
  varchar,
} from 'drizzle-orm/pg-core';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { causedBy, instant, isoDate } from './columns.ts';
import type { JsonObject } from './columns.ts';
import { officers } from './officers.ts';
import { students } from './people.ts';
import { schools } from './places.ts';

export const callNumbers = pgSequence('call_numbers', { startWith: 1 });

/** `S-000001`: opaque, fit for workflow ids and search attributes; the name of its stream in the outbox. */
const callNumber = () => varchar('call_number', { length: 16 });

export const serviceCalls = pgTable(
  'service_calls',
  {
    number: text('number').primaryKey(),
    kind: text('kind').$type<CallKind>().notNull(),
    status: text('status').$type<'open' | 'closed'>().notNull(),
    stage: text('stage').notNull(),
    /** Null where police did not know. */
    school: text('school').references(() => schools.code),
    studentId: integer('student_id').references(() => students.id),
    workflowId: text('workflow_id').notNull().unique(),
    policyName: text('policy_name').notNull(),
    policyVersion: text('policy_version').notNull(),
    openedAt: instant('opened_at').notNull(),
    openedOn: isoDate('opened_on').notNull(),
    /** What was said at intake, checked by its own door. */
    intake: jsonb('intake').$type<JsonObject>().notNull(),
    address: jsonb('address').$type<PostalAddress>(),

    // What dispatch reads. Offers and visits stand in their own tables; a call with a live one is not waiting.
    /** 1 before 2; null: no priority call. */
    priority: integer('priority'),
    /** It wants an officer, as far as its workflow has written. */
    seeking: boolean('seeking').notNull(),
    /** Office date from which an officer may be sent. */
    goesFrom: isoDate('goes_from').notNull(),
    /** Where it is, for planning a day's round: postal code, or what police said. */
    area: text('area'),

    /** Two officers go. */
    pair: boolean('pair').notNull().default(false),

    /** The dispatcher wants this officer to go, and nobody else. */
    reservedFor: text('reserved_for').references(() => officers.id),

    officer: text('officer').references(() => officers.id),
    headline: text('headline').notNull(),
    actionBy: text('action_by'),
    nextDeadline: instant('next_deadline'),
    flags: text('flags')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    outcome: text('outcome'),
    closedAt: instant('closed_at'),
    closedOn: isoDate('closed_on'),
    projection: jsonb('projection').$type<JsonObject>(),
    /** Which run wrote the projection and how far it had come: a newer run wins, then the higher sequence. */
    runStartedAt: instant('run_started_at'),
    runId: text('run_id'),
    seq: integer('seq').notNull().default(0),
    ...causedBy(),
  },
  (t) => [
    index('service_calls_waiting')
      .on(t.priority, t.openedAt)
      .where(sql`${t.status} = 'open' and ${t.seeking}`),
    index('service_calls_by_student').on(t.studentId),
    index('service_calls_by_school').on(t.school, t.status),
    index('service_calls_by_day').on(t.openedOn),
  ],
);

const call = () =>
  callNumber()
    .notNull()
    .references(() => serviceCalls.number);

/** Append-only: what the call decided, in its own order, run by run. */
export const callJournal = pgTable(
  'call_journal',
  {
    callNumber: call(),
    runId: text('run_id').notNull(),
    seq: integer('seq').notNull(),
    officeDate: isoDate('office_date').notNull(),
    /** When it happened, where somebody entered it later; `at` is when it was entered. */
    happenedAt: instant('happened_at'),
    commandId: text('command_id'),
    type: text('type').notNull(),
    data: jsonb('data').$type<JsonObject>().notNull(),
    invented: boolean('invented').notNull().default(false),
    ...causedBy(),
  },
  (t) => [primaryKey({ columns: [t.callNumber, t.runId, t.seq] })],
);

export type OfferStatus =
  | 'open'
  | 'accepted'
  | 'declined'
  | 'timed-out'
  /** Taken back: the call ended, was given to somebody else, or a priority call needs this officer. */
  | 'withdrawn'
  /** The officer could not go on, and somebody else was asked. */
  | 'handed-over'
  /** The officer has been there. */
  | 'done';

/**
 * Whom a call was offered to, and what came of it. Nobody is at two places: an officer has one live offer at most (open, or
 * accepted and not yet done), a call one for each officer who goes.
 */
export const callOffers = pgTable(
  'call_offers',
  {
    callNumber: call(),
    /** 1, 2 … in the call. */
    nth: integer('nth').notNull(),
    officer: text('officer')
      .notNull()
      .references(() => officers.id),
    /** 1; 2 for the second of a pair. */
    part: integer('part').notNull().default(1),
    status: text('status').$type<OfferStatus>().notNull(),
    /** By the order of calls, or by the dispatcher's own hand. */
    chosenBy: text('chosen_by').$type<'order' | 'dispatcher'>().notNull(),
    offeredAt: instant('offered_at').notNull(),
    offeredOn: isoDate('offered_on').notNull(),
    endedAt: instant('ended_at'),
    reason: text('reason'),
  },
  (t) => [
    primaryKey({ columns: [t.callNumber, t.nth] }),
    uniqueIndex('call_offers_one_for_an_officer')
      .on(t.officer)
      .where(sql`${t.status} in ('open', 'accepted')`),
    uniqueIndex('call_offers_one_for_a_call')
      .on(t.callNumber, t.part)
      .where(sql`${t.status} in ('open', 'accepted')`),
    index('call_offers_by_officer').on(t.officer, t.offeredAt),
  ],
);

/** An officer's way to a call and back. */
export const visits = pgTable(
  'visits',
  {
    callNumber: call(),
    /** The offer it belongs to. */
    nth: integer('nth').notNull(),
    officer: text('officer')
      .notNull()
      .references(() => officers.id),
    departedAt: instant('departed_at').notNull(),
    expectedBackAt: instant('expected_back_at').notNull(),
    arrivedAt: instant('arrived_at'),
    backAt: instant('back_at'),
    /** Dispatcher and colleagues were told that they are overdue. */
    overdueSince: instant('overdue_since'),
    /** Why a person should look at it: impossible in time, on a closed day … Flagged, not refused. */
    flagged: text('flagged'),
  },
  (t) => [
    primaryKey({ columns: [t.callNumber, t.nth] }),
    uniqueIndex('visits_one_for_an_officer')
      .on(t.officer)
      .where(sql`${t.backAt} is null`),
  ],
);

/**
 * What is told to an officer, a school or the dispatcher at once: claimed before anything leaves, never sent twice. Without
 * the student's name: whoever is meant to know it looks at the call.
 */
export const callMessages = pgTable(
  'call_messages',
  {
    /** `S-000001/offer/1`: the same message is not made twice. */
    key: text('key').primaryKey(),
    callNumber: callNumber().notNull(),
    kind: text('kind').notNull(),
    channel: text('channel').$type<'webhook' | 'email'>().notNull(),
    /** An officer, or a function of a school, or the dispatcher: the address is looked up when it leaves. */
    officer: text('officer').references(() => officers.id),
    school: text('school').references(() => schools.code),
    function: text('function'),
    details: jsonb('details').$type<JsonObject>().notNull(),
    status: text('status')
      .$type<'planned' | 'claimed' | 'sent' | 'unknown' | 'refused' | 'withheld' | 'late'>()
      .notNull(),
    plannedAt: instant('planned_at').notNull(),
    claimedBy: text('claimed_by'),
    dataStartedAt: instant('data_started_at'),
    settledAt: instant('settled_at'),
    failureCode: text('failure_code'),
    practice: boolean('practice').notNull().default(false),
  },
  (t) => [index('call_messages_by_call').on(t.callNumber)],
);
