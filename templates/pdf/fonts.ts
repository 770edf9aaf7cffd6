/**
 * Fonts of the print: Noto Sans (Latin with Vietnamese, Greek, Cyrillic, Devanagari), its Arabic and Hebrew sisters for names
 * and interpreter lines, and a small cut of the Chinese one for the interpreter line.
 * Read once for all letters; a letter embeds only the glyphs it uses.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as fontkit from 'fontkit';
import type { Font } from 'fontkit';
import { InputFault } from '../../domain/refusal.ts';

export type FontName = 'regular' | 'bold' | 'italic' | 'arabic' | 'hebrew' | 'chinese';

const require = createRequire(import.meta.url);
const NOTO = '@expo-google-fonts/noto-sans';
const FILES: Readonly<Record<FontName, () => string>> = {
  regular: () => require.resolve(`${NOTO}/400Regular/NotoSans_400Regular.ttf`),
  bold: () => require.resolve(`${NOTO}/700Bold/NotoSans_700Bold.ttf`),
  italic: () => require.resolve(`${NOTO}/400Regular_Italic/NotoSans_400Regular_Italic.ttf`),
  arabic: () => require.resolve(`${NOTO}-arabic/400Regular/NotoSansArabic_400Regular.ttf`),
  hebrew: () => require.resolve(`${NOTO}-hebrew/400Regular/NotoSansHebrew_400Regular.ttf`),
  chinese: () => join(import.meta.dirname, '../fonts/interpreter-chinese.ttf'),
};
const FALLBACKS: readonly FontName[] = ['arabic', 'hebrew', 'chinese'];

/** Fonts whose letters run from right to left. */
export const RIGHT_TO_LEFT: ReadonlySet<FontName> = new Set<FontName>(['arabic', 'hebrew']);
/** What such a font is taken for: its own letters and their marks; a comma or bracket beside them is the line's. */
const ITS_LETTERS = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Mark}\u200c\u200d]/u;

const opened = new Map<FontName, Font>();

/** The font, opened once: reading its tables takes longer than a whole letter. */
export function fontNamed(name: FontName): Font {
  const known = opened.get(name);
  if (known) return known;
  const font = fontkit.create(readFileSync(FILES[name]())) as Font;
  if (!FALLBACKS.includes(name)) keepComposed(font);
  opened.set(name, font);
  return font;
}

/**
 * Noto sets ị as i and a dot below, two glyphs, and what is copied or read aloud then falls apart. The font has the
 * whole letter too: without its composition feature it is used.
 */
function keepComposed(font: Font): void {
  const layout = font.layout.bind(font);
  font.layout = (text, features, ...rest) => layout(text, features ?? { ccmp: false }, ...rest);
}

/** Plain letters and the marks that are set over and under them. */
const FIRST_MET = [
  ...Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i),
  ...Array.from({ length: 0x70 }, (_, i) => 0x300 + i),
];

/**
 * Call at the start of each document. An opened font remembers each glyph by the way it first met it: a Z met as a
 * part of Ż has no character, an i met under the dot of ị passes for ị, and what is copied or read aloud from every
 * later letter is wrong. So the memory is emptied and the plain letters are met first. It has no public name; the
 * tests on names and on "whatever was printed before" fail if it ever gets another one.
 */
export function resetGlyphs(): void {
  for (const name of Object.keys(FILES) as FontName[]) {
    const font = fontNamed(name);
    (font as unknown as { _glyphs: object })._glyphs = {};
    for (const code of FIRST_MET) if (font.hasGlyphForCodePoint(code)) font.glyphForCodePoint(code);
  }
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
    // Punctuation stays with the script it follows, but never turns round with it.
    const stays =
      last &&
      last.font !== wanted &&
      (RIGHT_TO_LEFT.has(last.font) ? ITS_LETTERS.test(character) : !/[\d\p{sc=Latn}]/u.test(character));
    const order = stays ? [last.font, wanted] : [wanted];
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
