/** The Ed-Fi sample district, read by this project and counted once more by plain text search. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { countUnexcused } from '../../domain/attendance.ts';
import { AttendanceIntake, type Intake } from '../../domain/attendance-intake.ts';
import { indexCalendar } from '../../domain/calendar.ts';
import { DEFAULT_DAY_MINUTES, EDFI_CODES, isFault, readAttendance } from '../../imports/attendance/index.ts';
import { readCalendarFile } from '../../imports/calendar/index.ts';

const DATA = '../shared/data/edfi';
const FILE = `${DATA}/grand-bend-v5.2/StudentSchoolAttendance.xml`;
const CALENDAR = `${DATA}/grand-bend-calendar-2021-22.ics`;
const rules = { windowDays: 180, threshold: 9, countedCategories: ['unexcused'], graceSchoolDays: 0 };

/** Nothing of ours: regular expressions on the text, JavaScript's own dates. */
interface Event {
  student: string;
  date: string;
  category: string;
}
function recount(): Event[] {
  const events: Event[] = [];
  for (const block of readFileSync(FILE, 'utf8').split('<StudentSchoolAttendanceEvent>').slice(1)) {
    const pick = (pattern: RegExp): string => pattern.exec(block)?.[1] ?? '';
    events.push({
      student: pick(/<StudentUniqueId>(\d+)</),
      date: pick(/<EventDate>([\d-]+)</),
      category: pick(/Descriptor#([^<]+)</),
    });
  }
  return events;
}

describe.skipIf(!existsSync(FILE))('the Grand Bend sample (skipped where ../shared/data is absent)', () => {
  let intake: Intake;
  let events: Event[];
  const calendar = existsSync(CALENDAR) ? indexCalendar(readCalendarFile(CALENDAR).calendar) : null;

  beforeAll(async () => {
    events = recount();
    const all = new AttendanceIntake({
      codeMap: EDFI_CODES,
      calendarFor: () => calendar,
      dayMinutes: DEFAULT_DAY_MINUTES,
    });
    for await (const item of readAttendance(FILE, { format: 'edfi' })) {
      if (isFault(item)) all.fault(item);
      else all.add(item);
    }
    intake = all.finish();
  });

  it('has 1,917 events of 227 students, 773 of them unexcused', () => {
    expect(intake.report).toMatchObject({ rows: 1917, students: 227, from: '2021-08-23', to: '2022-05-27' });
    expect(intake.report.byCategory).toEqual({ unexcused: 773, excused: 1078, tardy: 66 });
    expect(events).toHaveLength(1917);
    expect(new Set(events.map((e) => e.student)).size).toBe(227);
    expect(events.filter((e) => e.category === 'Unexcused Absence')).toHaveLength(773);
  });

  it('keeps three marks on a Sunday out of every count and says so', () => {
    const sundays = intake.report.issues.filter((i) => i.kind === 'no-school-day');
    expect(sundays.map((i) => i.date)).toEqual(['2022-05-15', '2022-05-15', '2022-05-15']);
    const bySearch = events.filter((e) => new Date(`${e.date}T12:00:00Z`).getUTCDay() % 6 === 0);
    expect(sundays.map((i) => i.student)).toEqual(bySearch.map((e) => e.student));
  });

  it('finds the one student with two marks on one day', () => {
    const two = intake.report.issues.filter((i) => i.kind === 'two-marks');
    expect(two).toMatchObject([{ student: '604822', date: '2021-12-15', line: 90 }]);
  });

  it('counts every student as a slow recount does, as of every month', () => {
    for (const asOf of ['2021-10-01', '2021-12-17', '2022-02-28', '2022-05-15', '2022-05-27']) {
      for (const [student, marks] of intake.marks) {
        const days = events.filter((e) => {
          const weekday = new Date(`${e.date}T12:00:00Z`).getUTCDay();
          const school = weekday > 0 && weekday < 6;
          return e.student === student && e.category === 'Unexcused Absence' && e.date <= asOf && school;
        });
        const count = countUnexcused(
          marks,
          calendar ?? { terms: [], closed: [], open: [] },
          asOf,
          rules,
          asOf,
        );
        expect(count.unexcusedDays, `${student} as of ${asOf}`).toBe(new Set(days.map((d) => d.date)).size);
        // Each of the student's marks is counted or listed with its reason.
        expect(count.counted.length + count.notCounted.length).toBe(marks.length);
      }
    }
  });

  it('at the end of the year 40 students have nine days or more, and one each exactly 7, 8 and 9', () => {
    const counts = [...intake.marks.values()].map((marks) =>
      countUnexcused(
        marks,
        calendar ?? { terms: [], closed: [], open: [] },
        '2022-05-27',
        rules,
        '2022-05-27',
      ),
    );
    expect(counts.filter((c) => c.reached)).toHaveLength(40);
    for (const days of [7, 8, 9]) expect(counts.filter((c) => c.unexcusedDays === days)).toHaveLength(1);
  });
});
