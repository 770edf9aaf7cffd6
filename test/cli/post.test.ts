/** Letters on paper by command: the program against a real API and database; no case has to answer. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settle, testOffice, type TestOffice } from '../api/office.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { deliveryReport } from '../support/delivery-reports.ts';
import { mailedLetter, queuedPrint } from '../support/queued-print.ts';
import { ROOT } from './office.ts';

const folder = mkdtempSync(join(tmpdir(), 'post-'));
const file = (name: string) => join(folder, name);
let postgres: TestPostgres;
let office: TestOffice;
let url = '';
let keys: string[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  url = await office.api.listen({ host: '127.0.0.1', port: 0 });
  const home = { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
  keys = [
    await queuedPrint(office.db, '1001', 'Mara Testchild', home),
    await queuedPrint(office.db, '1002', 'Nora Testchild', home),
  ];
}, 240_000);
afterAll(async () => {
  await office.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function truancy(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'truancy.mjs'), ...args], {
      env: { ...process.env, NO_COLOR: '1', TRUANCY_API_URL: url, TRUANCY_API_KEY: office.adminKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
const LABEL = '71123456789123456787';

describe('from the queue to the proof', () => {
  it('what cannot be is said before anything is printed', async () => {
    const bad = await truancy(
      'notice',
      'print',
      '--out',
      file('b.pdf'),
      '--certified-from',
      '71123456789123456788',
    );
    expect([bad.status, bad.err]).toEqual([2, expect.stringContaining('mistyped')]);
    expect((await truancy('notice', 'batches')).out).toContain('No batch');
    expect((await truancy('notice', 'posted')).err).toMatch(/^error BAD_USAGE: give either --notice/);
    expect((await truancy('notice', 'posted', '--batch', '7')).err).toMatch(/^error UNKNOWN_BATCH/);
    const odd = await truancy(
      'notice',
      'returned',
      '--notice',
      'x',
      '--on',
      '2025-10-15',
      '--because',
      'rain',
    );
    expect([odd.status, odd.err]).toEqual([2, expect.stringContaining('undeliverable, refused, unclaimed')]);
  }, 240_000);

  it('print: the batch, its manifest and the book, once', async () => {
    const queue = await truancy('notice', 'print');
    for (const key of keys) expect(queue.out).toContain(key);
    const lists = ['--manifest', file('m.csv'), '--book', file('book.pdf')];
    const made = await truancy(
      'notice',
      'print',
      '--out',
      file('b.pdf'),
      '--certified-from',
      LABEL,
      ...lists,
    );
    expect([made.status, made.out]).toEqual([
      0,
      expect.stringContaining('Batch 1: 2 letters in 2 envelopes'),
    ]);
    expect(readFileSync(file('b.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readFileSync(file('book.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readFileSync(file('m.csv'), 'utf8').split('\r\n')).toHaveLength(4);
    const again = await truancy('notice', 'print', '--out', file('c.pdf'));
    expect(again.out).toContain('Nothing waits to be printed.');
  }, 240_000);

  it('manifest, posted, reprint', async () => {
    const manifest = await truancy(
      'notice',
      'manifest',
      '--batch',
      '1',
      '--certified',
      `${keys[1]}=0307 1790 0005 2348 3741`,
    );
    expect(manifest.out).toContain('1 envelopes have a new number');
    expect(manifest.out).toContain('7112 3456 7891 2345 6787');
    expect(widest(manifest.out)).toBeLessThanOrEqual(80);
    expect((await truancy('notice', 'posted', '--batch', '1')).out).toContain(
      '2 letters posted on Wed 15 Oct 2025',
    );
    const copy = await truancy('notice', 'reprint', '--batch', '1', '--out', file('copy.pdf'));
    expect(copy.out).toContain('says that it is a copy');
  }, 240_000);

  it('delivered by the carrier’s list, which names the lines that fit nothing; returned by hand', async () => {
    const rows = [
      `${LABEL},Delivered,10/15/2025`,
      '91 2101 0521 2978 9436 8008,Delivered,10/15/2025',
      '123,Delivered,10/15/2025',
    ];
    writeFileSync(file('tracking.csv'), ['number,status,date', ...rows, ''].join('\n'));
    const imported = await truancy('notice', 'delivered', '--file', file('tracking.csv'));
    expect(imported.out).toMatch(/3 lines read: 1 new, 0 known already/);
    expect(imported.out).toMatch(/tracking\.csv:3 .*no letter here/);
    expect(imported.out).toMatch(/tracking\.csv:4 .*3 digits/);
    expect(widest(imported.out)).toBeLessThanOrEqual(80);
    expect((await truancy('notice', 'delivered', '--file', file('tracking.csv'))).out).toContain(
      '0 new, 1 known',
    );
    const back = await truancy('notice', 'returned', '--notice', keys[1] ?? '', '--on', '2025-10-15');
    expect(back.out).toContain('The address is marked');
    const shown = await truancy('notice', 'show', '--notice', keys[1] ?? '');
    expect(shown.out).toContain('Proof    came back: undeliverable Wed 15 Oct 2025');
  }, 240_000);
});

describe('the logo', () => {
  it('is given and taken away without the profile; nothing to change is wrong usage', async () => {
    const nothing = await truancy('office', 'profile');
    expect([nothing.status, nothing.err]).toEqual([
      2,
      expect.stringMatching(/^error BAD_USAGE: .*--no-logo/),
    ]);
    writeFileSync(file('crest.png'), PNG.sync.write(new PNG({ width: 3, height: 3 })));
    const given = await truancy('office', 'profile', '--logo', file('crest.png'));
    expect([given.status, given.err]).toEqual([0, '']);
    expect(given.out).toContain('Logo     1 kB, on letters and e-mails');
    expect((await truancy('office', 'profile', '--no-logo')).out).toContain('Logo     none');
  }, 240_000);
});

describe('e-mails that came back', () => {
  const mbox = (...messages: string[]) =>
    messages.map((one, i) => `From MAILER-DAEMON Wed Oct 15 10:0${i}:00 2025\r\n${one}\r\n`).join('\r\n');

  it('are taken from a mailbox file: what became of each, and the same file again does nothing', async () => {
    expect((await truancy('notice', 'bounces')).out).toBe('Nothing came back.\n');
    const away = await truancy('notice', 'bounces', '--from', file('no-such-mailbox'));
    expect([away.status, away.out]).toEqual([2, '']);
    expect(away.err).toMatch(/^error CANNOT_READ: [^\n]*\n$/);

    const home = { lines: ['9 Elm Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
    const tie = {
      relation: 'Mother',
      legalRecipient: 'yes',
      livesWith: true,
      primary: true,
      noContact: false,
    };
    await office.ask('POST', '/v1/students:import', {
      students: [{ sisId: '1003', firstName: 'Ida', lastName: 'Testchild', school: 'PEKIN-HS' }],
    });
    await office.ask('POST', '/v1/guardians:import', {
      guardians: [
        {
          ...{ sourceId: 'g-3', firstName: 'Uma', lastName: 'Testchild', language: 'en', address: home },
          ...{ email: 'uma@example.org', students: [{ student: '1003', ...tie }] },
        },
      ],
    });
    const letter = await mailedLetter(office.db, '1003', 'Uma Testchild', home, 'uma@example.org');
    const to = { messageId: letter.messageId, recipient: 'uma@example.org' };
    writeFileSync(
      file('bounces.mbox'),
      mbox(
        deliveryReport({ ...to, action: 'delayed', status: '4.4.1', n: 1 }),
        deliveryReport({ ...to, n: 2 }),
        deliveryReport({ ...to, messageId: '<stranger@elsewhere.example>', n: 3 }),
        'From: uma@example.org\r\nSubject: Re: School attendance\r\n\r\nThank you.\r\n',
      ),
    );
    const taken = await truancy('notice', 'bounces', '--from', file('bounces.mbox'));
    expect([taken.status, taken.err]).toEqual([0, '']);
    expect(taken.out).toMatch(/^ +1 {2}came back; printed instead$/m);
    expect(taken.out).toMatch(/^ +1 {2}no failure: nothing to do$/m);
    expect(taken.out).toMatch(/^ +1 {2}names no letter of this office$/m);
    expect(taken.out).toMatch(/^ +1 {2}no delivery report: left alone$/m);
    expect(taken.out).toContain(`${letter.key} (5.1.1)`);
    expect(taken.out).not.toMatch(/uma|Testchild/i);
    expect(widest(taken.out)).toBeLessThanOrEqual(80);

    const again = await truancy('notice', 'bounces', '--from', file('bounces.mbox'), '--json');
    const reports = JSON.parse(again.out) as { outcome: string; repeated: boolean }[];
    expect(reports.filter(({ outcome }) => outcome === 'printed')).toMatchObject([{ repeated: true }]);
    const listed = await truancy('notice', 'bounces');
    expect(listed.out).toContain(letter.key);
    expect(widest(listed.out)).toBeLessThanOrEqual(80);
    const queue = await truancy('notice', 'print');
    expect(queue.out.match(new RegExp(`${letter.key}-print`, 'g'))).toHaveLength(1);
  }, 240_000);
});
