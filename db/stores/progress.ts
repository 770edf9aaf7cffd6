/** What a case's workflow writes at each wake-up: journal, projection, steps with letters, tasks; all of it or nothing. */
import { eq, sql, type Column, type SQL } from 'drizzle-orm';
import type { CaseHearing, ParkReason } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { caseJournal, cases, stepLetters } from '../schema/index.ts';
import { followHearing } from './docket.ts';
import { addTask, endTasks } from './tasks.ts';
import type { NewTask, TasksOver } from './tasks.ts';
import { now, rowsOf } from './common.ts';

export interface JournalEntry {
  /** The case's own sequence, ascending over continue-as-new. */
  readonly seq: number;
  readonly officeDate: IsoDate;
  /** ISO instant. */
  readonly at: string;
  readonly commandId?: string | null | undefined;
  readonly actor: string;
  readonly role: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly invented?: boolean | undefined;
}

/** The columns lists are made from; the rest of the projection is for one case's own page. */
export interface CaseColumns {
  readonly status: 'open' | 'closed';
  readonly stage: string;
  readonly actionBy?: string | null | undefined;
  readonly nextDeadline?: IsoDate | null | undefined;
  readonly unexcused: number;
  readonly flags: readonly string[];
  /** After a transfer. */
  readonly school?: string | undefined;
  readonly policyVersion?: string | undefined;
  readonly closedOn?: IsoDate | null | undefined;
  readonly closeReason?: string | null | undefined;
}

/** A step that sends a letter, as the case decided it. */
export interface StepDecided {
  /** `<case>/<kind>/<sequence>`. */
  readonly key: string;
  readonly kind: string;
  readonly sequence: number;
  readonly decidedOn: IsoDate;
  readonly sendOn: IsoDate;
  readonly basis: JsonObject;
  /** Why it may not leave for now; null once it may. */
  readonly parked: ParkReason | null;
  /** A person has named a recipient, or let it go: what blocked it no longer does. */
  readonly unblocked?: boolean | undefined;
  /** The case has taken the step back: said here too, so that it holds even if the door that asked is gone. */
  readonly withdrawn?: boolean | undefined;
}

export interface Progress {
  readonly caseNumber: string;
  readonly runId: string;
  /** ISO instant at which this run began: a later run wins over an earlier one whatever their sequences. */
  readonly runStartedAt: string;
  /** How far the projection has come. */
  readonly seq: number;
  readonly entries: readonly JournalEntry[];
  readonly projection: JsonObject;
  readonly columns: CaseColumns;
  readonly steps?: readonly StepDecided[] | undefined;
  readonly tasks?: readonly NewTask[] | undefined;
  /** The hearing as it now stands, where these entries changed it: the docket follows. */
  readonly hearing?: CaseHearing | null | undefined;
  /** Tasks that these entries make needless; taken off before new ones are added. */
  readonly tasksOver?: readonly TasksOver[] | undefined;
}

/**
 * Idempotent: an activity may run twice, late, or after a reset in the Web UI. Entries already there stay as they are; the
 * projection is taken only from a newer run, or from the same run at least as far on (a wake-up may change the count
 * without a decision, so its sequence stays; the workflow writes one at a time).
 * Lock order: case → journal → step letters → tasks → docket.
 */
export async function recordProgress(db: Db, progress: Progress): Promise<{ readonly taken: boolean }> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({
        runStartedAt: cases.runStartedAt,
        seq: cases.seq,
        studentId: cases.studentId,
        school: cases.school,
      })
      .from(cases)
      .where(eq(cases.number, progress.caseNumber))
      .for('no key update');
    if (!row) throw new Error(`there is no case ${progress.caseNumber}`);
    await writeJournal(tx, progress);
    const taken = isNewer(progress, row);
    for (const step of inKeyOrder(progress.steps ?? [])) {
      await writeStep(tx, progress.caseNumber, step, taken);
    }
    for (const over of progress.tasksOver ?? []) await endTasks(tx, progress.caseNumber, over);
    for (const task of inKeyOrder(progress.tasks ?? [])) {
      // A transfer on record that the case has not been told of yet: its work is the new school's already.
      const here = task.school === undefined || task.school === null ? {} : { school: row.school };
      await addTask(tx, { caseNumber: progress.caseNumber, ...task, ...here });
    }
    if (taken) await takeProjection(tx, progress, row.studentId);
    if (taken && progress.hearing !== undefined)
      await followHearing(tx, progress.caseNumber, progress.hearing);
    return { taken };
  });
}

function inKeyOrder<T extends { readonly key: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isNewer(progress: Progress, kept: { runStartedAt: string | null; seq: number }): boolean {
  if (kept.runStartedAt === null) return true;
  const began = Date.parse(progress.runStartedAt) - Date.parse(kept.runStartedAt);
  return began > 0 || (began === 0 && progress.seq >= kept.seq);
}

async function writeJournal(tx: Tx, progress: Progress): Promise<void> {
  if (progress.entries.length === 0) return;
  const { caseNumber, runId } = progress;
  await tx
    .insert(caseJournal)
    .values(progress.entries.map((entry) => ({ ...entry, caseNumber, runId })))
    .onConflictDoNothing();
}

/**
 * Adds the step's row, or completes the bare one a reservation made before this write came. Its status is the arbiter's.
 * A write that comes late (`current` false) adds what is missing and moves nothing.
 */
async function writeStep(tx: Tx, caseNumber: string, step: StepDecided, current: boolean): Promise<void> {
  const { key, kind, sequence, decidedOn, sendOn, basis, parked } = step;
  const kept = (column: SQL | Column, otherwise: SQL) =>
    sql`case when ${!current}::boolean or ${stepLetters.status} in ('leaving', 'out')
             then ${column} else ${otherwise} end`;
  await tx
    .insert(stepLetters)
    .values({
      ...{ key, caseNumber, kind, sequence, decidedOn, sendOn, basis, parked, at: now() },
      status: step.withdrawn === true ? 'withdrawn' : 'waiting',
    })
    .onConflictDoUpdate({
      target: stepLetters.key,
      set: {
        // When it leaves, and whether it may, is the case's to change until the letter leaves; what it was decided on stays.
        sendOn: kept(stepLetters.sendOn, sql`excluded.send_on`),
        parked: kept(stepLetters.parked, sql`excluded.parked`),
        ...(step.unblocked === true ? { blockedReason: kept(stepLetters.blockedReason, sql`null`) } : {}),
        decidedOn: sql`coalesce(${stepLetters.decidedOn}, excluded.decided_on)`,
        basis: sql`coalesce(${stepLetters.basis}, excluded.basis)`,
        status: sql`case when excluded.status = 'withdrawn' and ${stepLetters.status} in ('waiting', 'reserved', 'blocked')
                         then 'withdrawn'
                         when ${current && step.unblocked === true}::boolean and ${stepLetters.status} = 'blocked'
                         then 'waiting' else ${stepLetters.status} end`,
      },
    });
}

/** Rewrites the case's row; a case that a reset would open again beside the student's newer case stays closed and is told. */
async function takeProjection(tx: Tx, progress: Progress, studentId: number): Promise<void> {
  const { columns } = progress;
  const others = await rowsOf(
    tx,
    sql`
      select 1 from cases where student_id = ${studentId} and status = 'open' and number <> ${progress.caseNumber}`,
  );
  const clash = columns.status === 'open' && others.length > 0;
  if (clash) {
    await addTask(tx, {
      key: `two-open-cases/${progress.caseNumber}/${progress.runId}`,
      kind: 'two-open-cases',
      caseNumber: progress.caseNumber,
      role: 'case-manager',
      textCode: 'CASE_REOPENED_BESIDE_ANOTHER',
      details: {},
    });
  }
  const closed = columns.status === 'closed' || clash;
  await tx
    .update(cases)
    .set({
      status: closed ? 'closed' : 'open',
      stage: columns.stage,
      actionBy: columns.actionBy ?? null,
      nextDeadline: columns.nextDeadline ?? null,
      unexcused: columns.unexcused,
      flags: [...columns.flags],
      ...(columns.school === undefined ? {} : { school: columns.school }),
      ...(columns.policyVersion === undefined ? {} : { policyVersion: columns.policyVersion }),
      ...(clash ? {} : { closedOn: columns.closedOn ?? null, closeReason: columns.closeReason ?? null }),
      projection: progress.projection,
      runId: progress.runId,
      runStartedAt: progress.runStartedAt,
      seq: progress.seq,
    })
    .where(eq(cases.number, progress.caseNumber));
}
