/**
 * Coverage: the days for which a school's attendance is known. Silence is not presence: whatever is judged by the
 * absence of absences (clean days, a kept order) looks only at covered days.
 */
import { addDays, type IsoDate } from './dates.ts';

/** Known days as closed intervals, sorted, not overlapping. */
export type Coverage = readonly { readonly from: IsoDate; readonly to: IsoDate }[];

/** "Attendance known up to D": the end of the last interval. */
export function knownUpTo(coverage: Coverage): IsoDate | null {
  return coverage.length === 0 ? null : coverage[coverage.length - 1]!.to;
}

export function isCovered(coverage: Coverage, date: IsoDate): boolean {
  return coverage.some((part) => part.from <= date && date <= part.to);
}

/** Adds an interval, joining what touches. */
export function addCoverage(coverage: Coverage, from: IsoDate, to: IsoDate): Coverage {
  const parts = [...coverage, { from, to }].sort((a, b) => (a.from < b.from ? -1 : 1));
  const joined: { from: IsoDate; to: IsoDate }[] = [];
  for (const part of parts) {
    const last = joined[joined.length - 1];
    if (last && part.from <= addDays(last.to, 1)) {
      if (part.to > last.to) last.to = part.to;
    } else {
      joined.push({ ...part });
    }
  }
  return joined;
}
