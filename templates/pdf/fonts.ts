/**
 * Fonts of the print: Noto Sans (Latin with Vietnamese, Greek, Cyrillic) and the small cuts for the interpreter lines.
 * Read once for all letters; a letter embeds only the glyphs it uses.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as fontkit from 'fontkit';
import type { Font } from 'fontkit';
import { InputFault } from '../../domain/refusal.ts';

export type FontName = 'regular' | 'bold' | 'italic' | 'arabic' | 'chinese';

const require = createRequire(import.meta.url);
const NOTO = '@expo-google-fonts/noto-sans';
const FILES: Readonly<Record<FontName, () => string>> = {
  regular: () => require.resolve(`${NOTO}/400Regular/NotoSans_400Regular.ttf`),
  bold: () => require.resolve(`${NOTO}/700Bold/NotoSans_700Bold.ttf`),
  italic: () => require.resolve(`${NOTO}/400Regular_Italic/NotoSans_400Regular_Italic.ttf`),
  arabic: () => join(import.meta.dirname, '../fonts/interpreter-arabic.ttf'),
  chinese: () => join(import.meta.dirname, '../fonts/interpreter-chinese.ttf'),
};
const FALLBACKS: readonly FontName[] = ['arabic', 'chinese'];

const read = new Map<FontName, Font>();

export function fontNamed(name: FontName): Font {
  const known = read.get(name);
  if (known) return known;
  const font = fontkit.create(readFileSync(FILES[name]())) as Font;
  read.set(name, font);
  return font;
}

export interface FontRun {
  readonly font: FontName;
  readonly text: string;
}

/**
 * Splits a text by the fonts that can print it. Refuses with `LETTER_GLYPH_MISSING` what none can: a name printed
 * as boxes is a letter to nobody; a person then types it in Latin letters.
 */
export function fontRuns(text: string, wanted: FontName): FontRun[] {
  const runs: { font: FontName; text: string }[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const last = runs.at(-1);
    // Punctuation stays with the script it follows.
    const order =
      last && last.font !== wanted && !/[\d\p{sc=Latn}]/u.test(character) ? [last.font, wanted] : [wanted];
    const font = [...order, ...FALLBACKS].find((name) => fontNamed(name).hasGlyphForCodePoint(code));
    if (font === undefined) {
      throw new InputFault(
        'LETTER_GLYPH_MISSING',
        'a name or note has a character the print fonts lack; write it in Latin letters, or send by e-mail only',
      );
    }
    if (last?.font === font) last.text += character;
    else runs.push({ font, text: character });
  }
  return runs;
}
