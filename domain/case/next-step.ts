/** What may happen next in a case and from when, in a sentence: for whoever just acted, and at the head of the file. */
import type { CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import type { ReferralNumber } from '../policy.ts';
import {
  interventionsForNext,
  newUnexcusedAbsences,
  nextReferral,
  NOTICE_KINDS,
  ORDINALS,
  referralPossibleFrom,
} from './rules.ts';
import { latestLetter, type CaseState } from './state.ts';

/** What may happen next, in a sentence for whoever just acted. */
export function whatNext(
  state: CaseState,
  cal: CalendarLike,
): { next: string; possibleFrom: IsoDate | null } {
  if (state.closed) return { next: 'Nothing: the case is closed.', possibleFrom: null };
  if (state.court) return { next: COURT_NEXT[state.court.answer ?? 'none'], possibleFrom: null };
  if (state.order) {
    return state.order.brokenBy
      ? {
          next: `The order was broken on ${shortDate(state.order.brokenBy)}: the Case Manager decides about court.`,
          possibleFrom: null,
        }
      : {
          next: `The school watches attendance from ${shortDate(state.order.returnDate)} on; any unexcused absence breaks the order.`,
          possibleFrom: null,
        };
  }
  if (state.hearing) {
    const { questioned } = state.hearing;
    if (questioned && !questioned.stands) {
      return {
        next: `Corrections took the hearing’s count to ${questioned.count} days: the Regional Superintendent cancels it or lets it stand.`,
        possibleFrom: null,
      };
    }
    if (state.hearing.status === 'scheduled') {
      const { date, time, due } = state.hearing;
      const when = `${shortDate(date)} at ${time}`;
      return due || state.today > date
        ? {
            next: `The hearing was set for ${when}: record what came of it, or set another date.`,
            possibleFrom: date,
          }
        : { next: `The hearing is on ${when}.`, possibleFrom: date };
    }
    return state.hearing.status === 'missed'
      ? { next: 'The Regional Superintendent sets another hearing date.', possibleFrom: null }
      : { next: 'The Regional Superintendent issues the order.', possibleFrom: null };
  }
  const n = nextReferral(state);
  if (n === null) {
    return {
      next: `A hearing is possible at ${state.policy.counting.threshold} unexcused days in ${state.policy.counting.windowDays} attendance days, after the third notice and without progress.`,
      possibleFrom: null,
    };
  }
  const from = referralPossibleFrom(state, cal);
  const ahead = from !== null && from !== undefined && from > state.today;
  const missing = missingForReferral(state, n, cal, ahead);
  const when = ahead
    ? `is possible from ${shortDate(from)}`
    : missing.length > 0
      ? 'is next'
      : 'is possible now';
  const after = missing.length > 0 ? ` after ${listed(missing)}` : '';
  return { next: `The ${ORDINALS[n - 1]!} referral ${when}${after}.`, possibleFrom: from ?? null };
}

const COURT_NEXT = {
  none: 'The State’s Attorney’s Office decides; record its answer.',
  accepted: 'The State’s Attorney has accepted; close the case with the court’s disposition when it comes.',
  declined: 'The State’s Attorney has declined; the Case Manager decides how to go on.',
  returned: 'The State’s Attorney asks for more; the Case Manager completes the papers.',
} as const;

/** What is still to come before the next referral, its day apart. */
function missingForReferral(
  state: CaseState,
  n: ReferralNumber,
  cal: CalendarLike,
  ahead: boolean,
): string[] {
  const { interventions, referrals } = state.policy;
  const needed = interventions.perReferral - interventionsForNext(state, state.today, cal).length;
  const fresh = newUnexcusedAbsences(state, state.today, cal).length;
  const waits = n > 1 && !ahead && latestLetter(state, NOTICE_KINDS[n - 2]!)?.status !== 'out';
  return [
    // While the day is still ahead, the notice is on its way and no news.
    ...(waits ? [`the ${ORDINALS[n - 2]!} notice has gone out`] : []),
    ...(needed > 0 ? [`${needed} more intervention${needed === 1 ? '' : 's'}`] : []),
    ...(fresh < referrals.newUnexcusedAbsences ? ['a new unexcused absence'] : []),
  ];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
