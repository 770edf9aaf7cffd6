/** What the office brought in from paper: the entry that opened a case, and its letters with their proof. */
import { and, eq } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { paperCases, paperLetters } from '../schema/index.ts';
import { causeColumns, type Cause } from './common.ts';

export type PaperCaseRow = typeof paperCases.$inferSelect;
export type PaperLetterRow = typeof paperLetters.$inferSelect;

export interface NewPaperCase {
  readonly caseNumber: string;
  readonly studentId: number;
  readonly sha256: string;
  readonly note: string | null;
  readonly letters: readonly Pick<PaperLetterRow, 'kind' | 'sentOn' | 'channel' | 'proof'>[];
}

/** How the keys of these letters end: by it the doors know that they are none of ours. */
const ENDING = '/paper';

export function isPaperKey(key: string): boolean {
  return key.endsWith(ENDING);
}

/** In the transaction that opens the case. */
export async function keepPaperCase(tx: Tx, given: NewPaperCase, cause: Cause): Promise<void> {
  const { letters, ...row } = given;
  const by = causeColumns(cause);
  await tx.insert(paperCases).values({ ...row, ...by });
  if (letters.length === 0) return;
  await tx.insert(paperLetters).values(
    letters.map((letter) => ({
      ...letter,
      key: `${row.caseNumber}/${letter.kind}/1${ENDING}`,
      caseNumber: row.caseNumber,
      sequence: 1,
      ...by,
    })),
  );
}

/** The case this very entry has opened before. */
export async function paperCaseOf(
  db: Db,
  studentId: number,
  sha256: string,
): Promise<PaperCaseRow | undefined> {
  const [row] = await db
    .select()
    .from(paperCases)
    .where(and(eq(paperCases.studentId, studentId), eq(paperCases.sha256, sha256)));
  return row;
}

export async function paperCaseByNumber(db: Db, caseNumber: string): Promise<PaperCaseRow | undefined> {
  const [row] = await db.select().from(paperCases).where(eq(paperCases.caseNumber, caseNumber));
  return row;
}

/** Oldest first. */
export async function paperLettersOf(db: Db, caseNumber: string): Promise<PaperLetterRow[]> {
  return db
    .select()
    .from(paperLetters)
    .where(eq(paperLetters.caseNumber, caseNumber))
    .orderBy(paperLetters.sentOn, paperLetters.key);
}

export async function paperLetterByKey(db: Db, key: string): Promise<PaperLetterRow | undefined> {
  const [row] = await db.select().from(paperLetters).where(eq(paperLetters.key, key));
  return row;
}
