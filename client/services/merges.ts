/**
 * Duplicate students: everything of one is brought to the other, whose number and case go on. First the duplicate's open
 * case closes (a case that may not close refuses the merge); the rest is one transaction. Said twice, it is done once.
 */
import { stageOf } from '../../domain/case/state.ts';
import { addDays, shortDate, type IsoDate } from '../../domain/dates.ts';
import { furtherOn, planEnrollments, planMarks, type MarkConflict } from '../../domain/merge.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import { caseByNumber, openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import { ROSTER, serialise, shareTurn } from '../../db/stores/common.ts';
import { endEnrollments, enrollmentsOf } from '../../db/stores/enrollments.ts';
import {
  bringContacts,
  bringEnrollments,
  bringGuardianships,
  bringInterventions,
  bringMarks,
  casesContinuedBy,
  isMerged,
  markMerged,
  recordUnder,
  standingMarks,
  type NumberedStudent,
} from '../../db/stores/merges.ts';
import type { Message } from '../../db/stores/outbox.ts';
import type { Student } from '../../db/stores/students.ts';
import { addTask } from '../../db/stores/tasks.ts';
import { OutOfReach, Refused, Unknown } from '../failures.ts';
import { calendarMessages, lockOpenCases } from './calendar-facts.ts';
import { stateOf } from './cases.ts';
import { allow, audited, caseFor, causeOf, studentFor, todayOf, type Call } from './context.ts';
import { withDayChanges } from './day-changes.ts';
import { closeCase } from './decisions/referrals.ts';
import { calendarOfStudent } from './opening.ts';
import { deliverNow, messageTo, type BareFact } from './tell-case.ts';

export interface MergeInput {
  /** Number of the duplicate. */
  readonly student: string;
  /** Number of the student that stays. */
  readonly into: string;
  readonly reason: string;
  /** First day of the one that stays at their school, where no source says it and the duplicate was at another. */
  readonly since?: IsoDate | undefined;
  readonly id?: string | undefined;
}

export interface MergeAnswer {
  readonly student: string;
  readonly into: string;
  /** They had been merged before; nothing was done. */
  readonly repeated: boolean;
  /** The duplicate's case, closed by this. */
  readonly closed: string | null;
  /** The case that goes on. */
  readonly caseNumber: string | null;
  readonly marks: { readonly brought: number; readonly conflicts: readonly MarkConflict[] };
  readonly interventions: number;
  readonly contacts: number;
  readonly guardians: number;
  readonly enrollments: number;
  /** Schools of the duplicate that could not be brought: nobody said from when the one that stays was at theirs. */
  readonly notBrought: readonly string[];
  /** Kept, but the case has not been told yet (Temporal is away). */
  readonly waits: boolean;
}

/** The same, by the numbers of two cases. */
export async function mergeCases(
  call: Call,
  number: string,
  input: Omit<MergeInput, 'student'>,
): Promise<MergeAnswer> {
  allow(call, 'case.merge');
  const [duplicate, survivor] = [
    await caseFor(call, call.db, number),
    await caseFor(call, call.db, input.into),
  ];
  return mergeStudents(call, {
    ...input,
    student: duplicate.student.sisId,
    into: survivor.student.sisId,
  });
}

export async function mergeStudents(call: Call, input: MergeInput): Promise<MergeAnswer> {
  allow(call, 'case.merge');
  const { db } = call;
  // Both within the caller's reach; the duplicate's number answers with the survivor once they are merged.
  await studentFor(call, db, input.student);
  const survivor = await studentFor(call, db, input.into);
  const duplicate = await recordUnder(db, input.student);
  if (!duplicate) throw new Unknown('UNKNOWN_STUDENT', 'There is no student of this number here.');
  if (duplicate.mergedInto !== null) return mergedBefore(duplicate, survivor);
  if (duplicate.id === survivor.id)
    throw new InputFault('SAME_STUDENT', 'these are one student already; name two numbers', 'into');

  const open = await openCaseOfStudent(db, duplicate.id);
  const going = await openCaseOfStudent(db, survivor.id);
  if (open) {
    const other = otherWay(open, going);
    if (other) throw new Refused(other);
    const answer = await closeCase(call, open.number, {
      id: input.id === undefined ? `merge-${duplicate.id}-into-${survivor.id}` : `${input.id}/close`,
      reason: 'duplicate',
      note: input.reason,
      continuedBy: going?.number,
    });
    if (answer.stale) {
      throw new OutOfReach(
        `Case ${open.number} is closed, but its last write has not come yet; repeat the merge to finish it.`,
      );
    }
  }
  const done = await db.transaction((tx) => mergeIn(tx, call, duplicate, survivor, input));
  const waits = done.caseNumber !== null && (await deliverNow(call, db, done.caseNumber));
  return { ...done, closed: open?.number ?? null, waits };
}

/** Why the record named as the duplicate should be the one that stays; null where it may go. */
function otherWay(open: CaseRow, going: CaseRow | undefined) {
  const mend = 'merge the other way round, so that this case goes on';
  if (!going) {
    return refusal(
      'MERGE_OTHER_WAY',
      `Only the duplicate has an open case (${open.number}): ${mend}, or open a case for the student that stays first.`,
      { open: open.number },
    );
  }
  const [mine, theirs] = [stateOf(open), stateOf(going)];
  if (mine && furtherOn(stageOf(mine), theirs ? stageOf(theirs) : 'interventions')) {
    return refusal(
      'MERGE_OTHER_WAY',
      `Case ${open.number} of the duplicate has come further than ${going.number}, and a case that ends takes its referrals with it: ${mend}.`,
      { open: open.number, going: going.number },
    );
  }
  return null;
}

const NOTHING = {
  repeated: false,
  marks: { brought: 0, conflicts: [] },
  interventions: 0,
  contacts: 0,
  guardians: 0,
  enrollments: 0,
  notBrought: [],
} as const;

function mergedBefore(duplicate: NumberedStudent, survivor: Student): MergeAnswer {
  if (duplicate.mergedInto !== survivor.id) {
    throw new Refused(
      refusal(
        'MERGED_ELSEWHERE',
        'This number was merged into another student before; `student show` with it says which.',
      ),
    );
  }
  return {
    ...NOTHING,
    student: duplicate.sisId,
    into: survivor.sisId,
    repeated: true,
    closed: null,
    caseNumber: null,
    waits: false,
  };
}

async function mergeIn(
  tx: Tx,
  call: Call,
  duplicate: NumberedStudent,
  survivor: Student,
  input: MergeInput,
): Promise<Omit<MergeAnswer, 'closed' | 'waits'>> {
  const [cause, today] = [causeOf(call), await todayOf(tx)];
  await shareTurn(tx, ROSTER);
  const [from, to] = [duplicate.id, survivor.id];
  // Merging attendance locks a source before the students; so does this.
  const sources = new Set((await standingMarks(tx, from)).map((mark) => mark.source));
  for (const source of [...sources].sort()) await serialise(tx, `marks/${source}`);
  let going: CaseRow | undefined;
  let before = '';
  const told: BareFact[] = [];
  const { result } = await withDayChanges(
    tx,
    call,
    {
      students: [from, to],
      covered: () => [],
      officeDate: today,
      also: () => messagesFor(tx, call, going, before, told, today),
    },
    async () => {
      await refuseIfChanged(tx, from, to);
      going = await openCaseOfStudent(tx, to);
      await lockOpenCases(tx, going ? [going.number] : []);
      const ended = going ? await casesContinuedBy(tx, from, going.number) : [];
      before = JSON.stringify((await calendarOfStudent(tx, to)).calendar);

      const marks = planMarks(await standingMarks(tx, from), await standingMarks(tx, to));
      const seen = (await standingMarks(tx, to)).find((mark) => !mark.withdrawn)?.date ?? null;
      const enrolled = { from: await enrollmentsOf(tx, from), to: await enrollmentsOf(tx, to) };
      const places = planEnrollments(enrolled.from, enrolled.to, input.since ?? seen);
      await bringMarks(tx, to, marks, input.reason, cause);
      await bringEnrollments(tx, to, places, cause);
      const guardians = await bringGuardianships(tx, from, to, cause);
      const tried = await bringInterventions(tx, from, to, {
        ended,
        going: going?.number ?? null,
        counted: await countedIn(tx, ended),
      });
      const contacts = going ? await bringContacts(tx, to, ended, going.number) : [];
      if (going) {
        told.push(...tried.going.map((one) => ({ type: 'intervention' as const, ...one })));
        told.push(...contacts.map((one) => ({ type: 'contact' as const, ...one })));
        await askToCompare(tx, going, ended, today);
      }
      await endEnrollments(tx, from, addDays(today, -1), cause);
      await markMerged(tx, from, to, cause);
      const schools = new Set([...enrolled.to, ...places.bring].map((one) => one.school));
      return {
        marks: { brought: marks.bring.length, conflicts: marks.conflicts },
        interventions: tried.brought,
        contacts: contacts.length,
        guardians,
        enrollments: places.bring.length,
        notBrought: [...new Set(enrolled.from.map((one) => one.school))].filter((one) => !schools.has(one)),
      };
    },
  );
  await audited(tx, call, 'student.merged', `student ${from}`, {
    into: to,
    reason: input.reason,
    marks: result.marks.brought,
    conflicts: result.marks.conflicts.length,
    interventions: result.interventions,
    guardians: result.guardians,
  });
  return {
    ...result,
    student: duplicate.sisId,
    into: survivor.sisId,
    repeated: false,
    caseNumber: going?.number ?? null,
  };
}

/** Under the lock: what was true when the case was asked to close must still be. */
async function refuseIfChanged(tx: Tx, from: number, to: number): Promise<void> {
  const changed =
    (await isMerged(tx, from)) ||
    (await isMerged(tx, to)) ||
    (await openCaseOfStudent(tx, from)) !== undefined;
  if (!changed) return;
  throw new Refused(
    refusal(
      'CHANGED_MEANWHILE',
      'One of the two has changed at this moment (a case was opened, or they were merged); look at both and say it again.',
    ),
  );
}

/** Interventions a referral of the duplicate's cases rests on: each counts for one referral only, ever. */
async function countedIn(tx: Tx, numbers: readonly string[]): Promise<string[]> {
  const counted: string[] = [];
  for (const number of numbers) {
    const row = await caseByNumber(tx, number);
    const state = row && stateOf(row);
    for (const one of state?.interventions ?? []) if (one.countedFor !== null) counted.push(one.id);
  }
  return counted;
}

/** Holds, caseload and letters of the case that ended do not come by themselves: a person looks at both. */
async function askToCompare(tx: Tx, going: CaseRow, ended: readonly string[], today: IsoDate): Promise<void> {
  for (const number of ended) {
    await addTask(tx, {
      key: `merged/${going.number}/${number}`,
      kind: 'student-merged',
      caseNumber: going.number,
      school: going.school,
      role: 'case-manager',
      textCode: 'COMPARE_WITH_THE_MERGED_CASE',
      details: { merged: number },
      createdOn: today,
    });
  }
}

/** For the case that goes on, before the changed days: the calendar the days count on, and what was tried. */
async function messagesFor(
  tx: Tx,
  call: Call,
  going: CaseRow | undefined,
  before: string,
  told: readonly BareFact[],
  today: IsoDate,
): Promise<Message[]> {
  if (!going) return [];
  const after = JSON.stringify((await calendarOfStudent(tx, going.studentId)).calendar);
  const because = `two records of the student became one on ${shortDate(today)}`;
  const messages = after === before ? [] : await calendarMessages(tx, call, [going.number], because, today);
  for (const fact of told) messages.push(await messageTo(tx, call, going, fact, today));
  return messages;
}
