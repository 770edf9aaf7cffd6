/** A small invented office in the records: two schools, some students, their guardians. No real people. */
import type { Database } from '../../db/connect.ts';
import { openCase } from '../../db/stores/cases.ts';
import type { CaseRow } from '../../db/stores/cases.ts';
import { guardiansOf, upsertGuardians } from '../../db/stores/guardians.ts';
import { saveOffice, setDrivenToday } from '../../db/stores/office.ts';
import { upsertDistricts, upsertSchools } from '../../db/stores/places.ts';
import { studentIds, upsertStudents } from '../../db/stores/students.ts';
import type { GuardianRecord, StudentRecord } from '../../domain/records.ts';

export const CLERK = { actor: 'U-0001', role: 'school-staff' } as const;
export const TODAY = '2025-02-12';

export function student(sisId: string, more: Partial<StudentRecord> = {}): StudentRecord {
  return { sisId, firstName: 'Test', lastName: `Student ${sisId}`, school: 'NORTH-HS', ...more };
}

export function guardian(
  sourceId: string,
  studentSisId: string,
  more: Partial<GuardianRecord> = {},
  tie: Partial<GuardianRecord['students'][number]> = {},
): GuardianRecord {
  return {
    sourceId,
    firstName: 'Test',
    lastName: `Guardian ${sourceId}`,
    language: 'en',
    email: `${sourceId}@example.org`,
    phones: [{ number: '+13095550100', kind: 'mobile', household: true }],
    students: [
      {
        student: studentSisId,
        relation: 'mother',
        legalRecipient: 'assumed',
        livesWith: true,
        primary: true,
        noContact: false,
        ...tie,
      },
    ],
    ...more,
  };
}

/** The office with its district and two schools; its date is driven to {@link TODAY}. */
export async function setUpOffice(db: Database): Promise<void> {
  await saveOffice(db, {
    code: 'roe53',
    name: 'Regional Office of Education #53',
    zone: 'America/Chicago',
    policyName: 'roe53',
    policyVersion: '2024-08-01',
  });
  await setDrivenToday(db, TODAY);
  await upsertDistricts(db, [{ code: 'D1', name: 'District One' }], CLERK);
  const school = { district: 'D1', county: 'Tazewell', zone: 'America/Chicago' };
  await upsertSchools(
    db,
    [
      {
        ...school,
        code: 'NORTH-HS',
        sourceId: '1001',
        name: 'North High School',
        contacts: [{ function: 'attendance-clerk', name: 'Clerk', email: 'clerk@north.example.org' }],
      },
      { ...school, code: 'SOUTH-HS', sourceId: '1002', name: 'South High School', contacts: [] },
    ],
    CLERK,
  );
}

/** Students by SIS number; gives their internal numbers in the same order. */
export async function addStudents(db: Database, ...sisIds: string[]): Promise<number[]> {
  await upsertStudents(
    db,
    sisIds.map((id) => student(id)),
    CLERK,
    TODAY,
  );
  const ids = await studentIds(db, sisIds);
  return sisIds.map((sisId) => {
    const id = ids.get(sisId);
    if (id === undefined) throw new Error(`${sisId} was not kept`);
    return id;
  });
}

export const newCase = (studentId: number) => ({
  studentId,
  school: 'NORTH-HS',
  policyName: 'roe53',
  policyVersion: '2024-08-01',
  openedOn: TODAY,
});

let nextSis = 500_000;

/** A new student with an open case and one guardian. */
export async function addCase(
  db: Database,
): Promise<{ case: CaseRow; studentId: number; guardianId: number }> {
  const sisId = String(++nextSis);
  const [studentId] = await addStudents(db, sisId);
  if (studentId === undefined) throw new Error('no student');
  await upsertGuardians(db, [guardian(`G${sisId}`, sisId)], CLERK);
  const opened = await db.transaction((tx) => openCase(tx, newCase(studentId), CLERK));
  const [adult] = await guardiansOf(db, studentId);
  if (!adult) throw new Error('no guardian');
  return { case: opened.case, studentId, guardianId: adult.id };
}
