/**
 * Each letter in each language for each kind of reader as text, and for the first of them as HTML, kept word for word.
 * `UPDATE_GOLDEN=1` writes them anew: read the difference.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderLetter, sampleContext } from '../../templates/index.ts';
import { everyLetter, readersOf } from './letter-readers.ts';

const GOLDEN = join(import.meta.dirname, '../golden/letters');
const written = new Set<string>();

function matchesGolden(name: string, content: string): void {
  const file = join(GOLDEN, name);
  written.add(name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
  expect(content).toBe(readFileSync(file, 'utf8'));
}

it.each(everyLetter().map((one) => [one.name, one] as const))('%s reads as agreed', (name, one) => {
  const { kind, language, reader, letter } = one;
  matchesGolden(`${name}.txt`, `Subject: ${letter.subject}\n\n${letter.text}`);
  if (reader === readersOf(kind)[0]) matchesGolden(`${kind}.${language}.html`, letter.html);
});

it('a practice letter with an interpreter line reads as agreed', () => {
  const letter = renderLetter('first-notice', 'en', {
    ...sampleContext('first-notice'),
    practice: true,
    interpreter: { readerLanguage: 'sw', phone: '309-555-0100' },
  });
  matchesGolden('first-notice.practice.en.txt', `Subject: ${letter.subject}\n\n${letter.text}`);
  matchesGolden('first-notice.practice.en.html', letter.html);
});

it('no kept letter is of a kind, language or reader that is gone', () => {
  expect(readdirSync(GOLDEN).filter((name) => !written.has(name))).toEqual([]);
});
