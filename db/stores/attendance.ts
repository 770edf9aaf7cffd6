/** Attendance marks as they stand and as they were, what their codes mean, and whom a change of them concerns. */
import { and, eq, gte, lte, sql } from 'drizzle-orm';
import type { Category, Mark } from '../../domain/attendance.ts';
import type { Said } from '../../domain/attendance-revisions.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { KnownSlot } from '../../domain/mark-slots.ts';
import type { Db, Tx } from '../connect.ts';
import { attendanceMarks, codeMaps } from '../schema/index.ts';
import { asInts, asJson, causeColumns, ROSTER, rowsOf, serialise, shareTurn } from './common.ts';
import type { Cause } from './common.ts';

export { mergeMarks } from './mark-merge.ts';
export type { MarkPlace, MarkRow, MergeMeta, MergeReport } from './mark-merge.ts';

export interface KeptMark extends Mark {
  readonly source: string;
  /** Said by a person, not by the source itself. */
  readonly byHand: boolean;
  readonly slot: number;
  readonly minutes: number | null;
  readonly revision: number;
  readonly withdrawn: boolean;
  readonly current: boolean;
  readonly invented: boolean;
  readonly reason: string | null;
}

const MARK = {
  date: attendanceMarks.date,
  school: attendanceMarks.school,
  code: attendanceMarks.code,
  category: codeMaps.category,
  fraction: attendanceMarks.fraction,
  reportedBy: attendanceMarks.reportedBy,
  reportedAt: attendanceMarks.reportedAt,
  source: attendanceMarks.source,
  byHand: attendanceMarks.byHand,
  slot: attendanceMarks.slot,
  minutes: attendanceMarks.minutes,
  revision: attendanceMarks.revision,
  withdrawn: attendanceMarks.withdrawn,
  current: attendanceMarks.current,
  invented: attendanceMarks.invented,
  reason: attendanceMarks.reason,
};

const codeMapOfMark = and(
  eq(codeMaps.source, attendanceMarks.source),
  eq(codeMaps.code, attendanceMarks.code),
);

/** A student's marks as they stand now, by date, with what each code means today. */
export async function marksOfStudent(
  db: Db,
  studentId: number,
  from?: IsoDate,
  to?: IsoDate,
): Promise<KeptMark[]> {
  return db
    .select(MARK)
    .from(attendanceMarks)
    .leftJoin(codeMaps, codeMapOfMark)
    .where(
      and(
        eq(attendanceMarks.studentId, studentId),
        eq(attendanceMarks.current, true),
        eq(attendanceMarks.withdrawn, false),
        from === undefined ? undefined : gte(attendanceMarks.date, from),
        to === undefined ? undefined : lte(attendanceMarks.date, to),
      ),
    )
    .orderBy(attendanceMarks.date, attendanceMarks.slot, attendanceMarks.source);
}

/** The marks of several students as they stand now, each student's by date; who has none is missing. */
export async function marksOfStudents(
  db: Db,
  students: readonly number[],
): Promise<Map<number, readonly KeptMark[]>> {
  const found = new Map<number, KeptMark[]>();
  if (students.length === 0) return found;
  const rows = await db
    .select({ studentId: attendanceMarks.studentId, ...MARK })
    .from(attendanceMarks)
    .leftJoin(codeMaps, codeMapOfMark)
    .where(
      and(
        sql`${attendanceMarks.studentId} = any(${asInts(students)})`,
        eq(attendanceMarks.current, true),
        eq(attendanceMarks.withdrawn, false),
      ),
    )
    .orderBy(attendanceMarks.studentId, attendanceMarks.date, attendanceMarks.slot, attendanceMarks.source);
  for (const { studentId, ...mark } of rows) {
    const mine = found.get(studentId);
    if (mine) mine.push(mark);
    else found.set(studentId, [mark]);
  }
  return found;
}

/** One version of a mark: who said so, when, and why. */
export interface MarkRevision extends KeptMark {
  readonly actor: string;
  readonly role: string;
  readonly at: string;
  /** As of when the source last said so. */
  readonly saidAt: string;
  readonly importId: string | null;
}

/** Every revision of a student's marks of one date, oldest first: who said what, and when. */
export async function markHistory(db: Db, studentId: number, date: IsoDate): Promise<MarkRevision[]> {
  return db
    .select({
      ...MARK,
      actor: attendanceMarks.actor,
      role: attendanceMarks.role,
      at: attendanceMarks.at,
      saidAt: attendanceMarks.saidAt,
      importId: attendanceMarks.importId,
    })
    .from(attendanceMarks)
    .leftJoin(codeMaps, codeMapOfMark)
    .where(and(eq(attendanceMarks.studentId, studentId), eq(attendanceMarks.date, date)))
    .orderBy(attendanceMarks.source, attendanceMarks.school, attendanceMarks.slot, attendanceMarks.revision);
}

export interface CodeSeen {
  readonly source: string;
  readonly code: string;
  /** Marks that carry it now. */
  readonly rows: number;
  readonly category: Category | null;
  readonly lastSeen: IsoDate | null;
}

/** Codes a source uses, most frequent first, and those mapped but not seen yet. Without a source: of all. */
export async function codesSeen(db: Db, source?: string): Promise<CodeSeen[]> {
  return rowsOf<CodeSeen>(
    db,
    sql`
      with seen as (
        select source, code, count(*)::int as rows, max(date) as last_seen from attendance_marks
         where current and not withdrawn and (${source ?? null}::text is null or source = ${source ?? null})
         group by source, code
      ), mapped as (
        select source, code, category from code_maps
         where ${source ?? null}::text is null or source = ${source ?? null}
      )
      select source, code, coalesce(rows, 0) as rows, category, last_seen as "lastSeen"
        from seen full join mapped using (source, code)
       order by source, rows desc, code`,
  );
}

/**
 * Says what a source's code means. Gives the students whose marks carry it, when the meaning changed: their counts are to
 * be judged anew. Lock order: a share in the roster's turn → the source → those students by id.
 */
export async function setCode(
  tx: Tx,
  source: string,
  code: string,
  category: Category,
  cause: Cause,
): Promise<{ changed: boolean; affected: number[] }> {
  const by = causeColumns(cause);
  await shareTurn(tx, ROSTER);
  await serialise(tx, `marks/${source}`);
  const changed = await tx
    .insert(codeMaps)
    .values({ source, code, category, ...by })
    .onConflictDoUpdate({
      target: [codeMaps.source, codeMaps.code],
      set: { category, ...by },
      setWhere: sql`${codeMaps.category} <> ${category}`,
    })
    .returning({ code: codeMaps.code });
  if (changed.length === 0) return { changed: false, affected: [] };
  const affected = await rowsOf<{ id: number }>(
    tx,
    sql`
      select id from students
       where id in (select student_id from attendance_marks
                     where current and not withdrawn and source = ${source} and code = ${code})
       order by id for no key update`,
  );
  return { changed: true, affected: affected.map((row) => row.id) };
}

/** Puts a format's built-in map under a source: codes already mapped keep what the office said. */
export async function seedCodes(
  tx: Tx,
  source: string,
  map: Readonly<Record<string, Category>>,
  cause: Cause,
): Promise<void> {
  const by = causeColumns(cause);
  const values = Object.entries(map).map(([code, category]) => ({ source, code, category, ...by }));
  if (values.length > 0) await tx.insert(codeMaps).values(values).onConflictDoNothing();
}

/** Open cases of these students: whom to tell after a merge. Ascending by number, the order in which rows are locked. */
export async function openCasesOfStudents(
  db: Db,
  students: readonly number[],
): Promise<{ caseNumber: string; studentId: number; school: string }[]> {
  if (students.length === 0) return [];
  return rowsOf(
    db,
    sql`
      select number as "caseNumber", student_id as "studentId", school from cases
       where status = 'open' and student_id = any(${asInts(students)}) order by number`,
  );
}

/** One place of a school's day (student, source, slot) with everything ever said of it, oldest first. */
export interface MarkOfDay {
  readonly sisId: string;
  readonly studentId: number;
  readonly source: string;
  readonly slot: number;
  readonly said: readonly (Said & { readonly current: boolean; readonly importId: string | null })[];
}

/** Of all sources; whoever was merged into another student is told under the number that stays. */
export async function marksOfSchoolDay(db: Db, school: string, date: IsoDate): Promise<MarkOfDay[]> {
  return rowsOf<MarkOfDay>(
    db,
    sql`
      select s.sis_id as "sisId", s.id as "studentId", a.source, a.slot,
             jsonb_agg(jsonb_build_object(
               'id', a.id, 'code', a.code, 'fraction', a.fraction, 'minutes', a.minutes, 'withdrawn', a.withdrawn,
               'byHand', a.by_hand, 'saidAt', a.said_at, 'corrects', a.corrects, 'current', a.current,
               'importId', a.import_id) order by a.revision) as said
        from attendance_marks a join students s on s.id = a.student_id
       where a.school = ${school} and a.date = ${date}::date and s.merged_into is null
       group by s.sis_id, s.id, a.source, a.slot
       order by a.source, s.sis_id, a.slot`,
  );
}

/** A student's day at a school, as a file names it. */
export interface FileDay {
  readonly sisId: string;
  readonly school: string;
  readonly date: IsoDate;
}

/**
 * What a source last said of these days, and of all days between two dates of which it ever told several marks, by number.
 * Needs the source's turn.
 */
export async function slotsKnown(
  tx: Tx,
  source: string,
  days: readonly FileDay[],
  span: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<(FileDay & KnownSlot)[]> {
  return rowsOf<FileDay & KnownSlot>(
    tx,
    sql`
      with days as (
        select s.id as student_id, d.school, d.date
          from jsonb_to_recordset(${asJson(days)}) as d ("sisId" text, school text, date date)
          join students s on s.sis_id = d."sisId"
        union
        select student_id, school, date from attendance_marks
         where current and source = ${source} and slot > 1 and date between ${span.from}::date and ${span.to}::date
      )
      select distinct on (a.student_id, a.school, a.date, a.slot)
             s.sis_id as "sisId", a.school, a.date, a.slot, a.code, a.fraction::float as fraction
        from days d
        join attendance_marks a on a.student_id = d.student_id and a.date = d.date and a.school = d.school
                               and a.source = ${source} and not a.by_hand
        join students s on s.id = a.student_id
       order by a.student_id, a.school, a.date, a.slot, a.said_at desc, a.id desc`,
  );
}
