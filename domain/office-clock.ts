/**
 * The office clock: maps local dates and times to instants, so that a timer knows when to wake. It never says what date
 * something has: dates come with the messages. Zone look-ups happen at the door (time-zone data differ between
 * machines); the workflow carries only the offsets.
 */
import { addDays, daysBetween, type IsoDate } from './dates.ts';

export type OfficeClock =
  | {
      readonly kind: 'real';
      /** Minutes from UTC (Chicago in winter: −360), each valid from a local date on; sorted. */
      readonly offsets: readonly { readonly from: IsoDate; readonly minutes: number }[];
    }
  | {
      /** A driven office (demo, tests): days pass when the driver says so; this only guesses when that will be. */
      readonly kind: 'driven';
      /** Instant (ms since 1970) at which `startDate` began. */
      readonly startMs: number;
      readonly startDate: IsoDate;
      readonly msPerDay: number;
    };

/** Local time at which a case wakes on a day that something falls due. */
export const WAKING_TIME = '06:00';

/** The instant (ms since 1970) of a local time on a date. */
export function instantOf(clock: OfficeClock, date: IsoDate, time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  if (clock.kind === 'driven') {
    const days = daysBetween(clock.startDate, date) + (hours * 60 + minutes) / 1440;
    return clock.startMs + Math.round(days * clock.msPerDay);
  }
  const offset = clock.offsets.findLast((one) => one.from <= date)?.minutes ?? clock.offsets[0]?.minutes ?? 0;
  return Date.parse(`${date}T${time}:00Z`) - offset * 60_000;
}

/** How long to wait before looking again when a day that should have come has not. */
export function recheckMs(clock: OfficeClock): number {
  return clock.kind === 'driven' ? Math.max(clock.msPerDay, 5_000) : 15 * 60_000;
}

/** So many minutes of the office's day in real milliseconds: a driven office's minutes are as short as its days. */
export function minutesMs(clock: OfficeClock, minutes: number): number {
  return clock.kind === 'driven'
    ? Math.max(1, Math.round((minutes / 1440) * clock.msPerDay))
    : minutes * 60_000;
}

/** Local date and time (`HH:MM`) at an instant, for people to read; a driven office's by its own guess. */
export function localOf(clock: OfficeClock, ms: number): { readonly date: IsoDate; readonly time: string } {
  if (clock.kind === 'driven') {
    const days = (ms - clock.startMs) / clock.msPerDay;
    const minutes = Math.floor((days - Math.floor(days)) * 1440);
    const two = (n: number) => String(n).padStart(2, '0');
    return {
      date: addDays(clock.startDate, Math.floor(days)),
      time: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
    };
  }
  const utc = new Date(ms).toISOString().slice(0, 10);
  const offset = clock.offsets.findLast((one) => one.from <= utc)?.minutes ?? clock.offsets[0]?.minutes ?? 0;
  const local = new Date(ms + offset * 60_000).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}
