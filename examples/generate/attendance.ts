/** Marks of every student, and the two files they are written to: Ed-Fi XML for one school, CSV for the other. */
import type { IsoDate } from '../../domain/dates.ts';
import type { YearCalendar } from './calendars.ts';
import type { Chance } from './chance.ts';
import type { Student } from './people.ts';
import type { Kind } from './stories.ts';

export interface GeneratedMark {
  readonly student: string;
  readonly date: IsoDate;
  readonly kind: Kind;
  readonly fraction: number;
}

export function marksOf(random: Chance, student: Student, years: readonly YearCalendar[]): GeneratedMark[] {
  const marks: GeneratedMark[] = [];
  const taken = new Set<IsoDate>();
  const mark = (date: IsoDate, kind: Kind, fraction = 1) => {
    taken.add(date);
    marks.push({ student: student.id, date, kind, fraction });
  };
  const allDays = years.flatMap((year) => year.schoolDays);
  for (const stretch of student.story?.stretches ?? []) {
    const days = allDays.filter((date) => stretch.from <= date && date <= stretch.to && !taken.has(date));
    for (const date of random.spread(days, stretch.times)) mark(date, stretch.kind, stretch.fraction);
  }
  for (const single of student.story?.single ?? []) mark(single.date, single.kind, single.fraction);
  if (student.story?.doubled) marks.push({ ...marks[0]! });
  for (const year of years) ordinaryYear(random, student, year, taken, mark);
  return marks.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** A few colds, a late bus, now and then a day nobody explains. */
function ordinaryYear(
  random: Chance,
  student: Student,
  year: YearCalendar,
  taken: Set<IsoDate>,
  mark: (date: IsoDate, kind: Kind, fraction?: number) => void,
): void {
  const some = (kind: Kind, atMost: number, fraction?: number) => {
    for (let n = random.below(atMost + 1); n > 0; n -= 1) {
      const date = random.pick(year.schoolDays);
      if (!taken.has(date)) mark(date, kind, fraction);
    }
  };
  some('ill', 3);
  some('excused', 2);
  some('tardy', 2, 0.1);
  if (student.story === null && random.next() < 0.25) some('unexcused', 2);
}

const EDFI: Readonly<Record<Kind, string>> = {
  unexcused: 'Unexcused Absence',
  excused: 'Excused Absence',
  ill: 'Excused Absence',
  tardy: 'Tardy',
  unknown: 'Unknown',
  homebound: 'Homebound',
  suspended: 'Out of School Suspension',
  unmapped: 'Field Trip',
};

/** An interchange file as Ed-Fi systems export it; sorted by student, as they do. */
export function asEdfi(schoolId: string, marks: readonly GeneratedMark[]): string {
  const descriptor = 'uri://ed-fi.org/AttendanceEventCategoryDescriptor#';
  const events = marks.map(
    (mark) => `  <StudentSchoolAttendanceEvent>
    <AttendanceEvent>
      <EventDate>${mark.date}</EventDate>
      <AttendanceEventCategory>${descriptor}${EDFI[mark.kind]}</AttendanceEventCategory>
      <EventDuration>${mark.fraction}</EventDuration>
    </AttendanceEvent>
    <StudentReference><StudentIdentity><StudentUniqueId>${mark.student}</StudentUniqueId></StudentIdentity></StudentReference>
    <SchoolReference><SchoolIdentity><SchoolId>${schoolId}</SchoolId></SchoolIdentity></SchoolReference>
  </StudentSchoolAttendanceEvent>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<InterchangeStudentAttendance xmlns="http://ed-fi.org/5.2.0">
${events.join('')}</InterchangeStudentAttendance>
`;
}

const LETTERS: Readonly<Record<Kind, string>> = {
  unexcused: 'UNX',
  excused: 'EX',
  ill: 'ILL',
  tardy: 'TDY',
  unknown: 'AUK',
  homebound: 'HB',
  suspended: 'OSS',
  unmapped: 'FTRIP',
};

const DAY_MINUTES = 400;

/** Sorted by date. Whole days say nothing of their length; parts are given in minutes of a day of 400. */
export function asCsv(school: string, marks: readonly GeneratedMark[]): string {
  const byDate = [...marks].sort((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : a.student < b.student ? -1 : 1,
  );
  const rows = byDate.map((mark) => {
    const minutes = mark.fraction === 1 ? ',' : `${mark.fraction * DAY_MINUTES},${DAY_MINUTES}`;
    return `${mark.student},${school},${mark.date},${LETTERS[mark.kind]},${minutes}`;
  });
  return ['student_id,school,date,code,minutes,day_minutes', ...rows, ''].join('\n');
}
