/** A case follows its student to another school of the region: the records, the new school and the case are told as one. */
import { later, shortDate, type IsoDate } from '../../domain/dates.ts';
import { refusal } from '../../domain/refusal.ts';
import { planTransfer } from '../../domain/transfer.ts';
import type { Tx } from '../../db/connect.ts';
import { openCasesOfStudents } from '../../db/stores/attendance.ts';
import { openCaseOfStudent, type BareCase, type CaseRow } from '../../db/stores/cases.ts';
import {
  arrivals,
  enrollmentsOf,
  moveCase,
  strayCases,
  writeTransfer,
  type Sighting,
} from '../../db/stores/enrollments.ts';
import { enqueueMany, type Message } from '../../db/stores/outbox.ts';
import { schoolByCode } from '../../db/stores/places.ts';
import { addTask, endTasks } from '../../db/stores/tasks.ts';
import { Refused } from '../failures.ts';
import { calendarMessages, lockOpenCases, nextCalendar } from './calendar-facts.ts';
import { monitorsFollow } from './monitor-facts.ts';
import { audited, causeOf, type Call } from './context.ts';
import { messageTo } from './tell-case.ts';

/** The new enrolment is written already, under the student's lock. */
export interface Move {
  readonly caseNumber: string;
  readonly school: string;
  /** First day there. */
  readonly since: IsoDate;
}

/**
 * What the cases are told, by case number; the caller puts it into their outboxes. The rows change school here, with the
 * fact, so that the new school reaches them at once and the old one no longer.
 * Locks: a share in the calendars' turn → the cases by number.
 */
export async function followMessages(
  tx: Tx,
  call: Call,
  moves: readonly Move[],
  officeDate: IsoDate,
): Promise<Message[]> {
  const to = new Map(moves.map((move) => [move.caseNumber, move]));
  const messages: Message[] = [];
  for (const row of await lockOpenCases(tx, [...to.keys()])) {
    const move = to.get(row.number);
    const school = move && (await schoolByCode(tx, move.school));
    if (!move || !school) continue;
    if (row.school === school.code) {
      const because = `at ${school.code} since ${move.since}`;
      messages.push(...(await calendarMessages(tx, call, [row.number], because, officeDate)));
      continue;
    }
    await moveCase(tx, row.number, school.code);
    await welcome(tx, row, move, officeDate);
    const moved = { ...row, school: school.code };
    const fact = {
      type: 'transfer' as const,
      school: school.code,
      county: school.county,
      since: move.since,
      ...(await nextCalendar(tx, moved)),
    };
    messages.push(await messageTo(tx, call, moved, fact, officeDate));
  }
  return messages;
}

/** The new school and its Case Manager learn of the case that comes with the student. */
async function welcome(tx: Tx, row: BareCase, move: Move, officeDate: IsoDate): Promise<void> {
  const { caseNumber, school, since } = move;
  await endTasks(tx, caseNumber, { kind: 'case-arrived', note: 'the student has gone on to another school' });
  for (const role of ['school', 'case-manager'] as const) {
    await addTask(tx, {
      key: `transfer/${caseNumber}/${school}/${since}/${role}`,
      kind: 'case-arrived',
      caseNumber,
      school,
      role,
      textCode: 'A_CASE_COMES_WITH_THIS_STUDENT',
      details: { from: row.school, since },
      createdOn: officeDate,
    });
  }
}

/** The student's open case, if there is one, follows; gives its number. */
export async function followStudent(
  tx: Tx,
  call: Call,
  studentId: number,
  move: Omit<Move, 'caseNumber'>,
  officeDate: IsoDate,
): Promise<string | null> {
  const open = await openCaseOfStudent(tx, studentId);
  if (!open) return null;
  await enqueueMany(tx, await followMessages(tx, call, [{ ...move, caseNumber: open.number }], officeDate));
  return open.number;
}

/** After a roster: open cases whose student is no longer at the school that has the case, but at another of the region. */
export async function followRoster(
  tx: Tx,
  call: Call,
  roster: { readonly sisIds: readonly string[]; readonly moved: readonly number[]; readonly asOf: IsoDate },
  officeDate: IsoDate,
): Promise<void> {
  const strays = await strayCases(tx, roster.sisIds);
  if (strays.length > 0 && roster.asOf > officeDate) {
    throw new Refused(
      refusal(
        'DATE_IN_FUTURE',
        `This roster holds from ${shortDate(roster.asOf)}, and ${strays.length} open cases would change school with it; bring it in when that day has come.`,
        { cases: strays.map((one) => one.caseNumber) },
      ),
    );
  }
  const moves = strays.map((one) => ({ ...one, since: later(one.since, roster.asOf) }));
  const following = new Set(moves.map((one) => one.caseNumber));
  const beside = (await openCasesOfStudents(tx, roster.moved))
    .map((one) => one.caseNumber)
    .filter((number) => !following.has(number));
  await lockOpenCases(tx, [...following, ...beside]);
  const messages = [
    ...(await followMessages(tx, call, moves, officeDate)),
    ...(await calendarMessages(tx, call, beside, 'the student left another school', officeDate)),
    ...(await monitorsFollow(tx, roster.moved, officeDate)),
  ];
  messages.sort((a, b) => (a.caseNumber < b.caseNumber ? -1 : 1));
  await enqueueMany(tx, messages);
}

/**
 * Attendance taken at another school of the region shows that the student has gone there: the enrolment changes and the
 * open case follows. Who has been there before and left may only have been marked by mistake: a person is asked.
 * Needs a share in the roster's turn and the students' rows (an import has both).
 */
export async function followAttendance(
  tx: Tx,
  call: Call,
  seen: readonly Sighting[],
  officeDate: IsoDate,
): Promise<Message[]> {
  const moves: Move[] = [];
  for (const { studentId, school, since, seenBefore } of await arrivals(tx, seen)) {
    const open = await openCaseOfStudent(tx, studentId);
    if (seenBefore) {
      if (open) await askWhichSchool(tx, open, school, since);
      continue;
    }
    const plan = planTransfer(await enrollmentsOf(tx, studentId), school, since, officeDate);
    if ('code' in plan || plan.what !== 'moved') continue;
    await writeTransfer(tx, studentId, plan, since, causeOf(call));
    await audited(tx, call, 'student.transferred', `student ${studentId}`, {
      from: plan.from,
      to: school,
      on: since,
      shownBy: 'attendance',
    });
    if (open) moves.push({ caseNumber: open.number, school, since });
  }
  return followMessages(tx, call, moves, officeDate);
}

async function askWhichSchool(tx: Tx, open: CaseRow, school: string, since: IsoDate): Promise<void> {
  await addTask(tx, {
    key: `which-school/${open.number}/${school}/${since}`,
    kind: 'which-school',
    caseNumber: open.number,
    school: open.school,
    role: 'case-manager',
    textCode: 'MARKED_AT_AN_EARLIER_SCHOOL',
    details: { school, since },
  });
}
