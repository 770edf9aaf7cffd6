/** Who is calling: a personal key in every request but the few that tell nothing. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { verifyKey } from '../../db/stores/users.ts';
import type { Call, Caller, Parts } from '../services/context.ts';
import { problem, sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export function installAuth(app: FastifyInstance, parts: Parts): void {
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    const key = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
    const user = key === undefined ? undefined : await verifyKey(parts.db, key);
    if (!user) {
      reply.header('www-authenticate', 'Bearer');
      return sendProblem(
        reply,
        problem(
          401,
          'NOT_SIGNED_IN',
          'Give a valid personal key (Authorization: Bearer …); `truancy login` keeps one.',
        ),
      );
    }
    request.caller = { id: user.id, role: user.role, schools: user.schools };
    return undefined;
  });
}

export function callOf(parts: Parts, request: FastifyRequest): Call {
  if (!request.caller) throw new Error('a route without sign-in asked who is calling');
  return { ...parts, caller: request.caller };
}
