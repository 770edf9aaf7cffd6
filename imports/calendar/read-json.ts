/**
 * Calendars as JSON: lists of events (a school site's own, Google's API), or lists of dates under a heading
 * (`{"No School": ["9/1/2025"]}`).
 */
import { InputFault } from '../../domain/refusal.ts';
import { addDays } from '../../domain/dates.ts';
import type { CalendarEvent, EventFile } from './event.ts';
import { allDayInUtc, lastTouched, looseDate } from './local-time.ts';
import type { LocalTime, ZoneClock } from './local-time.ts';
import { range } from './read-csv.ts';

type Fields = Readonly<Record<string, unknown>>;

export function readJson(value: unknown, file: string, clock: ZoneClock): EventFile {
  const list = listOf(value);
  const events: CalendarEvent[] = [];
  const faults: string[] = [];
  if (list) {
    for (const [i, item] of list.entries()) {
      const place = `${file}[${i}]`;
      const event = isFields(item) ? eventOf(item, place, clock) : 'is no event';
      if (typeof event === 'string') faults.push(`${place}: ${event}`);
      else events.push(event);
    }
    return { events, faults };
  }
  if (!isFields(value)) throw new InputFault('BAD_JSON', 'holds neither a list of events nor of dates', file);
  for (const [heading, dates] of Object.entries(value)) {
    if (!Array.isArray(dates)) continue;
    for (const [i, text] of dates.entries()) {
      const place = `${file}["${heading}"][${i}]`;
      const event = typeof text === 'string' ? datedHeading(heading, text, place) : 'is no date';
      if (typeof event === 'string') faults.push(`${place}: ${event}`);
      else events.push(event);
    }
  }
  return { events, faults };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (!isFields(value)) return undefined;
  for (const key of ['events', 'items', 'data']) {
    if (Array.isArray(value[key])) return value[key] as unknown[];
  }
  return undefined;
}

function datedHeading(heading: string, text: string, place: string): CalendarEvent | string {
  const { start, end } = range(text, '');
  const from = looseDate(start);
  const to = end === '' ? from : looseDate(end);
  if (from === undefined || to === undefined) return `"${text.slice(0, 40)}" is no date`;
  return { from, to, summary: heading, labels: [], place, impossible: impossible(from, to) };
}

function eventOf(item: Fields, place: string, clock: ZoneClock): CalendarEvent | string {
  const summary = textOf(item, ['title', 'summary', 'name', 'subject', 'label', 'event']);
  const when = isFields(item['timing']) ? item['timing'] : item;
  const start = startOf(when);
  if (start === undefined) return 'has no date';
  const end = endOf(when);
  const description = textOf(item, ['description', 'details', 'notes']);
  const base = {
    uid: uidOf(item),
    summary: summary.replace(/\s+/g, ' ').trim(),
    description: description === '' ? undefined : description,
    labels: labelsOf(item),
    place,
  };
  if (isInstant(start)) {
    const dates = end !== undefined && isInstant(end) && allDayInUtc(Date.parse(start), Date.parse(end));
    if (dates) return { ...base, ...dates };
    const from = clock.toLocal(Date.parse(start));
    const to: LocalTime = end !== undefined && isInstant(end) ? clock.toLocal(Date.parse(end)) : from;
    return {
      ...base,
      from: from.date,
      to: lastTouched(from, to),
      startTime: from.time,
      endTime: to.time,
      impossible: impossible(from.date, to.date),
    };
  }
  const from = looseDate(start);
  if (from === undefined) return `"${start.slice(0, 40)}" is no date`;
  const last = end === undefined ? from : looseDate(end);
  if (last === undefined) return `"${(end ?? '').slice(0, 40)}" is no date`;
  // An all-day event's end is exclusive in these formats; one that ends on its own first day is that one day.
  const to = last > from ? addDays(last, -1) : last;
  return { ...base, from, to, impossible: impossible(from, to) };
}

function impossible(from: string, to: string): string | undefined {
  return to < from ? `it ends (${to}) before it starts (${from})` : undefined;
}

/** With a time and a zone it is an instant; without, a local date. */
function isInstant(text: string): boolean {
  return /T\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));
}

function startOf(when: Fields): string | undefined {
  return dateIn(when, ['date', 'start', 'startDate', 'start_date', 'dateStart', 'from']);
}

function endOf(when: Fields): string | undefined {
  return dateIn(when, ['dateEnd', 'end', 'endDate', 'end_date', 'to']);
}

/** A text, or Google's `{date}` / `{dateTime}`. */
function dateIn(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'string' && value !== '') return value;
    if (isFields(value)) {
      const inner = value['dateTime'] ?? value['date'];
      if (typeof inner === 'string') return inner;
    }
  }
  return undefined;
}

function textOf(fields: Fields, keys: readonly string[]): string {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'string') return value;
  }
  return '';
}

function labelsOf(item: Fields): string[] {
  const value = item['categories'] ?? item['category'] ?? item['type'] ?? item['kind'];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

function uidOf(item: Fields): string | undefined {
  const source = isFields(item['source']) ? item['source'] : {};
  for (const value of [item['iCalUID'], item['uid'], item['id'], source['iCalUid'], source['occurId']]) {
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return undefined;
}
