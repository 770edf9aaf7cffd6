/** What a new version of a calendar changed, in words a person plans by: "closed 2 days: Thu 8 Jan, Fri 9 Jan 2026". */
import type { CalendarDiff } from './calendar-changes.ts';
import { shortDate, type IsoDate } from './dates.ts';

/** More than these are told by their first and last. */
const LISTED = 6;

/** Empty where no school day differs. */
export function calendarDiffWords({ closed, opened }: CalendarDiff): string {
  return [...part('closed', closed), ...part('opened', opened)].join('; ');
}

function part(what: string, dates: readonly IsoDate[]): string[] {
  const [first] = dates;
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return [];
  const count = `${what} ${dates.length} ${dates.length === 1 ? 'day' : 'days'}`;
  if (dates.length > LISTED) return [`${count} between ${shortDate(first)} and ${shortDate(last)}`];
  return [`${count}: ${dates.map((date, i) => dayOf(date, dates[i + 1])).join(', ')}`];
}

/** With its year where the next one has another, or none follows. */
function dayOf(date: IsoDate, next: IsoDate | undefined): string {
  return next?.slice(0, 4) === date.slice(0, 4) ? shortDate(date).slice(0, -5) : shortDate(date);
}
