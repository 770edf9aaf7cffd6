/**
 * Letters of the Case Manager's work: the invitation to meet, the plan, the thanks when a quiet case closes. They announce
 * no step, so nothing waits for them but the closing of the case, which follows its letter. [ours]
 */
import type { CalendarLike } from '../calendar.ts';
import { later, type IsoDate } from '../dates.ts';
import type { CaseworkLetterKind, LetterKind } from '../policy.ts';
import type { CaseloadEvent, EntryBody } from './entries.ts';
import { letterFor } from './leaving.ts';
import { cleanRun, closingNeedsAPerson } from './rules.ts';
import type { CaseLetter, CaseState } from './state.ts';

const KINDS: ReadonlySet<LetterKind> = new Set<CaseworkLetterKind>([
  'caseload-invitation',
  'improvement-plan',
  'closing-thanks',
]);

export function isCaseworkLetter(kind: LetterKind): boolean {
  return KINDS.has(kind);
}

/** Whoever is placed on the caseload is asked to meet the Case Manager. */
export function invitation(state: CaseState, on: IsoDate, cal: CalendarLike): EntryBody[] {
  return state.policy.caseload.letters?.invitation ? [letterFor(state, 'caseload-invitation', on, cal)] : [];
}

/** A plan goes out once: when it has been made, or when it has been gone through with the family, as the policy says. */
export function planLetter(
  state: CaseState,
  event: CaseloadEvent,
  on: IsoDate,
  cal: CalendarLike,
): EntryBody[] {
  const when = state.policy.caseload.letters?.plan;
  const isDue =
    state.planToSend &&
    (event === 'plan-made' ? when === 'made' : event === 'plan-shared' && when === 'shared');
  return isDue ? [letterFor(state, 'improvement-plan', on, cal)] : [];
}

/** Letters in the house that speak of a caseload the student is no longer on. */
export function mootOffCaseload(state: CaseState): CaseLetter[] {
  return inHouse(state, 'caseload-invitation');
}

export function withdrawn(letters: readonly CaseLetter[], reason: string): EntryBody[] {
  return letters.map(({ kind, sequence }) => ({ type: 'letter-withdrawn', kind, sequence, reason }));
}

function inHouse(state: CaseState, of: LetterKind): CaseLetter[] {
  return state.letters.filter(
    ({ kind, status }) => kind === of && (status === 'waiting' || status === 'blocked'),
  );
}

/**
 * Thanks before a quiet case closes as improved, to a family that had a notice: once for each clean stretch, also where a
 * person stopped it.
 */
export function thanksDue(state: CaseState, reachedOn: IsoDate): boolean {
  if (!state.policy.closing.thanks) return false;
  const noticed = state.letters.some(({ kind, status }) => status === 'out' && !isCaseworkLetter(kind));
  const last = state.letters.findLast(({ kind }) => kind === 'closing-thanks');
  return noticed && (last === undefined || last.decidedOn < reachedOn);
}

export function thanks(state: CaseState, reachedOn: IsoDate, cal: CalendarLike): EntryBody & { on: IsoDate } {
  const on = later(reachedOn, state.today);
  return { ...letterFor(state, 'closing-thanks', on, cal), on };
}

/** Thanks in the house although the case goes on after all: an absence came in, another step was taken, a person is to close it. */
export function prematureThanks(state: CaseState, cal: CalendarLike): EntryBody[] {
  const letters = inHouse(state, 'closing-thanks').filter(
    ({ decidedOn }) =>
      cleanRun(state, cal).reachedOn === null ||
      closingNeedsAPerson(state) ||
      state.referrals.some(({ on }) => on >= decidedOn),
  );
  return withdrawn(letters, 'the case goes on');
}

/** Thanks that cannot be sent do not hold up the closing. */
export function thanksHeldBack(state: CaseState): EntryBody[] {
  const blocked = inHouse(state, 'closing-thanks').filter(({ status }) => status === 'blocked');
  return withdrawn(blocked, 'the case closed without it');
}
