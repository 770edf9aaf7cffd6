/** The docket, hearings, the order and the court. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import {
  cancelHearing,
  certificateFor,
  issueOrder,
  letHearingStand,
  moveHearing,
  recordCourtAnswer,
  recordCourtStatus,
  recordHearing,
  referToCourt,
  scheduleHearing,
} from '../../services/decisions.ts';
import { addPlace, docketFor, dropPlace, freeFor, placesFor } from '../../services/docket.ts';
import { callOf } from '../auth.ts';
import { caseParams as params, isoDate, sentence, timeOfDay, withId } from '../schemas.ts';
import { typed } from './typed.ts';

export function hearingRoutes(app: FastifyInstance, parts: Parts): void {
  docketRoutes(app, parts);
  decisionRoutes(app, parts);
  courtRoutes(app, parts);
}

const place = sentence(200);

function docketRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['docket'];
  typed(app).get(
    '/docket',
    {
      schema: {
        tags,
        summary: 'Hearings that are set',
        querystring: z.strictObject({ from: isoDate.optional() }),
      },
    },
    async (request) => ({ hearings: await docketFor(callOf(parts, request), request.query.from) }),
  );
  typed(app).get(
    '/docket/free',
    {
      schema: {
        tags,
        summary: 'Free slots of the listed places',
        querystring: z.strictObject({
          from: isoDate.optional(),
          place: place.optional(),
          limit: z.coerce.number().int().min(1).max(500).optional(),
        }),
      },
    },
    async (request) => ({ free: await freeFor(callOf(parts, request), request.query) }),
  );
  typed(app).get(
    '/docket/places',
    { schema: { tags, summary: 'Places of hearings and their hours' } },
    async (request) => ({ places: await placesFor(callOf(parts, request)) }),
  );
  typed(app).post(
    '/docket/places',
    {
      schema: {
        tags,
        summary: 'Add a place’s hours; the same weekday and beginning again changes them',
        body: z.strictObject({
          place,
          from: timeOfDay,
          until: timeOfDay,
          slotMinutes: z.number().int(),
          weekdays: z
            .array(z.number().int().min(1).max(7))
            .min(1)
            .max(7)
            .default([1, 2, 3, 4, 5])
            .meta({ description: '1 Monday … 7 Sunday' }),
        }),
      },
    },
    async (request) => ({ places: await addPlace(callOf(parts, request), request.body) }),
  );
  typed(app).post(
    '/docket/places/remove',
    {
      schema: {
        tags,
        summary: 'Take a place off the list; hearings set there stay',
        body: z.strictObject({ place }),
      },
    },
    async (request) => dropPlace(callOf(parts, request), request.body.place),
  );
}

/** What is not given is the first free slot's, on or after the earliest lawful day. */
const hour = {
  date: isoDate.optional(),
  time: timeOfDay.optional(),
  place: place.optional(),
  override: sentence().optional().meta({ description: 'Written reason for a closer date' }),
  interpreter: sentence(100).optional().meta({ description: 'Language or person; at one hearing at a time' }),
  accommodation: sentence(300).optional(),
};

function decisionRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['decisions'];
  typed(app).post(
    '/cases/:number/hearings',
    { schema: { tags, summary: 'Set a hearing', params, body: z.strictObject({ ...withId, ...hour }) } },
    async (request) => scheduleHearing(callOf(parts, request), request.params.number, request.body),
  );
  const moved = z.strictObject({ ...withId, ...hour, reason: sentence() });
  typed(app).post(
    '/cases/:number/hearings/move',
    { schema: { tags, summary: 'Another date before the hearing is opened', params, body: moved } },
    async (request) =>
      moveHearing(callOf(parts, request), request.params.number, request.body, 'move-hearing'),
  );
  typed(app).post(
    '/cases/:number/hearings/continue',
    { schema: { tags, summary: 'The hearing goes on on another date', params, body: moved } },
    async (request) =>
      moveHearing(callOf(parts, request), request.params.number, request.body, 'continue-hearing'),
  );
  const because = z.strictObject({ ...withId, reason: sentence() });
  typed(app).post(
    '/cases/:number/hearings/cancel',
    { schema: { tags, summary: 'Call the hearing off', params, body: because } },
    async (request) => cancelHearing(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/hearings/stand',
    {
      schema: {
        tags,
        summary: 'It goes on although corrections took its count under the threshold',
        params,
        body: because,
      },
    },
    async (request) => letHearingStand(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/hearings/outcome',
    {
      schema: {
        tags,
        summary: 'What came of the hearing',
        params,
        body: z.strictObject({
          ...withId,
          outcome: z.enum(['held', 'held-in-absence', 'missed']),
          appeared: sentence(300),
        }),
      },
    },
    async (request) => recordHearing(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/orders',
    {
      schema: {
        tags,
        summary: 'The order to return to school',
        params,
        body: z.strictObject({
          ...withId,
          returnDate: isoDate.optional(),
          findings: sentence(),
          services: z.array(sentence(300)).max(30).default([]),
          reviewDate: isoDate.optional(),
        }),
      },
    },
    async (request) => issueOrder(callOf(parts, request), request.params.number, request.body),
  );
}

function courtRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['court'];
  typed(app).post(
    '/cases/:number/court',
    {
      schema: {
        tags,
        summary: 'Refer to the State’s Attorney',
        params,
        body: z.strictObject({ ...withId, override: sentence().optional() }),
      },
    },
    async (request) => referToCourt(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/court/answer',
    {
      schema: {
        tags,
        summary: 'The State’s Attorney’s answer',
        params,
        body: z.strictObject({ ...withId, answer: z.enum(['accepted', 'declined', 'returned']) }),
      },
    },
    async (request) => recordCourtAnswer(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/court/status',
    {
      schema: {
        tags,
        summary: 'News from the court',
        params,
        body: z.strictObject({ ...withId, text: sentence(500) }),
      },
    },
    async (request) => recordCourtStatus(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).get(
    '/cases/:number/certificate',
    { schema: { tags, summary: 'The certificate of services: what exists, what is missing', params } },
    async (request) => certificateFor(callOf(parts, request), request.params.number),
  );
}
