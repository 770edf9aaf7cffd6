/** Instants to the school's local calendar dates. A UTC time of 02:00 belongs to the evening before in Illinois. */
import { fromDayNumber, isIsoDate } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';

export interface LocalTime {
  readonly date: IsoDate;
  /** `HH:MM` */
  readonly time: string;
}

export interface ZoneClock {
  readonly zone: string;
  toLocal(instantMs: number): LocalTime;
  /** The instant of a wall-clock time in this zone; in the hour the clocks jump over, the time after the jump. */
  toInstant(local: LocalTime): number;
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return zone.length > 0;
  } catch {
    return false;
  }
}

export function zoneClock(zone: string, place: string): ZoneClock {
  if (!isZone(zone)) {
    throw new InputFault(
      'UNKNOWN_ZONE',
      `"${zone.slice(0, 60)}" is no time zone; use an IANA name such as America/Chicago`,
      place,
    );
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const toLocal = (instantMs: number): LocalTime => {
    const parts = new Map(format.formatToParts(instantMs).map((p) => [p.type, p.value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '00';
    return {
      date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
      time: `${part('hour')}:${part('minute')}`,
    };
  };
  const toInstant = (local: LocalTime): number => {
    const wall = asIfUtc(local);
    // Twice, because the first guess may stand on the other side of a clock change.
    let instant = wall;
    for (let i = 0; i < 2; i += 1) instant += wall - asIfUtc(toLocal(instant));
    return instant;
  };
  return { zone, toLocal, toInstant };
}

function asIfUtc(local: LocalTime): number {
  return Date.parse(`${local.date}T${local.time}:00Z`);
}

/** The last date an event touches whose end is exclusive: one that ends at midnight does not touch the next day. */
export function lastTouched(start: LocalTime, end: LocalTime): IsoDate {
  if (end.time !== '00:00' || end.date <= start.date) return end.date;
  return fromDayNumber(Date.parse(`${end.date}T00:00:00Z`) / 86_400_000 - 1);
}

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Some exporters write an all-day event as midnight to midnight UTC: 19:00 to 19:00 in Illinois, which no event is. Its
 * dates as written are meant. Gives the inclusive dates, or undefined for a real pair of instants.
 */
export function allDayInUtc(startMs: number, endMs: number): { from: IsoDate; to: IsoDate } | undefined {
  const DAY = 86_400_000;
  if (startMs % DAY !== 0 || endMs % DAY !== 0 || endMs <= startMs) return undefined;
  return { from: fromDayNumber(startMs / DAY), to: fromDayNumber(endMs / DAY - 1) };
}

/**
 * A date as people and spreadsheets write it: 2025-9-1, 9/1/2025, 9/1/25, 20250901, Sep 1, 2025, with or without a
 * weekday before it or a time of day behind it. Month before day, as in the United States. Undefined when it is none.
 */
export function looseDate(text: string): IsoDate | undefined {
  const clean = text
    .trim()
    .replace(/^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?,?\s+/i, '')
    .replace(/[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i, '');
  let match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(clean) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(clean);
  if (match) return isoDate(match[1], match[2], match[3]);
  match = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$/.exec(clean);
  if (match) return isoDate(match[3]?.length === 2 ? `20${match[3]}` : match[3], match[1], match[2]);
  match = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/i.exec(clean);
  if (match) return isoDate(match[3], monthOf(match[1]), match[2]);
  match = /^(\d{1,2})\s+([a-z]{3,9})\.?,?\s+(\d{4})$/i.exec(clean);
  if (match) return isoDate(match[3], monthOf(match[2]), match[1]);
  return undefined;
}

function monthOf(name = ''): string {
  return String(MONTH_NAMES.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function isoDate(year = '', month = '', day = ''): IsoDate | undefined {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isIsoDate(date) ? date : undefined;
}

/** `HH:MM` from `4:30 PM`, `16:30`, `16:30:00`; undefined when it is no time. */
export function looseTime(text: string): string | undefined {
  const match = /^(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*([ap])?\.?m?\.?$/i.exec(text.trim());
  if (!match || (match[2] === undefined && match[3] === undefined)) return undefined;
  let hour = Number(match[1]);
  if (match[3]) hour = (hour % 12) + (match[3].toLowerCase() === 'p' ? 12 : 0);
  const minute = match[2] ?? '00';
  if (hour > 23 || Number(minute) > 59) return undefined;
  return `${String(hour).padStart(2, '0')}:${minute}`;
}
