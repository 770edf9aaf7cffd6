/** What a call's journal holds: each entry with its office date, when it was entered, and who did it. */
import type { Actor } from '../case/state.ts';
import type { SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import type { StepCode } from './policy.ts';
import type { Instant, OfferEnd, StepResult } from './state.ts';

export type CallEntryBody =
  | { readonly type: 'call-begun' }
  /** Dispatch is asked for an officer, again. */
  | { readonly type: 'officer-sought' }
  | {
      readonly type: 'offer-made';
      readonly nth: number;
      readonly officer: string;
      readonly chosenBy: 'order' | 'dispatcher';
      readonly part?: 2 | undefined;
    }
  | { readonly type: 'offer-accepted'; readonly nth: number; readonly officer: string }
  | {
      readonly type: 'offer-ended';
      readonly nth: number;
      readonly officer: string;
      readonly how: OfferEnd;
      readonly reason: string | null;
      /** Handed back by an officer still on duty, who may be asked again later. */
      readonly again?: true | undefined;
    }
  | { readonly type: 'dispatcher-alerted'; readonly times: number }
  | { readonly type: 'school-told' }
  | {
      readonly type: 'visit-started';
      readonly nth: number;
      readonly officer: string;
      readonly expectedBackAt: Instant;
      readonly part?: 2 | undefined;
    }
  /** From now on two officers go. */
  | { readonly type: 'pair-needed'; readonly reason: string }
  /** One goes after all, by the dispatcher's word. */
  | { readonly type: 'pair-waived'; readonly reason: string }
  | { readonly type: 'arrived'; readonly nth: number; readonly officer: string }
  | { readonly type: 'left'; readonly nth: number; readonly officer: string }
  | { readonly type: 'visit-overdue'; readonly nth: number; readonly officer: string }
  | {
      readonly type: 'step-asked';
      readonly step: StepCode;
      readonly officer: string;
      readonly note: string | null;
    }
  | { readonly type: 'step-reminded'; readonly step: StepCode }
  | {
      readonly type: 'step-done';
      readonly step: StepCode;
      readonly officer: string | null;
      readonly note: string | null;
      readonly result: StepResult | null;
    }
  | { readonly type: 'step-waived'; readonly step: StepCode; readonly reason: string }
  | { readonly type: 'reassigned'; readonly reason: string }
  | {
      readonly type: 'student-identified';
      readonly student: string;
      readonly school: string;
      readonly calendar: SchoolCalendar;
    }
  | { readonly type: 'calendar-changed'; readonly calendar: SchoolCalendar }
  | { readonly type: 'call-closed'; readonly outcome: string; readonly reason: string | null }
  /** A message that could not be read, or came from nowhere known. */
  | { readonly type: 'message-dropped'; readonly field: string };

export interface CallEntryBase {
  readonly on: IsoDate;
  /** When it was entered. */
  readonly at: Instant;
  /** When it happened, where that was earlier. */
  readonly happenedAt?: Instant | undefined;
  readonly actor?: Actor | undefined;
  readonly commandId?: string | undefined;
}

export type CallEntry = CallEntryBase & CallEntryBody;
