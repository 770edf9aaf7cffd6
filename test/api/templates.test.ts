/** Texts of letters: taken in, read, approved, and what a letter that leaves is written from; and what keeps letters in the house. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemplateShown } from '../../client/services/templates.ts';
import type { OfficeProfile } from '../../domain/office-profile.ts';
import { getOffice, setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import { noticeByKey, noticesOf } from '../../db/stores/notices.ts';
import { stepByKey } from '../../db/stores/steps.ts';
import { templateByVersion } from '../../db/stores/templates.ts';
import { templateSource } from '../../templates/index.ts';
import { templatesInUse } from '../../letters/templates-in-use.ts';
import { readConfig } from '../../worker/config.ts';
import { absences, addStudents, referAll, startWholeOffice, type WholeOffice } from './whole-office.ts';

const LETTERS = join(import.meta.dirname, '../../templates/letters/roe53');
const SHIPPED = readFileSync(join(LETTERS, 'first-notice.en.hbs'), 'utf8');
const OWN = SHIPPED.replace('<h2>What happens now</h2>', '<h2>What happens next</h2>');

/** What a worker must be given, besides what these tests are about. */
const WORKER_ENV = {
  ...{ TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'truancy' },
  ...{ DATABASE_URL: 'postgres://127.0.0.1/none', SMTP_URL: 'smtp://127.0.0.1:25' },
};

let whole: WholeOffice;
let rs: string;
let clerk: string;

beforeAll(async () => {
  whole = await startWholeOffice();
  rs = await whole.office.person('regional-superintendent', null);
  clerk = await whole.office.person('school', ['PEKIN-HS']);
}, 240_000);
afterAll(() => whole.stop(), 60_000);

const ask: WholeOffice['office']['ask'] = (...args) => whole.office.ask(...args);
const listed = async (): Promise<TemplateShown[]> =>
  (await ask('GET', '/v1/templates')).body['templates'] as TemplateShown[];
const firstNotice = async () =>
  (await listed()).find((one) => one.kind === 'first-notice' && one.language === 'en')!;
const take = (files: Record<string, string>) => ask('POST', '/v1/templates', { files });

describe('texts of an office’s own', () => {
  it('are refused as a whole where one has a fault, naming file and fault', async () => {
    const faults: Record<string, string> = {
      'an unknown field': SHIPPED.replace('{{child.fullName}}', '{{child.nickname}}'),
      'a lost content': SHIPPED.replace('{{> dispute}}', ''),
      'code in it': `${SHIPPED}\n<script>alert(1)</script>`,
      'a way around the fields': SHIPPED.replace('{{child.fullName}}', "{{lookup child 'fullName'}}"),
      'raw output': SHIPPED.replace('{{child.fullName}}', '{{{child.fullName}}}'),
      'the constructor': SHIPPED.replace('{{child.fullName}}', '{{child.constructor.name}}'),
      'a name in the subject': SHIPPED.replace('please read (case', 'about {{child.fullName}} (case'),
      'words of another language': SHIPPED.replace(
        '<h2>What happens now</h2>',
        '<h2>Qué pasa ahora con los días de la escuela</h2>',
      ),
      'no subject': OWN.replace(/^---[\s\S]+?---\n/, ''),
    };
    for (const [what, text] of Object.entries(faults)) {
      const answer = await take({ 'first-notice.en.hbs': text, 'second-notice.en.hbs': OWN });
      expect(answer.status, `${what}: ${answer.text}`).toBe(400);
      expect(answer.text, what).toMatch(/first-notice\.en\.hbs/);
    }
    for (const name of [
      '../first-notice.en.hbs',
      'fourth-notice.en.hbs',
      'monitor-contract.en.hbs',
      'first-notice.fr.hbs',
    ]) {
      expect((await take({ [name]: OWN })).status, name).toBe(400);
    }
    expect((await firstNotice()).versions).toEqual([]);
  });

  it('wait for a yes of somebody who signs letters; a school may not give it', async () => {
    const taken = await take({ 'first-notice.en.hbs': OWN });
    expect(taken.body).toMatchObject({ taken: [{ kind: 'first-notice', language: 'en' }], known: 0 });
    expect((await take({ 'first-notice.en.hbs': OWN })).body).toMatchObject({ taken: [], known: 1 });
    const version = (taken.body['taken'] as { version: string }[])[0]!.version;
    expect((await firstNotice()).waiting).toContain(version);
    const name = { kind: 'first-notice', language: 'en', version };
    expect((await ask('POST', '/v1/templates/approve', name, clerk)).status).toBe(403);
    const preview = await ask(
      'GET',
      `/v1/templates/first-notice/en/preview?version=${version}`,
      undefined,
      rs,
    );
    expect(preview.body['text']).toMatch(/WHAT HAPPENS NEXT|What happens next/);
    expect(preview.body['text']).toContain('PRACTICE');
    expect((await ask('POST', '/v1/templates/approve', name, rs)).body).toMatchObject({ approved: [name] });
    expect((await firstNotice()).inUse).toBe(version);
  });

  it('write the letters that leave from then on, and stay on record with them', async () => {
    await addStudents(whole, ['7101']);
    await absences(whole, ['7101'], ['2025-10-06', '2025-10-07', '2025-10-08'], '2025-10-14');
    const [number = ''] = await referAll(whole, ['7101'], ['2025-10-01', '2025-10-02', '2025-10-03']);
    await whole.day('2025-10-16');
    const [listedNotice] = await noticesOf(whole.db, number);
    const notice = await noticeByKey(whole.db, listedNotice?.key ?? '');
    expect(notice?.templateVersion).toBe((await firstNotice()).inUse);
    expect(notice?.text).toMatch(/what happens next/i);
    const kept = await templateByVersion(whole.db, 'first-notice', 'en', notice?.templateVersion ?? '');
    expect(kept?.body).toContain('What happens next');
    const pdf = await whole.office.api.inject({
      method: 'GET',
      url: `/v1/templates/first-notice/en/preview?format=pdf&case=${number}`,
      headers: { authorization: `Bearer ${rs}` },
    });
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  }, 120_000);
});

describe('the office’s logo', () => {
  it('stands on its prints once given, and stays when the profile is set anew; what no print can carry is refused', async () => {
    const profile = (await getOffice(whole.db))?.profile;
    const image = new PNG({ width: 300, height: 120 });
    image.data.fill(0x60);
    const logo = PNG.sync.write(image);
    const put = (more: object) => ask('PUT', '/v1/office/profile', { ...profile, ...more });
    for (const bad of [Buffer.from('<svg onload="x()"/>'), Buffer.alloc(300_000), logo.subarray(0, 60)]) {
      const answer = await put({ logo: bad.toString('base64') });
      expect(answer.status, answer.text).toBe(400);
      expect(answer.text).toContain('LOGO_BAD');
    }
    const translations = { es: { 'A seat on the early bus': 'Un asiento en el autobús temprano' } };
    const given = await put({ logo: logo.toString('base64'), translations });
    expect(given.body).toMatchObject({ logoBytes: logo.length, profile: { translations } });
    expect(given.text).not.toContain(logo.toString('base64').slice(0, 40));
    expect((await put({})).body).toMatchObject({ logoBytes: logo.length });
    const pdf = await whole.office.api.inject({
      method: 'GET',
      url: '/v1/templates/first-notice/en/preview?format=pdf',
      headers: { authorization: `Bearer ${rs}` },
    });
    const { stdout } = spawnSync('pdfimages', ['-list', '-'], { input: pdf.rawPayload, encoding: 'utf8' });
    expect(stdout).toMatch(/image +300 +120 /);
    const html = (await ask('GET', '/v1/templates/first-notice/en/preview', undefined, rs)).body['html'];
    expect(html).toContain(`<img src="data:image/png;base64,${logo.toString('base64')}" alt=""`);
    // The office's row, read with every letter, is as small as before.
    expect(JSON.stringify(await getOffice(whole.db)).length).toBeLessThan(5_000);
  });
});

describe('a letter with nobody to send it to', () => {
  it('is held back, asks a person, and leaves once when the record is mended and it is let go', async () => {
    const [student, on] = ['7102', { student: '7102' }];
    await whole.done('/v1/students:import', {
      students: [
        {
          ...{ sisId: student, firstName: 'Ada', lastName: 'Testchild 7102', birthDate: '2011-03-02' },
          school: 'PEKIN-HS',
        },
      ],
    });
    const mother = {
      ...{ sourceId: 'm-7102', firstName: 'Mara', lastName: 'Testchild 7102', language: 'en' },
      students: [
        {
          ...{ ...on, relation: 'Mother', legalRecipient: 'yes', livesWith: true, primary: true },
          noContact: false,
        },
      ],
    };
    await whole.done('/v1/guardians:import', { guardians: [mother] });
    const days = ['2025-10-06', '2025-10-07', '2025-10-08'];
    await absences(whole, ['7101', student], days, '2025-10-15');
    const [number = ''] = await referAll(whole, [student], ['2025-10-01', '2025-10-02', '2025-10-03']);
    await whole.day('2025-10-17');
    const steps = async () => (await ask('GET', `/v1/cases/${number}`)).body['letters'];
    await expect.poll(steps).toMatchObject([{ kind: 'first-notice', status: 'blocked' }]);
    expect(await noticesOf(whole.db, number)).toEqual([]);
    const listedCases = (await ask('GET', '/v1/cases?flag=undelivered')).body['cases'];
    expect(listedCases).toMatchObject([{ caseNumber: number }]);
    const release = () =>
      ask('POST', `/v1/cases/${number}/letters/release`, {
        letter: 'first-notice',
        reason: 'the mother has given us her address',
      });
    // Mended, it waits for the person who lets it go: no morning sends it by itself.
    await whole.done('/v1/guardians:import', { guardians: [{ ...mother, email: 'mended@example.org' }] });
    await whole.day('2025-10-20');
    expect(await whole.mailTo('mended@example.org')).toEqual([]);
    expect((await release()).status).toBe(200);
    await whole.day('2025-10-21');
    await whole.day('2025-10-22');
    const mails = await whole.mailTo('mended@example.org');
    expect(mails.map(({ text }) => text.includes('Dear Mara Testchild 7102'))).toEqual([true]);
    expect(await noticesOf(whole.db, number)).toMatchObject([
      { status: 'sent', toEmail: 'mended@example.org' },
    ]);
    expect((await release()).body['code']).toBe('LETTER_NOT_WAITING');

    // The logo given before stands in the e-mail, as a part of it.
    expect(mails[0]?.html).toContain('<img src="cid:office-logo"');
    expect(mails[0]?.attachments).toMatchObject([
      { filename: 'logo.png', contentType: 'image/png' },
      { contentType: 'application/pdf' },
    ]);
    const [kept] = await noticesOf(whole.db, number);
    const key = encodeURIComponent(kept?.key ?? '');
    const page = await ask('GET', `/v1/notices/${key}?format=html`);
    expect(page.text).toContain('Dear Mara Testchild 7102');
    expect(page.text).not.toContain('<img');
  }, 120_000);
});

describe('the office’s logo taken away', () => {
  it('stands on nothing any more; letters that have left keep theirs', async () => {
    const profile = (await getOffice(whole.db))?.profile;
    const shown = await ask('PUT', '/v1/office/profile', { ...profile, logo: null });
    expect([shown.status, shown.body['logoBytes']]).toEqual([200, null]);
    const preview = await ask('GET', '/v1/templates/first-notice/en/preview', undefined, rs);
    expect(preview.body['html']).not.toContain('<img');
  });
});

describe('a mail server that takes little', () => {
  it('letters leave no faster than the setting says, however many are ready; without it the rest leave, each once', async () => {
    const children = ['7201', '7202', '7203', '7204', '7205', '7206', '7207', '7208'];
    await addStudents(whole, children);
    await absences(whole, children, ['2025-10-06', '2025-10-07', '2025-10-08'], '2025-10-14');
    const numbers = await referAll(whole, children, ['2025-10-01', '2025-10-02', '2025-10-03']);
    await whole.settled();
    // One message in some twenty minutes.
    const slow = readConfig({ ...WORKER_ENV, MAIL_PER_SECOND: '0.001' }).mail;
    await whole.restartWorker(slow);
    await expect.poll(() => whole.mailRates(), { timeout: 30_000 }).toContain(0.001);
    await whole.done('/v1/office/day', { date: '2025-10-23' });
    const inState = async (...wanted: string[]) => {
      const steps = await Promise.all(
        numbers.map((number) => stepByKey(whole.db, `${number}/first-notice/1`)),
      );
      return steps.filter((step) => wanted.includes(step?.status ?? '')).length;
    };
    await expect.poll(() => inState('leaving', 'out'), { timeout: 60_000 }).toBe(children.length);
    // Everything but the mail goes on meanwhile: a whole referral, judged and written down by the same worker.
    await addStudents(whole, ['7209']);
    await absences(whole, ['7209'], ['2025-10-06', '2025-10-07', '2025-10-08'], '2025-10-14');
    await referAll(whole, ['7209'], ['2025-10-01', '2025-10-02', '2025-10-03']);
    expect(await inState('out')).toBeLessThan(children.length);
    await whole.restartWorker({});
    await expect.poll(() => inState('out'), { timeout: 60_000 }).toBe(children.length);
    for (const child of children) expect(await whole.mailTo(`m${child}@example.org`)).toHaveLength(1);
  }, 240_000);
});

describe('going live', () => {
  it('is refused for the practice letterhead, then for texts nobody has read, of which a live office writes nothing; then it is done', async () => {
    const live = () => ask('POST', '/v1/office/go-live', {});
    const { profile } = (await ask('GET', '/v1/office')).body as { profile: OfficeProfile };
    expect((await live()).body['code']).toBe('OFFICE_DRIVEN');
    await setDrivenToday(whole.db, null);
    try {
      expect((await live()).body['code']).toBe('PROFILE_MISSING');
      const own = { ...profile, name: 'Regional Office of Education #53', email: 'truancy@roe53.example' };
      expect((await ask('PUT', '/v1/office/profile', own)).status).toBe(200);
      const unread = await live();
      expect([unread.status, unread.body['code']]).toEqual([409, 'TEMPLATES_NOT_APPROVED']);
      expect((unread.body['details'] as { templates: string[] }).templates).toContain('second-notice.es');
      expect((await ask('GET', '/v1/office')).body['practice']).toBe(true);
      expect(Object.keys(await templatesInUse(whole.db, 'second-notice', false))).toEqual([]);
      expect(Object.keys(await templatesInUse(whole.db, 'second-notice', true))).toEqual(['en', 'es']);
      expect((await ask('POST', '/v1/templates/approve', { allWaiting: true }, rs)).status).toBe(200);
      const inUse = await templatesInUse(whole.db, 'second-notice', false);
      expect(inUse.en?.version).toBe(templateSource('second-notice', 'en').version);
      // Approving what waits leaves the office's own first notice alone: it had its yes, and what is shipped waits.
      expect((await listed()).every((one) => one.inUse !== null)).toBe(true);
      const done = await live();
      expect([done.status, done.body['practice']]).toEqual([200, false]);
      expect((await live()).status).toBe(200);
    } finally {
      await updateOffice(whole.db, { practice: true, drivenToday: '2025-10-24', profile });
    }
  });
});
