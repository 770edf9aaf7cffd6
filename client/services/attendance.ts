/** Attendance one question at a time: explain a count, say what a code means, or that a day had no absences. */
import { eq, and, sql } from 'drizzle-orm';
import { countUnexcused, type Count, type TruancyLines } from '../../domain/attendance.ts';
import { isSchoolDay } from '../../domain/calendar.ts';
import { CATEGORIES, normalCode } from '../../domain/attendance-codes.ts';
import { coverageNotes } from '../../domain/coverage-notes.ts';
import { knownUpTo } from '../../domain/coverage.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { codesSeen, marksOfStudent, setCode, type CodeSeen } from '../../db/stores/attendance.ts';
import { ROSTER, serialise, shareTurn } from '../../db/stores/common.ts';
import { addCoverage, coverageOf, coverageOfStudent } from '../../db/stores/coverage.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { attendanceMarks } from '../../db/schema/index.ts';
import { Refused } from '../failures.ts';
import { policyOfStudent } from './case-policies.ts';
import { allow, audited, causeOf, schoolFor, studentFor, todayOf, type Call } from './context.ts';
import { joined } from './attendance-import.ts';
import { withDayChanges } from './day-changes.ts';
import { calendarOfStudent } from './opening.ts';

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
  const policy = await policyOfStudent(call, db, student.id);
  const { calendar } = await calendarOfStudent(db, student.id);
  const coverage = await coverageOfStudent(db, student.id);
  const known = knownUpTo(coverage);
  const asOf = wish.asOf ?? known ?? (await todayOf(db));
  const marks = await marksOfStudent(db, student.id);
  await audited(db, call, 'attendance.read', `student ${student.id}`);
  const count = countUnexcused(marks, calendar, asOf, policy.counting, known);
  const unknown = coverageNotes(coverage, calendar, asOf, policy.counting.windowDays);
  return {
    student: wish.student,
    count: { ...count, notes: [...count.notes, ...unknown] },
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
    // The order in which an import locks: roster, source, students.
    await shareTurn(tx, ROSTER);
    await serialise(tx, `marks/${input.source}`);
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
