/** The fold: what each journal entry does to the state. No judgement here; that is decide.ts. */
import { certificateOf } from './certificate.ts';
import type { Entry } from './entries.ts';
import type { IsoDate } from '../dates.ts';
import { withPaper } from './paper.ts';
import {
  NEW_LETTER,
  type CaseLetter,
  type CaseReview,
  type CaseServices,
  type CaseState,
  type LetterApproval,
  type UnexcusedDay,
} from './state.ts';

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
          {
            n: entry.n,
            on: entry.on,
            interventions: entry.interventions,
            count: entry.count,
            newUnexcused: entry.newUnexcused,
            overridden: entry.override !== null,
            fewerAccepted: entry.fewerAccepted !== null,
            paper: false,
          },
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
        reviews: state.reviews.filter((one) => one.n !== entry.n),
        windowOpenedFor: null,
        interventions: state.interventions.map((one) =>
          one.countedFor === entry.n ? { ...one, countedFor: null } : one,
        ),
      };
    case 'letter-decided':
      return {
        ...state,
        planToSend: entry.kind === 'improvement-plan' ? false : state.planToSend,
        letters: [
          ...state.letters,
          {
            ...NEW_LETTER,
            about: entry.about ?? null,
            parked: entry.parked ?? null,
            approval: entry.approval
              ? {
                  ...{ role: entry.approval.role, listed: entry.approval.listed, since: entry.on },
                  ...{ status: 'asked', note: null, escalated: null, madeBy: entry.actor?.role ?? 'case' },
                }
              : null,
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
        stated: entry.stated ?? null,
        parked: null,
        blocked: null,
      });
    case 'letter-parked':
      return changeLetter(state, entry, { parked: entry.why });
    case 'letter-rescheduled':
      return changeLetter(state, entry, {
        ...{ status: 'waiting', parked: null, sendOn: entry.sendOn, blocked: null },
      });
    case 'approval-asked': {
      const { on: since, because: note, listed } = entry;
      return changeApproval(state, entry, { status: 'asked', since, note, listed, escalated: null });
    }
    case 'letter-approved': {
      const { on: since, note, listed } = entry;
      return changeApproval(state, entry, { status: 'approved', since, note, listed });
    }
    case 'letter-withheld':
    case 'letter-returned': {
      const status = entry.type === 'letter-withheld' ? 'withheld' : 'returned';
      return changeApproval(state, entry, { status, since: entry.on, note: entry.reason });
    }
    case 'approval-escalated':
      return changeApproval(state, entry, { escalated: { on: entry.on, to: entry.to } });
    case 'letter-questioned':
      return changeLetter(state, entry, {
        concern:
          entry.what === 'none'
            ? null
            : { what: entry.what, dates: entry.dates, left: entry.left, since: entry.on, settled: null },
      });
    case 'question-settled':
      return {
        ...state,
        letters: state.letters.map((one) =>
          isNamed(one, entry) && one.concern
            ? { ...one, concern: { ...one.concern, settled: entry.how } }
            : one,
        ),
      };
    case 'letter-blocked':
      return changeLetter(state, entry, {
        status: 'blocked',
        blocked: { code: entry.code, dates: entry.dates ?? [] },
      });
    case 'caseload-placed':
      return {
        ...state,
        caseload: {
          on: entry.on,
          why: entry.why,
          reason: entry.reason,
          sequence: state.caseloads + 1,
        },
        caseloads: state.caseloads + 1,
      };
    case 'caseload-undone':
      return { ...state, caseload: null };
    case 'referral-possible':
      return { ...state, windowOpenedFor: entry.n };
    case 'hearing-scheduled':
      return {
        ...state,
        hearing: {
          sequence: entry.sequence,
          scheduledAs: entry.sequence,
          date: entry.date,
          time: entry.time,
          place: entry.place,
          // A hearing that was missed and is set again was judged when it was first scheduled.
          scheduledOn: state.hearing?.scheduledOn ?? entry.on,
          countAtScheduling: entry.count,
          status: 'scheduled',
          due: false,
          interpreter: entry.interpreter ?? null,
          accommodation: entry.accommodation ?? null,
          questioned: state.hearing?.questioned ?? null,
        },
      };
    case 'hearing-moved':
    case 'hearing-continued': {
      const { sequence, date, time, place, interpreter, accommodation } = entry;
      const to = { sequence, date, time, place, interpreter, accommodation };
      return state.hearing
        ? { ...state, hearing: { ...state.hearing, ...to, status: 'scheduled', due: false } }
        : state;
    }
    case 'hearing-questioned':
      return changeHearing(state, { questioned: { since: entry.on, count: entry.count, stands: false } });
    case 'hearing-unquestioned':
      return changeHearing(state, { questioned: null });
    case 'hearing-stands':
      return state.hearing?.questioned
        ? changeHearing(state, { questioned: { ...state.hearing.questioned, stands: true } })
        : state;
    case 'hearing-cancelled':
    case 'hearing-withdrawn':
      return { ...state, hearing: null };
    case 'hearing-day':
      return changeHearing(state, { due: true });
    case 'hearing-recorded':
      return changeHearing(state, { status: entry.outcome, due: false });
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
          reviewed: false,
        },
      };
    case 'order-review-due':
      return state.order ? { ...state, order: { ...state.order, reviewed: true } } : state;
    case 'order-withdrawn':
      return { ...state, order: null };
    case 'order-broken':
      return state.order ? { ...state, order: { ...state.order, brokenBy: entry.date } } : state;
    case 'order-kept-after-correction':
      return state.order ? { ...state, order: { ...state.order, brokenBy: null } } : state;
    case 'court-referred':
      return {
        ...state,
        court: {
          on: entry.on,
          answer: null,
          answeredOn: null,
          submission: entry.submission ?? 1,
          overridden: entry.override !== null,
          certificate: entry.certificate ?? certificateOf(state),
          status: null,
          remindedOn: null,
        },
      };
    case 'court-status':
      return state.court
        ? { ...state, court: { ...state.court, status: { on: entry.on, text: entry.text } } }
        : state;
    case 'court-reminder':
      return state.court ? { ...state, court: { ...state.court, remindedOn: entry.on } } : state;
    case 'court-withdrawn':
      return { ...state, court: null };
    case 'court-answered':
      return state.court
        ? { ...state, court: { ...state.court, answer: entry.answer, answeredOn: entry.on } }
        : state;
    case 'closing-asked':
      return { ...state, closingAsked: entry.cleanUpTo };
    case 'case-closed':
      return {
        ...state,
        closed: { on: entry.on, reason: entry.reason, continuedBy: entry.continuedBy ?? null },
      };
    case 'hold-placed': {
      const { id, kind, reason, owner, until } = entry;
      const counted = countedFrom(entry.on, entry.schoolDays);
      const hold = { id, kind, reason, owner, from: entry.on, until, counted, expired: false };
      return { ...state, holds: [...state.holds, hold] };
    }
    case 'hold-extended':
      return {
        ...state,
        holds: state.holds.map((one) =>
          one.id === entry.id
            ? {
                ...one,
                until: entry.until,
                counted: countedFrom(entry.on, entry.schoolDays),
                expired: false,
              }
            : one,
        ),
      };
    case 'hold-replanned':
      return {
        ...state,
        holds: state.holds.map((one) =>
          one.id === entry.id ? { ...one, until: entry.until, expired: false } : one,
        ),
      };
    case 'hold-expired':
      return {
        ...state,
        holds: state.holds.map((one) => (one.id === entry.id ? { ...one, expired: true } : one)),
      };
    case 'hold-released':
      return { ...state, holds: state.holds.filter((one) => one.id !== entry.id) };
    case 'progress-reviewed': {
      const { n, adequate, sentence } = entry;
      return withReview(state, { n, on: entry.on, adequate, sentence, judged: null });
    }
    case 'progress-judged': {
      const judged = { on: entry.on, adequate: entry.adequate };
      const before = state.reviews.find((one) => one.n === entry.n);
      return withReview(state, {
        ...(before ?? { n: entry.n, on: entry.on, adequate: entry.adequate, sentence: '' }),
        judged,
      });
    }
    case 'contact-made': {
      const { tries, reached, last } = state.contacts;
      return {
        ...state,
        contacts: {
          ...state.contacts,
          tries: tries + 1,
          reached: reached + (entry.reached ? 1 : 0),
          last: last !== null && last > entry.date ? last : entry.date,
        },
      };
    }
    case 'contact-reminder':
      return { ...state, contacts: { ...state.contacts, remindedOn: entry.on } };
    case 'caseload-told':
      return {
        ...state,
        services: withService(state.services, entry),
        contacts: withMeeting(state.contacts, entry),
        planToSend: entry.event === 'plan-made' || state.planToSend,
      };
    case 'caseload-ended':
      return { ...state, caseload: null };
    case 'transferred':
      return { ...state, school: entry.to, county: entry.county };
    case 'policy-adopted':
      return { ...state, policy: entry.policy };
    case 'brought-from-paper':
      return withPaper(state, entry.history, state.calendar);
  }
}

function countedFrom(from: IsoDate, schoolDays: number | undefined) {
  return schoolDays === undefined ? null : { from, schoolDays };
}

function changeHearing(state: CaseState, change: Partial<NonNullable<CaseState['hearing']>>): CaseState {
  return state.hearing ? { ...state, hearing: { ...state.hearing, ...change } } : state;
}

function withReview(state: CaseState, review: CaseReview): CaseState {
  return { ...state, reviews: [...state.reviews.filter((one) => one.n !== review.n), review] };
}

/** Meeting the family, or trying to, on the caseload is trying to reach it: no reminder that nobody has. */
function withMeeting(
  contacts: CaseState['contacts'],
  { event, date }: Extract<Entry, { readonly type: 'caseload-told' }>,
): CaseState['contacts'] {
  const tried = event === 'meeting-tried' || event === 'student-met' || event === 'parent-met';
  return tried && (contacts.last === null || contacts.last < date) ? { ...contacts, last: date } : contacts;
}

function withService(
  services: CaseServices,
  told: Extract<Entry, { readonly type: 'caseload-told' }>,
): CaseServices {
  switch (told.event) {
    case 'meeting-tried':
      return services;
    case 'student-met':
      return { ...services, studentMet: told.date };
    case 'parent-met':
      return { ...services, parentMet: told.date };
    case 'plan-made':
      return { ...services, planMade: told.date };
    case 'plan-shared':
      return { ...services, planShared: told.date };
    case 'agency-referred':
      return {
        ...services,
        agencies: [
          ...services.agencies.filter((one) => one.id !== told.id),
          { id: told.id, agency: told.agency ?? '', on: told.date },
        ],
      };
    case 'ended':
      return services;
  }
}

function isNamed(letter: CaseLetter, which: { readonly kind: string; readonly sequence: number }): boolean {
  return letter.kind === which.kind && letter.sequence === which.sequence;
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
    letters: state.letters.map((letter) => (isNamed(letter, which) ? { ...letter, ...change } : letter)),
  };
}

function changeApproval(
  state: CaseState,
  which: { readonly kind: string; readonly sequence: number },
  change: Partial<LetterApproval>,
): CaseState {
  const letter = state.letters.find((one) => isNamed(one, which));
  return letter?.approval
    ? changeLetter(state, which, { approval: { ...letter.approval, ...change } })
    : state;
}
