/**
 * Cutting a year's attendance file into the days on which it would have arrived. Used by demo and rehearsal alike.
 */
import { addDays, type IsoDate } from './dates.ts';
import type { FeedStop } from './script.ts';

/** One day's delivery: rows dated after the previous delivery up to this day, and the days it makes known. */
export interface FeedDay<Row> {
  readonly date: IsoDate;
  readonly rows: readonly Row[];
  /** Inclusive. */
  readonly covers: { readonly from: IsoDate; readonly to: IsoDate };
}

/**
 * School days in a row without one row in the whole file after which the feed itself is taken to have stopped: nobody
 * reads weeks of silence as perfect attendance.
 */
export const SILENT_FEED_SCHOOL_DAYS = 10;

/**
 * Deliveries in date order. Nothing is delivered while a feed is stopped (by the script, or because the file is silent
 * for {@link SILENT_FEED_SCHOOL_DAYS} or more school days, or has ended).
 * @param districtDays every day on which any school of the file has school, sorted
 */
export function cutFeed<Row extends { readonly date: IsoDate }>(
  rows: readonly Row[],
  districtDays: readonly IsoDate[],
  stops: readonly FeedStop[],
): FeedDay<Row>[] {
  const sorted = [...rows].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const stopped = stoppedDays(sorted, districtDays, stops);
  const deliveries: FeedDay<Row>[] = [];
  let next = 0;
  /** First day the next delivery makes known; null after days that were lost. */
  let coverFrom: IsoDate | null = null;
  for (const day of districtDays) {
    const stop = stopped.get(day);
    if (stop === 'late') {
      coverFrom ??= day;
      continue;
    }
    let end = next;
    while (end < sorted.length && sorted[end]!.date <= day) end += 1;
    if (stop === undefined) {
      deliveries.push({
        date: day,
        rows: sorted.slice(next, end),
        covers: { from: coverFrom ?? day, to: day },
      });
    }
    // Days without school after a delivery are as known as the delivery itself.
    coverFrom = stop === undefined ? addDays(day, 1) : null;
    next = end;
  }
  return deliveries;
}

function stoppedDays(
  rows: readonly { readonly date: IsoDate }[],
  days: readonly IsoDate[],
  stops: readonly FeedStop[],
): Map<IsoDate, 'lost' | 'late'> {
  const stopped = new Map<IsoDate, 'lost' | 'late'>();
  const last = rows.at(-1)?.date;
  for (const day of days) if (last === undefined || day > last) stopped.set(day, 'lost');
  const withRows = new Set(rows.map((row) => row.date));
  let silent: IsoDate[] = [];
  for (const day of days) {
    if (withRows.has(day)) {
      silent = [];
      continue;
    }
    silent.push(day);
    if (silent.length >= SILENT_FEED_SCHOOL_DAYS) for (const one of silent) stopped.set(one, 'lost');
  }
  for (const stop of stops) {
    const from = days.filter((day) => day >= stop.from).slice(0, stop.schoolDays);
    for (const day of from) stopped.set(day, stop.catchUp ? 'late' : 'lost');
  }
  return stopped;
}
