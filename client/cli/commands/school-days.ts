/** The verbs of `calendar` and `attendance` that need the server, and the records behind those that also take files. */
import type { Command } from 'commander';
import type { Count, TruancyLines } from '../../../domain/attendance.ts';
import type { SchoolCalendar } from '../../../domain/calendar.ts';
import { normalCode } from '../../../domain/attendance-codes.ts';
import { parseDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { guessAttendanceFormat } from '../../../imports/attendance/index.ts';
import { openText } from '../../../imports/text-stream.ts';
import type { CodeSeen } from '../../../db/stores/attendance.ts';
import type { CalendarStored } from '../../services/calendar-keep.ts';
import type { ImportAnswer } from '../../services/attendance-import.ts';
import type { SchoolCoverage } from '../../services/coverage.ts';
import { openApi, part, type ApiSource } from '../api-source.ts';
import { table, type Output } from '../frame.ts';
import type { SchoolCalendarSource } from '../school-calendar-source.ts';
import { cell, collect, noun, verb } from '../verb.ts';
import type { AttendanceRecords, ImportOptions } from './attendance.ts';

/** Calendars of the server, for the verbs that take `--school`. */
export const serverCalendars: SchoolCalendarSource = {
  async load(school) {
    const kept = await openApi().get<{ calendar: SchoolCalendar }>(`schools/${part(school)}/calendar`);
    return kept.calendar;
  },
  async store(school, reading, file) {
    return openApi().put<CalendarStored>(`schools/${part(school)}/calendar`, {
      calendar: reading.calendar,
      source: file,
    });
  },
};

/** Attendance of the server, for the verbs that are used without files. */
export function serverAttendance(): Promise<AttendanceRecords> {
  const api = openApi();
  return Promise.resolve({
    explain: ({ student, asOf }) =>
      api.get<{ count: Count; lines: TruancyLines }>('attendance/explain', { student, asOf }),
    codes: (wish, out) => codes(api, wish, out),
    import: (file, options, out) => importFile(api, file, options, out),
  });
}

async function codes(
  api: ApiSource,
  wish: { district?: string | undefined; set: Readonly<Record<string, string>> },
  out: Output,
): Promise<void> {
  const { codes: before } = await api.get<{ codes: CodeSeen[] }>('attendance/codes', {
    district: wish.district,
  });
  for (const { source, code, category } of sourcesOf(before, wish.set)) {
    await api.put<{ changed: boolean }>('attendance/codes', { source, code, category });
  }
  const { codes: after } = await api.get<{ codes: CodeSeen[] }>('attendance/codes', {
    district: wish.district,
  });
  const rows = after.map((one) => [
    cell(one.source, 20),
    cell(one.code, 28),
    one.rows,
    one.category ?? 'NOT MAPPED',
  ]);
  out.result(
    { codes: after },
    after.length === 0 ? 'No codes yet.' : table(['Source', 'Code', 'Marks', 'Means'], rows),
  );
}

/** Each system of the district that has sent the code: it means the same in all of them. All are known before one is set. */
function sourcesOf(
  seen: readonly CodeSeen[],
  set: Readonly<Record<string, string>>,
): { source: string; code: string; category: string }[] {
  return Object.entries(set).flatMap(([code, category]) => {
    const same = seen.filter((one) => normalCode(one.code) === normalCode(code));
    const districts = new Set(same.map((one) => one.source.split('/')[0]));
    if (same.length === 0) {
      throw new InputFault(
        'UNKNOWN_CODE',
        `no file has sent the code "${code.slice(0, 40)}"; \`attendance codes\` lists those seen`,
        '--set',
      );
    }
    if (districts.size > 1) {
      throw new InputFault(
        'WHICH_DISTRICT',
        `"${code.slice(0, 40)}" comes from several districts (${[...districts].join(', ')}): say which`,
        '--district',
      );
    }
    return [...new Set(same.map((one) => one.source))].map((source) => ({
      source,
      code,
      category,
    }));
  });
}

interface ServerImport extends ImportOptions {
  readonly source?: string;
  readonly upTo?: string;
  readonly exportedAt?: string;
  readonly covers?: string;
  readonly whole?: boolean;
  readonly coverSchool?: string[];
}

async function importFile(api: ApiSource, file: string, options: ServerImport, out: Output): Promise<void> {
  const format = options.format ?? (await guessAttendanceFormat(file));
  const source = options.source ?? (await onlyDistrict(api, format));
  const parts: string[] = [];
  for await (const text of openText(file, file)) parts.push(text);
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const answer = await api.post<ImportAnswer>('attendance/imports', {
    source,
    format,
    file: { name: file.split(/[/\\]/).at(-1) ?? file, text: parts.join('') },
    upTo: options.upTo,
    exportedAt: options.exportedAt,
    covers: options.covers === undefined ? undefined : range(options.covers),
    whole: options.whole,
    schools: options.coverSchool,
    school: options.school,
    dayMinutes: number(options.dayMinutes),
    periodsPerDay: number(options.periodsPerDay),
    dryRun: options.dryRun,
  });
  for (const [code, category] of Object.entries(options.set)) {
    if (options.dryRun !== true) await api.put('attendance/codes', { source, code, category });
  }
  out.result(answer, importText(answer));
}

async function onlyDistrict(api: ApiSource, format: string): Promise<string> {
  const { districts } = await api.get<{ districts: { code: string }[] }>('districts');
  const [district, second] = districts;
  if (!district || second) {
    throw new InputFault(
      'WHICH_SOURCE',
      'say whose file it is: --source DISTRICT/SYSTEM, e.g. PEKIN-303/edfi',
      '--source',
    );
  }
  return `${district.code}/${format}`;
}

function range(text: string): { from: string; to: string } {
  const [from, to] = text.split('..');
  return { from: parseDate(from ?? '', '--covers'), to: parseDate(to ?? from ?? '', '--covers') };
}

function importText(answer: ImportAnswer): string {
  const { report, marks, refused } = answer;
  const looks = [
    ...refused.map((one) => ({ line: one.line, message: one.message })),
    ...report.issues.map((one) => ({ line: one.line, message: one.message })),
    ...marks.stands.map(({ line, date }) => ({
      line,
      message: `a person corrected this mark of ${date}, and the file says no more than before: the correction stands`,
    })),
    ...marks.late.map(({ line, date }) => ({
      line,
      message: `a newer file has told of this mark of ${date}: kept beside it, without effect`,
    })),
  ].sort((a, b) => a.line - b.line);
  return [
    `${answer.dryRun ? 'Looked at only; nothing is stored. ' : ''}${report.rows} rows of ${report.students} students, from ${answer.source}.`,
    `Marks: ${marks.new} new, ${marks.changed} changed, ${marks.withdrawn} taken back, ${marks.unchanged} as before; ${report.present} rows say present.`,
    ...answer.covered.map((one) => `Known: ${one.school} from ${one.from} to ${one.to}.`),
    ...(answer.covered.length === 0
      ? ['No day became known by it (--up-to DATE says up to when it is complete).']
      : []),
    `Cases told: ${answer.told.length}.`,
    ...(looks.length > 0
      ? [
          `${looks.length} to look at:`,
          ...looks.slice(0, 25).map((one) => `  line ${one.line}: ${one.message}`),
          ...(looks.length > 25 ? ['  … (--json has all)'] : []),
        ]
      : ['Nothing to look at.']),
  ].join('\n');
}

/** Verbs and options that make sense with a server only. */
export function register(program: Command): void {
  const attendance = noun(program, 'attendance', 'Attendance.');
  attendance.commands
    .find((one) => one.name() === 'import')
    ?.option('--source <district/system>', 'whose file it is (default: the only district, and the format)')
    .option('--up-to <date>', 'it is complete up to this date, from where attendance was known')
    .option('--covers <from..to>', 'it is complete for these days')
    .option(
      '--cover-school <code>',
      'a school it is complete for, even without rows; again for another',
      collect,
    )
    .option(
      '--exported-at <time>',
      'when the system wrote it, e.g. 2025-10-06T18:30:00-05:00 (default: now); an older file changes nothing after a newer',
    )
    .option('--whole', 'marks of those days that are not in it are taken back');
  verb<{ school: string; date: string }>(attendance, {
    name: 'none',
    description: 'A school day without a single absence.',
    example: 'attendance none --school PEKIN-HS --date 2025-10-06',
    options: (c) =>
      c.requiredOption('--school <code>', 'the school').requiredOption('--date <date>', 'the day'),
    run: async (options, { api, out }) => {
      const done = await api.post<{ knownUpTo: string | null }>('attendance/none', options);
      out.result(done, `Attendance of ${options.school} is known up to ${done.knownUpTo ?? '–'}.`);
    },
  });
  verb<{ school?: string; silent?: boolean }>(attendance, {
    name: 'coverage',
    description:
      'Up to when attendance is known, and which school days are missing: silence is not presence.',
    example: 'attendance coverage --silent',
    options: (c) =>
      c
        .option('--school <code>', 'one school')
        .option('--silent', 'only schools of which nothing arrives: school and Case Manager have been told'),
    run: async ({ school, silent }, { api, out }) => {
      const all = await api.get<{ today: string; schools: SchoolCoverage[] }>('attendance/coverage', {
        school,
      });
      const schools = silent === true ? all.schools.filter((one) => one.toldOn !== null) : all.schools;
      out.result({ ...all, schools }, coverageText(schools, all.today));
    },
  });
}

function coverageText(schools: readonly SchoolCoverage[], today: string): string {
  if (schools.length === 0) return 'No school.';
  const rows = schools.map((one) => [
    cell(one.school, 20),
    one.knownUpTo ?? 'nothing yet',
    one.uncovered === null ? '?' : one.uncovered.length,
    cell(missing(one), 23),
    one.toldOn ?? '',
  ]);
  const notes = schools.flatMap((one) => {
    if (one.calendarUpTo === null)
      return [`${one.school} has no calendar: nobody can say which school days are missing.`];
    if (one.calendarUpTo < today)
      return [`${one.school}: the calendar ends on ${one.calendarUpTo}; later school days are not known.`];
    return [];
  });
  return [table(['School', 'Known up to', 'Missing', 'From, to', 'Told on'], rows), ...notes].join('\n');
}

/** First and last school day of which nothing is known. */
function missing({ uncovered }: SchoolCoverage): string {
  const first = uncovered?.[0];
  const last = uncovered?.at(-1);
  if (first === undefined || last === undefined) return '';
  return first === last ? first : `${first} ${last}`;
}
