/** `call week`: one page a week for the head of the Intervention Department. */
import type { Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import type { CallWeek } from '../../services/call-week.ts';
import { monitorRows, outcomeRows, schoolRows, weekCells } from '../../week-page.ts';
import { table } from '../frame.ts';
import { cell, noun, verb } from '../verb.ts';
import { writePrivately } from './notices.ts';

export function register(program: Command): void {
  const call = noun(program, 'call', 'Service calls: who is asked, who goes, what was done.');
  verb<{ week?: string; pdf?: string }>(call, {
    name: 'week',
    description: 'One page for the head: calls by kind, school and outcome, time to arrival, monitors.',
    example: 'call week --week 2025-10-13 --pdf week.pdf',
    options: (c) =>
      c
        .option('--week <date>', 'any day of the week, YYYY-MM-DD; default: this week')
        .option('--pdf <file>', 'write it there, on one page'),
    run: async ({ week: day, pdf }, { api, out }) => {
      if (pdf !== undefined) {
        const bytes = await api.bytes('calls/week/page', { week: day });
        writePrivately(pdf, bytes);
        out.result({ pdf, bytes: bytes.length }, `Written to ${pdf}.`);
        return;
      }
      const week = await api.get<CallWeek>('calls/week', { week: day });
      out.result(week, weekText(week));
    },
  });
}

export function weekText(week: CallWeek): string {
  const head = (name: string) => [name, 'Opened', 'Closed', 'Carried', 'Reached', 'Median min'];
  return [
    `${shortDate(week.from)} to ${shortDate(week.to)}, counted on ${shortDate(week.asOf)}`,
    '',
    table(head('Kind'), [
      ...week.byKind.map((one) => [cell(one.label, 24), ...weekCells(one)]),
      ['All', ...weekCells(week.all)],
    ]),
    '',
    table(
      head('School'),
      schoolRows(week.bySchool).map(([name = '', ...rest]) => [cell(name, 24), ...rest]),
    ),
    '',
    week.outcomes.length === 0
      ? 'No call was closed.'
      : table(
          ['Outcome', 'Kind', 'Calls'],
          outcomeRows(week).map(([outcome = '', ...rest]) => [cell(outcome, 30), ...rest]),
        ),
    '',
    table(['20-Day Monitors', ''], monitorRows(week)),
  ].join('\n');
}
