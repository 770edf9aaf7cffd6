/**
 * Breaking runs of text into lines. Our own, because a paragraph mixes fonts (bold, another script), a line may run
 * from right to left, and the page must know the height of everything before it draws it.
 */
import type { Inline } from '../markup.ts';
import { fontRuns, RIGHT_TO_LEFT } from './fonts.ts';
import type { FontName } from './fonts.ts';

export type Measure = (text: string, font: FontName, size: number) => number;

interface Piece {
  readonly text: string;
  readonly font: FontName;
  readonly width: number;
}
/** A word: pieces that stay together, with or without a blank before it. */
interface Word {
  readonly pieces: Piece[];
  width: number;
  readonly blankBefore: boolean;
}
export interface DrawnPiece {
  readonly text: string;
  readonly font: FontName;
  /** From the left of the line, in points. */
  readonly x: number;
}
export interface Line {
  readonly pieces: readonly DrawnPiece[];
  readonly width: number;
}

/** Scripts written without blanks break between any two characters. */
const BREAKS_ANYWHERE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;
const NO_LINE_START = /^[，。、：；！？）]/;
const ISOLATES = /[\u2066-\u2069]/g;

function splitWords(text: string): string[] {
  return text.match(/ +|[^ ]+/g) ?? [];
}

function wordsOf(content: readonly Inline[], bold: boolean, size: number, measure: Measure): (Word | null)[] {
  const words: (Word | null)[] = [];
  let current: Word | null = null;
  let blank = false;
  const begin = (): Word => {
    const word: Word = { pieces: [], width: 0, blankBefore: blank };
    words.push(word);
    blank = false;
    return word;
  };
  for (const run of content) {
    if (run.type === 'break') {
      words.push(null);
      current = null;
      blank = false;
      continue;
    }
    const wanted: FontName = bold || run.bold ? 'bold' : run.italic ? 'italic' : 'regular';
    for (const part of splitWords(run.text.replace(ISOLATES, ''))) {
      if (part.startsWith(' ')) {
        blank = true;
        current = null;
        continue;
      }
      for (const { font, text } of fontRuns(part, wanted)) {
        const chunks = font === 'chinese' ? [...text] : [text];
        for (const chunk of chunks) {
          if (BREAKS_ANYWHERE.test(chunk) && !NO_LINE_START.test(chunk)) current = null;
          current ??= begin();
          const width = measure(chunk, font, size);
          current.pieces.push({ text: chunk, font, width });
          current.width += width;
        }
      }
    }
  }
  return words;
}

/** Cuts a word that is wider than the line (a long address on the web): never over the edge. */
function fitted(word: Word, width: number, size: number, measure: Measure): Word[] {
  if (word.width <= width) return [word];
  const parts: Word[] = [];
  let part: Word = { pieces: [], width: 0, blankBefore: word.blankBefore };
  for (const piece of word.pieces) {
    let text = '';
    let textWidth = 0;
    for (const character of piece.text) {
      const grown = measure(text + character, piece.font, size);
      if (part.width + grown > width && (text !== '' || part.pieces.length > 0)) {
        if (text !== '') part.pieces.push({ text, font: piece.font, width: textWidth });
        part.width += textWidth;
        parts.push(part);
        part = { pieces: [], width: 0, blankBefore: false };
        text = character;
      } else {
        text += character;
      }
      textWidth = measure(text, piece.font, size);
    }
    part.pieces.push({ text, font: piece.font, width: textWidth });
    part.width += textWidth;
  }
  parts.push(part);
  return parts;
}

/** Places the words of one line; in a line from the right, the last word stands at its left end. */
function setLine(words: readonly Word[], blank: number, rightToLeft: boolean, width: number): Line {
  const used = words.reduce((sum, word, i) => sum + word.width + (i > 0 && word.blankBefore ? blank : 0), 0);
  const pieces = rightToLeft
    ? piecesFromRight(words, blank, Math.max(width, used))
    : piecesFromLeft(words, blank);
  return { pieces, width: used };
}

/** A piece in its order on the line, with or without a blank before it. */
interface Item {
  readonly piece: Piece;
  readonly gap: boolean;
}

/** A name in a script from the right, within a line from the left: its words follow each other to the left. */
function rightToLeftTurned(items: readonly Item[]): Item[] {
  const turned: Item[] = [];
  for (let i = 0; i < items.length;) {
    let end = i;
    while (end < items.length && RIGHT_TO_LEFT.has(items[end]!.piece.font)) end += 1;
    if (end === i) {
      turned.push(items[i]!);
      i += 1;
      continue;
    }
    const run = items.slice(i, end);
    const gaps = [
      run[0]!.gap,
      ...run
        .slice(1)
        .map(({ gap }) => gap)
        .reverse(),
    ];
    turned.push(...run.reverse().map(({ piece }, n) => ({ piece, gap: gaps[n]! })));
    i = end;
  }
  return turned;
}

function piecesFromLeft(words: readonly Word[], blank: number): DrawnPiece[] {
  const pieces: { text: string; font: FontName; x: number }[] = [];
  const items = words.flatMap((word, i) =>
    word.pieces.map((piece, n) => ({ piece, gap: i > 0 && n === 0 && word.blankBefore })),
  );
  let x = 0;
  for (const { piece, gap } of rightToLeftTurned(items)) {
    if (gap) x += blank;
    const before = gap ? ' ' : '';
    const last = pieces.at(-1);
    // One string for a run of words in one font: smaller, and it copies out of the page with its blanks.
    if (last?.font === piece.font && !RIGHT_TO_LEFT.has(piece.font)) {
      last.text += before + piece.text;
    } else {
      if (last && !RIGHT_TO_LEFT.has(last.font)) last.text += before;
      pieces.push({ text: piece.text, font: piece.font, x });
    }
    x += piece.width;
  }
  return pieces;
}

function piecesFromRight(words: readonly Word[], blank: number, right: number): DrawnPiece[] {
  const pieces: DrawnPiece[] = [];
  let x = right;
  words.forEach((word, i) => {
    if (i > 0 && word.blankBefore) x -= blank;
    for (const piece of word.pieces) {
      x -= piece.width;
      // Each on its own: a blank at its end would be set at its left.
      pieces.push({ text: piece.text, font: piece.font, x });
    }
  });
  return pieces;
}

export interface LineStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly rightToLeft?: boolean;
}

/** Fills lines of at most `width` points, greedily. `onCut` hears of each word that is wider than a line. */
export function breakLines(
  content: readonly Inline[],
  width: number,
  style: LineStyle,
  measure: Measure,
  onCut: () => void = () => undefined,
): Line[] {
  const blank = measure(' ', style.bold ? 'bold' : 'regular', style.size);
  const rightToLeft = style.rightToLeft ?? false;
  const lines: Line[] = [];
  let words: Word[] = [];
  let used = 0;
  const flush = (): void => {
    lines.push(setLine(words, blank, rightToLeft, width));
    words = [];
    used = 0;
  };
  for (const entry of wordsOf(content, style.bold ?? false, style.size, measure)) {
    if (entry === null) {
      flush();
      continue;
    }
    const parts = fitted(entry, width, style.size, measure);
    if (parts.length > 1) onCut();
    for (const word of parts) {
      const gap = words.length > 0 && word.blankBefore ? blank : 0;
      if (words.length > 0 && used + gap + word.width > width) flush();
      used += (words.length > 0 ? gap : 0) + word.width;
      words.push(word);
    }
  }
  if (words.length > 0) flush();
  return lines;
}
