/** How a journal entry changes what is known of a call. Never refuses: what stands in the journal has happened. */
import { nextSchoolDay, type SchoolCalendar } from '../calendar.ts';
import { later, type IsoDate } from '../dates.ts';
import type { CallEntry } from './entries.ts';
import { visitStep, type CallState, type Offer, type Step, type Visit } from './state.ts';

export function evolve(state: CallState, entry: CallEntry): CallState {
  const next = { ...change(state, entry), seq: state.seq + 1 };
  return { ...next, today: later(state.today, entry.on) };
}

export function evolveAll(state: CallState, entries: readonly CallEntry[]): CallState {
  return entries.reduce(evolve, state);
}

function change(state: CallState, entry: CallEntry): CallState {
  const when = entry.happenedAt ?? entry.at;
  switch (entry.type) {
    case 'officer-sought':
      return { ...state, soughtAt: entry.at };
    case 'offer-made':
      return {
        ...state,
        offers: [
          ...state.offers.slice(-MOST_OFFERS),
          {
            nth: entry.nth,
            officer: entry.officer,
            chosenBy: entry.chosenBy,
            ...(entry.part === undefined ? {} : { part: entry.part }),
            at: entry.at,
            on: entry.on,
            status: 'open',
            endedAt: null,
          },
        ],
      };
    case 'offer-accepted':
      return {
        ...state,
        officer: isSecond(state, entry.nth) ? state.officer : entry.officer,
        offers: offers(state, entry.nth, { status: 'accepted' }),
      };
    case 'offer-ended': {
      const ended = offers(state, entry.nth, {
        ...{ status: entry.how, endedAt: entry.at },
        ...(entry.again === undefined ? {} : { again: entry.again }),
      });
      if (isSecond(state, entry.nth)) return { ...state, offers: ended };
      return {
        ...state,
        offers: ended,
        // Who was there keeps the rest of the checklist; who could not go does not.
        officer: entry.how === 'done' || state.officer !== entry.officer ? state.officer : null,
        wanted: entry.how === 'done' ? false : state.wanted,
      };
    }
    case 'dispatcher-alerted':
      return { ...state, alerts: entry.times, alertedAt: entry.at, soughtAt: entry.at };
    case 'school-told':
      return { ...state, schoolToldAt: entry.at };
    case 'visit-started':
      return {
        ...state,
        visits: [
          ...state.visits,
          {
            nth: entry.nth,
            officer: entry.officer,
            departedAt: when,
            expectedBackAt: entry.expectedBackAt,
            ...(entry.part === undefined ? {} : { part: entry.part }),
            arrivedAt: null,
            backAt: null,
            overdue: false,
          },
        ],
      };
    case 'arrived':
      return { ...state, visits: visits(state, entry.nth, { arrivedAt: when }) };
    case 'left':
      return { ...state, visits: visits(state, entry.nth, { backAt: when }) };
    case 'visit-overdue':
      return { ...state, visits: visits(state, entry.nth, { overdue: true }) };
    case 'step-asked':
      return steps(state, entry.step, {
        status: 'asked',
        askedOn: entry.on,
        officer: entry.officer,
        note: entry.note,
        by: entry.actor ?? null,
      });
    case 'step-reminded':
      return steps(state, entry.step, { remindedOn: entry.on });
    case 'step-done': {
      const { step, officer, note, result } = entry;
      const done = steps(state, step, {
        status: 'done',
        happenedAt: when,
        enteredAt: entry.at,
        by: entry.actor ?? null,
        result,
        ...(officer === null ? {} : { officer }),
        ...(note === null ? {} : { note }),
      });
      return visitStep(state)?.code === step ? { ...done, wanted: false } : done;
    }
    case 'step-waived': {
      const waived = steps(state, entry.step, {
        status: 'waived',
        happenedAt: when,
        enteredAt: entry.at,
        by: entry.actor ?? null,
        note: entry.reason,
      });
      return visitStep(state)?.code === entry.step ? { ...waived, wanted: false } : waived;
    }
    case 'reassigned':
      return { ...state, officer: null, wanted: true, soughtAt: entry.at };
    case 'pair-needed':
      return { ...state, pair: true };
    case 'pair-waived':
      return { ...state, pair: false };
    case 'student-identified':
      return {
        ...state,
        ...{ student: entry.student, school: entry.school, calendar: entry.calendar },
        goesFrom: goesFromOn(state, entry.calendar),
      };
    case 'calendar-changed':
      return { ...state, calendar: entry.calendar, goesFrom: goesFromOn(state, entry.calendar) };
    case 'call-closed':
      return {
        ...state,
        wanted: false,
        closed: { on: entry.on, at: entry.at, outcome: entry.outcome, reason: entry.reason },
      };
    case 'call-begun':
    case 'message-dropped':
      return state;
  }
}

/** A visit that waits for the next school day moves with the calendar, until its day has come. */
function goesFromOn(state: CallState, calendar: SchoolCalendar): IsoDate {
  const { policy, kind, today, goesFrom, openedOn } = state;
  if (policy.kinds[kind].goes !== 'next-school-day' || today >= goesFrom) return goesFrom;
  return nextSchoolDay(calendar, openedOn) ?? goesFrom;
}

/** Offers the state keeps: a police call nobody takes for a day would otherwise grow without end; the journal has them all. */
const MOST_OFFERS = 60;

/** Of whoever goes along: the call stays with whoever leads. */
function isSecond(state: CallState, nth: number): boolean {
  return state.offers.find((one) => one.nth === nth)?.part === 2;
}

function offers(state: CallState, nth: number, part: Partial<Offer>): readonly Offer[] {
  return state.offers.map((one) => (one.nth === nth ? { ...one, ...part } : one));
}

function visits(state: CallState, nth: number, part: Partial<Visit>): readonly Visit[] {
  return state.visits.map((one) => (one.nth === nth ? { ...one, ...part } : one));
}

function steps(state: CallState, code: string, part: Partial<Step>): CallState {
  return { ...state, steps: state.steps.map((one) => (one.code === code ? { ...one, ...part } : one)) };
}
