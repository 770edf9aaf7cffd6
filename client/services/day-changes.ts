/**
 * What a change of the records means for the cases: the days whose unexcused part is other than before. One message a
 * case and change, however many marks changed; none where nothing did.
 */
import { sql } from 'drizzle-orm';
import type { UnexcusedDay } from '../../domain/case/state.ts';
import type { Coverage } from '../../domain/coverage.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { diffDays } from '../../domain/rehearsal.ts';
import type { Tx } from '../../db/connect.ts';
import { openCasesOfStudents } from '../../db/stores/attendance.ts';
import { dueCases } from '../../db/stores/cases.ts';
import { asInts } from '../../db/stores/common.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { enqueueMany, type Message } from '../../db/stores/outbox.ts';
import { actorOf, policyOf, type Call } from './context.ts';
import { unexcusedDaysOf } from './opening.ts';
import { factMessage } from './tell-case.ts';

export interface DayChanges {
  /** Cases told, by number. */
  readonly told: readonly string[];
}

/**
 * Runs `work` on the marks of these students and tells their open cases what changed; cases of `covered` schools with
 * something due by the office date are told in any case: they may have waited for these days to be known.
 * Lock order: students by id (so that no case opens in between) → whatever `work` locks → outbox heads.
 */
export async function withDayChanges<T>(
  tx: Tx,
  call: Call,
  scope: { students: readonly number[]; covered: () => readonly string[]; officeDate: IsoDate },
  work: () => Promise<T>,
): Promise<{ result: T } & DayChanges> {
  const { officeDate } = scope;
  const policy = await policyOf(call, tx);
  await tx.execute(
    sql`select 1 from students where id = any(${asInts(scope.students)}) order by id for no key update`,
  );
  const open = await openCasesOfStudents(tx, scope.students);
  const before = new Map<string, Map<IsoDate, UnexcusedDay>>();
  for (const one of open) {
    before.set(one.caseNumber, byDate(await unexcusedDaysOf(tx, one.studentId, policy)));
  }
  const result = await work();
  const known = new Map<string, Coverage>();
  const coverage = async (school: string) => {
    const found = known.get(school) ?? (await coverageOf(tx, school));
    known.set(school, found);
    return found;
  };
  const messages: Message[] = [];
  const tell = async (caseNumber: string, school: string, days: readonly UnexcusedDay[]) => {
    messages.push(
      factMessage(
        caseNumber,
        { type: 'attendance', days },
        {
          officeDate,
          coverage: await coverage(school),
          actor: actorOf(call),
        },
      ),
    );
  };
  const told = new Set<string>();
  for (const one of open) {
    const after = byDate(await unexcusedDaysOf(tx, one.studentId, policy));
    const days = diffDays(before.get(one.caseNumber) ?? new Map<IsoDate, UnexcusedDay>(), after);
    if (days.length === 0) continue;
    told.add(one.caseNumber);
    await tell(one.caseNumber, one.school, days);
  }
  for (const school of new Set(scope.covered())) {
    for (const number of await dueCases(tx, school, officeDate)) {
      if (told.has(number)) continue;
      told.add(number);
      await tell(number, school, []);
    }
  }
  messages.sort((a, b) => (a.caseNumber < b.caseNumber ? -1 : 1));
  await enqueueMany(tx, messages);
  return { result, told: [...told].sort() };
}

function byDate(days: readonly UnexcusedDay[]): Map<IsoDate, UnexcusedDay> {
  return new Map(days.map((day) => [day.date, day]));
}
