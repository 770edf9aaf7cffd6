/**
 * Finds what stands in a letter in another of our languages: a label that nobody translated, a sentence left over from the
 * other template. Only small and school-day words are looked for; names, places and addresses are taken out first.
 */
import type { LetterLanguage } from './kinds.ts';
import type { Block } from './markup.ts';
import { plainText } from './markup.ts';

/** Words of one language that the other does not have. */
const WORDS: Readonly<Record<LetterLanguage, readonly string[]>> = {
  en: (
    'the of and to is was were with this that you your we our not for from have are will please at by if it or can they ' +
    'their what when who school schools day days letter absence absences unexcused notice hearing order phone call ' +
    'parent parents home visit meeting student program truant truancy chronic counselor each week held offered attended ' +
    'bus help made agreed known up only after before mother father'
  ).split(' '),
  es: (
    'el la los las de del y que en un una por para con su sus es se al le lo si esta este como usted pero sobre escuela ' +
    'día días carta ausencia ausencias injustificada injustificadas aviso audiencia orden llame estudiante padre madre ' +
    'ausentismo crónico teléfono correo cada hasta desde'
  ).split(' '),
};
const SETS: Readonly<Record<LetterLanguage, ReadonlySet<string>>> = {
  en: new Set(WORDS.en),
  es: new Set(WORDS.es),
};

/** The words of `text` that belong to another language than `language`. */
export function foreignWords(text: string, language: LetterLanguage): string[] {
  const words = text
    .replace(/\S+@\S+|https?:\S+|www\.\S+/g, ' ')
    .toLowerCase()
    .match(/\p{L}+/gu);
  const others = (Object.keys(SETS) as LetterLanguage[]).filter((other) => other !== language);
  return [...new Set(words)].filter(
    (word) => !SETS[language].has(word) && others.some((other) => SETS[other].has(word)),
  );
}

/** Keys of a letter's context that hold names, places and addresses: these may be in any language. */
const NAMES = new Set([
  'name',
  'names',
  'firstName',
  'lastName',
  'fullName',
  'addressLines',
  'schoolAddressLines',
  'addressOfRecord',
  'place',
  'school',
  'county',
  'website',
]);

function namesIn(value: unknown, isName = false): string[] {
  if (typeof value === 'string') return isName ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, isName));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => namesIn(inner, NAMES.has(key)));
}

/** Lines of a letter with words of another language, each named by those words alone: a line may hold a name. */
export function mixedLanguage(
  blocks: readonly Block[],
  language: LetterLanguage,
  context: object,
): readonly string[] {
  // The longest first: a name within another would leave its rest behind.
  const names = namesIn(context).sort((a, b) => b.length - a.length);
  return linesOf(blocks).flatMap((line) => {
    const rest = names.reduce((text, name) => text.replaceAll(name, ' '), line);
    const words = foreignWords(rest, language);
    return words.length > 0 ? [words.join(' ')] : [];
  });
}

function linesOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    switch (block.type) {
      case 'heading':
        return [plainText(block.content)];
      case 'paragraph':
        return block.lang === null ? [plainText(block.content)] : [];
      case 'list':
        return block.items.map(plainText);
      case 'table':
        return [block.head, ...block.rows].flatMap((cells) => cells.map((cell) => plainText(cell.content)));
      case 'part':
        return linesOf(block.blocks);
    }
  });
}
