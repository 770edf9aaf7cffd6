/**
 * One letter at the moment its delivery looks at it, whatever it is about: a case of the ladder, a 20-Day Monitor, a service
 * call. The delivery claims, sends and records; what a letter says, whom it may reach and what its leaving means is asked here.
 */
import type { IsoDate } from '../domain/dates.ts';
import { isDepartmentLetter, type SentLetterRef } from '../domain/department-letters.ts';
import type { OfficeProfile } from '../domain/office-profile.ts';
import type { LadderPolicy } from '../domain/policy.ts';
import type { Addressee, Recipients } from '../domain/recipients.ts';
import type { ContactFunction, SchoolRecord } from '../domain/records.ts';
import type { Db } from '../db/connect.ts';
import type { JsonObject } from '../db/schema/columns.ts';
import type { GuardianOfStudent } from '../db/stores/guardians.ts';
import type { NoticeRow, OutSignal } from '../db/stores/notices.ts';
import type { Office } from '../db/stores/office.ts';
import type { RenderedLetter, RenderOptions } from '../templates/index.ts';
import { readCaseLetter } from './case-letter.ts';
import { readDepartmentLetter } from './department-letter.ts';
import type { TemplatesInUse } from './templates-in-use.ts';

/** What an office has decided about letters on their way. */
export interface DeliveryRules extends Pick<LadderPolicy, 'name' | 'version' | 'holidays'> {
  readonly notices: Pick<LadderPolicy['notices'], 'officeHours' | 'unknownOutcome' | 'giveUpAfterHours'>;
}

/** What is around the words: the logo, where the office has one. */
export type Dress = Pick<RenderOptions, 'logo'>;

export interface LetterAtHand {
  readonly letter: SentLetterRef;
  readonly office: Office;
  readonly profile: OfficeProfile;
  readonly school: SchoolRecord;
  readonly guardians: readonly GuardianOfStudent[];
  readonly today: IsoDate;
  readonly rules: DeliveryRules;
  /** The texts it may be written from, by language. */
  readonly templates: TemplatesInUse;
  readonly recipients: Recipients;
  /** Why what it rests on does not stand in the records (any more): then it does not leave. Null where it stands. */
  readonly basisLost: string | null;
  /** What its words rest on, in short: where two looks differ, it is written anew. */
  readonly wording: string;
  /** The function of the school that gets a copy of what left. */
  readonly schoolCopy: ContactFunction | 'none';
  /** Whose task it is where a person is needed. */
  readonly asks: 'case-manager' | 'dispatcher' | 'attendance-officer';
  /** Throws an `InputFault` that says what is missing where it cannot be written. */
  write(addressee: Addressee, dress?: Dress): RenderedLetter;
  /** Everybody the copy is addressed to, as on the envelope. */
  names(addressee: Addressee): readonly string[];
  /** Kept with each copy. */
  evidence(addressee: Addressee): JsonObject;
  /** What its case is told; null where nobody waits for it, and a task is all. */
  whenBlocked(code: string): OutSignal | null;
  whenOut(notice: NoticeRow, on: IsoDate): OutSignal | null;
}

/** Null where what it is about, the school or the office's letterhead is not in the records (yet). */
export async function readLetter(db: Db, letter: SentLetterRef): Promise<LetterAtHand | null> {
  const { kind } = letter;
  return isDepartmentLetter(kind)
    ? readDepartmentLetter(db, { ...letter, kind })
    : readCaseLetter(db, { ...letter, kind });
}
