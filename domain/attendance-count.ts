/**
 * The count of unexcused days: which marks of a student count as of a date, which do not, and why.
 * Pure arithmetic on marks and calendar; the same answer for the same marks in any order.
 */
import type { Count, CountedDay, CountingRules, Mark, NotCounted } from './attendance.ts';
import { calendarNotes } from './calendar-notes.ts';
import { isWeekend, shortDate, weekday, type IsoDate } from './dates.ts';
import { indexCalendar, type CalendarIndex, type CalendarLike } from './calendar.ts';

/**
 * Categories under which the day is not taken by somebody else's reason: a late child was there, and "unknown" says
 * nothing that a second mark of the same day does not say better. Every other category that does not count (excused,
 * medical, suspension …) takes its part of the day first, in the child's favour.
 */
const LEAVES_DAY_OPEN: ReadonlySet<string> = new Set(['tardy', 'present', 'unknown']);

/** What is smaller than this part of a day (about a third of a second) is a rounding error. */
const SMALLEST_PART = 1e-5;

/** Sums of fractions are compared to a ten-thousandth of a day: 27 thirds are 9.0, 8.5 and 8.9 are not. */
export function roundDays(days: number): number {
  return Math.round(days * 10_000) / 10_000;
}

/**
 * Counts the unexcused days in the last `rules.windowDays` attendance days up to and including `asOf` (105 ILCS 5/26-2a).
 * Give an index (`indexCalendar`) where many students share a calendar: a count then takes microseconds.
 */
export function countUnexcused(
  marks: readonly Mark[],
  calendar: CalendarLike,
  asOf: IsoDate,
  rules: CountingRules,
  knownUpTo: IsoDate | null,
): Count {
  const index = indexCalendar(calendar);
  const { schoolDates } = index;
  const end = countUpTo(schoolDates, asOf);
  const start = Math.max(0, end - rules.windowDays);
  const { portions, notCounted } = judgeMarks(marks, schoolDates, asOf, rules);
  const counted: CountedDay[] = [];
  let sum = 0;
  for (const { mark, part, position, rest } of portions) {
    if (position < start) {
      notCounted.push(leftOut(mark, leftWindow(schoolDates, position, rules)));
    } else if (end - 1 - position < rules.graceSchoolDays) {
      notCounted.push(leftOut(mark, waiting(schoolDates, position, rules)));
    } else {
      sum += part;
      counted.push({
        date: mark.date,
        code: mark.code,
        fraction: part,
        school: mark.school,
        ...(mark.reportedBy === undefined ? {} : { reportedBy: mark.reportedBy }),
        ...(mark.reportedAt === undefined ? {} : { reportedAt: mark.reportedAt }),
        why: why(mark, part, rest),
        leavesWindowOn: schoolDates[position + rules.windowDays] ?? null,
      });
      if (rest !== null) notCounted.push(leftOut(mark, rest));
    }
  }
  notCounted.sort((a, b) => compare(a.date, b.date) || compare(a.code, b.code));
  const unexcusedDays = roundDays(sum);
  return {
    asOf,
    knownUpTo,
    window: { from: schoolDates[start] ?? null, to: asOf, attendanceDays: end - start },
    unexcusedDays,
    counted,
    notCounted,
    threshold: rules.threshold,
    reached: unexcusedDays >= rules.threshold,
    notes: notesOn(index, end, asOf, rules, knownUpTo),
  };
}

/**
 * The first school day on which the count would be below the threshold because days leave the window, if nothing new
 * arrives. Null when it is below already, or when the calendar is not known that far.
 */
export function countDropsBelow(
  marks: readonly Mark[],
  calendar: CalendarLike,
  asOf: IsoDate,
  rules: CountingRules,
): IsoDate | null {
  const { schoolDates } = indexCalendar(calendar);
  const { portions } = judgeMarks(marks, schoolDates, asOf, rules);
  /** The sum on the school day at this position: what has waited out its grace and has not yet left. */
  const sumAt = (day: number): number =>
    roundDays(
      portions
        .filter((p) => p.position + rules.graceSchoolDays <= day && day < p.position + rules.windowDays)
        .reduce((sum, p) => sum + p.part, 0),
    );
  const today = countUpTo(schoolDates, asOf) - 1;
  if (sumAt(today) < rules.threshold) return null;
  for (const { position } of portions) {
    const leaves = position + rules.windowDays;
    if (leaves > today && sumAt(leaves) < rules.threshold) return schoolDates[leaves] ?? null;
  }
  return null;
}

/**
 * The unexcused part of each day by itself, whatever the calendar and the window: what a case is told of a student's
 * marks. Counting these again with a calendar gives the same sum as counting the marks.
 */
export function unexcusedPerDay(
  marks: readonly Mark[],
  rules: CountingRules,
): { date: IsoDate; fraction: number; code: string; school: string }[] {
  const dates = [...new Set(marks.map((mark) => mark.date))].sort();
  const { portions } = judgeMarks(marks, dates, dates.at(-1) ?? '', rules);
  const days = new Map<IsoDate, { date: IsoDate; fraction: number; code: string; school: string }>();
  for (const { mark, part } of portions) {
    const sum = roundParts((days.get(mark.date)?.fraction ?? 0) + part);
    days.set(mark.date, { date: mark.date, fraction: sum, code: mark.code, school: mark.school });
  }
  return [...days.values()];
}

/** Parts of a day added up without the dust of binary fractions. */
function roundParts(part: number): number {
  return Math.round(part * 1e6) / 1e6;
}

/** The part of one mark that may count, before window and grace are looked at. */
interface Portion {
  readonly mark: Mark;
  /** Part of the day that may count, 0 < part ≤ 1. */
  readonly part: number;
  /** Index of its day among the calendar's school days. */
  readonly position: number;
  /** Why the rest of the mark does not count; null when all of it may. */
  readonly rest: string | null;
}

interface Judged {
  readonly portions: Portion[];
  readonly notCounted: NotCounted[];
}

/** Sorts marks into those that may count, by date, and those that never do. */
function judgeMarks(
  marks: readonly Mark[],
  schoolDates: readonly IsoDate[],
  asOf: IsoDate,
  rules: CountingRules,
): Judged {
  const judged: Judged = { portions: [], notCounted: [] };
  const sorted = [...marks].sort(byDay);
  for (let i = 0; i < sorted.length;) {
    const { date } = sorted[i] as Mark;
    let next = i + 1;
    while (sorted[next]?.date === date) next += 1;
    const day = sorted.slice(i, next);
    i = next;
    if (date > asOf) {
      for (const mark of day) judged.notCounted.push(leftOut(mark, 'dated after the as-of date'));
      continue;
    }
    const position = positionOf(schoolDates, date);
    if (position < 0) {
      const reason = noSchool(schoolDates, date);
      for (const mark of day) judged.notCounted.push(leftOut(mark, reason));
    } else {
      judgeDay(day, position, rules, judged);
    }
  }
  return judged;
}

/**
 * One school day: each mark once, other reasons first (whichever source tells them), never more than the whole day. Where
 * several sources tell of one school, the one that tells the most unexcused holds and is not added to the others.
 */
function judgeDay(day: readonly Mark[], position: number, rules: CountingRules, judged: Judged): void {
  const distinct = withoutRepeats(day, rules, judged.notCounted);
  const counting: Mark[] = [];
  let taken = 0;
  let takenBy = '';
  for (const mark of distinct) {
    const { category } = mark;
    if (category !== null && rules.countedCategories.includes(category)) {
      counting.push(mark);
      continue;
    }
    judged.notCounted.push(leftOut(mark, categoryReason(category)));
    if (category !== null && !LEAVES_DAY_OPEN.has(category)) {
      taken += mark.fraction;
      takenBy ||= mark.code;
    }
  }
  let free = Math.max(0, 1 - taken);
  for (const mark of withoutRetellings(counting, judged.notCounted)) {
    const part = Math.min(mark.fraction, free);
    if (!(mark.fraction > 0)) {
      judged.notCounted.push(leftOut(mark, 'no part of the day was missed'));
    } else if (part < SMALLEST_PART) {
      judged.notCounted.push(leftOut(mark, `two marks on this day: it is already taken by "${takenBy}"`));
    } else {
      const cut = mark.fraction - part > SMALLEST_PART;
      const rest = cut
        ? `two marks on this day: only ${part4(part)} of its ${part4(mark.fraction)} is left beside "${takenBy}"`
        : null;
      judged.portions.push({ mark, part, position, rest });
      free -= part;
      takenBy ||= mark.code;
    }
  }
}

/** Drops marks that say the same as one before, listing them; what counts is weighed source by source afterwards. */
function withoutRepeats(
  day: readonly Mark[],
  rules: CountingRules,
  notCounted: NotCounted[],
): readonly Mark[] {
  if (day.length === 1) return day;
  const counts = ({ category }: Mark) => category !== null && rules.countedCategories.includes(category);
  return day.filter((mark, i) => {
    const repeat = day
      .slice(0, i)
      .some(
        (m) =>
          m.code === mark.code &&
          m.school === mark.school &&
          m.category === mark.category &&
          m.fraction === mark.fraction &&
          (m.source === mark.source || !counts(mark)),
      );
    if (repeat) notCounted.push(leftOut(mark, 'the same mark was sent twice: it counts once'));
    return !repeat;
  });
}

/** Of several sources' marks of one school the one's that tells the most; the others tell of the same absence. */
function withoutRetellings(counting: readonly Mark[], notCounted: NotCounted[]): readonly Mark[] {
  if (counting.length < 2) return counting;
  const told = new Map<string, Map<string, number>>();
  for (const { school, source = '', fraction } of counting) {
    const bySource = told.get(school) ?? new Map<string, number>();
    told.set(school, bySource.set(source, (bySource.get(source) ?? 0) + fraction));
  }
  const holds = (school: string): string => {
    const [most] = [...(told.get(school) ?? [])].sort(([a, x], [b, y]) => y - x || compare(a, b));
    return most?.[0] ?? '';
  };
  return counting.filter((mark) => {
    const kept = (mark.source ?? '') === holds(mark.school);
    if (!kept) notCounted.push(leftOut(mark, 'another source tells of the same day: it is not added to it'));
    return kept;
  });
}

function leftOut(mark: Mark, reason: string): NotCounted {
  return { date: mark.date, code: mark.code, reason };
}

const CATEGORY_REASONS: Readonly<Record<string, string>> = {
  tardy: 'tardy: kept apart, not counted',
  unknown: 'reason not known yet: not counted',
  medical: 'medical: valid cause',
  present: 'present',
};

function categoryReason(category: string | null): string {
  if (category === null) return 'code not mapped: reported, never counted';
  return CATEGORY_REASONS[category] ?? category;
}

const WEEKEND = ['Saturday', 'Sunday'];

function noSchool(schoolDates: readonly IsoDate[], date: IsoDate): string {
  if (isWeekend(date)) return `no school that day (${WEEKEND[weekday(date) - 6] ?? 'weekend'})`;
  const first = schoolDates[0];
  const last = schoolDates.at(-1);
  if (first === undefined || last === undefined || date < first || date > last) {
    return 'the calendar is not known for this day';
  }
  return 'no school that day';
}

function leftWindow(schoolDates: readonly IsoDate[], position: number, rules: CountingRules): string {
  const date = schoolDates[position + rules.windowDays];
  return date === undefined ? 'before the window' : `left the window on ${shortDate(date)}`;
}

function waiting(schoolDates: readonly IsoDate[], position: number, rules: CountingRules): string {
  const date = schoolDates[position + rules.graceSchoolDays];
  const until = date === undefined ? '' : `, counts from ${shortDate(date)}`;
  return `may still be excused: waits ${rules.graceSchoolDays} school days${until}`;
}

function why(mark: Mark, part: number, rest: string | null): string {
  const size = part === 1 ? 'whole day' : `${part4(part)} of the day`;
  return `${mark.category}, ${size}${rest === null ? '' : '; the rest has another mark'}`;
}

/** A fraction as people read it: 1, 0.5, 0.3333. */
function part4(fraction: number): string {
  return String(roundDays(fraction));
}

function notesOn(
  index: CalendarIndex,
  end: number,
  asOf: IsoDate,
  rules: CountingRules,
  knownUpTo: IsoDate | null,
): string[] {
  const { schoolDates } = index;
  const notes = calendarNotes(index, asOf, rules.windowDays);
  if (knownUpTo === null) {
    notes.push('no attendance has arrived yet');
  } else if (knownUpTo < asOf) {
    const uncovered = end - countUpTo(schoolDates, knownUpTo);
    if (uncovered > 0) {
      notes.push(
        `attendance known up to ${shortDate(knownUpTo)} only: ${uncovered} school ${uncovered === 1 ? 'day' : 'days'} after it not covered`,
      );
    }
  }
  return notes;
}

/** By date; within a day the larger part first, then by code and school, so that the order of arrival never matters. */
function byDay(a: Mark, b: Mark): number {
  return (
    compare(a.date, b.date) ||
    b.fraction - a.fraction ||
    compare(a.code, b.code) ||
    compare(a.school, b.school) ||
    compare(a.category ?? '', b.category ?? '') ||
    compare(a.source ?? '', b.source ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of the sorted dates are on or before `date`. */
function countUpTo(dates: readonly IsoDate[], date: IsoDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((dates[middle] as IsoDate) <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of `date` among the sorted dates, −1 when it is not there. */
function positionOf(dates: readonly IsoDate[], date: IsoDate): number {
  const at = countUpTo(dates, date) - 1;
  return at >= 0 && dates[at] === date ? at : -1;
}
