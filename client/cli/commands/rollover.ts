/** `rollover`: the August roster as one list for one yes. */
import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { ROLLOVER_KINDS, type Placement, type RolloverKind } from '../../../domain/rollover.ts';
import { readStudents } from '../../../imports/roster/index.ts';
import type { RolloverDone, RolloverShown } from '../../services/rollover.ts';
import { part, type ApiSource } from '../api-source.ts';
import { CliError, EXIT, table, type Output } from '../frame.ts';
import { issuesText } from '../roster-text.ts';
import { cell, idOf, noun, verb, withId } from '../verb.ts';
import { schoolCodes } from './people.ts';

const WORDS: Readonly<Record<RolloverKind, string>> = {
  promoted: 'promoted',
  graduated: 'graduated',
  'not-returned': 'not returned',
  new: 'new',
  unchanged: 'as before',
};

/** Students listed to people; `--json` has all. */
const LISTED = 25;

interface ImportOptions {
  readonly file: string;
  readonly school?: string;
  readonly district?: string;
  readonly starts?: string;
  readonly expectMissing?: string;
  readonly dryRun?: boolean;
}

export function register(program: Command): void {
  const rollover = noun(program, 'rollover', 'The new year’s roster: one list for one yes.');
  verb<ImportOptions>(rollover, {
    name: 'import',
    description: 'Compare the new roster with the records; nothing changes before the yes.',
    example: 'rollover import --file roster-2026-27.csv',
    options: (c) =>
      c
        .requiredOption('--file <file>', 'the roster (Ed-Fi XML, OneRoster, CSV)')
        .option('--school <code>', 'the school of students whose row names none')
        .option('--district <code>', 'the roster is of this district alone')
        .option('--starts <date>', 'first day at the new school (default: today)')
        .option('--expect-missing <number>', 'so many students are expected not to be back')
        .option('--dry-run', 'show the list, keep nothing'),
    run: async (options, { api, out }) => {
      const codes = await schoolCodes(api);
      const read = await readStudents(options.file, { schoolCode: (name) => codes.get(name) ?? name });
      const shown = await api.post<RolloverShown>('rollovers', {
        students: read.students.map((one) => ({ ...one, school: one.school ?? options.school })),
        district: options.district,
        startsOn: options.starts,
        expectMissing: wholeNumber(options.expectMissing, '--expect-missing'),
        dryRun: options.dryRun,
      });
      out.note(issuesText(read.issues));
      out.result({ ...shown, issues: read.issues }, listText(shown));
    },
  });
  verb<{ rollover?: string }>(rollover, {
    name: 'show',
    description: 'A list: who is promoted, graduated, not back; what is proposed for open cases.',
    example: 'rollover show',
    options: withList,
    run: async (options, { api, out }) => {
      const shown = await listOf(api, options.rollover);
      out.result(shown, listText(shown));
    },
  });
  verb<{ rollover?: string; id?: string; yes?: boolean }>(rollover, {
    name: 'apply',
    description: 'The one yes: grades and schools change, open cases go to the Case Manager.',
    example: 'rollover apply --yes',
    options: (c) => withId(withList(c)).option('--yes', 'do not ask'),
    run: async (options, { api, out }) => {
      const shown = await listOf(api, options.rollover);
      if (shown.status === 'proposed') await confirm(out, shown, options.yes);
      const done = await api.post<RolloverDone>(`rollovers/${part(String(shown.rollover))}/apply`, {
        id: options.id === undefined ? undefined : idOf(options),
      });
      out.result(done, doneText(done));
    },
  });
  verb<{ rollover?: string }>(rollover, {
    name: 'drop',
    description: 'Take a list back; nothing was changed by it.',
    example: 'rollover drop --rollover 3',
    options: withList,
    run: async (options, { api, out }) => {
      const shown = await listOf(api, options.rollover);
      const done = await api.post<RolloverShown>(`rollovers/${part(String(shown.rollover))}/drop`, {});
      out.result(done, `List ${done.rollover} is dropped; nothing was changed by it.`);
    },
  });
}

const withList = (command: Command): Command =>
  command.option('--rollover <number>', 'number of the list (default: the latest)');

async function listOf(api: ApiSource, number: string | undefined): Promise<RolloverShown> {
  const id = wholeNumber(number, '--rollover');
  return api.get<RolloverShown>(`rollovers/${id === undefined ? 'latest' : part(String(id))}`);
}

function wholeNumber(text: string | undefined, place: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new InputFault('BAD_NUMBER', 'is no number', place);
  return Number(text);
}

async function confirm(out: Output, shown: RolloverShown, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  out.note(listText(shown));
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(
      'CONFIRMATION_NEEDED',
      'this changes the records of everybody on the list; add --yes to say that it shall',
      EXIT.badInput,
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question('Go ahead? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('NOT_CONFIRMED', 'nothing was done', EXIT.other);
  } finally {
    ask.close();
  }
}

const STATUS: Readonly<Record<RolloverShown['status'], string>> = {
  proposed: 'waits for its yes: `truancy rollover apply`',
  applied: 'written into the records',
  dropped: 'dropped: nothing was changed by it',
  'dry-run': 'nothing was kept (dry run)',
};

export function listText(shown: RolloverShown): string {
  const { counts, cases, items } = shown;
  const number = shown.rollover === null ? '' : ` ${shown.rollover}`;
  return [
    `List${number} of ${shortDate(shown.proposedOn)}${shown.district === null ? '' : `, district ${shown.district}`}: ${STATUS[shown.status]}.`,
    `New grades and schools hold from ${shortDate(shown.startsOn)} on.`,
    ...(shown.schoolBegan === null
      ? []
      : [
          `Look: school began on ${shortDate(shown.schoolBegan)}; the days since then stay with the old school unless you give --starts ${shown.schoolBegan}.`,
        ]),
    ...(shown.withoutCalendar.length === 0
      ? []
      : [
          `Look: no school day of the coming year is known at ${shown.withoutCalendar.join(', ')}; import the calendar, nothing can be counted there until then.`,
        ]),
    '',
    table(
      ['Students', 'Number'],
      ROLLOVER_KINDS.map((kind) => [WORDS[kind], counts[kind]]),
    ),
    '',
    ...(cases.length === 0
      ? ['No open case is concerned.']
      : [
          `Open cases, each for the Case Manager to keep or close:`,
          table(
            ['Case', 'Student', 'Stage', 'What', 'Proposed'],
            cases.map((one) => [
              one.caseNumber,
              cell(one.student, 12),
              cell(one.stage, 17),
              WORDS[one.kind],
              one.reason === null ? one.suggest : `${one.suggest}: ${one.reason}`,
            ]),
          ),
        ]),
    ...(items.length === 0
      ? []
      : [
          '',
          table(
            ['Student', 'What', 'Before', 'Now'],
            items
              .slice(0, LISTED)
              .map((one) => [cell(one.sisId, 14), WORDS[one.kind], placed(one.before), placed(one.after)]),
          ),
        ]),
    ...(items.length > LISTED ? [`… and ${items.length - LISTED} more (--json has all)`] : []),
  ].join('\n');
}

function placed(at: Placement | null): string {
  if (at === null) return '–';
  const grade = at.grade === null ? '' : `, grade ${at.grade}`;
  return cell(`${at.school ?? 'no school'}${grade}`, 24);
}

function doneText(done: RolloverDone): string {
  const { promoted, graduated, 'not-returned': away, new: fresh } = done.counts;
  return [
    `List ${done.rollover} is in the records from ${shortDate(done.startsOn)} on: ${promoted} promoted (${done.moved} at another school), ${graduated} graduated, ${away} not returned, ${fresh} new.`,
    done.asked.length === 0
      ? 'No open case is concerned.'
      : `${done.asked.length} open ${done.asked.length === 1 ? 'case waits' : 'cases wait'} for the Case Manager (\`truancy todo\`): keep (--done) or close (\`truancy case close\`).`,
  ].join('\n');
}
