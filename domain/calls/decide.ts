/**
 * What may be said of a service call, and what follows. A command is accepted with its journal entries or refused with a code
 * and words; a refusal changes nothing. Here is who has the call and who goes; steps are in checklist.ts, endings in close.ts.
 */
import type { CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import { minutesMs } from '../office-clock.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { counselorWord, recordStep, waiveStep } from './checklist.ts';
import { cancel, close } from './close.ts';
import type { CallCommand, DeclineOffer, StartVisit } from './commands.ts';
import { deadlines } from './deadlines.ts';
import type { CallEntry, CallEntryBody } from './entries.ts';
import { endingOf, endOfOffer, whose } from './ending.ts';
import { evolveAll } from './evolve.ts';
import { ALREADY_OUT, notTheirs, outOfOrder, type Judgement } from './judgement.ts';
import { settleCall } from './settle.ts';
import {
  isOpenStep,
  liveOffer,
  liveOffers,
  openVisit,
  openVisits,
  secondOffer,
  stageOf,
  visitStep,
  type CallStage,
  type CallState,
  type Instant,
} from './state.ts';
import { headlineOf } from './words.ts';

/** What the caller gets for an accepted command; the same answer again for the same id. */
export interface CallAnswer {
  readonly callNumber: string;
  readonly stage: CallStage;
  /** The journal's sequence number after this command. */
  readonly seq: number;
  /** What was done, in a sentence. */
  readonly done: string;
  /** What is next, in a sentence. */
  readonly next: string;
  readonly nextDeadline: Instant | null;
}

export type CallDecision =
  | {
      readonly ok: true;
      readonly state: CallState;
      readonly entries: readonly CallEntry[];
      readonly answer: CallAnswer;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** How far ahead of ours another machine's clock may be. */
const CLOCKS_APART_MS = 2 * 60_000;

/** `first`: as calls were judged before a departure had to end in an arrival or be given back; for histories from then. */
export type CallEdition = 'first' | 'latest';

/** Judges a command at an instant; settles first what fell due by then. */
export function decide(
  before: CallState,
  command: CallCommand,
  now: Instant,
  cal: CalendarLike,
  edition: CallEdition = 'latest',
): CallDecision {
  if (before.closed) {
    return no(
      refusal(
        'CALL_CLOSED',
        `Call ${before.callNumber} was closed on ${shortDate(before.closed.on)} (${before.closed.outcome}).`,
        { closedOn: before.closed.on },
      ),
    );
  }
  const late = timeRefusal(before, command, now);
  if (late) return no(late);
  const settled = settleCall(before, now, command.officeDate, cal);
  if (settled.state.closed) {
    return no(
      refusal('CALL_CLOSED', `Call ${before.callNumber} has ended: ${settled.state.closed.outcome}.`, {
        closedOn: settled.state.closed.on,
      }),
    );
  }
  const judgement = judge(settled.state, command, now, edition);
  if ('code' in judgement) return no(judgement);
  const happened = 'at' in command && command.at !== undefined ? { happenedAt: command.at } : {};
  const made = judgement.bodies.map((body): CallEntry => ({
    ...body,
    on: command.officeDate,
    at: now,
    ...happened,
    actor: command.actor,
    commandId: command.id,
  }));
  const state = evolveAll(settled.state, made);
  return {
    ok: true,
    state,
    entries: [...settled.entries, ...made],
    answer: {
      callNumber: state.callNumber,
      stage: stageOf(state),
      seq: state.seq,
      done: judgement.done,
      next: headlineOf(state),
      nextDeadline: deadlines(state, cal)[0]?.at ?? null,
    },
  };
}

function no(reason: Refusal): CallDecision {
  return { ok: false, refusal: reason };
}

/** Entered later is right; entered before it happened, or from before the call, is not. */
function timeRefusal(state: CallState, command: CallCommand, now: Instant): Refusal | null {
  const at = 'at' in command ? command.at : undefined;
  if (at === undefined) return null;
  if (Date.parse(at) > Date.parse(now) + CLOCKS_APART_MS) {
    return refusal('TIME_IN_FUTURE', 'That time has not come yet; record it when it has happened.');
  }
  if (at < state.openedAt) {
    return refusal('TIME_BEFORE_CALL', 'That is before the call came in; give the time it happened.', {
      openedAt: state.openedAt,
    });
  }
  return null;
}

function judge(state: CallState, command: CallCommand, now: Instant, edition: CallEdition): Judgement {
  switch (command.type) {
    case 'accept-offer': {
      const live = offerOf(state, command.officer);
      if (live?.status !== 'open') return offerOver(state, command.officer);
      return {
        bodies: [{ type: 'offer-accepted', nth: live.nth, officer: live.officer }],
        done:
          live.part === 2 ? `Officer ${live.officer} goes along.` : `Officer ${live.officer} has the call.`,
      };
    }
    case 'decline-offer': {
      const live = offerOf(state, command.officer);
      if (!live) return offerOver(state, command.officer);
      if (openVisit(state)) return edition === 'first' ? ALREADY_OUT : turnBack(state, command);
      const how = live.status === 'accepted' ? 'handed-over' : 'declined';
      const ending = endOfOffer(state, live, how, command.reason);
      return {
        bodies: edition === 'first' ? ending : ending.map(mayBeAskedAgain),
        done: 'Somebody else is asked.',
      };
    }
    case 'start-visit':
      return startVisit(state, command, now);
    case 'arrive': {
      // Two go together: either says it for both.
      const out = openVisits(state);
      if (!out.some((one) => one.officer === command.officer)) return notOut(command.officer);
      const coming = out.filter((one) => one.arrivedAt === null);
      if (coming.length === 0) return refusal('ALREADY_THERE', 'The arrival is recorded already.');
      return {
        bodies: coming.map((one) => ({ type: 'arrived' as const, ...whose(one) })),
        done: 'The arrival is recorded.',
      };
    }
    case 'leave': {
      const out = openVisits(state);
      if (!out.some((one) => one.officer === command.officer)) return notOut(command.officer);
      if (edition !== 'first' && !out.some((one) => one.arrivedAt !== null)) return NOT_THERE;
      return {
        bodies: out.flatMap((one) => [
          { type: 'left' as const, ...whose(one) },
          { type: 'offer-ended' as const, ...whose(one), how: 'done' as const, reason: null },
        ]),
        done:
          out.length > 1
            ? 'Both officers are back and free; the rest of the checklist stays with whoever leads.'
            : 'The officer is back and free; the rest of the checklist stays theirs.',
      };
    }
    case 'record-step':
      return recordStep(state, command);
    case 'waive-step':
      return waiveStep(state, command);
    case 'counselor-word':
      return counselorWord(state, command);
    case 'reassign-call':
      return reassign(state, command.reason, edition);
    case 'go-alone':
      return goAlone(state, command.reason);
    case 'cancel-call':
      return cancel(state, command);
    case 'close-call':
      return close(state, command);
    case 'identify-student':
      return {
        bodies: [
          {
            type: 'student-identified',
            student: command.student,
            school: command.school,
            calendar: command.calendar,
          },
        ],
        done: 'The student is known now.',
      };
  }
}

/** Who leaves has been there: else a call would rest with nobody going, a police call too. */
const NOT_THERE = refusal(
  'NOT_THERE_YET',
  'Nobody has recorded an arrival: record it first, with the time it was; whoever turned back gives the call back (call decline, with the reason), and somebody else goes.',
);

/** On the way, and somebody else has to go: both are back, where two go. */
function turnBack(state: CallState, { reason }: DeclineOffer): Judgement {
  const visiting = visitStep(state);
  if (visiting && !isOpenStep(visiting)) {
    return refusal('NOBODY_NEEDED', 'What had to be done there is done; record that the officer left.');
  }
  return {
    bodies: endingOf(state, 'handed-over', reason).map(mayBeAskedAgain),
    done: 'Back; somebody else is asked.',
  };
}

/** Still on duty: whoever hands a call back is asked for it again later, as one who declined it. */
function mayBeAskedAgain(body: CallEntryBody): CallEntryBody {
  return body.type === 'offer-ended' && body.how === 'handed-over' ? { ...body, again: true } : body;
}

/** What an officer has been asked: to have the call, or to go along. */
function offerOf(state: CallState, officer: string) {
  return liveOffers(state).find((one) => one.officer === officer);
}

function offerOver(state: CallState, officer: string): Refusal {
  const live = liveOffer(state);
  const words = !live
    ? 'The call is offered to nobody at the moment.'
    : live.officer === officer
      ? 'This officer has accepted it already.'
      : 'It is another officer’s at the moment.';
  return refusal('OFFER_OVER', `${words} The offer to ${officer} is over.`, { officer });
}

function notOut(officer: string): Refusal {
  return refusal(
    'NOT_ON_THE_WAY',
    `Officer ${officer} is not on the way to this call; record the departure first.`,
    { officer },
  );
}

function startVisit(state: CallState, command: StartVisit, now: Instant): Judgement {
  const live = liveOffer(state);
  if (live?.status !== 'accepted' || live.officer !== command.officer)
    return notTheirs(state, command.officer);
  if (openVisit(state)) return refusal('ALREADY_OUT', 'The departure is recorded already.');
  if (state.today < state.goesFrom) {
    return refusal('NOT_YET', `This visit waits for ${shortDate(state.goesFrom)}.`, { from: state.goesFrom });
  }
  const before = state.steps.slice(
    0,
    state.steps.findIndex((one) => one.code === visitStep(state)?.code),
  );
  const missing = before.find((one) => one.status === 'open');
  if (missing) return outOfOrder(missing);
  const second = secondOffer(state);
  if (state.pair === true && second?.status !== 'accepted') {
    return refusal(
      'PAIR_NEEDED',
      `Two officers go to this call, and ${second ? `officer ${second.officer} has not answered yet` : 'nobody is free to go along yet'}. The dispatcher may let one go alone: call alone --call ${state.callNumber} --reason "…".`,
      { second: second?.officer ?? null },
    );
  }
  const minutes = command.expectedMinutes ?? state.policy.visits.expectedMinutes;
  const departed = command.at ?? now;
  const expectedBackAt = new Date(Date.parse(departed) + minutesMs(state.clock, minutes)).toISOString();
  return {
    bodies: [
      { type: 'visit-started', ...whose(live), expectedBackAt },
      ...(second?.status === 'accepted'
        ? [{ type: 'visit-started' as const, ...whose(second), expectedBackAt, part: 2 as const }]
        : []),
    ],
    done: `On the way${second ? ` with officer ${second.officer}` : ''}; expected back within ${minutes} minutes.`,
  };
}

/** Ends what is under way, so that somebody else can go. */
function reassign(state: CallState, reason: string, edition: CallEdition): Judgement {
  const visiting = visitStep(state);
  if (visiting && !isOpenStep(visiting)) {
    return refusal('NOBODY_NEEDED', 'The visit is done; nobody else has to go.');
  }
  const ending = endingOf(state, 'handed-over', reason);
  return {
    bodies: [...(edition === 'first' ? ending : ending.map(mayBeAskedAgain)), { type: 'reassigned', reason }],
    done: 'Another officer is sought.',
  };
}

/** Whoever was asked to go along is free; out already, they come back together. */
function goAlone(state: CallState, reason: string): Judgement {
  if (state.pair !== true) {
    return refusal('ONE_GOES_ANYWAY', 'One officer goes to this call; nobody has to be let go alone.');
  }
  if (openVisit(state)) return ALREADY_OUT;
  const second = secondOffer(state);
  return {
    bodies: [
      { type: 'pair-waived', reason },
      ...(second
        ? [{ type: 'offer-ended' as const, ...whose(second), how: 'withdrawn' as const, reason }]
        : []),
    ],
    done: 'One officer goes alone.',
  };
}
