/**
 * Ed-Fi XML rosters: students (InterchangeStudent), their adults (InterchangeContact; InterchangeParent before version 5)
 * and schools (InterchangeEducationOrganization).
 */
import type {
  GuardianPhone,
  GuardianRecord,
  Guardianship,
  PostalAddress,
  SchoolRecord,
  StudentRecord,
} from '../../domain/records.ts';
import { InputFault } from '../../domain/refusal.ts';
import { DATE_FORMS, readDate } from '../dates.ts';
import {
  child,
  childrenOf,
  descriptorOf,
  findNode,
  referenced,
  textOf,
  xmlRecords,
  xmlSeen,
  type XmlNode,
} from '../xml-stream.ts';
import { checkEmail } from './email.ts';
import {
  distinctPhones,
  forbidsContact,
  isPhoneNumber,
  languageTag,
  legalRecipient,
  readYesNo,
  ringsAtHome,
} from './people.ts';
import { RosterIssues, type GuardiansRead, type SchoolsRead, type StudentsRead } from './roster-types.ts';
import { distinctCode, schoolCodeFrom } from './school-code.ts';

const STUDENT = new Set(['Student']);

export async function readEdfiStudents(text: AsyncIterable<string>, file: string): Promise<StudentsRead> {
  const issues = new RosterIssues(file);
  const students = new Map<string, StudentRecord>();
  const xml = xmlSeen();
  for await (const node of xmlRecords(text, STUDENT, file, xml)) {
    const sisId = textOf(node, 'StudentUniqueId');
    if (!sisId) {
      issues.add(node.line, 'NO_STUDENT', 'no StudentUniqueId: left out');
      continue;
    }
    if (students.has(sisId)) {
      issues.add(
        node.line,
        'DUPLICATE_STUDENT',
        'this student number was there before: the first record is kept',
        sisId,
      );
      continue;
    }
    const name = child(node, 'Name') ?? node;
    const firstName = textOf(name, 'FirstName');
    const lastName = textOf(name, 'LastSurname') ?? textOf(name, 'LastName');
    if (!firstName || !lastName) {
      issues.add(
        node.line,
        'NO_NAME',
        'first or last name is missing: left out; complete it in the student system',
        sisId,
      );
      continue;
    }
    const birth = findNode(node, 'BirthDate')?.text;
    const birthDate = birth ? readDate(birth) : undefined;
    if (!birthDate) {
      issues.add(
        node.line,
        'NO_BIRTH_DATE',
        `birth date is missing or no date; ${DATE_FORMS}: letters and court papers need it`,
        sisId,
      );
    }
    const middleName = textOf(name, 'MiddleName');
    const suffix = descriptorOf(child(name, 'GenerationCodeSuffix'));
    students.set(sisId, {
      sisId,
      firstName,
      lastName,
      ...(middleName ? { middleName } : {}),
      ...(suffix ? { suffix } : {}),
      ...(birthDate ? { birthDate } : {}),
    });
  }
  wrongFile(students.size, issues.list.length, xml.root, 'InterchangeStudent', 'Student', file);
  return { students: [...students.values()], issues: issues.list };
}

const CONTACTS = new Set(['Contact', 'Parent', 'StudentContactAssociation', 'StudentParentAssociation']);

interface Adult {
  readonly node: XmlNode;
  readonly sourceId: string;
  readonly links: Guardianship[];
}

export async function readEdfiContacts(text: AsyncIterable<string>, file: string): Promise<GuardiansRead> {
  const issues = new RosterIssues(file);
  const adults = new Map<string, Adult>();
  const byXmlId = new Map<string, string>();
  const associations: XmlNode[] = [];
  const xml = xmlSeen();
  for await (const node of xmlRecords(text, CONTACTS, file, xml)) {
    if (node.name.startsWith('Student')) {
      // Kept until all adults are known: a file may list the links first.
      associations.push(node);
      continue;
    }
    const sourceId = textOf(node, 'ContactUniqueId') ?? textOf(node, 'ParentUniqueId');
    if (!sourceId) {
      issues.add(node.line, 'NO_CONTACT_ID', 'no ContactUniqueId: left out');
      continue;
    }
    const id = node.attributes['id'];
    if (id) byXmlId.set(id, sourceId);
    if (adults.has(sourceId)) {
      issues.add(
        node.line,
        'DUPLICATE_CONTACT',
        'this contact was there before: the first record is kept',
        sourceId,
      );
      continue;
    }
    adults.set(sourceId, { node, sourceId, links: [] });
  }
  wrongFile(adults.size, issues.list.length, xml.root, 'InterchangeContact', 'Contact', file);
  for (const association of associations) link(association, adults, byXmlId, issues);
  const guardians: GuardianRecord[] = [];
  for (const adult of adults.values()) {
    const guardian = readAdult(adult, issues);
    if (guardian) guardians.push(guardian);
  }
  return { guardians, issues: issues.list };
}

function link(
  node: XmlNode,
  adults: ReadonlyMap<string, Adult>,
  byXmlId: ReadonlyMap<string, string>,
  issues: RosterIssues,
): void {
  const student = referenced(child(node, 'StudentReference'), 'StudentUniqueId');
  const reference = child(node, 'ContactReference') ?? child(node, 'ParentReference');
  const named = referenced(reference, 'ContactUniqueId') ?? referenced(reference, 'ParentUniqueId');
  const sourceId = byXmlId.get(reference?.attributes['ref'] ?? '') ?? named;
  const adult = sourceId === undefined ? undefined : adults.get(sourceId);
  if (!student || !adult) {
    issues.add(
      node.line,
      'BROKEN_LINK',
      student
        ? 'links a student to a contact that is not in the file: left out'
        : 'names no student: left out',
      student ?? sourceId,
    );
    return;
  }
  const relation = descriptorOf(child(node, 'Relation')) ?? 'Not said';
  const restriction = textOf(node, 'ContactRestrictions') ?? '';
  const noContact = forbidsContact(restriction);
  if (restriction && !noContact) {
    issues.add(
      node.line,
      'CONTACT_RESTRICTION',
      'the source notes a restriction on this contact: look at it and enter a no-contact order if it is one',
      adult.sourceId,
    );
  }
  if (adult.links.some((l) => l.student === student)) {
    issues.add(
      node.line,
      'DUPLICATE_LINK',
      'this contact is linked to the student twice: the first link is kept',
      adult.sourceId,
    );
    return;
  }
  const yes = (name: string): boolean | undefined => readYesNo(textOf(node, name) ?? '') ?? undefined;
  adult.links.push({
    student,
    relation,
    legalRecipient: legalRecipient(yes('LegalGuardian'), relation),
    livesWith: yes('LivesWith') ?? false,
    primary: yes('PrimaryContactStatus') ?? false,
    noContact,
  });
}

function readAdult({ node, sourceId, links }: Adult, issues: RosterIssues): GuardianRecord | undefined {
  const name = child(node, 'Name') ?? node;
  const firstName = textOf(name, 'FirstName');
  const lastName = textOf(name, 'LastSurname') ?? textOf(name, 'LastName');
  if (!firstName || !lastName) {
    issues.add(
      node.line,
      'NO_NAME',
      'first or last name is missing: left out; complete it in the student system',
      sourceId,
    );
    return undefined;
  }
  if (links.length === 0) {
    issues.add(
      node.line,
      'NO_STUDENT',
      'this contact is linked to no student: kept, but no letter can go there',
      sourceId,
    );
  }
  const email = chooseEmail(node, sourceId, issues);
  const address = chooseAddress(node, FAMILY_ADDRESS);
  return {
    sourceId,
    firstName,
    lastName,
    language: chooseLanguage(node, sourceId, issues),
    ...(email ? { email } : {}),
    phones: readPhones(
      node,
      links.some((l) => l.livesWith),
      sourceId,
      issues,
    ),
    ...(address ? { address } : {}),
    students: links,
  };
}

/** The usable address a letter should go to: marked as primary, then private, then any; the faulty ones are reported. */
function chooseEmail(node: XmlNode, sourceId: string, issues: RosterIssues): string | undefined {
  const usable: { email: string; rank: number }[] = [];
  for (const mail of childrenOf(node, 'ElectronicMail')) {
    const checked = checkEmail(textOf(mail, 'ElectronicMailAddress') ?? '');
    if ('fault' in checked) {
      issues.add(
        mail.line,
        'BAD_EMAIL',
        `an e-mail address ${checked.fault}: left out; correct it in the student system`,
        sourceId,
      );
      continue;
    }
    const kind = descriptorOf(child(mail, 'ElectronicMailType')) ?? '';
    const primary = readYesNo(textOf(mail, 'PrimaryEmailAddressIndicator') ?? '') === true;
    usable.push({
      email: checked.email,
      rank: primary ? 0 : /home|personal/i.test(kind) ? 1 : /work|organi/i.test(kind) ? 3 : 2,
    });
  }
  return usable.sort((a, b) => a.rank - b.rank)[0]?.email;
}

/** Where a family's post goes, and where a school stands. */
const FAMILY_ADDRESS = [/mailing/i, /home/i, /physical/i];
const SCHOOL_ADDRESS = [/physical/i, /mailing/i];

/** The postal address a letter should go to; an address whose period has ended only where there is no other. */
function chooseAddress(node: XmlNode, preferred: readonly RegExp[]): PostalAddress | undefined {
  const rank = (a: XmlNode): number => {
    const kind = descriptorOf(child(a, 'AddressType')) ?? '';
    const known = preferred.findIndex((pattern) => pattern.test(kind));
    const ended = child(a, 'Period', 'EndDate') ? 10 : 0;
    return (known < 0 ? preferred.length : known) + ended;
  };
  const addresses = childrenOf(node, 'Address').sort((a, b) => rank(a) - rank(b));
  for (const a of addresses) {
    const lines = [
      textOf(a, 'StreetNumberName'),
      textOf(a, 'ApartmentRoomSuiteNumber'),
      textOf(a, 'BuildingSiteNumber'),
    ].filter((l) => l !== undefined);
    const city = textOf(a, 'City');
    const postalCode = textOf(a, 'PostalCode');
    if (lines.length === 0 || !city || !postalCode) continue;
    const state = descriptorOf(child(a, 'StateAbbreviation')) ?? '';
    return { lines, city, state, postalCode };
  }
  return undefined;
}

function readPhones(
  node: XmlNode,
  livesWith: boolean,
  sourceId: string,
  issues: RosterIssues,
): GuardianPhone[] {
  const phones: (GuardianPhone & { order: number })[] = [];
  for (const phone of childrenOf(node, 'Telephone')) {
    const number = textOf(phone, 'TelephoneNumber') ?? '';
    const kind = (descriptorOf(child(phone, 'TelephoneNumberType')) ?? 'other').toLowerCase();
    if (!isPhoneNumber(number)) {
      issues.add(phone.line, 'BAD_PHONE', 'a phone number has fewer than seven digits: left out', sourceId);
      continue;
    }
    const order = Number(textOf(phone, 'OrderOfPriority') ?? 99);
    phones.push({
      number,
      kind,
      household: ringsAtHome(livesWith, kind),
      order: Number.isFinite(order) ? order : 99,
    });
  }
  return distinctPhones(
    phones
      .sort((a, b) => a.order - b.order)
      .map(({ number, kind, household }) => ({ number, kind, household })),
  );
}

function chooseLanguage(node: XmlNode, sourceId: string, issues: RosterIssues): string {
  const said = childrenOf(node, 'Language')
    .map((l) => descriptorOf(child(l, 'Language')) ?? descriptorOf(l))
    .find((l) => l !== undefined);
  if (said === undefined) return 'en';
  const tag = languageTag(said);
  if (tag === undefined) {
    issues.add(
      node.line,
      'UNKNOWN_LANGUAGE',
      `language "${said.slice(0, 40)}" is not known here: English with an interpreter line is used`,
      sourceId,
    );
    return 'en';
  }
  return tag;
}

const ORGANIZATIONS = new Set(['School', 'LocalEducationAgency']);

export interface SchoolOptions {
  /** IANA zone of schools whose file does not say (Ed-Fi never does). */
  readonly zone?: string | undefined;
  /** District where the file does not say. */
  readonly district?: string | undefined;
}

export async function readEdfiSchools(
  text: AsyncIterable<string>,
  file: string,
  options: SchoolOptions = {},
): Promise<SchoolsRead> {
  const issues = new RosterIssues(file);
  const districts = new Map<string, string>();
  const found: XmlNode[] = [];
  const xml = xmlSeen();
  for await (const node of xmlRecords(text, ORGANIZATIONS, file, xml)) {
    if (node.name === 'School') {
      found.push(node);
      continue;
    }
    const district = textOf(node, 'ShortNameOfInstitution') ?? textOf(node, 'NameOfInstitution') ?? '';
    for (const id of [node.attributes['id'], textOf(node, 'LocalEducationAgencyId')]) {
      if (id) districts.set(id, district);
    }
  }
  wrongFile(found.length, 0, xml.root, 'InterchangeEducationOrganization', 'School', file);
  const schools = new Map<string, SchoolRecord>();
  const codes = new Set<string>();
  for (const node of found) {
    const sourceId = textOf(node, 'SchoolId');
    const name = textOf(node, 'NameOfInstitution');
    if (!sourceId || !name || schools.has(sourceId)) {
      issues.add(
        node.line,
        'BAD_SCHOOL',
        'SchoolId or name is missing, or the school was there before: left out',
        sourceId,
      );
      continue;
    }
    const code = distinctCode(schoolCodeFrom(textOf(node, 'ShortNameOfInstitution'), name), sourceId, codes);
    codes.add(code);
    const agency = child(node, 'LocalEducationAgencyReference');
    const district =
      districts.get(agency?.attributes['ref'] ?? '') ??
      districts.get(referenced(agency, 'LocalEducationAgencyId') ?? '') ??
      options.district ??
      '';
    if (!district)
      issues.add(node.line, 'NO_DISTRICT', 'the file does not say its district: give --district', code);
    const county =
      childrenOf(node, 'Address')
        .map((a) => textOf(a, 'NameOfCounty'))
        .find((c) => c !== undefined) ?? '';
    if (!county)
      issues.add(
        node.line,
        'NO_COUNTY',
        "no county: court papers go to the State's Attorney of the county; add it with school edit",
        code,
      );
    const phone = mainPhone(node);
    const address = chooseAddress(node, SCHOOL_ADDRESS);
    schools.set(sourceId, {
      code,
      sourceId,
      district,
      name,
      county,
      zone: options.zone ?? 'America/Chicago',
      ...(phone ? { phone } : {}),
      ...(address ? { address } : {}),
      contacts: [],
    });
  }
  return { schools: [...schools.values()], issues: issues.list };
}

function mainPhone(node: XmlNode): string | undefined {
  const phones = childrenOf(node, 'InstitutionTelephone').map((p) => ({
    number: textOf(p, 'TelephoneNumber'),
    kind: descriptorOf(child(p, 'InstitutionTelephoneNumberType')) ?? '',
  }));
  return (phones.find((p) => /main/i.test(p.kind)) ?? phones.find((p) => !/fax/i.test(p.kind)))?.number;
}

/** A file of the right form but the wrong kind is one clear error, not an empty roster. */
function wrongFile(
  records: number,
  issues: number,
  root: string | undefined,
  expected: string,
  element: string,
  file: string,
): void {
  if (records > 0 || issues > 0 || root === expected) return;
  throw new InputFault(
    'BAD_FORMAT',
    `holds no ${element} (its root is ${root?.slice(0, 60) ?? 'missing'}); give the file of Ed-Fi's ${expected}`,
    file,
  );
}
