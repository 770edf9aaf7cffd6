/** Telling cases of a changed calendar: each gets its student's own, composed of the schools attended. */
import { sql } from 'drizzle-orm';
import type { IsoDate } from '../../domain/dates.ts';
import type { Tx } from '../../db/connect.ts';
import { caseByNumber } from '../../db/stores/cases.ts';
import { firstOf } from '../../db/stores/common.ts';
import type { Call } from './context.ts';
import { calendarOfStudent } from './opening.ts';
import { tellCase } from './tell-case.ts';

/** Locks: the case (so that two changes get two versions), its outbox head. */
export async function tellCalendar(
  tx: Tx,
  call: Call,
  caseNumber: string,
  because: string,
  officeDate: IsoDate,
): Promise<void> {
  await tx.execute(sql`select 1 from cases where number = ${caseNumber} for no key update`);
  const row = await caseByNumber(tx, caseNumber);
  if (row?.status !== 'open') return;
  const { calendar } = await calendarOfStudent(tx, row.studentId, row.school);
  const version = (await versionTold(tx, caseNumber)) + 1;
  await tellCase(tx, call, row, { type: 'calendar', version, calendar, because }, officeDate);
}

/** The version the case was last told: its own count, as its calendar is composed of several schools'. */
async function versionTold(tx: Tx, caseNumber: string): Promise<number> {
  const row = await firstOf<{ version: number | null }>(
    tx,
    sql`
      select max(coalesce(payload ->> 'version', payload -> 'opening' ->> 'calendarVersion')::int) as version
        from outbox where case_number = ${caseNumber} and (kind = 'start' or name = 'changeCalendar')`,
  );
  return row?.version ?? 0;
}
