/** Letters to families stay easy to read. The bounds were set a little below what was measured when the letters were agreed. */
import { expect, it } from 'vitest';
import { familyLetters } from './letter-readers.ts';
import {
  fernandezHuertaOf,
  fleschOf,
  inflesz,
  longestSentence,
  runningText,
  syllablesInSpanish,
} from './readability.ts';

const letters = familyLetters().map((one) => [one.name, one] as const);

it.each(letters)('%s', (_, { language, letter }) => {
  const text = runningText(letter.markup);
  if (language === 'en') expect(fleschOf(text)).toBeGreaterThan(70);
  else {
    expect(fernandezHuertaOf(text)).toBeGreaterThan(74);
    // From 65 on INFLESZ calls a text "bastante fácil".
    expect(inflesz(text)).toBeGreaterThan(69);
  }
  expect(longestSentence(text)).toBeLessThanOrEqual(32);
});

it('Spanish syllables are counted as they are spoken', () => {
  const words = ['aviso', 'escuela', 'días', 'queremos', 'león', 'hoy', 'guitarra', 'averigüe', 'estudiante'];
  expect(words.map(syllablesInSpanish)).toEqual([3, 3, 2, 3, 2, 1, 3, 4, 4]);
});
