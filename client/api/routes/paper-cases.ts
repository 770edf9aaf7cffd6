import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MOST_ENTRIES, paperEntrySchema } from '../../../imports/paper-cases.ts';
import type { Parts } from '../../services/context.ts';
import { openFor } from '../../services/opening.ts';
import { importPaperCases } from '../../services/paper-cases.ts';
import { callOf } from '../auth.ts';
import { sisId } from '../schemas.ts';
import { typed } from './typed.ts';

/** How cases come to be without an intervention: opened by hand, or brought in from paper. */
export function openingRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['cases'];
  typed(app).post(
    '/cases',
    {
      schema: {
        tags,
        summary: 'Open a case for a student; the one already open is given as it is',
        body: z.strictObject({ student: sisId }),
      },
    },
    async (request, reply) => {
      const answer = await openFor(callOf(parts, request), request.body.student);
      return reply.status(answer.opened ? 201 : 200).send(answer);
    },
  );
  typed(app).post(
    '/cases/import',
    {
      schema: {
        tags,
        summary: 'Cases already on paper: all entries are looked at first; nothing of them is sent again',
        body: z.strictObject({
          cases: z.array(paperEntrySchema).min(1).max(MOST_ENTRIES),
          dryRun: z.boolean().default(false),
        }),
      },
    },
    async (request) => importPaperCases(callOf(parts, request), request.body),
  );
}
