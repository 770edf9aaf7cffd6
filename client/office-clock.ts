/** Zone look-ups happen here, at the door: a case carries only the offsets, so that every worker reads the same. */
import { addDays, daysBetween, type IsoDate } from '../domain/dates.ts';
import type { OfficeClock } from '../domain/office-clock.ts';
import type { Office } from '../db/stores/office.ts';

/** A case outlives some school years; its clock reaches this far. */
const YEARS_BACK = 2;
const YEARS_AHEAD = 6;

export function officeClock(
  office: Pick<Office, 'zone' | 'drivenToday' | 'drivenClock'>,
  today: IsoDate,
): OfficeClock {
  if (office.drivenToday === null) return realClock(office.zone, today);
  return office.drivenClock ?? { kind: 'driven', startMs: 0, startDate: today, msPerDay: 86_400_000 };
}

/** The zone's offsets from two years before a date to six years after it, each from the local date on which it holds all day's rest. */
export function realClock(zone: string, around: IsoDate): OfficeClock {
  const from = addDays(around, -366 * YEARS_BACK);
  const days = daysBetween(from, addDays(around, 366 * YEARS_AHEAD));
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsets: { from: IsoDate; minutes: number }[] = [];
  for (let n = 0; n <= days; n += 1) {
    const date = addDays(from, n);
    // Noon: after the small hours in which clocks are changed, on the same local date in every zone of the Americas.
    const minutes = offsetMinutes(format, new Date(`${date}T18:00:00Z`));
    if (offsets.at(-1)?.minutes !== minutes) offsets.push({ from: date, minutes });
  }
  return { kind: 'real', offsets };
}

function offsetMinutes(format: Intl.DateTimeFormat, at: Date): number {
  const text = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(text);
  if (!match) throw new RangeError(`no offset can be read from "${text}"`);
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}
