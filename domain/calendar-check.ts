/** Faults of a calendar value that came from outside (a file, the API, a database row), each a sentence for a person. */
import { indexCalendar, isTermWeekday } from './calendar-days.ts';
import type { SchoolCalendar } from './calendar.ts';
import { daysBetween, isIsoDate } from './dates.ts';
import type { IsoDate } from './dates.ts';

/** No school year is longer than a year; a longer term is a wrong year in a date. */
const LONGEST_TERM_DAYS = 366;

/** Everything wrong with the value, in words; empty when it keeps the contract of {@link SchoolCalendar}. */
export function checkCalendar(cal: SchoolCalendar): string[] {
  const faults = [...unreadable(cal)];
  // The rest would only repeat the same fault in worse words.
  if (faults.length > 0) return faults;
  faults.push(...termFaults(cal));
  faults.push(...orderFaults('closed', cal.closed), ...orderFaults('open', cal.open));
  const closed = new Set(cal.closed);
  for (const date of cal.closed) {
    if (!isTermWeekday(cal, date)) {
      faults.push(`closed day ${date} is no weekday between a first and a last day of school`);
    }
  }
  for (const date of cal.open) {
    if (closed.has(date)) faults.push(`${date} is both closed and open`);
    else if (isTermWeekday(cal, date)) faults.push(`open day ${date} is a school day already`);
  }
  if (faults.length === 0 && indexCalendar(cal).schoolDates.length === 0) faults.push('has no school day');
  return faults;
}

function unreadable(cal: SchoolCalendar): string[] {
  const dates: [string, IsoDate][] = [
    ...cal.terms.flatMap((t): [string, IsoDate][] => [
      ['first day', t.from],
      ['last day', t.to],
    ]),
    ...cal.closed.map((d): [string, IsoDate] => ['closed day', d]),
    ...cal.open.map((d): [string, IsoDate] => ['open day', d]),
  ];
  return dates.filter(([, d]) => !isIsoDate(d)).map(([what, d]) => `${what} "${d}" is no date (YYYY-MM-DD)`);
}

function termFaults(cal: SchoolCalendar): string[] {
  const faults: string[] = [];
  let previous: { from: IsoDate; to: IsoDate } | undefined;
  for (const term of cal.terms) {
    if (term.to < term.from) {
      faults.push(`the last day of school ${term.to} is before the first, ${term.from}`);
    } else if (daysBetween(term.from, term.to) > LONGEST_TERM_DAYS) {
      faults.push(`${term.from} to ${term.to} is longer than a school year: check the years`);
    }
    if (previous && term.from < previous.from) {
      faults.push(`the terms are not in order: ${term.from} comes after ${previous.from}`);
    } else if (previous && term.from <= previous.to) {
      faults.push(`the terms ${previous.from}..${previous.to} and ${term.from}..${term.to} overlap`);
    }
    previous = term;
  }
  return faults;
}

function orderFaults(what: string, dates: readonly IsoDate[]): string[] {
  const faults: string[] = [];
  for (const [i, date] of dates.entries()) {
    const before = dates[i - 1];
    if (before === undefined || before < date) continue;
    faults.push(
      before === date ? `${what} day ${date} stands twice` : `${what} days are not in order at ${date}`,
    );
  }
  return faults;
}
