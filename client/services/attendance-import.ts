/** Attendance from a school's system: read, judged, and merged in one transaction with the messages to the cases. */
import { createHash, randomUUID } from 'node:crypto';
import { CODE_MAPS, DEFAULT_DAY_MINUTES, isFault, readAttendance } from '../../imports/attendance/index.ts';
import type { AttendanceFormat } from '../../imports/attendance/index.ts';
import { categoryOf, withCodes, type CodeMap } from '../../domain/attendance-codes.ts';
import {
  AttendanceIntake,
  type IntakeReport,
  type RawAttendanceRow,
  type RowFault,
} from '../../domain/attendance-intake.ts';
import { indexCalendar, schoolDaysBetween, type CalendarIndex } from '../../domain/calendar.ts';
import type { Mark } from '../../domain/attendance.ts';
import { addDays, earlier, later, type IsoDate } from '../../domain/dates.ts';
import { assignSlots, type KnownSlot } from '../../domain/mark-slots.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { SchoolRecord } from '../../domain/records.ts';
import type { Db, Tx } from '../../db/connect.ts';
import {
  codesSeen,
  mergeMarks,
  seedCodes,
  slotsKnown,
  type MarkRow,
  type MergeReport,
} from '../../db/stores/attendance.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { casesByNumber, openCasesOfSchools } from '../../db/stores/cases.ts';
import { ROSTER, serialise, shareTurn } from '../../db/stores/common.ts';
import { addCoverage, coverageOf } from '../../db/stores/coverage.ts';
import { recordImport } from '../../db/stores/imports.ts';
import { listSchools } from '../../db/stores/places.ts';
import { studentIds } from '../../db/stores/students.ts';
import { reaches } from '../../domain/access.ts';
import { allow, audited, causeOf, isInvented, todayOf, type Call } from './context.ts';
import { withDayChanges } from './day-changes.ts';
import { followAttendance } from './follow-student.ts';

export interface ImportInput {
  /** `<district>/<system>`. */
  readonly source: string;
  readonly format: AttendanceFormat;
  readonly rows?: readonly RawAttendanceRow[] | undefined;
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  /** Days of which the file knows everything; or up to when, from where the school's attendance was known. */
  readonly covers?: { readonly from: IsoDate; readonly to: IsoDate } | undefined;
  readonly upTo?: IsoDate | undefined;
  /** Schools it covers (codes or the source's own names); those its rows name, where none are given. */
  readonly schools?: readonly string[] | undefined;
  /** When the source wrote the file (ISO instant): an older file changes nothing after a newer one. Now, where nothing is said. */
  readonly exportedAt?: string | undefined;
  /** The school of rows that name none. */
  readonly school?: string | undefined;
  /** The file is the whole truth for what it covers: marks not in it are taken back. */
  readonly whole?: boolean | undefined;
  readonly dayMinutes?: number | undefined;
  readonly periodsPerDay?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RefusedRow {
  readonly line: number;
  readonly reason: 'unknown-school' | 'not-your-school' | 'future-date';
  readonly message: string;
}

export interface ImportAnswer {
  readonly importId: string | null;
  readonly dryRun: boolean;
  readonly source: string;
  /** What the rows say and what a person should look at, with lines. */
  readonly report: IntakeReport;
  /** Rows left out at this door. */
  readonly refused: readonly RefusedRow[];
  /** What changed in the records. */
  readonly marks: Pick<MergeReport, 'new' | 'changed' | 'unchanged' | 'withdrawn' | 'stands' | 'late'>;
  readonly covered: readonly { school: string; from: IsoDate; to: IsoDate }[];
  /** Open cases told. */
  readonly told: readonly string[];
}

class DryRun extends Error {
  readonly answer: ImportAnswer;
  constructor(answer: ImportAnswer) {
    super('dry run');
    this.answer = answer;
  }
}

/** All of it or nothing. The same again changes nothing. */
export async function importAttendance(call: Call, input: ImportInput): Promise<ImportAnswer> {
  allow(call, 'attendance.write');
  const items = await readItems(input);
  try {
    return await call.db.transaction(async (tx) => {
      const answer = await mergeItems(tx, call, input, items);
      if (input.dryRun === true) throw new DryRun(answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.answer;
    throw error;
  }
}

async function readItems(input: ImportInput): Promise<(RawAttendanceRow | RowFault)[]> {
  if ((input.rows === undefined) === (input.file === undefined)) {
    throw new InputFault('BAD_INPUT', 'give either rows or a file’s text', 'rows');
  }
  if (input.rows) return [...input.rows];
  const { name, text } = input.file!;
  const items: (RawAttendanceRow | RowFault)[] = [];
  const bytes = (async function* () {
    yield Buffer.from(text, 'utf8');
  })();
  for await (const item of readAttendance(bytes, { format: input.format, source: name })) items.push(item);
  return items;
}

async function mergeItems(
  tx: Tx,
  call: Call,
  input: ImportInput,
  items: readonly (RawAttendanceRow | RowFault)[],
): Promise<ImportAnswer> {
  const { source } = input;
  const today = await todayOf(tx);
  // Roster, source, students: the order in which everybody who writes marks locks.
  await shareTurn(tx, ROSTER);
  await serialise(tx, `marks/${source}`);
  const schools = await schoolNames(tx);
  const door = new Door(call, schools, today, input.school);
  const rows: RawAttendanceRow[] = [];
  const faults: RowFault[] = [];
  for (const item of items) {
    if (isFault(item)) faults.push(item);
    else {
      const row = door.judge(item);
      if (row) rows.push(row);
    }
  }
  const students = await studentIds(tx, [...new Set(rows.map((row) => row.student))]);
  const codeMap = await codeMapOf(tx, source, input.format);
  const intake = new AttendanceIntake({
    codeMap,
    calendarFor: await calendarsOf(tx, new Set(rows.map((row) => row.school))),
    knownStudents: new Set(students.keys()),
    dayMinutes: input.dayMinutes ?? DEFAULT_DAY_MINUTES,
    periodsPerDay: input.periodsPerDay,
  });
  for (const fault of faults) intake.fault(fault);
  for (const row of rows) intake.add(row);
  const { marks, report } = intake.finish();
  await seedCodes(tx, source, mappedCodes(rows, codeMap), causeOf(call));

  const covered = await coveredBy(tx, call, input, schools, rows);
  const markRows = [
    ...(await numbered(tx, source, marks, linesOf(rows))),
    ...presences(rows, codeMap, students),
  ];
  const seen = rows.map(({ student, school, date }) => ({ sisId: student, school, date }));
  const importId = randomUUID();
  const { result: merged, told } = await withDayChanges(
    tx,
    call,
    {
      students: [...(await concerned(tx, input, students, covered))],
      covered: () => covered,
      officeDate: today,
      also: () => followAttendance(tx, call, seen, today),
    },
    async () => {
      const done = await mergeMarks(tx, markRows, {
        ...causeOf(call),
        source,
        reportedBy: source,
        importId,
        invented: isInvented(call),
        ...(input.exportedAt === undefined ? {} : { saidAt: exportTime(input.exportedAt) }),
        ...whole(input, covered),
      });
      for (const { school, from, to } of covered) {
        await addCoverage(tx, school, from, to, { ...causeOf(call), source, importId });
      }
      return done;
    },
  );
  const counts = {
    new: merged.new,
    changed: merged.changed,
    unchanged: merged.unchanged,
    withdrawn: merged.withdrawn,
  };
  // Rows that change nothing because something else holds: listed for the reader, counted in the records.
  const { stands, late } = merged;
  await recordImport(
    tx,
    {
      id: importId,
      kind: 'attendance',
      source,
      sha256: sha256Of(input),
      fileName: input.file?.name ?? 'rows',
      report: {
        ...report,
        issues: report.issues.slice(0, 200),
        refused: door.refused.length,
        marks: { ...counts, stands: stands.length, late: late.length },
      },
      coversTo:
        covered
          .map((one) => one.to)
          .sort()
          .at(-1) ?? null,
    },
    causeOf(call),
  );
  await audited(tx, call, 'attendance.imported', `import ${importId}`, {
    source,
    rows: report.rows,
    ...counts,
  });
  return {
    importId: input.dryRun === true ? null : importId,
    dryRun: input.dryRun === true,
    source,
    report,
    refused: door.refused,
    marks: { ...counts, stands, late },
    covered,
    told,
  };
}

/** Codes by the school's code and by what its student system calls it. */
async function schoolNames(db: Db): Promise<Map<string, SchoolRecord>> {
  const names = new Map<string, SchoolRecord>();
  for (const school of await listSchools(db)) {
    names.set(school.sourceId, school);
    names.set(school.code, school);
  }
  return names;
}

/** What no rule of attendance needs to look at: rows of nobody's school, of another's, of tomorrow. */
class Door {
  readonly refused: RefusedRow[] = [];
  readonly #call: Call;
  readonly #schools: ReadonlyMap<string, SchoolRecord>;
  readonly #today: IsoDate;
  readonly #default: string | undefined;

  constructor(
    call: Call,
    schools: ReadonlyMap<string, SchoolRecord>,
    today: IsoDate,
    byDefault: string | undefined,
  ) {
    this.#call = call;
    this.#schools = schools;
    this.#today = today;
    this.#default = byDefault;
  }

  /** The row with its school's code, or null. */
  judge(row: RawAttendanceRow): RawAttendanceRow | null {
    const name = row.school === '' ? (this.#default ?? '') : row.school;
    const school = this.#schools.get(name);
    if (!school || !reaches(this.#call.caller.schools, [school.code])) {
      const what =
        name === ''
          ? 'the row names no school; say which with `school`'
          : `there is no school "${name.slice(0, 40)}" here`;
      return this.#refuse(row, school ? 'not-your-school' : 'unknown-school', `${what}: the row is left out`);
    }
    if (row.date > this.#today) {
      return this.#refuse(
        row,
        'future-date',
        `${row.date} is after today (${this.#today}): the row is left out`,
      );
    }
    return { ...row, school: school.code };
  }

  #refuse(row: RawAttendanceRow, reason: RefusedRow['reason'], message: string): null {
    // Another's school looks exactly like one that does not exist.
    this.refused.push({
      line: row.line,
      reason: reason === 'not-your-school' ? 'unknown-school' : reason,
      message,
    });
    return null;
  }
}

/** What the office has said a code means goes before the format's own map, whatever the spelling. */
export async function codeMapOf(db: Db, source: string, format: AttendanceFormat): Promise<CodeMap> {
  const said: Record<string, string> = {};
  for (const one of await codesSeen(db, source)) if (one.category !== null) said[one.code] = one.category;
  return withCodes(CODE_MAPS[format], said);
}

/** Each spelling a file uses is kept with its meaning: marks are joined to meanings by the code as written. */
function mappedCodes(rows: readonly RawAttendanceRow[], map: CodeMap): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { code } of rows) {
    const category = categoryOf(map, code);
    if (category !== null) found[code] = category;
  }
  return found;
}

async function calendarsOf(
  db: Db,
  schools: ReadonlySet<string>,
): Promise<(school: string) => CalendarIndex | null> {
  const known = new Map<string, CalendarIndex>();
  for (const school of schools) {
    const kept = await calendarFor(db, school);
    if (kept) known.set(school, indexCalendar(kept.value));
  }
  return (school) => known.get(school) ?? null;
}

type DayMark = Pick<MarkRow, 'sisId' | 'school' | 'date' | 'code' | 'fraction' | 'line'>;

/** Each mark keeps the number under which its source said it before: a shuffled file gives the same records. */
async function numbered(
  tx: Tx,
  source: string,
  marks: ReadonlyMap<string, readonly Mark[]>,
  lines: ReadonlyMap<string, number>,
): Promise<MarkRow[]> {
  const days = new Map<string, DayMark[]>();
  let span: { from: IsoDate; to: IsoDate } | undefined;
  for (const [sisId, all] of marks) {
    for (const { school, date, code, fraction } of all) {
      const day = keyOf({ sisId, school, date });
      const line = lines.get(`${day} ${code}`) ?? lines.get(day);
      days.set(day, [...(days.get(day) ?? []), { sisId, school, date, code, fraction, line }]);
      span = { from: earlier(span?.from ?? date, date), to: later(span?.to ?? date, date) };
    }
  }
  if (!span) return [];
  const several = [...days.values()].filter((day) => day.length > 1).flatMap(([first]) => first ?? []);
  const known = new Map<string, KnownSlot[]>();
  for (const one of await slotsKnown(tx, source, several, span)) {
    known.set(keyOf(one), [...(known.get(keyOf(one)) ?? []), one]);
  }
  return [...days].flatMap(([day, rows]) => assignSlots(rows, known.get(day) ?? []));
}

function keyOf({ sisId, school, date }: { sisId: string; school: string; date: IsoDate }): string {
  return `${sisId} ${school} ${date}`;
}

/** Where each mark stands in the file, for the report. */
function linesOf(rows: readonly RawAttendanceRow[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const { student, school, date, code, line } of rows) {
    const day = keyOf({ sisId: student, school, date });
    if (!lines.has(day)) lines.set(day, line);
    if (!lines.has(`${day} ${code}`)) lines.set(`${day} ${code}`, line);
  }
  return lines;
}

/** "Present" takes back what had been marked for that day; where nothing had, it changes nothing. */
function presences(
  rows: readonly RawAttendanceRow[],
  map: CodeMap,
  students: ReadonlyMap<string, number>,
): MarkRow[] {
  const absent = new Set(
    rows
      .filter((row) => categoryOf(map, row.code) !== 'present')
      .map((row) => `${row.student} ${row.school} ${row.date}`),
  );
  return rows
    .filter((row) => categoryOf(map, row.code) === 'present' && students.has(row.student))
    .filter((row) => !absent.has(`${row.student} ${row.school} ${row.date}`))
    .map((row) => ({
      sisId: row.student,
      school: row.school,
      date: row.date,
      code: row.code,
      fraction: 1,
      withdrawn: true,
      line: row.line,
    }));
}

async function coveredBy(
  tx: Tx,
  call: Call,
  input: ImportInput,
  names: ReadonlyMap<string, SchoolRecord>,
  rows: readonly RawAttendanceRow[],
): Promise<{ school: string; from: IsoDate; to: IsoDate }[]> {
  const { covers, upTo } = input;
  if (covers && upTo !== undefined)
    throw new InputFault('BAD_INPUT', 'give covers or upTo, not both', 'upTo');
  if (!covers && upTo === undefined) return [];
  const wanted = input.schools?.map((name) => {
    const school = names.get(name);
    if (!school || !reaches(call.caller.schools, [school.code])) {
      throw new InputFault('UNKNOWN_SCHOOL', `there is no school "${name.slice(0, 40)}" here`, 'schools');
    }
    return school.code;
  });
  const schools = [...new Set(wanted ?? rows.map((row) => row.school))].sort();
  const today = await todayOf(tx);
  const covered: { school: string; from: IsoDate; to: IsoDate }[] = [];
  for (const school of schools) {
    const to = covers?.to ?? upTo ?? today;
    if (to > today)
      throw new InputFault('BAD_COVERAGE', `attendance cannot be known after today, ${today}`, 'covers');
    const first = rows.reduce(
      (least, row) => (row.school === school && row.date < least ? row.date : least),
      to,
    );
    const from = await joined(tx, school, covers?.from ?? (await dayAfterKnown(tx, school)) ?? first);
    if (from <= to) covered.push({ school, from, to });
  }
  return covered;
}

async function dayAfterKnown(db: Db, school: string): Promise<IsoDate | undefined> {
  const last = (await coverageOf(db, school)).at(-1);
  return last && addDays(last.to, 1);
}

/** A Monday joins the Friday before: days without school in between have nothing to be known. */
export async function joined(db: Db, school: string, from: IsoDate): Promise<IsoDate> {
  const before = (await coverageOf(db, school)).findLast((part) => part.to < from);
  const kept = before && (await calendarFor(db, school));
  if (!before || !kept) return from;
  return schoolDaysBetween(kept.value, before.to, addDays(from, -1)) === 0 ? addDays(before.to, 1) : from;
}

function exportTime(text: string): string {
  const time = new Date(text);
  if (time.getTime() > Date.now())
    throw new InputFault('BAD_TIME', 'a file cannot have been written in the future', 'exportedAt');
  return time.toISOString();
}

function whole(input: ImportInput, covered: readonly { school: string; from: IsoDate; to: IsoDate }[]) {
  const first = covered[0];
  if (input.whole !== true || !first) return {};
  const { from, to } = input.covers ?? first;
  return { withdrawMissing: { schools: covered.map((one) => one.school), from, to } };
}

/** Students whose marks may change: those of the file, and with a whole file those it may leave out. */
async function concerned(
  tx: Tx,
  input: ImportInput,
  students: ReadonlyMap<string, number>,
  covered: readonly { school: string; from: IsoDate; to: IsoDate }[],
): Promise<Set<number>> {
  const ids = new Set(students.values());
  if (input.whole !== true) return ids;
  const open = await openCasesOfSchools(
    tx,
    covered.map((one) => one.school),
  );
  for (const { studentId } of await casesByNumber(tx, open)) ids.add(studentId);
  return ids;
}

function sha256Of(input: ImportInput): string {
  const content = input.file?.text ?? JSON.stringify(input.rows);
  return createHash('sha256').update(content).digest('hex');
}
