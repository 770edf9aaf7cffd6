/** The fold: what each journal entry does to the state. No judgement here; that is decide.ts. */
import type { CaseloadEntry, ReviewSet } from './entries.ts';
import {
  isOpenReview,
  planOf,
  type AgencyReferral,
  type CaseloadState,
  type Plan,
  type Review,
} from './state.ts';

export function evolveAll(state: CaseloadState, entries: readonly CaseloadEntry[]): CaseloadState {
  return entries.reduce(evolve, state);
}

export function evolve(before: CaseloadState, entry: CaseloadEntry): CaseloadState {
  const state: CaseloadState = {
    ...before,
    seq: before.seq + 1,
    today: entry.on > before.today ? entry.on : before.today,
  };
  switch (entry.type) {
    case 'caseload-begun':
    case 'message-dropped':
      return state;
    case 'deadline-moved':
      return entry.to === null || entry.to > entry.on ? aheadAgain(state, entry.deadline, entry.id) : state;
    case 'meeting-recorded': {
      const { id, with: whom, date, outcome, note } = entry;
      return { ...state, meetings: [...state.meetings, { id, with: whom, date, outcome, note }] };
    }
    case 'plan-made': {
      const plan: Plan = {
        revision: entry.revision,
        on: entry.date,
        reason: entry.reason,
        goals: entry.goals.map((goal, i) => ({ id: String(i + 1), text: goal, met: false })),
        supports: entry.supports,
        signatures: entry.signatures,
        shared: [],
      };
      return {
        ...state,
        plans: [...state.plans, plan],
        reviews: [
          ...state.reviews.map((one) => (isOpenReview(one) ? { ...one, status: 'replaced' as const } : one)),
          ...entry.reviews.map((set) => reviewAhead(set, entry.revision)),
        ],
      };
    }
    case 'plan-shared':
      return changePlan(state, (plan) => ({
        ...plan,
        shared: [...plan.shared, { with: entry.with, on: entry.date }],
        signatures: [...plan.signatures, ...entry.signatures],
      }));
    case 'review-due':
      return {
        ...state,
        reviews: state.reviews.map((one) =>
          one.id === entry.id && one.status === 'ahead' ? { ...one, status: 'due' } : one,
        ),
      };
    case 'review-held':
      return withReviewHeld(state, entry);
    case 'agency-referred': {
      const { id, agency, purpose, date, followUp } = entry;
      return {
        ...state,
        agencies: [
          ...state.agencies,
          { id, agency, purpose, on: date, followUp: { on: followUp, due: false }, outcomes: [] },
        ],
      };
    }
    case 'follow-up-due':
      return changeAgency(state, entry.id, (one) => ({
        ...one,
        followUp: one.followUp && { ...one.followUp, due: true },
      }));
    case 'follow-up-recorded':
      return changeAgency(state, entry.id, (one) => ({
        ...one,
        followUp: entry.again && { on: entry.again, due: false },
        outcomes: [...one.outcomes, { on: entry.date, outcome: entry.outcome, note: entry.note }],
      }));
    case 'calendar-changed':
      return { ...state, calendar: entry.calendar };
    case 'school-changed':
      return { ...state, school: entry.to };
    case 'caseload-ended':
      return { ...state, ended: { on: entry.on, how: entry.how, reason: entry.reason } };
  }
}

/** What was due and now lies ahead will fall due once more. */
function aheadAgain(state: CaseloadState, kind: 'review' | 'follow-up', id: string): CaseloadState {
  if (kind === 'follow-up') {
    return changeAgency(state, id, (one) => ({
      ...one,
      followUp: one.followUp && { ...one.followUp, due: false },
    }));
  }
  return {
    ...state,
    reviews: state.reviews.map((one) =>
      one.id === id && one.status === 'due' ? { ...one, status: 'ahead' } : one,
    ),
  };
}

function reviewAhead(set: ReviewSet, revision: number): Review {
  return { id: set.id, revision, on: set.on, status: 'ahead', held: null };
}

function withReviewHeld(
  state: CaseloadState,
  entry: Extract<CaseloadEntry, { readonly type: 'review-held' }>,
): CaseloadState {
  const revision = planOf(state)?.revision ?? 0;
  const held = { on: entry.date, how: entry.how, goalsMet: entry.goalsMet };
  const known = new Set(state.reviews.map((one) => one.id));
  const unplanned = entry.reviews.filter((id) => !known.has(id));
  const reviewed = changePlan(state, (plan) => ({
    ...plan,
    goals: plan.goals.map((goal) => ({ ...goal, met: entry.goalsMet.includes(goal.id) })),
  }));
  return {
    ...reviewed,
    reviews: [
      ...state.reviews.map((one) =>
        entry.reviews.includes(one.id) ? { ...one, status: 'held' as const, held } : one,
      ),
      ...unplanned.map((id): Review => ({ id, revision, on: { date: entry.date }, status: 'held', held })),
      ...(entry.next ? [reviewAhead(entry.next, revision)] : []),
    ],
  };
}

function changePlan(state: CaseloadState, change: (plan: Plan) => Plan): CaseloadState {
  const plan = planOf(state);
  return plan ? { ...state, plans: [...state.plans.slice(0, -1), change(plan)] } : state;
}

function changeAgency(
  state: CaseloadState,
  id: string,
  change: (one: AgencyReferral) => AgencyReferral,
): CaseloadState {
  return { ...state, agencies: state.agencies.map((one) => (one.id === id ? change(one) : one)) };
}
