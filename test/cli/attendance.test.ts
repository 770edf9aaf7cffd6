/** The attendance verbs on files alone, run as a person runs them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Ran {
  status: number;
  out: string;
  err: string;
}

function truancy(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['bin/truancy.mjs', 'attendance', ...args], (error, out, err) => {
      resolve({ status: error ? Number(error.code) : 0, out, err });
    });
  });
}

let folder: string;
let marks: string;
let calendar: string;
const file = (name: string, content: string): string => {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'truancy-attendance-'));
  const days = ['02', '03', '04', '05', '08', '09', '10', '11'].map((d) => `7,2025-09-${d},A,U,1`);
  marks = file(
    'marks.csv',
    [
      'student,date,school,code,fraction',
      ...days,
      '7,2025-09-13,A,U,1',
      '7,2025-09-15,A,E,1',
      '7,2025-09-16,A,ZZ,1',
      '8,2025-10-31,A,T,0.1',
      '9,bad,A,U,1',
    ].join('\n'),
  );
  calendar = file(
    'calendar.json',
    JSON.stringify({ terms: [{ from: '2025-08-18', to: '2026-05-29' }], closed: ['2025-09-01'], open: [] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('attendance explain', () => {
  it('gives one JSON document: every day that counts, every mark that does not and why', async () => {
    const { status, out, err } = await truancy(
      'explain',
      '--student',
      '7',
      '--file',
      marks,
      '--calendar',
      calendar,
      '--json',
    );
    expect(status).toBe(0);
    const count = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(count)).toEqual([
      'student',
      'asOf',
      'knownUpTo',
      'window',
      'unexcusedDays',
      'counted',
      'notCounted',
      'threshold',
      'reached',
    ]);
    // Known up to the last date of any row, which is another student's.
    expect(count).toMatchObject({
      student: '7',
      asOf: '2025-10-31',
      knownUpTo: '2025-10-31',
      window: { from: '2025-08-18', to: '2025-10-31', attendanceDays: 54 },
      unexcusedDays: 8,
      threshold: 9,
      reached: false,
    });
    expect(count['notCounted']).toEqual([
      { date: '2025-09-13', code: 'U', reason: 'no school that day (Saturday)' },
      { date: '2025-09-15', code: 'E', reason: 'excused' },
      { date: '2025-09-16', code: 'ZZ', reason: 'code not mapped: reported, never counted' },
    ]);
    expect(err).toContain('1 row of the files cannot be read');
    expect(err).toContain('calendar known for only 54 of 180 attendance days');
  });

  it('a code mapped by hand can reach the threshold', async () => {
    const { out } = await truancy(
      'explain',
      '--student',
      '7',
      '--file',
      marks,
      '--calendar',
      calendar,
      '--set',
      'ZZ=unexcused',
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject({ unexcusedDays: 9, reached: true });
  });

  it('speaks to people within 80 columns', async () => {
    const { out } = await truancy(
      'explain',
      '--student',
      '7',
      '--as-of',
      '2025-09-30',
      '--covers',
      '2025-09-29',
      '--file',
      marks,
      '--calendar',
      calendar,
    );
    expect(out).toContain('As of Tue 30 Sep 2025 student 7 has 8 unexcused days');
    expect(out).toContain('attendance known up to Mon 29 Sep 2025 only: 1 school day after it not covered');
    expect(Math.max(...out.split('\n').map((line) => line.trimEnd().length))).toBeLessThanOrEqual(80);
  });

  it('a student the file does not name is exit status 4, unless the roster knows them', async () => {
    const unknown = await truancy('explain', '--student', '99', '--file', marks, '--calendar', calendar);
    expect(unknown).toMatchObject({ status: 4, out: '' });
    expect(unknown.err).toMatch(
      /^error UNKNOWN_STUDENT: student 99 is in none of the files; they hold 2 students/m,
    );
    const roster = file('students.csv', 'student_id,first_name,last_name,birth_date\n99,A,B,2010-01-01\n');
    const known = await truancy(
      'explain',
      '--student',
      '99',
      '--file',
      marks,
      '--calendar',
      calendar,
      '--students',
      roster,
      '--json',
    );
    expect(JSON.parse(known.out)).toMatchObject({ unexcusedDays: 0, reached: false });
  });

  it.each([
    [['--as-of', '2025-02-30'], 'BAD_DATE', '--as-of'],
    [['--covers', 'today'], 'BAD_DATE', '--covers'],
    [['--set', 'ZZ'], 'BAD_SET', 'CODE=CATEGORY'],
    [['--policy', 'nowhere'], 'POLICY_UNKNOWN', 'nowhere'],
    [['--day-minutes', '0'], 'BAD_NUMBER', '--day-minutes'],
    [['--file', 'none.csv'], 'NO_FILE', 'none.csv'],
  ])('%j is bad input: one line, exit status 2', async (args, code, place) => {
    const { status, out, err } = await truancy(
      'explain',
      '--student',
      '7',
      '--file',
      marks,
      '--calendar',
      calendar,
      ...args,
    );
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.trim().split('\n').at(-1)).toMatch(new RegExp(`^error ${code}: .*${place}`));
  });

  it('without a calendar it says what is missing', async () => {
    const { status, err } = await truancy('explain', '--student', '7', '--file', marks);
    expect(status).toBe(2);
    expect(err).toContain('error NO_CALENDAR: --calendar: the count needs the school days');
  });
});

describe('attendance codes and import --dry-run', () => {
  it('lists the codes of a file and what they mean', async () => {
    const { out } = await truancy('codes', '--file', marks, '--json');
    expect((JSON.parse(out) as { codes: unknown }).codes).toEqual([
      { code: 'U', rows: 9, category: 'unexcused' },
      { code: 'E', rows: 1, category: 'excused' },
      { code: 'T', rows: 1, category: 'tardy' },
      { code: 'ZZ', rows: 1, category: null },
    ]);
    expect((await truancy('codes', '--file', marks)).out).toContain(
      '1 code is not mapped; map one with --set CODE=CATEGORY.',
    );
  });

  it('a dry run says what would be kept and what to look at, by line', async () => {
    const { status, out } = await truancy('import', marks, '--dry-run', '--calendar', calendar, '--json');
    expect(status).toBe(0);
    const report = JSON.parse(out) as { issues: { kind: string; line: number }[] };
    expect(report).toMatchObject({
      file: 'marks.csv',
      format: 'csv',
      dryRun: true,
      rows: 13,
      students: 2,
      byCategory: { unexcused: 9, excused: 1, unmapped: 1, tardy: 1 },
    });
    expect(report.issues.map((i) => [i.kind, i.line])).toEqual([
      ['no-school-day', 10],
      ['unknown-code', 12],
      ['fault', 14],
    ]);
    const people = await truancy('import', marks, '--dry-run', '--calendar', calendar);
    expect(people.out).toContain('Nothing was stored (dry run).');
    expect(Math.max(...people.out.split('\n').map((line) => line.trimEnd().length))).toBeLessThanOrEqual(80);
  });
});

const DATA = '../shared/data/edfi';
describe.skipIf(!existsSync(DATA))('on the Ed-Fi sample (skipped where ../shared/data is absent)', () => {
  it('the format is found by itself, and the Sunday mark is listed', async () => {
    const { out } = await truancy(
      'explain',
      '--student',
      '604891',
      '--as-of',
      '2022-05-27',
      '--json',
      '--file',
      `${DATA}/grand-bend-v5.2/StudentSchoolAttendance.xml`,
      '--calendar',
      `${DATA}/grand-bend-calendar-2021-22.ics`,
    );
    expect(JSON.parse(out)).toMatchObject({
      knownUpTo: '2022-05-27',
      window: { from: '2021-08-23', to: '2022-05-27', attendanceDays: 179 },
      notCounted: expect.arrayContaining([
        { date: '2022-05-15', code: 'Tardy', reason: 'no school that day (Sunday)' },
      ]) as unknown,
    });
  });
});
