/** The Case Manager's tries to reach a family. */
import { and, eq, isNull } from 'drizzle-orm';
import type { ContactKind, ContactOutcome, ContactWhom } from '../../domain/contacts.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { contacts } from '../schema/index.ts';
import { causeColumns, now } from './common.ts';
import type { Cause } from './common.ts';

export type ContactRow = typeof contacts.$inferSelect;

export interface NewContact {
  /** The caller's command id, or a hash of the content. */
  readonly id: string;
  readonly caseNumber: string;
  readonly studentId: number;
  readonly kind: ContactKind;
  readonly whom: ContactWhom;
  readonly date: IsoDate;
  readonly outcome: ContactOutcome;
  readonly reached: boolean;
  readonly note?: string | undefined;
  /** Office date of the entry. */
  readonly loggedOn: IsoDate;
  readonly invented: boolean;
}

export async function contactById(db: Db, id: string): Promise<ContactRow | undefined> {
  const [row] = await db.select().from(contacts).where(eq(contacts.id, id));
  return row;
}

/** Keeps a contact once; undefined when the id is taken. The caller holds the student's lock. */
export async function addContact(tx: Tx, given: NewContact, cause: Cause): Promise<ContactRow | undefined> {
  const [row] = await tx
    .insert(contacts)
    .values({ ...given, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning();
  return row;
}

/** A case's contacts by date, in the order logged; void ones only when asked. */
export async function contactsOf(db: Db, caseNumber: string, withVoid = false): Promise<ContactRow[]> {
  return db
    .select()
    .from(contacts)
    .where(and(eq(contacts.caseNumber, caseNumber), withVoid ? undefined : isNull(contacts.voidAt)))
    .orderBy(contacts.date, contacts.at, contacts.id);
}

/** Takes an entry back, visibly; undefined when there is none in force. */
export async function voidContact(
  tx: Tx,
  id: string,
  reason: string,
  by: string,
): Promise<ContactRow | undefined> {
  const [row] = await tx
    .update(contacts)
    .set({ voidReason: reason, voidAt: now(), voidBy: by })
    .where(and(eq(contacts.id, id), isNull(contacts.voidAt)))
    .returning();
  return row;
}
