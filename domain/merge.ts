/**
 * Two records of one child become one: what of the duplicate goes to the record that stays. Nothing is taken from the
 * duplicate; what is brought is new beside what was there.
 */
import type { Stage } from './case/state.ts';
import { STAGES } from './case/state.ts';
import { addDays, earlier, type IsoDate } from './dates.ts';
import { SINCE_EVER, type Enrollment } from './transfer.ts';

/** One mark of attendance as it stands, withdrawn ("no absence after all") or not. */
export interface StandingMark {
  readonly source: string;
  readonly school: string;
  readonly date: IsoDate;
  readonly slot: number;
  readonly code: string;
  readonly fraction: number;
  readonly minutes: number | null;
  readonly withdrawn: boolean;
  /** ISO instant. */
  readonly reportedAt: string;
}

/** A day on which both records had something else to say. */
export interface MarkConflict {
  readonly date: IsoDate;
  readonly source: string;
  /** Whose mark holds: the one reported later. */
  readonly holds: 'duplicate' | 'survivor';
}

export interface MarkPlan<M extends StandingMark> {
  /** Marks of the duplicate that become the survivor's. */
  readonly bring: readonly M[];
  /** Marks of the survivor that no longer hold, as the duplicate's are later. */
  readonly withdraw: readonly M[];
  readonly conflicts: readonly MarkConflict[];
}

/**
 * Day by day and source by source. Where both have a mark the later report holds; said at one instant, the survivor's. That
 * the duplicate's mark was taken back says nothing of the survivor: sources move a mark from one number to the other so.
 */
export function planMarks<M extends StandingMark>(
  duplicate: readonly M[],
  survivor: readonly M[],
): MarkPlan<M> {
  const bring: M[] = [];
  const withdraw: M[] = [];
  const conflicts: MarkConflict[] = [];
  const kept = bySourceAndDay(survivor);
  for (const [key, mine] of bySourceAndDay(duplicate.filter((mark) => !mark.withdrawn))) {
    const theirs = kept.get(key) ?? [];
    const [first] = mine;
    if (!first || sameDay(mine, theirs)) continue;
    if (theirs.length === 0) {
      bring.push(...mine);
      continue;
    }
    const later = latest(mine) > latest(theirs);
    conflicts.push({ date: first.date, source: first.source, holds: later ? 'duplicate' : 'survivor' });
    if (!later) continue;
    bring.push(...mine);
    withdraw.push(...theirs.filter((one) => !one.withdrawn && !mine.some((mark) => samePlace(mark, one))));
  }
  return { bring, withdraw, conflicts };
}

function bySourceAndDay<M extends StandingMark>(marks: readonly M[]): Map<string, M[]> {
  const days = new Map<string, M[]>();
  for (const mark of marks) {
    const key = `${mark.source} ${mark.date}`;
    days.set(key, [...(days.get(key) ?? []), mark]);
  }
  return days;
}

function latest(marks: readonly StandingMark[]): string {
  return marks.reduce((last, mark) => (mark.reportedAt > last ? mark.reportedAt : last), '');
}

function samePlace(a: StandingMark, b: StandingMark): boolean {
  return a.source === b.source && a.school === b.school && a.date === b.date && a.slot === b.slot;
}

function sameDay(a: readonly StandingMark[], b: readonly StandingMark[]): boolean {
  const words = (marks: readonly StandingMark[]) =>
    marks
      .filter((one) => !one.withdrawn)
      .map(({ school, slot, code, fraction, minutes }) =>
        JSON.stringify([school, slot, code, fraction, minutes]),
      )
      .sort()
      .join();
  return words(a) === words(b);
}

export interface EnrollmentPlan {
  /** Enrolments of the duplicate that become the survivor's. */
  readonly bring: readonly Enrollment[];
  /** The survivor's own first enrolment, whose first day nobody had said, begins on this day. */
  readonly begins: { readonly school: string; readonly on: IsoDate } | null;
}

/**
 * The survivor's record is the truth from its first day on; what the duplicate says of the days before is brought. Where
 * nobody said when the survivor's first enrolment began, `since` does: without it, and with another school on the
 * duplicate, nothing can be brought.
 */
export function planEnrollments(
  duplicate: readonly Enrollment[],
  survivor: readonly Enrollment[],
  since: IsoDate | null,
): EnrollmentPlan {
  const first = survivor.reduce<Enrollment | null>(
    (least, one) => (least === null || one.from < least.from ? one : least),
    null,
  );
  if (!first) return { bring: duplicate, begins: null };
  const elsewhere = duplicate.some((one) => one.school !== first.school);
  const unsaid = first.from === SINCE_EVER;
  if (unsaid && (!elsewhere || since === null)) return { bring: [], begins: null };
  const from = unsaid && since !== null ? since : first.from;
  return {
    bring: duplicate
      .filter((one) => one.from < from)
      .map((one) => ({
        ...one,
        to: one.to === null ? addDays(from, -1) : earlier(one.to, addDays(from, -1)),
      })),
    begins: unsaid ? { school: first.school, on: from } : null,
  };
}

/** Whether the duplicate's case has come further than the one that would go on: then the merge goes the other way. */
export function furtherOn(duplicate: Stage, survivor: Stage): boolean {
  return STAGES.indexOf(duplicate) > STAGES.indexOf(survivor);
}
