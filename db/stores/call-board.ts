/** The board of the Intervention Department: every open call as it stands, read in one look. */
import { sql } from 'drizzle-orm';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../connect.ts';
import { asTexts, rowsOf } from './common.ts';
import { covers, isOnDuty } from './officer-duty.ts';

export interface BoardRow {
  readonly callNumber: string;
  readonly kind: CallKind;
  readonly priority: number | null;
  readonly stage: string;
  readonly school: string | null;
  readonly officer: string | null;
  /** ISO instants. */
  readonly openedAt: string;
  /** Since when it has had nobody: it came in, or the last one asked did not go. */
  readonly waitsSince: string;
  readonly goesFrom: IsoDate;
  readonly next: string;
  readonly flags: readonly string[];
  /** Steps asked of a school or a counselor and asked for again. */
  readonly remindedSteps: readonly string[];
  /** A priority call that waits, and nobody on duty covers its school. */
  readonly nobodyCovers: boolean;
}

/** Open calls in the order in which they are served, at an instant; of these schools only (null: all). */
export async function boardRows(db: Db, schools: readonly string[] | null, at: string): Promise<BoardRow[]> {
  const iso = (column: string) =>
    sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  return rowsOf<BoardRow>(
    db,
    sql`
      select c.number as "callNumber", c.kind, c.priority, c.stage, c.school,
             coalesce(live.officer, c.officer) as officer,
             ${iso('c.opened_at')} as "openedAt",
             ${iso('greatest(c.opened_at, before.ended_at)')} as "waitsSince",
             c.goes_from::text as "goesFrom", c.headline as next, c.flags,
             array(select s ->> 'code'
                     from jsonb_array_elements(coalesce(c.projection -> 'steps', '[]'::jsonb)) as s
                    where s ->> 'status' = 'asked' and s ->> 'remindedOn' is not null) as "remindedSteps",
             c.priority is not null and c.stage = 'waiting' and not exists (
               select 1 from officers o join duty_spans d on ${isOnDuty('o.id', at)}
                where o.ended_at is null
                  and (c.reserved_for = o.id or ${covers('o.id', 'o.all_schools', 'c.school')})) as "nobodyCovers"
        from service_calls c
        left join call_offers live
          on live.call_number = c.number and live.part = 1 and live.status in ('open', 'accepted')
        left join lateral (
          select max(x.ended_at) as ended_at from call_offers x where x.call_number = c.number) before on true
       where c.status = 'open'
         and ${schools === null ? sql`true` : sql`c.school = any(${asTexts(schools)})`}
       order by c.priority nulls last, c.opened_at, c.number`,
  );
}
