/** The week of the Intervention Department on one sheet of paper, and the same for a terminal. */
import { shortDate } from '../domain/dates.ts';
import { Report, type Column } from '../templates/pdf/report.ts';
import type { CallWeek } from './services/call-week.ts';
import type { WeekCounts, WeekOfSchool } from '../db/stores/call-week.ts';

/** More rows would not leave it one page; the rest is one row. */
export const MOST_SCHOOLS = 11;
export const MOST_OUTCOMES = 7;

const COLUMNS: readonly Column[] = [
  { head: '', share: 30 },
  { head: 'Opened', share: 12, align: 'right' },
  { head: 'Closed', share: 12, align: 'right' },
  { head: 'Carried over', share: 14, align: 'right' },
  { head: 'Reached', share: 12, align: 'right' },
  { head: 'Median minutes to arrival', share: 20, align: 'right' },
];

export async function weekPdf(week: CallWeek): Promise<Uint8Array> {
  const title = `Service calls, week of ${shortDate(week.from)}`;
  const sheet = new Report({ title, author: week.office, date: week.asOf });
  sheet.title(title);
  sheet.paragraph(
    `${week.office}. ${week.practice ? 'PRACTICE. ' : ''}${shortDate(week.from)} to ${shortDate(week.to)}, counted on ${shortDate(week.asOf)}.`,
    { small: true },
  );
  const named = (name: string) => COLUMNS.map((one, n) => (n === 0 ? { ...one, head: name } : one));
  sheet.table(named('Kind'), [
    ...week.byKind.map((one) => [one.label, ...cells(one)]),
    ['All', ...cells(week.all)],
  ]);
  sheet.table(named('School'), schoolRows(week.bySchool));
  sheet.table(
    [
      { head: 'Outcome', share: 40 },
      { head: 'Kind', share: 40 },
      { head: 'Calls', share: 20, align: 'right' },
    ],
    outcomeRows(week),
  );
  sheet.table(
    [
      { head: '20-Day Monitors', share: 80 },
      { head: '', share: 20, align: 'right' },
    ],
    monitorRows(week),
  );
  sheet.numberPages(week.office);
  return sheet.end();
}

function cells(one: WeekCounts): string[] {
  const { opened, closed, carriedOver, arrived, medianMinutes } = one;
  return [
    ...[opened, closed, carriedOver, arrived].map(String),
    medianMinutes === null ? '–' : String(Math.round(medianMinutes)),
  ];
}

/** One row a school; those with the fewest calls together in the last. */
export function schoolRows(schools: readonly WeekOfSchool[]): string[][] {
  const keep = schools.length > MOST_SCHOOLS ? MOST_SCHOOLS - 1 : MOST_SCHOOLS;
  const [first, rest] = [schools.slice(0, keep), schools.slice(keep)];
  const sum = (of: (one: WeekOfSchool) => number) => rest.reduce((total, one) => total + of(one), 0);
  return [
    ...first.map((one) => [one.school ?? 'not known', ...cells(one)]),
    ...(rest.length === 0
      ? []
      : [
          [
            `${rest.length} more schools`,
            ...cells({
              opened: sum((one) => one.opened),
              closed: sum((one) => one.closed),
              carriedOver: sum((one) => one.carriedOver),
              arrived: sum((one) => one.arrived),
              // The median of several medians is no median.
              medianMinutes: null,
            }),
          ],
        ]),
  ];
}

export function outcomeRows({ outcomes, byKind }: CallWeek): string[][] {
  const kindOf = (kind: string) => byKind.find((one) => one.kind === kind)?.label ?? kind;
  const keep = outcomes.length > MOST_OUTCOMES ? MOST_OUTCOMES - 1 : MOST_OUTCOMES;
  const rest = outcomes.slice(keep).reduce((sum, one) => sum + one.count, 0);
  return [
    ...outcomes.slice(0, keep).map((one) => [one.label, kindOf(one.kind), String(one.count)]),
    ...(rest === 0 ? [] : [['all other outcomes', '', String(rest)]]),
  ];
}

export function monitorRows({ monitors }: CallWeek): string[][] {
  return [
    ['begun', String(monitors.begun)],
    ['met', String(monitors.met)],
    ['ended with breaches', String(monitors.endedWithBreaches)],
    ['ended otherwise', String(monitors.endedOtherwise)],
    ['broken in the week (a breach that stands)', String(monitors.broken)],
    ['running at its end', String(monitors.running)],
  ];
}

export { cells as weekCells };
