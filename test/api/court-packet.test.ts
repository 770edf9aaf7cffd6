/** The packet for the State's Attorney: a real case to the court, and its PDF read back page by page. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../db/stores/audit.ts';
import { disclosuresOf } from '../../db/stores/disclosures.ts';
import { readPages } from '../../templates/pdf/kept-pages.ts';
import { noticesOf, noticeByKey } from '../../db/stores/notices.ts';
import { absences, addStudents, startWholeOffice, toTheHearing, type WholeOffice } from './whole-office.ts';

const folder = mkdtempSync(join(tmpdir(), 'packets-'));
const poppler = spawnSync('pdftotext', ['-v']).error === undefined;
let whole: WholeOffice;
let number = '';
const CHILD = '7001';
const SECRETS = /pneumonia|Bruno|\bMED\b|in bed with a fever/;

beforeAll(async () => {
  whole = await startWholeOffice();
  await addStudents(whole, [CHILD]);
  // A sibling, a father under a no-contact order, a day in hospital: nothing of these belongs to the packet but the order.
  await whole.done('/v1/students:import', {
    students: [{ sisId: '7002', firstName: 'Bruno', lastName: 'Testchild', school: 'PEKIN-HS' }],
  });
  const tie = (student: string) => ({
    ...{
      student,
      relation: 'Father',
      legalRecipient: 'yes',
      livesWith: false,
      primary: false,
      noContact: student === CHILD,
    },
  });
  await whole.done('/v1/guardians:import', {
    guardians: [
      {
        ...{ sourceId: 'f-7001', firstName: 'Finn', lastName: 'Testchild', language: 'en' },
        address: { lines: ['5 Far Road'], city: 'Pekin', state: 'IL', postalCode: '61554' },
        students: [tie(CHILD), tie('7002')],
      },
    ],
  });
  await whole.done('/v1/attendance/imports', {
    source: 'PEKIN-303/sis',
    rows: [{ student: CHILD, school: '17', date: '2025-09-15', code: 'MED', fraction: 1 }],
  });
  await whole
    .done('/v1/attendance/codes', { source: 'PEKIN-303/sis', code: 'MED', category: 'medical' })
    .catch(() => null);
  const extra = (date: string, outcome: string) => ({
    ...{ student: CHILD, kind: 'home-visit', date, by: 'attendance clerk', outcome },
  });
  await whole.done(
    '/v1/interventions',
    extra('2025-09-16', 'mother says the child has pneumonia, in bed with a fever'),
  );
  await whole.done('/v1/interventions', extra('2025-09-17', 'spoke with the mother; Bruno was at home, too'));
  [number = ''] = await toTheHearing(whole, [CHILD]);
  await whole.done(`/v1/cases/${number}/contacts`, {
    kind: 'phone-call',
    whom: 'mother',
    outcome: 'no-answer',
  });
}, 300_000);
afterAll(async () => {
  await whole.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const bytesOf = async (url: string, key = whole.office.adminKey) => {
  const response = await whole.office.api.inject({
    ...{ method: 'GET', url, headers: { authorization: `Bearer ${key}` } },
  });
  return { status: response.statusCode, pdf: response.rawPayload };
};
function pagesOf(pdf: Uint8Array, name = 'x.pdf'): string[] {
  const file = join(folder, name);
  writeFileSync(file, pdf);
  if (process.env['PACKET_OUT']) writeFileSync(join(process.env['PACKET_OUT'], name), pdf);
  return spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).stdout.split('\f').slice(0, -1);
}
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const to = (what: string) => `/v1/cases/${number}/${what}`;

describe('before the referral', () => {
  it('there is none but a draft: marked on every page, nothing disclosed', async () => {
    const refused = await whole.office.ask('POST', to('packets'), {});
    expect([refused.status, refused.body['code']]).toEqual([409, 'NOT_IN_COURT']);
    const { status, pdf } = await bytesOf(to('packet?format=draft'));
    expect(status).toBe(200);
    expect(await disclosuresOf(whole.db, number)).toEqual([]);
    if (!poppler) return;
    const pages = pagesOf(pdf, 'draft.pdf');
    expect(pages.filter((page) => page.includes('DRAFT'))).toHaveLength(pages.length);
    expect(pages[0]).toContain('the case has not been referred');
    expect(pages[0]).toContain('there is no order');
  });

  it('a school clerk and a reader get nothing of it', async () => {
    const clerk = await whole.office.person('school', ['PEKIN-HS']);
    const reader = await whole.office.person('state-attorney-reader', ['PEKIN-HS']);
    expect((await bytesOf(to('packet?format=draft'), clerk)).status).toBe(403);
    expect((await bytesOf(to('packet?format=draft'), reader)).status).toBe(403);
    expect((await bytesOf(to('packets/latest'), reader)).status).toBe(404);
  });
});

/** The packet as it was first given out. */
let made: Record<string, unknown> = {};

describe('the packet', () => {
  let pages: string[] = [];
  let pdf: Uint8Array = new Uint8Array();

  beforeAll(async () => {
    await whole.done(to('hearings'), { date: '2025-11-20', time: '09:00', place: 'Courthouse, room 2' });
    await whole.day('2025-11-10');
    await whole.day('2025-11-20');
    await whole.done(to('hearings/outcome'), { outcome: 'held', appeared: 'mother and student' });
    await whole.done(to('orders'), {
      findings: 'ten days without valid cause',
      services: ['school counseling'],
    });
    await whole.day('2025-11-21');
    await whole.day('2025-11-25');
    await absences(
      whole,
      [CHILD],
      [
        '2025-10-06',
        '2025-10-07',
        '2025-10-08',
        '2025-10-09',
        '2025-10-10',
        '2025-10-17',
        '2025-10-20',
      ].concat(['2025-10-28', '2025-10-29', '2025-11-06', '2025-11-24']),
      '2025-11-24',
    );
    await whole.done(to('court'), {});
    await whole.day('2025-11-26');
    made = await whole.done(to('packets'), { id: 'packet-1' });
    const file = await bytesOf(to(`packets/${String(made['disclosure'])}`));
    pdf = file.pdf;
    if (poppler) pages = pagesOf(pdf, 'packet.pdf');
  }, 300_000);

  it('is one file with every page numbered, and its exhibits in order', async () => {
    expect(sha256(pdf)).toBe(made['sha256']);
    expect((await readPages(pdf)).getPageCount()).toBe(made['pages']);
    if (!poppler) return;
    expect(pages).toHaveLength(made['pages'] as number);
    pages.forEach((page, i) => expect(page).toContain(`page ${i + 1} of ${pages.length} – case ${number}`));
    const seen = pages.flatMap((page) => /(Index|Exhibit \d+|Seal) – page/.exec(page)?.[1] ?? 'none');
    const order = [...new Set(seen)];
    expect(order).toEqual(['Index', ...Array.from({ length: 16 }, (_, i) => `Exhibit ${i + 1}`), 'Seal']);
    // The index tells the truth.
    for (const [, n = '', title = '', from = ''] of (pages[0] ?? '').matchAll(
      /^\s*(\d+)\s{2,}(\S.*?)\s{2,}(\d+)(?:–\d+)?$/gm,
    )) {
      expect(pages[Number(from) - 1]).toContain(`Exhibit ${n}: ${title}`);
    }
  });

  it('the last page names the hash of all that precedes it, and anybody can check it', () => {
    const sealed = pdf.subarray(0, made['sealedBytes'] as number);
    expect(sha256(sealed)).toBe(made['sealedSha256']);
    if (!poppler) return;
    const last = pages.at(-1) ?? '';
    expect(last).toContain(String(made['sealedSha256']));
    expect(last.replace(/\s+/g, ' ')).toContain(
      `the first ${String(made['sealedBytes'])} bytes of this file`,
    );
    // What is sealed is a PDF of its own: all pages but the last.
    expect(pagesOf(sealed, 'sealed.pdf')).toHaveLength(pages.length - 1);
  });

  it('each notice stands in it exactly as it was sent, after its proof', async () => {
    const notices = await noticesOf(whole.db, number);
    const sent = notices.filter(({ outOn, kind }) => outOn !== null && kind !== 'state-attorney-referral');
    // The third notice and the invitation leave on one morning, whichever is first.
    expect(sent.map(({ kind }) => kind).sort()).toEqual([
      'caseload-invitation',
      'first-notice',
      'hearing-notice',
      'order',
      'second-notice',
      'third-notice',
    ]);
    if (!poppler) return;
    for (const { key, messageId } of sent) {
      const row = await noticeByKey(whole.db, key);
      const at = pages.findIndex((page) => page.includes(key) && page.includes('Proof'));
      expect(pages[at]).toContain(String(messageId));
      expect(pages[at]).toContain('accepted by the mail server');
      expect(pages[at]?.replace(/\s/g, '')).toContain(sha256(row?.pdf ?? new Uint8Array()));
      const own = pagesOf(row?.pdf ?? new Uint8Array());
      own.forEach((page, i) => {
        // The numbers at the foot move columns; the words are the same, in the same order.
        const words = (text: string) =>
          text
            .split(/\s+/)
            .filter((word) => word !== '')
            .join(' ');
        const shown = words((pages[at + 1 + i] ?? '').replace(/(PRACTICE)?\s*Exhibit \d+ – page .*/, ''));
        for (const line of page.split('\n').map(words)) expect(shown).toContain(line);
      });
    }
  }, 60_000);

  it('each day of the count is explained; what was excused is only "excused"', () => {
    if (!poppler) return;
    const count = pages.filter((page) => page.includes('Exhibit 4 – page')).join('\n');
    for (const day of ['6 Oct', '10 Oct', '17 Oct', '20 Oct', '28 Oct', '29 Oct', '6 Nov'])
      expect(count).toContain(day);
    expect(count).toMatch(/10 days unexcused, as of/);
    expect(count).toMatch(/PEKIN-303\/sis/);
    expect(count).toMatch(/15 Sep 2025\s+(excused|reason not known)/);
    const since = pages.find(
      (page) => page.includes('Attendance since the order') && page.includes('Unexcused since'),
    );
    expect(since).toContain('24 Nov 2025');
  });

  it('no sibling, no health; the no-contact order is named, and page one warns of it', () => {
    if (!poppler) return;
    const all = pages.join('\n');
    expect(all).not.toMatch(SECRETS);
    expect(all).toContain('left out of this packet');
    expect(pages[0]?.replace(/\s+/g, ' ')).toContain('2 texts were left out');
    expect(pages[0]).toContain('no-contact order is on record for an adult in Exhibit 1');
    expect(all).toMatch(/Finn Testchild \(father\)/);
  });

  it('what is missing is named on page one, and no more', () => {
    if (!poppler) return;
    const first = pages[0]?.replace(/\s+/g, ' ') ?? '';
    expect(first).toContain('certificate of services: no referral to an outside agency is on record');
    expect(first).not.toContain('there is no order');
    expect(first).not.toMatch(/proof that the .* notice/);
    expect(made['missing']).toContain('certificate of services: no attendance improvement plan is on record');
  });

  it('each production is one disclosure; the same id makes no second one', async () => {
    expect(await whole.done(to('packets'), { id: 'packet-1' })).toMatchObject({
      ...{ made: false, disclosure: made['disclosure'], sha256: made['sha256'] },
    });
    const [row, ...others] = await disclosuresOf(whole.db, number);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      ...{ kind: 'court-packet', county: 'Tazewell', sha256: made['sha256'], pages: made['pages'] },
      purpose: 'court action on the referral of Tue 25 Nov 2025',
    });
    const entries = await readAudit(whole.db, { subject: `case ${number}`, limit: 500 });
    const disclosed = entries.filter(({ action }) => action === 'court.packet-disclosed');
    expect(disclosed.map(({ details }) => details['sha256'])).toEqual([made['sha256']]);
    expect(JSON.stringify(entries)).not.toMatch(/Testchild/);
  });

  it('the State’s Attorney’s reader gets it for their county only, and each fetch is an entry', async () => {
    const theirs = await whole.office.person('state-attorney-reader', ['PEKIN-HS']);
    const everywhere = await whole.office.person('state-attorney-reader', null);
    const fetched = await bytesOf(to('packets/latest'), theirs);
    expect([fetched.status, sha256(fetched.pdf)]).toEqual([200, made['sha256']]);
    expect((await bytesOf(to('packets/latest'), everywhere)).status).toBe(403);
    expect((await whole.office.ask('GET', to('packets'), undefined, theirs)).status).toBe(403);
    expect((await whole.office.ask('GET', `/v1/cases/${number}`, undefined, theirs)).status).toBe(403);
    const { packets } = (await whole.office.ask('GET', to('packets'))).body as {
      packets: { kind: string }[];
    };
    expect(packets.map(({ kind }) => kind)).toEqual(['court-packet-copy', 'court-packet']);
  });
});

describe('an office whose policy refuses an incomplete packet', () => {
  it('refuses it, naming each thing that is missing, and discloses nothing', async () => {
    const ladder = readFileSync(join(import.meta.dirname, '../../policies/roe53.yaml'), 'utf8');
    const text = ladder
      .replace(/^version: .*$/m, "version: 'whole-packets'")
      .replace('refuseIncompletePacket: false', 'refuseIncompletePacket: true');
    await whole.done(to('policy'), { text, reason: 'the State’s Attorney asks for whole packets' });
    const refused = await whole.office.ask('POST', to('packets'), { id: 'packet-2' });
    expect([refused.status, refused.body['code']]).toEqual([409, 'PACKET_INCOMPLETE']);
    expect(refused.body['details']).toEqual({ missing: made['missing'] });
    for (const one of made['missing'] as string[]) expect(refused.body['detail']).toContain(one);
    // What is shown before anybody says yes says the same; a draft is still to be had.
    const { body } = await whole.office.ask('GET', to('packet'));
    expect(body['refused']).toBe('PACKET_INCOMPLETE');
    expect((await bytesOf(to('packet?format=draft'))).status).toBe(200);
    expect(await disclosuresOf(whole.db, number)).toHaveLength(2);
  });

  it('gives it out once nothing is missing any more', async () => {
    // The certificate went with the referral: what was done since stands in the next one, when the papers were sent back.
    const referral = (await noticesOf(whole.db, number)).find(
      ({ kind }) => kind === 'state-attorney-referral',
    );
    await whole.done(`/v1/notices/${encodeURIComponent(referral?.key ?? '')}/posted`, {});
    await whole.settled();
    await whole.done(to('court/answer'), { answer: 'returned' });
    await whole.done(to('contacts'), { kind: 'phone-call', whom: 'mother', outcome: 'reached' });
    await whole.done(to('caseload/meetings'), { with: 'student-and-parent', outcome: 'met' });
    await whole.done(to('caseload/plans'), {
      goals: ['at school by 8:00'],
      supports: ['bus pass'],
      reviews: [{ schoolDays: 3 }],
    });
    await whole.done(to('caseload/shares'), { with: 'student-and-parent' });
    await whole.done(to('caseload/agencies'), {
      agency: 'Tri-County Counseling',
      purpose: 'counseling',
      followUp: { schoolDays: 5 },
    });
    await whole.done('/v1/attendance/imports', {
      ...{ source: 'PEKIN-303/sis', rows: [], schools: ['PEKIN-HS'] },
      covers: { from: '2025-11-24', to: '2025-11-25' },
    });
    const certificate = async () => (await whole.office.ask('GET', to('certificate'))).body['missing'];
    await expect.poll(certificate, { timeout: 30_000 }).toEqual([]);
    await whole.done(to('court'), {});
    await whole.day('2025-12-01');
    await whole.done('/v1/attendance/imports', {
      ...{ source: 'PEKIN-303/sis', rows: [], schools: ['PEKIN-HS'] },
      covers: { from: '2025-11-24', to: '2025-11-28' },
    });
    const lacks = async () => (await whole.office.ask('GET', to('packet'))).body['missing'];
    await expect.poll(lacks, { timeout: 30_000 }).toEqual([]);
    const given = await whole.done(to('packets'), { id: 'packet-2' });
    expect(given).toMatchObject({ made: true, missing: [] });
    const { pdf } = await bytesOf(to(`packets/${String(given['disclosure'])}`));
    if (poppler) expect(pagesOf(pdf)[0]).toContain('Nothing that such a packet should hold is missing');
  }, 120_000);
});
