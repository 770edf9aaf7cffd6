/** Whether letters may leave at this hour. A driven office has days, but no hours: its letters leave when its day has come. */
import { daysBetween, type IsoDate } from '../domain/dates.ts';
import { closedUntil } from '../domain/office-days.ts';
import { localDate, type Office } from '../db/stores/office.ts';
import type { DeliveryRules } from '../letters/letter-at-hand.ts';

export interface Closed {
  /** The office day on which letters leave again. */
  readonly until: IsoDate;
  /** Milliseconds until its hours begin; by the hour when the clocks change in between. */
  readonly ms: number;
}

/** Null where the office is open, or its policy (one from before this rule) names no hours. */
export function closedNow(
  office: Pick<Office, 'drivenToday' | 'zone'>,
  policy: Pick<DeliveryRules, 'notices' | 'holidays'>,
  clock: Date = new Date(),
): Closed | null {
  const { officeHours } = policy.notices;
  if (!officeHours || office.drivenToday !== null) return null;
  const date = localDate(clock, office.zone);
  const time = localTime(clock, office.zone);
  const until = closedUntil(date, time, officeHours, policy.holidays);
  if (until === null) return null;
  const minutes = daysBetween(date, until) * 1440 + minutesOf(officeHours.from) - minutesOf(time);
  return { until, ms: Math.max(minutes, 1) * 60_000 };
}

function localTime(instant: Date, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(instant);
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
}
