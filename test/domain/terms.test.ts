/** Which days lie between two terms, by example and against a day-by-day reckoning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSchoolDay, mergeYears, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays } from '../../domain/dates.ts';
import { betweenTerms, termBegan } from '../../domain/terms.ts';

const christmas = Array.from({ length: 14 }, (_, n) => addDays('2024-12-23', n)).filter(
  (date) => ![6, 0].includes(new Date(`${date}T00:00:00Z`).getUTCDay()),
);
const thisYear: SchoolCalendar = {
  terms: [{ from: '2024-08-19', to: '2025-05-29' }],
  closed: ['2024-09-02', ...christmas],
  open: [],
};
const nextYear: SchoolCalendar = {
  terms: [{ from: '2025-08-18', to: '2026-05-28' }],
  closed: [],
  open: [],
};

describe('a date lies between terms', () => {
  it('in the summer, from the day after the last school day to the day before the first', () => {
    const both = mergeYears(thisYear, nextYear);
    const summer = { lastSchoolDay: '2025-05-29', nextSchoolDay: '2025-08-18' };
    expect(betweenTerms(both, '2025-05-30', 21)).toEqual(summer);
    expect(betweenTerms(both, '2025-07-04', 21)).toEqual(summer);
    expect(betweenTerms(both, '2025-08-17', 21)).toEqual(summer);
    expect(betweenTerms(both, '2025-05-29', 21)).toBeNull();
    expect(betweenTerms(both, '2025-08-18', 21)).toBeNull();
  });
  it('not in a Christmas break of 16 days, when the office says 21', () => {
    expect(betweenTerms(thisYear, '2024-12-27', 21)).toBeNull();
    expect(betweenTerms(thisYear, '2024-12-27', 17)).toBeNull();
    expect(betweenTerms(thisYear, '2024-12-27', 16)).toEqual({
      lastSchoolDay: '2024-12-20',
      nextSchoolDay: '2025-01-06',
    });
  });
  it('not on a weekend or a holiday', () => {
    expect(betweenTerms(thisYear, '2024-10-05', 21)).toBeNull();
    expect(betweenTerms(thisYear, '2024-09-02', 21)).toBeNull();
  });
  it('the day after the last known school day, when the next year is not known', () => {
    expect(betweenTerms(thisYear, '2025-05-30', 21)).toEqual({
      lastSchoolDay: '2025-05-29',
      nextSchoolDay: null,
    });
  });
  it('before the first known school day', () => {
    expect(betweenTerms(nextYear, '2025-08-17', 21)).toEqual({
      lastSchoolDay: null,
      nextSchoolDay: '2025-08-18',
    });
  });
  it('never where no school day is known at all', () => {
    expect(betweenTerms({ terms: [], closed: [], open: [] }, '2025-07-04', 21)).toBeNull();
  });
});

describe('a school year has begun', () => {
  const both = mergeYears(thisYear, nextYear);
  it('on the first school day after the summer, for the weeks after it', () => {
    expect(termBegan(both, '2025-08-18', 21)).toBe('2025-08-18');
    expect(termBegan(both, '2025-09-06', 21)).toBe('2025-08-18');
    expect(termBegan(both, '2025-10-17', 21)).toBe('2025-08-18');
    expect(termBegan(both, '2025-10-18', 21)).toBeNull();
  });
  it('not by a Christmas break, not in summer, not where nothing is known before', () => {
    expect(termBegan(both, '2025-01-07', 21)).toBeNull();
    expect(termBegan(both, '2025-07-04', 21)).toBeNull();
    expect(termBegan(nextYear, '2025-08-20', 21)).toBeNull();
  });
});

describe('as one would count on a wall calendar', () => {
  it('for any closures and make-up days', () => {
    const from = '2025-01-01';
    const day = fc.integer({ min: 0, max: 89 }).map((n) => addDays(from, n));
    fc.assert(
      fc.property(
        fc.uniqueArray(day),
        fc.uniqueArray(day),
        day,
        fc.integer({ min: 3, max: 30 }),
        (closed, open, date, gap) => {
          const cal: SchoolCalendar = {
            terms: [
              { from: '2025-01-06', to: '2025-02-07' },
              { from: '2025-03-03', to: '2025-03-28' },
            ],
            closed: [...closed].sort(),
            open: [...open].sort(),
          };
          const answer = betweenTerms(cal, date, gap);
          let without = 0;
          let [last, next] = ['', ''];
          for (let d = date; d >= from && last === ''; d = addDays(d, -1)) {
            if (isSchoolDay(cal, d)) last = d;
            else without += 1;
          }
          for (let d = addDays(date, 1); d < '2025-04-10' && next === ''; d = addDays(d, 1)) {
            if (isSchoolDay(cal, d)) next = d;
            else without += 1;
          }
          const known = last !== '' && next !== '';
          if (last === date || (last === '' && next === '') || (known && without < gap)) {
            expect(answer).toBeNull();
          } else {
            expect(answer).toEqual({ lastSchoolDay: last || null, nextSchoolDay: next || null });
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
