/** What the records tell a call: offers dispatch has made, officers off duty, marks that have arrived, calendars, days. */
import { indexCalendar, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import { endingOf, endOfOffer } from './ending.ts';
import type { CallEntry, CallEntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { settleCall, type Taken } from './settle.ts';
import {
  liveOffer,
  liveOffers,
  openVisit,
  openVisits,
  seeksSecond,
  stepOf,
  type CallState,
  type Instant,
} from './state.ts';

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
        /** 2: to go along. */
        readonly part?: 2 | undefined;
      }
    /** A hazard was noted at the address it goes to. */
    | { readonly type: 'pair-needed'; readonly reason: string }
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
      const { nth, officer, chosenBy, part } = fact;
      const made: CallEntryBody = {
        ...{ type: 'offer-made', nth, officer, chosenBy },
        ...(part === undefined ? {} : { part }),
      };
      const wanted = part === 2 ? seeksSecond(state) && !openVisit(state) : state.wanted && !live;
      // Nobody is wanted any more, or somebody has it: the records are told that the officer is free.
      return wanted
        ? [made]
        : [
            made,
            { type: 'offer-ended', nth, officer, how: 'withdrawn', reason: 'nobody is needed any more' },
          ];
    }
    case 'give-way': {
      const asked = liveOffers(state).find((one) => one.nth === fact.nth && one.status === 'open');
      return asked ? endOfOffer(state, asked, 'withdrawn', 'a priority call needs this officer') : [];
    }
    case 'pair-needed':
      return state.pair === true || !state.wanted || openVisit(state)
        ? []
        : [{ type: 'pair-needed', reason: fact.reason }];
    case 'officer-off-duty': {
      const second = liveOffers(state).find((one) => one.part === 2);
      if (second?.officer === fact.officer) {
        const out = openVisits(state).find((one) => one.part === 2);
        const { nth, officer } = second;
        const how = second.status === 'accepted' ? 'handed-over' : 'withdrawn';
        return [
          ...(out ? [{ type: 'left' as const, nth, officer }] : []),
          { type: 'offer-ended', nth, officer, how, reason: fact.reason },
        ];
      }
      return live?.officer === fact.officer
        ? endingOf(
            state,
            live.status === 'accepted' || openVisit(state) ? 'handed-over' : 'withdrawn',
            fact.reason,
          )
        : [];
    }
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
