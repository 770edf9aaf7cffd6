/** Opening a case: everything it starts from is read under the student's lock and travels with its start message. */
import { unexcusedPerDay } from '../../domain/attendance.ts';
import { composeCalendars, indexCalendar, window, type SchoolCalendar } from '../../domain/calendar.ts';
import type { Command } from '../../domain/case/commands.ts';
import { decide } from '../../domain/case/decide.ts';
import { takeFact } from '../../domain/case/facts.ts';
import { beginCase } from '../../domain/case/opening.ts';
import type { OpeningInput, PaperHistory, UnexcusedDay } from '../../domain/case/state.ts';
import { earlier, type IsoDate } from '../../domain/dates.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { lockStudent, openCase, openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import { CALENDARS } from '../../db/stores/calendars.ts';
import { shareTurn } from '../../db/stores/common.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { attachInterventions, interventionsOf } from '../../db/stores/interventions.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { schoolByCode } from '../../db/stores/places.ts';
import { studentCalendarSegments, type Student } from '../../db/stores/students.ts';
import { TRUANCY_CASE, type CaseInput } from '../../workflows/truancy-case.messages.ts';
import { Refused } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import {
  allow,
  audited,
  causeOf,
  isInvented,
  officeOf,
  policyOf,
  studentFor,
  todayOf,
  type Call,
} from './context.ts';
import { deliverNow, tellCase } from './tell-case.ts';

/** A closure taken back lengthens the window backwards: a case is told of somewhat more than the window. */
export const MARGIN = 1.25;

/** The student's own calendar, each day on that of the school then attended, and the version that holds at a school. */
export async function calendarOfStudent(
  db: Db,
  studentId: number,
  school?: string,
): Promise<{ calendar: SchoolCalendar; version: number }> {
  const segments = await studentCalendarSegments(db, studentId);
  const mine = segments.findLast((one) => school === undefined || one.school === school);
  return { calendar: composeCalendars(segments), version: mine?.version ?? 0 };
}

/** The unexcused part of each day of a student's marks as they stand now. */
export async function unexcusedDaysOf(
  db: Db,
  studentId: number,
  policy: LadderPolicy,
  from?: IsoDate,
): Promise<UnexcusedDay[]> {
  return unexcusedPerDay(await marksOfStudent(db, studentId, from), policy.counting);
}

/**
 * The student's open case, or a new one; with what was done on paper before, where it began there. Lock order: student →
 * case → outbox head.
 */
export async function openOrGetCase(
  tx: Tx,
  call: Call,
  student: Student,
  today: IsoDate,
  paperOf?: (caseNumber: string) => PaperHistory,
): Promise<{ opened: boolean; case: CaseRow }> {
  await lockStudent(tx, student.id);
  const existing = await openCaseOfStudent(tx, student.id);
  if (existing) return { opened: false, case: existing };
  const school = await schoolOf(tx, student);
  const office = await officeOf(tx);
  const policy = await policyOf(call, tx);
  const { row } = await openCase(
    tx,
    {
      studentId: student.id,
      school: school.code,
      policyName: policy.name,
      policyVersion: policy.version,
      openedOn: today,
      stage: 'interventions',
      beforeSystem: paperOf !== undefined,
    },
    causeOf(call),
  ).then((done) => ({ row: done.case }));
  const paper = paperOf?.(row.number);
  const opening = await openingOf(tx, policy, student, school, today, row, earliestCounted(paper, today));
  const input: CaseInput = {
    opening: paper === undefined ? opening : { ...opening, paper },
    clock: officeClock(office, today),
  };
  await enqueue(tx, row.number, 'start', TRUANCY_CASE, { ...input });
  await audited(tx, call, 'case.opened', `case ${row.number}`, { invented: isInvented(call) });
  return { opened: true, case: row };
}

async function schoolOf(tx: Tx, student: Student) {
  const school = student.schools[0] === undefined ? undefined : await schoolByCode(tx, student.schools[0]);
  if (!school) {
    throw new Refused(
      refusal(
        'NO_SCHOOL',
        'The records do not say which school the student attends; import the roster or their attendance first.',
      ),
    );
  }
  return school;
}

/** A hearing set on paper is judged as of the day it was set: its window may begin long before today's. */
function earliestCounted(paper: PaperHistory | undefined, today: IsoDate): IsoDate {
  const set = paper?.hearing?.scheduledOn;
  return set === undefined ? today : earlier(set, today);
}

/** What a case starts from, as the records stand. */
async function openingOf(
  tx: Tx,
  policy: LadderPolicy,
  student: Student,
  school: { readonly code: string; readonly county: string },
  today: IsoDate,
  row: Pick<CaseRow, 'number' | 'previousCase'>,
  /** The first day as of which anything is counted. */
  countedFrom: IsoDate = today,
): Promise<OpeningInput> {
  // A calendar changing now is either in this value, or finds the case and tells it.
  await shareTurn(tx, CALENDARS);
  const { calendar, version } = await calendarOfStudent(tx, student.id, school.code);
  const from = window(calendar, countedFrom, Math.ceil(policy.counting.windowDays * MARGIN)).from;
  return {
    caseNumber: row.number,
    student: student.sisId,
    school: school.code,
    county: school.county,
    openedOn: today,
    previousCase: row.previousCase,
    policy,
    calendar,
    calendarVersion: version,
    coverage: await coverageOfStudent(tx, student.id),
    days: await unexcusedDaysOf(tx, student.id, policy, from),
  };
}

/**
 * Judges a command on the case it would open: one that is refused opens none, and takes no number. Throws {@link Refused};
 * does nothing where a case is open already.
 */
export async function refuseBeforeOpening(
  tx: Tx,
  call: Call,
  student: Student,
  command: Command,
): Promise<void> {
  await lockStudent(tx, student.id);
  if (await openCaseOfStudent(tx, student.id)) return;
  const school = await schoolOf(tx, student);
  const policy = await policyOf(call, tx);
  const { officeDate } = command;
  const unnumbered = { number: 'C-000000', previousCase: null };
  const opening = await openingOf(tx, policy, student, school, officeDate, unnumbered);
  const cal = indexCalendar(opening.calendar);
  let { state } = beginCase(opening, cal);
  for (const { id, kind, date } of await loggedWithoutCase(tx, student.id)) {
    const { coverage } = opening;
    state = takeFact(state, { type: 'intervention', id, kind, date, officeDate, coverage }, cal).state;
  }
  const decision = decide(state, command, cal);
  if (!decision.ok) throw new Refused(decision.refusal);
}

async function loggedWithoutCase(tx: Tx, studentId: number) {
  return (await interventionsOf(tx, studentId)).filter((one) => one.caseNumber === null);
}

/** Interventions logged while no case was open are told to a new one. */
export async function bringEarlierInterventions(
  tx: Tx,
  call: Call,
  row: CaseRow,
  today: IsoDate,
): Promise<void> {
  const earlier = await loggedWithoutCase(tx, row.studentId);
  await attachInterventions(tx, row.studentId, row.number);
  for (const one of earlier) {
    await tellCase(
      tx,
      call,
      row,
      { type: 'intervention', id: one.id, kind: one.kind, date: one.date },
      today,
    );
  }
}

/** Opens a case before anything has been logged; the one already open is given as it is. */
export async function openFor(
  call: Call,
  sisId: string,
): Promise<{ readonly caseNumber: string; readonly opened: boolean; readonly waits: boolean }> {
  allow(call, 'intervention.write');
  const { opened, number } = await call.db.transaction(async (tx) => {
    const student = await studentFor(call, tx, sisId);
    const today = await todayOf(tx);
    const found = await openOrGetCase(tx, call, student, today);
    if (found.opened) await bringEarlierInterventions(tx, call, found.case, today);
    return { opened: found.opened, number: found.case.number };
  });
  return { caseNumber: number, opened, waits: await deliverNow(call, call.db, number) };
}
