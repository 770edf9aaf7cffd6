/** Up to when a school's attendance is known: silence is presence only inside these intervals. */
import { sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { coverage, coverageStatements } from '../schema/index.ts';
import { causeColumns, rowsOf, serialise } from './common.ts';
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

export async function coverageOf(db: Db, school: string): Promise<CoveredInterval[]> {
  return rowsOf<CoveredInterval>(
    db,
    sql`select from_date as "from", to_date as "to" from coverage where school = ${school} order by from_date`,
  );
}

/** The last covered date of each school; schools of which nothing has arrived are missing. */
export async function lastCovered(db: Db): Promise<Map<string, IsoDate>> {
  const rows = await rowsOf<{ school: string; to: IsoDate }>(
    db,
    sql`select school, max(to_date) as "to" from coverage group by school`,
  );
  return new Map(rows.map((row) => [row.school, row.to]));
}
