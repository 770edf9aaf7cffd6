/**
 * A student goes on at another school of the region. Each day counts on the calendar of the school then attended, so a
 * transfer is told by its first day at the new school, which may be reported late but never ahead.
 */
import { addDays, shortDate, type IsoDate } from './dates.ts';
import { refusal, type Refusal } from './refusal.ts';

/** "Since before our records": no source says since when. */
export const SINCE_EVER: IsoDate = '0001-01-01';

export interface Enrollment {
  readonly school: string;
  /** First day there; {@link SINCE_EVER} where nobody says. */
  readonly from: IsoDate;
  /** Last day there; null while it goes on. */
  readonly to: IsoDate | null;
}

/** Whether the student was there for a day: one who left on the day of coming has an enrollment of none. */
export function holdsADay({ from, to }: Enrollment): boolean {
  return to === null || from <= to;
}

/** What is to be written so that from `on` the student attends this school and no other. */
export interface TransferPlan {
  /** `redated`: the student is there already, but since another day than was thought. */
  readonly what: 'moved' | 'redated' | 'as-before';
  /** The school left; null where the student was at none. */
  readonly from: string | null;
  /** For `redated`: the day thought before. */
  readonly was: IsoDate | null;
  /** Enrolments that end the day before, by school and first day. */
  readonly end: readonly Enrollment[];
  /** Begun and left on one day: a slip, not an enrolment. */
  readonly drop: readonly Enrollment[];
  /** The enrolment that begins on the day; null where one at that school goes on. */
  readonly begin: Enrollment | null;
}

/** Judges a transfer to `school` on its first day `on`; refuses days to come and days before the last known move. */
export function planTransfer(
  enrollments: readonly Enrollment[],
  school: string,
  on: IsoDate,
  today: IsoDate,
): Refusal | TransferPlan {
  if (on > today) {
    return refusal(
      'DATE_IN_FUTURE',
      `${shortDate(on)} is after today, ${shortDate(today)}; enter the transfer when the day has come.`,
    );
  }
  const others = enrollments.filter((one) => one.school !== school && reaches(one, on));
  const there = enrollments.find((one) => one.school === school && one.to === null);
  if (there && others.every((one) => one.to !== null)) return redate(enrollments, there, on);
  const late = enrollments.find((one) => one.from > on && one !== there);
  if (late) return tooEarly(late);
  return {
    what: 'moved',
    from: others.find((one) => one.to === null)?.school ?? others[0]?.school ?? null,
    was: null,
    end: others.filter((one) => one.from < on),
    drop: others.filter((one) => one.from === on),
    begin: there ? null : { school, from: enrollments.length === 0 ? SINCE_EVER : on, to: null },
  };
}

function reaches(one: Enrollment, on: IsoDate): boolean {
  return one.to === null || one.to >= on;
}

function tooEarly(late: Enrollment): Refusal {
  return refusal(
    'TRANSFER_BEFORE_THE_LAST',
    `By the records the student came to ${late.school} on ${shortDate(late.from)}; a transfer before that day would undo it. Correct that one first.`,
    { school: late.school, since: late.from },
  );
}

function redate(enrollments: readonly Enrollment[], there: Enrollment, on: IsoDate): Refusal | TransferPlan {
  const nothing = { from: null, was: there.from, end: [], drop: [], begin: null };
  if (there.from === on) return { ...nothing, what: 'as-before' };
  const before = enrollments.filter((one) => one !== there);
  const previous = before.reduce<Enrollment | null>(
    (latest, one) => (latest === null || one.from > latest.from ? one : latest),
    null,
  );
  if (there.from === SINCE_EVER || previous === null) {
    return refusal(
      'ALREADY_THERE',
      `By the records the student has been at ${there.school} all along; there is no school to come from.`,
      { school: there.school },
    );
  }
  if (previous.from >= on) return tooEarly(previous);
  // The school before has the days in between if it had them up to the transfer; a gap stays a gap.
  const followed = previous.to === addDays(there.from, -1) || (previous.to !== null && previous.to >= on);
  return {
    what: 'redated',
    from: previous.school,
    was: there.from,
    end: followed ? [previous] : [],
    drop: [there],
    begin: { school: there.school, from: on, to: null },
  };
}
