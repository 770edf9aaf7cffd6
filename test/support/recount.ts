/**
 * Unexcused days counted a second time, by SQL over the records alone: another language, none of our code. One row a
 * student, days in the last 180 attendance days up to a date.
 */
import { clientFor, closeClient } from '../../db/connect.ts';

const RECOUNT = `
with calendar_now as (
  select distinct on (scope_kind, scope) scope_kind, scope, value
    from calendars order by scope_kind, scope, version desc
), school_calendar as (
  select s.code as school, coalesce(own.value, district.value) as value
    from schools s
    left join calendar_now own on own.scope_kind = 'school' and own.scope = s.code
    left join calendar_now district on district.scope_kind = 'district' and district.scope = s.district
), weekdays as (
  select c.school, day::date as day
    from school_calendar c, jsonb_array_elements(c.value -> 'terms') as term,
         generate_series((term ->> 'from')::date, (term ->> 'to')::date, interval '1 day') as day
   where extract(isodow from day) < 6
     and not (c.value -> 'closed') ? to_char(day, 'YYYY-MM-DD')
), school_days as (
  select school, day from weekdays
  union
  select c.school, made_up::date from school_calendar c, jsonb_array_elements_text(c.value -> 'open') as made_up
), numbered as (
  select school, day, row_number() over (partition by school order by day desc) as back
    from school_days where day <= $1::date
), attended as (
  select distinct on (student_id) student_id, school from enrollments order by student_id, from_date desc
), per_day as (
  select m.student_id, m.date,
         sum(m.fraction) filter (where map.category = 'unexcused') as unexcused,
         coalesce(sum(m.fraction) filter (where map.category in ('excused', 'medical', 'homebound', 'suspension', 'remote')), 0) as taken
    from (select distinct student_id, date, source, code, fraction
            from attendance_marks where current and not withdrawn) m
    left join code_maps map on map.source = m.source and map.code = m.code
   group by m.student_id, m.date
)
select st.sis_id as student, round(sum(greatest(0, least(d.unexcused, 1 - d.taken))), 4)::float as days
  from per_day d
  join students st on st.id = d.student_id
  join attended a on a.student_id = d.student_id
  join numbered n on n.school = a.school and n.day = d.date and n.back <= 180
 where d.unexcused > 0
 group by st.sis_id`;

export async function recountBySql(databaseUrl: string, asOf: string): Promise<Map<string, number>> {
  const sql = clientFor(databaseUrl, { max: 1 });
  try {
    const rows = await sql.unsafe<{ student: string; days: number }[]>(RECOUNT, [asOf]);
    return new Map(rows.filter((row) => row.days > 0).map((row) => [row.student, row.days]));
  } finally {
    await closeClient(sql);
  }
}
