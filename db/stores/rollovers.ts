/** August lists: kept until somebody says yes, and what the yes ends. */
import { and, desc, eq, ne, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { StudentRecord } from '../../domain/records.ts';
import type { OnRecord, RolloverItem } from '../../domain/rollover.ts';
import type { Db, Tx } from '../connect.ts';
import { rollovers } from '../schema/index.ts';
import type { JsonObject } from '../schema/columns.ts';
import { asTexts, causeColumns, now, rowsOf } from './common.ts';
import type { Cause } from './common.ts';

export type RolloverRow = typeof rollovers.$inferSelect;

/**
 * Everybody at a school now (of one district, where the roster is one district's) and everybody the roster names: what a
 * roster is compared with. Duplicates are left out; their number answers with the student who stays.
 */
export async function placements(
  db: Db,
  district: string | null,
  sisIds: readonly string[],
): Promise<OnRecord[]> {
  return rowsOf<OnRecord>(
    db,
    sql`
      with attends as (
        select e.student_id, array_agg(e.school order by e.from_date desc, e.school) as schools,
               bool_or(${district}::text is null or k.district = ${district}) as expected
          from enrollments e join schools k on k.code = e.school
         where e.to_date is null
         group by 1
      )
      select s.sis_id as "sisId", s.grade, coalesce(a.schools, '{}') as schools, coalesce(a.expected, false) as expected
        from students s left join attends a on a.student_id = s.id
       where s.merged_into is null and (coalesce(a.expected, false) or s.sis_id = any(${asTexts(sisIds)}))
       order by s.sis_id`,
  );
}

/** Numbers under which somebody is on record as a duplicate, with the number of the student who stays. */
export async function duplicatesAmong(db: Db, sisIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await rowsOf<{ duplicate: string; stays: string }>(
    db,
    sql`
      select s.sis_id as duplicate, k.sis_id as stays
        from students s join students k on k.id = s.merged_into
       where s.sis_id = any(${asTexts(sisIds)})`,
  );
  return new Map(rows.map((row) => [row.duplicate, row.stays]));
}

export interface NewRollover {
  readonly rosterHash: string;
  readonly district: string | null;
  readonly startsOn: IsoDate;
  readonly proposedOn: IsoDate;
  readonly items: readonly RolloverItem[];
  readonly roster: readonly StudentRecord[];
}

export async function addRollover(tx: Tx, list: NewRollover, cause: Cause): Promise<RolloverRow> {
  const [row] = await tx
    .insert(rollovers)
    .values({ ...list, status: 'proposed', ...causeColumns(cause) })
    .returning();
  if (!row) throw new Error('the list could not be kept');
  return row;
}

/** The list that waits for its yes, of this district (null: of all). */
export async function proposedRollover(db: Db, district: string | null): Promise<RolloverRow | undefined> {
  const [row] = await db
    .select()
    .from(rollovers)
    .where(
      and(
        eq(rollovers.status, 'proposed'),
        sql`${rollovers.district} is not distinct from ${district}::text`,
      ),
    )
    .orderBy(desc(rollovers.id))
    .limit(1);
  return row;
}

/** By number; the latest that was not dropped, where none is given. */
export async function findRollover(db: Db, id?: number): Promise<RolloverRow | undefined> {
  const [row] = await db
    .select()
    .from(rollovers)
    .where(id === undefined ? ne(rollovers.status, 'dropped') : eq(rollovers.id, id))
    .orderBy(desc(rollovers.id))
    .limit(1);
  return row;
}

/** Locks the list, so that of two yeses one waits for the other. */
export async function lockRollover(tx: Tx, id: number): Promise<RolloverRow | undefined> {
  const [row] = await tx.select().from(rollovers).where(eq(rollovers.id, id)).for('update');
  return row;
}

/** The list is done with; the names and birth dates it carried go. */
export async function settleRollover(
  tx: Tx,
  id: number,
  status: 'applied' | 'dropped',
  by: string,
  done?: JsonObject,
): Promise<void> {
  await tx
    .update(rollovers)
    .set({ status, roster: null, settledBy: by, settledAt: now(), ...(done === undefined ? {} : { done }) })
    .where(eq(rollovers.id, id));
}

/**
 * Ends where these students go to school now: `last` is the last day. One that began after it holds no day any more, but
 * stays on record. Needs the roster's turn and the students' rows.
 */
export async function endSchooling(
  tx: Tx,
  sisIds: readonly string[],
  last: IsoDate,
  cause: Cause,
): Promise<void> {
  const by = causeColumns(cause);
  await tx.execute(sql`
    update enrollments e
       set to_date = case when e.from_date > ${last}::date then e.from_date - 1 else ${last}::date end,
           actor = ${by.actor}, role = ${by.role}, at = ${by.at}::timestamptz
      from students s
     where s.id = e.student_id and e.to_date is null and s.sis_id = any(${asTexts(sisIds)})`);
}

export interface CaseOfStudent {
  readonly sisId: string;
  readonly caseNumber: string;
  readonly school: string;
  readonly stage: string;
  readonly openedOn: IsoDate;
  /** When a list last asked about it; null where none has. */
  readonly askedOn: IsoDate | null;
}

/** Open cases of these students, by case number; `list`: what this list itself has asked is left out of account. */
export async function openCasesOf(
  db: Db,
  sisIds: readonly string[],
  list: number | null = null,
): Promise<CaseOfStudent[]> {
  return rowsOf<CaseOfStudent>(
    db,
    sql`
      select s.sis_id as "sisId", c.number as "caseNumber", c.school, c.stage, c.opened_on::text as "openedOn",
             (select max(t.created_on)::text from tasks t
               where t.case_number = c.number and t.kind = 'rollover'
                 and t.key <> 'rollover/' || ${list ?? 0}::text || '/' || c.number) as "askedOn"
        from cases c join students s on s.id = c.student_id
       where c.status = 'open' and s.sis_id = any(${asTexts(sisIds)})
       order by c.number`,
  );
}

/** Locks these students by internal number, as every roster does. */
export async function lockStudents(tx: Tx, sisIds: readonly string[]): Promise<void> {
  await tx.execute(
    sql`select 1 from students where sis_id = any(${asTexts(sisIds)}) order by id for no key update`,
  );
}
