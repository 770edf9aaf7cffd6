import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MOST_SCHOOL_DAYS } from '../../../domain/caseload/shapes.ts';
import {
  FOLLOW_UP_OUTCOMES,
  MEETING_OUTCOMES,
  MEETING_WITH,
  SIGNERS,
} from '../../../domain/caseload/state.ts';
import { CONTACT_KINDS, CONTACT_OUTCOMES, CONTACT_WHOM } from '../../../domain/contacts.ts';
import { caseloadsFor, showCaseload, workCaseload } from '../../services/caseloads.ts';
import { contactsFor, logContact, voidContactOf } from '../../services/contacts.ts';
import type { Parts } from '../../services/context.ts';
import { callOf } from '../auth.ts';
import { caseNumber, caseParams as params, code, commandId, isoDate, sentence, withId } from '../schemas.ts';
import { typed } from './typed.ts';

export function caseloadRoutes(app: FastifyInstance, parts: Parts): void {
  contactRoutes(app, parts);
  readingRoutes(app, parts);
  workRoutes(app, parts);
}

function contactRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['contacts'];
  typed(app).post(
    '/cases/:number/contacts',
    {
      schema: {
        tags,
        summary: 'A try to reach the family, by the Case Manager; never an intervention',
        params,
        body: z.strictObject({
          ...withId,
          kind: z.enum(CONTACT_KINDS),
          whom: z.enum(CONTACT_WHOM),
          outcome: z.enum(CONTACT_OUTCOMES),
          date: isoDate.optional(),
          note: sentence().optional(),
        }),
      },
    },
    async (request, reply) => {
      const answer = await logContact(callOf(parts, request), request.params.number, request.body);
      return reply.status(answer.repeated ? 200 : 201).send(answer);
    },
  );
  typed(app).get(
    '/cases/:number/contacts',
    {
      schema: {
        tags,
        summary: 'Tries to reach the family, by date',
        params,
        querystring: z.strictObject({ withVoid: z.stringbool().optional() }),
      },
    },
    async (request) => ({
      contacts: await contactsFor(callOf(parts, request), request.params.number, request.query.withVoid),
    }),
  );
  typed(app).post(
    '/cases/:number/contacts/:id/void',
    {
      schema: {
        tags,
        summary: 'Take a contact entered by mistake back, visibly',
        params: z.object({ number: caseNumber, id: commandId }),
        body: z.strictObject({ reason: sentence() }),
      },
    },
    async (request) => {
      const { number, id } = request.params;
      return voidContactOf(callOf(parts, request), number, id, request.body.reason);
    },
  );
}

function readingRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['caseload'];
  typed(app).get(
    '/caseloads',
    {
      schema: {
        tags,
        summary: 'Who is on the caseload, the nearest deadline first',
        querystring: z.strictObject({
          school: code.optional(),
          status: z.enum(['open', 'ended', 'any']).optional(),
          due: isoDate.optional(),
          limit: z.coerce.number().int().min(1).max(500).optional(),
        }),
      },
    },
    async (request) => ({ caseloads: await caseloadsFor(callOf(parts, request), request.query) }),
  );
  typed(app).get(
    '/cases/:number/caseload',
    {
      schema: {
        tags,
        summary: 'The caseload of a case: meetings, plans, reviews, agencies, contacts, journal',
        params,
        querystring: z.strictObject({
          sequence: z.coerce
            .number()
            .int()
            .min(1)
            .max(10_000)
            .optional()
            .meta({ description: 'Which time on the caseload; the latest, where none is given' }),
        }),
      },
    },
    async (request) => showCaseload(callOf(parts, request), request.params.number, request.query.sequence),
  );
}

const dayGiven = z
  .union([
    z.strictObject({ date: isoDate }),
    z.strictObject({ schoolDays: z.number().int().min(1).max(MOST_SCHOOL_DAYS) }),
  ])
  .meta({ description: 'A date, or so many school days on' });
const signedBy = z.array(z.enum(SIGNERS)).max(20).optional();
const date = isoDate.optional();

function workRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['caseload'];
  typed(app).post(
    '/cases/:number/caseload/meetings',
    {
      schema: {
        tags,
        summary: 'A meeting with student or parent, or a try to meet',
        params,
        body: z.strictObject({
          ...withId,
          with: z.enum(MEETING_WITH),
          outcome: z.enum(MEETING_OUTCOMES),
          date,
          note: sentence().optional(),
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, {
        ...request.body,
        type: 'record-meeting',
      }),
  );
  typed(app).post(
    '/cases/:number/caseload/plans',
    {
      schema: {
        tags,
        summary: 'The attendance improvement plan, or a revision of it',
        params,
        body: z.strictObject({
          ...withId,
          goals: z.array(sentence(500)).min(1).max(20),
          supports: z.array(sentence(500)).max(20).default([]),
          reviews: z.array(dayGiven).max(20).optional(),
          signedBy,
          date,
          reason: sentence().optional().meta({ description: 'Asked of a revision' }),
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, { ...request.body, type: 'make-plan' }),
  );
  typed(app).post(
    '/cases/:number/caseload/shares',
    {
      schema: {
        tags,
        summary: 'The plan was gone through with student or parent',
        params,
        body: z.strictObject({ ...withId, with: z.enum(MEETING_WITH), signedBy, date }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, { ...request.body, type: 'share-plan' }),
  );
  typed(app).post(
    '/cases/:number/caseload/reviews',
    {
      schema: {
        tags,
        summary: 'A review of the plan: how it went, which goals are met',
        params,
        body: z.strictObject({
          ...withId,
          how: sentence(),
          goalsMet: z.array(z.string().max(10)).max(20).default([]),
          early: z.boolean().optional(),
          next: dayGiven.optional(),
          date,
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, { ...request.body, type: 'hold-review' }),
  );
  typed(app).post(
    '/cases/:number/caseload/agencies',
    {
      schema: {
        tags,
        summary: 'A referral to an outside agency',
        params,
        body: z.strictObject({
          ...withId,
          agency: sentence(200),
          purpose: sentence(500),
          followUp: dayGiven.optional(),
          date,
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, {
        ...request.body,
        type: 'refer-to-agency',
      }),
  );
  typed(app).post(
    '/cases/:number/caseload/follow-ups',
    {
      schema: {
        tags,
        summary: 'What came of a referral to an agency',
        params,
        body: z.strictObject({
          ...withId,
          agency: z
            .string()
            .regex(/^a\d{1,4}$/, 'is no number of a referral; they look like a1')
            .meta({ example: 'a1' }),
          outcome: z.enum(FOLLOW_UP_OUTCOMES),
          note: sentence().optional(),
          again: dayGiven.optional(),
          date,
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, {
        ...request.body,
        type: 'record-follow-up',
      }),
  );
  typed(app).post(
    '/cases/:number/caseload/end',
    {
      schema: {
        tags,
        summary: 'The student leaves the caseload; the case goes on',
        params,
        body: z.strictObject({
          ...withId,
          how: z.enum(['plan-met', 'case-manager']),
          reason: sentence().optional(),
        }),
      },
    },
    async (request) =>
      workCaseload(callOf(parts, request), request.params.number, { ...request.body, type: 'end-caseload' }),
  );
}
