/** Up to when a school's attendance is known: silence is presence only inside these intervals. */
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { composeCoverage, type Coverage, type CoverageSegment } from '../../domain/coverage.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { coverage, coverageStatements } from '../schema/index.ts';
import { asInts, asTexts, causeColumns, rowsOf, serialise } from './common.ts';
import type { Cause } from './common.ts';

export interface CoveredInterval {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

export interface CoverageOrigin extends Cause {
  readonly source?: string | undefined;
  readonly importId?: string | undefined;
}

/**
 * Attendance of a school is known from `from` to `to` (inclusive). Overlapping intervals and those that touch (the next
 * calendar day) become one; whether a Friday joins the next Monday is the caller's to know, who gives the interval so.
 * Locks: the school's coverage (advisory).
 */
export async function addCoverage(
  tx: Tx,
  school: string,
  from: IsoDate,
  to: IsoDate,
  origin: CoverageOrigin,
): Promise<CoveredInterval[]> {
  if (from > to) throw new RangeError(`coverage ends (${to}) before it begins (${from})`);
  await serialise(tx, `coverage/${school}`);
  const { source, importId } = origin;
  await tx
    .insert(coverageStatements)
    .values({ school, fromDate: from, toDate: to, source, importId, ...causeColumns(origin) });
  // Known intervals neither overlap nor touch each other, so joining the touched ones once is enough.
  const touched = sql`school = ${school} and from_date <= ${to}::date + 1 and to_date >= ${from}::date - 1`;
  const [joined] = await rowsOf<{ from: IsoDate; to: IsoDate }>(
    tx,
    sql`
      select least(min(from_date), ${from}::date) as "from", greatest(max(to_date), ${to}::date) as "to"
        from coverage where ${touched}`,
  );
  await tx.execute(sql`delete from coverage where ${touched}`);
  await tx.insert(coverage).values({ school, fromDate: joined?.from ?? from, toDate: joined?.to ?? to });
  return coverageOf(tx, school);
}

/**
 * One day is not known after all: what had been told of it was no attendance. The statements stay; this is one more.
 * False where it was not known anyway. Locks: the school's coverage (advisory).
 */
export async function takeBackCoverage(
  tx: Tx,
  school: string,
  date: IsoDate,
  cause: Cause & { readonly reason: string },
): Promise<boolean> {
  await serialise(tx, `coverage/${school}`);
  const [part] = (await coverageOf(tx, school)).filter((one) => one.from <= date && date <= one.to);
  if (!part) return false;
  await tx.insert(coverageStatements).values({
    ...{ school, fromDate: date, toDate: date, takenBack: true, reason: cause.reason },
    ...causeColumns(cause),
  });
  await tx.delete(coverage).where(and(eq(coverage.school, school), eq(coverage.fromDate, part.from)));
  const rest = [
    { from: part.from, to: addDays(date, -1) },
    { from: addDays(date, 1), to: part.to },
  ].filter(({ from, to }) => from <= to);
  if (rest.length > 0)
    await tx.insert(coverage).values(rest.map(({ from, to }) => ({ school, fromDate: from, toDate: to })));
  return true;
}

/** A day taken back is known again, as it was. False where nothing was taken back, or the day is known anyway. */
export async function giveBackCoverage(
  tx: Tx,
  school: string,
  date: IsoDate,
  cause: Cause,
): Promise<boolean> {
  await serialise(tx, `coverage/${school}`);
  const known = (await coverageOf(tx, school)).some((one) => one.from <= date && date <= one.to);
  const [last] = await tx
    .select({ takenBack: coverageStatements.takenBack })
    .from(coverageStatements)
    .where(
      and(
        eq(coverageStatements.school, school),
        lte(coverageStatements.fromDate, date),
        gte(coverageStatements.toDate, date),
      ),
    )
    .orderBy(desc(coverageStatements.id))
    .limit(1);
  if (known || last?.takenBack !== true) return false;
  await addCoverage(tx, school, date, date, cause);
  return true;
}

export async function coverageOf(db: Db, school: string): Promise<CoveredInterval[]> {
  return rowsOf<CoveredInterval>(
    db,
    sql`select from_date as "from", to_date as "to" from coverage where school = ${school} order by from_date`,
  );
}

/** What is known of several schools; one of which nothing has arrived is missing. */
export async function coverageOfSchools(
  db: Db,
  schools: readonly string[],
): Promise<Map<string, CoveredInterval[]>> {
  const rows = await rowsOf<CoveredInterval & { school: string }>(
    db,
    sql`
      select school, from_date as "from", to_date as "to" from coverage
       where school = any(${asTexts(schools)}) order by school, from_date`,
  );
  const found = new Map<string, CoveredInterval[]>();
  for (const { school, from, to } of rows) {
    const parts = found.get(school) ?? [];
    parts.push({ from, to });
    found.set(school, parts);
  }
  return found;
}

/** What is known of a student's attendance: on each day what the school then attended has told. */
export async function coverageOfStudent(db: Db, studentId: number): Promise<Coverage> {
  return (await coverageOfStudents(db, [studentId])).get(studentId) ?? [];
}

/** The same for many at once (an import tells hundreds of cases): two questions to the records, composed once a history. */
export async function coverageOfStudents(
  db: Db,
  students: readonly number[],
): Promise<Map<number, Coverage>> {
  if (students.length === 0) return new Map();
  const rows = await rowsOf<{ student: number; history: readonly Attended[] }>(
    db,
    sql`
      select student_id as student,
             jsonb_agg(jsonb_build_object('school', school, 'from', from_date, 'to', to_date)
                       order by from_date, school) as history
        from enrollments where student_id = any(${asInts(students)}) group by 1`,
  );
  const schools = await coverageOfSchools(db, [
    ...new Set(rows.flatMap((row) => row.history.map((one) => one.school))),
  ]);
  const composed = new Map<string, Coverage>();
  const found = new Map<number, Coverage>();
  for (const { student, history } of rows) {
    const key = JSON.stringify(history);
    const coverage =
      composed.get(key) ??
      composeCoverage(
        history.map(({ school, from, to }): CoverageSegment => ({
          coverage: schools.get(school) ?? [],
          from,
          to: to ?? undefined,
        })),
      );
    composed.set(key, coverage);
    found.set(student, coverage);
  }
  return found;
}

/** An enrolment as the records hold it; one since ever begins before every day there is. */
interface Attended {
  readonly school: string;
  readonly from: IsoDate;
  readonly to: IsoDate | null;
}

/** The last covered date of each school; schools of which nothing has arrived are missing. */
export async function lastCovered(db: Db): Promise<Map<string, IsoDate>> {
  const rows = await rowsOf<{ school: string; to: IsoDate }>(
    db,
    sql`select school, max(to_date) as "to" from coverage group by school`,
  );
  return new Map(rows.map((row) => [row.school, row.to]));
}
