/** What a day holds for an officer: whom they have, what waits for them in the order in which it is offered, what they still owe. */
import { sql } from 'drizzle-orm';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { Db } from '../connect.ts';
import { rowsOf } from './common.ts';

export interface PlannedCall {
  readonly number: string;
  /** `now`: theirs, or offered to them; `waits`: nobody has it and they cover the school; `papers`: visited, steps still open. */
  readonly part: 'now' | 'waits' | 'papers';
  readonly kind: CallKind;
  readonly school: string | null;
  /** Postal code, or what police said. */
  readonly area: string | null;
  readonly address: PostalAddress | null;
  /** The call's own line: where it stands. */
  readonly headline: string;
}

/**
 * As dispatch would offer them: priority calls first, police before true refusals; of the others one area after another, the
 * area of the oldest first. A closed day of a school does not take its calls off: the visit is flagged when it is made.
 */
export async function plannedCalls(db: Db, officer: string, today: IsoDate): Promise<PlannedCall[]> {
  return rowsOf<PlannedCall>(
    db,
    sql`
      with mine as (
        select c.*, 'now' as part from service_calls c
          join call_offers x on x.call_number = c.number and x.officer = ${officer}
                            and x.status in ('open', 'accepted')
         where c.status = 'open'
        union all
        select c.*, 'papers' from service_calls c
         where c.status = 'open' and c.stage = 'steps' and c.officer = ${officer}
        union all
        select c.*, 'waits' from service_calls c, officers o
         where o.id = ${officer} and c.status = 'open' and c.seeking and c.goes_from <= ${today}::date
           and (c.reserved_for is null or c.reserved_for = o.id)
           and not exists (select 1 from call_offers x
                            where x.call_number = c.number and x.part = 1 and x.status in ('open', 'accepted'))
           and (o.all_schools or c.school is null
                or exists (select 1 from officer_schools s where s.officer = o.id and s.school = c.school)))
      select number, part, kind, school, area, address, headline
        from (select mine.*,
                     min(opened_at) over (partition by part, priority is null, coalesce(area, number)) as area_since
                from mine) as mine
       order by case part when 'now' then 1 when 'waits' then 2 else 3 end,
                priority nulls last, case when priority is null then area_since end, opened_at, number`,
  );
}
