/**
 * Names that would do harm where somebody forgot to mind them, through to the received e-mail (its headers parsed) and the
 * printed page: printed as they are, harming nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { parse } from 'csv-parse/sync';
import { parseDocument } from 'htmlparser2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery-activities.ts';
import { createMailer } from '../../activities/smtp.ts';
import { bookCsv, bookPdf, manifestCsv } from '../../client/print-lists.ts';
import type { BatchShown } from '../../client/services/print-batches.ts';
import type { Database } from '../../db/connect.ts';
import { upsertSchools } from '../../db/stores/places.ts';
import { noticeByKey, noticesOf, type NoticeRow } from '../../db/stores/notices.ts';
import { startMailCatcher, type MailCatcher } from '../../stack/mail-catcher.ts';
import { caseOnRecord, officeOfLetters } from '../support/case-on-record.ts';
import { pagesOf } from '../support/families-proof.ts';
import { NAMES } from '../support/hostile-names.ts';
import { CLERK, guardian } from '../support/office-records.ts';
import { ROE53 } from '../support/paper-case.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'truancy-names-'));
let postgres: TestPostgres;
let db: Database;
let mail: MailCatcher;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase();
  await officeOfLetters(db);
  mail = await startMailCatcher({ folder, usualPorts: false, progress: () => undefined });
}, 180_000);
afterAll(async () => {
  await mail.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const CLERK_MAIL = 'clerk@north.example.org';
let families = 0;

/** The letter of a family where everybody bears this name, by e-mail to one adult and by post to another. */
async function letterFor(name: string) {
  await upsertSchools(
    db,
    [
      {
        ...{
          code: 'NORTH-HS',
          sourceId: '1001',
          district: 'D1',
          county: 'Tazewell',
          zone: 'America/Chicago',
        },
        name: 'North High School',
        contacts: [{ function: 'attendance-clerk', name: `Cleo ${name}`, email: CLERK_MAIL }],
      },
    ],
    CLERK,
  );
  families += 1;
  const sisId = `H${families}`;
  const home = (line: string) => ({ lines: [line], city: 'Testville', state: 'IL', postalCode: '61000' });
  const letter = await caseOnRecord(db, {
    student: { sisId, firstName: 'Kim', lastName: name },
    guardians: [
      guardian(`A-${sisId}`, sisId, { firstName: 'Ann', lastName: name, email: `${sisId}@family.example` }),
      guardian(`B-${sisId}`, sisId, {
        firstName: 'Ben',
        lastName: name,
        email: undefined,
        address: home(`=1+1 ${name}`.slice(0, 34)),
      }),
    ],
    policy: { ...ROE53, notices: { ...ROE53.notices, schoolCopy: 'attendance-clerk' } },
  });
  const activities = createDeliveryActivities({ db, mailer: createMailer(mail.smtpUrl), mailIsCaught: true });
  const run = <T>(work: () => Promise<T>) => new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const plan = await run(() => activities.planLetter(letter));
  if (plan.status !== 'leaving') throw new Error(JSON.stringify(plan));
  for (const { addressee, channel } of plan.notices)
    await run(() =>
      channel === 'email'
        ? activities.sendNotice(letter, addressee)
        : activities.printNotice(letter, addressee),
    );
  expect(await run(() => activities.sendSchoolCopy(letter))).toEqual({ status: 'sent' });
  const copy = await mail.store.parsed(mail.store.list({ recipient: CLERK_MAIL })[0]?.id ?? '');
  const caught = mail.store.list({ recipient: `${sisId}@family.example` });
  const email = await mail.store.parsed(caught[0]?.id ?? '');
  const kept = (await noticesOf(db, letter.caseNumber)).find((one) => one.channel === 'print');
  const print = kept && (await noticeByKey(db, kept.key));
  if (!email || !copy || !print?.pdf) throw new Error('a copy is missing');
  return { caught, email, copy, print, pages: pagesOf(print.pdf), attached: email.attachments };
}

const flat = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, ' ');

describe.each(NAMES)('a name with %s', (_what, name, read) => {
  it('is printed as it is, and does nothing', { timeout: 60_000 }, async () => {
    const { caught, email, copy, print, pages, attached } = await letterFor(name);
    // One message, to its one reader; no header more than any letter has.
    expect(caught).toMatchObject([{ to: [`H${families}@family.example`] }]);
    // No mail program decodes another name out of the header; the letter itself has the name as it is.
    const shown = `Ann ${read}`.replaceAll('=?', '= ?');
    expect(email.to).toEqual([{ name: shown, address: `H${families}@family.example` }]);
    expect([email.bcc, email.cc, email.from?.address]).toEqual([
      undefined,
      undefined,
      'truancy@roe53.example',
    ]);
    expect(new Set(email.headers.map((one) => one.key))).toEqual(HEADERS);
    expect(email.subject).not.toContain(read.slice(0, 4));

    expect(flat(email.text ?? '')).toContain(`Dear Ann ${read},`);
    expect(flat(email.text ?? '')).toContain(`Kim ${read}`);
    expect(textOfHtml(email.html ?? '')).toContain(`Kim ${read}`);
    expect(email.html).not.toMatch(/<script|<b>Bo/);
    expect(flat(pages)).toContain(`Ben ${read}`);

    expect(attached).toMatchObject([{ mimeType: 'application/pdf' }]);
    expect(attached[0]!.filename).toMatch(/^letter-C-\d+\.pdf$/);
    const pdf = attached[0]!.content as ArrayBuffer;
    expect(flat(pagesOf(new Uint8Array(pdf)))).toContain(`Kim ${read}`);

    // The school's copy, to a contact of that name: one reader, and no name of the child outside the letter attached.
    expect(copy.to).toEqual([{ name: `Cleo ${read}`.replaceAll('=?', '= ?'), address: CLERK_MAIL }]);
    expect([copy.bcc, copy.cc]).toEqual([undefined, undefined]);
    expect(new Set(copy.headers.map((one) => one.key))).toEqual(HEADERS);
    expect(`${copy.subject}${copy.text}`).not.toMatch(/Kim|Ann|Ben/);
    expect(copy.attachments).toMatchObject([{ mimeType: 'application/pdf' }]);

    // In the lists that go with a batch: one line, and no cell that a spreadsheet runs.
    const batch = batchOf(print);
    for (const text of [manifestCsv(batch), bookCsv(batch)]) {
      const rows: string[][] = parse(text);
      expect(rows).toHaveLength(2);
      expect(rows[1]!.some((cell) => cell.includes(`Ben ${read}`))).toBe(true);
      for (const cell of rows[1]!) expect(cell).not.toMatch(/^[=+\-@\t\r]|\n/);
    }
    const book = await bookPdf(batch, { name: 'Office', addressLines: ['1 Main Street'] });
    // A cell is broken where it is full, with the next column's words in between.
    const sheet = closed(pagesOf(book));
    for (const word of flat(read).split(' ')) expect(sheet).toContain(word.slice(0, 12));
  });
});

/** A batch of this one letter. */
function batchOf({ key, caseNumber, toName, toAddress }: NoticeRow): BatchShown {
  if (toName === null || toAddress === null) throw new Error('a print without an addressee');
  return {
    ...{ batch: 1, madeOn: '2025-01-15', duplex: false, letters: 1, envelopes: 1, pages: 1, sha256: 'x' },
    manifest: [
      {
        ...{ sequence: 1, envelope: 1, key, caseNumber, letter: 'first-notice', toName, toAddress },
        ...{ firstPage: 1, pages: 1, certified: null, status: 'queued', outOn: null },
      },
    ],
  };
}

/** Without blanks: a cell of a table is broken where it is full. */
const closed = (text: string) => flat(text).replaceAll(' ', '');

const HEADERS = new Set([
  ...['from', 'to', 'reply-to', 'subject', 'message-id', 'date', 'mime-version', 'content-type'],
  'auto-submitted',
]);

/** As a mail program shows it: the text of its elements, entities read. */
function textOfHtml(html: string): string {
  const collect = (node: ReturnType<typeof parseDocument>['children'][number]): string =>
    'data' in node && String(node.type) === 'text'
      ? String(node.data)
      : 'children' in node
        ? node.children.map(collect).join('')
        : '';
  return flat(parseDocument(html).children.map(collect).join(''));
}
