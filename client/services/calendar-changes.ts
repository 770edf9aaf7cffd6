/** A calendar changed in the middle of the year: closures, make-up days, a closure taken back, a term's end moved. */
import {
  addMakeUpDay,
  checkCalendar,
  closeDays,
  isSchoolDay,
  moveTermEnd,
  reopenDays,
  schoolDays,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { shortDate, type IsoDate } from '../../domain/dates.ts';
import { InputFault, refusal, type Refusal } from '../../domain/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import type { CalendarScope } from '../../db/stores/calendars.ts';
import { Refused } from '../failures.ts';
import {
  calendarsToChange,
  keepCalendars,
  requireScope,
  type CalendarChange,
  type CalendarStored,
  type KeptCalendar,
} from './calendar-keep.ts';
import { allow, type Call } from './context.ts';

export type DayChange =
  | { readonly what: 'close' | 'open'; readonly from: IsoDate; readonly to: IsoDate }
  | { readonly what: 'makeup'; readonly date: IsoDate }
  | { readonly what: 'term'; readonly end: IsoDate; readonly to: IsoDate };

export interface Whose {
  readonly school?: string | undefined;
  readonly district?: string | undefined;
}

/** One day, or a span of days. */
export interface Days {
  readonly date?: IsoDate | undefined;
  readonly from?: IsoDate | undefined;
  readonly to?: IsoDate | undefined;
}

/** Both ends inclusive. Refuses what names neither a day nor a span, or both. */
export function spanOf({ date, from, to }: Days): { from: IsoDate; to: IsoDate } {
  if (date !== undefined && from === undefined && to === undefined) return { from: date, to: date };
  if (date !== undefined || from === undefined || to === undefined) {
    throw new InputFault('BAD_DAYS', 'give either date, or from and to', 'date');
  }
  if (to < from) throw new InputFault('BAD_RANGE', `${to} is before from ${from}`, 'to');
  return { from, to };
}

/** For a school or a whole district, in one version each. */
export async function changeCalendar(
  call: Call,
  whose: Whose,
  change: DayChange,
  reason: string,
): Promise<CalendarStored> {
  allow(call, 'calendar.write');
  const scope = scopeOf(whose);
  return call.db.transaction((tx) => changeIn(tx, call, scope, change, reason));
}

function scopeOf({ school, district }: Whose): CalendarScope {
  if (school !== undefined && district === undefined) return { kind: 'school', code: school };
  if (district !== undefined && school === undefined) return { kind: 'district', code: district };
  throw new InputFault('BAD_SCOPE', 'give either a school or a district', 'school');
}

/**
 * A school's day changed as part of something larger (the morning of a driven office), in its transaction. Null where it
 * changes nothing: the same morning told twice is told once.
 */
export async function changeSchoolDayIn(
  tx: Tx,
  call: Call,
  change: 'close' | 'makeup',
  input: { readonly school: string; readonly date: IsoDate; readonly reason: string },
): Promise<CalendarStored | null> {
  allow(call, 'calendar.write');
  const { school, date, reason } = input;
  const what: DayChange =
    change === 'close' ? { what: 'close', from: date, to: date } : { what: 'makeup', date };
  try {
    return await changeIn(tx, call, { kind: 'school', code: school }, what, reason);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

async function changeIn(
  tx: Tx,
  call: Call,
  scope: CalendarScope,
  change: DayChange,
  reason: string,
): Promise<CalendarStored> {
  await requireScope(call, tx, scope);
  // A district's word holds for its schools with calendars of their own, too; where it changes nothing, it says nothing.
  const changes: CalendarChange[] = [];
  let no: Refusal | null = null;
  for (const kept of await calendarsToChange(tx, scope)) {
    const after = changed(kept, change);
    if ('code' in after) no = after;
    else if (kept.value) changes.push({ ...kept, before: kept.value, after });
  }
  const [first, ...rest] = changes;
  if (!first) throw new Refused(no ?? noCalendar(scope));
  const done = await keepCalendars(tx, call, [first, ...rest], { source: change.what, reason });
  return { ...done, scope: scope.code };
}

function noCalendar({ code }: CalendarScope): Refusal {
  return refusal('NO_CALENDAR', `There is no calendar for ${code} yet; import one first.`);
}

/** The calendar after the change, or why there is none. */
function changed({ scope, value }: KeptCalendar, change: DayChange): SchoolCalendar | Refusal {
  if (!value) return noCalendar(scope);
  switch (change.what) {
    case 'close': {
      const { from, to } = change;
      if (schoolDays(value, from, to).length > 0) return closeDays(value, from, to);
      return refusal(
        'NO_SCHOOL_THAT_DAY',
        from === to
          ? `There is no school on ${shortDate(from)} anyway; nothing to close.`
          : `There is no school from ${shortDate(from)} to ${shortDate(to)} anyway; ${termsWords(value)}.`,
      );
    }
    case 'open': {
      const { from, to } = change;
      if (value.closed.some((date) => from <= date && date <= to)) return reopenDays(value, from, to);
      return refusal(
        'NOT_CLOSED',
        `No closure ${from === to ? `on ${shortDate(from)}` : `from ${shortDate(from)} to ${shortDate(to)}`} can be taken back; \`calendar makeup\` holds school on a day that had none.`,
      );
    }
    case 'makeup':
      return isSchoolDay(value, change.date)
        ? refusal('SCHOOL_THAT_DAY', `${shortDate(change.date)} is a school day already.`)
        : addMakeUpDay(value, change.date);
    case 'term':
      return termMoved(value, change.end, change.to);
  }
}

function termMoved(value: SchoolCalendar, end: IsoDate, to: IsoDate): SchoolCalendar | Refusal {
  const at = value.terms.findIndex((term) => term.to === end);
  const term = value.terms[at];
  if (!term)
    return refusal('NO_SUCH_TERM', `No term ends on ${shortDate(end)}; ${termsWords(value)}.`, {
      ends: value.terms.map((one) => one.to),
    });
  if (to === end) return refusal('SAME_END', `The term ends on ${shortDate(end)} already.`);
  if (to < term.from) {
    return refusal(
      'TERM_ENDS_BEFORE_IT_BEGINS',
      `The term begins on ${shortDate(term.from)}; it cannot end on ${shortDate(to)}.`,
    );
  }
  const next = value.terms[at + 1];
  if (next && next.from <= to) {
    return refusal(
      'TERMS_OVERLAP',
      `The next term begins on ${shortDate(next.from)}; this one has to end before it.`,
    );
  }
  const after = moveTermEnd(value, end, to);
  const [fault] = checkCalendar(after);
  return fault === undefined ? after : refusal('BAD_CALENDAR', `The calendar would be wrong: ${fault}.`);
}

function termsWords({ terms }: SchoolCalendar): string {
  if (terms.length === 0) return 'the calendar knows no term';
  return `the calendar knows ${terms.map(({ from, to }) => `${from} to ${to}`).join(', ')}`;
}
