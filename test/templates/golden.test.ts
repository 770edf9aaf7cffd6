/** Each letter as text and HTML, kept word for word. `UPDATE_GOLDEN=1` writes them anew: read the difference. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LETTER_KINDS, languagesOf, renderLetter, sampleContext } from '../../templates/index.ts';

const GOLDEN = join(import.meta.dirname, '../golden/letters');

function matchesGolden(name: string, content: string): void {
  const file = join(GOLDEN, name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
  expect(content).toBe(readFileSync(file, 'utf8'));
}

describe.each(LETTER_KINDS)('%s', (kind) => {
  it.each(languagesOf(kind))('reads as agreed in %s', (language) => {
    const letter = renderLetter(kind, language, sampleContext(kind));
    matchesGolden(`${kind}.${language}.txt`, `Subject: ${letter.subject}\n\n${letter.text}`);
    matchesGolden(`${kind}.${language}.html`, letter.html);
  });
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
