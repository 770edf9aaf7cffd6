/** Letters of the department that were held back: let go once the records are mended, or not sent any more. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { releaseHeldLetter, withdrawHeldLetter } from '../../services/held-letters.ts';
import { callOf } from '../auth.ts';
import { callNumber, monitorNumber, sentence, withId } from '../schemas.ts';
import { typed } from './typed.ts';

export function heldLetterRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['letters'];
  const body = z.strictObject({ ...withId, reason: sentence() });
  for (const { of, number, what } of [
    { of: 'monitors/:number/contract', number: monitorNumber, what: 'The contract' },
    { of: 'calls/:number/findings', number: callNumber, what: 'The letter of the findings' },
  ]) {
    const params = z.object({ number });
    typed(app).post(
      `/${of}/release`,
      { schema: { tags, summary: `${what} was held back, and leaves now`, params, body } },
      async (request) => releaseHeldLetter(callOf(parts, request), request.params.number, request.body),
    );
    typed(app).post(
      `/${of}/withdraw`,
      { schema: { tags, summary: `${what} was held back, and is not sent any more`, params, body } },
      async (request) => withdrawHeldLetter(callOf(parts, request), request.params.number, request.body),
    );
  }
}
