import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CLOSING_REASONS, STAGES, type ClosingReason } from '../../../domain/case/state.ts';
import { ACTION_BY, FLAGS } from '../../../domain/case/view.ts';
import { casesChanged, listFor, showWhole, whyFor } from '../../services/cases.ts';
import type { Parts } from '../../services/context.ts';
import {
  closeCase,
  docketFor,
  issueOrder,
  placeOnCaseload,
  recordCourtAnswer,
  recordHearing,
  refer,
  referStudent,
  referToCourt,
  scheduleHearing,
  withdraw,
} from '../../services/decisions.ts';
import { preview, STEPS } from '../../services/preview.ts';
import { callOf } from '../auth.ts';
import {
  caseNumber,
  caseParams as params,
  code,
  isoDate,
  sentence,
  sisId,
  studentParams,
  timeOfDay,
  withId,
} from '../schemas.ts';
import { typed } from './typed.ts';

export function caseRoutes(app: FastifyInstance, parts: Parts): void {
  readingRoutes(app, parts);
  decisionRoutes(app, parts);
}

function readingRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['cases'];
  typed(app).get(
    '/cases',
    {
      schema: {
        tags,
        summary: 'Cases by number, open ones unless asked; page on with `after`',
        querystring: z.strictObject({
          status: z.enum(['open', 'closed', 'any']).optional(),
          stage: z.enum(STAGES).optional(),
          school: code.optional(),
          actionBy: z.enum(ACTION_BY).optional(),
          due: isoDate.optional(),
          flag: z.enum(FLAGS).optional(),
          after: caseNumber.optional(),
          limit: z.coerce.number().int().min(1).max(500).optional(),
        }),
      },
    },
    async (request) => listFor(callOf(parts, request), request.query),
  );
  typed(app).post(
    '/cases/changed',
    {
      schema: {
        tags,
        summary: 'Whole states of the cases whose sequence is above the one known (all where none is given)',
        body: z.strictObject({ known: z.record(caseNumber, z.number().int()).default({}) }),
      },
    },
    async (request) => ({ cases: await casesChanged(callOf(parts, request), request.body.known) }),
  );
  typed(app).get(
    '/cases/:number',
    { schema: { tags, summary: 'One case: where it stands, its journal and its letters', params } },
    async (request) => showWhole(callOf(parts, request), request.params.number),
  );
  typed(app).get(
    '/cases/:number/why',
    { schema: { tags, summary: 'In words: where it stands, why, and what may happen when', params } },
    async (request) => whyFor(callOf(parts, request), request.params.number),
  );
}

function decisionRoutes(app: FastifyInstance, parts: Parts): void {
  typed(app).get(
    '/preview',
    {
      schema: {
        tags: ['decisions'],
        summary: 'What a decision would send: to whom, how, in which language, when',
        querystring: z.strictObject({
          student: sisId.optional(),
          case: caseNumber.optional(),
          step: z.enum(STEPS),
        }),
      },
    },
    async (request) => preview(callOf(parts, request), request.query, request.query.step),
  );
  const tags = ['decisions'];
  const referral = z.strictObject({
    ...withId,
    progress: sentence().meta({ description: 'Why progress is not adequate, in a sentence' }),
    override: sentence().optional(),
    acceptFewer: sentence().optional(),
  });
  typed(app).post(
    '/cases/:number/referrals',
    { schema: { tags, summary: 'The next referral', params, body: referral } },
    async (request) =>
      refer(callOf(parts, request), request.params.number, { ...request.body, type: 'make-referral' }),
  );
  typed(app).post(
    '/students/:sis/referrals',
    { schema: { tags, summary: 'The next referral, by student', params: studentParams, body: referral } },
    async (request) => referStudent(callOf(parts, request), request.params.sis, request.body),
  );
  typed(app).post(
    '/cases/:number/withdraw',
    {
      schema: {
        tags,
        summary: 'Take the last step back while its letter is in the house',
        params,
        body: z.strictObject({ ...withId, reason: sentence() }),
      },
    },
    async (request) => withdraw(callOf(parts, request), request.params.number, request.body),
  );
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
  typed(app).post(
    '/cases/:number/hearings',
    {
      schema: {
        tags,
        summary: 'Set a hearing',
        params,
        body: z.strictObject({
          ...withId,
          date: isoDate,
          time: timeOfDay,
          place: sentence(200),
          override: sentence().optional(),
        }),
      },
    },
    async (request) => scheduleHearing(callOf(parts, request), request.params.number, request.body),
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
    '/cases/:number/caseload',
    {
      schema: {
        tags,
        summary: 'Place the student on the caseload',
        params,
        body: z.strictObject({ ...withId, reason: sentence() }),
      },
    },
    async (request) => placeOnCaseload(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/close',
    {
      schema: {
        tags,
        summary: 'Close the case',
        params,
        body: z.strictObject({
          ...withId,
          reason: z.enum(CLOSING_REASONS as unknown as [ClosingReason, ...ClosingReason[]]),
          note: sentence().optional(),
        }),
      },
    },
    async (request) => closeCase(callOf(parts, request), request.params.number, request.body),
  );
}
