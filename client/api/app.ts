/** Builds the HTTP API; starting it is main.ts. Routes are thin: they read, call a service, and answer. */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { speakPlainly } from '../plain-words.ts';
import { callPolicyOf, policyOf, type Parts } from '../services/context.ts';
import { installAuth } from './auth.ts';
import { installProblems, problem, sendProblem } from './problems.ts';
import { attendanceRoutes } from './routes/attendance.ts';
import { bounceRoutes } from './routes/bounces.ts';
import { callBoardRoutes } from './routes/call-board.ts';
import { callIntakeRoutes } from './routes/call-intake.ts';
import { callRoutes } from './routes/calls.ts';
import { hazardRoutes } from './routes/hazards.ts';
import { officerRoutes } from './routes/officers.ts';
import { caseloadRoutes } from './routes/caseloads.ts';
import { caseRoutes } from './routes/cases.ts';
import { courtPacketRoutes } from './routes/court-packets.ts';
import { hearingRoutes } from './routes/hearings.ts';
import { heldLetterRoutes } from './routes/held-letters.ts';
import { interventionRoutes } from './routes/interventions.ts';
import { monitorRoutes } from './routes/monitors.ts';
import { noticeRoutes } from './routes/notices.ts';
import { postRoutes } from './routes/post.ts';
import { accessRoutes, officeRoutes, taskRoutes } from './routes/office.ts';
import { peopleRoutes } from './routes/people.ts';
import { calendarRoutes, placeRoutes } from './routes/places.ts';
import { templateRoutes } from './routes/templates.ts';
import { transferRoutes } from './routes/transfers.ts';
import { rolloverRoutes } from './routes/rollovers.ts';
import { openingRoutes } from './routes/paper-cases.ts';
import { policyRoutes } from './routes/policies.ts';

export interface ApiOptions {
  readonly logger?: FastifyBaseLogger;
  /** Requests a minute from one address (default 3,000: a district's nightly import and its clerks share one). */
  readonly perMinute?: number;
  /** Largest body in bytes (default 32 MB: a district's attendance of a day is far below). */
  readonly bodyLimit?: number;
}

export type Api = FastifyInstance;

export async function buildApi(parts: Parts, options: ApiOptions = {}): Promise<Api> {
  speakPlainly();
  const app = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    // Addresses may hold student numbers; the services audit who read what.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? 32 * 1024 * 1024,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 300 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installProblems(app);
  await app.register(helmet, { contentSecurityPolicy: false });
  await app.register(rateLimit, { max: options.perMinute ?? 3_000, timeWindow: '1 minute' });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Truancy casework',
        version: '1',
        description:
          'Every failure is problem+json with a stable code; a refusal by a rule is 409 and changes nothing.',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });

  app.get(
    '/health',
    { schema: { security: [], response: { 200: z.object({ status: z.literal('ok') }) } } },
    () => ({ status: 'ok' as const }),
  );
  await app.register(async (inside) => {
    installAuth(inside, parts);
    inside.get('/ready', { schema: { tags: ['server'] } }, async (_request, reply) => {
      await parts.db.execute('select 1');
      if (await parts.caseClient.isReachable()) return { status: 'ready' };
      return sendProblem(
        reply,
        problem(
          503,
          'OUT_OF_REACH',
          'Temporal is out of reach: facts are kept and wait, decisions have to wait.',
        ),
      );
    });
    await inside.register(
      async (v1) => {
        officeRoutes(v1, parts);
        accessRoutes(v1, parts);
        placeRoutes(v1, parts);
        peopleRoutes(v1, parts);
        rolloverRoutes(v1, parts);
        calendarRoutes(v1, parts);
        attendanceRoutes(v1, parts);
        noticeRoutes(v1, parts);
        postRoutes(v1, parts);
        bounceRoutes(v1, parts);
        policyRoutes(v1, parts);
        templateRoutes(v1, parts);
        taskRoutes(v1, parts);
        await v1.register(async (ladder) => {
          ladder.addHook('preHandler', async () => void (await policyOf(parts, parts.db)));
          interventionRoutes(ladder, parts);
          caseRoutes(ladder, parts);
          caseloadRoutes(ladder, parts);
          hearingRoutes(ladder, parts);
          courtPacketRoutes(ladder, parts);
          openingRoutes(ladder, parts);
          transferRoutes(ladder, parts);
        });
        await v1.register(async (calls) => {
          calls.addHook('preHandler', async () => void (await callPolicyOf(parts, parts.db)));
          callIntakeRoutes(calls, parts);
          monitorRoutes(calls, parts);
          heldLetterRoutes(calls, parts);
          callBoardRoutes(calls, parts);
          callRoutes(calls, parts);
          officerRoutes(calls, parts);
          hazardRoutes(calls, parts);
        });
      },
      { prefix: '/v1' },
    );
  });
  return app;
}
