/**
 * What later corrections mean for letters and steps that have gone out. A letter states dated absences and rests on a
 * rule: either may no longer hold. Nothing is deleted; a person (or the office's policy) settles it by a correction
 * letter, a withdrawal, or by saying that it still stands.
 */
import { isSchoolDay, window, type CalendarLike } from '../calendar.ts';
import type { IsoDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { approvalAgain } from './approval.ts';
import { mootOffCaseload } from './casework-letters.ts';
import type { EntryBody } from './entries.ts';
import { letterFor, park, parkedFor, unpark } from './leaving.ts';
import { STATES_ABSENCES } from './listed.ts';
import { NOTICE_KINDS, ORDINALS, orderBrokenBy, unexcusedCount } from './rules.ts';
import {
  latestLetter,
  type CaseLetter,
  type CaseReferral,
  type CaseState,
  type LetterName,
  type StatedFacts,
} from './state.ts';

/** The dated absences a letter of this kind states when it leaves: those in the window of the day it was decided. */
export function statedBy(state: CaseState, letter: CaseLetter, cal: CalendarLike): StatedFacts | null {
  if (!STATES_ABSENCES.has(letter.kind)) return null;
  const asOf = letter.decidedOn;
  const { from } = window(cal, asOf, state.policy.counting.windowDays);
  return {
    asOf,
    days: state.days
      .filter(
        (day) => day.date <= asOf && (from === undefined || day.date >= from) && isSchoolDay(cal, day.date),
      )
      .map((day) => [day.date, day.fraction] as const),
  };
}

export interface Question {
  readonly what: 'facts-changed' | 'basis-lost' | 'none';
  /** Days the letter states, or its step rests on, that count less than they did. */
  readonly dates: readonly IsoDate[];
  /** What is left of each of them (days). */
  readonly left: readonly number[];
}

const NO_QUESTION: Question = { what: 'none', dates: [], left: [] };

/** How a letter that is out stands against the records as they are now. */
export function questionOf(state: CaseState, letter: CaseLetter, cal: CalendarLike): Question {
  const over = letter.concern?.settled === 'withdrawal' || !isOfToday(state, letter);
  if (letter.status !== 'out' || letter.paper || over) return NO_QUESTION;
  const gone = daysGone(state, letter, cal);
  const left = gone.map((date) => fractionOn(state, date, cal));
  if (!stepStands(state, letter, cal)) return { what: 'basis-lost', dates: gone, left };
  return gone.length > 0 ? { what: 'facts-changed', dates: gone, left } : NO_QUESTION;
}

/** Days the letter states that count less now. */
function daysGone(state: CaseState, { stated }: CaseLetter, cal: CalendarLike): IsoDate[] {
  return (stated?.days ?? [])
    .filter(([date, fraction]) => fractionOn(state, date, cal) < fraction)
    .map(([date]) => date);
}

/** A letter that a later one of its kind replaced, or whose step is no longer there, is history. */
function isOfToday(state: CaseState, letter: CaseLetter): boolean {
  if (latestLetter(state, letter.kind)?.sequence !== letter.sequence) return false;
  const n = NOTICE_KINDS.findIndex((kind) => kind === letter.kind) + 1;
  return n === 0 || state.referrals.some((one) => one.n === n);
}

function fractionOn(state: CaseState, date: IsoDate, cal: CalendarLike): number {
  if (!isSchoolDay(cal, date)) return 0;
  return state.days.find((day) => day.date === date)?.fraction ?? 0;
}

/** Whether the step a letter announces would still be possible on the corrected records. */
export function stepStands(state: CaseState, letter: CaseLetter, cal: CalendarLike): boolean {
  const n = NOTICE_KINDS.findIndex((kind) => kind === letter.kind) + 1;
  if (n > 0) {
    const referral = state.referrals.find((one) => one.n === n);
    return referral === undefined || referralStands(state, referral, cal);
  }
  switch (letter.kind) {
    // Before it is held, its basis is the Regional Superintendent's question (hearing-questioned); after, the order's.
    case 'hearing-notice':
    case 'hearing-moved':
      return state.hearing === null || state.hearing.status === 'scheduled' || state.order !== null
        ? true
        : hearingCountStands(state, cal);
    case 'order':
      return state.order === null || hearingCountStands(state, cal);
    case 'state-attorney-referral':
      return state.court === null || state.court.overridden || orderBrokenBy(state, cal) !== null;
    case 'correction':
      return letter.about === null || isToCorrect(state, named(state, letter.about), cal);
    default:
      return true;
  }
}

/**
 * False where a letter's facts hold again, or more is wrong with it than a correction can put right. One that a later letter
 * has replaced is still in the family's hands, with what it says.
 */
function isToCorrect(state: CaseState, letter: CaseLetter | undefined, cal: CalendarLike): boolean {
  if (letter === undefined) return false;
  const { concern } = letter;
  if (concern?.what === 'facts-changed' || concern?.settled === 'stands') return true;
  return concern === null && !isOfToday(state, letter) && daysGone(state, letter, cal).length > 0;
}

function referralStands(state: CaseState, referral: CaseReferral, cal: CalendarLike): boolean {
  const { interventions, referrals } = state.policy;
  const absences = referral.newUnexcused.filter((date) => fractionOn(state, date, cal) > 0).length;
  const documented = referral.interventions.filter((id) =>
    state.interventions.some((one) => one.id === id),
  ).length;
  return (
    (referral.overridden || absences >= referrals.newUnexcusedAbsences) &&
    (referral.fewerAccepted || documented >= interventions.perReferral)
  );
}

/**
 * The hearing's count as of the day it was scheduled: days that left the window do not undo it, corrections do. Also true
 * where a person has let it stand at this count or a lower one.
 */
export function hearingCountStands(state: CaseState, cal: CalendarLike): boolean {
  const { hearing } = state;
  if (hearing === null || hearingFromPaper(state)) return true;
  return countSuffices(state, unexcusedCount(state, hearing.scheduledOn, cal));
}

/** Whether a count of the day the hearing was scheduled carries it: by the threshold, or by a person's word. */
export function countSuffices({ hearing, policy }: CaseState, count: number): boolean {
  const questioned = hearing?.questioned;
  return count >= policy.counting.threshold || (questioned?.stands === true && count >= questioned.count);
}

/** Set before this system, when the office judged its count on paper. */
export function hearingFromPaper({ paper, hearing, letters }: CaseState): boolean {
  if (paper === null || hearing === null || hearing.scheduledOn > paper.enteredOn) return false;
  const setHere = letters.some(
    (one) => one.kind === 'hearing-notice' && !one.paper && one.decidedOn === hearing.scheduledOn,
  );
  return !setHere;
}

/** The letters whose standing has changed, the hearing's basis, and what of it the office's policy settles by itself. */
export function questionsAfter(
  state: CaseState,
  on: IsoDate,
  cal: CalendarLike,
  because: string,
  fold: (state: CaseState, bodies: readonly EntryBody[]) => CaseState,
): EntryBody[] {
  const bodies: EntryBody[] = [];
  let now = state;
  const add = (more: readonly EntryBody[]) => {
    bodies.push(...more);
    now = fold(now, more);
  };
  add(hearingQuestion(now, on, cal));
  for (const { kind, sequence } of state.letters) {
    const before = named(now, { kind, sequence });
    if (!before) continue;
    if (before.status === 'waiting' || before.status === 'blocked') add(approvalAgain(now, before, cal));
    const letter = named(now, { kind, sequence })!;
    if (letter.status === 'waiting') {
      add(waitingLetter(now, letter, on, cal));
      continue;
    }
    const { what, dates, left } = questionOf(now, letter, cal);
    const { concern } = letter;
    const sameDays =
      (concern?.dates ?? []).join() === dates.join() && (concern?.left ?? left).join() === left.join();
    if ((concern?.what ?? 'none') === what && sameDays) continue;
    if (concern?.settled === 'withdrawal') continue;
    // Who let the step itself stand knew these days.
    if (concern?.settled === 'stands' && what === 'facts-changed' && sameDays) continue;
    add([{ type: 'letter-questioned', kind, sequence, what, dates, left, because }]);
    add(settledByPolicy(now, { kind, sequence }, what, on, cal));
  }
  return bodies;
}

/** Corrections of a letter that are still in the house. */
function correctionsOf(state: CaseState, about: LetterName): CaseLetter[] {
  return state.letters.filter(
    (one) =>
      one.kind === 'correction' &&
      one.about?.kind === about.kind &&
      one.about.sequence === about.sequence &&
      (one.status === 'waiting' || one.status === 'blocked'),
  );
}

/**
 * A scheduled hearing whose count corrections took under the threshold (or under the count at which a person let it
 * stand), or gave back.
 */
function hearingQuestion(state: CaseState, on: IsoDate, cal: CalendarLike): EntryBody[] {
  const { hearing } = state;
  if (hearing?.status !== 'scheduled') return [];
  const { sequence, questioned } = hearing;
  const count = unexcusedCount(state, hearing.scheduledOn, cal);
  if (!hearingCountStands(state, cal)) {
    // Asked already, of this very count.
    if (questioned?.count === count && !questioned.stands) return [];
    const free = state.letters.filter(({ parked }) => parked !== 'asked');
    return [{ type: 'hearing-questioned', sequence, count }, ...park(free, 'basis')];
  }
  const holds = hearingFromPaper(state) || count >= state.policy.counting.threshold;
  if (holds && questioned !== null) {
    const without: CaseState = { ...state, hearing: { ...hearing, questioned: null } };
    return [
      { type: 'hearing-unquestioned', sequence, count },
      ...unpark(without, parkedFor(state, 'basis'), on, cal, 'the count of the hearing holds again'),
    ];
  }
  return [];
}

/** A letter still in the house whose step no longer stands does not leave. */
function waitingLetter(state: CaseState, letter: CaseLetter, on: IsoDate, cal: CalendarLike): EntryBody[] {
  if (state.hearing?.questioned && !state.hearing.questioned.stands) return [];
  const stands = stepStands(state, letter, cal);
  // Under a hold it waits anyway, and is looked at again when that is released; a person who is asked is told then.
  if (!stands && letter.parked !== 'hold' && letter.parked !== 'asked') return park([letter], 'basis');
  if (stands && letter.parked === 'basis') {
    return unpark(state, [letter], on, cal, 'the basis of its step holds again');
  }
  return [];
}

function settledByPolicy(
  state: CaseState,
  letter: LetterName,
  what: Question['what'],
  on: IsoDate,
  cal: CalendarLike,
): EntryBody[] {
  const rule = state.policy.corrections;
  const how =
    what === 'facts-changed' && rule?.factsChanged === 'correct'
      ? 'correction'
      : what === 'facts-changed' && rule?.factsChanged === 'stands'
        ? 'stands'
        : what === 'basis-lost' && rule?.basisLost === 'withdraw'
          ? 'withdrawal'
          : null;
  if (how === null) return [];
  const settled = settle(state, letter, how, null, on, cal);
  // What the policy cannot settle (later steps stand on it) is left to a person.
  return 'code' in settled ? [] : [...settled.bodies];
}

/** Settles a question; refused where what is asked is not possible. */
export function settle(
  state: CaseState,
  name: LetterName,
  how: 'correction' | 'withdrawal' | 'stands',
  reason: string | null,
  on: IsoDate,
  cal: CalendarLike,
): Refusal | { readonly bodies: readonly EntryBody[] } {
  const letter = named(state, name);
  if (!letter) return refusal('UNKNOWN_LETTER', `This case has no ${name.kind} number ${name.sequence}.`);
  const { kind, sequence } = letter;
  if (letter.status !== 'out') {
    return refusal(
      'LETTER_NOT_OUT',
      'Only a letter that has gone out is corrected or taken back by another.',
    );
  }
  if (!letter.concern || letter.concern.settled !== null) {
    return refusal('NOTHING_IN_QUESTION', 'Nothing that this letter states or rests on is in question.');
  }
  const settled: EntryBody = { type: 'question-settled', kind, sequence, how, reason };
  if (how === 'stands') return { bodies: [settled, ...hearingStands(state, letter, reason, cal)] };
  if (how === 'correction') {
    if (letter.concern.what === 'basis-lost') {
      return refusal(
        'BASIS_LOST',
        'The step itself would not be possible on the corrected records: withdraw it by a letter, or say why it still stands.',
      );
    }
    return { bodies: [settled, letterFor(state, 'correction', on, cal, letter)] };
  }
  const undone = undoneBy(state, letter);
  if ('code' in undone) return undone;
  // What would only correct the letter, or tell another date of a hearing that is off, does not leave after it.
  const moot = mootWith(state, letter).map((one): EntryBody => ({
    type: 'letter-withdrawn',
    kind: one.kind,
    sequence: one.sequence,
    reason: 'the letter it follows on was taken back',
  }));
  return { bodies: [settled, ...moot, ...undone.bodies, letterFor(state, 'withdrawal', on, cal, letter)] };
}

/** Letters in the house that a withdrawal of this one makes pointless. */
export function mootWith(state: CaseState, letter: LetterName): CaseLetter[] {
  const ofHearing = HEARING_LETTERS.has(letter.kind);
  return [
    ...correctionsOf(state, letter),
    ...(letter.kind === 'third-notice' && state.caseload?.why === 'third-referral'
      ? mootOffCaseload(state)
      : []),
    ...state.letters.filter(
      ({ kind, status }) =>
        ofHearing && HEARING_LETTERS.has(kind) && (status === 'waiting' || status === 'blocked'),
    ),
  ];
}

const HEARING_LETTERS: ReadonlySet<LetterKind> = new Set<LetterKind>(['hearing-notice', 'hearing-moved']);

/** Who lets the notice of a hearing stand that has been held lets the hearing stand, at the count it has now. */
function hearingStands(
  state: CaseState,
  letter: CaseLetter,
  reason: string | null,
  cal: CalendarLike,
): EntryBody[] {
  const { hearing } = state;
  const isAsked = HEARING_LETTERS.has(letter.kind) && letter.concern?.what === 'basis-lost';
  if (!isAsked || hearing === null) return [];
  const { sequence } = hearing;
  return [
    { type: 'hearing-questioned', sequence, count: unexcusedCount(state, hearing.scheduledOn, cal) },
    { type: 'hearing-stands', sequence, reason: reason ?? 'the office’s policy' },
  ];
}

/** The step taken back with its letter; refused while later steps stand on it. */
function undoneBy(state: CaseState, letter: CaseLetter): Refusal | { readonly bodies: readonly EntryBody[] } {
  const reason = 'its letter was withdrawn';
  const n = NOTICE_KINDS.findIndex((kind) => kind === letter.kind) + 1;
  const last = state.referrals.at(-1)?.n;
  if (n > 0) {
    if (last !== n || state.hearing !== null) {
      return refusal(
        'LATER_STEPS_STAND',
        `Later steps stand on the ${ORDINALS[n - 1]!} referral; take those back first, or say why it still stands.`,
      );
    }
    const bodies: EntryBody[] = [{ type: 'referral-withdrawn', n: last, reason }];
    if (n === 3 && state.caseload?.why === 'third-referral') {
      bodies.push({ type: 'caseload-undone', reason });
    }
    return { bodies };
  }
  switch (letter.kind) {
    case 'hearing-notice':
    case 'hearing-moved':
      if (state.hearing === null || state.order !== null) {
        return refusal('LATER_STEPS_STAND', 'The order stands on this hearing; withdraw the order first.');
      }
      return { bodies: [{ type: 'hearing-withdrawn', sequence: state.hearing.sequence, reason }] };
    case 'order':
      if (state.order === null || state.court !== null) {
        return refusal(
          'LATER_STEPS_STAND',
          'The referral to the State’s Attorney stands on this order; withdraw that first.',
        );
      }
      return { bodies: [{ type: 'order-withdrawn', sequence: state.order.sequence, reason }] };
    case 'state-attorney-referral':
      return { bodies: [{ type: 'court-withdrawn', reason }] };
    default:
      return refusal('NOTHING_TO_WITHDRAW', 'This letter announces no step of its own.');
  }
}

/** A letter of the case by its name. */
export function named(state: CaseState, name: LetterName): CaseLetter | undefined {
  return state.letters.find((one) => one.kind === name.kind && one.sequence === name.sequence);
}
