/**
 * An invented district of any size, made anew from a seed: four schools with calendars of their own, families of every
 * kind, absences that come back, and a script under which notes come in late, cases are on hold, students change school
 * and snow falls. Nobody in it is anybody.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chance, type Chance } from '../../examples/generate/chance.ts';
import { GUARDIAN_COLUMNS } from '../../examples/generate/people.ts';
import type { DatasetFiles } from '../../client/demo/dataset.ts';
import { indexCalendar, schoolDays, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';

const SCHOOLS = ['ALDER-HS', 'BIRCH-HS', 'CEDAR-MS', 'DOGWOOD-MS'] as const;
type School = (typeof SCHOOLS)[number];

const YEAR: SchoolCalendar = {
  terms: [
    { from: '2024-08-15', to: '2025-05-23' },
    { from: '2025-08-14', to: '2026-05-22' },
  ],
  closed: [
    ...['2024-09-02', '2024-10-14', '2024-11-11', '2025-01-20', '2025-02-17', '2025-04-18'],
    ...span('2024-11-27', '2024-11-29'),
    ...span('2024-12-23', '2025-01-03'),
    ...span('2025-03-24', '2025-03-28'),
    ...['2025-09-01', '2025-10-13', '2025-11-11', '2026-01-19', '2026-02-16', '2026-04-03'],
    ...span('2025-11-26', '2025-11-28'),
    ...span('2025-12-22', '2026-01-02'),
    ...span('2026-03-23', '2026-03-27'),
  ],
  open: [],
};

/** Days on which one school is closed and the others are not. */
const OWN_CLOSURES: Readonly<Record<School, readonly IsoDate[]>> = {
  'ALDER-HS': ['2025-10-10'],
  'BIRCH-HS': ['2025-10-10', '2025-11-07'],
  'CEDAR-MS': ['2025-09-19'],
  'DOGWOOD-MS': [],
};

function span(from: IsoDate, to: IsoDate): IsoDate[] {
  const days: IsoDate[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days.filter((day) => new Date(`${day}T00:00:00Z`).getUTCDay() % 6 !== 0);
}

export interface GeneratedDistrict {
  readonly seed: number;
  readonly students: number;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** Writes the district into a folder and gives its files. */
export function generateDistrict(folder: string, wish: GeneratedDistrict): DatasetFiles {
  const random = chance(wish.seed);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const everybody = Array.from({ length: wish.students }, (_, i) => ({
    id: String(9_100_001 + i),
    school: random.pick(SCHOOLS),
  }));
  const marks = everybody.flatMap((student) => absences(random, student, wish));
  return {
    schools: write('schools.csv', schoolsCsv()),
    students: write(
      'students.csv',
      csv(
        ['student_id', 'first_name', 'last_name', 'birth_date', 'grade', 'school'],
        everybody.map((one, i) => [one.id, 'Pupil', `Number${i + 1}`, birthDate(random), '9', one.school]),
      ),
    ),
    contacts: write(
      'guardians.csv',
      csv(
        [...GUARDIAN_COLUMNS],
        everybody.flatMap((one, i) => family(random, one.id, i)),
      ),
    ),
    calendars: SCHOOLS.flatMap((school) =>
      YEAR.terms.map((term) => {
        const name = `${school}-${term.from.slice(0, 4)}.csv`;
        return `${school}=${write(name, calendarCsv(school, term))}`;
      }),
    ),
    attendance: [
      write('attendance.csv', csv(['student_id', 'school', 'date', 'code', 'minutes', 'day_minutes'], marks)),
    ],
    script: write('script.yaml', scriptYaml(random, everybody, wish)),
    from: wish.from,
    to: wish.to,
  };
}

function calendarOf(school: School): SchoolCalendar {
  return { ...YEAR, closed: [...YEAR.closed, ...OWN_CLOSURES[school]].sort() };
}

/** Most students miss little, some much, and a few come less and less. */
function absences(
  random: Chance,
  { id, school }: { readonly id: string; readonly school: School },
  { to }: GeneratedDistrict,
): string[][] {
  const kind = random.next();
  const rate = kind < 0.45 ? 0.002 : kind < 0.7 ? 0.015 : kind < 0.88 ? 0.05 : 0.14;
  const rows: string[][] = [];
  for (const date of schoolDays(indexCalendar(calendarOf(school)), '2025-02-03', to)) {
    if (random.next() >= rate) continue;
    const what = random.next();
    if (what < 0.68) rows.push([id, school, date, 'UNX', '', '']);
    else if (what < 0.8) rows.push([id, school, date, 'UNX', '200', '400']);
    else if (what < 0.92) rows.push([id, school, date, 'EX', '', '']);
    else rows.push([id, school, date, 'TDY', '30', '400']);
  }
  return rows;
}

function birthDate(random: Chance): IsoDate {
  // A few are of age and get their own letters.
  const year = random.next() < 0.03 ? 2006 : 2010 + random.below(3);
  return `${year}-0${1 + random.below(9)}-1${random.below(9)}`;
}

/** One adult or two, at one address or two, with or without e-mail; some must not be written to at all. */
function family(random: Chance, student: string, i: number): string[][] {
  const adult = (n: number, values: Partial<Record<(typeof GUARDIAN_COLUMNS)[number], string>>) => {
    const row: Record<string, string> = {
      guardian_id: `P${i + 1}-${n}`,
      student_id: student,
      first_name: 'Adult',
      last_name: `Number${i + 1}-${n}`,
      relation: n === 1 ? 'Mother' : 'Father',
      legal_recipient: 'yes',
      lives_with: 'yes',
      primary: n === 1 ? 'yes' : 'no',
      no_contact: 'no',
      language: random.next() < 0.1 ? 'Spanish' : 'English',
      email: random.next() < 0.6 ? `adult${i + 1}.${n}@family.example` : '',
      address1: `${100 + i} Test Street`,
      city: 'Larkfield',
      state: 'IL',
      zip: '61599',
      ...values,
    };
    return GUARDIAN_COLUMNS.map((column) => row[column] ?? '');
  };
  const kind = random.next();
  if (kind < 0.6) return [adult(1, {})];
  if (kind < 0.75) return [adult(1, {}), adult(2, {})];
  if (kind < 0.85) return [adult(1, {}), adult(2, { address1: `${900 + i} Other Road`, lives_with: 'no' })];
  if (kind < 0.95) return [adult(1, {}), adult(2, { no_contact: 'yes', lives_with: 'no' })];
  return [adult(1, { no_contact: 'yes' })];
}

function scriptYaml(
  random: Chance,
  everybody: readonly { readonly id: string; readonly school: School }[],
  { from, to }: GeneratedDistrict,
): string {
  const days = schoolDays(indexCalendar(YEAR), from, to);
  const at = (part: number) => days[Math.floor(days.length * part)] ?? from;
  const movers = everybody.filter(() => random.next() < 0.05);
  return [
    'name: generated',
    'corrections:',
    '  - { every: 5, afterSchoolDays: 3, what: excuse }',
    '  - { every: 6, afterSchoolDays: 6, what: half-day }',
    '  - { every: 11, afterSchoolDays: 20, what: excuse }',
    'holds: { every: 4, kind: medical, reason: in treatment, schoolDays: 6 }',
    'calendar:',
    `  - { on: ${at(0.3)}, close: ${at(0.3)}, reason: snow }`,
    `  - { on: ${at(0.5)}, close: ${days[Math.floor(days.length * 0.5) - 3] ?? from}, school: CEDAR-MS, reason: closure posted late }`,
    `  - { on: ${at(0.7)}, close: ${days[Math.floor(days.length * 0.7) + 4] ?? to}, school: ALDER-HS, reason: strike }`,
    movers.length === 0 ? 'transfers: []' : 'transfers:',
    ...movers.map(({ id, school }) => {
      const on = at(0.15 + random.next() * 0.75);
      const elsewhere = SCHOOLS.filter((one) => one !== school);
      return `  - { on: ${on}, student: '${id}', to: ${random.pick(elsewhere)} }`;
    }),
    'feed:',
    `  stops: [{ from: ${at(0.4)}, schoolDays: 2, catchUp: true }]`,
    '',
  ].join('\n');
}

function calendarCsv(school: School, term: SchoolCalendar['terms'][number]): string {
  const closed = calendarOf(school).closed.filter((date) => date > term.from && date < term.to);
  return csv(
    ['start_date', 'end_date', 'event'],
    [
      [term.from, term.from, 'First Day of School'],
      ...closed.map((date) => [date, date, 'No School']),
      [term.to, term.to, 'Last Day of School'],
    ],
  );
}

function schoolsCsv(): string {
  const columns = 'code,source_id,district,name,county,zone,phone,address1,city,state,zip'.split(',');
  return csv(
    columns,
    SCHOOLS.map((code, i) => [
      ...[
        code,
        String(5_120_101 + i),
        'Larkfield Unit School District 512',
        `${code} (invented)`,
        'Larkfield',
      ],
      ...['America/Chicago', '(309) 555-0120', `${i + 1} School Road`, 'Larkfield', 'IL', '61599'],
    ]),
  );
}

function csv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[columns, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}
