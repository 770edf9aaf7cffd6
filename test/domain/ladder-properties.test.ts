/** Whatever is sent in whatever order: what a case may never do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMakeUpDay, closeDay, isSchoolDay, schoolDays, schoolDaysBetween } from '../../domain/calendar.ts';
import type { Entry } from '../../domain/case/entries.ts';
import { evolveAll } from '../../domain/case/evolve.ts';
import { openCase } from '../../domain/case/state.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { PaperCase, TWO_YEARS } from '../support/paper-case.ts';

const DAYS = schoolDays(TWO_YEARS, '2025-01-13', '2025-05-30');
const ORDER: readonly LetterKind[] = [
  'first-notice',
  'second-notice',
  'third-notice',
  'hearing-notice',
  'order',
  'state-attorney-referral',
];

type Move =
  | {
      readonly do:
        | 'absent'
        | 'excused'
        | 'intervention'
        | 'refer'
        | 'override'
        | 'withdraw'
        | 'caseload'
        | 'hearing'
        | 'held'
        | 'missed'
        | 'order'
        | 'court'
        | 'post'
        | 'mail'
        | 'day';
    }
  | { readonly do: 'close' | 'makeup'; readonly ahead: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom<Move['do']>('absent', 'intervention', 'refer', 'mail')
      .map((one) => ({ do: one }) as Move),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom<Move['do']>(
        'excused',
        'override',
        'withdraw',
        'caseload',
        'hearing',
        'held',
        'missed',
        'order',
        'court',
        'post',
        'day',
      )
      .map((one) => ({ do: one }) as Move),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('close' as const, 'makeup' as const),
      ahead: fc.integer({ min: 1, max: 12 }),
    }),
  },
);
/** Some moves a day, over a spring of school days. */
const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), move), { minLength: 20, maxLength: 160 });

function live(moves: readonly (readonly [number, Move])[]): PaperCase {
  const one = new PaperCase('2025-01-13', [
    '2024-11-05',
    '2024-11-12',
    '2024-12-03',
    '2024-12-10',
    '2025-01-08',
  ]);
  let at = 0;
  for (const [later, what] of moves) {
    at = Math.min(at + later, DAYS.length - 1);
    const on = DAYS[at]!;
    const waiting = one.state.letters.find((letter) => letter.status === 'waiting' && letter.sendOn <= on);
    switch (what.do) {
      case 'absent':
        one.attendance(on, [on]);
        break;
      case 'excused':
        one.attendance(on, one.state.days.length > 0 ? [[one.state.days.at(-1)!.date, 0]] : []);
        break;
      case 'intervention':
        one.interventions(on, 2);
        break;
      case 'refer':
        one.refer(on);
        break;
      case 'override':
        one.refer(on, { override: 'a written reason' });
        break;
      case 'withdraw':
        one.do(on, { type: 'withdraw-step', reason: 'x' });
        break;
      case 'caseload':
        one.do(on, { type: 'place-on-caseload', reason: 'x' });
        break;
      case 'hearing':
        one.do(on, {
          type: 'schedule-hearing',
          date: DAYS[Math.min(at + 12, DAYS.length - 1)]!,
          time: '10:00',
          place: 'R',
          posted: false,
        });
        break;
      case 'held':
      case 'missed':
        one.do(on, { type: 'record-hearing', outcome: what.do, appeared: 'x' });
        break;
      case 'order':
        one.do(on, { type: 'issue-order', findings: 'x', services: [] });
        break;
      case 'court':
        one.do(on, { type: 'refer-to-court' });
        break;
      case 'post':
      case 'mail':
        if (waiting) one.out(waiting.kind, on, what.do === 'mail' ? 'email' : 'print');
        break;
      case 'day':
        one.day(on);
        break;
      case 'close':
      case 'makeup': {
        const date = DAYS[Math.min(at + what.ahead, DAYS.length - 1)]!;
        const { calendar } = one.state;
        if (what.do === 'close') {
          if (isSchoolDay(calendar, date)) one.calendar(on, closeDay(calendar, date), 'snow');
        } else if (!isSchoolDay(calendar, date)) one.calendar(on, addMakeUpDay(calendar, date), 'made up');
        break;
      }
    }
  }
  return one;
}

/** What stands after withdrawals: referrals and letters that were not taken back, in order. */
function standing(entries: readonly Entry[]) {
  const referrals: Extract<Entry, { type: 'referral-accepted' }>[] = [];
  const out: Extract<Entry, { type: 'letter-out' }>[] = [];
  for (const entry of entries) {
    if (entry.type === 'referral-accepted') referrals.push(entry);
    if (entry.type === 'referral-withdrawn')
      referrals.splice(
        referrals.findIndex((one) => one.n === entry.n),
        1,
      );
    if (entry.type === 'letter-out') out.push(entry);
  }
  return { referrals, out };
}

const runs = { numRuns: 400 };

describe('no sequence of messages', () => {
  it('lets a later letter out before an earlier one, or two of one kind for one step', () => {
    let reached = 0;
    fc.assert(
      fc.property(story, (moves) => {
        const { out } = standing(live(moves).entries);
        const ranks = out.map((entry) => ORDER.indexOf(entry.kind));
        reached = Math.max(reached, ...ranks, -1);
        for (let i = 1; i < ranks.length; i += 1) expect(ranks[i]!).toBeGreaterThanOrEqual(ranks[i - 1]!);
        // A hearing that was missed is noticed again; every other letter goes once.
        const keys = out.map((entry) => `${entry.kind}/${entry.sequence}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const kind of ORDER.slice(0, 3))
          expect(out.filter((entry) => entry.kind === kind).length).toBeLessThanOrEqual(1);
      }),
      runs,
    );
    // The stories do climb the ladder: a property over cases that never move would prove nothing.
    expect(reached).toBeGreaterThanOrEqual(ORDER.indexOf('third-notice'));
  });

  it('makes a referral without three interventions of its own and the school days since the one before', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const one = live(moves);
        const { referrals } = standing(one.entries);
        const used = referrals.flatMap((entry) => [...entry.interventions]);
        expect(new Set(used).size).toBe(used.length);
        for (const [i, referral] of referrals.entries()) {
          expect(referral.n).toBe(i + 1);
          expect(referral.interventions.length).toBeGreaterThanOrEqual(3);
          if (referral.override === null) expect(referral.newUnexcused.length).toBeGreaterThanOrEqual(1);
          if (i === 0) continue;
          // By the calendar as it was known on that day.
          const known = calendarOn(one.entries, referral);
          expect(schoolDaysBetween(known, referrals[i - 1]!.on, referral.on)).toBeGreaterThanOrEqual(7);
        }
      }),
      runs,
    );
  });

  it('schedules a hearing under nine days or without three notices out, or holds one without its notice', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const { entries } = live(moves);
        entries.forEach((entry, i) => {
          const before = entries.slice(0, i);
          const outSoFar = (kind: LetterKind) =>
            before.some((one) => one.type === 'letter-out' && one.kind === kind);
          if (entry.type === 'hearing-scheduled') {
            expect(entry.count).toBeGreaterThanOrEqual(9);
            for (const kind of ORDER.slice(0, 3)) expect(outSoFar(kind)).toBe(true);
          }
          if (entry.type === 'hearing-recorded' && entry.outcome === 'held')
            expect(outSoFar('hearing-notice')).toBe(true);
          if (entry.type === 'court-referred') expect(outSoFar('order')).toBe(true);
        });
      }),
      runs,
    );
  });

  it('leaves a state that differs from the fold of its entries', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const one = live(moves);
        const { caseNumber, student, school, county, openedOn, previousCase, policy, calendarVersion } =
          new PaperCase('2025-01-13', []).state;
        const opening = openCase({
          ...{ caseNumber, student, school, county, openedOn, previousCase, policy, calendarVersion },
          calendar: TWO_YEARS,
          coverage: [],
          days: ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08'].map((date) => ({
            date,
            fraction: 1,
            code: 'U',
            school: 'NORTH-HS',
          })),
        });
        const folded = evolveAll(opening, one.entries);
        // Coverage and the office date travel with every message and are no decision.
        expect({ ...folded, coverage: null, today: null }).toEqual({
          ...one.state,
          coverage: null,
          today: null,
        });
      }),
      runs,
    );
  });
});

function calendarOn(entries: readonly Entry[], until: Entry) {
  let calendar = TWO_YEARS;
  for (const entry of entries) {
    if (entry === until) break;
    if (entry.type === 'calendar-changed') calendar = entry.calendar;
  }
  return calendar;
}
