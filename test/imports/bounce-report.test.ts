import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBounceReport } from '../../imports/bounce-report.ts';
import { messagesIn } from '../../imports/mailbox.ts';
import { deliveryReport } from '../support/delivery-reports.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mailbox-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ABOUT = { messageId: '<abc123@roe53.example>', recipient: 'Mara@Example.org' };

describe('a delivery report', () => {
  it('says which message, which recipient, and for good or not', async () => {
    expect(await readBounceReport(deliveryReport(ABOUT))).toEqual({
      reportId: '<report-1@mx.example.org>',
      about: ['abc123@roe53.example'],
      recipients: [{ action: 'failed', status: '5.1.1', addresses: ['mara@example.org'] }],
    });
  });

  it('may return the headers alone, or the envelope’s id, or nothing but an answer', async () => {
    for (const returned of ['headers', 'envelope-id', 'reply'] as const) {
      const report = await readBounceReport(deliveryReport({ ...ABOUT, returned }));
      expect(report?.about).toEqual(['abc123@roe53.example']);
    }
  });

  it('folded, with the address it was handed on to', async () => {
    const report = await readBounceReport(
      deliveryReport({ ...ABOUT, action: 'delayed', status: '4.4.1', handedOn: 'mara@elsewhere.example' }),
    );
    expect(report?.recipients).toEqual([
      {
        action: 'delayed',
        status: '4.4.1',
        addresses: ['mara@example.org', 'mara@elsewhere.example'],
      },
    ]);
  });

  it('is not what a parent answers, nor an absence note, nor rubbish', async () => {
    const answer = 'From: mara@example.org\r\nSubject: Re: School attendance\r\n\r\nAction: failed\r\n';
    expect(await readBounceReport(answer)).toBeNull();
    expect(await readBounceReport('')).toBeNull();
    expect(await readBounceReport(deliveryReport(ABOUT).replace(/Status: .*\r\n/, ''))).toBeNull();
  });
});

describe('a mailbox', () => {
  const [one, two] = ['Subject: one\r\n\r\nFirst.\r\n', 'Subject: two\r\n\r\nSecond.\r\n'];

  it('as an mbox file, quoted lines restored', () => {
    const file = path.join(folder, 'mbox');
    const quoted = two.replace('Second.', '>From here.');
    const from = 'From MAILER-DAEMON Wed Oct 15 10:00:00 2025\r\n';
    writeFileSync(file, `${from}${one}\r\n${from}${quoted}\r\n`);
    expect(messagesIn(file).map((text) => text.trim())).toEqual([
      one.trim(),
      two.replace('Second.', 'From here.').trim(),
    ]);
  });

  it('as a Maildir, without what is still being written', () => {
    const maildir = path.join(folder, 'maildir');
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(path.join(maildir, name), { recursive: true });
    writeFileSync(path.join(maildir, 'new', '1'), one);
    writeFileSync(path.join(maildir, 'cur', '2:2,S'), two);
    writeFileSync(path.join(maildir, 'tmp', '3'), 'half');
    expect(messagesIn(maildir)).toEqual([one, two]);
  });

  it('as a folder of messages, or one', () => {
    const messages = path.join(folder, 'eml');
    mkdirSync(messages);
    writeFileSync(path.join(messages, 'a.eml'), one);
    writeFileSync(path.join(messages, 'b.eml'), two);
    expect(messagesIn(messages)).toEqual([one, two]);
    expect(messagesIn(path.join(messages, 'b.eml'))).toEqual([two]);
  });
});
