/** Calendar files of every form and with the usual faults, read into school days. */
import { describe, expect, it } from 'vitest';
import { isSchoolDay, schoolDays } from '../../domain/calendar.ts';
import { parseSettlement, readCalendarText } from '../../imports/calendar/index.ts';
import type { CalendarOptions, CalendarReading } from '../../imports/calendar/index.ts';

const YEAR = { firstDay: '2025-08-18', lastDay: '2026-05-29' };

function ics(...events: readonly string[]): string {
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n${events
    .map(
      (e, i) =>
        `BEGIN:VEVENT\r\nUID:${i}@example.org\r\n${e.trim().replace(/\n\s*/g, '\r\n')}\r\nEND:VEVENT\r\n`,
    )
    .join('')}END:VCALENDAR\r\n`;
}

function csv(text: string, options: CalendarOptions = YEAR): CalendarReading {
  return readCalendarText(text, 'cal.csv', options);
}

function feed(text: string, options: CalendarOptions = YEAR): CalendarReading {
  return readCalendarText(text, 'cal.ics', options);
}

describe('iCalendar', () => {
  it('an all-day end is exclusive, a missing one means one day', () => {
    const { calendar } = feed(
      ics(
        'DTSTART;VALUE=DATE:20251126\nDTEND;VALUE=DATE:20251129\nSUMMARY:No School',
        'DTSTART;VALUE=DATE:20251006\nSUMMARY:No School',
        'DTSTART;VALUE=DATE:20251008\nDTEND;VALUE=DATE:20251008\nSUMMARY:No School',
      ),
    );
    expect(calendar.closed).toEqual(['2025-10-06', '2025-10-08', '2025-11-26', '2025-11-27', '2025-11-28']);
  });
  it('a recurring event closes each of its days but the excepted, moved and cancelled', () => {
    const { calendar } = feed(
      ics(
        'DTSTART;VALUE=DATE:20251003\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20251010\nSUMMARY:No School',
      ) +
        // The series is the event with UID 0: its third day moves to Monday, its fourth is called off.
        ics('RECURRENCE-ID;VALUE=DATE:20251017\nDTSTART;VALUE=DATE:20251020\nSUMMARY:No School') +
        ics(
          'RECURRENCE-ID;VALUE=DATE:20251024\nDTSTART;VALUE=DATE:20251024\nSTATUS:CANCELLED\nSUMMARY:No School',
        ),
    );
    expect(calendar.closed).toEqual(['2025-10-03', '2025-10-20']);
  });
  it('a cancelled event is listed and not applied', () => {
    const reading = feed(ics('DTSTART;VALUE=DATE:20251003\nSTATUS:CANCELLED\nSUMMARY:No School'));
    expect(reading.calendar.closed).toEqual([]);
    expect(reading.ignored).toHaveLength(1);
  });
  it("a UTC time belongs to the school's local date", () => {
    const midnightToMidnight = ics('DTSTART:20251013T050000Z\nDTEND:20251014T050000Z\nSUMMARY:No School');
    expect(feed(midnightToMidnight).calendar.closed).toEqual(['2025-10-13']);
    const evening = ics(
      'DTSTART:20251014T010000Z\nDTEND:20251014T020000Z\nSUMMARY:No School tonight: closed',
    );
    expect(feed(evening).calendar.closed).toEqual(['2025-10-13']);
    expect(feed(evening, { ...YEAR, zone: 'Europe/Berlin' }).calendar.closed).toEqual(['2025-10-14']);
  });
  it('midnight to midnight UTC is an all-day event written badly', () => {
    const text = ics('DTSTART:20251013T000000Z\nDTEND:20251014T000000Z\nSUMMARY:No School');
    expect(feed(text).calendar.closed).toEqual(['2025-10-13']);
  });
  it('a time in a named zone, with or without its VTIMEZONE, is brought to the school', () => {
    const late = ics(
      'DTSTART;TZID=America/New_York:20251014T003000\nDTEND;TZID=America/New_York:20251014T004500\nSUMMARY:No School',
    );
    expect(feed(late).calendar.closed).toEqual(['2025-10-13']);
    expect(feed(late, { ...YEAR, zone: 'America/New_York' }).calendar.closed).toEqual(['2025-10-14']);
  });
  it('takes the zone the file names for itself, where none is given', () => {
    const text = ics('DTSTART:20251014T060000Z\nDTEND:20251014T063000Z\nSUMMARY:No School').replace(
      'VERSION:2.0',
      'VERSION:2.0\r\nX-WR-TIMEZONE:America/Los_Angeles',
    );
    expect(feed(text)).toMatchObject({ zone: 'America/Los_Angeles', calendar: { closed: ['2025-10-13'] } });
  });
  it('of two versions of an event the newer counts', () => {
    const text =
      ics('SEQUENCE:0\nDTSTART;VALUE=DATE:20251006\nSUMMARY:No School') +
      ics('SEQUENCE:2\nDTSTART;VALUE=DATE:20251007\nSUMMARY:No School');
    expect(feed(text).calendar.closed).toEqual(['2025-10-07']);
  });
  it('a fault names its line', () => {
    expect(() =>
      feed('BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20250231\nEND:VEVENT\nEND:VCALENDAR'),
    ).toThrow(/^cal\.ics:3: "20250231" is no date/);
    expect(() => feed('BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VCALENDAR')).toThrow(
      /^cal\.ics:4: .*BEGIN:VEVENT of line 2/,
    );
    expect(() => feed('BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x')).toThrow(/^cal\.ics:2: .*cut off/);
    expect(() => feed('BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR')).toThrow(/^cal\.ics:2: /);
    expect(() =>
      feed('BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20251003\nRRULE:FREQ=BOGUS\nEND:VEVENT\nEND:VCALENDAR'),
    ).toThrow(/^cal\.ics:2: /);
  });
  it('a web page in place of the feed is told from one', () => {
    expect(() => feed('<!DOCTYPE html><html></html>')).toThrow(/web page/);
    expect(() => feed('  \n')).toThrow(/empty/);
    expect(() => feed('BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR')).toThrow(/no events/);
  });
});

describe('CSV', () => {
  it('finds its columns by name, with BOM, CRLF, quotes and dates as people write them', () => {
    const { calendar } = csv(
      '\uFEFF"Event Name","Start Date","End Date"\r\n"Thanksgiving, No School","11/26/2025","11/28/2025"\r\nNo School,10/6/25,\r\n"No School","Friday, October 10, 2025",""\r\n',
    );
    expect(calendar.closed).toEqual(['2025-10-06', '2025-10-10', '2025-11-26', '2025-11-27', '2025-11-28']);
  });
  it('reads an export of Google Calendar: subject before description, times before dates', () => {
    const reading = csv(
      'Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description\nNo School,10/06/2025,,10/06/2025,,True,see you\nStaff development,10/07/2025,3:30 PM,10/07/2025,4:30 PM,False,\n',
    );
    expect(reading.calendar.closed).toEqual(['2025-10-06']);
    expect(reading.events[1]).toMatchObject({ class: 'info' });
  });
  it('semicolons, tabs and bars part the columns as well', () => {
    for (const d of [';', '\t', '|']) {
      expect(csv(`date${d}title\n2025-10-06${d}No School\n`).calendar.closed).toEqual(['2025-10-06']);
    }
  });
  it("reads a student system's list of every day", () => {
    const rows = schoolDays(
      { terms: [{ from: '2025-09-01', to: '2025-10-31' }], closed: [], open: [] },
      '2025-09-01',
      '2025-10-31',
    );
    const text = `Date,School Day\n${rows.map((d) => `${d},${d === '2025-10-13' ? 0 : 1}`).join('\n')}\n`;
    const reading = csv(text, {});
    expect(reading.mode).toBe('school-days');
    expect(reading.calendar).toEqual({
      terms: [{ from: '2025-09-01', to: '2025-10-31' }],
      closed: ['2025-10-13'],
      open: [],
    });
  });
  it('a row whose date is none is left out with its line, the rest is read', () => {
    const reading = csv('date,title\n2025-10-06,No School\nTBD,No School\n2/30/2026,No School\n');
    expect(reading.calendar.closed).toEqual(['2025-10-06']);
    expect(reading.faults).toEqual([
      'cal.csv:3: "TBD" is no date; write it as YYYY-MM-DD or m/d/yyyy',
      'cal.csv:4: "2/30/2026" is no date; write it as YYYY-MM-DD or m/d/yyyy',
    ]);
  });
  it('a range that ends before it starts is held back', () => {
    const reading = csv('date,end,title\n2025-12-22,2025-01-02,Winter Break\n');
    expect(reading.calendar.closed).toEqual([]);
    expect(reading.unsettled).toHaveLength(1);
    expect(reading.unsettled[0]?.why).toContain('before it starts');
  });
  it('a file without a column of dates says what it expected', () => {
    expect(() => csv('foo,bar\n1,2\n')).toThrow(/^cal\.csv:1: has no column with a date/);
  });
});

describe('JSON', () => {
  it("reads a school site's events and Google's, their ends exclusive", () => {
    const own = JSON.stringify([
      { title: 'No School', timing: { allDay: true, date: '2025-10-06', dateEnd: '2025-10-07' } },
      { title: 'Concert', timing: { allDay: false, start: '2025-10-08T00:00:00.000Z', end: null } },
    ]);
    const reading = readCalendarText(own, 'cal.json', YEAR);
    expect(reading.calendar.closed).toEqual(['2025-10-06']);
    expect(reading.events[1]?.event.from).toBe('2025-10-07');
    const google = JSON.stringify({
      items: [{ summary: 'No School', start: { date: '2025-10-06' }, end: { date: '2025-10-08' } }],
    });
    expect(readCalendarText(google, 'g.json', YEAR).calendar.closed).toEqual(['2025-10-06', '2025-10-07']);
  });
  it('reads back a calendar it wrote', () => {
    const { calendar } = csv('date,title\n2025-10-06,No School\n');
    expect(readCalendarText(JSON.stringify({ calendar }), 'own.json').calendar).toEqual(calendar);
    expect(() =>
      readCalendarText(JSON.stringify({ ...calendar, closed: ['2025-10-05'] }), 'own.json'),
    ).toThrow(/closed day 2025-10-05/);
  });
});

describe('first and last day of school', () => {
  it('missing ones are asked for by the option that gives them', () => {
    expect(() => csv('date,title\n2025-10-06,No School\n', {})).toThrow(/--first-day DATE --last-day DATE/);
    expect(() => csv('date,title\n2025-08-18,First Day of School\n', {})).toThrow(/--last-day DATE/);
    expect(() => csv('date,title\n2026-05-29,Last Day of School\n', {})).toThrow(/--first-day DATE/);
  });
  it('a file that spans two years leaves the tail of the earlier one out', () => {
    const reading = csv(
      'date,title\n2025-05-26,Memorial Day - No School\n2025-05-29,Last Day of School\n2025-08-18,First Day of School\n2025-09-01,Labor Day - No School\n2026-05-29,Last Day of School (Tentative)\n',
      {},
    );
    expect(reading.calendar).toEqual({
      terms: [{ from: '2025-08-18', to: '2026-05-29' }],
      closed: ['2025-09-01'],
      open: [],
    });
    expect(reading.ignored.map((e) => e.event.from)).toEqual(['2025-05-26', '2025-05-29']);
    expect(reading.notes.join()).toContain('tentative');
  });
  it('two whole years in one file are two terms', () => {
    const { calendar } = csv(
      'date,title\n2024-08-19,First Day of School\n2025-05-29,Last Day of School\n2025-08-18,First Day of School\n2026-05-29,Last Day of School\n',
      {},
    );
    expect(calendar.terms).toHaveLength(2);
  });
  it('kindergarten begins later: the year begins with the others', () => {
    const { calendar } = csv(
      'date,title\n2025-08-18,First Day of School (Grades 1-12)\n2025-08-25,First Day of School for Kindergarten\n2026-05-29,Last Day of School\n',
      {},
    );
    expect(calendar.terms).toEqual([{ from: '2025-08-18', to: '2026-05-29' }]);
  });
  it('a closure with a wrong year is reported with the date that was meant', () => {
    const reading = csv('date,title\n2018-11-26,Thanksgiving Break\n');
    expect(reading.calendar.closed).toEqual([]);
    expect(reading.ignored[0]?.why).toContain('2025-11-26 is inside');
  });
});

describe('what is held back', () => {
  const text = 'date,title\n2025-10-16,Parent/Teacher Conferences\n2025-12-22,Winter Break\n';
  it('closes nothing until a person settles it', () => {
    expect(csv(text).unsettled.map((e) => e.event.from)).toEqual(['2025-10-16']);
    expect(isSchoolDay(csv(text).calendar, '2025-10-16')).toBe(true);
  });
  it.each([
    ['closed', false],
    ['open', true],
    ['info', true],
  ])('settled as %s', (answer, school) => {
    const reading = csv(text, { ...YEAR, settle: [parseSettlement(`2025-10-16=${answer}`, '--settle')] });
    expect(reading.unsettled).toEqual([]);
    expect(isSchoolDay(reading.calendar, '2025-10-16')).toBe(school);
  });
  it('a settled range closes all its days, whatever the file says', () => {
    const settle = [parseSettlement('2025-12-22..2026-01-02=closed', '--settle')];
    expect(csv(text, { ...YEAR, settle }).calendar.closed).toHaveLength(10);
    expect(() => parseSettlement('2025-12-22=maybe', '--settle')).toThrow(/DATE=closed/);
  });
  it('is not asked about on a day without school anyway', () => {
    const reading = csv('date,title\n2025-11-24,Parent/Teacher Conferences\n2025-11-24,No School\n');
    expect(reading.unsettled).toEqual([]);
  });
  it('an early dismissal on a day another event closes is asked, e-learning is an attendance day', () => {
    const dismissed = csv('date,title\n2025-10-06,No School\n2025-10-06,Early Dismissal\n');
    expect(dismissed.unsettled).toHaveLength(1);
    expect(isSchoolDay(dismissed.calendar, '2025-10-06')).toBe(false);
    const elearning = csv('date,title\n2025-10-06,Snow Day\n2025-10-06,E-Learning Day\n');
    expect(elearning.unsettled).toEqual([]);
    expect(isSchoolDay(elearning.calendar, '2025-10-06')).toBe(true);
  });
  it('a closure of two months is asked: is its end in the right month?', () => {
    const reading = csv('date,end,title\n2025-10-06,2025-12-06,Fall Break\n');
    expect(reading.unsettled[0]?.why).toContain('school days in a row');
  });
});

describe('make-up days', () => {
  it('a Saturday and a day after the last day of school become school days', () => {
    const { calendar } = csv('date,title\n2026-02-07,Snow Make-Up Day\n2026-06-01,Snow Make-Up Day\n');
    expect(calendar.open).toEqual(['2026-02-07', '2026-06-01']);
  });
  it('one in a break opens the day', () => {
    const { calendar } = csv('date,title\n2025-11-28,No School\n2025-11-28,Make-Up Day\n');
    expect(calendar).toMatchObject({ closed: [], open: [] });
  });
});
