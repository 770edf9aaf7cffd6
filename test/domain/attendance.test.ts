import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countDropsBelow,
  countUnexcused,
  truantWord,
  unexcusedDates,
  type CountingRules,
  type Mark,
} from '../../domain/attendance.ts';
import { addSchoolDays, indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, isWeekend } from '../../domain/dates.ts';

/** Two school years with a summer between them: 2024-25 has 176 days, as an Illinois year about has. */
const calendar: SchoolCalendar = {
  terms: [
    { from: '2024-08-19', to: '2025-05-30' },
    { from: '2025-08-18', to: '2026-05-29' },
  ],
  closed: [
    ...days('2024-11-25', '2024-11-29'),
    ...days('2024-12-23', '2025-01-03'),
    '2025-02-17',
    '2025-10-13',
  ],
  open: ['2025-02-22'],
};
const index = indexCalendar(calendar);
const rules: CountingRules = {
  windowDays: 180,
  threshold: 9,
  countedCategories: ['unexcused'],
  graceSchoolDays: 0,
};

function days(from: string, to: string): string[] {
  const all: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (!isWeekend(day)) all.push(day);
  return all;
}

function mark(date: string, category: string | null = 'unexcused', fraction = 1, code?: string): Mark {
  return { date, school: 'PEKIN-HS', code: code ?? category ?? 'XYZ', category, fraction };
}

function schoolDates(from: string, n: number): string[] {
  const first = index.schoolDates.findIndex((d) => d >= from);
  return index.schoolDates.slice(first, first + n);
}

const count = (marks: readonly Mark[], asOf: string, more: Partial<CountingRules> = {}) =>
  countUnexcused(marks, index, asOf, { ...rules, ...more }, asOf);

describe('which days count', () => {
  it('nine whole unexcused days reach the threshold, eight and a half do not', () => {
    const nine = schoolDates('2026-01-12', 9).map((d) => mark(d));
    expect(count(nine, '2026-03-02')).toMatchObject({ unexcusedDays: 9, reached: true });
    const almost = [...nine.slice(0, 8), mark('2026-02-20', 'unexcused', 0.5)];
    expect(count(almost, '2026-03-02')).toMatchObject({ unexcusedDays: 8.5, reached: false });
  });

  it.each([
    [18, 1 / 2],
    [36, 1 / 4],
    [27, 1 / 3],
    [27, 130 / 390],
    [63, 1 / 7],
    [90, 39 / 390],
  ])('%i absences of %d of a day are exactly nine days', (n, fraction) => {
    const marks = schoolDates('2025-09-02', n).map((d) => mark(d, 'unexcused', fraction));
    expect(count(marks, '2026-03-02')).toMatchObject({ unexcusedDays: 9, reached: true });
    expect(count(marks.slice(1), '2026-03-02').reached).toBe(false);
  });

  it('a mark on a weekend or a closed day is listed and does not count', () => {
    const result = count([mark('2025-10-12'), mark('2025-10-13'), mark('2025-10-14')], '2025-10-20');
    expect(unexcusedDates(result)).toEqual(['2025-10-14']);
    expect(result.notCounted).toEqual([
      { date: '2025-10-12', code: 'unexcused', reason: 'no school that day (Sunday)' },
      { date: '2025-10-13', code: 'unexcused', reason: 'no school that day' },
    ]);
  });

  it('a make-up Saturday is a school day', () => {
    expect(unexcusedDates(count([mark('2025-02-22')], '2025-03-01'))).toEqual(['2025-02-22']);
  });

  it('excused, tardy and unmapped marks are listed with their reasons', () => {
    const result = count(
      [mark('2025-10-14', 'excused'), mark('2025-10-15', 'tardy', 0.1), mark('2025-10-16', null)],
      '2025-10-20',
    );
    expect(result.unexcusedDays).toBe(0);
    expect(result.notCounted.map((n) => n.reason)).toEqual([
      'excused',
      'tardy: kept apart, not counted',
      'code not mapped: reported, never counted',
    ]);
  });

  it('a mark after the as-of date waits for its day', () => {
    const result = count([mark('2025-10-14'), mark('2025-10-15')], '2025-10-14');
    expect(result.unexcusedDays).toBe(1);
    expect(result.notCounted).toEqual([
      { date: '2025-10-15', code: 'unexcused', reason: 'dated after the as-of date' },
    ]);
  });

  it('a policy that counts tardies counts their fraction', () => {
    const result = count([mark('2025-10-15', 'tardy', 0.25)], '2025-10-20', {
      countedCategories: ['unexcused', 'tardy'],
    });
    expect(result.unexcusedDays).toBe(0.25);
  });
});

describe('the window of 180 attendance days', () => {
  it('does not reset in August', () => {
    const result = count([mark('2025-05-28')], '2025-09-02');
    expect(result.unexcusedDays).toBe(1);
    expect(result.window.attendanceDays).toBe(180);
  });

  it('a day leaves on the 180th school day after it, and the count says so before and after', () => {
    const asOf = '2025-09-02';
    const leaves = addSchoolDays(index, '2025-02-03', 180);
    expect(count([mark('2025-02-03')], asOf).counted[0]?.leavesWindowOn).toBe(leaves);
    expect(count([mark('2025-02-03')], addDays(leaves ?? '', -1)).unexcusedDays).toBe(1);
    const gone = count([mark('2025-02-03')], leaves ?? '');
    expect(gone.unexcusedDays).toBe(0);
    expect(gone.notCounted[0]?.reason).toMatch(/^left the window on \w{3} \d+ \w{3} 2025$/);
  });

  it('says when the calendar is known for only part of it', () => {
    const result = count([mark('2024-08-20')], '2024-10-01');
    expect(result.window.attendanceDays).toBe(32);
    expect(result.notes[0]).toBe(
      'calendar known for only 32 of 180 attendance days; absences before them are left out',
    );
  });

  it('says when a whole year is missing between two calendars', () => {
    const gap = {
      terms: [
        { from: '2022-08-15', to: '2023-05-26' },
        { from: '2025-08-18', to: '2026-05-29' },
      ],
      closed: [],
      open: [],
    };
    const { notes } = countUnexcused([], gap, '2025-10-01', rules, '2025-10-01');
    expect(notes).toEqual([
      'no school day known between Fri 26 May 2023 and Mon 18 Aug 2025: a calendar may be missing',
    ]);
  });

  it('says when attendance is known only up to an earlier day', () => {
    const { notes } = countUnexcused([], index, '2025-10-10', rules, '2025-10-07');
    expect(notes).toEqual(['attendance known up to Tue 7 Oct 2025 only: 3 school days after it not covered']);
    expect(countUnexcused([], index, '2025-10-10', rules, null).notes).toEqual([
      'no attendance has arrived yet',
    ]);
  });

  it('without any calendar nothing counts, and it says so', () => {
    const none = { terms: [], closed: [], open: [] };
    const result = countUnexcused([mark('2025-10-14')], none, '2025-10-20', rules, '2025-10-20');
    expect(result).toMatchObject({ unexcusedDays: 0, window: { from: null, attendanceDays: 0 } });
    expect(result.notCounted[0]?.reason).toBe('the calendar is not known for this day');
  });
});

describe('two marks on one day', () => {
  it('the same mark sent twice counts once', () => {
    const result = count([mark('2025-10-14'), mark('2025-10-14')], '2025-10-20');
    expect(result.unexcusedDays).toBe(1);
    expect(result.notCounted).toEqual([
      { date: '2025-10-14', code: 'unexcused', reason: 'the same mark was sent twice: it counts once' },
    ]);
  });

  it('a whole excused day leaves nothing for an unexcused mark', () => {
    const result = count([mark('2025-10-14'), mark('2025-10-14', 'excused')], '2025-10-20');
    expect(result.unexcusedDays).toBe(0);
    expect(result.notCounted.map((n) => n.reason)).toContain(
      'two marks on this day: it is already taken by "excused"',
    );
  });

  it('half a day excused leaves half for an unexcused whole day', () => {
    const result = count([mark('2025-10-14'), mark('2025-10-14', 'medical', 0.5)], '2025-10-20');
    expect(result.unexcusedDays).toBe(0.5);
    expect(result.notCounted.map((n) => n.reason)).toContain(
      'two marks on this day: only 0.5 of its 1 is left beside "medical"',
    );
  });

  it('two different unexcused marks are never more than one day', () => {
    const result = count(
      [mark('2025-10-14', 'unexcused', 0.5, 'U'), mark('2025-10-14', 'unexcused', 1, 'CT')],
      '2025-10-20',
    );
    expect(result.unexcusedDays).toBe(1);
  });

  it('a tardy does not take part of the day away', () => {
    const result = count([mark('2025-10-14'), mark('2025-10-14', 'tardy', 0.2)], '2025-10-20');
    expect(result.unexcusedDays).toBe(1);
  });
});

describe('a grace for late excuses', () => {
  it('an absence counts from the third school day after it, where three are granted', () => {
    const grace = { graceSchoolDays: 3 };
    // Thursday 9 October; Monday 13 October is closed.
    expect(count([mark('2025-10-09')], '2025-10-14', grace)).toMatchObject({
      unexcusedDays: 0,
      notCounted: [{ reason: 'may still be excused: waits 3 school days, counts from Wed 15 Oct 2025' }],
    });
    expect(count([mark('2025-10-09')], '2025-10-15', grace).unexcusedDays).toBe(1);
  });
});

describe('the day on which the count falls below the threshold', () => {
  it('is the day the first of exactly nine leaves', () => {
    const dates = schoolDates('2025-02-03', 9);
    const marks = dates.map((d) => mark(d));
    expect(countDropsBelow(marks, index, '2025-09-02', rules)).toBe(addSchoolDays(index, '2025-02-03', 180));
  });
  it('is null when it is below already or the calendar does not reach that far', () => {
    expect(countDropsBelow([mark('2025-02-03')], index, '2025-09-02', rules)).toBeNull();
    const late = schoolDates('2026-04-01', 9).map((d) => mark(d));
    expect(countDropsBelow(late, index, '2026-05-01', rules)).toBeNull();
  });
});

describe('the word a count allows', () => {
  const lines = { truantAbove: 1.8, chronicFrom: 9 };
  it.each([
    [0, 'unexcused absences'],
    [1.8, 'unexcused absences'],
    [1.9, 'truant'],
    [8.9999, 'truant'],
    [9, 'chronic or habitual truant'],
  ])('%d days: %s', (unexcusedDays, word) => {
    expect(truantWord({ unexcusedDays }, lines)).toBe(word);
  });
});

/** The rule said once more, slowly and without sharing code: walks back day by day and adds up. */
function naiveRecount(marks: readonly Mark[], asOf: string, windowDays: number, grace: number): number {
  const isSchool = (d: string) =>
    calendar.open.includes(d) ||
    (!isWeekend(d) && calendar.terms.some((t) => t.from <= d && d <= t.to) && !calendar.closed.includes(d));
  let seen = 0;
  let total = 0;
  for (let day = asOf; day >= '2024-08-01' && seen < windowDays; day = addDays(day, -1)) {
    if (!isSchool(day)) continue;
    seen += 1;
    if (seen <= grace) continue;
    const keys = new Set<string>();
    let taken = 0;
    let unexcused = 0;
    for (const m of marks) {
      const key = JSON.stringify([m.code, m.category, m.fraction, m.school]);
      if (m.date !== day || keys.has(key)) continue;
      keys.add(key);
      if (m.category === 'unexcused') unexcused += m.fraction;
      else if (m.category === 'excused' || m.category === 'medical') taken += m.fraction;
    }
    total += Math.min(unexcused, Math.max(0, 1 - taken));
  }
  return total;
}

const anyMark = fc.record({
  date: fc.integer({ min: 0, max: 640 }).map((n) => addDays('2024-08-12', n)),
  school: fc.constantFrom('A', 'B'),
  code: fc.constantFrom('U', 'CT', 'E', 'M', 'T', '?'),
  category: fc.constantFrom('unexcused', 'excused', 'medical', 'tardy', 'unknown', null),
  fraction: fc.constantFrom(1, 0.5, 0.25, 1 / 3, 2 / 3, 130 / 390),
});

describe('for any marks', () => {
  it('the count is what a slow recount finds, in whatever order they came', () => {
    fc.assert(
      fc.property(
        fc.array(anyMark, { maxLength: 60 }),
        fc.integer({ min: 20, max: 650 }).map((n) => addDays('2024-08-12', n)),
        fc.constantFrom(180, 40, 5),
        fc.constantFrom(0, 3),
        (marks, asOf, windowDays, graceSchoolDays) => {
          const result = count(marks, asOf, { windowDays, graceSchoolDays });
          expect(result.unexcusedDays).toBeCloseTo(naiveRecount(marks, asOf, windowDays, graceSchoolDays), 3);
          expect(result.unexcusedDays).toBeCloseTo(
            result.counted.reduce((s, c) => s + c.fraction, 0),
            3,
          );
          expect(count([...marks].reverse(), asOf, { windowDays, graceSchoolDays })).toEqual(result);
          for (const day of result.counted) expect(day.fraction).toBeLessThanOrEqual(1);
          // Nothing vanishes: each mark is counted or listed with a reason.
          expect(result.counted.length + result.notCounted.length).toBeGreaterThanOrEqual(marks.length);
        },
      ),
    );
  });

  it('the drop date is the first school day on which a recount without news is below the threshold', () => {
    const low = { ...rules, threshold: 3, windowDays: 40 };
    fc.assert(
      fc.property(fc.array(anyMark, { maxLength: 80 }), fc.constantFrom(0, 2), (marks, graceSchoolDays) => {
        const asOf = '2025-09-15';
        const r = { ...low, graceSchoolDays };
        const known = marks.filter((m) => m.date <= asOf);
        const drops = countDropsBelow(marks, index, asOf, r);
        if (!countUnexcused(known, index, asOf, r, asOf).reached) {
          expect(drops).toBeNull();
          return;
        }
        const first = index.schoolDates.find(
          (d) => d > asOf && !countUnexcused(known, index, d, r, d).reached,
        );
        expect(drops).toBe(first ?? null);
      }),
    );
  });
});
