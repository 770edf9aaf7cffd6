import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { hazardsFor, noteHazard, retireHazard } from '../../services/hazards.ts';
import { callOf } from '../auth.ts';
import { callNumber, sentence } from '../schemas.ts';
import { postalAddress } from './call-intake.ts';
import { typed } from './typed.ts';

/** What whoever goes to an address should know; for officers and the dispatcher alone. */
export function hazardRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['officers'];
  typed(app).post(
    '/hazards',
    {
      schema: {
        tags,
        summary: 'Note a hazard at an address: shown to whoever goes there, before they leave',
        body: z.strictObject({
          call: callNumber.optional(),
          address: postalAddress.optional(),
          note: sentence(500),
        }),
      },
    },
    async (request, reply) => {
      const noted = await noteHazard(callOf(parts, request), request.body);
      return reply.status(noted.added ? 201 : 200).send(noted);
    },
  );
  typed(app).get(
    '/hazards',
    {
      schema: {
        tags,
        summary: 'Hazard notes that stand, of one call’s address or of all',
        querystring: z.strictObject({ call: callNumber.optional(), ended: z.stringbool().optional() }),
      },
    },
    async (request) => ({ hazards: await hazardsFor(callOf(parts, request), request.query) }),
  );
  typed(app).post(
    '/hazards/:id/end',
    {
      schema: {
        tags,
        summary: 'A hazard note no longer holds; it stays on record',
        params: z.object({ id: z.coerce.number().int().min(1).max(2_000_000_000) }),
        body: z.strictObject({ reason: sentence(500) }),
      },
    },
    async (request) => retireHazard(callOf(parts, request), request.params.id, request.body.reason),
  );
}
