/** Cases: opened under the student's lock, told of by their workflows, read by everyone from here. */
import { and, desc, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { caseJournal, cases } from '../schema/index.ts';
import { asJson, asTexts, causeColumns, firstOf, rowsOf } from './common.ts';
import type { Cause } from './common.ts';

export type CaseRow = typeof cases.$inferSelect;
export type JournalRow = typeof caseJournal.$inferSelect;

export interface NewCase {
  readonly studentId: number;
  readonly school: string;
  readonly policyName: string;
  readonly policyVersion: string;
  readonly openedOn: IsoDate;
  readonly stage?: string | undefined;
  /** The latest closed case of the student, where none is given. */
  readonly previousCase?: string | undefined;
  readonly beforeSystem?: boolean | undefined;
}

/** The Temporal id of a case's workflow: opaque, no name and no SIS number in it. */
export function workflowIdOf(caseNumber: string): string {
  return `case-${caseNumber}`;
}

/**
 * Locks a student for the rest of the transaction: opening a case and merging attendance both do, so neither misses the
 * other. `no key update` is as exclusive between them as `update` would be, and lets rows that merely refer to the student
 * be written meanwhile. False when there is no such student.
 */
export async function lockStudent(tx: Tx, studentId: number): Promise<boolean> {
  const rows = await rowsOf(tx, sql`select 1 from students where id = ${studentId} for no key update`);
  return rows.length > 0;
}

/**
 * Opens a case, or gives the one already open. Evidence read after this call in the same transaction is what the case
 * starts from. Lock order: student → case (new).
 */
export async function openCase(
  tx: Tx,
  wanted: NewCase,
  cause: Cause,
): Promise<{ opened: boolean; case: CaseRow }> {
  if (!(await lockStudent(tx, wanted.studentId))) throw new Error(`there is no student ${wanted.studentId}`);
  const existing = await openCaseOfStudent(tx, wanted.studentId);
  if (existing) return { opened: false, case: existing };
  const next = await firstOf<{ n: string }>(tx, sql`select nextval('case_numbers')::text as n`);
  const number = `C-${(next?.n ?? '').padStart(6, '0')}`;
  const [last] = await tx
    .select({ number: cases.number })
    .from(cases)
    .where(ofStudent(wanted.studentId))
    .orderBy(desc(cases.at), desc(cases.number))
    .limit(1);
  const [row] = await tx
    .insert(cases)
    .values({
      ...wanted,
      number,
      status: 'open',
      workflowId: workflowIdOf(number),
      stage: wanted.stage ?? 'opened',
      previousCase: wanted.previousCase ?? last?.number,
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the case could not be opened');
  return { opened: true, case: row };
}

export async function caseByNumber(db: Db, number: string): Promise<CaseRow | undefined> {
  const [row] = await db.select().from(cases).where(eq(cases.number, number));
  return row;
}

export async function openCaseOfStudent(db: Db, studentId: number): Promise<CaseRow | undefined> {
  const [row] = await db
    .select()
    .from(cases)
    .where(and(eq(cases.studentId, studentId), eq(cases.status, 'open')));
  return row;
}

/** The version a case has been moved to. Locks: the case. */
export async function setCasePolicy(
  tx: Tx,
  caseNumber: string,
  policyName: string,
  policyVersion: string,
): Promise<void> {
  await tx.update(cases).set({ policyName, policyVersion }).where(eq(cases.number, caseNumber));
}

/** All cases of a student, and of duplicates merged into them, latest first. */
export async function casesOfStudent(db: Db, studentId: number): Promise<CaseRow[]> {
  return db.select().from(cases).where(ofStudent(studentId)).orderBy(desc(cases.number));
}

function ofStudent(studentId: number) {
  return sql`${cases.studentId} in (select id from students where id = ${studentId} or merged_into = ${studentId})`;
}

export interface CaseFilter {
  readonly status?: 'open' | 'closed' | 'any';
  readonly stage?: string;
  /** School codes a person may see; null or missing means all. */
  readonly schools?: readonly string[] | null;
  readonly actionBy?: string;
  /** Next deadline on or before this date. */
  readonly dueBefore?: IsoDate;
  readonly flag?: string;
  /** Page on: cases after this number. */
  readonly after?: string;
  readonly limit?: number;
}

export interface CaseListed extends Omit<CaseRow, 'projection'> {
  readonly sisId: string;
}

/** Cases for a list (open ones, unless asked), by number, without their projections. */
export async function listCases(db: Db, filter: CaseFilter = {}): Promise<CaseListed[]> {
  const { projection: _projection, ...columns } = getTableColumns(cases);
  return db
    .select({
      ...columns,
      sisId: sql<string>`(select s.sis_id from students s where s.id = cases.student_id)`,
    })
    .from(cases)
    .where(
      and(
        filter.status === 'any' ? undefined : eq(cases.status, filter.status ?? 'open'),
        filter.stage === undefined ? undefined : eq(cases.stage, filter.stage),
        filter.schools ? sql`${cases.school} = any(${asTexts(filter.schools)})` : undefined,
        filter.actionBy === undefined ? undefined : eq(cases.actionBy, filter.actionBy),
        filter.dueBefore === undefined ? undefined : lte(cases.nextDeadline, filter.dueBefore),
        filter.flag === undefined ? undefined : sql`${filter.flag} = any(${cases.flags})`,
        filter.after === undefined ? undefined : gt(cases.number, filter.after),
      ),
    )
    .orderBy(cases.number)
    .limit(filter.limit ?? 100);
}

/** Open cases of students who are or were enrolled at the school, or kept by it: whom a changed calendar concerns. */
export async function openCasesOfSchool(db: Db, school: string): Promise<string[]> {
  return openCasesOfSchools(db, [school]);
}

export async function openCasesOfSchools(db: Db, schools: readonly string[]): Promise<string[]> {
  const codes = asTexts(schools);
  const rows = await rowsOf<{ number: string }>(
    db,
    sql`
      select number from cases c
       where status = 'open'
         and (school = any(${codes}) or exists (select 1 from enrollments e
              where e.student_id = c.student_id and e.school = any(${codes})))
       order by number`,
  );
  return rows.map((row) => row.number);
}

/** A case without what its workflow last wrote of it. */
export type BareCase = Pick<CaseRow, 'number' | 'studentId' | 'school' | 'status'>;

/** By number; unknown ones are left out. */
export async function casesByNumber(db: Db, numbers: readonly string[]): Promise<BareCase[]> {
  return db
    .select({ number: cases.number, studentId: cases.studentId, school: cases.school, status: cases.status })
    .from(cases)
    .where(sql`${cases.number} = any(${asTexts(numbers)})`)
    .orderBy(cases.number);
}

/** Days of which a school's attendance has just become known. */
export interface CoveredDays {
  readonly school: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/**
 * Open cases with something due by a date that may have waited for these days to be known: those kept by the schools, and
 * those of students who attended them then, wherever they are now.
 */
export async function dueCases(
  db: Db,
  covered: readonly CoveredDays[],
  onOrBefore: IsoDate,
): Promise<{ caseNumber: string; studentId: number }[]> {
  if (covered.length === 0) return [];
  return rowsOf(
    db,
    sql`
      select c.number as "caseNumber", c.student_id as "studentId"
        from cases c
       where c.status = 'open' and c.next_deadline <= ${onOrBefore}::date
         and exists (
           select 1 from jsonb_to_recordset(${asJson(covered)}) as k (school text, "from" date, "to" date)
            where k.school = c.school
               or exists (select 1 from enrollments e
                           where e.student_id = c.student_id and e.school = k.school and e.from_date <= k."to"
                             and (e.to_date is null or e.to_date >= k."from")))
       order by c.number`,
  );
}

/** A case's decisions in the order in which they were made, run after run. */
export async function journalOf(db: Db, caseNumber: string): Promise<JournalRow[]> {
  return db
    .select()
    .from(caseJournal)
    .where(eq(caseJournal.caseNumber, caseNumber))
    .orderBy(caseJournal.at, caseJournal.seq);
}

/** Whether the projection has come to this sequence number. */
export async function projectionReached(db: Db, caseNumber: string, seq: number): Promise<boolean> {
  const [row] = await db.select({ seq: cases.seq }).from(cases).where(eq(cases.number, caseNumber));
  return row !== undefined && row.seq >= seq;
}

/** Waits until the projection has come to a decision's sequence number; false after `patienceMs` (say "stale"). */
export async function waitForProjection(
  db: Db,
  caseNumber: string,
  seq: number,
  patienceMs = 5_000,
): Promise<boolean> {
  const end = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    if (await projectionReached(db, caseNumber, seq)) return true;
    if (Date.now() + pause > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
