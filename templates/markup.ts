/**
 * The small markup letters are written in, read into plain blocks. Everything a letter becomes (e-mail, text, print)
 * is made from these blocks, so the three always say the same. Anything outside the subset is refused, not guessed at.
 *
 * Blocks: h1 h2 p ul ol table, and section data-part="…" for the parts a printed letter places.
 * Inside them: strong, em, br, and links to tel:, mailto: and https:.
 */
import { DomHandler, Parser } from 'htmlparser2';
import { InputFault } from '../domain/refusal.ts';

/** Parts of a letter with a place or a manner of their own; the rest is running text. */
export const PARTS = [
  'letterhead',
  'address',
  'reference',
  'interpreter',
  'signature',
  /** A table whose empty cells are signed and dated by hand. */
  'sign-here',
  'copies',
] as const;
export type Part = (typeof PARTS)[number];

export interface TextRun {
  readonly type: 'text';
  readonly text: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly href: string | null;
}
export type Inline = TextRun | { readonly type: 'break' };

export interface Cell {
  readonly header: boolean;
  readonly content: readonly Inline[];
}
export type Block =
  | { readonly type: 'heading'; readonly level: 1 | 2; readonly content: readonly Inline[] }
  | {
      readonly type: 'paragraph';
      readonly content: readonly Inline[];
      /** Where a paragraph is in another language than the letter. */
      readonly lang: string | null;
      readonly dir: 'ltr' | 'rtl';
    }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly type: 'table';
      /** Empty where the headers stand at the side. */
      readonly head: readonly Cell[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly type: 'part'; readonly part: Part; readonly blocks: readonly Block[] };

// The parser's node types belong to a package we do not name; this is all that is used of them.
interface Node {
  readonly type: string;
  readonly data?: string;
  readonly name?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

const LINK = /^(mailto:[^\s?]+|https:\/\/\S+)$/;
/** All but the hard blank, which keeps "a. m." on one line. */
const BLANKS = /[ \t\r\n\f]+/g;
/** As people write it, with whatever follows ("ext. 12"): the text shows that, the link only dials. */
const TELEPHONE = /^tel:(\+?[\d\s().\-\u2010-\u2015]*\d)/;

/** The target of a link in one form; null where it leads to anything but a telephone, a mailbox or an https page. */
function linkTo(target: string): string | null {
  const number = TELEPHONE.exec(target)?.[1];
  if (number !== undefined) return `tel:${number.replace(/[\u2010-\u2015]/g, '-').replace(/\s+/g, ' ')}`;
  return LINK.test(target) ? target : null;
}

function refuse(what: string): never {
  throw new InputFault('LETTER_MARKUP_BAD', `a letter cannot hold ${what}`);
}

function attributesOf(node: Node, allowed: readonly string[]): Readonly<Record<string, string>> {
  const attributes = node.attribs ?? {};
  const other = Object.keys(attributes).find((name) => !allowed.includes(name));
  if (other !== undefined) refuse(`the attribute ${other} on <${node.name}>`);
  return attributes;
}

function elementsIn(node: Node): Node[] {
  return (node.children ?? []).filter((child) => {
    if (child.type === 'comment') return false;
    if (child.type !== 'text') return true;
    if ((child.data ?? '').trim() !== '') refuse(`text directly in <${node.name ?? 'the letter'}>`);
    return false;
  });
}

function inlines(node: Node): Inline[] {
  const runs: Inline[] = [];
  const walk = (nodes: readonly Node[], bold: boolean, italic: boolean, href: string | null): void => {
    for (const child of nodes) {
      if (child.type === 'text') {
        runs.push({ type: 'text', text: (child.data ?? '').replace(BLANKS, ' '), bold, italic, href });
        continue;
      }
      const children = child.children ?? [];
      switch (child.name) {
        case 'strong':
          attributesOf(child, []);
          walk(children, true, italic, href);
          break;
        case 'em':
          attributesOf(child, []);
          walk(children, bold, true, href);
          break;
        case 'br':
          runs.push({ type: 'break' });
          break;
        case 'a': {
          const target = linkTo(attributesOf(child, ['href'])['href'] ?? '');
          if (target === null) refuse('a link to anything but a telephone, a mailbox or an https page');
          walk(children, bold, italic, target);
          break;
        }
        default:
          refuse(`<${child.name ?? child.type}> inside a line`);
      }
    }
  };
  walk(node.children ?? [], false, false, null);
  return trimmed(runs);
}

/** One blank between words wherever the template breaks its lines; none at the ends of a line. */
function trimmed(runs: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  let blankBefore = true;
  for (const run of runs) {
    if (run.type === 'break') {
      trimEnd(result);
      result.push(run);
      blankBefore = true;
      continue;
    }
    const text: string = blankBefore ? run.text.replace(/^ /, '') : run.text;
    if (text === '') continue;
    result.push({ ...run, text });
    blankBefore = text.endsWith(' ');
  }
  trimEnd(result);
  return result;
}

function trimEnd(runs: Inline[]): void {
  for (
    let last: Inline | undefined = runs.at(-1);
    last?.type === 'text' && last.text.endsWith(' ');
    last = runs.at(-1)
  ) {
    runs.pop();
    const text: string = last.text.slice(0, -1);
    if (text !== '') runs.push({ ...last, text });
  }
}

function rowsIn(node: Node): Cell[][] {
  attributesOf(node, []);
  return elementsIn(node).map((row) => {
    if (row.name !== 'tr') refuse(`<${row.name}> in place of a table row`);
    return elementsIn(row).map((cell) => {
      if (cell.name !== 'th' && cell.name !== 'td') refuse(`<${cell.name}> in place of a table cell`);
      attributesOf(cell, []);
      return { header: cell.name === 'th', content: inlines(cell) };
    });
  });
}

function table(node: Node): Block {
  attributesOf(node, []);
  let head: Cell[] = [];
  const rows: Cell[][] = [];
  for (const child of elementsIn(node)) {
    if (child.name === 'thead') head = rowsIn(child)[0] ?? [];
    else if (child.name === 'tbody') rows.push(...rowsIn(child));
    else refuse(`<${child.name}> directly in a table`);
  }
  const width = (head.length ? head : (rows[0] ?? [])).length;
  if (rows.length === 0 || width === 0 || rows.some((row) => row.length !== width))
    refuse('a table without rows of one length');
  return { type: 'table', head, rows };
}

function block(node: Node, nested: boolean): Block {
  switch (node.name) {
    case 'h1':
    case 'h2':
      attributesOf(node, []);
      return { type: 'heading', level: node.name === 'h1' ? 1 : 2, content: inlines(node) };
    case 'p': {
      const attributes = attributesOf(node, ['lang', 'dir']);
      return {
        type: 'paragraph',
        content: inlines(node),
        lang: attributes['lang'] ?? null,
        dir: attributes['dir'] === 'rtl' ? 'rtl' : 'ltr',
      };
    }
    case 'ul':
    case 'ol': {
      attributesOf(node, []);
      const items = elementsIn(node).map((item) => {
        if (item.name !== 'li') refuse(`<${item.name}> directly in a list`);
        attributesOf(item, []);
        return inlines(item);
      });
      if (items.length === 0) refuse('an empty list');
      return { type: 'list', ordered: node.name === 'ol', items };
    }
    case 'table':
      return table(node);
    case 'section': {
      const part = PARTS.find((p) => p === attributesOf(node, ['data-part'])['data-part']);
      if (nested || part === undefined) refuse('a section that is not one of its known parts');
      return { type: 'part', part, blocks: elementsIn(node).map((child) => block(child, true)) };
    }
    default:
      return refuse(`<${node.name ?? node.type}>`);
  }
}

/** Reads a filled template; refuses with `LETTER_MARKUP_BAD` what is outside the subset. */
export function parseMarkup(html: string): Block[] {
  const handler = new DomHandler();
  new Parser(handler, { lowerCaseTags: true, decodeEntities: true }).end(html);
  const root: Node = { type: 'root', children: handler.dom };
  return elementsIn(root)
    .map((node) => block(node, false))
    .filter((b) => b.type !== 'paragraph' || b.content.length > 0);
}

/** The text of a line without its marks. */
export function plainText(content: readonly Inline[]): string {
  return content.map((run) => (run.type === 'break' ? '\n' : run.text)).join('');
}
