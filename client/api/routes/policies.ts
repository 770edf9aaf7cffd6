import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { effectsFor, moveCase, readVersion, setOfficePolicy, versionsFor } from '../../services/policies.ts';
import { callOf } from '../auth.ts';
import { caseNumber, caseParams, sentence, withId } from '../schemas.ts';
import { typed } from './typed.ts';

/** A policy file is some pages of text. */
const LONGEST_POLICY = 200_000;

const wish = {
  text: z
    .string()
    .min(1)
    .max(LONGEST_POLICY)
    .optional()
    .meta({ description: 'A policy file as it is, YAML' }),
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,60}(@[^\s@]{1,60})?$/, 'is no policy; write roe53, or roe53@2 for one on record')
    .optional(),
};

export function policyRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['policies'];
  typed(app).get(
    '/policies',
    { schema: { tags, summary: 'Versions of the office’s policy on record, the latest first' } },
    async (request) => ({ versions: await versionsFor(callOf(parts, request)) }),
  );
  typed(app).get(
    '/policies/:version',
    {
      schema: {
        tags,
        summary: 'One version as it is on record',
        params: z.object({ version: z.string().min(1).max(60) }),
      },
    },
    async (request) => readVersion(callOf(parts, request), request.params.version),
  );
  typed(app).post(
    '/policies/effects',
    {
      schema: {
        tags,
        summary: 'What a policy would change for open cases, page by page; nothing is kept',
        body: z.strictObject({
          ...wish,
          after: caseNumber.optional(),
          limit: z.number().int().min(1).max(500).optional(),
        }),
      },
    },
    async (request) => effectsFor(callOf(parts, request), request.body),
  );
  typed(app).put(
    '/office/policy',
    {
      schema: {
        tags,
        summary: 'The version new cases begin with; open ones keep theirs',
        body: z.strictObject(wish),
      },
    },
    async (request) => setOfficePolicy(callOf(parts, request), request.body),
  );
  typed(app).post(
    '/cases/:number/policy',
    {
      schema: {
        tags,
        summary: 'Move an open case to a version (the one in force, unless another is given)',
        params: caseParams,
        body: z.strictObject({ ...withId, ...wish, reason: sentence() }),
      },
    },
    async (request) => moveCase(callOf(parts, request), request.params.number, request.body),
  );
}
