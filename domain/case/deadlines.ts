/**
 * What a case waits for. One timer stands for the earliest of these; none of them needs a daily look.
 * `settle` says what has fallen due by a date, each entry dated by its own day, so that a late or crashed worker
 * changes when things are written down, never what happened.
 */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import { addDays, later, shortDate, type IsoDate } from '../dates.ts';
import type { DeadlineKind, Entry } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { askedApproval, escalatesOn } from './approval.ts';
import { thanks, thanksDue, thanksHeldBack } from './casework-letters.ts';
import { review, reviewDue } from './progress.ts';
import {
  cleanRun,
  closingNeedsAPerson,
  declinedOn,
  dropsBelowThresholdOn,
  isAtCourt,
  nextReferral,
  ORDINALS,
  referralPossibleFrom,
  unexcusedCount,
} from './rules.ts';
import type { CaseState } from './state.ts';

export interface Deadline {
  readonly kind: DeadlineKind;
  readonly date: IsoDate;
  /** What a person reads on the timer; at most 200 characters. */
  readonly summary: string;
}

/** Every deadline ahead, earliest first. */
export function deadlines(state: CaseState, cal: CalendarLike): Deadline[] {
  if (state.closed) return [];
  const ahead: Deadline[] = [];
  const n = nextReferral(state);
  const from = referralPossibleFrom(state, cal);
  if (n !== null && n > 1 && from && state.windowOpenedFor !== n) {
    ahead.push({
      kind: 'referral-possible',
      date: from,
      summary: `${ORDINALS[n - 1]!} referral possible from ${shortDate(from)}`,
    });
  }
  if (state.hearing?.status === 'scheduled' && !state.hearing.due) {
    ahead.push({
      kind: 'hearing-day',
      date: state.hearing.date,
      summary: `hearing on ${shortDate(state.hearing.date)}`,
    });
  }
  if (state.atThreshold && !state.hearing) {
    const drops = dropsBelowThresholdOn(state, state.today, cal);
    if (drops !== null) {
      ahead.push({
        kind: 'count-drops',
        date: drops,
        summary: `below ${state.policy.counting.threshold} unexcused days on ${shortDate(drops)}, when days leave the window`,
      });
    }
  }
  const due = reviewDue(state, cal);
  if (due !== null) {
    ahead.push({
      kind: 'progress-review',
      date: later(due.on, state.openedOn),
      summary: `review of progress after the ${ORDINALS[due.n - 1]!} notice on ${shortDate(due.on)}${isWaitedFor(state, due.on) ? ': waits for attendance up to then' : ''}`,
    });
  }
  ahead.push(...reminders(state, cal));
  if (!isAtCourt(state)) {
    const { expectedOn } = cleanRun(state, cal);
    if (expectedOn !== null) {
      ahead.push({
        kind: 'quiet-close',
        // A stretch already complete is due at once, whatever its date.
        date: later(expectedOn, state.openedOn),
        summary: `${closingNeedsAPerson(state) ? 'asks the Case Manager about closing' : 'closes as improved'} ${
          isWaitedFor(state, expectedOn)
            ? `once attendance is known, and clean, up to ${shortDate(expectedOn)}`
            : `on ${shortDate(expectedOn)} if attendance stays clean`
        }`,
      });
    }
  }
  return ahead.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** Its day has passed, and only attendance that has not arrived can bring it: nothing is judged on silence. */
function isWaitedFor(state: CaseState, date: IsoDate): boolean {
  return date < state.today;
}

/** What a person is reminded of, or asked again. */
function reminders(state: CaseState, cal: CalendarLike): Deadline[] {
  const ahead: Deadline[] = [];
  for (const hold of state.holds) {
    if (hold.expired) continue;
    const date = addDays(hold.until, 1);
    ahead.push({
      kind: 'hold-expires',
      date,
      summary: `hold (${hold.kind}) ends on ${shortDate(hold.until)}`,
    });
  }
  for (const letter of askedApproval(state)) {
    const date = escalatesOn(state, letter, cal);
    const to = state.policy.notices.approval?.escalate?.to;
    if (date === null || to === undefined) continue;
    ahead.push({
      kind: 'approval-escalates',
      date,
      summary: `${letter.kind} goes to the ${to} for approval on ${shortDate(date)} unless it is decided on before`,
    });
  }
  const contact = contactReminderOn(state, cal);
  if (contact !== null) {
    ahead.push({
      kind: 'contact-reminder',
      date: contact,
      summary: `reminds the Case Manager on ${shortDate(contact)} if nobody tries to reach the family`,
    });
  }
  if (state.order?.reviewDate && !state.order.reviewed && !isAtCourt(state)) {
    const date = later(state.order.reviewDate, state.order.on);
    ahead.push({ kind: 'order-review', date, summary: `review of the order on ${shortDate(date)}` });
  }
  const court = courtReminderOn(state, cal);
  if (court !== null) {
    ahead.push({
      kind: 'court-reminder',
      date: court,
      summary: `reminds the Case Manager on ${shortDate(court)} if there is no news from the court`,
    });
  }
  return ahead;
}

/** School days without a try to reach the family, since the last referral, try or reminder. */
function contactReminderOn(state: CaseState, cal: CalendarLike): IsoDate | null {
  const rule = state.policy.contacts;
  const referral = state.referrals.at(-1);
  if (!rule || !referral || isAtCourt(state)) return null;
  const since = contactsSince(state);
  return addSchoolDays(cal, since, rule.remindAfterSchoolDays) ?? null;
}

function contactsSince(state: CaseState): IsoDate {
  const { last, remindedOn } = state.contacts;
  const referral = state.referrals.at(-1)?.on ?? state.openedOn;
  return [referral, last, remindedOn, declinedOn(state)].reduce<IsoDate>(
    (latest, one) => (one === null ? latest : later(latest, one)),
    state.openedOn,
  );
}

function courtReminderOn(state: CaseState, cal: CalendarLike): IsoDate | null {
  const { court } = state;
  const rule = state.policy.court;
  if (!court || !rule || court.answer === 'declined') return null;
  const since = [court.answeredOn, court.status?.on ?? null, court.remindedOn].reduce<IsoDate>(
    (latest, one) => (one === null ? latest : later(latest, one)),
    court.on,
  );
  return addSchoolDays(cal, since, rule.remindAfterSchoolDays) ?? null;
}

/** Settled by coverage, not by their date alone: nothing is judged on silence. */
const BY_COVERAGE: ReadonlySet<DeadlineKind> = new Set<DeadlineKind>(['quiet-close', 'progress-review']);

export function nextDeadline(state: CaseState, cal: CalendarLike): Deadline | null {
  return deadlines(state, cal)[0] ?? null;
}

/** What falls due by mere dates, up to and including `upTo`, in date order. */
export function settleDates(state: CaseState, upTo: IsoDate, cal: CalendarLike): Entry[] {
  const entries: Entry[] = [];
  let now = state;
  for (;;) {
    const due = deadlines(now, cal).find((one) => !BY_COVERAGE.has(one.kind) && one.date <= upTo);
    if (!due) return entries;
    const entry = dueEntry(now, due, cal);
    entries.push(entry);
    now = evolveAll(now, [entry]);
  }
}

function dueEntry(state: CaseState, due: Deadline, cal: CalendarLike): Entry {
  switch (due.kind) {
    case 'referral-possible':
      return { type: 'referral-possible', on: due.date, n: nextReferral(state)! };
    case 'hearing-day':
      return { type: 'hearing-day', on: due.date, sequence: state.hearing!.sequence };
    case 'count-drops':
      return {
        type: 'threshold-lost',
        on: due.date,
        count: unexcusedCount(state, due.date, cal),
        because: 'window',
      };
    case 'hold-expires': {
      const hold = state.holds.find((one) => !one.expired && addDays(one.until, 1) === due.date)!;
      return { type: 'hold-expired', on: due.date, id: hold.id, owner: hold.owner };
    }
    case 'approval-escalates': {
      const { kind, sequence } = askedApproval(state).find(
        (letter) => escalatesOn(state, letter, cal) === due.date,
      )!;
      const { to } = state.policy.notices.approval!.escalate!;
      return { type: 'approval-escalated', on: due.date, kind, sequence, to };
    }
    case 'contact-reminder':
      return { type: 'contact-reminder', on: due.date, since: contactsSince(state) };
    case 'order-review':
      return { type: 'order-review-due', on: due.date, sequence: state.order!.sequence };
    case 'court-reminder':
      return { type: 'court-reminder', on: due.date };
    case 'progress-review':
    case 'quiet-close':
      throw new RangeError(`${due.kind} is settled by coverage, not by date`);
  }
}

/** What covered days have brought about: the review of progress, the quiet close, or the question to the Case Manager. */
export function settleCoverage(state: CaseState, cal: CalendarLike): Entry[] {
  if (state.closed) return [];
  const reviewed = review(state, cal);
  const { reachedOn } = isAtCourt(state) ? { reachedOn: null } : cleanRun(state, cal);
  if (reviewed && (reachedOn === null || reviewed.on <= reachedOn)) {
    const entry: Entry = { ...reviewed.body, on: reviewed.on };
    return [entry, ...settleCoverage(evolveAll(state, [entry]), cal)];
  }
  if (reachedOn === null) return [];
  if (closingNeedsAPerson(state)) return [{ type: 'closing-asked', on: reachedOn, cleanUpTo: reachedOn }];
  if (state.letters.some((letter) => letter.status === 'waiting')) return [];
  if (thanksDue(state, reachedOn)) return [thanks(state, reachedOn, cal)];
  return [
    ...thanksHeldBack(state).map((body): Entry => ({ ...body, on: reachedOn })),
    { type: 'case-closed', on: reachedOn, reason: 'improved', note: null },
  ];
}

/** Deadlines a person plans by: each is told when a calendar, a transfer or another policy moves it. */
const TOLD_WHEN_MOVED: readonly DeadlineKind[] = [
  'progress-review',
  'contact-reminder',
  'court-reminder',
  'count-drops',
  'approval-escalates',
];

/**
 * Entries for deadlines that a new calendar version moved: from, to, because. Compares the deadlines themselves, so a
 * closure that touches none of them says nothing.
 */
export function movedDeadlines(
  before: CaseState,
  calBefore: CalendarLike,
  after: CaseState,
  calAfter: CalendarLike,
  on: IsoDate,
  because: string,
): Entry[] {
  const entries: Entry[] = [];
  const moved = (deadline: DeadlineKind, from: IsoDate | null, to: IsoDate | null) => {
    if (from !== to) entries.push({ type: 'deadline-moved', on, deadline, from, to, because });
  };
  const fromBefore = referralPossibleFrom(before, calBefore);
  const fromAfter = referralPossibleFrom(after, calAfter);
  const n = nextReferral(after);
  const relevant =
    n !== null &&
    n > 1 &&
    (fromAfter === undefined || (fromAfter ?? '') > addDays(on, -1) || (fromBefore ?? '') >= on);
  if (relevant) moved('referral-possible', fromBefore ?? null, fromAfter ?? null);
  if (!isAtCourt(after)) {
    moved('quiet-close', cleanRun(before, calBefore).expectedOn, cleanRun(after, calAfter).expectedOn);
  }
  const was = deadlines(before, calBefore);
  const is = deadlines(after, calAfter);
  for (const kind of TOLD_WHEN_MOVED) {
    const dateIn = (all: readonly Deadline[]) => all.find((one) => one.kind === kind)?.date ?? null;
    moved(kind, dateIn(was), dateIn(is));
  }
  return entries;
}
