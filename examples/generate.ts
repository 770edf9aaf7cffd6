/**
 * Makes the example: an invented Illinois district of two schools, two school years, 120 students. Run with
 * `npm run examples:generate`; the same seed gives the same files to the byte. office.yaml and script.yaml are by hand.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asCsv, asEdfi, marksOf } from './generate/attendance.ts';
import { asIcs, asTable, yearsOf } from './generate/calendars.ts';
import { chance } from './generate/chance.ts';
import { GUARDIAN_COLUMNS, guardians, students } from './generate/people.ts';
import { STORIES } from './generate/stories.ts';

const SEED = 53;

/** Every file by its path below examples/. */
export function exampleFiles(): Map<string, string> {
  const random = chance(SEED);
  const files = new Map<string, string>();
  const everybody = students(random);
  files.set('schools.csv', SCHOOLS);
  files.set(
    'students.csv',
    csv(
      ['student_id', 'first_name', 'last_name', 'birth_date', 'grade', 'school'],
      everybody.map((one) => [one.id, one.first, one.last, one.birthDate, String(one.grade), one.school]),
    ),
  );
  files.set(
    'guardians.csv',
    csv(
      GUARDIAN_COLUMNS,
      guardians(random, everybody).map((row) => GUARDIAN_COLUMNS.map((column) => row[column])),
    ),
  );
  for (const school of ['MAPLE-HS', 'MAPLE-MS'] as const) {
    const years = yearsOf(school);
    const marks = everybody
      .filter((one) => one.school === school)
      .flatMap((student) => marksOf(random, student, years));
    for (const year of years) {
      const mine = marks.filter((mark) => mark.date < '2025-07-01' === (year.name === '2024-25'));
      const name = `${school.toLowerCase()}-${year.name}`;
      if (school === 'MAPLE-HS') {
        files.set(`calendars/${name}.ics`, asIcs(school, year));
        files.set(`attendance/${name}.xml`, asEdfi('4120101', mine));
      } else {
        files.set(`calendars/${name}.csv`, asTable(year));
        files.set(`attendance/${name}.csv`, asCsv(school, mine));
      }
    }
  }
  files.set('stories.csv', csv(['student_id', 'school', 'shows'], storyRows(everybody)));
  return files;
}

function storyRows(everybody: ReturnType<typeof students>): string[][] {
  return STORIES.map((story) => {
    const student = everybody.find((one) => one.story === story);
    return [student?.id ?? '', story.school, story.shows];
  });
}

const SCHOOLS = `code,source_id,district,name,county,zone,phone,address1,city,state,zip,attendance_clerk_name,attendance_clerk_email,attendance_clerk_phone,principal_name,principal_email,counselor_name,counselor_email,deputy_name,deputy_email
MAPLE-HS,4120101,Larkfield Community Unit School District 412,Maple Bend High School,Larkfield,America/Chicago,(309) 555-0120,1 Maple Bend Road,Larkfield,IL,61599,Corin Ashdown,attendance@maple-hs.example,(309) 555-0121,Selma Harrowgate,principal@maple-hs.example,Ivo Penhallow,counselor@maple-hs.example,Rhea Dunmore,deputy@maple-hs.example
MAPLE-MS,4120102,Larkfield Community Unit School District 412,Maple Bend Middle School,Larkfield,America/Chicago,(309) 555-0130,9 Maple Bend Road,Larkfield,IL,61599,Tove Lindgren-Ames,attendance@maple-ms.example,(309) 555-0131,Oren Castellane,principal@maple-ms.example,Mira Oakhollow,counselor@maple-ms.example,Jon Velander,deputy@maple-ms.example
`;

function csv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** Run as a program: writes the files beside itself. */
if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of exampleFiles()) {
    const file = path.join(import.meta.dirname, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
