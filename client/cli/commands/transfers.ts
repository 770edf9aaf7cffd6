/** `case transfer`, `case record`, `case merge`, `student merge`, `student edit`: students who move, leave, or stand twice. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { CaseRecord } from '../../../domain/case-record.ts';
import { parseDate, shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { MergeAnswer } from '../../services/merges.ts';
import type { StudentEdited } from '../../services/student-edit.ts';
import type { TransferOutAnswer } from '../../services/transfer-out.ts';
import type { TransferAnswer } from '../../services/transfers.ts';
import { part, type ApiSource } from '../api-source.ts';
import { idOf, noun, verb, withCase, withId, withSubject, type Doing } from '../verb.ts';

export function register(program: Command): void {
  registerTransfer(noun(program, 'case', 'Cases on the ladder.'));
  registerStudents(noun(program, 'student', 'Students, by number or name.'));
}

interface Transfer {
  readonly case?: string;
  readonly student?: string;
  readonly to: string;
  readonly on?: string;
  readonly out?: boolean;
  readonly record?: string;
  readonly id?: string;
}

function registerTransfer(cases: Command): void {
  verb<Transfer>(cases, {
    name: 'transfer',
    description: 'The student goes on at another school of the region, or leaves it (--out).',
    example:
      'case transfer --case C-000017 --to MAPLE-MS --on 2026-01-12\n  truancy case transfer --case C-000017 --out --to "a school in Iowa" --record c17',
    options: (c) =>
      withId(withSubject(c))
        .requiredOption('--to <where>', 'code of the new school; with --out where to, in words')
        .option('--on <date>', 'first day there; with --out today, where none is given')
        .option('--out', 'out of the region: the case closes')
        .option('--record <file>', 'with --out: write the record for the next office'),
    run: async (options, doing) => {
      if ((options.student === undefined) === (options.case === undefined))
        throw new InputFault('BAD_USAGE', 'give either --student or --case');
      const on = options.on === undefined ? undefined : parseDate(options.on, '--on');
      if (options.out === true) return leave(options, on, doing);
      if (options.record !== undefined)
        throw new InputFault('BAD_USAGE', 'goes with --out; `case record` gives one at any time', '--record');
      if (on === undefined) throw new InputFault('BAD_USAGE', 'say the first day at the new school', '--on');
      const route =
        options.case === undefined
          ? `students/${part(options.student ?? '')}/transfer`
          : `cases/${part(options.case)}/transfer`;
      const done = await doing.api.post<TransferAnswer>(route, { to: options.to, on });
      doing.out.result(done, transferText(done));
    },
  });
  verb<{ case: string; out: string; to: string }>(cases, {
    name: 'record',
    description: 'Write the account of a case for the office that goes on with it.',
    example: 'case record --case C-000017 --out c17.md --to "the regional office in Rock Island"',
    options: (c) =>
      withCase(c)
        .requiredOption('--out <file>', '.json or .md; both, where it has no ending')
        .requiredOption('--to <whom>', 'who is given it: kept as a disclosure'),
    run: async (options, { api, out }) => {
      const { record, files } = await writeRecord(api, options.case, options.to, options.out);
      out.result({ files, record }, `Written: ${files.join(', ')}. Noted as a disclosure.`);
    },
  });
  verb<{ case: string } & Merge>(cases, {
    name: 'merge',
    description: 'Two cases of one child: the student of --case is merged into that of --into.',
    example: 'case merge --case C-000018 --into C-000017 --reason "entered twice in August"',
    options: (c) => withMerge(withCase(c), 'case that goes on'),
    run: async (options, doing) => merge(doing, `cases/${part(options.case)}/merge`, options),
  });
}

async function leave(options: Transfer, on: string | undefined, { api, out }: Doing): Promise<void> {
  if (options.case === undefined)
    throw new InputFault('BAD_USAGE', 'say which case closes; without one, `student edit --left`', '--case');
  const done = await api.post<TransferOutAnswer>(`cases/${part(options.case)}/transfer-out`, {
    id: idOf(options),
    to: options.to,
    on,
  });
  const written =
    options.record === undefined ? null : await writeRecord(api, options.case, options.to, options.record);
  out.result(
    { ...done, files: written?.files ?? [] },
    [
      `${done.caseNumber} is closed: transferred out; last day here ${shortDate(done.lastDay)}${done.left.length > 0 ? ` (${done.left.join(', ')})` : ''}.`,
      written === null
        ? `For the next office: truancy case record --case ${done.caseNumber} --out FILE --to WHOM`
        : `Written: ${written.files.join(', ')}. Noted as a disclosure.`,
    ].join('\n'),
  );
}

/** Readable by nobody else: it names the child. */
async function writeRecord(
  api: ApiSource,
  number: string,
  to: string,
  file: string,
): Promise<{ record: CaseRecord; files: string[] }> {
  const { record, account } = await api.post<{ record: CaseRecord; account: string }>(
    `cases/${part(number)}/record`,
    { to },
  );
  const json = `${JSON.stringify(record, null, 2)}\n`;
  const wanted: [string, string][] = /\.json$/i.test(file)
    ? [[file, json]]
    : /\.(md|txt)$/i.test(file)
      ? [[file, account]]
      : [
          [`${file}.json`, json],
          [`${file}.md`, account],
        ];
  for (const [name, text] of wanted) {
    try {
      writeFileSync(name, text, { mode: 0o600 });
    } catch (cause) {
      throw new InputFault(
        'NOT_WRITTEN',
        `cannot be written (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given'}); choose another place`,
        name,
      );
    }
  }
  return { record, files: wanted.map(([name]) => name) };
}

interface Merge {
  readonly into: string;
  readonly reason: string;
  readonly since?: string;
  readonly id?: string;
}

const withMerge = (command: Command, what: string): Command =>
  withId(command)
    .requiredOption('--into <number>', `the ${what}`)
    .requiredOption('--reason <text>', 'why they are one child')
    .option('--since <date>', 'since when the one that stays is at their school, if no roster says it');

async function merge({ api, out }: Doing, route: string, options: Merge): Promise<void> {
  const { into, reason, id } = options;
  const since = options.since === undefined ? undefined : parseDate(options.since, '--since');
  const done = await api.post<MergeAnswer>(route, { into, reason, since, id });
  out.result(done, mergeText(done));
}

function registerStudents(students: Command): void {
  verb<{ student: string } & Merge>(students, {
    name: 'merge',
    description: 'A duplicate: all of --student is brought to --into, whose number stays.',
    example: 'student merge --student 604823 --into 604822 --reason "entered twice in August"',
    options: (c) => withMerge(c.requiredOption('--student <number>', 'the duplicate'), 'student that stays'),
    run: async (options, doing) => merge(doing, `students/${part(options.student)}/merge`, options),
  });
  verb<{
    student: string;
    first?: string;
    middle?: string;
    last?: string;
    birthDate?: string;
    grade?: string;
    school?: string;
    on?: string;
    left?: string;
  }>(students, {
    name: 'edit',
    description: 'Change what is on record of a student; what is not named stays.',
    example: 'student edit --student 604822 --birth-date 2011-03-02 --grade 9',
    options: (c) =>
      c
        .requiredOption('--student <number>', 'number in the student system')
        .option('--first <name>', 'first name')
        .option('--middle <name>', 'middle name')
        .option('--last <name>', 'last name')
        .option('--birth-date <date>', 'YYYY-MM-DD')
        .option('--grade <grade>', 'grade')
        .option('--school <code>', 'another school of the region: an open case follows')
        .option('--on <date>', 'first day at that school (default: today)')
        .option('--left <date>', 'last day at school; enrolled nowhere afterwards'),
    run: async (options, { api, out }) => {
      const date = (value: string | undefined, place: string) =>
        value === undefined ? undefined : parseDate(value, place);
      const done = await api.post<StudentEdited>(`students/${part(options.student)}/edit`, {
        firstName: options.first,
        middleName: options.middle,
        lastName: options.last,
        birthDate: date(options.birthDate, '--birth-date'),
        grade: options.grade,
        school: options.school,
        on: date(options.on, '--on'),
        left: date(options.left, '--left'),
      });
      const lines = [
        ...(done.changed.length > 0 ? [`Changed: ${done.changed.join(', ')}.`] : []),
        ...(done.transfer ? [transferText({ ...done.transfer, waits: done.waits })] : []),
        ...(done.left.length > 0 ? [`No longer at ${done.left.join(', ')}.`] : []),
      ];
      out.result(done, lines.join('\n') || 'It stood so already; nothing changed.');
    },
  });
}

function transferText(done: TransferAnswer): string {
  const since = `since ${shortDate(done.since)}`;
  const what =
    done.what === 'as-before'
      ? `Student ${done.student} is at ${done.school} ${since} already; nothing was done.`
      : done.what === 'redated'
        ? `Student ${done.student} is at ${done.school} ${since}; the day was corrected.`
        : `Student ${done.student} is at ${done.school} ${since}${done.from === null ? '' : `, before at ${done.from}`}.`;
  const follows =
    done.caseNumber === null || done.what === 'as-before'
      ? []
      : [
          done.what === 'moved'
            ? `${done.caseNumber} goes on there; the new school and its Case Manager have a task.`
            : `${done.caseNumber} counts its days anew.`,
        ];
  return [what, ...follows, ...(done.waits ? ['Kept; the case is told when Temporal is back.'] : [])].join(
    '\n',
  );
}

function mergeText(done: MergeAnswer): string {
  if (done.repeated) return `${done.student} was merged into ${done.into} before; nothing was done.`;
  const { marks } = done;
  return [
    `${done.student} is merged into ${done.into}: ${marks.brought} marks, ${done.interventions} interventions, ${done.contacts} contacts, ${done.guardians} adults, ${done.enrollments} enrolments brought.`,
    ...(done.closed === null ? [] : [`${done.closed} is closed as a duplicate.`]),
    ...(done.caseNumber === null ? [] : [`${done.caseNumber} goes on with what is new to it.`]),
    ...marks.conflicts.map(
      (one) =>
        `${one.date} (${one.source}): both had a mark; that of ${one.holds === 'duplicate' ? done.student : done.into} holds, reported later.`,
    ),
    ...(done.notBrought.length === 0
      ? []
      : [
          `Nobody says since when ${done.into} is at their school, so the time at ${done.notBrought.join(', ')} was not brought.`,
        ]),
    ...(done.waits ? ['Kept; the case is told when Temporal is back.'] : []),
  ].join('\n');
}
