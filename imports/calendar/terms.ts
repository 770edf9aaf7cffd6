/** First and last days of school paired into terms. A file may span two years and hold the tail of the earlier one. */
import { daysBetween } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Term } from '../../domain/calendar.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { ReadEvent } from './reading.ts';

/** Two first days this close are two readings of one year (grades 1–12, then kindergarten), not two years. */
const SAME_YEAR_DAYS = 60;

export interface TermOptions {
  readonly firstDay?: IsoDate | undefined;
  readonly lastDay?: IsoDate | undefined;
}

/**
 * Pairs the file's first and last days; `--first-day` and `--last-day` stand in for the file's own. Events left without
 * a partner or repeated are re-read in place: reported, not applied.
 */
export function pairTerms(events: ReadEvent[], options: TermOptions, place: string): Term[] {
  const firsts = yearEnds(events, 'first-day', options.firstDay);
  const lasts = yearEnds(events, 'last-day', options.lastDay);
  const terms: Term[] = [];
  for (const [i, from] of firsts.entries()) {
    const next = firsts[i + 1];
    const to = lasts.find((l) => l >= from && (next === undefined || l < next));
    if (to !== undefined) terms.push({ from, to });
  }
  if (terms.length === 0) throw missing(firsts, lasts, options, place);
  for (const read of events) {
    if (read.class !== 'first-day' && read.class !== 'last-day') continue;
    const date = read.event.from;
    const used = terms.some((t) => (read.class === 'first-day' ? t.from === date : t.to === date));
    if (!used) leaveOut(read, terms);
  }
  return terms;
}

/** The dates of one kind, one for each year: for some grades only where there is no better, repeated ones settled. */
function yearEnds(
  events: readonly ReadEvent[],
  kind: 'first-day' | 'last-day',
  given: IsoDate | undefined,
): IsoDate[] {
  if (given !== undefined) return [given];
  const all = events.filter((e) => e.class === kind);
  const dates: { date: IsoDate; some: boolean }[] = [];
  for (const read of [...all].sort((a, b) => (a.event.from < b.event.from ? -1 : 1))) {
    const candidate = { date: read.event.from, some: read.why.includes('some grades') };
    const before = dates.at(-1);
    if (!before || Math.abs(daysBetween(before.date, candidate.date)) > SAME_YEAR_DAYS) dates.push(candidate);
    else if (before.some && !candidate.some) dates[dates.length - 1] = candidate;
    // Otherwise: the first "first day" and the last "last day" of those said for everybody.
    else if (before.some === candidate.some && kind === 'last-day') dates[dates.length - 1] = candidate;
  }
  return dates.map((d) => d.date);
}

function leaveOut(read: ReadEvent, terms: readonly Term[]): void {
  const inside = terms.some((t) => t.from <= read.event.from && read.event.from <= t.to);
  read.why = inside
    ? `${read.why}; not used, the calendar has another`
    : `${read.why}; not used, it has no partner in this file`;
  read.class = 'info';
  read.ignored = true;
}

function missing(
  firsts: readonly IsoDate[],
  lasts: readonly IsoDate[],
  options: TermOptions,
  place: string,
): InputFault {
  const [first] = firsts;
  const last = lasts.at(-1);
  if (first === undefined && last === undefined) {
    return new InputFault(
      'NO_FIRST_AND_LAST_DAY',
      'names neither the first nor the last day of school; give both with --first-day DATE --last-day DATE',
      place,
    );
  }
  if (first === undefined) {
    return new InputFault(
      'NO_FIRST_DAY',
      `names no first day of school (its last is ${last}); give it with --first-day DATE`,
      place,
    );
  }
  if (last === undefined) {
    return new InputFault(
      'NO_LAST_DAY',
      `names no last day of school (its first is ${first}); give it with --last-day DATE`,
      place,
    );
  }
  const which = options.lastDay === undefined ? '--last-day' : '--first-day';
  return new InputFault(
    'TERM_BACKWARDS',
    `its last day of school (${last}) is before its first (${first}); give the right one with ${which} DATE`,
    place,
  );
}

/** Events of the summer and of last year's tail stand this near a term rightly. */
const NEAR_TERM_DAYS = 120;

/** The year in which a date far outside all terms would be inside one: usually a slip in the file. */
export function otherYear(date: IsoDate, terms: readonly Term[]): IsoDate | undefined {
  const near = terms.some(
    (t) => daysBetween(date, t.from) <= NEAR_TERM_DAYS && daysBetween(t.to, date) <= NEAR_TERM_DAYS,
  );
  if (near) return undefined;
  const shifts = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((n) => [n, -n]);
  for (const shift of shifts) {
    const shifted = `${String(Number(date.slice(0, 4)) + shift).padStart(4, '0')}${date.slice(4)}`;
    if (date.endsWith('-02-29')) return undefined;
    if (terms.some((t) => t.from <= shifted && shifted <= t.to)) return shifted;
  }
  return undefined;
}
