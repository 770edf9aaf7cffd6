/**
 * The case journal: what happened, in the office's words. A state is the fold of its entries ({@link evolve} in
 * evolve.ts), so a case can be read, defended and rebuilt from them.
 */
import type { SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import type { LetterKind, ReferralNumber } from '../policy.ts';
import type { LadderPolicy } from '../policy.ts';
import type {
  Actor,
  Certificate,
  ClosingReason,
  LetterName,
  PaperHistory,
  ParkReason,
  StatedFacts,
  UnexcusedDay,
} from './state.ts';

/** What every entry carries: the office date it has (its own school day, never the clock's) and who caused it. */
interface EntryBase {
  readonly on: IsoDate;
  /** Absent where the case acted by itself. */
  readonly actor?: Actor | undefined;
  readonly commandId?: string | undefined;
}

export type DeadlineKind =
  | 'referral-possible'
  | 'quiet-close'
  | 'count-drops'
  | 'hearing-day'
  | 'progress-review'
  | 'contact-reminder'
  | 'hold-expires'
  | 'order-review'
  | 'court-reminder'
  | 'approval-escalates';

export type EntryBody =
  | { readonly type: 'case-opened' }
  /** A message that could not be read: left out, and said. */
  | { readonly type: 'message-dropped'; readonly field: string }
  | {
      readonly type: 'intervention-recorded';
      readonly id: string;
      readonly kind: string;
      readonly date: IsoDate;
    }
  | { readonly type: 'intervention-voided'; readonly id: string; readonly reason: string }
  | { readonly type: 'attendance-recorded'; readonly days: readonly UnexcusedDay[]; readonly count: number }
  | { readonly type: 'threshold-reached'; readonly count: number }
  | {
      readonly type: 'threshold-lost';
      readonly count: number;
      readonly because: 'window' | 'correction' | 'calendar' | 'policy';
    }
  | {
      readonly type: 'calendar-changed';
      readonly version: number;
      readonly calendar: SchoolCalendar;
      readonly because: string;
    }
  | {
      readonly type: 'deadline-moved';
      readonly deadline: DeadlineKind;
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
      readonly because: string;
    }
  | {
      readonly type: 'referral-accepted';
      readonly n: ReferralNumber;
      readonly interventions: readonly string[];
      readonly newUnexcused: readonly IsoDate[];
      readonly count: number;
      readonly windowFrom: IsoDate | null;
      readonly progress: string;
      readonly override: string | null;
      readonly fewerAccepted: string | null;
    }
  | { readonly type: 'referral-withdrawn'; readonly n: ReferralNumber; readonly reason: string }
  | {
      readonly type: 'letter-decided';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly sendOn: IsoDate;
      /** The letter this one corrects or withdraws. */
      readonly about?: LetterName | undefined;
      /** Decided, but not to leave yet. */
      readonly parked?: ParkReason | undefined;
      /** Somebody looks at it first, and what it lists on that day. */
      readonly approval?: { readonly role: string; readonly listed: StatedFacts | null } | undefined;
    }
  /** Put before its approver again: it was returned and is put in anew, or what it lists has changed since it was approved. */
  | {
      readonly type: 'approval-asked';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly because: string;
      /** Days that count otherwise than when it was approved. */
      readonly dates: readonly IsoDate[];
      readonly listed: StatedFacts | null;
    }
  | {
      readonly type: 'letter-approved';
      readonly kind: LetterKind;
      readonly sequence: number;
      /** Hash of the evidence the approver was shown. */
      readonly evidence: string | null;
      readonly note: string | null;
      readonly listed: StatedFacts | null;
    }
  /** Kept in the house by its approver, who may approve it later. */
  | {
      readonly type: 'letter-withheld';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly reason: string;
    }
  /** Back to whoever made the step, which stays. */
  | {
      readonly type: 'letter-returned';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly reason: string;
    }
  /** Nobody decided in time: a further role is told, and may decide. */
  | {
      readonly type: 'approval-escalated';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly to: string;
    }
  /** It is ready, and may not leave for now. */
  | {
      readonly type: 'letter-parked';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly why: ParkReason;
    }
  /** It may leave again, on this office day. */
  | {
      readonly type: 'letter-rescheduled';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly sendOn: IsoDate;
      readonly because: string;
    }
  | {
      readonly type: 'letter-withdrawn';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly reason: string;
    }
  | {
      readonly type: 'letter-out';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly channel: 'email' | 'print';
      readonly knownFrom: IsoDate | null;
      readonly stated?: StatedFacts | undefined;
    }
  /** Corrections after it left: `none` where they were themselves taken back. */
  | {
      readonly type: 'letter-questioned';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly what: 'facts-changed' | 'basis-lost' | 'none';
      readonly dates: readonly IsoDate[];
      /** What is left of each (days); absent in entries of earlier versions. */
      readonly left?: readonly number[] | undefined;
      readonly because: string;
    }
  | {
      readonly type: 'question-settled';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly how: 'correction' | 'withdrawal' | 'stands';
      /** Absent where the office's policy settles it. */
      readonly reason: string | null;
    }
  | {
      readonly type: 'letter-blocked';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly code: string;
      /** Days it rests on or lists that no longer count so. */
      readonly dates?: readonly IsoDate[] | undefined;
    }
  | {
      readonly type: 'caseload-placed';
      readonly why: 'third-referral' | 'case-manager';
      readonly reason: string | null;
    }
  | { readonly type: 'caseload-undone'; readonly reason: string }
  | { readonly type: 'referral-possible'; readonly n: ReferralNumber }
  | {
      readonly type: 'hearing-scheduled';
      readonly sequence: number;
      readonly date: IsoDate;
      readonly time: string;
      readonly place: string;
      readonly count: number;
      readonly override: string | null;
      readonly interpreter?: string | null | undefined;
      readonly accommodation?: string | null | undefined;
    }
  /** Another date before it was held (moved), or after it was opened (continued). */
  | {
      readonly type: 'hearing-moved' | 'hearing-continued';
      readonly sequence: number;
      readonly date: IsoDate;
      readonly time: string;
      readonly place: string;
      readonly reason: string;
      readonly override: string | null;
      readonly interpreter: string | null;
      readonly accommodation: string | null;
    }
  | { readonly type: 'hearing-cancelled'; readonly sequence: number; readonly reason: string }
  /** Corrections took its count under the threshold (or gave it back). */
  | { readonly type: 'hearing-questioned'; readonly sequence: number; readonly count: number }
  | { readonly type: 'hearing-unquestioned'; readonly sequence: number; readonly count: number }
  | { readonly type: 'hearing-stands'; readonly sequence: number; readonly reason: string }
  | { readonly type: 'hearing-withdrawn'; readonly sequence: number; readonly reason: string }
  | { readonly type: 'hearing-day'; readonly sequence: number }
  | {
      readonly type: 'hearing-recorded';
      readonly sequence: number;
      readonly outcome: 'held' | 'held-in-absence' | 'missed';
      readonly appeared: string;
    }
  | {
      readonly type: 'order-issued';
      readonly sequence: number;
      readonly returnDate: IsoDate;
      readonly findings: string;
      readonly services: readonly string[];
      readonly reviewDate: IsoDate | null;
    }
  | { readonly type: 'order-withdrawn'; readonly sequence: number; readonly reason: string }
  | { readonly type: 'order-broken'; readonly date: IsoDate }
  | { readonly type: 'order-kept-after-correction'; readonly date: IsoDate }
  | { readonly type: 'order-review-due'; readonly sequence: number }
  | {
      readonly type: 'court-referred';
      readonly override: string | null;
      readonly submission?: number | undefined;
      readonly certificate?: Certificate | undefined;
    }
  | { readonly type: 'court-status'; readonly text: string }
  | { readonly type: 'court-reminder' }
  | { readonly type: 'court-withdrawn'; readonly reason: string }
  | { readonly type: 'court-answered'; readonly answer: 'accepted' | 'declined' | 'returned' }
  | { readonly type: 'closing-asked'; readonly cleanUpTo: IsoDate }
  | {
      readonly type: 'hold-placed';
      readonly id: string;
      readonly kind: string;
      readonly reason: string;
      readonly owner: string;
      readonly until: IsoDate;
      /** Its length, where it was given so: from the day it was placed on. */
      readonly schoolDays?: number | undefined;
    }
  | {
      readonly type: 'hold-extended';
      readonly id: string;
      readonly until: IsoDate;
      readonly reason: string;
      readonly schoolDays?: number | undefined;
    }
  /** Measured in school days, and the calendar changed. */
  | {
      readonly type: 'hold-replanned';
      readonly id: string;
      readonly until: IsoDate;
      readonly because: string;
    }
  | { readonly type: 'hold-expired'; readonly id: string; readonly owner: string }
  | { readonly type: 'hold-released'; readonly id: string; readonly reason: string }
  | {
      readonly type: 'progress-reviewed';
      readonly n: ReferralNumber;
      readonly adequate: boolean;
      /** For the school, in one sentence. */
      readonly sentence: string;
    }
  | {
      readonly type: 'progress-judged';
      readonly n: ReferralNumber;
      readonly adequate: boolean;
      readonly reason: string;
    }
  | { readonly type: 'contact-made'; readonly id: string; readonly date: IsoDate; readonly reached: boolean }
  | { readonly type: 'contact-reminder'; readonly since: IsoDate }
  | {
      readonly type: 'caseload-told';
      readonly event: CaseloadEvent;
      readonly date: IsoDate;
      readonly id: string;
      readonly agency: string | null;
    }
  | { readonly type: 'caseload-ended'; readonly reason: string }
  /** The student goes on at another school of the region. */
  | {
      readonly type: 'transferred';
      readonly from: string;
      readonly to: string;
      readonly county: string;
      readonly since: IsoDate;
    }
  | { readonly type: 'policy-adopted'; readonly policy: LadderPolicy; readonly reason: string }
  | { readonly type: 'brought-from-paper'; readonly history: PaperHistory }
  | {
      readonly type: 'case-closed';
      readonly reason: ClosingReason;
      readonly note: string | null;
      readonly continuedBy?: string | null | undefined;
    };

/** What the caseload workflow tells its case. */
export type CaseloadEvent =
  /** Nobody came, or nobody was home. */
  'meeting-tried' | 'student-met' | 'parent-met' | 'plan-made' | 'plan-shared' | 'agency-referred' | 'ended';

export type Entry = EntryBase & EntryBody;
export type EntryType = Entry['type'];
