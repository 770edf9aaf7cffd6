/** What changes attendance after the fact: a mark withdrawn, a whole day wiped, and everything ever said of a day. */
import type { Command } from 'commander';
import type { DayHistory, MarkAnswer } from '../../services/marks-by-hand.ts';
import type { WholeDayAnswer } from '../../services/whole-days.ts';
import { table } from '../frame.ts';
import { cell, noun, verb } from '../verb.ts';
import { markText } from './facts.ts';

interface DayOptions {
  readonly school: string;
  readonly date: string;
  readonly reason: string;
}

const ofSchoolDay = (c: Command) =>
  c
    .requiredOption('--school <code>', 'the school')
    .requiredOption('--date <date>', 'the day, YYYY-MM-DD')
    .requiredOption('--reason <text>', 'why; it stays with each mark');

export function register(program: Command): void {
  const absence = noun(program, 'absence', 'One mark by hand; every version stays on record.');
  verb<{ student: string; date: string; was?: string; source?: string; reason: string }>(absence, {
    name: 'withdraw',
    description: 'There was no such absence: the mark no longer stands.',
    example: 'absence withdraw --student 604822 --date 2025-10-06 --reason "was on a field trip"',
    options: (c) =>
      c
        .requiredOption('--student <number>', 'the student')
        .requiredOption('--date <date>', 'the day, YYYY-MM-DD')
        .option('--was <code>', 'which mark, where the day has several')
        .option('--source <district/system>', 'whose mark, where several systems tell of the day')
        .requiredOption('--reason <text>', 'why'),
    run: async (options, { api, out }) => {
      const done = await api.post<MarkAnswer>('absences/withdraw', options);
      out.result(done, markText(done));
    },
  });

  const attendance = noun(program, 'attendance', 'Attendance.');
  verb<{ student: string; date: string }>(attendance, {
    name: 'history',
    description: 'Every version of a student’s day: who said what, when and why, and which holds.',
    example: 'attendance history --student 604822 --date 2025-10-06',
    options: (c) =>
      c
        .requiredOption('--student <number>', 'the student')
        .requiredOption('--date <date>', 'the day, YYYY-MM-DD'),
    run: async ({ student, date }, { api, out }) => {
      const history = await api.get<DayHistory>('attendance/history', { student, date });
      out.result(history, historyText(history));
    },
  });
  verb<DayOptions>(attendance, {
    name: 'wipe',
    description:
      'What was told of a school’s day was no attendance: all its marks are taken back, and the day is not known any more.',
    example: 'attendance wipe --school PEKIN-HS --date 2026-01-08 --reason "blizzard: a feed of zeros"',
    options: ofSchoolDay,
    run: async (options, { api, out }) => {
      const done = await api.post<WholeDayAnswer>('attendance/wipe', options);
      out.result(done, wholeDayText(done, 'taken back'));
    },
  });
  verb<DayOptions>(attendance, {
    name: 'restore',
    description: 'A wiped day stands again as it was before.',
    example: 'attendance restore --school PEKIN-HS --date 2026-01-08 --reason "there was school after all"',
    options: ofSchoolDay,
    run: async (options, { api, out }) => {
      const done = await api.post<WholeDayAnswer>('attendance/restore', options);
      out.result(done, wholeDayText(done, 'standing again'));
    },
  });
}

function wholeDayText(done: WholeDayAnswer, what: string): string {
  const { school, date, marks, coverage, told } = done;
  if (marks === 0 && !coverage) return `Nothing to do: ${school} on ${date} is as you want it already.`;
  return [
    `${school} on ${date}: ${marks} ${marks === 1 ? 'mark' : 'marks'} ${what}.`,
    ...(coverage && what === 'taken back'
      ? ['Attendance of that day is not known until a file or `attendance none` says so again.']
      : []),
    `Cases told: ${told.length}.`,
  ].join('\n');
}

function historyText({ student, date, revisions }: DayHistory): string {
  if (revisions.length === 0) return `Nothing has been said of ${student} on ${date}.`;
  const rows = revisions.map((one) => [
    `${one.current ? '*' : ' '}${one.revision}${one.slot > 1 ? ` (${one.slot})` : ''}`,
    one.at.slice(0, 16).replace('T', ' '),
    cell(one.code, 12),
    cell(one.withdrawn ? 'taken back' : (one.category ?? 'unmapped'), 10),
    Math.round(one.fraction * 10_000) / 10_000,
    cell(one.byHand ? `${one.role} ${one.actor}` : one.reportedBy, 20),
  ]);
  const why = revisions.flatMap((one) =>
    one.reason === null ? [] : [`${one.revision}: ${one.reason} (${one.source})`],
  );
  return [
    `${student} on ${date}; * holds.`,
    table(['No.', 'Written', 'Code', 'Means', 'Part', 'Said by'], rows),
    ...(why.length > 0 ? ['Why:', ...why.map((line) => `  ${line}`)] : []),
  ].join('\n');
}
