/** The exhibits of a packet: what each is called, and how it is drawn. */
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
import type { Report } from './pdf/report.ts';
import { type Column } from './pdf/report.ts';

export interface Exhibit {
  readonly title: string;
  readonly draw: (sheet: Report, keep: (copy: PacketCopy) => void) => void;
}

export function exhibitsOf(packet: CourtPacket): Exhibit[] {
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
