/** Guardians: who they are to a student, and everything a letter needs to reach them, or must not reach them. */
import { and, eq, sql } from 'drizzle-orm';
import type { GuardianPhone, GuardianRecord, Guardianship, PostalAddress } from '../../domain/records.ts';
import type { Guardian } from '../../domain/recipients.ts';
import type { Db, Tx } from '../connect.ts';
import { guardians, guardianships } from '../schema/index.ts';
import { asInts, asJson, batches, causeColumns, now, ROSTER, rowsOf, serialise } from './common.ts';
import type { Cause } from './common.ts';
import { tally } from './places.ts';
import type { Tally } from './places.ts';

export interface GuardianOfStudent {
  readonly id: number;
  readonly sourceId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly language: string;
  readonly email: string | null;
  /** Set after a bounce or permanent refusal: use print until the address changes. */
  readonly emailBadSince: string | null;
  readonly address: PostalAddress | null;
  readonly addressBadSince: string | null;
  readonly phones: readonly GuardianPhone[];
  readonly relation: string;
  readonly legalRecipient: Guardianship['legalRecipient'];
  readonly livesWith: boolean;
  readonly primary: boolean;
  readonly noContact: boolean;
}

export interface GuardianTally extends Tally {
  /** SIS numbers named by a guardian but in no roster; the adult is kept, the tie is not. */
  readonly unknownStudents: readonly string[];
  /** Guardianships new or changed. */
  readonly ties: number;
}

/**
 * Takes contacts in. A changed e-mail or postal address loses its "bad since" mark. A no-contact order on record stays,
 * whatever the file says: only a person lifts one ({@link setNoContact}). Missing e-mail, address and phones keep what was there.
 * Lock order: the roster's turn → guardian rows → guardianships → phones.
 */
export async function upsertGuardians(
  tx: Tx,
  list: Iterable<GuardianRecord> | AsyncIterable<GuardianRecord>,
  cause: Cause,
): Promise<GuardianTally> {
  await serialise(tx, ROSTER);
  const sum = { read: 0, new: 0, changed: 0, unchanged: 0, ties: 0 };
  const unknown = new Set<string>();
  for await (const given of batches(list)) {
    // The last record of an adult holds; the ties of all of them count.
    const batch = [...new Map(given.map((guardian) => [guardian.sourceId, guardian])).values()];
    const ties = given.flatMap((g) => g.students.map((tie) => ({ ...tie, guardian: g.sourceId })));
    const done = await upsertAdults(tx, batch, given.length, cause);
    sum.read += done.read;
    sum.new += done.new;
    sum.changed += done.changed;
    sum.unchanged += done.unchanged;
    sum.ties += await upsertTies(tx, ties, cause);
    await replacePhones(tx, batch);
    const missing = await rowsOf<{ student: string }>(
      tx,
      sql`
        select distinct r.student from jsonb_to_recordset(${asJson(ties)}) as r (student text)
         where not exists (select 1 from students s where s.sis_id = r.student)`,
    );
    for (const row of missing) unknown.add(row.student);
  }
  return { ...sum, unknownStudents: [...unknown].sort() };
}

async function upsertAdults(
  tx: Tx,
  batch: readonly GuardianRecord[],
  read: number,
  cause: Cause,
): Promise<Tally> {
  const by = causeColumns(cause);
  const written = await rowsOf<{ inserted: boolean }>(
    tx,
    sql`
      insert into guardians as g (source_id, first_name, last_name, language, email, address, actor, role, at)
      select r."sourceId", r."firstName", r."lastName", r.language, r.email, r.address,
             ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from jsonb_to_recordset(${asJson(batch)})
          as r ("sourceId" text, "firstName" text, "lastName" text, language text, email text, address jsonb)
       order by r."sourceId"
      on conflict (source_id) do update
         set first_name = excluded.first_name, last_name = excluded.last_name, language = excluded.language,
             email = coalesce(excluded.email, g.email), address = coalesce(excluded.address, g.address),
             email_bad_since = case when excluded.email is not null
                                     and lower(excluded.email) is distinct from lower(g.email)
                                    then null else g.email_bad_since end,
             address_bad_since = case when excluded.address is not null
                                       and excluded.address is distinct from g.address
                                      then null else g.address_bad_since end,
             actor = excluded.actor, role = excluded.role, at = excluded.at
       where (g.first_name, g.last_name, g.language, g.email, g.address)
             is distinct from
             (excluded.first_name, excluded.last_name, excluded.language,
              coalesce(excluded.email, g.email), coalesce(excluded.address, g.address))
      returning (xmax = 0) as inserted`,
  );
  return tally(read, written);
}

async function upsertTies(
  tx: Tx,
  ties: readonly (Guardianship & { guardian: string })[],
  cause: Cause,
): Promise<number> {
  const by = causeColumns(cause);
  const written = await rowsOf(
    tx,
    sql`
      insert into guardianships as t
        (guardian_id, student_id, relation, legal_recipient, lives_with, is_primary, no_contact, actor, role, at)
      select distinct on (g.id, s.id) g.id, s.id, r.relation, r."legalRecipient", r."livesWith", r."primary",
             bool_or(r."noContact") over (partition by g.id, s.id),
             ${by.actor}, ${by.role}, ${by.at}::timestamptz
        from jsonb_array_elements(${asJson(ties)}) with ordinality as e (value, line),
             jsonb_to_record(e.value)
          as r (guardian text, student text, relation text, "legalRecipient" text, "livesWith" boolean,
                "primary" boolean, "noContact" boolean)
        join guardians g on g.source_id = r.guardian
        join students n on n.sis_id = r.student
        join students s on s.id = coalesce(n.merged_into, n.id)
       order by g.id, s.id, (n.id = s.id) desc, e.line desc
      on conflict (guardian_id, student_id) do update
         set relation = excluded.relation, legal_recipient = excluded.legal_recipient,
             lives_with = excluded.lives_with, is_primary = excluded.is_primary,
             no_contact = t.no_contact or excluded.no_contact,
             actor = excluded.actor, role = excluded.role, at = excluded.at
       where (t.relation, t.legal_recipient, t.lives_with, t.is_primary, t.no_contact)
             is distinct from
             (excluded.relation, excluded.legal_recipient, excluded.lives_with, excluded.is_primary,
              t.no_contact or excluded.no_contact)
      returning 1 as one`,
  );
  return written.length;
}

/** A source's list of numbers replaces the one before, where it differs; an empty list says nothing. */
async function replacePhones(tx: Tx, batch: readonly GuardianRecord[]): Promise<void> {
  const phones = batch.flatMap((guardian) =>
    guardian.phones.map((phone, i) => ({ guardian: guardian.sourceId, position: i + 1, ...phone })),
  );
  if (phones.length === 0) return;
  const given = sql`
    select g.id as guardian_id, r.position, r.number, r.kind, r.household
      from jsonb_to_recordset(${asJson(phones)})
        as r (guardian text, position int, number text, kind text, household boolean)
      join guardians g on g.source_id = r.guardian`;
  await tx.execute(sql`
    insert into guardian_phones as p (guardian_id, position, number, kind, household)
    select * from (${given}) given order by 1, 2
    on conflict (guardian_id, position) do update
       set number = excluded.number, kind = excluded.kind, household = excluded.household
     where (p.number, p.kind, p.household) is distinct from (excluded.number, excluded.kind, excluded.household)`);
  await tx.execute(sql`
    with given as (${given})
    delete from guardian_phones p
     where p.guardian_id in (select guardian_id from given)
       and not exists (select 1 from given n where n.guardian_id = p.guardian_id and n.position = p.position)`);
}

/** A student's guardians with all that decides whether, how and in which language each is written to. */
export async function guardiansOf(db: Db, studentId: number): Promise<GuardianOfStudent[]> {
  return db
    .select({
      id: guardians.id,
      sourceId: guardians.sourceId,
      firstName: guardians.firstName,
      lastName: guardians.lastName,
      language: guardians.language,
      email: guardians.email,
      emailBadSince: guardians.emailBadSince,
      address: guardians.address,
      addressBadSince: guardians.addressBadSince,
      phones: sql<GuardianPhone[]>`coalesce((
        select jsonb_agg(jsonb_build_object('number', p.number, 'kind', p.kind, 'household', p.household)
                         order by p.position)
          from guardian_phones p where p.guardian_id = guardians.id), '[]'::jsonb)`,
      relation: guardianships.relation,
      legalRecipient: guardianships.legalRecipient,
      livesWith: guardianships.livesWith,
      primary: guardianships.primary,
      noContact: guardianships.noContact,
    })
    .from(guardianships)
    .innerJoin(guardians, eq(guardians.id, guardianships.guardianId))
    .where(eq(guardianships.studentId, studentId))
    .orderBy(sql`${guardianships.primary} desc`, guardians.id);
}

/** As the rules read a guardian: an address that came back, or that a server refused, is none until it changes. */
export function asRecipient(kept: GuardianOfStudent): Guardian {
  return {
    id: kept.id,
    names: { first: kept.firstName, last: kept.lastName },
    relation: kept.relation,
    legalRecipient: kept.legalRecipient,
    livesWith: kept.livesWith,
    noContact: kept.noContact,
    language: kept.language,
    email: kept.emailBadSince === null ? kept.email : null,
    address: kept.addressBadSince === null ? kept.address : null,
  };
}

/** Sets or lifts a court's no-contact order. Waits for a claim that reads it, and is seen by the next. */
export async function setNoContact(
  tx: Tx,
  guardianId: number,
  studentId: number,
  noContact: boolean,
  cause: Cause,
): Promise<boolean> {
  const rows = await tx
    .update(guardianships)
    .set({ noContact, ...causeColumns(cause) })
    .where(and(eq(guardianships.guardianId, guardianId), eq(guardianships.studentId, studentId)))
    .returning({ id: guardianships.guardianId });
  return rows.length > 0;
}

/** After a bounce or permanent refusal; the first day stands. Only if the guardian still has that very address. */
export async function markEmailBad(tx: Tx, guardianId: number, email: string, at = now()): Promise<void> {
  await tx
    .update(guardians)
    .set({ emailBadSince: sql`coalesce(${guardians.emailBadSince}, ${at}::timestamptz)` })
    .where(and(eq(guardians.id, guardianId), sql`lower(${guardians.email}) = lower(${email})`));
}

/** Keeps these adults as they are until commit. By ascending number, before anything of a letter is locked. */
export async function lockGuardians(tx: Tx, guardianIds: readonly number[]): Promise<void> {
  if (guardianIds.length === 0) return;
  await tx.execute(
    sql`select 1 from guardians where id = any(${asInts(guardianIds)}) order by id for no key update`,
  );
}

/** After returned mail. */
export async function markAddressBad(tx: Tx, guardianId: number, at = now()): Promise<void> {
  await tx
    .update(guardians)
    .set({ addressBadSince: sql`coalesce(${guardians.addressBadSince}, ${at}::timestamptz)` })
    .where(eq(guardians.id, guardianId));
}
