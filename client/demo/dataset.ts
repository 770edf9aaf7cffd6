/**
 * The input of a rehearsal or a demo, from files: calendars, attendance, rosters and script, read through the same
 * importers as the server's, cut into the days on which they would have arrived.
 */
import path from 'node:path';
import type { Mark } from '../../domain/attendance.ts';
import {
  AttendanceIntake,
  type IntakeReport,
  type RawAttendanceRow,
} from '../../domain/attendance-intake.ts';
import { addMakeUpDay, closeDay, indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import { cutFeed, type FeedDay } from '../../domain/feed.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { Guardian } from '../../domain/recipients.ts';
import type { GuardianRecord, SchoolRecord, StudentRecord } from '../../domain/records.ts';
import { InputFault } from '../../domain/refusal.ts';
import type { FeedMark, RehearsalInput, RehearsalStudent } from '../../domain/rehearsal.ts';
import type { Script } from '../../domain/script.ts';
import {
  CODE_MAPS,
  DEFAULT_DAY_MINUTES,
  guessAttendanceFormat,
  isFault,
  readAttendance,
  type AttendanceFormat,
} from '../../imports/attendance/index.ts';
import {
  readCalendarFiles,
  type CalendarOptions,
  type CalendarReading,
} from '../../imports/calendar/index.ts';
import { readContacts, readSchools, readStudents, type RosterIssue } from '../../imports/roster/index.ts';
import { checkScriptAgainst, loadScript } from '../../imports/script.ts';

export interface DatasetFiles {
  readonly attendance: readonly string[];
  /** `SCHOOL=FILE`, or a file that holds for every school. */
  readonly calendars: readonly string[];
  readonly students?: string | undefined;
  readonly contacts?: string | undefined;
  readonly schools?: string | undefined;
  readonly script?: string | undefined;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

/** A row of a file, with its school by code and the format whose codes it uses. */
export interface SourceRow extends RawAttendanceRow {
  readonly format: AttendanceFormat;
}

export interface Dataset {
  /** Whether this is the project's own example. */
  readonly example: boolean;
  readonly schools: readonly SchoolRecord[];
  /** By school code, as they are before the first day: what the script announces later is not in them. */
  readonly calendars: ReadonlyMap<string, SchoolCalendar>;
  readonly students: readonly StudentRecord[];
  readonly guardians: readonly GuardianRecord[];
  /** Whether a file said who the adults are; else every family is written to by post. */
  readonly contactsKnown: boolean;
  readonly script: Script;
  readonly scriptName: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Deliveries before `from`: in the records when the office begins. */
  readonly history: readonly FeedDay<SourceRow>[];
  readonly feed: readonly FeedDay<SourceRow>[];
  readonly report: DatasetReport;
}

/** What was left out of the input, and why. */
export interface DatasetReport {
  /** One for each format of attendance file. */
  readonly attendance: readonly (IntakeReport & { readonly format: AttendanceFormat })[];
  /** Rows whose school is in no file of schools. */
  readonly unknownSchools: ReadonlyMap<string, number>;
  readonly roster: readonly RosterIssue[];
  readonly calendars: readonly {
    readonly files: readonly string[];
    readonly readings: readonly CalendarReading[];
  }[];
  readonly notes: readonly string[];
}

const EXAMPLES = path.join(import.meta.dirname, '..', '..', 'examples');

/** The project's own example: last year in the records, this year lived through. */
export const EXAMPLE_FILES: DatasetFiles = {
  attendance: [
    'maple-hs-2024-25.xml',
    'maple-hs-2025-26.xml',
    'maple-ms-2024-25.csv',
    'maple-ms-2025-26.csv',
  ].map((name) => path.join(EXAMPLES, 'attendance', name)),
  calendars: [
    ['MAPLE-HS', 'maple-hs-2024-25.ics'],
    ['MAPLE-HS', 'maple-hs-2025-26.ics'],
    ['MAPLE-MS', 'maple-ms-2024-25.csv'],
    ['MAPLE-MS', 'maple-ms-2025-26.csv'],
  ].map(([school, name]) => `${school!}=${path.join(EXAMPLES, 'calendars', name!)}`),
  students: path.join(EXAMPLES, 'students.csv'),
  contacts: path.join(EXAMPLES, 'guardians.csv'),
  schools: path.join(EXAMPLES, 'schools.csv'),
  script: path.join(EXAMPLES, 'script.yaml'),
  from: '2025-08-14',
};

/** The office of the example, whose letterhead and signatories a demo uses. */
export const EXAMPLE_OFFICE = path.join(EXAMPLES, 'office.yaml');

/** The script that holds where none is given with own files: the defaults, without changes to the calendar. */
const DEFAULT_SCRIPT = path.join(import.meta.dirname, 'default-script.yaml');

/** Letters decided on the last day of school leave in the days after it. */
const DAYS_AFTER_THE_LAST = 7;

/**
 * Reads everything. Without attendance files it is the example, of which single files can be replaced (`--script`).
 * Throws InputFault for what cannot be read; what can be left out is left out and reported.
 */
export async function loadDataset(
  given: DatasetFiles,
  policy: LadderPolicy,
  reading: CalendarOptions = {},
): Promise<Dataset> {
  const example = given.attendance.length === 0;
  if (example && (given.calendars.length > 0 || given.students || given.contacts || given.schools)) {
    throw new InputFault('NO_FILE', 'give the attendance these files belong to', '--attendance');
  }
  const files: DatasetFiles = example ? { ...EXAMPLE_FILES, ...withoutEmpty(given) } : given;
  if (files.calendars.length === 0) {
    throw new InputFault(
      'NO_CALENDAR',
      'without calendars no school day can be counted; give at least one',
      '--calendar',
    );
  }
  const notes: string[] = [];
  const known =
    files.schools === undefined ? null : await readSchools(files.schools, { district: 'District' });
  const codes = new Map(
    (known?.schools ?? []).flatMap((one) => [
      [one.sourceId, one.code] as const,
      [one.code, one.code] as const,
    ]),
  );
  const codeOf = (school: string) => codes.get(school) ?? school;
  const roster =
    files.students === undefined ? null : await readStudents(files.students, { schoolCode: codeOf });
  const contacts = files.contacts === undefined ? null : await readContacts(files.contacts);

  const read = await readRows(
    files.attendance,
    roster?.students ?? null,
    codeOf,
    known?.schools ?? null,
    notes,
  );
  const schools = known?.schools ?? read.schools.map(schoolByCodeAlone);
  const { calendars, readings } = readCalendars(files.calendars, schools, reading);

  const script = await loadScript(files.script ?? DEFAULT_SCRIPT);
  const scriptName = path.basename(files.script ?? DEFAULT_SCRIPT);
  checkScriptAgainst(
    script,
    {
      interventionKinds: policy.interventions.kinds
        .filter((one) => !one.needsDescription)
        .map((one) => one.code),
      holdKinds: (policy.holds?.kinds ?? []).map((one) => one.code),
      schools: schools.map((one) => one.code),
    },
    scriptName,
  );

  const days = schoolDaysOf(calendars.values());
  const from = files.from ?? days[0] ?? '';
  const to = files.to ?? addDays(days.at(-1) ?? '', DAYS_AFTER_THE_LAST);
  if (from > to)
    throw new InputFault('BAD_PERIOD', `${from} is after ${to}; nothing lies between them`, '--from');
  const before = changedCalendars(calendars, script, (on) => on < from);
  const after = changedCalendars(before, script, (on) => on >= from && on <= to);
  const deliveries = cutFeed(transferred(read.rows, script), schoolDaysOf(after.values()), script.feed.stops);

  return {
    example,
    schools,
    calendars: before,
    students: roster?.students ?? read.students.map((sisId) => unnamedStudent(sisId)),
    guardians: contacts?.guardians ?? [],
    contactsKnown: contacts !== null,
    script,
    scriptName,
    from,
    to,
    history: deliveries.filter((one) => one.date < from),
    feed: deliveries.filter((one) => one.date >= from && one.date <= to),
    report: {
      attendance: reportOf(read, calendars, roster?.students ?? null),
      unknownSchools: read.unknownSchools,
      roster: [...(known?.issues ?? []), ...(roster?.issues ?? []), ...(contacts?.issues ?? [])],
      calendars: readings,
      notes,
    },
  };
}

/** Rows as the new school would report them: a student whom the script moves is absent there from that day on. */
export function transferred(rows: readonly SourceRow[], script: Script): SourceRow[] {
  if (script.transfers.length === 0) return [...rows];
  return rows.map((row) => {
    const move = script.transfers.findLast((one) => one.student === row.student && one.on <= row.date);
    return move === undefined ? row : { ...row, school: move.to };
  });
}

/** The rehearsal of a dataset: the same days, files and people. */
export function rehearsalInput(dataset: Dataset, policy: LadderPolicy): RehearsalInput {
  return {
    policy,
    script: dataset.script,
    calendars: dataset.calendars,
    counties: new Map(dataset.schools.map((school) => [school.code, school.county])),
    students: peopleOf(dataset),
    enrolled: new Map(dataset.students.flatMap(({ sisId, school }) => (school ? [[sisId, school]] : []))),
    feed: dataset.feed.map(classified),
    history: dataset.history.map(classified),
    from: dataset.from,
    to: dataset.to,
    // As in examples/office.yaml: the State's Attorney of the example has no e-mail address.
    stateAttorney: 'print',
  };
}

/** One delivery's marks, judged as the server judges an import of these rows. */
export function classified(delivery: FeedDay<SourceRow>): FeedDay<FeedMark> {
  return { ...delivery, rows: marksOf(delivery.rows).map(([student, mark]) => ({ ...mark, student })) };
}

function marksOf(rows: readonly SourceRow[]): [string, Mark][] {
  const marks: [string, Mark][] = [];
  for (const [format, mine] of byFormat(rows)) {
    const intake = new AttendanceIntake({
      codeMap: CODE_MAPS[format],
      calendarFor: () => null,
      dayMinutes: DEFAULT_DAY_MINUTES,
    });
    for (const row of mine) intake.add(row);
    for (const [student, list] of intake.finish().marks)
      marks.push(...list.map((mark) => [student, mark] as [string, Mark]));
  }
  return marks;
}

export function byFormat(rows: readonly SourceRow[]): Map<AttendanceFormat, SourceRow[]> {
  const formats = new Map<AttendanceFormat, SourceRow[]>();
  for (const row of rows) {
    const mine = formats.get(row.format);
    if (mine) mine.push(row);
    else formats.set(row.format, [row]);
  }
  return formats;
}

/** Every mark of the period and before it, by student: for counts as of the last day. */
export function allMarks(input: RehearsalInput): Map<string, Mark[]> {
  const marks = new Map<string, Mark[]>();
  for (const delivery of [...(input.history ?? []), ...input.feed]) {
    for (const row of delivery.rows) {
      const mine = marks.get(row.student);
      if (mine) mine.push(row);
      else marks.set(row.student, [row]);
    }
  }
  return marks;
}

/** Calendars with what the script announces on the days that `when` picks. */
export function changedCalendars(
  calendars: ReadonlyMap<string, SchoolCalendar>,
  script: Script,
  when: (on: IsoDate) => boolean,
): Map<string, SchoolCalendar> {
  const changed = new Map(calendars);
  for (const change of script.calendar) {
    if (!when(change.on)) continue;
    for (const [school, calendar] of changed) {
      if (change.school !== undefined && change.school !== school) continue;
      changed.set(school, (change.change === 'close' ? closeDay : addMakeUpDay)(calendar, change.date));
    }
  }
  return changed;
}

interface RowsRead {
  readonly rows: readonly SourceRow[];
  readonly faults: readonly {
    readonly format: AttendanceFormat;
    readonly line: number;
    readonly code: string;
    readonly message: string;
    readonly file?: string | undefined;
  }[];
  /** School codes and student numbers seen in rows. */
  readonly schools: readonly string[];
  readonly students: readonly string[];
  readonly unknownSchools: ReadonlyMap<string, number>;
  /** Rows of students who are not in the roster, kept for the report only. */
  readonly strangers: readonly SourceRow[];
}

async function readRows(
  files: readonly string[],
  roster: readonly StudentRecord[] | null,
  codeOf: (school: string) => string,
  known: readonly SchoolRecord[] | null,
  notes: string[],
): Promise<RowsRead> {
  const rows: SourceRow[] = [];
  const strangers: SourceRow[] = [];
  const faults: RowsRead['faults'][number][] = [];
  const unknownSchools = new Map<string, number>();
  const students = new Set<string>();
  const schools = new Set<string>();
  const schoolOf = new Map((roster ?? []).map((one) => [one.sisId, one.school]));
  const codesKnown = known === null ? null : new Set(known.map((one) => one.code));
  for (const file of files) {
    const format = await guessAttendanceFormat(file);
    for await (const item of readAttendance(file, { format, seen: { notes } })) {
      if (isFault(item)) {
        faults.push({ format, ...item });
        continue;
      }
      // A file without a school column speaks of the school the roster names, or of the only one there is.
      const school =
        codeOf(item.school) ||
        (schoolOf.get(item.student) ?? (known?.length === 1 ? known[0]!.code : 'SCHOOL'));
      const row = { ...item, school, format };
      if (roster !== null && !schoolOf.has(item.student)) {
        strangers.push(row);
      } else if (codesKnown !== null && !codesKnown.has(school)) {
        unknownSchools.set(school, (unknownSchools.get(school) ?? 0) + 1);
      } else {
        rows.push(row);
        students.add(item.student);
        schools.add(school);
      }
    }
  }
  if (rows.length === 0) {
    throw new InputFault(
      'NO_ROWS',
      'no attendance row is left that can be used; look at it with `truancy attendance import FILE --dry-run`',
      '--attendance',
    );
  }
  return {
    rows,
    faults,
    strangers,
    unknownSchools,
    schools: [...schools].sort(),
    students: [...students].sort(),
  };
}

function reportOf(
  read: RowsRead,
  calendars: ReadonlyMap<string, SchoolCalendar>,
  roster: readonly StudentRecord[] | null,
): DatasetReport['attendance'] {
  const indexed = new Map([...calendars].map(([school, calendar]) => [school, indexCalendar(calendar)]));
  const knownStudents = roster === null ? undefined : new Set(roster.map((one) => one.sisId));
  return [...byFormat([...read.rows, ...read.strangers])].map(([format, rows]) => {
    const intake = new AttendanceIntake({
      codeMap: CODE_MAPS[format],
      calendarFor: (school) => indexed.get(school) ?? null,
      knownStudents,
      dayMinutes: DEFAULT_DAY_MINUTES,
    });
    for (const row of rows) intake.add(row);
    for (const fault of read.faults.filter((one) => one.format === format)) intake.fault(fault);
    return { format, ...intake.finish().report };
  });
}

function readCalendars(
  given: readonly string[],
  schools: readonly SchoolRecord[],
  reading: CalendarOptions,
): { calendars: Map<string, SchoolCalendar>; readings: DatasetReport['calendars'] } {
  const filesOf = new Map<string, string[]>(schools.map((school) => [school.code, []]));
  for (const text of given) {
    const named = /^([A-Za-z0-9][A-Za-z0-9-]*)=(.+)$/.exec(text);
    if (!named) {
      for (const list of filesOf.values()) list.push(text);
      continue;
    }
    const list = filesOf.get(named[1]!);
    if (!list) {
      throw new InputFault(
        'UNKNOWN_SCHOOL',
        `"${named[1]!}" is no school of the input; there are: ${[...filesOf.keys()].join(', ')}`,
        '--calendar',
      );
    }
    list.push(named[2]!);
  }
  const calendars = new Map<string, SchoolCalendar>();
  const readings = new Map<
    string,
    { files: string[]; readings: readonly CalendarReading[]; calendar: SchoolCalendar }
  >();
  const missing: string[] = [];
  for (const [school, files] of filesOf) {
    if (files.length === 0) {
      missing.push(school);
      continue;
    }
    const key = files.join('\n');
    const one = readings.get(key) ?? { files, ...readCalendarFiles(files, reading) };
    readings.set(key, one);
    calendars.set(school, one.calendar);
  }
  if (missing.length > 0) {
    throw new InputFault(
      'NO_CALENDAR',
      `no calendar for ${missing.join(', ')}; give --calendar ${missing[0]!}=FILE, or one file for all`,
      '--calendar',
    );
  }
  return { calendars, readings: [...readings.values()] };
}

/** Days on which any of the schools has school, sorted. */
export function schoolDaysOf(calendars: Iterable<SchoolCalendar>): IsoDate[] {
  const days = new Set<IsoDate>();
  for (const calendar of calendars) for (const date of indexCalendar(calendar).schoolDates) days.add(date);
  return [...days].sort();
}

/** Who stands around each student. Numbers in the order of the file, as the records would give them. */
export function peopleOf(dataset: Dataset): Map<string, RehearsalStudent> {
  const people = new Map<string, { student: string; birthDate: IsoDate | null; guardians: Guardian[] }>();
  if (!dataset.contactsKnown) return people;
  for (const { sisId, birthDate } of dataset.students) {
    people.set(sisId, { student: sisId, birthDate: birthDate ?? null, guardians: [] });
  }
  for (const [i, record] of dataset.guardians.entries()) {
    for (const link of record.students) {
      people.get(link.student)?.guardians.push({
        id: i + 1,
        names: { first: record.firstName, last: record.lastName },
        relation: link.relation,
        legalRecipient: link.legalRecipient,
        livesWith: link.livesWith,
        noContact: link.noContact,
        language: record.language,
        email: record.email ?? null,
        address: record.address ?? null,
      });
    }
  }
  return people;
}

/** What is known of a school when no file tells more. */
function schoolByCodeAlone(code: string): SchoolRecord {
  return {
    code,
    sourceId: code,
    district: 'District',
    name: code,
    county: '',
    zone: 'America/Chicago',
    contacts: [],
  };
}

function unnamedStudent(sisId: string): StudentRecord {
  return { sisId, firstName: 'Student', lastName: sisId };
}

function withoutEmpty(given: DatasetFiles): Partial<DatasetFiles> {
  const said = Object.entries(given).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(said);
}
