/**
 * Words in a letter that come from neither its template nor a person's name: titles, kinds of intervention, services,
 * notes. The records hold them in English; a letter in another language gets them in that language, from the office's own
 * list first, then from ours. What neither knows stays as it is, and `mixedLanguage` finds it.
 */
import { LETTER_WORDS } from './languages/index.ts';
import type { LetterLanguage } from './kinds.ts';

/** English → the letter's language, as an office words it. */
export type Translations = Readonly<Record<string, string>>;

/** Fields that hold such words, and nothing else. */
const SUPPLIED: readonly RegExp[] = [
  /^signatory\.title$/,
  /^interventions\[\]\.kindLabel$/,
  /^count\.notes\[\]$/,
  /^school\.attendanceContact\.name$/,
  /^dispute\.contact\.name$/,
  /^hearing\.(interpreter|accommodation)$/,
  /^order\.(appeared\[\]\.role|proofOfNotice\.proof|services\[\]|terms\[\])$/,
  /^plan\.(goals\[\]|supports\[\]\.(what|who))$/,
  /^court\.(custodians\[\]\.relation|services\[\]\.(what|outcome)|missing\[\]|reason|exhibits\[\]\.title)$/,
  /^court\.attorney\.title$/,
  /^observations\[\]$/,
];

export function withSuppliedWords<T>(context: T, language: LetterLanguage, own: Translations): T {
  const { supplied } = LETTER_WORDS[language];
  const ownWords = new Map(Object.entries(own).map(([english, word]) => [english.toLowerCase(), word]));
  const walk = (value: unknown, path: string): unknown => {
    if (typeof value === 'string') {
      if (!SUPPLIED.some((pattern) => pattern.test(path))) return value;
      return ownWords.get(value.toLowerCase()) ?? supplied(value) ?? value;
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, `${path}[]`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, walk(inner, path === '' ? key : `${path}.${key}`)]),
    );
  };
  return walk(context, '') as T;
}
