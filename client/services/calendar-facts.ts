/** Telling cases of a changed calendar: each gets its student's own, composed of the schools attended. */
import { sql } from 'drizzle-orm';
import {
  calendarDiffWords,
  diffCalendars,
  type CalendarDiff,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Tx } from '../../db/connect.ts';
import { CALENDARS, calendarsOfStudents } from '../../db/stores/calendars.ts';
import { casesByNumber, openCasesOfSchools, type BareCase } from '../../db/stores/cases.ts';
import { asTexts, rowsOf, serialise, shareTurn } from '../../db/stores/common.ts';
import { coverageOfStudents } from '../../db/stores/coverage.ts';
import { openMonitorsOfSchools } from '../../db/stores/monitors.ts';
import { enqueueMany, type Message } from '../../db/stores/outbox.ts';
import { actorOf, type Call } from './context.ts';
import { monitorCalendarMessage } from './monitor-facts.ts';
import { factMessage } from './tell-case.ts';

type LockedCase = Pick<BareCase, 'number' | 'studentId'>;

/** Locks: a share in the calendars' turn → the cases by number (so that two changes get two versions) → outbox heads. */
export async function tellCalendar(
  tx: Tx,
  call: Call,
  caseNumbers: readonly string[],
  because: string,
  officeDate: IsoDate,
): Promise<void> {
  await enqueueMany(tx, await calendarMessages(tx, call, caseNumbers, because, officeDate));
}

/** The messages alone, for who has more to tell in one go. Locks: a share in the calendars' turn → the cases by number. */
export async function calendarMessages(
  tx: Tx,
  call: Call,
  caseNumbers: readonly string[],
  because: string,
  officeDate: IsoDate,
): Promise<Message[]> {
  const open = await lockOpenCases(tx, caseNumbers);
  const calendars = await calendarsOfStudents(
    tx,
    open.map((row) => row.studentId),
  );
  return messagesFor(
    tx,
    call,
    open.map((row) => ({ row, calendar: calendars.get(row.studentId) ?? NO_CALENDAR, because })),
    officeDate,
  );
}

/**
 * Runs `change` on the calendars of schools and tells each open case that had or has a day at one of them its student's
 * calendar, if a day of that differs, naming the days. A few questions to the records and one insert, however many cases.
 * Locks: the calendars' turn, alone → the cases by number → outbox heads. The turn comes first: whoever has it alone needs
 * more cases than it could have known of before, and nobody who holds one of those waits for it.
 */
export async function tellingOfChange<T>(
  tx: Tx,
  call: Call,
  schools: () => Promise<readonly string[]>,
  tell: { readonly reason: string; readonly officeDate: IsoDate },
  change: () => Promise<T>,
): Promise<{ result: T; told: readonly string[] }> {
  await serialise(tx, CALENDARS);
  const changing = await schools();
  const open = await lockOpenCases(tx, await openCasesOfSchools(tx, changing));
  const watched = await openMonitorsOfSchools(tx, changing);
  const students = [...open, ...watched].map((row) => row.studentId);
  const before = await calendarsOfStudents(tx, students);
  const result = await change();
  const after = await calendarsOfStudents(tx, students);
  const differs = diffOnce();
  const concerned = open.flatMap((row) => {
    const calendar = after.get(row.studentId) ?? NO_CALENDAR;
    const words = differs(before.get(row.studentId) ?? NO_CALENDAR, calendar);
    return words === '' ? [] : [{ row, calendar, because: `${words} (${tell.reason})` }];
  });
  const monitors = watched.flatMap(({ number, studentId }) => {
    const calendar = after.get(studentId) ?? NO_CALENDAR;
    const changed = differs(before.get(studentId) ?? NO_CALENDAR, calendar) !== '';
    return changed ? [monitorCalendarMessage(number, calendar, tell.officeDate)] : [];
  });
  await enqueueMany(tx, [...(await messagesFor(tx, call, concerned, tell.officeDate)), ...monitors]);
  return {
    result,
    told: [...concerned.map((one) => one.row.number), ...monitors.map((one) => one.caseNumber)],
  };
}

const NO_CALENDAR: SchoolCalendar = { terms: [], closed: [], open: [] };

/** Students of one history share one value before and after: the difference is looked for once. */
function diffOnce(): (before: SchoolCalendar, after: SchoolCalendar) => string {
  const known = new Map<SchoolCalendar, Map<SchoolCalendar, string>>();
  return (before, after) => {
    const beside = known.get(before) ?? new Map<SchoolCalendar, string>();
    const diff = (): CalendarDiff => diffCalendars(before, after);
    const words = beside.get(after) ?? calendarDiffWords(diff());
    known.set(before, beside.set(after, words));
    return words;
  };
}

async function messagesFor(
  tx: Tx,
  call: Call,
  list: readonly { row: LockedCase; calendar: SchoolCalendar; because: string }[],
  officeDate: IsoDate,
): Promise<Message[]> {
  const versions = await versionsTold(
    tx,
    list.map(({ row }) => row.number),
  );
  const known = await coverageOfStudents(
    tx,
    list.map(({ row }) => row.studentId),
  );
  return list.map(({ row, calendar, because }) =>
    factMessage(
      row.number,
      { type: 'calendar', version: (versions.get(row.number) ?? 0) + 1, calendar, because },
      { officeDate, coverage: known.get(row.studentId) ?? [], actor: actorOf(call) },
    ),
  );
}

/** Those of the cases that are open, locked, by number, for whoever reads calendars into them: a share in that turn comes first. */
export async function lockOpenCases(tx: Tx, caseNumbers: readonly string[]): Promise<BareCase[]> {
  await shareTurn(tx, CALENDARS);
  await tx.execute(sql`
    select 1 from cases where number = any(${asTexts(caseNumbers)}) order by number for no key update`);
  return (await casesByNumber(tx, caseNumbers)).filter((row) => row.status === 'open');
}

/** The student's calendar as it stands now, under the case's next number for one. Needs {@link lockOpenCases}. */
export async function nextCalendar(
  tx: Tx,
  row: LockedCase,
): Promise<{ version: number; calendar: SchoolCalendar }> {
  const calendar = (await calendarsOfStudents(tx, [row.studentId])).get(row.studentId) ?? NO_CALENDAR;
  return { version: ((await versionsTold(tx, [row.number])).get(row.number) ?? 0) + 1, calendar };
}

/** The version each case was last told: its own count, as its calendar is composed of several schools'. */
async function versionsTold(tx: Tx, caseNumbers: readonly string[]): Promise<Map<string, number>> {
  if (caseNumbers.length === 0) return new Map();
  const rows = await rowsOf<{ number: string; version: number }>(
    tx,
    sql`
      select case_number as number,
             max(coalesce(payload ->> 'version', payload -> 'opening' ->> 'calendarVersion')::int) as version
        from outbox
       where case_number = any(${asTexts(caseNumbers)})
         and (kind = 'start' or name in ('changeCalendar', 'transferStudent'))
       group by 1`,
  );
  return new Map(rows.map(({ number, version }) => [number, version ?? 0]));
}
