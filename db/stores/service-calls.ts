/** Service calls as told by their workflows: journal, projection, offers, visits, notes, tasks and messages; all of it or nothing. */
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { CallFact } from '../../domain/calls/facts.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { addressKey } from '../../domain/addresses.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { Db, Tx } from '../connect.ts';
import type { JsonObject } from '../schema/columns.ts';
import {
  attendanceNotes,
  callJournal,
  callOffers,
  serviceCalls,
  tasks,
  visits,
  type OfferStatus,
} from '../schema/index.ts';
import { planMessage, type NewMessage } from './call-messages.ts';
import { asTexts, causeColumns, firstOf, now, rowsOf, type Cause } from './common.ts';
import { guardiansOf, lockGuardians, markAddressBad } from './guardians.ts';
import { enqueue, enqueueMany } from './outbox.ts';
import { decideLetter, type DecidedLetter } from './steps.ts';
import { addTask, type NewTask } from './tasks.ts';
import { flagVisit } from './visit-flags.ts';

export type CallRow = typeof serviceCalls.$inferSelect;
export type CallJournalRow = typeof callJournal.$inferSelect;
export type OfferRow = typeof callOffers.$inferSelect;
export type VisitRow = typeof visits.$inferSelect;

export interface NewCall {
  readonly kind: CallKind;
  readonly school: string | null;
  readonly studentId: number | null;
  readonly policyName: string;
  readonly policyVersion: string;
  readonly openedAt: string;
  readonly openedOn: IsoDate;
  readonly goesFrom: IsoDate;
  readonly priority: number | null;
  readonly area: string | null;
  readonly address: PostalAddress | null;
  readonly intake: JsonObject;
  /** Two officers go. */
  readonly pair?: boolean | undefined;
}

/** The row; its workflow is started by the stream's first message, in the same transaction ({@link startStream}). */
export async function insertCall(tx: Tx, wanted: NewCall, cause: Cause): Promise<CallRow> {
  const next = await firstOf<{ n: string }>(tx, sql`select nextval('call_numbers')::text as n`);
  const number = `S-${(next?.n ?? '').padStart(6, '0')}`;
  const [row] = await tx
    .insert(serviceCalls)
    .values({
      ...wanted,
      number,
      status: 'open',
      stage: 'waiting',
      workflowId: `call-${number}`,
      seeking: true,
      headline: 'No officer has it yet.',
      actionBy: 'dispatcher',
      ...causeColumns(cause),
    })
    .returning();
  if (!row) throw new Error('the call could not be kept');
  return row;
}

export async function startStream(
  tx: Tx,
  number: string,
  workflow: string,
  input: JsonObject,
): Promise<void> {
  await enqueue(tx, number, 'start', workflow, input);
}

/** Puts a fact into a call's outbox. */
export async function tellCall(tx: Tx, number: string, fact: CallFact): Promise<void> {
  await enqueue(tx, number, 'signal', 'callFact', { ...fact });
}

export async function tellCalls(
  tx: Tx,
  facts: readonly (readonly [number: string, fact: CallFact])[],
): Promise<void> {
  await enqueueMany(
    tx,
    facts.map(([caseNumber, fact]) => ({
      caseNumber,
      kind: 'signal',
      name: 'callFact',
      payload: { ...fact },
    })),
  );
}

// ---------------------------------------------------------------- what a call's workflow writes

export interface CallJournalEntry {
  readonly seq: number;
  readonly type: string;
  readonly data: JsonObject;
  readonly officeDate: IsoDate;
  readonly at: string;
  readonly happenedAt: string | null;
  readonly commandId: string | null;
  readonly actor: string;
  readonly role: string;
  readonly invented: boolean;
}

/** What an entry changes beside journal and projection. Each is repeatable. */
export type CallEffect =
  | {
      readonly offer: number;
      readonly status: OfferStatus;
      readonly at: string;
      readonly reason: string | null;
    }
  | {
      readonly departure: number;
      readonly officer: string;
      readonly at: string;
      readonly expectedBackAt: string;
      /** It begins on a day without school. */
      readonly noSchool: boolean;
    }
  | { readonly arrival: number; readonly at: string }
  | { readonly back: number; readonly at: string }
  | { readonly overdue: number; readonly at: string }
  | {
      readonly note: string;
      readonly kind: string;
      readonly id: string;
      readonly date: IsoDate;
      readonly cause: Cause;
    }
  | { readonly task: NewTask }
  /** Takes every open task off whose key begins so. */
  | { readonly endFrom: string; readonly why: string }
  | { readonly message: NewMessage }
  | { readonly letter: DecidedLetter }
  /** The student does not live where the call went: no letter goes there until the address changes. */
  | { readonly addressNotConfirmed: true }
  /** The mark may have come before it was asked for. */
  | { readonly lookForMark: string; readonly from: IsoDate; readonly officeDate: IsoDate }
  /**
   * Every other officer on duty is told, by their own channel: also one past their planned end, who may still be out. An alarm is
   * no offer.
   */
  | { readonly alarm: string; readonly about: JsonObject & { readonly officer: string } };

export interface CallTold {
  readonly callNumber: string;
  readonly runId: string;
  /** ISO instant at which this run began: a later run wins over an earlier one whatever their sequences. */
  readonly runStartedAt: string;
  readonly seq: number;
  readonly entries: readonly CallJournalEntry[];
  readonly projection: JsonObject;
  readonly student: string | null;
  readonly columns: Pick<
    CallRow,
    | 'status'
    | 'stage'
    | 'school'
    | 'seeking'
    | 'pair'
    | 'goesFrom'
    | 'headline'
    | 'actionBy'
    | 'nextDeadline'
    | 'flags'
    | 'officer'
    | 'outcome'
    | 'closedAt'
    | 'closedOn'
  >;
  readonly effects: readonly CallEffect[];
}

/** Idempotent. Gives the keys of messages that have not left yet. Lock order: call → offers, visits, tasks → outbox head. */
export async function recordCall(db: Db, told: CallTold): Promise<string[]> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({ studentId: serviceCalls.studentId })
      .from(serviceCalls)
      .where(eq(serviceCalls.number, told.callNumber))
      .for('no key update');
    if (!row) throw new Error(`there is no call ${told.callNumber}`);
    const { callNumber, runId } = told;
    if (told.entries.length > 0) {
      await tx
        .insert(callJournal)
        .values(told.entries.map((entry) => ({ ...entry, callNumber, runId })))
        .onConflictDoNothing();
    }
    const studentId = await studentIdOf(tx, told.student, row.studentId);
    await takeProjection(tx, told, studentId);
    for (const effect of told.effects) await carryOut(tx, told, effect, studentId);
    const alarms = told.effects.flatMap((one) => ('alarm' in one ? [one.alarm] : []));
    // Closed: whoever was still asked is free.
    if (told.columns.status === 'closed') {
      await tx
        .update(callOffers)
        .set({ status: 'withdrawn', endedAt: told.columns.closedAt, reason: 'the call is closed' })
        .where(and(eq(callOffers.callNumber, callNumber), inArray(callOffers.status, ['open', 'accepted'])));
    }
    const keys = told.effects.flatMap((one) => ('message' in one ? [one.message.key] : []));
    if (keys.length + alarms.length === 0) return [];
    const planned = await rowsOf<{ key: string }>(
      tx,
      sql`select key from call_messages
           where status = 'planned'
             and (key = any(${asTexts(keys)})
                  or exists (select 1 from jsonb_array_elements_text(${JSON.stringify(alarms)}::jsonb) as a (key)
                              where starts_with(call_messages.key, a.key || '/colleague/')))
           order by key`,
    );
    return planned.map((one) => one.key);
  });
}

/** Of whom its workflow knows it to be: identified wrong at first, the call is another student's now. */
async function studentIdOf(tx: Tx, sisId: string | null, known: number | null): Promise<number | null> {
  if (sisId === null) return known;
  const found = await firstOf<{ id: number }>(
    tx,
    sql`select coalesce(merged_into, id) as id from students where sis_id = ${sisId}`,
  );
  return found?.id ?? known;
}

async function takeProjection(tx: Tx, told: CallTold, studentId: number | null): Promise<void> {
  const { callNumber, runId, runStartedAt, seq, projection, columns } = told;
  await tx
    .update(serviceCalls)
    .set({ ...columns, flags: [...columns.flags], studentId, projection, runId, runStartedAt, seq })
    .where(
      and(
        eq(serviceCalls.number, callNumber),
        sql`(${serviceCalls.runStartedAt} is null
             or (${runStartedAt}::timestamptz, ${seq}::int) >= (${serviceCalls.runStartedAt}, ${serviceCalls.seq}))`,
      ),
    );
}

async function carryOut(tx: Tx, told: CallTold, effect: CallEffect, studentId: number | null): Promise<void> {
  const { callNumber } = told;
  if ('offer' in effect) {
    const { offer, status, at, reason } = effect;
    const live = status === 'accepted' ? ['open' as const] : ['open' as const, 'accepted' as const];
    await tx
      .update(callOffers)
      .set(status === 'accepted' ? { status } : { status, endedAt: at, reason })
      .where(
        and(
          eq(callOffers.callNumber, callNumber),
          eq(callOffers.nth, offer),
          inArray(callOffers.status, live),
        ),
      );
  } else if ('departure' in effect) {
    const { departure: nth, officer, at: departedAt, expectedBackAt } = effect;
    await tx
      .insert(visits)
      .values({ callNumber, nth, officer, departedAt, expectedBackAt })
      .onConflictDoNothing();
    await flagVisit(tx, callNumber, nth, effect.noSchool);
  } else if ('arrival' in effect) {
    await tx.update(visits).set({ arrivedAt: effect.at }).where(visitIs(callNumber, effect.arrival));
    await flagVisit(tx, callNumber, effect.arrival, false);
  } else if ('back' in effect) {
    await tx
      .update(visits)
      .set({ backAt: effect.at })
      .where(and(visitIs(callNumber, effect.back), isNull(visits.backAt)));
    await flagVisit(tx, callNumber, effect.back, false);
  } else if ('overdue' in effect) {
    await tx.update(visits).set({ overdueSince: effect.at }).where(visitIs(callNumber, effect.overdue));
  } else if ('note' in effect) {
    const { note: text, kind, id, date, cause } = effect;
    // Of a student nobody could name there is no log to write into; the call keeps what was done.
    if (studentId === null) return;
    await tx
      .insert(attendanceNotes)
      .values({
        ...{ id, studentId, date, kind, text, callNumber },
        school: told.columns.school,
        source: 'service-call',
        invented: cause.role === 'script',
        ...causeColumns(cause),
      })
      .onConflictDoNothing();
  } else if ('task' in effect) {
    await addTask(tx, effect.task);
  } else if ('endFrom' in effect) {
    await tx
      .update(tasks)
      .set({ doneAt: now(), doneBy: 'call', doneNote: effect.why })
      .where(and(sql`starts_with(${tasks.key}, ${effect.endFrom})`, isNull(tasks.doneAt)));
  } else if ('addressNotConfirmed' in effect) {
    if (studentId !== null) await markAddressOf(tx, callNumber, studentId);
  } else if ('lookForMark' in effect) {
    const { lookForMark: code, from, officeDate } = effect;
    const truantDays = studentId === null ? [] : await truantDaysSince(tx, studentId, from, code);
    if (truantDays.length > 0) await tellCall(tx, callNumber, { type: 'attendance', officeDate, truantDays });
  } else if ('letter' in effect) {
    await decideLetter(tx, effect.letter);
  } else if ('alarm' in effect) {
    const colleagues = await rowsOf<{ id: string }>(
      tx,
      sql`select o.id from officers o join duty_spans d on d.officer = o.id and d.to_at is null
           where o.ended_at is null and o.id <> ${effect.about.officer} order by o.id`,
    );
    for (const { id } of colleagues) {
      const key = `${effect.alarm}/colleague/${id}`;
      await planMessage(tx, callNumber, { key, kind: 'overdue', to: { officer: id }, details: effect.about });
    }
  } else {
    await planMessage(tx, callNumber, effect.message);
  }
}

/** Of those adults whose address it is on record; an adult who has moved since is not marked. */
async function markAddressOf(tx: Tx, callNumber: string, studentId: number): Promise<void> {
  const [row] = await tx
    .select({ address: serviceCalls.address })
    .from(serviceCalls)
    .where(eq(serviceCalls.number, callNumber));
  const address = row?.address ?? null;
  if (address === null) return;
  const there = (await guardiansOf(tx, studentId)).filter(
    (one) => one.address !== null && addressKey(one.address) === addressKey(address),
  );
  await lockGuardians(
    tx,
    there.map((one) => one.id),
  );
  for (const { id } of there) await markAddressBad(tx, id);
}

function visitIs(callNumber: string, nth: number) {
  return and(eq(visits.callNumber, callNumber), eq(visits.nth, nth));
}

// ---------------------------------------------------------------- reading

export async function callByNumber(db: Db, number: string): Promise<CallRow | undefined> {
  const [row] = await db.select().from(serviceCalls).where(eq(serviceCalls.number, number));
  return row;
}

/** In its order; of a call that was reset, the runs one after the other. */
export async function callJournalOf(db: Db, number: string): Promise<CallJournalRow[]> {
  return db
    .select()
    .from(callJournal)
    .where(eq(callJournal.callNumber, number))
    .orderBy(callJournal.at, callJournal.seq);
}

export async function offersOf(db: Db, number: string): Promise<OfferRow[]> {
  return db.select().from(callOffers).where(eq(callOffers.callNumber, number)).orderBy(callOffers.nth);
}

export async function visitsOf(db: Db, number: string): Promise<VisitRow[]> {
  return db.select().from(visits).where(eq(visits.callNumber, number)).orderBy(visits.nth);
}

export interface CallFilter {
  readonly status: 'open' | 'closed' | 'any';
  /** School codes a person may see; null means all. */
  readonly schools: readonly string[] | null;
  readonly kind?: CallKind | undefined;
  readonly officer?: string | undefined;
  readonly studentId?: number | undefined;
  readonly limit: number;
}

/** In the order in which they are served: priority, then age; closed ones latest first. */
export async function listCalls(db: Db, filter: CallFilter): Promise<Omit<CallRow, 'projection'>[]> {
  const { status, schools, kind, officer, studentId } = filter;
  return db
    .select()
    .from(serviceCalls)
    .where(
      and(
        status === 'any' ? undefined : eq(serviceCalls.status, status),
        schools === null ? undefined : sql`${serviceCalls.school} = any(${asTexts(schools)})`,
        kind === undefined ? undefined : eq(serviceCalls.kind, kind),
        officer === undefined ? undefined : eq(serviceCalls.officer, officer),
        studentId === undefined ? undefined : eq(serviceCalls.studentId, studentId),
      ),
    )
    .orderBy(
      ...(status === 'closed'
        ? [desc(serviceCalls.closedAt)]
        : [sql`${serviceCalls.priority} nulls last`, serviceCalls.openedAt]),
      serviceCalls.number,
    )
    .limit(filter.limit);
}

export async function reserveFor(tx: Tx, number: string, officer: string | null): Promise<void> {
  await tx.update(serviceCalls).set({ reservedFor: officer }).where(eq(serviceCalls.number, number));
}

/** Open calls that wait for a student's mark, and the student; asked by an import. */
export async function openCallsOfStudents(
  db: Db,
  studentIds: readonly number[],
): Promise<{ number: string; studentId: number; openedOn: IsoDate }[]> {
  if (studentIds.length === 0) return [];
  return rowsOf(
    db,
    sql`select number, student_id as "studentId", opened_on::text as "openedOn" from service_calls
         where status = 'open' and student_id = any(array(select jsonb_array_elements_text(${JSON.stringify(studentIds)}::jsonb)::int))
         order by number`,
  );
}

/** Days from a date on that the student's school has marked with the office's code for a student found truant. */
export async function truantDaysSince(
  db: Db,
  studentId: number,
  from: IsoDate,
  code: string,
): Promise<IsoDate[]> {
  const rows = await rowsOf<{ date: IsoDate }>(
    db,
    sql`select distinct date::text as date from attendance_marks
         where student_id = ${studentId} and current and not withdrawn and date >= ${from}::date
           and lower(trim(code)) = lower(${code})
         order by 1`,
  );
  return rows.map((one) => one.date);
}

/** Open calls of schools, or all: whom a calendar or an office's morning concerns. */
export async function openCalls(
  db: Db,
  schools: readonly string[] | null,
): Promise<{ number: string; school: string | null }[]> {
  return rowsOf(
    db,
    sql`select number, school from service_calls
         where status = 'open' and ${schools === null ? sql`true` : sql`school = any(${asTexts(schools)})`}
         order by number`,
  );
}

/** Waits until a call's projection has come as far as an answer said. */
export async function waitForCall(db: Db, number: string, seq: number, patienceMs = 5_000): Promise<boolean> {
  const end = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    const row = await callByNumber(db, number);
    if (row && row.seq >= seq) return true;
    if (Date.now() + pause > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
