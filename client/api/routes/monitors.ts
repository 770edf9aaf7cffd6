import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MONITOR_SIGNERS } from '../../../domain/monitor/state.ts';
import type { Parts } from '../../services/context.ts';
import { contractPreview } from '../../services/contract-preview.ts';
import { monitorContractPdf } from '../../services/department-letters.ts';
import { monitorsFor, showMonitor, startMonitor, workMonitor } from '../../services/monitors.ts';
import { callOf } from '../auth.ts';
import {
  callNumber,
  isoDate,
  monitorNumber,
  officerId as officer,
  sentence,
  sisId,
  withId,
} from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

/** 20-Day Monitor contracts of the Intervention Department. */
export function monitorRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['monitors'];
  const params = z.object({ number: monitorNumber });
  typed(app).post(
    '/monitors',
    {
      schema: {
        tags,
        summary: 'Begin a 20-Day Monitor: day 1 is the next school day; one at a time for a student',
        body: z.strictObject({
          ...withId,
          student: sisId,
          officer,
          call: callNumber.optional(),
        }),
      },
    },
    async (request, reply) => {
      const started = await startMonitor(callOf(parts, request), request.body);
      return reply.status(started.started ? 201 : 200).send(started);
    },
  );
  typed(app).get(
    '/monitors',
    {
      schema: {
        tags,
        summary: 'Monitors: running ones by their next deadline, then those that have ended',
        querystring: z.strictObject({
          status: z.enum(['open', 'ended', 'any']).default('open'),
          officer: officer.optional(),
        }),
      },
    },
    async (request) => ({ monitors: await monitorsFor(callOf(parts, request), request.query) }),
  );
  typed(app).get(
    '/monitors/preview',
    {
      schema: {
        tags,
        summary: 'What a contract begun now, or one held back, would say and whom it would reach',
        querystring: z.union(
          [z.strictObject({ student: sisId }), z.strictObject({ monitor: monitorNumber })],
          { error: 'give either student or monitor' },
        ),
      },
    },
    async (request) => contractPreview(callOf(parts, request), request.query),
  );
  typed(app).get(
    '/monitors/:number',
    { schema: { tags, summary: 'One monitor: dates, breaches and what took them back, journal', params } },
    async (request) => showMonitor(callOf(parts, request), request.params.number),
  );
  typed(app).get(
    '/monitors/:number/contract',
    {
      schema: {
        tags,
        summary: 'The contract as PDF, to be signed: start and stop date, one copy a home',
        params,
      },
    },
    async (request, reply) =>
      sendPdf(reply, await monitorContractPdf(callOf(parts, request), request.params.number)),
  );
  typed(app).post(
    '/monitors/:number/end',
    {
      schema: {
        tags,
        summary: 'End it before its stop date, or as opened in error',
        params,
        body: z.strictObject({
          ...withId,
          how: z.enum(['officer', 'opened-in-error']).default('officer'),
          reason: sentence(),
        }),
      },
    },
    async (request) =>
      workMonitor(callOf(parts, request), request.params.number, { type: 'end-monitor', ...request.body }),
  );
  typed(app).post(
    '/monitors/:number/signatures',
    {
      schema: {
        tags,
        summary: 'Somebody signed the contract',
        params,
        body: z.strictObject({ ...withId, by: z.enum(MONITOR_SIGNERS), date: isoDate.optional() }),
      },
    },
    async (request) =>
      workMonitor(callOf(parts, request), request.params.number, { type: 'sign-contract', ...request.body }),
  );
  typed(app).post(
    '/monitors/:number/officer',
    {
      schema: {
        tags,
        summary: 'Another officer watches from now on',
        params,
        body: z.strictObject({ ...withId, officer, reason: sentence() }),
      },
    },
    async (request) =>
      workMonitor(callOf(parts, request), request.params.number, { type: 'change-officer', ...request.body }),
  );
}
