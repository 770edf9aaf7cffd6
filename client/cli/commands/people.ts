/** `student`: rosters, and one student at a time. */
import type { Command } from 'commander';
import { parseDate } from '../../../domain/dates.ts';
import { readStudents } from '../../../imports/roster/index.ts';
import type { FoundStudent } from '../../../db/stores/students.ts';
import type { StudentShown, StudentsImported } from '../../services/people.ts';
import type { ApiSource } from '../api-source.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { issuesText, tallyText } from '../roster-text.ts';
import { cell, noun, verb } from '../verb.ts';
import { guardianText } from './guardians.ts';

/** Records a request: far below what the server takes, so that progress shows. */
const BATCH = 2_000;

export function register(program: Command): void {
  const student = noun(program, 'student', 'Students.');
  verb(student, {
    name: 'find <text...>',
    description: 'Find students by name or number.',
    example: "student find 'nguyen'",
    run: async (_options, { api, out }, args) => {
      const { students } = await api.get<{ students: FoundStudent[] }>('students', { find: args.join(' ') });
      const rows = students.map((one) => [
        one.sisId,
        cell(`${one.lastName}, ${one.firstName}`, 28),
        one.birthDate ?? '',
        cell(one.schools.join(' '), 12),
        one.caseNumber ?? '',
        one.stage ?? '',
      ]);
      out.result(
        students,
        students.length === 0
          ? 'Nobody found.'
          : table(['Number', 'Name', 'Born', 'School', 'Case', 'Stage'], rows),
      );
    },
  });
  verb<{ file: string; school?: string; asOf?: string }>(student, {
    name: 'import',
    description: 'Bring in a roster (Ed-Fi XML, CSV): adds and changes, never removes.',
    example: 'student import --file students.csv',
    options: (c) =>
      c
        .requiredOption('--file <file>', 'the roster')
        .option('--school <code>', 'the school of students whose row names none')
        .option('--as-of <date>', 'changes of school hold from this date (default: today)'),
    run: async ({ file, school, asOf }, { api, out }) => {
      const codes = await schoolCodes(api);
      const read = await readStudents(file, { schoolCode: (name) => codes.get(name) ?? name });
      const students = read.students.map((one) => ({ ...one, school: one.school ?? school }));
      const sum = { read: 0, new: 0, changed: 0, unchanged: 0, moved: 0 };
      const unknownSchools = new Set<string>();
      for (let from = 0; from < students.length; from += BATCH) {
        const done = await api.post<StudentsImported>('students:import', {
          students: students.slice(from, from + BATCH),
          asOf,
        });
        sum.read += done.read;
        sum.new += done.new;
        sum.changed += done.changed;
        sum.unchanged += done.unchanged;
        sum.moved += done.moved;
        for (const one of done.unknownSchools) unknownSchools.add(one);
        out.note(`${sum.read} of ${students.length}`);
      }
      out.note(issuesText(read.issues));
      const unknown = [...unknownSchools];
      out.result(
        { ...sum, unknownSchools: unknown, issues: read.issues },
        `${tallyText(sum)}; ${sum.moved} changed school${unknown.length > 0 ? `; unknown schools: ${unknown.join(', ')}` : ''}`,
      );
    },
  });
  verb<{ student: string }>(student, {
    name: 'show',
    description: 'One student: adults, cases, and who a letter would go to.',
    example: 'student show --student 604822',
    options: (c) => c.requiredOption('--student <number>', 'number in the student system'),
    run: async ({ student: sis }, { api, out }) => {
      const shown = await api.get<StudentShown>(`students/${part(sis)}`);
      out.result(shown, studentText(shown));
    },
  });
  verb<{
    student: string;
    first: string;
    last: string;
    born?: string;
    grade?: string;
    school: string;
    asOf?: string;
  }>(student, {
    name: 'add',
    description: 'Add one student by hand, or change what is on record.',
    example:
      'student add --student 604822 --first Ada --last Testchild --born 2011-03-02 --grade 9 --school PEKIN-HS',
    options: (c) =>
      c
        .requiredOption('--student <number>', 'number in the student system')
        .requiredOption('--first <name>', 'first name')
        .requiredOption('--last <name>', 'last name')
        .requiredOption('--school <code>', 'the school attended')
        .option('--born <date>', 'birth date, YYYY-MM-DD: letters and court papers need it')
        .option('--grade <grade>', 'grade')
        .option('--as-of <date>', 'a change of school holds from this date (default: today)'),
    run: async (options, { api, out }) => {
      // Said before anything is kept: a student of no school can have no case.
      await api.get(`schools/${part(options.school)}`);
      const done = await api.post<StudentsImported>('students:import', {
        students: [
          {
            sisId: options.student,
            firstName: options.first,
            lastName: options.last,
            birthDate: options.born === undefined ? undefined : parseDate(options.born, '--born'),
            grade: options.grade,
            school: options.school,
          },
        ],
        asOf: options.asOf,
      });
      const what = done.new > 0 ? 'added' : done.changed + done.moved > 0 ? 'changed' : 'as before';
      out.result(done, `Student ${options.student}: ${what}.`);
    },
  });
}

/** Codes of schools by what sources call them. */
export async function schoolCodes(api: ApiSource): Promise<Map<string, string>> {
  const { schools } = await api.get<{ schools: { code: string; sourceId: string }[] }>('schools');
  return new Map(
    schools.flatMap((one) => [[one.sourceId, one.code] as const, [one.code, one.code] as const]),
  );
}

function studentText(shown: StudentShown): string {
  return [
    `${shown.firstName} ${shown.lastName} (${shown.sisId}), born ${shown.birthDate ?? 'not on record'}, grade ${shown.grade ?? '?'}, ${shown.schools.join(', ') || 'no school on record'}`,
    ...shown.guardians.map(guardianText),
    ...shown.cases.map(
      (one) =>
        `Case     ${one.caseNumber} (${one.status === 'closed' ? 'closed' : one.stage}), opened ${one.openedOn}`,
    ),
    shown.letters.blocked === null
      ? `Letters  ${shown.letters.to.map((one) => `${one.channel} in ${one.language}${one.assumed ? ' (assumed)' : ''}`).join('; ')}`
      : `Letters  cannot be sent: ${shown.letters.blocked}`,
  ].join('\n');
}
