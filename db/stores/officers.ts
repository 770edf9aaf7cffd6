/** Attendance Officers: the roster, schools covered, duty, and who is out. */
import { randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { dutySpans, officers, officerSchools, type OfficerChannel } from '../schema/index.ts';
import { causeColumns, firstOf, rowsOf, serialise, type Cause } from './common.ts';

export type OfficerRow = typeof officers.$inferSelect;

export interface NewOfficer {
  readonly name: string;
  readonly userId: string | null;
  readonly channel: OfficerChannel;
  /** Address of the webhook or the e-mail; null for radio. */
  readonly reach: string | null;
  /** Null: every school. */
  readonly schools: readonly string[] | null;
}

/** A webhook gets a key for its signature, shown to whoever adds the officer. */
export async function addOfficer(tx: Tx, wanted: NewOfficer, cause: Cause): Promise<OfficerRow> {
  const next = await firstOf<{ n: string }>(tx, sql`select nextval('officer_numbers')::text as n`);
  const { schools, ...given } = wanted;
  const [row] = await tx
    .insert(officers)
    .values({
      ...given,
      id: `O-${(next?.n ?? '').padStart(4, '0')}`,
      allSchools: schools === null,
      secret: wanted.channel === 'webhook' ? randomBytes(32).toString('base64url') : null,
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the officer could not be kept');
  if (schools !== null && schools.length > 0) {
    await tx
      .insert(officerSchools)
      .values(schools.map((school) => ({ officer: row.id, school, ...causeColumns(cause) })));
  }
  return row;
}

export async function officerById(db: Db, id: string): Promise<OfficerRow | undefined> {
  const [row] = await db
    .select()
    .from(officers)
    .where(and(eq(officers.id, id), isNull(officers.endedAt)));
  return row;
}

export async function officerOfUser(db: Db, userId: string): Promise<OfficerRow | undefined> {
  const [row] = await db
    .select()
    .from(officers)
    .where(and(eq(officers.userId, userId), isNull(officers.endedAt)));
  return row;
}

/** False when they are on duty already. */
export async function comeOnDuty(tx: Tx, officer: string, at: string, cause: Cause): Promise<boolean> {
  const rows = await tx
    .insert(dutySpans)
    .values({ officer, fromAt: at, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning({ id: dutySpans.id });
  return rows.length > 0;
}

/** The call the officer has or is asked for; undefined when they were not on duty or had none. */
export async function goOffDuty(
  tx: Tx,
  officer: string,
  at: string,
  reason: string | null,
): Promise<{ readonly was: boolean; readonly calls: readonly string[] }> {
  // Not beside a dispatch that is just choosing them.
  await serialise(tx, 'dispatch');
  const ended = await tx
    .update(dutySpans)
    .set({ toAt: at, reason })
    .where(and(eq(dutySpans.officer, officer), isNull(dutySpans.toAt)))
    .returning({ id: dutySpans.id });
  // Nobody waits for them any more.
  await tx.execute(sql`update service_calls set reserved_for = null where reserved_for = ${officer}`);
  const live = await rowsOf<{ number: string }>(
    tx,
    sql`select call_number as number from call_offers
         where officer = ${officer} and status in ('open', 'accepted') order by call_number`,
  );
  return { was: ended.length > 0, calls: live.map((one) => one.number) };
}

export interface OfficerStanding {
  readonly id: string;
  readonly name: string;
  readonly channel: OfficerChannel;
  /** Null: every school. */
  readonly schools: readonly string[] | null;
  readonly onDutySince: string | null;
  readonly standing: 'off-duty' | 'free' | 'offered' | 'going' | 'out' | 'there' | 'overdue';
  readonly call: string | null;
  readonly departedAt: string | null;
  readonly arrivedAt: string | null;
  readonly expectedBackAt: string | null;
  readonly overdueSince: string | null;
}

/** Everybody on the roster, and where they are. */
export async function officerStandings(db: Db): Promise<OfficerStanding[]> {
  const iso = (column: string) =>
    sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  return rowsOf<OfficerStanding>(
    db,
    sql`
      select o.id, o.name, o.channel,
             case when o.all_schools then null
                  else array(select s.school from officer_schools s where s.officer = o.id order by 1) end as schools,
             ${iso('d.from_at')} as "onDutySince",
             case when v.overdue_since is not null then 'overdue'
                  when v.arrived_at is not null then 'there'
                  when v.departed_at is not null then 'out'
                  when x.status = 'accepted' then 'going'
                  when x.status = 'open' then 'offered'
                  when d.id is null then 'off-duty' else 'free' end as standing,
             coalesce(v.call_number, x.call_number) as call,
             ${iso('v.departed_at')} as "departedAt", ${iso('v.arrived_at')} as "arrivedAt",
             ${iso('v.expected_back_at')} as "expectedBackAt", ${iso('v.overdue_since')} as "overdueSince"
        from officers o
        left join duty_spans d on d.officer = o.id and d.to_at is null
        left join visits v on v.officer = o.id and v.back_at is null
        left join call_offers x on x.officer = o.id and x.status in ('open', 'accepted')
       where o.ended_at is null
       order by o.id`,
  );
}
