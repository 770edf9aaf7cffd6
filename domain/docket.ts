/** The hearing docket's hours: which slots a place offers on a day, and which two of them are in each other's way. */
import { weekday, type IsoDate } from './dates.ts';
import { InputFault } from './refusal.ts';

/** Hours in which hearings are held at a place, on one weekday; slots are cut from them. */
export interface HearingHours {
  readonly place: string;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** Local times, `HH:MM`; the last slot ends by `until`. */
  readonly from: string;
  readonly until: string;
  readonly slotMinutes: number;
}

export interface Slot {
  readonly place: string;
  readonly date: IsoDate;
  /** Local time, `HH:MM`. */
  readonly time: string;
}

export interface TimedSlot extends Slot {
  /** How long the place is taken. */
  readonly minutes: number;
}

/** How long a hearing takes where no hours of its place say so. */
export const USUAL_MINUTES = 30;

export function minutesOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

export function timeOf(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The slots of a date, by time and then by place. */
export function slotsOn(hours: readonly HearingHours[], date: IsoDate): TimedSlot[] {
  const slots: TimedSlot[] = [];
  for (const one of hours) {
    if (one.weekday !== weekday(date)) continue;
    const end = minutesOfDay(one.until);
    for (let at = minutesOfDay(one.from); at + one.slotMinutes <= end; at += one.slotMinutes) {
      slots.push({ place: one.place, date, time: timeOf(at), minutes: one.slotMinutes });
    }
  }
  return slots.sort((a, b) => (a.time === b.time ? (a.place < b.place ? -1 : 1) : a.time < b.time ? -1 : 1));
}

/** How long a hearing at this place and hour takes: as its hours say, else the usual time. */
export function minutesAt(hours: readonly HearingHours[], slot: Slot): number {
  const at = minutesOfDay(slot.time);
  const own = hours.find(
    (one) =>
      one.place === slot.place &&
      one.weekday === weekday(slot.date) &&
      at >= minutesOfDay(one.from) &&
      at < minutesOfDay(one.until),
  );
  return own?.slotMinutes ?? USUAL_MINUTES;
}

/** Whether two hearings of one day are on at the same time. */
export function overlap(
  a: Pick<TimedSlot, 'time' | 'minutes'>,
  b: Pick<TimedSlot, 'time' | 'minutes'>,
): boolean {
  const [from, other] = [minutesOfDay(a.time), minutesOfDay(b.time)];
  return from < other + b.minutes && other < from + a.minutes;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * Refuses hours no slot can be cut from (`BAD_HOURS`), or that cross others of their place and weekday (`HOURS_CROSS`).
 * The same weekday and beginning again is a change, not a crossing.
 */
export function checkHours(known: readonly HearingHours[], wanted: HearingHours): void {
  const { from, until, slotMinutes } = wanted;
  const badTime = [from, until].find((time) => !TIME.test(time));
  if (badTime !== undefined) {
    throw new InputFault(
      'BAD_HOURS',
      `"${badTime.slice(0, 20)}" is no time of day; write HH:MM, e.g. 09:30`,
      'from, until',
    );
  }
  if (!Number.isInteger(slotMinutes) || slotMinutes < 5 || slotMinutes > 480) {
    throw new InputFault('BAD_HOURS', 'a slot lasts 5 to 480 minutes', 'slotMinutes');
  }
  if (minutesOfDay(from) + slotMinutes > minutesOfDay(until)) {
    throw new InputFault(
      'BAD_HOURS',
      `no slot of ${slotMinutes} minutes fits between ${from} and ${until}`,
      'until',
    );
  }
  const crossed = known.find(
    (one) =>
      one.place === wanted.place &&
      one.weekday === wanted.weekday &&
      one.from !== from &&
      one.from < until &&
      from < one.until,
  );
  if (crossed) {
    throw new InputFault(
      'HOURS_CROSS',
      `this place has hours from ${crossed.from} to ${crossed.until} on that weekday already; give others, or remove the place first`,
      'from',
    );
  }
}

/** A place as the list spells it: two spellings of one room are one room. */
export function placeAsListed(hours: readonly HearingHours[], place: string): string {
  const key = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();
  return hours.find((one) => key(one.place) === key(place))?.place ?? place.trim().replace(/\s+/g, ' ');
}

/** A language or a person, as two hearings would name the same one. */
export function interpreterKey(interpreter: string): string {
  return interpreter.trim().toLowerCase().replace(/\s+/g, ' ');
}

/** One in whose way another hearing would be: at the same place, or with the same interpreter, at the same time. */
export function inTheWay<T extends TimedSlot & { readonly interpreter: string | null }>(
  taken: readonly T[],
  wanted: TimedSlot,
  interpreter: string | null,
): { readonly what: 'place' | 'interpreter'; readonly by: T } | null {
  for (const by of taken) {
    if (by.date !== wanted.date || !overlap(by, wanted)) continue;
    if (by.place === wanted.place) return { what: 'place', by };
    if (
      interpreter !== null &&
      by.interpreter !== null &&
      interpreterKey(by.interpreter) === interpreterKey(interpreter)
    ) {
      return { what: 'interpreter', by };
    }
  }
  return null;
}
