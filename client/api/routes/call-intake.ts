import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ATTEMPT_RESULTS } from '../../../domain/calls/gates.ts';
import { CALLERS } from '../../../domain/calls/intake.ts';
import { CALL_KINDS } from '../../../domain/calls/policy.ts';
import { notesFor, takeAttempts, writeNote } from '../../services/attendance-notes.ts';
import { openCall } from '../../services/call-intake.ts';
import type { Parts } from '../../services/context.ts';
import { doorNotePdf } from '../../services/department-letters.ts';
import { callOf } from '../auth.ts';
import { callNumber, code, isoDate, sentence, sisId, timeOfDay, withId } from '../schemas.ts';
import { sendPdf } from './notices.ts';
import { typed } from './typed.ts';

const attempt = {
  number: z.string().trim().min(7).max(30),
  date: isoDate,
  result: z.enum(ATTEMPT_RESULTS),
  note: sentence(500).optional(),
};
const police = z.strictObject({
  place: sentence(200),
  firstName: sentence(60).optional(),
  lastName: sentence(60).optional(),
  birthDate: isoDate.optional(),
  school: code.optional(),
  description: sentence(500).optional(),
  unit: sentence(100).optional(),
});
export const postalAddress = z.strictObject({
  lines: z.array(sentence(100)).min(1).max(3),
  city: sentence(60),
  state: z.string().regex(/^[A-Z]{2}$/, 'two capital letters'),
  postalCode: z.string().regex(/^\d{5}(-\d{4})?$/, 'five digits'),
});

/** Calls coming in, and the Attendance Notes that show what a school has tried. */
export function callIntakeRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['calls'];
  typed(app).post(
    '/calls',
    {
      schema: {
        tags,
        summary: 'A service call comes in: refused with each condition that does not hold, in words',
        body: z.strictObject({
          ...withId,
          kind: z.enum(CALL_KINDS),
          caller: z.enum(CALLERS),
          student: sisId.optional(),
          school: code.optional(),
          police: police.optional(),
          parentCalled: z.strictObject({ date: isoDate.optional(), time: timeOfDay }).optional(),
          parentHome: z.boolean().optional(),
          aukDays: z.number().int().min(1).max(200).optional(),
          attempts: z.array(z.strictObject(attempt)).max(100).optional(),
          reason: code.optional(),
          reasonWords: sentence(300).optional(),
          address: postalAddress.optional(),
          note: sentence().optional(),
        }),
      },
    },
    async (request, reply) => {
      const opened = await openCall(callOf(parts, request), request.body);
      return reply.status(opened.opened ? 201 : 200).send(opened);
    },
  );
  typed(app).get(
    '/calls/:number/door-note',
    {
      schema: {
        tags,
        summary: 'The note an officer leaves at the door, as PDF; it names no child',
        params: z.object({ number: callNumber }),
        querystring: z.strictObject({ date: isoDate.optional(), time: timeOfDay.optional() }),
      },
    },
    async (request, reply) =>
      sendPdf(reply, await doorNotePdf(callOf(parts, request), request.params.number, request.query)),
  );
  const params = z.object({ sis: sisId });
  typed(app).get(
    '/students/:sis/attendance-notes',
    { schema: { tags, summary: 'Attendance Notes of a student, and each try to reach the family', params } },
    async (request) => notesFor(callOf(parts, request), request.params.sis),
  );
  typed(app).post(
    '/students/:sis/attendance-notes',
    {
      schema: {
        tags,
        summary: 'Log an action in Attendance Notes',
        params,
        body: z.strictObject({ ...withId, date: isoDate.optional(), text: sentence() }),
      },
    },
    async (request) => writeNote(callOf(parts, request), { ...request.body, student: request.params.sis }),
  );
  typed(app).post(
    '/contact-attempts',
    {
      schema: {
        tags,
        summary: 'Tries to reach families, out of Attendance Notes: all or nothing, the same one once',
        body: z.strictObject({
          attempts: z
            .array(z.strictObject({ ...attempt, student: sisId, line: z.number().int().min(1).optional() }))
            .min(1)
            .max(5000),
        }),
      },
    },
    async (request) => takeAttempts(callOf(parts, request), request.body.attempts),
  );
}
