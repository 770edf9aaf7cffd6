import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CLOSING_REASONS, STAGES, type ClosingReason } from '../../../domain/case/state.ts';
import { ACTION_BY, FLAGS } from '../../../domain/case/view.ts';
import { casesChanged, listFor, showWhole, whyFor } from '../../services/cases.ts';
import type { Parts } from '../../services/context.ts';
import {
  closeCase,
  extendHold,
  judgeProgress,
  placeHold,
  placeOnCaseload,
  refer,
  referStudent,
  releaseHold,
  releaseLetter,
  settleQuestion,
  withdraw,
} from '../../services/decisions.ts';
import { preview, STEPS } from '../../services/preview.ts';
import { callOf } from '../auth.ts';
import { approvalRoutes } from './approvals.ts';
import {
  caseNumber,
  caseParams as params,
  code,
  commandId,
  isoDate,
  letterKind,
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
  holdRoutes(app, parts);
  letterRoutes(app, parts);
  approvalRoutes(app, parts);
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
          // For a hearing: what is wished for; the answer shows the hour it would get.
          date: isoDate.optional(),
          time: timeOfDay.optional(),
          place: sentence(200).optional(),
          interpreter: sentence(100).optional(),
          // For letting a waiting letter leave.
          letter: letterKind.optional(),
        }),
      },
    },
    async (request) => preview(callOf(parts, request), request.query, request.query.step, request.query),
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
  typed(app).post(
    '/cases/:number/progress',
    {
      schema: {
        tags,
        summary: 'A person’s judgement of progress since the last notice',
        params,
        body: z.strictObject({ ...withId, adequate: z.boolean(), reason: sentence() }),
      },
    },
    async (request) => judgeProgress(callOf(parts, request), request.params.number, request.body),
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
          continuedBy: caseNumber.optional(),
        }),
      },
    },
    async (request) => closeCase(callOf(parts, request), request.params.number, request.body),
  );
}

/** How long: either its last day or its length. */
const length = {
  until: isoDate.optional(),
  schoolDays: z.number().int().min(1).max(400).optional(),
};

function holdRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['holds'];
  typed(app).post(
    '/cases/:number/holds',
    {
      schema: {
        tags,
        summary: 'Put the case on hold: no letter leaves',
        params,
        body: z.strictObject({
          ...withId,
          kind: code,
          reason: sentence(),
          owner: code.optional().meta({ description: 'A role or a user’s id; default: case-manager' }),
          ...length,
        }),
      },
    },
    async (request) => placeHold(callOf(parts, request), request.params.number, request.body),
  );
  const hold = commandId.optional().meta({ description: 'Its id; not needed while only one stands' });
  typed(app).post(
    '/cases/:number/holds/extend',
    {
      schema: {
        tags,
        summary: 'A hold goes on for longer',
        params,
        body: z.strictObject({ ...withId, hold, reason: sentence(), ...length }),
      },
    },
    async (request) => extendHold(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/holds/release',
    {
      schema: {
        tags,
        summary: 'Release a hold',
        params,
        body: z.strictObject({ ...withId, hold, reason: sentence() }),
      },
    },
    async (request) => releaseHold(callOf(parts, request), request.params.number, request.body),
  );
}

function letterRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['letters'];
  const which = {
    ...withId,
    letter: letterKind,
    sequence: z
      .number()
      .int()
      .min(1)
      .max(9999)
      .optional()
      .meta({ description: 'Default: the latest of its kind' }),
    reason: sentence(),
  };
  typed(app).post(
    '/cases/:number/letters/release',
    {
      schema: { tags, summary: 'Let a letter that waits leave', params, body: z.strictObject(which) },
    },
    async (request) => releaseLetter(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/letters/settle',
    {
      schema: {
        tags,
        summary: 'What becomes of a letter after a correction: another letter, its withdrawal, or it stands',
        params,
        body: z.strictObject({ ...which, how: z.enum(['correction', 'withdrawal', 'stands']) }),
      },
    },
    async (request) => settleQuestion(callOf(parts, request), request.params.number, request.body),
  );
}
