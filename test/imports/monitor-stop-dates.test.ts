/**
 * The stop date of a 20-Day Monitor on calendars that districts really published, with closures added midway. Each is
 * recounted here without the program's calendar: by walking from date to date over the district's own list.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeDay, indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { begin, takeCalendar } from '../../domain/monitor/decide.ts';
import { beginMonitor, spanOf, type MonitorState } from '../../domain/monitor/state.ts';
import { readCalendarFile } from '../../imports/calendar/index.ts';

const CALENDARS = new URL('../../../shared/data/calendars/', import.meta.url).pathname;
const present = existsSync(CALENDARS);
if (!present) console.warn('the real calendars are not here; their tests are skipped');

const RULES = {
  schoolDays: 20,
  unexplainedAfterSchoolDays: 3,
  codes: { unknownReason: 'AUK', confirmedTruant: 'CT' },
};

function dayAfter(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** The nth day after a date that is one of school, by walking. Undefined beyond the year's last day. */
function walk(
  from: string,
  n: number,
  isSchool: (date: string) => boolean,
  last: string,
): string | undefined {
  let left = n;
  for (let date = dayAfter(from); date <= last; date = dayAfter(date)) {
    if (isSchool(date)) left -= 1;
    if (left === 0) return date;
  }
  return undefined;
}

const isWeekday = (date: string) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());

interface Published {
  readonly calendar: SchoolCalendar;
  readonly first: string;
  readonly last: string;
  readonly isSchool: (date: string) => boolean;
}

function weekdays(file: string, first: string, last: string, off: readonly string[]): Published {
  return {
    calendar: readCalendarFile(`${CALENDARS}${file}`).calendar,
    ...{ first, last },
    isSchool: (date) => date >= first && date <= last && isWeekday(date) && !off.includes(date),
  };
}

function ipsd(year: string, first: string, last: string): Published {
  const file = `il-ipsd204/ipsd204-${year}.csv`;
  const lines = readFileSync(`${CALENDARS}${file}`, 'utf8').split(/\r?\n/);
  const off = lines.filter((line) => line.includes('NO SCHOOL')).map((line) => line.slice(0, 10));
  return weekdays(file, first, last, off);
}

function chicago(year: string): Published {
  const file = `il-cps/cps-${year}.csv`;
  const rows = readFileSync(`${CALENDARS}${file}`, 'utf8')
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));
  const marker = (name: string) => rows.find((row) => row[1] === name)?.[2] ?? '';
  const off: string[] = [];
  for (const [kind, , from = '', to = ''] of rows) {
    if (kind !== 'holiday') continue;
    for (let date = from; date <= to; date = dayAfter(date)) off.push(date);
  }
  return weekdays(file, marker('startDate'), marker('endDate'), off);
}

/** South Kitsap names its school days: A days and B days. */
function kitsap(name: string): Published {
  const file = `wa-south-kitsap/${name}`;
  const text = readFileSync(`${CALENDARS}${file}`, 'utf8');
  const days = [...text.matchAll(/DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)\r?\nSUMMARY:[AB] Day/g)]
    .map(([, year, month, day]) => `${year}-${month}-${day}`)
    .sort();
  return {
    calendar: readCalendarFile(`${CALENDARS}${file}`).calendar,
    first: days[0] ?? '',
    last: days.at(-1) ?? '',
    isSchool: (date) => days.includes(date),
  };
}

const PUBLISHED: readonly (readonly [string, () => Published])[] = [
  ['Indian Prairie 2025-26 (CSV)', () => ipsd('2025-26', '2025-08-19', '2026-05-28')],
  ['Indian Prairie 2026-27 (CSV)', () => ipsd('2026-27', '2026-08-17', '2027-05-28')],
  ...['2018-19', '2019-20', '2020-21', '2021-22', '2022-23', '2023-24', '2024-25', '2025-26'].map(
    (year) => [`Chicago ${year} (CSV)`, () => chicago(year)] as const,
  ),
  ['South Kitsap 2023-24 (ICS)', () => kitsap('2023-24_HEAD.ics')],
  ['South Kitsap 2022-23 as of October (ICS)', () => kitsap('history/2022-23_2022-10-28_7d91c34.ics')],
  ['South Kitsap 2022-23 as of December (ICS)', () => kitsap('history/2022-23_2022-12-20_04a5b10.ics')],
];

function contract(contractOn: string, calendar: SchoolCalendar): MonitorState {
  const fresh = beginMonitor({
    ...{ number: 'M-000001', school: 'HS', officer: 'O-0001', contractOn, rules: RULES, calendar },
    ...{ coverage: [], marks: [] },
  });
  return begin(fresh, indexCalendar(calendar)).state;
}

describe.skipIf(!present)('the stop date of a monitor (skipped where the real calendars are absent)', () => {
  it.each(PUBLISHED)('%s: for a contract of any day of the year', (_name, read) => {
    const { calendar, first, last, isSchool } = read();
    const cal = indexCalendar(calendar);
    let known = 0;
    for (let date = first; date <= last; date = dayAfter(date)) {
      const wanted = {
        from: walk(date, 1, isSchool, last) ?? null,
        to: walk(date, 20, isSchool, last) ?? null,
      };
      expect([date, spanOf({ contractOn: date, rules: RULES }, cal)]).toEqual([date, wanted]);
      if (wanted.to !== null) known += 1;
    }
    expect(known).toBeGreaterThan(200);
  });

  it.each(PUBLISHED)('%s: closures added midway move it, once each, and it says so', (_name, read) => {
    const published = read();
    const { first, last, isSchool } = published;
    for (const after of [10, 40, 90]) {
      let calendar = published.calendar;
      const contractOn = walk(first, after, isSchool, last) ?? '';
      let state = contract(contractOn, calendar);
      const closed: string[] = [];
      // Two snow days in its second week, known on the day itself, and one already over, told late.
      for (const nth of [7, 8, 3]) {
        const day = walk(contractOn, nth, isSchool, last) ?? '';
        const today = nth === 3 ? (walk(contractOn, 9, isSchool, last) ?? '') : day;
        const before = spanOf(state, indexCalendar(calendar)).to;
        closed.push(day);
        const next = closeDay(calendar, day);
        const taken = takeCalendar(state, { calendar: next, today }, indexCalendar(calendar));
        [state, calendar] = [taken.state, next];
        const to = walk(contractOn, 20, (date) => isSchool(date) && !closed.includes(date), last) ?? null;
        expect(spanOf(state, indexCalendar(calendar)).to).toBe(to);
        expect(taken.entries).toContainEqual({
          type: 'date-moved',
          on: today,
          which: 'stop',
          from: before,
          to,
        });
      }
    }
  });
});
