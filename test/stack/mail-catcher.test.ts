import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMailCatcher, type MailCatcher, type MailFaults } from '../../stack/mail-catcher.ts';
import type { CaughtMessage } from '../../stack/mail-store.ts';
import { temporaryFolder } from './temporary-home.ts';

const mail = temporaryFolder();
let catcher: MailCatcher;
let faults: MailFaults = () => undefined;

const start = () =>
  startMailCatcher({
    folder: mail.folder,
    usualPorts: false,
    faults: (...asked) => faults(...asked),
    progress: () => undefined,
  });

beforeAll(async () => {
  catcher = await start();
});
beforeEach(() => {
  faults = () => undefined;
});
afterAll(async () => {
  await catcher?.stop();
  mail.remove();
});

interface Letter {
  to: string;
  subject?: string;
  raw?: string | Buffer;
  [field: string]: unknown;
}

async function send({ to, ...letter }: Letter): Promise<string> {
  const transport = nodemailer.createTransport(catcher.smtpUrl);
  try {
    const envelope = { from: 'office@example.org', to };
    await transport.sendMail({ from: 'Office <office@example.org>', to, envelope, ...letter });
    return to;
  } finally {
    transport.close();
  }
}

async function api<T>(path: string): Promise<T> {
  return (await (await fetch(`${catcher.inboxUrl}${path}`)).json()) as T;
}

const listFor = (recipient: string) =>
  api<CaughtMessage[]>(`/api/messages?recipient=${encodeURIComponent(recipient)}`);

async function onlyFor(recipient: string): Promise<CaughtMessage> {
  const [message, ...more] = await listFor(recipient);
  expect(more).toEqual([]);
  if (!message) throw new Error(`nothing caught for ${recipient}`);
  return message;
}

/** Speaks SMTP by hand, byte by byte, and gives everything the server said. */
function speak(lines: readonly (string | Buffer)[]): Promise<string> {
  const { port } = new URL(catcher.smtpUrl);
  return new Promise((resolve) => {
    let said = '';
    const left = [...lines];
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.on('data', (data) => {
      said += data.toString('latin1');
      const next = left.shift();
      if (next !== undefined) socket.write(next);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}

describe('the mail catcher', () => {
  it('keeps each message byte for byte, whatever bytes it has', async () => {
    const body = Buffer.concat([
      Buffer.from('Message-ID: <exact@example.org>\r\nSubject: =?utf-8?q?Notificaci=C3=B3n?=\r\n\r\n'),
      Buffer.from([0x80, 0xff, 0x00, 0xc3, 0x28]),
      Buffer.from('\r\n.\r\n..two dots\r\n   trailing  \r\n\r\n'),
    ]);
    const stuffed = Buffer.from(body.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1..'), 'latin1');
    const said = await speak([
      'EHLO test\r\n',
      'MAIL FROM:<office@example.org>\r\n',
      'RCPT TO:<exact@example.com>\r\n',
      'DATA\r\n',
      Buffer.concat([stuffed, Buffer.from('.\r\n')]),
      'QUIT\r\n',
    ]);
    expect(said).toMatch(/\r\n250 [^\r]*\r\n221/);
    const message = await onlyFor('exact@example.com');
    expect(readFileSync(`${mail.folder}/${message.id}.eml`).equals(body)).toBe(true);
    expect(message).toMatchObject({
      from: 'office@example.org',
      to: ['exact@example.com'],
      subject: 'Notificación',
      messageId: '<exact@example.org>',
      size: body.length,
    });
    const raw = await fetch(`${catcher.inboxUrl}/api/messages/${message.id}/raw`);
    expect(Buffer.from(await raw.arrayBuffer()).equals(body)).toBe(true);
  });

  it('lists the newest first, and finds by recipient and by message id', async () => {
    await send({ to: 'ana@example.com', subject: 'first', messageId: '<one@truancy.example>' });
    await send({ to: 'ana@example.com', subject: 'second', messageId: '<two@truancy.example>' });
    expect((await listFor('ANA@example.com')).map((m) => m.subject)).toEqual(['second', 'first']);
    for (const id of ['<one@truancy.example>', 'one@truancy.example']) {
      const found = await api<CaughtMessage[]>(`/api/messages?messageId=${encodeURIComponent(id)}`);
      expect(found.map((m) => m.subject)).toEqual(['first']);
    }
    expect(await listFor('nobody@example.com')).toEqual([]);
  });

  it('goes by the envelope, not by what the headers claim', async () => {
    await send({ to: 'really@example.com', raw: 'To: other@example.com\r\nSubject: x\r\n\r\nhello' });
    expect(await listFor('other@example.com')).toEqual([]);
    expect((await onlyFor('really@example.com')).to).toEqual(['really@example.com']);
  });

  it('still has everything after a restart', async () => {
    const before = await api<CaughtMessage[]>('/api/messages');
    expect(before.length).toBeGreaterThan(0);
    await catcher.stop();
    catcher = await start();
    expect(await api<CaughtMessage[]>('/api/messages')).toEqual(before);
  });

  it('gives text, HTML and attachments', async () => {
    const pdf = Buffer.from('%PDF-1.7 not really');
    await send({
      to: 'parts@example.com',
      subject: 'Letter',
      text: 'Dear family',
      html: '<p>Dear <b>family</b></p>',
      attachments: [{ filename: 'notificación ".pdf', content: pdf, contentType: 'application/pdf' }],
    });
    const { id } = await onlyFor('parts@example.com');
    expect(await api(`/api/messages/${id}`)).toMatchObject({
      text: 'Dear family\n',
      html: '<p>Dear <b>family</b></p>\n',
      attachments: [{ filename: 'notificación ".pdf', contentType: 'application/pdf', size: pdf.length }],
    });
    const file = await fetch(`${catcher.inboxUrl}/messages/${id}/attachments/0`);
    expect(file.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''notificaci%C3%B3n%20%22.pdf",
    );
    expect(Buffer.from(await file.arrayBuffer()).equals(pdf)).toBe(true);
  });
});

describe('a picture that a message bears itself', () => {
  it('is shown in its place; of another kind it is not', async () => {
    faults = () => undefined;
    await send({
      to: 'picture@example.com',
      subject: 'Letter',
      html: '<img src="cid:logo" alt=""><img src="cid:page" alt="">',
      attachments: [
        { filename: 'logo.png', content: Buffer.from([1, 2, 3]), contentType: 'image/png', cid: 'logo' },
        { filename: 'x.svg', content: '<svg/>', contentType: 'image/svg+xml', cid: 'page' },
      ],
    });
    const { id } = await onlyFor('picture@example.com');
    const letter = await (await fetch(`${catcher.inboxUrl}/messages/${id}/html`)).text();
    expect(letter).toContain('<img src="data:image/png;base64,AQID" alt="">');
    expect(letter).toContain('src="cid:page"');
  });
});

describe('a hostile message', () => {
  const script = '<script>fetch("/api/messages")</script>';
  let id: string;

  beforeAll(async () => {
    faults = () => undefined;
    await send({
      to: 'hostile@example.com',
      subject: `"><img src=x onerror=alert(1)>${script}`,
      from: { name: script, address: 'x@example.org' },
      headers: { 'X-Evil': `</pre>${script}` },
      text: `</pre>${script}`,
      html: `<body onload="alert(1)">${script}<img src="https://tracker.invalid/a.png"><form action="https://x.invalid"><a href="javascript:alert(1)">x</a>`,
      attachments: [{ filename: `a"><svg onload=alert(1)>.html`, content: script, contentType: 'text/html' }],
    });
    ({ id } = await onlyFor('hostile@example.com'));
  });

  it('puts no markup of its own on the pages', async () => {
    for (const page of ['/', `/messages/${id}`, `/?recipient=${encodeURIComponent('"><script>')}`]) {
      const response = await fetch(`${catcher.inboxUrl}${page}`);
      const html = await response.text();
      expect(html).not.toMatch(/<script|<img|<svg|onerror=alert\(1\)>/);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe/);
    }
  });

  it('is shown only in a frame that may run and fetch nothing', async () => {
    const page = await (await fetch(`${catcher.inboxUrl}/messages/${id}`)).text();
    expect(page).toContain(`<iframe sandbox="" referrerpolicy="no-referrer" src="/messages/${id}/html"`);
    const letter = await fetch(`${catcher.inboxUrl}/messages/${id}/html`);
    const policy = letter.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(['sandbox', "default-src 'none'", 'img-src data:', "form-action 'none'"]),
    );
    expect(policy).not.toMatch(/allow-|script-src/);
    expect(await letter.text()).toContain('<script>');
  });

  it('has its files downloaded, never opened', async () => {
    for (const path of [`/messages/${id}/attachments/0`, `/api/messages/${id}/raw`]) {
      const response = await fetch(`${catcher.inboxUrl}${path}`);
      expect(response.headers.get('content-type')).not.toContain('html');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
    }
  });

  it('that cannot be parsed is still there', async () => {
    const nested = Array.from(
      { length: 300 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    ).join('');
    await send({ to: 'nested@example.com', raw: `Subject: deep\r\n${nested}` });
    const message = await onlyFor('nested@example.com');
    expect((await fetch(`${catcher.inboxUrl}/messages/${message.id}`)).status).toBe(200);
    expect(catcher.store.raw(message.id)?.toString()).toContain('boundary=b299');
  });

  it('and another site that takes our name reads nothing', async () => {
    const { port } = new URL(catcher.inboxUrl);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port) });
      socket.end('GET /api/messages HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
      let said = '';
      socket.on('data', (data) => (said += data.toString()));
      socket.on('close', () => resolve(said));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 421/);
    expect(answer).not.toContain('example.com');
  });
});

describe('a mail server that fails, for tests', () => {
  const count = async (recipient: string) => (await listFor(recipient)).length;

  it('refuses a recipient for good or for now', async () => {
    faults = (_session, phase) =>
      phase === 'rcpt' ? { reply: { code: 550, text: 'no such mailbox' } } : undefined;
    await expect(send({ to: 'gone@example.com' })).rejects.toMatchObject({ responseCode: 550 });
    faults = (_session, phase) => (phase === 'mail' ? { reply: { code: 451, text: 'later' } } : undefined);
    await expect(send({ to: 'gone@example.com' })).rejects.toMatchObject({ responseCode: 451 });
    expect(await count('gone@example.com')).toBe(0);
  });

  it('refuses the message after it was read, and sees what it was', async () => {
    let seen = '';
    faults = (_session, phase, message) => {
      if (phase !== 'data-end') return undefined;
      seen = `${message?.to.join() ?? ''} ${message?.raw.toString() ?? ''}`;
      return { reply: { code: 554, text: 'not wanted' } };
    };
    await expect(send({ to: 'refused@example.com', subject: 'seen' })).rejects.toMatchObject({
      responseCode: 554,
    });
    expect(seen).toMatch(/^refused@example\.com [\s\S]*Subject: seen/);
    expect(await count('refused@example.com')).toBe(0);
  });

  it('breaks off before the greeting, in the middle, and before accepting: nothing is kept', async () => {
    for (const at of ['connect', 'rcpt', 'data-start', 'data-end'] as const) {
      faults = (_session, phase) => (phase === at ? { destroy: true } : undefined);
      await expect(send({ to: 'broken@example.com', text: 'x'.repeat(100_000) })).rejects.toThrow();
    }
    expect(await count('broken@example.com')).toBe(0);
  });

  it('breaks off after accepting: the sender cannot know, the message is there', async () => {
    faults = (_session, phase) => (phase === 'data-end' ? { destroy: true, stored: true } : undefined);
    await expect(send({ to: 'unknown@example.com' })).rejects.toThrow();
    expect(await count('unknown@example.com')).toBe(1);
  });

  it('works again afterwards', async () => {
    await send({ to: 'again@example.com' });
    expect(await count('again@example.com')).toBe(1);
  });
});
