/**
 * When a letter may leave: at the office's next sending time, never under a hold, never while the basis of a hearing is
 * in question, never unapproved where approval is asked, and never between two terms unless a person releases it.
 */
import type { CalendarLike } from '../calendar.ts';
import { addDays, type IsoDate } from '../dates.ts';
import { addOfficeDays, isOfficeDay } from '../office-days.ts';
import { approverOf, type LetterKind } from '../policy.ts';
import { betweenTerms } from '../terms.ts';
import { awaitsApproval } from './approval.ts';
import type { EntryBody } from './entries.ts';
import { listedNow } from './listed.ts';
import type { CaseLetter, CaseState, LetterName, ParkReason } from './state.ts';

export interface Leaving {
  /** The office day on whose sending time it leaves. */
  readonly sendOn: IsoDate;
  /** Why it does not leave even then; null when it does. */
  readonly parked: ParkReason | null;
}

/** A letter decided, or let go, on `on`: from `earliest` on (the next office day); not yet where it awaits an approval. */
export function leavingFrom(
  state: CaseState,
  on: IsoDate,
  cal: CalendarLike,
  how: { readonly awaitsApproval?: boolean; readonly earliest?: IsoDate } = {},
): Leaving {
  const { policy } = state;
  let sendOn = how.earliest ?? addOfficeDays(on, 1, policy.holidays);
  let parked: ParkReason | null = null;
  const gapDays = policy.notices.betweenTermsGapDays;
  const gap = gapDays === undefined ? null : betweenTerms(cal, sendOn, gapDays);
  if (gap?.nextSchoolDay) sendOn = firstOfficeDay(state, gap.nextSchoolDay);
  else if (gap) parked = 'between-terms';
  // Once it is approved the term is looked at again.
  if (how.awaitsApproval) parked = 'approval';
  return { sendOn, parked: standingReason(state) ?? parked };
}

/** A day on which no letter leaves unless a person lets it go. */
export function isBetweenTerms(state: CaseState, date: IsoDate, cal: CalendarLike): boolean {
  const gapDays = state.policy.notices.betweenTermsGapDays;
  return gapDays !== undefined && betweenTerms(cal, date, gapDays) !== null;
}

/** What keeps every letter of the case in the house. */
export function standingReason(state: CaseState): ParkReason | null {
  if (state.holds.length > 0) return 'hold';
  const questioned = state.hearing?.questioned;
  return questioned && !questioned.stands ? 'basis' : null;
}

function firstOfficeDay(state: CaseState, from: IsoDate): IsoDate {
  let day = from;
  while (!isOfficeDay(day, state.policy.holidays)) day = addDays(day, 1);
  return day;
}

/** Deciding on a letter: its number among its kind, and when it leaves. */
export function letterFor(
  state: CaseState,
  kind: LetterKind,
  on: IsoDate,
  cal: CalendarLike,
  about?: LetterName,
): Extract<EntryBody, { type: 'letter-decided' }> {
  const sequence = state.letters.filter((letter) => letter.kind === kind).length + 1;
  const role = approverOf(state.policy, kind, about?.kind ?? null);
  const { sendOn, parked } = leavingFrom(state, on, cal, { awaitsApproval: role !== null });
  return {
    type: 'letter-decided',
    kind,
    sequence,
    sendOn,
    ...(about === undefined ? {} : { about: { kind: about.kind, sequence: about.sequence } }),
    ...(parked === null ? {} : { parked }),
    ...(role === null ? {} : { approval: { role, listed: listedNow(state, kind, on, cal) } }),
  };
}

/** Keeps these letters in the house. */
export function park(letters: readonly CaseLetter[], why: ParkReason): EntryBody[] {
  return letters
    .filter((letter) => letter.status === 'waiting' && letter.parked !== why)
    .map(({ kind, sequence }) => ({ type: 'letter-parked', kind, sequence, why }));
}

/**
 * Lets these letters go as far as nothing else keeps them: on their own day where it is still ahead, else at the next
 * sending time. `state` is the case without the reason that has just gone.
 */
export function unpark(
  state: CaseState,
  letters: readonly CaseLetter[],
  on: IsoDate,
  cal: CalendarLike,
  because: string,
): EntryBody[] {
  return letters.map((letter): EntryBody => {
    const { kind, sequence } = letter;
    const { sendOn, parked } = leavingFrom(state, on, cal, { awaitsApproval: awaitsApproval(letter) });
    if (parked !== null) return { type: 'letter-parked', kind, sequence, why: parked };
    if (kind === 'hearing-notice' || kind === 'hearing-moved') {
      // A notice that would now come too late for its hearing waits for another date.
      const latest = addDays(state.hearing?.date ?? sendOn, -state.policy.hearing.noticeDaysEmail);
      if (sendOn > latest && letter.sendOn <= on)
        return { type: 'letter-parked', kind, sequence, why: 'asked' };
    }
    return {
      type: 'letter-rescheduled',
      kind,
      sequence,
      sendOn: letter.sendOn > on && !isBetweenTerms(state, letter.sendOn, cal) ? letter.sendOn : sendOn,
      because,
    };
  });
}

/** Letters waiting for this reason. */
export function parkedFor(state: CaseState, why: ParkReason): CaseLetter[] {
  return state.letters.filter((letter) => letter.status === 'waiting' && letter.parked === why);
}
