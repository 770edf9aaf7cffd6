/** What the records tell a call: offers dispatch has made, officers off duty, marks that have arrived, calendars, days. */
import { indexCalendar, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import { endingOf } from './decide.ts';
import type { CallEntry, CallEntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { settleCall, type Taken } from './settle.ts';
import { liveOffer, openVisit, stepOf, type CallState, type Instant } from './state.ts';

interface FactBase {
  readonly officeDate: IsoDate;
}

export type CallFact = FactBase &
  (
    | {
        readonly type: 'offer-made';
        readonly nth: number;
        readonly officer: string;
        readonly chosenBy: 'order' | 'dispatcher';
      }
    /** A priority call needs the officer who has not answered this offer yet. */
    | { readonly type: 'give-way'; readonly nth: number }
    | { readonly type: 'officer-off-duty'; readonly officer: string; readonly reason: string }
    /** Days on which the school has the student marked truant now, as far as the import concerned them. */
    | { readonly type: 'attendance'; readonly truantDays: readonly IsoDate[] }
    | { readonly type: 'calendar'; readonly calendar: SchoolCalendar }
    | { readonly type: 'office-day' }
  );

/** Takes a fact at an instant; what fell due before it comes first. */
export function takeCallFact(before: CallState, fact: CallFact, now: Instant, cal: CalendarLike): Taken {
  if (before.closed) return { state: before, entries: [] };
  const settled = settleCall(before, now, fact.officeDate, cal);
  const { state } = settled;
  if (state.closed) return settled;
  const made = bodiesOf(state, fact).map((body): CallEntry => ({ ...body, on: fact.officeDate, at: now }));
  const after = evolveAll(state, made);
  const index = fact.type === 'calendar' ? indexCalendar(after.calendar) : cal;
  const more = settleCall(after, now, fact.officeDate, index);
  return { state: more.state, entries: [...settled.entries, ...made, ...more.entries] };
}

function bodiesOf(state: CallState, fact: CallFact): CallEntryBody[] {
  const live = liveOffer(state);
  switch (fact.type) {
    case 'offer-made': {
      const { nth, officer, chosenBy } = fact;
      const made: CallEntryBody = { type: 'offer-made', nth, officer, chosenBy };
      // Nobody is wanted any more, or somebody has it: the records are told that the officer is free.
      return state.wanted && !live
        ? [made]
        : [
            made,
            { type: 'offer-ended', nth, officer, how: 'withdrawn', reason: 'nobody is needed any more' },
          ];
    }
    case 'give-way':
      return live?.nth === fact.nth && live.status === 'open'
        ? [
            {
              type: 'offer-ended',
              nth: live.nth,
              officer: live.officer,
              how: 'withdrawn',
              reason: 'a priority call needs this officer',
            },
          ]
        : [];
    case 'officer-off-duty':
      return live?.officer === fact.officer
        ? endingOf(
            state,
            live.status === 'accepted' || openVisit(state) ? 'handed-over' : 'withdrawn',
            fact.reason,
          )
        : [];
    case 'attendance': {
      const step = stepOf(state, 'ask-ct');
      const day = fact.truantDays.find((date) => date >= state.openedOn);
      return step?.status === 'asked' && day !== undefined
        ? [{ type: 'step-done', step: 'ask-ct', officer: null, note: null, result: `marked ${day}` }]
        : [];
    }
    case 'calendar':
      return JSON.stringify(fact.calendar) === JSON.stringify(state.calendar)
        ? []
        : [{ type: 'calendar-changed', calendar: fact.calendar }];
    case 'office-day':
      return [];
  }
}
