/** Binds a packet: kept pages between the drawn ones, a number on every page, and the seal behind them. */
import { degrees, PDFDocument, rgb, StandardFonts, type PDFFont, type PDFPage } from '@cantoo/pdf-lib';
import type { CourtPacket } from '../domain/court-packet.ts';
import { shortDate } from '../domain/dates.ts';
import { asArtifact, readPages, withoutTags } from './pdf/kept-pages.ts';
import { Report } from './pdf/report.ts';

/** A run of pages of one exhibit (0: the index): drawn here, or kept. */
export interface Run {
  readonly exhibit: number;
  readonly pages: number;
  readonly kept: PDFDocument | null;
}

/** All pages but the last, in order and numbered; `whole` counts the last too. */
export async function assemble(
  packet: CourtPacket,
  { own, runs }: { own: Uint8Array; runs: readonly Run[] },
  whole: number,
): Promise<Uint8Array> {
  const doc = await readPages(own);
  let at = 0;
  for (const { kept, pages } of runs) {
    if (kept) {
      const copied = await doc.copyPages(kept, kept.getPageIndices());
      copied.forEach((page, i) => doc.insertPage(at + i, withoutTags(page)));
    }
    at += pages;
  }
  if (doc.getPageCount() !== whole - 1) throw new Error('the packet’s pages are not those that were counted');
  const fonts = await fontsOf(doc);
  let page = 0;
  for (const { exhibit, pages } of runs) {
    for (let i = 0; i < pages; i += 1) {
      number(
        doc.getPage(page),
        fonts,
        packet,
        exhibit === 0 ? 'Index' : `Exhibit ${exhibit}`,
        page + 1,
        whole,
      );
      page += 1;
    }
  }
  return doc.save({ useObjectStreams: false });
}

interface Fonts {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
}

async function fontsOf(doc: PDFDocument): Promise<Fonts> {
  return {
    regular: await doc.embedFont(StandardFonts.Helvetica),
    bold: await doc.embedFont(StandardFonts.HelveticaBold),
  };
}

const GREY = rgb(0.2, 0.25, 0.3);

/** Below the letters' own foot and above the band of a practice letter: nothing of a kept page is covered. */
const NUMBER_AT = 24.5;

function number(
  page: PDFPage,
  { regular, bold }: Fonts,
  { caseNumber, draft, practice }: CourtPacket,
  exhibit: string,
  n: number,
  whole: number,
): void {
  const { width, height } = page.getSize();
  const words = `${exhibit} – page ${n} of ${whole} – case ${caseNumber}`;
  const size = 7.5;
  asArtifact(page, () => {
    page.drawText(words, {
      ...{
        x: (width - regular.widthOfTextAtSize(words, size)) / 2,
        y: NUMBER_AT,
        size,
        font: regular,
        color: GREY,
      },
    });
    const marks = [...(draft ? ['DRAFT'] : []), ...(practice ? ['PRACTICE'] : [])].join(' – ');
    if (marks === '') return;
    page.drawText(marks, { x: 54, y: NUMBER_AT, size: 9, font: bold, color: rgb(0.6, 0.1, 0.1) });
    page.drawText(marks, {
      ...{ x: width - 54 - bold.widthOfTextAtSize(marks, 9), y: NUMBER_AT, size: 9, font: bold },
      color: rgb(0.6, 0.1, 0.1),
    });
    if (!draft) return;
    page.drawText('DRAFT', {
      ...{ x: width / 2 - 190, y: height / 2 - 150, size: 140, font: bold, rotate: degrees(38) },
      ...{ color: rgb(0.6, 0.2, 0.2), opacity: 0.1 },
    });
  });
}

export interface Sealed {
  readonly packet: CourtPacket;
  readonly missing: readonly string[];
  /** Who gives it out, as the record has it: `case-manager U-0003`. */
  readonly by: string;
}

/** Adds the last page behind the finished file, so that what it names can be hashed by anybody: the file's first bytes. */
export async function seal(
  { packet, by, missing }: Sealed,
  body: Uint8Array,
  sealedSha256: string,
  whole: number,
): Promise<Uint8Array> {
  const sheet = new Report({ title: 'Seal', author: packet.office.name, date: packet.madeOn });
  sheet.section('What was given out, and its seal');
  sheet.facts([
    ['Given out', packet.draft ? 'no: a draft for the office itself' : shortDate(packet.madeOn)],
    ['By', by],
    [
      'To',
      packet.to === null
        ? `State’s Attorney of ${packet.county} County`
        : `${packet.to.name}, ${packet.to.title}`,
    ],
    ['Purpose', packet.purpose],
    ['Pages', `${whole}, this one among them`],
    ['Missing', missing.length === 0 ? 'nothing' : `${missing.length}, named on page 1`],
    ['Record', packet.draft ? 'no disclosure was entered' : 'entered in the office’s list of disclosures'],
  ]);
  sheet.heading('SHA-256 of what precedes this page');
  sheet.table([{ head: '', share: 100 }], [[sealedSha256]]);
  sheet.paragraph(
    `It is the hash of the first ${body.length} bytes of this file: pages 1 to ${whole - 1}, complete as a PDF of their own. This page was added behind them and changes none of them. To check it: head -c ${body.length} FILE | sha256sum`,
  );
  const last = await readPages(await sheet.end());
  const doc = await PDFDocument.load(body, { forIncrementalUpdate: true, updateMetadata: false });
  const [page] = await doc.copyPages(last, [0]);
  if (!page) throw new Error('there is no last page');
  doc.addPage(withoutTags(page));
  number(page, await fontsOf(doc), packet, 'Seal', whole, whole);
  return doc.save({ useObjectStreams: false });
}
