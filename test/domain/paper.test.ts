/** Cases begun on paper: what cannot have happened so is refused, and what happened counts as if it had been lived here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSchoolDays, indexCalendar, isSchoolDay } from '../../domain/calendar.ts';
import { deadlines } from '../../domain/case/deadlines.ts';
import { beginCase } from '../../domain/case/opening.ts';
import { paperFaults, paperNotes } from '../../domain/case/paper.ts';
import {
  familyKnowsFrom,
  hearingObstacles,
  interventionsForNext,
  newUnexcusedAbsences,
  NOTICE_KINDS,
  progressFrom,
  referralObstacles,
  referralPossibleFrom,
} from '../../domain/case/rules.ts';
import type { CaseState, OpeningInput, PaperHistory, UnexcusedDay } from '../../domain/case/state.ts';
import { detailsOf, whyOf } from '../../domain/case/view.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import { PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';

const CAL = indexCalendar(TWO_YEARS);
const OPENED = '2025-02-12';
const AROUND = { openedOn: OPENED, calendar: CAL, policy: ROE53 };

function history(more: Partial<PaperHistory> = {}): PaperHistory {
  return {
    enteredBy: 'U-0007',
    role: 'case-manager',
    interventions: ['2025-01-06', '2025-01-07', '2025-01-08'].map((date, i) => ({
      id: `p${i}`,
      kind: 'phone-call',
      date,
    })),
    referrals: [{ on: '2025-01-09', notice: notice('2025-01-10') }],
    caseload: null,
    hearing: null,
    order: null,
    ...more,
  };
}

function notice(on: IsoDate, channel: 'email' | 'print' = 'email') {
  return { on, channel, proof: 'receipt in the paper file' } as const;
}

const THREE: PaperHistory['referrals'] = [
  { on: '2024-11-04', notice: notice('2024-11-05', 'print') },
  { on: '2024-11-18', notice: notice('2024-11-19') },
  { on: '2024-12-09', notice: notice('2024-12-10') },
];

const HEARING: NonNullable<PaperHistory['hearing']> = {
  date: '2025-01-28',
  time: '10:00',
  place: 'Courthouse, room 2',
  scheduledOn: '2025-01-13',
  notice: notice('2025-01-14'),
  outcome: 'held',
};

const ORDER: NonNullable<PaperHistory['order']> = {
  on: '2025-01-28',
  returnDate: '2025-01-29',
  findings: 'chronic',
  services: ['counseling'],
  letter: notice('2025-01-29', 'print'),
};

function input(paper: PaperHistory, days: readonly IsoDate[] = [], openedOn = OPENED): OpeningInput {
  return {
    caseNumber: 'C-1',
    student: '1',
    school: 'NORTH-HS',
    county: 'Tazewell',
    openedOn,
    previousCase: null,
    policy: ROE53,
    calendar: TWO_YEARS,
    calendarVersion: 1,
    coverage: [{ from: '2023-08-16', to: openedOn }],
    days: days.map((date): UnexcusedDay => ({ date, fraction: 1, code: 'U', school: 'NORTH-HS' })),
    paper,
  };
}

function brought(paper: PaperHistory, days: readonly IsoDate[] = []) {
  return beginCase(input(paper, days), CAL);
}

describe('what a paper history cannot be', () => {
  const faults = (more: Partial<PaperHistory>) =>
    paperFaults(history(more), AROUND).map(({ field }) => field);

  it('a whole ladder with hearing and order has no fault', () => {
    expect(
      paperFaults(
        history({
          referrals: THREE,
          caseload: { on: '2024-12-09', reason: 'x' },
          hearing: HEARING,
          order: ORDER,
        }),
        AROUND,
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<PaperHistory>, string]>([
    ['nothing at all', { interventions: [], referrals: [] }, ''],
    [
      'a date after today',
      { interventions: [{ id: 'p', kind: 'phone-call', date: '2025-02-13' }] },
      'interventions.0.date',
    ],
    [
      'a kind nobody knows',
      { interventions: [{ id: 'p', kind: 'magic', date: '2025-01-06' }] },
      'interventions.0.kind',
    ],
    [
      'a ticket',
      { interventions: [{ id: 'p', kind: 'truancy-ticket', date: '2025-01-06' }] },
      'interventions.0.kind',
    ],
    [
      'a notice before its referral',
      { referrals: [{ on: '2025-01-09', notice: notice('2025-01-08') }] },
      'referrals.0.notice.on',
    ],
    [
      'a second referral before the first notice',
      {
        referrals: [
          { on: '2025-01-09', notice: notice('2025-01-30') },
          { on: '2025-01-27', notice: null },
        ],
      },
      'referrals.1.on',
    ],
    [
      'referrals out of order',
      {
        referrals: [
          { on: '2025-01-09', notice: notice('2025-01-10') },
          { on: '2025-01-08', notice: null },
        ],
      },
      'referrals.1.on',
    ],
    [
      'a second referral where the first notice never went out',
      {
        referrals: [
          { on: '2025-01-09', notice: null },
          { on: '2025-01-27', notice: null },
        ],
      },
      'referrals.0',
    ],
    ['four referrals', { referrals: [...THREE, { on: '2025-01-09', notice: null }] }, 'referrals'],
    ['a caseload before the first referral', { caseload: { on: '2025-01-08', reason: 'x' } }, 'caseload.on'],
    ['a hearing after one referral', { hearing: HEARING }, 'hearing'],
    ['a hearing without notice', { referrals: THREE, hearing: { ...HEARING, notice: null } }, 'hearing'],
    [
      'a hearing set before the third notice',
      { referrals: THREE, hearing: { ...HEARING, scheduledOn: '2024-12-09' } },
      'hearing.scheduledOn',
    ],
    [
      'a hearing whose day is over and nobody says how it went',
      { referrals: THREE, hearing: { ...HEARING, outcome: null } },
      'hearing.outcome',
    ],
    [
      'a hearing held tomorrow',
      { referrals: THREE, hearing: { ...HEARING, date: '2025-02-13' } },
      'hearing.date',
    ],
    ['an order without a hearing', { referrals: THREE, order: ORDER }, 'order'],
    [
      'an order after a hearing nobody came to',
      { referrals: THREE, hearing: { ...HEARING, outcome: 'missed' }, order: ORDER },
      'order',
    ],
    [
      'an order before its hearing',
      { referrals: THREE, hearing: HEARING, order: { ...ORDER, on: '2025-01-27' } },
      'order.on',
    ],
  ])('%s is refused', (_what, more, field) => {
    expect(faults(more)).toContain(field);
  });

  it('a referral that came too soon, or with two interventions, is said and taken', () => {
    const soon = history({
      referrals: [
        { on: '2025-01-09', notice: notice('2025-01-10') },
        { on: '2025-01-13', notice: notice('2025-01-14') },
      ],
    });
    expect(paperFaults(soon, AROUND)).toEqual([]);
    expect(paperNotes(soon, AROUND)).toEqual([
      expect.objectContaining({
        field: 'referrals.1.on',
        message: expect.stringContaining('Tue 21 Jan') as string,
      }),
      { field: 'referrals.1', message: '0 of 3 interventions are documented for it' },
    ]);
  });
});

describe('what is said of a paper history that kept less than it should', () => {
  it('an intervention out of the first referral’s reach is none for it', () => {
    const dates = ['2023-09-04', '2025-01-07', '2025-01-08'];
    const old = history({
      interventions: dates.map((date, i) => ({ id: `p${i}`, kind: 'home-visit', date })),
    });
    expect(paperFaults(old, AROUND)).toEqual([]);
    expect(paperNotes(old, AROUND)).toEqual([
      { field: 'interventions.0', message: expect.stringContaining('180 attendance days') as string },
      { field: 'referrals.0', message: '2 of 3 interventions are documented for it' },
    ]);
  });

  it('says nothing of a count of then: its attendance may never come in', () => {
    const { state } = brought(history());
    expect(whyOf(state, CAL)).toContain('first referral Thu 9 Jan 2025; notice out');
  });
});

describe('a case brought in from paper', () => {
  it('decides no letter, and its letters are out, marked and never in question', () => {
    const { state, entries } = brought(history({ referrals: THREE, hearing: HEARING, order: ORDER }));
    expect(entries.map((entry) => entry.type)).toEqual([
      'case-opened',
      'brought-from-paper',
      'caseload-placed',
    ]);
    expect(
      state.letters.map(({ kind, status, paper, stated, concern }) => [kind, status, paper, stated, concern]),
    ).toEqual(
      ['first-notice', 'second-notice', 'third-notice', 'hearing-notice', 'order'].map((kind) => [
        kind,
        'out',
        true,
        null,
        null,
      ]),
    );
    expect(state.paper).toEqual({ enteredBy: 'U-0007', enteredOn: OPENED });
    for (const words of [whyOf(state, CAL), detailsOf(state, CAL)]) {
      expect(words).toContain('before this system: the first, second and third referral');
      expect(words).toContain('entered by U-0007');
    }
  });

  it('interventions count for the referral after them, once; later ones for the next', () => {
    const { state } = brought(
      history({
        interventions: ['2025-01-09', '2025-01-06', '2025-01-10'].map((date, i) => ({
          id: `p${i}`,
          kind: 'home-visit',
          date,
        })),
      }),
    );
    expect(state.interventions.map(({ id, countedFor }) => [id, countedFor])).toEqual([
      ['p1', 1],
      ['p0', 1],
      ['p2', null],
    ]);
    expect(interventionsForNext(state, OPENED, CAL).map((one) => one.id)).toEqual(['p2']);
  });

  it('a notice that never went out waits for a person', () => {
    const { state, entries } = brought(history({ referrals: [{ on: '2025-01-09', notice: null }] }));
    expect(entries.at(-1)).toMatchObject({ type: 'letter-decided', kind: 'first-notice', parked: 'asked' });
    expect(state.letters).toMatchObject([{ status: 'waiting', parked: 'asked', paper: false }]);
    expect(referralObstacles(state, OPENED, CAL).map((one) => one.code)).toContain('PREVIOUS_NOTICE_NOT_OUT');
  });

  it('an order that has been broken is told at once', () => {
    const paper = history({ referrals: THREE, hearing: HEARING, order: ORDER });
    expect(brought(paper, ['2025-01-28']).entries.map((one) => one.type)).not.toContain('order-broken');
    const { state, entries } = brought(paper, ['2025-02-04']);
    expect(entries.at(-1)).toMatchObject({ type: 'order-broken', date: '2025-02-04' });
    expect(state.order?.brokenBy).toBe('2025-02-04');
  });
});

// ---------------------------------------------------------------- the same as if it had been lived here

interface Lived {
  readonly referrals: readonly { on: IsoDate; noticeOn: IsoDate; channel: 'email' | 'print' }[];
  readonly interventions: readonly IsoDate[];
  readonly days: readonly IsoDate[];
  readonly asOf: IsoDate;
}

/** Some referrals with their notices, interventions before each and after the last, and unexcused days anywhere. */
const lives: fc.Arbitrary<Lived> = fc
  .record({
    steps: fc.array(
      fc.record({
        schoolDays: fc.integer({ min: 7, max: 14 }),
        noticeAfter: fc.integer({ min: 0, max: 5 }),
        channel: fc.constantFrom('email' as const, 'print' as const),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    later: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
    absent: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 10 }),
    asOf: fc.integer({ min: 5, max: 20 }),
  })
  .map(({ steps, later: after, absent, asOf }) => {
    let on = '2024-09-10';
    const interventions: IsoDate[] = [];
    const referrals = steps.map(({ schoolDays, noticeAfter, channel }) => {
      // One on a referral's own day would be that referral's.
      interventions.push(...[addDays(on, 1), addDays(on, 1), addDays(on, 2)]);
      on = addSchoolDays(CAL, on, schoolDays)!;
      return { on, noticeOn: addDays(on, noticeAfter), channel };
    });
    interventions.push(...after.map((days) => addDays(on, days)));
    const end = addDays(on, asOf + 5);
    const days = [...new Set(absent.map((n) => addDays('2024-09-11', n)))]
      .filter((day) => isSchoolDay(CAL, day) && day <= end)
      .sort();
    return { referrals, interventions: interventions.sort(), days, asOf: end };
  });

/** The same history day by day through the rules; written reasons stand in where the office did not ask for absences. */
function livedHere({ referrals, interventions, days, asOf }: Lived): CaseState {
  const one = new PaperCase('2024-09-10', []);
  const steps = [
    ...interventions.map((on) => ({ on, order: 0, run: () => one.interventions(on, 1) })),
    ...referrals.flatMap(({ on, noticeOn, channel }, i) => [
      { on, order: 2, run: () => expect(one.refer(on, { override: 'on paper' })).toHaveProperty('done') },
      { on: noticeOn, order: 3, run: () => one.out(NOTICE_KINDS[i]!, noticeOn, channel) },
    ]),
    ...days.map((on) => ({ on, order: 1, run: () => one.attendance(on, [on]) })),
  ].sort((a, b) => (a.on === b.on ? a.order - b.order : a.on < b.on ? -1 : 1));
  for (const step of steps) step.run();
  one.attendance(asOf);
  one.day(asOf);
  return one.state;
}

function broughtIn({ referrals, interventions, days, asOf }: Lived): CaseState {
  const paper = history({
    interventions: interventions.map((date, i) => ({ id: `p${i}`, kind: 'phone-call', date })),
    referrals: referrals.map(({ on, noticeOn, channel }) => ({ on, notice: notice(noticeOn, channel) })),
  });
  const around = { ...AROUND, openedOn: asOf };
  expect(paperFaults(paper, around)).toEqual([]);
  return beginCase(input(paper, days, asOf), CAL).state;
}

/** What the next step waits for: dates, what is still missing, and from when an absence shows no progress. */
function ahead(state: CaseState, asOf: IsoDate) {
  const step =
    state.referrals.length === 3 ? hearingObstacles(state, asOf, CAL) : referralObstacles(state, asOf, CAL);
  return {
    possibleFrom: referralPossibleFrom(state, CAL),
    opened: state.windowOpenedFor,
    progressFrom: progressFrom(state, CAL),
    fresh: newUnexcusedAbsences(state, asOf, CAL).map((day) => day.date),
    counted: interventionsForNext(state, asOf, CAL).length,
    step: step.map(({ code, details }) => [code, details]),
    dates: deadlines(state, CAL)
      .filter((one) => one.kind === 'referral-possible' || one.kind === 'count-drops')
      .map(({ kind, date }) => [kind, date]),
  };
}

describe('property', () => {
  it('the next dates count from a paper history as if it had been lived in the system', () => {
    fc.assert(
      fc.property(lives, (life) => {
        // Notices that would follow the next referral are no history.
        fc.pre(
          life.referrals.every(({ noticeOn }, i) => {
            const next = life.referrals[i + 1]?.on ?? life.asOf;
            return noticeOn <= next;
          }),
        );
        expect(ahead(broughtIn(life), life.asOf)).toEqual(ahead(livedHere(life), life.asOf));
      }),
      { numRuns: 300 },
    );
  });

  it('a family could know of a paper notice when it could of ours', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const state = broughtIn(life);
        for (const letter of state.letters) {
          expect(letter.knownFrom).toBe(familyKnowsFrom(state, letter.channel!, letter.outOn!, CAL));
        }
      }),
      { numRuns: 50 },
    );
  });
});
