/**
 * What a change of the records means for the cases: the days whose unexcused part is other than before. One message a
 * case and change, however many marks changed; none where nothing did.
 */
import { sql } from 'drizzle-orm';
import { unexcusedPerDay } from '../../domain/attendance.ts';
import type { UnexcusedDay } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { diffDays } from '../../domain/rehearsal.ts';
import type { Tx } from '../../db/connect.ts';
import { marksOfStudents, openCasesOfStudents } from '../../db/stores/attendance.ts';
import { dueCases, type CoveredDays } from '../../db/stores/cases.ts';
import { asInts } from '../../db/stores/common.ts';
import { coverageOfStudents } from '../../db/stores/coverage.ts';
import { enqueueMany, type Message } from '../../db/stores/outbox.ts';
import { endSilences } from '../../db/stores/silences.ts';
import { actorOf, type Call } from './context.ts';
import { policiesOfCases } from './case-policies.ts';
import { monitorNews, watchedBefore } from './monitor-facts.ts';
import { factMessage } from './tell-case.ts';
import { tellCallsOfMarks } from './tell-department.ts';

export interface DayChanges {
  /** Cases told, by number. */
  readonly told: readonly string[];
}

/**
 * Runs `work` on the marks of these students and tells their open cases what changed; cases with something due by the
 * office date whose students were at a `covered` school then are told in any case: they may have waited for these days to
 * be known. A covered school of which nothing had arrived is silent no more.
 * Lock order: students by id (so that no case opens in between) → whatever `work` locks → outbox heads.
 */
export async function withDayChanges<T>(
  tx: Tx,
  call: Call,
  scope: {
    students: readonly number[];
    covered: () => readonly CoveredDays[];
    officeDate: IsoDate;
    /** What cases are told before the days, in the same go: outboxes are locked once, by case number. */
    also?: () => Promise<readonly Message[]>;
  },
  work: () => Promise<T>,
): Promise<{ result: T } & DayChanges> {
  const { officeDate } = scope;
  await tx.execute(
    sql`select 1 from students where id = any(${asInts(scope.students)}) order by id for no key update`,
  );
  const open = await openCasesOfStudents(tx, scope.students);
  // Each case's days are counted by the version of the policy it goes by.
  const policies = await policiesOfCases(
    call,
    tx,
    open.map((one) => one.caseNumber),
  );
  const daysOfAll = async (): Promise<Map<string, Map<IsoDate, UnexcusedDay>>> => {
    const marks = await marksOfStudents(
      tx,
      open.map((one) => one.studentId),
    );
    return new Map(
      open.map(({ caseNumber, studentId }) => [
        caseNumber,
        byDate(unexcusedPerDay(marks.get(studentId) ?? [], policies(caseNumber).counting)),
      ]),
    );
  };
  const before = await daysOfAll();
  const watched = await watchedBefore(tx, scope.students);
  const result = await work();
  const first = (await scope.also?.()) ?? [];
  const after = await daysOfAll();
  const none = new Map<IsoDate, UnexcusedDay>();
  const told = new Map<string, { studentId: number; days: readonly UnexcusedDay[] }>();
  for (const { caseNumber, studentId } of open) {
    const days = diffDays(before.get(caseNumber) ?? none, after.get(caseNumber) ?? none);
    if (days.length > 0) told.set(caseNumber, { studentId, days });
  }
  const covered = scope.covered();
  for (const { caseNumber, studentId } of await dueCases(tx, covered, officeDate)) {
    if (!told.has(caseNumber)) told.set(caseNumber, { studentId, days: [] });
  }
  const known = await coverageOfStudents(
    tx,
    [...told.values()].map((one) => one.studentId),
  );
  const days = [...told].map(([caseNumber, { studentId, days }]) =>
    factMessage(
      caseNumber,
      { type: 'attendance', days },
      { officeDate, coverage: known.get(studentId) ?? [], actor: actorOf(call) },
    ),
  );
  const monitors = await monitorNews(tx, watched, scope.students, covered, officeDate);
  const messages = [...first, ...days, ...monitors].sort((a, b) =>
    a.caseNumber < b.caseNumber ? -1 : a.caseNumber > b.caseNumber ? 1 : 0,
  );
  await enqueueMany(tx, messages);
  await tellCallsOfMarks(tx, call, scope.students, officeDate);
  await endSilences(
    tx,
    covered.map((one) => one.school),
    officeDate,
  );
  return { result, told: [...new Set(messages.map((one) => one.caseNumber))] };
}

function byDate(days: readonly UnexcusedDay[]): Map<IsoDate, UnexcusedDay> {
  return new Map(days.map((day) => [day.date, day]));
}
