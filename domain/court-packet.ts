/**
 * The packet for the State's Attorney: what it holds, what it leaves out, and what it lacks. [law] 105 ILCS 5/26-12 and
 * 705 ILCS 405/3-33.5 (supportive services first); FERPA and 105 ILCS 10 (no more of a child's record than the purpose
 * needs): no siblings, no health, no special education.
 */
import type { Category, CountedDay } from './attendance.ts';
import { MISSING_WORDS, type MissingService } from './case/certificate.ts';
import type { Certificate } from './case/state.ts';
import { shortDate, type IsoDate } from './dates.ts';
import type { LetterKind } from './policy.ts';

export interface PacketCopy {
  readonly key: string;
  readonly toName: string;
  readonly to: readonly string[];
  readonly channel: 'email' | 'print';
  readonly language: string;
  readonly status: string;
  readonly outOn: IsoDate | null;
  readonly practice: boolean;
  /** By what one can see that it left and arrived, a sentence each. */
  readonly proof: readonly string[];
  /** The mail server took it, or the post delivered it. */
  readonly proven: boolean;
  /** Of the kept PDF; null where there is none here. */
  readonly sha256: string | null;
  /** It left (or nobody knows): its pages follow its proof. */
  readonly shown: boolean;
}

export interface PacketLetter {
  readonly kind: LetterKind;
  readonly name: string;
  readonly sequence: number;
  readonly decidedOn: IsoDate;
  readonly status: 'waiting' | 'out' | 'blocked' | 'withdrawn';
  readonly about: { readonly kind: LetterKind; readonly sequence: number } | null;
  readonly copies: readonly PacketCopy[];
  /** Sent before this system: its proof as it was entered, and by whom. */
  readonly paper: readonly {
    readonly sentOn: IsoDate;
    readonly channel: 'email' | 'print';
    readonly proof: string;
    readonly enteredBy: string;
    readonly enteredOn: IsoDate;
  }[];
}

export interface PacketDay {
  readonly date: IsoDate;
  readonly code: string;
  readonly fraction: number;
  readonly school: string;
  readonly reportedBy: string;
  readonly why: string;
  readonly leavesWindowOn: IsoDate | null;
}

export interface PacketPerson {
  readonly name: string;
  readonly relation: string;
  readonly address: readonly string[] | null;
  readonly language: string;
  readonly livesWith: boolean;
  /** The source did not say who is a legal recipient; the relation did. */
  readonly assumed: boolean;
  readonly noContact: boolean;
  readonly mailReturned: boolean;
}

export interface CourtPacket {
  readonly caseNumber: string;
  readonly madeOn: IsoDate;
  readonly draft: boolean;
  readonly practice: boolean;
  readonly office: { readonly name: string; readonly lines: readonly string[] };
  readonly county: string;
  /** Null where the office's profile names no State's Attorney of the county. */
  readonly to: { readonly name: string; readonly title: string } | null;
  readonly purpose: string;
  readonly student: {
    readonly name: string;
    readonly birthDate: IsoDate | null;
    readonly number: string;
    readonly grade: string | null;
    readonly schools: readonly {
      readonly name: string;
      readonly from: IsoDate | null;
      readonly to: IsoDate | null;
    }[];
  };
  readonly custodians: readonly PacketPerson[];
  readonly witnesses: readonly { readonly who: string; readonly office: string; readonly about: string }[];
  readonly count: {
    readonly asOf: IsoDate;
    readonly why: string;
    readonly unexcusedDays: number;
    /** As it was judged on that day, before later corrections; null without a hearing. */
    readonly judged: number | null;
    readonly threshold: number;
    readonly window: { readonly from: IsoDate | null; readonly to: IsoDate; readonly attendanceDays: number };
    readonly knownUpTo: IsoDate | null;
    /** The last day of school before the packet's own; null where the calendar does not say. */
    readonly expectedUpTo: IsoDate | null;
    readonly notes: readonly string[];
    readonly days: readonly PacketDay[];
    readonly notCounted: readonly { readonly date: IsoDate; readonly what: string }[];
  };
  /** After the count's day and before the order. */
  readonly later: readonly PacketDay[];
  readonly sinceOrder: readonly PacketDay[];
  readonly interventions: readonly {
    readonly date: IsoDate;
    readonly kind: string;
    readonly by: string;
    readonly outcome: string;
    readonly countedFor: string;
  }[];
  readonly contacts: readonly {
    readonly date: IsoDate;
    readonly kind: string;
    readonly whom: string;
    readonly outcome: string;
  }[];
  /** What was offered and what came of it, in the order of the days. */
  readonly services: readonly { readonly on: IsoDate; readonly what: string; readonly outcome: string }[];
  readonly letters: readonly PacketLetter[];
  readonly hearings: readonly { readonly on: IsoDate; readonly what: string; readonly words: string }[];
  readonly hearingHeld: boolean;
  readonly order: {
    readonly on: IsoDate;
    readonly returnDate: IsoDate;
    readonly findings: string;
    readonly services: readonly string[];
    readonly reviewDate: IsoDate | null;
    readonly brokenBy: IsoDate | null;
  } | null;
  readonly certificate: Certificate;
  readonly referral: {
    readonly on: IsoDate;
    readonly submission: number;
    readonly overridden: boolean;
    readonly answer: string | null;
  } | null;
  /** Free texts left out because they may speak of health, special education or a sibling. */
  readonly leftOut: number;
}

// ---------------------------------------------------------------- what is left out

/**
 * Words by which a free text may speak of health or special education. A net with wide meshes in the child's favour: what it
 * catches is left out whole and counted on page one, so that a person can look it up.
 */
const HEALTH =
  /\b(hospital\w*|doctor\w*|physician\w*|nurse\w*|clinic\w*|medic(al|ation|ine|aid)\w*|meds|diagnos\w*|therap\w*|psych\w*|counsel(l?ing|or for)|mental|depress\w*|anxi\w*|panic|suicid\w*|self[- ]harm\w*|adhd|autis\w*|asthma\w*|diabet\w*|seizure\w*|epilep\w*|pregnan\w*|surger\w*|injur\w*|ill|illness\w*|sick\w*|flu|fever|covid\w*|headache\w*|migraine\w*|allerg\w*|disab\w*|handicap\w*|drug\w*|alcohol\w*|rehab\w*|addict\w*|iep|504|special ed\w*|homebound|evaluation)\b/i;

export const LEFT_OUT = '[left out of this packet: see the record]';

/** A free text as it may stand in the packet, or {@link LEFT_OUT}. `siblings`: first names of other children of the home. */
export function forTheCourt(text: string, siblings: readonly string[]): string {
  if (HEALTH.test(text)) return LEFT_OUT;
  const words = text.toLowerCase().split(/[^\p{L}\p{M}'’-]+/u);
  return siblings.some((name) => words.includes(name.toLowerCase())) ||
    /\b(brother|sister|sibling)s?\b/i.test(text)
    ? LEFT_OUT
    : text;
}

/** Why a day does not count, without saying what kept the child at home; null for marks that are no absence. */
export function publicReason(category: Category | null): string | null {
  switch (category) {
    case 'excused':
    case 'medical':
    case 'homebound':
      return 'excused';
    case 'tardy':
      return 'late; not counted';
    case 'present':
    case 'remote':
      return null;
    case null:
    case 'unknown':
      return 'reason not known; not counted';
    default:
      return 'not counted';
  }
}

/** A counted day in words that hold no other mark's code. */
export function packetDay(day: CountedDay, school: string, reportedBy: string): PacketDay {
  const { date, code, fraction, leavesWindowOn } = day;
  const why = fraction === 1 ? 'unexcused, whole day' : 'unexcused, part of the day';
  return { date, code, fraction, school, reportedBy, why, leavesWindowOn };
}

// ---------------------------------------------------------------- what is lacking

const NOTICES: readonly (readonly [LetterKind, string])[] = [
  ['first-notice', 'first notice'],
  ['second-notice', 'second notice'],
  ['third-notice', 'third notice'],
  ['hearing-notice', 'hearing notice'],
  ['order', 'letter with the order'],
];

/** What a complete packet would hold besides, in sentences for page one. */
export function missingOf(packet: Omit<CourtPacket, 'leftOut'>): string[] {
  const { student, custodians, count, order, referral, certificate, letters } = packet;
  const missing: string[] = [];
  if (packet.to === null)
    missing.push(`the office’s profile names no State’s Attorney of ${packet.county} County`);
  if (referral === null) missing.push('the case has not been referred to the State’s Attorney');
  if (student.birthDate === null) missing.push('the student’s birth date is not on record');
  if (custodians.length === 0) missing.push('no custodian is on record');
  for (const [i, one] of custodians.entries()) {
    if (one.address === null) missing.push(`no postal address of custodian ${i + 1} is on record`);
  }
  if (count.knownUpTo === null) missing.push('attendance is not known at all');
  else if (count.expectedUpTo !== null && count.knownUpTo < count.expectedUpTo) {
    missing.push(`attendance is known up to ${shortDate(count.knownUpTo)} only`);
  }
  missing.push(...count.notes);
  for (const [kind, name] of NOTICES) missing.push(...lackOf(letters, kind, name));
  if (!packet.hearingHeld) missing.push('no hearing has been held');
  if (order === null) missing.push('there is no order');
  else if (order.brokenBy === null) missing.push('no breach of the order is on record');
  missing.push(
    ...certificate.missing.map((one) => `certificate of services: ${MISSING_WORDS[one as MissingService]}`),
  );
  return missing;
}

function lackOf(letters: readonly PacketLetter[], kind: LetterKind, name: string): string[] {
  const out = letters.filter((letter) => letter.kind === kind && letter.status === 'out');
  if (out.length === 0) return [`the ${name} has not gone out`];
  const lacks: string[] = [];
  for (const { copies, paper } of out) {
    if (paper.length > 0)
      lacks.push(`a copy of the ${name}: it was sent before this system; add it from the paper file`);
    else if (copies.every(({ sha256 }) => sha256 === null)) lacks.push(`no copy of the ${name} is kept here`);
    if (paper.length === 0 && !copies.some(({ proven }) => proven)) {
      lacks.push(
        `proof that the ${name} was delivered: it was posted, and nothing is on record of its arrival`,
      );
    }
  }
  return lacks;
}

// ---------------------------------------------------------------- exhibits

export interface LetterExhibit {
  readonly title: string;
  readonly kinds: readonly LetterKind[];
}

/** Letters stand in exhibits of their own; a correction or withdrawal stands with the letter it is about. */
export const LETTER_EXHIBITS: readonly LetterExhibit[] = [
  { title: 'First notice', kinds: ['first-notice'] },
  { title: 'Second notice', kinds: ['second-notice'] },
  { title: 'Third notice', kinds: ['third-notice'] },
  { title: 'Hearing notice', kinds: ['hearing-notice', 'hearing-moved', 'hearing-cancelled'] },
  { title: 'Hearing and order', kinds: ['order'] },
];

/** The letters of an exhibit, in the order in which they were decided; only those that left or tried to. */
export function lettersOfExhibit(
  letters: readonly PacketLetter[],
  kinds: readonly LetterKind[],
): PacketLetter[] {
  return letters.filter(
    ({ kind, about, copies, paper }) =>
      kinds.includes(about?.kind ?? kind) && copies.length + paper.length > 0,
  );
}

/** To families, but of none of the exhibits: a closing letter, an invitation. */
export function otherLetters(letters: readonly PacketLetter[]): PacketLetter[] {
  const placed = LETTER_EXHIBITS.flatMap(({ kinds }) => kinds);
  return letters.filter(
    ({ kind, about, copies, paper }) =>
      !placed.includes(about?.kind ?? kind) &&
      (about?.kind ?? kind) !== 'state-attorney-referral' &&
      copies.length + paper.length > 0,
  );
}
