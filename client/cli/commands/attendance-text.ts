/** What the attendance verbs say to people: sentences and tables within 80 columns. */
import { roundDays, truantWord, type Count, type TruancyLines } from '../../../domain/attendance.ts';
import type { IntakeReport, IssueKind } from '../../../domain/attendance-intake.ts';
import { shortDate } from '../../../domain/dates.ts';
import { table } from '../frame.ts';

const COLUMNS = 80;

/** One clear paragraph, then each day that counts, then each mark that does not and why. */
export function explainText(student: string, count: Count, lines: TruancyLines): string {
  const { window, threshold } = count;
  const size = `${count.unexcusedDays} unexcused ${count.unexcusedDays === 1 ? 'day' : 'days'}`;
  const stretch =
    window.from === null
      ? 'no attendance days are known up to then'
      : `the last ${window.attendanceDays} attendance days, from ${shortDate(window.from)} on`;
  const reached = count.reached
    ? `This reaches the threshold of ${threshold}.`
    : `This is below the threshold of ${threshold}: ${daysWord(roundDays(threshold - count.unexcusedDays))} short.`;
  const word = count.unexcusedDays > 0 ? `The word the law allows: ${truantWord(count, lines)}. ` : '';
  const known =
    count.knownUpTo === null
      ? 'No attendance has arrived yet.'
      : `Attendance is known up to ${shortDate(count.knownUpTo)}.`;
  const paragraph = wrap(
    `As of ${shortDate(count.asOf)} student ${student} has ${size} (${stretch}). ${reached} ` +
      `${word}${known}`,
    COLUMNS,
  );
  const parts = [paragraph];
  if (count.notes.length > 0)
    parts.push(count.notes.map((note) => wrap(`- ${note}`, COLUMNS, '  ')).join('\n'));
  if (count.counted.length > 0) {
    const rows = count.counted.map((day) => [
      shortDate(day.date),
      clip(day.code, 24),
      String(roundDays(day.fraction)),
      day.leavesWindowOn === null ? 'not known yet' : shortDate(day.leavesWindowOn),
    ]);
    parts.push(`Counted\n${table(['Date', 'Code', 'Days', 'Leaves the window'], rows)}`);
  }
  if (count.notCounted.length > 0) {
    const rows = count.notCounted.map((n) => [shortDate(n.date), clip(n.code, 24), wrap(n.reason, 34)]);
    parts.push(`Not counted\n${table(['Date', 'Code', 'Why'], rows)}`);
  }
  return parts.join('\n\n');
}

const ISSUE_WORDS: Readonly<Record<IssueKind, string>> = {
  fault: 'rows that cannot be read',
  'unknown-code': 'marks whose code is not mapped',
  'unknown-student': 'rows of students not in the roster',
  'no-school-day': 'marks on days without school',
  'outside-calendar': 'marks on days the calendar does not reach',
  duplicate: 'repeated rows',
  'two-marks': 'days with two different marks',
  'no-duration': 'parts of a day without a duration',
  'too-long': 'times longer than the day',
};

/** A dry run's report: what was read, what would be kept, what a person should look at. */
export function importText(file: string, report: IntakeReport, listed: number): string {
  const span =
    report.from === null || report.to === null
      ? ''
      : `, ${shortDate(report.from)} to ${shortDate(report.to)}`;
  const parts = [
    wrap(
      `${file}: ${report.rows} ${report.rows === 1 ? 'row' : 'rows'} of ${report.students} ${report.students === 1 ? 'student' : 'students'}${span}.`,
      COLUMNS,
    ),
  ];
  parts.push('Nothing was stored (dry run).');
  const kept = Object.entries(report.byCategory).sort((a, b) => b[1] - a[1]);
  if (kept.length > 0) parts.push(table(['Marks kept', 'Number'], kept));
  if (report.present > 0) parts.push(`${report.present} rows say present: no mark is kept.`);
  if (report.wholeDayAssumed > 0) {
    parts.push(`${report.wholeDayAssumed} rows give no duration: taken as whole days.`);
  }
  const kinds = (Object.entries(report.counts) as [IssueKind, number][]).filter(([, n]) => n > 0);
  if (kinds.length === 0) {
    parts.push('Nothing to look at.');
    return parts.join('\n\n');
  }
  parts.push(
    table(
      ['To look at', 'Number'],
      kinds.map(([kind, n]) => [ISSUE_WORDS[kind], n]),
    ),
  );
  const rows = report.issues
    .slice(0, listed)
    .map((i) => [i.line, i.student ?? '', i.date ?? '', wrap(i.message, 44)]);
  parts.push(table(['Line', 'Student', 'Date', 'What'], rows));
  const total = kinds.reduce((sum, [, n]) => sum + n, 0);
  if (total > rows.length) parts.push(`… and ${total - rows.length} more; --json lists them.`);
  return parts.join('\n\n');
}

export function codesText(report: IntakeReport): string {
  if (report.codes.length === 0) return 'No codes: the file has no rows.';
  const rows = report.codes.map((c) => [clip(c.code, 40), c.rows, c.category ?? 'not mapped: never counts']);
  const unmapped = report.codes.filter((c) => c.category === null).length;
  const mend =
    unmapped === 0
      ? ''
      : `\n\n${unmapped} ${unmapped === 1 ? 'code is' : 'codes are'} not mapped; map one with --set CODE=CATEGORY.`;
  return `${table(['Code', 'Rows', 'Means'], rows)}${mend}`;
}

function daysWord(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join('\n');
}
