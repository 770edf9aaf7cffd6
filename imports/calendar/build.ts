/** Read events into a calendar: what closes, what is held back, what is left out and why. */
import type { SchoolCalendar, Term } from '../../domain/calendar.ts';
import { addDays, dayNumber, daysBetween, fromDayNumber, isWeekend } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { ReadEvent, Settlement } from './reading.ts';
import { otherYear, pairTerms } from './terms.ts';
import type { TermOptions } from './terms.ts';

/** A closure longer than this (in weekdays) is more often a wrong date than a long break. */
const LONGEST_CLOSURE_WEEKDAYS = 25;

/** Between school years there are more days without school than this, and in no break within one. */
const SUMMER_DAYS = 40;

export interface BuildOptions extends TermOptions {
  readonly settlements: readonly Settlement[];
}

/** Every weekday from the first to the last day of school, less what events close. Events may be re-read in place. */
export function buildFromClosures(events: ReadEvent[], options: BuildOptions, place: string): SchoolCalendar {
  const terms = pairTerms(events, options, place);
  for (const read of events) leaveOutside(read, terms);
  for (const read of events) holdBackLong(read, terms);
  settle(events, options.settlements);
  const closed = closedDays(events, terms);
  holdBackContradictions(events, closed, options.settlements);
  for (const read of events) dropNeedless(read, terms, closed);
  const open = new Set<IsoDate>();
  for (const read of events) {
    if (read.ignored || (read.class !== 'make-up' && !(read.class === 'open' && read.remote))) continue;
    for (const date of dates(read)) {
      closed.delete(date);
      if (read.class === 'make-up' && !isTermWeekday(date, terms)) open.add(date);
    }
  }
  applyRulings(options.settlements, terms, closed, open);
  return { terms, closed: [...closed].sort(), open: [...open].sort() };
}

/** Only the days an event names; terms are the stretches between summers. */
export function buildFromSchoolDays(
  events: ReadEvent[],
  options: BuildOptions,
  place: string,
): SchoolCalendar {
  settle(events, options.settlements);
  const named = new Set<IsoDate>();
  for (const read of events) {
    if (read.class === 'open' || read.class === 'make-up') for (const date of dates(read)) named.add(date);
  }
  for (const read of events) {
    if (read.class === 'closed') for (const date of dates(read)) named.delete(date);
  }
  for (const ruling of options.settlements) {
    for (const date of span(ruling.from, ruling.to)) {
      if (ruling.class === 'open') named.add(date);
      if (ruling.class === 'closed') named.delete(date);
    }
  }
  const days = [...named]
    .filter((d) => d >= (options.firstDay ?? '') && d <= (options.lastDay ?? '9999'))
    .sort();
  if (days.length === 0) {
    throw new InputFault(
      'NO_SCHOOL_DAYS',
      'names no school day; give the events that do with --open REGEX, or read it with --mode closures',
      place,
    );
  }
  const terms: { from: IsoDate; to: IsoDate }[] = [];
  for (const day of days) {
    const term = terms.at(-1);
    if (term && daysBetween(term.to, day) <= SUMMER_DAYS) term.to = day;
    else terms.push({ from: day, to: day });
  }
  const isNamed = new Set(days);
  return {
    terms,
    closed: terms.flatMap((t) => span(t.from, t.to).filter((d) => !isWeekend(d) && !isNamed.has(d))),
    open: days.filter(isWeekend),
  };
}

export function span(from: IsoDate, to: IsoDate): IsoDate[] {
  const days: IsoDate[] = [];
  for (let day = dayNumber(from); day <= dayNumber(to); day += 1) days.push(fromDayNumber(day));
  return days;
}

function dates(read: ReadEvent): IsoDate[] {
  return span(read.event.from, read.event.to);
}

function inTerm(date: IsoDate, terms: readonly Term[]): boolean {
  return terms.some((t) => t.from <= date && date <= t.to);
}

function isTermWeekday(date: IsoDate, terms: readonly Term[]): boolean {
  return !isWeekend(date) && inTerm(date, terms);
}

/** An event outside every term changes nothing, and often betrays a wrong year. A firm make-up day may stand anywhere. */
function leaveOutside(read: ReadEvent, terms: readonly Term[]): void {
  const { from, to } = read.event;
  const matters = read.class === 'closed' || read.class === 'open' || read.class === 'unsettled';
  const year = terms.some((t) => from <= addDays(t.to, 31) && addDays(to, 31) >= t.from);
  if (
    terms.some((t) => from <= t.to && to >= t.from) ||
    (to < from && (inTerm(from, terms) || inTerm(to, terms)))
  )
    return;
  const meant = otherYear(from, terms);
  if (!matters && !(read.class === 'make-up' && !year) && !(read.class === 'info' && meant)) return;
  read.why = `outside the first to last day of school, not applied${meant ? ` (a wrong year? ${meant} is inside)` : ''}; ${read.why}`;
  read.class = 'info';
  read.ignored = true;
}

function holdBackLong(read: ReadEvent, terms: readonly Term[]): void {
  if (read.class !== 'closed') return;
  const weekdays = dates(read).filter((d) => isTermWeekday(d, terms)).length;
  if (weekdays <= LONGEST_CLOSURE_WEEKDAYS) return;
  read.class = 'unsettled';
  read.why = `closes ${weekdays} school days in a row: are its dates right? (${read.why})`;
}

/** A person's word settles every held-back event on that date. */
function settle(events: readonly ReadEvent[], settlements: readonly Settlement[]): void {
  for (const read of events) {
    const ruling = settlementFor(read, settlements);
    if (read.class !== 'unsettled' || !ruling) continue;
    read.why = `settled as ${ruling.class} (${read.why})`;
    read.class = ruling.class;
    // A range that ends before it starts has no days of its own; the ruling's dates stand for it.
    if (read.event.impossible !== undefined) read.class = 'info';
  }
}

function settlementFor(read: ReadEvent, settlements: readonly Settlement[]): Settlement | undefined {
  const { from, to } = read.event;
  return settlements.find((s) => (s.from <= from && from <= s.to) || (s.from <= to && s.to >= from));
}

function closedDays(events: readonly ReadEvent[], terms: readonly Term[]): Set<IsoDate> {
  const closed = new Set<IsoDate>();
  for (const read of events) {
    if (read.class !== 'closed' || read.ignored) continue;
    for (const date of dates(read)) if (isTermWeekday(date, terms)) closed.add(date);
  }
  return closed;
}

/** One event says closed, another school, for one day. E-learning explains itself; the rest is asked. */
function holdBackContradictions(
  events: readonly ReadEvent[],
  closed: ReadonlySet<IsoDate>,
  settlements: readonly Settlement[],
): void {
  for (const read of events) {
    if (read.class !== 'open' || read.remote || read.ignored) continue;
    const day = dates(read).find((d) => closed.has(d));
    if (day === undefined || settlementFor(read, settlements)) continue;
    const other = events.find((e) => e.class === 'closed' && e.event.from <= day && day <= e.event.to);
    read.class = 'unsettled';
    read.why = `${read.why}, but "${other?.event.summary ?? ''}" closes ${day}; it stays closed meanwhile`;
  }
}

/** Nobody need be asked about a day without school anyway. */
function dropNeedless(read: ReadEvent, terms: readonly Term[], closed: ReadonlySet<IsoDate>): void {
  if (read.class !== 'unsettled' || read.event.impossible !== undefined) return;
  // A contradiction is about a closed day by its nature.
  if (read.why.includes('stays closed meanwhile')) return;
  if (dates(read).some((d) => isTermWeekday(d, terms) && !closed.has(d))) return;
  read.class = 'info';
  read.why = `no school on that day anyway; ${read.why}`;
}

/** The last word on a date, whatever the events say. */
function applyRulings(
  settlements: readonly Settlement[],
  terms: readonly Term[],
  closed: Set<IsoDate>,
  open: Set<IsoDate>,
): void {
  for (const ruling of settlements) {
    for (const date of span(ruling.from, ruling.to)) {
      if (ruling.class === 'closed') {
        open.delete(date);
        if (isTermWeekday(date, terms)) closed.add(date);
      } else if (ruling.class === 'open') {
        closed.delete(date);
        if (!isTermWeekday(date, terms) && ruling.from === ruling.to) open.add(date);
      }
    }
  }
}
