/** Caseloads as told by their workflows: journal, last picture, tasks, and what the case is told; all of it or nothing. */
import { and, desc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { caseloadJournal, caseloads, cases, outbox, tasks } from '../schema/index.ts';
import { asTexts, firstOf, now, rowsOf } from './common.ts';
import { coverageOfStudent } from './coverage.ts';
import { enqueue } from './outbox.ts';
import type { JournalEntry } from './progress.ts';
import { addTask } from './tasks.ts';
import type { NewTask } from './tasks.ts';

export type CaseloadRow = typeof caseloads.$inferSelect;
export type CaseloadJournalRow = typeof caseloadJournal.$inferSelect;

/** The case's signal for what its caseload reports. */
const REPORT = 'caseloadReport';

/** What the case is told of an entry; its id makes a repeat harmless. */
export interface CaseloadReport {
  readonly id: string;
  readonly payload: JsonObject;
}

export type CaseloadWork =
  | { readonly add: NewTask }
  /** Takes every open task off whose key begins so. */
  | { readonly endFrom: string; readonly note: string };

export interface CaseloadTold {
  readonly caseNumber: string;
  readonly sequence: number;
  readonly runId: string;
  /** ISO instant at which this run began: a later run wins over an earlier one whatever their sequences. */
  readonly runStartedAt: string;
  readonly seq: number;
  readonly entries: readonly JournalEntry[];
  readonly projection: JsonObject;
  readonly columns: {
    readonly school: string;
    readonly status: 'open' | 'ended';
    readonly placedOn: IsoDate;
    readonly standing: string;
    readonly headline: string;
    readonly nextDeadline: IsoDate | null;
    readonly endedOn: IsoDate | null;
    readonly endedHow: string | null;
  };
  readonly reports: readonly CaseloadReport[];
  /** What comes onto the worklists and what goes, in the order of the entries. */
  readonly work: readonly CaseloadWork[];
}

/**
 * Idempotent, like a case's own write. The case is told only while it is open, and of each report once, however often a
 * write is repeated or the workflow reset. Lock order: case → caseload → tasks → outbox head.
 */
export async function recordCaseload(db: Db, told: CaseloadTold): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ status: cases.status, studentId: cases.studentId })
      .from(cases)
      .where(eq(cases.number, told.caseNumber))
      .for('no key update');
    if (!row) throw new Error(`there is no case ${told.caseNumber}`);
    const { caseNumber, sequence, runId } = told;
    if (told.entries.length > 0) {
      await tx
        .insert(caseloadJournal)
        .values(told.entries.map((entry) => ({ ...entry, caseNumber, sequence, runId })))
        .onConflictDoNothing();
    }
    await takeProjection(tx, told);
    for (const one of told.work) {
      if ('add' in one) await addTask(tx, one.add);
      else await endTasksFrom(tx, one.endFrom, one.note);
    }
    if (row.status === 'open') await report(tx, row.studentId, told);
  });
}

async function takeProjection(tx: Tx, told: CaseloadTold): Promise<void> {
  const { caseNumber, sequence, runId, runStartedAt, seq, projection, columns } = told;
  const values = { ...columns, projection, runId, runStartedAt, seq };
  await tx
    .insert(caseloads)
    .values({ caseNumber, sequence, ...values })
    .onConflictDoUpdate({
      target: [caseloads.caseNumber, caseloads.sequence],
      set: values,
      setWhere: sql`(excluded.run_started_at, excluded.seq) >= (${caseloads.runStartedAt}, ${caseloads.seq})`,
    });
}

async function endTasksFrom(tx: Tx, keysFrom: string, note: string): Promise<void> {
  await tx
    .update(tasks)
    .set({ doneAt: now(), doneBy: 'case', doneNote: note })
    .where(and(sql`starts_with(${tasks.key}, ${keysFrom})`, isNull(tasks.doneAt)));
}

async function report(tx: Tx, studentId: number, told: CaseloadTold): Promise<void> {
  if (told.reports.length === 0) return;
  const { caseNumber } = told;
  const before = await tx
    .select({ id: sql<string>`${outbox.payload} ->> 'id'` })
    .from(outbox)
    .where(
      and(
        eq(outbox.caseNumber, caseNumber),
        eq(outbox.name, REPORT),
        sql`${outbox.payload} ->> 'id' = any(${asTexts(told.reports.map((one) => one.id))})`,
      ),
    );
  const known = new Set(before.map((one) => one.id));
  const coverage = await coverageOfStudent(tx, studentId);
  for (const { id, payload } of told.reports) {
    if (!known.has(id)) await enqueue(tx, caseNumber, 'signal', REPORT, { ...payload, id, coverage });
  }
}

/** A caseload of a case: the latest, unless a sequence is named. */
export async function caseloadOf(
  db: Db,
  caseNumber: string,
  sequence?: number,
): Promise<CaseloadRow | undefined> {
  const [row] = await db
    .select()
    .from(caseloads)
    .where(
      and(
        eq(caseloads.caseNumber, caseNumber),
        sequence === undefined ? undefined : eq(caseloads.sequence, sequence),
      ),
    )
    .orderBy(desc(caseloads.sequence))
    .limit(1);
  return row;
}

/** All times the student was on the caseload, the first first. */
export async function caseloadsOf(db: Db, caseNumber: string): Promise<CaseloadRow[]> {
  return db.select().from(caseloads).where(eq(caseloads.caseNumber, caseNumber)).orderBy(caseloads.sequence);
}

/** In its order; of a caseload that was reset, the runs one after the other. */
export async function caseloadJournalOf(
  db: Db,
  caseNumber: string,
  sequence: number,
): Promise<CaseloadJournalRow[]> {
  return db
    .select()
    .from(caseloadJournal)
    .where(and(eq(caseloadJournal.caseNumber, caseNumber), eq(caseloadJournal.sequence, sequence)))
    .orderBy(caseloadJournal.seq, caseloadJournal.at);
}

export interface ListedCaseload {
  readonly caseNumber: string;
  readonly student: string;
  readonly school: string;
  readonly stage: string;
  readonly unexcusedDays: number;
  /** Null until the caseload's own workflow has written for the first time. */
  readonly sequence: number | null;
  readonly status: 'open' | 'ended';
  readonly placedOn: IsoDate | null;
  readonly standing: string | null;
  readonly next: string | null;
  readonly nextDeadline: IsoDate | null;
  readonly endedOn: IsoDate | null;
  /** The Case Manager's tries to reach the family in this case, and the latest. */
  readonly contacts: number;
  readonly lastContact: IsoDate | null;
}

export interface CaseloadFilter {
  /** School codes a person may see; null means all. */
  readonly schools: readonly string[] | null;
  readonly status: 'open' | 'ended' | 'any';
  /** With a deadline up to this date. */
  readonly due?: IsoDate | undefined;
  readonly limit: number;
}

/** Everyone on the caseload (of a case placed this moment, before its caseload has written): nearest deadline first. */
export async function listCaseloads(db: Db, filter: CaseloadFilter): Promise<ListedCaseload[]> {
  const { schools, status, due, limit } = filter;
  return rowsOf<ListedCaseload>(
    db,
    sql`
      with listed as (
        select c.number, c.student_id, c.school, c.stage, c.unexcused,
               l.sequence, coalesce(l.status, 'open') as status, l.placed_on, l.standing, l.headline,
               l.next_deadline, l.ended_on
          from cases c
          left join caseloads l on l.case_number = c.number
         where l.case_number is not null or (c.status = 'open' and 'on-caseload' = any(c.flags))
      )
      select l.number as "caseNumber", s.sis_id as student, l.school, l.stage,
             l.unexcused::float8 as "unexcusedDays", l.sequence, l.status, l.placed_on::text as "placedOn",
             l.standing, l.headline as next, l.next_deadline::text as "nextDeadline",
             l.ended_on::text as "endedOn", k.tries as contacts, k.last::text as "lastContact"
        from listed l
        join students s on s.id = l.student_id
        cross join lateral (
          select count(*)::int as tries, max(date) as last
            from contacts where case_number = l.number and void_at is null) k
       where ${status === 'any' ? sql`true` : sql`l.status = ${status}`}
         and ${schools === null ? sql`true` : sql`l.school = any(${asTexts(schools)})`}
         and ${due === undefined ? sql`true` : sql`l.next_deadline <= ${due}::date`}
       order by l.next_deadline nulls last, l.number, l.sequence
       limit ${limit}`,
  );
}

/** Open caseloads with something due by a date: whom a driven office's morning wakes. */
export async function dueCaseloads(
  db: Db,
  date: IsoDate,
): Promise<{ caseNumber: string; sequence: number }[]> {
  return db
    .select({ caseNumber: caseloads.caseNumber, sequence: caseloads.sequence })
    .from(caseloads)
    .where(and(eq(caseloads.status, 'open'), lte(caseloads.nextDeadline, date)))
    .orderBy(caseloads.caseNumber);
}

/** Whether a changed calendar is on its way to the case, or taken by it and not yet written down. */
export async function isCalendarOnItsWay(db: Db, caseNumber: string): Promise<boolean> {
  const row = await firstOf<{ waits: boolean }>(
    db,
    sql`
      select exists (
        select 1 from outbox o join cases c on c.number = o.case_number
         where o.case_number = ${caseNumber} and o.name in ('changeCalendar', 'transferStudent')
           and o.undeliverable_reason is null and c.status = 'open'
           and o.seq > coalesce((c.projection ->> 'lastFact')::int, 0)) as waits`,
  );
  return row?.waits ?? false;
}

/** Waits until a caseload's projection has come as far as an answer said. */
export async function waitForCaseload(
  db: Db,
  caseNumber: string,
  sequence: number,
  seq: number,
  patienceMs = 5_000,
): Promise<boolean> {
  const end = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const row = await caseloadOf(db, caseNumber, sequence);
    if (row && row.seq >= seq) return true;
    if (Date.now() + pause > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
