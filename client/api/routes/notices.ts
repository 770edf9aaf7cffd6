import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { showWithMail } from '../../services/cases.ts';
import { MAIL_OUTCOMES } from '../../../domain/mail-proof.ts';
import {
  inHouseFor,
  noticesFor,
  postNotice,
  queueFor,
  readNotice,
  readPaperLetter,
  settleNotice,
} from '../../services/notices.ts';
import { copyOfNotice } from '../../services/print-batches.ts';
import { recordProof } from '../../services/mail-proofs.ts';
import { Unknown } from '../../failures.ts';
import { callOf } from '../auth.ts';
import { letterSubject, isoDate, noticeKey, sentence } from '../schemas.ts';
import { typed } from './typed.ts';
import { withoutLogo } from '../../../templates/index.ts';

const params = z.object({ key: noticeKey });

/** `copy`: the PDF once more, every page marked as a copy. */
const FORMATS = ['json', 'html', 'pdf', 'text', 'copy'] as const;
type Format = (typeof FORMATS)[number];

export function noticeRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['notices'];
  typed(app).get(
    '/notices',
    {
      schema: {
        tags,
        summary: 'Letters of a case, a monitor or a call, and those still in the house',
        querystring: z.strictObject({ case: letterSubject }),
      },
    },
    async (request) => ({
      notices: await noticesFor(callOf(parts, request), request.query.case),
      inHouse: await inHouseFor(callOf(parts, request), request.query.case),
    }),
  );
  typed(app).get(
    '/print-queue',
    { schema: { tags, summary: 'Letters that wait for somebody’s hands' } },
    async (request) => queueFor(callOf(parts, request)),
  );
  typed(app).get(
    '/notices/:key',
    {
      schema: {
        tags,
        summary: 'One letter as it was rendered; `format` or Accept chooses how',
        params,
        querystring: z.strictObject({ format: z.enum(FORMATS).optional() }),
      },
    },
    async (request, reply) => {
      const format = request.query.format ?? accepted(request);
      const before = format === 'json' && (await readPaperLetter(callOf(parts, request), request.params.key));
      if (before) return { ...before, to: { name: null, email: null, address: null } };
      const row = await readNotice(callOf(parts, request), request.params.key);
      if (format === 'copy') {
        return sendPdf(reply, await copyOfNotice(callOf(parts, request), row));
      }
      if (format === 'json') {
        const [shown] = await showWithMail(parts.db, [row]);
        return {
          ...shown,
          to: { name: row.toName, email: row.toEmail, address: row.toAddress },
          subject: row.subject,
          sha256: row.sha256,
          templateVersion: row.templateVersion,
          policyVersion: row.policyVersion,
        };
      }
      return sendBody(reply, row, format);
    },
  );
  typed(app).post(
    '/notices/:key/posted',
    {
      schema: {
        tags,
        summary: 'The print is in the post',
        params,
        body: z.strictObject({ on: isoDate.optional() }).default({}),
      },
    },
    async (request) => postNotice(callOf(parts, request), request.params.key, request.body),
  );
  typed(app).post(
    '/notices/:key/settle',
    {
      schema: {
        tags,
        summary: 'What became of an e-mail nobody knows about',
        params,
        body: z.strictObject({ as: z.enum(['sent', 'print']), reason: sentence() }),
      },
    },
    async (request) => settleNotice(callOf(parts, request), request.params.key, request.body),
  );
  typed(app).post(
    '/notices/:key/proof',
    {
      schema: {
        tags,
        summary: 'What became of a posted letter; it holds for all letters of its envelope',
        params,
        body: z.strictObject({
          outcome: z.enum(MAIL_OUTCOMES),
          on: isoDate,
          reference: sentence(200).optional(),
        }),
      },
    },
    async (request) => {
      const { outcome, on, reference } = request.body;
      return recordProof(callOf(parts, request), request.params.key, {
        ...{ outcome, on, reference: reference ?? null },
      });
    },
  );
}

export function sendPdf(reply: FastifyReply, pdf: Uint8Array): FastifyReply {
  return reply.header('cache-control', 'no-store').type('application/pdf').send(Buffer.from(pdf));
}

function accepted(request: FastifyRequest): Format {
  const accept = request.headers.accept ?? '';
  if (accept.includes('application/pdf')) return 'pdf';
  if (accept.includes('text/html') && !accept.includes('application/json')) return 'html';
  if (accept.startsWith('text/plain')) return 'text';
  return 'json';
}

function sendBody(
  reply: FastifyReply,
  row: { text: string; html: string | null; pdf: Uint8Array | null },
  format: Exclude<Format, 'json' | 'copy'>,
): FastifyReply {
  // A letter is shown as it is, and can do nothing: no script, no form, no frame around it.
  reply.header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  );
  reply.header('cache-control', 'no-store');
  if (format === 'text') return reply.type('text/plain; charset=utf-8').send(row.text);
  if (format === 'html' && row.html !== null)
    return reply.type('text/html; charset=utf-8').send(withoutLogo(row.html));
  if (format === 'pdf' && row.pdf !== null) return sendPdf(reply, row.pdf);
  throw new Unknown('NO_SUCH_FORMAT', `This letter was not rendered as ${format}.`);
}
