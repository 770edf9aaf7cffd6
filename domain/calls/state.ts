/**
 * What is known of one service call, as plain JSON with ISO dates and instants: it is carried across continue-as-new. Officers
 * and staff stand by number, the student by the number of the school's student system; no names.
 */
import type { Actor } from '../case/state.ts';
import type { SchoolCalendar } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import type { OfficeClock } from '../office-clock.ts';
import type { CallKind, CallPolicy, StepCode } from './policy.ts';

/** ISO instant, `2025-02-12T14:30:00.000Z`. */
export type Instant = string;

/** A condition of the kind's gate, as it stood at intake. */
export interface GateCondition {
  readonly code: string;
  readonly standing: 'shown' | 'stated';
  /** What shows it, or who stated it, in a sentence without names. */
  readonly words: string;
}

export type OfferEnd = 'declined' | 'timed-out' | 'withdrawn' | 'handed-over' | 'done';

export interface Offer {
  /** 1, 2 … in the call; the records number it. */
  readonly nth: number;
  readonly officer: string;
  readonly chosenBy: 'order' | 'dispatcher';
  /** 2: asked to go along, where two officers go. */
  readonly part?: 2 | undefined;
  readonly at: Instant;
  readonly on: IsoDate;
  readonly status: 'open' | 'accepted' | OfferEnd;
  readonly endedAt: Instant | null;
  /** Handed back by an officer still on duty, who may be asked again later. */
  readonly again?: true | undefined;
}

export interface Visit {
  readonly nth: number;
  readonly officer: string;
  /** 2: went along. */
  readonly part?: 2 | undefined;
  readonly departedAt: Instant;
  readonly expectedBackAt: Instant;
  readonly arrivedAt: Instant | null;
  readonly backAt: Instant | null;
  /** Dispatcher and colleagues were alarmed. */
  readonly overdue: boolean;
}

export type StepStatus = 'open' | 'asked' | 'done' | 'waived';

/** What somebody found or did, beside their note: `confirmed`, `contradicted`, `not-needed`, a monitor's number … */
export type StepResult = string;

export interface Step {
  readonly code: StepCode;
  readonly label: string;
  /** `asked`: somebody else has to answer (the school its mark, the counselor their word). */
  readonly status: StepStatus;
  readonly askedOn: IsoDate | null;
  /** The answer was asked for again on. */
  readonly remindedOn: IsoDate | null;
  /** When it was done or waived, and when that was entered. */
  readonly happenedAt: Instant | null;
  readonly enteredAt: Instant | null;
  /** Who did it, and who entered it: two persons where the dispatcher enters it for an officer. */
  readonly officer: string | null;
  readonly by: Actor | null;
  readonly note: string | null;
  readonly result: StepResult | null;
}

export interface CallBeginning {
  readonly callNumber: string;
  readonly kind: CallKind;
  readonly policy: CallPolicy;
  readonly clock: OfficeClock;
  /** Null where police did not know. */
  readonly school: string | null;
  readonly student: string | null;
  readonly openedAt: Instant;
  readonly openedOn: IsoDate;
  /** Office date from which an officer may be sent. */
  readonly goesFrom: IsoDate;
  readonly calendar: SchoolCalendar;
  readonly conditions: readonly GateCondition[];
  /** Two officers go: the policy asks it of this kind, or of an address with a hazard note. */
  readonly pair?: boolean | undefined;
}

export interface CallState extends CallBeginning {
  /** The latest office date any message or timer has brought. */
  readonly today: IsoDate;
  readonly offers: readonly Offer[];
  readonly visits: readonly Visit[];
  readonly steps: readonly Step[];
  /** The officer whose call it is, once one has accepted: the remaining steps are theirs. */
  readonly officer: string | null;
  /** An officer is wanted. */
  readonly wanted: boolean;
  /** Dispatch was last asked for one. */
  readonly soughtAt: Instant | null;
  readonly alerts: number;
  readonly alertedAt: Instant | null;
  /** The school was told that nobody has taken its call. */
  readonly schoolToldAt: Instant | null;
  readonly closed: {
    readonly on: IsoDate;
    readonly at: Instant;
    readonly outcome: string;
    readonly reason: string | null;
  } | null;
  /** How many entries there are, over all runs. */
  readonly seq: number;
}

export function beginCall(given: CallBeginning): CallState {
  return {
    ...given,
    today: given.openedOn,
    offers: [],
    visits: [],
    steps: given.policy.kinds[given.kind].checklist.map(({ code, label }) => ({
      ...{ code, label },
      status: 'open',
      askedOn: null,
      remindedOn: null,
      happenedAt: null,
      enteredAt: null,
      officer: null,
      by: null,
      note: null,
      result: null,
    })),
    officer: null,
    wanted: true,
    soughtAt: null,
    alerts: 0,
    alertedAt: null,
    schoolToldAt: null,
    closed: null,
    seq: 0,
  };
}

const isLive = ({ status }: Offer): boolean => status === 'open' || status === 'accepted';

/** The offer that is open, or accepted and not yet over: of whoever leads, where two go. */
export function liveOffer(state: CallState): Offer | undefined {
  return state.offers.findLast((one) => isLive(one) && one.part !== 2);
}

/** The offer to go along, where two officers go. */
export function secondOffer(state: CallState): Offer | undefined {
  return state.offers.findLast((one) => isLive(one) && one.part === 2);
}

/** Both, whoever leads first. */
export function liveOffers(state: CallState): readonly Offer[] {
  return [liveOffer(state), secondOffer(state)].filter((one) => one !== undefined);
}

/** The officer who is out for it; whoever leads, where two are. */
export function openVisit(state: CallState): Visit | undefined {
  return state.visits.findLast((one) => one.backAt === null && one.part !== 2);
}

/** Both who are out, whoever leads first. */
export function openVisits(state: CallState): readonly Visit[] {
  const second = state.visits.findLast((one) => one.backAt === null && one.part === 2);
  return [openVisit(state), second].filter((one) => one !== undefined);
}

/** Two go, and nobody is asked to go along. */
export function seeksSecond(state: CallState): boolean {
  return state.closed === null && state.pair === true && state.wanted && secondOffer(state) === undefined;
}

export function stepOf(state: CallState, code: StepCode): Step | undefined {
  return state.steps.find((one) => one.code === code);
}

/** The step somebody has to go for. */
export function visitStep(state: CallState): Step | undefined {
  return stepOf(state, 'transport') ?? stepOf(state, 'home-visit');
}

export function isOpenStep(step: Step): boolean {
  return step.status === 'open' || step.status === 'asked';
}

/** An officer is wanted, and dispatch may look for one as soon as the call's day has come. */
export function isSeeking(state: CallState): boolean {
  return state.closed === null && state.wanted && liveOffer(state) === undefined;
}

export const CALL_STAGES = ['planned', 'waiting', 'offered', 'accepted', 'out', 'steps', 'closed'] as const;
export type CallStage = (typeof CALL_STAGES)[number];

/** Where it stands, in one word; for lists. */
export function stageOf(state: CallState): CallStage {
  if (state.closed) return 'closed';
  if (openVisit(state)) return 'out';
  const live = liveOffer(state);
  if (live) return live.status === 'accepted' ? 'accepted' : 'offered';
  if (!state.wanted) return 'steps';
  return state.today < state.goesFrom ? 'planned' : 'waiting';
}
