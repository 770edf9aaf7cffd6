import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import {
  findFor,
  importGuardians,
  importStudents,
  setNoContactFor,
  showStudent,
} from '../../services/people.ts';
import { callOf } from '../auth.ts';
import { isoDate, sentence, sisId, studentParams } from '../schemas.ts';
import { guardian, student } from './records.ts';
import { typed } from './typed.ts';

/** Rows a request; a larger roster comes in parts. */
const MOST = 20_000;

export function peopleRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['people'];
  typed(app).post(
    '/students::import',
    {
      schema: {
        tags,
        summary: 'Bring in a roster: adds and changes, never removes',
        body: z.strictObject({ students: z.array(student).min(1).max(MOST), asOf: isoDate.optional() }),
      },
    },
    async (request) => importStudents(callOf(parts, request), request.body.students, request.body.asOf),
  );
  typed(app).post(
    '/guardians::import',
    {
      schema: {
        tags,
        summary: 'Bring in contacts; a no-contact order on record stays',
        body: z.strictObject({ guardians: z.array(guardian).min(1).max(MOST) }),
      },
    },
    async (request) => importGuardians(callOf(parts, request), request.body.guardians),
  );
  typed(app).get(
    '/students',
    {
      schema: {
        tags,
        summary: 'Find students by name or number',
        querystring: z.strictObject({
          find: sentence(120),
          limit: z.coerce.number().int().min(1).max(200).optional(),
        }),
      },
    },
    async (request) => ({
      students: await findFor(callOf(parts, request), request.query.find, request.query.limit),
    }),
  );
  typed(app).get(
    '/students/:sis',
    { schema: { tags, summary: 'One student, their adults and cases', params: studentParams } },
    async (request) => showStudent(callOf(parts, request), request.params.sis),
  );
  typed(app).post(
    '/guardians/:id/no-contact',
    {
      schema: {
        tags,
        summary: 'Set or lift a court’s no-contact order',
        params: z.object({ id: z.coerce.number().int().positive().max(2_147_483_647) }),
        body: z.strictObject({ student: sisId, noContact: z.boolean(), reason: sentence(500) }),
      },
    },
    async (request) => setNoContactFor(callOf(parts, request), request.params.id, request.body),
  );
}
