/** School-day arithmetic, by example and against a day-by-day reckoning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMakeUpDay,
  addSchoolDays,
  checkCalendar,
  closeDay,
  composeCalendars,
  diffCalendars,
  indexCalendar,
  isSchoolDay,
  leavesWindowOn,
  mergeYears,
  nextSchoolDay,
  reopen,
  schoolDays,
  schoolDaysBetween,
  window,
} from '../../domain/calendar.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, isWeekend } from '../../domain/dates.ts';

const lastYear: SchoolCalendar = {
  terms: [{ from: '2023-08-21', to: '2024-05-30' }],
  closed: ['2023-09-04', '2023-11-23', '2023-11-24'],
  open: [],
};
const thisYear: SchoolCalendar = {
  terms: [{ from: '2024-08-19', to: '2025-05-29' }],
  closed: ['2024-09-02', '2024-11-28', '2024-11-29'],
  open: ['2025-06-02'],
};
const bothYears = mergeYears(lastYear, thisYear);

describe('a second referral is possible on the 7th school day after the first', () => {
  it('counts the school day after the referral as day 1, over the weekend', () => {
    expect(addSchoolDays(thisYear, '2024-10-01', 7)).toBe('2024-10-10');
  });
  it('a snow day in between moves it out', () => {
    expect(addSchoolDays(closeDay(thisYear, '2024-10-03'), '2024-10-01', 7)).toBe('2024-10-11');
  });
  it('a make-up day in between moves it in', () => {
    expect(addSchoolDays(addMakeUpDay(thisYear, '2024-10-05'), '2024-10-01', 7)).toBe('2024-10-09');
  });
  it('is not known when the calendar ends before it', () => {
    expect(addSchoolDays(thisYear, '2025-05-28', 7)).toBeUndefined();
    expect(addSchoolDays(thisYear, '2025-05-28', 2)).toBe('2025-06-02');
  });
  it('refuses a number of days that is none', () => {
    expect(() => addSchoolDays(thisYear, '2024-10-01', -1)).toThrow(/whole number/);
    expect(() => addSchoolDays(thisYear, '2024-10-01', 1.5)).toThrow(/whole number/);
  });
});

describe('the window of the last 180 attendance days', () => {
  it('does not reset in August: it reaches into last year', () => {
    const w = window(bothYears, '2024-10-01');
    expect(w).toMatchObject({ to: '2024-10-01', attendanceDays: 180, complete: true });
    expect(w.from?.slice(0, 4)).toBe('2023');
  });
  it('says so when the calendar does not reach back far enough', () => {
    expect(window(thisYear, '2024-08-23')).toEqual({
      from: '2024-08-19',
      to: '2024-08-23',
      attendanceDays: 5,
      complete: false,
    });
    expect(window(thisYear, '2024-08-01')).toEqual({
      from: undefined,
      to: '2024-08-01',
      attendanceDays: 0,
      complete: false,
    });
  });
  it('a day leaves it on the 180th school day after it', () => {
    const leaves = leavesWindowOn(bothYears, '2024-01-08');
    expect(leaves).toBeDefined();
    expect(schoolDaysBetween(bothYears, '2024-01-08', leaves ?? '')).toBe(180);
  });
});

describe('changes in the middle of a year', () => {
  it('closing a make-up day takes it away, closing a Sunday changes nothing', () => {
    expect(closeDay(thisYear, '2025-06-02').open).toEqual([]);
    expect(closeDay(thisYear, '2024-10-06')).toBe(thisYear);
  });
  it('a closure taken back leaves the calendar as it was', () => {
    expect(reopen(closeDay(thisYear, '2024-10-03'), '2024-10-03')).toEqual(thisYear);
  });
  it('a make-up day may be held in a break', () => {
    const cal = addMakeUpDay(thisYear, '2024-11-29');
    expect(isSchoolDay(cal, '2024-11-29')).toBe(true);
    expect(checkCalendar(cal)).toEqual([]);
  });
  it('shows only what really changed', () => {
    const after = addMakeUpDay(closeDay(thisYear, '2025-01-06'), '2025-05-30');
    expect(diffCalendars(thisYear, after)).toEqual({ closed: ['2025-01-06'], opened: ['2025-05-30'] });
    expect(diffCalendars(thisYear, { ...thisYear })).toEqual({ closed: [], opened: [] });
  });
});

describe('a student who changes schools', () => {
  const other: SchoolCalendar = {
    terms: [{ from: '2024-09-03', to: '2025-06-06' }],
    closed: ['2024-10-14'],
    open: [],
  };
  it('has each day counted on the calendar of the school then attended', () => {
    const own = composeCalendars([
      { calendar: thisYear, to: '2024-10-11' },
      { calendar: other, from: '2024-10-12' },
    ]);
    expect(checkCalendar(own)).toEqual([]);
    expect(isSchoolDay(own, '2024-08-20')).toBe(true);
    expect(isSchoolDay(own, '2024-10-14')).toBe(false);
    expect(isSchoolDay(own, '2024-11-28')).toBe(true);
    expect(isSchoolDay(own, '2025-06-02')).toBe(true);
  });
  it('is on the new calendar on the day both schools claim', () => {
    const own = composeCalendars([
      { calendar: thisYear, to: '2024-10-14' },
      { calendar: other, from: '2024-10-14' },
    ]);
    expect(isSchoolDay(own, '2024-10-14')).toBe(false);
  });
  it('returns to the first school after some weeks elsewhere', () => {
    const own = composeCalendars([
      { calendar: thisYear },
      { calendar: other, from: '2024-10-07', to: '2024-10-18' },
    ]);
    expect(isSchoolDay(own, '2024-10-14')).toBe(false);
    expect(isSchoolDay(own, '2024-11-28')).toBe(false);
    expect(checkCalendar(own)).toEqual([]);
  });
});

describe('faults of a calendar from outside', () => {
  it('are all named', () => {
    expect(
      checkCalendar({
        terms: [
          { from: '2024-08-19', to: '2025-05-29' },
          { from: '2025-05-01', to: '2025-04-01' },
        ],
        closed: ['2024-09-02', '2024-09-02', '2024-09-01', '2026-01-01'],
        open: ['2024-09-03'],
      }),
    ).toHaveLength(7);
    expect(checkCalendar({ terms: [{ from: '2024-02-30', to: 'x' }], closed: [], open: [] })).toHaveLength(2);
    expect(checkCalendar({ terms: [], closed: [], open: [] })).toEqual(['has no school day']);
  });
  it('two calendars for one year do not merge', () => {
    expect(() => mergeYears(thisYear, thisYear)).toThrow(/overlap/);
  });
});

/** Any calendar that keeps its contract, over two years. */
const calendars = fc
  .record({
    start: fc.integer({ min: 0, max: 200 }),
    lengths: fc.tuple(fc.integer({ min: 3, max: 250 }), fc.integer({ min: 3, max: 250 })),
    summer: fc.integer({ min: 1, max: 90 }),
    closures: fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 40 }),
    makeUps: fc.array(fc.integer({ min: -10, max: 620 }), { maxLength: 6 }),
  })
  .map(({ start, lengths, summer, closures, makeUps }) => {
    const first = addDays('2023-06-01', start);
    const end = addDays(first, lengths[0]);
    const second = addDays(end, summer);
    let cal: SchoolCalendar = {
      terms: [
        { from: first, to: end },
        { from: second, to: addDays(second, lengths[1]) },
      ],
      closed: [],
      open: [],
    };
    for (const c of closures) cal = closeDay(cal, addDays(first, c));
    for (const m of makeUps) cal = addMakeUpDay(cal, addDays(first, m));
    return cal;
  })
  .filter((cal) => indexCalendar(cal).schoolDates.length > 0);

const dates = fc.integer({ min: -30, max: 900 }).map((n) => addDays('2023-06-01', n));

/** The definition, word for word, without any cleverness. */
function naive(cal: SchoolCalendar, date: string): boolean {
  if (cal.open.includes(date)) return true;
  return (
    !isWeekend(date) && cal.terms.some((t) => t.from <= date && date <= t.to) && !cal.closed.includes(date)
  );
}

function naiveList(cal: SchoolCalendar, from: string, to: string): string[] {
  const list: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (naive(cal, day)) list.push(day);
  return list;
}

describe('against a day-by-day reckoning', () => {
  const BEGIN = '2023-01-01';
  const FINISH = '2026-06-30';
  it('agrees on every question, with and without an index', () => {
    fc.assert(
      fc.property(calendars, dates, dates, fc.integer({ min: 1, max: 200 }), (cal, a, b, n) => {
        expect(checkCalendar(cal)).toEqual([]);
        const [from, to] = a <= b ? [a, b] : [b, a];
        const after = naiveList(cal, addDays(a, 1), FINISH);
        const upTo = naiveList(cal, BEGIN, a);
        for (const c of [cal, indexCalendar(cal)]) {
          expect(isSchoolDay(c, a)).toBe(naive(cal, a));
          expect(schoolDays(c, from, to)).toEqual(naiveList(cal, from, to));
          expect(schoolDaysBetween(c, from, to)).toBe(naiveList(cal, addDays(from, 1), to).length);
          expect(addSchoolDays(c, a, n)).toBe(after[n - 1]);
          expect(nextSchoolDay(c, a)).toBe(after[0]);
          expect(leavesWindowOn(c, a, n)).toBe(after[n - 1]);
          const w = window(c, a, n);
          const last = upTo.slice(-n);
          expect(w).toEqual({
            from: last[0],
            to: a,
            attendanceDays: last.length,
            complete: last.length === n,
          });
        }
      }),
      { numRuns: 60 },
    );
  });
  it('a day is in the window until the day it leaves, never after', () => {
    fc.assert(
      fc.property(calendars, dates, fc.integer({ min: 1, max: 180 }), (cal, date, n) => {
        const index = indexCalendar(cal);
        const leaves = leavesWindowOn(index, date, n);
        fc.pre(leaves !== undefined && isSchoolDay(index, date));
        expect((window(index, leaves, n).from ?? '') > date).toBe(true);
        expect((window(index, addDays(leaves, -1), n).from ?? '') <= date).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
  it('a composed calendar has on each day what the school then attended has', () => {
    fc.assert(
      fc.property(calendars, calendars, dates, (first, second, move) => {
        const own = composeCalendars([
          { calendar: first, to: addDays(move, -1) },
          { calendar: second, from: move },
        ]);
        expect(naiveList(own, BEGIN, FINISH)).toEqual([
          ...naiveList(first, BEGIN, addDays(move, -1)),
          ...naiveList(second, move, FINISH),
        ]);
      }),
      { numRuns: 40 },
    );
  });
  it('the difference of two calendars, applied to the first, gives the second', () => {
    fc.assert(
      fc.property(calendars, fc.array(dates, { maxLength: 8 }), (before, touched) => {
        const after = touched.reduce((c, d, i) => (i % 2 ? closeDay(c, d) : addMakeUpDay(c, d)), before);
        const { closed, opened } = diffCalendars(before, after);
        const again = opened.reduce(addMakeUpDay, closed.reduce(closeDay, before));
        expect(indexCalendar(again).schoolDates).toEqual(indexCalendar(after).schoolDates);
      }),
      { numRuns: 40 },
    );
  });
});
