/** What can be said to a caseload: its input, signals, updates and query, with their types. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SchoolCalendar } from '../domain/calendar.ts';
import type { CaseloadCommand } from '../domain/caseload/commands.ts';
import type { CaseloadEntry } from '../domain/caseload/entries.ts';
import type { CaseloadAnswer } from '../domain/caseload/decide.ts';
import type { CaseloadBeginning, CaseloadState } from '../domain/caseload/state.ts';
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeClock } from '../domain/office-clock.ts';

/** Type of the workflow, and first part of its id. */
export const CASELOAD = 'caseload';

/** One for each time the student is on the caseload: opaque, by the case's number. */
export function caseloadWorkflowId(caseNumber: string, sequence: number): string {
  return `${CASELOAD}-${caseNumber}-${sequence}`;
}

/**
 * Given by the case that starts it. Lives on its own (ABANDON: the case's continue-as-new must not terminate it) and
 * reports by facts through the case's outbox.
 */
export interface CaseloadInput extends CaseloadBeginning {
  readonly clock: OfficeClock;
  /** The office's policy, by name: what lists are filtered by. */
  readonly policyName: string;
  /** Everything an earlier run hands over. */
  readonly carried?: CarriedCaseload | undefined;
  /** Test hook: continue as new after so many messages, whatever Temporal suggests. */
  readonly continueAsNewEvery?: number | undefined;
}

export interface CarriedCaseload {
  readonly state: CaseloadState;
  /** Answers of recent commands, oldest first, so that a repeat gets the first answer in any run. */
  readonly answers: readonly { readonly id: string; readonly answer: CaseloadAnswer }[];
  /** What came while the last write was under way, not yet in the journal. */
  readonly unwritten?: readonly CaseloadEntry[] | undefined;
}

/** A command as it travels: given up by its caller, it must not act hours later. */
export type TravellingCaseloadCommand<C extends CaseloadCommand = CaseloadCommand> = C & {
  /** ISO instant after which it is refused with COMMAND_EXPIRED. */
  readonly expiresAt: string;
};

/** From the case: the student's calendar changed. */
export const caseloadCalendarSignal =
  defineSignal<[{ readonly calendar: SchoolCalendar; readonly today: IsoDate }]>('caseloadCalendar');
/** From the case: the student goes on at another school. */
export const caseloadSchoolSignal =
  defineSignal<[{ readonly school: string; readonly calendar: SchoolCalendar; readonly today: IsoDate }]>(
    'caseloadSchool',
  );
/** From the case: it closed, or took the placement back. */
export const caseloadCaseEndedSignal =
  defineSignal<[{ readonly on: IsoDate; readonly reason: string }]>('caseloadCaseEnded');
/** From a driven office's morning: look at the records what day it is. */
export const caseloadOfficeDaySignal = defineSignal('caseloadOfficeDay');

type Asked = [TravellingCaseloadCommand];
export const recordMeetingUpdate = defineUpdate<CaseloadAnswer, Asked>('recordMeeting');
export const makePlanUpdate = defineUpdate<CaseloadAnswer, Asked>('makePlan');
export const sharePlanUpdate = defineUpdate<CaseloadAnswer, Asked>('sharePlan');
export const holdReviewUpdate = defineUpdate<CaseloadAnswer, Asked>('holdReview');
export const referToAgencyUpdate = defineUpdate<CaseloadAnswer, Asked>('referToAgency');
export const recordFollowUpUpdate = defineUpdate<CaseloadAnswer, Asked>('recordFollowUp');
export const endCaseloadUpdate = defineUpdate<CaseloadAnswer, Asked>('endCaseload');

/** The update that carries each kind of command. */
export const UPDATE_OF_CASELOAD_COMMAND: Readonly<Record<CaseloadCommand['type'], string>> = {
  'record-meeting': 'recordMeeting',
  'make-plan': 'makePlan',
  'share-plan': 'sharePlan',
  'hold-review': 'holdReview',
  'refer-to-agency': 'referToAgency',
  'record-follow-up': 'recordFollowUp',
  'end-caseload': 'endCaseload',
};

export const caseloadStatusQuery = defineQuery<CaseloadState>('status');
