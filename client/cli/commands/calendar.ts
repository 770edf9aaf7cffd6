/** `truancy calendar`: school days, from calendar files alone or from the school's records. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { addSchoolDays, indexCalendar, plainCalendar, schoolDays } from '../../../domain/calendar.ts';
import type { SchoolCalendar } from '../../../domain/calendar.ts';
import { earlier, later, parseDate, shortDate } from '../../../domain/dates.ts';
import type { IsoDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { readCalendarFile } from '../../../imports/calendar/index.ts';
import type { CalendarReading, ReadEvent } from '../../../imports/calendar/index.ts';
import { addReadingOptions, collect, loadCalendarFiles, readingOptions } from '../calendar-files.ts';
import type { CalendarFlags } from '../calendar-files.ts';
import { LEGEND, calendarPicture } from '../calendar-picture.ts';
import { CliError, EXIT, exampleLines, outputFor, table } from '../frame.ts';
import type { Output } from '../frame.ts';
import type { SchoolCalendarSource } from '../school-calendar-source.ts';

interface SourceFlags extends CalendarFlags {
  readonly file?: readonly string[];
  readonly school?: string;
}

/** Registers the noun; with a `source` its verbs also take `--school CODE`. */
export function register(program: Command, source?: SchoolCalendarSource): void {
  const calendar = program
    .command('calendar')
    .description('school days: look at, count and import calendars');

  const days = withSource(calendar.command('days'), source)
    .description('the school days from one date to another, one a line')
    .requiredOption('--from <date>', 'first date, YYYY-MM-DD')
    .requiredOption('--to <date>', 'last date, inclusive')
    .addHelpText('after', example('days --file 2021-22.ics --from 2021-12-13 --to 2022-01-07'));
  days.action(async (flags: SourceFlags & { from: string; to: string }) => {
    const output = outputFor(days);
    const from = parseDate(flags.from, '--from');
    const to = parseDate(flags.to, '--to');
    if (to < from) throw new InputFault('BAD_RANGE', `${to} is before --from ${from}`, '--to');
    const { calendar: cal } = await load(flags, source, output);
    const found = schoolDays(cal, from, to);
    noteUnknown(cal, from, to, output);
    if (found.length === 0 && !output.json) output.note(`no school day from ${from} to ${to}`);
    else output.result({ days: found, count: found.length }, found.join('\n'));
  });

  const add = withSource(calendar.command('add-days'), source)
    .description('the date a number of school days after another (the date itself is day 0)')
    .requiredOption('--from <date>', 'day 0, YYYY-MM-DD')
    .requiredOption('--days <n>', 'how many school days later, from 1')
    .addHelpText('after', example('add-days --file 2021-22.ics --from 2021-12-13 --days 7'));
  add.action(async (flags: SourceFlags & { from: string; days: string }) => {
    const output = outputFor(add);
    const from = parseDate(flags.from, '--from');
    const n = wholeNumber(flags.days, '--days');
    const { calendar: cal } = await load(flags, source, output);
    const date = addSchoolDays(cal, from, n);
    noteUnknown(cal, from, from, output);
    if (date === undefined) throw notKnownThatFar(cal, from, n, flags.school);
    output.result({ from, days: n, date }, date);
  });

  const show = withSource(calendar.command('show'), source)
    .description('the calendar month by month, with its school days counted')
    .addHelpText('after', example('show --file 2021-22.ics'));
  show.action(async (flags: SourceFlags) => {
    const output = outputFor(show);
    const { calendar: cal, readings } = await load(flags, source, output);
    output.result(shownJson(cal, readings), shownText(cal, readings));
  });

  registerImport(calendar, source);
}

function registerImport(calendar: Command, source: SchoolCalendarSource | undefined): void {
  const command = addReadingOptions(calendar.command('import <file>'))
    .description('read a calendar file (iCalendar, CSV, JSON) and say how each event was read and why')
    .option('--dry-run', 'look only, store nothing')
    .addHelpText('after', example('import 2025-26.csv --dry-run --settle 2025-10-16=open'));
  if (source) command.option('--school <code>', 'the school whose calendar it becomes');
  command.action(async (file: string, flags: CalendarFlags & { dryRun?: boolean; school?: string }) => {
    const output = outputFor(command);
    const reading = readCalendarFile(file, readingOptions(flags));
    if (flags.dryRun) {
      output.result(readingJson(file, reading), readingText(file, reading));
      return;
    }
    if (!source)
      throw new InputFault('DRY_RUN_ONLY', 'add --dry-run: there is nowhere to store a calendar from here');
    if (flags.school === undefined) throw new InputFault('NO_SCHOOL', 'say whose calendar it is', '--school');
    if (!isReady(reading)) {
      output.note(readingText(file, reading));
      throw new CliError(
        'CALENDAR_UNSETTLED',
        `${reading.unsettled.length + reading.faults.length} events are held back, nothing is stored; settle them with --settle DATE=closed|open|info`,
        EXIT.refused,
      );
    }
    const changed = await source.store(flags.school, reading, basename(file));
    output.result(
      { school: flags.school, ...changed },
      changed.changed
        ? `Stored for ${flags.school}: ${changed.opened.length} school days added, ${changed.closed.length} taken out; ${changed.told} open ${changed.told === 1 ? 'case' : 'cases'} told.`
        : `Nothing changed for ${flags.school}: the file says the same school days as before; no new version, no case is told.`,
    );
  });
}

function withSource(command: Command, source: SchoolCalendarSource | undefined): Command {
  addReadingOptions(command.option('--file <file>', 'calendar file; again for another school year', collect));
  if (source) command.option('--school <code>', "the school's calendar in the records, in place of a file");
  return command;
}

function example(text: string): string {
  return `\nExample:\n${exampleLines(`truancy calendar ${text}`)}`;
}

async function load(
  flags: SourceFlags,
  source: SchoolCalendarSource | undefined,
  output: Output,
): Promise<{ calendar: SchoolCalendar; readings: readonly CalendarReading[] }> {
  const files = flags.file ?? [];
  if (source && flags.school !== undefined) {
    if (files.length > 0) throw new InputFault('BAD_USAGE', 'give --file or --school, not both', '--school');
    return { calendar: await source.load(flags.school), readings: [] };
  }
  if (files.length === 0) {
    throw new InputFault(
      'NO_CALENDAR',
      `give a calendar with --file FILE${source ? ' or --school CODE' : ''}`,
    );
  }
  return loadCalendarFiles(files, flags, output);
}

function wholeNumber(text: string, place: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text.trim())) {
    throw new InputFault(
      'BAD_NUMBER',
      `"${text.slice(0, 20)}" is no number of school days; give 1 or more`,
      place,
    );
  }
  return Number(text);
}

function knownSpan(cal: SchoolCalendar): { from: IsoDate; to: IsoDate } | undefined {
  const { schoolDates } = indexCalendar(cal);
  const first = schoolDates[0];
  const last = schoolDates.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    from: earlier(first, cal.terms[0]?.from ?? first),
    to: later(last, cal.terms.at(-1)?.to ?? last),
  };
}

function noteUnknown(cal: SchoolCalendar, from: IsoDate, to: IsoDate, output: Output): void {
  const known = knownSpan(cal);
  if (known && (from < known.from || to > known.to)) {
    output.note(`note: the calendar is known from ${known.from} to ${known.to} only`);
  }
}

function notKnownThatFar(cal: SchoolCalendar, from: IsoDate, n: number, school?: string): InputFault {
  const known = knownSpan(cal);
  return new InputFault(
    'CALENDAR_NOT_KNOWN',
    `the calendar ends on ${known?.to ?? 'no day'}, before school day ${n} after ${from}; ${school === undefined ? 'add the next year with another --file' : `import the next year with \`calendar import FILE --school ${school}\``}`,
  );
}

interface TermCount {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly schoolDays: number;
}

function termCounts(cal: SchoolCalendar): TermCount[] {
  const index = indexCalendar(cal);
  return plainCalendar(cal).terms.map(({ from, to }) => ({
    from,
    to,
    schoolDays: schoolDays(index, from, to).length,
  }));
}

function shownJson(cal: SchoolCalendar, readings: readonly CalendarReading[]): unknown {
  return {
    terms: termCounts(cal),
    schoolDays: indexCalendar(cal).schoolDates.length,
    months: monthCounts(cal),
    calendar: cal,
    unsettled: readings.flatMap((r) => r.unsettled.map(eventJson)),
  };
}

function monthCounts(cal: SchoolCalendar): { month: string; schoolDays: number }[] {
  const counts = new Map<string, number>();
  for (const date of indexCalendar(cal).schoolDates) {
    counts.set(date.slice(0, 7), (counts.get(date.slice(0, 7)) ?? 0) + 1);
  }
  return [...counts].map(([month, count]) => ({ month, schoolDays: count }));
}

function shownText(cal: SchoolCalendar, readings: readonly CalendarReading[]): string {
  const closing = readings.flatMap((r) => r.events.filter((e) => e.class === 'closed'));
  const reasons = runs(closing).map((run) => `${dateRange(run.from, run.to).padEnd(24)} ${run.summary}`);
  return [
    calendarPicture(cal),
    LEGEND,
    '',
    ...(reasons.length > 0 ? ['No school:', ...reasons.map((r) => cut(`  ${r}`)), ''] : []),
    ...(cal.open.length > 0 ? [`Make-up days: ${cal.open.join(', ')}`, ''] : []),
    table(
      ['First day', 'Last day', 'School days'],
      termCounts(cal).map((t) => [shortDate(t.from), shortDate(t.to), t.schoolDays]),
    ),
  ].join('\n');
}

/** Closures of one name on days that follow each other (over a weekend too) as one line. */
function runs(events: readonly ReadEvent[]): { from: IsoDate; to: IsoDate; summary: string }[] {
  const found: { from: IsoDate; to: IsoDate; summary: string }[] = [];
  for (const { event } of events) {
    const last = found.at(-1);
    const gap = last ? (Date.parse(event.from) - Date.parse(last.to)) / 86_400_000 : Infinity;
    if (last && last.summary === event.summary && gap <= 3) last.to = later(last.to, event.to);
    else found.push({ from: event.from, to: event.to, summary: event.summary || 'no school' });
  }
  return found;
}

function dateRange(from: IsoDate, to: IsoDate): string {
  return from === to ? from : `${from}..${to}`;
}

function cut(line: string): string {
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}

/** Whether nothing is held back: only then a calendar is stored. */
function isReady(reading: CalendarReading): boolean {
  return reading.unsettled.length === 0 && reading.faults.length === 0;
}

function eventJson(read: ReadEvent): Record<string, unknown> {
  const { event } = read;
  return {
    from: event.from,
    to: event.to,
    summary: event.summary,
    labels: event.labels,
    readAs: read.class,
    why: read.why,
    applied: !read.ignored && read.class !== 'info' && read.class !== 'unsettled',
    place: event.place,
  };
}

function readingJson(file: string, reading: CalendarReading): unknown {
  return {
    file: basename(file),
    mode: reading.mode,
    modeWhy: reading.modeWhy,
    zone: reading.zone,
    ready: isReady(reading),
    terms: termCounts(reading.calendar),
    schoolDays: indexCalendar(reading.calendar).schoolDates.length,
    calendar: reading.calendar,
    events: reading.events.map(eventJson),
    unsettled: reading.unsettled.map(eventJson),
    ignored: reading.ignored.map(eventJson),
    faults: reading.faults,
    notes: reading.notes,
  };
}

function readingText(file: string, reading: CalendarReading): string {
  const lines = [
    ...wrap(
      `${basename(file)}: ${reading.events.length} events, read as ${reading.mode} (${reading.modeWhy}), times in ${reading.zone}`,
      0,
    ),
    '',
    ...reading.events.flatMap(eventLines),
    '',
    ...reading.faults.flatMap((f) => wrap(`left out: ${f}`, 0)),
    ...reading.notes.flatMap((n) => wrap(`note: ${n}`, 0)),
    ...termCounts(reading.calendar).map(
      (t) => `${shortDate(t.from)} to ${shortDate(t.to)}: ${t.schoolDays} school days`,
    ),
  ];
  const held = reading.unsettled;
  if (held.length === 0 && reading.faults.length === 0) lines.push('Nothing is held back.');
  if (held.length > 0) {
    lines.push(
      '',
      ...wrap(
        `Held back: ${held.length}. Until somebody settles them they close nothing, and the calendar cannot be stored:`,
        0,
      ),
      ...held.map((h) => `  --settle ${h.event.from}=closed|open|info   ${h.event.summary}`),
    );
  }
  return lines.join('\n');
}

/** One event: dates, how it is read, its title; and why, on a line of its own where it does not fit. */
function eventLines(read: ReadEvent): string[] {
  const { event } = read;
  const head = `${dateRange(event.from, event.to).padEnd(22)}  ${read.class.padEnd(9)}  ${event.summary || '(no title)'}`;
  if (head.length + read.why.length + 2 <= 80) return [`${head}: ${read.why}`];
  return [cut(head), ...wrap(read.why, 35)];
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > 80) {
      lines.push(' '.repeat(indent) + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ' '.repeat(indent) + line];
}
