/**
 * Facts reach a case in the order the records wrote them, and are never refused: the door has judged them already.
 * Taking one follows one order, always: first what fell due by dates until that office date, then the fact itself,
 * then what the days now covered bring about, then what the new count means.
 */
import type { CalendarLike, SchoolCalendar } from '../calendar.ts';
import { indexCalendar } from '../calendar.ts';
import type { Coverage } from '../coverage.ts';
import { later, type IsoDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import { mootOffCaseload, planLetter, prematureThanks, withdrawn } from './casework-letters.ts';
import { movedDeadlines, settleCoverage, settleDates } from './deadlines.ts';
import type { CaseloadEvent, Entry, EntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { replannedHolds } from './decide-holds.ts';
import { isBetweenTerms, parkedFor, unpark } from './leaving.ts';
import { reviewedAnew } from './progress.ts';
import { questionsAfter, statedBy } from './questions.ts';
import { familyKnowsFrom, orderBrokenBy, unexcusedCount } from './rules.ts';
import type { Actor, CaseLetter, CaseState, StatedFacts, UnexcusedDay } from './state.ts';

interface FactBase {
  readonly officeDate: IsoDate;
  /** The school's coverage as the door knew it. */
  readonly coverage: Coverage;
  readonly actor?: Actor | undefined;
}

export type Fact = FactBase &
  (
    | { readonly type: 'attendance'; readonly days: readonly UnexcusedDay[] }
    | { readonly type: 'intervention'; readonly id: string; readonly kind: string; readonly date: IsoDate }
    | { readonly type: 'intervention-void'; readonly id: string; readonly reason: string }
    | {
        readonly type: 'calendar';
        readonly version: number;
        readonly calendar: SchoolCalendar;
        readonly because: string;
      }
    | {
        readonly type: 'letter-out';
        readonly kind: LetterKind;
        readonly sequence: number;
        readonly channel: 'email' | 'print';
        /** Office date on which the mail server took it or a person posted it. */
        readonly on: IsoDate;
        /** The absences it states, as frozen with the notice; without it, those of the case. */
        readonly stated?: StatedFacts | undefined;
      }
    | {
        readonly type: 'letter-blocked';
        readonly kind: LetterKind;
        readonly sequence: number;
        readonly code: string;
        /** Days it rests on or lists that no longer count so. */
        readonly dates?: readonly IsoDate[] | undefined;
      }
    /** The Case Manager tried to reach the family. */
    | { readonly type: 'contact'; readonly id: string; readonly date: IsoDate; readonly reached: boolean }
    /** The caseload's own workflow reports. */
    | {
        readonly type: 'caseload';
        readonly event: CaseloadEvent;
        readonly date: IsoDate;
        readonly id: string;
        readonly agency: string | null;
        /** Which time on the caseload it speaks of; the one that runs, where it does not say. */
        readonly sequence?: number | undefined;
      }
    /** The student goes on at another school of the region; the calendar is composed of both. */
    | {
        readonly type: 'transfer';
        readonly school: string;
        readonly county: string;
        /** First day at the new school. */
        readonly since: IsoDate;
        readonly version: number;
        readonly calendar: SchoolCalendar;
      }
    /** An office day began, or attendance became known for more days; nothing else is new. */
    | { readonly type: 'office-day' }
  );

export interface Taken {
  readonly state: CaseState;
  readonly entries: readonly Entry[];
}

/** Takes one fact. The index of the calendar is the caller's to keep; a calendar fact makes a new one. */
export function takeFact(before: CaseState, fact: Fact, cal: CalendarLike): Taken {
  if (before.closed) return { state: before, entries: [] };
  const entries: Entry[] = [];
  let state = before;
  const apply = (more: readonly Entry[]) => {
    entries.push(...more);
    state = evolveAll(state, more);
  };
  const by = fact.actor === undefined ? {} : { actor: fact.actor };

  apply(settleDates(state, fact.officeDate, cal));
  state = { ...state, today: later(state.today, fact.officeDate), coverage: fact.coverage };

  let calendar = cal;
  switch (fact.type) {
    case 'attendance': {
      const changed = fact.days.filter((day) => differs(state, day));
      if (changed.length > 0) {
        const count = unexcusedCount(
          evolveAll(state, [{ type: 'attendance-recorded', on: fact.officeDate, days: changed, count: 0 }]),
          fact.officeDate,
          cal,
        );
        apply([{ type: 'attendance-recorded', on: fact.officeDate, days: changed, count, ...by }]);
      }
      break;
    }
    case 'intervention':
      if (!state.interventions.some((one) => one.id === fact.id)) {
        apply([
          {
            type: 'intervention-recorded',
            on: fact.officeDate,
            id: fact.id,
            kind: fact.kind,
            date: fact.date,
            ...by,
          },
        ]);
      }
      break;
    case 'intervention-void':
      if (state.interventions.some((one) => one.id === fact.id)) {
        apply([
          { type: 'intervention-voided', on: fact.officeDate, id: fact.id, reason: fact.reason, ...by },
        ]);
      }
      break;
    case 'calendar': {
      const old = state;
      calendar = indexCalendar(fact.calendar);
      apply([calendarChange(fact, fact.because, by)]);
      apply(movedDeadlines(old, cal, state, calendar, fact.officeDate, fact.because));
      apply(movedHolds(state, fact.officeDate, calendar, fact.because));
      break;
    }
    case 'transfer':
      if (fact.school !== state.school) {
        const old = state;
        const because = `transfer to ${fact.school}`;
        calendar = indexCalendar(fact.calendar);
        const { school: to, county, since } = fact;
        apply([
          { type: 'transferred', on: fact.officeDate, from: state.school, to, county, since, ...by },
          calendarChange(fact, because, by),
        ]);
        apply(movedDeadlines(old, cal, state, calendar, fact.officeDate, because));
        apply(movedHolds(state, fact.officeDate, calendar, because));
      }
      break;
    case 'contact':
      apply([
        {
          type: 'contact-made',
          on: fact.officeDate,
          id: fact.id,
          date: fact.date,
          reached: fact.reached,
          ...by,
        },
      ]);
      break;
    case 'caseload': {
      const { event, date, id, agency } = fact;
      apply([{ type: 'caseload-told', on: fact.officeDate, event, date, id, agency, ...by }]);
      const ofNow = fact.sequence === undefined || fact.sequence === state.caseload?.sequence;
      apply(dated(planLetter(state, event, fact.officeDate, cal), fact.officeDate));
      if (event === 'ended' && state.caseload && ofNow) {
        apply(dated(withdrawn(mootOffCaseload(state), 'the caseload ended'), fact.officeDate));
        apply([{ type: 'caseload-ended', on: fact.officeDate, reason: 'the caseload ended', ...by }]);
      }
      break;
    }
    case 'letter-out': {
      const letter = state.letters.find((one) => one.kind === fact.kind && one.sequence === fact.sequence);
      if (letter && letter.status !== 'out') {
        const knownFrom = familyKnowsFrom(state, fact.channel, fact.on, calendar);
        apply([
          {
            type: 'letter-out',
            on: fact.on,
            kind: fact.kind,
            sequence: fact.sequence,
            channel: fact.channel,
            knownFrom,
            ...statedIn(fact, state, letter, calendar),
            ...by,
          },
        ]);
        // The family is told that the case is closed: so it is, as of the day its letter was decided on.
        if (letter.kind === 'closing-thanks' && letter.status !== 'withdrawn') {
          apply([{ type: 'case-closed', on: letter.decidedOn, reason: 'improved', note: null }]);
        }
      }
      break;
    }
    case 'letter-blocked':
      if (
        state.letters.some(
          (one) => one.kind === fact.kind && one.sequence === fact.sequence && one.status === 'waiting',
        )
      ) {
        apply([
          {
            type: 'letter-blocked',
            on: fact.officeDate,
            kind: fact.kind,
            sequence: fact.sequence,
            code: fact.code,
            ...(fact.dates === undefined ? {} : { dates: fact.dates }),
          },
        ]);
      }
      break;
    case 'office-day':
      break;
  }

  apply(settleDates(state, fact.officeDate, calendar));
  // What a correction puts in question comes before what it brings about: a case whose letter no longer holds does not
  // close over it.
  if (CORRECTS.has(fact.type)) {
    apply(questions(state, fact.officeDate, calendar, BECAUSE[fact.type] ?? 'the records were corrected'));
    const on = fact.officeDate;
    apply(reviewedAnew(state, calendar).map((body) => ({ ...body, on })));
  }
  if (!state.closed) apply(dated(prematureThanks(state, calendar), fact.officeDate));
  apply(settleCoverage(state, calendar));
  if (!state.closed) {
    apply(
      consequences(state, fact.officeDate, fact.type === 'calendar' ? 'calendar' : 'correction', calendar),
    );
  }
  if (!state.closed && calendar !== cal) apply(replannedLetters(state, fact.officeDate, cal, calendar));
  return { state, entries };
}

/** Facts after which a letter or step may no longer hold, or hold again. */
const CORRECTS: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'attendance',
  'calendar',
  'transfer',
  'intervention-void',
  'letter-out',
]);

const BECAUSE: Partial<Record<Fact['type'], string>> = {
  attendance: 'attendance was corrected',
  calendar: 'the calendar changed',
  transfer: 'the student changed school',
  'intervention-void': 'an intervention was taken back',
};

function calendarChange(
  { officeDate, version, calendar }: Extract<Fact, { type: 'calendar' | 'transfer' }>,
  because: string,
  by: { readonly actor?: Actor },
): Entry {
  return { type: 'calendar-changed', on: officeDate, version, calendar, because, ...by };
}

function dated(bodies: readonly EntryBody[], on: IsoDate): Entry[] {
  return bodies.map((body) => ({ ...body, on }));
}

function statedIn(
  fact: Extract<Fact, { type: 'letter-out' }>,
  state: CaseState,
  letter: CaseLetter,
  cal: CalendarLike,
): { readonly stated?: StatedFacts } {
  const stated = fact.stated ?? statedBy(state, letter, cal);
  return stated === null ? {} : { stated };
}

/** Letters and steps in question after corrections, as entries of that day. */
export function questions(state: CaseState, on: IsoDate, cal: CalendarLike, because: string): Entry[] {
  const dated = (bodies: readonly EntryBody[]): Entry[] => bodies.map((body) => ({ ...body, on }));
  return dated(questionsAfter(state, on, cal, because, (now, bodies) => evolveAll(now, dated(bodies))));
}

function movedHolds(state: CaseState, on: IsoDate, cal: CalendarLike, because: string): Entry[] {
  return replannedHolds(state, on, cal, because).map((body) => ({ ...body, on }));
}

/**
 * Letters that waited for a term now known, and letters whose day another calendar puts between two terms. One that a
 * person has let go between them had its day there before, and keeps it.
 */
function replannedLetters(state: CaseState, on: IsoDate, before: CalendarLike, cal: CalendarLike): Entry[] {
  const waiting = parkedFor(state, 'between-terms');
  const known = unpark(state, waiting, on, cal, 'the next term is known').filter(
    (body) =>
      body.type === 'letter-rescheduled' || (body.type === 'letter-parked' && body.why !== 'between-terms'),
  );
  const caught = state.letters.filter(
    ({ status, parked, sendOn }) =>
      status === 'waiting' &&
      parked === null &&
      sendOn > on &&
      isBetweenTerms(state, sendOn, cal) &&
      !isBetweenTerms(state, sendOn, before),
  );
  const moved = unpark(state, caught, on, cal, 'its day lies between two terms now');
  return [...known, ...moved].map((body) => ({ ...body, on }));
}

function differs(state: CaseState, day: UnexcusedDay): boolean {
  const known = state.days.find((one) => one.date === day.date);
  return (known?.fraction ?? 0) !== day.fraction || (known !== undefined && known.code !== day.code);
}

/** What the count and the order say after a fact, or by another version of the policy. */
export function consequences(
  state: CaseState,
  on: IsoDate,
  because: 'calendar' | 'correction' | 'policy',
  cal: CalendarLike,
): Entry[] {
  const entries: Entry[] = [];
  // Once a hearing is scheduled the count is judged as of that day: days that leave the window later do not undo it,
  // corrections do.
  const count = unexcusedCount(state, state.hearing?.scheduledOn ?? on, cal);
  const reached = count >= state.policy.counting.threshold;
  if (reached && !state.atThreshold) entries.push({ type: 'threshold-reached', on, count });
  if (!reached && state.atThreshold) {
    entries.push({ type: 'threshold-lost', on, count, because });
  }
  // Before the court and after: what was referred without a breach may still be broken, and what was broken corrected.
  if (state.order) {
    const broken = orderBrokenBy(state, cal);
    // The first such day: another one where that was excused, or an earlier one came in late.
    if (broken !== null && broken !== state.order.brokenBy)
      entries.push({ type: 'order-broken', on, date: broken });
    if (broken === null && state.order.brokenBy !== null) {
      entries.push({ type: 'order-kept-after-correction', on, date: state.order.brokenBy });
    }
  }
  return entries;
}
