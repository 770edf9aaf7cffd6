/** What follows by itself once its time has come: offers that run out, alerts, the end of a true refusal's day, reminders. */
import type { CalendarLike } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import { deadlines, isDue, type CallDeadline } from './deadlines.ts';
import { endOfOffer } from './ending.ts';
import type { CallEntry, CallEntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { outcomesOf } from './policy.ts';
import { isOpenStep, liveOffers, openVisits, type CallState, type Instant } from './state.ts';

export interface Taken {
  readonly state: CallState;
  readonly entries: readonly CallEntry[];
}

/** More than can fall due at once; a rule that would never come to an end must not hold a workflow. */
const MOST = 50;

/** In the order of its instants; each entry is dated by the day on which it is settled. */
export function settleCall(before: CallState, now: Instant, officeDate: IsoDate, cal: CalendarLike): Taken {
  const entries: CallEntry[] = [];
  let state = before;
  for (let n = 0; n < MOST; n += 1) {
    const due = deadlines(state, cal).find((one) => isDue(one, now, officeDate));
    if (!due) break;
    const made = dueBodies(state, due).map((body): CallEntry => ({ ...body, on: officeDate, at: now }));
    entries.push(...made);
    state = evolveAll(state, made);
  }
  return { state, entries };
}

function dueBodies(state: CallState, due: CallDeadline): CallEntryBody[] {
  switch (due.kind) {
    case 'offer-runs-out': {
      const live = liveOffers(state).find((one) => one.nth === due.nth);
      return live ? endOfOffer(state, live, 'timed-out', null) : [];
    }
    case 'alert-dispatcher':
      return [{ type: 'dispatcher-alerted', times: state.alerts + 1 }];
    case 'tell-school':
      return [{ type: 'school-told' }];
    case 'goes-out':
    case 'ask-again':
      return [{ type: 'officer-sought' }];
    case 'overdue': {
      const visit = openVisits(state).find((one) => one.nth === due.nth);
      return visit ? [{ type: 'visit-overdue', nth: visit.nth, officer: visit.officer }] : [];
    }
    case 'remind-school':
    case 'remind-counselor':
      return due.step ? [{ type: 'step-reminded', step: due.step }] : [];
    case 'day-over':
      return nobodyCame(state);
  }
}

/** The page: "If AO is available". Nobody was, that day. */
function nobodyCame(state: CallState): CallEntryBody[] {
  const outcome = outcomesOf(state.policy, state.kind).find((one) => one.waivesSteps === true);
  const { code, label } = outcome ?? { code: 'no-officer', label: 'no officer available' };
  return [
    ...liveOffers(state).map(({ nth, officer }) => ({
      ...{ type: 'offer-ended' as const, nth, officer },
      ...{ how: 'withdrawn' as const, reason: label },
    })),
    ...state.steps
      .filter(isOpenStep)
      .map((step) => ({ type: 'step-waived' as const, step: step.code, reason: label })),
    { type: 'call-closed', outcome: code, reason: 'the school day is over' },
  ];
}
