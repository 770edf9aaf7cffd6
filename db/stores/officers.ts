/** Attendance Officers: the roster with every version of it, and where everybody is. Their duty stands in officer-duty.ts. */
import { randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { DutyTime } from '../../domain/duty-times.ts';
import type { Db, Tx } from '../connect.ts';
import { officers, officerSchools, officerVersions, type OfficerChannel } from '../schema/index.ts';
import { asTexts, causeColumns, firstOf, now, rowsOf, type Cause } from './common.ts';

export type OfficerRow = typeof officers.$inferSelect;
export type OfficerVersion = typeof officerVersions.$inferSelect;

export interface RosterEntry {
  readonly name: string;
  readonly userId: string | null;
  readonly channel: OfficerChannel;
  /** Address of the webhook or the e-mail; null for radio. */
  readonly reach: string | null;
  readonly phone: string | null;
  /** Null: every school. */
  readonly schools: readonly string[] | null;
  readonly duty: readonly DutyTime[];
}

export type NewOfficer = Omit<RosterEntry, 'phone' | 'duty'> & Partial<Pick<RosterEntry, 'phone' | 'duty'>>;

/** A webhook gets a key for its signature, shown to whoever adds the officer. */
export async function addOfficer(tx: Tx, wanted: NewOfficer, cause: Cause): Promise<OfficerRow> {
  const next = await firstOf<{ n: string }>(tx, sql`select nextval('officer_numbers')::text as n`);
  const { schools, ...given } = { phone: null, duty: [], ...wanted };
  const [row] = await tx
    .insert(officers)
    .values({
      ...given,
      id: `O-${(next?.n ?? '').padStart(4, '0')}`,
      allSchools: schools === null,
      secret: wanted.channel === 'webhook' ? newSecret() : null,
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the officer could not be kept');
  await coverSchools(tx, row.id, schools, cause);
  await keepVersion(tx, row.id, { ...given, schools }, cause, row.secret !== null);
  return row;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

async function coverSchools(
  tx: Tx,
  officer: string,
  schools: readonly string[] | null,
  cause: Cause,
): Promise<void> {
  await tx.execute(
    sql`delete from officer_schools where officer = ${officer} and not school = any(${asTexts(schools ?? [])})`,
  );
  if (schools === null || schools.length === 0) return;
  await tx
    .insert(officerSchools)
    .values(schools.map((school) => ({ officer, school, ...causeColumns(cause) })))
    .onConflictDoNothing();
}

async function keepVersion(
  tx: Tx,
  officer: string,
  entry: RosterEntry,
  cause: Cause,
  newKey: boolean,
): Promise<void> {
  const last = await firstOf<{ version: number }>(
    tx,
    sql`select coalesce(max(version), 0)::int as version from officer_versions where officer = ${officer}`,
  );
  const { schools, ...rest } = entry;
  await tx.insert(officerVersions).values({
    ...{ officer, version: (last?.version ?? 0) + 1, newKey, ...rest, ...causeColumns(cause) },
    schools: schools && [...schools],
  });
}

/**
 * As it stands, locked against whoever else would change it; undefined for nobody on the roster. Lock order: dispatch → officer →
 * call → outbox heads. Rows that only name the officer (visits, messages) do not wait for it.
 */
export async function lockOfficer(
  tx: Tx,
  id: string,
): Promise<{ readonly row: OfficerRow; readonly entry: RosterEntry } | undefined> {
  const [row] = await tx
    .select()
    .from(officers)
    .where(and(eq(officers.id, id), isNull(officers.endedAt)))
    .for('no key update');
  if (!row) return undefined;
  const { name, userId, channel, reach, phone, duty } = row;
  return { row, entry: { name, userId, channel, reach, phone, duty, schools: await schoolsOf(tx, row) } };
}

export async function schoolsOf(db: Db, row: OfficerRow): Promise<string[] | null> {
  if (row.allSchools) return null;
  const rows = await rowsOf<{ school: string }>(
    db,
    sql`select school from officer_schools where officer = ${row.id} order by 1`,
  );
  return rows.map((one) => one.school);
}

/** The next version of a locked officer. Gives the webhook's new key, where it gets one. */
export async function changeOfficer(
  tx: Tx,
  id: string,
  entry: RosterEntry,
  newKey: boolean,
  cause: Cause,
): Promise<string | null> {
  const { schools, ...rest } = entry;
  const secret = newKey ? newSecret() : null;
  await tx
    .update(officers)
    .set({
      ...rest,
      allSchools: schools === null,
      ...(entry.channel !== 'webhook' ? { secret: null } : secret === null ? {} : { secret }),
    })
    .where(eq(officers.id, id));
  await coverSchools(tx, id, schools, cause);
  await keepVersion(tx, id, entry, cause, newKey);
  return secret;
}

/** Off the roster. The row stays: calls, journals and papers name it. */
export async function endOfficer(tx: Tx, id: string, reason: string, cause: Cause): Promise<void> {
  await tx
    .update(officers)
    .set({ endedAt: cause.at ?? now(), endedBy: cause.actor, endReason: reason, secret: null })
    .where(eq(officers.id, id));
}

export async function versionsOfOfficer(db: Db, id: string): Promise<OfficerVersion[]> {
  return db
    .select()
    .from(officerVersions)
    .where(eq(officerVersions.officer, id))
    .orderBy(officerVersions.version);
}

export async function officerById(db: Db, id: string): Promise<OfficerRow | undefined> {
  const row = await officerOnRecord(db, id);
  return row?.endedAt === null ? row : undefined;
}

/** Whoever is or was on the roster: papers and alarms of what was begun go on naming them. */
export async function officerOnRecord(db: Db, id: string): Promise<OfficerRow | undefined> {
  const [row] = await db.select().from(officers).where(eq(officers.id, id));
  return row;
}

export async function officerOfUser(db: Db, userId: string): Promise<OfficerRow | undefined> {
  const [row] = await db
    .select()
    .from(officers)
    .where(and(eq(officers.userId, userId), isNull(officers.endedAt)));
  return row;
}

export interface OfficerStanding {
  readonly id: string;
  readonly name: string;
  readonly channel: OfficerChannel;
  readonly phone: string | null;
  /** Null: every school. */
  readonly schools: readonly string[] | null;
  readonly duty: readonly DutyTime[];
  readonly onDutySince: string | null;
  /** When their duty is planned to end; null: when they say so. */
  readonly onDutyUntil: string | null;
  /** `duty-over`: on duty past its planned end, and nothing new is offered. */
  readonly standing: 'off-duty' | 'duty-over' | 'free' | 'offered' | 'going' | 'out' | 'there' | 'overdue';
  readonly call: string | null;
  readonly departedAt: string | null;
  readonly arrivedAt: string | null;
  readonly expectedBackAt: string | null;
  readonly overdueSince: string | null;
}

/** Everybody on the roster, and where they are at an instant. */
export async function officerStandings(db: Db, at: string = now()): Promise<OfficerStanding[]> {
  const iso = (column: string) =>
    sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  return rowsOf<OfficerStanding>(
    db,
    sql`
      select o.id, o.name, o.channel, o.phone, o.duty,
             case when o.all_schools then null
                  else array(select s.school from officer_schools s where s.officer = o.id order by 1) end as schools,
             ${iso('d.from_at')} as "onDutySince", ${iso('d.until_at')} as "onDutyUntil",
             case when v.overdue_since is not null then 'overdue'
                  when v.arrived_at is not null then 'there'
                  when v.departed_at is not null then 'out'
                  when x.status = 'accepted' then 'going'
                  when x.status = 'open' then 'offered'
                  when d.id is null then 'off-duty'
                  when d.until_at <= ${at}::timestamptz then 'duty-over'
                  else 'free' end as standing,
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

/** What keeps an officer on the roster: the call they are out for, monitors they watch; and calls whose papers they owe. */
export async function heldBy(
  db: Db,
  officer: string,
): Promise<{
  readonly out: string | null;
  readonly monitors: readonly string[];
  readonly papers: readonly string[];
}> {
  const row = await firstOf<{ out: string | null; monitors: string[]; papers: string[] }>(
    db,
    sql`select (select v.call_number from visits v where v.officer = ${officer} and v.back_at is null) as out,
               array(select m.number from monitors m
                      where m.officer = ${officer} and m.status = 'open' order by 1) as monitors,
               array(select c.number from service_calls c
                      where c.officer = ${officer} and c.status = 'open' and c.stage = 'steps' order by 1) as papers`,
  );
  return row ?? { out: null, monitors: [], papers: [] };
}
