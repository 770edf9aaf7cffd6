import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { calendarFor, calendarVersions, saveCalendar } from '../../db/stores/calendars.ts';
import { guardiansOf, markEmailBad, setNoContact, upsertGuardians } from '../../db/stores/guardians.ts';
import { getOffice, localDate, officeToday, setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import { contactsFor, listSchools, schoolBySourceId, upsertSchools } from '../../db/stores/places.ts';
import {
  findStudents,
  getStudentBySis,
  schoolsOn,
  setCurrentSchools,
  studentCalendarSegments,
  upsertEnrollments,
  upsertStudents,
} from '../../db/stores/students.ts';
import {
  addCase,
  addStudents,
  CLERK,
  guardian,
  setUpOffice,
  student,
  TODAY,
} from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

const CALENDAR = { terms: [{ from: '2024-08-15', to: '2025-05-23' }], closed: ['2024-11-28'], open: [] };

describe('the office', () => {
  it('begins in practice mode, until an administrator says otherwise', async () => {
    expect((await getOffice(db))?.practice).toBe(true);
    expect((await updateOffice(db, { practiceMailbox: 'practice@example.org' })).practice).toBe(true);
  });

  it('has the driven date while one is set, else the local date of the real clock', async () => {
    await setDrivenToday(db, '2025-01-31');
    expect(await officeToday(db)).toBe('2025-01-31');
    await setDrivenToday(db, null);
    // Half past eleven in the evening in Chicago is the next day in Greenwich.
    expect(await officeToday(db, new Date('2025-02-12T05:30:00Z'))).toBe('2025-02-11');
    await setDrivenToday(db, TODAY);
  });

  it('knows the local date on both sides of a change of clocks', () => {
    expect(localDate(new Date('2025-03-09T05:59:00Z'), 'America/Chicago')).toBe('2025-03-08');
    expect(localDate(new Date('2025-03-10T04:59:00Z'), 'America/Chicago')).toBe('2025-03-09');
    expect(localDate(new Date('2025-03-10T05:00:00Z'), 'America/Chicago')).toBe('2025-03-10');
  });
});

describe('schools', () => {
  it('are found by the identifier of the student system, with their contacts by function', async () => {
    expect((await schoolBySourceId(db, '1001'))?.code).toBe('NORTH-HS');
    expect(await contactsFor(db, 'NORTH-HS', 'attendance-clerk')).toHaveLength(1);
    expect(await contactsFor(db, 'NORTH-HS', 'principal')).toEqual([]);
  });

  it('keep their phone and contacts when a later file does not mention them', async () => {
    const [north] = (await listSchools(db)).filter((school) => school.code === 'NORTH-HS');
    if (!north) throw new Error('no school');
    const withPhone = await upsertSchools(db, [{ ...north, phone: '+13095550111' }], CLERK);
    expect(withPhone).toEqual({ read: 1, new: 0, changed: 1, unchanged: 0 });
    const again = await upsertSchools(db, [{ ...north, contacts: [] }], CLERK);
    expect(again).toEqual({ read: 1, new: 0, changed: 0, unchanged: 1 });
    const kept = await schoolBySourceId(db, '1001');
    expect(kept?.phone).toBe('+13095550111');
    expect(kept?.contacts).toEqual(north.contacts);
  });

  it('have changed with other people at the same school', async () => {
    const [north] = (await listSchools(db)).filter((school) => school.code === 'NORTH-HS');
    if (!north) throw new Error('no school');
    const contacts = north.contacts.map((one) => ({ ...one, email: 'new-clerk@north.example' }));
    const changed = { read: 1, new: 0, changed: 1, unchanged: 0 };
    expect(await upsertSchools(db, [{ ...north, contacts }], CLERK)).toEqual(changed);
    expect(await upsertSchools(db, [{ ...north, contacts }], CLERK)).toMatchObject({ unchanged: 1 });
    expect(await upsertSchools(db, [north], CLERK)).toEqual(changed);
  });
});

describe('students', () => {
  it('are kept with their names as written: quotes, emoji, right to left, percent and backslash', async () => {
    const names = [
      `O'Brien "Bo"; drop table students;--`,
      '🧑‍🎓 Ñúñez',
      'محمد العربي',
      '100%_\\name',
      '  李  小龙',
    ];
    await upsertStudents(
      db,
      names.map((lastName, i) => student(`N${i}`, { lastName })),
      CLERK,
      TODAY,
    );
    for (const [i, lastName] of names.entries()) {
      expect((await getStudentBySis(db, `N${i}`))?.lastName).toBe(lastName);
    }
    expect((await findStudents(db, '%')).map((s) => s.sisId)).toEqual(['N3']);
    expect((await findStudents(db, '_')).map((s) => s.sisId)).toEqual(['N3']);
    expect((await findStudents(db, 'ñúÑEZ')).map((s) => s.sisId)).toEqual(['N1']);
    expect((await findStudents(db, "o'brien")).map((s) => s.sisId)).toEqual(['N0']);
  });

  it('a roster taken in twice changes nothing; one that leaves a field out keeps it', async () => {
    const roster = [
      student('R1', { birthDate: '2010-03-04', grade: '09' }),
      student('R2', { birthDate: '2011-07-30' }),
    ];
    expect(await upsertStudents(db, roster, CLERK, TODAY)).toMatchObject({
      new: 2,
      changed: 0,
      unchanged: 0,
    });
    expect(await upsertStudents(db, roster, CLERK, TODAY)).toMatchObject({
      new: 0,
      changed: 0,
      unchanged: 2,
    });
    const bare = await upsertStudents(db, [student('R1', { grade: '10' })], CLERK, TODAY);
    expect(bare).toMatchObject({ read: 1, changed: 1 });
    expect(await getStudentBySis(db, 'R1')).toMatchObject({ birthDate: '2010-03-04', grade: '10' });
  });

  it('of two rows with one number in a file the later holds', async () => {
    const done = await upsertStudents(
      db,
      [student('R3', { grade: '09' }), student('R3', { grade: '11' })],
      CLERK,
      TODAY,
    );
    expect(done).toMatchObject({ read: 2, new: 1, unchanged: 1 });
    expect((await getStudentBySis(db, 'R3'))?.grade).toBe('11');
  });

  it('a student seen at another school has moved there, and each day belongs to the school then attended', async () => {
    const [id] = await addStudents(db, 'M1');
    if (id === undefined) throw new Error('no student');
    expect(await schoolsOn(db, id, '2020-01-01')).toEqual(['NORTH-HS']);
    const moved = await setCurrentSchools(db, [{ sisId: 'M1', school: 'SOUTH-HS' }], '2025-02-03', CLERK);
    expect(moved).toEqual({ moved: [id], unknownSchools: [] });
    expect(await schoolsOn(db, id, '2025-02-02')).toEqual(['NORTH-HS']);
    expect(await schoolsOn(db, id, '2025-02-03')).toEqual(['SOUTH-HS']);
    const again = await setCurrentSchools(db, [{ sisId: 'M1', school: 'SOUTH-HS' }], '2025-02-04', CLERK);
    expect(again.moved).toEqual([]);
    // Back again within the day: the slip leaves no enrolment of no days behind.
    await setCurrentSchools(db, [{ sisId: 'M1', school: 'NORTH-HS' }], '2025-02-03', CLERK);
    expect(await schoolsOn(db, id, '2025-02-03')).toEqual(['NORTH-HS']);
    expect(await setCurrentSchools(db, [{ sisId: 'M1', school: 'NOWHERE' }], TODAY, CLERK)).toEqual({
      moved: [],
      unknownSchools: ['NOWHERE'],
    });
  });

  it('dated enrolments replace the guess "since ever" at the same school', async () => {
    const [id] = await addStudents(db, 'M2');
    if (id === undefined) throw new Error('no student');
    const dated = [
      { sisId: 'M2', school: 'SOUTH-HS', from: '2023-08-16', to: '2024-12-20' },
      { sisId: 'M2', school: 'NORTH-HS', from: '2025-01-06' },
    ];
    expect(await upsertEnrollments(db, dated, CLERK)).toMatchObject({ new: 2 });
    expect(await upsertEnrollments(db, dated, CLERK)).toMatchObject({ new: 0, changed: 0, unchanged: 2 });
    await saveCalendar(db, { kind: 'district', code: 'D1' }, CALENDAR, { ...CLERK, source: 'test' });
    expect(
      (await studentCalendarSegments(db, id)).map(({ school, from, to }) => ({ school, from, to })),
    ).toEqual([
      { school: 'SOUTH-HS', from: '2023-08-16', to: '2024-12-20' },
      { school: 'NORTH-HS', from: '2025-01-06', to: undefined },
    ]);
  });

  it('are found only at the schools a person may see, with their open case', async () => {
    const open = await addCase(db);
    const sisId = String(
      (await findStudents(db, 'student')).find((s) => s.caseNumber === open.case.number)?.sisId,
    );
    expect(await findStudents(db, sisId, { schools: ['NORTH-HS'] })).toMatchObject([
      { id: open.studentId, caseNumber: open.case.number, stage: 'opened', schools: ['NORTH-HS'] },
    ]);
    expect(await findStudents(db, sisId, { schools: ['SOUTH-HS'] })).toEqual([]);
    expect(await findStudents(db, '   ')).toEqual([]);
  });
});

describe('calendars', () => {
  it('get a new version only when they differ, and all versions stay', async () => {
    const scope = { kind: 'school', code: 'SOUTH-HS' } as const;
    const origin = { ...CLERK, source: 'south.ics' };
    expect(await saveCalendar(db, scope, CALENDAR, origin)).toMatchObject({ version: 1, changed: true });
    // The order of a value's members is no difference.
    const { terms, closed, open } = CALENDAR;
    expect(await saveCalendar(db, scope, { open, closed, terms }, origin)).toMatchObject({
      version: 1,
      changed: false,
    });
    const snow = { ...CALENDAR, closed: ['2024-11-28', '2025-01-10'] };
    expect(await saveCalendar(db, scope, snow, { ...CLERK, source: 'close', reason: 'snow' })).toMatchObject({
      version: 2,
      previous: CALENDAR,
    });
    expect((await calendarVersions(db, scope)).map((v) => v.version)).toEqual([1, 2]);
    expect((await calendarFor(db, 'SOUTH-HS'))?.value).toEqual(snow);
  });

  it("a school's own comes before its district's", async () => {
    await saveCalendar(db, { kind: 'district', code: 'D1' }, CALENDAR, { ...CLERK, source: 'district.ics' });
    expect(await calendarFor(db, 'NORTH-HS')).toMatchObject({ scopeKind: 'district', scope: 'D1' });
    expect(await calendarFor(db, 'SOUTH-HS')).toMatchObject({ scopeKind: 'school', scope: 'SOUTH-HS' });
  });

  it('two changes at once become two versions', async () => {
    const scope = { kind: 'school', code: 'NORTH-HS' } as const;
    await Promise.all(
      ['2025-01-06', '2025-01-07', '2025-01-08'].map((day) =>
        db.transaction((tx) =>
          saveCalendar(tx, scope, { ...CALENDAR, closed: [day] }, { ...CLERK, source: 'close' }),
        ),
      ),
    );
    expect((await calendarVersions(db, scope)).map((v) => v.version)).toEqual([1, 2, 3]);
  });
});

describe('guardians', () => {
  it('bring all that a letter needs; the same file again changes nothing', async () => {
    const [id] = await addStudents(db, 'F1');
    if (id === undefined) throw new Error('no student');
    const address = { lines: ['12 Elm St'], city: 'Pekin', state: 'IL', postalCode: '61554' };
    const file = [
      guardian('A1', 'F1', { language: 'es', address }),
      guardian('A2', 'F1', {}, { relation: 'father', primary: false, legalRecipient: 'no' }),
      guardian('A3', 'NOBODY'),
    ];
    const first = await upsertGuardians(db, file, CLERK);
    expect(first).toMatchObject({ read: 3, new: 3, ties: 2, unknownStudents: ['NOBODY'] });
    expect(await upsertGuardians(db, file, CLERK)).toMatchObject({
      new: 0,
      changed: 0,
      unchanged: 3,
      ties: 0,
    });
    expect(await guardiansOf(db, id)).toMatchObject([
      {
        sourceId: 'A1',
        language: 'es',
        address,
        relation: 'mother',
        legalRecipient: 'assumed',
        phones: [{ number: '+13095550100', kind: 'mobile', household: true }],
        noContact: false,
        emailBadSince: null,
      },
      { sourceId: 'A2', relation: 'father', legalRecipient: 'no', primary: false },
    ]);
  });

  it('a list of numbers replaces the earlier one; none says nothing', async () => {
    const [id] = await addStudents(db, 'F2');
    if (id === undefined) throw new Error('no student');
    const numbers = (...list: string[]) => ({
      phones: list.map((number) => ({ number, kind: 'home', household: false })),
    });
    await upsertGuardians(db, [guardian('B1', 'F2', numbers('1', '2', '3'))], CLERK);
    await upsertGuardians(db, [guardian('B1', 'F2', numbers('4'))], CLERK);
    await upsertGuardians(db, [guardian('B1', 'F2', numbers())], CLERK);
    expect((await guardiansOf(db, id))[0]?.phones.map((p) => p.number)).toEqual(['4']);
  });

  it('a bad e-mail address stays marked until the address changes', async () => {
    const [id] = await addStudents(db, 'F3');
    if (id === undefined) throw new Error('no student');
    await upsertGuardians(db, [guardian('C1', 'F3')], CLERK);
    const guardianId = (await guardiansOf(db, id))[0]?.id ?? 0;
    await markEmailBad(db, guardianId, 'someone-else@example.org');
    expect((await guardiansOf(db, id))[0]?.emailBadSince).toBeNull();
    await markEmailBad(db, guardianId, 'c1@EXAMPLE.org', '2025-02-12T15:00:00.000Z');
    await upsertGuardians(db, [guardian('C1', 'F3')], CLERK);
    expect((await guardiansOf(db, id))[0]?.emailBadSince).toBe('2025-02-12T15:00:00.000Z');
    await upsertGuardians(db, [guardian('C1', 'F3', { email: 'new@example.org' })], CLERK);
    expect((await guardiansOf(db, id))[0]?.emailBadSince).toBeNull();
  });

  it('a roster does not lift a no-contact order: only a person does', async () => {
    const [id] = await addStudents(db, 'F4');
    if (id === undefined) throw new Error('no student');
    await upsertGuardians(db, [guardian('D1', 'F4')], CLERK);
    const guardianId = (await guardiansOf(db, id))[0]?.id ?? 0;
    await setNoContact(db, guardianId, id, true, CLERK);
    await upsertGuardians(db, [guardian('D1', 'F4', {}, { relation: 'stepmother' })], CLERK);
    expect((await guardiansOf(db, id))[0]).toMatchObject({ relation: 'stepmother', noContact: true });
    await setNoContact(db, guardianId, id, false, CLERK);
    expect((await guardiansOf(db, id))[0]?.noContact).toBe(false);
  });
});
