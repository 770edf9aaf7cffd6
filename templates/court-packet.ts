/**
 * The packet as one PDF: an index, numbered exhibits, the letters' own pages as they are kept, a number on every page, and a
 * last page that names the SHA-256 of everything before it.
 */
import { createHash } from 'node:crypto';
import { degrees, PDFDocument, rgb, StandardFonts, type PDFFont, type PDFPage } from '@cantoo/pdf-lib';
import { MISSING_WORDS, type MissingService } from '../domain/case/certificate.ts';
import {
  LETTER_EXHIBITS,
  lettersOfExhibit,
  otherLetters,
  type CourtPacket,
  type PacketCopy,
  type PacketDay,
  type PacketLetter,
} from '../domain/court-packet.ts';
import { shortDate } from '../domain/dates.ts';
import { asArtifact, readPages, withoutTags } from './pdf/kept-pages.ts';
import { Report, type Column } from './pdf/report.ts';

export interface PacketInput {
  readonly packet: CourtPacket;
  readonly missing: readonly string[];
  /** Kept PDFs by the notice's key. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
  /** Who gives it out, as the record has it: `case-manager U-0003`. */
  readonly by: string;
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

/** A run of pages of one exhibit: drawn here, or kept. */
interface Run {
  readonly exhibit: number;
  readonly pages: number;
  readonly kept: PDFDocument | null;
}

interface Exhibit {
  readonly title: string;
  readonly draw: (sheet: Report, keep: (copy: PacketCopy) => void) => void;
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
  const body = await assemble(input, drawn, whole);
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

// ---------------------------------------------------------------- pages of our own

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

function exhibitsOf(packet: CourtPacket): Exhibit[] {
  const others = otherLetters(packet.letters);
  const referred = packet.letters.filter(
    ({ kind, about, copies }) => (about?.kind ?? kind) === 'state-attorney-referral' && copies.length > 0,
  );
  return [
    { title: 'Student and custodians', draw: (sheet) => drawPeople(sheet, packet) },
    { title: 'Witnesses', draw: (sheet) => drawWitnesses(sheet, packet) },
    {
      title: 'Certification of the keeper of the records',
      draw: (sheet) => drawCertification(sheet, packet),
    },
    { title: 'Unexcused absences and how they are counted', draw: (sheet) => drawCount(sheet, packet) },
    { title: 'Interventions of the school', draw: (sheet) => drawInterventions(sheet, packet) },
    { title: 'Contacts with the family', draw: (sheet) => drawContacts(sheet, packet) },
    { title: 'Caseload, and services offered', draw: (sheet) => drawServices(sheet, packet) },
    ...LETTER_EXHIBITS.map(({ title, kinds }): Exhibit => ({
      title,
      draw: (sheet, keep) => {
        if (kinds.includes('order')) drawOrder(sheet, packet);
        drawLetters(sheet, lettersOfExhibit(packet.letters, kinds), keep);
      },
    })),
    { title: 'Attendance since the order', draw: (sheet) => drawSince(sheet, packet) },
    { title: 'Certificate of services', draw: (sheet) => drawCertificate(sheet, packet) },
    ...(packet.referral === null
      ? []
      : [
          {
            title: 'Referral to the State’s Attorney',
            draw: (sheet: Report, keep: (copy: PacketCopy) => void) => {
              drawReferral(sheet, packet);
              drawLetters(sheet, referred, keep);
            },
          },
        ]),
    ...(others.length === 0
      ? []
      : [
          {
            title: 'Other letters to the family',
            draw: (sheet: Report, keep: (copy: PacketCopy) => void) => drawLetters(sheet, others, keep),
          },
        ]),
  ];
}

function drawPeople(sheet: Report, { student, custodians }: CourtPacket): void {
  sheet.heading('Student');
  sheet.facts([
    ['Name', student.name],
    ['Birth date', student.birthDate === null ? 'not on record' : shortDate(student.birthDate)],
    ['Number at school', student.number],
    ['Grade', student.grade ?? 'not on record'],
    ...student.schools.map((one): [string, string] => [
      'School',
      `${one.name}${one.from === null ? '' : `, from ${shortDate(one.from)}`}${one.to === null ? '' : ` to ${shortDate(one.to)}`}`,
    ]),
  ]);
  sheet.heading('Custodians');
  if (custodians.length === 0) sheet.paragraph('None is on record.');
  custodians.forEach((one, i) => {
    const remarks = [
      ...(one.livesWith ? ['the student lives there'] : []),
      ...(one.assumed ? ['custodian by relation; the school’s records do not say'] : []),
      ...(one.noContact ? ['a no-contact order is on record'] : []),
      ...(one.mailReturned ? ['mail to this address came back'] : []),
    ];
    sheet.facts([
      [`Custodian ${i + 1}`, `${one.name} (${one.relation})`],
      ['Address', one.address === null ? 'not on record' : one.address.join('\n')],
      ['Language', one.language],
      ...(remarks.length === 0 ? [] : [['Remarks', remarks.join('; ')] as [string, string]]),
    ]);
  });
}

function drawWitnesses(sheet: Report, { witnesses }: CourtPacket): void {
  sheet.paragraph('Who can speak to what is in this packet, as far as the records name them.');
  sheet.table(
    [
      { head: 'Who', share: 28 },
      { head: 'Office', share: 30 },
      { head: 'Can speak to', share: 42 },
    ],
    witnesses.map(({ who, office, about }) => [who, office, about]),
  );
}

function drawCertification(sheet: Report, packet: CourtPacket): void {
  sheet.paragraph(
    `Case ${packet.caseNumber}; records of ${packet.office.name} as of ${shortDate(packet.madeOn)}.`,
  );
  sheet.paragraph(
    'I keep the records named above, or am authorized to speak for whoever keeps them. I certify that:',
  );
  sheet.list([
    'the entries in these exhibits were made at or near the time of what they record, by a person who knew of it or from what such a person reported;',
    'they were made and are kept in the regular course of the office’s work, as its regular practice;',
    'each letter is reproduced from the copy that was kept when it left, and nothing in it was changed; the numbers at the foot of its pages were added for this packet;',
    'attendance was reported by the schools named with each day; corrections are kept beside what they corrected.',
  ]);
  sheet.blanks(['Signature of the keeper of the records', 'Name and title in print', 'Date']);
}

const DAY_COLUMNS: readonly Column[] = [
  { head: 'Day', share: 17 },
  { head: 'Code', share: 9 },
  { head: 'Part of the day', share: 9, align: 'right' },
  { head: 'School', share: 19 },
  { head: 'Reported by, and when', share: 21 },
  { head: 'Why it counts', share: 15 },
  { head: 'Leaves the count on', share: 16 },
];

function dayRows(days: readonly PacketDay[]): string[][] {
  return days.map((day) => [
    shortDate(day.date),
    day.code,
    String(Math.round(day.fraction * 10_000) / 10_000),
    day.school,
    day.reportedBy,
    day.why,
    day.leavesWindowOn === null ? 'not known yet' : shortDate(day.leavesWindowOn),
  ]);
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

function drawCount(sheet: Report, { count, later, order }: CourtPacket): void {
  const { window, knownUpTo } = count;
  sheet.facts([
    ['Count', `${days(count.unexcusedDays)} unexcused, as of ${shortDate(count.asOf)} (${count.why})`],
    ...(count.judged !== null && count.judged !== count.unexcusedDays
      ? [['As judged then', `${days(count.judged)}, before later corrections`] as [string, string]]
      : []),
    [
      'Counted over',
      `${window.attendanceDays} attendance days${window.from === null ? '' : `, ${shortDate(window.from)} to ${shortDate(window.to)}`}`,
    ],
    ['A hearing needs', days(count.threshold)],
    ['Attendance known', knownUpTo === null ? 'not at all' : `up to ${shortDate(knownUpTo)}`],
    ...count.notes.map((note): [string, string] => ['Calendar', note]),
  ]);
  sheet.paragraph(
    'The count is the sum of the parts of days below. A day leaves it when 180 further attendance days have passed.',
    { small: true },
  );
  sheet.heading('Days in the count');
  if (count.days.length === 0) sheet.paragraph('None.');
  else {
    sheet.table(DAY_COLUMNS, [
      ...dayRows(count.days),
      ['Sum', '', String(count.unexcusedDays), '', '', '', ''],
    ]);
  }
  if (count.notCounted.length > 0) {
    sheet.heading('Other marks in these days, not in the count');
    sheet.table(
      [
        { head: 'Day', share: 30 },
        { head: 'Not counted because', share: 70 },
      ],
      count.notCounted.map(({ date, what }) => [shortDate(date), what]),
    );
  }
  sheet.heading(`After ${shortDate(count.asOf)}${order === null ? '' : ', until the order'}`);
  if (later.length === 0) sheet.paragraph('No unexcused absence is on record.');
  else sheet.table(DAY_COLUMNS, dayRows(later));
}

function drawInterventions(sheet: Report, { interventions }: CourtPacket): void {
  if (interventions.length === 0) sheet.paragraph('None is on record.');
  else {
    sheet.table(
      [
        { head: 'Day', share: 17 },
        { head: 'What was done', share: 22 },
        { head: 'By', share: 17 },
        { head: 'What came of it', share: 28 },
        { head: 'Counted for', share: 16 },
      ],
      interventions.map((one) => [shortDate(one.date), one.kind, one.by, one.outcome, one.countedFor]),
    );
  }
}

function drawContacts(sheet: Report, { contacts }: CourtPacket): void {
  sheet.paragraph('The Case Manager’s own tries to reach the family.');
  if (contacts.length === 0) sheet.paragraph('None is on record.');
  else {
    sheet.table(
      [
        { head: 'Day', share: 20 },
        { head: 'How', share: 26 },
        { head: 'Whom', share: 22 },
        { head: 'What came of it', share: 32 },
      ],
      contacts.map((one) => [shortDate(one.date), one.kind, one.whom, one.outcome]),
    );
  }
}

function drawServices(sheet: Report, { services }: CourtPacket): void {
  if (services.length === 0) sheet.paragraph('None is on record.');
  else {
    sheet.table(
      [
        { head: 'Day', share: 20 },
        { head: 'What was offered or done', share: 48 },
        { head: 'What came of it', share: 32 },
      ],
      services.map((one) => [shortDate(one.on), one.what, one.outcome]),
    );
  }
}

function drawOrder(sheet: Report, { hearings, order }: CourtPacket): void {
  if (hearings.length > 0) {
    sheet.heading('Hearing');
    sheet.table(
      [
        { head: 'Entered on', share: 20 },
        { head: 'What', share: 30 },
        { head: 'When, where, who', share: 50 },
      ],
      hearings.map((one) => [shortDate(one.on), one.what, one.words]),
    );
  } else sheet.paragraph('No hearing is on record.');
  sheet.heading('Order');
  if (order === null) {
    sheet.paragraph('There is no order.');
    return;
  }
  sheet.facts([
    ['Issued', shortDate(order.on)],
    ['Back at school from', shortDate(order.returnDate)],
    ['Findings', order.findings],
    ['Services named', order.services.join('; ') || 'none'],
    ['Review', order.reviewDate === null ? 'no date set' : shortDate(order.reviewDate)],
    ['Kept', order.brokenBy === null ? 'no breach on record' : `broken on ${shortDate(order.brokenBy)}`],
  ]);
}

/** A sheet with the proof before each copy, then the copy's own pages. */
function drawLetters(
  sheet: Report,
  letters: readonly PacketLetter[],
  keep: (copy: PacketCopy) => void,
): void {
  if (letters.length === 0) sheet.paragraph('No such letter has gone out.');
  let first = true;
  const next = (): void => {
    if (!first) sheet.newPage();
    first = false;
  };
  for (const letter of letters) {
    const head = `${capital(letter.name)}${letter.sequence > 1 ? ` (number ${letter.sequence} of its kind)` : ''}, decided ${shortDate(letter.decidedOn)}`;
    for (const one of letter.paper) {
      next();
      sheet.heading(head);
      sheet.facts([
        [
          'Before this system',
          `sent ${shortDate(one.sentOn)} by ${one.channel === 'email' ? 'e-mail' : 'post'}`,
        ],
        ['Proof', one.proof],
        ['Entered', `by ${one.enteredBy} on ${shortDate(one.enteredOn)}`],
        ['Copy', 'none here: it is in the office’s paper file'],
      ]);
    }
    for (const copy of letter.copies) {
      next();
      sheet.heading(head);
      sheet.facts([
        ['Addressed to', [copy.toName, ...copy.to].join('\n')],
        [
          'How',
          `${copy.channel === 'email' ? 'e-mail' : 'print, by post'}; language of the letter: ${copy.language}`,
        ],
        ['Out on', copy.outOn === null ? 'did not leave' : shortDate(copy.outOn)],
        ...copy.proof.map((words): [string, string] => ['Proof', words]),
        ['Key', copy.key],
        ['SHA-256 of the kept copy', copy.sha256 ?? 'no copy is kept here'],
      ]);
      sheet.paragraph(
        !copy.shown
          ? 'It did not leave, or no copy is kept: there are no pages to show.'
          : 'Its pages follow as they are kept; only the numbers at their feet were added.',
        { small: true },
      );
      keep(copy);
    }
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function drawSince(sheet: Report, { order, sinceOrder, count }: CourtPacket): void {
  if (order === null) {
    sheet.paragraph('There is no order.');
    return;
  }
  const known = count.knownUpTo === null ? 'not known' : `known up to ${shortDate(count.knownUpTo)}`;
  sheet.facts([
    ['Back at school from', shortDate(order.returnDate)],
    ['Attendance', known],
    [
      'Unexcused since',
      days(Math.round(sinceOrder.reduce((sum, day) => sum + day.fraction, 0) * 10_000) / 10_000),
    ],
    [
      'Order',
      order.brokenBy === null ? 'no breach on record' : `first broken on ${shortDate(order.brokenBy)}`,
    ],
  ]);
  if (sinceOrder.length > 0) sheet.table(DAY_COLUMNS, dayRows(sinceOrder));
}

function drawCertificate(sheet: Report, { certificate, referral }: CourtPacket): void {
  const { services, missing } = certificate;
  const on = (date: string | null): string => (date === null ? 'not on record' : shortDate(date));
  sheet.paragraph(
    `Supportive services before the referral${referral === null ? ', as they stand today' : ', as they went with it'} (105 ILCS 5/26-12; 705 ILCS 405/3-33.5).`,
  );
  sheet.facts([
    ['Interventions of the school', String(certificate.interventions)],
    ['Tries to reach the family', String(certificate.contacts)],
    ['On the caseload since', on(certificate.caseloadSince)],
    ['Student met', on(services.studentMet)],
    ['Parent met', on(services.parentMet)],
    ['Plan made', on(services.planMade)],
    ['Plan gone through', on(services.planShared)],
    [
      'Referred to agencies',
      services.agencies.length === 0
        ? 'not on record'
        : services.agencies.map(({ on: day }) => shortDate(day)).join('; '),
    ],
  ]);
  if (missing.length > 0) {
    sheet.notice(
      'This certificate lacks',
      missing.map((one) => MISSING_WORDS[one as MissingService]),
    );
  }
  sheet.blanks(['Signature of the Case Manager', 'Date']);
}

function drawReferral(sheet: Report, { referral }: CourtPacket): void {
  if (referral === null) return;
  sheet.facts([
    ['Referred on', shortDate(referral.on)],
    ['Submission', String(referral.submission)],
    [
      'On what',
      referral.overridden
        ? 'a written reason of the office (in the record)'
        : 'an unexcused absence after the order',
    ],
    ['Answer', referral.answer ?? 'none yet'],
  ]);
}

// ---------------------------------------------------------------- putting it together

async function assemble(
  { packet }: PacketInput,
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

/** Adds the last page behind the finished file, so that what it names can be hashed by anybody: the file's first bytes. */
async function seal(
  input: PacketInput,
  body: Uint8Array,
  sealedSha256: string,
  whole: number,
): Promise<Uint8Array> {
  const { packet, by, missing } = input;
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
