/** The letters of Regional Office of Education #53, in the order of its ladder; then those that put an earlier one right. */
export const LETTER_KINDS = [
  'first-notice',
  'second-notice',
  'third-notice',
  'hearing-notice',
  'hearing-moved',
  'hearing-cancelled',
  'order',
  'state-attorney-referral',
  'correction',
  'withdrawal',
] as const;

export type LetterKind = (typeof LETTER_KINDS)[number];

/** Languages that letters are written in; which kinds exist in which is what `languagesOf` answers from the files. */
export const LETTER_LANGUAGES = ['en'] as const;

export type LetterLanguage = (typeof LETTER_LANGUAGES)[number];

/** The folder each kind lives in: `letters/<office>/<kind>.<language>.hbs`. An office never uses another's folder. */
export const OFFICE_OF_LETTER: Readonly<Record<LetterKind, string>> = {
  'first-notice': 'roe53',
  'second-notice': 'roe53',
  'third-notice': 'roe53',
  'hearing-notice': 'roe53',
  'hearing-moved': 'roe53',
  'hearing-cancelled': 'roe53',
  order: 'roe53',
  'state-attorney-referral': 'roe53',
  correction: 'roe53',
  withdrawal: 'roe53',
};
