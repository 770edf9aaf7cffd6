/** The worklist: what waits for whom. */
import { and, eq } from 'drizzle-orm';
import { reaches } from '../../domain/access.ts';
import { completeTask, listTasks, type Task } from '../../db/stores/tasks.ts';
import { tasks } from '../../db/schema/index.ts';
import { Unknown } from '../failures.ts';
import { allow, audited, type Call } from './context.ts';

export interface TaskFilterInput {
  readonly role?: string | undefined;
  readonly case?: string | undefined;
  readonly kind?: string | undefined;
  readonly done?: boolean | undefined;
}

export async function tasksFor(call: Call, filter: TaskFilterInput): Promise<Task[]> {
  allow(call, 'task.read');
  const { schools } = call.caller;
  return listTasks(call.db, {
    ...(filter.role === undefined ? {} : { role: filter.role }),
    ...(filter.case === undefined ? {} : { caseNumber: filter.case }),
    ...(filter.kind === undefined ? {} : { kind: filter.kind }),
    ...(filter.done === undefined ? {} : { done: filter.done }),
    ...(schools === null ? {} : { schools }),
  });
}

export async function finishTask(call: Call, id: number, note?: string): Promise<Task> {
  allow(call, 'task.done');
  return call.db.transaction(async (tx) => {
    const [found] = await tx
      .select()
      .from(tasks)
      .where(and(eq(tasks.id, id)));
    const mine =
      found &&
      (call.caller.schools === null ||
        (found.school !== null && reaches(call.caller.schools, [found.school])));
    if (!found || !mine) throw new Unknown('UNKNOWN_TASK', `There is no task ${id} on your worklist.`);
    const done = await completeTask(tx, id, call.caller.id, note);
    if (done) await audited(tx, call, 'task.done', `task ${id}`);
    return done ?? found;
  });
}
