/**
 * Reads a calendar file (iCalendar, CSV, JSON) into a {@link SchoolCalendar}, with a full report of how each event was
 * read and why. Nothing is guessed silently: what the words do not settle is held back and asked.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { checkCalendar, mergeYears } from '../../domain/calendar.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { isWeekend } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import { buildFromClosures, buildFromSchoolDays, span } from './build.ts';
import { classify, isExplicit, namesSchoolDay } from './classify.ts';
import type { CalendarMode } from './classify.ts';
import type { CalendarEvent, EventFile } from './event.ts';
import { zoneClock } from './local-time.ts';
import { notesOn } from './notes.ts';
import { readCsv } from './read-csv.ts';
import { readIcs } from './read-ics.ts';
import { readJson } from './read-json.ts';
import type { CalendarReading, ReadEvent, Settlement } from './reading.ts';

export type { CalendarEvent } from './event.ts';
export type { CalendarReading, ReadEvent, Settlement } from './reading.ts';
export type { CalendarMode, EventClass } from './classify.ts';

/** Where neither the option nor the file names a zone: both offices' states. */
export const DEFAULT_ZONE = 'America/Chicago';

export interface CalendarOptions {
  /** Guessed from the events when not given; the reading says why. */
  readonly mode?: CalendarMode | undefined;
  /** Replace the default patterns; matched against an event's title and type, without regard to case. */
  readonly closed?: RegExp | undefined;
  readonly open?: RegExp | undefined;
  /** IANA zone of the school; default the file's own, else {@link DEFAULT_ZONE}. */
  readonly zone?: string | undefined;
  /** In place of the file's own first and last day of school. */
  readonly firstDay?: IsoDate | undefined;
  readonly lastDay?: IsoDate | undefined;
  readonly settle?: readonly Settlement[] | undefined;
}

/** Reads one file from disk. Throws `InputFault` when it cannot be read at all. */
export function readCalendarFile(path: string, options: CalendarOptions = {}): CalendarReading {
  return readCalendarText(fileText(path), basename(path), options);
}

/** Reads the text of a file; `name` stands in places and messages. */
export function readCalendarText(text: string, name: string, options: CalendarOptions = {}): CalendarReading {
  const body = text.replace(/^\uFEFF/, '');
  checkOptions(options);
  const stored = storedCalendar(body, name);
  if (stored) return plainReading(stored, options);
  const file = eventsOf(body, name, options);
  if (file.events.length === 0) {
    throw new InputFault(
      'NO_EVENTS',
      file.faults[0] ? `no event in it can be read; first: ${file.faults[0]}` : 'has no events',
      name,
    );
  }
  const events = [...file.events].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const { mode, why } = options.mode
    ? { mode: options.mode, why: 'as given' }
    : guessMode(events, options.open);
  const wording = { mode, closed: options.closed, open: options.open, explicit: isExplicit(events) };
  const read = events.map((event): ReadEvent => {
    const reading = classify(event, wording);
    return {
      event,
      class: reading.class,
      why: reading.why,
      remote: reading.remote ?? false,
      ignored: event.cancelled ?? false,
    };
  });
  const build = mode === 'closures' ? buildFromClosures : buildFromSchoolDays;
  const calendar = build(
    read,
    { firstDay: options.firstDay, lastDay: options.lastDay, settlements: options.settle ?? [] },
    name,
  );
  const wrong = checkCalendar(calendar);
  if (wrong.length > 0) throw new InputFault('BAD_CALENDAR', `gives no usable calendar: ${wrong[0]}`, name);
  return {
    calendar,
    mode,
    modeWhy: why,
    zone: options.zone ?? file.zone ?? DEFAULT_ZONE,
    events: read,
    unsettled: read.filter((e) => e.class === 'unsettled'),
    ignored: read.filter((e) => e.ignored),
    faults: file.faults,
    notes: notesOn(calendar, read),
  };
}

/**
 * Several files of one school (last year's and this year's) as one calendar. With several, `firstDay` and `lastDay` are
 * used for the files that do not name their own.
 */
export function readCalendarFiles(
  paths: readonly string[],
  options: CalendarOptions = {},
): { calendar: SchoolCalendar; readings: readonly CalendarReading[] } {
  const readings = paths.map((path) =>
    paths.length === 1 ? readCalendarFile(path, options) : readWithFallback(path, options),
  );
  const calendars = readings.map((r) => r.calendar);
  const [first, ...rest] = calendars;
  if (!first) throw new InputFault('NO_FILE', 'no calendar file given');
  return { calendar: rest.reduce(mergeYears, first), readings };
}

function readWithFallback(path: string, options: CalendarOptions): CalendarReading {
  const { firstDay, lastDay, ...rest } = options;
  try {
    return readCalendarFile(path, rest);
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    const first = error.code === 'NO_FIRST_DAY' || error.code === 'NO_FIRST_AND_LAST_DAY';
    const last = error.code === 'NO_LAST_DAY' || error.code === 'NO_FIRST_AND_LAST_DAY';
    if ((first && firstDay === undefined) || (last && lastDay === undefined) || (!first && !last))
      throw error;
    return readCalendarFile(path, {
      ...rest,
      ...(first ? { firstDay } : {}),
      ...(last ? { lastDay } : {}),
    });
  }
}

/** `2025-10-16=open` or `2025-12-22..2026-01-02=closed`. */
export function parseSettlement(text: string, place: string): Settlement {
  const match = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?=(closed|open|info)$/.exec(text.trim());
  const from = match?.[1];
  if (!match || from === undefined) {
    throw new InputFault(
      'BAD_SETTLE',
      `"${text.slice(0, 60)}" settles nothing; write DATE=closed, DATE=open or DATE=info`,
      place,
    );
  }
  return { from, to: match[2] ?? from, class: match[3] as Settlement['class'] };
}

function checkOptions(options: CalendarOptions): void {
  if (options.zone !== undefined) zoneClock(options.zone, '--zone');
  if (options.firstDay !== undefined && options.lastDay !== undefined && options.lastDay < options.firstDay) {
    throw new InputFault(
      'TERM_BACKWARDS',
      `${options.lastDay} is before --first-day ${options.firstDay}`,
      '--last-day',
    );
  }
}

function fileText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder' : `cannot be opened (${code})`;
    throw new InputFault('NO_FILE', why, path);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Spreadsheets on Windows still save CSV like this.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function eventsOf(body: string, name: string, options: CalendarOptions): EventFile {
  const start = body.trimStart();
  if (start === '') throw new InputFault('EMPTY_FILE', 'is empty', name);
  if (/^<(?:!doctype|html|\?xml)/i.test(start)) {
    throw new InputFault('NOT_A_CALENDAR', 'is a web page, not a calendar; download the feed itself', name);
  }
  const clock = (fileZone?: string) => zoneClock(options.zone ?? fileZone ?? DEFAULT_ZONE, '--zone');
  if (/^BEGIN:VCALENDAR/i.test(start) || /\.ics$/i.test(name)) return readIcs(body, name, clock);
  if (/^[[{]/.test(start)) return readJson(parseJson(body, name), name, clock());
  return readCsv(body, name);
}

function parseJson(body: string, name: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputFault('BAD_JSON', `is no readable JSON (${message})`, name);
  }
}

/** A calendar this program wrote itself (`show --json`), taken as it is. */
function storedCalendar(body: string, name: string): SchoolCalendar | undefined {
  if (!/^\s*\{/.test(body) || !body.includes('"terms"')) return undefined;
  const value = parseJson(body, name) as Record<string, unknown>;
  const calendar = (value['calendar'] ?? value) as Record<string, unknown>;
  const { terms, closed, open } = calendar;
  if (!Array.isArray(terms) || !Array.isArray(closed) || !Array.isArray(open)) return undefined;
  const plain: SchoolCalendar = {
    terms: terms.map((t: { from?: unknown; to?: unknown }) => ({ from: String(t.from), to: String(t.to) })),
    closed: closed.map(String),
    open: open.map(String),
  };
  const faults = checkCalendar(plain);
  if (faults.length > 0) throw new InputFault('BAD_CALENDAR', faults[0] ?? '', name);
  return plain;
}

function plainReading(calendar: SchoolCalendar, options: CalendarOptions): CalendarReading {
  return {
    calendar,
    mode: 'closures',
    modeWhy: 'a calendar already read',
    zone: options.zone ?? DEFAULT_ZONE,
    events: [],
    unsettled: [],
    ignored: [],
    faults: [],
    notes: [],
  };
}

/** A feed that names at least every second weekday of its span names the school days; any other names closures. */
function guessMode(
  events: readonly CalendarEvent[],
  open: RegExp | undefined,
): { mode: CalendarMode; why: string } {
  const named = new Set<IsoDate>();
  for (const event of events) {
    if (!namesSchoolDay(event, open)) continue;
    for (const date of span(event.from, event.to)) if (!isWeekend(date)) named.add(date);
  }
  const days = [...named].sort();
  const from = days[0];
  const to = days.at(-1);
  if (from === undefined || to === undefined) {
    return { mode: 'closures', why: 'guessed: no event names a school day (an A day, a B day)' };
  }
  const weekdays = span(from, to).filter((d) => !isWeekend(d)).length;
  if (days.length >= 20 && days.length * 2 >= weekdays) {
    return {
      mode: 'school-days',
      why: `guessed: events name ${days.length} of the ${weekdays} weekdays from ${from} to ${to}`,
    };
  }
  return { mode: 'closures', why: `guessed: only ${days.length} weekdays are named as school days` };
}
