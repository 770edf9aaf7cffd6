/** Records of place and of people, as plain data: what importers read, stores keep and letters use. */
import type { IsoDate } from './dates.ts';

export interface PostalAddress {
  readonly lines: readonly string[];
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
}

/** Functions a school's contact persons have; "tell the school" goes to a function, never to a guess. */
export type ContactFunction = 'attendance-clerk' | 'principal' | 'counselor' | 'deputy';

export interface SchoolContact {
  readonly function: ContactFunction;
  readonly name: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

export interface SchoolRecord {
  /** Readable and stable, e.g. `PEKIN-HS`; stands in search attributes. */
  readonly code: string;
  /** The identifier the student system uses in its files (Ed-Fi SchoolId, OneRoster sourcedId); defaults to the code. */
  readonly sourceId: string;
  readonly district: string;
  readonly name: string;
  readonly county: string;
  /** IANA zone, e.g. `America/Chicago`. */
  readonly zone: string;
  readonly phone?: string | undefined;
  readonly address?: PostalAddress | undefined;
  readonly contacts: readonly SchoolContact[];
}

export interface StudentRecord {
  /** Number in the student information system, unique within an office. */
  readonly sisId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly middleName?: string | undefined;
  readonly suffix?: string | undefined;
  readonly birthDate?: IsoDate | undefined;
  readonly grade?: string | undefined;
  /** School code; absent where the roster does not say (Ed-Fi without enrolments): the first mark tells. */
  readonly school?: string | undefined;
}

export interface GuardianPhone {
  readonly number: string;
  readonly kind: string;
  /** Rings in the student's household, or elsewhere. */
  readonly household: boolean;
}

/** How one adult stands to one student. */
export interface Guardianship {
  readonly student: string;
  readonly relation: string;
  /** `assumed`: the source does not say, the relation (mother, father, guardian…) makes it so. */
  readonly legalRecipient: 'yes' | 'no' | 'assumed';
  readonly livesWith: boolean;
  readonly primary: boolean;
  /** A court's no-contact order: never written to, never rung. */
  readonly noContact: boolean;
}

export interface GuardianRecord {
  /** The source's identifier of this adult. */
  readonly sourceId: string;
  readonly firstName: string;
  readonly lastName: string;
  /** BCP 47, e.g. `en`, `es`. */
  readonly language: string;
  readonly email?: string | undefined;
  readonly phones: readonly GuardianPhone[];
  readonly address?: PostalAddress | undefined;
  readonly students: readonly Guardianship[];
}
