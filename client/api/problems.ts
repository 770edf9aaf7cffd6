/** Failures as problem+json (RFC 9457): a code to act on, a sentence to read, never an inner detail. */
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { InputFault } from '../../domain/refusal.ts';
import { isUnreachable } from '../../db/faults.ts';
import { Forbidden, ManyFaults, OutOfReach, Refused, Unknown } from '../failures.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Where in the input, for one fault. */
  readonly place?: string | undefined;
  /** Every faulty field. */
  readonly errors?: readonly { readonly place: string; readonly message: string }[] | undefined;
  /** Facts behind a refusal, e.g. `{ possibleFrom: '2025-02-12' }`. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The input cannot be read',
  401: 'Not signed in',
  403: 'Not permitted',
  404: 'Unknown',
  405: 'Not offered here',
  409: 'Refused by a rule',
  413: 'Too large',
  415: 'Unknown kind of content',
  429: 'Too many requests',
  500: 'The server failed',
  503: 'Out of reach',
};

export function problem(status: number, code: string, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Failed', status, code, detail, ...more };
}

export function sendProblem(reply: FastifyReply, what: Problem): FastifyReply {
  return reply.status(what.status).type('application/problem+json').send(what);
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) {
    const { code, message, details } = error.refusal;
    return problem(409, code, message, { details });
  }
  if (error instanceof ManyFaults) {
    return problem(400, error.code, error.message, {
      errors: error.faults.map(({ place, message }) => ({ place: `body.${place}`, message })),
      details: { faults: error.faults },
    });
  }
  if (error instanceof InputFault) return problem(400, error.code, error.message, { place: error.place });
  if (error instanceof Unknown) return problem(404, error.code, error.message);
  if (error instanceof Forbidden) return problem(403, error.code, error.message);
  if (error instanceof OutOfReach) return problem(503, error.code, error.message);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((one) => ({
      place: `${error.validationContext ?? 'body'}${one.instancePath.replaceAll('/', '.')}`.replace(
        /\.$/,
        '',
      ),
      message: one.message ?? 'not as expected',
    }));
    const first = errors[0];
    return problem(
      400,
      'BAD_INPUT',
      first ? `${first.place}: ${first.message}` : 'The input is not as expected.',
      {
        errors,
      },
    );
  }
  if (isUnreachable(error)) {
    return problem(
      503,
      'OUT_OF_REACH',
      'The records are out of reach at the moment; nothing was changed. Try again.',
    );
  }
  const { statusCode, code } = error as Partial<FastifyError>;
  if (statusCode === 413)
    return problem(413, 'TOO_LARGE', 'The content is larger than this door takes; send it in parts.');
  if (statusCode === 415)
    return problem(415, 'BAD_CONTENT_TYPE', 'Send JSON (Content-Type: application/json).');
  if (statusCode === 429)
    return problem(429, 'TOO_MANY_REQUESTS', 'Too many requests; wait a minute and go on.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return problem(
      400,
      'BAD_INPUT',
      code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError
        ? 'The body is no JSON that can be read.'
        : 'The request cannot be read.',
    );
  }
  return problem(
    500,
    'UNEXPECTED',
    'Something went wrong on the server; it has been noted. Nothing half-done was kept.',
  );
}

export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const what = problemOf(error);
    if (what.status === 500) {
      // The stack for the operator; no body, no query: they may hold what is personal.
      request.log.error({ route: request.routeOptions.url, error: stackOf(error) }, 'a request failed');
    }
    return sendProblem(reply, what);
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(
      reply,
      problem(404, 'UNKNOWN_ROUTE', 'There is nothing at this address; /docs lists what there is.'),
    ),
  );
}

/** Where it failed; the message of a database error may quote values. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  const { code } = (error.cause ?? error) as { code?: unknown };
  return [`${error.name}${typeof code === 'string' ? ` ${code}` : ''}`, ...frames.slice(0, 8)].join('\n');
}
