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

/** Each is sent once: of one monitor, of one call. */
export const ONLY_SEQUENCE = 1;
