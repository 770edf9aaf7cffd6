/**
 * Who goes where: one SQL transaction chooses call and officer. The call workflows ask for it when an officer is wanted or
 * has become free; so do the doors when somebody comes on duty. One at a time (a lock of its own), so that two that run at
 * once can neither give an officer two calls nor pass a waiting priority call over; what they read is always the latest
 * commit. Lock order: dispatch → call → outbox heads.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { CallFact } from '../../domain/calls/facts.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { callOffers } from '../schema/index.ts';
import { firstOf, rowsOf, serialise } from './common.ts';
import { covers, isOnDuty } from './officer-duty.ts';
import { enqueueMany, type Message } from './outbox.ts';

export interface Dispatch {
  /** ISO instant of whoever asks: in a test whose time is skipped it is not the database's own. */
  readonly at: string;
  readonly officeDate: IsoDate;
  /** How long an officer who could not take a priority call is not asked for it again. */
  readonly askAgainMs: number;
}

export interface Offered {
  readonly callNumber: string;
  readonly nth: number;
  readonly officer: string;
}

/** The signal every call is told by. */
const SIGNAL = 'callFact';

/** Makes offers until no officer is free for a waiting call; then asks offers not yet answered to give way to priority calls. */
export async function dispatch(db: Db, given: Dispatch): Promise<Offered[]> {
  return db.transaction((tx) => dispatchIn(tx, given));
}

export async function dispatchIn(tx: Tx, given: Dispatch): Promise<Offered[]> {
  await serialise(tx, 'dispatch');
  await nobodyWaitsForThem(tx, given);
  const made: Offered[] = [];
  const messages: Message[] = [];
  const tell = (caseNumber: string, fact: CallFact) =>
    messages.push({ caseNumber, kind: 'signal', name: SIGNAL, payload: { ...fact } });
  for (let pair = await nextPair(tx, given); pair; pair = await nextPair(tx, given)) {
    const { callNumber, officer, reserved, part } = pair;
    if (!(await stillWaits(tx, callNumber, part))) continue;
    const nth = await addOffer(tx, pair, given);
    made.push({ callNumber, nth, officer });
    tell(callNumber, {
      type: 'offer-made',
      officeDate: given.officeDate,
      nth,
      officer,
      chosenBy: reserved ? 'dispatcher' : 'order',
      ...(part === 2 ? { part } : {}),
    });
  }
  for (const one of await inTheWay(tx, given)) {
    tell(one.callNumber, { type: 'give-way', officeDate: given.officeDate, nth: one.nth });
  }
  await enqueueMany(tx, messages);
  return made;
}

interface Pair {
  readonly callNumber: string;
  readonly officer: string;
  /** The dispatcher's own choice. */
  readonly reserved: boolean;
  /** 2: to go along, where two officers go. */
  readonly part: 1 | 2;
}

/** Calls that want an officer and have nobody, from their day on; and those that want a second beside the one they have. */
const waiting = (today: IsoDate) => sql`
  waiting as (
    select c.number, c.priority, c.opened_at, c.school, c.area, c.reserved_for, 1 as part
      from service_calls c
     where c.status = 'open' and c.seeking and c.goes_from <= ${today}::date
       and not exists (select 1 from call_offers x
                        where x.call_number = c.number and x.part = 1 and x.status in ('open', 'accepted'))
    union all
    select c.number, c.priority, c.opened_at, c.school, c.area, null, 2
      from service_calls c
     where c.status = 'open' and c.pair and c.goes_from <= ${today}::date
       and exists (select 1 from call_offers x
                    where x.call_number = c.number and x.part = 1 and x.status in ('open', 'accepted'))
       and not exists (select 1 from call_offers x
                        where x.call_number = c.number and x.part = 2 and x.status in ('open', 'accepted'))
       and not exists (select 1 from visits v where v.call_number = c.number and v.back_at is null)
  )`;

/** The dispatcher's own choice holds as long as that officer may be asked: a call does not wait for one whose duty is over. */
async function nobodyWaitsForThem(tx: Tx, { at }: Dispatch): Promise<void> {
  await tx.execute(
    sql`update service_calls set reserved_for = null
         where reserved_for in (select d.officer from duty_spans d
                                 where d.to_at is null and d.until_at <= ${at}::timestamptz)`,
  );
}

/** On duty, at nobody's call and on no visit. */
const free = (at: string) => sql`
  free as (
    select o.id, o.all_schools, last.area, last.offered_at
      from officers o
      join duty_spans d on ${isOnDuty('o.id', at)}
      left join lateral (
        select c.area, x.offered_at from call_offers x join service_calls c on c.number = x.call_number
         where x.officer = o.id and x.offered_at >= d.from_at
         order by x.offered_at desc, x.call_number desc limit 1) last on true
     where o.ended_at is null
       and not exists (select 1 from call_offers x where x.officer = o.id and x.status in ('open', 'accepted'))
       and not exists (select 1 from visits v where v.officer = o.id and v.back_at is null)
  )`;

/** Could not go, just now (a priority call) or today (any other): somebody else is asked first. */
const couldNot = (
  { at, officeDate, askAgainMs }: Dispatch,
  number: string,
  priority: string,
  officer: string,
) => {
  const since = new Date(Date.parse(at) - askAgainMs).toISOString();
  return sql`exists (
    select 1 from call_offers x
     where x.call_number = ${sql.raw(number)} and x.officer = ${sql.raw(officer)}
       and x.status in ('declined', 'timed-out', 'handed-over')
       and case when ${sql.raw(priority)} is null then x.offered_on >= ${officeDate}::date
                else x.ended_at > ${since}::timestamptz end)`;
};

/**
 * The first call in the order in which calls are served that somebody free could take, and who goes: priority calls before
 * all others, police before true refusals, then the oldest. Where none is a priority call an officer stays in the area of
 * their last call: visits are planned by area. Of several officers the one who has waited longest goes.
 */
async function nextPair(tx: Tx, given: Dispatch): Promise<Pair | undefined> {
  return firstOf<Pair>(
    tx,
    sql`
      with ${waiting(given.officeDate)}, ${free(given.at)}
      select w.number as "callNumber", f.id as officer, w.reserved_for is not null as reserved, w.part
        from waiting w
        join free f on case when w.reserved_for is not null then f.id = w.reserved_for
                            else ${covers('f.id', 'f.all_schools', 'w.school')}
                                 and not ${couldNot(given, 'w.number', 'w.priority', 'f.id')} end
       order by w.priority nulls last,
                (w.priority is null and w.area is not null and w.area = f.area) desc nulls last,
                w.opened_at, w.number, w.part, f.offered_at nulls first, f.id
       limit 1`,
  );
}

/** Its workflow may have written meanwhile; from here to the commit it cannot. */
async function stillWaits(tx: Tx, callNumber: string, part: 1 | 2): Promise<boolean> {
  const wants = part === 1 ? sql`seeking` : sql`pair`;
  const rows = await rowsOf(
    tx,
    sql`select 1 from service_calls where number = ${callNumber} and status = 'open' and ${wants} for update`,
  );
  return rows.length > 0;
}

async function addOffer(
  tx: Tx,
  { callNumber, officer, reserved, part }: Pair,
  given: Dispatch,
): Promise<number> {
  const last = await firstOf<{ nth: number }>(
    tx,
    sql`select coalesce(max(nth), 0)::int as nth from call_offers where call_number = ${callNumber}`,
  );
  const nth = (last?.nth ?? 0) + 1;
  await tx.insert(callOffers).values({
    callNumber,
    nth,
    officer,
    part,
    status: 'open',
    chosenBy: reserved ? 'dispatcher' : 'order',
    offeredAt: given.at,
    offeredOn: given.officeDate,
  });
  if (reserved) {
    await tx.execute(sql`update service_calls set reserved_for = null where number = ${callNumber}`);
  }
  return nth;
}

/**
 * Offers of lesser calls, not answered yet, to officers whom a waiting priority call could have: one for each such call. They
 * are asked to give way, once; only the call itself ends its offer, so that an acceptance that comes first stands.
 */
async function inTheWay(
  tx: Tx,
  given: Dispatch,
): Promise<{ readonly callNumber: string; readonly nth: number }[]> {
  const found: { callNumber: string; nth: number }[] = [];
  const waits = await rowsOf<{ number: string }>(
    tx,
    sql`with ${waiting(given.officeDate)}
        select number from waiting where priority is not null
         order by priority, opened_at, number`,
  );
  for (const { number } of waits) {
    const one = await firstOf<{ callNumber: string; nth: number; asked: boolean }>(
      tx,
      sql`
        select x.call_number as "callNumber", x.nth, x.reason is not null as asked
          from service_calls w
          join call_offers x on x.status = 'open' and x.chosen_by = 'order'
          join service_calls c on c.number = x.call_number
          join officers o on o.id = x.officer and o.ended_at is null
          join duty_spans d on ${isOnDuty('o.id', given.at)}
         where w.number = ${number} and coalesce(c.priority, 1000) > w.priority
           and case when w.reserved_for is not null then o.id = w.reserved_for
                    else ${covers('o.id', 'o.all_schools', 'w.school')}
                         and not ${couldNot(given, 'w.number', 'w.priority', 'o.id')} end
         order by x.reason nulls first, coalesce(c.priority, 1000) desc, x.offered_at desc, x.call_number
         limit 1`,
    );
    if (!one || one.asked) continue;
    await tx
      .update(callOffers)
      .set({ reason: 'asked to give way to a priority call' })
      .where(and(eq(callOffers.callNumber, one.callNumber), eq(callOffers.nth, one.nth)));
    found.push({ callNumber: one.callNumber, nth: one.nth });
  }
  return found;
}
