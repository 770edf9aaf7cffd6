/** What the Case Manager may do on the caseload. Dates are when it happened; default: the office date. */
import type { CommandBase } from '../case/commands.ts';
import type { IsoDate } from '../dates.ts';
import type { FollowUpOutcome, MeetingOutcome, MeetingWith, Signer } from './state.ts';

/** A date, or so many school days from the day of the plan, review or referral it belongs to. */
export type DayGiven = { readonly date: IsoDate } | { readonly schoolDays: number };

export interface RecordMeeting extends CommandBase {
  readonly type: 'record-meeting';
  readonly with: MeetingWith;
  readonly outcome: MeetingOutcome;
  readonly date?: IsoDate | undefined;
  readonly note?: string | undefined;
}

/** The first plan, or a revision of it: the earlier one is kept, its reviews ahead are replaced. */
export interface MakePlan extends CommandBase {
  readonly type: 'make-plan';
  readonly goals: readonly string[];
  readonly supports: readonly string[];
  readonly date?: IsoDate | undefined;
  /** Default: as the office reviews plans. */
  readonly reviews?: readonly DayGiven[] | undefined;
  readonly signedBy?: readonly Signer[] | undefined;
  /** Asked of a revision. */
  readonly reason?: string | undefined;
}

export interface SharePlan extends CommandBase {
  readonly type: 'share-plan';
  readonly with: MeetingWith;
  readonly date?: IsoDate | undefined;
  readonly signedBy?: readonly Signer[] | undefined;
}

/** How it went: stands for every review due by then; `early` for the next one ahead. */
export interface HoldReview extends CommandBase {
  readonly type: 'hold-review';
  readonly how: string;
  /** Goals that are met now, by number; the others are not. */
  readonly goalsMet: readonly string[];
  readonly date?: IsoDate | undefined;
  readonly early?: boolean | undefined;
  readonly next?: DayGiven | undefined;
}

export interface ReferToAgency extends CommandBase {
  readonly type: 'refer-to-agency';
  readonly agency: string;
  readonly purpose: string;
  readonly date?: IsoDate | undefined;
  readonly followUp?: DayGiven | undefined;
}

export interface RecordFollowUp extends CommandBase {
  readonly type: 'record-follow-up';
  /** `a1` … */
  readonly agency: string;
  readonly outcome: FollowUpOutcome;
  readonly date?: IsoDate | undefined;
  readonly note?: string | undefined;
  /** Ask again then. */
  readonly again?: DayGiven | undefined;
}

export interface EndCaseload extends CommandBase {
  readonly type: 'end-caseload';
  readonly how: 'plan-met' | 'case-manager';
  readonly reason?: string | undefined;
}

export type CaseloadCommand =
  RecordMeeting | MakePlan | SharePlan | HoldReview | ReferToAgency | RecordFollowUp | EndCaseload;
