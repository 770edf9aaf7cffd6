/** The post: print batches with their lists, and what the carrier tells of posted letters. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAIL_OUTCOMES } from '../../../domain/mail-proof.ts';
import { officeOf, type Parts } from '../../services/context.ts';
import { importProofs } from '../../services/mail-proofs.ts';
import {
  batchesFor,
  copyOfBatch,
  makeBatch,
  postBatch,
  readBatchPdf,
  setLabels,
  showBatch,
} from '../../services/print-batches.ts';
import { bookCsv, bookPdf, manifestCsv } from '../../print-lists.ts';
import { callOf } from '../auth.ts';
import { isoDate, letterKind, noticeKey, sentence, withId } from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

const params = z.object({ number: z.coerce.number().int().min(1).max(2_147_483_647) });
const articleNumber = z.string().trim().min(1).max(40);
const FORMATS = ['json', 'pdf', 'copy', 'manifest-csv', 'book-csv', 'book-pdf'] as const;

export function postRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['post'];
  typed(app).post(
    '/print-batches',
    {
      schema: {
        tags,
        summary: 'Take what waits in the print queue into a batch, once',
        body: z
          .strictObject({
            ...withId,
            duplex: z.boolean().optional(),
            certifiedFrom: articleNumber
              .optional()
              .meta({ description: 'Number on the first label of a roll; each next envelope gets the next' }),
            certifiedKinds: z.array(letterKind).min(1).max(30).optional(),
            atMost: z.number().int().min(1).max(2_000).optional(),
          })
          .default({}),
      },
    },
    async (request) => makeBatch(callOf(parts, request), request.body),
  );
  typed(app).get('/print-batches', { schema: { tags, summary: 'The latest batches' } }, async (request) => ({
    batches: await batchesFor(callOf(parts, request)),
  }));
  typed(app).get(
    '/print-batches/:number',
    {
      schema: {
        tags,
        summary: 'A batch: its manifest, its pages, or the sheet for the counter',
        params,
        querystring: z.strictObject({ format: z.enum(FORMATS).default('json') }),
      },
    },
    async (request, reply) => {
      const call = callOf(parts, request);
      const { number } = request.params;
      const { format } = request.query;
      if (format === 'pdf') return sendPdf(reply, await readBatchPdf(call, number));
      if (format === 'copy') return sendPdf(reply, await copyOfBatch(call, number));
      const batch = await showBatch(call, number);
      if (format === 'json') return batch;
      if (format === 'book-pdf') {
        const { name, profile } = await officeOf(parts.db);
        return sendPdf(reply, await bookPdf(batch, profile ?? { name, addressLines: [] }));
      }
      const csv = format === 'book-csv' ? bookCsv(batch) : manifestCsv(batch);
      return reply.header('cache-control', 'no-store').type('text/csv; charset=utf-8').send(csv);
    },
  );
  typed(app).post(
    '/print-batches/:number/labels',
    {
      schema: {
        tags,
        summary: 'Which label went onto which envelope',
        params,
        body: z.strictObject({
          labels: z
            .array(z.strictObject({ notice: noticeKey, certified: articleNumber }))
            .min(1)
            .max(2_000),
        }),
      },
    },
    async (request) => setLabels(callOf(parts, request), request.params.number, request.body.labels),
  );
  typed(app).post(
    '/print-batches/:number/posted',
    {
      schema: {
        tags,
        summary: 'The whole batch is in the post',
        params,
        body: z.strictObject({ on: isoDate.optional() }).default({}),
      },
    },
    async (request) => postBatch(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/mail-proofs/imports',
    {
      schema: {
        tags,
        summary: 'What a carrier tells of posted letters, by certified number',
        body: z.strictObject({
          rows: z
            .array(
              z.strictObject({
                line: z.number().int().min(1),
                certified: articleNumber,
                outcome: z.enum(MAIL_OUTCOMES),
                on: isoDate,
                reference: sentence(200).optional(),
              }),
            )
            .max(10_000),
        }),
      },
    },
    async (request) => importProofs(callOf(parts, request), request.body.rows),
  );
}
