/** Up to when attendance is known, school by school, and what is missing. */
import { indexCalendar } from '../../domain/calendar.ts';
import { knownUpTo, uncoveredSchoolDays, type Coverage } from '../../domain/coverage.ts';
import { addDays, later, type IsoDate } from '../../domain/dates.ts';
import { reaches } from '../../domain/access.ts';
import { schoolsKnown, type KnownSchool } from '../../db/stores/silences.ts';
import { allow, schoolFor, todayOf, type Call } from './context.ts';

export interface SchoolCoverage {
  readonly school: string;
  readonly knownUpTo: IsoDate | null;
  readonly coverage: Coverage;
  /** School days up to yesterday of which nothing is known, as far back as a count looks; null without a calendar. */
  readonly uncovered: readonly IsoDate[] | null;
  /** The silence school and Case Manager have been told of: its first school day, and the morning on which they were. */
  readonly silentSince: IsoDate | null;
  readonly toldOn: IsoDate | null;
  /** Last school day the calendar knows; nothing after it can be missing. */
  readonly calendarUpTo: IsoDate | null;
}

export async function coverageFor(
  call: Call,
  wish: { school?: string | undefined } = {},
): Promise<{ today: IsoDate; schools: SchoolCoverage[] }> {
  allow(call, 'attendance.read');
  const { db } = call;
  if (wish.school !== undefined) await schoolFor(call, db, wish.school);
  const today = await todayOf(db);
  const known = await schoolsKnown(db, wish.school === undefined ? undefined : [wish.school]);
  return {
    today,
    schools: known
      .filter((one) => reaches(call.caller.schools, [one.school]))
      .map((one) => shown(one, addDays(today, -1))),
  };
}

function shown(one: KnownSchool, upTo: IsoDate): SchoolCoverage {
  const { school, coverage, calendar, told } = one;
  const last = calendar?.terms.at(-1)?.to;
  const lastOpen = calendar?.open.at(-1);
  return {
    school,
    knownUpTo: knownUpTo(coverage),
    coverage,
    uncovered: calendar && uncoveredSchoolDays(coverage, indexCalendar(calendar), upTo),
    silentSince: told?.since ?? null,
    toldOn: told?.on ?? null,
    calendarUpTo: last !== undefined && lastOpen !== undefined ? later(last, lastOpen) : (last ?? null),
  };
}
