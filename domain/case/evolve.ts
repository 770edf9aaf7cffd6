/** The fold: what each journal entry does to the state. No judgement here; that is decide.ts. */
import type { CaseLetter, CaseState, UnexcusedDay } from './state.ts';
import type { Entry } from './entries.ts';

export function evolveAll(state: CaseState, entries: readonly Entry[]): CaseState {
  return entries.reduce(evolve, state);
}

export function evolve(before: CaseState, entry: Entry): CaseState {
  const state: CaseState = {
    ...before,
    seq: before.seq + 1,
    today: entry.on > before.today ? entry.on : before.today,
  };
  switch (entry.type) {
    case 'case-opened':
    case 'message-dropped':
      return state;
    case 'intervention-recorded':
      return {
        ...state,
        interventions: [
          ...state.interventions,
          { id: entry.id, kind: entry.kind, date: entry.date, loggedOn: entry.on, countedFor: null },
        ],
      };
    case 'intervention-voided':
      return { ...state, interventions: state.interventions.filter((one) => one.id !== entry.id) };
    case 'attendance-recorded':
      return { ...state, days: withDays(state.days, entry.days) };
    case 'threshold-reached':
      return { ...state, atThreshold: true };
    case 'threshold-lost':
      return { ...state, atThreshold: false };
    case 'calendar-changed':
      return { ...state, calendar: entry.calendar, calendarVersion: entry.version };
    case 'deadline-moved':
      // A window that had opened and now lies ahead again will open once more.
      return entry.deadline === 'referral-possible' ? { ...state, windowOpenedFor: null } : state;
    case 'referral-accepted':
      return {
        ...state,
        referrals: [
          ...state.referrals,
          { n: entry.n, on: entry.on, interventions: entry.interventions, count: entry.count },
        ],
        interventions: state.interventions.map((one) =>
          entry.interventions.includes(one.id) ? { ...one, countedFor: entry.n } : one,
        ),
        windowOpenedFor: null,
      };
    case 'referral-withdrawn':
      return {
        ...state,
        referrals: state.referrals.filter((one) => one.n !== entry.n),
        interventions: state.interventions.map((one) =>
          one.countedFor === entry.n ? { ...one, countedFor: null } : one,
        ),
      };
    case 'letter-decided':
      return {
        ...state,
        letters: [
          ...state.letters,
          {
            kind: entry.kind,
            sequence: entry.sequence,
            decidedOn: entry.on,
            sendOn: entry.sendOn,
            status: 'waiting',
            outOn: null,
            channel: null,
            knownFrom: null,
          },
        ],
      };
    case 'letter-withdrawn':
      return changeLetter(state, entry, { status: 'withdrawn' });
    case 'letter-out':
      return changeLetter(state, entry, {
        status: 'out',
        outOn: entry.on,
        channel: entry.channel,
        knownFrom: entry.knownFrom,
      });
    case 'letter-blocked':
      return changeLetter(state, entry, { status: 'blocked' });
    case 'caseload-placed':
      return { ...state, caseload: { on: entry.on, why: entry.why, reason: entry.reason } };
    case 'caseload-undone':
      return { ...state, caseload: null };
    case 'referral-possible':
      return { ...state, windowOpenedFor: entry.n };
    case 'hearing-scheduled':
      return {
        ...state,
        hearing: {
          sequence: entry.sequence,
          date: entry.date,
          time: entry.time,
          place: entry.place,
          scheduledOn: entry.on,
          countAtScheduling: entry.count,
          status: 'scheduled',
          due: false,
        },
      };
    case 'hearing-withdrawn':
      return { ...state, hearing: null };
    case 'hearing-day':
      return state.hearing ? { ...state, hearing: { ...state.hearing, due: true } } : state;
    case 'hearing-recorded':
      return state.hearing
        ? { ...state, hearing: { ...state.hearing, status: entry.outcome, due: false } }
        : state;
    case 'order-issued':
      return {
        ...state,
        order: {
          sequence: entry.sequence,
          on: entry.on,
          returnDate: entry.returnDate,
          findings: entry.findings,
          services: entry.services,
          reviewDate: entry.reviewDate,
          brokenBy: null,
        },
      };
    case 'order-withdrawn':
      return { ...state, order: null };
    case 'order-broken':
      return state.order ? { ...state, order: { ...state.order, brokenBy: entry.date } } : state;
    case 'order-kept-after-correction':
      return state.order ? { ...state, order: { ...state.order, brokenBy: null } } : state;
    case 'court-referred':
      return { ...state, court: { on: entry.on, answer: null, answeredOn: null } };
    case 'court-withdrawn':
      return { ...state, court: null };
    case 'court-answered':
      return state.court
        ? { ...state, court: { ...state.court, answer: entry.answer, answeredOn: entry.on } }
        : state;
    case 'closing-asked':
      return { ...state, closingAsked: entry.cleanUpTo };
    case 'case-closed':
      return { ...state, closed: { on: entry.on, reason: entry.reason } };
  }
}

/** Replaces the days named; a fraction of 0 takes a day out. */
function withDays(days: readonly UnexcusedDay[], changed: readonly UnexcusedDay[]): readonly UnexcusedDay[] {
  const dates = new Set(changed.map((day) => day.date));
  return [...days.filter((day) => !dates.has(day.date)), ...changed.filter((day) => day.fraction > 0)].sort(
    (a, b) => (a.date < b.date ? -1 : 1),
  );
}

function changeLetter(
  state: CaseState,
  which: { readonly kind: string; readonly sequence: number },
  change: Partial<CaseLetter>,
): CaseState {
  return {
    ...state,
    letters: state.letters.map((letter) =>
      letter.kind === which.kind && letter.sequence === which.sequence ? { ...letter, ...change } : letter,
    ),
  };
}
