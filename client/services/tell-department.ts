/**
 * What a change of the records means for open service calls: one message a call and change. Called by whoever changes marks,
 * calendars or the office's day, after the cases have been told (streams are locked in the order of their numbers).
 */
import { callsOf } from '../../domain/office-policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Tx } from '../../db/connect.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { openCalls, openCallsOfStudents, tellCalls, truantDaysSince } from '../../db/stores/service-calls.ts';
import { officePolicyOf, type Call } from './context.ts';

/** Marks of these students have changed: calls that wait for the school's mark learn of it. */
export async function tellCallsOfMarks(
  tx: Tx,
  call: Call,
  studentIds: readonly number[],
  officeDate: IsoDate,
): Promise<void> {
  const open = await openCallsOfStudents(tx, studentIds);
  if (open.length === 0) return;
  const rules = callsOf(await officePolicyOf(call, tx));
  if (!rules) return;
  const facts = [];
  for (const { number, studentId, openedOn } of open) {
    const truantDays = await truantDaysSince(tx, studentId, openedOn, rules.codes.confirmedTruant);
    if (truantDays.length > 0) facts.push([number, { type: 'attendance', officeDate, truantDays }] as const);
  }
  await tellCalls(tx, facts);
}

/** Calendars of these schools have changed: reminders and visits that wait for a school day move. */
export async function tellCallsOfCalendars(
  tx: Tx,
  schools: readonly string[],
  officeDate: IsoDate,
): Promise<void> {
  const facts = [];
  for (const { number, school } of await openCalls(tx, schools)) {
    const kept = school === null ? undefined : await calendarFor(tx, school);
    if (kept) facts.push([number, { type: 'calendar', officeDate, calendar: kept.value }] as const);
  }
  await tellCalls(tx, facts);
}

/** A driven office's day begins; a real one's calls wake by their own timers. */
export async function tellCallsOfDay(tx: Tx, officeDate: IsoDate): Promise<number> {
  const open = await openCalls(tx, null);
  await tellCalls(
    tx,
    open.map(({ number }) => [number, { type: 'office-day', officeDate }] as const),
  );
  return open.length;
}
