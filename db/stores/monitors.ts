/** 20-Day Monitor contracts as told by their workflows: journal, last picture, tasks; all of it or nothing. */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Coverage } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { MonitorMark } from '../../domain/monitor/state.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { monitorJournal, monitors } from '../schema/index.ts';
import { marksOfStudent } from './attendance.ts';
import { planMessage, plannedOf, type NewMessage } from './call-messages.ts';
import { asInts, asTexts, firstOf, rowsOf } from './common.ts';
import { coverageOfStudent } from './coverage.ts';
import type { JournalEntry } from './progress.ts';
import { decideLetter, takeBackLetter, type DecidedLetter } from './steps.ts';
import { addTask, endOlderTasks, type NewTask } from './tasks.ts';

export type MonitorRow = typeof monitors.$inferSelect;
export type MonitorJournalRow = typeof monitorJournal.$inferSelect;

export interface MonitorTold {
  readonly number: string;
  readonly runId: string;
  /** ISO instant at which this run began: a later run wins over an earlier one whatever their sequences. */
  readonly runStartedAt: string;
  readonly seq: number;
  readonly entries: readonly JournalEntry[];
  readonly projection: JsonObject;
  readonly columns: Pick<
    MonitorRow,
    | 'school'
    | 'status'
    | 'officer'
    | 'startsOn'
    | 'stopsOn'
    | 'standing'
    | 'headline'
    | 'actionBy'
    | 'nextDeadline'
    | 'breaches'
    | 'flags'
    | 'endedOn'
    | 'endedHow'
  >;
  readonly tasks: readonly NewTask[];
  /** What older tasks say of the monitor and no longer holds, by their words. */
  readonly tasksOver: readonly { readonly textCode: string; readonly note: string }[];
  readonly messages: readonly NewMessage[];
  /** Letters decided, and keys of those that must not leave any more. */
  readonly letters: readonly DecidedLetter[];
  readonly lettersOver: readonly string[];
}

/**
 * Idempotent: the journal keeps what it has, tasks and messages are made once, the projection takes a newer run or a higher
 * sequence. Gives the keys of messages that have not left yet.
 */
export async function recordMonitor(db: Db, told: MonitorTold): Promise<string[]> {
  const { number, runId, runStartedAt, seq, projection, columns } = told;
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(monitors)
      .set({
        ...columns,
        projection,
        runId,
        runStartedAt,
        seq,
      })
      .where(
        and(
          eq(monitors.number, number),
          sql`(${runStartedAt}::timestamptz, ${seq}::int) >= (coalesce(${monitors.runStartedAt}, '-infinity'::timestamptz), ${monitors.seq})`,
        ),
      )
      .returning({ number: monitors.number });
    if (rows.length === 0 && !(await monitorByNumber(tx, number))) {
      throw new Error(`there is no monitor ${number}`);
    }
    if (told.entries.length > 0) {
      await tx
        .insert(monitorJournal)
        .values(told.entries.map((entry) => ({ ...entry, monitorNumber: number, runId })))
        .onConflictDoNothing();
    }
    for (const task of told.tasks) await addTask(tx, task);
    for (const { textCode, note } of told.tasksOver) {
      await endOlderTasks(tx, number, { textCode, note, except: told.tasks.map((one) => one.key) });
    }
    for (const letter of told.letters) await decideLetter(tx, letter);
    for (const key of told.lettersOver) await takeBackLetter(tx, key);
    for (const message of told.messages) await planMessage(tx, number, message);
    return plannedOf(
      tx,
      told.messages.map((one) => one.key),
    );
  });
}

export async function monitorByNumber(db: Db, number: string): Promise<MonitorRow | undefined> {
  const [row] = await db.select().from(monitors).where(eq(monitors.number, number));
  return row;
}

export async function openMonitorOfStudent(db: Db, studentId: number): Promise<MonitorRow | undefined> {
  const [row] = await db
    .select()
    .from(monitors)
    .where(and(eq(monitors.studentId, studentId), eq(monitors.status, 'open')));
  return row;
}

export async function monitorJournalOf(db: Db, number: string): Promise<MonitorJournalRow[]> {
  return db
    .select()
    .from(monitorJournal)
    .where(eq(monitorJournal.monitorNumber, number))
    .orderBy(monitorJournal.seq, monitorJournal.at);
}

export interface MonitorFilter {
  /** School codes a person may see; null means all. */
  readonly schools: readonly string[] | null;
  readonly status: 'open' | 'ended' | 'any';
  readonly officer?: string | undefined;
  readonly limit: number;
}

export async function listMonitors(db: Db, filter: MonitorFilter): Promise<MonitorRow[]> {
  const { schools, status, officer, limit } = filter;
  return db
    .select()
    .from(monitors)
    .where(
      and(
        status === 'any' ? undefined : eq(monitors.status, status),
        schools === null ? undefined : inArray(monitors.school, [...schools]),
        officer === undefined ? undefined : eq(monitors.officer, officer),
      ),
    )
    .orderBy(desc(monitors.status), monitors.nextDeadline, monitors.number)
    .limit(limit);
}

/** Open monitors with something due by a date: whom a driven office's morning wakes. */
export async function dueMonitors(db: Db, date: IsoDate): Promise<string[]> {
  const rows = await rowsOf<{ number: string }>(
    db,
    sql`select number from monitors where status = 'open' and next_deadline < ${date}::date order by number`,
  );
  return rows.map((row) => row.number);
}

export interface WatchedStudent {
  readonly number: string;
  readonly studentId: number;
  readonly contractOn: IsoDate;
}

/**
 * Open monitors that a change of the records may concern: of these students, and of students at schools whose attendance
 * became known up to a monitor's next deadline.
 */
export async function monitorsConcerned(
  tx: Tx,
  students: readonly number[],
  covered: readonly { readonly school: string; readonly to: IsoDate }[],
): Promise<WatchedStudent[]> {
  const schools = covered.map((one) => one.school);
  const to =
    covered
      .map((one) => one.to)
      .sort()
      .at(-1) ?? null;
  return rowsOf<WatchedStudent>(
    tx,
    sql`
      select number, student_id as "studentId", contract_on::text as "contractOn"
        from monitors
       where status = 'open'
         and (student_id = any(${asInts(students)})
              or (school = any(${asTexts(schools)}) and next_deadline <= ${to}::date))
       order by number`,
  );
}

/** Open monitors of students at these schools: whom a changed calendar may concern. */
export async function openMonitorsOfSchools(
  tx: Tx,
  schools: readonly string[],
): Promise<readonly (WatchedStudent & { readonly school: string })[]> {
  return rowsOf<WatchedStudent & { school: string }>(
    tx,
    sql`
      select number, student_id as "studentId", contract_on::text as "contractOn", school
        from monitors where status = 'open' and school = any(${asTexts(schools)}) order by number`,
  );
}

/** All that is known of a student's attendance from a day on. */
export async function attendanceSince(
  db: Db,
  studentId: number,
  from: IsoDate,
): Promise<{ readonly marks: MonitorMark[]; readonly coverage: Coverage }> {
  const [marks, coverage] = await Promise.all([
    marksOfStudent(db, studentId, from),
    coverageOfStudent(db, studentId),
  ]);
  return {
    marks: marks.map(({ date, code, category }) => ({ date, code, category })),
    // What lies before the contract says nothing about it, and would travel with every message.
    coverage: coverage.filter((one) => one.to >= from),
  };
}

export interface NewMonitor {
  readonly studentId: number;
  readonly school: string;
  readonly policyName: string;
  readonly policyVersion: string;
  readonly callNumber: string | null;
  readonly officer: string;
  readonly contractOn: IsoDate;
  readonly startsOn: IsoDate;
  readonly stopsOn: IsoDate;
  readonly actor: string;
  readonly role: string;
  readonly at: string;
}

/** The next number and its row; null where the student has a running monitor already (one at a time). */
export async function insertMonitor(
  tx: Tx,
  given: NewMonitor,
  workflowId: (number: string) => string,
): Promise<string | null> {
  const next = await firstOf<{ n: number }>(tx, sql`select nextval('monitor_numbers')::int as n`);
  const number = `M-${String(next?.n ?? 0).padStart(6, '0')}`;
  const rows = await tx
    .insert(monitors)
    .values({
      ...given,
      number,
      status: 'open',
      workflowId: workflowId(number),
      standing: 'running',
      headline: 'The monitor begins.',
      nextDeadline: given.stopsOn,
    })
    .onConflictDoNothing()
    .returning({ number: monitors.number });
  return rows[0]?.number ?? null;
}

/** Waits until a monitor's projection has come as far as an answer said. */
export async function waitForMonitor(
  db: Db,
  number: string,
  seq: number,
  patienceMs = 5_000,
): Promise<boolean> {
  const end = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const row = await monitorByNumber(db, number);
    if (row && row.seq >= seq) return true;
    if (Date.now() + pause > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
