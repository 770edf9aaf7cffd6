/**
 * What officers, the dispatcher and a counselor may say of a call. `officer` is whose doing it is, the actor who entered it;
 * `at` when it happened, where that was earlier.
 */
import type { CommandBase } from '../case/commands.ts';
import type { SchoolCalendar } from '../calendar.ts';
import type { StepCode } from './policy.ts';
import type { Instant } from './state.ts';

interface ByOfficer extends CommandBase {
  readonly officer: string;
  readonly at?: Instant | undefined;
}

export interface AcceptOffer extends ByOfficer {
  readonly type: 'accept-offer';
}

export interface DeclineOffer extends ByOfficer {
  readonly type: 'decline-offer';
  readonly reason: string;
}

export interface StartVisit extends ByOfficer {
  readonly type: 'start-visit';
  /** Default: as the policy expects. */
  readonly expectedMinutes?: number | undefined;
}

export interface ArriveAtCall extends ByOfficer {
  readonly type: 'arrive';
}

/** Left the place, and is safe: the visit is over, the officer free. */
export interface LeaveCall extends ByOfficer {
  readonly type: 'leave';
}

export interface RecordStep extends ByOfficer {
  readonly type: 'record-step';
  readonly step: StepCode;
  readonly note?: string | undefined;
  readonly result?: string | undefined;
}

export interface WaiveStep extends CommandBase {
  readonly type: 'waive-step';
  readonly step: StepCode;
  readonly reason: string;
  readonly at?: Instant | undefined;
}

/** The counselor's word that the student was met, or what came of it. */
export interface CounselorWord extends CommandBase {
  readonly type: 'counselor-word';
  readonly note: string;
  readonly at?: Instant | undefined;
}

/** Somebody else is to go: the one named, where the dispatcher names one and the records have offered it to them. */
export interface ReassignCall extends CommandBase {
  readonly type: 'reassign-call';
  readonly reason: string;
}

/** One officer goes, though two should: the dispatcher's word, with its reason. */
export interface GoAlone extends CommandBase {
  readonly type: 'go-alone';
  readonly reason: string;
}

export interface CancelCall extends CommandBase {
  readonly type: 'cancel-call';
  readonly by: 'police' | 'school' | 'dispatcher';
  readonly reason: string;
}

export interface CloseCall extends CommandBase {
  readonly type: 'close-call';
  readonly outcome: string;
  readonly note?: string | undefined;
}

/** Police knew neither: who it is has been found out. */
export interface IdentifyStudent extends CommandBase {
  readonly type: 'identify-student';
  readonly student: string;
  readonly school: string;
  readonly calendar: SchoolCalendar;
}

export type CallCommand =
  | AcceptOffer
  | DeclineOffer
  | StartVisit
  | ArriveAtCall
  | LeaveCall
  | RecordStep
  | WaiveStep
  | CounselorWord
  | ReassignCall
  | GoAlone
  | CancelCall
  | CloseCall
  | IdentifyStudent;
