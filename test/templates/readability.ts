/**
 * How easily running text reads: Flesch reading ease for English, Fernández-Huerta's and INFLESZ's (Szigriszt-Pazos)
 * forms of it for Spanish. 100 is the easiest; 60 and more is what a 13 to 15 year old reads without trouble.
 */
import { flesch } from 'flesch';
import { syllable } from 'syllable';
import { parseMarkup, plainText, type Block } from '../../templates/markup.ts';

/** Paragraphs and items of lists: tables, headings, addresses and signatures are not read as sentences. */
export function runningText(markup: string): string {
  const lines = (blocks: readonly Block[]): string[] =>
    blocks.flatMap((block) => {
      if (block.type === 'paragraph' && block.lang === null) return [plainText(block.content)];
      return block.type === 'list' ? block.items.map(plainText) : [];
    });
  return (
    lines(parseMarkup(markup))
      // What stands for a person to call, and the law's own references: names and digits have no syllables.
      .map((line) => line.replace(/\S+@\S+|\d[\d-]{6,}|\(?\d+ ILCS [^);.]+\)?/g, ' '))
      .map((line) => (/[.!?:]$/.test(line.trim()) ? line.trim() : `${line.trim()}.`))
      .join(' ')
  );
}

const VOWELS = /[aeiouáéíóúü]/;

/** Vowels that are spoken apart count apart: a, e, o and an accented i or u each carry a syllable. */
export function syllablesInSpanish(word: string): number {
  const spoken = word
    .toLowerCase()
    .replace(/y$/, 'i')
    .replace(/qu(?=[eéií])/g, 'q')
    .replace(/gu(?=[eéií])/g, 'g');
  let count = 0;
  for (const group of spoken.match(/[aeiouáéíóúü]+/g) ?? []) {
    const strong = group.match(/[aeoáéóíú]/g)?.length ?? 0;
    count += Math.max(1, strong);
  }
  return VOWELS.test(spoken) ? count : 1;
}

interface Counts {
  readonly words: number;
  readonly sentences: number;
  readonly syllables: number;
}

function counts(text: string, syllables: (word: string) => number): Counts {
  // "a.m." ends no sentence.
  const plain = text.replace(/\b([ap])\.\s?m\./g, '$1m');
  const words = plain.match(/\p{L}[\p{L}’'-]*/gu) ?? [];
  const sentences = plain.match(/[^.!?:]+[.!?:]+(?=\s|$)/g)?.filter((one) => /\p{L}/u.test(one)).length ?? 1;
  return { words: words.length, sentences, syllables: words.reduce((sum, word) => sum + syllables(word), 0) };
}

export function fleschOf(text: string): number {
  const { words, sentences, syllables } = counts(text, syllable);
  return flesch({ word: words, sentence: sentences, syllable: syllables });
}

export function fernandezHuertaOf(text: string): number {
  const { words, sentences, syllables } = counts(text, syllablesInSpanish);
  return 206.84 - 60 * (syllables / words) - 1.02 * (words / sentences);
}

export function inflesz(text: string): number {
  const { words, sentences, syllables } = counts(text, syllablesInSpanish);
  return 206.835 - 62.3 * (syllables / words) - words / sentences;
}

/** Words in the longest sentence. */
export function longestSentence(text: string): number {
  return Math.max(
    ...text.split(/[.!?:](?=\s|$)/).map((sentence) => sentence.match(/\p{L}[\p{L}’'-]*/gu)?.length ?? 0),
  );
}
