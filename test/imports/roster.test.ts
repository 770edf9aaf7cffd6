import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkEmail,
  checkRoster,
  readContacts,
  readOneRoster,
  readSchools,
  readStudents,
} from '../../imports/roster/index.ts';

const EDFI = '../shared/data/edfi/grand-bend-v5.2';
const ONEROSTER = '../shared/data/oneroster';
const text = (content: string): AsyncIterable<string> => Readable.from([content]);
const xml = { format: 'edfi', source: 'contacts.xml' } as const;
const csv = { format: 'csv', source: 'roster.csv' } as const;

describe.skipIf(!existsSync(EDFI))('the Grand Bend roster (skipped where ../shared/data is absent)', () => {
  it('has 960 students and 1,873 contacts, each linked as the source says', async () => {
    const { students, issues } = await readStudents(`${EDFI}/Student.xml`);
    expect(issues).toEqual([]);
    expect(students).toHaveLength(960);
    expect(students.find((s) => s.sisId === '604822')?.birthDate).toBe('2008-09-13');
    const contacts = await readContacts(`${EDFI}/Contact.xml`);
    const check = checkRoster(students, contacts.guardians);
    expect(check.guardians).toBe(1873);
    expect(check.withoutPrimaryContact).toHaveLength(79);
    expect(check.livingWithNobody).toHaveLength(1);
    expect(check.withoutRecipient).toEqual([]);
  });

  it('100 contacts have an e-mail address, three of which no mail could reach: reported and left out', async () => {
    const { guardians, issues } = await readContacts(`${EDFI}/Contact.xml`);
    const faulty = issues.filter((i) => i.code === 'BAD_EMAIL').map((i) => i.record);
    const usable = guardians.filter((g) => g.email !== undefined).map((g) => g.sourceId);
    expect(new Set([...usable, ...faulty]).size).toBe(100);
    expect(faulty).toHaveLength(3);
    expect(usable).toHaveLength(97);
  });

  it('mothers and fathers are assumed to be legal recipients, two are said to be', async () => {
    const { guardians } = await readContacts(`${EDFI}/Contact.xml`);
    const links = guardians.flatMap((g) => g.students.map((s) => s.legalRecipient));
    expect(links.filter((l) => l === 'yes')).toHaveLength(2);
    expect(links.filter((l) => l === 'assumed')).toHaveLength(1870);
  });

  it('three schools with readable codes, county, phone and the address they stand at', async () => {
    const { schools, issues } = await readSchools(`${EDFI}/EducationOrganization.xml`);
    expect(issues).toEqual([]);
    expect(schools.map((s) => [s.code, s.sourceId, s.district, s.county])).toEqual([
      ['GBHS', '255901001', 'GBISD', 'Williston'],
      ['GBMS', '255901044', 'GBISD', 'Williston'],
      ['GBES', '255901107', 'GBISD', 'Williston'],
    ]);
    expect(schools[0]?.address?.lines).toEqual(['456 Elm Street']);
  });

  it('another file than asked for is one clear error', async () => {
    await expect(readContacts(`${EDFI}/Student.xml`)).rejects.toThrow(/Student\.xml: holds no Contact/);
    await expect(readStudents(`${EDFI}/Contact.xml`)).rejects.toThrow(/Contact\.xml: holds no Student/);
  });
});

describe('Ed-Fi contacts', () => {
  const contact = (id: string, more = ''): string =>
    `<Contact id="PRNT_${id}"><ContactUniqueId>${id}</ContactUniqueId><Name><FirstName>A</FirstName><LastSurname>B</LastSurname></Name>${more}</Contact>`;
  const association = (reference: string, more: string): string =>
    `<StudentContactAssociation><StudentReference><StudentIdentity><StudentUniqueId>1</StudentUniqueId></StudentIdentity></StudentReference>${reference}${more}</StudentContactAssociation>`;
  const read = (inside: string) =>
    readContacts(text(`<InterchangeContact>\n${inside}</InterchangeContact>`), xml);

  it('are linked by reference and by identity, even when the link stands first', async () => {
    const { guardians } = await read(
      association(
        '<ContactReference ref="PRNT_7"/>',
        '<Relation>x#Mother</Relation><LivesWith>true</LivesWith>',
      ) +
        contact('7') +
        contact('8') +
        association(
          '<ContactReference><ContactIdentity><ContactUniqueId>8</ContactUniqueId></ContactIdentity></ContactReference>',
          '<Relation>x#Grandmother</Relation><PrimaryContactStatus>true</PrimaryContactStatus>',
        ),
    );
    expect(guardians.map((g) => g.students)).toMatchObject([
      [{ student: '1', relation: 'Mother', legalRecipient: 'assumed', livesWith: true, primary: false }],
      [{ student: '1', relation: 'Grandmother', legalRecipient: 'no', livesWith: false, primary: true }],
    ]);
  });

  it.each([
    ['Mother', '', 'assumed'],
    ['Court appointed guardian', '', 'assumed'],
    ['Father, step', '', 'no'],
    ['Mother, foster', '', 'no'],
    ['Grandfather', '', 'no'],
    ['Father', '<LegalGuardian>false</LegalGuardian>', 'no'],
    ['Aunt', '<LegalGuardian>true</LegalGuardian>', 'yes'],
  ])('%s %s: legal recipient %s', async (relation, legal, expected) => {
    const { guardians } = await read(
      contact('7') +
        association('<ContactReference ref="PRNT_7"/>', `<Relation>x#${relation}</Relation>${legal}`),
    );
    expect(guardians[0]?.students[0]?.legalRecipient).toBe(expected);
  });

  it('a no-contact order is taken over, another restriction is shown to a person', async () => {
    const { guardians, issues } = await read(
      contact('7') +
        contact('8') +
        association(
          '<ContactReference ref="PRNT_7"/>',
          '<ContactRestrictions>No contact, court order</ContactRestrictions>',
        ) +
        association(
          '<ContactReference ref="PRNT_8"/>',
          '<ContactRestrictions>May not pick up</ContactRestrictions>',
        ),
    );
    expect(guardians.map((g) => g.students[0]?.noContact)).toEqual([true, false]);
    expect(issues.map((i) => [i.code, i.record])).toEqual([['CONTACT_RESTRICTION', '8']]);
  });

  it('takes the private e-mail address before the one at work', async () => {
    const mail = (address: string, kind: string): string =>
      `<ElectronicMail><ElectronicMailAddress>${address}</ElectronicMailAddress><ElectronicMailType>x#${kind}</ElectronicMailType></ElectronicMail>`;
    const { guardians, issues } = await read(
      contact(
        '7',
        mail('work@example.org', 'Work') +
          mail('a@example.org, b@example.org', 'Home/Personal') +
          mail('home@example.org', 'Home/Personal'),
      ),
    );
    expect(guardians[0]?.email).toBe('home@example.org');
    expect(issues.map((i) => i.code)).toContain('BAD_EMAIL');
  });

  it('a link to nobody is reported with its line', async () => {
    const { issues } = await read(contact('7') + '\n' + association('<ContactReference ref="PRNT_9"/>', ''));
    expect(issues.map((i) => [i.code, i.line])).toEqual([
      ['BROKEN_LINK', 3],
      ['NO_STUDENT', 2],
    ]);
  });
});

describe('an e-mail address', () => {
  it.each(['a@example.org', "o'brien+school@mail.example.co.uk", ' a@example.org '])(
    '%s is one',
    (address) => {
      expect(checkEmail(address)).toEqual({ email: address.trim() });
    },
  );
  it.each([
    'a@x.org\r\nBcc: b@y.org',
    'a@x.org\n',
    'a@x.org,b@y.org',
    'a@x.org;b@y.org',
    'Friends: a@x.org',
    'A <a@x.org>',
    '"a b"@x.org',
    'a b@x.org',
    'a@b@x.org',
    'a@localhost',
    'a@[127.0.0.1]',
    'a@10.0.0.1',
    'a..b@x.org',
    '.a@x.org',
    'a@-x.org',
    'jürgen@x.org',
    '',
  ])('%j is none', (address) => {
    expect(checkEmail(address)).toHaveProperty('fault');
  });
  it('nothing with a line break or a second recipient ever passes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '@', '.', ',', ';', '\n', '\r', '<', '"', ' ', ':', 'x.org'),
        }),
        (address) => {
          const checked = checkEmail(address);
          if ('email' in checked)
            expect(checked.email).toMatch(/^[a.]+(x\.org)*[a.x]*[^@,;\s<>":]*@[a-z.]+$/);
        },
      ),
    );
  });
});

describe('rosters as CSV', () => {
  it('students in our own columns', async () => {
    const { students, issues } = await readStudents(
      text(
        'student_id,first_name,last_name,birth_date,grade,school\n007,Ana,Ruiz,4/2/2010,9,PEKIN-HS\n008,Bo,,2010-04-02,9,PEKIN-HS\n007,Ana,Ruiz,2010-04-02,9,X\n',
      ),
      csv,
    );
    expect(students).toEqual([
      {
        sisId: '007',
        firstName: 'Ana',
        lastName: 'Ruiz',
        birthDate: '2010-04-02',
        grade: '9',
        school: 'PEKIN-HS',
      },
    ]);
    expect(issues.map((i) => [i.code, i.line])).toEqual([
      ['NO_NAME', 3],
      ['DUPLICATE_STUDENT', 4],
    ]);
  });

  it('one adult of two children is one guardian with two links', async () => {
    const { guardians, issues } = await readContacts(
      text(
        'guardian_id,student_id,first_name,last_name,relation,legal_recipient,lives_with,primary,no_contact,language,email,phone_mobile,address1,city,state,zip\n' +
          'G1,1,Ana,Ruiz,mother,,yes,yes,,Spanish,ana@example.org,309-555-0101,1 Elm St,Pekin,IL,61554\n' +
          'G1,2,Ana,Ruiz,aunt,,no,no,,Spanish,ana@example.org,309-555-0101,1 Elm St,Pekin,IL,61554\n' +
          'G2,1,Luis,Ruiz,father,no,no,no,see file,Klingon,luis@example,12,,,,\n',
      ),
      csv,
    );
    expect(guardians).toMatchObject([
      {
        sourceId: 'G1',
        language: 'es',
        email: 'ana@example.org',
        phones: [{ number: '309-555-0101', kind: 'mobile', household: true }],
        address: { lines: ['1 Elm St'], city: 'Pekin', state: 'IL', postalCode: '61554' },
        students: [
          { student: '1', legalRecipient: 'assumed', livesWith: true, primary: true },
          { student: '2', legalRecipient: 'no', livesWith: false },
        ],
      },
      { sourceId: 'G2', language: 'en', students: [{ legalRecipient: 'no', noContact: true }] },
    ]);
    expect(guardians[1]).not.toHaveProperty('email');
    expect(issues.map((i) => i.code)).toEqual([
      'NO_CONTACT_UNCLEAR',
      'BAD_PHONE',
      'UNKNOWN_LANGUAGE',
      'BAD_EMAIL',
    ]);
  });

  it('schools with their contacts by function; a code is made from the name', async () => {
    const { schools } = await readSchools(
      text(
        'name,source_id,district,county,zone,attendance_clerk_name,attendance_clerk_email\n' +
          'Pekin Community High School,303,D303,Tazewell,America/Chicago,Clerk,clerk@example.org\n' +
          'Pekin Community High School,304,D303,Tazewell,1,,\n',
      ),
      csv,
    );
    expect(schools.map((s) => [s.code, s.zone])).toEqual([
      ['PEKIN-COMMUNITY-HS', 'America/Chicago'],
      ['PEKIN-COMMUNITY-HS-304', 'America/Chicago'],
    ]);
    expect(schools[0]?.contacts).toEqual([
      { function: 'attendance-clerk', name: 'Clerk', email: 'clerk@example.org' },
    ]);
  });
});

describe.skipIf(!existsSync(ONEROSTER))(
  'OneRoster and School Data Sync (skipped where ../shared/data is absent)',
  () => {
    it('a guardian of one child and relative of another is one adult, legal recipient for the first only', async () => {
      const { students, guardians, schools } = await readOneRoster(`${ONEROSTER}/sds-v2.1`);
      expect(students.map((s) => s.sisId)).toEqual(['114001', '114003', '114004', '114008']);
      expect(schools.map((s) => s.name)).toEqual(['School of TwoDotOne']);
      expect(students[0]).toMatchObject({ birthDate: '2001-07-02', grade: '10', school: schools[0]?.code });
      const adult = guardians.find((g) => g.sourceId === '114002');
      expect(adult?.email).toBe('jean.craig@outlook.com');
      expect(adult?.students.map((s) => [s.student, s.relation, s.legalRecipient])).toEqual([
        ['114001', 'guardian', 'assumed'],
        ['114003', 'relative', 'no'],
      ]);
    });

    it('Student.csv and School.csv of the older form are read by their headers', async () => {
      const { students } = await readStudents(`${ONEROSTER}/sds-100-users/Student.csv`);
      expect(students.length).toBeGreaterThan(50);
      expect(students[0]).toMatchObject({
        sisId: '13001',
        birthDate: '2000-04-02',
        grade: '9',
        school: '10001',
      });
      const { schools } = await readSchools(`${ONEROSTER}/sds-100-users/School.csv`);
      expect(schools.map((s) => [s.code, s.sourceId])).toEqual([
        ['CONTOSO-HS', '10001'],
        ['FABRIKAM-HS', '10002'],
      ]);
    });
  },
);
