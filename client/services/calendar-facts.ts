/** Telling cases of a changed calendar: each gets its student's own, composed of the schools attended. */
import { sql } from 'drizzle-orm';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Tx } from '../../db/connect.ts';
import { caseByNumber, type CaseRow } from '../../db/stores/cases.ts';
import { asTexts, firstOf } from '../../db/stores/common.ts';
import { coverageOfStudents } from '../../db/stores/coverage.ts';
import { enqueueMany, type Message } from '../../db/stores/outbox.ts';
import { actorOf, type Call } from './context.ts';
import { calendarOfStudent } from './opening.ts';
import { factMessage } from './tell-case.ts';

/** Locks: the cases by number (so that two changes get two versions), then their outbox heads. */
export async function tellCalendar(
  tx: Tx,
  call: Call,
  caseNumbers: readonly string[],
  because: string,
  officeDate: IsoDate,
): Promise<void> {
  await enqueueMany(tx, await calendarMessages(tx, call, caseNumbers, because, officeDate));
}

/** The messages alone, for who has more to tell in one go. Locks: the cases by number. */
export async function calendarMessages(
  tx: Tx,
  call: Call,
  caseNumbers: readonly string[],
  because: string,
  officeDate: IsoDate,
): Promise<Message[]> {
  const open = await lockOpenCases(tx, caseNumbers);
  const known = await coverageOfStudents(
    tx,
    open.map((row) => row.studentId),
  );
  const messages: Message[] = [];
  for (const row of open) {
    const fact = { type: 'calendar' as const, ...(await nextCalendar(tx, row)), because };
    const coverage = known.get(row.studentId) ?? [];
    messages.push(factMessage(row.number, fact, { officeDate, coverage, actor: actorOf(call) }));
  }
  return messages;
}

/** Those of the cases that are open, locked, by number. */
export async function lockOpenCases(tx: Tx, caseNumbers: readonly string[]): Promise<CaseRow[]> {
  await tx.execute(sql`
    select 1 from cases where number = any(${asTexts(caseNumbers)}) order by number for no key update`);
  const open: CaseRow[] = [];
  for (const number of [...new Set(caseNumbers)].sort()) {
    const row = await caseByNumber(tx, number);
    if (row?.status === 'open') open.push(row);
  }
  return open;
}

/** The student's calendar as it stands now, under the case's next number for one. Needs the case's lock. */
export async function nextCalendar(
  tx: Tx,
  row: Pick<CaseRow, 'number' | 'studentId' | 'school'>,
): Promise<{ version: number; calendar: SchoolCalendar }> {
  const { calendar } = await calendarOfStudent(tx, row.studentId, row.school);
  return { version: (await versionTold(tx, row.number)) + 1, calendar };
}

/** The version the case was last told: its own count, as its calendar is composed of several schools'. */
async function versionTold(tx: Tx, caseNumber: string): Promise<number> {
  const row = await firstOf<{ version: number | null }>(
    tx,
    sql`
      select max(coalesce(payload ->> 'version', payload -> 'opening' ->> 'calendarVersion')::int) as version
        from outbox
       where case_number = ${caseNumber} and (kind = 'start' or name in ('changeCalendar', 'transferStudent'))`,
  );
  return row?.version ?? 0;
}
