/**
 * Who gets a letter about a student. Never the wrong one: only legal recipients, nobody under a no-contact order, and
 * when nobody usable is left the letter is blocked and a person is asked. Source: domain rules on recipients; 105 ILCS
 * 10 (student records) for students of 18.
 */
import { addressKey } from './addresses.ts';
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

/** One copy of a letter: to one mailbox, or to one postal address. */
export interface Addressee {
  /** Part of the notice's key, by whom it is delivered to: `g12`, `g12+g13`, `student`, `state-attorney`. */
  readonly key: string;
  readonly kind: 'guardian' | 'agency' | 'student' | 'state-attorney' | 'asking-school';
  /** Whom this copy is delivered to. */
  readonly guardianIds: readonly number[];
  /** Whom the letter addresses by name: everybody of the home, also those whose copy is another one. */
  readonly named: readonly number[];
  readonly channel: 'email' | 'print';
  /** By the office's policy this e-mail goes out in print as well: one notice, the print not counted again. */
  readonly alsoPrint: boolean;
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
  readonly reason: 'not-a-legal-recipient' | 'no-contact-order' | 'no-address' | 'ward-of-an-agency';
}

/** How letters go out, by the office's policy: e-mail where there is an address, else print; both; or print alone. */
export type ChannelPolicy = 'email-else-print' | 'both' | 'print';

/** Whole years on a date. */
export function ageOn(birthDate: IsoDate, on: IsoDate): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/**
 * Two homes, two letters; one home, one letter to both by name. Of an e-mailed letter each mailbox of the home gets a
 * message of its own (one recipient a message), and who has no mailbox gets it in print: nobody's letter depends on
 * another adult passing it on. A home is one postal address and one language: who reads another language gets a letter
 * in it. A ward's letter goes to the agency, and to others only where the records say `yes`.
 * `channel`: the office's policy; an 18-year-old has no mailbox on record, so gets print whatever it says.
 */
export function chooseRecipients(
  student: { readonly birthDate: IsoDate | null },
  guardians: readonly Guardian[],
  on: IsoDate,
  channel: ChannelPolicy = 'email-else-print',
): Recipients {
  if (student.birthDate !== null && ageOn(student.birthDate, on) >= 18) return adultStudent(guardians);
  const leftOut: LeftOut[] = [];
  const homes = new Map<string, Guardian[]>();
  const ward = guardians.some((one) => isAgency(one) && one.legalRecipient !== 'no');
  let legal = 0;
  for (const guardian of [...guardians].sort((a, b) => a.id - b.id)) {
    const barred = barredBy(guardian, ward);
    if (barred !== null) {
      leftOut.push({ guardianId: guardian.id, reason: barred });
      continue;
    }
    legal += 1;
    if (mailboxOf(guardian, channel) === null && guardian.address === null) {
      leftOut.push({ guardianId: guardian.id, reason: 'no-address' });
      continue;
    }
    const home = homeKey(guardian);
    homes.set(home, [...(homes.get(home) ?? []), guardian]);
  }
  const letters = [...homes.values()].flatMap((home) => copiesFor(home, channel));
  if (letters.length > 0) return { ok: true, addressees: letters, leftOut };
  return { ok: false, code: legal === 0 ? 'NO_LEGAL_RECIPIENT' : 'NO_ADDRESS', leftOut };
}

/** An agency that has custody of a ward stands among the guardians with this relation. */
export function isAgency({ relation }: Pick<Guardian, 'relation'>): boolean {
  return /\bagency\b/i.test(relation);
}

/** Why a guardian may not be written to about this student; null where they may. */
function barredBy(guardian: Guardian, ward: boolean): Exclude<LeftOut['reason'], 'no-address'> | null {
  if (guardian.legalRecipient === 'no') return 'not-a-legal-recipient';
  if (guardian.noContact) return 'no-contact-order';
  if (ward && !isAgency(guardian) && guardian.legalRecipient !== 'yes') return 'ward-of-an-agency';
  return null;
}

function mailboxOf({ email, address }: Guardian, channel: ChannelPolicy): string | null {
  // An office that prints everything still e-mails where nothing could be posted: a letter is a letter.
  return channel === 'print' && address !== null ? null : email;
}

/** The copies of one home's letter: one for each mailbox, and one print for those without. */
function copiesFor(home: readonly Guardian[], channel: ChannelPolicy): Addressee[] {
  const mailboxes = new Map<string, Guardian[]>();
  const byPost: Guardian[] = [];
  for (const guardian of home) {
    const mailbox = mailboxOf(guardian, channel)?.toLowerCase();
    if (mailbox === undefined) byPost.push(guardian);
    else mailboxes.set(mailbox, [...(mailboxes.get(mailbox) ?? []), guardian]);
  }
  const copies = [...mailboxes.values()].map((readers) => copy(readers, home, 'email'));
  if (byPost.length > 0) return [...copies, copy(byPost, home, 'print')];
  // With both channels the home gets one print, along with the first of its e-mails.
  return copies.map((one, i) => ({
    ...one,
    alsoPrint: channel === 'both' && i === 0 && one.address !== null,
  }));
}

/** A student of 18 gets the letter in person, where they live; never by way of an adult they must not meet. */
function adultStudent(guardians: readonly Guardian[]): Recipients {
  const home = [...guardians]
    .sort((a, b) => a.id - b.id)
    .find((one) => one.livesWith && one.address !== null && !one.noContact);
  if (!home) return { ok: false, code: 'NO_ADDRESS', leftOut: [] };
  return {
    ok: true,
    leftOut: [],
    addressees: [
      {
        key: 'student',
        kind: 'student',
        guardianIds: [],
        named: [],
        channel: 'print',
        alsoPrint: false,
        email: null,
        address: home.address,
        language: home.language,
        assumed: false,
      },
    ],
  };
}

function copy(
  readers: readonly Guardian[],
  home: readonly Guardian[],
  channel: 'email' | 'print',
): Addressee {
  const first = readers[0]!;
  return {
    key: readers.map((one) => `g${one.id}`).join('+'),
    kind: isAgency(first) ? 'agency' : 'guardian',
    guardianIds: readers.map((one) => one.id),
    named: home.map((one) => one.id),
    channel,
    alsoPrint: false,
    email: channel === 'email' ? first.email : null,
    address: first.address,
    language: first.language,
    assumed: home.some((one) => one.legalRecipient === 'assumed'),
  };
}

/** Where nobody knows the address, an adult is a home of their own. Two spellings of one home are two homes: a letter too many is better than one to the wrong door. */
function homeKey(guardian: Guardian): string {
  const where = guardian.address === null ? `g${guardian.id}` : addressKey(guardian.address);
  return `${where}|${guardian.language}|${isAgency(guardian) ? 'agency' : 'family'}`;
}

/** Whom a copy with this part of a notice's key is delivered to: `g12+g13` → 12, 13. */
export function deliveredTo(addresseeKey: string): number[] {
  return addresseeKey.split('+').flatMap((part) => {
    const found = /^g(\d+)$/.exec(part);
    return found ? [Number(found[1])] : [];
  });
}
