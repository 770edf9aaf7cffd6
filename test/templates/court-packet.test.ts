/** A long packet, drawn and read back: sixty absences, twelve letters, paper letters and print among them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  forTheCourt,
  LEFT_OUT,
  missingOf,
  packetDay,
  publicReason,
  type CourtPacket,
  type PacketCopy,
  type PacketLetter,
} from '../../domain/court-packet.ts';
import { addDays, isWeekend } from '../../domain/dates.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { NAMES } from '../support/hostile-names.ts';
import { renderCourtPacket } from '../../templates/court-packet.ts';
import { renderLetter, renderPdf, sampleContext } from '../../templates/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'packet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const poppler = spawnSync('pdftotext', ['-v']).error === undefined;

function schoolDays(from: string, many: number): string[] {
  const days: string[] = [];
  for (let day = from; days.length < many; day = addDays(day, 1)) if (!isWeekend(day)) days.push(day);
  return days;
}

const day = (date: string) =>
  packetDay(
    { date, code: 'UNX', fraction: 1, school: 'R', why: '', leavesWindowOn: null },
    'Riverbend Middle School',
    'RIVER-1/sis, Mon 3 Nov 2025',
  );

const copy = (key: string, more: Partial<PacketCopy> = {}): PacketCopy => ({
  ...{
    key,
    toName: 'María-José O’Brien & Nguyễn Thị Bình',
    to: ['m@example.org'],
    channel: 'email',
    language: 'English',
  },
  ...{
    status: 'sent',
    outOn: '2025-10-16',
    practice: false,
    proof: ['accepted by the mail server: "250 OK"'],
  },
  ...{ proven: true, sha256: 'a'.repeat(64), shown: true },
  ...more,
});

const letter = (
  kind: LetterKind,
  sequence: number,
  copies: PacketCopy[],
  more: Partial<PacketLetter> = {},
): PacketLetter => ({
  ...{
    kind,
    name: kind.replaceAll('-', ' '),
    sequence,
    decidedOn: '2025-10-15',
    status: 'out',
    about: null,
    copies,
  },
  paper: [],
  ...more,
});

const paper = {
  ...{ sentOn: '2025-09-01', channel: 'print' as const, proof: 'certified mail 7020 …' },
  ...{ enteredBy: 'case-manager U-0003', enteredOn: '2025-09-20' },
};

const PACKET: CourtPacket = {
  ...{ caseNumber: 'C-000017', madeOn: '2025-12-01', draft: false, practice: false, county: 'Tazewell' },
  office: { name: 'Regional Office of Education', lines: ['1 Square', 'Pekin, IL 61554'] },
  to: { name: 'A. Attorney', title: 'State’s Attorney of Tazewell County' },
  purpose: 'court action on the referral',
  student: { name: 'Zoë O’Brien', birthDate: '2011-03-02', number: '604822', grade: '8', schools: [] },
  custodians: [
    {
      ...{ name: 'María-José O’Brien', relation: 'mother', address: ['12 Court Street', 'Pekin, IL 61554'] },
      ...{ language: 'Spanish', livesWith: true, assumed: true, noContact: false, mailReturned: true },
    },
  ],
  witnesses: [{ who: 'C. Clerk', office: 'attendance clerk', about: 'attendance' }],
  count: {
    ...{
      asOf: '2025-11-20',
      why: 'the day the hearing was set',
      unexcusedDays: 60,
      judged: 61,
      threshold: 9,
    },
    window: { from: '2024-12-02', to: '2025-11-20', attendanceDays: 180 },
    ...{ knownUpTo: '2025-11-28', expectedUpTo: '2025-11-28', notes: [] },
    days: schoolDays('2025-08-18', 60).map(day),
    notCounted: [{ date: '2025-09-15', what: 'excused' }],
  },
  later: [],
  sinceOrder: [day('2025-11-24')],
  interventions: schoolDays('2025-09-01', 30).map((date) => ({
    ...{ date, kind: 'phone call with a parent', by: 'attendance clerk', countedFor: 'first referral' },
    outcome: 'spoke with a parent, who will see to it that the bus is reached in the morning',
  })),
  contacts: [{ date: '2025-10-20', kind: 'phone call', whom: 'mother', outcome: 'no answer' }],
  services: [{ on: '2025-10-27', what: 'placed on the Case Manager’s caseload', outcome: 'still on it' }],
  letters: [
    letter('first-notice', 1, [], { paper: [paper] }),
    letter('second-notice', 1, [copy('k1'), copy('k2')]),
    letter('third-notice', 1, [
      copy('k3'),
      copy('k4', { channel: 'print', proven: false, proof: ['posted on Fri'] }),
    ]),
    letter('correction', 1, [copy('k5')], { about: { kind: 'third-notice', sequence: 1 } }),
    letter('hearing-notice', 1, [
      copy('k6', { channel: 'print', proven: false }),
      copy('k7', { proven: false }),
    ]),
    letter('hearing-moved', 1, [copy('k8')]),
    letter('order', 1, [
      copy('k9'),
      copy('k10'),
      copy('k11', { status: 'refused', outOn: null, shown: false }),
    ]),
    letter('state-attorney-referral', 1, [copy('k12')]),
  ],
  hearings: [{ on: '2025-11-20', what: 'hearing held', words: 'appeared: mother' }],
  hearingHeld: true,
  order: {
    ...{
      on: '2025-11-20',
      returnDate: '2025-11-21',
      findings: 'sixty days',
      services: ['school counseling'],
    },
    ...{ reviewDate: null, brokenBy: '2025-11-24' },
  },
  certificate: {
    ...{ interventions: 30, contacts: 1, caseloadSince: '2025-10-27', missing: ['plan'] },
    services: { studentMet: null, parentMet: '2025-10-28', planMade: null, planShared: null, agencies: [] },
  },
  referral: { on: '2025-11-25', submission: 1, overridden: false, answer: null },
  leftOut: 1,
};

describe('a long packet', () => {
  it('numbers every page, repeats the heads of its tables, and is the same each time', async () => {
    const pdf = await renderPdf(renderLetter('third-notice', 'en', sampleContext('third-notice')));
    const kept = new Map(
      PACKET.letters.flatMap(({ copies }) =>
        copies.filter(({ shown }) => shown).map(({ key }) => [key, pdf]),
      ),
    );
    const input = { packet: PACKET, missing: missingOf(PACKET), kept, by: 'case-manager U-0003' };
    const made = await renderCourtPacket(input);
    expect(Buffer.from((await renderCourtPacket(input)).pdf).equals(Buffer.from(made.pdf))).toBe(true);
    if (process.env['PACKET_OUT']) writeFileSync(join(process.env['PACKET_OUT'], 'long.pdf'), made.pdf);
    if (!poppler) return;
    const file = join(folder, 'long.pdf');
    writeFileSync(file, made.pdf);
    const { stdout, stderr } = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const pages = stdout.split('\f').slice(0, -1);
    expect(pages).toHaveLength(made.pages);
    pages.forEach((page, i) => expect(page).toContain(`page ${i + 1} of ${made.pages} – case C-000017`));
    for (const { number, title, from, to } of made.exhibits) {
      expect(pages[from - 1]).toContain(`Exhibit ${number}: ${title}`);
      expect(pages[to - 1]).toContain(`Exhibit ${number} – page ${to}`);
    }
    const count = pages.filter((page) => page.includes('Exhibit 4 – page'));
    expect(count.length).toBeGreaterThan(1);
    for (const page of count.slice(0, 2)) expect(page).toMatch(/Day\s+Code/);
    for (const { date } of PACKET.count.days) {
      expect(count.join('\n')).toContain(
        `${Number(date.slice(8))} ${date.slice(5, 7) === '08' ? 'Aug' : ''}`.trim(),
      );
    }
    // The refused copy is named, its pages are not shown; a paper letter says where its copy is.
    expect(stdout).toContain('It did not leave, or no copy is kept');
    expect(stdout).toContain('Before this system');
    expect(stdout).toContain('Nguyễn Thị Bình');
    // Tags of our own pages survive, also behind the added page.
    expect(spawnSync('pdfinfo', [file], { encoding: 'utf8' }).stdout).toMatch(/Tagged:\s+yes/);
  }, 60_000);
});

describe('a packet with names that would do harm', () => {
  it.runIf(poppler)('prints them as they are, on one line, turned round by nothing', async () => {
    const name = '{{x}} <b>Bo</b>\r\nEvil: \u202Estrange\u202C "Q" =1+1';
    const packet = { ...PACKET, student: { ...PACKET.student, name }, letters: [] };
    const { pdf } = await renderCourtPacket({
      packet,
      missing: [],
      kept: new Map(),
      by: 'case-manager U-0003',
    });
    const { stdout } = spawnSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('{{x}} <b>Bo</b> Evil: strange "Q" =1+1');
    expect(stdout).not.toMatch(/[\u202A-\u202E]/);
  });
});

describe('the page of the custodians', () => {
  it.runIf(poppler)('prints every name that would do harm, with its address, as it is', async () => {
    const custodians = NAMES.map(([, name]) => ({
      ...PACKET.custodians[0]!,
      ...{ name: `Ann ${name}`, address: [`${name}`.slice(0, 34), 'Pekin, IL 61554'] },
    }));
    const packet = { ...PACKET, custodians, letters: [], practice: false };
    const { pdf } = await renderCourtPacket({
      packet,
      missing: [],
      kept: new Map(),
      by: 'case-manager U-0003',
    });
    const { stdout } = spawnSync('pdftotext', ['-raw', '-', '-'], { input: pdf, encoding: 'utf8' });
    // A cell is broken where it is full.
    const closed = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, '');
    for (const [what, , read] of NAMES) expect(closed(stdout), what).toContain(closed(`Ann ${read}`));
    expect(stdout).not.toMatch(/[\u202A-\u202E\u200E\u200F]/);
  });
});

describe('what a packet lacks', () => {
  it('is said by name: the copy of a paper letter, proof of delivery, a part of the certificate', () => {
    expect(missingOf(PACKET)).toEqual([
      'a copy of the first notice: it was sent before this system; add it from the paper file',
      'proof that the hearing notice was delivered: it was posted, and nothing is on record of its arrival',
      'certificate of services: no attendance improvement plan is on record',
    ]);
    const bare = missingOf({
      ...PACKET,
      letters: [],
      to: null,
      referral: null,
      order: null,
      hearingHeld: false,
    });
    expect(bare).toContain('the third notice has not gone out');
    expect(bare).toContain('no hearing has been held');
    expect(bare).toContain('the office’s profile names no State’s Attorney of Tazewell County');
  });
});

describe('what is left out of it', () => {
  it.each([
    'mother says he is in the hospital',
    'has an IEP meeting next week',
    'takes his medication late',
    'stays home with his little sister',
    'Bruno was at home, too',
  ])('%s', (text) => expect(forTheCourt(text, ['Bruno'])).toBe(LEFT_OUT));

  it.each(['spoke with the mother about the bus', 'added a morning check-in', 'nobody answered the door'])(
    'not: %s',
    (text) => expect(forTheCourt(text, ['Bruno'])).toBe(text),
  );

  it('what kept a child at home: excused is excused', () => {
    expect(['excused', 'medical', 'homebound'].map(publicReason)).toEqual(['excused', 'excused', 'excused']);
    expect(publicReason('suspension')).toBe('not counted');
    expect(publicReason('remote')).toBeNull();
  });
});
