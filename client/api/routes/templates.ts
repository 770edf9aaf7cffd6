import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { LETTER_KINDS, LETTER_LANGUAGES } from '../../../templates/index.ts';
import type { Parts } from '../../services/context.ts';
import { approveTemplates, previewTemplate, takeTemplates, templatesFor } from '../../services/templates.ts';
import { callOf } from '../auth.ts';
import { caseNumber } from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

const kind = z.enum(LETTER_KINDS);
const language = z.enum(LETTER_LANGUAGES);
const version = z.string().regex(/^[0-9a-f]{12}$/, 'is no version; `templates list` shows them');

/** A template is some pages of text; an office has some dozens of files. */
const LONGEST_FILE = 100_000;
const MOST_FILES = 200;

export function templateRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['templates'];
  typed(app).get(
    '/templates',
    { schema: { tags, summary: 'Which text each letter is written from, and what waits for a yes' } },
    async (request) => ({ templates: await templatesFor(callOf(parts, request)) }),
  );
  typed(app).post(
    '/templates',
    {
      schema: {
        tags,
        summary: 'Take in texts of the office’s own; all of them or, where one has a fault, none',
        body: z.strictObject({
          files: z
            .record(z.string().min(1).max(120), z.string().min(1).max(LONGEST_FILE))
            .refine((files) => Object.keys(files).length <= MOST_FILES, `at most ${MOST_FILES} files`),
        }),
      },
    },
    async (request) => takeTemplates(callOf(parts, request), request.body.files),
  );
  typed(app).post(
    '/templates/approve',
    {
      schema: {
        tags,
        summary: 'Letters are written from these versions from now on',
        body: z.union([
          z.strictObject({ allWaiting: z.literal(true) }),
          z.strictObject({ kind, language, version: version.optional() }),
        ]),
      },
    },
    async ({ body, ...request }) =>
      approveTemplates(callOf(parts, request as never), 'allWaiting' in body ? 'all-waiting' : [body]),
  );
  typed(app).get(
    '/templates/:kind/:language/preview',
    {
      schema: {
        tags,
        summary: 'A letter with sample data or with a case’s, marked as practice; nothing is sent or kept',
        params: z.object({ kind, language }),
        querystring: z.strictObject({
          version: version.optional(),
          case: caseNumber.optional(),
          format: z.enum(['json', 'html', 'pdf', 'text']).default('json'),
        }),
      },
    },
    async (request, reply) => {
      const { format, ...wish } = request.query;
      const { pdf, ...letter } = await previewTemplate(callOf(parts, request), {
        ...request.params,
        ...wish,
      });
      reply.header('cache-control', 'no-store');
      if (format === 'pdf') return sendPdf(reply, pdf);
      if (format === 'html') {
        return reply
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
          .type('text/html; charset=utf-8')
          .send(letter.html);
      }
      if (format === 'text') return reply.type('text/plain; charset=utf-8').send(letter.text);
      return reply.send(letter);
    },
  );
}
