/** Attendance Notes: the log on a student's attendance, and each try to reach a family by telephone. Append-only. */
import { and, desc, eq, gte, isNull } from 'drizzle-orm';
import type { AttemptResult } from '../../domain/calls/gates.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db, Tx } from '../connect.ts';
import { attendanceNotes, contactAttempts } from '../schema/index.ts';
import { causeColumns, type Cause } from './common.ts';

export type NoteRow = typeof attendanceNotes.$inferSelect;
export type AttemptRow = typeof contactAttempts.$inferSelect;

export interface NewAttempt {
  /** The same one sent twice is one. */
  readonly id: string;
  readonly studentId: number;
  readonly school: string | null;
  readonly guardianId: number | null;
  /** Digits only. */
  readonly phone: string;
  readonly household: boolean | null;
  readonly date: IsoDate;
  readonly outcome: AttemptResult;
  readonly note: string | null;
  readonly callNumber: string | null;
  /** `attendance-notes`: by hand or by import; `intake`: listed with a call. */
  readonly source: string;
  readonly invented: boolean;
}

/** How many were not on record yet. */
export async function addAttempts(tx: Tx, list: readonly NewAttempt[], cause: Cause): Promise<number> {
  if (list.length === 0) return 0;
  const added = await tx
    .insert(contactAttempts)
    .values(
      list.map((one) => ({
        ...one,
        reachedParent: one.outcome === 'answered-by-parent',
        ...causeColumns(cause),
      })),
    )
    .onConflictDoNothing()
    .returning({ id: contactAttempts.id });
  return added.length;
}

export async function attemptsOf(db: Db, studentId: number, from?: IsoDate): Promise<AttemptRow[]> {
  return db
    .select()
    .from(contactAttempts)
    .where(
      and(
        eq(contactAttempts.studentId, studentId),
        isNull(contactAttempts.voidAt),
        from === undefined ? undefined : gte(contactAttempts.date, from),
      ),
    )
    .orderBy(contactAttempts.date, contactAttempts.phone, contactAttempts.id);
}

export async function noteById(db: Db, id: string): Promise<NoteRow | undefined> {
  const [row] = await db.select().from(attendanceNotes).where(eq(attendanceNotes.id, id));
  return row;
}

export interface NewNote {
  readonly id: string;
  readonly studentId: number;
  readonly school: string | null;
  readonly date: IsoDate;
  readonly kind: string;
  readonly text: string;
  readonly callNumber: string | null;
  readonly source: string;
  readonly invented: boolean;
}

/** False when it was there already. */
export async function addNote(tx: Tx, note: NewNote, cause: Cause): Promise<boolean> {
  const added = await tx
    .insert(attendanceNotes)
    .values({ ...note, ...causeColumns(cause) })
    .onConflictDoNothing()
    .returning({ id: attendanceNotes.id });
  return added.length > 0;
}

export async function notesOf(db: Db, studentId: number): Promise<NoteRow[]> {
  return db
    .select()
    .from(attendanceNotes)
    .where(and(eq(attendanceNotes.studentId, studentId), isNull(attendanceNotes.voidAt)))
    .orderBy(desc(attendanceNotes.date), attendanceNotes.id);
}
