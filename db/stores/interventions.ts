/** What schools did for a student before asking for a referral. */
import { and, eq, gte, isNull, lte, ne, sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { interventions } from '../schema/index.ts';
import { causeColumns, now } from './common.ts';
import type { Cause } from './common.ts';
import { lockStudent } from './cases.ts';

export type InterventionRow = typeof interventions.$inferSelect;

export interface NewIntervention {
  /** The caller's command id, or a hash of the content. */
  readonly id: string;
  readonly studentId: number;
  readonly caseNumber?: string | null | undefined;
  readonly kind: string;
  readonly date: IsoDate;
  readonly byWhom: string;
  readonly outcome?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly proof?: string | null | undefined;
  /** Office date of the entry. */
  readonly loggedOn: IsoDate;
  readonly invented?: boolean | undefined;
}

/** Several of one kind on a day are kept and flagged: a person looks at them. */
export const SAME_KIND_SAME_DAY = 'SAME_KIND_SAME_DAY';

/**
 * Keeps an intervention once; the same id again gives the first row. The domain has judged it before (a ticket never gets
 * here). Lock order: student → interventions.
 */
export async function addIntervention(
  tx: Tx,
  given: NewIntervention,
  cause: Cause,
): Promise<{ added: boolean; intervention: InterventionRow }> {
  await lockStudent(tx, given.studentId);
  const [before] = await tx.select().from(interventions).where(eq(interventions.id, given.id));
  if (before) return { added: false, intervention: before };
  const twins = and(
    eq(interventions.studentId, given.studentId),
    eq(interventions.kind, given.kind),
    eq(interventions.date, given.date),
    isNull(interventions.voidAt),
    ne(interventions.id, given.id),
  );
  const flaggedTwins = await tx
    .update(interventions)
    .set({ flagged: SAME_KIND_SAME_DAY })
    .where(twins)
    .returning({ id: interventions.id });
  const [row] = await tx
    .insert(interventions)
    .values({
      ...given,
      flagged: flaggedTwins.length > 0 ? SAME_KIND_SAME_DAY : null,
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the intervention could not be kept');
  return { added: true, intervention: row };
}

/** A student's interventions by date, in the order logged; void ones only when asked. */
export async function interventionsOf(
  db: Db,
  studentId: number,
  filter: { from?: IsoDate; to?: IsoDate; withVoid?: boolean } = {},
): Promise<InterventionRow[]> {
  return db
    .select()
    .from(interventions)
    .where(
      and(
        eq(interventions.studentId, studentId),
        filter.withVoid === true ? undefined : isNull(interventions.voidAt),
        filter.from === undefined ? undefined : gte(interventions.date, filter.from),
        filter.to === undefined ? undefined : lte(interventions.date, filter.to),
      ),
    )
    .orderBy(interventions.date, interventions.at, sql`${interventions.id}`);
}

/** Takes an entry back, visibly; undefined when there is none in force. Lock order: student → interventions. */
export async function voidIntervention(
  tx: Tx,
  id: string,
  reason: string,
  by: string,
): Promise<InterventionRow | undefined> {
  const [found] = await tx.select().from(interventions).where(eq(interventions.id, id));
  if (!found) return undefined;
  await lockStudent(tx, found.studentId);
  const [row] = await tx
    .update(interventions)
    .set({ voidReason: reason, voidAt: now(), voidBy: by })
    .where(and(eq(interventions.id, id), isNull(interventions.voidAt)))
    .returning();
  return row;
}

/** Ties interventions logged before there was a case to it. */
export async function attachInterventions(tx: Tx, studentId: number, caseNumber: string): Promise<void> {
  await tx
    .update(interventions)
    .set({ caseNumber })
    .where(and(eq(interventions.studentId, studentId), isNull(interventions.caseNumber)));
}
