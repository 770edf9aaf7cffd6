/** What is frozen with a notice when it is claimed: the count its letter rests on. Kept as JSON, read by whoever tells the case. */
import type { Count } from './attendance.ts';
import { roundDays } from './attendance-count.ts';
import { STATES_ABSENCES } from './case/listed.ts';
import type { StatedFacts } from './case/state.ts';
import type { IsoDate } from './dates.ts';
import type { LetterKind } from './policy.ts';

export interface NoticeEvidence {
  readonly count: Count;
  readonly decidedOn: IsoDate;
  /** The source did not say who is a legal recipient; the relation did. */
  readonly assumedRecipient: boolean;
}

/**
 * The dated absences the letter states, as frozen with its notice: one fraction a date, however many marks made it up.
 * Undefined for letters without a table of absences, and where the evidence holds no count.
 */
export function statedIn(kind: LetterKind, evidence: unknown): StatedFacts | undefined {
  const count = (evidence as { readonly count?: Count } | null)?.count;
  if (!STATES_ABSENCES.has(kind) || !count) return undefined;
  const days = new Map<IsoDate, number>();
  for (const { date, fraction } of count.counted) {
    days.set(date, roundDays((days.get(date) ?? 0) + fraction));
  }
  return { asOf: count.asOf, days: [...days].sort(([a], [b]) => (a < b ? -1 : 1)) };
}
