/** Years of calendars side by side: a new one never drops an old one, and a count reaches back over both. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUnexcused, type CountingRules, type Mark } from '../../domain/attendance.ts';
import { calendarNotes } from '../../domain/calendar-notes.ts';
import { followDistrict, takeOverYears } from '../../domain/calendar-years.ts';
import {
  addMakeUpDay,
  checkCalendar,
  closeDay,
  composeCalendars,
  indexCalendar,
  isSchoolDay,
  schoolDays,
  window,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { addDays } from '../../domain/dates.ts';

const year = (from: string, to: string, ...closed: string[]): SchoolCalendar => ({
  terms: [{ from, to }],
  closed,
  open: [],
});
const LAST = year('2024-08-19', '2025-05-30', '2024-11-28', '2024-11-29');
const THIS = year('2025-08-18', '2026-05-29', '2025-11-27', '2025-11-28');
const NEXT = year('2026-08-17', '2027-05-28');

const over = (before: SchoolCalendar, fresh: SchoolCalendar): SchoolCalendar => {
  const taken = takeOverYears(before, fresh);
  if (!taken) throw new Error('nothing to take over');
  expect(checkCalendar(taken)).toEqual([]);
  return taken;
};
const days = (calendar: SchoolCalendar, from: string, to: string) => schoolDays(calendar, from, to).length;

describe('next year’s calendar', () => {
  it('comes beside last year’s, in any order', () => {
    const both = over(LAST, THIS);
    expect(both.terms).toEqual([...LAST.terms, ...THIS.terms]);
    expect(both.closed).toEqual([...LAST.closed, ...THIS.closed]);
    expect(over(THIS, LAST)).toEqual(both);
  });
  it('taken over again changes nothing', () => {
    const both = over(LAST, THIS);
    expect(over(both, THIS)).toEqual(both);
    expect(over(both, LAST)).toEqual(both);
  });
  it('with days of its own keeps those added to the year before', () => {
    const made = addMakeUpDay(closeDay(LAST, '2025-01-10'), '2025-06-02');
    const both = over(made, THIS);
    expect(isSchoolDay(both, '2025-01-10')).toBe(false);
    expect(isSchoolDay(both, '2025-06-02')).toBe(true);
  });
});

describe('a year published anew', () => {
  it('that ends a week sooner has no school in that week', () => {
    const shorter = over(over(LAST, THIS), year('2025-08-18', '2026-05-22', '2025-11-27', '2025-11-28'));
    expect(days(shorter, '2026-05-23', '2026-07-31')).toBe(0);
    expect(days(shorter, '2024-08-01', '2025-07-31')).toBe(days(LAST, '2024-08-01', '2025-07-31'));
  });
  it('that begins two days later has no school on those', () => {
    const later = over(over(LAST, THIS), year('2025-08-20', '2026-05-29'));
    expect(days(later, '2025-07-01', '2025-08-19')).toBe(0);
  });
  it('keeps the make-up day added by hand after its last day', () => {
    const made = addMakeUpDay(THIS, '2026-06-01');
    expect(isSchoolDay(over(made, year('2025-08-18', '2026-05-29')), '2026-06-01')).toBe(true);
  });
  it('a file of one term says nothing of the other', () => {
    const spring = over(THIS, year('2026-01-06', '2026-05-22'));
    expect(days(spring, '2025-08-01', '2025-12-31')).toBe(days(THIS, '2025-08-01', '2025-12-31'));
    expect(days(spring, '2026-05-23', '2026-07-31')).toBe(0);
    const two = { ...THIS, terms: [{ from: '2025-08-18', to: '2025-12-19' }], closed: [] };
    expect(over(two, year('2026-01-06', '2026-05-29')).terms).toHaveLength(2);
  });
  it('without a term is no calendar', () => {
    expect(takeOverYears(LAST, { terms: [], closed: [], open: ['2025-06-02'] })).toBeNull();
  });
});

describe('a school with a calendar of its own', () => {
  it('that went along with the district gets the district’s next year', () => {
    const own = closeDay(THIS, '2026-01-12');
    const followed = followDistrict(own, THIS, NEXT);
    expect(days(followed, '2026-08-01', '2027-07-31')).toBe(days(NEXT, '2026-08-01', '2027-07-31'));
    expect(isSchoolDay(followed, '2026-01-12')).toBe(false);
  });
  it('keeps the next year it has brought in itself', () => {
    const own = over(THIS, year('2026-08-24', '2027-06-04'));
    expect(followDistrict(own, THIS, NEXT)).toEqual(own);
  });
  it('takes over only the days really changed, where it differs', () => {
    const own = closeDay(THIS, '2026-01-12');
    const followed = followDistrict(own, THIS, closeDay(THIS, '2026-02-03'));
    expect(followed).toEqual(closeDay(own, '2026-02-03'));
  });
  it('takes over the year published anew, where it does not', () => {
    const fresh = year('2025-08-18', '2026-05-22');
    expect(followDistrict(over(LAST, THIS), over(LAST, THIS), fresh)).toEqual(over(over(LAST, THIS), fresh));
  });
});

const RULES: CountingRules = {
  windowDays: 180,
  threshold: 9,
  countedCategories: ['unexcused'],
  graceSchoolDays: 0,
};
const mark = (date: string, school = 'HS'): Mark => ({
  date,
  school,
  code: 'U',
  category: 'unexcused',
  fraction: 1,
});

describe('nothing resets in August', () => {
  const both = indexCalendar(over(LAST, THIS));
  const spring = ['2025-03-03', '2025-03-10', '2025-04-07', '2025-05-05', '2025-05-28'].map((one) =>
    mark(one),
  );

  it('the days of last spring count on the first day of school as on the last', () => {
    const [may, august] = ['2025-05-30', '2025-08-18'].map((asOf) =>
      countUnexcused(spring, both, asOf, RULES, asOf),
    );
    expect(may?.unexcusedDays).toBe(5);
    expect(august).toMatchObject({ unexcusedDays: 5, window: { attendanceDays: 180 }, notes: [] });
    expect(august?.window.from?.slice(0, 4)).toBe('2024');
  });
  it('they leave one by one, each on the 180th school day after it', () => {
    const count = countUnexcused(spring, both, '2025-08-18', RULES, null);
    for (const { date, leavesWindowOn } of count.counted) {
      expect(schoolDays(both, addDays(date, 1), leavesWindowOn ?? '')).toHaveLength(180);
      const on = countUnexcused(spring, both, leavesWindowOn ?? '', RULES, null);
      expect(on.counted.map((one) => one.date)).not.toContain(date);
      const dayBefore = countUnexcused(spring, both, addDays(leavesWindowOn ?? '', -1), RULES, null);
      expect(dayBefore.counted.map((one) => one.date)).toContain(date);
    }
  });
  it('across schools, each year on the calendar of the school then attended', () => {
    const middle = closeDay(LAST, '2025-03-10');
    const cal = composeCalendars([
      { calendar: over(middle, year('2025-08-11', '2026-06-05')), to: '2025-07-31' },
      { calendar: over(LAST, THIS), from: '2025-08-01' },
    ]);
    const marks = spring.map((one) => ({ ...one, school: 'MS' }));
    const count = countUnexcused([...marks, mark('2025-08-19')], cal, '2025-08-20', RULES, null);
    // 10 March was a snow day at the middle school, and nobody was at either on 11 August.
    expect(count.unexcusedDays).toBe(5);
    expect(count.counted.map((one) => one.school)).toEqual(['MS', 'MS', 'MS', 'MS', 'HS']);
    expect(isSchoolDay(cal, '2025-08-11')).toBe(false);
    expect(count).toMatchObject({ window: { attendanceDays: 180 } });
  });
  it('for any marks: the count of the summer is that of the last school day', () => {
    const dates = schoolDays(both, '2024-08-01', '2025-07-31');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...dates), { maxLength: 30 }),
        fc.integer({ min: 0, max: 79 }),
        (chosen, later) => {
          const marks = chosen.map((one) => mark(one));
          const may = countUnexcused(marks, both, '2025-05-30', RULES, null);
          const summer = countUnexcused(marks, both, addDays('2025-05-30', later), RULES, null);
          expect(summer.counted).toEqual(may.counted);
        },
      ),
    );
  });
});

describe('a missing calendar is said', () => {
  it('where it does not reach back over the window', () => {
    expect(calendarNotes(THIS, '2025-09-05', 180)).toEqual([
      'calendar known for only 15 of 180 attendance days; absences before them are left out',
    ]);
  });
  it('where the coming year is not known', () => {
    expect(calendarNotes(over(LAST, THIS), '2026-08-20', 180)).toEqual([
      'calendar known up to Fri 29 May 2026; school days after it are not in the window',
    ]);
  });
  it('where a year in between is missing', () => {
    const gap = over(LAST, NEXT);
    expect(calendarNotes(gap, '2026-09-04', 180)).toEqual([
      'no school day known between Fri 30 May 2025 and Mon 17 Aug 2026: a calendar may be missing',
    ]);
  });
  it('nowhere else: not in the summer between two known years', () => {
    const all = over(over(LAST, THIS), NEXT);
    for (const asOf of ['2026-05-29', '2026-07-04', '2026-08-17', '2027-01-04']) {
      expect([asOf, window(all, asOf).complete, calendarNotes(all, asOf, 180)]).toEqual([asOf, true, []]);
    }
  });
});
