/** What workflows ask of the world outside: the activities, by subject, as types. Workflows import only these. */
import type { Entry } from '../domain/case/entries.ts';
import type { CaseState, LetterRef, ParkReason } from '../domain/case/state.ts';
import type { SentLetterRef } from '../domain/department-letters.ts';
import type { CaseView } from '../domain/case/view.ts';
import type { CallEntry } from '../domain/calls/entries.ts';
import type { CallState } from '../domain/calls/state.ts';
import type { CallView } from '../domain/calls/view.ts';
import type { CaseloadEntry } from '../domain/caseload/entries.ts';
import type { CaseloadState } from '../domain/caseload/state.ts';
import type { CaseloadView } from '../domain/caseload/view.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { MonitorEntry } from '../domain/monitor/entries.ts';
import type { AttendanceNews } from '../domain/monitor/decide.ts';
import type { MonitorState } from '../domain/monitor/state.ts';
import type { MonitorView } from '../domain/monitor/view.ts';

export interface NumberedEntry {
  readonly seq: number;
  readonly entry: Entry;
}

/** One write a wake-up: the journal's new entries and the case as it now stands. */
export interface CaseProgress {
  readonly caseNumber: string;
  readonly runId: string;
  /** ISO instant; a newer run's projection wins over an older one's. */
  readonly runStartedAt: string;
  readonly entries: readonly NumberedEntry[];
  readonly state: CaseState;
  readonly view: CaseView;
  /** Outbox number of the last fact taken: whoever waits for the case to have settled looks here. */
  readonly lastFact: number;
}

export interface OfficeDay {
  readonly officeDate: IsoDate;
  readonly coverage: Coverage;
  /** Facts of this case still on their way: they come first, each with its own date. */
  readonly factsPending: boolean;
}

/** Short and local: one database write or read each. */
export interface CaseActivities {
  /** Repeatable: the journal ignores what it has, the projection takes only what is newer. */
  recordCaseProgress(progress: CaseProgress): Promise<void>;
  /** Read-only. */
  readOfficeDay(caseNumber: string): Promise<OfficeDay>;
}

export interface NumberedCaseloadEntry {
  readonly seq: number;
  readonly entry: CaseloadEntry;
}

/** One write a wake-up: the journal's new entries and the caseload as it now stands. */
export interface CaseloadProgress {
  readonly runId: string;
  /** ISO instant; a newer run's projection wins over an older one's. */
  readonly runStartedAt: string;
  readonly entries: readonly NumberedCaseloadEntry[];
  readonly state: CaseloadState;
  readonly view: CaseloadView;
}

export interface CaseloadDay {
  readonly officeDate: IsoDate;
  /** The case has a changed calendar to take yet: it comes first. */
  readonly calendarOnItsWay: boolean;
}

/** Short and local: one database write or read each. */
export interface CaseloadActivities {
  /** Repeatable: the journal ignores what it has, the case is told once, the projection takes only what is newer. */
  recordCaseloadProgress(progress: CaseloadProgress): Promise<void>;
  /** Read-only. */
  readCaseloadDay(caseNumber: string): Promise<CaseloadDay>;
}

export type { LetterRef };

/** What is to be done with a step's letter on its sending day. */
export type LetterPlan =
  /** Its day has not come by the records, which may name another day than when the delivery began. */
  | { readonly status: 'not-yet'; readonly sendOn?: IsoDate | undefined }
  /** Facts about the case are on their way to it, or not yet judged: they come first; look again shortly. */
  | { readonly status: 'facts-first' }
  | { readonly status: 'withdrawn' }
  /** The case keeps it in the house, and begins a delivery anew once it may leave. */
  | { readonly status: 'parked'; readonly reason: ParkReason }
  /** Somebody is withdrawing the step this very moment; look again then. */
  | { readonly status: 'withdrawing'; readonly untilMs: number }
  | { readonly status: 'blocked'; readonly code: string }
  | {
      readonly status: 'leaving';
      readonly notices: readonly PlannedNotice[];
      /** The school gets a copy of what left. */
      readonly schoolCopy?: boolean | undefined;
    };

export interface PlannedNotice {
  /** Opaque: the addressee's part of the notice's key. */
  readonly addressee: string;
  readonly channel: 'email' | 'print';
}

export type NoticeOutcome =
  | { readonly status: 'sent' }
  /** The mail server refused for good; the letter is in the print queue instead. */
  | { readonly status: 'refused'; readonly code: string }
  /** The connection broke after the message was handed over: only a person or the office's policy can settle it. */
  | { readonly status: 'unknown' }
  | { readonly status: 'queued' }
  | { readonly status: 'withheld'; readonly code: string };

/** Letters: irreversible at their middle. Each says how it may be retried. */
export interface DeliveryActivities {
  /** Repeatable: the first call decides between leaving and withdrawn, later calls read it. */
  planLetter(letter: SentLetterRef): Promise<LetterPlan>;
  /** Claim, send, record. A claim found open after a crash becomes "unknown", never a second mail. */
  sendNotice(letter: SentLetterRef, addressee: string): Promise<NoticeOutcome>;
  /** Repeatable: renders and puts the letter on the print queue once. */
  printNotice(letter: SentLetterRef, addressee: string): Promise<NoticeOutcome>;
  /** Once the letter is on its way: claim, send, record, as for a letter; it makes no step out. */
  sendSchoolCopy(letter: SentLetterRef): Promise<NoticeOutcome>;
}

export interface Morning {
  /** Its office date. */
  readonly date: IsoDate;
  /** False on weekends and holidays: nothing is looked at, nobody is written to. */
  readonly officeDay: boolean;
  /** Schools found to have fallen silent, and those that no longer are, by code. */
  readonly silent: readonly string[];
  readonly over: readonly string[];
}

export type DigestOutcome =
  | 'sent'
  /** The connection broke after the message was handed over: not sent again, the next morning tells of the same tasks. */
  | 'unknown'
  | 'refused'
  /** Practice without a mailbox to practise with. */
  | 'withheld'
  /** Everything was done, or told, meanwhile. */
  | 'nothing';

/** The office's morning. Dates and opaque addressees only. */
export interface MorningActivities {
  /** Repeatable: a silence is told once. Without a date it is the office's today. */
  beginMorning(date: IsoDate | null): Promise<Morning>;
  /** Read-only: whose worklists hold something they have not been told of. */
  planDigests(): Promise<readonly string[]>;
  /** Claim, send, record. A claim found open after DATA had begun is "unknown", never a second mail. */
  sendDigest(date: IsoDate, addressee: string): Promise<DigestOutcome>;
}

export interface NumberedMonitorEntry {
  readonly seq: number;
  readonly entry: MonitorEntry;
}

/** One write a wake-up: the journal's new entries and the monitor as it now stands. */
export interface MonitorProgress {
  readonly runId: string;
  /** ISO instant; a newer run's projection wins over an older one's. */
  readonly runStartedAt: string;
  readonly entries: readonly NumberedMonitorEntry[];
  readonly state: MonitorState;
  readonly view: MonitorView;
  /** Outbox number of the last fact taken. */
  readonly lastFact: number;
}

/** Short: one database write or read each. */
export interface MonitorActivities {
  /**
   * Repeatable: the journal ignores what it has, people are told once, the projection takes only what is newer. Gives the
   * keys of what is to be told at once; nothing in histories from before monitors wrote to anybody.
   */
  recordMonitorProgress(progress: MonitorProgress): Promise<readonly string[] | undefined>;
  /** Read-only: the office date, and all that is known of the student's attendance since the contract. */
  readMonitorDay(number: string): Promise<AttendanceNews>;
}

export interface NumberedCallEntry {
  readonly seq: number;
  readonly entry: CallEntry;
}

/** One write a wake-up: the journal's new entries and the service call as it now stands. */
export interface CallProgress {
  readonly runId: string;
  /** ISO instant; a newer run's projection wins over an older one's. */
  readonly runStartedAt: string;
  readonly entries: readonly NumberedCallEntry[];
  readonly state: CallState;
  readonly view: CallView;
  /** Outbox number of the last fact taken. */
  readonly lastFact: number;
}

export interface CallActivities {
  /** Repeatable: the journal ignores what it has, the projection takes only what is newer. Gives the keys of what is to be told. */
  recordCallProgress(progress: CallProgress): Promise<readonly string[]>;
  /** Repeatable: one transaction chooses calls and officers until nobody is free or nothing waits. Gives how many it offered. */
  dispatchOfficers(given: { readonly at: string }): Promise<number>;
  /** Read-only. */
  readCallDay(): Promise<{ readonly officeDate: IsoDate }>;
}

export interface CallMessageActivities {
  /** Claim, send, record. A claim found open after sending had begun becomes "unknown", never a second message. */
  sendCallMessage(key: string): Promise<string>;
  /** Repeatable: the dispatcher is told that it did not leave in time. */
  giveUpCallMessage(key: string): Promise<void>;
}
