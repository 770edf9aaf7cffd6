/** What intake asks of the service calls there are. */
import { and, eq } from 'drizzle-orm';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { Db } from '../connect.ts';
import { serviceCalls } from '../schema/index.ts';

/** The open call of a kind for a student, by number; a second one would send a second officer. */
export async function openCallOfStudent(db: Db, studentId: number, kind: CallKind): Promise<string | null> {
  const [row] = await db
    .select({ number: serviceCalls.number })
    .from(serviceCalls)
    .where(
      and(
        eq(serviceCalls.studentId, studentId),
        eq(serviceCalls.kind, kind),
        eq(serviceCalls.status, 'open'),
      ),
    );
  return row?.number ?? null;
}
