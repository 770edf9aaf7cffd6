/**
 * Work on pages that are kept: letters as they left are put together, numbered and marked, never drawn anew. No clock in
 * here: the same letters give the same bytes.
 */
import {
  beginMarkedContent,
  degrees,
  endMarkedContent,
  PDFDocument,
  PDFName,
  rgb,
  StandardFonts,
  type PDFPage,
} from '@cantoo/pdf-lib';

/** pdf-lib would write the clock's time and its own name. */
const AS_IT_IS = { updateMetadata: false } as const;

export async function readPages(pdf: Uint8Array): Promise<PDFDocument> {
  return PDFDocument.load(pdf, AS_IT_IS);
}

export async function countPages(pdf: Uint8Array): Promise<number> {
  return (await readPages(pdf)).getPageCount();
}

export interface Merged {
  readonly pdf: Uint8Array;
  readonly pages: number;
  /** Of each letter, in order: 1 for the first page of the whole. */
  readonly placed: readonly { readonly firstPage: number; readonly pages: number }[];
}

/** The letters one behind the other. With `duplex` each begins on the front of a sheet: a blank page stands before it where needed. */
export async function mergeKept(
  letters: readonly Uint8Array[],
  options: { duplex: boolean },
): Promise<Merged> {
  const whole = await PDFDocument.create(AS_IT_IS);
  const placed: { firstPage: number; pages: number }[] = [];
  for (const letter of letters) {
    const kept = await readPages(letter);
    if (options.duplex && whole.getPageCount() % 2 === 1) whole.addPage([612, 792]);
    const firstPage = whole.getPageCount() + 1;
    for (const page of await whole.copyPages(kept, kept.getPageIndices())) whole.addPage(withoutTags(page));
    placed.push({ firstPage, pages: kept.getPageCount() });
  }
  return { pdf: await whole.save(), pages: whole.getPageCount(), placed };
}

/** A page taken out of its document has lost the tree its tags point into; a pointer into nothing misleads readers. */
export function withoutTags(page: PDFPage): PDFPage {
  page.node.delete(PDFName.of('StructParents'));
  return page;
}

/** Printed again: says so at the head of every page, and across it. */
export async function markCopies(pdf: Uint8Array, words: string): Promise<Uint8Array> {
  const doc = await readPages(pdf);
  const font = await doc.embedFont(StandardFonts.HelveticaBold);
  for (const page of doc.getPages()) {
    const { width, height } = page.getSize();
    asArtifact(page, () => {
      page.drawText(words, {
        ...{ x: width - 40 - font.widthOfTextAtSize(words, 9), y: height - 31, size: 9, font },
        color: rgb(0.32, 0.38, 0.43),
      });
      page.drawText('COPY', {
        ...{ x: width / 2 - 160, y: height / 2 - 130, size: 130, font, rotate: degrees(35) },
        ...{ color: rgb(0.4, 0.45, 0.5), opacity: 0.13 },
      });
    });
  }
  return doc.save();
}

/** What a screen reader passes over: numbers and marks set on pages that were made before. */
export function asArtifact(page: PDFPage, draw: () => void): void {
  page.pushOperators(beginMarkedContent('Artifact'));
  draw();
  page.pushOperators(endMarkedContent());
}
