/**
 * `truancy attendance`: explain a count, list codes, look at a file before it is imported. From files alone, or from the
 * office's records where a {@link RecordsSource} is given.
 */
import { Option, type Command } from 'commander';
import {
  countUnexcused,
  type Count,
  type CountingRules,
  type TruancyLines,
} from '../../../domain/attendance.ts';
import { parseDate, type IsoDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { AttendanceFormat } from '../../../imports/attendance/index.ts';
import { loadPolicy } from '../../../policies/load.ts';
import { CliError, EXIT, exampleLines, outputFor, type Output } from '../frame.ts';
import { collect, collectCode, marksOf, readFiles, type FileOptions } from './attendance-files.ts';
import { codesText, explainText, importText } from './attendance-text.ts';

/**
 * The office's records, as these verbs need them: the client of the HTTP API implements it. Each method prints nothing;
 * it resolves to what the file form would have found, or throws a CliError.
 */
export interface AttendanceRecords {
  explain(wish: { student: string; asOf?: IsoDate | undefined; policy?: string | undefined }): Promise<{
    count: Count;
    lines: TruancyLines;
  }>;
  codes(
    wish: { district?: string | undefined; set: Readonly<Record<string, string>> },
    out: Output,
  ): Promise<void>;
  import(file: string, options: ImportOptions, out: Output): Promise<void>;
}

/** Opened only when a verb is used without files. */
export type RecordsSource = () => Promise<AttendanceRecords>;

interface ExplainOptions extends FileOptions {
  readonly student: string;
  readonly asOf?: string | undefined;
  readonly file: readonly string[];
  readonly policy?: string | undefined;
  readonly covers?: string | undefined;
}

interface CodesOptions extends FileOptions {
  readonly file: readonly string[];
  readonly district?: string | undefined;
}

export interface ImportOptions extends FileOptions {
  readonly dryRun?: boolean | undefined;
}

/** Issues shown to people; `--json` has all. */
const LISTED = 25;

export function register(program: Command, records?: RecordsSource): void {
  const attendance = program
    .command('attendance')
    .description('Attendance: import, codes, and every count explained');

  withFileOptions(attendance.command('explain'))
    .description("A student's unexcused days as of a date: each day that counts, each that does not, and why")
    .requiredOption('--student <number>', 'number in the student system')
    .option('--as-of <date>', 'count as of this date (default: up to when attendance is known)')
    .addOption(repeatable('--file <file>', 'attendance file instead of the records; repeatable'))
    .option('--policy <name>', 'policy whose counting rules apply', 'roe53')
    .option(
      '--covers <date>',
      'attendance in the files is complete up to this date (default: their last date)',
    )
    .addHelpText(
      'after',
      example(
        'attendance explain --student 604822 --as-of 2022-05-27 --file attendance.xml --calendar 2021-22.ics',
      ),
    )
    .action(async (options: ExplainOptions, command: Command) =>
      explain(options, outputFor(command), records),
    );

  withFileOptions(attendance.command('codes'))
    .description('Codes seen, how often, and what they map to')
    .addOption(repeatable('--file <file>', 'attendance file instead of the records; repeatable'))
    .option('--district <code>', 'district whose code map is meant (records)')
    .addHelpText('after', example('attendance codes --file attendance.csv --set NX=unexcused'))
    .action(async (options: CodesOptions, command: Command) => codes(options, outputFor(command), records));

  withFileOptions(attendance.command('import'))
    .argument('<file>', 'attendance file; may be gzipped')
    .description('Read an attendance file into the records; --dry-run only reports')
    .option('--dry-run', 'say what would be stored and what to look at; store nothing')
    .addHelpText(
      'after',
      example('attendance import attendance.xml --format edfi --calendar 2021-22.ics --dry-run'),
    )
    .action(async (file: string, options: ImportOptions, command: Command) =>
      importFile(file, options, outputFor(command), records),
    );
}

async function explain(
  options: ExplainOptions,
  out: Output,
  records: RecordsSource | undefined,
): Promise<void> {
  const asOf = options.asOf === undefined ? undefined : parseDate(options.asOf, '--as-of');
  if (options.file.length === 0) {
    const source = await open(records, 'give --file F and --calendar F to explain from files');
    const { count, lines } = await source.explain({ student: options.student, asOf, policy: options.policy });
    print(options.student, count, lines, out);
    return;
  }
  if (options.calendar.length === 0) {
    throw new InputFault('NO_CALENDAR', 'the count needs the school days: give --calendar F', '--calendar');
  }
  const { rules, lines } = await countingOf(options.policy ?? 'roe53');
  const covers = options.covers === undefined ? undefined : parseDate(options.covers, '--covers');
  const read = await readFiles(options.file, options, options.student);
  if (!read.students.has(options.student)) {
    throw new CliError(
      'UNKNOWN_STUDENT',
      `student ${options.student.slice(0, 40)} is in none of the files; they hold ${read.students.size} students` +
        (options.students === undefined
          ? '. A file of absences names only the absent: --students F gives the roster'
          : ''),
      EXIT.unknownOrForbidden,
    );
  }
  const knownUpTo = covers ?? read.lastDate;
  const day = asOf ?? knownUpTo;
  if (day === null)
    throw new InputFault('NO_DATE', 'the files hold no date: say as of when with --as-of', '--as-of');
  sayNotes(read.notes, out);
  sayIssues(read.intake.report.counts, out);
  const count = countUnexcused(
    marksOf(read, options.student),
    read.calendar ?? NO_CALENDAR,
    day,
    rules,
    knownUpTo,
  );
  print(options.student, count, lines, out);
}

const NO_CALENDAR = { terms: [], closed: [], open: [] };

function print(student: string, count: Count, lines: TruancyLines, out: Output): void {
  if (out.json) sayNotes(count.notes, out);
  const { asOf, knownUpTo, window, unexcusedDays, counted, notCounted, threshold, reached } = count;
  out.result(
    { student, asOf, knownUpTo, window, unexcusedDays, counted, notCounted, threshold, reached },
    explainText(student, count, lines),
  );
}

async function codes(options: CodesOptions, out: Output, records: RecordsSource | undefined): Promise<void> {
  if (options.file.length === 0) {
    const source = await open(records, 'give --file F to list the codes of a file');
    await source.codes({ district: options.district, set: options.set }, out);
    return;
  }
  const read = await readFiles(options.file, options);
  sayNotes(read.notes, out);
  const { report } = read.intake;
  out.result({ formats: read.formats, codes: report.codes }, codesText(report));
}

async function importFile(
  file: string,
  options: ImportOptions,
  out: Output,
  records: RecordsSource | undefined,
): Promise<void> {
  if (options.dryRun !== true || options.calendar.length === 0) {
    if (records) {
      await (await records()).import(file, options, out);
      return;
    }
    if (options.dryRun !== true) await open(records, 'add --dry-run to look at the file alone');
  }
  const read = await readFiles([file], options);
  sayNotes(read.notes, out);
  if (options.calendar.length === 0) out.note('without --calendar F no day is checked for school');
  const name = read.intake.report.issues[0]?.file ?? file.split(/[/\\]/).at(-1) ?? file;
  out.result(
    { file: name, format: read.formats[0], dryRun: true, ...read.intake.report },
    importText(name, read.intake.report, LISTED),
  );
}

async function open(records: RecordsSource | undefined, otherwise: string): Promise<AttendanceRecords> {
  if (records) return records();
  throw new CliError(
    'NO_RECORDS',
    `no server is set up for the office's records; ${otherwise}`,
    EXIT.badInput,
  );
}

/** The counting part of a policy, and the law's lines for its words. */
async function countingOf(name: string): Promise<{ rules: CountingRules; lines: TruancyLines }> {
  const { policy } = await loadPolicy(name);
  return { rules: policy.counting, lines: policy.words };
}

function sayNotes(notes: readonly string[], out: Output): void {
  for (const note of notes) out.note(note);
}

function sayIssues(counts: Readonly<Record<string, number>>, out: Output): void {
  const faults = counts['fault'] ?? 0;
  if (faults > 0)
    out.note(
      `${faults} ${faults === 1 ? 'row' : 'rows'} of the files cannot be read and can count for nobody; attendance import --dry-run lists them`,
    );
}

function withFileOptions(command: Command): Command {
  const formats: AttendanceFormat[] = ['edfi', 'csv', 'infinite-campus'];
  return command
    .addOption(
      new Option('--format <format>', 'format of the file (default: by its content)').choices(formats),
    )
    .addOption(repeatable('--calendar <file>', 'school calendar; repeatable, one a school year'))
    .addOption(
      new Option('--calendar-mode <mode>', 'what calendar events name').choices(['closures', 'school-days']),
    )
    .option('--closed <regex>', 'calendar events that close (replaces the default)')
    .option('--open <regex>', 'calendar events that are school days (replaces the default)')
    .option('--first-day <date>', 'first day of school, where the calendar does not say', (v) =>
      parseDate(v, '--first-day'),
    )
    .option('--last-day <date>', 'last day of school, where the calendar does not say', (v) =>
      parseDate(v, '--last-day'),
    )
    .option('--students <file>', 'roster: rows of anybody else are reported')
    .option('--school <id>', 'only rows of this school, as the file names it')
    .option('--day-minutes <n>', 'minutes of a school day, for rows in minutes (default 390)')
    .option('--periods-per-day <n>', 'class periods of a school day, for one row a period')
    .addOption(
      new Option('--set <code=category>', 'what a code means; repeatable')
        .argParser(collectCode)
        .default({}, 'none'),
    );
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'none');
}

function example(line: string): string {
  return `\nExample:\n${exampleLines(`truancy ${line}`)}`;
}
