/** Students and where they are enrolled. */
import { and, eq, isNull, or, sql, type AnyColumn, type SQL } from 'drizzle-orm';
import type { CalendarSegment } from '../../domain/calendar.ts';
import { addDays } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { StudentRecord } from '../../domain/records.ts';
import { SINCE_EVER } from '../../domain/transfer.ts';
import type { Db, Tx } from '../connect.ts';
import { enrollments, students } from '../schema/index.ts';
import { calendarFor } from './calendars.ts';
import { asJson, asTexts, batches, causeColumns, ROSTER, rowsOf, serialise } from './common.ts';
import type { Cause } from './common.ts';
import { tally } from './places.ts';
import type { Tally } from './places.ts';

export { SINCE_EVER };

export interface Student {
  readonly id: number;
  readonly sisId: string;
  readonly firstName: string;
  readonly middleName: string | null;
  readonly lastName: string;
  readonly suffix: string | null;
  readonly birthDate: IsoDate | null;
  readonly grade: string | null;
  /** Schools attended now; usually one. */
  readonly schools: readonly string[];
}

const CURRENT_SCHOOLS = sql<string[]>`array(
  select e.school from enrollments e where e.student_id = students.id and e.to_date is null order by e.from_date desc, e.school
)`;

const STUDENT = {
  id: students.id,
  sisId: students.sisId,
  firstName: students.firstName,
  middleName: students.middleName,
  lastName: students.lastName,
  suffix: students.suffix,
  birthDate: students.birthDate,
  grade: students.grade,
  schools: CURRENT_SCHOOLS,
};

/**
 * Takes a roster in. What the source leaves out keeps its earlier value; of two rows with one SIS number the later
 * holds. Schools in it become current ones from `asOf` on ({@link setCurrentSchools}).
 * Lock order: the roster's turn (one at a time) → student rows → enrolments.
 */
export async function upsertStudents(
  tx: Tx,
  list: Iterable<StudentRecord> | AsyncIterable<StudentRecord>,
  cause: Cause,
  asOf: IsoDate,
): Promise<Tally & { readonly moved: readonly number[]; readonly unknownSchools: readonly string[] }> {
  await serialise(tx, ROSTER);
  const sum = { read: 0, new: 0, changed: 0, unchanged: 0 };
  const moved: number[] = [];
  const unknownSchools = new Set<string>();
  for await (const batch of batches(list)) {
    const done = await upsertBatch(tx, batch, cause);
    sum.read += done.read;
    sum.new += done.new;
    sum.changed += done.changed;
    sum.unchanged += done.unchanged;
    const placed = batch.flatMap((s) =>
      s.school === undefined ? [] : [{ sisId: s.sisId, school: s.school }],
    );
    const schools = await setCurrentSchools(tx, placed, asOf, cause);
    moved.push(...schools.moved);
    for (const code of schools.unknownSchools) unknownSchools.add(code);
  }
  return { ...sum, moved, unknownSchools: [...unknownSchools].sort() };
}

async function upsertBatch(tx: Tx, batch: readonly StudentRecord[], cause: Cause): Promise<Tally> {
  const by = causeColumns(cause);
  const written = await rowsOf<{ inserted: boolean }>(
    tx,
    sql`
      insert into students as s
        (sis_id, first_name, middle_name, last_name, suffix, birth_date, grade, actor, role, at)
      select distinct on (r."sisId") r."sisId", r."firstName", r."middleName", r."lastName", r.suffix, r."birthDate",
             r.grade, ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from jsonb_array_elements(${asJson(batch)}) with ordinality as e (value, line),
             jsonb_to_record(e.value)
          as r ("sisId" text, "firstName" text, "middleName" text, "lastName" text, suffix text, "birthDate" date,
                grade text)
       order by r."sisId", e.line desc
      on conflict (sis_id) do update
         set first_name = excluded.first_name, last_name = excluded.last_name,
             middle_name = coalesce(excluded.middle_name, s.middle_name),
             suffix = coalesce(excluded.suffix, s.suffix),
             birth_date = coalesce(excluded.birth_date, s.birth_date),
             grade = coalesce(excluded.grade, s.grade),
             actor = excluded.actor, role = excluded.role, at = excluded.at
       where (s.first_name, s.last_name, s.middle_name, s.suffix, s.birth_date, s.grade)
             is distinct from
             (excluded.first_name, excluded.last_name, coalesce(excluded.middle_name, s.middle_name),
              coalesce(excluded.suffix, s.suffix), coalesce(excluded.birth_date, s.birth_date),
              coalesce(excluded.grade, s.grade))
      returning (xmax = 0) as inserted`,
  );
  return tally(batch.length, written);
}

/**
 * Says where students are now. Somebody seen at another school than before is transferred: the old enrolment ends the day
 * before `asOf`, the new one begins then. A first enrolment counts as "since ever": a roster does not say since when.
 * Gives the internal numbers of those who moved, and school codes nobody knows (their rows are left out). What a source
 * still says under a duplicate's number is left out too: the number that stays says where the student is.
 * Lock order: the roster's turn → student rows by id → enrolments.
 */
export async function setCurrentSchools(
  tx: Tx,
  list: readonly { readonly sisId: string; readonly school: string }[],
  asOf: IsoDate,
  cause: Cause,
): Promise<{ moved: number[]; unknownSchools: string[] }> {
  if (list.length === 0) return { moved: [], unknownSchools: [] };
  await serialise(tx, ROSTER);
  const by = causeColumns(cause);
  const wanted = sql`
    select distinct on (s.id) s.id as student_id, k.code as school
      from jsonb_array_elements(${asJson(list)}) with ordinality as e (value, line),
           jsonb_to_record(e.value) as r ("sisId" text, school text)
      join students s on s.sis_id = r."sisId" and s.merged_into is null
      join schools k on k.code = r.school
     order by s.id, e.line desc`;
  await tx.execute(
    sql`select 1 from students where id in (select student_id from (${wanted}) w) order by id for no key update`,
  );
  const moved = await rowsOf<{ id: number }>(
    tx,
    sql`
      with wanted as (${wanted}),
      leaving as (
        select e.student_id, e.school, e.from_date
          from enrollments e join wanted w using (student_id)
         where e.to_date is null and e.school <> w.school
           and not exists (select 1 from enrollments x
                            where x.student_id = e.student_id and x.school = w.school and x.to_date is null)
      ),
      ended as (
        update enrollments e set to_date = ${addDays(asOf, -1)}::date
          from leaving l
         where (e.student_id, e.school, e.from_date) = (l.student_id, l.school, l.from_date)
           and e.from_date < ${asOf}::date
      ),
      -- Entered and moved on the same day: the first entry was a slip, not an enrolment.
      dropped as (
        delete from enrollments e using leaving l
         where (e.student_id, e.school, e.from_date) = (l.student_id, l.school, l.from_date)
           and e.from_date >= ${asOf}::date
      ),
      entered as (
        insert into enrollments (student_id, school, from_date, to_date, actor, role, at)
        select w.student_id, w.school,
               case when exists (select 1 from enrollments x where x.student_id = w.student_id)
                    then ${asOf}::date else ${SINCE_EVER}::date end,
               null, ${by.actor}, ${by.role}, ${by.at}::timestamptz
          from wanted w
         where not exists (select 1 from enrollments x
                            where x.student_id = w.student_id and x.school = w.school and x.to_date is null)
        on conflict (student_id, school, from_date) do update set to_date = null
      )
      select distinct student_id as id from leaving order by 1`,
  );
  const unknown = await rowsOf<{ school: string }>(
    tx,
    sql`
      select distinct r.school from jsonb_to_recordset(${asJson(list)}) as r (school text)
       where not exists (select 1 from schools k where k.code = r.school) order by 1`,
  );
  return { moved: moved.map((row) => row.id), unknownSchools: unknown.map((row) => row.school) };
}

export interface EnrollmentRecord {
  readonly sisId: string;
  readonly school: string;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

/**
 * Enrolments whose dates the source does know (Ed-Fi, OneRoster). An entry without a first day stands for "since ever";
 * one with a first day replaces such a guess at the same school. Unknown students and schools are left out.
 * Lock order: the roster's turn → student rows by id → enrolments.
 */
export async function upsertEnrollments(
  tx: Tx,
  list: readonly EnrollmentRecord[],
  cause: Cause,
): Promise<Tally> {
  await serialise(tx, ROSTER);
  const by = causeColumns(cause);
  const dated = list.map((entry) => ({ ...entry, from: entry.from ?? SINCE_EVER }));
  const wanted = sql`
    select distinct on (s.id, r.school, r."from") s.id as student_id, r.school, r."from" as from_date, r."to" as to_date
      from jsonb_array_elements(${asJson(dated)}) with ordinality as e (value, line),
           jsonb_to_record(e.value) as r ("sisId" text, school text, "from" date, "to" date)
      join students s on s.sis_id = r."sisId" and s.merged_into is null
      join schools k on k.code = r.school
     order by s.id, r.school, r."from", e.line desc`;
  await tx.execute(
    sql`select 1 from students where id in (select student_id from (${wanted}) w) order by id for no key update`,
  );
  await tx.execute(sql`
    delete from enrollments e using (${wanted}) w
     where e.student_id = w.student_id and e.school = w.school
       and e.from_date = ${SINCE_EVER}::date and w.from_date > ${SINCE_EVER}::date`);
  const written = await rowsOf<{ inserted: boolean }>(
    tx,
    sql`
      insert into enrollments as e (student_id, school, from_date, to_date, actor, role, at)
      select student_id, school, from_date, to_date, ${by.actor}, ${by.role}, ${by.at}::timestamptz from (${wanted}) w
      on conflict (student_id, school, from_date) do update
         set to_date = excluded.to_date, actor = excluded.actor, role = excluded.role, at = excluded.at
       where e.to_date is distinct from excluded.to_date
      returning (xmax = 0) as inserted`,
  );
  return tally(list.length, written);
}

/** By SIS number; the number of a duplicate answers with the student it was merged into. */
export async function getStudentBySis(db: Db, sisId: string): Promise<Student | undefined> {
  const [row] = await db
    .select(STUDENT)
    .from(students)
    .where(
      sql`${students.id} = (select coalesce(d.merged_into, d.id) from students d where d.sis_id = ${sisId})`,
    );
  return row;
}

export async function getStudent(db: Db, id: number): Promise<Student | undefined> {
  const [row] = await db.select(STUDENT).from(students).where(eq(students.id, id));
  return row;
}

/** What a form may say of one student; what it leaves out stays. */
export interface StudentFields {
  readonly firstName?: string | undefined;
  readonly middleName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly birthDate?: IsoDate | undefined;
  readonly grade?: string | undefined;
}

/** Gives the names of the fields that are other than before. Needs the student's row. */
export async function changeStudent(
  tx: Tx,
  id: number,
  fields: StudentFields,
  cause: Cause,
): Promise<string[]> {
  const [before] = await tx.select().from(students).where(eq(students.id, id));
  if (!before) return [];
  const given = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && before[name as keyof StudentFields] !== value,
  );
  if (given.length === 0) return [];
  await tx
    .update(students)
    .set({ ...Object.fromEntries(given), ...causeColumns(cause) })
    .where(eq(students.id, id));
  return given.map(([name]) => name).sort();
}

/** SIS numbers to internal numbers; unknown ones are missing from the map, duplicates give the student they were merged into. */
export async function studentIds(db: Db, sisIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: sql<number>`coalesce(${students.mergedInto}, ${students.id})`, sisId: students.sisId })
    .from(students)
    .where(sql`${students.sisId} = any(${asTexts(sisIds)})`);
  return new Map(rows.map((row) => [row.sisId, row.id]));
}

export interface FoundStudent extends Student {
  readonly caseNumber: string | null;
  readonly stage: string | null;
}

/**
 * Students whose names or SIS number contain every word of the text, at the given schools (all, where none are given),
 * with their open case. At most `limit` (default 50). A duplicate is found by its number only, as the student it was merged into.
 */
export async function findStudents(
  db: Db,
  text: string,
  filter: { schools?: readonly string[] | null | undefined; limit?: number } = {},
): Promise<FoundStudent[]> {
  const words = text
    .normalize('NFC')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const whole = sql`concat_ws(' ', ${students.sisId}, ${students.firstName}, ${students.middleName}, ${students.lastName}, ${students.suffix},
    (select string_agg(d.sis_id, ' ') from students d where d.merged_into = students.id))`;
  const conditions: SQL[] = words.map(
    (word) => sql`${whole} ilike ${'%' + word.replace(/[\\%_]/g, '\\$&') + '%'}`,
  );
  conditions.push(isNull(students.mergedInto));
  if (filter.schools) {
    conditions.push(sql`exists (select 1 from enrollments e where e.student_id = ${students.id}
      and e.to_date is null and e.school = any(${asTexts(filter.schools)}))`);
  }
  return db
    .select({
      ...STUDENT,
      caseNumber: sql<
        string | null
      >`(select c.number from cases c where c.student_id = students.id and c.status = 'open')`,
      stage: sql<
        string | null
      >`(select c.stage from cases c where c.student_id = students.id and c.status = 'open')`,
    })
    .from(students)
    .where(and(...conditions))
    .orderBy(students.lastName, students.firstName, students.id)
    .limit(filter.limit ?? 50);
}

/**
 * Whom a police officer may mean: students of that date of birth, or whose last name (first, where no other was said) sounds so
 * by radio. Names as `heardName` writes them.
 */
export async function studentsHeard(
  db: Db,
  said: {
    readonly first?: string | undefined;
    readonly last?: string | undefined;
    readonly birthDate?: IsoDate | undefined;
  },
): Promise<Student[]> {
  const { first, last, birthDate } = said;
  const heard = (column: AnyColumn) =>
    sql`regexp_replace(translate(lower(${column}), 'áàâäãåéèêëíìîïóòôöõúùûüñçý', 'aaaaaaeeeeiiiiooooouuuuncy'), '[^a-z]', '', 'g')`;
  const any: SQL[] = [];
  if (birthDate !== undefined) any.push(sql`${students.birthDate} = ${birthDate}::date`);
  if (last !== undefined) any.push(sql`${heard(students.lastName)} = ${last}`);
  else if (first !== undefined) any.push(sql`${heard(students.firstName)} = ${first}`);
  if (any.length === 0) return [];
  return db
    .select(STUDENT)
    .from(students)
    .where(and(isNull(students.mergedInto), or(...any)))
    .orderBy(students.id)
    .limit(500);
}

/** Schools attended on a date (today's, where the open end counts). */
export async function schoolsOn(db: Db, studentId: number, date: IsoDate): Promise<string[]> {
  const rows = await db
    .select({ school: enrollments.school })
    .from(enrollments)
    .where(
      and(
        eq(enrollments.studentId, studentId),
        sql`${enrollments.fromDate} <= ${date}::date`,
        or(isNull(enrollments.toDate), sql`${enrollments.toDate} >= ${date}::date`),
      ),
    )
    .orderBy(sql`${enrollments.fromDate} desc`, enrollments.school);
  return rows.map((row) => row.school);
}

/** A student's enrolments, each with the calendar that holds there now: what `composeCalendars` puts together. */
export async function studentCalendarSegments(
  db: Db,
  studentId: number,
): Promise<(CalendarSegment & { readonly school: string; readonly version: number | null })[]> {
  const rows = await db
    .select({ school: enrollments.school, from: enrollments.fromDate, to: enrollments.toDate })
    .from(enrollments)
    .where(eq(enrollments.studentId, studentId))
    .orderBy(enrollments.fromDate, enrollments.school);
  const segments = [];
  for (const row of rows) {
    const known = await calendarFor(db, row.school);
    segments.push({
      school: row.school,
      version: known?.version ?? null,
      calendar: known?.value ?? { terms: [], closed: [], open: [] },
      from: row.from === SINCE_EVER ? undefined : row.from,
      to: row.to ?? undefined,
    });
  }
  return segments;
}
