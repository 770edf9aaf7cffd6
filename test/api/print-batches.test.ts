/** Letters on paper, from the queue to their proof: real letters, a real database, real PDFs. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../db/schema/index.ts';
import { batchPdf } from '../../db/stores/print-batches.ts';
import { countPages } from '../../templates/pdf/kept-pages.ts';
import { queuedPrint } from '../support/queued-print.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { settle, testOffice, type TestOffice } from './office.ts';

const folder = mkdtempSync(join(tmpdir(), 'batches-'));
const poppler = spawnSync('pdftotext', ['-v']).error === undefined;
let postgres: TestPostgres;
let office: TestOffice;
/** Letters of four children of two homes; the last two are siblings with one mother. */
let keys: string[];

const CHILDREN = [
  ['5001', 'Ida', 'One', '9 Elm Street', '61558'],
  ['5002', 'Lea', 'Two', '7 Oak Street', '61401'],
  ['5003', 'Kim', 'Three', '12 Court Street', '61554'],
  ['5004', 'Kim', 'Three', '12 Court Street', '61554'],
] as const;

beforeAll(async () => {
  postgres = await startPostgres();
  office = await testOffice(await postgres.freshDatabase());
  await settle(office);
  await post('/v1/students:import', {
    students: CHILDREN.map(([sisId]) => ({
      ...{ sisId, firstName: 'Ada', lastName: `Child ${sisId}`, birthDate: '2011-03-02', school: 'PEKIN-HS' },
    })),
  });
  const tie = (student: string) => ({
    ...{
      student,
      relation: 'Mother',
      legalRecipient: 'yes',
      livesWith: true,
      primary: true,
      noContact: false,
    },
  });
  const homes = new Map(
    CHILDREN.map(([sisId, first, last, street, zip]) => [last, { sisId, first, street, zip }]),
  );
  await post('/v1/guardians:import', {
    guardians: [...homes].map(([lastName, { first, street, zip }]) => ({
      ...{ sourceId: `p-${lastName}`, firstName: first, lastName, language: 'en' },
      address: { lines: [street], city: 'Pekin', state: 'IL', postalCode: zip },
      students: CHILDREN.filter(([, , last]) => last === lastName).map(([sisId]) => tie(sisId)),
    })),
  });
  keys = [];
  for (const [sisId, first, last, street, postalCode] of CHILDREN) {
    keys.push(
      await queuedPrint(office.db, sisId, `${first} ${last}`, {
        lines: [street],
        city: 'Pekin',
        state: 'IL',
        postalCode,
      }),
    );
  }
}, 180_000);
afterAll(async () => {
  await office.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await office.ask('POST', url, body);
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  return answer.body;
}

const bytesOf = async (url: string) => {
  const response = await office.api.inject({
    ...{ method: 'GET', url, headers: { authorization: `Bearer ${office.adminKey}` } },
  });
  expect(response.statusCode).toBe(200);
  return response.rawPayload;
};
const pagesOf = (pdf: Uint8Array): string[] => {
  const file = join(folder, 'x.pdf');
  writeFileSync(file, pdf);
  return spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).stdout.split('\f').slice(0, -1);
};
const LABEL = '71123456789123456787';

describe('the print queue becomes a batch', () => {
  it('one PDF in the order of the post; the same command again is the same batch, another finds nothing', async () => {
    const wish = { id: 'morning-1', duplex: true, certifiedFrom: LABEL };
    const [made, twice] = await Promise.all([
      post('/v1/print-batches', wish),
      post('/v1/print-batches', wish),
    ]);
    expect([made['made'], twice['made']].sort()).toEqual([false, true]);
    expect(made['batch']).toEqual(twice['batch']);
    expect(made['batch']).toMatchObject({ batch: 1, letters: 4, envelopes: 3, duplex: true });
    const { manifest } = made['batch'] as {
      manifest: { key: string; envelope: number; certified: string }[];
    };
    expect(manifest.map(({ key, envelope }) => [key, envelope])).toEqual([
      [keys[1], 1],
      [keys[2], 2],
      [keys[3], 2],
      [keys[0], 3],
    ]);
    expect(manifest[1]?.certified).toBe(manifest[2]?.certified);
    expect(await post('/v1/print-batches', {})).toMatchObject({ batch: null, left: 0 });
  });

  it('its bytes are kept with their hash; each letter begins on the front of a sheet', async () => {
    const { body } = await office.ask('GET', '/v1/print-batches/1');
    const pdf = await bytesOf('/v1/print-batches/1?format=pdf');
    expect(createHash('sha256').update(pdf).digest('hex')).toBe(body['sha256']);
    expect(Buffer.from((await batchPdf(office.db, 1)) ?? []).equals(pdf)).toBe(true);
    expect(await countPages(pdf)).toBe(body['pages']);
    const manifest = body['manifest'] as { firstPage: number; pages: number }[];
    for (const { firstPage } of manifest) expect(firstPage % 2).toBe(1);
    if (!poppler) return;
    const pages = pagesOf(pdf);
    for (const { firstPage, pages: own } of manifest) {
      expect(pages[firstPage - 1]).toContain(`1 of ${own}`);
      expect(pages[firstPage + own - 2]).toContain(`${own} of ${own}`);
    }
  });

  it('the manifest and the sheet for the counter', async () => {
    const csv = (await bytesOf('/v1/print-batches/1?format=manifest-csv')).toString();
    expect(csv.split('\r\n')).toHaveLength(6);
    expect(csv).toContain('7112 3456 7891 2345 6787');
    const book = (await bytesOf('/v1/print-batches/1?format=book-csv')).toString();
    expect(book.split('\r\n')).toHaveLength(5);
    const sheet = await bytesOf('/v1/print-batches/1?format=book-pdf');
    if (poppler)
      expect(pagesOf(sheet).join('\n')).toMatch(/7112 3456 7891 2345 6787\s+Lea Two\s+7 Oak Street/);
  });

  it('labels: a wrong check digit, a foreign letter or a number used before changes nothing', async () => {
    const set = (labels: { notice: string; certified: string }[]) =>
      office.ask('POST', '/v1/print-batches/1/labels', { labels });
    const [one = '', two = ''] = keys;
    expect((await set([{ notice: one, certified: '71123456789123456788' }])).body['code']).toBe(
      'BAD_CERTIFIED_NUMBER',
    );
    expect((await set([{ notice: 'C-000099/order/1/g1', certified: LABEL }])).body['code']).toBe(
      'NOT_IN_BATCH',
    );
    expect((await set([{ notice: one, certified: LABEL }])).body['code']).toBe('CERTIFIED_NUMBER_TAKEN');
    const good = { notice: two, certified: '0307 1790 0005 2348 3741' };
    expect((await set([good])).body['changed']).toBe(1);
    expect((await set([good])).body['changed']).toBe(0);
  });

  it('a school clerk prints nothing', async () => {
    const clerk = await office.person('school', ['PEKIN-HS']);
    expect((await office.ask('POST', '/v1/print-batches', {}, clerk)).status).toBe(403);
    expect((await office.ask('GET', '/v1/print-batches/1', undefined, clerk)).status).toBe(403);
  });
});

describe('posting', () => {
  it('before a letter is posted nothing is known to have become of it', async () => {
    const early = await office.ask('POST', `/v1/notices/${encodeURIComponent(keys[0] ?? '')}/proof`, {
      ...{ outcome: 'delivered', on: '2025-10-15' },
    });
    expect([early.status, early.body['code']]).toEqual([409, 'LETTER_NOT_POSTED']);
  });

  it('the whole batch at once; said again it posts nothing twice', async () => {
    expect(await post('/v1/print-batches/1/posted', {})).toMatchObject({
      posted: 4,
      already: 0,
      pullOut: [],
    });
    expect(await post('/v1/print-batches/1/posted', {})).toMatchObject({ posted: 0, already: 4 });
    const again = await office.ask('GET', '/v1/print-batches/1?format=pdf');
    expect([again.status, again.body['code']]).toEqual([409, 'BATCH_POSTED']);
  }, 60_000);

  it('printed again, every page says that it is a copy', async () => {
    for (const url of [
      '/v1/print-batches/1?format=copy',
      `/v1/notices/${encodeURIComponent(keys[0] ?? '')}?format=copy`,
    ]) {
      const copy = await bytesOf(url);
      if (!poppler) continue;
      const pages = pagesOf(copy);
      expect(pages.filter((page) => page.includes('COPY printed on Wed 15 Oct 2025'))).toHaveLength(
        pages.length,
      );
    }
  });
});

describe('what became of it', () => {
  const rows = [
    { line: 2, certified: '0307 1790 0005 2348 3741', outcome: 'delivered', on: '2025-10-15' },
    { line: 3, certified: '9121010521297894368008', outcome: 'delivered', on: '2025-10-15' },
    { line: 4, certified: '0307 1790 0005 2348 3741', outcome: 'delivered', on: '2025-10-14' },
  ];

  it('is brought in from the carrier’s export; the same file again changes nothing, lines that fit nothing are named', async () => {
    const first = await post('/v1/mail-proofs/imports', { rows });
    expect(first).toMatchObject({
      ...{ read: 3, new: 1, unchanged: 0 },
      unmatched: [
        { line: 3, code: 'UNKNOWN_ARTICLE' },
        { line: 4, code: 'PROOF_BEFORE_POSTING' },
      ],
    });
    expect(await post('/v1/mail-proofs/imports', { rows })).toMatchObject({ new: 0, unchanged: 1 });
    const shown = await office.ask('GET', `/v1/notices/${encodeURIComponent(keys[1] ?? '')}`);
    expect(shown.body['mail']).toEqual({
      ...{ batch: 1, certified: '03071790000523483741' },
      proof: { outcome: 'delivered', on: '2025-10-15', reference: null },
    });
  });

  it('a returned envelope: both siblings’ letters, the address marked, a task each, and the next letter is blocked', async () => {
    const key = keys[2] ?? '';
    const back = { outcome: 'undeliverable', on: '2025-10-15', reference: 'envelope in the file' };
    expect(await post(`/v1/notices/${encodeURIComponent(key)}/proof`, back)).toMatchObject({
      ...{ changed: true, addressMarked: true, asked: true, verification: false },
    });
    expect(await post(`/v1/notices/${encodeURIComponent(key)}/proof`, back)).toMatchObject({
      changed: false,
      asked: false,
    });
    for (const [sisId, letter] of [
      ['5003', keys[2]],
      ['5004', keys[3]],
    ] as const) {
      const child = await office.ask('GET', `/v1/students/${sisId}`);
      expect(child.body['letters']).toMatchObject({ blocked: 'NO_ADDRESS' });
      const caseNumber = letter?.split('/')[0] ?? '';
      const { tasks } = (await office.ask('GET', `/v1/tasks?case=${caseNumber}`)).body as { tasks: object[] };
      expect(tasks).toMatchObject([
        {
          kind: 'returned-mail',
          textCode: 'LETTER_CAME_BACK',
          role: 'case-manager',
          details: { notice: letter },
        },
      ]);
      expect(JSON.stringify(tasks)).not.toMatch(/Court Street|Three/);
    }
    const listed = await office.ask('GET', `/v1/notices?case=${key.split('/')[0]}`);
    expect(listed.body['notices']).toMatchObject([
      { status: 'posted', mail: { proof: { outcome: 'undeliverable' } } },
    ]);
  });

  it('an adult who has moved since is not marked: the new address is another', async () => {
    await post('/v1/guardians:import', {
      guardians: [
        {
          ...{ sourceId: 'p-One', firstName: 'Ida', lastName: 'One', language: 'en' },
          address: { lines: ['1 New Street'], city: 'Pekin', state: 'IL', postalCode: '61554' },
          students: [],
        },
      ],
    });
    const done = await post(`/v1/notices/${encodeURIComponent(keys[0] ?? '')}/proof`, {
      ...{ outcome: 'undeliverable', on: '2025-10-15' },
    });
    expect(done).toMatchObject({ changed: true, addressMarked: false, asked: true });
  });
});

describe('where the policy asks for a look at the address', () => {
  it('a letter that came back asks the Case Manager to have one; one refused at the door does not', async () => {
    const ladder = readFileSync(join(import.meta.dirname, '../../policies/roe53.yaml'), 'utf8');
    const text = ladder
      .replace(/^version: .*$/m, "version: 'looks'")
      .replace('asksAddressVerification: false', 'asksAddressVerification: true');
    expect((await office.ask('PUT', '/v1/office/policy', { text })).status).toBe(200);
    // A mother of two: a letter for each child, in one envelope.
    const home = { lines: ['4 Ash Street'], city: 'Pekin', state: 'IL', postalCode: '61554' };
    await post('/v1/students:import', {
      students: ['5005', '5006'].map((sisId) => ({
        ...{
          sisId,
          firstName: 'Ada',
          lastName: `Child ${sisId}`,
          birthDate: '2011-03-02',
          school: 'PEKIN-HS',
        },
      })),
    });
    await post('/v1/guardians:import', {
      guardians: [
        {
          ...{ sourceId: 'p-Four', firstName: 'Uma', lastName: 'Four', language: 'en', address: home },
          students: ['5005', '5006'].map((student) => ({
            ...{ student, relation: 'Mother', legalRecipient: 'yes', livesWith: true, primary: true },
            noContact: false,
          })),
        },
      ],
    });
    const letters = [
      await queuedPrint(office.db, '5005', 'Uma Four', home),
      await queuedPrint(office.db, '5006', 'Uma Four', home),
    ];
    await office.db.update(cases).set({ policyVersion: 'looks' });
    for (const key of letters) await post(`/v1/notices/${encodeURIComponent(key)}/posted`, {});
    const back = { outcome: 'undeliverable', on: '2025-10-15' };
    const first = await post(`/v1/notices/${encodeURIComponent(letters[0] ?? '')}/proof`, back);
    expect(first).toMatchObject({ addressMarked: true, verification: true, call: null });
    const { tasks } = (
      await office.ask('GET', `/v1/tasks?case=${letters[0]?.split('/')[0]}&kind=address-verification`)
    ).body as { tasks: object[] };
    expect(tasks).toMatchObject([{ textCode: 'VERIFY_THE_ADDRESS', role: 'case-manager' }]);
    expect(JSON.stringify(tasks)).not.toMatch(/Ash Street|Four/);
    // Refused at the door says nothing against the address.
    const refused = { outcome: 'refused', on: '2025-10-15' };
    expect(await post(`/v1/notices/${encodeURIComponent(letters[1] ?? '')}/proof`, refused)).toMatchObject({
      ...{ addressMarked: false, verification: false },
    });
  });
});
