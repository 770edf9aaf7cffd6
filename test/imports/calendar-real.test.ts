/**
 * Calendars that districts really published, each recounted here without the reader: a plain walk over weekdays with the
 * district's own list of days without school, typed in or taken from its own answer key.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  addSchoolDays,
  diffCalendars,
  indexCalendar,
  isSchoolDay,
  mergeYears,
  schoolDays,
} from '../../domain/calendar.ts';
import { addDays, isWeekend } from '../../domain/dates.ts';
import { readCalendarFile, readCalendarFiles } from '../../imports/calendar/index.ts';

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;
const CALENDARS = `${DATA}calendars/`;
const present = existsSync(CALENDARS);
if (!present) console.warn('the real calendars are not here; their tests are skipped');

/** Weekdays from the first to the last day, less the days without school. */
function recount(from: string, to: string, off: readonly string[]): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1))
    if (!isWeekend(day) && !off.includes(day)) days.push(day);
  return days;
}

function between(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

describe.skipIf(!present)('Grand Bend 2021-22', () => {
  const file = `${DATA}edfi/grand-bend-calendar-2021-22.ics`;
  it('has 81 days in fall and 98 in spring', () => {
    const { calendar, unsettled } = readCalendarFile(file);
    expect(unsettled).toEqual([]);
    expect(schoolDays(calendar, '2021-08-23', '2021-12-17')).toHaveLength(81);
    expect(schoolDays(calendar, '2022-01-04', '2022-05-27')).toHaveLength(98);
    expect(indexCalendar(calendar).schoolDates).toHaveLength(179);
  });
  it('the 7th school day after Monday 13 December lies after the winter break', () => {
    expect(addSchoolDays(readCalendarFile(file).calendar, '2021-12-13', 7)).toBe('2022-01-06');
  });
});

describe.skipIf(!present)('Stevenson 2025-26 (Illinois)', () => {
  const folder = `${CALENDARS}il-stevenson-d125/`;
  const key = (): string[] => {
    const json = JSON.parse(readFileSync(`${folder}schedule-dates-2025-26.json`, 'utf8')) as Record<
      string,
      string[]
    >;
    const iso = (text: string): string => {
      const [month = '', day = '', year = ''] = text.split('/');
      return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    };
    return (json['No School'] ?? []).flatMap((text) => {
      const [from = '', to = from] = text.split('-');
      return between(iso(from), iso(to));
    });
  };
  it('its events close exactly the days of its own no-school list', () => {
    const reading = readCalendarFile(`${folder}events-2025-26.json`, { lastDay: '2026-05-22' });
    expect(indexCalendar(reading.calendar).schoolDates).toEqual(recount('2025-08-11', '2026-05-22', key()));
    expect(reading.unsettled.map((e) => e.event.from)).toEqual(['2026-04-08', '2026-04-21']);
  });
  it('the no-school list itself reads the same', () => {
    const { calendar } = readCalendarFile(`${folder}schedule-dates-2025-26.json`, {
      firstDay: '2025-08-11',
      lastDay: '2026-05-22',
    });
    expect(indexCalendar(calendar).schoolDates).toEqual(recount('2025-08-11', '2026-05-22', key()));
  });
  it('the spring feed alone names no first and no last day, and says so', () => {
    const file = `${folder}events-ical-spring-2026.json`;
    expect(() => readCalendarFile(file)).toThrow(/--first-day DATE --last-day DATE/);
    const { calendar } = readCalendarFile(file, { firstDay: '2026-03-30', lastDay: '2026-05-22' });
    expect(indexCalendar(calendar).schoolDates).toEqual(recount('2026-03-30', '2026-05-22', key()));
  });
});

describe.skipIf(!present)('Chicago', () => {
  const read = (year: string) => readCalendarFile(`${CALENDARS}il-cps/cps-${year}.csv`);
  it('was closed for the polar vortex on 30 and 31 January 2019', () => {
    const { calendar } = read('2018-19');
    expect(schoolDays(calendar, '2019-01-28', '2019-02-01')).toEqual([
      '2019-01-28',
      '2019-01-29',
      '2019-02-01',
    ]);
  });
  it('starts on Labor Day 2018 on paper and on the Tuesday in fact', () => {
    const { calendar, notes } = read('2018-19');
    expect(calendar.terms).toEqual([{ from: '2018-09-03', to: '2019-06-18' }]);
    expect(indexCalendar(calendar).schoolDates[0]).toBe('2018-09-04');
    expect(notes.join()).toContain('2018-09-04');
  });
  it('leaves the rows of earlier years in 2020-21 out, with the year that was meant', () => {
    const reading = read('2020-21');
    const thanksgiving = reading.ignored.find((e) => e.event.from === '2018-11-25');
    expect(thanksgiving?.why).toContain('2020-11-25 is inside');
    expect(isSchoolDay(reading.calendar, '2020-11-25')).toBe(true);
    expect(isSchoolDay(reading.calendar, '2020-11-26')).toBe(false);
  });
  it('asks about every irregular day inside the year, in each of the eight files', () => {
    for (const start of [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025]) {
      const year = `${start}-${(start + 1) % 100}`;
      const rows = readFileSync(`${CALENDARS}il-cps/cps-${year}.csv`, 'utf8')
        .split(/\r?\n/)
        .slice(1)
        .filter((l) => l !== '')
        .map((l) => l.split(','));
      const marker = (name: string): string => rows.find((r) => r[1] === name)?.[2] ?? '';
      const [first, last] = [marker('startDate'), marker('endDate')];
      const off = rows.filter((r) => r[0] === 'holiday').flatMap((r) => between(r[2] ?? '', r[3] ?? ''));
      const irregular = rows
        .filter((r) => r[0] === 'irregular')
        .map((r) => r[2] ?? '')
        .filter((d) => d >= first && d <= last && !off.includes(d));
      const reading = read(year);
      expect(indexCalendar(reading.calendar).schoolDates, year).toEqual(recount(first, last, off));
      expect(reading.unsettled.map((e) => e.event.from).sort(), year).toEqual(irregular.sort());
    }
  });
  it('merges eight years into one calendar', () => {
    const files = ['2018-19', '2019-20', '2020-21', '2021-22', '2022-23', '2023-24', '2024-25', '2025-26'];
    const { calendar } = readCalendarFiles(files.map((y) => `${CALENDARS}il-cps/cps-${y}.csv`));
    expect(calendar.terms).toHaveLength(8);
  });
});

describe.skipIf(!present)('Indian Prairie 204', () => {
  const noSchool = (year: string): string[] =>
    readFileSync(`${CALENDARS}il-ipsd204/ipsd204-${year}.csv`, 'utf8')
      .split(/\r?\n/)
      .filter((l) => l.includes('NO SCHOOL'))
      .map((l) => l.slice(0, 10));
  it.each([
    ['2025-26', '2025-08-19', '2026-05-28'],
    ['2026-27', '2026-08-17', '2027-05-28'],
  ])('%s: every weekday but those marked NO SCHOOL', (year, first, last) => {
    const reading = readCalendarFile(`${CALENDARS}il-ipsd204/ipsd204-${year}.csv`);
    expect(reading.calendar.terms).toEqual([{ from: first, to: last }]);
    expect(indexCalendar(reading.calendar).schoolDates).toEqual(recount(first, last, noSchool(year)));
    expect(reading.unsettled).toEqual([]);
  });
  it('takes attendance on e-learning Election Day and on the day of evening conferences', () => {
    const { calendar } = readCalendarFile(`${CALENDARS}il-ipsd204/ipsd204-2025-26.csv`);
    expect(isSchoolDay(calendar, '2026-03-17')).toBe(true);
    expect(isSchoolDay(calendar, '2025-10-16')).toBe(true);
    expect(isSchoolDay(calendar, '2026-03-16')).toBe(false);
  });
  it('both years go together although the second file holds the tail of the first year', () => {
    const [a, b] = ['2025-26', '2026-27'].map(
      (y) => readCalendarFile(`${CALENDARS}il-ipsd204/ipsd204-${y}.csv`).calendar,
    );
    expect(mergeYears(a!, b!).terms).toHaveLength(2);
  });
});

describe.skipIf(!present)('South Kitsap (Washington), where A and B days are the school days', () => {
  const folder = `${CALENDARS}wa-south-kitsap/`;
  const named = (file: string): string[] =>
    [
      ...readFileSync(`${folder}${file}`, 'utf8').matchAll(
        /DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)\r?\nSUMMARY:[AB] Day/g,
      ),
    ]
      .map((m) => `${m[1]}-${m[2]}-${m[3]}`)
      .sort();
  it.each([
    '2023-24_HEAD.ics',
    'history/2022-23_2022-10-28_7d91c34.ics',
    'history/2022-23_2022-12-20_04a5b10.ics',
  ])('%s: exactly the days with an A or B event', (file) => {
    const reading = readCalendarFile(`${folder}${file}`);
    expect(reading.mode).toBe('school-days');
    expect(indexCalendar(reading.calendar).schoolDates).toEqual(named(file));
    expect(reading.unsettled).toEqual([]);
  });
  it('a snow day pushes the last day out; only the days that really changed show', () => {
    const before = readCalendarFile(`${folder}history/2022-23_2022-10-28_7d91c34.ics`).calendar;
    const after = readCalendarFile(`${folder}history/2022-23_2022-12-20_04a5b10.ics`).calendar;
    expect(diffCalendars(before, after)).toEqual({
      closed: ['2022-12-20', '2022-12-21'],
      opened: ['2023-06-20', '2023-06-21'],
    });
  });
  it('the list of off days gives the same year as the feed made from it', () => {
    const off = readCalendarFile(`${folder}off-days-2023-2024.txt`);
    const feed = readCalendarFile(`${folder}2023-24_HEAD.ics`);
    expect(off.mode).toBe('closures');
    expect(diffCalendars(feed.calendar, off.calendar)).toEqual({ closed: [], opened: [] });
    // The list says 2023-01-01 where 2024-01-01 was meant, and the feed made from it has an A day on New Year's Day.
    expect(feed.notes.join()).toContain("New Year's Day");
    expect(off.notes.join()).toContain("New Year's Day");
    expect(off.ignored[0]?.why).toContain('2024-01-01 is inside');
  });
});
