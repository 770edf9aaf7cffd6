/** Deadlines that a calendar, a transfer or another policy moved, as a person reads them: what, from when to when, and why. */
import { shortDate, type IsoDate } from '../dates.ts';
import type { DeadlineKind } from './entries.ts';

export interface MovedDeadline {
  readonly on: IsoDate;
  readonly deadline: DeadlineKind;
  /** Null where there was none, or the calendar did not reach that far. */
  readonly from: IsoDate | null;
  /** Null where there is none any more. */
  readonly to: IsoDate | null;
  readonly because: string;
}

const DEADLINES: Readonly<Record<DeadlineKind, string>> = {
  'referral-possible': 'next referral possible',
  'quiet-close': 'closing after a clean stretch',
  'count-drops': 'count below the threshold',
  'hearing-day': 'hearing',
  'progress-review': 'review of progress',
  'contact-reminder': 'reminder to reach the family',
  'hold-expires': 'end of the hold',
  'order-review': 'review of the order',
  'court-reminder': 'reminder to ask the court',
  'approval-escalates': 'a further role is told of the letter to approve',
};

/** One sentence: `Mon 12 Jan 2026: review of progress moved from … to …, because closed 1 day: …`. */
export function movedWords({ on, deadline, from, to, because }: MovedDeadline): string {
  return `${shortDate(on)}: ${DEADLINES[deadline]} ${course(from, to)}, because ${because}`;
}

function course(from: IsoDate | null, to: IsoDate | null): string {
  if (from === null) return `now on ${to === null ? 'no day' : shortDate(to)}`;
  if (to === null) return `no longer on ${shortDate(from)}, and not on any day known`;
  return `moved from ${shortDate(from)} to ${shortDate(to)}`;
}

/** What stands under `case why`, newest last; empty where nothing moved. */
export function movedSection(moved: readonly MovedDeadline[]): string {
  if (moved.length === 0) return '';
  return ['Moved:', ...moved.map((one) => `  ${movedWords(one)}`)].join('\n');
}
