/** School calendars: every version kept, and every open case of the school told of a new one. */
import {
  calendarDiffWords,
  checkCalendar,
  diffCalendars,
  type CalendarDiff,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { followDistrict, takeOverYears } from '../../domain/calendar-years.ts';
import { InputFault } from '../../domain/refusal.ts';
import { calendarFor, calendarVersions, type CalendarScope } from '../../db/stores/calendars.ts';
import { Unknown } from '../failures.ts';
import {
  calendarsToChange,
  keepCalendars,
  requireScope,
  type CalendarChange,
  type CalendarStored,
} from './calendar-keep.ts';
import { allow, schoolFor, type Call } from './context.ts';

const NONE: SchoolCalendar = { terms: [], closed: [], open: [] };

export interface CalendarInput {
  readonly calendar: SchoolCalendar;
  readonly source: string;
  readonly reason?: string | undefined;
}

/**
 * A calendar from a file: it holds for the days it spans; other school years on record stay. The same again makes no
 * new version and tells nobody. A district's reaches its schools with calendars of their own as far as they went along
 * with it so far.
 */
export async function storeCalendar(
  call: Call,
  scope: CalendarScope,
  input: CalendarInput,
): Promise<CalendarStored> {
  allow(call, 'calendar.write');
  const faults = checkCalendar(input.calendar);
  if (faults.length > 0) throw new InputFault('BAD_CALENDAR', faults.slice(0, 5).join('; '), 'calendar');
  return call.db.transaction(async (tx) => {
    await requireScope(call, tx, scope);
    const [own, ...schools] = await calendarsToChange(tx, scope);
    if (!own) throw new Error('a scope has a calendar to change, if only none yet');
    const before = own.value ?? NONE;
    const after = takeOverYears(before, input.calendar);
    if (!after) throw new InputFault('BAD_CALENDAR', 'it holds no first and last day of school', 'calendar');
    const followed = schools.map(({ value, ...kept }) => {
      const theirs = value ?? NONE;
      return { ...kept, before: theirs, after: followDistrict(theirs, before, input.calendar) };
    });
    const reason = input.reason ?? `calendar from ${input.source}`;
    const changes: [CalendarChange, ...CalendarChange[]] = [{ ...own, before, after }, ...followed];
    return keepCalendars(tx, call, changes, { source: input.source, reason });
  });
}

export async function calendarInForce(
  call: Call,
  school: string,
): Promise<{ school: string; version: number; calendar: SchoolCalendar }> {
  allow(call, 'calendar.read');
  await schoolFor(call, call.db, school);
  const kept = await calendarFor(call.db, school);
  if (!kept) throw new Unknown('NO_CALENDAR', `School ${school} has no calendar yet; import one.`);
  return { school, version: kept.version, calendar: kept.value };
}

/** One version, and what it changed. */
export interface VersionShown extends CalendarDiff {
  /** The school's own, or its district's. */
  readonly scope: string;
  readonly version: number;
  readonly source: string;
  readonly reason: string | null;
  readonly by: string;
  readonly at: string;
  readonly words: string;
}

/** The versions that held for a school, oldest first: its district's, and its own from the first of them on. */
export async function versionsOf(call: Call, school: string): Promise<VersionShown[]> {
  allow(call, 'calendar.read');
  const { district } = await schoolFor(call, call.db, school);
  const own = await calendarVersions(call.db, { kind: 'school', code: school });
  const [began] = own;
  const shared = (await calendarVersions(call.db, { kind: 'district', code: district })).filter(
    (one) => began === undefined || one.at < began.at,
  );
  const versions = [...shared, ...own];
  return versions.map((one, i) => {
    const diff = diffCalendars(versions[i - 1]?.value ?? NONE, one.value);
    return {
      scope: one.scope,
      version: one.version,
      source: one.source,
      reason: one.reason,
      by: `${one.role} ${one.actor}`,
      at: one.at,
      ...diff,
      words: calendarDiffWords(diff),
    };
  });
}
