/** Interventions: judged at the door, kept with the message that tells the case, which the first one opens. */
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { interventionRefusal } from '../../domain/interventions.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { caseByNumber, lockStudent } from '../../db/stores/cases.ts';
import {
  addIntervention,
  interventionsOf,
  voidIntervention,
  type InterventionRow,
} from '../../db/stores/interventions.ts';
import { interventions } from '../../db/schema/index.ts';
import { getStudent, type Student } from '../../db/stores/students.ts';
import { Refused, Unknown } from '../failures.ts';
import { allow, audited, caseFor, causeOf, isInvented, studentFor, todayOf, type Call } from './context.ts';
import { policyOfStudent } from './case-policies.ts';
import { bringEarlierInterventions, calendarOfStudent, openOrGetCase } from './opening.ts';
import { deliverNow, tellCase } from './tell-case.ts';

export interface NewInterventionInput {
  readonly id?: string | undefined;
  /** SIS number; or the case. */
  readonly student?: string | undefined;
  readonly case?: string | undefined;
  readonly kind: string;
  readonly date: IsoDate;
  readonly by: string;
  readonly outcome: string;
  readonly description?: string | undefined;
  readonly proof?: string | undefined;
}

export interface InterventionShown {
  readonly id: string;
  readonly kind: string;
  readonly date: IsoDate;
  readonly by: string;
  readonly outcome: string | null;
  readonly description: string | null;
  readonly proof: string | null;
  readonly loggedOn: IsoDate;
  readonly loggedBy: string;
  readonly caseNumber: string | null;
  readonly flagged: string | null;
  readonly invented: boolean;
  readonly void: { readonly reason: string | null } | null;
}

export function showIntervention(row: InterventionRow): InterventionShown {
  return {
    id: row.id,
    kind: row.kind,
    date: row.date,
    by: row.byWhom,
    outcome: row.outcome,
    description: row.description,
    proof: row.proof,
    loggedOn: row.loggedOn,
    loggedBy: `${row.role} ${row.actor}`,
    caseNumber: row.caseNumber,
    flagged: row.flagged,
    invented: row.invented,
    void: row.voidAt === null ? null : { reason: row.voidReason },
  };
}

export interface InterventionAnswer {
  readonly intervention: InterventionShown;
  readonly caseNumber: string;
  /** This one opened the case. */
  readonly opened: boolean;
  /** It was there already: nothing was done twice. */
  readonly repeated: boolean;
  /** Kept, but the case has not been told yet (Temporal is away). */
  readonly waits: boolean;
}

export async function logIntervention(call: Call, input: NewInterventionInput): Promise<InterventionAnswer> {
  allow(call, 'intervention.write');
  return keepIntervention(call, input);
}

/** The same, for what an office's own policy counts as one: whoever did it need not be allowed to log others. */
export async function keepIntervention(call: Call, input: NewInterventionInput): Promise<InterventionAnswer> {
  const { db } = call;
  const student = await subjectOf(call, db, input);
  const done = await db.transaction(async (tx) => {
    const today = await todayOf(tx);
    await lockStudent(tx, student.id);
    const id = await idFor(tx, student, input);
    const [before] = await tx.select().from(interventions).where(eq(interventions.id, id));
    if (before) return repeated(before, student, input);
    const { calendar } = await calendarOfStudent(tx, student.id);
    const no = interventionRefusal(input, await policyOfStudent(call, tx, student.id), today, calendar);
    if (no) throw new Refused(no);
    const { opened, case: row } = await openOrGetCase(tx, call, student, today);
    if (opened) await bringEarlierInterventions(tx, call, row, today);
    const { intervention } = await addIntervention(
      tx,
      {
        id,
        studentId: student.id,
        caseNumber: row.number,
        kind: input.kind,
        date: input.date,
        byWhom: input.by,
        outcome: input.outcome,
        description: input.description,
        proof: input.proof,
        loggedOn: today,
        invented: isInvented(call),
      },
      causeOf(call),
    );
    await tellCase(tx, call, row, { type: 'intervention', id, kind: input.kind, date: input.date }, today);
    await audited(tx, call, 'intervention.logged', `case ${row.number}`, {
      id,
      kind: input.kind,
      date: input.date,
    });
    return { intervention, caseNumber: row.number, opened, repeated: false };
  });
  const waits = await deliverNow(call, db, done.caseNumber);
  return { ...done, intervention: showIntervention(done.intervention), waits };
}

async function subjectOf(call: Call, db: Db, input: NewInterventionInput): Promise<Student> {
  if ((input.student === undefined) === (input.case === undefined)) {
    throw new InputFault('BAD_SUBJECT', 'give either the student (SIS number) or the case', 'student');
  }
  if (input.student !== undefined) return studentFor(call, db, input.student);
  const { row, student } = await caseFor(call, db, input.case!);
  if (row.status === 'closed') {
    throw new Refused(
      refusal(
        'CASE_CLOSED',
        `Case ${row.number} is closed; name the student instead and a new case opens that links to it.`,
      ),
    );
  }
  return student;
}

/** The caller's id, or one made of the content: the same one sent twice counts once, unless it was voided in between. */
async function idFor(db: Db, student: Student, input: NewInterventionInput): Promise<string> {
  if (input.id !== undefined) return input.id;
  const content = [student.id, input.kind, input.date, input.by, input.outcome, input.description ?? ''];
  for (let n = 1; ; n += 1) {
    const id = `i-${createHash('sha256')
      .update(JSON.stringify([...content, n]))
      .digest('hex')
      .slice(0, 24)}`;
    const [row] = await db.select().from(interventions).where(eq(interventions.id, id));
    if (!row || row.voidAt === null) return id;
  }
}

function repeated(before: InterventionRow, student: Student, input: NewInterventionInput) {
  const same =
    before.studentId === student.id &&
    before.kind === input.kind &&
    before.date === input.date &&
    before.byWhom === input.by &&
    before.outcome === input.outcome;
  if (!same || before.caseNumber === null) {
    throw new Refused(refusal('ID_REUSED', 'This id was used for another intervention; choose a new one.'));
  }
  return { intervention: before, caseNumber: before.caseNumber, opened: false, repeated: true };
}

export async function voidOne(
  call: Call,
  id: string,
  reason: string,
): Promise<{ intervention: InterventionShown; waits: boolean }> {
  allow(call, 'intervention.write');
  const { db } = call;
  const done = await db.transaction(async (tx) => {
    const [found] = await tx.select().from(interventions).where(eq(interventions.id, id));
    const student = found && (await getStudent(tx, found.studentId));
    if (!found || !student) throw unknownIntervention();
    await studentFor(call, tx, student.sisId).catch(() => {
      throw unknownIntervention();
    });
    if (found.voidAt !== null) return found;
    const row = found.caseNumber === null ? undefined : await caseByNumber(tx, found.caseNumber);
    if (row) await refuseIfCounted(row.projection, found);
    const voided = (await voidIntervention(tx, id, reason, call.caller.id)) ?? found;
    if (row?.status === 'open') {
      await tellCase(tx, call, row, { type: 'intervention-void', id, reason }, await todayOf(tx));
    }
    await audited(tx, call, 'intervention.voided', `case ${found.caseNumber ?? 'none'}`, { id });
    return voided;
  });
  const waits = done.caseNumber !== null && (await deliverNow(call, db, done.caseNumber));
  return { intervention: showIntervention(done), waits };
}

function unknownIntervention(): Unknown {
  return new Unknown(
    'UNKNOWN_INTERVENTION',
    'There is no such intervention here; `intervention list` shows their ids.',
  );
}

/** One a referral was made on stands: the letter says so. */
async function refuseIfCounted(projection: unknown, row: InterventionRow): Promise<void> {
  const known = (projection as { interventions?: { id: string; countedFor: number | null }[] } | null)
    ?.interventions;
  const counted = known?.find((one) => one.id === row.id)?.countedFor;
  if (counted !== undefined && counted !== null) {
    throw new Refused(
      refusal(
        'INTERVENTION_COUNTED',
        `Referral ${counted} rests on this intervention of ${shortDate(row.date)}; withdraw the referral first.`,
        { referral: counted },
      ),
    );
  }
}

export async function listOf(
  call: Call,
  subject: { student?: string | undefined; case?: string | undefined; withVoid?: boolean | undefined },
): Promise<InterventionShown[]> {
  allow(call, 'intervention.read');
  const student =
    subject.student !== undefined
      ? await studentFor(call, call.db, subject.student)
      : (await caseFor(call, call.db, subject.case ?? '')).student;
  const rows = await interventionsOf(call.db, student.id, { withVoid: subject.withVoid ?? false });
  return rows
    .filter((row) => subject.case === undefined || row.caseNumber === subject.case)
    .map(showIntervention);
}
