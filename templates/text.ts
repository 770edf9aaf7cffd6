/** The text part of an e-mail, from the same blocks: no line longer than 78 characters (RFC 5322, 2.1.1). */
import { convert } from 'html-to-text';
import { toMarkup } from './html.ts';
import { plainText } from './markup.ts';
import type { Block, Cell, Inline } from './markup.ts';

export const TEXT_COLUMNS = 78;
const COLUMN_GAP = 3;

/** The widest column allowed so that the whole table keeps within the line. */
function widestColumn(rows: readonly (readonly Cell[])[]): number {
  const natural = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => longestLine(plainText(row[column]?.content ?? [])))),
  );
  const room = TEXT_COLUMNS - COLUMN_GAP * (natural.length - 1);
  let cap = TEXT_COLUMNS;
  while (cap > 8 && natural.reduce((sum, width) => sum + Math.min(width, cap), 0) > room) cap -= 1;
  return cap;
}

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

const LINE_TO_SIGN: Inline = {
  type: 'text',
  text: '_'.repeat(16),
  bold: false,
  italic: false,
  href: null,
};

/** On paper an empty cell has a rule below it to sign on; in plain text the line is drawn. */
function withLinesToSign(block: Extract<Block, { type: 'part' }>): Block {
  if (block.part !== 'sign-here') return block;
  const signed = (cell: Cell): Cell =>
    cell.content.length === 0 ? { ...cell, content: [LINE_TO_SIGN] } : cell;
  return {
    ...block,
    blocks: block.blocks.map((inner) =>
      inner.type === 'table' ? { ...inner, rows: inner.rows.map((row) => row.map(signed)) } : inner,
    ),
  };
}

export function toText(blocks: readonly Block[], banner: string | null): string {
  const written = blocks.map((block) => (block.type === 'part' ? withLinesToSign(block) : block));
  const caps = written
    .flatMap((block) => (block.type === 'part' ? block.blocks : [block]))
    .flatMap((block) =>
      block.type === 'table'
        ? [widestColumn([...(block.head.length ? [block.head] : []), ...block.rows])]
        : [],
    );
  let table = 0;
  const html = toMarkup(written).replaceAll('<table>', () => `<table id="table-${table++}">`);
  const text = convert(html, {
    wordwrap: TEXT_COLUMNS,
    longWordSplit: { forceWrapOnLimit: true },
    selectors: [
      // Numbers and addresses already stand in the text: no link targets beside them.
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'h1', options: { uppercase: true } },
      { selector: 'h2', options: { uppercase: true, leadingLineBreaks: 3 } },
      { selector: 'section', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
      ...caps.map((maxColumnWidth, i) => ({
        selector: `#table-${i}`,
        format: 'dataTable',
        options: { uppercaseHeaderCells: false, colSpacing: COLUMN_GAP, maxColumnWidth },
      })),
      { selector: 'ul', options: { itemPrefix: '- ' } },
    ],
  });
  const framed = banner === null ? text : `${banner}\n\n${text}\n\n${banner}`;
  return `${framed.replace(/[ \t]+$/gm, '')}\n`;
}
