/** Every letter for every kind of reader it can have, in every language: rendered once for all tests of a file. */
import { LETTER_KINDS, LETTER_LANGUAGES, renderLetter, sampleContext } from '../../templates/index.ts';
import type { LetterContext, LetterKind, LetterLanguage, RenderedLetter } from '../../templates/index.ts';

export const READERS = ['two-guardians', 'one-guardian', 'student', 'agency', 'attorney', 'school'] as const;
export type Reader = (typeof READERS)[number];

const address = ['1207 Elm Street, Apt 3', 'Pekin, IL 61554'];
const RECIPIENTS = {
  'two-guardians': {
    names: ['Maria Nguyễn', 'Daniel O’Brien'],
    addressLines: address,
    reader: 'guardian',
  },
  'one-guardian': { names: ['Rosa Muñoz'], addressLines: address, reader: 'guardian' },
  student: { names: ['Linh Nguyễn'], addressLines: address, reader: 'student' },
  agency: {
    names: ['Illinois Department of Children and Family Services'],
    addressLines: ['500 Main Street', 'Peoria, IL 61602'],
    reader: 'agency',
  },
  attorney: {
    names: ['Morgan Adeyemi'],
    addressLines: ['State’s Attorney', '342 Court Street', 'Pekin, IL 61554'],
    reader: 'attorney',
  },
} as const;

const ABOUT_REFERRAL = { kind: 'state-attorney-referral', sentOn: '2026-02-02', channel: 'email' } as const;

export function readersOf(kind: LetterKind): readonly Reader[] {
  if (kind === 'state-attorney-referral') return ['attorney'];
  if (kind === 'address-findings') return ['school'];
  // A note at a door is for those who live there.
  if (kind === 'door-note') return ['two-guardians', 'one-guardian', 'student'];
  const family: readonly Reader[] = ['two-guardians', 'one-guardian', 'student', 'agency'];
  return kind === 'correction' || kind === 'withdrawal' ? [...family, 'attorney'] : family;
}

export function contextFor<K extends LetterKind>(
  kind: K,
  language: LetterLanguage,
  reader: Reader,
): LetterContext<K> {
  const context = sampleContext(kind, language);
  if (!('recipients' in context) || reader === 'school') return context;
  const about = reader === 'attorney' ? { about: ABOUT_REFERRAL } : {};
  const dispute = reader === 'attorney' && 'dispute' in context ? { dispute: null } : {};
  return { ...context, recipients: RECIPIENTS[reader], ...about, ...dispute } as unknown as LetterContext<K>;
}

export interface Sample {
  readonly name: string;
  readonly kind: LetterKind;
  readonly language: LetterLanguage;
  readonly reader: Reader;
  readonly context: LetterContext;
  readonly letter: RenderedLetter;
}

let all: readonly Sample[] | undefined;

export function everyLetter(): readonly Sample[] {
  all ??= LETTER_KINDS.flatMap((kind) =>
    LETTER_LANGUAGES.flatMap((language) =>
      readersOf(kind).map((reader) => {
        const context = contextFor(kind, language, reader);
        const letter = renderLetter(kind, language, context);
        return { name: `${kind}.${language}.${reader}`, kind, language, reader, context, letter };
      }),
    ),
  );
  return all;
}

/** Letters whose reader is a family, a student or who stands for them: not the school, not the State's Attorney. */
export function familyLetters(): readonly Sample[] {
  return everyLetter().filter(({ reader }) => reader !== 'school' && reader !== 'attorney');
}
