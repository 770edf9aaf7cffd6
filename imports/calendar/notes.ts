/** What is worth a look in a calendar that reads without a fault. */
import { indexCalendar, isSchoolDay } from '../../domain/calendar.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { weekday } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { ReadEvent } from './reading.ts';

/** Illinois asks for 176 days of pupil attendance; far more means that closures are missing from the file. */
const MANY_SCHOOL_DAYS = 190;

export function notesOn(calendar: SchoolCalendar, events: readonly ReadEvent[]): string[] {
  const notes: string[] = [];
  const { schoolDates } = indexCalendar(calendar);
  for (const term of calendar.terms) {
    const days = schoolDates.filter((d) => term.from <= d && d <= term.to);
    if (!isSchoolDay(calendar, term.from)) {
      notes.push(
        `the first day of school, ${term.from}, has no school itself: the first school day is ${days[0] ?? 'none'}`,
      );
    }
    if (!isSchoolDay(calendar, term.to)) {
      notes.push(
        `the last day of school, ${term.to}, has no school itself: the last school day is ${days.at(-1) ?? 'none'}`,
      );
    }
    if (days.length > MANY_SCHOOL_DAYS) {
      notes.push(`${term.from} to ${term.to} has ${days.length} school days: are closures missing?`);
    }
  }
  for (const date of schoolDates) {
    const holiday = nationalHoliday(date);
    if (holiday) notes.push(`${date} is a school day by this file, and ${holiday}: is a closure missing?`);
  }
  if (events.some((e) => e.class === 'last-day' && e.why.includes('tentative'))) {
    notes.push('the last day of school is tentative: read the file again when it is settled');
  }
  return notes;
}

/** Holidays on which no school in the country is open. */
function nationalHoliday(date: IsoDate): string | undefined {
  const monthDay = date.slice(5);
  const day = Number(date.slice(8));
  if (monthDay === '01-01') return "New Year's Day";
  if (monthDay === '07-04') return 'Independence Day';
  if (monthDay === '12-25') return 'Christmas Day';
  if (monthDay.startsWith('09') && weekday(date) === 1 && day <= 7) return 'Labor Day';
  if (monthDay.startsWith('11') && weekday(date) === 4 && day >= 22 && day <= 28) return 'Thanksgiving';
  if (monthDay.startsWith('05') && weekday(date) === 1 && day >= 25) return 'Memorial Day';
  return undefined;
}
