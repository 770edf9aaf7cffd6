/** Whatever is sent in whatever order: what a case may never do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMakeUpDay,
  closeDay,
  isSchoolDay,
  schoolDays,
  schoolDaysBetween,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import type { Entry, EntryType } from '../../domain/case/entries.ts';
import { evolve, evolveAll } from '../../domain/case/evolve.ts';
import { listedChanges, listedNow } from '../../domain/case/listed.ts';
import { hearingLetter, unexcusedCount } from '../../domain/case/rules.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { STATES, WITH_APPROVAL } from '../support/case-states.ts';
import { PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';

const DAYS = schoolDays(TWO_YEARS, '2025-01-13', '2025-05-30');
const NOTICES = ['first-notice', 'second-notice', 'third-notice'] as const;

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
        | 'day'
        | 'void'
        | 'hold'
        | 'release'
        | 'release-letter'
        | 'move-hearing'
        | 'continue-hearing'
        | 'cancel-hearing'
        | 'stand'
        | 'judge'
        | 'correct'
        | 'take-back'
        | 'stands'
        | 'contact'
        | 'transfer'
        | 'approve'
        | 'withhold'
        | 'return'
        | 'resubmit'
        | 'wipe'
        | 'onward';
    }
  /** School days from today; a closure or a mark may come in late. */
  | { readonly do: 'close' | 'makeup'; readonly ahead: number }
  | { readonly do: 'mark'; readonly back: number; readonly part: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom<Move['do']>('absent', 'intervention', 'refer', 'mail', 'approve')
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
        'void',
        'hold',
        'release',
        'release-letter',
        'move-hearing',
        'continue-hearing',
        'cancel-hearing',
        'stand',
        'judge',
        'correct',
        'take-back',
        'stands',
        'contact',
        'transfer',
        'withhold',
        'return',
        'resubmit',
        'wipe',
      )
      .map((one) => ({ do: one }) as Move),
  },
  // Without staff who do what comes next, few stories would get to a hearing.
  { weight: 16, arbitrary: fc.constant<Move>({ do: 'onward' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('close' as const, 'makeup' as const),
      ahead: fc.integer({ min: -4, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom<Move>({ do: 'wipe' }, { do: 'hold' }, { do: 'take-back' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      back: fc.integer({ min: 0, max: 60 }),
      part: fc.constantFrom(0, 0.25, 0.5, 1),
    }),
  },
);
const NO_LETTER = { kind: 'order', sequence: 9 } as const;

/** The other school's own days off. */
const SOUTH: SchoolCalendar = closeDay(closeDay(TWO_YEARS, '2025-02-12'), '2025-04-08');
const DAYS_OF_TWO_YEARS = schoolDays(TWO_YEARS, '2023-08-16', '2025-05-30');

/** Some moves a day, over a spring of school days, beginning where any case may stand. */
const story = fc.record({
  start: fc.integer({ min: -6, max: STATES.length - 1 }),
  moves: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), move), {
    minLength: 15,
    maxLength: 80,
    size: 'max',
  }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

const OPENING_DAYS = ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08'];

/** A letter is out, and the word of it comes again. */
function toldTwice(one: PaperCase, kind: LetterKind, on: string, channel?: 'email' | 'print'): void {
  one.out(kind, on, channel);
  one.again(on);
}

/** What staff do who want to get on: the letter, the next step, or what the next step needs. */
function onward(one: PaperCase, on: string, hearingDay: string): void {
  const { letters, hearing, order, court, referrals } = one.state;
  const leaving = letters.find(
    ({ status, parked, sendOn }) => status === 'waiting' && parked === null && sendOn <= on,
  );
  if (leaving) {
    toldTwice(one, leaving.kind, on);
  } else if (order) {
    if (!court) one.do(on, { type: 'refer-to-court' });
  } else if (hearing?.status === 'scheduled') {
    one.do(on, { type: 'record-hearing', outcome: 'held', appeared: 'x' });
  } else if (hearing && hearing.status !== 'missed') {
    one.do(on, { type: 'issue-order', findings: 'x', services: [] });
  } else {
    one.attendance(on, [on]);
    if (referrals.length < 3) {
      one.interventions(on, 3);
      one.refer(on);
    } else {
      one.do(on, { type: 'schedule-hearing', date: hearingDay, time: '10:00', place: 'R', posted: false });
    }
  }
}

/** Lives a story; `look` sees the case after each move. */
function live({ start, moves }: Story, look: (one: PaperCase) => void = () => undefined): PaperCase {
  const standing = STATES[start];
  // From the beginning: half of them in an office that approves each letter.
  const policy = start < -3 ? WITH_APPROVAL : ROE53;
  const one = standing?.make() ?? new PaperCase('2025-01-13', OPENING_DAYS, TWO_YEARS, policy);
  let at = standing ? DAYS.findIndex((day) => day >= standing.on) : 0;
  for (const [later, what] of moves) {
    at = Math.min(at + later, DAYS.length - 1);
    const on = DAYS[at]!;
    // The door of the mail: what is parked does not leave.
    const waiting = one.state.letters.find(
      (letter) => letter.status === 'waiting' && letter.parked === null && letter.sendOn <= on,
    );
    const asked = one.state.letters.find(
      (letter) => letter.concern !== null && letter.concern.settled === null,
    );
    const hearing = {
      date: DAYS[Math.min(at + 13, DAYS.length - 1)]!,
      time: '11:00',
      place: 'R',
      posted: false,
      reason: 'x',
    };
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
        if (waiting) toldTwice(one, waiting.kind, on, what.do === 'mail' ? 'email' : 'print');
        break;
      case 'day':
        one.day(on);
        break;
      case 'void':
        one.void(on);
        break;
      case 'hold':
        one.do(on, { type: 'place-hold', kind: 'medical', reason: 'x', owner: 'x', schoolDays: 3 });
        break;
      case 'release':
        one.do(on, { type: 'release-hold', hold: one.state.holds[0]?.id ?? '-', reason: 'x' });
        break;
      case 'release-letter': {
        const name = one.state.letters.find((letter) => letter.parked !== null) ?? NO_LETTER;
        one.do(on, { type: 'release-letter', letter: name, reason: 'x' });
        break;
      }
      case 'approve':
      case 'withhold':
      case 'return':
      case 'resubmit': {
        const letter = one.state.letters.find(
          ({ approval, status }) => approval !== null && status !== 'out' && status !== 'withdrawn',
        );
        const role = letter?.approval?.role ?? 'nobody';
        const actor = { id: 'U-2', role };
        const name = letter ?? NO_LETTER;
        if (what.do === 'approve') one.do(on, { type: 'approve-letter', letter: name, time: '12:00' }, actor);
        else one.do(on, { type: `${what.do}-letter`, letter: name, reason: 'x' }, actor);
        break;
      }
      case 'move-hearing':
      case 'continue-hearing':
        one.do(on, { type: what.do, ...hearing });
        break;
      case 'cancel-hearing':
        one.do(on, { type: 'cancel-hearing', reason: 'x' });
        break;
      case 'stand':
        one.do(on, { type: 'let-hearing-stand', reason: 'x' });
        break;
      case 'judge':
        one.do(on, { type: 'judge-progress', adequate: at % 2 === 0, reason: 'x' });
        break;
      case 'correct':
      case 'take-back':
      case 'stands': {
        const how = ({ correct: 'correction', 'take-back': 'withdrawal', stands: 'stands' } as const)[
          what.do
        ];
        one.do(on, { type: 'settle-question', letter: asked ?? NO_LETTER, how, reason: 'x' });
        break;
      }
      case 'contact':
        one.contact(on);
        break;
      case 'transfer':
        if (one.state.school === 'SOUTH-HS') one.transfer(on, 'NORTH-HS', on, TWO_YEARS);
        else one.transfer(on, 'SOUTH-HS', on, SOUTH);
        break;
      case 'mark': {
        const until = DAYS_OF_TWO_YEARS.indexOf(on);
        one.attendance(on, [[DAYS_OF_TWO_YEARS[until - what.back]!, what.part]]);
        break;
      }
      case 'onward':
        onward(one, on, DAYS[Math.min(at + 12, DAYS.length - 1)]!);
        break;
      case 'wipe':
        one.attendance(
          on,
          one.state.days.slice(-3).map((day) => [day.date, 0]),
        );
        break;
      case 'close':
      case 'makeup': {
        const date = DAYS[Math.max(0, Math.min(at + what.ahead, DAYS.length - 1))]!;
        const { calendar } = one.state;
        if (what.do === 'close') {
          if (isSchoolDay(calendar, date)) one.calendar(on, closeDay(calendar, date), 'snow');
        } else if (!isSchoolDay(calendar, date)) one.calendar(on, addMakeUpDay(calendar, date), 'made up');
        break;
      }
    }
    look(one);
  }
  return one;
}

const runs = { numRuns: 150 };
/** Where it is also counted how often the stories get somewhere: the same stories each time, so that the count is no matter of luck. */
const countedRuns = { ...runs, seed: 53 };

/** A property over cases that never move would prove nothing. Measured, and rounded down well. */
const AT_LEAST: readonly (readonly [EntryType, number])[] = [
  ['referral-accepted', 25],
  ['letter-out', 40],
  ['hold-placed', 10],
  ['hold-released', 3],
  ['hearing-scheduled', 12],
  ['hearing-questioned', 2],
  ['hearing-recorded', 10],
  ['order-issued', 10],
  ['order-broken', 10],
  ['court-referred', 6],
  ['letter-questioned', 15],
  ['question-settled', 5],
  ['calendar-changed', 40],
  ['transferred', 12],
];

/** What must be out before each step's letter may leave. */
const BEFORE: Readonly<Partial<Record<LetterKind, readonly LetterKind[]>>> = {
  'second-notice': ['first-notice'],
  'third-notice': ['second-notice'],
  'hearing-notice': ['third-notice'],
  'hearing-moved': ['hearing-notice', 'hearing-moved'],
  'hearing-cancelled': ['hearing-notice', 'hearing-moved'],
  order: ['hearing-notice', 'hearing-moved'],
  'state-attorney-referral': ['order'],
};

/** Each entry with the case as it stood before it. */
function* told(one: PaperCase): Generator<{ entry: Entry; before: CaseState }> {
  let before = one.opened;
  for (const entry of one.entries) {
    yield { entry, before };
    before = evolve(before, entry);
  }
}

const isOut = (state: CaseState, kind: LetterKind) =>
  state.letters.some(
    (letter) => letter.kind === kind && letter.status === 'out' && letter.concern?.settled !== 'withdrawal',
  );

const inQuestion = ({ hearing }: CaseState) =>
  hearing !== null && hearing.questioned !== null && !hearing.questioned.stands;

/**
 * How many of a hundred stories write down an entry of this type by their own moves, not where they begin, and which letters
 * go out in them. Always the same stories.
 */
function reach(): { share: Map<EntryType, number>; out: Set<LetterKind> } {
  const stories = fc.sample(story, { numRuns: 300, seed: 53 });
  const found = new Map<EntryType, number>();
  const out = new Set<LetterKind>();
  for (const lived of stories) {
    const begun = live({ ...lived, moves: [] }).entries.length;
    const own = live(lived).entries.slice(begun);
    for (const type of new Set(own.map((entry) => entry.type))) found.set(type, (found.get(type) ?? 0) + 1);
    for (const entry of own) if (entry.type === 'letter-out') out.add(entry.kind);
  }
  return { share: new Map([...found].map(([type, n]) => [type, (n * 100) / stories.length])), out };
}

describe('the stories', () => {
  const { share, out } = reach();

  it('get where the rules are: each of these in at least so many of a hundred', () => {
    const short = AT_LEAST.filter(([type, least]) => (share.get(type) ?? 0) < least);
    expect(short.map(([type, least]) => ({ type, least, found: share.get(type) ?? 0 }))).toEqual([]);
  });

  it('send every letter of the ladder, and the invitation that goes with its third step', () => {
    const all: LetterKind[] = [
      ...(Object.keys(BEFORE) as LetterKind[]),
      'first-notice',
      'correction',
      'withdrawal',
      'caseload-invitation',
    ];
    expect([...out].sort()).toEqual(all.sort());
  });
});

describe('no sequence of messages', () => {
  it('lets a later letter out before an earlier one, or two of one kind for one step', () => {
    fc.assert(
      fc.property(story, (lived) => {
        const one = live(lived);
        const keys = new Set<string>();
        const made = new Map<string, number>();
        for (const { entry, before } of told(one)) {
          if (entry.type === 'letter-decided') made.set(entry.kind, (made.get(entry.kind) ?? 0) + 1);
          if (entry.type !== 'letter-out') continue;
          const first = BEFORE[entry.kind];
          if (first) expect(first.some((kind) => isOut(before, kind))).toBe(true);
          expect(keys.has(`${entry.kind}/${entry.sequence}`)).toBe(false);
          keys.add(`${entry.kind}/${entry.sequence}`);
          // One letter for each time its step was decided.
          const sent = [...keys].filter((key) => key.startsWith(`${entry.kind}/`)).length;
          expect(sent).toBeLessThanOrEqual(made.get(entry.kind) ?? 0);
        }
        // A letter whose name another has could never leave.
        const names = one.state.letters.map(({ kind, sequence }) => `${kind}/${sequence}`);
        expect(new Set(names).size).toBe(names.length);
        const referrals = one.entries.filter((entry) => entry.type === 'referral-accepted');
        for (const n of [1, 2, 3]) {
          const notices = [...keys].filter((key) => key.startsWith(`${NOTICES[n - 1]!}/`)).length;
          expect(notices).toBeLessThanOrEqual(referrals.filter((entry) => entry.n === n).length);
        }
      }),
      runs,
    );
  });

  it('lets a letter leave under a hold, or while the basis of a hearing is in question', () => {
    const seen = { held: 0, questioned: 0, out: 0 };
    fc.assert(
      fc.property(story, (lived) => {
        const one = live(lived, ({ state }) => {
          const free = state.letters.filter(
            (letter) => letter.status === 'waiting' && letter.parked === null,
          );
          if (state.holds.length > 0) {
            seen.held += 1;
            expect(free).toEqual([]);
          }
          if (inQuestion(state)) {
            seen.questioned += 1;
            expect(free).toEqual([]);
          }
        });
        for (const { entry, before } of told(one)) {
          if (entry.type !== 'letter-out') continue;
          seen.out += 1;
          expect(before.holds).toEqual([]);
          expect(inQuestion(before)).toBe(false);
        }
      }),
      countedRuns,
    );
    expect(seen.held).toBeGreaterThan(200);
    expect(seen.questioned).toBeGreaterThan(20);
    expect(seen.out).toBeGreaterThan(150);
  });

  it('lets a letter leave unapproved where approval is asked, or listing other days than were approved', () => {
    const seen = { waiting: 0, approved: 0, out: 0, again: 0 };
    fc.assert(
      fc.property(story, (lived) => {
        const one = live(lived, ({ state, cal }) => {
          for (const { kind, status, parked, approval, decidedOn } of state.letters) {
            if (approval === null || (status !== 'waiting' && status !== 'blocked')) continue;
            if (approval.status !== 'approved') {
              seen.waiting += 1;
              expect(parked).not.toBeNull();
            } else {
              seen.approved += 1;
              const listed = listedNow(state, kind, decidedOn, cal);
              expect(listedChanges(approval.listed?.days ?? [], listed?.days ?? [])).toEqual([]);
            }
          }
        });
        for (const { entry, before } of told(one)) {
          if (entry.type === 'approval-asked') seen.again += 1;
          if (entry.type !== 'letter-out') continue;
          const letter = before.letters.find(
            ({ kind, sequence }) => kind === entry.kind && sequence === entry.sequence,
          );
          if (letter?.approval) {
            seen.out += 1;
            expect(letter.approval.status).toBe('approved');
          }
        }
      }),
      countedRuns,
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(2);
  });

  it('makes a referral without three interventions of its own and the school days since the one before', () => {
    fc.assert(
      fc.property(story, (lived) => {
        let calendar = TWO_YEARS;
        for (const { entry, before } of told(live(lived))) {
          if (entry.type === 'calendar-changed') calendar = entry.calendar;
          if (entry.type !== 'referral-accepted') continue;
          const used = before.referrals.flatMap((referral) => [...referral.interventions]);
          expect(used.filter((id) => entry.interventions.includes(id))).toEqual([]);
          expect(new Set(entry.interventions).size).toBeGreaterThanOrEqual(3);
          expect(entry.n).toBe(before.referrals.length + 1);
          if (entry.override === null) expect(entry.newUnexcused.length).toBeGreaterThanOrEqual(1);
          const previous = before.referrals.at(-1);
          // By the calendar as it was known on that day, and by the policy the case went by.
          if (previous) {
            expect(schoolDaysBetween(calendar, previous.on, entry.on)).toBeGreaterThanOrEqual(
              before.policy.referrals.schoolDaysBetween,
            );
          }
        }
      }),
      runs,
    );
  });

  it('schedules a hearing under nine days or without three notices out, or holds or orders after one that lost its count', () => {
    fc.assert(
      fc.property(story, (lived) => {
        for (const { entry, before } of told(live(lived))) {
          if (entry.type === 'hearing-scheduled') {
            expect(entry.count).toBeGreaterThanOrEqual(9);
            // One that was missed and is set again: by the records as they are now, or said to stand.
            const asOf = before.hearing?.scheduledOn ?? entry.on;
            if (before.hearing?.questioned?.stands !== true) {
              expect(unexcusedCount(before, asOf, before.calendar)).toBeGreaterThanOrEqual(9);
            }
            for (const kind of NOTICES) expect(isOut(before, kind)).toBe(true);
          }
          if (entry.type === 'hearing-recorded') {
            const { hearing } = before;
            const count = unexcusedCount(before, hearing!.scheduledOn, before.calendar);
            if (hearing!.questioned?.stands !== true) expect(count).toBeGreaterThanOrEqual(9);
            if (entry.outcome === 'held') expect(hearingLetter(before)?.status).toBe('out');
          }
          if (entry.type === 'order-issued' && before.hearing?.questioned?.stands !== true) {
            const count = unexcusedCount(before, before.hearing!.scheduledOn, before.calendar);
            expect(count).toBeGreaterThanOrEqual(9);
          }
          if (entry.type === 'court-referred') expect(isOut(before, 'order')).toBe(true);
        }
      }),
      runs,
    );
  });

  it('leaves a state that differs from the fold of its entries', () => {
    fc.assert(
      fc.property(story, (lived) => {
        const one = live(lived);
        const folded = evolveAll(one.opened, one.entries);
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
