/** What people may decide in a case. Facts (absences, interventions, letters that left) are in facts.ts. */
import type { IsoDate } from '../dates.ts';
import type { LadderPolicy } from '../policy.ts';
import type { Actor, ClosingReason, LetterName } from './state.ts';

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
  /** One of the Case Manager's own letters instead, which announces no step. */
  readonly letter?: LetterName | undefined;
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
  /** Language of an interpreter, and what makes it accessible. */
  readonly interpreter?: string | undefined;
  readonly accommodation?: string | undefined;
}

/** Another date: `move-hearing` before it is opened, `continue-hearing` on its day or after. The family is told again. */
export interface MoveHearing extends Omit<ScheduleHearing, 'type'> {
  readonly type: 'move-hearing' | 'continue-hearing';
  readonly reason: string;
}

export interface CancelHearing extends CommandBase {
  readonly type: 'cancel-hearing';
  readonly reason: string;
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

export interface RecordCourtStatus extends CommandBase {
  readonly type: 'record-court-status';
  readonly text: string;
}

/** No letter leaves while it stands. Gives either its last day or its length in school days. */
export interface PlaceHold extends CommandBase {
  readonly type: 'place-hold';
  readonly kind: string;
  readonly reason: string;
  /** User id or role that is asked when it expires. */
  readonly owner: string;
  readonly until?: IsoDate | undefined;
  readonly schoolDays?: number | undefined;
}

export interface ExtendHold extends CommandBase {
  readonly type: 'extend-hold';
  readonly hold: string;
  readonly reason: string;
  readonly until?: IsoDate | undefined;
  readonly schoolDays?: number | undefined;
}

export interface ReleaseHold extends CommandBase {
  readonly type: 'release-hold';
  readonly hold: string;
  readonly reason: string;
}

/** Lets a letter that waits for a person (after a hold, between terms, without a recipient) leave. */
export interface ReleaseLetter extends CommandBase {
  readonly type: 'release-letter';
  readonly letter: LetterName;
  readonly reason: string;
}

/** The approver lets a letter leave. */
export interface ApproveLetter extends CommandBase {
  readonly type: 'approve-letter';
  readonly letter: LetterName;
  /** Local time at the office, `HH:MM`: before or after the cut-off. */
  readonly time: string;
  /** Hash of the evidence the approver was shown, for the journal. */
  readonly evidence?: string | undefined;
  /** The dated absences shown (date and fraction of a day); compared with the case's own. Absent: as the case has them. */
  readonly listed?: readonly (readonly [IsoDate, number])[] | undefined;
  readonly note?: string | undefined;
}

/** The approver keeps a letter in the house, or sends it back to whoever made the step. */
export interface StopLetter extends CommandBase {
  readonly type: 'withhold-letter' | 'return-letter';
  readonly letter: LetterName;
  readonly reason: string;
}

/** A returned letter is put before its approver again, with an answer. */
export interface ResubmitLetter extends CommandBase {
  readonly type: 'resubmit-letter';
  readonly letter: LetterName;
  readonly reason: string;
}

/** A person's judgement over the case's own review of progress. */
export interface JudgeProgress extends CommandBase {
  readonly type: 'judge-progress';
  readonly adequate: boolean;
  readonly reason: string;
}

/** What becomes of a letter whose facts or basis a correction has changed. */
export interface SettleQuestion extends CommandBase {
  readonly type: 'settle-question';
  readonly letter: LetterName;
  readonly how: 'correction' | 'withdrawal' | 'stands';
  readonly reason: string;
}

/** The Regional Superintendent: the hearing goes on although corrections took its count under the threshold. */
export interface LetHearingStand extends CommandBase {
  readonly type: 'let-hearing-stand';
  readonly reason: string;
}

/** Moves the case to another version of the office's policy, on purpose. */
export interface AdoptPolicy extends CommandBase {
  readonly type: 'adopt-policy';
  readonly policy: LadderPolicy;
  readonly reason: string;
}

export interface CloseCase extends CommandBase {
  readonly type: 'close-case';
  readonly reason: ClosingReason;
  readonly note?: string | undefined;
  /** The case that goes on instead, for duplicate students. */
  readonly continuedBy?: string | undefined;
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
  | RecordCourtStatus
  | MoveHearing
  | CancelHearing
  | LetHearingStand
  | PlaceHold
  | ExtendHold
  | ReleaseHold
  | ReleaseLetter
  | ApproveLetter
  | StopLetter
  | ResubmitLetter
  | JudgeProgress
  | SettleQuestion
  | AdoptPolicy
  | CloseCase;
