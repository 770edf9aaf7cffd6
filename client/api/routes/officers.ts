import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { offDuty, officersFor, onDuty } from '../../services/officers.ts';
import { planOfOfficer } from '../../services/officer-plan.ts';
import { takeOffRoster } from '../../services/leave-roster.ts';
import { showOfficer } from '../../services/officer-shown.ts';
import { changeOnRoster, putOnRoster } from '../../services/roster.ts';
import { callOf } from '../auth.ts';
import { code, officerId, sentence, telephone } from '../schemas.ts';
import { typed } from './typed.ts';

const channel = z.enum(['webhook', 'email', 'radio']);
const reach = z.string().max(500);
const user = z.string().max(40);
const duty = z
  .array(z.string().max(80))
  .max(30)
  .meta({ description: 'Planned duty times', example: ['mon-fri 07:30-15:30'] });
const params = z.object({ officer: officerId });

export function officerRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['officers'];
  typed(app).post(
    '/officers',
    {
      schema: {
        tags,
        summary: 'Put an Attendance Officer on the roster; a webhook’s key is shown once',
        body: z.strictObject({
          ...{ name: sentence(200), user: user.optional(), channel, reach: reach.optional() },
          phone: telephone.optional(),
          schools: z.array(code).max(500).optional(),
          duty: duty.optional(),
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
        summary:
          'Comes on duty, and is offered what waits; till the roster’s duty time ends, or until a time that is said',
        body: z.strictObject({
          officer: officerId.optional(),
          until: z
            .string()
            .max(40)
            .optional()
            .meta({ description: 'HH:MM of the office’s day, or an instant', example: '17:00' }),
        }),
      },
    },
    async (request) => onDuty(callOf(parts, request), request.body.officer, request.body.until),
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
  typed(app).get(
    '/officers/:officer',
    {
      schema: {
        tags,
        summary:
          'One officer: schools, duty times, where they are, what they watch, and each version of the entry',
        params,
      },
    },
    async (request) => showOfficer(callOf(parts, request), request.params.officer),
  );
  typed(app).post(
    '/officers/:officer/change',
    {
      schema: {
        tags,
        summary: 'Change what is said of an officer and nothing else; null takes away, or means every school',
        params,
        body: z.strictObject({
          ...{ name: sentence(200).optional(), channel: channel.optional(), reach: reach.optional() },
          phone: telephone.nullable().optional(),
          schools: z.array(code).min(1).max(500).nullable().optional(),
          duty: duty.nullable().optional(),
          user: user.nullable().optional(),
          newKey: z.boolean().optional(),
        }),
      },
    },
    async (request) => changeOnRoster(callOf(parts, request), request.params.officer, request.body),
  );
  typed(app).post(
    '/officers/:officer/remove',
    {
      schema: {
        tags,
        summary:
          'Take an officer off the roster: off duty first; refused while they are out or watch monitors',
        params,
        body: z.strictObject({ reason: sentence(500), monitorsTo: officerId.optional() }),
      },
    },
    async (request) => takeOffRoster(callOf(parts, request), request.params.officer, request.body),
  );
}
