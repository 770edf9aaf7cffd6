/**
 * Families as they are: split homes, adults who may not be written to, wards, students of 18, several languages, missing and
 * shared addresses, siblings. Each adult is drawn as somebody who must be reached or must not be: what is true of a family
 * is known here without asking the program's own rules.
 */
import type { GuardianRecord, PostalAddress, StudentRecord } from '../../domain/records.ts';
import type { Chance } from '../../examples/generate/chance.ts';

/** Why somebody must be written to, or must not. */
export type Standing =
  | 'recipient'
  /** A court's order. */
  | 'no-contact'
  | 'not-legal'
  /** A parent of a ward, whom the records do not name as a recipient. */
  | 'parent-of-ward'
  /** A recipient without mailbox and address. */
  | 'out-of-reach'
  /** Of a student of 18. */
  | 'parent-of-adult';

export interface GeneratedAdult {
  /** A word that stands in this adult's name and nowhere else. */
  readonly token: string;
  readonly standing: Standing;
  readonly language: 'en' | 'es' | 'vi';
  readonly mailbox: string | null;
  readonly address: PostalAddress | null;
  readonly record: GuardianRecord;
}

export interface GeneratedChild {
  readonly token: string;
  readonly record: Partial<StudentRecord> & { readonly sisId: string };
  /** Gets the letters in person, at this address where there is one. */
  readonly ofAge: boolean;
}

export interface GeneratedFamily {
  readonly children: readonly GeneratedChild[];
  readonly adults: readonly GeneratedAdult[];
}

/** As names are: whatever stands in them is printed as it is. */
const ODD_NAMES = ['O’Brien', 'Muñoz "Nena"', '{{name}}', '<b>Söhne</b>', 'Đặng & Co', 'a;b,c:d', 'Test'];

export function generatedFamily(draw: Chance, n: number): GeneratedFamily {
  const id = `F${String(n).padStart(4, '0')}`;
  const home = street(n, 'Home');
  const ofAge = draw.next() < 0.08;
  const ward = !ofAge && draw.next() < 0.08;
  const siblings = draw.next() < 0.15 ? 2 : 1;
  const children = Array.from({ length: siblings }, (_, i): GeneratedChild => {
    const token = `Kid${id}${'ab'[i]}`;
    const birthDate = ofAge ? '2006-12-31' : '2011-03-02';
    return {
      token,
      ofAge,
      record: { sisId: `${id}${'ab'[i]}`, firstName: token, lastName: 'Pupil', birthDate },
    };
  });
  const count = draw.pick([1, 1, 2, 2, 2, 3, 4]);
  const shared = `${id.toLowerCase()}-home@family.example`;
  const language = draw.pick(['en', 'en', 'en', 'es', 'es', 'vi'] as const);
  const adults = Array.from({ length: count }, (_, i) =>
    adult(draw, {
      token: `Adult${id}${'abcd'[i]}`,
      children,
      ofAge,
      ward,
      language: draw.next() < 0.8 ? language : draw.pick(['en', 'es', 'vi'] as const),
      mailbox: draw.next() < 0.15 ? shared : `${id.toLowerCase()}-${'abcd'[i]}@family.example`,
      address: draw.next() < 0.6 ? home : street(n, `Other${'abcd'[i]}`),
      first: i === 0,
    }),
  );
  return { children, adults: ward ? [...adults, agency(draw, id, n, children)] : adults };
}

interface Wish {
  readonly token: string;
  readonly children: readonly GeneratedChild[];
  readonly ofAge: boolean;
  readonly ward: boolean;
  readonly language: 'en' | 'es' | 'vi';
  readonly mailbox: string;
  readonly address: PostalAddress;
  readonly first: boolean;
}

function adult(draw: Chance, wish: Wish): GeneratedAdult {
  const what = draw.next();
  const kind =
    what < 0.12 ? 'no-contact' : what < 0.24 ? 'not-legal' : what < 0.3 ? 'out-of-reach' : 'recipient';
  const reachable = kind !== 'out-of-reach';
  const mailbox = reachable && draw.next() < 0.6 ? wish.mailbox : null;
  const address = reachable && (mailbox === null || draw.next() < 0.85) ? wish.address : null;
  // Parents of a ward may write and be written to only where the records say so in so many words.
  const named = kind === 'recipient' && draw.next() < 0.4;
  const legalRecipient = kind === 'not-legal' ? 'no' : named ? 'yes' : 'assumed';
  const standing: Standing = wish.ofAge
    ? 'parent-of-adult'
    : wish.ward && kind !== 'no-contact' && legalRecipient === 'assumed'
      ? 'parent-of-ward'
      : kind;
  return {
    ...{ token: wish.token, standing, language: wish.language, mailbox, address },
    record: {
      sourceId: wish.token,
      firstName: wish.token,
      lastName: draw.pick(ODD_NAMES),
      language: wish.language,
      email: mailbox ?? undefined,
      address: address ?? undefined,
      phones: [],
      students: wish.children.map(({ record }) => ({
        student: record.sisId,
        relation: draw.pick(['mother', 'father', 'guardian']),
        legalRecipient,
        livesWith: wish.first || draw.next() < 0.5,
        primary: wish.first,
        noContact: kind === 'no-contact',
      })),
    },
  };
}

function agency(draw: Chance, id: string, n: number, children: readonly GeneratedChild[]): GeneratedAdult {
  const token = `Agency${id}`;
  const mailbox = draw.next() < 0.5 ? `${id.toLowerCase()}@agency.example` : null;
  const address = street(n, 'Agency');
  return {
    ...{ token, standing: 'recipient', language: 'en', mailbox, address },
    record: {
      ...{ sourceId: token, firstName: 'Department', lastName: token, language: 'en', phones: [] },
      ...{ email: mailbox ?? undefined, address },
      students: children.map(({ record }) => ({
        ...{ student: record.sisId, relation: 'agency', legalRecipient: 'yes', livesWith: false },
        ...{ primary: false, noContact: false },
      })),
    },
  };
}

function street(n: number, name: string): PostalAddress {
  return { lines: [`${n} ${name} Street`], city: 'Pekin', state: 'IL', postalCode: '61554' };
}
