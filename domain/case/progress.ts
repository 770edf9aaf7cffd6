/** The case's own look at progress, some school days after a notice: for the school, in one sentence. */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import type { ReferralNumber } from '../policy.ts';
import type { EntryBody } from './entries.ts';
import {
  interventionsForNext,
  isKnownThrough,
  knownFromOf,
  NOTICE_KINDS,
  ORDINALS,
  referralPossibleFrom,
  unexcusedCount,
  unexcusedSince,
} from './rules.ts';
import { latestLetter, type CaseState } from './state.ts';

export interface ReviewDue {
  readonly n: ReferralNumber;
  /** N school days after the notice is out. */
  readonly on: IsoDate;
}

/** The review ahead (or due): of the latest notice that is out, as long as no hearing has been set. */
export function reviewDue(state: CaseState, cal: CalendarLike): ReviewDue | null {
  const rule = state.policy.progress;
  const n = state.referrals.at(-1)?.n;
  if (!rule || n === undefined || state.hearing !== null || state.order !== null) return null;
  if (state.reviews.some((one) => one.n === n)) return null;
  const notice = latestLetter(state, NOTICE_KINDS[n - 1]!);
  if (notice?.status !== 'out' || notice.outOn === null || notice.paper) return null;
  const on = addSchoolDays(cal, notice.outOn, rule.reviewAfterSchoolDays);
  return on === undefined || knownFromOf(state, notice, cal) === null ? null : { n, on };
}

/** Reviews once attendance is known for every school day up to then: nothing is judged on silence. */
export function review(state: CaseState, cal: CalendarLike): { on: IsoDate; body: EntryBody } | null {
  const due = reviewDue(state, cal);
  if (due === null) return null;
  const { n, on } = due;
  const notice = latestLetter(state, NOTICE_KINDS[n - 1]!)!;
  if (!isKnownThrough(state, notice.outOn!, on, cal)) return null;
  return { on, body: verdict(state, due, knownFromOf(state, notice, cal)!, cal) };
}

/**
 * The review once more, where corrections turned what it told the school. A person's own judgement stands, and what is
 * over – the next referral made, a hearing set – is not reviewed.
 */
export function reviewedAnew(state: CaseState, cal: CalendarLike): EntryBody[] {
  const said = state.reviews.at(-1);
  if (!said || said.judged !== null || said.sentence === '') return [];
  const due = reviewDue({ ...state, reviews: state.reviews.filter((one) => one !== said) }, cal);
  if (due?.n !== said.n) return [];
  const from = knownFromOf(state, latestLetter(state, NOTICE_KINDS[said.n - 1]!)!, cal)!;
  const body = verdict(state, due, from, cal);
  return body.adequate === said.adequate ? [] : [body];
}

function verdict(
  state: CaseState,
  { n, on }: ReviewDue,
  from: IsoDate,
  cal: CalendarLike,
): Extract<EntryBody, { type: 'progress-reviewed' }> {
  const absences = unexcusedSince(state, from, on, cal);
  const adequate = absences.length < state.policy.referrals.newUnexcusedAbsences;
  const sentence = adequate
    ? `Progress is adequate so far: no unexcused absence since the family could know of the ${ORDINALS[n - 1]!} notice (${shortDate(from)}).`
    : `Progress is not adequate: ${absences.length} unexcused ${absences.length === 1 ? 'absence' : 'absences'} since ${shortDate(from)}; ${whatItTakes(state, n, on, cal)}.`;
  return { type: 'progress-reviewed', n, adequate, sentence };
}

function whatItTakes(state: CaseState, n: ReferralNumber, on: IsoDate, cal: CalendarLike): string {
  const { policy } = state;
  if (n === 3) {
    const count = unexcusedCount(state, on, cal);
    return `a hearing needs ${policy.counting.threshold} unexcused days, ${count} count`;
  }
  const missing = policy.interventions.perReferral - interventionsForNext(state, on, cal).length;
  const from = referralPossibleFrom(state, cal);
  const when = from ? ` from ${shortDate(from)}` : '';
  return `the ${ORDINALS[n]} referral is possible${when}${missing > 0 ? ` after ${missing} more intervention${missing === 1 ? '' : 's'}` : ''}`;
}
