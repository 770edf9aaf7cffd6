/** School calendars: every version kept, and every open case of the school told of a new one. */
import {
  addMakeUpDay,
  checkCalendar,
  closeDay,
  diffCalendars,
  isSchoolDay,
  type CalendarDiff,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { followDistrict, takeOverYears } from '../../domain/calendar-years.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import {
  calendarFor,
  calendarOf,
  calendarVersions,
  saveCalendar,
  schoolsUnder,
  type CalendarScope,
} from '../../db/stores/calendars.ts';
import { openCasesOfSchool } from '../../db/stores/cases.ts';
import { listDistricts, listSchools } from '../../db/stores/places.ts';
import { Forbidden, Refused, Unknown } from '../failures.ts';
import { tellCalendar } from './calendar-facts.ts';
import { allow, audited, causeOf, schoolFor, todayOf, type Call } from './context.ts';

const NONE: SchoolCalendar = { terms: [], closed: [], open: [] };

export interface CalendarStored extends CalendarDiff {
  readonly scope: string;
  readonly version: number;
  /** Open cases told. */
  readonly told: number;
}

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
    const before = (await calendarOf(tx, scope))?.value ?? NONE;
    const after = takeOverYears(before, input.calendar);
    if (!after) throw new InputFault('BAD_CALENDAR', 'it holds no first and last day of school', 'calendar');
    const reason = input.reason ?? `calendar from ${input.source}`;
    const origin = { source: input.source, reason };
    const stored = await keep(tx, call, scope, before, after, origin);
    let { told } = stored;
    for (const school of scope.kind === 'district' ? await schoolsWithOwnCalendar(tx, scope.code) : []) {
      const own = (await calendarOf(tx, school))?.value ?? NONE;
      const followed = followDistrict(own, before, input.calendar);
      told += (await keep(tx, call, school, own, followed, origin)).told;
    }
    return { ...stored, told };
  });
}

export interface DayChange {
  readonly school?: string | undefined;
  readonly district?: string | undefined;
  readonly date: IsoDate;
  readonly reason: string;
}

/** A snow day in one line, or the day that makes up for it. */
export async function changeDay(
  call: Call,
  change: 'close' | 'makeup',
  input: DayChange,
): Promise<CalendarStored> {
  allow(call, 'calendar.write');
  if ((input.school === undefined) === (input.district === undefined)) {
    throw new InputFault('BAD_SCOPE', 'give either a school or a district', 'school');
  }
  const scope: CalendarScope =
    input.school !== undefined
      ? { kind: 'school', code: input.school }
      : { kind: 'district', code: input.district ?? '' };
  return call.db.transaction((tx) => changeDayIn(tx, call, scope, change, input));
}

async function changeDayIn(
  tx: Tx,
  call: Call,
  scope: CalendarScope,
  change: 'close' | 'makeup',
  input: DayChange,
): Promise<CalendarStored> {
  await requireScope(call, tx, scope);
  if (scope.kind === 'school') return changeOne(tx, call, scope, change, input);
  // A district's word holds for its schools with calendars of their own, too; where it changes nothing, it says nothing.
  const scopes = [scope, ...(await schoolsWithOwnCalendar(tx, scope.code))];
  const results: CalendarStored[] = [];
  let no: Refused | null = null;
  for (const one of scopes) {
    const done = await changeOne(tx, call, one, change, input).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      no = error;
      return null;
    });
    if (done) results.push(done);
  }
  const [first] = results;
  if (!first) throw no ?? noCalendar(scope);
  return { ...first, scope: scope.code, told: results.reduce((sum, one) => sum + one.told, 0) };
}

/**
 * A school's day changed as part of something larger (the morning of a driven office), in its transaction. Null where it
 * changes nothing: the same morning told twice is told once.
 */
export async function changeSchoolDayIn(
  tx: Tx,
  call: Call,
  change: 'close' | 'makeup',
  input: { readonly school: string; readonly date: IsoDate; readonly reason: string },
): Promise<CalendarStored | null> {
  allow(call, 'calendar.write');
  try {
    return await changeDayIn(tx, call, { kind: 'school', code: input.school }, change, input);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

async function changeOne(
  tx: Tx,
  call: Call,
  scope: CalendarScope,
  change: 'close' | 'makeup',
  input: DayChange,
): Promise<CalendarStored> {
  const kept =
    (await calendarOf(tx, scope)) ??
    (scope.kind === 'school' ? await calendarFor(tx, scope.code) : undefined);
  if (!kept) throw noCalendar(scope);
  const was = isSchoolDay(kept.value, input.date);
  if (change === 'close' && !was) {
    throw new Refused(
      refusal(
        'NO_SCHOOL_THAT_DAY',
        `There is no school on ${shortDate(input.date)} anyway; nothing to close.`,
      ),
    );
  }
  if (change === 'makeup' && was) {
    throw new Refused(refusal('SCHOOL_THAT_DAY', `${shortDate(input.date)} is a school day already.`));
  }
  const after = (change === 'close' ? closeDay : addMakeUpDay)(kept.value, input.date);
  return keep(tx, call, scope, kept.value, after, { source: change, reason: input.reason });
}

function noCalendar(scope: CalendarScope): Refused {
  return new Refused(refusal('NO_CALENDAR', `There is no calendar for ${scope.code} yet; import one first.`));
}

async function schoolsWithOwnCalendar(tx: Tx, district: string): Promise<CalendarScope[]> {
  const own: CalendarScope[] = [];
  for (const school of await listSchools(tx, { district })) {
    const scope: CalendarScope = { kind: 'school', code: school.code };
    if (await calendarOf(tx, scope)) own.push(scope);
  }
  return own;
}

async function keep(
  tx: Tx,
  call: Call,
  scope: CalendarScope,
  before: SchoolCalendar,
  value: SchoolCalendar,
  origin: { source: string; reason: string },
): Promise<CalendarStored> {
  const saved = await saveCalendar(tx, scope, value, { ...origin, ...causeOf(call) });
  const diff = diffCalendars(before, value);
  if (!saved.changed) return { ...diff, scope: scope.code, version: saved.version, told: 0 };
  const today = await todayOf(tx);
  const told = new Set<string>();
  for (const school of await schoolsUnder(tx, scope)) {
    for (const number of await openCasesOfSchool(tx, school)) told.add(number);
  }
  await tellCalendar(tx, call, [...told], origin.reason, today);
  await audited(tx, call, 'calendar.written', `${scope.kind} ${scope.code}`, {
    version: saved.version,
    closed: diff.closed.length,
    opened: diff.opened.length,
  });
  return { ...diff, scope: scope.code, version: saved.version, told: told.size };
}

async function requireScope(call: Call, tx: Tx, scope: CalendarScope): Promise<void> {
  if (scope.kind === 'school') {
    await schoolFor(call, tx, scope.code);
    return;
  }
  if (call.caller.schools !== null)
    throw new Forbidden('A district’s calendar is changed by somebody responsible for all of it.');
  if (!(await listDistricts(tx)).some((one) => one.code === scope.code)) {
    throw new Unknown('UNKNOWN_DISTRICT', `There is no district ${scope.code.slice(0, 40)}.`);
  }
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

export async function versionsOf(
  call: Call,
  school: string,
): Promise<{ version: number; source: string; reason: string | null; by: string; at: string }[]> {
  allow(call, 'calendar.read');
  await schoolFor(call, call.db, school);
  const kept = await calendarFor(call.db, school);
  if (!kept) return [];
  const versions = await calendarVersions(call.db, { kind: kept.scopeKind, code: kept.scope });
  return versions.map((one) => ({
    version: one.version,
    source: one.source,
    reason: one.reason,
    by: `${one.role} ${one.actor}`,
    at: one.at,
  }));
}
