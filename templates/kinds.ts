/** Letters of a case of Regional Office of Education #53: its ladder, the caseload, then those that put an earlier one right. */
export const CASE_LETTER_KINDS = [
  'first-notice',
  'second-notice',
  'third-notice',
  'caseload-invitation',
  'improvement-plan',
  'hearing-notice',
  'hearing-moved',
  'hearing-cancelled',
  'order',
  'state-attorney-referral',
  'closing-thanks',
  'correction',
  'withdrawal',
] as const;

export type CaseLetterKind = (typeof CASE_LETTER_KINDS)[number];

/** What the Intervention Department hands out or sends; it has no ladder and no cases. */
export const DEPARTMENT_LETTER_KINDS = ['monitor-contract', 'door-note', 'address-findings'] as const;

export type DepartmentLetterKind = (typeof DEPARTMENT_LETTER_KINDS)[number];

export const LETTER_KINDS = [...CASE_LETTER_KINDS, ...DEPARTMENT_LETTER_KINDS] as const;

export type LetterKind = CaseLetterKind | DepartmentLetterKind;

/** Languages that letters are written in; which kinds exist in which is what `languagesOf` answers from the files. */
export const LETTER_LANGUAGES = ['en', 'es'] as const;

export type LetterLanguage = (typeof LETTER_LANGUAGES)[number];

export type LetterOffice = 'roe53' | 'intervention-department';

/** The folder each kind lives in: `letters/<office>/<kind>.<language>.hbs`. An office never uses another's folder. */
export function officeOfLetter(kind: LetterKind): LetterOffice {
  return (DEPARTMENT_LETTER_KINDS as readonly string[]).includes(kind) ? 'intervention-department' : 'roe53';
}
