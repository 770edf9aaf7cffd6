/**
 * Calendars as tables: exports of Google Calendar or Outlook, lists typed in a spreadsheet, a student system's day list.
 * Columns are found by their names, in whatever spelling and order.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { InputFault } from '../../domain/refusal.ts';
import type { CalendarEvent, EventFile } from './event.ts';
import { looseDate, looseTime } from './local-time.ts';

type Column =
  'from' | 'to' | 'summary' | 'description' | 'type' | 'inSession' | 'startTime' | 'endTime' | 'uid';

/** Header names, lower case and letters only. The end is inclusive, as people write it. */
const ALIASES: Readonly<Record<Column, readonly string[]>> = {
  from: [
    'date',
    'startdate',
    'start',
    'day',
    'from',
    'begin',
    'begins',
    'begindate',
    'fromdate',
    'calendardate',
    'eventdate',
    'firstdate',
  ],
  to: [
    'enddate',
    'end',
    'enddateinclusive',
    'endinclusive',
    'to',
    'until',
    'through',
    'todate',
    'thru',
    'lastdate',
    'finish',
  ],
  summary: [
    'summary',
    'label',
    'description',
    'title',
    'event',
    'name',
    'subject',
    'eventname',
    'eventtitle',
    'holiday',
    'reason',
    'occasion',
  ],
  description: ['notes', 'note', 'details', 'comment', 'comments', 'memo'],
  type: [
    'type',
    'kind',
    'category',
    'categories',
    'eventtype',
    'daytype',
    'calendarevent',
    'class',
    'code',
    'status',
  ],
  inSession: [
    'schoolday',
    'isschoolday',
    'insession',
    'attendanceday',
    'instructionalday',
    'studentday',
    'session',
  ],
  startTime: ['starttime', 'timestart'],
  endTime: ['endtime', 'timeend'],
  uid: ['uid', 'id', 'eventid'],
};

const YES = new Set(['1', 'y', 'yes', 'true', 't', 'x', 's']);

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

export function readCsv(text: string, file: string): EventFile {
  const rows = parseRows(text, file);
  const head = rows[0];
  if (!head) throw new InputFault('EMPTY_FILE', 'has no rows', file);
  const columns = columnsOf(head.record);
  const positional = columns.from === undefined;
  const layout = positional ? positionalLayout(head.record, file) : columns;
  const events: CalendarEvent[] = [];
  const faults: string[] = [];
  for (const row of positional ? rows : rows.slice(1)) {
    if (row.record.every((cell) => cell.trim() === '')) continue;
    const place = `${file}:${row.info.lines}`;
    const event = eventOf(row.record, layout, place);
    if (typeof event === 'string') faults.push(`${place}: ${event}`);
    else events.push(event);
  }
  return { events, faults };
}

function parseRows(text: string, file: string): Row[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as unknown as { lines?: number }).lines;
    const place = line === undefined ? file : `${file}:${line}`;
    throw new InputFault('BAD_CSV', `is no readable CSV (${error.message})`, place);
  }
}

/** The delimiter that the first line with any has most of: comma, semicolon, tab or bar. */
function delimiterOf(text: string): string {
  const candidates = [',', ';', '\t', '|'];
  for (const line of text.split(/\r?\n/, 20)) {
    const counts = candidates.map((c) => line.split(c).length - 1);
    const most = Math.max(...counts);
    if (most > 0) return candidates[counts.indexOf(most)] ?? ',';
  }
  return ',';
}

type Layout = Partial<Record<Column, number>>;

function columnsOf(header: readonly string[]): Layout {
  const names = header.map((h) => h.toLowerCase().replace(/[^a-z]/g, ''));
  const layout: Layout = {};
  const taken = new Set<number>();
  for (const [column, aliases] of Object.entries(ALIASES) as [Column, readonly string[]][]) {
    for (const alias of aliases) {
      const at = names.findIndex((n, i) => n === alias && !taken.has(i));
      if (at < 0) continue;
      layout[column] = at;
      taken.add(at);
      break;
    }
  }
  // A Google or Outlook export has the title in "Subject" and a longer text in "Description".
  const description = names.indexOf('description');
  const title = names.findIndex((n) => n === 'subject' || n === 'title' || n === 'eventtitle');
  if (description >= 0 && title >= 0 && layout.summary !== undefined) {
    layout.summary = title;
    layout.description = description;
  }
  return layout;
}

/** Without a header the first cell is the date; of two more the first is a code and the second says what it is. */
function positionalLayout(first: readonly string[], file: string): Layout {
  if (looseDate(first[0] ?? '') === undefined) {
    throw new InputFault(
      'NO_DATE_COLUMN',
      `has no column with a date; its header reads "${first.join(',').slice(0, 80)}", expected e.g. date,end_date,summary,type`,
      `${file}:1`,
    );
  }
  return { from: 0, type: 1, summary: 2 };
}

/** The row's event, or what is wrong with it. */
function eventOf(record: readonly string[], layout: Layout, place: string): CalendarEvent | string {
  const cell = (column: Column): string => {
    const at = layout[column];
    return at === undefined ? '' : (record[at] ?? '').trim();
  };
  const { start, end } = range(cell('from'), cell('to'));
  const from = looseDate(start);
  if (from === undefined) return `"${start.slice(0, 40)}" is no date; write it as YYYY-MM-DD or m/d/yyyy`;
  const to = end === '' ? from : looseDate(end);
  if (to === undefined) return `"${end.slice(0, 40)}" is no date; write it as YYYY-MM-DD or m/d/yyyy`;
  const labels = cell('type')
    .split(/[;|]/)
    .map((l) => l.trim())
    .filter((l) => l !== '');
  if (layout.inSession !== undefined) {
    labels.push(YES.has(cell('inSession').toLowerCase()) ? 'school day' : 'no school');
  }
  return {
    uid: cell('uid') || undefined,
    from,
    to,
    summary: cell('summary').replace(/\s+/g, ' '),
    description: cell('description') || undefined,
    labels,
    startTime: looseTime(cell('startTime')),
    endTime: looseTime(cell('endTime')),
    place,
    impossible: to < from ? `it ends (${to}) before it starts (${from})` : undefined,
  };
}

/** A date cell may hold both ends: `12/22/2025-12/26/2025`. */
export function range(start: string, end: string): { start: string; end: string } {
  if (end !== '' || looseDate(start) !== undefined) return { start, end };
  for (const match of start.matchAll(/\s*(?:[-–—]|\bto\b|\bthrough\b)\s*/gi)) {
    const left = start.slice(0, match.index);
    const right = start.slice(match.index + match[0].length);
    if (looseDate(left) !== undefined && looseDate(right) !== undefined) return { start: left, end: right };
  }
  return { start, end };
}
