/**
 * Cases in the records as their workflows would have written them, with a first notice about to leave: for proofs about
 * letters that need many families and no cases in Temporal.
 */
import { createCaseActivities } from '../../activities/case-activities.ts';
import type { LetterRef } from '../../activities/ports.ts';
import { viewOf } from '../../domain/case/view.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { GuardianRecord, StudentRecord } from '../../domain/records.ts';
import type { Database, Db } from '../../db/connect.ts';
import { mergeMarks, seedCodes } from '../../db/stores/attendance.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { openCase } from '../../db/stores/cases.ts';
import { addCoverage } from '../../db/stores/coverage.ts';
import { upsertGuardians } from '../../db/stores/guardians.ts';
import { setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import { studentIds, upsertStudents } from '../../db/stores/students.ts';
import { approveShipped } from './approved-templates.ts';
import { PROFILE } from './case-harness.ts';
import { CLERK, newCase, setUpOffice, student } from './office-records.ts';
import { PaperCase, ROE53, TWO_YEARS } from './paper-case.ts';

const ABSENT: readonly IsoDate[] = ['2025-01-08', '2025-01-10', '2025-01-14'];
/** The day the notices leave. */
export const LEAVES_ON: IsoDate = '2025-01-15';

/** An office, driven to the day on which the letters of {@link caseOnRecord} leave. */
export async function officeOfLetters(db: Database): Promise<void> {
  await setUpOffice(db);
  await approveShipped(db);
  await updateOffice(db, { profile: PROFILE, practice: false });
  await saveCalendar(db, { kind: 'school', code: 'NORTH-HS' }, TWO_YEARS, {
    ...CLERK,
    source: 'test',
    reason: 'test',
  });
  await seedCodes(db, 'D1/test', { U: 'unexcused', E: 'excused' }, CLERK);
  await db.transaction((tx) =>
    addCoverage(tx, 'NORTH-HS', '2024-08-19', '2025-01-14', { ...CLERK, source: 'test' }),
  );
  await setDrivenToday(db, LEAVES_ON);
}

export interface FamilyOnRecord {
  readonly student: Partial<StudentRecord> & { readonly sisId: string };
  readonly guardians: readonly GuardianRecord[];
  readonly policy?: LadderPolicy;
}

/** A first referral of 14 January; its notice is due. */
export async function caseOnRecord(db: Db, family: FamilyOnRecord): Promise<LetterRef> {
  const { sisId } = family.student;
  await upsertStudents(
    db,
    [student(sisId, { birthDate: '2010-05-05', ...family.student })],
    CLERK,
    LEAVES_ON,
  );
  await db.transaction((tx) => upsertGuardians(tx, family.guardians, CLERK));
  await db.transaction((tx) =>
    mergeMarks(
      tx,
      ABSENT.map((date) => ({ sisId, school: 'NORTH-HS', date, code: 'U', fraction: 1 })),
      { ...CLERK, source: 'D1/test' },
    ),
  );
  const studentId = (await studentIds(db, [sisId])).get(sisId);
  if (studentId === undefined) throw new Error(`${sisId} was not kept`);
  const { case: row } = await db.transaction((tx) => openCase(tx, newCase(studentId), CLERK));
  const told = referred(family.policy ?? ROE53);
  const state = { ...told.state, caseNumber: row.number, student: sisId };
  await createCaseActivities({ db }).recordCaseProgress({
    caseNumber: row.number,
    runId: 'on-record',
    runStartedAt: '2025-01-13T12:00:00.000Z',
    entries: told.entries.map((entry, i) => ({ seq: i + 1, entry })),
    state,
    view: viewOf(state, told.cal),
    lastFact: 0,
  });
  return { caseNumber: row.number, kind: 'first-notice', sequence: 1 };
}

function referred(policy: LadderPolicy): PaperCase {
  const one = new PaperCase('2025-01-13', ABSENT.slice(0, 2), TWO_YEARS, policy);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ABSENT.slice(2));
  one.refer('2025-01-14');
  return one;
}
