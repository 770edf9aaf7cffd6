/**
 * What the records show of an MIA call's conditions now: asked at intake, and again when the officer verifies them, who
 * confirms or contradicts it. Attendance and Attendance Notes may have come in between.
 */
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import {
  miaGate,
  type Attempt,
  type AttemptResult,
  type ConditionCode,
  type Finding,
  type Gate,
  type NumberOnFile,
} from '../../domain/calls/gates.ts';
import type { CallPolicy, StepCode } from '../../domain/calls/policy.ts';
import type { CallState } from '../../domain/calls/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { Db } from '../../db/connect.ts';
import { attemptsOf } from '../../db/stores/attendance-notes.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { coverageOfStudent } from '../../db/stores/coverage.ts';
import { guardiansOf, type GuardianOfStudent } from '../../db/stores/guardians.ts';
import type { CallRow } from '../../db/stores/service-calls.ts';
import { todayOf } from './context.ts';
import { calendarOfStudent } from './opening.ts';

export interface MiaAsked {
  readonly studentId: number;
  readonly adults: readonly GuardianOfStudent[];
  readonly calendar: SchoolCalendar;
  readonly today: IsoDate;
  /** For how many school days in a row, as the school says. */
  readonly aukDays: number | undefined;
  /** Given with the call, not in the log yet. */
  readonly stated: readonly Omit<Attempt, 'source'>[];
}

export async function miaFindings(db: Db, rules: CallPolicy, asked: MiaAsked): Promise<Gate> {
  const { studentId, adults, today, aukDays, stated } = asked;
  const [marks, coverage, logged] = [
    await marksOfStudent(db, studentId),
    await coverageOfStudent(db, studentId),
    await attemptsOf(db, studentId),
  ];
  const attempts: Attempt[] = [
    ...logged.map((one): Attempt => ({
      ...{ number: one.phone, date: one.date, result: one.outcome as AttemptResult },
      source: one.source === 'intake' ? 'stated' : 'records',
    })),
    ...stated.map((one): Attempt => ({ ...one, source: 'stated' })),
  ];
  const { consecutiveDays } = rules.gates.mia;
  const { unknownReason } = rules.codes;
  const calendar = indexCalendar(asked.calendar);
  return miaGate({ marks, coverage, calendar, numbers: numbersOf(adults), attempts }, aukDays, today, {
    consecutiveDays,
    unknownReason,
  });
}

function numbersOf(adults: readonly GuardianOfStudent[]): NumberOnFile[] {
  return adults.flatMap(({ phones, relation, noContact }) =>
    phones.map(({ number, household }) => ({ number, relation, household, barred: noContact })),
  );
}

/** Which conditions a step of the checklist verifies. */
const VERIFIED_BY: Partial<Readonly<Record<StepCode, readonly ConditionCode[]>>> = {
  'verify-auk': ['auk-run'],
  'verify-attempts': ['numbers-tried', 'no-parent-reached'],
};

/** What the records show now for each step that verifies; of a call that needs none, or has ended, nothing. */
export async function findingsForSteps(
  db: Db,
  row: CallRow,
  state: CallState | null,
): Promise<ReadonlyMap<StepCode, readonly Finding[]>> {
  const found = new Map<StepCode, readonly Finding[]>();
  const open = state?.steps.filter((one) => one.status === 'open' && VERIFIED_BY[one.code]) ?? [];
  if (!state || open.length === 0 || row.studentId === null || row.school === null) return found;
  const { aukDays } = row.intake as { aukDays?: number };
  const { calendar } = await calendarOfStudent(db, row.studentId, row.school);
  const gate = await miaFindings(db, state.policy, {
    ...{ studentId: row.studentId, calendar, aukDays, stated: [] },
    adults: await guardiansOf(db, row.studentId),
    today: await todayOf(db),
  });
  for (const { code } of open) {
    found.set(
      code,
      gate.findings.filter((one) => VERIFIED_BY[code]?.includes(one.condition)),
    );
  }
  return found;
}
