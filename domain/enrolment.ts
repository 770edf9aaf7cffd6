/** Which of a student's enrolments holds on a day: what is said of a student day by day is put together from these. */
import { addDays } from './dates.ts';
import type { IsoDate } from './dates.ts';

/** The dates (inclusive) an enrolment holds; an open end where none is given. */
export interface Enrolled {
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

/** Days on which one enrolment holds without interruption. */
export interface Stretch<S> {
  readonly of: S;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

const BEGINNING: IsoDate = '0001-01-01';
const END: IsoDate = '9999-12-31';

/**
 * Cuts time at every beginning and end, in date order. Where enrolments overlap (withdrawn and entered on one day, a
 * placement for some weeks), the one that began last holds while it lasts; of two that began on one day, the later given.
 */
export function stretches<S extends Enrolled>(segments: readonly S[]): Stretch<S>[] {
  const bounded = segments.map((of) => ({ of, from: of.from ?? BEGINNING, to: of.to ?? END }));
  const cuts = new Set<IsoDate>();
  for (const s of bounded) {
    cuts.add(s.from);
    if (s.to !== END) cuts.add(addDays(s.to, 1));
  }
  const starts = [...cuts].sort();
  const result: (Stretch<S> & { to: IsoDate; owner: number })[] = [];
  for (const [i, from] of starts.entries()) {
    const next = starts[i + 1];
    const to = next === undefined ? END : addDays(next, -1);
    let owner = -1;
    for (const [k, s] of bounded.entries()) {
      if (s.from > from || s.to < from) continue;
      if (owner < 0 || s.from >= (bounded[owner]?.from ?? '')) owner = k;
    }
    const chosen = bounded[owner];
    if (!chosen) continue;
    const last = result.at(-1);
    if (last && last.owner === owner && addDays(last.to, 1) === from) last.to = to;
    else result.push({ of: chosen.of, from, to, owner });
  }
  return result.map(({ of, from, to }) => ({ of, from, to }));
}
