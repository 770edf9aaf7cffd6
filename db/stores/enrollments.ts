/** Where a student is enrolled, one student at a time: transfers, leavings, and what attendance shows of them. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import type { Enrollment, TransferPlan } from '../../domain/transfer.ts';
import type { Db, Tx } from '../connect.ts';
import { cases, enrollments, tasks } from '../schema/index.ts';
import { asJson, asTexts, causeColumns, rowsOf } from './common.ts';
import type { Cause } from './common.ts';

/** By first day. */
export async function enrollmentsOf(db: Db, studentId: number): Promise<Enrollment[]> {
  return db
    .select({ school: enrollments.school, from: enrollments.fromDate, to: enrollments.toDate })
    .from(enrollments)
    .where(eq(enrollments.studentId, studentId))
    .orderBy(enrollments.fromDate, enrollments.school);
}

const at = (studentId: number, one: Enrollment) =>
  and(
    eq(enrollments.studentId, studentId),
    eq(enrollments.school, one.school),
    eq(enrollments.fromDate, one.from),
  );

/** Writes a transfer as planned from the enrolments read under the same lock. Needs a share in the roster's turn and the student's row. */
export async function writeTransfer(
  tx: Tx,
  studentId: number,
  plan: TransferPlan,
  on: IsoDate,
  cause: Cause,
): Promise<void> {
  const by = causeColumns(cause);
  for (const one of plan.end) {
    await tx
      .update(enrollments)
      .set({ toDate: addDays(on, -1), ...by })
      .where(at(studentId, one));
  }
  for (const one of plan.drop) await tx.delete(enrollments).where(at(studentId, one));
  if (!plan.begin) return;
  const { school, from, to } = plan.begin;
  await tx
    .insert(enrollments)
    .values({ studentId, school, fromDate: from, toDate: to, ...by })
    .onConflictDoUpdate({
      target: [enrollments.studentId, enrollments.school, enrollments.fromDate],
      set: { toDate: to, ...by },
    });
}

/**
 * Ends what goes on: `last` is the last day at school. One that begins the day after it holds no day, but stays on record;
 * one that begins later is another story.
 * Gives the schools left. Needs a share in the roster's turn and the student's row.
 */
export async function endEnrollments(
  tx: Tx,
  studentId: number,
  last: IsoDate,
  cause: Cause,
): Promise<string[]> {
  const rows = await tx
    .update(enrollments)
    .set({
      toDate: sql`case when ${enrollments.fromDate} > ${last}::date then ${enrollments.fromDate} - 1 else ${last}::date end`,
      ...causeColumns(cause),
    })
    .where(
      and(
        eq(enrollments.studentId, studentId),
        isNull(enrollments.toDate),
        sql`${enrollments.fromDate} <= ${last}::date + 1`,
      ),
    )
    .returning({ school: enrollments.school });
  return rows.map((row) => row.school).sort();
}

/** The case goes on at another school, and with it what still waits on worklists. Needs the case's lock. */
export async function moveCase(tx: Tx, caseNumber: string, school: string): Promise<void> {
  await tx.update(cases).set({ school }).where(eq(cases.number, caseNumber));
  await tx
    .update(tasks)
    .set({ school })
    .where(and(eq(tasks.caseNumber, caseNumber), isNull(tasks.doneAt)));
}

export interface Sighting {
  readonly sisId: string;
  readonly school: string;
  readonly date: IsoDate;
}

export interface Arrival {
  readonly studentId: number;
  readonly school: string;
  /** First day on which attendance was taken there. */
  readonly since: IsoDate;
  /** The student has been there before and left: a person says whether they are back. */
  readonly seenBefore: boolean;
}

/**
 * Students whose attendance was taken at a school they are not enrolled at, on days after the last mark of the school
 * they are enrolled at: what shows that they have changed school. Days before that, and schools beside the one attended,
 * show nothing.
 */
export async function arrivals(db: Db, seen: readonly Sighting[]): Promise<Arrival[]> {
  if (seen.length === 0) return [];
  return rowsOf<Arrival>(
    db,
    sql`
      with seen as (
        select coalesce(s.merged_into, s.id) as student_id, r.school, r.date
          from jsonb_to_recordset(${asJson(seen)}) as r ("sisId" text, school text, date date)
          join students s on s.sis_id = r."sisId"
      ), present as (
        select student_id, school, from_date from enrollments
         where to_date is null and student_id in (select student_id from seen)
      ), known as (
        -- Up to then the student was at a school of the records.
        select student_id, max(date) as until from (
          select student_id, date from seen join present using (student_id, school)
          union all
          select m.student_id, m.date from attendance_marks m join present using (student_id, school)
           where m.current and not m.withdrawn
          union all
          select student_id, from_date from enrollments where student_id in (select student_id from seen)
        ) days group by 1
      ), away as (
        select n.student_id, n.school, min(n.date) as since
          from seen n join known k using (student_id)
         where n.date > k.until
           and n.student_id in (select student_id from present)
           and not exists (select 1 from present p where p.student_id = n.student_id and p.school = n.school)
         group by 1, 2
      )
      select distinct on (student_id) student_id as "studentId", school, since,
             exists (select 1 from enrollments e where e.student_id = a.student_id and e.school = a.school) as "seenBefore"
        from away a order by student_id, since desc, school`,
  );
}

/** Open cases of these students at a school they no longer attend, with the school they do attend now. */
export async function strayCases(
  db: Db,
  sisIds: readonly string[],
): Promise<{ caseNumber: string; school: string; since: IsoDate }[]> {
  return rowsOf(
    db,
    sql`
      select distinct on (c.number) c.number as "caseNumber", e.school, e.from_date as since
        from cases c join students s on s.id = c.student_id
        join enrollments e on e.student_id = c.student_id and e.to_date is null
       where c.status = 'open' and s.sis_id = any(${asTexts(sisIds)})
         and not exists (select 1 from enrollments x where x.student_id = c.student_id and x.school = c.school
                          and x.to_date is null)
       order by c.number, e.from_date desc, e.school`,
  );
}
