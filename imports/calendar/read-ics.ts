/** Calendars as iCalendar (RFC 5545): recurrence, exceptions, cancellations, exclusive ends, times in any zone. */
import ICAL from 'ical.js';
import { addDays } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { CalendarEvent, EventFile } from './event.ts';
import { eventLines } from './ics-lines.ts';
import { allDayInUtc, isZone, lastTouched, zoneClock } from './local-time.ts';
import type { LocalTime, ZoneClock } from './local-time.ts';

/** A rule without an end is written out this far; school calendars are published for a year or two. */
const MOST_OCCURRENCES = 800;

interface Placed {
  readonly event: ICAL.Event;
  readonly place: string;
}

/** `clockFor` gives the school's clock, told which zone the file names for itself. */
export function readIcs(
  text: string,
  file: string,
  clockFor: (fileZone: string | undefined) => ZoneClock,
): EventFile {
  const lines = eventLines(text, file);
  const roots = components(text, file);
  const zone = roots.map((r) => r.getFirstPropertyValue('x-wr-timezone')).find((z) => typeof z === 'string');
  const clock = clockFor(typeof zone === 'string' && isZone(zone) ? zone : undefined);
  const all: Placed[] = roots
    .flatMap((root) => root.getAllSubcomponents('vevent'))
    .map((component, i) => ({ event: new ICAL.Event(component), place: `${file}:${lines[i] ?? 0}` }));
  const events: CalendarEvent[] = [];
  const faults: string[] = [];
  for (const placed of newestOnly(all)) {
    try {
      events.push(...occurrences(placed, clock));
    } catch (error) {
      if (error instanceof InputFault) throw error;
      faults.push(
        `${placed.place}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
      );
    }
  }
  return { events, faults, zone: clock.zone };
}

function components(text: string, file: string): ICAL.Component[] {
  let parsed: unknown;
  try {
    parsed = ICAL.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputFault('BAD_ICS', `is no readable iCalendar file (${message})`, `${file}:${culprit(text)}`);
  }
  // Several calendars one after the other in a file come as a list of them.
  const list = Array.isArray(parsed) && Array.isArray(parsed[0]) ? (parsed as unknown[]) : [parsed];
  return list.map((jcal) => new ICAL.Component(jcal as string));
}

/** The line of the event the parser stumbles over, or 1. */
function culprit(text: string): number {
  const lines = text.split(/\r\n|\n|\r/);
  let begin = -1;
  for (const [i, line] of lines.entries()) {
    if (/^BEGIN:VEVENT\s*$/i.test(line)) begin = i;
    if (begin < 0 || !/^END:VEVENT\s*$/i.test(line)) continue;
    try {
      ICAL.parse(lines.slice(begin, i + 1).join('\r\n'));
    } catch {
      return begin + 1;
    }
    begin = -1;
  }
  return 1;
}

/**
 * Events with their exceptions (RECURRENCE-ID) tied on; of an event that stands in the file in several versions
 * (same UID, different SEQUENCE) only the newest. Some exporters give all events one UID: those all stay.
 */
function newestOnly(all: readonly Placed[]): Placed[] {
  const masters = all.filter((p) => !p.event.isRecurrenceException());
  const newest = new Map<string, number>();
  for (const { event } of masters) {
    newest.set(event.uid, Math.max(newest.get(event.uid) ?? 0, sequenceOf(event)));
  }
  const kept = masters.filter(({ event }) => sequenceOf(event) === newest.get(event.uid));
  const byUid = new Map(kept.map((p) => [p.event.uid, p]));
  for (const override of all) {
    if (!override.event.isRecurrenceException()) continue;
    const master = byUid.get(override.event.uid);
    if (master?.event.isRecurring()) master.event.relateException(override.event);
    // The series itself is not in the file: the moved day still is an event of its own.
    else kept.push(override);
  }
  return kept;
}

function sequenceOf(event: ICAL.Event): number {
  const sequence: unknown = event.sequence;
  return typeof sequence === 'number' ? sequence : 0;
}

function occurrences(placed: Placed, clock: ZoneClock): CalendarEvent[] {
  const { event, place } = placed;
  if (!event.component.hasProperty('dtstart')) throw new Error('has no DTSTART');
  if (!event.isRecurring() || cancelled(event)) return [calendarEvent(event, spanOf(event), place, clock)];
  const found: CalendarEvent[] = [];
  const iterator = event.iterator();
  for (let n = 0; n < MOST_OCCURRENCES; n += 1) {
    const next = iterator.next() as ICAL.Time | null;
    if (!next) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next) as Occurrence;
    found.push(calendarEvent(item, { from: startDate, to: endDate }, place, clock));
  }
  return found;
}

function cancelled(event: ICAL.Event): boolean {
  return String(event.component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';
}

/** The library's own declaration of this cannot be resolved. */
interface Occurrence {
  readonly item: ICAL.Event;
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
}

interface Span {
  readonly from: ICAL.Time;
  readonly to: ICAL.Time | null;
}

function spanOf(event: ICAL.Event): Span {
  const c = event.component;
  const hasEnd = c.hasProperty('dtend') || c.hasProperty('duration');
  return { from: event.startDate, to: hasEnd ? event.endDate : null };
}

function calendarEvent(event: ICAL.Event, span: Span, place: string, clock: ZoneClock): CalendarEvent {
  const base = {
    uid: event.uid,
    summary: textOf(event.summary).replace(/\s+/g, ' ').trim(),
    description: textOf(event.description) || undefined,
    labels: event.component
      .getAllProperties('categories')
      .flatMap((p) => p.getValues().map(String))
      .filter((l) => l !== ''),
    place,
    cancelled: cancelled(event),
  };
  if (span.from.isDate) {
    const from = dateOf(span.from);
    const end = span.to ? dateOf(span.to) : from;
    // DTEND is exclusive; one on the start's own day is a common exporter's fault and means that day.
    const to = end > from ? addDays(end, -1) : end;
    return { ...base, from, to, impossible: impossible(from, to) };
  }
  if (isUtc(span.from) && span.to && isUtc(span.to)) {
    const dates = allDayInUtc(span.from.toUnixTime() * 1000, span.to.toUnixTime() * 1000);
    if (dates) return { ...base, ...dates };
  }
  const zoneId = tzid(event);
  const from = localTime(span.from, zoneId, clock);
  const end = span.to ? localTime(span.to, zoneId, clock) : from;
  return {
    ...base,
    from: from.date,
    to: lastTouched(from, end),
    startTime: from.time,
    endTime: end.time,
    impossible: impossible(from.date, end.date),
  };
}

function impossible(from: IsoDate, to: IsoDate): string | undefined {
  return to < from ? `it ends (${to}) before it starts (${from})` : undefined;
}

function isUtc(time: ICAL.Time): boolean {
  return time.zone === ICAL.Timezone.utcTimezone;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function tzid(event: ICAL.Event): string | undefined {
  const parameter: unknown = event.component.getFirstProperty('dtstart')?.getParameter('tzid');
  return typeof parameter === 'string' ? parameter : undefined;
}

function dateOf(time: ICAL.Time): IsoDate {
  return [
    String(time.year).padStart(4, '0'),
    String(time.month).padStart(2, '0'),
    String(time.day).padStart(2, '0'),
  ].join('-');
}

/** The school's local time of an event's time: as it stands when floating or in the school's own zone. */
function localTime(time: ICAL.Time, zoneId: string | undefined, clock: ZoneClock): LocalTime {
  const wall: LocalTime = {
    date: dateOf(time),
    time: `${String(time.hour).padStart(2, '0')}:${String(time.minute).padStart(2, '0')}`,
  };
  if (isUtc(time)) return clock.toLocal(time.toUnixTime() * 1000);
  if (zoneId === undefined || zoneId === clock.zone) return wall;
  if (isZone(zoneId)) return clock.toLocal(zoneClock(zoneId, 'TZID').toInstant(wall));
  if (time.zone && time.zone !== ICAL.Timezone.localTimezone) return clock.toLocal(time.toUnixTime() * 1000);
  return wall;
}
