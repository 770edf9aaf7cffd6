/** `student`, `guardian`: rosters and contacts. */
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import { readContacts, readStudents } from '../../../imports/roster/index.ts';
import type { GuardianTally } from '../../../db/stores/guardians.ts';
import type { FoundStudent } from '../../../db/stores/students.ts';
import type { StudentShown, StudentsImported } from '../../services/people.ts';
import type { ApiSource } from '../api-source.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { issuesText, tallyText } from '../roster-text.ts';
import { cell, noun, verb } from '../verb.ts';

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
  registerGuardians(program);
}

function registerGuardians(program: Command): void {
  const guardian = noun(program, 'guardian', 'Parents, guardians and other adults.');
  verb<{
    file?: string;
    student?: string;
    first?: string;
    last?: string;
    relation?: string;
    language: string;
    email?: string;
    legal: string;
  }>(guardian, {
    name: 'add',
    description: 'Bring in contacts from a file, or one adult by hand.',
    example:
      'guardian add --file contacts.csv\n  truancy guardian add --student 604822 --first Mara --last Testparent --relation mother --email mara@example.org',
    options: (c) =>
      c
        .option('--file <file>', 'contacts (Ed-Fi XML, CSV)')
        .option('--student <number>', 'the student')
        .option('--first <name>', 'first name')
        .option('--last <name>', 'last name')
        .option('--relation <relation>', 'e.g. mother')
        .option('--language <tag>', 'language to write in', 'en')
        .option('--email <address>', 'e-mail')
        .option('--legal <yes|no|assumed>', 'whether a legal recipient of letters', 'yes'),
    run: async (options, { api, out }) => {
      const read =
        options.file === undefined
          ? { guardians: [byHand(options)], issues: [] }
          : await readContacts(options.file);
      const sum = { read: 0, new: 0, changed: 0, unchanged: 0, ties: 0, unknownStudents: [] as string[] };
      for (let from = 0; from < read.guardians.length; from += BATCH) {
        const done = await api.post<GuardianTally>('guardians:import', {
          guardians: read.guardians.slice(from, from + BATCH),
        });
        sum.read += done.read;
        sum.new += done.new;
        sum.changed += done.changed;
        sum.unchanged += done.unchanged;
        sum.ties += done.ties;
        sum.unknownStudents.push(...done.unknownStudents);
      }
      if (options.file !== undefined) out.note(issuesText(read.issues));
      const unknown = sum.unknownStudents.length;
      out.result(
        { ...sum, issues: read.issues },
        `${tallyText(sum)}; ${sum.ties} ties to students${unknown > 0 ? `; ${unknown} students are in no roster` : ''}`,
      );
    },
  });
  verb<{ student: string }>(guardian, {
    name: 'show',
    description: 'The adults of a student.',
    example: 'guardian show --student 604822',
    options: (c) => c.requiredOption('--student <number>', 'the student'),
    run: async ({ student }, { api, out }) => {
      const { guardians } = await api.get<StudentShown>(`students/${part(student)}`);
      out.result(guardians, guardians.map(guardianText).join('\n') || 'Nobody is on record.');
    },
  });
  verb<{ guardian: string; student: string; lift?: boolean; reason: string }>(guardian, {
    name: 'no-contact',
    description: 'Set or lift a court’s no-contact order: nobody under one is ever written to.',
    example: 'guardian no-contact --guardian 12 --student 604822 --reason "order 25-OP-117"',
    options: (c) =>
      c
        .requiredOption('--guardian <number>', 'the adult’s number (guardian show)')
        .requiredOption('--student <number>', 'the student')
        .requiredOption('--reason <text>', 'the order, or what lifted it')
        .option('--lift', 'the order has ended'),
    run: async ({ guardian: id, student, lift, reason }, { api, out }) => {
      const done = await api.post<{ noContact: boolean }>(`guardians/${part(id)}/no-contact`, {
        student,
        noContact: lift !== true,
        reason,
      });
      out.result(
        done,
        done.noContact
          ? 'No letter and no call goes to this adult about the student.'
          : 'The order is lifted.',
      );
    },
  });
}

function byHand(options: {
  student?: string;
  first?: string;
  last?: string;
  relation?: string;
  language: string;
  email?: string;
  legal: string;
}) {
  const { student, first, last, relation, language, email, legal } = options;
  if (!student || !first || !last || !relation) {
    throw new InputFault('BAD_USAGE', 'give --file, or --student, --first, --last and --relation');
  }
  return {
    sourceId: `hand-${student}-${first}-${last}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-'),
    firstName: first,
    lastName: last,
    language,
    ...(email === undefined ? {} : { email }),
    phones: [],
    students: [
      { student, relation, legalRecipient: legal, livesWith: true, primary: true, noContact: false },
    ],
  };
}

async function schoolCodes(api: ApiSource): Promise<Map<string, string>> {
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
      (one) => `Case     ${one.caseNumber} (${one.status}, ${one.stage}), opened ${one.openedOn}`,
    ),
    shown.letters.blocked === null
      ? `Letters  ${shown.letters.to.map((one) => `${one.channel} in ${one.language}${one.assumed ? ' (assumed)' : ''}`).join('; ')}`
      : `Letters  cannot be sent: ${shown.letters.blocked}`,
  ].join('\n');
}

function guardianText(one: StudentShown['guardians'][number]): string {
  const reach =
    one.emailBadSince === null && one.email !== null
      ? one.email
      : one.address === null
        ? 'no address'
        : 'by post';
  return `Adult    ${String(one.id).padEnd(5)} ${one.firstName} ${one.lastName}, ${one.relation}, ${one.language}, ${reach}${one.noContact ? ', NO CONTACT (court)' : ''}, legal recipient: ${one.legalRecipient}`;
}
