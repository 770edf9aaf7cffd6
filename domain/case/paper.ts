/**
 * Cases begun on paper: what an office did before this system is brought in as it was. Nothing of it is sent again, and
 * the next dates count from it. Whether it kept to the rules then is the office's past decision: said, not refused;
 * refused is only what cannot have happened so.
 */
import { addSchoolDays, isSchoolDay, window, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import { daysBetween, shortDate, type IsoDate } from '../dates.ts';
import type { LadderPolicy, LetterKind, ReferralNumber } from '../policy.ts';
import { familyKnowsFrom, NOTICE_KINDS, ORDINALS, referralPossibleFrom, unexcusedCount } from './rules.ts';
import {
  NEW_LETTER,
  type CaseIntervention,
  type CaseLetter,
  type CaseState,
  type PaperHistory,
  type PaperLetter,
} from './state.ts';

/** A fault or a remark, with its place: `referrals.1.notice.on`. */
export interface PaperRemark {
  readonly field: string;
  readonly message: string;
}

export interface PaperSurroundings {
  readonly openedOn: IsoDate;
  readonly calendar: CalendarLike;
  readonly policy: LadderPolicy;
}

// ---------------------------------------------------------------- reading it

/** What cannot have happened so: dates out of order or in the future, steps without the one before. */
export function paperFaults(history: PaperHistory, around: PaperSurroundings): PaperRemark[] {
  const faults: PaperRemark[] = [];
  const say: Say = (field, message) => faults.push({ field, message });
  const { interventions, referrals, caseload, hearing, order } = history;
  if (interventions.length + referrals.length === 0) {
    say('', 'nothing is brought in: give the interventions or the referrals there were');
  }
  if (referrals.length > 3)
    say('referrals', 'there are at most three referrals; what follows is the hearing');
  sayFutures(history, around.openedOn, say);
  for (const [i, { kind }] of interventions.entries()) {
    const fault = kindFault(kind, around.policy);
    if (fault !== null) say(`interventions.${i}.kind`, fault);
  }
  sayReferrals(history, say);
  if (caseload && !(referrals[0] && caseload.on >= referrals[0].on)) {
    say('caseload.on', 'a student is placed on the caseload after the first referral; give its date');
  }
  if (hearing) sayHearing(history, hearing, around.openedOn, say);
  if (order) sayOrder(history, order, say);
  return faults;
}

type Say = (field: string, message: string) => void;

/** Every date of the history that lies in the past, with its place. */
function pastDates(history: PaperHistory): [string, IsoDate][] {
  const { interventions, referrals, caseload, hearing, order } = history;
  return [
    ...interventions.map(({ date }, i): [string, IsoDate] => [`interventions.${i}.date`, date]),
    ...referrals.flatMap(({ on, notice }, i): [string, IsoDate][] => [
      [`referrals.${i}.on`, on],
      ...(notice ? [[`referrals.${i}.notice.on`, notice.on] as [string, IsoDate]] : []),
    ]),
    ...(caseload ? [['caseload.on', caseload.on] as [string, IsoDate]] : []),
    ...(hearing ? [['hearing.scheduledOn', hearing.scheduledOn] as [string, IsoDate]] : []),
    ...(hearing?.notice ? [['hearing.notice.on', hearing.notice.on] as [string, IsoDate]] : []),
    ...(order ? [['order.on', order.on] as [string, IsoDate]] : []),
    ...(order?.letter ? [['order.letter.on', order.letter.on] as [string, IsoDate]] : []),
  ];
}

function sayFutures(history: PaperHistory, today: IsoDate, say: Say): void {
  for (const [field, date] of pastDates(history)) {
    if (date > today) {
      say(field, `${shortDate(date)} is after today, ${shortDate(today)}; bring in only what has happened`);
    }
  }
}

function kindFault(kind: string, policy: LadderPolicy): string | null {
  const refused = policy.interventions.refused.find((one) => one.codes.includes(kind.toLowerCase()));
  if (refused) return refused.reason;
  const kinds = policy.interventions.kinds.map((one) => one.code);
  return kinds.includes(kind)
    ? null
    : `"${kind}" is no kind of intervention here; choose one of: ${kinds.join(', ')}`;
}

function sayReferrals({ referrals, hearing }: PaperHistory, say: Say): void {
  for (const [i, { on, notice }] of referrals.entries()) {
    const before = referrals[i - 1];
    const ordinal = ORDINALS[i] ?? 'next';
    if (before && on <= before.on) {
      say(
        `referrals.${i}.on`,
        `the ${ordinal} referral cannot be of ${shortDate(on)}: the one before it is of ${shortDate(before.on)}; list them in order`,
      );
    } else if (before?.notice && on < before.notice.on) {
      say(
        `referrals.${i}.on`,
        `the ${ordinal} referral cannot be before the notice of the one before it, ${shortDate(before.notice.on)}`,
      );
    }
    if (notice && notice.on < on) {
      say(
        `referrals.${i}.notice.on`,
        `the notice of ${shortDate(notice.on)} cannot be before its referral of ${shortDate(on)}`,
      );
    }
    const isLast = i === referrals.length - 1;
    if (!notice && (!isLast || hearing)) {
      say(
        `referrals.${i}`,
        `its notice is missing: ${isLast ? 'a hearing' : 'the next referral'} follows only when it has gone out`,
      );
    }
  }
}

function sayHearing(
  history: PaperHistory,
  hearing: NonNullable<PaperHistory['hearing']>,
  today: IsoDate,
  say: Say,
): void {
  const { date, scheduledOn, notice, outcome } = hearing;
  if (history.referrals.length < 3) {
    say('hearing', 'a hearing needs three referrals and their notices first');
  }
  const third = history.referrals[2]?.notice;
  if (third && scheduledOn < third.on) {
    say('hearing.scheduledOn', `it cannot have been set before the third notice, ${shortDate(third.on)}`);
  }
  if (date < scheduledOn) {
    say('hearing.date', `it cannot have been held before it was set, ${shortDate(scheduledOn)}`);
  }
  if (notice === null) {
    say('hearing', 'its notice is missing; where none has gone out, leave the hearing out and set it here');
  } else if (notice.on < scheduledOn) {
    say('hearing.notice.on', `it cannot be before the hearing was set, ${shortDate(scheduledOn)}`);
  } else if (notice.on > date) {
    say('hearing.notice.on', `it cannot be after the hearing, ${shortDate(date)}`);
  }
  if (outcome === null && date < today) {
    say('hearing.outcome', 'its day is over: say held, held-in-absence or missed');
  }
  if (outcome !== null && date > today) {
    say('hearing.date', `${shortDate(date)} is after today; leave the outcome out until it has been held`);
  }
}

function sayOrder(history: PaperHistory, order: NonNullable<PaperHistory['order']>, say: Say): void {
  const { hearing } = history;
  if (!hearing || (hearing.outcome !== 'held' && hearing.outcome !== 'held-in-absence')) {
    say('order', 'an order follows a hearing that was held; give the hearing with its outcome');
    return;
  }
  if (order.on < hearing.date) {
    say('order.on', `it cannot be before the hearing of ${shortDate(hearing.date)}`);
  }
  if (order.returnDate < hearing.date) {
    say('order.returnDate', `it cannot be before the hearing of ${shortDate(hearing.date)}`);
  }
  if (order.letter && order.letter.on < order.on) {
    say('order.letter.on', `it cannot be before the order of ${shortDate(order.on)}`);
  }
}

/** Where the history did not keep to the policy: the office's past decision, said to whoever brings it in. */
export function paperNotes(history: PaperHistory, { calendar, policy }: PaperSurroundings): PaperRemark[] {
  const notes: PaperRemark[] = [];
  const tooEarly = beforeReach(history, calendar, policy);
  for (const i of tooEarly) {
    notes.push({
      field: `interventions.${i}`,
      message: `it lies more than ${policy.interventions.reachBackAttendanceDays} attendance days before the first referral: no intervention for it`,
    });
  }
  const interventions = history.interventions.filter((_, i) => !tooEarly.includes(i));
  const counted = countedInterventions({ ...history, interventions });
  const needed = policy.interventions.perReferral;
  for (const [i, { on, notice }] of history.referrals.entries()) {
    const before = history.referrals[i - 1];
    const days = policy.referrals.schoolDaysBetween;
    const from = before && addSchoolDays(calendar, before.on, days);
    if (from !== undefined && on < from) {
      notes.push({
        field: `referrals.${i}.on`,
        message: `fewer than ${days} school days after the referral before it (here it would have been possible from ${shortDate(from)})`,
      });
    }
    const documented = counted.filter((one) => one.countedFor === i + 1).length;
    if (documented < needed) {
      notes.push({
        field: `referrals.${i}`,
        message: `${documented} of ${needed} interventions are documented for it`,
      });
    }
    if (!notice) {
      notes.push({
        field: `referrals.${i}`,
        message: 'its notice has never gone out: it waits here until a person lets it leave',
      });
    }
  }
  const { hearing, order, caseload } = history;
  if (history.referrals.length === 3 && !caseload && policy.caseload.placedAtThirdReferral) {
    notes.push({
      field: 'caseload',
      message: 'the third referral places a student on the caseload: that is done as the case opens',
    });
  }
  if (hearing?.notice) {
    const { noticeDaysEmail, noticeDaysPosted } = policy.hearing;
    const least = hearing.notice.channel === 'print' ? noticeDaysPosted : noticeDaysEmail;
    if (daysBetween(hearing.notice.on, hearing.date) < least) {
      notes.push({
        field: 'hearing.notice.on',
        message: `its notice went out less than ${least} days ahead`,
      });
    }
  }
  if (order && !isSchoolDay(calendar, order.returnDate)) {
    notes.push({
      field: 'order.returnDate',
      message: `no school is known on ${shortDate(order.returnDate)}`,
    });
  }
  return notes;
}

/** Interventions that lie before the reach of the first referral, as far as the calendar tells. */
function beforeReach(history: PaperHistory, cal: CalendarLike, policy: LadderPolicy): number[] {
  const first = history.referrals[0];
  if (!first) return [];
  const { from, complete } = window(cal, first.on, policy.interventions.reachBackAttendanceDays);
  if (from === undefined || !complete) return [];
  return history.interventions.flatMap(({ date }, i) => (date < from ? [i] : []));
}

// ---------------------------------------------------------------- living with it

/** What the entry `brought-from-paper` does: everything as it was, marked so; the caseload is an entry of its own. */
export function withPaper(state: CaseState, history: PaperHistory, cal: SchoolCalendar): CaseState {
  const counted = countedInterventions(history);
  const { hearing, order } = history;
  const letter = (kind: LetterKind, decidedOn: IsoDate, sent: PaperLetter | null): CaseLetter[] =>
    sent === null
      ? []
      : [
          {
            ...NEW_LETTER,
            kind,
            sequence: 1,
            decidedOn,
            sendOn: sent.on,
            status: 'out',
            outOn: sent.on,
            channel: sent.channel,
            knownFrom: familyKnowsFrom(state, sent.channel, sent.on, cal),
            paper: true,
          },
        ];
  const after: CaseState = {
    ...state,
    interventions: [
      ...state.interventions,
      ...counted.map((one): CaseIntervention => ({ ...one, loggedOn: state.openedOn })),
    ],
    referrals: history.referrals.map(({ on }, i) => {
      const n = (i + 1) as ReferralNumber;
      return {
        n,
        on,
        interventions: counted.filter((one) => one.countedFor === n).map((one) => one.id),
        count: unexcusedCount(state, on, cal),
        newUnexcused: [],
        overridden: true,
        fewerAccepted: true,
        paper: true,
      };
    }),
    letters: [
      ...history.referrals.flatMap(({ on, notice }, i) => letter(NOTICE_KINDS[i]!, on, notice)),
      ...(hearing ? letter('hearing-notice', hearing.scheduledOn, hearing.notice) : []),
      ...(order ? letter('order', order.on, order.letter) : []),
    ],
    hearing: hearing && {
      sequence: 1,
      scheduledAs: 1,
      date: hearing.date,
      time: hearing.time,
      place: hearing.place,
      scheduledOn: hearing.scheduledOn,
      countAtScheduling: unexcusedCount(state, hearing.scheduledOn, cal),
      status: hearing.outcome ?? 'scheduled',
      due: false,
      interpreter: null,
      accommodation: null,
      questioned: null,
    },
    order: order && {
      sequence: 1,
      on: order.on,
      returnDate: order.returnDate,
      findings: order.findings,
      services: order.services,
      reviewDate: null,
      brokenBy: null,
      reviewed: false,
    },
    paper: { enteredBy: history.enteredBy, enteredOn: state.openedOn },
  };
  return { ...after, windowOpenedFor: openedBefore(after, cal) };
}

/** A waiting time that was over before the case came here has nothing to tell any more. */
function openedBefore(state: CaseState, cal: CalendarLike): ReferralNumber | null {
  const made = state.referrals.length;
  const from = referralPossibleFrom(state, cal);
  return made > 0 && made < 3 && from && from <= state.openedOn ? ((made + 1) as ReferralNumber) : null;
}

/** Each counts for the first referral on or after its date; those after the last are for the next. */
function countedInterventions(history: PaperHistory): Omit<CaseIntervention, 'loggedOn'>[] {
  return [...history.interventions]
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
    .map(({ id, kind, date }) => {
      const i = history.referrals.findIndex((referral) => date <= referral.on);
      return { id, kind, date, countedFor: i < 0 ? null : ((i + 1) as ReferralNumber) };
    });
}

// ---------------------------------------------------------------- saying it

/** What stands in the ladder of a case begun on paper; nothing for any other. */
export function paperLines(state: CaseState): string[] {
  if (state.paper === null) return [];
  const referrals = state.referrals.filter((one) => one.paper).map((one) => ORDINALS[one.n - 1]!);
  const letters = state.letters.filter((one) => one.paper).length;
  const steps =
    referrals.length === 0
      ? 'interventions'
      : `the ${listed(referrals)} referral${referrals.length === 1 ? '' : 's'}`;
  const sent = letters === 0 ? 'no letter' : `${letters} ${letters === 1 ? 'letter' : 'letters'}`;
  const { enteredBy, enteredOn } = state.paper;
  return [
    `before this system: ${steps} and ${sent}, entered by ${enteredBy} on ${shortDate(enteredOn)}; nothing of it is sent again`,
  ];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
