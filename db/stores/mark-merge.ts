/**
 * Merging what a source or a person says of marks. Everything ever said that differs stays as a revision; which of them
 * holds follows from what was said and as of when, not from the order in which it arrived (docs/decisions/016):
 * of a source's own revisions the latest said; a person's correction instead of it, until the source says something else
 * than what the person had looked at.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Tx } from '../connect.ts';
import {
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
  /**
   * 1 (default), or the number of a further mark of the same day; the reader of the file gives it. A mark taken back
   * without one takes back all of the source's marks of that day.
   */
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
  /** A person says this, not the source: it stands until the source says something new. */
  readonly byHand?: boolean | undefined;
  /** As of when the source says this (ISO instant), e.g. when the file was exported; now, where none is given. */
  readonly saidAt?: string | undefined;
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
  /** Rows against which a person's correction stands: the file still says what the person corrected. */
  readonly stands: readonly MarkPlace[];
  /** Rows of an older file than the one that told of the mark last: kept beside it, without effect. */
  readonly late: readonly MarkPlace[];
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

/** A row of the file. */
export interface MarkPlace {
  readonly line: number;
  readonly date: IsoDate;
}

/**
 * Merges a source's marks into the records: what is new is added, what differs becomes a new revision beside the old one,
 * what is equal is left alone. The same file twice, or shuffled, changes nothing; nor does an older file after a newer one,
 * where the files say as of when they are.
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
  const saidAt = meta.saidAt ?? meta.at ?? (await databaseClock(tx));
  const read = await stage(tx, rows, meta.source);
  const told = await tellStaged(tx, meta.source);
  await plan(tx, meta, saidAt);
  await apply(tx, meta, saidAt);
  const outcome = await report(tx);
  await noteWholeFile(tx, meta, saidAt);
  await tx.execute(
    sql`drop table staged_marks, resolved_marks, told_marks, known_marks, planned_marks, held_marks`,
  );
  return { read, ...outcome, ...told };
}

/** One clock for all who say nothing of their own: processes on several machines need not agree on the time. */
async function databaseClock(tx: Tx): Promise<string> {
  const row = await firstOf<{ now: string }>(
    tx,
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
  );
  return row?.now ?? new Date().toISOString();
}

/** Copies the rows into a table of this transaction's own, batch by batch: flat memory whatever the file's size. */
async function stage(
  tx: Tx,
  rows: Iterable<MarkRow> | AsyncIterable<MarkRow>,
  source: string,
): Promise<number> {
  await tx.execute(sql`
    create temporary table staged_marks (
      line int not null, sis_id text not null, school text not null, date date not null, slot int,
      code text not null, fraction numeric(8, 6) not null, minutes int, withdrawn boolean not null
    ) on commit drop`);
  let read = 0;
  for await (const batch of batches(rows)) {
    const numbered = batch.map((row, i) => ({ ...row, line: row.line ?? read + i + 1 }));
    await tx.execute(sql`
      insert into staged_marks
      select line, "sisId", school, date, case when withdrawn then slot else coalesce(slot, 1) end, code, fraction,
             minutes, coalesce(withdrawn, false)
        from jsonb_to_recordset(${asJson(numbered)})
          as r (line int, "sisId" text, school text, date date, slot int, code text, fraction numeric, minutes int,
                withdrawn boolean)`);
    read += batch.length;
  }
  await tx.execute(sql`
    create temporary table resolved_marks on commit drop as
    select distinct on (student_id, school, date, slot) * from (
      select coalesce(s.merged_into, s.id) as student_id, m.school, m.date, coalesce(m.slot, a.slot, 1) as slot, m.code,
             m.fraction, m.minutes, m.withdrawn, m.line
        from staged_marks m
        join students s on s.sis_id = m.sis_id
        join schools k on k.code = m.school
        left join attendance_marks a
          on m.slot is null and a.current and a.source = ${source} and a.student_id = coalesce(s.merged_into, s.id)
             and a.school = m.school and a.date = m.date
    ) each
     order by student_id, school, date, slot, withdrawn, fraction desc, code, minutes desc nulls last, line`);
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

const KEY = sql`student_id, school, date, slot`;

/** The same place in the records: a student's mark of a day at a school. */
const samePlace = (a: string, b: string): SQL =>
  sql.raw(
    `(${a}.student_id, ${a}.school, ${a}.date, ${a}.slot) = (${b}.student_id, ${b}.school, ${b}.date, ${b}.slot)`,
  );

/** The same content: of marks taken back it does not matter what they were. */
const sameContent = (a: string, b: string): SQL =>
  sql.raw(
    `((${a}.withdrawn and ${b}.withdrawn) or (not ${a}.withdrawn and not ${b}.withdrawn and ${a}.code = ${b}.code ` +
      `and ${a}.fraction = ${b}.fraction and ${a}.minutes is not distinct from ${b}.minutes))`,
  );

/** Of what a source said of one mark, the last: the latest said; said at one instant, the longest absence. */
const LATEST_SAID = sql`said_at desc, withdrawn, fraction desc, code, minutes desc nulls last, id desc`;

/** Compares what is told with what is known, once, and writes down what is to happen. */
async function plan(tx: Tx, meta: MergeMeta, saidAt: string): Promise<void> {
  await tx.execute(sql`
    create temporary table told_marks on commit drop as
    select student_id, school, date, slot, code, fraction, minutes, withdrawn, line from resolved_marks`);
  if (meta.withdrawMissing) {
    const { schools, from, to } = meta.withdrawMissing;
    await tx.execute(sql`
      insert into told_marks
      select a.student_id, a.school, a.date, a.slot, a.code, a.fraction, a.minutes, true, null
        from attendance_marks a
       where a.current and (not a.withdrawn or a.by_hand) and a.source = ${meta.source}
         and a.school = any(${asTexts(schools)}) and a.date between ${from}::date and ${to}::date
         and not exists (select 1 from resolved_marks r where ${samePlace('r', 'a')})
         and exists (select 1 from attendance_marks f
                      where f.student_id = a.student_id and f.date = a.date and f.source = a.source
                        and ${samePlace('f', 'a')} and not f.by_hand)`);
  }
  await tx.execute(sql`
    create temporary table known_marks on commit drop as
    select a.id, a.student_id, a.school, a.date, a.slot, a.code, a.fraction, a.minutes, a.withdrawn, a.revision,
           a.current, a.by_hand, a.said_at, a.corrects
      from told_marks t
      join attendance_marks a on a.student_id = t.student_id and a.date = t.date and a.school = t.school
                             and a.slot = t.slot and a.source = ${meta.source}`);
  await tx.execute(sql`create index on known_marks (student_id, date)`);
  await tx.execute(sql`analyze known_marks`);
  const byHand = meta.byHand === true;
  const arrival = meta.saidAt === undefined;
  await tx.execute(sql`
    create temporary table planned_marks on commit drop as
    with latest as (select distinct on (${KEY}) * from known_marks where not by_hand order by ${KEY}, ${LATEST_SAID}),
         corrected as (select distinct on (${KEY}) * from known_marks where by_hand order by ${KEY}, said_at desc, id desc),
         held as (select * from known_marks where current),
         numbered as (select ${KEY}, max(revision) as revision from known_marks group by 1, 2, 3, 4)
    select t.student_id, t.school, t.date, t.slot, t.code, t.fraction, t.minutes, t.withdrawn,
           coalesce(n.revision, 0) + 1 as revision, l.id as latest, c.id as held,
           -- Said before: nothing to add. What comes late is kept once; so is that there was no such mark, where the file
           -- says as of when: an older one may still come that has it.
           ${
             byHand
               ? sql`case when c.id is null then not t.withdrawn else not ${sameContent('t', 'c')} end`
               : sql`case when l.id is null then not t.withdrawn or ${!arrival}::boolean
                          when ${sameContent('t', 'l')} then false
                          else not exists (select 1 from known_marks k
                                            where ${samePlace('k', 't')} and not k.by_hand
                                              and k.said_at = ${saidAt}::timestamptz and ${sameContent('k', 't')}) end`
           } as adds,
           ${byHand ? sql`false` : sql`l.id is not null and ${sameContent('t', 'l')} and l.said_at < ${saidAt}::timestamptz`}
             as confirms,
           -- The usual case: the newest word, and nobody has corrected the mark.
           ${
             byHand
               ? sql`(h.id is null or h.said_at <= ${saidAt}::timestamptz)
                     and (l.id is null or l.said_at <= ${saidAt}::timestamptz)`
               : sql`h.id is null and (l.id is null or l.said_at ${arrival ? sql`<=` : sql`<`} ${saidAt}::timestamptz)`
           } as plain,
           ${
             byHand
               ? sql`null::timestamptz`
               : sql`(select max(w.said_at) from whole_files w
                       where w.source = ${meta.source} and w.school = t.school
                         and t.date between w.from_date and w.to_date
                         and w.said_at > greatest(${saidAt}::timestamptz, l.said_at))`
           } as taken_back_at
      from told_marks t
      left join latest l on ${samePlace('l', 't')}
      left join corrected h on ${samePlace('h', 't')}
      left join held c on ${samePlace('c', 't')}
      left join numbered n on ${samePlace('n', 't')}`);
  await tx.execute(sql`update planned_marks set plain = false where taken_back_at is not null`);
}

/** Writes the revisions; afterwards `held_marks` says which revision holds where that may have changed. */
async function apply(tx: Tx, meta: MergeMeta, saidAt: string): Promise<void> {
  const by = causeColumns(meta);
  const byHand = meta.byHand === true;
  await tx.execute(sql`
    select id from students where id in (select student_id from planned_marks where adds or confirms)
     order by id for no key update`);
  await tx.execute(sql`
    update attendance_marks a set said_at = ${saidAt}::timestamptz from planned_marks p where p.confirms and a.id = p.latest`);
  await tx.execute(sql`
    update attendance_marks a set current = false from planned_marks p where p.adds and p.plain and a.id = p.held`);
  const insert = (which: SQL) => sql`
    insert into attendance_marks
      (student_id, school, date, slot, source, code, fraction, minutes, revision, current, withdrawn, reported_by,
       reported_at, import_id, invented, reason, by_hand, said_at, corrects, actor, role, at)
    ${which}
    returning id, student_id, school, date, slot, current`;
  const told = sql`
    select student_id, school, date, slot, ${meta.source}, code, fraction, minutes, revision, plain, withdrawn,
           ${meta.reportedBy ?? meta.actor}, ${by.at}::timestamptz, ${meta.importId ?? null}::uuid,
           ${meta.invented ?? false}::boolean, ${meta.reason ?? null}, ${byHand}::boolean, ${saidAt}::timestamptz,
           ${byHand ? sql`latest` : sql`null::bigint`}, ${by.actor}, ${by.role}, ${by.at}::timestamptz
      from planned_marks where adds order by student_id, date, slot`;
  await tx.execute(sql`
    create temporary table held_marks (student_id int, school text, date date, slot int, id bigint) on commit drop`);
  await tx.execute(sql`
    with added as (${insert(told)})
    insert into held_marks select student_id, school, date, slot, id from added where current`);
  // A newer whole file without this mark had come before: it has been taken back since.
  await tx.execute(sql`
    with added as (${insert(sql`
      select student_id, school, date, slot, ${meta.source}, code, fraction, minutes, revision + 1, false, true,
             ${meta.reportedBy ?? meta.actor}, ${by.at}::timestamptz, ${meta.importId ?? null}::uuid,
             ${meta.invented ?? false}::boolean, 'not in a later whole file', false, taken_back_at, null::bigint,
             ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from planned_marks where adds and not withdrawn and taken_back_at is not null
       order by student_id, date, slot`)})
    select count(*) from added`);
  await weigh(tx, meta.source);
  await enrolUnknown(tx, meta);
}

/** Where somebody corrected a mark, or an older word came late: which revision holds follows from all of them. */
async function weigh(tx: Tx, source: string): Promise<void> {
  await tx.execute(sql`
    create temporary table weighed_marks on commit drop as
    with places as (
      select student_id, school, date, slot, held from planned_marks
       where (adds and not plain) or (confirms and held is distinct from latest)
    ), said as (
      select a.* from places p
        join attendance_marks a on a.student_id = p.student_id and a.date = p.date and a.school = p.school
                               and a.slot = p.slot and a.source = ${source}
    ), latest as (
      select distinct on (${KEY}) * from said where not by_hand order by ${KEY}, ${LATEST_SAID}
    ), corrected as (
      select distinct on (${KEY}) * from said where by_hand order by ${KEY}, said_at desc, id desc
    )
    select p.student_id, p.school, p.date, p.slot, p.held,
           case when h.id is null then l.id
                when l.id is null then h.id
                when exists (select 1 from said s where ${samePlace('s', 'h')} and not s.by_hand and s.said_at > h.said_at
                                and (c.id is null or not ${sameContent('s', 'c')})) then l.id
                else h.id end as holds
      from places p
      left join latest l on ${samePlace('l', 'p')}
      left join corrected h on ${samePlace('h', 'p')}
      left join attendance_marks c on c.id = h.corrects`);
  await tx.execute(sql`
    update attendance_marks a set current = false
      from weighed_marks w where a.id = w.held and w.held is distinct from w.holds`);
  await tx.execute(sql`
    update attendance_marks a set current = true
      from weighed_marks w where a.id = w.holds and w.held is distinct from w.holds`);
  await tx.execute(
    sql`insert into held_marks select student_id, school, date, slot, holds from weighed_marks`,
  );
  await tx.execute(sql`drop table weighed_marks`);
}

/** What the merge came to, by comparing what held before with what holds now. */
async function report(
  tx: Tx,
): Promise<
  Pick<MergeReport, 'new' | 'changed' | 'unchanged' | 'withdrawn' | 'stands' | 'late' | 'affected'>
> {
  await tx.execute(sql`
    create temporary table outcome_marks on commit drop as
    select t.student_id, t.date, t.line,
           case when b.id is null and (n.id is null or n.withdrawn) then 'same'
                when b.id is null then 'new'
                when ${sameContent('n', 'b')} then 'same'
                when n.withdrawn then 'withdrawn'
                else 'changed' end as what,
           case when n.id is null then t.withdrawn else ${sameContent('t', 'n')} end as heeded,
           coalesce(n.by_hand, false) as by_hand
      from told_marks t
      left join known_marks b on ${samePlace('b', 't')} and b.current
      left join held_marks h on ${samePlace('h', 't')}
      left join attendance_marks n on n.id = coalesce(h.id, b.id)`);
  const counts = await firstOf<Record<'new' | 'changed' | 'withdrawn' | 'unchanged', number>>(
    tx,
    sql`
      select count(*) filter (where what = 'new')::int as new, count(*) filter (where what = 'changed')::int as changed,
             count(*) filter (where what = 'withdrawn')::int as withdrawn,
             count(*) filter (where what = 'same' and heeded and line is not null)::int as unchanged
        from outcome_marks`,
  );
  const left = await rowsOf<MarkPlace & { byHand: boolean }>(
    tx,
    sql`
      select line, date, by_hand as "byHand" from outcome_marks
       where what = 'same' and not heeded and line is not null order by line`,
  );
  const affected = await rowsOf<{ id: number }>(
    tx,
    sql`select distinct student_id as id from outcome_marks where what <> 'same' order by 1`,
  );
  await tx.execute(sql`drop table outcome_marks`);
  const placesOf = (byHand: boolean) =>
    left.filter((one) => one.byHand === byHand).map(({ line, date }) => ({ line, date }));
  return {
    ...(counts ?? { new: 0, changed: 0, withdrawn: 0, unchanged: 0 }),
    stands: placesOf(true),
    late: placesOf(false),
    affected: affected.map((row) => row.id),
  };
}

async function noteWholeFile(tx: Tx, meta: MergeMeta, saidAt: string): Promise<void> {
  if (!meta.withdrawMissing) return;
  const { schools, from, to } = meta.withdrawMissing;
  await tx.execute(sql`
    insert into whole_files (source, school, from_date, to_date, said_at, import_id)
    select ${meta.source}, code, ${from}::date, ${to}::date, ${saidAt}::timestamptz, ${meta.importId ?? null}::uuid
      from schools where code = any(${asTexts(schools)})
    on conflict do nothing`);
}

/** Where no roster names a school, the first mark does. */
async function enrolUnknown(tx: Tx, meta: MergeMeta): Promise<void> {
  const by = causeColumns(meta);
  await tx.execute(sql`
    insert into enrollments (student_id, school, from_date, actor, role, at)
    select distinct on (p.student_id) p.student_id, p.school, ${SINCE_EVER}::date, ${by.actor}, ${by.role},
           ${by.at}::timestamptz
      from planned_marks p
     where p.adds and not exists (select 1 from enrollments e where e.student_id = p.student_id)
     order by p.student_id, p.date desc, p.school`);
}
