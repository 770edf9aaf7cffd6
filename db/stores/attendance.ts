/** Attendance marks as they stand and as they were, what their codes mean, and whom a change of them concerns. */
import { and, eq, gte, lte, sql } from 'drizzle-orm';
import type { Category, Mark } from '../../domain/attendance.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { attendanceMarks, codeMaps } from '../schema/index.ts';
import { asInts, causeColumns, ROSTER, rowsOf, serialise, shareTurn } from './common.ts';
import type { Cause } from './common.ts';

export { mergeMarks } from './mark-merge.ts';
export type { MarkPlace, MarkRow, MergeMeta, MergeReport } from './mark-merge.ts';

export interface KeptMark extends Mark {
  readonly source: string;
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

/** Every revision of a student's marks of one date, oldest first: who said what, and when. */
export async function markHistory(db: Db, studentId: number, date: IsoDate): Promise<KeptMark[]> {
  return db
    .select(MARK)
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
