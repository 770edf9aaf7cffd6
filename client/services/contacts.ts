/** The Case Manager's tries to reach a family: kept with the message that tells the case. They never are interventions. */
import { createHash } from 'node:crypto';
import { contactRefusal, isReached } from '../../domain/contacts.ts';
import type { ContactKind, ContactOutcome, ContactWhom } from '../../domain/contacts.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { lockStudent } from '../../db/stores/cases.ts';
import {
  addContact,
  contactById,
  contactsOf,
  voidContact,
  type ContactRow,
} from '../../db/stores/contacts.ts';
import { Refused, Unknown } from '../failures.ts';
import { allow, audited, caseFor, causeOf, isInvented, todayOf, type Call } from './context.ts';
import { deliverNow, tellCase } from './tell-case.ts';

export interface NewContactInput {
  readonly id?: string | undefined;
  readonly kind: ContactKind;
  readonly whom: ContactWhom;
  readonly outcome: ContactOutcome;
  /** Default: today at the office. */
  readonly date?: IsoDate | undefined;
  readonly note?: string | undefined;
}

export interface ContactShown {
  readonly id: string;
  readonly caseNumber: string;
  readonly kind: string;
  readonly whom: string;
  readonly date: IsoDate;
  readonly outcome: string;
  readonly reached: boolean;
  readonly note: string | null;
  readonly loggedOn: IsoDate;
  readonly loggedBy: string;
  readonly invented: boolean;
  readonly void: { readonly reason: string | null } | null;
}

export interface ContactAnswer {
  readonly contact: ContactShown;
  /** It was there already: nothing was done twice. */
  readonly repeated: boolean;
  /** Kept, but the case has not been told yet (Temporal is away). */
  readonly waits: boolean;
}

function showContact(row: ContactRow): ContactShown {
  const { id, caseNumber, kind, whom, date, outcome, reached, note, loggedOn, invented } = row;
  return {
    ...{ id, caseNumber, kind, whom, date, outcome, reached, note, loggedOn, invented },
    loggedBy: `${row.role} ${row.actor}`,
    void: row.voidAt === null ? null : { reason: row.voidReason },
  };
}

export async function logContact(call: Call, number: string, input: NewContactInput): Promise<ContactAnswer> {
  allow(call, 'contact.write');
  const { db } = call;
  const { student } = await caseFor(call, db, number);
  const done = await db.transaction(async (tx) => {
    await lockStudent(tx, student.id);
    const today = await todayOf(tx);
    const wanted = { ...input, date: input.date ?? today };
    const id = await idFor(tx, number, wanted);
    const before = await contactById(tx, id);
    if (before) return { row: repeated(before, number, wanted, input.date !== undefined), repeated: true };
    // Under the lock: the case may have closed since it was found.
    const { row: current } = await caseFor(call, tx, number);
    if (current.status === 'closed') {
      throw new Refused(
        refusal('CASE_CLOSED', `Case ${number} is closed; no contact is logged in it any more.`),
      );
    }
    const no = contactRefusal(wanted.date, today);
    if (no) throw new Refused(no);
    const { kind, whom, date, outcome, note } = wanted;
    const reached = isReached(outcome);
    const row = await addContact(
      tx,
      {
        ...{ id, kind, whom, date, outcome, reached, note },
        caseNumber: number,
        studentId: student.id,
        loggedOn: today,
        invented: isInvented(call),
      },
      causeOf(call),
    );
    // The same id for another student's case, at this very moment.
    if (!row) throw idReused();
    await tellCase(tx, call, current, { type: 'contact', id, date, reached }, today);
    await audited(tx, call, 'contact.logged', `case ${number}`, { id, kind, date });
    return { row, repeated: false };
  });
  const waits = await deliverNow(call, db, number);
  return { contact: showContact(done.row), repeated: done.repeated, waits };
}

type Dated = NewContactInput & { readonly date: IsoDate };

/** The caller's id, or one made of the content: the same one sent twice counts once, unless it was voided in between. */
async function idFor(db: Db, number: string, input: Dated): Promise<string> {
  if (input.id !== undefined) return input.id;
  const content = [number, input.kind, input.whom, input.date, input.outcome, input.note ?? ''];
  for (let n = 1; ; n += 1) {
    const digest = createHash('sha256').update(JSON.stringify([...content, n]));
    const id = `k-${digest.digest('hex').slice(0, 24)}`;
    const row = await contactById(db, id);
    if (!row || row.voidAt === null) return id;
  }
}

/** A repeat gets the first row, on a later day too; its date is compared only where the caller gave one. */
function repeated(before: ContactRow, number: string, input: Dated, dated: boolean): ContactRow {
  const same =
    before.caseNumber === number &&
    before.kind === input.kind &&
    before.whom === input.whom &&
    before.outcome === input.outcome &&
    (!dated || before.date === input.date);
  if (!same) throw idReused();
  return before;
}

function idReused(): Refused {
  return new Refused(refusal('ID_REUSED', 'This id was used for another contact; choose a new one.'));
}

/** Takes an entry made by mistake back, visibly. */
export async function voidContactOf(
  call: Call,
  number: string,
  id: string,
  reason: string,
): Promise<{ readonly contact: ContactShown }> {
  allow(call, 'contact.write');
  await caseFor(call, call.db, number);
  const row = await call.db.transaction(async (tx) => {
    const found = await contactById(tx, id);
    if (found?.caseNumber !== number) {
      throw new Unknown(
        'UNKNOWN_CONTACT',
        'There is no such contact in this case; `caseload contacts` shows their ids.',
      );
    }
    const voided = await voidContact(tx, id, reason, call.caller.id);
    if (voided) await audited(tx, call, 'contact.voided', `case ${number}`, { id });
    return voided ?? found;
  });
  return { contact: showContact(row) };
}

export async function contactsFor(call: Call, number: string, withVoid = false): Promise<ContactShown[]> {
  allow(call, 'case.read');
  await caseFor(call, call.db, number);
  const rows = await contactsOf(call.db, number, withVoid);
  await audited(call.db, call, 'contact.read', `case ${number}`);
  return rows.map(showContact);
}
