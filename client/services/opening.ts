/** Opening a case: everything it starts from is read under the student's lock and travels with its start message. */
import { unexcusedPerDay } from '../../domain/attendance.ts';
import { composeCalendars, window, type SchoolCalendar } from '../../domain/calendar.ts';
import type { OpeningInput, UnexcusedDay } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { lockStudent, openCase, openCaseOfStudent, type CaseRow } from '../../db/stores/cases.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { attachInterventions, interventionsOf } from '../../db/stores/interventions.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { schoolByCode } from '../../db/stores/places.ts';
import { studentCalendarSegments, type Student } from '../../db/stores/students.ts';
import { TRUANCY_CASE, type CaseInput } from '../../workflows/truancy-case.messages.ts';
import { Refused } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import { audited, causeOf, isInvented, officeOf, type Call } from './context.ts';
import { tellCase } from './tell-case.ts';

/** A closure taken back lengthens the window backwards: a case is told of somewhat more than the window. */
const MARGIN = 1.25;

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

/** The student's open case, or a new one. Lock order: student → case → outbox head. */
export async function openOrGetCase(
  tx: Tx,
  call: Call,
  student: Student,
  today: IsoDate,
): Promise<{ opened: false; case: CaseRow } | { opened: true; case: CaseRow; opening: OpeningInput }> {
  await lockStudent(tx, student.id);
  const existing = await openCaseOfStudent(tx, student.id);
  if (existing) return { opened: false, case: existing };
  const school = student.schools[0] === undefined ? undefined : await schoolByCode(tx, student.schools[0]);
  if (!school) {
    throw new Refused(
      refusal(
        'NO_SCHOOL',
        'The records do not say which school the student attends; import the roster or their attendance first.',
      ),
    );
  }
  const office = await officeOf(tx);
  const policy = await call.policy(office.policyName);
  const { row } = await openCase(
    tx,
    {
      studentId: student.id,
      school: school.code,
      policyName: policy.name,
      policyVersion: policy.version,
      openedOn: today,
      stage: 'interventions',
    },
    causeOf(call),
  ).then((done) => ({ row: done.case }));
  const { calendar, version } = await calendarOfStudent(tx, student.id, school.code);
  const from = window(calendar, today, Math.ceil(policy.counting.windowDays * MARGIN)).from;
  const opening: OpeningInput = {
    caseNumber: row.number,
    student: student.sisId,
    school: school.code,
    county: school.county,
    openedOn: today,
    previousCase: row.previousCase,
    policy,
    calendar,
    calendarVersion: version,
    coverage: await coverageOf(tx, school.code),
    days: await unexcusedDaysOf(tx, student.id, policy, from),
  };
  const input: CaseInput = { opening, clock: officeClock(office, today) };
  await enqueue(tx, row.number, 'start', TRUANCY_CASE, { ...input });
  await audited(tx, call, 'case.opened', `case ${row.number}`, { invented: isInvented(call) });
  return { opened: true, case: row, opening };
}

export interface EarlierIntervention {
  readonly id: string;
  readonly kind: string;
  readonly date: IsoDate;
}

/** Interventions logged while no case was open are told to a new one. */
export async function bringEarlierInterventions(
  tx: Tx,
  call: Call,
  row: CaseRow,
  today: IsoDate,
): Promise<readonly EarlierIntervention[]> {
  const earlier = (await interventionsOf(tx, row.studentId)).filter((one) => one.caseNumber === null);
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
  return earlier.map(({ id, kind, date }) => ({ id, kind, date }));
}
