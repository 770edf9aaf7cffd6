/** What of the input does not count, and why: numbers for everybody, lines for who asks. No names. */
import type { IssueKind } from '../../domain/attendance-intake.ts';
import type { Dataset } from './dataset.ts';

const WORDS: Readonly<Record<IssueKind, string>> = {
  fault: 'rows that cannot be read',
  'unknown-code': 'rows with a code nobody has mapped: never counted',
  'unknown-student': 'rows of students who are not in the roster: left out',
  'no-school-day': 'marks on days without school: never counted',
  'outside-calendar': 'marks outside the calendars: never counted',
  duplicate: 'rows that were there before: counted once',
  'two-marks': 'second marks of one day: together never more than the day',
  'no-duration': 'parts of a day without a duration: left out',
  'too-long': 'rows longer than the day: taken as one day',
};

export interface LeftOutNumbers {
  readonly rows: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly unmappedCodes: readonly string[];
  readonly unknownSchools: Readonly<Record<string, number>>;
  readonly rosterIssues: Readonly<Record<string, number>>;
  readonly unsettledCalendarEvents: number;
}

export function leftOutNumbers(dataset: Dataset): LeftOutNumbers {
  const { report } = dataset;
  const rosterIssues: Record<string, number> = {};
  for (const issue of report.roster) rosterIssues[issue.code] = (rosterIssues[issue.code] ?? 0) + 1;
  return {
    rows: report.attendance.reduce((sum, one) => sum + one.rows, 0),
    byReason: summed(report.attendance.map((one) => one.counts)),
    byCategory: summed(report.attendance.map((one) => one.byCategory)),
    unmappedCodes: report.attendance.flatMap((one) =>
      one.codes.filter((code) => code.category === null).map((code) => code.code),
    ),
    unknownSchools: Object.fromEntries(report.unknownSchools),
    rosterIssues,
    unsettledCalendarEvents: unsettled(dataset).length,
  };
}

/** A few lines for the end of a table. */
export function leftOutSummary(dataset: Dataset): string[] {
  const numbers = leftOutNumbers(dataset);
  const categories = Object.entries(numbers.byCategory).map(([category, count]) => `${count} ${category}`);
  const lines = [`${numbers.rows} rows read: ${categories.join(', ')}.`];
  for (const [kind, count] of Object.entries(numbers.byReason)) {
    if (count > 0)
      lines.push(
        `  ${count} ${WORDS[kind as IssueKind]}${kind === 'unknown-code' ? ` (${numbers.unmappedCodes.join(', ')})` : ''}`,
      );
  }
  for (const [school, count] of Object.entries(numbers.unknownSchools)) {
    lines.push(`  ${count} rows of school ${school}, which no file of schools has: left out`);
  }
  if (numbers.unsettledCalendarEvents > 0) {
    lines.push(
      `  ${numbers.unsettledCalendarEvents} calendar events that nobody has settled: they close nothing`,
    );
  }
  if (!dataset.contactsKnown) lines.push('  no contacts given: every family is written to by post');
  for (const [code, count] of Object.entries(numbers.rosterIssues))
    lines.push(`  rosters: ${count} × ${code}`);
  return lines.length > 1 ? [...lines, 'Line by line with --report.'] : lines;
}

/** Every issue with its place. */
export function leftOutLines(dataset: Dataset): string[] {
  const at = (file: string | undefined, line: number | undefined) =>
    file === undefined ? '' : line === undefined ? `${file}: ` : `${file}:${line}: `;
  return [
    ...dataset.report.attendance.flatMap((one) =>
      one.issues.map((issue) => {
        const which = [issue.student, issue.date].filter((part) => part !== undefined).join(' ');
        return `${at(issue.file, issue.line)}${which}${which ? ': ' : ''}${issue.message}`;
      }),
    ),
    ...dataset.report.roster.map(
      (issue) => `${at(issue.file, issue.line)}${issue.record ? `${issue.record}: ` : ''}${issue.message}`,
    ),
    ...unsettled(dataset).map(
      (read) => `${read.event.place}: ${read.event.from}: ${read.why}; closes nothing`,
    ),
    ...dataset.report.notes,
  ];
}

function unsettled(dataset: Dataset) {
  return dataset.report.calendars.flatMap((one) => one.readings.flatMap((reading) => reading.unsettled));
}

function summed(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const record of records)
    for (const [key, value] of Object.entries(record)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
