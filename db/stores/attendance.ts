/** Attendance marks: whole files merged set-wise, every revision kept, categories joined when read. */
import { and, eq, gte, lte, sql } from 'drizzle-orm';
import type { Category, Mark } from '../../domain/attendance.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { attendanceMarks, codeMaps } from '../schema/index.ts';
import {
  asInts,
  asJson,
  asTexts,
  batches,
  causeColumns,
  firstOf,
  ROSTER,
  rowsOf,
  serialise,
  shareTurn,
} from './common.ts';
import type { Cause } from './common.ts';
import { SINCE_EVER } from './students.ts';

/** One mark as a source tells it. */
export interface MarkRow {
  readonly sisId: string;
  /** School code. */
  readonly school: string;
  readonly date: IsoDate;
  /** 1 (default), or the number of a further mark of the same day; the reader of the file gives it. */
  readonly slot?: number | undefined;
  readonly code: string;
  /** Part of the day missed, 0 < fraction ≤ 1; kept to six decimals. */
  readonly fraction: number;
  readonly minutes?: number | undefined;
  /** The source takes this mark back (a delta's deletion). */
  readonly withdrawn?: boolean | undefined;
  /** Line in the file, for the report. */
  readonly line?: number | undefined;
}

export interface MergeMeta extends Cause {
  /** `<district>/<system>`; marks of one source never touch another's. */
  readonly source: string;
  /** Shown beside each counted day; the actor, where none is given. */
  readonly reportedBy?: string | undefined;
  readonly importId?: string | undefined;
  readonly invented?: boolean | undefined;
  readonly reason?: string | undefined;
  /**
   * The file is the whole truth about these schools and dates: what stands there and is not in the file is taken back.
   * Without it nothing is withdrawn except rows that say so themselves.
   */
  readonly withdrawMissing?: {
    readonly schools: readonly string[];
    readonly from: IsoDate;
    readonly to: IsoDate;
  };
}

export interface MergeReport {
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly withdrawn: number;
  /** Rows told more than once with the same content. */
  readonly repeated: number;
  /** Same student, school, date and slot, different content: the longest absence holds, whatever the order. */
  readonly conflicting: readonly {
    readonly sisId: string;
    readonly date: IsoDate;
    readonly lines: number[];
  }[];
  readonly unknownStudents: readonly {
    readonly sisId: string;
    readonly rows: number;
    readonly line: number;
  }[];
  readonly unknownSchools: readonly {
    readonly school: string;
    readonly rows: number;
    readonly line: number;
  }[];
  /** Codes of this file nobody has mapped: they never count until someone does. */
  readonly unmappedCodes: readonly { readonly code: string; readonly rows: number }[];
  /** Internal numbers of students whose marks changed, ascending: their open cases are to be told. */
  readonly affected: readonly number[];
}

/**
 * Merges a source's marks into the records: what is new is added, what differs becomes a new revision beside the old one,
 * what is equal is left alone. The same file twice, or shuffled, changes nothing.
 * Rows of unknown students or schools are reported, not kept.
 * Lock order: a share in the roster's turn → the source (advisory, one merge a source at a time) → the affected students by id → marks. Opening a case
 * locks the same student row, so a case either reads these marks or is found by whoever tells the cases after the merge.
 */
export async function mergeMarks(
  tx: Tx,
  rows: Iterable<MarkRow> | AsyncIterable<MarkRow>,
  meta: MergeMeta,
): Promise<MergeReport> {
  await shareTurn(tx, ROSTER);
  await serialise(tx, `marks/${meta.source}`);
  const read = await stage(tx, rows);
  const told = await tellStaged(tx, meta.source);
  const counts = await plan(tx, meta);
  const affected = await apply(tx, meta);
  await tx.execute(sql`drop table staged_marks, resolved_marks, planned_marks`);
  return { read, ...counts, ...told, affected };
}

/** Copies the rows into a table of this transaction's own, batch by batch: flat memory whatever the file's size. */
async function stage(tx: Tx, rows: Iterable<MarkRow> | AsyncIterable<MarkRow>): Promise<number> {
  await tx.execute(sql`
    create temporary table staged_marks (
      line int not null, sis_id text not null, school text not null, date date not null, slot int not null,
      code text not null, fraction numeric(8, 6) not null, minutes int, withdrawn boolean not null
    ) on commit drop`);
  let read = 0;
  for await (const batch of batches(rows)) {
    const numbered = batch.map((row, i) => ({ ...row, line: row.line ?? read + i + 1 }));
    await tx.execute(sql`
      insert into staged_marks
      select line, "sisId", school, date, coalesce(slot, 1), code, fraction, minutes, coalesce(withdrawn, false)
        from jsonb_to_recordset(${asJson(numbered)})
          as r (line int, "sisId" text, school text, date date, slot int, code text, fraction numeric, minutes int,
                withdrawn boolean)`);
    read += batch.length;
  }
  await tx.execute(sql`
    create temporary table resolved_marks on commit drop as
    select distinct on (s.id, m.school, m.date, m.slot)
           s.id as student_id, m.school, m.date, m.slot, m.code, m.fraction, m.minutes, m.withdrawn
      from staged_marks m
      join students s on s.sis_id = m.sis_id
      join schools k on k.code = m.school
     order by s.id, m.school, m.date, m.slot, m.withdrawn, m.fraction desc, m.code, m.minutes desc nulls last`);
  await tx.execute(sql`create unique index on resolved_marks (student_id, school, date, slot)`);
  await tx.execute(sql`analyze resolved_marks`);
  return read;
}

/** What the report says of the rows themselves. */
async function tellStaged(
  tx: Tx,
  source: string,
): Promise<
  Pick<MergeReport, 'repeated' | 'conflicting' | 'unknownStudents' | 'unknownSchools' | 'unmappedCodes'>
> {
  const unknownStudents = await rowsOf<{ sisId: string; rows: number; line: number }>(
    tx,
    sql`
      select m.sis_id as "sisId", count(*)::int as rows, min(m.line) as line from staged_marks m
       where not exists (select 1 from students s where s.sis_id = m.sis_id) group by 1 order by 3, 1`,
  );
  const unknownSchools = await rowsOf<{ school: string; rows: number; line: number }>(
    tx,
    sql`
      select m.school, count(*)::int as rows, min(m.line) as line from staged_marks m
       where not exists (select 1 from schools s where s.code = m.school) group by 1 order by 3, 1`,
  );
  const several = await rowsOf<{
    sisId: string;
    date: IsoDate;
    lines: number[];
    rows: number;
    contents: number;
  }>(
    tx,
    sql`
      select sis_id as "sisId", date, jsonb_agg(line order by line) as lines, count(*)::int as rows,
             count(distinct (code, fraction, minutes, withdrawn))::int as contents
        from staged_marks group by sis_id, school, date, slot having count(*) > 1 order by min(line)`,
  );
  const unmappedCodes = await rowsOf<{ code: string; rows: number }>(
    tx,
    sql`
      select m.code, count(*)::int as rows from staged_marks m
       where not exists (select 1 from code_maps c where c.source = ${source} and c.code = m.code)
       group by 1 order by 2 desc, 1`,
  );
  return {
    repeated: several.reduce((sum, row) => sum + row.rows - row.contents, 0),
    conflicting: several
      .filter((row) => row.contents > 1)
      .map(({ sisId, date, lines }) => ({ sisId, date, lines })),
    unknownStudents,
    unknownSchools,
    unmappedCodes,
  };
}

/** Compares staged with current, once, and writes down what is to happen. */
async function plan(
  tx: Tx,
  meta: MergeMeta,
): Promise<Pick<MergeReport, 'new' | 'changed' | 'unchanged' | 'withdrawn'>> {
  await tx.execute(sql`
    create temporary table planned_marks on commit drop as
    select r.*, a.id as replaces, coalesce(a.revision, 0) + 1 as revision,
           case when a.id is null then 'new' when r.withdrawn then 'withdrawn' else 'changed' end as what
      from resolved_marks r
      left join attendance_marks a
        on a.current and a.source = ${meta.source} and a.student_id = r.student_id and a.school = r.school
           and a.date = r.date and a.slot = r.slot
     where case
             when a.id is null then not r.withdrawn
             when r.withdrawn then not a.withdrawn
             else (a.code, a.fraction, a.minutes, a.withdrawn) is distinct from
                  (r.code, r.fraction, r.minutes, r.withdrawn)
           end`);
  if (meta.withdrawMissing) {
    const { schools, from, to } = meta.withdrawMissing;
    await tx.execute(sql`
      insert into planned_marks
      select a.student_id, a.school, a.date, a.slot, a.code, a.fraction, a.minutes, true, a.id, a.revision + 1, 'withdrawn'
        from attendance_marks a
       where a.current and not a.withdrawn and a.source = ${meta.source} and a.school = any(${asTexts(schools)})
         and a.date between ${from}::date and ${to}::date
         and not exists (select 1 from resolved_marks r where r.student_id = a.student_id and r.school = a.school
                                                         and r.date = a.date and r.slot = a.slot)`);
  }
  const counts = await firstOf<{ new: number; changed: number; unchanged: number; withdrawn: number }>(
    tx,
    sql`
      select count(*) filter (where what = 'new')::int as new, count(*) filter (where what = 'changed')::int as changed,
             count(*) filter (where what = 'withdrawn')::int as withdrawn,
             (select count(*) from resolved_marks r
               where not exists (select 1 from planned_marks p where p.student_id = r.student_id
                 and p.school = r.school and p.date = r.date and p.slot = r.slot))::int as unchanged
        from planned_marks`,
  );
  return counts ?? { new: 0, changed: 0, unchanged: 0, withdrawn: 0 };
}

async function apply(tx: Tx, meta: MergeMeta): Promise<number[]> {
  const by = causeColumns(meta);
  const locked = await rowsOf<{ id: number }>(
    tx,
    sql`select id from students where id in (select student_id from planned_marks) order by id for no key update`,
  );
  if (locked.length === 0) return [];
  await tx.execute(
    sql`update attendance_marks set current = false where id in (select replaces from planned_marks)`,
  );
  await tx.execute(sql`
    insert into attendance_marks
      (student_id, school, date, slot, source, code, fraction, minutes, revision, current, withdrawn, reported_by,
       reported_at, import_id, invented, reason, actor, role, at)
    select student_id, school, date, slot, ${meta.source}, code, fraction, minutes, revision, true, withdrawn,
           ${meta.reportedBy ?? meta.actor}, ${by.at}::timestamptz, ${meta.importId ?? null}::uuid,
           ${meta.invented ?? false}::boolean, ${meta.reason ?? null}, ${by.actor}, ${by.role}, ${by.at}::timestamptz
      from planned_marks order by student_id, date`);
  // Where no roster names a school, the first mark does.
  await tx.execute(sql`
    insert into enrollments (student_id, school, from_date, actor, role, at)
    select distinct on (p.student_id) p.student_id, p.school, ${SINCE_EVER}::date, ${by.actor}, ${by.role},
           ${by.at}::timestamptz
      from planned_marks p
     where not exists (select 1 from enrollments e where e.student_id = p.student_id)
     order by p.student_id, p.date desc, p.school`);
  return locked.map((row) => row.id);
}

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
