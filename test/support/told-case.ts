/** What a case has been told, folded by its own rules; and the same days counted by SQL over the records alone. */
import { sql } from 'drizzle-orm';
import { indexCalendar } from '../../domain/calendar.ts';
import { takeFact, type Fact } from '../../domain/case/facts.ts';
import { beginCase } from '../../domain/case/opening.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { Database } from '../../db/connect.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import type { CaseInput } from '../../workflows/truancy-case.messages.ts';

/** The case as its outbox makes it; each message may arrive several times, and counts once. */
export async function toldCase(db: Database, caseNumber: string, repeats = 1): Promise<CaseState> {
  const [start, ...rows] = await outboxOf(db, caseNumber);
  if (start?.kind !== 'start') throw new Error(`${caseNumber} has not been started`);
  const { opening } = start.payload as unknown as CaseInput;
  let cal = indexCalendar(opening.calendar);
  let { state } = beginCase(opening, cal);
  let last = start.seq;
  for (const row of rows.flatMap((one) => Array.from({ length: repeats }, () => one))) {
    // The workflow's own check of what the relay repeats.
    if (row.seq <= last) continue;
    last = row.seq;
    const fact = row.payload as unknown as Fact;
    state = takeFact(state, fact, cal).state;
    if (fact.type === 'calendar' || fact.type === 'transfer') cal = indexCalendar(fact.calendar);
  }
  return state;
}

/** The unexcused part of each day: within a source marks add up, between sources of one school the larger holds. */
export async function daysBySql(db: Database, sisId: string): Promise<{ date: string; fraction: number }[]> {
  return rowsOf(
    db,
    sql`
      with marks as (
        select distinct m.date, m.school, m.source, m.code, m.fraction, c.category
          from attendance_marks m
          join students s on s.id = m.student_id and s.sis_id = ${sisId}
          left join code_maps c on c.source = m.source and c.code = m.code
         where m.current and not m.withdrawn
      ), taken as (
        select date, sum(fraction) as part from (
          select distinct date, school, code, category, fraction from marks
           where category in ('excused', 'medical', 'homebound', 'suspension', 'remote')
        ) once group by 1
      ), told as (
        select date, school, source, sum(fraction) as part from marks where category = 'unexcused' group by 1, 2, 3
      ), unexcused as (
        select date, sum(part) as part from (
          select date, school, max(part) as part from told group by 1, 2
        ) schools group by 1
      )
      select u.date, least(u.part, 1 - coalesce(t.part, 0))::float as fraction
        from unexcused u left join taken t using (date)
       where least(u.part, 1 - coalesce(t.part, 0)) > 0.00001
       order by 1`,
  );
}
