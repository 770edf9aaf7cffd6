import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { bouncesFor, takeBounce } from '../../services/bounces.ts';
import type { Parts } from '../../services/context.ts';
import { callOf } from '../auth.ts';
import { typed } from './typed.ts';

/** A delivery report holds at most the letter it is about; a mail server's own limits are far below. */
const LARGEST_BYTES = 20 * 1024 * 1024;

/** For the office's own mail server, which hands on what comes back, and for `notice bounces`. */
export function bounceRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['notices'];
  app.addContentTypeParser(
    'message/rfc822',
    { parseAs: 'buffer', bodyLimit: LARGEST_BYTES },
    (_request, body, done) => done(null, { message: (body as Buffer).toString('latin1') }),
  );
  typed(app).post(
    '/bounces',
    {
      bodyLimit: LARGEST_BYTES,
      schema: {
        tags,
        summary: 'A message of the office’s mailbox, as it came: a delivery report is acted on, once',
        description:
          'Content-Type message/rfc822, or JSON with one character a byte. The role "mail-server" may do this and nothing else.',
        consumes: ['message/rfc822', 'application/json'],
        body: z.strictObject({ message: z.string().min(1) }),
      },
    },
    async (request) => ({ reports: await takeBounce(callOf(parts, request), request.body.message) }),
  );
  typed(app).get(
    '/bounces',
    { schema: { tags, summary: 'Delivery reports of late, newest first' } },
    async (request) => ({ reports: await bouncesFor(callOf(parts, request)) }),
  );
}
