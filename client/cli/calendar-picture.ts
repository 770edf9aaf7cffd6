/** A school calendar as text: three months side by side, in 66 columns. */
import { indexCalendar, isTermWeekday } from '../../domain/calendar.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, weekday } from '../../domain/dates.ts';
import type { IsoDate } from '../../domain/dates.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const MONTH_WIDTH = 20;

export const LEGEND = 'number: school day   --: weekday without school   . outside school time';

export function calendarPicture(calendar: SchoolCalendar): string {
  const { schoolDates } = indexCalendar(calendar);
  const school = new Set(schoolDates);
  const months = [...new Set(calendarDates(calendar).map((d) => d.slice(0, 7)))];
  const blocks = months.map((month) => monthBlock(month, calendar, school));
  const lines: string[] = [];
  for (let i = 0; i < blocks.length; i += 3) {
    const row = blocks.slice(i, i + 3);
    const height = Math.max(...row.map((b) => b.length));
    for (let line = 0; line < height; line += 1) {
      lines.push(
        row
          .map((b) => (b[line] ?? '').padEnd(MONTH_WIDTH))
          .join('   ')
          .trimEnd(),
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** Months from term to term; an empty July between two years is not drawn. */
function calendarDates(calendar: SchoolCalendar): IsoDate[] {
  const dates: IsoDate[] = [...calendar.open];
  for (const { from, to } of calendar.terms) {
    for (let month = `${from.slice(0, 7)}-01`; month <= to; month = addDays(month, 32).slice(0, 7) + '-01') {
      dates.push(month);
    }
  }
  return dates.sort();
}

function monthBlock(month: string, calendar: SchoolCalendar, school: ReadonlySet<IsoDate>): string[] {
  const first = `${month}-01`;
  const days: IsoDate[] = [];
  for (let day = first; day.startsWith(month); day = addDays(day, 1)) days.push(day);
  const count = days.filter((d) => school.has(d)).length;
  const name = MONTHS[Number(month.slice(5)) - 1] ?? '';
  const title = `${name} ${month.slice(0, 4)}`;
  const lines = [`${title}${String(count).padStart(MONTH_WIDTH - title.length)}`, 'Mo Tu We Th Fr Sa Su'];
  const cells = Array.from({ length: weekday(first) - 1 }, () => '  ');
  for (const day of days) {
    if (school.has(day)) cells.push(String(Number(day.slice(8))).padStart(2));
    else cells.push(isTermWeekday(calendar, day) ? '--' : ' .');
  }
  for (let i = 0; i < cells.length; i += 7) lines.push(cells.slice(i, i + 7).join(' '));
  return lines;
}
