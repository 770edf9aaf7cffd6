/** Bringing a duplicate's records to the student that stays. Needs both students' rows; nothing of the duplicate is taken. */
import { and, eq, ne, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { EnrollmentPlan, MarkPlan, StandingMark } from '../../domain/merge.ts';
import { SINCE_EVER } from '../../domain/transfer.ts';
import type { Db, Tx } from '../connect.ts';
import { attendanceMarks, enrollments, students } from '../schema/index.ts';
import { asInts, asTexts, causeColumns, firstOf, rowsOf } from './common.ts';
import type { Cause } from './common.ts';

export interface NumberedStudent {
  readonly id: number;
  readonly sisId: string;
  /** Internal number of the student that stays, once merged. */
  readonly mergedInto: number | null;
}

/** The record under this very SIS number, merged or not. */
export async function recordUnder(db: Db, sisId: string): Promise<NumberedStudent | undefined> {
  const [row] = await db
    .select({ id: students.id, sisId: students.sisId, mergedInto: students.mergedInto })
    .from(students)
    .where(eq(students.sisId, sisId));
  return row;
}

export type KeptStanding = StandingMark & { readonly id: number };

/** A student's marks as they stand, those taken back among them. */
export async function standingMarks(db: Db, studentId: number): Promise<KeptStanding[]> {
  return db
    .select({
      id: attendanceMarks.id,
      source: attendanceMarks.source,
      school: attendanceMarks.school,
      date: attendanceMarks.date,
      slot: attendanceMarks.slot,
      code: attendanceMarks.code,
      fraction: attendanceMarks.fraction,
      minutes: attendanceMarks.minutes,
      withdrawn: attendanceMarks.withdrawn,
      reportedAt: attendanceMarks.reportedAt,
    })
    .from(attendanceMarks)
    .where(and(eq(attendanceMarks.studentId, studentId), eq(attendanceMarks.current, true)))
    .orderBy(attendanceMarks.date, attendanceMarks.source, attendanceMarks.slot);
}

/**
 * Each as a new revision of the survivor's day, reported by whom and when it was. Where the survivor has something on that
 * place already, the merge is a person's word against it: it stands until the source says something new. A correction by
 * hand comes with what it corrected, so that the source saying the same again does not undo it.
 */
export async function bringMarks(
  tx: Tx,
  survivor: number,
  plan: MarkPlan<KeptStanding>,
  reason: string,
  cause: Cause,
): Promise<void> {
  const by = causeColumns(cause);
  const brought = asInts(plan.bring.map((mark) => mark.id));
  const withdrawn = asInts(plan.withdraw.map((mark) => mark.id));
  const samePlace = sql`(x.source, x.school, x.date, x.slot) = (m.source, m.school, m.date, m.slot)`;
  const nextRevision = sql`coalesce((select max(x.revision) from attendance_marks x
                                      where x.student_id = ${survivor} and ${samePlace}), 0) + 1`;
  await tx.execute(sql`
    update attendance_marks x set current = false
      from attendance_marks m
     where x.student_id = ${survivor} and x.current and ${samePlace}
       and (m.id = any(${brought}) or m.id = any(${withdrawn}))`);
  await tx.execute(sql`
    insert into attendance_marks
      (student_id, school, date, slot, source, code, fraction, minutes, revision, current, withdrawn, reported_by,
       reported_at, import_id, invented, reason, by_hand, said_at, actor, role, at)
    select ${survivor}::int, m.school, m.date, m.slot, m.source, m.code, m.fraction, m.minutes, ${nextRevision}, false,
           m.withdrawn, m.reported_by, m.reported_at, m.import_id, m.invented, ${reason}, false, m.said_at,
           ${by.actor}, ${by.role}, ${by.at}::timestamptz
      from attendance_marks h join attendance_marks m on m.id = h.corrects
     where h.id = any(${brought}) and h.by_hand
       and not exists (select 1 from attendance_marks x where x.student_id = ${survivor} and ${samePlace} and not x.by_hand)
     order by m.date, m.id`);
  await tx.execute(sql`
    insert into attendance_marks
      (student_id, school, date, slot, source, code, fraction, minutes, revision, current, withdrawn, reported_by,
       reported_at, import_id, invented, reason, by_hand, said_at, corrects, actor, role, at)
    select ${survivor}::int, m.school, m.date, m.slot, m.source, m.code, m.fraction, m.minutes, ${nextRevision}, true,
           m.id = any(${withdrawn}), m.reported_by, m.reported_at, m.import_id, m.invented, ${reason},
           m.by_hand or own.id is not null,
           case when own.id is null or m.by_hand then m.said_at else ${by.at}::timestamptz end, own.id,
           ${by.actor}, ${by.role}, ${by.at}::timestamptz
      from attendance_marks m
      left join lateral (select x.id from attendance_marks x
                          where x.student_id = ${survivor} and ${samePlace} and not x.by_hand
                          order by x.said_at desc, x.id desc limit 1) own on true
     where m.id = any(${brought}) or m.id = any(${withdrawn})
     order by m.date, m.id`);
}

export async function bringEnrollments(
  tx: Tx,
  survivor: number,
  plan: EnrollmentPlan,
  cause: Cause,
): Promise<void> {
  const by = causeColumns(cause);
  if (plan.begins) {
    await tx
      .update(enrollments)
      .set({ fromDate: plan.begins.on, ...by })
      .where(
        and(
          eq(enrollments.studentId, survivor),
          eq(enrollments.school, plan.begins.school),
          eq(enrollments.fromDate, SINCE_EVER),
        ),
      );
  }
  for (const { school, from, to } of plan.bring) {
    await tx
      .insert(enrollments)
      .values({ studentId: survivor, school, fromDate: from, toDate: to, ...by })
      .onConflictDoNothing();
  }
}

/** The duplicate's adults; an order that forbids contact goes with them, whatever stood before. Gives how many are new. */
export async function bringGuardianships(
  tx: Tx,
  duplicate: number,
  survivor: number,
  cause: Cause,
): Promise<number> {
  const by = causeColumns(cause);
  const rows = await rowsOf<{ added: boolean }>(
    tx,
    sql`
      insert into guardianships as t
        (guardian_id, student_id, relation, legal_recipient, lives_with, is_primary, no_contact, actor, role, at)
      select d.guardian_id, ${survivor}::int, d.relation, d.legal_recipient, d.lives_with,
             d.is_primary and not exists (select 1 from guardianships p where p.student_id = ${survivor} and p.is_primary),
             d.no_contact, ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from guardianships d where d.student_id = ${duplicate} order by d.guardian_id
      on conflict (guardian_id, student_id) do update
         set no_contact = true, actor = excluded.actor, role = excluded.role, at = excluded.at
       where excluded.no_contact and not t.no_contact
      returning (xmax = 0) as added`,
  );
  return rows.filter((row) => row.added).length;
}

export interface BroughtIntervention {
  readonly id: string;
  readonly kind: string;
  readonly date: IsoDate;
}

/**
 * What was tried with the duplicate, once: one that both records have is the same one. `going` is the case in which those
 * that no referral rests on go on to count (null: the next case the survivor has); `ended` are the duplicate's cases that
 * the merge closed. Gives those for the case that goes on.
 */
export async function bringInterventions(
  tx: Tx,
  duplicate: number,
  survivor: number,
  cases: {
    readonly ended: readonly string[];
    readonly going: string | null;
    readonly counted: readonly string[];
  },
): Promise<{ readonly going: readonly BroughtIntervention[]; readonly brought: number }> {
  const isGoing = sql`(d.case_number is null or d.case_number = any(${asTexts(cases.ended)}))
                      and not d.id = any(${asTexts(cases.counted)})`;
  const rows = await rowsOf<BroughtIntervention & { going: boolean }>(
    tx,
    sql`
      with brought as (
        insert into interventions
          (id, student_id, case_number, kind, date, by_whom, outcome, description, proof, logged_on, invented, flagged,
           actor, role, at)
        select 'm-' || left(md5(d.id || '/' || ${survivor}::text), 24), ${survivor}::int,
               case when ${isGoing} then ${cases.going}::text else d.case_number end,
               d.kind, d.date, d.by_whom, d.outcome, d.description, d.proof, d.logged_on, d.invented, d.flagged,
               d.actor, d.role, d.at
          from interventions d
         where d.student_id = ${duplicate} and d.void_at is null
           and not exists (
             select 1 from interventions s
              where s.student_id = ${survivor} and s.void_at is null
                and (s.kind, s.date, s.by_whom) = (d.kind, d.date, d.by_whom)
                and s.outcome is not distinct from d.outcome and s.description is not distinct from d.description)
        on conflict (id) do nothing
        returning id, kind, date, case_number
      )
      select id, kind, date, case_number is not distinct from ${cases.going}::text as going
        from brought order by date, id`,
  );
  return {
    going: rows.filter((row) => row.going).map(({ id, kind, date }) => ({ id, kind, date })),
    brought: rows.length,
  };
}

export interface BroughtContact {
  readonly id: string;
  readonly date: IsoDate;
  readonly reached: boolean;
}

/** The tries to reach the family made in the duplicate's cases that the merge closed. */
export async function bringContacts(
  tx: Tx,
  survivor: number,
  ended: readonly string[],
  going: string,
): Promise<BroughtContact[]> {
  return rowsOf<BroughtContact>(
    tx,
    sql`
      with brought as (
        insert into contacts
          (id, case_number, student_id, kind, whom, date, outcome, reached, note, logged_on, invented, actor, role, at)
        select 'm-' || left(md5(c.id || '/' || ${survivor}::text), 24), ${going}, ${survivor}::int, c.kind, c.whom, c.date, c.outcome, c.reached,
               c.note, c.logged_on, c.invented, c.actor, c.role, c.at
          from contacts c
         where c.case_number = any(${asTexts(ended)}) and c.void_at is null
           and not exists (select 1 from contacts k where k.case_number = ${going} and k.void_at is null
                            and (k.kind, k.whom, k.date, k.outcome) = (c.kind, c.whom, c.date, c.outcome))
        on conflict (id) do nothing
        returning id, date, reached
      )
      select id, date, reached from brought order by date, id`,
  );
}

/** Cases of the duplicate closed because this case goes on instead. */
export async function casesContinuedBy(db: Db, duplicate: number, going: string): Promise<string[]> {
  const rows = await rowsOf<{ number: string }>(
    db,
    sql`
      select number from cases
       where student_id = ${duplicate} and close_reason = 'duplicate'
         and projection -> 'state' -> 'closed' ->> 'continuedBy' = ${going} order by number`,
  );
  return rows.map((row) => row.number);
}

/** From now on its number answers with the survivor; what the survivor's record lacks is filled in. */
export async function markMerged(tx: Tx, duplicate: number, survivor: number, cause: Cause): Promise<void> {
  const by = causeColumns(cause);
  await tx.execute(sql`
    update students s
       set birth_date = coalesce(s.birth_date, d.birth_date), grade = coalesce(s.grade, d.grade),
           middle_name = coalesce(s.middle_name, d.middle_name), suffix = coalesce(s.suffix, d.suffix)
      from students d where s.id = ${survivor} and d.id = ${duplicate}`);
  await tx
    .update(students)
    .set({ mergedInto: survivor, ...by })
    .where(eq(students.id, duplicate));
  // Earlier duplicates of the duplicate answer with the survivor, too.
  await tx
    .update(students)
    .set({ mergedInto: survivor })
    .where(and(eq(students.mergedInto, duplicate), ne(students.id, survivor)));
}

/** Whether somebody is still a student of their own, under the lock. */
export async function isMerged(db: Db, studentId: number): Promise<boolean> {
  const row = await firstOf(db, sql`select 1 from students where id = ${studentId} and merged_into is null`);
  return row === undefined;
}
