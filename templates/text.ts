/** The text part of an e-mail, from the same blocks: no line longer than 78 characters (RFC 5322, 2.1.1). */
import { convert } from 'html-to-text';
import { toMarkup } from './html.ts';
import { plainText } from './markup.ts';
import type { Block, Cell } from './markup.ts';

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

export function toText(blocks: readonly Block[], banner: string | null): string {
  const caps = blocks.flatMap((block) =>
    block.type === 'table' ? [widestColumn([...(block.head.length ? [block.head] : []), ...block.rows])] : [],
  );
  let table = 0;
  const html = toMarkup(blocks).replaceAll('<table>', () => `<table id="table-${table++}">`);
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
