/**
 * What may be said of a service call, and what follows: the page's checklist, in its order. A command is accepted with its
 * journal entries or refused with a code and words; a refusal changes nothing.
 */
import type { CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import { minutesMs } from '../office-clock.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type {
  CallCommand,
  CancelCall,
  CloseCall,
  CounselorWord,
  DeclineOffer,
  RecordStep,
  StartVisit,
  WaiveStep,
} from './commands.ts';
import { deadlines } from './deadlines.ts';
import type { CallEntry, CallEntryBody } from './entries.ts';
import { endOfOffer } from './ending.ts';
import { evolveAll } from './evolve.ts';
import { ADDRESS_FINDINGS, outcomesOf, type CallOutcome, type StepCode } from './policy.ts';
import { settleCall } from './settle.ts';
import {
  isOpenStep,
  liveOffer,
  liveOffers,
  openVisit,
  openVisits,
  secondOffer,
  stageOf,
  stepOf,
  visitStep,
  type CallStage,
  type CallState,
  type Instant,
  type Step,
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

type Judgement = Refusal | { readonly bodies: readonly CallEntryBody[]; readonly done: string };

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

const ALREADY_OUT = refusal(
  'OFFICER_IS_OUT',
  'The officer is on the way; record that they left, or reassign the call.',
);

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

/** Whose call it is: the accepted offer's officer, or who was there and has the rest of the checklist. */
function isTheirs(state: CallState, officer: string): boolean {
  return state.officer === officer;
}

function notTheirs(state: CallState, officer: string): Refusal {
  return refusal(
    'NOT_THEIR_CALL',
    state.officer === null
      ? 'No officer has this call yet; it has to be accepted first.'
      : `The call is officer ${state.officer}’s, not ${officer}’s.`,
    { officer: state.officer },
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

function outOfOrder(missing: Step): Refusal {
  return refusal(
    'STEP_OUT_OF_ORDER',
    `First comes "${missing.label}": record it, or waive it with a reason.`,
    { step: missing.code },
  );
}

/** Results a step may have; a step not named takes none. */
const RESULTS: Partial<Readonly<Record<StepCode, readonly string[]>>> = {
  'verify-auk': ['confirmed', 'contradicted'],
  'verify-attempts': ['confirmed', 'contradicted'],
  'report-findings': ADDRESS_FINDINGS,
};

function recordStep(state: CallState, command: RecordStep): Judgement {
  const { step: code, officer } = command;
  const step = stepOf(state, code);
  if (!step) return notOnChecklist(state, code);
  if (!isTheirs(state, officer)) return notTheirs(state, officer);
  if (!isOpenStep(step)) {
    return refusal('STEP_DONE', `"${step.label}" is ${step.status} already.`, { step: code });
  }
  const missing = state.steps.slice(0, state.steps.indexOf(step)).find((one) => one.status === 'open');
  if (missing) return outOfOrder(missing);
  if (code === 'transport' || code === 'home-visit') {
    const been = state.visits.some((one) => one.officer === officer && one.arrivedAt !== null);
    if (!been) {
      return refusal(
        'NOT_THERE_YET',
        `"${step.label}" needs an arrival: record departure and arrival first, or waive the step.`,
        { step: code },
      );
    }
  }
  const results = RESULTS[code];
  const result = command.result ?? null;
  if (results && (result === null || !results.includes(result))) {
    return refusal('RESULT_MISSING', `"${step.label}" needs a result: ${results.join(' or ')}.`, {
      step: code,
    });
  }
  const note = command.note ?? null;
  if (note === null && (code === 'log-note' || code === 'transport' || code === 'home-visit')) {
    return refusal('NOTE_MISSING', `"${step.label}" needs a note of what was done.`, { step: code });
  }
  if (code === 'ask-ct' || code === 'connect-counselor') {
    if (step.status === 'asked') {
      return refusal(
        'STEP_ASKED',
        `"${step.label}" is asked and waits for the answer; it can be waived with a reason.`,
        { step: code },
      );
    }
    if (state.school === null || (code === 'ask-ct' && state.student === null)) {
      return refusal(
        'STUDENT_UNKNOWN',
        'Nobody knows yet which student and school it is: identify the student first, or waive the step.',
        { step: code },
      );
    }
    return {
      bodies: [{ type: 'step-asked', step: code, officer, note }],
      done: code === 'ask-ct' ? 'The school is asked for the mark.' : 'The counselor is told.',
    };
  }
  return {
    bodies: [{ type: 'step-done', step: code, officer, note, result }],
    done: `"${step.label}" is done.`,
  };
}

function notOnChecklist(state: CallState, code: StepCode): Refusal {
  return refusal(
    'NOT_ON_CHECKLIST',
    `A call of this kind has no step ${code}; it has: ${state.steps.map((one) => one.code).join(', ')}.`,
    { step: code },
  );
}

function waiveStep(state: CallState, { step: code, reason }: WaiveStep): Judgement {
  const step = stepOf(state, code);
  if (!step) return notOnChecklist(state, code);
  if (!isOpenStep(step)) {
    return refusal('STEP_DONE', `"${step.label}" is ${step.status} already.`, { step: code });
  }
  if (openVisit(state) && visitStep(state)?.code === code) return ALREADY_OUT;
  return {
    bodies: [
      { type: 'step-waived', step: code, reason },
      // Nobody has to go any more.
      ...(visitStep(state)?.code === code
        ? liveOffers(state).map((live) => ({
            ...{ type: 'offer-ended' as const, ...whose(live) },
            ...{ how: 'done' as const, reason },
          }))
        : []),
    ],
    done: `"${step.label}" is waived.`,
  };
}

function whose({ nth, officer }: { readonly nth: number; readonly officer: string }) {
  return { nth, officer };
}

function counselorWord(state: CallState, { note }: CounselorWord): Judgement {
  const step = stepOf(state, 'connect-counselor');
  if (!step) return notOnChecklist(state, 'connect-counselor');
  if (step.status !== 'asked') {
    return refusal(
      step.status === 'open' ? 'COUNSELOR_NOT_ASKED' : 'STEP_DONE',
      step.status === 'open'
        ? 'The counselor has not been asked yet; the officer connects them first.'
        : `"${step.label}" is ${step.status} already.`,
      { step: step.code },
    );
  }
  return {
    bodies: [{ type: 'step-done', step: step.code, officer: null, note, result: null }],
    done: 'The counselor’s word is recorded.',
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

/** Visits under way and live offers, ended. */
export function endingOf(
  state: CallState,
  how: 'handed-over' | 'withdrawn' | 'done',
  reason: string | null,
): CallEntryBody[] {
  return [
    ...openVisits(state).map((visit) => ({ type: 'left' as const, ...whose(visit) })),
    ...liveOffers(state).map((live) => ({ type: 'offer-ended' as const, ...whose(live), how, reason })),
  ];
}

function cancel(state: CallState, { by, reason }: CancelCall): Judgement {
  const { policy, kind } = state;
  if (by === 'police' && policy.kinds[kind].calledBy !== 'police') {
    return refusal(
      'NOT_A_POLICE_CALL',
      'Police did not make this call; its school or the dispatcher cancels it.',
    );
  }
  const known = outcomesOf(policy, kind).some((one) => one.code === 'cancelled-by-police');
  const outcome = by === 'police' && known ? 'cancelled-by-police' : 'other';
  return {
    bodies: [
      ...endingOf(state, 'withdrawn', reason),
      ...state.steps
        .filter(isOpenStep)
        .map(({ code }) => ({ type: 'step-waived' as const, step: code, reason: `cancelled: ${reason}` })),
      { type: 'call-closed', outcome, reason: `cancelled by ${by}: ${reason}` },
    ],
    done: 'The call is cancelled.',
  };
}

function close(state: CallState, { outcome, note }: CloseCall): Judgement {
  const possible = outcomesOf(state.policy, state.kind);
  const found = possible.find((one) => one.code === outcome);
  if (!found) {
    return refusal(
      'BAD_OUTCOME',
      `A call of this kind ends with one of: ${possible.map((one) => one.code).join(', ')}.`,
      { outcome },
    );
  }
  if (openVisit(state)) return ALREADY_OUT;
  const open = state.steps.filter(isOpenStep);
  if (open.length > 0 && found.waivesSteps !== true) {
    return refusal(
      'CHECKLIST_OPEN',
      `Not every step is done or waived: ${open
        .map((one) => `"${one.label}"${one.status === 'asked' ? ' (asked, not answered)' : ''}`)
        .join('; ')}.`,
      { steps: open.map((one) => one.code) },
    );
  }
  const contradiction = contradicted(state, found);
  if (contradiction) return contradiction;
  if (outcome === 'other' && note === undefined) {
    return refusal('NOTE_MISSING', 'The outcome "other" needs a note.');
  }
  return {
    bodies: [
      ...endingOf(state, state.visits.length > 0 ? 'done' : 'withdrawn', found.label),
      ...open.map(({ code }) => ({ type: 'step-waived' as const, step: code, reason: found.label })),
      { type: 'call-closed', outcome, reason: note ?? null },
    ],
    done: `Closed: ${found.label}.`,
  };
}

/** An outcome says no more than the checklist does. */
function contradicted(state: CallState, { code, label, afterVisit, finding }: CallOutcome): Refusal | null {
  const visit = visitStep(state);
  if (afterVisit === true && visit?.status !== 'done') {
    return refusal(
      'OUTCOME_CONTRADICTED',
      `"${label}" is said of somebody who was there, and "${visit?.label ?? 'the visit'}" was waived; choose another outcome.`,
      { outcome: code, step: visit?.code ?? null },
    );
  }
  const report = stepOf(state, 'report-findings');
  if (finding !== undefined && report?.result !== finding) {
    return refusal(
      'OUTCOME_CONTRADICTED',
      `The findings reported to the school are ${report?.result ?? 'none'}; "${label}" is not what they say.`,
      { outcome: code, found: report?.result ?? null },
    );
  }
  return null;
}
