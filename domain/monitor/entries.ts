/** A monitor's journal. The state is the fold of its entries. */
import type { SchoolCalendar } from '../calendar.ts';
import type { Actor } from '../case/state.ts';
import type { Coverage } from '../coverage.ts';
import type { IsoDate } from '../dates.ts';
import type { BreachKind, MonitorMark, MonitorResult, MonitorSigner, TakenBackWhy } from './state.ts';

interface EntryBase {
  /** Office date: its own day, never the clock's. */
  readonly on: IsoDate;
  /** Absent where the monitor acted by itself. */
  readonly actor?: Actor | undefined;
  readonly commandId?: string | undefined;
}

export type MonitorEntryBody =
  | {
      readonly type: 'monitor-begun';
      readonly call: string | null;
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
    }
  /** A message that could not be read: left out, and said. */
  | { readonly type: 'message-dropped'; readonly message: string; readonly field: string }
  /** What the records say of the student since the contract: the whole of it, not what changed. */
  | { readonly type: 'attendance-known'; readonly marks: readonly MonitorMark[]; readonly coverage: Coverage }
  | {
      readonly type: 'breach-found';
      readonly date: IsoDate;
      readonly kind: BreachKind;
      readonly code: string;
    }
  | { readonly type: 'breach-taken-back'; readonly date: IsoDate; readonly why: TakenBackWhy }
  | { readonly type: 'calendar-changed'; readonly calendar: SchoolCalendar }
  | { readonly type: 'school-changed'; readonly from: string; readonly to: string }
  /** Start or stop stands on another day now; null where the calendar is not known so far. */
  | {
      readonly type: 'date-moved';
      readonly which: 'start' | 'stop';
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
    }
  /** Its stop date has come and attendance is not known that far: nothing is judged on silence. */
  | { readonly type: 'waits-for-attendance'; readonly knownUpTo: IsoDate | null }
  | { readonly type: 'contract-signed'; readonly by: MonitorSigner; readonly date: IsoDate }
  | { readonly type: 'officer-changed'; readonly from: string; readonly to: string; readonly reason: string }
  | {
      readonly type: 'monitor-ended';
      readonly result: MonitorResult;
      readonly breaches: number;
      readonly reason: string | null;
    };

export type MonitorEntry = EntryBase & MonitorEntryBody;
export type MonitorEntryType = MonitorEntry['type'];
