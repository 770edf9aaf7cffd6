/**
 * The ladder's rules, one question each, in the office's own words. Everything that decides or explains asks here.
 * Source: ROE #53, Truancy Intervention Program, Reporting Process & Procedures ("the page").
 */
import { countDropsBelow, countUnexcused, type Mark } from '../attendance.ts';
import {
  addSchoolDays,
  indexCalendar,
  isSchoolDay,
  schoolDaysBetween,
  window,
  type CalendarIndex,
  type CalendarLike,
} from '../calendar.ts';
import { knownUpTo } from '../coverage.ts';
import { addDays, earlier, later, shortDate, type IsoDate } from '../dates.ts';
import { addOfficeDays } from '../office-days.ts';
import type { ReferralNumber, StepLetterKind } from '../policy.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { leavingFrom } from './leaving.ts';
import {
  latestLetter,
  type CaseIntervention,
  type CaseLetter,
  type CaseState,
  type ParkReason,
  type UnexcusedDay,
} from './state.ts';

export const ORDINALS = ['first', 'second', 'third'] as const;
export const NOTICE_KINDS: readonly StepLetterKind[] = ['first-notice', 'second-notice', 'third-notice'];

/** Why a letter that is ready stays in the house, in words. */
export const PARKED_WORDS: Readonly<Record<ParkReason, string>> = {
  hold: 'it waits under a hold',
  'between-terms': 'it waits for the next term',
  basis: 'its basis is in question',
  asked: 'it waits for a person to let it leave',
  approval: 'it waits for approval',
};

/** Why the delivery held a letter back, in words. */
export function blockedWords({ blocked }: CaseLetter): string {
  const dates = (blocked?.dates ?? []).map(shortDate).join(', ');
  switch (blocked?.code) {
    case undefined:
    case 'NO_LEGAL_RECIPIENT':
    case 'NO_ADDRESS':
      return 'it has no usable recipient';
    case 'EVIDENCE_CHANGED':
      return `its evidence changed${dates === '' ? '' : ` (${dates})`}`;
    default:
      return 'the records lack something it must say';
  }
}

// ---------------------------------------------------------------- counting

/** Unexcused days within the last 180 attendance days up to `asOf` (days; fractions of a day add up). */
export function unexcusedCount(state: CaseState, asOf: IsoDate, cal: CalendarLike): number {
  return countUnexcused(asMarks(state.days), cal, asOf, state.policy.counting, knownUpTo(state.coverage))
    .unexcusedDays;
}

/** The first school day on which the count falls below the threshold because days leave the window; null if it does not. */
export function dropsBelowThresholdOn(state: CaseState, asOf: IsoDate, cal: CalendarLike): IsoDate | null {
  return countDropsBelow(asMarks(state.days), cal, asOf, state.policy.counting);
}

function asMarks(days: readonly UnexcusedDay[]): Mark[] {
  return days.map((day) => ({ ...day, category: 'unexcused' }));
}

/** Unexcused days on school days, from a date (inclusive) up to another (inclusive). */
export function unexcusedSince(
  state: CaseState,
  from: IsoDate,
  to: IsoDate,
  cal: CalendarLike,
): UnexcusedDay[] {
  return state.days.filter((day) => day.date >= from && day.date <= to && isSchoolDay(cal, day.date));
}

// ---------------------------------------------------------------- referrals

/** The referral that would be next; null when all three are made. */
export function nextReferral(state: CaseState): ReferralNumber | null {
  const made = state.referrals.length;
  return made >= 3 ? null : ((made + 1) as ReferralNumber);
}

/**
 * "Must be at least 7 school days following" the one before: that one's day is day 0, the next is possible on the 7th
 * school day after it. Undefined while the calendar is not known that far; null for the first, which need not wait.
 */
export function referralPossibleFrom(state: CaseState, cal: CalendarLike): IsoDate | null | undefined {
  const previous = state.referrals.at(-1);
  if (!previous) return null;
  return addSchoolDays(cal, previous.on, state.policy.referrals.schoolDaysBetween);
}

/**
 * "At least three interventions" before each referral, "additional" ones before the second and third: each counts
 * once, from the previous referral on (before the first: within the reach-back of attendance days).
 */
export function interventionsForNext(state: CaseState, on: IsoDate, cal: CalendarLike): CaseIntervention[] {
  const previous = state.referrals.at(-1);
  const from =
    previous?.on ?? window(cal, on, state.policy.interventions.reachBackAttendanceDays).from ?? '0000-01-01';
  return state.interventions.filter((one) => one.countedFor === null && one.date >= from && one.date <= on);
}

/**
 * "Does not make adequate progress": the least that is asked is a new unexcused absence after the family could know of
 * the last notice; before the first referral, after the first intervention. By the date of the absence.
 */
export function newUnexcusedAbsences(state: CaseState, on: IsoDate, cal: CalendarLike): UnexcusedDay[] {
  const made = state.referrals.length;
  if (made === 0) {
    const first = interventionsForNext(state, on, cal).reduce<IsoDate | null>(
      (earliest, one) => (earliest === null || one.date < earliest ? one.date : earliest),
      null,
    );
    return first === null ? [] : unexcusedSince(state, addDays(first, 1), on, cal);
  }
  const from = progressFrom(state, cal);
  return from === null ? [] : unexcusedSince(state, from, on, cal);
}

/**
 * The day from which an absence shows that progress is not adequate: when the family could know of the last notice, or
 * the day after a person judged that progress was adequate.
 */
export function progressFrom(state: CaseState, cal: CalendarLike): IsoDate | null {
  const n = state.referrals.length;
  const notice = n === 0 ? undefined : latestLetter(state, NOTICE_KINDS[n - 1]!);
  const known = notice ? knownFromOf(state, notice, cal) : null;
  if (known === null) return null;
  const judged = state.reviews.find((one) => one.n === n)?.judged;
  return judged?.adequate ? later(known, addDays(judged.on, 1)) : known;
}

/** Everything that still stands in the way of the next referral on a date; the first is the answer's code. */
export function referralObstacles(
  state: CaseState,
  on: IsoDate,
  cal: CalendarLike,
  waivers: { readonly override?: string | undefined; readonly acceptFewer?: string | undefined } = {},
): Refusal[] {
  const n = nextReferral(state);
  if (n === null) {
    return [
      refusal('REFERRALS_COMPLETE', 'All three referrals have been made; the next step is the hearing.'),
    ];
  }
  const obstacles: Refusal[] = [];
  const ordinal = ORDINALS[n - 1]!;
  const { policy } = state;
  if (n > 1) {
    const kind = NOTICE_KINDS[n - 2]!;
    const notice = latestLetter(state, kind);
    const from = referralPossibleFrom(state, cal);
    if (from === undefined) {
      obstacles.push(
        refusal(
          'CALENDAR_NOT_KNOWN',
          `The school calendar is not known far enough to count ${policy.referrals.schoolDaysBetween} school days; import the calendar that follows.`,
        ),
      );
    } else if (from !== null && on < from) {
      obstacles.push(
        refusal(
          'REFERRAL_TOO_EARLY',
          `The ${ordinal} referral is possible from ${shortDate(from)}: at least ${policy.referrals.schoolDaysBetween} school days must follow the ${ORDINALS[n - 2]!} of ${shortDate(state.referrals.at(-1)!.on)}.`,
          { possibleFrom: from, referral: n },
        ),
      );
    }
    if (notice?.status !== 'out') {
      obstacles.push(
        refusal(
          'PREVIOUS_NOTICE_NOT_OUT',
          `The ${ORDINALS[n - 2]!} notice has not gone out yet${whereItIs(notice, on)}.`,
          { notice: kind, status: notice?.status ?? null },
        ),
      );
    }
  }
  const interventions = interventionsForNext(state, on, cal);
  const needed = policy.interventions.perReferral;
  const mayAcceptFewer = policy.interventions.acceptFewer && waivers.acceptFewer !== undefined;
  if (interventions.length < needed && !mayAcceptFewer) {
    const missing = needed - interventions.length;
    obstacles.push(
      refusal(
        'INTERVENTIONS_MISSING',
        `The ${ordinal} referral needs at least ${needed} interventions${n > 1 ? ` since the ${ORDINALS[n - 2]!} referral` : ''}; ${interventions.length} ${interventions.length === 1 ? 'is' : 'are'} documented, ${missing} ${missing === 1 ? 'is' : 'are'} missing.`,
        { needed, documented: interventions.length, missing },
      ),
    );
  }
  const fresh = newUnexcusedAbsences(state, on, cal);
  const overridden = policy.referrals.overrideAllowed && waivers.override !== undefined;
  if (fresh.length < policy.referrals.newUnexcusedAbsences && !overridden) {
    const since =
      n === 1 ? 'the first intervention' : `the family could know of the ${ORDINALS[n - 2]!} notice`;
    obstacles.push(
      refusal(
        'NO_NEW_UNEXCUSED_ABSENCE',
        `No unexcused absence is on record since ${since}${policy.referrals.overrideAllowed ? '; give a written reason to refer all the same' : ''}.`,
        {
          needed: policy.referrals.newUnexcusedAbsences,
          found: fresh.length,
          knownUpTo: knownUpTo(state.coverage),
        },
      ),
    );
  }
  return obstacles;
}

// ---------------------------------------------------------------- letters

/** When the family could know of a letter that is out; counted again while the calendar did not reach so far. */
export function knownFromOf(state: CaseState, letter: CaseLetter, cal: CalendarLike): IsoDate | null {
  if (letter.knownFrom !== null || letter.outOn === null || letter.channel === null) return letter.knownFrom;
  return familyKnowsFrom(state, letter.channel, letter.outOn, cal);
}

/**
 * First day on which an absence shows that a notice did not help: the school day after an e-mail, the third weekday
 * (holidays excepted) after posting. Null while the calendar is not known that far.
 */
export function familyKnowsFrom(
  state: CaseState,
  channel: 'email' | 'print',
  outOn: IsoDate,
  cal: CalendarLike,
): IsoDate | null {
  const { notices, holidays } = state.policy;
  return channel === 'email'
    ? (addSchoolDays(cal, outOn, notices.emailKnownAfterSchoolDays) ?? null)
    : addOfficeDays(outOn, notices.postKnownAfterWeekdays, holidays);
}

// ---------------------------------------------------------------- hearing

/** The first day a hearing may be held when it is scheduled on `on`: N calendar days after its notice leaves. */
export function earliestHearing(state: CaseState, on: IsoDate, posted: boolean, cal: CalendarLike): IsoDate {
  const { noticeDaysEmail, noticeDaysPosted } = state.policy.hearing;
  return addDays(leavingFrom(state, on, cal).sendOn, posted ? noticeDaysPosted : noticeDaysEmail);
}

/** Notices of this hearing and of its moves, oldest first; each scheduling and each move decides one. */
function lettersOfHearing(state: CaseState): CaseLetter[] {
  const all = state.letters.filter(({ kind }) => kind === 'hearing-notice' || kind === 'hearing-moved');
  return state.hearing ? all.slice(state.hearing.scheduledAs - 1) : [];
}

/** Why a letter that was decided is not out on this day; empty where none was. */
function whereItIs(letter: CaseLetter | undefined, on: IsoDate): string {
  if (!letter) return '';
  if (letter.status === 'blocked') return `: ${blockedWords(letter)}`;
  if (letter.parked) return `: ${PARKED_WORDS[letter.parked]}`;
  const day = shortDate(letter.sendOn);
  return on <= letter.sendOn
    ? ` (it leaves on ${day})`
    : ` (it was to leave on ${day}; it may wait to be posted)`;
}

/** What the family was, or is about to be, last told of this hearing: its notice, or that it was moved. */
export function hearingLetter(state: CaseState): CaseLetter | undefined {
  return lettersOfHearing(state).findLast(({ status }) => status !== 'withdrawn');
}

/** What the family knows of this hearing: the latest of its letters that is out. */
export function hearingTold(state: CaseState): CaseLetter | undefined {
  return lettersOfHearing(state).findLast(({ status }) => status === 'out');
}

/**
 * "At least 9 days of unexcused absences within the past 180 school attendance days", third notice out, no adequate
 * progress since. Whatever still stands in the way.
 */
export function hearingObstacles(state: CaseState, on: IsoDate, cal: CalendarLike): Refusal[] {
  const obstacles: Refusal[] = [];
  const third = latestLetter(state, 'third-notice');
  if (state.referrals.length < 3) {
    obstacles.push(
      refusal('HEARING_BEFORE_THIRD_REFERRAL', 'A hearing needs three referrals and their notices first.', {
        referrals: state.referrals.length,
      }),
    );
  } else if (third?.status !== 'out') {
    obstacles.push(
      refusal('PREVIOUS_NOTICE_NOT_OUT', 'The third notice has not gone out yet.', {
        notice: 'third-notice',
      }),
    );
  }
  const count = unexcusedCount(state, on, cal);
  const { threshold, windowDays } = state.policy.counting;
  if (count < threshold) {
    obstacles.push(
      refusal(
        'HEARING_UNDER_THRESHOLD',
        `${count} unexcused days in the last ${windowDays} attendance days do not reach the ${threshold} a hearing needs (as of ${shortDate(on)}).`,
        { count, threshold, asOf: on },
      ),
    );
  }
  const from = state.referrals.length === 3 && third?.status === 'out' ? progressFrom(state, cal) : null;
  if (from !== null) {
    const fresh = unexcusedSince(state, from, on, cal);
    if (fresh.length < state.policy.referrals.newUnexcusedAbsences) {
      obstacles.push(
        refusal(
          'NO_NEW_UNEXCUSED_ABSENCE',
          'No unexcused absence is on record since the family could know of the third notice.',
          { found: fresh.length },
        ),
      );
    }
  }
  return obstacles;
}

/** The first unexcused school day from the order's return date on, among covered days. */
export function orderBrokenBy(state: CaseState, cal: CalendarLike): IsoDate | null {
  if (!state.order) return null;
  const { returnDate } = state.order;
  return state.days.find((day) => day.date >= returnDate && isSchoolDay(cal, day.date))?.date ?? null;
}

// ---------------------------------------------------------------- court

/** The State's Attorney has it, or had it and wants more; one that was declined is the office's again. */
export function isAtCourt(state: CaseState): boolean {
  return state.court !== null && state.court.answer !== 'declined';
}

/** From when the office has had it back; null where it never gave it away, or has not got it back. */
export function declinedOn(state: CaseState): IsoDate | null {
  return state.court?.answer === 'declined' ? state.court.answeredOn : null;
}

// ---------------------------------------------------------------- quiet closing

/** Whether attendance is known for every school day after `from` up to `to`. */
export function isKnownThrough(state: CaseState, from: IsoDate, to: IsoDate, cal: CalendarLike): boolean {
  const known = state.coverage.reduce((days, part) => {
    const start = later(part.from, addDays(from, 1));
    const end = earlier(part.to, to);
    return start > end ? days : days + schoolDaysBetween(cal, addDays(start, -1), end);
  }, 0);
  return known === schoolDaysBetween(cal, from, to);
}

export interface CleanRun {
  /** Consecutive covered school days without an unexcused absence, so far. */
  readonly days: number;
  /** The day on which the run reached the number the policy asks; null until then. */
  readonly reachedOn: IsoDate | null;
  /** The day on which it will, when every school day from here is covered and clean; null when the calendar ends before. */
  readonly expectedOn: IsoDate | null;
}

/**
 * The clean stretch behind a quiet close: covered school days since the last unexcused absence (or since the case
 * opened). Uncovered days do not count, and a silence long enough that people are told of it begins the stretch anew.
 */
export function cleanRun(state: CaseState, cal: CalendarLike): CleanRun {
  const index: CalendarIndex = indexCalendar(cal);
  const wanted = state.policy.closing.cleanSchoolDays;
  const lastUnexcused = state.days.findLast((day) => isSchoolDay(index, day.date))?.date;
  let from = lastUnexcused === undefined ? state.openedOn : later(lastUnexcused, state.openedOn);
  // Once the Case Manager has been asked, the next question comes after another full stretch.
  if (state.closingAsked !== null) from = later(from, state.closingAsked);
  // While the State's Attorney had the case nobody asked; the stretch begins with its coming back.
  from = later(from, declinedOn(state) ?? from);
  let days = 0;
  let before = from;
  for (const part of state.coverage) {
    const start = later(part.from, addDays(from, 1));
    if (start > part.to) continue;
    // A silence that people are told of breaks it: nothing closes on what nobody knows.
    const missing = schoolDaysBetween(index, before, addDays(start, -1));
    if (missing >= state.policy.coverage.tellAfterSchoolDays) days = 0;
    before = part.to;
    const clean = schoolDaysBetween(index, addDays(start, -1), part.to);
    if (days + clean >= wanted) {
      const reachedOn = addSchoolDays(index, addDays(start, -1), wanted - days)!;
      return { days: wanted, reachedOn, expectedOn: reachedOn };
    }
    days += clean;
  }
  const known = knownUpTo(state.coverage);
  const onward = known === null ? from : later(known, from);
  return { days, reachedOn: null, expectedOn: addSchoolDays(index, onward, wanted - days) ?? null };
}

/** Whether a quiet case is for the Case Manager to close, not for the clock. */
export function closingNeedsAPerson(state: CaseState): boolean {
  return (
    state.caseload !== null ||
    state.order !== null ||
    state.letters.some(
      ({ kind, status, concern }) =>
        // Nor does a case close by itself over a letter whose facts or basis are in question.
        (kind === 'hearing-notice' && status === 'out') || (concern !== null && concern.settled === null),
    )
  );
}
