/** Steps that send a letter, and each letter to each recipient: what was decided, claimed, sent, posted. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { ParkReason } from '../../domain/case/state.ts';
import type { PostalAddress } from '../../domain/records.ts';
import { bytes, caseNumber, causedBy, instant, isoDate } from './columns.ts';
import type { JsonObject } from './columns.ts';

/** `reserved`: a decision that would stop the letter is being asked this moment. */
export type StepStatus = 'waiting' | 'reserved' | 'withdrawn' | 'leaving' | 'out' | 'blocked';

/** The arbiter between a decision that stops a letter and its leaving: both go through this row's lock, so exactly one wins. */
export const stepLetters = pgTable(
  'step_letters',
  {
    /** `<case>/<kind>/<sequence>`, e.g. `C-000017/first-notice/1`. */
    key: text('key').primaryKey(),
    /** Of a case, a 20-Day Monitor or a service call. */
    caseNumber: caseNumber().notNull(),
    kind: text('kind').notNull(),
    sequence: integer('sequence').notNull(),
    status: text('status').$type<StepStatus>().notNull(),
    /** Null while only the arbiter knows the step: a withdrawal may come before the journal's write. */
    decidedOn: isoDate('decided_on'),
    sendOn: isoDate('send_on'),
    /** The command that reserved the step; on a withdrawn one, the command that did it. */
    reservedBy: text('reserved_by'),
    reservedUntil: instant('reserved_until'),
    /** Why the case keeps it in the house for now (a hold, the summer, its basis, a person asked); null when it may leave. */
    parked: text('parked').$type<ParkReason>(),
    blockedReason: text('blocked_reason'),
    outOn: isoDate('out_on'),
    basis: jsonb('basis').$type<JsonObject>(),
    at: instant('at').notNull(),
  },
  (t) => [
    index('step_letters_by_case').on(t.caseNumber),
    index('step_letters_to_send')
      .on(t.sendOn)
      .where(sql`${t.status} in ('waiting', 'reserved', 'leaving', 'blocked')`),
  ],
);

export type NoticeStatus = 'claimed' | 'sent' | 'unknown' | 'refused' | 'queued' | 'posted' | 'withheld';
export type NoticeChannel = 'email' | 'print';

export const notices = pgTable(
  'notices',
  {
    /** `<step key>/<recipient key>`: claimed once, ever. */
    key: text('key').primaryKey(),
    stepKey: text('step_key')
      .notNull()
      .references(() => stepLetters.key),
    /** Of a case, a 20-Day Monitor or a service call. */
    caseNumber: caseNumber().notNull(),
    kind: text('kind').notNull(),
    sequence: integer('sequence').notNull(),
    recipientGuardianIds: integer('recipient_guardian_ids').array().notNull(),
    /** `guardian`, `student` (of 18), `agency` (wards), `state-attorney`; `school` for a copy, which makes no step out. */
    recipientKind: text('recipient_kind').notNull(),
    channel: text('channel').$type<NoticeChannel>().notNull(),
    language: text('language').notNull(),
    status: text('status').$type<NoticeStatus>().notNull(),
    /** Derived from the key; null for print. */
    messageId: text('message_id').unique(),
    toEmail: text('to_email'),
    toName: text('to_name'),
    toAddress: jsonb('to_address').$type<PostalAddress>(),
    /** Kept as sent: a reprint shows this very text. */
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    html: text('html'),
    pdf: bytes('pdf'),
    /** SHA-256 over text, HTML and PDF. */
    sha256: text('sha256').notNull(),
    templateVersion: text('template_version').notNull(),
    policyVersion: text('policy_version').notNull(),
    evidence: jsonb('evidence').$type<JsonObject>().notNull(),
    practice: boolean('practice').notNull(),
    /** The print that replaces a refused or unknown e-mail names it. */
    insteadOf: text('instead_of'),
    /** The print that goes out along with an e-mail names it. */
    alongside: text('alongside'),
    claimedAt: instant('claimed_at').notNull(),
    /** The attempt that holds the claim: only it may start DATA. */
    claimedBy: text('claimed_by').notNull(),
    /** Set before DATA: a claim found open with it is of unknown outcome, without it nothing has left. */
    dataStartedAt: instant('data_started_at'),
    acceptedAt: instant('accepted_at'),
    smtpResponse: text('smtp_response'),
    failureCode: text('failure_code'),
    outOn: isoDate('out_on'),
    postedBy: text('posted_by'),
    postedAt: instant('posted_at'),
    settledBy: text('settled_by'),
    settledAs: text('settled_as').$type<'sent' | 'print'>(),
    settledReason: text('settled_reason'),
    settledAt: instant('settled_at'),
  },
  (t) => [
    index('notices_by_case').on(t.caseNumber),
    index('notices_by_step').on(t.stepKey),
    index('notices_unsettled')
      .on(t.status)
      .where(sql`${t.status} in ('claimed', 'unknown', 'queued')`),
  ],
);

export type BounceOutcome =
  /** The address is marked and a print goes out in place of the e-mail. */
  | 'printed'
  /** The address is marked; a print was on its way already, or a person is asked. */
  | 'noted'
  /** The server is still trying. */
  | 'delayed'
  /** It names no letter of ours. */
  | 'unmatched';

/** Delivery reports (RFC 3464) taken in, each once, however often and by whichever way it comes. */
export const bounces = pgTable(
  'bounces',
  {
    /** Hash over the report's own Message-ID (or its text) and the recipient it is about. */
    key: text('key').primaryKey(),
    noticeKey: text('notice_key').references(() => notices.key),
    outcome: text('outcome').$type<BounceOutcome>().notNull(),
    /** RFC 3463, e.g. `5.1.1`. */
    statusCode: text('status_code'),
    officeDate: isoDate('office_date').notNull(),
    ...causedBy(),
  },
  (t) => [index('bounces_by_notice').on(t.noticeKey)],
);
