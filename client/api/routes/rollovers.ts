import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { applyRollover, dropRollover, proposeRollover, showRollover } from '../../services/rollover.ts';
import { callOf } from '../auth.ts';
import { code, isoDate, withId } from '../schemas.ts';
import { student } from './records.ts';
import { typed } from './typed.ts';

/** A list is of a whole roster: it cannot come in parts. */
const MOST = 100_000;
const MOST_BYTES = 64 * 1024 * 1024;

export function rolloverRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['rollover'];
  const params = z.object({ id: z.coerce.number().int().positive().max(2_147_483_647) });
  typed(app).post(
    '/rollovers',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        tags,
        summary: 'Compare the new year’s roster with the records, as one list; nothing changes yet',
        body: z.strictObject({
          students: z.array(student).min(1).max(MOST),
          district: code.optional(),
          startsOn: isoDate.optional(),
          expectMissing: z.number().int().min(0).max(MOST).optional(),
          dryRun: z.boolean().optional(),
        }),
      },
    },
    async (request) => proposeRollover(callOf(parts, request), request.body),
  );
  typed(app).get('/rollovers/latest', { schema: { tags, summary: 'The latest list' } }, async (request) =>
    showRollover(callOf(parts, request)),
  );
  typed(app).get(
    '/rollovers/:id',
    { schema: { tags, summary: 'One list, with what is proposed for each open case', params } },
    async (request) => showRollover(callOf(parts, request), request.params.id),
  );
  typed(app).post(
    '/rollovers/:id/apply',
    {
      schema: {
        tags,
        summary: 'The one yes: grades and schools change, open cases go to the Case Manager',
        params,
        body: z.strictObject(withId).default({}),
      },
    },
    async (request) => applyRollover(callOf(parts, request), request.params.id, request.body.id),
  );
  typed(app).post(
    '/rollovers/:id/drop',
    { schema: { tags, summary: 'Take a list back; nothing was changed by it', params } },
    async (request) => dropRollover(callOf(parts, request), request.params.id),
  );
}
