/**
 * The case journal: what happened, in the office's words. A state is the fold of its entries ({@link evolve} in
 * evolve.ts), so a case can be read, defended and rebuilt from them.
 */
import type { SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import type { LetterKind, ReferralNumber } from '../policy.ts';
import type { Actor, ClosingReason, UnexcusedDay } from './state.ts';

/** What every entry carries: the office date it has (its own school day, never the clock's) and who caused it. */
interface EntryBase {
  readonly on: IsoDate;
  /** Absent where the case acted by itself. */
  readonly actor?: Actor | undefined;
  readonly commandId?: string | undefined;
}

export type DeadlineKind = 'referral-possible' | 'quiet-close' | 'count-drops' | 'hearing-day';

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
      readonly because: 'window' | 'correction' | 'calendar';
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
    }
  | {
      readonly type: 'letter-blocked';
      readonly kind: LetterKind;
      readonly sequence: number;
      readonly code: string;
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
    }
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
  | { readonly type: 'court-referred'; readonly override: string | null }
  | { readonly type: 'court-withdrawn'; readonly reason: string }
  | { readonly type: 'court-answered'; readonly answer: 'accepted' | 'declined' | 'returned' }
  | { readonly type: 'closing-asked'; readonly cleanUpTo: IsoDate }
  | { readonly type: 'case-closed'; readonly reason: ClosingReason; readonly note: string | null };

export type Entry = EntryBase & EntryBody;
export type EntryType = Entry['type'];
