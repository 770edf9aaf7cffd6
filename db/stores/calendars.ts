/** Calendars by school or district: every version stays, the latest holds, a school's own before its district's. */
import { and, desc, eq, lte, sql } from 'drizzle-orm';
import { composeCalendars, type SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { SINCE_EVER } from '../../domain/transfer.ts';
import type { Db, Tx } from '../connect.ts';
import { calendars, schools } from '../schema/index.ts';
import { asInts, asJson, asTexts, causeColumns, firstOf, rowsOf, serialise } from './common.ts';
import type { Cause } from './common.ts';

export interface CalendarScope {
  readonly kind: 'school' | 'district';
  readonly code: string;
}

export type CalendarVersion = typeof calendars.$inferSelect;

export interface CalendarOrigin extends Cause {
  /** Where it comes from: a file's name, or the verb that changed it. */
  readonly source: string;
  readonly reason?: string | undefined;
}

/**
 * Keeps a calendar as the next version of its scope; one equal to the latest makes no version.
 * Locks: the scope's name (advisory), so that two changes at once become two versions.
 */
export async function saveCalendar(
  tx: Tx,
  scope: CalendarScope,
  value: SchoolCalendar,
  origin: CalendarOrigin,
): Promise<{ version: number; changed: boolean; previous: SchoolCalendar | null }> {
  await serialise(tx, `calendar/${scope.kind}/${scope.code}`);
  const latest = await firstOf<{ version: number; same: boolean; value: SchoolCalendar }>(
    tx,
    sql`
      select version, value, value = ${asJson(value)} as same from calendars
       where scope_kind = ${scope.kind} and scope = ${scope.code} order by version desc limit 1`,
  );
  if (latest?.same) return { version: latest.version, changed: false, previous: latest.value };
  const version = (latest?.version ?? 0) + 1;
  await tx.insert(calendars).values({
    scopeKind: scope.kind,
    scope: scope.code,
    version,
    value,
    source: origin.source,
    reason: origin.reason,
    ...causeColumns(origin),
  });
  return { version, changed: true, previous: latest?.value ?? null };
}

async function latest(db: Db, scope: CalendarScope, asOf?: string): Promise<CalendarVersion | undefined> {
  const [row] = await db
    .select()
    .from(calendars)
    .where(
      and(
        eq(calendars.scopeKind, scope.kind),
        eq(calendars.scope, scope.code),
        asOf === undefined ? undefined : lte(calendars.at, asOf),
      ),
    )
    .orderBy(desc(calendars.version))
    .limit(1);
  return row;
}

/** The calendar a school keeps (its own, else its district's), now or as it was known at an instant. */
export async function calendarFor(
  db: Db,
  school: string,
  asOf?: string,
): Promise<CalendarVersion | undefined> {
  const own = await latest(db, { kind: 'school', code: school }, asOf);
  if (own) return own;
  const [row] = await db.select({ district: schools.district }).from(schools).where(eq(schools.code, school));
  return row && latest(db, { kind: 'district', code: row.district }, asOf);
}

/** The latest calendar of exactly this scope: what a change (`close`, `makeup`) starts from. */
export function calendarOf(db: Db, scope: CalendarScope): Promise<CalendarVersion | undefined> {
  return latest(db, scope);
}

export async function calendarVersions(db: Db, scope: CalendarScope): Promise<CalendarVersion[]> {
  return db
    .select()
    .from(calendars)
    .where(and(eq(calendars.scopeKind, scope.kind), eq(calendars.scope, scope.code)))
    .orderBy(calendars.version);
}

/** Schools for which a calendar of this scope holds: a district's does not hold where a school keeps its own. */
export async function schoolsUnder(db: Db, scope: CalendarScope): Promise<string[]> {
  if (scope.kind === 'school') return [scope.code];
  const rows = await db
    .select({ code: schools.code })
    .from(schools)
    .where(
      and(
        eq(schools.district, scope.code),
        sql`not exists (select 1 from calendars c where c.scope_kind = 'school' and c.scope = ${schools.code})`,
      ),
    )
    .orderBy(schools.code);
  return rows.map((row) => row.code);
}

/**
 * Whoever reads a calendar into a case shares this turn until it commits; a change of calendars has it alone: a case is
 * either told of the change, or begins with it.
 */
export const CALENDARS = 'calendars';

/** What holds now at each of these schools; one without a calendar is missing. */
async function calendarsOfSchools(db: Db, codes: readonly string[]): Promise<Map<string, SchoolCalendar>> {
  const rows = await rowsOf<{ school: string; value: SchoolCalendar | null }>(
    db,
    sql`
      select s.code as school,
             coalesce(
               (select value from calendars where scope_kind = 'school' and scope = s.code
                 order by version desc limit 1),
               (select value from calendars where scope_kind = 'district' and scope = s.district
                 order by version desc limit 1)) as value
        from schools s where s.code = any(${asTexts(codes)})`,
  );
  return new Map(rows.flatMap(({ school, value }) => (value === null ? [] : [[school, value]])));
}

/**
 * Each student's own calendar as it stands now. Students of one history share one value: two questions to the records,
 * composed once a history, however many they are.
 */
export async function calendarsOfStudents(
  db: Db,
  studentIds: readonly number[],
): Promise<Map<number, SchoolCalendar>> {
  if (studentIds.length === 0) return new Map();
  const rows = await rowsOf<{ student: number; history: readonly Attended[] }>(
    db,
    sql`
      select student_id as student,
             jsonb_agg(jsonb_build_object('school', school, 'from', from_date, 'to', to_date)
                       order by from_date, school) as history
        from enrollments where student_id = any(${asInts(studentIds)}) group by 1`,
  );
  const known = await calendarsOfSchools(db, [
    ...new Set(rows.flatMap((row) => row.history.map((one) => one.school))),
  ]);
  const composed = new Map<string, SchoolCalendar>();
  const found = new Map<number, SchoolCalendar>();
  for (const { student, history } of rows) {
    const key = JSON.stringify(history);
    const calendar =
      composed.get(key) ??
      composeCalendars(
        history.map(({ school, from, to }) => ({
          calendar: known.get(school) ?? { terms: [], closed: [], open: [] },
          from: from === SINCE_EVER ? undefined : from,
          to: to ?? undefined,
        })),
      );
    composed.set(key, calendar);
    found.set(student, calendar);
  }
  return found;
}

interface Attended {
  readonly school: string;
  readonly from: IsoDate;
  readonly to: IsoDate | null;
}
