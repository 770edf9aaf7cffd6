/**
 * The Intervention Department's letters, from the records as they are now: the 20-Day Monitor contract and the note an officer
 * leaves at a door, to families; the findings on an address, to the school that asked. None names the dispatch number: families
 * call the school or the office.
 */
import type { IsoDate } from '../domain/dates.ts';
import type { OfficeProfile } from '../domain/office-profile.ts';
import type { Addressee } from '../domain/recipients.ts';
import type { PostalAddress, SchoolContact, SchoolRecord } from '../domain/records.ts';
import { InputFault } from '../domain/refusal.ts';
import type { GuardianOfStudent } from '../db/stores/guardians.ts';
import type { Student } from '../db/stores/students.ts';
import {
  languagesOf,
  renderLetter,
  type DepartmentLetterKind,
  type LetterContext,
  type LetterLanguage,
  type RenderedLetter,
} from '../templates/index.ts';
import { addressLines } from './letter-context.ts';
import type { Dress } from './letter-at-hand.ts';
import { inUse, type TemplatesInUse } from './templates-in-use.ts';

export interface DepartmentFacts {
  /** `M-000001`, `S-000001`. */
  readonly number: string;
  readonly profile: OfficeProfile;
  readonly practice: boolean;
  readonly school: SchoolRecord;
  readonly student: Student;
  readonly guardians: readonly GuardianOfStudent[];
  readonly officerName: string;
  readonly today: IsoDate;
  /** Of the policy: schools and police have it, no letter prints it. */
  readonly dispatchNumber: string;
  /** Which texts it may be written from; those that came with the program for a paper that is only drawn. */
  readonly templates?: TemplatesInUse | undefined;
  readonly dress?: Dress | undefined;
}

export interface MonitorTerms {
  /** The contract's own day; the letter's may be a later one, when it is drawn again or could not leave before. */
  readonly madeOn: IsoDate;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly schoolDays: number;
  readonly unexplainedDays: number;
}

export function monitorContractLetter(
  facts: DepartmentFacts,
  addressee: Addressee,
  monitor: MonitorTerms,
): RenderedLetter {
  const { student, school } = facts;
  const counselor = school.contacts.find((one) => one.function === 'counselor');
  const phone = counselor?.phone ?? school.phone;
  return written('monitor-contract', facts, addressee, (everyone) => ({
    ...everyone,
    child: { firstName: student.firstName, lastName: student.lastName, fullName: fullName(student) },
    monitor: { ...monitor },
    counselor: counselor && phone ? { name: counselor.name, phone, email: counselor.email ?? null } : null,
  }));
}

export function doorNoteLetter(
  facts: DepartmentFacts,
  addressee: Addressee,
  visit: { readonly date: IsoDate; readonly time: string },
  respondBy: IsoDate,
): RenderedLetter {
  return written('door-note', facts, addressee, (everyone) => ({
    ...everyone,
    visit: { ...visit },
    respondBy,
  }));
}

/** What an officer found at an address of record. */
export interface AddressFindings {
  readonly visit: { readonly date: IsoDate; readonly time: string };
  readonly address: PostalAddress;
  readonly reason: LetterContext<'address-findings'>['reason'];
  readonly finding: LetterContext<'address-findings'>['finding'];
  /** What the officer saw and was told, as they noted it. */
  readonly observations: readonly string[];
}

/** To the school, in English. Officers' notes are as they wrote them. */
export function addressFindingsLetter(
  facts: DepartmentFacts,
  addressee: Addressee,
  { visit, address, reason, finding, observations }: AddressFindings,
): RenderedLetter {
  const { student } = facts;
  return rendered('address-findings', 'en', facts, {
    ...onEachPaper(facts),
    child: { firstName: student.firstName, lastName: student.lastName, fullName: fullName(student) },
    schoolAddressLines:
      addressee.channel === 'print' && addressee.address ? addressLines(addressee.address) : null,
    visit: { ...visit },
    addressOfRecord: addressLines(address),
    ...{ reason, finding, observations: [...observations] },
  });
}

type ForEveryone = Omit<LetterContext<'door-note'>, 'visit' | 'respondBy'>;

function written<K extends 'monitor-contract' | 'door-note'>(
  kind: K,
  facts: DepartmentFacts,
  addressee: Addressee,
  context: (everyone: ForEveryone) => LetterContext<K>,
): RenderedLetter {
  const reads = addressee.language.toLowerCase().split('-')[0] ?? addressee.language;
  const known = (languagesOf(kind) as readonly string[]).includes(reads);
  const language = (known ? reads : 'en') as LetterLanguage;
  const interpreter = known
    ? null
    : { readerLanguage: addressee.language, phone: facts.school.phone ?? facts.profile.phone };
  return rendered(kind, language, facts, context({ ...forFamily(facts, addressee), interpreter }));
}

function rendered<K extends DepartmentLetterKind>(
  kind: K,
  language: LetterLanguage,
  facts: DepartmentFacts,
  context: LetterContext<K>,
): RenderedLetter {
  return renderLetter(kind, language, context, {
    ...facts.dress,
    translations: facts.profile.translations?.[language] ?? {},
    neverPrint: [facts.dispatchNumber],
    source: facts.templates && inUse(facts.templates, kind, language),
  });
}

function forFamily(facts: DepartmentFacts, addressee: Addressee): Omit<ForEveryone, 'interpreter'> {
  return { ...onEachPaper(facts), recipients: recipientLines(facts, addressee) };
}

function onEachPaper(facts: DepartmentFacts): Omit<ForEveryone, 'interpreter' | 'recipients'> {
  const { profile, school, officerName } = facts;
  const phone = school.phone ?? profile.phone;
  const clerk: SchoolContact | undefined = school.contacts.find((one) => one.function === 'attendance-clerk');
  return {
    office: {
      name: profile.name,
      addressLines: [...profile.addressLines],
      email: profile.email,
      website: profile.website,
    },
    signatory: { name: officerName, title: 'Attendance Officer' },
    // An officer's own telephone is for the dispatcher and colleagues: on paper the office's reaches them.
    officer: { name: officerName, phone: profile.phone, email: null },
    school: {
      name: school.name,
      phone,
      attendanceContact: {
        name: clerk?.name ?? `Attendance office, ${school.name}`,
        phone: clerk?.phone ?? phone,
        email: clerk?.email ?? null,
      },
    },
    date: facts.today,
    caseNumber: facts.number,
    practice: facts.practice,
  };
}

/** Everybody a family's copy is addressed to. */
export function namesOn({ student, guardians }: DepartmentFacts, { kind, named }: Addressee): string[] {
  if (kind === 'student') return [fullName(student)];
  return guardians
    .filter((one) => named.includes(one.id))
    .map((one) => `${one.firstName} ${one.lastName}`.trim());
}

function recipientLines(facts: DepartmentFacts, addressee: Addressee): ForEveryone['recipients'] {
  const isStudent = addressee.kind === 'student';
  const names = namesOn(facts, addressee);
  if (names.length === 0) {
    throw new InputFault('LETTER_FIELD_MISSING', 'the records have no value for it', 'recipients');
  }
  return {
    names,
    addressLines: addressee.address ? addressLines(addressee.address) : null,
    reader: isStudent ? 'student' : addressee.kind === 'agency' ? 'agency' : 'guardian',
  };
}

function fullName({ firstName, middleName, lastName, suffix }: Student): string {
  return [firstName, middleName, lastName, suffix].filter(Boolean).join(' ');
}
