/** Attendance one question or one mark at a time: explain a count, say what a code means, correct a day. */
import { eq, and, sql } from 'drizzle-orm';
import { CSV_CODES } from '../../imports/attendance/index.ts';
import { countUnexcused, type Count, type TruancyLines } from '../../domain/attendance.ts';
import { isSchoolDay } from '../../domain/calendar.ts';
import { CATEGORIES, categoryOf, normalCode } from '../../domain/attendance-codes.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import {
  codesSeen,
  marksOfStudent,
  mergeMarks,
  seedCodes,
  setCode,
  type CodeSeen,
  type KeptMark,
  type MarkRow,
} from '../../db/stores/attendance.ts';
import { addCoverage, coverageOf, coverageOfStudent } from '../../db/stores/coverage.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { listSchools } from '../../db/stores/places.ts';
import { attendanceMarks } from '../../db/schema/index.ts';
import { schoolsOn, type Student } from '../../db/stores/students.ts';
import { Refused } from '../failures.ts';
import {
  allow,
  audited,
  causeOf,
  isInvented,
  policyOf,
  schoolFor,
  studentFor,
  studentOnDay,
  todayOf,
  type Call,
} from './context.ts';
import { joined } from './attendance-import.ts';
import { withDayChanges } from './day-changes.ts';
import { calendarOfStudent } from './opening.ts';
import { deliverNow } from './tell-case.ts';

export interface Explained {
  readonly student: string;
  readonly count: Count;
  /** The law's lines for its two words. */
  readonly lines: TruancyLines;
}

/** Every day in a student's count, and every day left out, with the reason. */
export async function explain(
  call: Call,
  wish: { student: string; asOf?: IsoDate | undefined },
): Promise<Explained> {
  allow(call, 'attendance.read');
  const { db } = call;
  const student = await studentFor(call, db, wish.student);
  const policy = await policyOf(call, db);
  const { calendar } = await calendarOfStudent(db, student.id);
  const known = knownUpTo(await coverageOfStudent(db, student.id));
  const asOf = wish.asOf ?? known ?? (await todayOf(db));
  const marks = await marksOfStudent(db, student.id);
  await audited(db, call, 'attendance.read', `student ${student.id}`);
  return {
    student: wish.student,
    count: countUnexcused(marks, calendar, asOf, policy.counting, known),
    lines: policy.words,
  };
}

// ---------------------------------------------------------------- coverage

/** "No absences that day": said by a person, it makes the day known. */
export async function sayNone(
  call: Call,
  input: { school: string; date: IsoDate },
): Promise<{ school: string; knownUpTo: IsoDate | null; told: readonly string[] }> {
  allow(call, 'attendance.write');
  return call.db.transaction(async (tx) => {
    await schoolFor(call, tx, input.school);
    const today = await todayOf(tx);
    if (input.date > today) {
      throw new Refused(
        refusal('DATE_IN_FUTURE', `${shortDate(input.date)} is after today, ${shortDate(today)}.`),
      );
    }
    const calendar = (await calendarFor(tx, input.school))?.value;
    if (calendar && !isSchoolDay(calendar, input.date)) {
      throw new Refused(
        refusal(
          'NO_SCHOOL_THAT_DAY',
          `There is no school on ${shortDate(input.date)} by the calendar of ${input.school}; correct the calendar if there was.`,
        ),
      );
    }
    const from = await joined(tx, input.school, input.date);
    const { told } = await withDayChanges(
      tx,
      call,
      {
        students: [],
        covered: () => [{ school: input.school, from, to: input.date }],
        officeDate: today,
      },
      () => addCoverage(tx, input.school, from, input.date, causeOf(call)),
    );
    await audited(tx, call, 'attendance.none', `school ${input.school}`, { date: input.date });
    return { school: input.school, knownUpTo: knownUpTo(await coverageOf(tx, input.school)), told };
  });
}

// ---------------------------------------------------------------- codes

export async function codesFor(
  call: Call,
  wish: { source?: string | undefined; district?: string | undefined },
): Promise<CodeSeen[]> {
  allow(call, 'attendance.read');
  const all = await codesSeen(call.db, wish.source);
  return wish.district === undefined ? all : all.filter((one) => one.source.startsWith(`${wish.district}/`));
}

/** Says what a code means, in every spelling seen; counts are judged anew and cases told. */
export async function mapCode(
  call: Call,
  input: { source: string; code: string; category: string },
): Promise<{ changed: boolean; students: number; told: readonly string[] }> {
  allow(call, 'codes.write');
  if (!(CATEGORIES as readonly string[]).includes(input.category)) {
    throw new InputFault('BAD_CATEGORY', `a code means one of: ${CATEGORIES.join(', ')}`, 'category');
  }
  return call.db.transaction(async (tx) => {
    const spellings = (await codesSeen(tx, input.source))
      .map((one) => one.code)
      .filter((code) => normalCode(code) === normalCode(input.code));
    const codes = [...new Set([...spellings, input.code])].sort();
    const students = await carriers(tx, input.source, codes);
    let changed = false;
    const { told } = await withDayChanges(
      tx,
      call,
      { students, covered: () => [], officeDate: await todayOf(tx) },
      async () => {
        for (const code of codes) {
          const done = await setCode(tx, input.source, code, input.category, causeOf(call));
          changed ||= done.changed;
        }
      },
    );
    await audited(tx, call, 'code.mapped', `source ${input.source}`, {
      code: input.code,
      category: input.category,
    });
    return { changed, students: students.length, told };
  });
}

async function carriers(db: Db, source: string, codes: readonly string[]): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: attendanceMarks.studentId })
    .from(attendanceMarks)
    .where(
      and(
        eq(attendanceMarks.source, source),
        eq(attendanceMarks.current, true),
        sql`${attendanceMarks.code} = any(array(select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb)))`,
      ),
    );
  return rows.map((row) => row.id).sort((a, b) => a - b);
}

// ---------------------------------------------------------------- one mark by hand

export interface MarkInput {
  readonly student: string;
  readonly date: IsoDate;
  /** A code or a category's name. */
  readonly code: string;
  /** Part of the day, 0 < fraction ≤ 1; a whole day where nothing is said. */
  readonly fraction?: number | undefined;
  readonly reason?: string | undefined;
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
    return [
      {
        source: `${district}/by-hand`,
        row: {
          sisId: student.sisId,
          school,
          date: input.date,
          code: input.code,
          fraction: input.fraction ?? 1,
        },
      },
    ];
  });
}

/** Another code or length for what stands there; the earlier version stays on record. */
export async function correctMark(
  call: Call,
  input: MarkInput & { was?: string | undefined },
): Promise<MarkAnswer> {
  return byHand(call, input, async (tx, student) => {
    const there = (await marksOn(tx, student, input.date)).filter(
      (mark) => input.was === undefined || normalCode(mark.code) === normalCode(input.was),
    );
    const [mark, second] = there;
    if (!mark) throw noMark(input.date);
    if (second) {
      throw new Refused(
        refusal(
          'SEVERAL_MARKS',
          `There are several marks on ${shortDate(input.date)}; say which with its code.`,
          {
            codes: there.map((one) => one.code),
          },
        ),
      );
    }
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

function noMark(date: IsoDate): Refused {
  return new Refused(refusal('NO_MARK', `There is no mark on ${shortDate(date)}; add one.`));
}

function rowOf(student: Student, mark: KeptMark, code: string, fraction: number): MarkRow {
  return { sisId: student.sisId, school: mark.school, date: mark.date, slot: mark.slot, code, fraction };
}

function marksOn(db: Db, student: Student, date: IsoDate): Promise<KeptMark[]> {
  return marksOfStudent(db, student.id, date, date);
}

async function byHand(
  call: Call,
  input: MarkInput,
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
    const category = categoryOf(CSV_CODES, input.code) ?? (await knownCategory(tx, input.code));
    if (category === null) {
      throw new InputFault(
        'UNKNOWN_CODE',
        `"${input.code.slice(0, 40)}" is no code here; give a mapped code or one of: ${CATEGORIES.join(', ')}`,
        'code',
      );
    }
    const { result, told } = await withDayChanges(
      tx,
      call,
      { students: [student.id], covered: () => [], officeDate: today },
      async () => {
        let changed = 0;
        for (const { source, row } of await choose(tx, student)) {
          await seedCodes(tx, source, { [row.code]: category }, causeOf(call));
          const done = await mergeMarks(tx, [row], {
            ...causeOf(call),
            source,
            invented: isInvented(call),
            ...(input.reason === undefined ? {} : { reason: input.reason }),
          });
          changed += done.new + done.changed;
        }
        return changed;
      },
    );
    await audited(tx, call, 'mark.by-hand', `student ${student.id}`, { date: input.date, code: input.code });
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

async function knownCategory(db: Db, code: string): Promise<string | null> {
  const found = (await codesSeen(db)).find(
    (one) => normalCode(one.code) === normalCode(code) && one.category !== null,
  );
  return found?.category ?? null;
}
