/** What a change of the records means for the monitors: one message a monitor and change, none where nothing changed. */
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { MonitorMark } from '../../domain/monitor/state.ts';
import type { Tx } from '../../db/connect.ts';
import { calendarsOfStudents } from '../../db/stores/calendars.ts';
import { attendanceSince, monitorsConcerned } from '../../db/stores/monitors.ts';
import type { Message } from '../../db/stores/outbox.ts';
import { getStudent } from '../../db/stores/students.ts';
import { monitorAttendanceSignal, monitorCalendarSignal } from '../../workflows/monitor-contract.messages.ts';

/** What the marks of watched students were before a change. */
export type MarksBefore = ReadonlyMap<string, readonly MonitorMark[]>;

export async function watchedBefore(tx: Tx, students: readonly number[]): Promise<MarksBefore> {
  const before = new Map<string, readonly MonitorMark[]>();
  for (const one of await monitorsConcerned(tx, students, [])) {
    before.set(one.number, (await attendanceSince(tx, one.studentId, one.contractOn)).marks);
  }
  return before;
}

/**
 * Messages after the change: to monitors whose student's marks are other than before, and to those that wait for a day
 * that has become known.
 */
export async function monitorNews(
  tx: Tx,
  before: MarksBefore,
  students: readonly number[],
  covered: readonly { readonly school: string; readonly to: IsoDate }[],
  officeDate: IsoDate,
): Promise<Message[]> {
  const due = new Set((await monitorsConcerned(tx, [], covered)).map((one) => one.number));
  const messages: Message[] = [];
  for (const one of await monitorsConcerned(tx, students, covered)) {
    const news = await attendanceSince(tx, one.studentId, one.contractOn);
    const same = JSON.stringify(before.get(one.number) ?? []) === JSON.stringify(news.marks);
    if (same && !due.has(one.number)) continue;
    messages.push({
      caseNumber: one.number,
      kind: 'signal',
      name: monitorAttendanceSignal.name,
      payload: { officeDate, ...news },
    });
  }
  return messages;
}

/** The student's calendar is another; with a transfer the school too. */
export function monitorCalendarMessage(
  number: string,
  calendar: SchoolCalendar,
  today: IsoDate,
  school?: string,
): Message {
  return {
    caseNumber: number,
    kind: 'signal',
    name: monitorCalendarSignal.name,
    payload: { calendar, today, ...(school === undefined ? {} : { school }) },
  };
}

/** A running monitor goes on where its student goes: the new school's calendar, and its people. */
export async function monitorsFollow(
  tx: Tx,
  students: readonly number[],
  today: IsoDate,
): Promise<Message[]> {
  const watched = await monitorsConcerned(tx, students, []);
  const calendars = await calendarsOfStudents(
    tx,
    watched.map((one) => one.studentId),
  );
  const messages: Message[] = [];
  for (const { number, studentId } of watched) {
    const school = (await getStudent(tx, studentId))?.schools[0];
    const calendar = calendars.get(studentId);
    if (calendar) messages.push(monitorCalendarMessage(number, calendar, today, school));
  }
  return messages;
}
