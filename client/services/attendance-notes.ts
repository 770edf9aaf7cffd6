/**
 * Attendance Notes: what was done about a student's attendance, and each try to reach a family by telephone. What stands
 * here is what the MIA gate calls "shown by records".
 */
import { createHash } from 'node:crypto';
import { sameNumber, type AttemptResult } from '../../domain/calls/gates.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import {
  addAttempts,
  addNote,
  noteById,
  attemptsOf,
  notesOf,
  type NewAttempt,
} from '../../db/stores/attendance-notes.ts';
import { guardiansOf } from '../../db/stores/guardians.ts';
import type { Student } from '../../db/stores/students.ts';
import { ManyFaults, Refused, Unknown } from '../failures.ts';
import {
  allow,
  audited,
  callPolicyOf,
  causeOf,
  isInvented,
  studentFor,
  todayOf,
  type Call,
} from './context.ts';

/** One try, as a person or a file says it. */
export interface AttemptSaid {
  readonly number: string;
  readonly date: IsoDate;
  readonly result: AttemptResult;
  readonly note?: string | undefined;
}

export interface AttemptOfStudent extends AttemptSaid {
  readonly student: string;
  /** Where it stands in the file. */
  readonly line?: number | undefined;
}

export interface AttemptsTaken {
  readonly read: number;
  readonly new: number;
  readonly unchanged: number;
  /** How many were calls to a number that rings for somebody under a no-contact order. */
  readonly barred: number;
}

/** All or nothing: a row that cannot be taken is named by its line, and none is taken. */
export async function takeAttempts(
  call: Call,
  rows: readonly AttemptOfStudent[],
  source = 'attendance-notes',
): Promise<AttemptsTaken> {
  allow(call, 'note.write');
  return call.db.transaction(async (tx) => {
    await callPolicyOf(call, tx);
    const today = await todayOf(tx);
    const list: NewAttempt[] = [];
    const faults: { place: string; message: string }[] = [];
    const unknown: Unknown[] = [];
    const barredOf = new Map<string, ReadonlySet<string>>();
    let barred = 0;
    const students = new Map<string, Student>();
    for (const [i, row] of rows.entries()) {
      const place = `line ${row.line ?? i + 1}`;
      try {
        const student = students.get(row.student) ?? (await studentFor(call, tx, row.student));
        students.set(row.student, student);
        list.push(...(await attemptRows(tx, call, student, [row], { today, source, callNumber: null })));
        const never = barredOf.get(row.student) ?? (await barredNumbers(tx, student));
        barredOf.set(row.student, never);
        if (never.has(sameNumber(row.number))) barred += 1;
      } catch (error) {
        if (!(error instanceof Unknown) && !(error instanceof InputFault)) throw error;
        if (error instanceof Unknown) unknown.push(error);
        faults.push({ place, message: error.message });
      }
    }
    const [only] = unknown;
    if (rows.length === 1 && only) throw only;
    if (faults.length > 0) throw new ManyFaults('BAD_ATTEMPTS', faults.slice(0, 100));
    const added = await addAttempts(tx, list, causeOf(call));
    await audited(tx, call, 'attempts.logged', 'attendance notes', { read: rows.length, new: added });
    return { read: rows.length, new: added, unchanged: rows.length - added, barred };
  });
}

/** It is logged as it happened, and whoever rang is told not to again. */
async function barredNumbers(tx: Tx, student: Student): Promise<ReadonlySet<string>> {
  const adults = (await guardiansOf(tx, student.id)).filter((one) => one.noContact);
  return new Set(adults.flatMap((one) => one.phones.map((own) => sameNumber(own.number))));
}

/** With whose number it is, where the records know it. */
export async function attemptRows(
  tx: Tx,
  call: Call,
  student: Student,
  said: readonly AttemptSaid[],
  about: { readonly today: IsoDate; readonly source: string; readonly callNumber: string | null },
): Promise<NewAttempt[]> {
  const adults = await guardiansOf(tx, student.id);
  return said.map(({ number, date, result, note }) => {
    if (date > about.today) {
      throw new InputFault('DATE_AHEAD', `an attempt cannot be of ${shortDate(date)}, a day to come`);
    }
    const phone = sameNumber(number);
    if (phone.length < 7) throw new InputFault('BAD_NUMBER', 'the telephone number is too short');
    const owner = adults
      .flatMap((one) => one.phones.map((own) => ({ id: one.id, ...own })))
      .find((own) => sameNumber(own.number) === phone);
    // Listed with a call and found in the log later, it is one try.
    const content = JSON.stringify([student.id, phone, date, result, note ?? '']);
    return {
      id: `a-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`,
      studentId: student.id,
      school: student.schools[0] ?? null,
      guardianId: owner?.id ?? null,
      household: owner?.household ?? null,
      ...{ phone, date, outcome: result, note: note ?? null },
      ...{ callNumber: about.callNumber, source: about.source, invented: isInvented(call) },
    };
  });
}

export async function writeNote(
  call: Call,
  wish: {
    readonly id?: string | undefined;
    readonly student: string;
    readonly date?: IsoDate | undefined;
    readonly text: string;
  },
): Promise<{ readonly id: string; readonly repeated: boolean }> {
  allow(call, 'note.write');
  return call.db.transaction(async (tx) => {
    await callPolicyOf(call, tx);
    const student = await studentFor(call, tx, wish.student);
    const today = await todayOf(tx);
    const date = wish.date ?? today;
    if (date > today) {
      throw new InputFault('DATE_AHEAD', `a note cannot be of ${shortDate(date)}, a day to come`, 'date');
    }
    const content = JSON.stringify([student.id, date, wish.text]);
    const id = wish.id ?? `n-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`;
    const added = await addNote(
      tx,
      {
        ...{ id, studentId: student.id, school: student.schools[0] ?? null, date, kind: 'note' },
        ...{ text: wish.text, callNumber: null, source: 'office', invented: isInvented(call) },
      },
      causeOf(call),
    );
    if (added) await audited(tx, call, 'note.written', `student ${student.id}`);
    else await refuseAnotherNote(tx, id, student, wish.text);
    return { id, repeated: !added };
  });
}

/** An id of one's own that stands for another note already: this one would be lost without a word. */
async function refuseAnotherNote(tx: Tx, id: string, student: Student, text: string): Promise<void> {
  const kept = await noteById(tx, id);
  if (kept?.studentId === student.id && kept.text === text) return;
  throw new Refused(refusal('ID_REUSED', 'This id was used for another note; choose a new one.'));
}

export interface NotesShown {
  readonly notes: readonly {
    readonly date: IsoDate;
    readonly kind: string;
    readonly text: string;
    readonly call: string | null;
    readonly by: string;
  }[];
  readonly attempts: readonly {
    readonly date: IsoDate;
    readonly number: string;
    readonly household: boolean | null;
    readonly result: string;
    readonly note: string | null;
  }[];
}

export async function notesFor(call: Call, sisId: string): Promise<NotesShown> {
  allow(call, 'note.read');
  const student = await studentFor(call, call.db, sisId);
  const [notes, attempts] = [await notesOf(call.db, student.id), await attemptsOf(call.db, student.id)];
  await audited(call.db, call, 'notes.read', `student ${student.id}`);
  return {
    notes: notes.map(({ date, kind, text, callNumber, role, actor }) => ({
      ...{ date, kind, text, call: callNumber, by: `${role} ${actor}` },
    })),
    attempts: attempts.map(({ date, phone, household, outcome, note }) => ({
      ...{ date, number: phone, household, result: outcome, note },
    })),
  };
}
