/** The page's checklist, in its order: steps recorded, waived, answered by others. */
import { refusal, type Refusal } from '../refusal.ts';
import type { CounselorWord, RecordStep, WaiveStep } from './commands.ts';
import { whose } from './ending.ts';
import { ALREADY_OUT, isTheirs, notTheirs, outOfOrder, type Judgement } from './judgement.ts';
import { ADDRESS_FINDINGS, type StepCode } from './policy.ts';
import { isOpenStep, liveOffers, openVisit, stepOf, visitStep, type CallState } from './state.ts';

/** Results a step may have; a step not named takes none. */
const RESULTS: Partial<Readonly<Record<StepCode, readonly string[]>>> = {
  'verify-auk': ['confirmed', 'contradicted'],
  'verify-attempts': ['confirmed', 'contradicted'],
  'report-findings': ADDRESS_FINDINGS,
};

export function recordStep(state: CallState, command: RecordStep): Judgement {
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

export function waiveStep(state: CallState, { step: code, reason }: WaiveStep): Judgement {
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

export function counselorWord(state: CallState, { note }: CounselorWord): Judgement {
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
