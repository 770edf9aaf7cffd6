/** Worklists: what a person must do, told once. */
import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import { tasks } from '../schema/index.ts';
import { asJson, asTexts, now } from './common.ts';
import { officeToday } from './office.ts';

export type Task = typeof tasks.$inferSelect;

export interface NewTask {
  /** Same key, same task: a repeat adds nothing, done or not. */
  readonly key: string;
  readonly kind: string;
  readonly caseNumber?: string | null | undefined;
  readonly school?: string | null | undefined;
  /** Whose worklist. */
  readonly role: string;
  /** Which sentence tells it; its values stand in `details`. */
  readonly textCode: string;
  readonly details: JsonObject;
  /** Office date; today, where none is given. */
  readonly createdOn?: IsoDate | undefined;
}

/** Adds a task; false when it was there already. Locks: nothing but its own key. */
export async function addTask(tx: Tx, task: NewTask): Promise<boolean> {
  const createdOn = task.createdOn ?? (await officeToday(tx));
  const added = await tx
    .insert(tasks)
    .values({ ...task, createdOn, at: now() })
    .onConflictDoNothing({ target: tasks.key })
    .returning({ id: tasks.id });
  return added.length > 0;
}

export interface TaskFilter {
  readonly role?: string;
  /** Of any of these. */
  readonly roles?: readonly string[];
  /** School codes; tasks of no school are the office's own and not among them. */
  readonly schools?: readonly string[];
  readonly caseNumber?: string;
  readonly kind?: string;
  readonly createdBy?: IsoDate;
  readonly done?: boolean;
  readonly limit?: number;
}

/** Open tasks (or done ones, when asked), oldest first. */
export async function listTasks(db: Db, filter: TaskFilter = {}): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(
      and(
        filter.done === true ? sql`${tasks.doneAt} is not null` : isNull(tasks.doneAt),
        filter.role === undefined ? undefined : eq(tasks.role, filter.role),
        filter.roles === undefined ? undefined : sql`${tasks.role} = any(${asTexts(filter.roles)})`,
        filter.kind === undefined ? undefined : eq(tasks.kind, filter.kind),
        filter.caseNumber === undefined ? undefined : eq(tasks.caseNumber, filter.caseNumber),
        filter.createdBy === undefined ? undefined : lte(tasks.createdOn, filter.createdBy),
        filter.schools === undefined ? undefined : sql`${tasks.school} = any(${asTexts(filter.schools)})`,
      ),
    )
    .orderBy(tasks.createdOn, tasks.id)
    .limit(filter.limit ?? 200);
}

export interface TasksOver {
  /** Only of this kind; every open task of the case where none is named. */
  readonly kind?: string | undefined;
  /** Only with these details: of one letter, of one hold. */
  readonly details?: JsonObject | undefined;
  /** Why nobody needs to do them any more. */
  readonly note: string;
}

/** Takes tasks of a case off the worklists because what they were for was undone, or the case has ended. They stay on record. */
export async function endTasks(tx: Tx, caseNumber: string, over: TasksOver): Promise<void> {
  await tx
    .update(tasks)
    .set({ doneAt: now(), doneBy: 'case', doneNote: over.note })
    .where(
      and(
        eq(tasks.caseNumber, caseNumber),
        isNull(tasks.doneAt),
        over.kind === undefined ? undefined : eq(tasks.kind, over.kind),
        over.details === undefined ? undefined : sql`${tasks.details} @> ${asJson(over.details)}`,
      ),
    );
}

/** Takes what an older task of this subject says off the worklists, because a newer one says it as it is now. */
export async function endOlderTasks(
  tx: Tx,
  caseNumber: string,
  over: { readonly textCode: string; readonly except: readonly string[]; readonly note: string },
): Promise<void> {
  await tx
    .update(tasks)
    .set({ doneAt: now(), doneBy: 'case', doneNote: over.note })
    .where(
      and(
        eq(tasks.caseNumber, caseNumber),
        eq(tasks.textCode, over.textCode),
        isNull(tasks.doneAt),
        sql`not (${tasks.key} = any(${asTexts(over.except)}))`,
      ),
    );
}

/** Marks a task done; the first to say so stands. Undefined when there is no such open task. */
export async function completeTask(
  tx: Tx,
  id: number,
  doneBy: string,
  note?: string,
): Promise<Task | undefined> {
  const [row] = await tx
    .update(tasks)
    .set({ doneAt: now(), doneBy, doneNote: note })
    .where(and(eq(tasks.id, id), isNull(tasks.doneAt)))
    .returning();
  return row;
}
