/** A week of the Intervention Department, counted by SQL from the records alone. */
import { sql, type SQL } from 'drizzle-orm';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../connect.ts';
import { asTexts, firstOf, rowsOf } from './common.ts';

export interface WeekSpan {
  /** Monday and Sunday, office dates. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** School codes a person may see; null means all. */
  readonly schools: readonly string[] | null;
  /** Milliseconds of a minute of the office's day: a driven office's are shorter. */
  readonly minuteMs: number;
}

export interface WeekCounts {
  readonly opened: number;
  readonly closed: number;
  /** Open at the end of the week. */
  readonly carriedOver: number;
  /** Of those opened, how many an officer has reached. */
  readonly arrived: number;
  /** Median minutes from the call to an officer's first arrival; null where nobody has arrived. */
  readonly medianMinutes: number | null;
}

export interface WeekOfKind extends WeekCounts {
  readonly kind: CallKind;
}

export interface WeekOfSchool extends WeekCounts {
  /** Null where nobody knows it. */
  readonly school: string | null;
}

export interface WeekOutcome {
  readonly kind: CallKind;
  readonly outcome: string;
  readonly count: number;
}

export interface WeekMonitors {
  readonly begun: number;
  readonly met: number;
  readonly endedWithBreaches: number;
  readonly endedOtherwise: number;
  /** Running at the end of the week. */
  readonly running: number;
  /** Running or ended in the week, with a breach found in it and not taken back. */
  readonly broken: number;
}

/** Calls that were open at some time of the week, with the first arrival by its end. */
const ofWeek = ({ from, to, schools }: WeekSpan) => sql`
  of_week as (
    select c.kind, c.school, c.opened_at,
           c.opened_on between ${from}::date and ${to}::date as opened,
           coalesce(c.closed_on between ${from}::date and ${to}::date, false) as closed,
           c.closed_on is null or c.closed_on > ${to}::date as carried,
           case when c.opened_on between ${from}::date and ${to}::date
                then (select min(v.arrived_at) from visits v where v.call_number = c.number) end as arrived_at
      from service_calls c
     where c.opened_on <= ${to}::date and (c.closed_on is null or c.closed_on >= ${from}::date)
       and ${visible('c.school', schools)}
  )`;

const counts = (minuteMs: number) => sql`
  count(*) filter (where opened)::int as opened,
  count(*) filter (where closed)::int as closed,
  count(*) filter (where carried)::int as "carriedOver",
  count(arrived_at)::int as arrived,
  round((percentile_cont(0.5) within group (order by extract(epoch from arrived_at - opened_at))
         filter (where arrived_at is not null) * 1000 / ${minuteMs}::float8)::numeric, 1)::float8 as "medianMinutes"`;

function visible(column: string, schools: readonly string[] | null): SQL {
  return schools === null ? sql`true` : sql`${sql.raw(column)} = any(${asTexts(schools)})`;
}

export async function weekByKind(db: Db, span: WeekSpan): Promise<WeekOfKind[]> {
  return rowsOf<WeekOfKind>(
    db,
    sql`with ${ofWeek(span)} select kind, ${counts(span.minuteMs)} from of_week group by kind order by kind`,
  );
}

/** Those with the most calls first. */
export async function weekBySchool(db: Db, span: WeekSpan): Promise<WeekOfSchool[]> {
  return rowsOf<WeekOfSchool>(
    db,
    sql`with ${ofWeek(span)}
        select school, ${counts(span.minuteMs)} from of_week
         group by school order by opened desc, closed desc, school nulls last`,
  );
}

export async function weekInAll(db: Db, span: WeekSpan): Promise<WeekCounts> {
  const all = await firstOf<WeekCounts>(
    db,
    sql`with ${ofWeek(span)} select ${counts(span.minuteMs)} from of_week`,
  );
  return all ?? { opened: 0, closed: 0, carriedOver: 0, arrived: 0, medianMinutes: null };
}

export async function weekOutcomes(db: Db, span: WeekSpan): Promise<WeekOutcome[]> {
  const { from, to, schools } = span;
  return rowsOf<WeekOutcome>(
    db,
    sql`select kind, outcome, count(*)::int as count from service_calls
         where closed_on between ${from}::date and ${to}::date and outcome is not null
           and ${visible('school', schools)}
         group by kind, outcome order by count desc, kind, outcome`,
  );
}

export async function weekMonitors(db: Db, { from, to, schools }: WeekSpan): Promise<WeekMonitors> {
  const found = await firstOf<WeekMonitors>(
    db,
    sql`
      with ended as (
        select m.*, m.ended_on between ${from}::date and ${to}::date as in_week from monitors m
         where ${visible('m.school', schools)}
      ), found as (
        -- A day is a breach as it was last said by the end of the week.
        select distinct on (j.monitor_number, j.data ->> 'date') j.monitor_number, j.type, j.office_date
          from monitor_journal j join ended m on m.number = j.monitor_number
         where j.type in ('breach-found', 'breach-taken-back') and j.office_date <= ${to}::date
         order by j.monitor_number, j.data ->> 'date', j.at desc, j.seq desc
      )
      select count(*) filter (where contract_on between ${from}::date and ${to}::date)::int as begun,
             count(*) filter (where in_week and ended_how = 'met')::int as met,
             count(*) filter (where in_week and ended_how = 'with-breaches')::int as "endedWithBreaches",
             count(*) filter (where in_week and ended_how not in ('met', 'with-breaches'))::int as "endedOtherwise",
             count(*) filter (where contract_on <= ${to}::date
                                and (ended_on is null or ended_on > ${to}::date))::int as running,
             (select count(distinct monitor_number)::int from found
               where type = 'breach-found' and office_date >= ${from}::date) as broken
        from ended`,
  );
  if (!found) throw new Error('the monitors could not be counted');
  return found;
}
