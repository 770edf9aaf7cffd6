/** The worklist: what waits for whom. */
import { and, eq } from 'drizzle-orm';
import { reaches } from '../../domain/access.ts';
import { officerOfUser } from '../../db/stores/officers.ts';
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
  const { schools, role } = call.caller;
  const own = filter.role === undefined ? OWN_WORKLIST[role] : undefined;
  const found = await listTasks(call.db, {
    ...(filter.role === undefined ? {} : { role: filter.role }),
    ...(own === undefined ? {} : { roles: own }),
    ...(filter.case === undefined ? {} : { caseNumber: filter.case }),
    ...(filter.kind === undefined ? {} : { kind: filter.kind }),
    ...(filter.done === undefined ? {} : { done: filter.done }),
    ...(schools === null ? {} : { schools }),
  });
  if (role !== 'attendance-officer' || own === undefined) return found;
  const me = (await officerOfUser(call.db, call.caller.id))?.id;
  return found.filter(({ details }) => details['officer'] === undefined || details['officer'] === me);
}

/**
 * Whose tasks are meant where nobody says: one's own. A clerk would else read the dispatcher's between theirs; an office's staff
 * stand in for one another and see all. The department has no Case Managers: what falls to them is the dispatcher's.
 */
const OWN_WORKLIST: Readonly<Record<string, readonly string[]>> = {
  school: ['school'],
  counselor: ['counselor'],
  'attendance-officer': ['attendance-officer'],
  dispatcher: ['dispatcher', 'case-manager'],
};

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
