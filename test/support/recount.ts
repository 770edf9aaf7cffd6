/**
 * Unexcused days counted a second time, by SQL over the records alone: another language, none of our code. One row a
 * student who ever had an unexcused mark, days in the last 180 attendance days up to a date: also none, where all were excused.
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
), attended as (
  -- Each day at the school then attended: after a change of school, each enrolment its own days.
  select e.student_id, d.day
    from enrollments e
    join school_days d on d.school = e.school and d.day >= e.from_date and d.day <= coalesce(e.to_date, $1::date)
   where d.day <= $1::date
), numbered as (
  select student_id, day, row_number() over (partition by student_id order by day desc) as back
    from (select distinct student_id, day from attended) one
), per_day as (
  select m.student_id, m.date,
         sum(m.fraction) filter (where map.category = 'unexcused') as unexcused,
         coalesce(sum(m.fraction) filter (where map.category in ('excused', 'medical', 'homebound', 'suspension', 'remote')), 0) as taken
    from (select distinct student_id, date, source, code, fraction
            from attendance_marks where current and not withdrawn) m
    left join code_maps map on map.source = m.source and map.code = m.code
   group by m.student_id, m.date
)
select st.sis_id as student,
       round(coalesce(sum(greatest(0, least(d.unexcused, 1 - d.taken)))
         filter (where d.unexcused > 0 and n.back <= 180), 0), 4)::float as days
  from (select distinct m.student_id
          from attendance_marks m
          join code_maps map on map.source = m.source and map.code = m.code and map.category = 'unexcused') ever
  join students st on st.id = ever.student_id
  left join per_day d on d.student_id = ever.student_id
  left join numbered n on n.student_id = d.student_id and n.day = d.date
 group by st.sis_id`;

export async function recountBySql(databaseUrl: string, asOf: string): Promise<Map<string, number>> {
  const sql = clientFor(databaseUrl, { max: 1 });
  try {
    const rows = await sql.unsafe<{ student: string; days: number }[]>(RECOUNT, [asOf]);
    return new Map(rows.map((row) => [row.student, row.days]));
  } finally {
    await closeClient(sql);
  }
}
