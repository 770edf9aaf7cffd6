/**
 * Who gets a letter about a student. Never the wrong one: only legal recipients, nobody under a no-contact order, and
 * when nobody usable is left the letter is blocked and a person is asked. Source: domain rules on recipients; 105 ILCS
 * 10 (student records) for students of 18.
 */
import type { IsoDate } from './dates.ts';
import type { PostalAddress } from './records.ts';

/** One adult as the records have them for one student. */
export interface Guardian {
  /** The records' opaque number. */
  readonly id: number;
  readonly names: { readonly first: string; readonly last: string };
  readonly relation: string;
  readonly legalRecipient: 'yes' | 'no' | 'assumed';
  readonly livesWith: boolean;
  readonly noContact: boolean;
  readonly language: string;
  readonly email: string | null;
  readonly address: PostalAddress | null;
}

/** One letter to one reader, or to both guardians of one home by name. */
export interface Addressee {
  /** Part of the notice's key: `g12`, `g12+g13`, `student`, `state-attorney`. */
  readonly key: string;
  readonly kind: 'guardian' | 'student' | 'state-attorney';
  readonly guardianIds: readonly number[];
  readonly channel: 'email' | 'print';
  readonly email: string | null;
  readonly address: PostalAddress | null;
  readonly language: string;
  /** The source did not say who is a legal recipient; the relation did. */
  readonly assumed: boolean;
}

export type Recipients =
  | { readonly ok: true; readonly addressees: readonly Addressee[]; readonly leftOut: readonly LeftOut[] }
  | {
      readonly ok: false;
      readonly code: 'NO_LEGAL_RECIPIENT' | 'NO_ADDRESS';
      readonly leftOut: readonly LeftOut[];
    };

export interface LeftOut {
  readonly guardianId: number;
  readonly reason: 'not-a-legal-recipient' | 'no-contact-order' | 'no-address';
}

/** Whole years on a date. */
export function ageOn(birthDate: IsoDate, on: IsoDate): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** E-mail where there is an address, else print; two homes, two letters; one home, one printed letter to both by name. */
export function chooseRecipients(
  student: { readonly birthDate: IsoDate | null },
  guardians: readonly Guardian[],
  on: IsoDate,
): Recipients {
  if (student.birthDate !== null && ageOn(student.birthDate, on) >= 18) return adultStudent(guardians);
  const leftOut: LeftOut[] = [];
  const letters: Addressee[] = [];
  const homes = new Map<string, Guardian[]>();
  let legal = 0;
  for (const guardian of [...guardians].sort((a, b) => a.id - b.id)) {
    if (guardian.legalRecipient === 'no') {
      leftOut.push({ guardianId: guardian.id, reason: 'not-a-legal-recipient' });
    } else if (guardian.noContact) {
      leftOut.push({ guardianId: guardian.id, reason: 'no-contact-order' });
    } else {
      legal += 1;
      if (guardian.email !== null) {
        letters.push(addressee([guardian], 'email'));
      } else if (guardian.address !== null) {
        const home = homeKey(guardian.address, guardian.language);
        homes.set(home, [...(homes.get(home) ?? []), guardian]);
      } else {
        leftOut.push({ guardianId: guardian.id, reason: 'no-address' });
      }
    }
  }
  for (const home of homes.values()) letters.push(addressee(home, 'print'));
  if (letters.length > 0) return { ok: true, addressees: letters, leftOut };
  return { ok: false, code: legal === 0 ? 'NO_LEGAL_RECIPIENT' : 'NO_ADDRESS', leftOut };
}

/** A student of 18 gets the letter in person, where they live. */
function adultStudent(guardians: readonly Guardian[]): Recipients {
  const home = [...guardians]
    .sort((a, b) => a.id - b.id)
    .find((one) => one.livesWith && one.address !== null);
  if (!home) return { ok: false, code: 'NO_ADDRESS', leftOut: [] };
  return {
    ok: true,
    leftOut: [],
    addressees: [
      {
        key: 'student',
        kind: 'student',
        guardianIds: [],
        channel: 'print',
        email: null,
        address: home.address,
        language: home.language,
        assumed: false,
      },
    ],
  };
}

function addressee(guardians: readonly Guardian[], channel: 'email' | 'print'): Addressee {
  const first = guardians[0]!;
  return {
    key: guardians.map((one) => `g${one.id}`).join('+'),
    kind: 'guardian',
    guardianIds: guardians.map((one) => one.id),
    channel,
    email: channel === 'email' ? first.email : null,
    address: first.address,
    language: first.language,
    assumed: guardians.some((one) => one.legalRecipient === 'assumed'),
  };
}

/** Two spellings of one home are two homes: a letter too many is better than one to the wrong door. */
function homeKey(address: PostalAddress, language: string): string {
  return [...address.lines, address.city, address.state, address.postalCode, language]
    .map((part) => part.trim().toLowerCase().replace(/\s+/g, ' '))
    .join('|');
}
