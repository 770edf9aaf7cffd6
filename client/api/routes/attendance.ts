import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { RawAttendanceRow } from '../../../domain/attendance-intake.ts';
import { codesFor, explain, mapCode, sayNone } from '../../services/attendance.ts';
import { importAttendance } from '../../services/attendance-import.ts';
import type { Parts } from '../../services/context.ts';
import { coverageFor } from '../../services/coverage.ts';
import { addMark, correctMark, excuseDay, historyOf, withdrawMark } from '../../services/marks-by-hand.ts';
import { restoreDay, wipeDay } from '../../services/whole-days.ts';
import { callOf } from '../auth.ts';
import { code, isoDate, sentence, sisId } from '../schemas.ts';
import { typed } from './typed.ts';

const source = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\/[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    'is no source; write district/system',
  )
  .meta({ example: 'peoria/edfi' });

/** A code as a student system writes it. */
const attendanceCode = sentence(80);

const row = z.strictObject({
  student: sisId,
  school: z.string().trim().max(120).default(''),
  date: isoDate,
  code: attendanceCode,
  fraction: z.number().gt(0).max(1).nullable().default(null),
  minutes: z.number().min(0).max(1440).optional(),
  dayMinutes: z.number().min(1).max(1440).optional(),
  period: z.string().max(20).optional(),
  reason: sentence(300).optional(),
  line: z.number().int().min(1).optional(),
});

const importBody = z.strictObject({
  source,
  format: z.enum(['edfi', 'csv', 'infinite-campus']).default('csv'),
  rows: z.array(row).max(200_000).optional(),
  file: z.strictObject({ name: z.string().trim().min(1).max(200), text: z.string() }).optional(),
  covers: z
    .strictObject({ from: isoDate, to: isoDate })
    .refine((c) => c.from <= c.to, 'ends before it begins')
    .optional(),
  upTo: isoDate.optional(),
  exportedAt: z.iso
    .datetime({ offset: true, error: 'is no time; write 2025-10-06T18:30:00-05:00' })
    .optional()
    .meta({ description: 'When the source wrote the file; now, where nothing is said' }),
  schools: z.array(z.string().trim().min(1).max(120)).max(5000).optional(),
  school: z.string().trim().min(1).max(120).optional(),
  whole: z.boolean().optional(),
  dayMinutes: z.number().int().min(1).max(1440).optional(),
  periodsPerDay: z.number().int().min(1).max(20).optional(),
  dryRun: z.boolean().optional(),
});

export function attendanceRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['attendance'];
  typed(app).post(
    '/attendance/imports',
    { schema: { tags, summary: 'Attendance from a school’s system, all or nothing', body: importBody } },
    async (request) => {
      const { rows, ...rest } = request.body;
      const numbered = rows?.map((one, i): RawAttendanceRow => ({ ...one, line: one.line ?? i + 1 }));
      return importAttendance(callOf(parts, request), { ...rest, rows: numbered });
    },
  );
  typed(app).post(
    '/attendance/none',
    {
      schema: {
        tags,
        summary: 'A school day without absences',
        body: z.strictObject({ school: code, date: isoDate }),
      },
    },
    async (request) => sayNone(callOf(parts, request), request.body),
  );
  typed(app).get(
    '/attendance/explain',
    {
      schema: {
        tags,
        summary: 'A count, day by day',
        querystring: z.strictObject({ student: sisId, asOf: isoDate.optional() }),
      },
    },
    async (request) => explain(callOf(parts, request), request.query),
  );
  typed(app).get(
    '/attendance/coverage',
    {
      schema: {
        tags,
        summary: 'Up to when attendance is known, and which school days are missing',
        querystring: z.strictObject({ school: code.optional() }),
      },
    },
    async (request) => coverageFor(callOf(parts, request), request.query),
  );
  typed(app).get(
    '/attendance/history',
    {
      schema: {
        tags,
        summary: 'Everything ever said of a student’s day',
        querystring: z.strictObject({ student: sisId, date: isoDate }),
      },
    },
    async (request) => historyOf(callOf(parts, request), request.query),
  );
  const wholeDay = z.strictObject({ school: code, date: isoDate, reason: sentence(300) });
  typed(app).post(
    '/attendance/wipe',
    {
      schema: {
        tags,
        summary: 'What was told of a school’s day was no attendance: all its marks are taken back',
        body: wholeDay,
      },
    },
    async (request) => wipeDay(callOf(parts, request), request.body),
  );
  typed(app).post(
    '/attendance/restore',
    { schema: { tags, summary: 'A wiped day stands again as before', body: wholeDay } },
    async (request) => restoreDay(callOf(parts, request), request.body),
  );
  typed(app).get(
    '/attendance/codes',
    {
      schema: {
        tags,
        summary: 'Codes seen, how often, and what they mean',
        querystring: z.strictObject({ source: source.optional(), district: code.optional() }),
      },
    },
    async (request) => ({ codes: await codesFor(callOf(parts, request), request.query) }),
  );
  typed(app).put(
    '/attendance/codes',
    {
      schema: {
        tags,
        summary: 'Say what a code means',
        body: z.strictObject({ source, code: attendanceCode, category: z.string().max(40) }),
      },
    },
    async (request) => mapCode(callOf(parts, request), request.body),
  );
  markRoutes(app, parts);
}

function markRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['absences'];
  const mark = z.strictObject({
    student: sisId,
    date: isoDate,
    code: attendanceCode,
    fraction: z.number().gt(0).max(1).optional(),
    reason: sentence(300).optional(),
  });
  const which = { was: attendanceCode.optional(), source: source.optional() };
  typed(app).post(
    '/absences',
    { schema: { tags, summary: 'One mark by hand', body: mark } },
    async (request, reply) => reply.status(201).send(await addMark(callOf(parts, request), request.body)),
  );
  typed(app).post(
    '/absences/correct',
    {
      schema: {
        tags,
        summary: 'Another code or length; the earlier version stays on record',
        body: mark.extend(which),
      },
    },
    async (request) => correctMark(callOf(parts, request), request.body),
  );
  typed(app).post(
    '/absences/withdraw',
    {
      schema: {
        tags,
        summary: 'There was no such absence; the mark stays on record',
        body: z.strictObject({ student: sisId, date: isoDate, reason: sentence(300), ...which }),
      },
    },
    async (request) => withdrawMark(callOf(parts, request), request.body),
  );
  typed(app).post(
    '/absences/excuse',
    {
      schema: {
        tags,
        summary: 'A valid cause for a day',
        body: z.strictObject({ student: sisId, date: isoDate, reason: sentence(300) }),
      },
    },
    async (request) => excuseDay(callOf(parts, request), request.body),
  );
}
