/** How a call is over: taken back by whoever called, or closed with an outcome that says no more than its checklist. */
import { refusal, type Refusal } from '../refusal.ts';
import type { CancelCall, CloseCall } from './commands.ts';
import { endingOf } from './ending.ts';
import { ALREADY_OUT, type Judgement } from './judgement.ts';
import { outcomesOf, type CallOutcome } from './policy.ts';
import { isOpenStep, openVisit, stepOf, visitStep, type CallState } from './state.ts';

export function cancel(state: CallState, { by, reason }: CancelCall): Judgement {
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

export function close(state: CallState, { outcome, note }: CloseCall): Judgement {
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
