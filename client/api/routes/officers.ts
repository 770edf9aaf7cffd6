import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { offDuty, officersFor, onDuty, putOnRoster } from '../../services/officers.ts';
import { planOfOfficer } from '../../services/officer-plan.ts';
import { callOf } from '../auth.ts';
import { code, officerId, sentence } from '../schemas.ts';
import { typed } from './typed.ts';

export function officerRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['officers'];
  typed(app).post(
    '/officers',
    {
      schema: {
        tags,
        summary: 'Put an Attendance Officer on the roster; a webhook’s key is shown once',
        body: z.strictObject({
          name: sentence(200),
          user: z.string().max(40).optional(),
          channel: z.enum(['webhook', 'email', 'radio']),
          reach: z.string().max(500).optional(),
          schools: z.array(code).max(500).optional(),
        }),
      },
    },
    async (request, reply) => reply.status(201).send(await putOnRoster(callOf(parts, request), request.body)),
  );
  typed(app).get(
    '/officers',
    {
      schema: {
        tags,
        summary: 'Everybody on the roster, and where they are',
        querystring: z.strictObject({ overdue: z.stringbool().optional() }),
      },
    },
    async (request) => ({ officers: await officersFor(callOf(parts, request), request.query) }),
  );
  typed(app).get(
    '/officers/plan',
    {
      schema: {
        tags,
        summary: 'What the day holds for an officer, in order',
        querystring: z.strictObject({ officer: officerId.optional() }),
      },
    },
    async (request) => planOfOfficer(callOf(parts, request), request.query.officer),
  );
  typed(app).post(
    '/officers/on-duty',
    {
      schema: {
        tags,
        summary: 'Comes on duty, and is offered what waits',
        body: z.strictObject({ officer: officerId.optional() }),
      },
    },
    async (request) => onDuty(callOf(parts, request), request.body.officer),
  );
  typed(app).post(
    '/officers/off-duty',
    {
      schema: {
        tags,
        summary: 'Goes off duty; a call under way is handed over',
        body: z.strictObject({ officer: officerId.optional(), reason: sentence(500).optional() }),
      },
    },
    async (request) => offDuty(callOf(parts, request), request.body.officer, request.body.reason),
  );
}
