/**
 * Coverage: the days for which a school's attendance is known. Silence is not presence: whatever is judged by the
 * absence of absences (clean days, a kept order) looks only at covered days.
 */
import {
  indexCalendar,
  schoolDays,
  schoolDaysBetween,
  WINDOW_DAYS,
  type CalendarIndex,
  type SchoolCalendar,
} from './calendar.ts';
import { addDays, earlier, later, type IsoDate } from './dates.ts';
import { stretches, type Enrolled } from './enrolment.ts';

/** Known days as closed intervals, sorted, not overlapping. */
export type Coverage = readonly { readonly from: IsoDate; readonly to: IsoDate }[];

/** "Attendance known up to D": the end of the last interval. */
export function knownUpTo(coverage: Coverage): IsoDate | null {
  return coverage.length === 0 ? null : coverage[coverage.length - 1]!.to;
}

export function isCovered(coverage: Coverage, date: IsoDate): boolean {
  return coverage.some((part) => part.from <= date && date <= part.to);
}

/** Adds an interval, joining what touches. */
export function addCoverage(coverage: Coverage, from: IsoDate, to: IsoDate): Coverage {
  const parts = [...coverage, { from, to }].sort((a, b) => (a.from < b.from ? -1 : 1));
  const joined: { from: IsoDate; to: IsoDate }[] = [];
  for (const part of parts) {
    const last = joined[joined.length - 1];
    if (last && part.from <= addDays(last.to, 1)) {
      if (part.to > last.to) last.to = part.to;
    } else {
      joined.push({ ...part });
    }
  }
  return joined;
}

/** What is known of a school's attendance, and the dates it holds for a student. */
export interface CoverageSegment extends Enrolled {
  readonly coverage: Coverage;
}

/** A student's own coverage: each day that of the school then attended, as their calendar is ({@link composeCalendars}). */
export function composeCoverage(segments: readonly CoverageSegment[]): Coverage {
  let whole: Coverage = [];
  for (const { of, from, to } of stretches(segments)) {
    for (const part of of.coverage) {
      const cut = { from: later(part.from, from), to: earlier(part.to, to) };
      if (cut.from <= cut.to) whole = addCoverage(whole, cut.from, cut.to);
    }
  }
  return whole;
}

// ---------------------------------------------------------------- schools of which nothing arrives

/**
 * School days up to and including `upTo` of which attendance is not known; give yesterday, as today's file may still
 * come. Looks back as far as a count does, and never before the first day known: what a school did before it began to
 * report is no gap. Where nothing has ever arrived, it is expected from the beginning of the term that runs.
 */
export function uncoveredSchoolDays(
  coverage: Coverage,
  cal: CalendarIndex,
  upTo: IsoDate,
  lookBack: number = WINDOW_DAYS,
): IsoDate[] {
  const from = coverage[0]?.from ?? cal.calendar.terms.find((t) => t.from <= upTo && upTo <= t.to)?.from;
  if (from === undefined) return [];
  return schoolDays(cal, from, upTo)
    .slice(-lookBack)
    .filter((date) => !isCovered(coverage, date));
}

/** A stretch of school days without attendance, long enough that people are told. */
export interface Silence {
  /** Its first school day. */
  readonly since: IsoDate;
  readonly schoolDays: number;
}

/** The first stretch of at least `tellAfter` school days in a row of which nothing has arrived; null when there is none. */
export function silence(
  coverage: Coverage,
  cal: CalendarIndex,
  upTo: IsoDate,
  tellAfter: number,
): Silence | null {
  let run: IsoDate[] = [];
  for (const date of uncoveredSchoolDays(coverage, cal, upTo)) {
    const before = run.at(-1);
    const inARow = before !== undefined && schoolDaysBetween(cal, before, date) === 1;
    if (!inARow && run.length >= tellAfter) break;
    run = inARow ? [...run, date] : [date];
  }
  const [since] = run;
  return since === undefined || run.length < tellAfter ? null : { since, schoolDays: run.length };
}

/** Whether the days of a silence, and all after it, have become known (or have turned out to be none of school). */
export function isSilenceOver(
  since: IsoDate,
  coverage: Coverage,
  cal: CalendarIndex,
  upTo: IsoDate,
): boolean {
  return coverage.length > 0 && uncoveredSchoolDays(coverage, cal, upTo).every((date) => date < since);
}

/** What the records hold of a school when it is looked at. */
export interface SchoolKnown {
  /** Null while the school has no calendar: nobody can say what is missing. */
  readonly calendar: SchoolCalendar | null;
  readonly coverage: Coverage;
  /** Somebody is enrolled there, or it keeps an open case. */
  readonly attended: boolean;
  /** The silence people have been told of. */
  readonly told: { readonly since: IsoDate; readonly on: IsoDate } | null;
}

/** What is to be said of a school on a morning: that it has fallen silent, or that its silence is over. */
export type SilenceNews =
  { readonly kind: 'silent'; readonly silence: Silence } | { readonly kind: 'over'; readonly since: IsoDate };

/**
 * Once a stretch: a school that stays silent is no news, and one that reports late, day by day, stays silent until nothing
 * is missing. Null when there is nothing to say.
 */
export function silenceNews(school: SchoolKnown, upTo: IsoDate, tellAfter: number): SilenceNews | null {
  const { coverage, told } = school;
  if (told !== null && !school.attended) return { kind: 'over', since: told.since };
  if (school.calendar === null || !school.attended) return null;
  const cal = indexCalendar(school.calendar);
  if (told !== null) {
    return isSilenceOver(told.since, coverage, cal, upTo) ? { kind: 'over', since: told.since } : null;
  }
  const found = silence(coverage, cal, upTo, tellAfter);
  return found && { kind: 'silent', silence: found };
}
