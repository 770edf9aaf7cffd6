/** One mark by hand: added, corrected, excused, withdrawn; every version stays, and the case learns what it changes. */
import { CSV_CODES } from '../../imports/attendance/index.ts';
import { isSchoolDay } from '../../domain/calendar.ts';
import { CATEGORIES, categoryOf, normalCode } from '../../domain/attendance-codes.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import {
  codesSeen,
  markHistory,
  marksOfStudent,
  mergeMarks,
  seedCodes,
  type KeptMark,
  type MarkRevision,
  type MarkRow,
} from '../../db/stores/attendance.ts';
import { ROSTER, serialise, shareTurn } from '../../db/stores/common.ts';
import { listSchools } from '../../db/stores/places.ts';
import { schoolsOn, type Student } from '../../db/stores/students.ts';
import { Refused } from '../failures.ts';
import { allow, audited, causeOf, isInvented, studentOnDay, todayOf, type Call } from './context.ts';
import { withDayChanges } from './day-changes.ts';
import { calendarOfStudent } from './opening.ts';
import { deliverNow } from './tell-case.ts';

export interface MarkInput {
  readonly student: string;
  readonly date: IsoDate;
  /** A code or a category's name. */
  readonly code: string;
  /** Part of the day, 0 < fraction ≤ 1; a whole day where nothing is said. */
  readonly fraction?: number | undefined;
  readonly reason?: string | undefined;
}

/** Which mark is meant, where the day has several. */
export interface WhichMark {
  readonly was?: string | undefined;
  readonly source?: string | undefined;
}

export interface MarkAnswer {
  readonly student: string;
  readonly marks: readonly Pick<
    KeptMark,
    'date' | 'school' | 'code' | 'category' | 'fraction' | 'source' | 'revision'
  >[];
  readonly changed: boolean;
  /** By the calendar there is no school that day: the mark never counts. */
  readonly noSchool: boolean;
  readonly told: readonly string[];
  /** Kept, but the case has not been told yet (Temporal is away). */
  readonly waits: boolean;
}

export async function addMark(call: Call, input: MarkInput): Promise<MarkAnswer> {
  return byHand(call, input, async (tx, student) => {
    const [school] = [...(await schoolsOn(tx, student.id, input.date)), ...student.schools];
    if (school === undefined) {
      throw new Refused(refusal('NO_SCHOOL', 'The records do not say which school the student attends.'));
    }
    const there = await marksOn(tx, student, input.date);
    if (there.some((mark) => !mark.source.endsWith('/by-hand'))) {
      throw new Refused(
        refusal('MARK_EXISTS', `There is a mark on ${shortDate(input.date)} already; correct or excuse it.`, {
          codes: there.map((mark) => mark.code),
        }),
      );
    }
    const district = (await listSchools(tx)).find((one) => one.code === school)?.district ?? 'office';
    const row = { school, date: input.date, code: input.code, fraction: input.fraction ?? 1 };
    return [{ source: `${district}/by-hand`, row: { sisId: student.sisId, ...row } }];
  });
}

/** Another code or length for what stands there; the earlier version stays on record. */
export async function correctMark(call: Call, input: MarkInput & WhichMark): Promise<MarkAnswer> {
  return byHand(call, input, async (tx, student) => {
    const mark = await theMark(tx, student, input);
    return [{ source: mark.source, row: rowOf(student, mark, input.code, input.fraction ?? mark.fraction) }];
  });
}

/** A valid cause came in, late as it often does: every unexcused or unknown mark of the day is excused. */
export async function excuseDay(
  call: Call,
  input: { student: string; date: IsoDate; reason: string },
): Promise<MarkAnswer> {
  return byHand(call, { ...input, code: 'excused' }, async (tx, student) => {
    const there = await marksOn(tx, student, input.date);
    if (there.length === 0) throw noMark(input.date);
    return there
      .filter((mark) => mark.category === null || ['unexcused', 'unknown'].includes(mark.category))
      .map((mark) => ({ source: mark.source, row: rowOf(student, mark, 'excused', mark.fraction) }));
  });
}

/** There was no such absence: the mark no longer stands, and stays on record. */
export async function withdrawMark(
  call: Call,
  input: { student: string; date: IsoDate; reason: string } & WhichMark,
): Promise<MarkAnswer> {
  return byHand(call, { ...input, code: null }, async (tx, student) => {
    const mark = await theMark(tx, student, input);
    return [
      { source: mark.source, row: { ...rowOf(student, mark, mark.code, mark.fraction), withdrawn: true } },
    ];
  });
}

export interface DayHistory {
  readonly student: string;
  readonly date: IsoDate;
  readonly revisions: readonly MarkRevision[];
}

/** Everything ever said of a student's day, oldest first. */
export async function historyOf(call: Call, wish: { student: string; date: IsoDate }): Promise<DayHistory> {
  allow(call, 'attendance.read');
  const student = await studentOnDay(call, call.db, wish.student, wish.date);
  const revisions = await markHistory(call.db, student.id, wish.date);
  await audited(call.db, call, 'attendance.read', `student ${student.id}`);
  return { student: wish.student, date: wish.date, revisions };
}

async function theMark(
  tx: Tx,
  student: Student,
  input: { readonly date: IsoDate } & WhichMark,
): Promise<KeptMark> {
  const there = (await marksOn(tx, student, input.date)).filter(
    (mark) =>
      (input.was === undefined || normalCode(mark.code) === normalCode(input.was)) &&
      (input.source === undefined || mark.source === input.source),
  );
  const [mark, second] = there;
  if (!mark) throw noMark(input.date);
  if (second) {
    throw new Refused(
      refusal(
        'SEVERAL_MARKS',
        `There are several marks on ${shortDate(input.date)}; say which with its code or source.`,
        { codes: there.map((one) => one.code), sources: there.map((one) => one.source) },
      ),
    );
  }
  return mark;
}

function noMark(date: IsoDate): Refused {
  return new Refused(refusal('NO_MARK', `There is no mark on ${shortDate(date)}; add one.`));
}

function rowOf(student: Student, mark: KeptMark, code: string, fraction: number): MarkRow {
  return { sisId: student.sisId, school: mark.school, date: mark.date, slot: mark.slot, code, fraction };
}

function marksOn(db: Db, student: Student, date: IsoDate): Promise<KeptMark[]> {
  return marksOfStudent(db, student.id, date, date);
}

/** Without a code the row says only that a mark is taken back. */
async function byHand(
  call: Call,
  input: Omit<MarkInput, 'code'> & { readonly code: string | null },
  choose: (tx: Tx, student: Student) => Promise<{ source: string; row: MarkRow }[]>,
): Promise<MarkAnswer> {
  allow(call, 'attendance.write');
  const done = await call.db.transaction(async (tx) => {
    const student = await studentOnDay(call, tx, input.student, input.date);
    const today = await todayOf(tx);
    if (input.date > today) {
      throw new Refused(
        refusal('DATE_IN_FUTURE', `${shortDate(input.date)} is after today, ${shortDate(today)}.`),
      );
    }
    const category = input.code === null ? null : await meaningOf(tx, input.code);
    // The order in which an import locks: roster, sources, students.
    await shareTurn(tx, ROSTER);
    const sources = new Set((await choose(tx, student)).map((one) => one.source));
    for (const source of [...sources].sort()) await serialise(tx, `marks/${source}`);
    const { result, told } = await withDayChanges(
      tx,
      call,
      { students: [student.id], covered: () => [], officeDate: today },
      async () => {
        let changed = 0;
        // Looked at again: a file may have come in while this waited for its turn.
        for (const { source, row } of await choose(tx, student)) {
          if (category !== null) await seedCodes(tx, source, { [row.code]: category }, causeOf(call));
          const done = await mergeMarks(tx, [row], {
            ...{ ...causeOf(call), source, byHand: true, invented: isInvented(call) },
            ...(input.reason === undefined ? {} : { reason: input.reason }),
          });
          changed += done.new + done.changed + done.withdrawn;
        }
        return changed;
      },
    );
    await audited(tx, call, 'mark.by-hand', `student ${student.id}`, {
      date: input.date,
      code: input.code ?? 'withdrawn',
    });
    const marks = await marksOn(tx, student, input.date);
    const { calendar } = await calendarOfStudent(tx, student.id);
    return {
      student: input.student,
      noSchool: calendar.terms.length > 0 && !isSchoolDay(calendar, input.date),
      marks: marks.map(({ date, school, code, category: means, fraction, source, revision }) => ({
        date,
        school,
        code,
        category: means,
        fraction,
        source,
        revision,
      })),
      changed: result > 0,
      told,
    };
  });
  let waits = false;
  for (const number of done.told) waits = (await deliverNow(call, call.db, number)) || waits;
  return { ...done, waits };
}

async function meaningOf(db: Db, code: string): Promise<string> {
  const found = (await codesSeen(db)).find(
    (one) => normalCode(one.code) === normalCode(code) && one.category !== null,
  );
  const category = categoryOf(CSV_CODES, code) ?? found?.category ?? null;
  if (category !== null) return category;
  throw new InputFault(
    'UNKNOWN_CODE',
    `"${code.slice(0, 40)}" is no code here; give a mapped code or one of: ${CATEGORIES.join(', ')}`,
    'code',
  );
}
