/** The caseload's journal: what was done, in the Case Manager's words. The state is the fold of its entries. */
import type { SchoolCalendar } from '../calendar.ts';
import type { Actor } from '../case/state.ts';
import type { IsoDate } from '../dates.ts';
import type { DayAhead, Ending, FollowUpOutcome, MeetingOutcome, MeetingWith, Signature } from './state.ts';

interface EntryBase {
  /** Office date: its own day, never the clock's. */
  readonly on: IsoDate;
  /** Absent where the caseload acted by itself. */
  readonly actor?: Actor | undefined;
  readonly commandId?: string | undefined;
}

export interface ReviewSet {
  readonly id: string;
  readonly on: DayAhead;
}

export type CaseloadEntryBody =
  | {
      readonly type: 'caseload-begun';
      readonly why: 'third-referral' | 'case-manager';
      readonly reason: string | null;
    }
  /** A message that could not be read: left out, and said. */
  | { readonly type: 'message-dropped'; readonly message: string; readonly field: string }
  | {
      readonly type: 'meeting-recorded';
      readonly id: string;
      readonly with: MeetingWith;
      readonly date: IsoDate;
      readonly outcome: MeetingOutcome;
      readonly note: string | null;
    }
  | {
      readonly type: 'plan-made';
      readonly revision: number;
      readonly date: IsoDate;
      readonly reason: string | null;
      readonly goals: readonly string[];
      readonly supports: readonly string[];
      readonly signatures: readonly Signature[];
      readonly reviews: readonly ReviewSet[];
    }
  | {
      readonly type: 'plan-shared';
      readonly revision: number;
      readonly with: MeetingWith;
      readonly date: IsoDate;
      readonly signatures: readonly Signature[];
    }
  | { readonly type: 'review-due'; readonly id: string }
  | {
      readonly type: 'review-held';
      /** The review dates it stands for; one of its own where none was open. */
      readonly reviews: readonly string[];
      readonly date: IsoDate;
      readonly how: string;
      readonly goalsMet: readonly string[];
      readonly next: ReviewSet | null;
    }
  | {
      readonly type: 'agency-referred';
      readonly id: string;
      readonly agency: string;
      readonly purpose: string;
      readonly date: IsoDate;
      readonly followUp: DayAhead;
    }
  | { readonly type: 'follow-up-due'; readonly id: string }
  | {
      readonly type: 'follow-up-recorded';
      readonly id: string;
      readonly date: IsoDate;
      readonly outcome: FollowUpOutcome;
      readonly note: string | null;
      readonly again: DayAhead | null;
    }
  | { readonly type: 'calendar-changed'; readonly calendar: SchoolCalendar }
  /** A review or follow-up stands on another day now; null where the calendar is not known so far. */
  | {
      readonly type: 'deadline-moved';
      readonly deadline: 'review' | 'follow-up';
      readonly id: string;
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
    }
  | { readonly type: 'school-changed'; readonly from: string; readonly to: string }
  | { readonly type: 'caseload-ended'; readonly how: Ending; readonly reason: string };

export type CaseloadEntry = EntryBase & CaseloadEntryBody;
export type CaseloadEntryType = CaseloadEntry['type'];
