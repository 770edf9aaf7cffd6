/** Visits a person should look at: entered times that cannot be, two places at once, a day without school. Flagged, not refused. */
import { sql } from 'drizzle-orm';
import type { Tx } from '../connect.ts';
import { firstOf } from './common.ts';
import { addTask } from './tasks.ts';

/** What a flag may say, several with a blank between them. */
export const VISIT_FLAGS = ['times-out-of-order', 'at-two-places', 'no-school-that-day'] as const;

/** After each change of a visit's times. `noSchool`: it began on a day without school; once said it stays. */
export async function flagVisit(tx: Tx, callNumber: string, nth: number, noSchool: boolean): Promise<void> {
  const row = await firstOf<{ flagged: string | null; officer: string }>(
    tx,
    sql`
      update visits v
         set flagged = nullif(concat_ws(' ',
               case when v.arrived_at < v.departed_at
                      or v.back_at < coalesce(v.arrived_at, v.departed_at) then 'times-out-of-order' end,
               case when exists (
                      select 1 from visits o
                       where o.officer = v.officer and (o.call_number, o.nth) <> (v.call_number, v.nth)
                         and o.departed_at < coalesce(v.back_at, 'infinity')
                         and coalesce(o.back_at, 'infinity') > v.departed_at) then 'at-two-places' end,
               case when ${noSchool} or v.flagged like '%no-school-that-day%' then 'no-school-that-day' end), '')
       where v.call_number = ${callNumber} and v.nth = ${nth}
      returning v.flagged, v.officer`,
  );
  if (!row || row.flagged === null) return;
  await addTask(tx, {
    key: `${callNumber}/visit/${nth}/${row.flagged}`,
    ...{
      kind: 'visit',
      caseNumber: callNumber,
      role: 'dispatcher',
      textCode: 'LOOK_AT_THE_TIMES_OF_A_VISIT',
    },
    details: { officer: row.officer, flagged: row.flagged },
  });
}
