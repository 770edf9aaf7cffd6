/** Options and messages shared by every command that reads calendar files (`--file`, `--calendar`). */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { parseDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import { parseSettlement, readCalendarFiles } from '../../imports/calendar/index.ts';
import type { CalendarMode, CalendarOptions, CalendarReading } from '../../imports/calendar/index.ts';
import type { Output } from './frame.ts';

/** The reading options as commander hands them over. */
export interface CalendarFlags {
  readonly mode?: CalendarMode;
  readonly closed?: string;
  readonly open?: string;
  readonly zone?: string;
  readonly firstDay?: string;
  readonly lastDay?: string;
  readonly settle?: readonly string[];
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  if (value === '') throw new InvalidArgumentError('is empty');
  return [...(before ?? []), value];
}

/** Adds `--mode`, `--closed`, `--open`, `--zone`, `--first-day`, `--last-day` and `--settle`. */
export function addReadingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mode <mode>', 'how the file is written; guessed when not given').choices([
        'closures',
        'school-days',
      ]),
    )
    .option('--closed <regex>', 'events that close school, by title or type (replaces the default patterns)')
    .option('--open <regex>', 'events that are school days, by title or type (replaces the default patterns)')
    .option('--zone <zone>', "the school's IANA time zone (default: the file's own, else America/Chicago)")
    .option('--first-day <date>', "first day of school, in place of the file's")
    .option('--last-day <date>', "last day of school, in place of the file's")
    .option('--settle <date=class>', 'settle a held-back date: closed, open or info (repeatable)', collect);
}

export function readingOptions(flags: CalendarFlags): CalendarOptions {
  return {
    mode: flags.mode,
    closed: pattern(flags.closed, '--closed'),
    open: pattern(flags.open, '--open'),
    zone: flags.zone,
    firstDay: flags.firstDay === undefined ? undefined : parseDate(flags.firstDay, '--first-day'),
    lastDay: flags.lastDay === undefined ? undefined : parseDate(flags.lastDay, '--last-day'),
    settle: (flags.settle ?? []).map((text) => parseSettlement(text, '--settle')),
  };
}

function pattern(text: string | undefined, option: string): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    throw new InputFault('BAD_REGEX', `is no regular expression: ${message}`, option);
  }
}

/** Reads the files into one calendar and says on standard error what was held back or left out. */
export function loadCalendarFiles(
  paths: readonly string[],
  flags: CalendarFlags,
  output: Pick<Output, 'note'>,
): { calendar: SchoolCalendar; readings: readonly CalendarReading[] } {
  const loaded = readCalendarFiles(paths, readingOptions(flags));
  for (const reading of loaded.readings) reportReading(reading, output);
  return loaded;
}

/** Unsettled events close nothing here: nobody may take a count for certain without having seen them. */
export function reportReading(reading: CalendarReading, output: Pick<Output, 'note'>): void {
  for (const { event, why } of reading.unsettled) {
    output.note(`unsettled ${event.from} "${event.summary}" (${event.place}): ${why}; closes nothing`);
  }
  if (reading.unsettled.length > 0) {
    output.note(`settle them with --settle DATE=closed|open|info, or with --closed and --open`);
  }
  for (const fault of reading.faults) output.note(`left out ${fault}`);
  const outside = reading.ignored.length;
  if (outside > 0) {
    output.note(
      `${outside} ${outside === 1 ? 'event' : 'events'} not applied; "truancy calendar import FILE --dry-run" says which`,
    );
  }
  for (const note of reading.notes) output.note(`note: ${note}`);
}
