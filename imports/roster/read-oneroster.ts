/**
 * A folder of OneRoster 1.1 or School Data Sync 2.1 files: users.csv and orgs.csv, with demographics, roles and
 * relationships beside them. Guardians are users; who belongs to whom stands in relationships.csv, or in a user's agents.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { GuardianRecord, Guardianship, SchoolRecord, StudentRecord } from '../../domain/records.ts';
import { InputFault } from '../../domain/refusal.ts';
import { csvRows, type CsvColumns } from '../csv-stream.ts';
import { readDate } from '../dates.ts';
import { openText } from '../text-stream.ts';
import { distinctPhones, isPhoneNumber, legalRecipient } from './people.ts';
import { readCsvSchools, readEmail } from './read-csv.ts';
import type { SchoolOptions } from './read-edfi.ts';
import { RosterIssues, type RosterIssue } from './roster-types.ts';

const USERS = {
  id: ['sourcedId'],
  role: ['role'],
  first: ['givenName'],
  last: ['familyName'],
  middle: ['middleName'],
  identifier: ['identifier'],
  email: ['email'],
  phone: ['phone'],
  sms: ['sms'],
  grades: ['grades'],
  orgs: ['orgSourcedIds'],
  agents: ['agentSourcedIds', 'agentSourceIds'],
  status: ['status'],
} as const satisfies CsvColumns<string>;

const ROLES = {
  user: ['userSourcedId'],
  org: ['orgSourcedId'],
  role: ['role'],
  grade: ['grade'],
  primary: ['isPrimary'],
} as const satisfies CsvColumns<string>;

const RELATIONSHIPS = {
  student: ['userSourcedId'],
  adult: ['relationshipUserSourcedId'],
  role: ['relationshipRole'],
} as const satisfies CsvColumns<string>;

const DEMOGRAPHICS = {
  user: ['userSourcedId', 'sourcedId'],
  birth: ['birthDate'],
} as const satisfies CsvColumns<string>;

export interface OneRosterRead {
  readonly students: readonly StudentRecord[];
  readonly guardians: readonly GuardianRecord[];
  readonly schools: readonly SchoolRecord[];
  readonly issues: readonly RosterIssue[];
}

interface User {
  readonly line: number;
  readonly id: string;
  readonly role: string;
  readonly first: string;
  readonly last: string;
  readonly middle: string;
  readonly identifier: string;
  readonly email: string;
  readonly phones: readonly string[];
  readonly grade: string;
  readonly org: string;
  readonly agents: readonly string[];
}

export async function readOneRoster(folder: string, options: SchoolOptions = {}): Promise<OneRosterRead> {
  const issues = new RosterIssues('users.csv');
  const users = await readUsers(folder);
  const { schools, issues: schoolIssues } = (await exists(folder, 'orgs.csv'))
    ? await readCsvSchools(openText(path.join(folder, 'orgs.csv'), 'orgs.csv'), 'orgs.csv', options)
    : { schools: [], issues: [] };
  const codeOf = new Map(schools.map((s) => [s.sourceId, s.code]));
  const births = new Map<string, string>();
  for await (const row of rowsOf(folder, 'demographics.csv', DEMOGRAPHICS, [['user'], ['birth']])) {
    births.set(row.get('user'), row.get('birth'));
  }
  /** Roles of users whose row does not say (School Data Sync): the primary one first. */
  const roles = new Map<string, { role: string; org: string; grade: string; primary: boolean }>();
  for await (const row of rowsOf(folder, 'roles.csv', ROLES, [['user'], ['role']])) {
    const primary = /true/i.test(row.get('primary'));
    if (roles.get(row.get('user'))?.primary !== true) {
      roles.set(row.get('user'), {
        role: row.get('role'),
        org: row.get('org'),
        grade: row.get('grade'),
        primary,
      });
    }
  }

  const students: StudentRecord[] = [];
  const numbers = new Map<string, string>();
  for (const user of users.values()) {
    const role = user.role || (roles.get(user.id)?.role ?? '');
    if (!/^student$/i.test(role)) continue;
    if (!user.first || !user.last) {
      issues.add(user.line, 'NO_NAME', 'given or family name is missing: left out', user.id);
      continue;
    }
    const sisId = user.identifier || user.id;
    numbers.set(user.id, sisId);
    const birthDate = readDate(births.get(user.id) ?? '');
    if (!birthDate)
      issues.add(
        user.line,
        'NO_BIRTH_DATE',
        'no birth date in demographics.csv: letters and court papers need it',
        sisId,
      );
    const org = user.org || (roles.get(user.id)?.org ?? '');
    const grade = user.grade || (roles.get(user.id)?.grade ?? '');
    const school = codeOf.get(org);
    students.push({
      sisId,
      firstName: user.first,
      lastName: user.last,
      ...(user.middle ? { middleName: user.middle } : {}),
      ...(birthDate ? { birthDate } : {}),
      ...(grade ? { grade } : {}),
      ...(school === undefined ? {} : { school }),
    });
  }

  const links = new Map<string, Guardianship[]>();
  const addLink = (student: string, adult: string, relation: string): void => {
    const number = numbers.get(student);
    const list = links.get(adult) ?? [];
    if (number === undefined || list.some((l) => l.student === number)) return;
    list.push({
      student: number,
      relation,
      legalRecipient: legalRecipient(undefined, relation),
      // OneRoster says neither; nothing is assumed of a household.
      livesWith: false,
      primary: false,
      noContact: false,
    });
    links.set(adult, list);
  };
  for await (const row of rowsOf(folder, 'relationships.csv', RELATIONSHIPS, [
    ['student'],
    ['adult'],
    ['role'],
  ])) {
    addLink(row.get('student'), row.get('adult'), row.get('role'));
  }
  for (const user of users.values()) {
    for (const agent of user.agents) {
      const adult = users.get(agent);
      // An agent's own role says how: parent, guardian, relative, aide …
      if (adult && /parent|guardian|relative/i.test(adult.role)) addLink(user.id, agent, adult.role);
    }
  }

  const guardians: GuardianRecord[] = [];
  for (const [id, list] of links) {
    const user = users.get(id);
    if (!user || !user.first || !user.last) {
      issues.add(
        user?.line ?? 1,
        'BROKEN_LINK',
        'a relationship names an adult who is not in users.csv, or has no name: left out',
        id,
      );
      continue;
    }
    const email = readEmail(user.email, user.line, id, issues);
    guardians.push({
      sourceId: id,
      firstName: user.first,
      lastName: user.last,
      language: 'en',
      ...(email ? { email } : {}),
      phones: distinctPhones(
        user.phones.filter(isPhoneNumber).map((number) => ({ number, kind: 'other', household: false })),
      ),
      students: list,
    });
  }
  return { students, guardians, schools, issues: [...schoolIssues, ...issues.list] };
}

async function readUsers(folder: string): Promise<Map<string, User>> {
  if (!(await exists(folder, 'users.csv'))) {
    throw new InputFault('NO_FILE', 'holds no users.csv: is it a OneRoster folder?', path.basename(folder));
  }
  const users = new Map<string, User>();
  for await (const row of rowsOf(folder, 'users.csv', USERS, [['id'], ['first'], ['last']])) {
    if (/^tobedeleted$/i.test(row.get('status'))) continue;
    const list = (field: 'agents' | 'orgs' | 'grades'): string[] =>
      row
        .get(field)
        .split(/[,;]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    users.set(row.get('id'), {
      line: row.line,
      id: row.get('id'),
      role: row.get('role'),
      first: row.get('first'),
      last: row.get('last'),
      middle: row.get('middle'),
      identifier: row.get('identifier'),
      email: row.get('email'),
      phones: [row.get('sms'), row.get('phone')].filter((p) => p !== ''),
      grade: list('grades')[0] ?? '',
      org: list('orgs')[0] ?? '',
      agents: list('agents'),
    });
  }
  return users;
}

/** The rows of a file of the folder; none where it is missing. */
async function* rowsOf<Field extends string>(
  folder: string,
  file: string,
  columns: CsvColumns<Field>,
  required: readonly (readonly NoInfer<Field>[])[],
) {
  if (!(await exists(folder, file))) return;
  yield* csvRows(openText(path.join(folder, file), file), { columns, required, file });
}

async function exists(folder: string, file: string): Promise<boolean> {
  return access(path.join(folder, file)).then(
    () => true,
    () => false,
  );
}
