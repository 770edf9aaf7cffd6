import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addUser, endAccess, issueFor, keysFor, revokeOne, usersFor, whoAmI } from '../../services/access.ts';
import type { Parts } from '../../services/context.ts';
import { setDigests } from '../../services/mornings.ts';
import { beginDay, goLive, setProfile, settledness, showOffice } from '../../services/office.ts';
import { finishTask, tasksFor } from '../../services/tasks.ts';
import { ROLES } from '../../../domain/access.ts';
import { officeProfileBody } from '../../office-profile.ts';
import { callOf } from '../auth.ts';
import { code, isoDate, letterSubject, sentence } from '../schemas.ts';
import { typed } from './typed.ts';

export function officeRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['office'];
  typed(app).get(
    '/office',
    { schema: { tags, summary: 'The office, its day and its mode' } },
    async (request) => showOffice(callOf(parts, request)),
  );
  typed(app).post(
    '/office/day',
    {
      schema: {
        tags,
        summary: 'A driven office’s day begins (demo, tests)',
        body: z.strictObject({
          date: isoDate,
          calendar: z
            .array(
              z.strictObject({
                change: z.enum(['close', 'makeup']),
                school: code,
                date: isoDate,
                reason: sentence(300),
              }),
            )
            .max(5000)
            .default([])
            .meta({ description: 'What is announced that morning' }),
        }),
      },
    },
    async (request) => beginDay(callOf(parts, request), request.body.date, request.body.calendar),
  );
  typed(app).put(
    '/office/profile',
    { schema: { tags, summary: 'The office as its letters show it', body: officeProfileBody } },
    async (request) => {
      const { logo, ...profile } = request.body;
      const image = logo === undefined || logo === null ? logo : Buffer.from(logo, 'base64');
      return setProfile(callOf(parts, request), profile, image);
    },
  );
  typed(app).put(
    '/office/digests',
    {
      schema: {
        tags,
        summary: 'Whether worklists are told by e-mail each morning',
        body: z.strictObject({ send: z.boolean() }),
      },
    },
    async (request) => setDigests(callOf(parts, request), request.body.send),
  );
  typed(app).post('/office/go-live', { schema: { tags, summary: 'End practice mode' } }, async (request) =>
    goLive(callOf(parts, request)),
  );
  typed(app).get(
    '/status',
    { schema: { tags, summary: 'Whether everything told has been done' } },
    async (request) => settledness(callOf(parts, request)),
  );
}

export function taskRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['tasks'];
  typed(app).get(
    '/tasks',
    {
      schema: {
        tags,
        summary: 'What waits, oldest first',
        querystring: z.strictObject({
          role: z.enum(ROLES).optional(),
          case: letterSubject.optional(),
          kind: z.string().max(60).optional(),
          done: z.stringbool().optional(),
        }),
      },
    },
    async (request) => ({ tasks: await tasksFor(callOf(parts, request), request.query) }),
  );
  typed(app).post(
    '/tasks/:id/done',
    {
      schema: {
        tags,
        summary: 'This has been done',
        params: z.object({ id: z.coerce.number().int().positive().max(2_147_483_647) }),
        body: z.strictObject({ note: sentence(500).optional() }).default({}),
      },
    },
    async (request) => finishTask(callOf(parts, request), request.params.id, request.body.note),
  );
}

export function accessRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['access'];
  typed(app).get('/whoami', { schema: { tags, summary: 'Whose key this is' } }, async (request) =>
    whoAmI(callOf(parts, request)),
  );
  typed(app).get('/users', { schema: { tags, summary: 'People with access' } }, async (request) => ({
    users: await usersFor(callOf(parts, request)),
  }));
  typed(app).post(
    '/users',
    {
      schema: {
        tags,
        summary: 'Give somebody access; the key is shown once',
        body: z.strictObject({
          name: sentence(120),
          role: z.string().max(60),
          schools: z.array(code).max(500).nullable().default(null),
        }),
      },
    },
    async (request, reply) => reply.status(201).send(await addUser(callOf(parts, request), request.body)),
  );
  const user = z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,40}$/) });
  typed(app).post(
    '/users/:id/end',
    { schema: { tags, summary: 'End somebody’s access at once', params: user } },
    async (request) => endAccess(callOf(parts, request), request.params.id),
  );
  typed(app).post(
    '/users/:id/keys',
    {
      schema: {
        tags,
        summary: 'Another key for somebody; shown once',
        params: user,
        body: z.strictObject({ expiresAt: z.iso.datetime({ offset: true }).optional() }).default({}),
      },
    },
    async (request, reply) =>
      reply
        .status(201)
        .send(await issueFor(callOf(parts, request), request.params.id, request.body.expiresAt)),
  );
  typed(app).get(
    '/keys',
    {
      schema: {
        tags,
        summary: 'Keys, without their secrets',
        querystring: z.strictObject({ user: z.string().max(40).optional() }),
      },
    },
    async (request) => ({ keys: await keysFor(callOf(parts, request), request.query.user) }),
  );
  typed(app).post(
    '/keys/:prefix/revoke',
    {
      schema: {
        tags,
        summary: 'End a key at once',
        params: z.object({ prefix: z.string().regex(/^[0-9a-f]{12}$/) }),
      },
    },
    async (request) => revokeOne(callOf(parts, request), request.params.prefix),
  );
}
