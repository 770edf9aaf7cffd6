/** The text part of an e-mail, from the same markup: no line longer than 78 characters (RFC 5322, 2.1.1). */
import { convert } from 'html-to-text';

export const TEXT_COLUMNS = 78;

export function toText(markup: string, banner: string | null): string {
  const text = convert(markup, {
    wordwrap: TEXT_COLUMNS,
    longWordSplit: { forceWrapOnLimit: true },
    selectors: [
      // Numbers and addresses already stand in the text: no link targets beside them.
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'h1', options: { uppercase: true } },
      { selector: 'h2', options: { uppercase: true, leadingLineBreaks: 3 } },
      { selector: 'section', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
      {
        selector: 'table',
        format: 'dataTable',
        options: { uppercaseHeaderCells: false, colSpacing: 3, maxColumnWidth: 34 },
      },
      { selector: 'ul', options: { itemPrefix: '- ' } },
    ],
  });
  const framed = banner === null ? text : `${banner}\n\n${text}\n\n${banner}`;
  return `${framed.replace(/[ \t]+$/gm, '')}\n`;
}
