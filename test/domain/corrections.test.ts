/** Rules behind corrections and changed calendars, by example. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUnexcused, unexcusedPerDay, type CountingRules, type Mark } from '../../domain/attendance.ts';
import { holdingRevision, type Said } from '../../domain/attendance-revisions.ts';
import {
  calendarDiffWords,
  checkCalendar,
  closeDays,
  diffCalendars,
  moveTermEnd,
  reopenDays,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { movedSection, movedWords } from '../../domain/case/moved.ts';
import { assignSlots } from '../../domain/mark-slots.ts';

const rules: CountingRules = {
  ...{ windowDays: 180, threshold: 9, graceSchoolDays: 0 },
  countedCategories: ['unexcused'],
};
const mark = (source: string, category: string, fraction: number, more: Partial<Mark> = {}): Mark => ({
  ...{ date: '2025-10-14', school: 'PEKIN-HS', code: category, category, fraction, source },
  ...more,
});
const unexcused = (...marks: Mark[]) => unexcusedPerDay(marks, rules)[0]?.fraction ?? 0;

describe('several sources of one day', () => {
  it('tell of the same absence: the one that tells the most holds, they are not added up', () => {
    expect(unexcused(mark('D/sis', 'unexcused', 0.5), mark('D/by-hand', 'unexcused', 0.5))).toBe(0.5);
    expect(unexcused(mark('D/sis', 'unexcused', 0.25), mark('D/by-hand', 'unexcused', 0.5))).toBe(0.5);
    expect(
      unexcused(
        mark('D/sis', 'unexcused', 0.25, { code: 'AM' }),
        mark('D/sis', 'unexcused', 0.5, { code: 'PM' }),
        mark('D/by-hand', 'unexcused', 0.5),
      ),
    ).toBe(0.75);
  });

  it('excuse the day whichever of them does, and the child keeps the benefit', () => {
    expect(unexcused(mark('D/sis', 'unexcused', 1), mark('D/by-hand', 'medical', 1))).toBe(0);
    expect(unexcused(mark('D/sis', 'unexcused', 1), mark('D/by-hand', 'excused', 0.5))).toBe(0.5);
    // The same excuse told by both is one.
    expect(
      unexcused(
        mark('D/sis', 'excused', 0.5),
        mark('D/by-hand', 'excused', 0.5),
        mark('D/sis', 'unexcused', 1),
      ),
    ).toBe(0.5);
  });

  it('of two schools are two absences: a child may attend both on one day', () => {
    expect(
      unexcused(mark('D/sis', 'unexcused', 0.5), mark('E/sis', 'unexcused', 0.5, { school: 'VOC' })),
    ).toBe(1);
  });

  it('are listed beside the count, and the order does not matter', () => {
    const calendar = { terms: [{ from: '2025-10-01', to: '2025-10-31' }], closed: [], open: [] };
    const marks = [mark('D/sis', 'unexcused', 0.25), mark('D/by-hand', 'unexcused', 0.5)];
    const count = countUnexcused(marks, calendar, '2025-10-20', rules, '2025-10-20');
    expect(count).toMatchObject({
      unexcusedDays: 0.5,
      notCounted: [{ reason: 'another source tells of the same day: it is not added to it' }],
    });
    expect(countUnexcused([...marks].reverse(), calendar, '2025-10-20', rules, '2025-10-20')).toEqual(count);
  });
});

describe('which revision holds', () => {
  const said = (id: number, minute: number, code: string, more: Partial<Said> = {}): Said => ({
    ...{ id, code, fraction: 1, minutes: null, withdrawn: false, byHand: false, corrects: null },
    saidAt: `2025-10-14T10:${String(minute).padStart(2, '0')}:00.000Z`,
    ...more,
  });
  it('the latest said, not the latest arrived', () => {
    expect(holdingRevision([said(1, 20, 'EXC'), said(2, 10, 'UNX')])?.id).toBe(1);
  });
  it('a correction, until the source says something else than what was looked at', () => {
    const corrected = said(2, 20, 'excused', { byHand: true, corrects: 1 });
    expect(holdingRevision([said(1, 10, 'UNX'), corrected])?.id).toBe(2);
    expect(holdingRevision([said(1, 30, 'UNX'), corrected])?.id).toBe(2);
    expect(holdingRevision([said(1, 10, 'UNX'), corrected, said(3, 30, 'TDY')])?.id).toBe(3);
    expect(holdingRevision([said(1, 40, 'UNX'), corrected, said(3, 30, 'TDY')])?.id).toBe(1);
  });
  it('nothing of nothing', () => expect(holdingRevision([])).toBeNull());
});

describe('numbers of a day’s marks', () => {
  const known = [
    { slot: 1, code: 'EXC', fraction: 0.5 },
    { slot: 2, code: 'UNX', fraction: 0.5 },
  ];
  it('stay with what was said before, when another row comes or goes', () => {
    const rows = [
      { code: 'ADM', fraction: 0.25 },
      { code: 'UNX', fraction: 0.5 },
    ];
    expect(assignSlots(rows, known)).toEqual([
      { code: 'ADM', fraction: 0.25, slot: 1 },
      { code: 'UNX', fraction: 0.5, slot: 2 },
    ]);
    expect(assignSlots([...rows, { code: 'EXC', fraction: 0.5 }], known).map((one) => one.slot)).toEqual([
      3, 1, 2,
    ]);
    expect(assignSlots([{ code: 'UNX', fraction: 1 }], known)).toMatchObject([{ slot: 2 }]);
  });
  it('are the same whatever the order of the rows, and each is used once', () => {
    const row = fc.record({ code: fc.constantFrom('A', 'B', 'C'), fraction: fc.constantFrom(0.25, 0.5, 1) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.array(row, { maxLength: 4 }), (rows, before) => {
        const kept = before.map((one, i) => ({ ...one, slot: i + 1 }));
        const given = assignSlots(rows, kept);
        expect(new Set(given.map((one) => one.slot)).size).toBe(rows.length);
        expect(assignSlots([...rows].reverse(), kept)).toEqual(given);
      }),
    );
  });
});

describe('a calendar changed', () => {
  const calendar: SchoolCalendar = {
    terms: [
      { from: '2025-08-18', to: '2025-12-19' },
      { from: '2026-01-05', to: '2026-05-29' },
    ],
    closed: ['2025-10-13', '2026-05-25'],
    open: ['2026-05-30', '2026-06-06'],
  };
  it('for a strike: the school days of the span and no others, and back again', () => {
    const strike = closeDays(calendar, '2025-10-10', '2025-10-15');
    expect(diffCalendars(calendar, strike).closed).toEqual(['2025-10-10', '2025-10-14', '2025-10-15']);
    expect(checkCalendar(strike)).toEqual([]);
    const back = reopenDays(strike, '2025-10-14', '2025-10-15');
    expect(diffCalendars(strike, back)).toEqual({ closed: [], opened: ['2025-10-14', '2025-10-15'] });
  });
  it('in a term’s end: days cut off are no school days, days gained are', () => {
    const cut = moveTermEnd(calendar, '2026-05-29', '2026-05-21');
    expect(checkCalendar(cut)).toEqual([]);
    expect(diffCalendars(calendar, cut)).toEqual({
      closed: ['2026-05-22', '2026-05-26', '2026-05-27', '2026-05-28', '2026-05-29'],
      opened: [],
    });
    const longer = moveTermEnd(calendar, '2026-05-29', '2026-06-03');
    expect(checkCalendar(longer)).toEqual([]);
    expect(diffCalendars(calendar, longer)).toEqual({
      closed: [],
      opened: ['2026-06-01', '2026-06-02', '2026-06-03'],
    });
  });
  it('in words: each day, the year where it changes; of many the first and the last', () => {
    const words = (closed: string[], opened: string[] = []) => calendarDiffWords({ closed, opened });
    expect(words(['2026-01-08', '2026-01-09'])).toBe('closed 2 days: Thu 8 Jan, Fri 9 Jan 2026');
    expect(words(['2025-12-31', '2026-01-02'], ['2026-05-30'])).toBe(
      'closed 2 days: Wed 31 Dec 2025, Fri 2 Jan 2026; opened 1 day: Sat 30 May 2026',
    );
    expect(words([...'1234567'].map((n) => `2026-06-0${n}`))).toBe(
      'closed 7 days between Mon 1 Jun 2026 and Sun 7 Jun 2026',
    );
    expect(words([])).toBe('');
  });
});

describe('a deadline moved', () => {
  const moved = {
    ...{ on: '2026-01-08', deadline: 'quiet-close' as const, because: 'closed 1 day: Thu 8 Jan 2026 (snow)' },
    ...{ from: '2026-03-02', to: '2026-03-03' },
  };
  it('says from when to when and why', () => {
    expect(movedWords(moved)).toBe(
      'Thu 8 Jan 2026: closing after a clean stretch moved from Mon 2 Mar 2026 to Tue 3 Mar 2026, because closed 1 day: Thu 8 Jan 2026 (snow)',
    );
    expect(movedWords({ ...moved, from: null })).toContain('now on Tue 3 Mar 2026');
    expect(movedWords({ ...moved, to: null })).toContain('no longer on Mon 2 Mar 2026');
  });
  it('newest last under a heading; nothing where nothing moved', () => {
    expect(
      movedSection([moved, { ...moved, on: '2026-01-09' }])
        .split('\n')
        .map((line) => line.slice(0, 17)),
    ).toEqual(['Moved:', '  Thu 8 Jan 2026:', '  Fri 9 Jan 2026:']);
    expect(movedSection([])).toBe('');
  });
});
