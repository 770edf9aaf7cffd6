/** What another version of the policy would change for one open case: nothing of it is done, it is only said. */
import { truantWord, type TruantWord } from './attendance.ts';
import type { CalendarLike } from './calendar.ts';
import { deadlines } from './case/deadlines.ts';
import type { DeadlineKind } from './case/entries.ts';
import {
  earliestHearing,
  hearingObstacles,
  nextReferral,
  ORDINALS,
  referralObstacles,
  unexcusedCount,
} from './case/rules.ts';
import { latestLetter, type CaseState, type UnexcusedDay } from './case/state.ts';
import { LETTER_NAMES, viewOf, type ActionBy } from './case/view.ts';
import { shortDate, type IsoDate } from './dates.ts';
import type { LadderPolicy, Signer, StepLetterKind } from './policy.ts';
import type { Refusal } from './refusal.ts';

/** From what the case goes by now to what it would go by. */
export interface Change<T> {
  readonly from: T;
  readonly to: T;
}

export interface CaseEffects {
  readonly deadlines: readonly ({ readonly kind: DeadlineKind } & Change<IsoDate | null>)[];
  /** What would newly stand in the way of the next step, and what would not any more. */
  readonly obstacles: {
    readonly step: 'referral' | 'hearing';
    readonly appear: readonly Refusal[];
    readonly vanish: readonly Refusal[];
    /** The same in kind, but asking for more or less; dates that move are told apart. */
    readonly differ: readonly Change<Refusal>[];
  } | null;
  readonly count: Change<number> | null;
  readonly threshold: 'reached' | 'lost' | null;
  readonly words: Change<TruantWord> | null;
  /** Letters still to come that somebody else would sign. */
  readonly signers: readonly ({ readonly letter: StepLetterKind } & Change<Signer>)[];
  /** The earliest day of a hearing set today, with its notice by e-mail and by post. */
  readonly hearingFrom: { readonly email: Change<IsoDate>; readonly posted: Change<IsoDate> } | null;
  /** Whether the third referral would place the student on the caseload. */
  readonly caseload: Change<boolean> | null;
  readonly actionBy: Change<ActionBy> | null;
}

/**
 * Null where nothing would change. `days`: the unexcused days as the new policy counts them, where it counts other
 * categories than the one the case goes by.
 */
export function effectsOf(
  state: CaseState,
  policy: LadderPolicy,
  cal: CalendarLike,
  days: readonly UnexcusedDay[] = state.days,
): CaseEffects | null {
  if (state.closed) return null;
  const after: CaseState = { ...state, policy, days };
  const on = state.today;
  const asOf = state.hearing?.scheduledOn ?? on;
  const before = unexcusedCount(state, asOf, cal);
  const then = unexcusedCount(after, asOf, cal);
  const reached = { from: before >= state.policy.counting.threshold, to: then >= policy.counting.threshold };
  const effects: CaseEffects = {
    deadlines: movedDates(state, after, cal),
    obstacles: changedObstacles(state, after, cal),
    count: change(before, then),
    threshold: reached.from === reached.to ? null : reached.to ? 'reached' : 'lost',
    words: change(
      truantWord({ unexcusedDays: before }, state.policy.words),
      truantWord({ unexcusedDays: then }, policy.words),
    ),
    signers: otherSigners(state, policy),
    hearingFrom: otherHearing(state, after, cal),
    caseload:
      state.caseload !== null || (nextReferral(state) ?? 4) > 3
        ? null
        : change(state.policy.caseload.placedAtThirdReferral, policy.caseload.placedAtThirdReferral),
    actionBy: change(viewOf(state, cal).actionBy, viewOf(after, cal).actionBy),
  };
  return Object.values(effects).some((one) => one !== null && !(Array.isArray(one) && one.length === 0))
    ? effects
    : null;
}

function change<T>(from: T, to: T): Change<T> | null {
  return from === to ? null : { from, to };
}

function movedDates(state: CaseState, after: CaseState, cal: CalendarLike): CaseEffects['deadlines'] {
  const dates = (one: CaseState) => new Map(deadlines(one, cal).map(({ kind, date }) => [kind, date]));
  const [from, to] = [dates(state), dates(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((kind) => ({ kind, from: from.get(kind) ?? null, to: to.get(kind) ?? null }))
    .filter((one) => one.from !== one.to);
}

function changedObstacles(state: CaseState, after: CaseState, cal: CalendarLike): CaseEffects['obstacles'] {
  if (state.hearing || state.order || state.court) return null;
  const step = nextReferral(state) === null ? 'hearing' : 'referral';
  const inTheWay = (one: CaseState) =>
    step === 'hearing' ? hearingObstacles(one, one.today, cal) : referralObstacles(one, one.today, cal);
  const [before, then] = [inTheWay(state), inTheWay(after)];
  const without = (some: readonly Refusal[], others: readonly Refusal[]) =>
    some.filter((one) => !others.some((other) => other.code === one.code));
  const appear = without(then, before);
  const vanish = without(before, then);
  const differ = before.flatMap((from) => {
    const to = then.find((one) => one.code === from.code);
    return to && to.message !== from.message && from.code !== 'REFERRAL_TOO_EARLY' ? [{ from, to }] : [];
  });
  return appear.length + vanish.length + differ.length === 0 ? null : { step, appear, vanish, differ };
}

function otherSigners(state: CaseState, policy: LadderPolicy): CaseEffects['signers'] {
  const now = state.policy.notices.signedBy;
  return (Object.keys(now) as StepLetterKind[])
    .filter((letter) => latestLetter(state, letter)?.status !== 'out')
    .map((letter) => ({ letter, from: now[letter], to: policy.notices.signedBy[letter] }))
    .filter(({ from, to }) => from.role !== to.role || from.title !== to.title);
}

/** Asked where the hearing is the next step. */
function otherHearing(state: CaseState, after: CaseState, cal: CalendarLike): CaseEffects['hearingFrom'] {
  if (nextReferral(state) !== null || state.hearing || state.order || state.court) return null;
  const from = (one: CaseState, posted: boolean) => earliestHearing(one, one.today, posted, cal);
  const email = { from: from(state, false), to: from(after, false) };
  const posted = { from: from(state, true), to: from(after, true) };
  return email.from === email.to && posted.from === posted.to ? null : { email, posted };
}

const DEADLINE_NAMES: Readonly<Record<DeadlineKind, string>> = {
  'referral-possible': 'next referral possible',
  'quiet-close': 'quiet close',
  'count-drops': 'count falls below the threshold',
  'hearing-day': 'hearing',
  'progress-review': 'review of progress',
  'contact-reminder': 'reminder to contact the family',
  'hold-expires': 'end of the hold',
  'order-review': 'review of the order',
  'court-reminder': 'reminder about the court',
  'approval-escalates': 'a further role is told of the letter to approve',
};

/** The effects in short lines, for tables and letters to colleagues. */
export function effectLines(effects: CaseEffects): string[] {
  const { obstacles, count, threshold, words, hearingFrom, caseload, actionBy } = effects;
  const day = (date: IsoDate | null) => (date === null ? 'none' : shortDate(date));
  const step = obstacles?.step === 'hearing' ? 'a hearing' : 'the next referral';
  return [
    ...effects.deadlines.map(({ kind, from, to }) => `${DEADLINE_NAMES[kind]}: ${day(from)} → ${day(to)}`),
    ...(obstacles?.appear ?? []).map((one) => `newly in the way of ${step}: ${one.message}`),
    ...(obstacles?.differ ?? []).map(({ to }) => `in the way of ${step} would be: ${to.message}`),
    ...(obstacles?.vanish ?? []).map((one) => `no longer in the way of ${step}: ${one.code}`),
    ...(count ? [`unexcused days: ${count.from} → ${count.to}`] : []),
    ...(threshold ? [`the threshold of a hearing is ${threshold}`] : []),
    ...(words ? [`letters say: ${words.from} → ${words.to}`] : []),
    ...effects.signers.map(
      ({ letter, from, to }) => `${LETTER_NAMES[letter]} signed by: ${from.title} → ${to.title}`,
    ),
    ...(hearingFrom
      ? [
          `earliest hearing: ${day(hearingFrom.email.from)} → ${day(hearingFrom.email.to)} (posted: ${day(hearingFrom.posted.from)} → ${day(hearingFrom.posted.to)})`,
        ]
      : []),
    ...(caseload
      ? [
          caseload.to
            ? `the ${ORDINALS[2]} referral would place the student on the caseload`
            : `the ${ORDINALS[2]} referral would no longer place the student on the caseload`,
        ]
      : []),
    ...(actionBy ? [`next to act: ${actionBy.from} → ${actionBy.to}`] : []),
  ];
}
