/** Letters of the Intervention Department that the program sends itself; what a delivery calls any letter. */
import type { LetterName } from './case/state.ts';
import { LETTER_NAMES } from './case/view.ts';
import type { LetterKind } from './policy.ts';

/** The contract to the family when a monitor begins; the findings of an address verification to the school that asked. */
export const DEPARTMENT_LETTER_NAMES = {
  'monitor-contract': '20-Day Monitor contract',
  'address-findings': 'findings of the address verification',
} as const;

export type DepartmentLetterKind = keyof typeof DEPARTMENT_LETTER_NAMES;

/** Any letter that leaves by itself: of a case, a monitor, a call. */
export type SentLetterKind = LetterKind | DepartmentLetterKind;

export interface SentLetterRef extends Omit<LetterName, 'kind'> {
  readonly kind: SentLetterKind;
  /** What it is about: `C-000017`, `M-000001`, `S-000001`. */
  readonly caseNumber: string;
}

export function isDepartmentLetter(kind: SentLetterKind): kind is DepartmentLetterKind {
  return kind in DEPARTMENT_LETTER_NAMES;
}

/** As people call it: `first notice`. */
export function letterName(kind: SentLetterKind): string {
  return isDepartmentLetter(kind) ? DEPARTMENT_LETTER_NAMES[kind] : LETTER_NAMES[kind];
}

/** What a number stands for, in a sentence: `case C-000017`, `monitor M-000001`. */
export function subjectWords(number: string): string {
  const what = number.startsWith('M-') ? 'monitor' : number.startsWith('S-') ? 'call' : 'case';
  return `${what} ${number}`;
}

/** Which letter a number of the department has: a monitor its contract, a call its findings. */
export function letterOfSubject(number: string): DepartmentLetterKind {
  return number.startsWith('M-') ? 'monitor-contract' : 'address-findings';
}

/** Why a letter of the department is held back, and the mend; by the delivery's codes. */
export function heldBackWords(kind: DepartmentLetterKind, code: string): string {
  const found = HELD_BACK[code];
  return found === undefined
    ? 'The records lack something the letter must say; an administrator looks at its text and at the office’s letterhead.'
    : typeof found === 'string'
      ? found
      : found[kind];
}

const NOBODY = 'Nobody on record may get it: add the student’s adults (guardian add), or hand it over.';
const NO_SCHOOL_ADDRESS =
  'The school has neither a mailbox of its attendance clerk or principal nor a postal address on record; an administrator adds one (school add).';

const HELD_BACK: Readonly<Record<string, string | Readonly<Record<DepartmentLetterKind, string>>>> = {
  NO_LEGAL_RECIPIENT: NOBODY,
  NO_ADDRESS: {
    'monitor-contract':
      'Nobody who may get it has an address on record: give one (guardian edit), or hand it over.',
    'address-findings': NO_SCHOOL_ADDRESS,
  },
  STOP_DATE_UNKNOWN:
    'It states its stop date, and the school’s calendar does not reach it: import the calendar that follows.',
  MONITOR_ENDED: 'The monitor has ended; its contract is not sent any more.',
  NO_ADDRESS_TO_REPORT_ON: 'The call names no address the findings could be about.',
  NO_VISIT_TO_REPORT: 'No visit is on record that the findings could be of.',
  TEMPLATE_NOT_APPROVED:
    'Nobody has approved the text of this letter yet: whoever signs reads it (templates list, templates approve).',
};

/** Each is sent once: of one monitor, of one call. */
export const ONLY_SEQUENCE = 1;
