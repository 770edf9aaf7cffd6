/** `rehearse`: a year of attendance through the rules alone, without Temporal, database or mail. */
import type { Command } from 'commander';
import { parseDate, type IsoDate } from '../../../domain/dates.ts';
import { rehearse } from '../../../domain/rehearsal.ts';
import { loadPolicy } from '../../../policies/load.ts';
import { accountOf, furthest, studentAccounts, totalsOf, type StudentAccount } from '../../demo/account.ts';
import { compareAccounts, differenceText } from '../../demo/compare.ts';
import { allMarks, changedCalendars, loadDataset, rehearsalInput, type Dataset } from '../../demo/dataset.ts';
import { leftOutLines, leftOutNumbers, leftOutSummary } from '../../demo/left-out.ts';
import { dayProgress } from '../../demo/progress.ts';
import { addReadingOptions, collect, readingOptions, type CalendarFlags } from '../calendar-files.ts';
import { outputFor, table, type Output } from '../frame.ts';

/** Options of input files, shared with `demo`. */
export interface InputFlags extends CalendarFlags {
  readonly attendance?: readonly string[];
  readonly calendar?: readonly string[];
  readonly students?: string;
  readonly contacts?: string;
  readonly schools?: string;
  readonly script?: string;
  readonly from?: string;
  readonly to?: string;
}

interface Flags extends InputFlags {
  readonly policy: string;
  readonly against?: string;
  readonly report?: boolean;
}

export function addInputOptions(command: Command): Command {
  return addReadingOptions(
    command
      .option(
        '--attendance <file>',
        'attendance, Ed-Fi XML or CSV (repeatable; default: the example)',
        collect,
      )
      .option('--calendar <file>', 'calendar of all schools, or SCHOOL=FILE (repeatable)', collect)
      .option('--students <file>', 'roster, Ed-Fi XML or CSV')
      .option('--contacts <file>', 'parents and guardians; without it every family is written to by post')
      .option('--schools <file>', 'schools, Ed-Fi XML or CSV')
      .option('--script <file>', 'what school and office do (see examples/script.yaml)')
      .option('--from <date>', 'first day lived through; what is dated before is in the records already')
      .option('--to <date>', 'last day'),
  );
}

export function register(program: Command): void {
  addInputOptions(
    program
      .command('rehearse')
      .description('A year of attendance through the rules alone: every step of every student, in seconds.')
      .requiredOption('--policy <name>', 'policy by name or file')
      .option('--against <name>', 'a second policy: what would be different'),
  )
    .option('--report', 'list what was left out of the input, line by line')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: Flags, command: Command) => {
      await run(flags, outputFor(command));
    });
}

const EXAMPLE = `
Examples:
  truancy rehearse --policy roe53
  truancy rehearse --policy roe53 --attendance 2025-26.xml \\
      --calendar MAPLE-HS=hs.ics --calendar MAPLE-MS=ms.csv --json

What school and office do is invented (--script): attendance files hold no
interventions and no decisions.`;

async function run(flags: Flags, out: Output): Promise<void> {
  const began = performance.now();
  const { policy } = await loadPolicy(flags.policy);
  const other = flags.against === undefined ? null : await loadPolicy(flags.against);
  const dataset = await loadInput(flags, policy);
  const read = performance.now();
  const result = rehearseDataset(dataset, policy);
  const compared = other
    ? compareAccounts(accountOf(result), accountOf(rehearseDataset(dataset, other.policy)))
    : null;
  const done = performance.now();
  out.note(
    `${dataset.feed.length} days of attendance, ${result.length} students; read in ${seconds(read - began)}, rehearsed in ${seconds(done - read)}.`,
  );
  const names = { left: policy.name, right: other?.policy.name ?? '' };
  out.result(
    {
      policy: policy.name,
      policyVersion: policy.version,
      script: dataset.scriptName,
      from: dataset.from,
      to: dataset.to,
      students: result,
      totals: totalsOf(result),
      notCounted: leftOutNumbers(dataset),
      ...(flags.report ? { leftOut: leftOutLines(dataset) } : {}),
      ...(compared ? { against: { policy: names.right, differences: compared } } : {}),
    },
    [
      human(dataset, policy.name, result),
      ...(flags.report ? ['', ...leftOutLines(dataset)] : []),
      ...(compared
        ? [
            '',
            `Against ${names.right}: ${compared.length} steps differ.`,
            ...compared.map((one) => differenceText(one, names)),
          ]
        : []),
    ].join('\n'),
  );
}

/** Reads the files the options name; what calendars hold back is said on standard error. */
export async function loadInput(
  flags: InputFlags,
  policy: Parameters<typeof loadDataset>[1],
): Promise<Dataset> {
  const date = (text: string | undefined, option: string): IsoDate | undefined =>
    text === undefined ? undefined : parseDate(text, option);
  return loadDataset(
    {
      attendance: flags.attendance ?? [],
      calendars: flags.calendar ?? [],
      students: flags.students,
      contacts: flags.contacts,
      schools: flags.schools,
      script: flags.script,
      from: date(flags.from, '--from'),
      to: date(flags.to, '--to'),
    },
    policy,
    readingOptions(flags),
  );
}

function rehearseDataset(dataset: Dataset, policy: Parameters<typeof loadDataset>[1]): StudentAccount[] {
  const input = rehearsalInput(dataset, policy);
  const progress = dayProgress(dataset.from, dataset.to);
  const cases = rehearse(input, (date) => progress.reached(date));
  progress.stop();
  const calendars = changedCalendars(
    dataset.calendars,
    dataset.script,
    (on) => on >= dataset.from && on <= dataset.to,
  );
  return studentAccounts(cases, allMarks(input), calendars, policy, dataset.to);
}

function human(dataset: Dataset, policy: string, students: readonly StudentAccount[]): string {
  const rows = totalsOf(students).map(({ step, count, first, last }) => [
    step,
    count,
    first ?? '–',
    last ?? '–',
  ]);
  const top = furthest(students, 15).map((one) => {
    const on = (type: string, n?: number) =>
      one.steps.findLast((step) => step.type === type && (n === undefined || step['n'] === n))?.on ?? '–';
    return [
      one.student,
      one.stage,
      one.unexcusedDays,
      on('referral-accepted', 1),
      on('hearing-scheduled'),
      on('court-referred'),
    ];
  });
  return [
    `${dataset.example ? 'The example' : 'Your files'} by ${policy}, ${dataset.from} to ${dataset.to}; what school and office do: ${dataset.scriptName} (invented).`,
    '',
    table(['Step', 'Count', 'First', 'Last'], rows),
    '',
    table(['Student', 'Stage', 'Days', '1st referral', 'Hearing set', 'Court'], top),
    '',
    ...leftOutSummary(dataset),
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
