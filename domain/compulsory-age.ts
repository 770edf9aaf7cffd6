/**
 * Who must attend school. 105 ILCS 5/26-1: a child between 6 (on or before 1 September) and 17; an enrolled child of 5
 * or 18 is covered as well.
 */
import { shortDate, type IsoDate } from './dates.ts';
import { refusal, type Refusal } from './refusal.ts';

export interface CompulsoryAge {
  /** Age a child must have by {@link by} of the school year. */
  readonly from: number;
  /** `MM-DD`. */
  readonly by: string;
  /** The last age that is covered, to the day before the next birthday. */
  readonly through: number;
}

/** As the law has it; an office's policy may say otherwise. */
export const ILLINOIS_AGES: CompulsoryAge = { from: 6, by: '09-01', through: 17 };

/** School years begin on 1 July: in August the coming 1 September decides. */
const SCHOOL_YEAR_BEGINS = '07-01';

/** Full years lived on a date; somebody born on 29 February is a year older on 1 March. */
export function ageOn(birthDate: IsoDate, date: IsoDate): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

export interface Attendee {
  /** Null where the records do not say. */
  readonly birthDate: IsoDate | null;
  /** Schools attended on that day. */
  readonly schools: readonly string[];
}

/** Why a student is still subject to attendance on a date; null where the law no longer (or not yet) asks it. */
export function stillSubject(
  student: Attendee,
  on: IsoDate,
  ages: CompulsoryAge = ILLINOIS_AGES,
): Refusal | null {
  const no = (why: string, details: Record<string, unknown>) =>
    refusal('STILL_SUBJECT_TO_ATTENDANCE', why, details);
  const school = student.schools[0];
  if (school !== undefined) {
    return no(
      `The student is enrolled at ${school}, and an enrolled child of any age must attend; end the enrolment first if it has ended.`,
      { enrolled: school },
    );
  }
  if (student.birthDate === null) {
    return no('No birth date is on record, so nobody can tell the age; enter it first.', { birthDate: null });
  }
  const age = ageOn(student.birthDate, on);
  if (age > ages.through) return null;
  const decisive = startOfYear(on) + `-${ages.by}`;
  if (ageOn(student.birthDate, decisive) < ages.from) return null;
  return no(
    `The student is ${age}: attendance is compulsory from ${ages.from} (on ${shortDate(decisive)}) through ${ages.through}.`,
    { age, from: ages.from, through: ages.through },
  );
}

/** The calendar year in which the school year of a date began. */
function startOfYear(on: IsoDate): string {
  const year = Number(on.slice(0, 4));
  return String(on.slice(5) >= SCHOOL_YEAR_BEGINS ? year : year - 1);
}
