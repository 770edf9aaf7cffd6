/**
 * Rosters as CSV: this project's own simple columns (the first alias of each), and what OneRoster, School Data Sync and
 * spreadsheets call them. One row a student; one row a guardian *and* student (an adult of three children has three).
 */
import type {
  GuardianPhone,
  GuardianRecord,
  Guardianship,
  PostalAddress,
  SchoolContact,
  SchoolRecord,
  StudentRecord,
} from '../../domain/records.ts';
import { InputFault } from '../../domain/refusal.ts';
import { csvRows, type CsvColumns, type CsvRow } from '../csv-stream.ts';
import { DATE_FORMS, readDate } from '../dates.ts';
import { checkEmail } from './email.ts';
import {
  distinctPhones,
  isPhoneNumber,
  languageTag,
  legalRecipient,
  readYesNo,
  ringsAtHome,
} from './people.ts';
import type { SchoolOptions } from './read-edfi.ts';
import { RosterIssues, type GuardiansRead, type SchoolsRead, type StudentsRead } from './roster-types.ts';
import { distinctCode, schoolCodeFrom } from './school-code.ts';

type StudentField =
  | 'student'
  | 'first'
  | 'last'
  | 'middle'
  | 'suffix'
  | 'birth'
  | 'grade'
  | 'school'
  | 'role'
  | 'status'
  | 'guardian'
  | 'relation';

const STUDENT_COLUMNS: CsvColumns<StudentField> = {
  student: [
    'student_id',
    'student',
    'sis_id',
    'studentNumber',
    'student_unique_id',
    'identifier',
    'sourcedId',
    'userSourcedId',
  ],
  first: ['first_name', 'givenName', 'firstName', 'first'],
  last: ['last_name', 'familyName', 'surname', 'lastName', 'last'],
  middle: ['middle_name', 'middleName', 'middle'],
  suffix: ['suffix', 'name_suffix', 'generation'],
  birth: ['birth_date', 'birthdate', 'date_of_birth', 'dob'],
  grade: ['grade', 'grades', 'grade_level'],
  school: [
    'school',
    'school_code',
    'school_id',
    'school_sis_id',
    'school_number',
    'orgSourcedIds',
    'orgSourcedId',
  ],
  role: ['role'],
  status: ['status'],
  guardian: ['guardian_id', 'contact_id', 'parent_id', 'contact_unique_id'],
  relation: ['relation', 'relationship', 'relationship_role'],
};

/** `aliasOf` turns the school as the file names it into its code, where schools are known. */
export async function readCsvStudents(
  text: AsyncIterable<string>,
  file: string,
  aliasOf: (school: string) => string = (school) => school,
): Promise<StudentsRead> {
  const issues = new RosterIssues(file);
  const students = new Map<string, StudentRecord>();
  const required = [['student'], ['first'], ['last']] as const;
  for await (const row of csvRows(text, { columns: STUDENT_COLUMNS, required, file })) {
    const sisId = row.get('student');
    // Read as a roster it would give every student the name of a parent.
    if (row.get('guardian') && row.get('relation')) {
      throw new InputFault(
        'WRONG_FILE',
        'its rows are adults (they have a guardian number and a relation); bring it in with `guardian add --file`',
        file,
      );
    }
    if (row.get('role') && !/student/i.test(row.get('role'))) continue;
    if (/^(inactive|deleted|tobedeleted|withdrawn)$/i.test(row.get('status'))) continue;
    if (row.surplus > 0) {
      issues.add(
        row.line,
        'BAD_ROW',
        'more cells than columns: left out; quote cells that hold the separator',
        sisId,
      );
    } else if (!sisId) {
      issues.add(row.line, 'NO_STUDENT', 'no student number: left out');
    } else if (students.has(sisId)) {
      issues.add(
        row.line,
        'DUPLICATE_STUDENT',
        'this student number was there before: the first row is kept',
        sisId,
      );
    } else if (!row.get('first') || !row.get('last')) {
      issues.add(
        row.line,
        'NO_NAME',
        'first or last name is missing: left out; complete it in the student system',
        sisId,
      );
    } else {
      const birthDate = readDate(row.get('birth'));
      if (!birthDate) {
        issues.add(
          row.line,
          'NO_BIRTH_DATE',
          `birth date is missing or no date; ${DATE_FORMS}: letters and court papers need it`,
          sisId,
        );
      }
      const school = row.get('school');
      students.set(sisId, {
        sisId,
        firstName: row.get('first'),
        lastName: row.get('last'),
        ...optional('middleName', row.get('middle')),
        ...optional('suffix', row.get('suffix')),
        ...optional('birthDate', birthDate ?? ''),
        ...optional('grade', row.get('grade')),
        ...optional('school', school && aliasOf(school)),
      });
    }
  }
  return { students: [...students.values()], issues: issues.list };
}

type GuardianField =
  | 'guardian'
  | 'student'
  | 'first'
  | 'last'
  | 'relation'
  | 'legal'
  | 'lives'
  | 'primary'
  | 'noContact'
  | 'language'
  | 'email'
  | 'phoneHome'
  | 'phoneMobile'
  | 'phoneWork'
  | 'phone'
  | 'line1'
  | 'line2'
  | 'city'
  | 'state'
  | 'zip';

const GUARDIAN_COLUMNS: CsvColumns<GuardianField> = {
  guardian: ['guardian_id', 'contact_id', 'parent_id', 'contact_unique_id', 'sourcedId'],
  student: ['student_id', 'student', 'sis_id', 'studentNumber', 'student_unique_id'],
  first: ['first_name', 'givenName', 'guardian_first_name', 'firstName'],
  last: ['last_name', 'familyName', 'guardian_last_name', 'lastName'],
  relation: ['relation', 'relationship', 'relationship_role', 'role'],
  legal: ['legal_recipient', 'legal_guardian', 'is_guardian', 'receives_letters'],
  lives: ['lives_with', 'living_with', 'household'],
  primary: ['primary', 'is_primary', 'primary_contact'],
  noContact: ['no_contact', 'no_contact_order'],
  language: ['language', 'home_language', 'preferred_language'],
  email: ['email', 'email_address', 'secondary_email'],
  phoneHome: ['phone_home', 'home_phone'],
  phoneMobile: ['phone_mobile', 'mobile_phone', 'cell_phone', 'cell', 'sms', 'mobile'],
  phoneWork: ['phone_work', 'work_phone'],
  phone: ['phone', 'phone_number', 'telephone'],
  line1: ['address1', 'address', 'street', 'address_line_1'],
  line2: ['address2', 'address_line_2', 'unit', 'apartment'],
  city: ['city', 'town'],
  state: ['state'],
  zip: ['zip', 'postal_code', 'zip_code', 'postcode'],
};

export async function readCsvGuardians(text: AsyncIterable<string>, file: string): Promise<GuardiansRead> {
  const issues = new RosterIssues(file);
  const adults = new Map<string, { record: GuardianRecord; links: Guardianship[] }>();
  const required = [['guardian'], ['student'], ['first'], ['last'], ['relation']] as const;
  for await (const row of csvRows(text, { columns: GUARDIAN_COLUMNS, required, file })) {
    const sourceId = row.get('guardian');
    const student = row.get('student');
    if (row.surplus > 0 || !sourceId || !student || !row.get('first') || !row.get('last')) {
      issues.add(
        row.line,
        'BAD_ROW',
        'guardian_id, student_id, a name is missing, or there are more cells than columns: left out',
        sourceId || student,
      );
      continue;
    }
    const link = readLink(row, student, sourceId, issues);
    const known = adults.get(sourceId);
    if (known) {
      if (known.links.some((l) => l.student === student)) {
        issues.add(
          row.line,
          'DUPLICATE_LINK',
          'this guardian and student were there before: the first row is kept',
          sourceId,
        );
      } else {
        known.links.push(link);
      }
      continue;
    }
    const links = [link];
    adults.set(sourceId, { links, record: readGuardian(row, sourceId, links, issues) });
  }
  return { guardians: [...adults.values()].map((a) => a.record), issues: issues.list };
}

function readLink(
  row: CsvRow<GuardianField>,
  student: string,
  sourceId: string,
  issues: RosterIssues,
): Guardianship {
  const yesNo = (field: GuardianField, column: string): boolean | undefined => {
    const value = readYesNo(row.get(field));
    if (value === null)
      issues.add(row.line, 'BAD_YES_NO', `${column} is neither yes nor no: taken as not said`, sourceId);
    return value ?? undefined;
  };
  const said = row.get('noContact');
  const noContact = readYesNo(said);
  if (noContact === null) {
    // Something stands there: a letter to a forbidden person does more harm than one that waits for a person's look.
    issues.add(
      row.line,
      'NO_CONTACT_UNCLEAR',
      'no_contact is neither yes nor no: taken as an order until somebody corrects it',
      sourceId,
    );
  }
  return {
    student,
    relation: row.get('relation') || 'Not said',
    legalRecipient: legalRecipient(yesNo('legal', 'legal_recipient'), row.get('relation')),
    livesWith: yesNo('lives', 'lives_with') ?? false,
    primary: yesNo('primary', 'primary') ?? false,
    noContact: noContact ?? said !== '',
  };
}

function readGuardian(
  row: CsvRow<GuardianField>,
  sourceId: string,
  links: readonly Guardianship[],
  issues: RosterIssues,
): GuardianRecord {
  const livesWith = links.some((l) => l.livesWith);
  const phones: GuardianPhone[] = [];
  for (const [field, kind] of [
    ['phoneMobile', 'mobile'],
    ['phoneHome', 'home'],
    ['phone', 'other'],
    ['phoneWork', 'work'],
  ] as const) {
    const number = row.get(field);
    if (number === '') continue;
    if (isPhoneNumber(number)) phones.push({ number, kind, household: ringsAtHome(livesWith, kind) });
    else issues.add(row.line, 'BAD_PHONE', 'a phone number has fewer than seven digits: left out', sourceId);
  }
  const language = row.get('language');
  const tag = language === '' ? 'en' : languageTag(language);
  if (tag === undefined) {
    issues.add(
      row.line,
      'UNKNOWN_LANGUAGE',
      `language "${language.slice(0, 40)}" is not known here: English with an interpreter line is used`,
      sourceId,
    );
  }
  const address = readAddress(
    row.get('line1'),
    row.get('line2'),
    row.get('city'),
    row.get('state'),
    row.get('zip'),
  );
  return {
    sourceId,
    firstName: row.get('first'),
    lastName: row.get('last'),
    language: tag ?? 'en',
    ...optional('email', readEmail(row.get('email'), row.line, sourceId, issues)),
    phones: distinctPhones(phones),
    ...(address ? { address } : {}),
    students: links,
  };
}

export function readEmail(text: string, line: number, record: string, issues: RosterIssues): string {
  if (text === '') return '';
  const checked = checkEmail(text);
  if ('email' in checked) return checked.email;
  issues.add(
    line,
    'BAD_EMAIL',
    `an e-mail address ${checked.fault}: left out; correct it in the student system`,
    record,
  );
  return '';
}

type SchoolField =
  | 'student'
  | 'code'
  | 'sourceId'
  | 'district'
  | 'name'
  | 'county'
  | 'zone'
  | 'phone'
  | 'line1'
  | 'line2'
  | 'city'
  | 'state'
  | 'zip'
  | 'type'
  | 'parent'
  | 'clerkName'
  | 'clerkEmail'
  | 'clerkPhone'
  | 'principalName'
  | 'principalEmail'
  | 'principalPhone'
  | 'counselorName'
  | 'counselorEmail'
  | 'counselorPhone'
  | 'deputyName'
  | 'deputyEmail'
  | 'deputyPhone';

const SCHOOL_COLUMNS: CsvColumns<SchoolField> = {
  // Of no use here: by it a roster given in the place of schools is known.
  student: ['student_id', 'studentNumber', 'student_unique_id'],
  code: ['code', 'school_code', 'short_name'],
  sourceId: ['source_id', 'sourcedId', 'school_id', 'sis_id', 'school_number', 'identifier'],
  district: ['district', 'district_name', 'district_code'],
  name: ['name', 'school_name', 'school'],
  county: ['county'],
  // Not "zone" of School Data Sync files: those hold a number; it is checked below.
  zone: ['zone', 'time_zone', 'timezone'],
  phone: ['phone', 'telephone'],
  line1: ['address1', 'address', 'street'],
  line2: ['address2'],
  city: ['city'],
  state: ['state'],
  zip: ['zip', 'postal_code', 'zip_code'],
  type: ['type'],
  parent: ['parentSourcedId'],
  clerkName: ['attendance_clerk_name'],
  clerkEmail: ['attendance_clerk_email'],
  clerkPhone: ['attendance_clerk_phone'],
  principalName: ['principal_name'],
  principalEmail: ['principal_email', 'principal_secondary_email'],
  principalPhone: ['principal_phone'],
  counselorName: ['counselor_name'],
  counselorEmail: ['counselor_email'],
  counselorPhone: ['counselor_phone'],
  deputyName: ['deputy_name'],
  deputyEmail: ['deputy_email'],
  deputyPhone: ['deputy_phone'],
};

const CONTACT_FIELDS = [
  ['attendance-clerk', 'clerkName', 'clerkEmail', 'clerkPhone'],
  ['principal', 'principalName', 'principalEmail', 'principalPhone'],
  ['counselor', 'counselorName', 'counselorEmail', 'counselorPhone'],
  ['deputy', 'deputyName', 'deputyEmail', 'deputyPhone'],
] as const;

export async function readCsvSchools(
  text: AsyncIterable<string>,
  file: string,
  options: SchoolOptions = {},
): Promise<SchoolsRead> {
  const issues = new RosterIssues(file);
  const schools = new Map<string, SchoolRecord>();
  const codes = new Set<string>();
  const orgs = new Map<string, string>();
  const rows: { row: CsvRow<SchoolField>; name: string }[] = [];
  for await (const row of csvRows(text, { columns: SCHOOL_COLUMNS, required: [['name']], file })) {
    if (row.get('student')) {
      throw new InputFault(
        'WRONG_FILE',
        'its rows are students; bring them in with `student import --file`',
        file,
      );
    }
    orgs.set(row.get('sourceId'), row.get('name'));
    // OneRoster lists districts and departments beside schools.
    if (row.get('type') && row.get('type').toLowerCase() !== 'school') continue;
    rows.push({ row, name: row.get('name') });
  }
  for (const { row, name } of rows) {
    const wanted = schoolCodeFrom(row.get('code') || undefined, name);
    const sourceId = row.get('sourceId') || wanted;
    if (!name || schools.has(sourceId)) {
      issues.add(row.line, 'BAD_SCHOOL', 'no name, or the school was there before: left out', sourceId);
      continue;
    }
    const code = distinctCode(wanted, sourceId, codes);
    codes.add(code);
    const district = row.get('district') || orgs.get(row.get('parent')) || options.district || '';
    if (!district)
      issues.add(row.line, 'NO_DISTRICT', 'the file does not say its district: give --district', code);
    if (!row.get('county')) {
      issues.add(
        row.line,
        'NO_COUNTY',
        "no county: court papers go to the State's Attorney of the county; add it with school edit",
        code,
      );
    }
    const zone = row.get('zone');
    const known = zone === '' || isZone(zone);
    if (!known)
      issues.add(
        row.line,
        'BAD_ZONE',
        'the zone is no IANA zone such as America/Chicago: the default is used',
        code,
      );
    const address = readAddress(
      row.get('line1'),
      row.get('line2'),
      row.get('city'),
      row.get('state'),
      row.get('zip'),
    );
    schools.set(sourceId, {
      code,
      sourceId,
      district,
      name,
      county: row.get('county'),
      zone: zone !== '' && known ? zone : (options.zone ?? 'America/Chicago'),
      ...optional('phone', row.get('phone')),
      ...(address ? { address } : {}),
      contacts: readContactsOf(row, code, issues),
    });
  }
  return { schools: [...schools.values()], issues: issues.list };
}

function readContactsOf(row: CsvRow<SchoolField>, code: string, issues: RosterIssues): SchoolContact[] {
  const contacts: SchoolContact[] = [];
  for (const [fn, nameField, emailField, phoneField] of CONTACT_FIELDS) {
    const name = row.get(nameField);
    const email = readEmail(row.get(emailField), row.line, code, issues);
    const phone = row.get(phoneField);
    if (!name && !email && !phone) continue;
    contacts.push({ function: fn, name, ...optional('email', email), ...optional('phone', phone) });
  }
  return contacts;
}

function readAddress(
  line1: string,
  line2: string,
  city: string,
  state: string,
  postalCode: string,
): PostalAddress | undefined {
  if (!line1 || !city || !postalCode) return undefined;
  return { lines: line2 ? [line1, line2] : [line1], city, state, postalCode };
}

function isZone(zone: string): boolean {
  try {
    return (
      new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '' &&
      zone.includes('/')
    );
  } catch {
    return false;
  }
}

/** The property, where there is something to say. */
function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  return value === '' ? {} : ({ [key]: value } as Record<K, string>);
}
