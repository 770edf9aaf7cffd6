/** The words a count allows: nobody is called truant below the law's line. */
import type { Count } from './attendance.ts';
import type { IsoDate } from './dates.ts';

/** The law's lines in days, from the policy (105 ILCS 5/26-2a: 1 % and 5 % of 180 days, 1.8 and 9.0). */
export interface TruancyLines {
  /** "Truant" is said only above this many days (1.8). */
  readonly truantAbove: number;
  /** "Chronic or habitual truant" is said only from this many days on (9.0). */
  readonly chronicFrom: number;
}

export type TruantWord = 'unexcused absences' | 'truant' | 'chronic or habitual truant';

export function truantWord(count: Pick<Count, 'unexcusedDays'>, lines: TruancyLines): TruantWord {
  if (count.unexcusedDays >= lines.chronicFrom) return 'chronic or habitual truant';
  if (count.unexcusedDays > lines.truantAbove) return 'truant';
  return 'unexcused absences';
}

/** The dates that count, each once, in order. */
export function unexcusedDates(count: Pick<Count, 'counted'>): IsoDate[] {
  return [...new Set(count.counted.map((day) => day.date))];
}
