import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { boardFor } from '../../services/call-board.ts';
import { weekFor, weekPdfFor } from '../../services/call-week.ts';
import type { Parts } from '../../services/context.ts';
import { callOf } from '../auth.ts';
import { isoDate } from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

/** What the department looks at all day, and its head once a week. */
export function callBoardRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['calls'];
  typed(app).get(
    '/calls/board',
    { schema: { tags, summary: 'The board: what waits by class and age, who is where, what is overdue' } },
    async (request) => boardFor(callOf(parts, request)),
  );
  const querystring = z.strictObject({ week: isoDate.optional() });
  typed(app).get(
    '/calls/week',
    {
      schema: {
        tags,
        summary: 'A week: calls by kind, school and outcome, median minutes to arrival, monitors',
        querystring,
      },
    },
    async (request) => weekFor(callOf(parts, request), request.query.week),
  );
  typed(app).get(
    '/calls/week/page',
    { schema: { tags, summary: 'The same week as PDF, on one page', querystring } },
    async (request, reply) => sendPdf(reply, await weekPdfFor(callOf(parts, request), request.query.week)),
  );
}
