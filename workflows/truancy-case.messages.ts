/** What can be said to a truancy case: its signals, updates and queries, with their types. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CommandAnswer } from '../domain/case/decide.ts';
import type { Entry } from '../domain/case/entries.ts';
import type { Command } from '../domain/case/commands.ts';
import type { Fact } from '../domain/case/facts.ts';
import type { CaseState, OpeningInput } from '../domain/case/state.ts';
import type { OfficeClock } from '../domain/office-clock.ts';

export const TRUANCY_CASE = 'truancyCase';

/** The case's workflow id: an opaque number, never a name. */
export function caseWorkflowId(caseNumber: string): string {
  return `case-${caseNumber}`;
}

export interface CaseInput {
  readonly opening: OpeningInput;
  readonly clock: OfficeClock;
  /** Everything an earlier run of this case hands over. */
  readonly carried?: CarriedCase | undefined;
  /** Test hook: continue as new after so many messages, whatever Temporal suggests. */
  readonly continueAsNewEvery?: number | undefined;
}

export interface CarriedCase {
  readonly state: CaseState;
  readonly lastFact: number;
  /** Answers of recent commands, oldest first, so that a repeat gets the first answer in any run. */
  readonly answers: readonly { readonly id: string; readonly answer: CommandAnswer }[];
  /** What came while the last write was under way, not yet in the journal. */
  readonly unwritten?: readonly Entry[] | undefined;
}

/** A fact with its place in the case's outbox: each is taken once, in order. */
export interface NumberedFact {
  readonly seq: number;
  readonly fact: Fact;
}

/** A command as it travels: given up by its caller, it must not act hours later. */
export type TravellingCommand<C extends Command = Command> = C & {
  /** ISO instant after which the case refuses it with COMMAND_EXPIRED. */
  readonly expiresAt: string;
};

export const recordAttendanceSignal = defineSignal<[NumberedFact]>('recordAttendance');
export const recordInterventionSignal = defineSignal<[NumberedFact]>('recordIntervention');
export const voidInterventionSignal = defineSignal<[NumberedFact]>('voidIntervention');
export const changeCalendarSignal = defineSignal<[NumberedFact]>('changeCalendar');
export const letterOutSignal = defineSignal<[NumberedFact]>('letterOut');
export const letterBlockedSignal = defineSignal<[NumberedFact]>('letterBlocked');
export const recordContactSignal = defineSignal<[NumberedFact]>('recordContact');
export const caseloadReportSignal = defineSignal<[NumberedFact]>('caseloadReport');
export const transferStudentSignal = defineSignal<[NumberedFact]>('transferStudent');
export const officeDaySignal = defineSignal<[NumberedFact]>('officeDay');

/** The signal that carries each kind of fact. */
export const SIGNAL_OF_FACT: Readonly<Record<Fact['type'], string>> = {
  attendance: 'recordAttendance',
  intervention: 'recordIntervention',
  'intervention-void': 'voidIntervention',
  calendar: 'changeCalendar',
  'letter-out': 'letterOut',
  'letter-blocked': 'letterBlocked',
  contact: 'recordContact',
  caseload: 'caseloadReport',
  transfer: 'transferStudent',
  'office-day': 'officeDay',
};

export const makeReferralUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('makeReferral');
export const withdrawStepUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('withdrawStep');
export const placeOnCaseloadUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('placeOnCaseload');
export const scheduleHearingUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('scheduleHearing');
export const recordHearingUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('recordHearing');
export const issueOrderUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('issueOrder');
export const referToCourtUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('referToCourt');
export const recordCourtAnswerUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('recordCourtAnswer');
export const recordCourtStatusUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('recordCourtStatus');
export const moveHearingUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('moveHearing');
export const continueHearingUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('continueHearing');
export const cancelHearingUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('cancelHearing');
export const letHearingStandUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('letHearingStand');
export const placeHoldUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('placeHold');
export const extendHoldUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('extendHold');
export const releaseHoldUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('releaseHold');
export const releaseLetterUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('releaseLetter');
export const approveLetterUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('approveLetter');
export const withholdLetterUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('withholdLetter');
export const returnLetterUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('returnLetter');
export const resubmitLetterUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('resubmitLetter');
export const judgeProgressUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('judgeProgress');
export const settleQuestionUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('settleQuestion');
export const adoptPolicyUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('adoptPolicy');
export const closeCaseUpdate = defineUpdate<CommandAnswer, [TravellingCommand]>('closeCase');

/** The update that carries each kind of command. */
export const UPDATE_OF_COMMAND: Readonly<Record<Command['type'], string>> = {
  'make-referral': 'makeReferral',
  'withdraw-step': 'withdrawStep',
  'place-on-caseload': 'placeOnCaseload',
  'schedule-hearing': 'scheduleHearing',
  'record-hearing': 'recordHearing',
  'issue-order': 'issueOrder',
  'refer-to-court': 'referToCourt',
  'record-court-answer': 'recordCourtAnswer',
  'record-court-status': 'recordCourtStatus',
  'move-hearing': 'moveHearing',
  'continue-hearing': 'continueHearing',
  'cancel-hearing': 'cancelHearing',
  'let-hearing-stand': 'letHearingStand',
  'place-hold': 'placeHold',
  'extend-hold': 'extendHold',
  'release-hold': 'releaseHold',
  'release-letter': 'releaseLetter',
  'approve-letter': 'approveLetter',
  'withhold-letter': 'withholdLetter',
  'return-letter': 'returnLetter',
  'resubmit-letter': 'resubmitLetter',
  'judge-progress': 'judgeProgress',
  'settle-question': 'settleQuestion',
  'adopt-policy': 'adoptPolicy',
  'close-case': 'closeCase',
};

export const statusQuery = defineQuery<CaseState>('status');
export const whyQuery = defineQuery<string>('why');

/** A refused update fails with an ApplicationFailure of this type; its details are [code, details]. */
export const REFUSED = 'Refused';
