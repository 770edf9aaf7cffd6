/**
 * What a caseload waits for: reviews of the plan and follow-ups with agencies, each on its school day. One timer stands for
 * the earliest; what fell due is dated by its own day, however late it is noticed.
 */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import { later, shortDate, type IsoDate } from '../dates.ts';
import type { CaseloadEntry } from './entries.ts';
import { evolve } from './evolve.ts';
import { isOpenReview, type CaseloadState, type DayAhead } from './state.ts';

export interface CaseloadDeadline {
  readonly kind: 'review' | 'follow-up';
  readonly id: string;
  readonly date: IsoDate;
  /** What a person reads on the timer; at most 200 characters. */
  readonly summary: string;
}

/** The day itself; null while the calendar is not known so far. */
export function dayOf(ahead: DayAhead, cal: CalendarLike): IsoDate | null {
  return 'date' in ahead ? ahead.date : (addSchoolDays(cal, ahead.after, ahead.schoolDays) ?? null);
}

interface Open {
  readonly kind: 'review' | 'follow-up';
  readonly id: string;
  readonly on: DayAhead;
  /** Its day has come and was told. */
  readonly due: boolean;
}

function open(state: CaseloadState): Open[] {
  if (state.ended) return [];
  return [
    ...state.reviews
      .filter(isOpenReview)
      .map(({ id, on, status }) => ({ kind: 'review' as const, id, on, due: status === 'due' })),
    ...state.agencies.flatMap(({ id, followUp }) =>
      followUp ? [{ kind: 'follow-up' as const, id, on: followUp.on, due: followUp.due }] : [],
    ),
  ];
}

/** What has not fallen due yet, whether or not its day is known. */
export function waiting(state: CaseloadState): readonly Open[] {
  return open(state).filter((one) => !one.due);
}

/** Every deadline ahead whose day is known, earliest first. */
export function deadlines(state: CaseloadState, cal: CalendarLike): CaseloadDeadline[] {
  return waiting(state)
    .flatMap(({ kind, id, on }) => {
      const date = dayOf(on, cal);
      if (date === null) return [];
      const what = kind === 'review' ? `review ${id} of the plan` : `follow-up with agency ${id}`;
      return [{ kind, id, date, summary: `${what} on ${shortDate(date)}` }];
    })
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** What falls due up to and including `upTo`, in date order. */
export function settleDates(state: CaseloadState, upTo: IsoDate, cal: CalendarLike): CaseloadEntry[] {
  const entries: CaseloadEntry[] = [];
  let now = state;
  for (;;) {
    const due = deadlines(now, cal).find((one) => one.date <= upTo);
    if (!due) return entries;
    const entry: CaseloadEntry = {
      type: due.kind === 'review' ? 'review-due' : 'follow-up-due',
      // A plan entered late may bring a review whose day is over already.
      on: later(due.date, now.today),
      id: due.id,
    };
    entries.push(entry);
    now = evolve(now, entry);
  }
}

/**
 * Which reviews and follow-ups another calendar moves: from, to. One that is due already moves only where its day lies
 * ahead again (snow on the very morning).
 */
export function movedDeadlines(
  state: CaseloadState,
  before: CalendarLike,
  after: CalendarLike,
  on: IsoDate,
): CaseloadEntry[] {
  return open(state).flatMap((one) => {
    const from = dayOf(one.on, before);
    const to = dayOf(one.on, after);
    if (from === to || (one.due && to !== null && to <= on)) return [];
    return [{ type: 'deadline-moved' as const, on, deadline: one.kind, id: one.id, from, to }];
  });
}
