import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listOf, logIntervention, voidOne } from '../../services/interventions.ts';
import type { Parts } from '../../services/context.ts';
import { callOf } from '../auth.ts';
import { caseNumber, commandId, isoDate, sentence, sisId, withId } from '../schemas.ts';
import { typed } from './typed.ts';

export function interventionRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['interventions'];
  const body = z.strictObject({
    ...withId,
    student: sisId.optional(),
    case: caseNumber.optional(),
    kind: z.string().trim().toLowerCase().min(1).max(60),
    date: isoDate,
    by: sentence(120),
    outcome: sentence(),
    description: sentence().optional(),
    proof: sentence(300).optional(),
  });
  typed(app).post(
    '/interventions',
    { schema: { tags, summary: 'Log an intervention; the first one opens the case', body } },
    async (request, reply) => {
      const answer = await logIntervention(callOf(parts, request), request.body);
      return reply.status(answer.repeated ? 200 : 201).send(answer);
    },
  );

  const voidSchema = {
    tags,
    summary: 'Take an intervention back, visibly; one a referral rests on stands',
    params: z.object({ id: commandId }),
    body: z.strictObject({ reason: sentence() }),
  };
  typed(app).post('/interventions/:id/void', { schema: voidSchema }, async (request) =>
    voidOne(callOf(parts, request), request.params.id, request.body.reason),
  );
  typed(app).delete('/interventions/:id', { schema: voidSchema }, async (request) =>
    voidOne(callOf(parts, request), request.params.id, request.body.reason),
  );

  const query = z.strictObject({
    student: sisId.optional(),
    case: caseNumber.optional(),
    withVoid: z.stringbool().optional(),
  });
  typed(app).get(
    '/interventions',
    { schema: { tags, summary: 'Interventions of a student or case', querystring: query } },
    async (request) => ({ interventions: await listOf(callOf(parts, request), request.query) }),
  );
}
