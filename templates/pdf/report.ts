/**
 * Sheets of the office's own that are no letters: lists for the post, exhibits for the court. Headings, paragraphs, facts
 * and tables down the page, tagged for screen readers; a table's head is repeated on the next page.
 */
import PDFDocument from 'pdfkit';
import type { Inline } from '../markup.ts';
import { tidyLine } from '../letter-context.ts';
import { fontNamed, resetGlyphs } from './fonts.ts';
import type { FontName } from './fonts.ts';
import { breakLines } from './lines.ts';
import type { Line, LineStyle } from './lines.ts';
import { SHEET } from './page.ts';

const INK = '#1f2933';
const GREY = '#52606d';
const BLUE = '#1d3f6e';
const HAIR = '#d0d6dc';

interface TextStyle extends LineStyle {
  readonly leading: number;
  readonly color: string;
}
const TITLE: TextStyle = { size: 17, leading: 23, color: BLUE, bold: true };
const SECTION: TextStyle = { size: 14, leading: 19, color: BLUE, bold: true };
const HEADING: TextStyle = { size: 11, leading: 15, color: BLUE, bold: true };
const BODY: TextStyle = { size: 10, leading: 14, color: INK };
const SMALL: TextStyle = { size: 8.5, leading: 11.8, color: GREY };
const CELL: TextStyle = { size: 8.8, leading: 11.8, color: INK };
const PADDING = 2.5;
const GUTTER = 8;

export interface ReportOptions {
  readonly title: string;
  readonly author: string;
  /** The document's own date: no clock, so the same content gives the same bytes. */
  readonly date: string;
  readonly landscape?: boolean;
}

export interface Column {
  readonly head: string;
  /** Share of the width. */
  readonly share: number;
  readonly align?: 'left' | 'right';
}

type Structure = PDFKit.PDFStructureElement;
/** pdfkit knows the scope of a header cell; its types do not yet. */
type StructureOptions = NonNullable<Parameters<PDFKit.PDFDocument['struct']>[1]> & {
  scope?: 'Column' | 'Row';
};

export class Report {
  private readonly doc: PDFKit.PDFDocument;
  private readonly root: Structure;
  private readonly registered = new Set<FontName>();
  private readonly width: number;
  private readonly height: number;
  private readonly margin: { left: number; right: number; top: number; bottom: number };
  private readonly chunks: Buffer[] = [];
  private readonly finished: Promise<Buffer>;
  private y: number;
  private pages = 1;

  /** From here to {@link end} nothing may wait: the fonts' memory of glyphs is shared by all documents. */
  constructor(options: ReportOptions) {
    const landscape = options.landscape === true;
    this.width = landscape ? SHEET.height : SHEET.width;
    this.height = landscape ? SHEET.width : SHEET.height;
    this.margin = { left: 54, right: 54, top: 50, bottom: 62 };
    const made = new Date(`${options.date}T12:00:00Z`);
    this.doc = new PDFDocument({
      size: 'LETTER',
      layout: landscape ? 'landscape' : 'portrait',
      margin: 0,
      pdfVersion: '1.7',
      tagged: true,
      lang: 'en-US',
      displayTitle: true,
      bufferPages: true,
      info: {
        Title: options.title,
        Author: options.author,
        Creator: 'truancy casework',
        Producer: 'pdfkit',
        CreationDate: made,
        ModDate: made,
      },
    });
    this.finished = new Promise<Buffer>((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => this.chunks.push(chunk));
      this.doc.on('end', () => resolve(Buffer.concat(this.chunks)));
      this.doc.on('error', reject);
    });
    resetGlyphs();
    this.root = this.doc.struct('Document');
    this.doc.addStructure(this.root);
    this.y = this.margin.top;
  }

  /** 1 for the first page. */
  get page(): number {
    return this.pages;
  }

  async end(): Promise<Buffer> {
    this.root.end();
    this.doc.end();
    return this.finished;
  }

  /** "page x of y" and a line of words at the foot of each page; for sheets that nothing else numbers. */
  numberPages(words: string): void {
    for (let page = 0; page < this.pages; page += 1) {
      this.doc.switchToPage(page);
      this.artifact('Pagination', () => {
        this.plain(words, this.margin.left, this.height - 40, SMALL);
        this.plain(
          `page ${page + 1} of ${this.pages}`,
          this.width - this.margin.right,
          this.height - 40,
          SMALL,
          true,
        );
      });
    }
  }

  // ---- what a sheet is made of

  newPage(): void {
    this.doc.addPage({
      size: 'LETTER',
      margin: 0,
      layout: this.width > this.height ? 'landscape' : 'portrait',
    });
    this.pages += 1;
    this.y = this.margin.top;
  }

  /** A bookmark to the page one is on. */
  bookmark(words: string): void {
    this.doc.outline.addItem(words);
  }

  title(words: string): void {
    this.block('H1', this.lay(words, TITLE), TITLE, 0, 6);
  }

  section(words: string): void {
    this.block('H1', this.lay(words, SECTION), SECTION, 0, 6);
  }

  heading(words: string): void {
    this.block('H2', this.lay(words, HEADING), HEADING, 10, 3, 40);
  }

  paragraph(words: string, options: { small?: boolean; bold?: boolean } = {}): void {
    const style = { ...(options.small ? SMALL : BODY), ...(options.bold ? { bold: true } : {}) };
    this.block('P', this.lay(words, style), style, 0, 5);
  }

  list(items: readonly string[]): void {
    const list = this.element(this.root, 'L');
    for (const item of items) {
      const lines = this.lay(item, BODY, this.content - 14);
      this.room(lines.length * BODY.leading);
      const entry = this.element(list, 'LI');
      const top = this.y;
      this.element(entry, 'Lbl').add(() => this.plain('•', this.margin.left + 2, top, BODY));
      this.element(entry, 'LBody').add(() => this.drawLines(lines, this.margin.left + 14, top, BODY));
      this.y += lines.length * BODY.leading + 2;
    }
    this.y += 4;
  }

  /** A framed field that must be seen. */
  notice(head: string, items: readonly string[]): void {
    const headLines = this.lay(head, { ...BODY, bold: true }, this.content - 20);
    const laid = items.map((item) => this.lay(`• ${item}`, BODY, this.content - 28));
    const height = (headLines.length + laid.flat().length) * BODY.leading + laid.length * 2 + 14;
    // A field taller than what is left of the page goes on as a plain list rather than over the edge.
    if (this.y + height > this.bottom) {
      this.paragraph(head, { bold: true });
      this.list(items);
      return;
    }
    const top = this.y;
    this.artifact('Layout', () =>
      this.doc
        .rect(this.margin.left, top, this.content, height)
        .lineWidth(1)
        .fillAndStroke('#fff6e0', '#b7791f'),
    );
    let y = top + 7;
    const put = (lines: readonly Line[], x: number, style: TextStyle): void => {
      const at = y;
      this.element(this.root, 'P').add(() => this.drawLines(lines, x, at, style));
      y += lines.length * BODY.leading + 2;
    };
    put(headLines, this.margin.left + 10, { ...BODY, bold: true });
    for (const lines of laid) put(lines, this.margin.left + 16, BODY);
    this.y = top + height + 10;
  }

  /** Names and what belongs to them, side by side. */
  facts(rows: readonly (readonly [string, string])[]): void {
    this.table(
      [
        { head: '', share: 26 },
        { head: '', share: 74 },
      ],
      rows,
      { rowHeads: true },
    );
  }

  table(
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
    options: { rowHeads?: boolean } = {},
  ): void {
    const sum = columns.reduce((total, { share }) => total + share, 0);
    const widths = columns.map(({ share }) => (share / sum) * this.content);
    const element = this.element(this.root, 'Table');
    const hasHead = columns.some(({ head }) => head !== '');
    const head = hasHead
      ? this.layRow(
          columns.map((one) => one.head),
          columns,
          widths,
          true,
        )
      : null;
    const drawHead = (tagged: boolean): void => {
      if (!head) return;
      const top = this.y;
      if (tagged)
        this.drawRow(
          head,
          element,
          top,
          columns.map(() => ({ type: 'TH', scope: 'Column' })),
        );
      else this.artifact('Pagination', () => head.forEach((cell) => this.drawCell(cell, top)));
      this.y += rowHeight(head);
      this.artifact('Layout', () => this.line(this.y, INK, 0.8));
    };
    this.y += 2;
    const rowsLaid = rows.map((row) =>
      this.layRow(row, columns, widths, false, options.rowHeads === true ? [0] : []),
    );
    this.room((head ? rowHeight(head) : 0) + (rowsLaid[0] ? rowHeight(rowsLaid[0]) : 0));
    drawHead(true);
    for (const row of rowsLaid) {
      const height = rowHeight(row);
      if (this.y + height > this.bottom && this.y > this.margin.top + 60) {
        this.newPage();
        drawHead(false);
      }
      this.drawRow(
        row,
        element,
        this.y,
        columns.map((_, n) =>
          options.rowHeads === true && n === 0 ? { type: 'TH', scope: 'Row' } : { type: 'TD' },
        ),
      );
      this.y += height;
      const at = this.y;
      this.artifact('Layout', () => this.line(at, HAIR, 0.5));
    }
    this.y += 10;
  }

  /** Lines to write on, each with what belongs there below it. */
  blanks(labels: readonly string[]): void {
    for (const label of labels) {
      this.room(44);
      this.y += 28;
      const at = this.y;
      this.artifact('Layout', () =>
        this.doc
          .moveTo(this.margin.left, at)
          .lineTo(this.margin.left + 290, at)
          .lineWidth(0.7)
          .strokeColor(INK)
          .stroke(),
      );
      this.element(this.root, 'P').add(() => this.plain(label, this.margin.left, at + 1, SMALL));
      this.y += 16;
    }
    this.y += 6;
  }

  space(points: number): void {
    this.y += points;
  }

  // ---- setting text

  private get content(): number {
    return this.width - this.margin.left - this.margin.right;
  }

  private get bottom(): number {
    return this.height - this.margin.bottom;
  }

  private room(height: number): void {
    if (this.y + height > this.bottom && this.y > this.margin.top) this.newPage();
  }

  private lay(words: string, style: TextStyle, width = this.content): Line[] {
    const content: Inline[] = words.split('\n').flatMap((text, i): Inline[] => [
      ...(i === 0 ? [] : [{ type: 'break' as const }]),
      {
        type: 'text' as const,
        text: text.trim() === '' ? text : tidyLine(text),
        bold: false,
        italic: false,
        href: null,
      },
    ]);
    return breakLines(content, width, style, this.measure);
  }

  private block(
    type: string,
    lines: readonly Line[],
    style: TextStyle,
    before: number,
    after: number,
    keep = 0,
  ): void {
    if (this.y > this.margin.top) this.y += before;
    const height = lines.length * style.leading;
    if (height + keep <= this.bottom - this.margin.top) this.room(height + keep);
    // A paragraph longer than what is left of the page goes on at the next, line by line.
    const element = this.element(this.root, type);
    let rest = [...lines];
    while (rest.length > 0) {
      const fits = Math.max(1, Math.floor((this.bottom - this.y) / style.leading));
      const now = rest.slice(0, fits);
      rest = rest.slice(fits);
      const at = this.y;
      element.add(() => this.drawLines(now, this.margin.left, at, style));
      this.y += now.length * style.leading;
      if (rest.length > 0) this.newPage();
    }
    this.y += after;
  }

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

  private drawLines(lines: readonly Line[], x: number, y: number, style: TextStyle): void {
    lines.forEach((line, i) => {
      for (const piece of line.pieces) {
        this.use(piece.font, style.size);
        this.doc
          .fillColor(style.color)
          .text(piece.text, x + piece.x, y + i * style.leading + style.leading - style.size * 0.3, {
            lineBreak: false,
            baseline: 'alphabetic',
          });
      }
    });
  }

  private plain(words: string, x: number, y: number, style: TextStyle, right = false): void {
    const [line] = this.lay(words, style, 2_000);
    if (line) this.drawLines([line], right ? x - line.width : x, y, style);
  }

  private line(y: number, color: string, width: number): void {
    this.doc
      .moveTo(this.margin.left, y)
      .lineTo(this.width - this.margin.right, y)
      .lineWidth(width)
      .strokeColor(color)
      .stroke();
  }

  // ---- rows

  private layRow(
    cells: readonly string[],
    columns: readonly Column[],
    widths: readonly number[],
    isHead: boolean,
    bold: readonly number[] = [],
  ): LaidCell[] {
    let x = this.margin.left;
    return columns.map((column, n) => {
      const width = widths[n] ?? 0;
      const style: TextStyle = {
        ...CELL,
        ...(isHead || bold.includes(n) ? { bold: true } : {}),
        ...(isHead ? { color: GREY } : {}),
      };
      const laid = {
        lines: this.lay(cells[n] ?? '', style, width - GUTTER),
        x,
        width: width - GUTTER,
        right: column.align === 'right',
        style,
      };
      x += width;
      return laid;
    });
  }

  private drawRow(
    row: readonly LaidCell[],
    table: Structure,
    top: number,
    kinds: readonly { type: 'TH' | 'TD'; scope?: 'Column' | 'Row' }[],
  ): void {
    const tr = this.element(table, 'TR');
    row.forEach((cell, n) => {
      const { type, scope } = kinds[n] ?? { type: 'TD' };
      this.element(tr, type, scope === undefined ? {} : { scope }).add(() => this.drawCell(cell, top));
    });
  }

  private drawCell(cell: LaidCell, top: number): void {
    cell.lines.forEach((line, i) => {
      const x = cell.right ? cell.x + cell.width - line.width : cell.x;
      this.drawLines([line], x, top + PADDING + i * cell.style.leading, cell.style);
    });
  }

  private element(parent: Structure, type: string, options: StructureOptions = {}): Structure {
    const element = this.doc.struct(type, options);
    parent.add(element);
    return element;
  }

  private artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    this.doc.markContent('Artifact', { type });
    draw();
    this.doc.endMarkedContent();
  }
}

interface LaidCell {
  readonly lines: readonly Line[];
  readonly x: number;
  readonly width: number;
  readonly right: boolean;
  readonly style: TextStyle;
}

function rowHeight(row: readonly LaidCell[]): number {
  return Math.max(1, ...row.map(({ lines }) => lines.length)) * CELL.leading + 2 * PADDING;
}
