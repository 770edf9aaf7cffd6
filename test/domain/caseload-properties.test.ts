/** Whatever is sent to a caseload in whatever order: what it may never do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMakeUpDay, closeDay, isSchoolDay, schoolDays } from '../../domain/calendar.ts';
import { deadlines } from '../../domain/caseload/deadlines.ts';
import { evolveAll } from '../../domain/caseload/evolve.ts';
import {
  beginCaseload,
  FOLLOW_UP_OUTCOMES,
  MEETING_OUTCOMES,
  MEETING_WITH,
  planOf,
  SIGNERS,
  type CaseloadState,
} from '../../domain/caseload/state.ts';
import { detailsOf } from '../../domain/caseload/view.ts';
import { addDays } from '../../domain/dates.ts';
import { TWO_YEARS } from '../support/paper-case.ts';
import { PaperCaseload, type BareCaseloadCommand } from '../support/paper-caseload.ts';

const DAYS = schoolDays(TWO_YEARS, '2025-01-06', '2025-05-30');
const START = DAYS[0]!;

/** Some days before, on or after the day it is sent. */
const shift = fc.integer({ min: -12, max: 12 });
type Move =
  | { readonly do: 'command'; readonly make: (on: string) => BareCaseloadCommand }
  | { readonly do: 'day' }
  | { readonly do: 'close' | 'makeup' | 'school'; readonly ahead: number }
  | { readonly do: 'case-ended' };

const dayGiven = (on: string) => (given: number | { readonly plus: number }) =>
  typeof given === 'number' ? { schoolDays: given } : { date: addDays(on, given.plus) };
const given = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.record({ plus: shift }));
const when = fc.option(shift, { nil: undefined });
const dated = (on: string, by: number | undefined) => (by === undefined ? {} : { date: addDays(on, by) });

const command: fc.Arbitrary<Move> = fc
  .oneof(
    fc
      .tuple(fc.constantFrom(...MEETING_WITH), fc.constantFrom(...MEETING_OUTCOMES), when)
      .map(([whom, outcome, by]) => (on: string): BareCaseloadCommand => ({
        type: 'record-meeting',
        with: whom,
        outcome,
        ...dated(on, by),
      })),
    fc
      .tuple(
        fc.array(fc.constant('a goal'), { minLength: 1, maxLength: 3 }),
        fc.option(fc.array(given, { maxLength: 3 }), { nil: undefined }),
        fc.option(fc.constant('a reason'), { nil: undefined }),
        when,
      )
      .map(([goals, reviews, reason, by]) => (on: string): BareCaseloadCommand => ({
        type: 'make-plan',
        goals,
        supports: [],
        reviews: reviews?.map(dayGiven(on)),
        reason,
        ...dated(on, by),
      })),
    fc
      .tuple(fc.constantFrom(...MEETING_WITH), fc.subarray([...SIGNERS]), when)
      .map(([whom, signedBy, by]) => (on: string): BareCaseloadCommand => ({
        type: 'share-plan',
        with: whom,
        signedBy,
        ...dated(on, by),
      })),
    fc
      .tuple(fc.subarray(['1', '2', '3']), fc.boolean(), fc.option(given, { nil: undefined }), when)
      .map(([goalsMet, early, next, by]) => (on: string): BareCaseloadCommand => ({
        type: 'hold-review',
        how: 'so',
        goalsMet,
        early,
        next: next === undefined ? undefined : dayGiven(on)(next),
        ...dated(on, by),
      })),
    fc
      .tuple(fc.option(given, { nil: undefined }), when)
      .map(([followUp, by]) => (on: string): BareCaseloadCommand => ({
        type: 'refer-to-agency',
        agency: 'Agency',
        purpose: 'help',
        followUp: followUp === undefined ? undefined : dayGiven(on)(followUp),
        ...dated(on, by),
      })),
    fc
      .tuple(
        fc.constantFrom('a1', 'a2', 'a9'),
        fc.constantFrom(...FOLLOW_UP_OUTCOMES),
        fc.option(given, { nil: undefined }),
        when,
      )
      .map(([agency, outcome, again, by]) => (on: string): BareCaseloadCommand => ({
        type: 'record-follow-up',
        agency,
        outcome,
        again: again === undefined ? undefined : dayGiven(on)(again),
        ...dated(on, by),
      })),
    fc.constant((): BareCaseloadCommand => ({ type: 'end-caseload', how: 'plan-met' })),
  )
  .map((make) => ({ do: 'command' as const, make }));

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 20, arbitrary: command },
  { weight: 6, arbitrary: fc.constant({ do: 'day' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('close' as const, 'makeup' as const, 'school' as const),
      ahead: fc.integer({ min: -3, max: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'case-ended' as const }) },
);
const story = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), move), { minLength: 5, maxLength: 80 });

interface Looked {
  readonly before: CaseloadState;
  readonly refused: boolean;
}

/** Plays a story; `look` sees the caseload after each message. `handOver` replaces the state as a new run would. */
function live(
  moves: readonly (readonly [number, Move])[],
  look: (one: PaperCaseload, looked: Looked) => void = () => undefined,
  handOver: (state: CaseloadState) => CaseloadState = (state) => state,
): PaperCaseload {
  const one = new PaperCaseload(START);
  let at = 0;
  for (const [later, what] of moves) {
    at = Math.min(at + later, DAYS.length - 1);
    const on = DAYS[at]!;
    const before = one.state;
    let refused = false;
    switch (what.do) {
      case 'command':
        refused = 'code' in one.do(on, what.make(on));
        break;
      case 'day':
        one.day(on);
        break;
      case 'close':
        one.calendar(on, closeDay(one.state.calendar, addDays(on, what.ahead)));
        break;
      case 'makeup':
        one.calendar(on, addMakeUpDay(one.state.calendar, addDays(on, what.ahead)));
        break;
      case 'school':
        one.school(on, 'SOUTH-HS', closeDay(one.state.calendar, addDays(on, what.ahead)));
        break;
      case 'case-ended':
        one.caseEnded(on, 'withdrawn');
        break;
    }
    look(one, { before, refused });
    one.state = handOver(one.state);
  }
  return one;
}

const RUNS = { numRuns: 300 };

describe('whatever the Case Manager and the case send', () => {
  it('a refused command changes nothing, and after an end nothing changes any more', () => {
    fc.assert(
      fc.property(story, (moves) => {
        live(moves, (one, { before, refused }) => {
          if (refused || before.ended) expect(one.state).toBe(before);
        });
      }),
      RUNS,
    );
  });

  it('nothing that is over stays ahead: no timer is set for the past, none is set again for the same', () => {
    fc.assert(
      fc.property(story, (moves) => {
        live(moves, (one) => {
          for (const { date } of deadlines(one.state, one.cal)) expect(date > one.state.today).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it('the journal tells it in order, and the state is its fold', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const one = live(moves);
        const dates = one.entries.map((entry) => entry.on);
        expect([...dates].sort()).toEqual(dates);
        const begun = beginCaseload({
          ...{ caseNumber: 'C-1', sequence: 1, school: 'NORTH-HS', placedOn: START },
          why: 'case-manager',
          calendar: TWO_YEARS,
        });
        expect(evolveAll(begun, one.entries)).toEqual(one.state);
      }),
      RUNS,
    );
  });

  it('a review or follow-up falls due once, and again only after it was moved or asked anew', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const due = new Set<string>();
        for (const entry of live(moves).entries) {
          if (entry.type === 'deadline-moved') due.delete(entry.id);
          // An agency is asked again, by a day of its own.
          if (entry.type === 'follow-up-recorded') due.delete(entry.id);
          if (entry.type !== 'review-due' && entry.type !== 'follow-up-due') continue;
          expect(due.has(entry.id)).toBe(false);
          due.add(entry.id);
        }
      }),
      RUNS,
    );
  });

  it('reviews given in school days lie on school days of the calendar in force', () => {
    fc.assert(
      fc.property(story, (moves) => {
        live(moves, (one) => {
          for (const { id, date } of deadlines(one.state, one.cal)) {
            const given = one.state.reviews.find((review) => review.id === id)?.on;
            if (given && 'schoolDays' in given) expect(isSchoolDay(one.cal, date)).toBe(true);
          }
        });
      }),
      RUNS,
    );
  });

  it('it is the same handed over as JSON after every message, and its picture can always be drawn', () => {
    fc.assert(
      fc.property(story, (moves) => {
        const once = live(moves, (one) => {
          expect(detailsOf(one.state, one.cal).length).toBeGreaterThan(40);
          const revisions = one.state.plans.map((plan) => plan.revision);
          expect(revisions).toEqual(revisions.map((_, i) => i + 1));
          expect(planOf(one.state)?.revision ?? 0).toBe(revisions.length);
        });
        const handed = live(moves, undefined, (state) => JSON.parse(JSON.stringify(state)) as CaseloadState);
        expect(handed.state).toEqual(once.state);
        expect(handed.entries).toEqual(once.entries);
      }),
      RUNS,
    );
  });
});
