import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CALL_KINDS, STEP_CODES } from '../../../domain/calls/policy.ts';
import {
  callsFor,
  identifyStudent,
  reassignCall,
  showCall,
  workCall,
  type CallWish,
} from '../../services/calls.ts';
import type { Parts } from '../../services/context.ts';
import { callOf } from '../auth.ts';
import { callNumber, code, officerId, sentence, sisId, timeOfDay, withId } from '../schemas.ts';
import { typed } from './typed.ts';

const params = z.object({ number: callNumber });
const instant = z
  .union([z.iso.datetime({ offset: true }), timeOfDay], {
    error: 'is no time; write HH:MM of today, or an instant with its zone',
  })
  .meta({ description: 'When it happened, where that was earlier; the time of entry is kept beside it' });
/** Whose doing it is, where the dispatcher enters it. */
const ofOfficer = { ...withId, officer: officerId.optional(), at: instant.optional() };

export function callRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['calls'];
  typed(app).get(
    '/calls',
    {
      schema: {
        tags,
        summary: 'Service calls in the order in which they are served: priority, then age',
        querystring: z.strictObject({
          status: z.enum(['open', 'closed', 'any']).optional(),
          school: code.optional(),
          kind: z.enum(CALL_KINDS).optional(),
          officer: officerId.optional(),
          limit: z.coerce.number().int().min(1).max(500).optional(),
        }),
      },
    },
    async (request) => ({ calls: await callsFor(callOf(parts, request), request.query) }),
  );
  typed(app).get(
    '/calls/:number',
    { schema: { tags, summary: 'One call: conditions, checklist, offers, visits, journal', params } },
    async (request) => showCall(callOf(parts, request), request.params.number),
  );

  /** One door a command: what the body holds is the command, as the domain names it. */
  const door = <B extends z.ZodType>(
    path: string,
    summary: string,
    body: B,
    wish: (given: z.output<B>) => CallWish,
  ) => {
    typed(app).post(`/calls/:number/${path}`, { schema: { tags, summary, params, body } }, async (request) =>
      workCall(callOf(parts, request), request.params.number, wish(request.body as z.output<B>)),
    );
  };
  door('accept', 'The officer takes the call', z.strictObject(ofOfficer), (given) => ({
    ...given,
    type: 'accept-offer',
  }));
  door(
    'decline',
    'The officer cannot go; somebody else is asked',
    z.strictObject({ ...ofOfficer, reason: sentence(500) }),
    (given) => ({ ...given, type: 'decline-offer' }),
  );
  door(
    'start',
    'On the way, expected back in so many minutes',
    z.strictObject({ ...ofOfficer, expectedMinutes: z.number().int().min(1).max(1_440).optional() }),
    (given) => ({ ...given, type: 'start-visit' }),
  );
  door('arrive', 'There', z.strictObject(ofOfficer), (given) => ({ ...given, type: 'arrive' }));
  door('leave', 'Left the place, and safe', z.strictObject(ofOfficer), (given) => ({
    ...given,
    type: 'leave',
  }));
  door(
    'steps',
    'A step of the checklist is done, or asked of somebody else',
    z.strictObject({
      ...ofOfficer,
      step: z.enum(STEP_CODES),
      note: sentence().optional(),
      result: code.optional(),
    }),
    (given) => ({ ...given, type: 'record-step' }),
  );
  door(
    'waive',
    'A step is left out, with its reason',
    z.strictObject({ ...withId, step: z.enum(STEP_CODES), reason: sentence(500), at: instant.optional() }),
    (given) => ({ ...given, type: 'waive-step' }),
  );
  door(
    'counselor',
    'What the counselor says of the student they were asked to meet',
    z.strictObject({ ...withId, note: sentence(), at: instant.optional() }),
    (given) => ({ ...given, type: 'counselor-word' }),
  );
  door(
    'alone',
    'One officer goes, though two should: the dispatcher’s word',
    z.strictObject({ ...withId, reason: sentence(500) }),
    (given) => ({ ...given, type: 'go-alone' }),
  );
  door(
    'cancel',
    'Whoever called takes it back',
    z.strictObject({
      ...withId,
      by: z.enum(['police', 'school', 'dispatcher']),
      reason: sentence(500),
    }),
    (given) => ({ ...given, type: 'cancel-call' }),
  );
  door(
    'close',
    'The outcome, once every step is done or waived',
    z.strictObject({ ...withId, outcome: code, note: sentence().optional() }),
    (given) => ({ ...given, type: 'close-call' }),
  );
  typed(app).post(
    '/calls/:number/reassign',
    {
      schema: {
        tags,
        summary: 'Another officer goes: the one named, or whoever is next',
        params,
        body: z.strictObject({ ...withId, reason: sentence(500), to: officerId.optional() }),
      },
    },
    async (request) => reassignCall(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/calls/:number/student',
    {
      schema: {
        tags,
        summary: 'Who the student is, where police could not say',
        params,
        body: z.strictObject({ ...withId, student: sisId, school: code.optional() }),
      },
    },
    async (request) => identifyStudent(callOf(parts, request), request.params.number, request.body),
  );
}
