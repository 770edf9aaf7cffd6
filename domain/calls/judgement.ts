/** What a command comes to: entries, or a refusal; and the refusals that more than one command gives. */
import { refusal, type Refusal } from '../refusal.ts';
import type { CallEntryBody } from './entries.ts';
import type { CallState, Step } from './state.ts';

export type Judgement = Refusal | { readonly bodies: readonly CallEntryBody[]; readonly done: string };

export const ALREADY_OUT = refusal(
  'OFFICER_IS_OUT',
  'The officer is on the way; record that they left, or reassign the call.',
);

/** Whose call it is: the accepted offer's officer, or who was there and has the rest of the checklist. */
export function isTheirs(state: CallState, officer: string): boolean {
  return state.officer === officer;
}

export function notTheirs(state: CallState, officer: string): Refusal {
  return refusal(
    'NOT_THEIR_CALL',
    state.officer === null
      ? 'No officer has this call yet; it has to be accepted first.'
      : `The call is officer ${state.officer}’s, not ${officer}’s.`,
    { officer: state.officer },
  );
}

export function outOfOrder(missing: Step): Refusal {
  return refusal(
    'STEP_OUT_OF_ORDER',
    `First comes "${missing.label}": record it, or waive it with a reason.`,
    { step: missing.code },
  );
}
