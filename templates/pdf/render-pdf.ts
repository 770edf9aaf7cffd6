/**
 * The printed letter: US Letter, address in the envelope's window, tagged for screen readers, drawn from the same
 * markup as the e-mail. Same letter, same bytes: no clock, no chance, the document's dates are the letter's.
 */
import PDFDocument from 'pdfkit';
import { parseMarkup, plainText } from '../markup.ts';
import type { Block, Cell, Inline, Part } from '../markup.ts';
import type { RenderedLetter } from '../render.ts';
import { InputFault } from '../../domain/refusal.ts';
import { LETTER_WORDS } from '../languages/index.ts';
import type { LetterWords } from '../languages/index.ts';
import { fontNamed, resetGlyphs } from './fonts.ts';
import type { FontName } from './fonts.ts';
import { breakLines } from './lines.ts';
import { checkLogo } from './logo.ts';
import type { Line, LineStyle } from './lines.ts';
import {
  ADDRESS_BOX,
  BODY_TOP,
  CONTENT_BOTTOM,
  CONTENT_WIDTH,
  FOLDS,
  LETTERHEAD_TOP,
  MARGIN,
  NEXT_TOP,
  REFERENCE_AT,
  SHEET,
  WINDOW_REACH,
} from './page.ts';

/** What `renderPdf` needs of a letter; a kept one will do. */
export type PrintableLetter = Pick<
  RenderedLetter,
  'language' | 'title' | 'markup' | 'date' | 'reference' | 'officeName' | 'practice'
>;

export interface PrintOptions {
  /** A reprint says so on every page. */
  readonly copy?: boolean;
  /** The office's logo, a PNG or JPEG (logo.ts), beside its name. */
  readonly logo?: Buffer;
}

/** pdfkit opens an image before it draws it, so that its size is known; its types leave that out. */
interface OpensImages {
  openImage: (image: Buffer) => PDFKit.Mixins.ImageSrc & { readonly width: number; readonly height: number };
}

/** At most this much of the letterhead is the logo's, in points. */
const LOGO = { width: 96, height: 44, gap: 12 } as const;

const INK = '#1f2933';
const GREY = '#52606d';
const BLUE = '#1d3f6e';
const RULE = '#9aa5b1';

interface TextStyle extends LineStyle {
  readonly leading: number;
  readonly color: string;
}
const BODY: TextStyle = { size: 10.5, leading: 14.8, color: INK };
const SMALL: TextStyle = { size: 9, leading: 12.5, color: GREY };
const CELL: TextStyle = { size: 9.8, leading: 13.2, color: INK };
const H1: TextStyle = { size: 15, leading: 20, color: BLUE, bold: true };
const H2: TextStyle = { size: 11.5, leading: 15.5, color: BLUE, bold: true };

/** Height of a row that is signed in, in points. */
const SIGNING_ROOM = 38;
/** Shares of the line: who, signature, date. */
const SIGNING_COLUMNS = [0.46, 0.34, 0.2];

type Structure = PDFKit.PDFStructureElement;
/** pdfkit knows the scope of a header cell; its types do not yet. */
type StructureOptions = NonNullable<Parameters<PDFKit.PDFDocument['struct']>[1]> & {
  scope?: 'Column' | 'Row';
};

/** Something with a known height that is drawn in one go. */
interface Unit {
  readonly before: number;
  readonly height: number;
  /** Must not be the last thing on its page. */
  readonly keepWithNext: boolean;
  readonly draw: (y: number) => void;
  /** Drawn again at the head of the next page when a page ends inside this unit's group. */
  readonly repeat?: { readonly height: number; readonly draw: (y: number) => void };
}

/**
 * Makes the PDF of a letter. Throws `LETTER_GLYPH_MISSING` where the fonts lack a character and
 * `LETTER_ADDRESS_TOO_LONG` where the address does not fit the window, `LOGO_BAD` for a logo it cannot carry.
 */
export async function renderPdf(letter: PrintableLetter, options: PrintOptions = {}): Promise<Buffer> {
  return (await printed(letter, options)).pdf;
}

/** What of this letter does not fit its place on the page, in words; empty when all is well. */
export async function layoutFaults(letter: PrintableLetter, options: PrintOptions = {}): Promise<string[]> {
  return (await printed(letter, options)).faults;
}

async function printed(
  letter: PrintableLetter,
  options: PrintOptions,
): Promise<{ readonly pdf: Buffer; readonly faults: string[] }> {
  if (options.logo) checkLogo(options.logo);
  const words = LETTER_WORDS[letter.language];
  const printedOn = new Date(`${letter.date}T12:00:00Z`);
  const doc = new PDFDocument({
    size: 'LETTER',
    margin: 0,
    pdfVersion: '1.7',
    tagged: true,
    lang: words.tag,
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: letter.title,
      Author: letter.officeName,
      Subject: letter.reference,
      Creator: 'truancy casework',
      Producer: 'pdfkit',
      CreationDate: printedOn,
      ModDate: printedOn,
    },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  // From here to the end of the document nothing waits, so no other letter comes between.
  resetGlyphs();
  const print = new Print(doc, letter, words, options);
  print.draw(parseMarkup(letter.markup));
  doc.end();
  return { pdf: await finished, faults: [...print.faults] };
}

class Print {
  /** What does not fit; each thing once. */
  readonly faults = new Set<string>();
  private y: number = BODY_TOP;
  private readonly registered = new Set<FontName>();
  private readonly root: Structure;
  private readonly doc: PDFKit.PDFDocument;
  private readonly letter: PrintableLetter;
  private readonly words: LetterWords;
  private readonly options: PrintOptions;

  constructor(doc: PDFKit.PDFDocument, letter: PrintableLetter, words: LetterWords, options: PrintOptions) {
    this.doc = doc;
    this.letter = letter;
    this.words = words;
    this.options = options;
    this.root = doc.struct('Document');
    doc.addStructure(this.root);
  }

  draw(blocks: readonly Block[]): void {
    const flow: Block[] = [];
    for (const block of blocks) {
      if (block.type === 'part' && this.drawPlaced(block.part, block.blocks)) continue;
      flow.push(block);
    }
    this.place(this.unitsOf(flow));
    this.root.end();
    this.furnish();
  }

  // ---- text

  private use(font: FontName, size: number): void {
    if (!this.registered.has(font)) {
      // pdfkit takes a font that is open already; its types know files only.
      this.doc.registerFont(font, fontNamed(font) as unknown as PDFKit.Mixins.PDFFontSource);
      this.registered.add(font);
    }
    this.doc.font(font, size);
  }

  private readonly measure = (text: string, font: FontName, size: number): number => {
    this.use(font, size);
    return this.doc.widthOfString(text);
  };

  private lines(content: readonly Inline[], width: number, style: TextStyle): Line[] {
    return breakLines(content, width, style, this.measure, () =>
      this.faults.add('a word or address is wider than its line and is cut'),
    );
  }

  private drawLine(line: Line, x: number, y: number, style: TextStyle): void {
    for (const piece of line.pieces) {
      this.use(piece.font, style.size);
      this.doc.fillColor(style.color).text(piece.text, x + piece.x, y + style.leading - style.size * 0.3, {
        lineBreak: false,
        baseline: 'alphabetic',
      });
    }
  }

  private plain(
    text: string,
    x: number,
    y: number,
    style: TextStyle,
    align: 'left' | 'right' = 'left',
  ): void {
    const content: Inline[] = [{ type: 'text', text, bold: false, italic: false, href: null }];
    const line = this.lines(content, SHEET.width, style)[0];
    if (line) this.drawLine(line, align === 'right' ? x - line.width : x, y, style);
  }

  private artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    this.doc.markContent('Artifact', { type });
    draw();
    this.doc.endMarkedContent();
  }

  private rule(x1: number, x2: number, y: number, color: string, width: number): void {
    this.doc.moveTo(x1, y).lineTo(x2, y).lineWidth(width).strokeColor(color).stroke();
  }

  // ---- what has a fixed place on the first page

  private drawPlaced(part: Part, blocks: readonly Block[]): boolean {
    const paragraphs = blocks.flatMap((block) => (block.type === 'paragraph' ? [block.content] : []));
    switch (part) {
      case 'letterhead':
        this.drawLetterhead(paragraphs);
        return true;
      case 'reference':
        this.drawReference(paragraphs);
        return true;
      case 'address':
        this.drawAddress(paragraphs);
        return true;
      default:
        return false;
    }
  }

  private drawStack(
    paragraphs: readonly (readonly Inline[])[],
    x: number,
    y: number,
    width: number,
    style: TextStyle,
  ): number {
    for (const content of paragraphs) {
      const lines = this.lines(content, width, style);
      const top = y;
      this.tagged('P', () =>
        lines.forEach((line, i) => this.drawLine(line, x, top + i * style.leading, style)),
      );
      y += lines.length * style.leading;
    }
    return y;
  }

  private drawReference(paragraphs: readonly (readonly Inline[])[]): void {
    const style: TextStyle = { ...CELL, size: 9.5, leading: 14 };
    const width = SHEET.width - MARGIN.right + 36 - REFERENCE_AT.left;
    const bottom = this.drawStack(paragraphs, REFERENCE_AT.left, REFERENCE_AT.top, width, style);
    if (bottom > BODY_TOP) this.faults.add('date and number take more lines than there is room for');
  }

  /** Draws the logo; gives the room it takes beside the name. */
  private drawLogo(): number {
    const { logo } = this.options;
    if (!logo) return 0;
    try {
      const image = (this.doc as unknown as OpensImages).openImage(logo);
      const scale = Math.min(LOGO.width / image.width, LOGO.height / image.height);
      this.artifact('Layout', () => this.doc.image(image, MARGIN.left, LETTERHEAD_TOP - 4, { scale }));
      return image.width * scale + LOGO.gap;
    } catch {
      throw new InputFault('LOGO_BAD', 'the logo cannot be read as an image; save it anew');
    }
  }

  private drawLetterhead(paragraphs: readonly (readonly Inline[])[]): void {
    const [name = [], ...rest] = paragraphs;
    const beside = this.drawLogo();
    const left = Math.max(
      this.drawStack([name], MARGIN.left + beside, LETTERHEAD_TOP, 255 - beside, {
        size: beside > 0 ? 12.5 : 15,
        leading: beside > 0 ? 16 : 19,
        color: BLUE,
        bold: true,
      }),
      beside > 0 ? LETTERHEAD_TOP - 4 + LOGO.height : 0,
    );
    const right = this.drawStack(rest, MARGIN.left + 290, LETTERHEAD_TOP, CONTENT_WIDTH - 290, {
      ...SMALL,
      size: 8.5,
      leading: 11.5,
    });
    const y = Math.max(left, right) + 8;
    if (y > WINDOW_REACH.top) this.faults.add('the letterhead reaches into the envelope’s window');
    this.artifact('Layout', () => {
      this.rule(MARGIN.left, SHEET.width - MARGIN.right, y, BLUE, 1.5);
      // Where to fold, so that the address comes to lie in the window.
      for (const fold of FOLDS) this.rule(14, 24, fold, RULE, 0.5);
    });
  }

  /** In the window whole: more lines, smaller type, and refused rather than hidden by the envelope's paper. */
  private drawAddress(paragraphs: readonly (readonly Inline[])[]): void {
    const width = ADDRESS_BOX.right - ADDRESS_BOX.left;
    const height = ADDRESS_BOX.bottom - ADDRESS_BOX.top;
    const content = paragraphs.flat();
    let style: TextStyle = { size: 10.5, leading: 12.5, color: INK };
    let lines = this.lines(content, width, style);
    while (lines.length * style.leading > height) {
      if (style.size <= 7) {
        throw new InputFault(
          'LETTER_ADDRESS_TOO_LONG',
          'names and address do not fit the envelope’s window; shorten them or leave out a line',
        );
      }
      style = { size: style.size - 0.5, leading: style.leading - 0.65, color: INK };
      lines = this.lines(content, width, style);
    }
    const top = ADDRESS_BOX.top + Math.max(0, (height - lines.length * style.leading) / 2);
    this.tagged('P', () =>
      lines.forEach((line, i) => this.drawLine(line, ADDRESS_BOX.left, top + i * style.leading, style)),
    );
  }

  // ---- structure

  /** A structure element of the letter itself, drawn now. */
  private tagged(type: string, draw: () => void, options: StructureOptions = {}): void {
    const element = this.doc.struct(type, options);
    this.root.add(element);
    element.add(draw);
    element.end();
  }

  /** An element opened by its first unit and closed by its last: it may go over pages. */
  private opened(parent: () => Structure, type: string, options: StructureOptions = {}): () => Structure {
    let element: Structure | null = null;
    return () => {
      if (!element) {
        element = this.doc.struct(type, options);
        parent().add(element);
      }
      return element;
    };
  }

  // ---- running text

  private unitsOf(blocks: readonly Block[]): Unit[] {
    return blocks.flatMap((block, i) => {
      const next = blocks[i + 1];
      // The last words, the signature and the copies stay on one page.
      const beforeSignature = next?.type === 'part' && (next.part === 'signature' || next.part === 'copies');
      const leadsIn = block.type === 'paragraph' && plainText(block.content).endsWith(':');
      return this.unitsOfBlock(block, beforeSignature || leadsIn);
    });
  }

  private unitsOfBlock(block: Block, keep: boolean): Unit[] {
    const atRoot = (): Structure => this.root;
    switch (block.type) {
      case 'heading': {
        const style = block.level === 1 ? H1 : H2;
        const open = this.opened(atRoot, `H${block.level}`);
        const lines = this.lines(block.content, CONTENT_WIDTH, style);
        return [this.textUnit(lines, MARGIN.left, style, block.level === 1 ? 4 : 12, open, true)];
      }
      case 'paragraph':
        return this.paragraphUnits(block, BODY, keep, 6);
      case 'list':
        return this.listUnits(block.items, block.ordered);
      case 'table':
        return this.tableUnits(block.head, block.rows, 0);
      case 'part':
        if (block.part === 'sign-here') return this.signHereUnits(block.blocks);
        if (block.part === 'interpreter') return this.interpreterUnits(block.blocks);
        if (block.part === 'signature') return [this.signatureUnit(block.blocks, keep)];
        return block.blocks.flatMap((inner) =>
          inner.type === 'paragraph'
            ? this.paragraphUnits(inner, SMALL, false, 10)
            : this.unitsOfBlock(inner, false),
        );
    }
  }

  private textUnit(
    lines: readonly Line[],
    x: number,
    style: TextStyle,
    before: number,
    element: () => Structure,
    keepWithNext: boolean,
  ): Unit {
    return {
      before,
      height: lines.length * style.leading,
      keepWithNext,
      draw: (y) => {
        element().add(() => lines.forEach((line, i) => this.drawLine(line, x, y + i * style.leading, style)));
      },
    };
  }

  /** Short paragraphs stay whole; long ones break, with never less than two lines on either page. */
  private paragraphUnits(
    block: Extract<Block, { type: 'paragraph' }>,
    style: TextStyle,
    keep: boolean,
    before: number,
  ): Unit[] {
    const rightToLeft = block.dir === 'rtl';
    const lines = this.lines(block.content, CONTENT_WIDTH, { ...style, rightToLeft });
    const open = this.opened(() => this.root, 'P', {
      ...(block.lang === null ? {} : { lang: block.lang }),
      ...(rightToLeft ? { actual: plainText(block.content) } : {}),
    });
    if (lines.length <= 4 || keep) return [this.textUnit(lines, MARGIN.left, style, before, open, keep)];
    const middle = lines.slice(2, -2);
    return [
      this.textUnit(lines.slice(0, 2), MARGIN.left, style, before, open, false),
      ...middle.map((line) => this.textUnit([line], MARGIN.left, style, 0, open, false)),
      this.textUnit(lines.slice(-2), MARGIN.left, style, 0, open, false),
    ];
  }

  private listUnits(items: readonly (readonly Inline[])[], ordered: boolean): Unit[] {
    const list = this.opened(() => this.root, 'L');
    const indent = 16;
    return items.map((content, i) => {
      const item = this.opened(list, 'LI');
      const label = this.opened(item, 'Lbl');
      const body = this.opened(item, 'LBody');
      const lines = this.lines(content, CONTENT_WIDTH - indent, BODY);
      return {
        before: i === 0 ? 4 : 3,
        height: lines.length * BODY.leading,
        // No item alone at either end of a page.
        keepWithNext: items.length > 1 && (i === 0 || i === items.length - 2),
        draw: (y) => {
          label().add(() => this.plain(ordered ? `${i + 1}.` : '•', MARGIN.left + 3, y, BODY));
          body().add(() =>
            lines.forEach((line, n) => this.drawLine(line, MARGIN.left + indent, y + n * BODY.leading, BODY)),
          );
        },
      };
    });
  }

  // ---- tables

  private columnWidths(rows: readonly (readonly Cell[])[]): number[] {
    const gap = 14;
    const natural = (rows[0] ?? []).map((_, column) =>
      Math.max(
        36,
        ...rows.map((cells) => {
          const cell = cells[column];
          if (!cell) return 0;
          const lines = this.lines(cell.content, 10_000, { ...CELL, bold: cell.header });
          return Math.max(0, ...lines.map((line) => line.width)) + gap;
        }),
      ),
    );
    const total = natural.reduce((a, b) => a + b, 0);
    if (total <= CONTENT_WIDTH)
      return natural.map((w, i) => (i === natural.length - 1 ? w + CONTENT_WIDTH - total : w));
    // Narrow columns keep their width; the wide ones share what is left.
    const fair = CONTENT_WIDTH / natural.length;
    const wide = natural.filter((w) => w > fair).reduce((a, b) => a + b, 0);
    const left = CONTENT_WIDTH - natural.filter((w) => w <= fair).reduce((a, b) => a + b, 0);
    return natural.map((w) => (w <= fair ? w : (w / wide) * left));
  }

  /** Rows with room to sign in, all on one page. */
  private signHereUnits(blocks: readonly Block[]): Unit[] {
    const units = blocks.flatMap((block) =>
      block.type === 'table'
        ? this.tableUnits(block.head, block.rows, SIGNING_ROOM)
        : this.unitsOfBlock(block, true),
    );
    return units.map((unit, i) => ({ ...unit, keepWithNext: i < units.length - 1 }));
  }

  /** `leastHeight`: of each row but the header, in points. */
  private tableUnits(head: readonly Cell[], rows: readonly (readonly Cell[])[], leastHeight: number): Unit[] {
    const widths =
      leastHeight > 0
        ? SIGNING_COLUMNS.map((share) => share * CONTENT_WIDTH)
        : this.columnWidths(head.length ? [head, ...rows] : rows);
    const table = this.opened(() => this.root, 'Table');
    const all = head.length ? [head, ...rows] : rows;
    const units = all.map((cells, i): Unit => {
      const isHead = head.length > 0 && i === 0;
      const laid = this.layRow(cells, widths, isHead, isHead ? 0 : leastHeight);
      const row = this.opened(table, 'TR');
      return {
        before: i === 0 ? 6 : 0,
        height: laid.height,
        // The header with two rows at least, and the sum never without a row above it.
        keepWithNext: isHead || (head.length > 0 && i === 1 && all.length > 2) || i === all.length - 2,
        draw: (y) => {
          cells.forEach((cell, n) => {
            const scope: StructureOptions = cell.header ? { scope: isHead ? 'Column' : 'Row' } : {};
            const element = this.opened(row, cell.header ? 'TH' : 'TD', scope);
            element().add(() => laid.drawCell(n, y));
          });
          this.artifact('Layout', () => laid.drawRule(y));
        },
      };
    });
    const first = units[0];
    if (!head.length || !first) return units;
    const header = this.layRow(head, widths, true, 0);
    const repeat = {
      height: first.height,
      draw: (y: number) =>
        this.artifact('Pagination', () => {
          head.forEach((_, n) => header.drawCell(n, y));
          header.drawRule(y);
        }),
    };
    return units.map((unit, i) => (i === 0 ? unit : { ...unit, repeat }));
  }

  private layRow(cells: readonly Cell[], widths: readonly number[], isHead: boolean, leastHeight: number) {
    const padding = 3;
    const styleOf = (cell: Cell): TextStyle => (cell.header ? { ...CELL, bold: true } : CELL);
    const laid = cells.map((cell, n) => this.lines(cell.content, (widths[n] ?? 0) - 12, styleOf(cell)));
    const height = Math.max(
      leastHeight,
      Math.max(1, ...laid.map((lines) => lines.length)) * CELL.leading + 2 * padding,
    );
    const left = (n: number): number => MARGIN.left + widths.slice(0, n).reduce((a, b) => a + b, 0);
    return {
      height,
      drawCell: (n: number, y: number): void => {
        const cell = cells[n];
        if (!cell) return;
        (laid[n] ?? []).forEach((line, i) =>
          this.drawLine(line, left(n), y + padding + i * CELL.leading, styleOf(cell)),
        );
      },
      drawRule: (y: number): void =>
        this.rule(
          MARGIN.left,
          SHEET.width - MARGIN.right,
          y + height,
          isHead ? INK : '#d0d6dc',
          isHead ? 0.8 : 0.5,
        ),
    };
  }

  // ---- parts

  /** A tinted field above the letter, in the reader's language. */
  private interpreterUnits(blocks: readonly Block[]): Unit[] {
    const style: TextStyle = { size: 9.8, leading: 13.6, color: INK };
    const inset = 9;
    const paragraphs = blocks.flatMap((block) => (block.type === 'paragraph' ? [block] : []));
    const laid = paragraphs.map((block) => ({
      block,
      lines: this.lines(block.content, CONTENT_WIDTH - 2 * inset, {
        ...style,
        rightToLeft: block.dir === 'rtl',
      }),
    }));
    const heights = laid.map(({ lines }) => lines.length * style.leading + 3);
    const height = heights.reduce((a, b) => a + b, 0) + 2 * 6 - 3;
    return [
      {
        before: 0,
        height: height + 12,
        keepWithNext: false,
        draw: (y) => {
          this.artifact('Layout', () =>
            this.doc.rect(MARGIN.left, y, CONTENT_WIDTH, height).fillColor('#eef3f9').fill(),
          );
          let top = y + 6;
          laid.forEach(({ block, lines }, i) => {
            const at = top;
            this.tagged(
              'P',
              () =>
                lines.forEach((line, n) =>
                  this.drawLine(line, MARGIN.left + inset, at + n * style.leading, style),
                ),
              {
                ...(block.lang === null ? {} : { lang: block.lang }),
                ...(block.dir === 'rtl' ? { actual: plainText(block.content) } : {}),
              },
            );
            top += heights[i] ?? 0;
          });
        },
      },
    ];
  }

  /** Closing, room to sign, name and title: never torn apart, never alone on a page. */
  private signatureUnit(blocks: readonly Block[], keepWithNext: boolean): Unit {
    const room = 40;
    const laid = blocks.flatMap((block) =>
      block.type === 'paragraph' ? [this.lines(block.content, CONTENT_WIDTH, BODY)] : [],
    );
    const text = laid.reduce((sum, lines) => sum + lines.length * BODY.leading, 0);
    return {
      before: 12,
      height: text + room,
      keepWithNext,
      draw: (y) => {
        laid.forEach((lines, i) => {
          const top = y;
          this.tagged('P', () =>
            lines.forEach((line, n) => this.drawLine(line, MARGIN.left, top + n * BODY.leading, BODY)),
          );
          y += lines.length * BODY.leading + (i === 0 ? room : 0);
        });
      },
    };
  }

  // ---- pages

  /** Puts units on pages. What must not be parted from the next is taken along with it. */
  private place(units: readonly Unit[]): void {
    for (let i = 0; i < units.length; i += 1) {
      const unit = units[i];
      if (!unit) continue;
      if (unit.height > CONTENT_BOTTOM - NEXT_TOP)
        this.faults.add('a row, item or paragraph is taller than a page');
      let needed = unit.before + unit.height;
      for (let n = i; units[n]?.keepWithNext && units[n + 1]; n += 1) {
        const next = units[n + 1];
        needed += next ? next.before + next.height : 0;
      }
      const startsPage = this.y === NEXT_TOP;
      // A group taller than a page is broken all the same: better than an endless row of empty pages.
      const fits = this.y + needed <= CONTENT_BOTTOM || needed > CONTENT_BOTTOM - NEXT_TOP;
      const keptBack = i > 0 && units[i - 1]?.keepWithNext === true;
      if (!startsPage && !keptBack && !fits) this.newPage(unit);
      else if (!startsPage && this.y + unit.before + unit.height > CONTENT_BOTTOM) this.newPage(unit);
      const top = this.y === NEXT_TOP ? this.y : this.y + unit.before;
      unit.draw(top);
      this.y = top + unit.height;
    }
  }

  private newPage(unit: Unit): void {
    this.doc.addPage({ size: 'LETTER', margin: 0 });
    this.y = NEXT_TOP;
    if (unit.repeat) {
      unit.repeat.draw(this.y);
      this.y += unit.repeat.height;
    }
  }

  /** What every page carries: which letter it belongs to, page x of y, and whether it is practice or a copy. */
  private furnish(): void {
    const { count } = this.doc.bufferedPageRange();
    const bottom = SHEET.height - 0.62 * 72;
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(page);
      this.artifact('Pagination', () => {
        if (page > 0) {
          this.plain(
            `${this.letter.officeName} · ${this.words.longDate(this.letter.date)}`,
            MARGIN.left,
            38,
            SMALL,
          );
          this.rule(MARGIN.left, SHEET.width - MARGIN.right, 55, RULE, 0.5);
        }
        this.plain(this.letter.reference, MARGIN.left, bottom, SMALL);
        this.plain(this.words.page(page + 1, count), SHEET.width - MARGIN.right, bottom, SMALL, 'right');
        if (this.options.copy) {
          this.plain(this.words.copy, SHEET.width - 36, 20, { ...H2, color: GREY }, 'right');
        }
        if (this.letter.practice) this.markPractice();
      });
    }
  }

  private markPractice(): void {
    const banner: TextStyle = { size: 10, leading: 14, color: '#4a3500', bold: true };
    this.doc.rect(0, 0, SHEET.width, 20).fillColor('#ffe08a').fill();
    this.plain(this.words.practiceBanner, MARGIN.left, 2, banner);
    this.doc
      .rect(0, SHEET.height - 22, SHEET.width, 22)
      .fillColor('#ffe08a')
      .fill();
    this.plain(this.words.practiceBanner, MARGIN.left, SHEET.height - 20, banner);
  }
}
