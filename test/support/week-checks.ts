/**
 * What must be true after a week of service calls, asked of the records alone. Each check gives what is against it, empty
 * where all is well. Instants in the records are those of whoever decided; when a row itself was written is kept by triggers
 * in a table of its own, so that "waiting" means what dispatch could see.
 */
import { sql } from 'drizzle-orm';
import type { Client } from '@temporalio/client';
import type { Database, Db } from '../../db/connect.ts';
import { rowsOf } from '../../db/stores/common.ts';
import type { CallPolicy } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';

/** Begins to keep when calls and offers are written. */
export async function keepChanges(db: Database): Promise<void> {
  await db.execute(sql`
    create table record_changes (
      id bigserial primary key, at timestamptz not null default clock_timestamp(),
      call text not null, nth int, officer text, status text not null, seeking boolean, made boolean not null)`);
  await db.execute(sql`create index on record_changes (call, id)`);
  await db.execute(sql`
    create function keep_change() returns trigger language plpgsql as $$
    begin
      if tg_table_name = 'call_offers' then
        insert into record_changes (call, nth, officer, status, made)
        values (new.call_number, new.nth, new.officer, new.status, tg_op = 'INSERT');
      else
        insert into record_changes (call, status, seeking, made)
        values (new.number, new.status, new.seeking and new.reserved_for is null, tg_op = 'INSERT');
      end if;
      return new;
    end $$`);
  // An offer when it is made: dispatch has just read what waits. All else when it can be seen, at the commit: a door's own
  // transaction takes its time on a busy machine.
  await db.execute(sql`create trigger offers_made after insert on call_offers
    for each row execute function keep_change()`);
  await db.execute(sql`create constraint trigger offers_kept after update on call_offers
    deferrable initially deferred for each row execute function keep_change()`);
  await db.execute(sql`create constraint trigger calls_kept after insert or update on service_calls
    deferrable initially deferred for each row execute function keep_change()`);
}

/** Every call a door said yes to is in the records, its journal has no gap, and its workflow stands where the records do. */
export async function lostCalls(db: Db, client: Client, opened: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{
    number: string;
    status: string;
    workflowId: string;
    seq: number;
    entries: number;
    last: number;
    begun: boolean;
  }>(
    db,
    sql`select c.number, c.status, c.workflow_id as "workflowId", c.seq,
               count(j.seq)::int as entries, coalesce(max(j.seq), 0)::int as last,
               coalesce(bool_or(j.type = 'call-begun'), false) as begun
          from service_calls c left join call_journal j on j.call_number = c.number
         group by c.number order by c.number`,
  );
  const known = new Set(rows.map((one) => one.number));
  const faults = opened
    .filter((number) => !known.has(number))
    .map((number) => `${number} is not in the records`);
  if (known.size !== new Set(opened).size)
    faults.push(`${known.size} calls in the records, ${opened.length} opened`);
  for (const one of rows) {
    if (!one.begun || one.entries !== one.last || one.seq !== one.last) {
      faults.push(`${one.number}: ${one.entries} entries up to ${one.last}, the list has ${one.seq}`);
    }
    const { status } = await client.workflow
      .getHandle(one.workflowId)
      .describe()
      .catch(() => ({ status: { name: 'UNKNOWN' } }));
    if (status.name !== (one.status === 'closed' ? 'COMPLETED' : 'RUNNING')) {
      faults.push(`${one.number} is ${one.status}, its workflow ${status.name}`);
    }
  }
  return faults;
}

/** No two ways of an officer overlap, by the visits and by the journals; nor is anybody asked for two calls at a time. */
export async function atTwoPlaces(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ words: string }>(
    db,
    sql`
      with ways as (
        select 'visits' as of, officer, call_number as call, nth, departed_at as from_at, back_at as to_at from visits
        union all
        select 'journal', s.data ->> 'officer', s.call_number, (s.data ->> 'nth')::int, coalesce(s.happened_at, s.at),
               (select min(coalesce(l.happened_at, l.at)) from call_journal l
                 where l.call_number = s.call_number and l.type = 'left' and l.data ->> 'nth' = s.data ->> 'nth')
          from call_journal s where s.type = 'visit-started'
        union all
        -- Asked or on the way, as long as the rows said so.
        select 'offers', r.officer, r.call, r.nth, min(r.at) filter (where r.made),
               min(r.at) filter (where r.status not in ('open', 'accepted'))
          from record_changes r where r.nth is not null group by r.officer, r.call, r.nth
      )
      select a.of || ': ' || a.officer || ' at ' || a.call || ' and at ' || b.call as words
        from ways a
        join ways b on b.of = a.of and b.officer = a.officer and (b.call, b.nth) > (a.call, a.nth)
                   and b.from_at < coalesce(a.to_at, 'infinity') and a.from_at < coalesce(b.to_at, 'infinity')
       order by 1`,
  );
  return rows.map((one) => one.words);
}

/**
 * Offers of the order (not the dispatcher's own) of a lesser call to an officer who could have taken a priority call that
 * waited: seeking, offered to nobody, for at least `marginMs`, covered by the officer, who had not said no to it just before. That
 * they were on duty, and their planned end had not come, is in the offer itself; whom they cover does not change in a week.
 */
export async function passedOver(db: Db, askAgainMs: number, marginMs: number): Promise<string[]> {
  const margin = sql`make_interval(secs => ${marginMs / 1_000}::float8)`;
  const rows = await rowsOf<{ words: string }>(
    db,
    sql`
      select x.call_number || ' was offered to ' || x.officer || ' while ' || p.number || ' waited' as words
        from record_changes r
        join call_offers x on x.call_number = r.call and x.nth = r.nth and x.chosen_by = 'order'
        join service_calls c on c.number = x.call_number
        join officers o on o.id = x.officer
        join service_calls p on coalesce(p.priority, 1000) < coalesce(c.priority, 1000) and p.priority is not null
        -- As it stood for all of the margin before.
        join lateral (
          select k.status, k.seeking from record_changes k
           where k.call = p.number and k.nth is null and k.at <= r.at - ${margin}
           order by k.id desc limit 1) before on before.status = 'open' and before.seeking
       where r.made and r.nth is not null
         and not exists (select 1 from record_changes k where k.call = p.number
                            and k.at > r.at - ${margin} and k.at <= r.at
                            and (k.nth is not null or k.status <> 'open' or not k.seeking))
         and not exists (select 1 from (select distinct on (k.nth) k.status from record_changes k
                                         where k.call = p.number and k.nth is not null and k.at <= r.at
                                         order by k.nth, k.id desc) live
                          where live.status in ('open', 'accepted'))
         and (o.all_schools or p.school is null
              or exists (select 1 from officer_schools s where s.officer = o.id and s.school = p.school))
         and not exists (select 1 from call_offers y where y.call_number = p.number and y.officer = o.id
                            and y.status in ('declined', 'timed-out', 'handed-over')
                            and y.ended_at > x.offered_at - make_interval(secs => ${askAgainMs / 1_000}::float8)
                            and y.ended_at <= r.at)
       order by 1`,
  );
  return rows.map((one) => one.words);
}

interface Stood {
  readonly number: string;
  readonly kind: keyof CallPolicy['kinds'];
  readonly status: string;
  readonly stage: string;
  readonly outcome: string | null;
  readonly goesFrom: IsoDate;
  readonly next: string;
  readonly deadline: string | null;
  readonly refused: boolean;
  readonly done: readonly { readonly step: string; readonly how: string; readonly reason: string | null }[];
  readonly asked: readonly string[];
}

export interface Standing {
  readonly closed: number;
  /** Of the closed calls. */
  readonly stepsDone: number;
  readonly stepsWaived: number;
  readonly carriedOver: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/** Every call closed with each step of the page done or waived with a reason, or carried over with one. */
export async function howTheyStand(db: Db, policy: CallPolicy, lastDay: IsoDate): Promise<Standing> {
  const rows = await rowsOf<Stood>(
    db,
    sql`
      select c.number, c.kind, c.status, c.stage, c.outcome, c.goes_from::text as "goesFrom", c.headline as next,
             c.next_deadline as deadline,
             exists (select 1 from call_offers x where x.call_number = c.number
                        and x.status in ('declined', 'timed-out', 'handed-over', 'withdrawn')) as refused,
             coalesce((select jsonb_agg(jsonb_build_object('step', j.data ->> 'step', 'how', j.type,
                                                           'reason', j.data ->> 'reason') order by j.at, j.seq)
                         from call_journal j where j.call_number = c.number
                          and j.type in ('step-done', 'step-waived')), '[]'::jsonb) as done,
             array(select j.data ->> 'step' from call_journal j
                    where j.call_number = c.number and j.type = 'step-asked') as asked
        from service_calls c order by c.number`,
  );
  const faults: string[] = [];
  const carriedOver: Record<string, number> = {};
  let [closed, stepsDone, stepsWaived] = [0, 0, 0];
  for (const row of rows) {
    if (row.status === 'closed') {
      closed += 1;
      stepsDone += row.done.filter((one) => one.how === 'step-done').length;
      stepsWaived += row.done.filter((one) => one.how === 'step-waived').length;
      faults.push(...checklistFaults(row, policy));
      continue;
    }
    const why = reasonOf(row, policy, lastDay);
    if (why === null)
      faults.push(`${row.number} (${row.kind}, ${row.stage}) is open without a reason: ${row.next}`);
    else carriedOver[why] = (carriedOver[why] ?? 0) + 1;
  }
  return { closed, stepsDone, stepsWaived, carriedOver, faults };
}

function checklistFaults(row: Stood, policy: CallPolicy): string[] {
  const wanted = policy.kinds[row.kind].checklist.map((step) => step.code as string);
  const faults = wanted.flatMap((code) => {
    const ends = row.done.filter((one) => one.step === code);
    const [end] = ends;
    if (!end || ends.length > 1) return [`${row.number}: "${code}" has ${ends.length} ends`];
    const reasoned = end.how === 'step-done' || (end.reason ?? '').trim() !== '';
    return reasoned ? [] : [`${row.number}: "${code}" is waived without a reason`];
  });
  const strange = row.done.filter((one) => !wanted.includes(one.step));
  if (strange.length > 0) faults.push(`${row.number}: ${strange.length} steps are not on its checklist`);
  const outcome = policy.outcomes.find((one) => one.code === row.outcome);
  if (!outcome || (outcome.kinds && !outcome.kinds.includes(row.kind))) {
    faults.push(`${row.number}: its outcome is ${row.outcome ?? 'none'}`);
  }
  // Only where nobody went does an outcome waive what is still open.
  const over = row.done.filter((one) => one.how === 'step-waived' && one.reason === outcome?.label);
  if (over.length > 0 && outcome?.waivesSteps !== true) {
    faults.push(`${row.number}: closed as ${row.outcome} over ${over.length} open steps`);
  }
  return faults;
}

/** Why it may go on next week. A police call may not, nor a true refusal nobody has taken: it ends with its day. */
function reasonOf(row: Stood, policy: CallPolicy, lastDay: IsoDate): string | null {
  if (row.stage === 'planned' && row.goesFrom > lastDay) return 'its visit is planned for a day to come';
  const ended = new Set(row.done.map((one) => one.step));
  const owed = policy.kinds[row.kind].checklist.filter(({ code }) => !ended.has(code));
  if (row.stage === 'steps' && owed.length > 0 && owed.every(({ code }) => row.asked.includes(code))) {
    return row.deadline === null ? null : 'asked of school or counselor, who are reminded';
  }
  if (row.stage === 'waiting' && policy.kinds[row.kind].priority === null) {
    return row.refused ? 'officers could not go that day' : 'no officer was left for it that day';
  }
  return null;
}
