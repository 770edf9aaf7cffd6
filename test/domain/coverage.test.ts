/** Silence is not presence: whose attendance is known when, across a transfer and while a school says nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeCalendars, indexCalendar, isSchoolDay, schoolDays } from '../../domain/calendar.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { coverageNotes } from '../../domain/coverage-notes.ts';
import {
  addCoverage,
  composeCoverage,
  isCovered,
  isSilenceOver,
  knownUpTo,
  silence,
  uncoveredSchoolDays,
  type Coverage,
  type CoverageSegment,
} from '../../domain/coverage.ts';
import { addDays, daysBetween } from '../../domain/dates.ts';

/** Mon 18 August 2025 to Fri 29 May 2026 after a summer; Columbus Day and two weeks in winter without school. */
const YEAR: SchoolCalendar = {
  terms: [
    { from: '2024-08-19', to: '2025-05-30' },
    { from: '2025-08-18', to: '2025-12-19' },
    { from: '2026-01-05', to: '2026-05-29' },
  ],
  closed: ['2025-10-13'],
  open: [],
};
const cal = indexCalendar(YEAR);
const known = (from: string, to: string): Coverage => [{ from, to }];

describe('a student’s coverage', () => {
  it('is the school’s own where there was only one', () => {
    const coverage = [
      { from: '2025-08-18', to: '2025-09-05' },
      { from: '2025-09-15', to: '2025-10-10' },
    ];
    expect(composeCoverage([{ coverage }])).toEqual(coverage);
  });

  it('across a transfer is, day by day, that of the school then attended', () => {
    const old = known('2025-08-18', '2025-10-10');
    const later = known('2025-09-01', '2025-10-03');
    const moved = composeCoverage([
      { coverage: old, to: '2025-09-14' },
      { coverage: later, from: '2025-09-15' },
    ]);
    // The old school goes on telling of its own pupils; of this one only the new school can.
    expect(moved).toEqual([{ from: '2025-08-18', to: '2025-10-03' }]);
  });

  it('has a gap where the new school has said nothing yet, however much the old one says', () => {
    const moved = composeCoverage([
      { coverage: known('2025-08-18', '2025-10-10'), to: '2025-09-14' },
      { coverage: known('2025-09-22', '2025-10-03'), from: '2025-09-15' },
    ]);
    expect(isCovered(moved, '2025-09-12')).toBe(true);
    expect(isCovered(moved, '2025-09-17')).toBe(false);
    expect(knownUpTo(moved)).toBe('2025-10-03');
    const silent = [
      { coverage: known('2025-08-18', '2025-10-10'), to: '2025-09-14' },
      { coverage: [], from: '2025-09-15' },
    ];
    expect(knownUpTo(composeCoverage(silent))).toBe('2025-09-14');
  });

  it('holds on each day exactly what the enrolment of that day holds, as the composed calendar does', () => {
    const day = (n: number) => addDays('2025-08-18', n);
    const span = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }));
    const segment = fc.record({
      covered: fc.array(span, { maxLength: 3 }),
      from: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      days: fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (drawn) => {
        const segments: CoverageSegment[] = drawn.map(({ covered, from, days }) => ({
          coverage: covered.reduce<Coverage>((all, [a, n]) => addCoverage(all, day(a), day(a + n)), []),
          from: from === undefined ? undefined : day(from),
          to: days === undefined ? undefined : day((from ?? 0) + days),
        }));
        const composed = composeCoverage(segments);
        // The same choice of enrolment, asked of the calendars: a term of one day marks who holds it.
        for (let n = 0; n <= 80; n += 1) {
          const date = day(n);
          const holding = segments.filter(
            (_, owner) =>
              composeCalendars(
                segments.map((s, i) => ({
                  from: s.from,
                  to: s.to,
                  calendar: { terms: [], closed: [], open: i === owner ? [date] : [] },
                })),
              ).open.length === 1,
          );
          expect(isCovered(composed, date)).toBe(holding.some((s) => isCovered(s.coverage, date)));
        }
        for (const [i, part] of composed.entries()) {
          const next = composed[i + 1];
          if (next) expect(daysBetween(part.to, next.from)).toBeGreaterThan(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a school of which nothing arrives', () => {
  it('is silent from the third school day on, counted up to yesterday', () => {
    const coverage = known('2025-08-18', '2025-10-09');
    // Fri 10 October, then Columbus Day: on Wed 15 only two school days are missing.
    expect(silence(coverage, cal, '2025-10-14', 3)).toBeNull();
    expect(silence(coverage, cal, '2025-10-15', 3)).toEqual({ since: '2025-10-10', schoolDays: 3 });
  });

  it('is not silent because of a summer, a break or a weekend', () => {
    const twoYears = [...known('2024-08-19', '2025-05-30'), ...known('2025-08-18', '2025-12-19')];
    expect(uncoveredSchoolDays(twoYears, cal, '2026-01-04')).toEqual([]);
    expect(silence(twoYears, cal, '2026-01-06', 3)).toBeNull();
    expect(silence(twoYears, cal, '2026-01-07', 3)).toEqual({ since: '2026-01-05', schoolDays: 3 });
  });

  it('a snow day announced afterwards is not missing', () => {
    const snow = indexCalendar({ ...YEAR, closed: ['2025-10-13', '2025-10-14'] });
    expect(silence(known('2025-08-18', '2025-10-09'), snow, '2025-10-15', 3)).toBeNull();
  });

  it('is told of a stretch in the middle as well; single days are listed, not told', () => {
    const holes = [
      { from: '2025-08-18', to: '2025-09-05' },
      { from: '2025-09-09', to: '2025-09-12' },
      { from: '2025-09-20', to: '2025-10-14' },
    ];
    expect(uncoveredSchoolDays(holes, cal, '2025-10-14')).toEqual([
      '2025-09-08',
      ...['2025-09-15', '2025-09-16', '2025-09-17', '2025-09-18', '2025-09-19'],
    ]);
    expect(silence(holes, cal, '2025-10-14', 3)).toEqual({ since: '2025-09-15', schoolDays: 5 });
    expect(silence(holes, cal, '2025-10-14', 6)).toBeNull();
  });

  it('that has never said anything is expected from the beginning of the term, not before', () => {
    expect(silence([], cal, '2025-08-19', 3)).toBeNull();
    expect(silence([], cal, '2025-08-20', 3)).toEqual({ since: '2025-08-18', schoolDays: 3 });
    expect(silence([], cal, '2025-07-15', 3)).toBeNull();
  });

  it('what was before its first file is no gap', () => {
    expect(uncoveredSchoolDays(known('2025-10-01', '2025-10-03'), cal, '2025-10-06')).toEqual(['2025-10-06']);
  });

  it('is over when its days are known, not when a single one is', () => {
    const since = '2025-10-10';
    const over = (coverage: Coverage) => isSilenceOver(since, coverage, cal, '2025-10-16');
    expect(over(known('2025-08-18', '2025-10-09'))).toBe(false);
    expect(over(known('2025-08-18', '2025-10-14'))).toBe(false);
    expect(over(known('2025-08-18', '2025-10-16'))).toBe(true);
    expect(over([])).toBe(false);
    // A day missing long before has nothing to do with it.
    expect(over([...known('2025-08-18', '2025-09-01'), ...known('2025-09-03', '2025-10-16')])).toBe(true);
  });

  it('whatever is known, uncovered and covered school days together are all of them, and a silence is uncovered throughout', () => {
    const day = (n: number) => addDays('2025-08-18', n);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(120), fc.nat(15)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        (spans, tellAfter) => {
          const coverage = spans.reduce<Coverage>((all, [a, n]) => addCoverage(all, day(a), day(a + n)), []);
          const upTo = day(130);
          const missing = uncoveredSchoolDays(coverage, cal, upTo, 10_000);
          const all = schoolDays(cal, coverage[0]?.from ?? '', upTo);
          expect([...missing, ...all.filter((date) => isCovered(coverage, date))].sort()).toEqual(all);
          for (const date of missing) expect(isSchoolDay(cal, date)).toBe(true);
          const told = silence(coverage, cal, upTo, tellAfter);
          if (told) {
            const at = missing.indexOf(told.since);
            expect(missing.slice(at, at + told.schoolDays)).toHaveLength(told.schoolDays);
            expect(told.schoolDays).toBeGreaterThanOrEqual(tellAfter);
          }
          // Everything known: nobody is silent any more.
          const whole = addCoverage(coverage, coverage[0]?.from ?? upTo, upTo);
          expect(silence(whole, cal, upTo, tellAfter)).toBeNull();
          if (told) expect(isSilenceOver(told.since, whole, cal, upTo)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('beside a count', () => {
  const thisYear = indexCalendar({ ...YEAR, terms: YEAR.terms.slice(1) });
  const notes = (coverage: Coverage, asOf = '2025-10-10') => coverageNotes(coverage, thisYear, asOf, 180);

  it('stands what nobody has reported on: before attendance began to arrive, and in between', () => {
    expect(notes([{ from: '2025-08-18', to: '2025-10-10' }])).toEqual([]);
    expect(notes([{ from: '2025-08-20', to: '2025-10-08' }])).toEqual([
      'attendance known from Wed 20 Aug 2025 on; 2 school days of the window before it not covered',
    ]);
    const gaps = [
      { from: '2025-08-18', to: '2025-09-12' },
      { from: '2025-09-16', to: '2025-09-24' },
      { from: '2025-09-29', to: '2025-10-10' },
    ];
    expect(notes(gaps)).toEqual([
      'attendance not known for 3 school days between Mon 15 Sep 2025 and Fri 26 Sep 2025',
    ]);
    expect(notes(gaps, '2025-09-22')).toEqual(['attendance of Mon 15 Sep 2025 not known']);
  });

  it('stands nothing where nothing has arrived: that is said already', () => {
    expect(notes([])).toEqual([]);
  });
});
