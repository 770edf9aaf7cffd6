/**
 * The catcher's inbox for people (pages) and for tests (JSON). A message may be hostile: nothing of it runs and nothing
 * of it is fetched. Its HTML is shown only in a sandboxed frame under its own policy; everything else is escaped text.
 */
import Fastify, { type FastifyReply } from 'fastify';
import type { Attachment, Email } from 'postal-mime';
import { addressText, type CaughtMessage, type MailStore } from './mail-store.ts';
import { LOOPBACK } from './ports.ts';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** No script, no link target, no form, no remote picture (a letter could report that it was opened). */
const LETTER_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";
const LONGEST_PAGE = 500;

interface ById {
  Params: { id: string };
}
interface ByAttachment {
  Params: { id: string; index: string };
}
interface Listing {
  Querystring: { messageId?: string; recipient?: string; limit?: string };
}

export async function startInbox(
  store: MailStore,
  port: number,
): Promise<{ url: string; stop(): Promise<void> }> {
  const app = Fastify({ logger: false, forceCloseConnections: true });

  app.addHook('onRequest', async (request, reply) => {
    // Another site whose name is made to point here must not read the letters.
    const host = request.headers.host ?? '';
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host))
      return reply.code(421).type('text/plain').send('This inbox answers only on this machine.');
    void reply.headers({
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    return undefined;
  });

  app.get<Listing>('/api/messages', async (request) => {
    const { messageId, recipient, limit } = request.query;
    const found = store.list({ messageId, recipient });
    return limit === undefined ? found : found.slice(0, Math.max(0, Number(limit) || 0));
  });

  app.get<ById>('/api/messages/:id', async (request, reply) => {
    const message = store.find(request.params.id);
    if (!message) return notFound(reply);
    const email = await store.parsed(message.id);
    return {
      ...message,
      headers: (email?.headers ?? []).map((header) => ({ name: header.originalKey, value: header.value })),
      text: email?.text ?? null,
      html: email?.html ?? null,
      attachments: (email?.attachments ?? []).map((attachment, index) => ({
        index,
        filename: attachment.filename,
        contentType: attachment.mimeType,
        size: bytesOf(attachment).length,
      })),
    };
  });

  app.get<ById>('/api/messages/:id/raw', async (request, reply) => {
    const raw = store.raw(request.params.id);
    if (!raw) return notFound(reply);
    // As text, so a browser shows it and runs nothing of it.
    return reply.header('content-security-policy', FILE_POLICY).type('text/plain; charset=utf-8').send(raw);
  });

  app.get<ById>('/messages/:id/html', async (request, reply) => {
    const email = await store.parsed(request.params.id);
    if (email === undefined) return notFound(reply);
    return reply
      .header('content-security-policy', LETTER_POLICY)
      .type('text/html; charset=utf-8')
      .send(email ? withItsPictures(email) : '');
  });

  app.get<ByAttachment>('/messages/:id/attachments/:index', async (request, reply) => {
    const email = await store.parsed(request.params.id);
    const attachment = email?.attachments[Number(request.params.index)];
    if (!attachment) return notFound(reply);
    const name = encodeURIComponent(attachment.filename ?? `attachment-${request.params.index}`);
    return reply
      .header('content-security-policy', FILE_POLICY)
      .header('content-disposition', `attachment; filename*=UTF-8''${name.replaceAll("'", '%27')}`)
      .type('application/octet-stream')
      .send(bytesOf(attachment));
  });

  app.get<ById>('/messages/:id', async (request, reply) => {
    const message = store.find(request.params.id);
    if (!message) return notFound(reply);
    return page(
      reply,
      message.subject || '(no subject)',
      messagePage(message, await store.parsed(message.id)),
    );
  });

  app.get<Listing>('/', async (request, reply) => {
    const { messageId, recipient } = request.query;
    return page(reply, 'Inbox', listPage(store.list({ messageId, recipient }), recipient));
  });

  app.get('/inbox.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
  app.setNotFoundHandler((_request, reply) => notFound(reply));

  return { url: await app.listen({ host: LOOPBACK, port }), stop: () => app.close() };
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'NOT_FOUND', message: 'there is no such message or page' });
}

function page(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
        `<title>${escape(title)} – caught mail</title><link rel="stylesheet" href="/inbox.css"></head><body>` +
        `<header><a href="/">Caught mail</a> <span>kept here, delivered to nobody</span></header><main>${body}</main></body></html>`,
    );
}

function listPage(messages: readonly CaughtMessage[], recipient: string | undefined): string {
  const rows = messages
    .slice(0, LONGEST_PAGE)
    .map(
      (m) =>
        `<tr><td><time>${escape(m.received.replace('T', ' ').slice(0, 19))}</time></td><td>${escape(m.to.join(', '))}</td>` +
        `<td><a href="/messages/${m.id}">${escape(m.subject || '(no subject)')}</a></td><td class="number">${m.size}</td></tr>`,
    );
  const more =
    messages.length > LONGEST_PAGE ? `<p>The newest ${LONGEST_PAGE} of ${messages.length}.</p>` : '';
  return (
    `<form action="/"><label>Recipient <input name="recipient" type="search" value="${escape(recipient ?? '')}"></label> <button>Show</button></form>` +
    (rows.length === 0
      ? '<p>No messages.</p>'
      : `<table><thead><tr><th>Received (UTC)</th><th>To</th><th>Subject</th><th>Bytes</th></tr></thead><tbody>${rows.join('')}</tbody></table>${more}`)
  );
}

function messagePage(message: CaughtMessage, email: Email | null | undefined): string {
  const line = (name: string, value: string) =>
    value ? `<tr><th>${name}</th><td>${escape(value)}</td></tr>` : '';
  const files = (email?.attachments ?? []).map(
    (a, i) =>
      `<li><a href="/messages/${message.id}/attachments/${i}" download>${escape(a.filename ?? `attachment ${i + 1}`)}</a> ` +
      `(${escape(a.mimeType)}, ${bytesOf(a).length} bytes)</li>`,
  );
  const headers = (email?.headers ?? []).map((h) => `${h.originalKey}: ${h.value}`).join('\n');
  return (
    `<h1>${escape(message.subject || '(no subject)')}</h1><table class="envelope">` +
    line('Delivered to', message.to.join(', ')) +
    line('Sender', message.from) +
    line('From', addressText(email?.from)) +
    line('To', addressText(email?.to)) +
    line('Reply to', addressText(email?.replyTo)) +
    line('Date', message.date ?? '') +
    line('Message-ID', message.messageId ?? '') +
    '</table>' +
    (email === null ? '<p>This could not be read as mail; see its raw text.</p>' : '') +
    (email?.html
      ? `<h2>HTML</h2><iframe sandbox="" referrerpolicy="no-referrer" src="/messages/${message.id}/html" title="The letter"></iframe>`
      : '') +
    (email?.text ? `<h2>Text</h2><pre>${escape(email.text)}</pre>` : '') +
    (files.length > 0 ? `<h2>Attachments</h2><ul>${files.join('')}</ul>` : '') +
    (headers ? `<details><summary>All headers</summary><pre>${escape(headers)}</pre></details>` : '') +
    `<p><a href="/api/messages/${message.id}/raw">Raw message</a> (${message.size} bytes)</p>`
  );
}

/** The HTML with the pictures that the message bears itself (RFC 2392) in their places; nothing else of it is looked at. */
function withItsPictures({ html, attachments }: Email): string {
  let shown = html ?? '';
  for (const part of attachments) {
    const id = part.contentId?.replace(/^<|>$/g, '');
    if (!id || !/^image\/(png|jpeg)$/.test(part.mimeType)) continue;
    const picture = `"data:${part.mimeType};base64,${bytesOf(part).toString('base64')}"`;
    shown = shown.replaceAll(`"cid:${id}"`, picture);
  }
  return shown;
}

function bytesOf(attachment: Attachment): Buffer {
  const { content, encoding } = attachment;
  if (typeof content === 'string') return Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  return content instanceof ArrayBuffer
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 0 1rem 3rem; }
header { padding: 1rem 0; border-bottom: 1px solid; margin-bottom: 1rem; }
header a { font-weight: 600; } header span { opacity: .7; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
.number { text-align: right; } .envelope { width: auto; } form { margin: 0 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8884; padding: .8rem; }
iframe { width: 100%; height: 40rem; border: 1px solid #8888; background: #fff; }
`;
