/** What people may decide in a case. Facts (absences, interventions, letters that left) are in facts.ts. */
import type { IsoDate } from '../dates.ts';
import type { Actor, ClosingReason } from './state.ts';

export interface CommandBase {
  /** Chosen by the caller; the same id gets the first answer, however often it comes. */
  readonly id: string;
  /** Office date at the door. */
  readonly officeDate: IsoDate;
  readonly actor: Actor;
}

export interface MakeReferral extends CommandBase {
  readonly type: 'make-referral';
  /** The school's judgement in a sentence: why progress is not adequate. */
  readonly progress: string;
  /** Written reason to refer without a new unexcused absence. */
  readonly override?: string | undefined;
  /** The Assistant Regional Superintendent's written reason to accept fewer interventions. */
  readonly acceptFewer?: string | undefined;
}

/** Undoes the latest step while its letter has not left. The door has already stopped the letter in the records. */
export interface WithdrawStep extends CommandBase {
  readonly type: 'withdraw-step';
  readonly reason: string;
}

export interface PlaceOnCaseload extends CommandBase {
  readonly type: 'place-on-caseload';
  readonly reason: string;
}

export interface ScheduleHearing extends CommandBase {
  readonly type: 'schedule-hearing';
  readonly date: IsoDate;
  /** Local time, `HH:MM`. */
  readonly time: string;
  readonly place: string;
  /** Whether a recipient will get the notice by post (from the records, at the door). */
  readonly posted: boolean;
  /** Written reason for a closer date. */
  readonly override?: string | undefined;
}

export interface RecordHearing extends CommandBase {
  readonly type: 'record-hearing';
  readonly outcome: 'held' | 'held-in-absence' | 'missed';
  /** Who appeared, by function: "mother and student". */
  readonly appeared: string;
}

export interface IssueOrder extends CommandBase {
  readonly type: 'issue-order';
  /** Default: the next school day after the hearing. */
  readonly returnDate?: IsoDate | undefined;
  readonly findings: string;
  readonly services: readonly string[];
  readonly reviewDate?: IsoDate | undefined;
}

export interface ReferToCourt extends CommandBase {
  readonly type: 'refer-to-court';
  /** Written reason to refer although no breach of the order is on record. */
  readonly override?: string | undefined;
}

export interface RecordCourtAnswer extends CommandBase {
  readonly type: 'record-court-answer';
  readonly answer: 'accepted' | 'declined' | 'returned';
}

export interface CloseCase extends CommandBase {
  readonly type: 'close-case';
  readonly reason: ClosingReason;
  readonly note?: string | undefined;
}

export type Command =
  | MakeReferral
  | WithdrawStep
  | PlaceOnCaseload
  | ScheduleHearing
  | RecordHearing
  | IssueOrder
  | ReferToCourt
  | RecordCourtAnswer
  | CloseCase;
