/** Letters that wait for a person's approval. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import {
  approvalQueue,
  approveBatch,
  approveLetter,
  resubmitLetter,
  stopLetter,
} from '../../services/decisions.ts';
import { callOf } from '../auth.ts';
import { caseNumber, caseParams as params, letterKind, sentence, withId } from '../schemas.ts';
import { typed } from './typed.ts';

const sequence = z.number().int().min(1).max(9999);
const evidence = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'is no evidence; the list of letters awaiting approval shows it')
  .meta({ description: 'What was shown: an approval is for exactly that' });
const which = {
  ...withId,
  letter: letterKind,
  sequence: sequence.optional().meta({ description: 'Default: the latest of its kind' }),
};

export function approvalRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['approval'];
  typed(app).get(
    '/approvals',
    {
      schema: {
        tags,
        summary: 'Letters that wait for approval, each with its evidence, oldest first',
        querystring: z.strictObject({
          case: caseNumber.optional(),
          mine: z.enum(['true', 'false']).optional(),
          text: z.enum(['true', 'false']).optional().meta({ description: 'With each copy as it would read' }),
        }),
      },
    },
    async (request) => ({
      letters: await approvalQueue(callOf(parts, request), {
        case: request.query.case,
        mine: request.query.mine === 'true',
        text: request.query.text === 'true',
      }),
    }),
  );
  typed(app).post(
    '/approvals',
    {
      schema: {
        tags,
        summary: 'Approve several letters, each for itself; says what came of each',
        body: z.strictObject({
          ...withId,
          letters: z
            .array(z.strictObject({ case: caseNumber, letter: letterKind, sequence, evidence }))
            .min(1)
            .max(200),
        }),
      },
    },
    async (request) => ({ letters: await approveBatch(callOf(parts, request), request.body) }),
  );
  typed(app).post(
    '/cases/:number/letters/approve',
    {
      schema: {
        tags,
        summary: 'Its approver lets a letter leave',
        params,
        body: z.strictObject({ ...which, evidence, note: sentence().optional() }),
      },
    },
    async (request) => approveLetter(callOf(parts, request), request.params.number, request.body),
  );
  for (const how of ['withhold', 'return'] as const) {
    typed(app).post(
      `/cases/:number/letters/${how}`,
      {
        schema: {
          tags,
          summary:
            how === 'withhold'
              ? 'Its approver keeps a letter in the house'
              : 'Its approver sends a letter back to whoever made the step',
          params,
          body: z.strictObject({ ...which, reason: sentence() }),
        },
      },
      async (request) => stopLetter(callOf(parts, request), request.params.number, { ...request.body, how }),
    );
  }
  typed(app).post(
    '/cases/:number/letters/resubmit',
    {
      schema: {
        tags,
        summary: 'A returned letter is put before its approver again, with an answer',
        params,
        body: z.strictObject({ ...which, reason: sentence() }),
      },
    },
    async (request) => resubmitLetter(callOf(parts, request), request.params.number, request.body),
  );
}
