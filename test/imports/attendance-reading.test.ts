import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { classifyRows, type RawAttendanceRow, type RowFault } from '../../domain/attendance-intake.ts';
import { indexCalendar } from '../../domain/calendar.ts';
import {
  CSV_CODES,
  EDFI_CODES,
  INFINITE_CAMPUS_CODES,
  isFault,
  readAttendance,
  type AttendanceFormat,
} from '../../imports/attendance/index.ts';

async function* inPieces(bytes: Uint8Array | string, size = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes as string);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function read(text: string | Uint8Array, format: AttendanceFormat = 'csv', notes: string[] = []) {
  const rows: RawAttendanceRow[] = [];
  const faults: RowFault[] = [];
  for await (const item of readAttendance(inPieces(text), { format, source: 'marks', seen: { notes } })) {
    if (isFault(item)) faults.push(item);
    else rows.push(item);
  }
  return { rows, faults };
}

function event(inside: string, student = '604822', more = ''): string {
  return `<StudentSchoolAttendanceEvent><AttendanceEvent>${inside}</AttendanceEvent>
    <StudentReference><StudentIdentity><StudentUniqueId>${student}</StudentUniqueId></StudentIdentity></StudentReference>
    <SchoolReference><SchoolIdentity><SchoolId>255901001</SchoolId></SchoolIdentity></SchoolReference>
    ${more}</StudentSchoolAttendanceEvent>`;
}
function edfi(...events: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<InterchangeStudentAttendance xmlns="http://ed-fi.org/5.2.0">\n${events.join('\n')}\n</InterchangeStudentAttendance>`;
}
const category = (value: string): string => `<AttendanceEventCategory>${value}</AttendanceEventCategory>`;
const UNEXCUSED = category('uri://ed-fi.org/AttendanceEventCategoryDescriptor#Unexcused Absence');

describe('Ed-Fi attendance', () => {
  it('reads an event, whatever pieces it arrives in, gzipped or not', async () => {
    const xml = edfi(
      event(`<EventDate>2021-09-01</EventDate>${UNEXCUSED}<EventDuration>1.00</EventDuration>`),
    );
    const expected = [
      {
        student: '604822',
        school: '255901001',
        date: '2021-09-01',
        code: 'Unexcused Absence',
        fraction: 1,
        file: 'marks',
        line: 3,
      },
    ];
    expect((await read(xml, 'edfi')).rows).toEqual(expected);
    expect((await read(`\uFEFF${xml.replaceAll('\n', '\r\n')}`, 'edfi')).rows).toEqual(expected);
    expect((await read(gzipSync(xml), 'edfi')).rows).toEqual(expected);
  });

  it('reads other versions: namespaces, prefixes, descriptors of other kinds, references by id', async () => {
    const xml = `<e:InterchangeStudentAttendance xmlns:e="http://ed-fi.org/0300"><e:StudentSchoolAttendanceEvent>
      <e:StudentReference ref="STUD_77"/><e:SchoolReference ref="SCOL_5"/>
      <e:AttendanceEvent><e:EventDate>2021-09-01</e:EventDate>
      <e:AttendanceEventCategory><e:CodeValue>Unexcused Absence</e:CodeValue></e:AttendanceEventCategory></e:AttendanceEvent>
      </e:StudentSchoolAttendanceEvent></e:InterchangeStudentAttendance>`;
    expect((await read(xml, 'edfi')).rows).toMatchObject([
      { student: '77', school: '5', code: 'Unexcused Absence', fraction: null },
    ]);
  });

  it('a partial absence is read with its reason and its minutes', async () => {
    const { rows } = await read(
      edfi(
        event(
          `<EventDate>2021-12-15</EventDate>${category('x#Partial')}<AttendanceEventReason>Absent excused</AttendanceEventReason>`,
          '1',
          '<SchoolAttendanceDuration>10</SchoolAttendanceDuration>',
        ),
      ),
      'edfi',
    );
    expect(rows).toMatchObject([{ code: 'Partial: Absent excused', minutes: 10, fraction: null }]);
  });

  it.each([
    ['<EventDuration>1.5</EventDuration>', 'BAD_FRACTION'],
    ['<EventDuration>0</EventDuration>', 'BAD_FRACTION'],
    ['<EventDuration>-1</EventDuration>', 'BAD_NUMBER'],
    ['<EventDuration>all day</EventDuration>', 'BAD_NUMBER'],
  ])('a duration %s is a fault with its line, and the events around it are read', async (duration, code) => {
    const good = event(`<EventDate>2021-09-01</EventDate>${UNEXCUSED}`);
    const bad = event(`<EventDate>2021-09-02</EventDate>${UNEXCUSED}${duration}`);
    const { rows, faults } = await read(edfi(good, bad, good), 'edfi');
    expect(rows).toHaveLength(2);
    expect(faults).toMatchObject([{ code, line: 7, file: 'marks' }]);
  });

  it('events without date, student or category are faults', async () => {
    const { faults } = await read(
      edfi(
        event(`<EventDate>2021-02-30</EventDate>${UNEXCUSED}`),
        event(`<EventDate>2021-09-01</EventDate>${UNEXCUSED}`, ''),
        event('<EventDate>2021-09-01</EventDate>'),
      ),
      'edfi',
    );
    expect(faults.map((f) => f.code)).toEqual(['BAD_DATE', 'NO_STUDENT', 'NO_CODE']);
  });

  it('attendance of class periods is left out, with a word', async () => {
    const notes: string[] = [];
    const xml = `<InterchangeStudentAttendance><StudentSectionAttendanceEvent><a/></StudentSectionAttendanceEvent></InterchangeStudentAttendance>`;
    expect(await read(xml, 'edfi', notes)).toEqual({ rows: [], faults: [] });
    expect(notes[0]).toContain('1 attendance events of class periods are left out');
  });

  it.each([
    [
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><InterchangeStudentAttendance>&a;</InterchangeStudentAttendance>',
      'BAD_XML',
      'DOCTYPE',
    ],
    ['<InterchangeStudentAttendance><StudentSchoolAttendanceEvent>', 'BAD_XML', 'marks:1'],
    [`<InterchangeStudentAttendance><StudentSchoolAttendanceEvent>${'<a>'.repeat(40)}`, 'BAD_XML', 'deep'],
    [
      `<InterchangeStudentAttendance><StudentSchoolAttendanceEvent><a x="${'y'.repeat(400_000)}"/>`,
      'BAD_XML',
      'without a tag',
    ],
    ['<InterchangeStudent><Student/></InterchangeStudent>', 'BAD_FORMAT', 'its root is InterchangeStudent'],
    ['', 'EMPTY_FILE', 'empty'],
    ['PK\u0003\u0004....', 'BAD_FORMAT', 'ZIP'],
  ])(
    'a file that is broken, hostile or another one is refused in one line: %#',
    async (text, code, words) => {
      const refusal = read(text, 'edfi');
      await expect(refusal).rejects.toMatchObject({ name: 'InputFault', code });
      await expect(refusal).rejects.toThrow(words);
    },
  );

  it('a gzipped file that is cut off is refused', async () => {
    const whole = gzipSync(
      edfi(
        ...Array.from({ length: 200 }, (_, i) =>
          event(`<EventDate>2021-09-01</EventDate>${UNEXCUSED}`, String(i)),
        ),
      ),
    );
    await expect(read(whole.subarray(0, whole.length - 30), 'edfi')).rejects.toMatchObject({
      code: 'BAD_FORMAT',
    });
  });

  it('stops reading when nobody wants more rows', async () => {
    let pieces = 0;
    const endless = async function* (): AsyncGenerator<string> {
      yield '<InterchangeStudentAttendance>';
      for (;;) {
        pieces += 1;
        yield event(`<EventDate>2021-09-01</EventDate>${UNEXCUSED}`);
      }
    };
    let rows = 0;
    for await (const item of readAttendance(endless(), { format: 'edfi', source: 'endless' })) {
      expect(isFault(item)).toBe(false);
      if ((rows += 1) === 50) break;
    }
    expect(pieces).toBeLessThan(100);
  });
});

describe('attendance as CSV', () => {
  it.each([
    ['student_id,date,code,fraction\n007,2025-09-02,U,0.5'],
    ['Student ID,Attendance Date,Attendance Code,Days\n007,9/2/2025,U,.5\n'],
    ['\uFEFFstudentNumber;absence_date;code;days\r\n007;09/02/2025;U;0,5\r\n'],
    ['name\tsis_id\tdate\tcode\tfraction\nX\t007\t2025-09-02 00:00:00\tU\t1/2\n'],
    ['code,student,date,periods_missed,periods_total\nU,007,20250902,4,8\n'],
  ])('columns go by many names: %#', async (text) => {
    const { rows, faults } = await read(text);
    expect(faults).toEqual([]);
    expect(rows).toMatchObject([{ student: '007', date: '2025-09-02', code: 'U', fraction: 0.5, line: 2 }]);
  });

  it('a file saved as UTF-16 by a spreadsheet is read', async () => {
    const text = Buffer.from('\uFEFFstudent,date,code\n7,2025-09-02,U\n', 'utf16le');
    expect((await read(text)).rows).toHaveLength(1);
  });

  it('missing columns are one error that names what is there and what is needed', async () => {
    await expect(read('pupil,when,code\n1,2,3\n')).rejects.toThrow(
      /^marks:1: no column for student .*; date .*Columns seen: pupil, when, code$/,
    );
  });

  it('a file without a header is told so, without showing its data', async () => {
    const refusal = read('4711,Doe,2025-09-02,U\n');
    await expect(refusal).rejects.toThrow(/^marks:1: the first line holds data, not column names/);
    await expect(refusal).rejects.not.toThrow('Doe');
  });

  it('faulty rows are reported by line and the others are read', async () => {
    const { rows, faults } = await read(
      [
        'student,date,code,fraction,minutes',
        '1,2025-09-02,U,1,',
        '2,02.09.2025,U,1,',
        '3,9/2/25,U,1,',
        '',
        '4,2025-09-02,U,2,',
        ',2025-09-02,U,1,',
        '5,2025-09-02,,1,',
        '6,2025-09-02,U,,0',
        '7,2025-09-02,U,1,,surplus',
        '8,2025-09-02T23:30:00Z,U,1,',
        '9,2025-09-02,U,,120',
      ].join('\n'),
    );
    expect(rows.map((r) => r.student)).toEqual(['1', '9']);
    expect(faults.map((f) => [f.line, f.code])).toEqual([
      [3, 'BAD_DATE'],
      [4, 'BAD_DATE'],
      [6, 'BAD_FRACTION'],
      [7, 'NO_STUDENT'],
      [8, 'NO_CODE'],
      [9, 'BAD_MINUTES'],
      [10, 'BAD_ROW'],
      [11, 'BAD_DATE'],
    ]);
  });

  it('a fault shows the cell only where it is plainly a number or date', async () => {
    const { faults } = await read('student,date,code\n1,13/13/2025,U\n2,Doe,U\n');
    expect(faults.map((f) => f.message)).toEqual([
      'date: "13/13/2025" is no date; write it as YYYY-MM-DD or m/d/yyyy',
      'date: the value is no date; write it as YYYY-MM-DD or m/d/yyyy',
    ]);
  });

  it('lines are counted through quoted line breaks, and an unclosed quotation mark is refused', async () => {
    const { faults } = await read('student,date,code,reason\n1,2025-09-02,U,"two\nlines"\n2,bad,U,\n');
    expect(faults).toMatchObject([{ line: 4 }]);
    await expect(read('student,date,code\n1,2025-09-02,"U\n2,2025-09-02,U\n')).rejects.toMatchObject({
      code: 'BAD_CSV',
    });
  });

  it('bytes that are no UTF-8 are refused, not turned into question marks', async () => {
    await expect(
      read(Buffer.from('student,date,code,reason\n1,2025-09-02,U,Caf\xe9\n', 'latin1')),
    ).rejects.toMatchObject({ code: 'BAD_ENCODING' });
  });

  it('Infinite Campus: status and excuse make a code where the district has none', async () => {
    const { rows } = await read(
      'studentNumber,date,status,excuse\n1,2025-09-02,A,U\n2,2025-09-02,A,\n',
      'infinite-campus',
    );
    const { report } = classify(rows, INFINITE_CAMPUS_CODES);
    expect(report.codes.map((c) => [c.code, c.category])).toEqual([
      ['A', 'unknown'],
      ['A/U', 'unexcused'],
    ]);
  });
});

const calendar = indexCalendar({
  terms: [{ from: '2025-08-18', to: '2026-05-29' }],
  closed: ['2025-09-01'],
  open: [],
});
function classify(rows: readonly RawAttendanceRow[], codeMap = CSV_CODES, more = {}) {
  return classifyRows(rows, { codeMap, calendarFor: () => calendar, dayMinutes: 390, ...more });
}
const row = (more: Partial<RawAttendanceRow> = {}): RawAttendanceRow => ({
  student: '1',
  school: 'A',
  date: '2025-09-02',
  code: 'U',
  fraction: 1,
  line: 2,
  ...more,
});

describe('what the intake makes of rows', () => {
  it('repeats count once and are listed', () => {
    const { marks, report } = classify([row(), row({ line: 3 })]);
    expect(marks.get('1')).toHaveLength(1);
    expect(report.issues).toMatchObject([{ kind: 'duplicate', line: 3, student: '1' }]);
  });

  it('two different marks on a day are both kept and listed', () => {
    const { marks, report } = classify([row(), row({ code: 'E', line: 3 })]);
    expect(marks.get('1')).toHaveLength(2);
    expect(report.issues).toMatchObject([{ kind: 'two-marks', line: 3 }]);
  });

  it('a closed day, a weekend and a day beyond the calendar are told apart', () => {
    const { report } = classify([
      row({ date: '2025-09-01' }),
      row({ date: '2025-09-06' }),
      row({ date: '2027-09-01' }),
      row({ date: '2025-09-03' }),
    ]);
    expect(report.issues.map((i) => [i.kind, i.date])).toEqual([
      ['no-school-day', '2025-09-01'],
      ['no-school-day', '2025-09-06'],
      ['outside-calendar', '2027-09-01'],
    ]);
  });

  it('a student who is not in the roster is left out and listed', () => {
    const { marks, report } = classify([row({ student: '2' })], CSV_CODES, { knownStudents: new Set(['1']) });
    expect(marks.size).toBe(0);
    expect(report.issues).toMatchObject([{ kind: 'unknown-student', student: '2' }]);
  });

  it('an unmapped code is kept as evidence without a category', () => {
    const { marks, report } = classify([row({ code: 'ZZ' })]);
    expect(marks.get('1')?.[0]).toMatchObject({ code: 'ZZ', category: null });
    expect(report.byCategory).toEqual({ unmapped: 1 });
    expect(report.counts['unknown-code']).toBe(1);
  });

  it('codes go without case, blanks and hyphens: AUK is unknown, CT and UNX unexcused', () => {
    const { report } = classify(
      ['AUK', 'ct', 'UNX', 'Absent - Excused', 'e_learning'].map((code) => row({ code })),
    );
    expect(Object.fromEntries(report.codes.map((c) => [c.code, c.category]))).toEqual({
      AUK: 'unknown',
      ct: 'unexcused',
      UNX: 'unexcused',
      'Absent - Excused': 'excused',
      e_learning: 'remote',
    });
  });

  it('a code called like a property of every object is just an unmapped code', () => {
    expect(classify([row({ code: 'constructor' })]).report.byCategory).toEqual({ unmapped: 1 });
  });

  it('"present" is no mark, but the file knows that day', () => {
    const { marks, report } = classify([row({ code: 'Present' })]);
    expect(marks.size).toBe(0);
    expect(report).toMatchObject({ present: 1, to: '2025-09-02' });
  });

  it('minutes are a part of the day; more than the day is one day, said', () => {
    const { marks, report } = classify([
      row({ fraction: null, minutes: 130 }),
      row({ student: '2', fraction: null, minutes: 500 }),
      row({ student: '3', fraction: null, minutes: 100, dayMinutes: 400 }),
    ]);
    expect(['1', '2', '3'].map((s) => marks.get(s)?.[0]?.fraction)).toEqual([130 / 390, 1, 0.25]);
    expect(report.counts['too-long']).toBe(1);
  });

  it('an absence without a duration is a whole day, said; a partial one is left out; a tardy weighs a minute', () => {
    const { marks, report } = classify(
      [
        row({ code: 'Unexcused Absence', fraction: null }),
        row({ student: '2', code: 'Partial: Absent unexcused', fraction: null }),
        row({ student: '3', code: 'Tardy', fraction: null }),
      ],
      EDFI_CODES,
    );
    expect(marks.get('1')?.[0]?.fraction).toBe(1);
    expect(marks.has('2')).toBe(false);
    expect(marks.get('3')?.[0]?.fraction).toBe(1 / 390);
    expect(report).toMatchObject({ wholeDayAssumed: 1, counts: { 'no-duration': 1 } });
  });

  it('one row a class period adds up to one mark, and a period sent twice counts once', () => {
    const periods = ['1', '2', '3', '3'].map((period) => row({ fraction: null, period }));
    const { marks, report } = classify(periods, CSV_CODES, { periodsPerDay: 8 });
    expect(marks.get('1')).toMatchObject([{ fraction: 0.375 }]);
    expect(report.counts.duplicate).toBe(1);
    expect(classify(periods).report.counts['no-duration']).toBe(4);
  });

  it('lists at most so many issues of a kind, but numbers them all', () => {
    const rows = Array.from({ length: 10 }, (_, i) => row({ student: String(i), code: 'ZZ' }));
    const { report } = classify(rows, CSV_CODES, { maxListed: 3 });
    expect(report.issues).toHaveLength(3);
    expect(report.counts['unknown-code']).toBe(10);
  });
});
