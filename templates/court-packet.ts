/**
 * The packet as one PDF: an index, numbered exhibits, the letters' own pages as they are kept, a number on every page, and a
 * last page that names the SHA-256 of everything before it.
 */
import { createHash } from 'node:crypto';
import type { PDFDocument } from '@cantoo/pdf-lib';
import type { CourtPacket } from '../domain/court-packet.ts';
import { shortDate } from '../domain/dates.ts';
import { assemble, seal, type Run, type Sealed } from './packet-binding.ts';
import { exhibitsOf, type Exhibit } from './packet-exhibits.ts';
import { readPages } from './pdf/kept-pages.ts';
import { Report } from './pdf/report.ts';

export interface PacketInput extends Sealed {
  /** Kept PDFs by the notice's key. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
}

export interface RenderedPacket {
  readonly pdf: Uint8Array;
  readonly pages: number;
  readonly sha256: string;
  /** The first so many bytes of the file are what the last page's hash is of. */
  readonly sealedBytes: number;
  readonly sealedSha256: string;
  readonly exhibits: readonly {
    readonly number: number;
    readonly title: string;
    readonly from: number;
    readonly to: number;
  }[];
}

export async function renderCourtPacket(input: PacketInput): Promise<RenderedPacket> {
  const kept = new Map<string, PDFDocument>();
  for (const [key, pdf] of input.kept) kept.set(key, await readPages(pdf));
  const exhibits = exhibitsOf(input.packet);
  // The index names pages, and pages follow from the layout: laid out once to count, once more with the numbers.
  const counted = await compose(input, exhibits, kept, null);
  const numbers = numbersOf(counted.runs, exhibits.length);
  const drawn = await compose(input, exhibits, kept, numbers);
  const whole = drawn.runs.reduce((sum, { pages }) => sum + pages, 0) + 1;
  const body = await assemble(input.packet, drawn, whole);
  const sealedSha256 = hash(body);
  const pdf = await seal(input, body, sealedSha256, whole);
  if (!Buffer.from(pdf.subarray(0, body.length)).equals(Buffer.from(body))) {
    throw new Error('the last page was not added behind what it seals');
  }
  return {
    ...{ pdf, pages: whole, sha256: hash(pdf), sealedBytes: body.length, sealedSha256 },
    exhibits: exhibits.map(({ title }, i) => ({ number: i + 1, title, ...numbers[i]! })),
  };
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type Numbers = readonly { readonly from: number; readonly to: number }[];

function numbersOf(runs: readonly Run[], exhibits: number): Numbers {
  const numbers = Array.from({ length: exhibits }, () => ({ from: 0, to: 0 }));
  let page = 0;
  for (const { exhibit, pages } of runs) {
    const mine = numbers[exhibit - 1];
    if (mine && mine.from === 0) mine.from = page + 1;
    page += pages;
    if (mine) mine.to = page;
  }
  return numbers;
}

async function compose(
  { packet, missing }: PacketInput,
  exhibits: readonly Exhibit[],
  kept: ReadonlyMap<string, PDFDocument>,
  numbers: Numbers | null,
): Promise<{ own: Buffer; runs: Run[] }> {
  const runs: Run[] = [];
  const sheet = new Report({
    title: `Packet for the State’s Attorney, case ${packet.caseNumber}`,
    author: packet.office.name,
    date: packet.madeOn,
  });
  let begun = 1;
  const close = (exhibit: number): void => {
    const pages = sheet.page - begun + 1;
    if (pages > 0) runs.push({ exhibit, pages, kept: null });
    begun = sheet.page + 1;
  };
  sheet.bookmark('Index');
  drawIndex(sheet, packet, missing, exhibits, numbers);
  close(0);
  exhibits.forEach(({ title, draw }, i) => {
    const exhibit = i + 1;
    sheet.newPage();
    sheet.bookmark(`Exhibit ${exhibit}: ${title}`);
    sheet.section(`Exhibit ${exhibit}: ${title}`);
    draw(sheet, (copy) => {
      close(exhibit);
      const pages = kept.get(copy.key);
      if (pages) runs.push({ exhibit, pages: pages.getPageCount(), kept: pages });
    });
    close(exhibit);
  });
  return { own: await sheet.end(), runs };
}

function drawIndex(
  sheet: Report,
  packet: CourtPacket,
  missing: readonly string[],
  exhibits: readonly Exhibit[],
  numbers: Numbers | null,
): void {
  const { student, office, to, referral } = packet;
  sheet.title('Packet for the State’s Attorney');
  sheet.facts([
    [
      'Student',
      `${student.name}, born ${student.birthDate === null ? 'not on record' : shortDate(student.birthDate)}`,
    ],
    ['Case', packet.caseNumber],
    ['From', [office.name, ...office.lines].join(', ')],
    ['To', to === null ? `State’s Attorney of ${packet.county} County` : `${to.name}, ${to.title}`],
    ['Referred', referral === null ? 'not yet' : shortDate(referral.on)],
    ['Purpose', packet.purpose],
    ['Made on', shortDate(packet.madeOn)],
  ]);
  if (missing.length > 0) sheet.notice('Missing from this packet', missing);
  else sheet.notice('Complete', ['Nothing that such a packet should hold is missing.']);
  const notes = [
    'An education record of a minor, given for the purpose named above only; it may not be passed on without consent or a ground in law.',
    ...(packet.custodians.some(({ noContact }) => noContact)
      ? [
          'A no-contact order is on record for an adult in Exhibit 1: addresses in this packet must not reach that adult.',
        ]
      : []),
    ...(packet.leftOut > 0
      ? [
          `${packet.leftOut} ${packet.leftOut === 1 ? 'text was' : 'texts were'} left out because they may speak of health, special education or another child.`,
        ]
      : []),
  ];
  for (const note of notes) sheet.paragraph(note, { small: true });
  sheet.heading('Index');
  sheet.table(
    [
      { head: 'Exhibit', share: 12 },
      { head: 'What it is', share: 70 },
      { head: 'Pages', share: 18, align: 'right' },
    ],
    exhibits.map(({ title }, i) => {
      const { from, to: last } = numbers?.[i] ?? { from: 0, to: 0 };
      return [String(i + 1), title, from === last ? String(from) : `${from}–${last}`];
    }),
  );
}
