import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { changeCalendar, spanOf } from '../../services/calendar-changes.ts';
import { calendarInForce, storeCalendar, versionsOf } from '../../services/calendars.ts';
import {
  addDistricts,
  addSchools,
  districtsFor,
  schoolsFor,
  setContacts,
  showSchool,
} from '../../services/places.ts';
import { callOf } from '../auth.ts';
import { code, isoDate, sentence } from '../schemas.ts';
import { address, contact } from './records.ts';
import { typed } from './typed.ts';

export function placeRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['places'];
  const district = z.strictObject({ code, name: sentence(200) });
  typed(app).get('/districts', { schema: { tags, summary: 'Districts' } }, async (request) => ({
    districts: await districtsFor(callOf(parts, request)),
  }));
  typed(app).post(
    '/districts',
    {
      schema: {
        tags,
        summary: 'Add or change districts',
        body: z.strictObject({ districts: z.array(district).min(1).max(2000) }),
      },
    },
    async (request) => addDistricts(callOf(parts, request), request.body.districts),
  );

  const school = z
    .strictObject({
      code,
      sourceId: z.string().trim().min(1).max(120).optional(),
      district: code,
      name: sentence(200),
      county: sentence(80),
      zone: z.string().max(60).default('America/Chicago'),
      phone: z.string().trim().max(40).optional(),
      address: address.optional(),
      contacts: z.array(contact).max(50).default([]),
    })
    .transform((one) => ({ ...one, sourceId: one.sourceId ?? one.code }));
  typed(app).get(
    '/schools',
    { schema: { tags, summary: 'Schools', querystring: z.strictObject({ district: code.optional() }) } },
    async (request) => ({ schools: await schoolsFor(callOf(parts, request), request.query.district) }),
  );
  typed(app).post(
    '/schools',
    {
      schema: {
        tags,
        summary: 'Add or change schools',
        body: z.strictObject({ schools: z.array(school).min(1).max(5000) }),
      },
    },
    async (request) => addSchools(callOf(parts, request), request.body.schools),
  );
  const params = z.object({ code });
  typed(app).get('/schools/:code', { schema: { tags, summary: 'One school', params } }, async (request) =>
    showSchool(callOf(parts, request), request.params.code),
  );
  typed(app).put(
    '/schools/:code/contacts',
    {
      schema: {
        tags,
        summary: 'Who answers there',
        params,
        body: z.strictObject({ contacts: z.array(contact).max(50) }),
      },
    },
    async (request) => setContacts(callOf(parts, request), request.params.code, request.body.contacts),
  );
}

export function calendarRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['calendars'];
  const params = z.object({ code });
  const dates = z.array(isoDate).max(5000);
  const body = z.strictObject({
    calendar: z.strictObject({
      terms: z
        .array(z.strictObject({ from: isoDate, to: isoDate }))
        .min(1)
        .max(200),
      closed: dates.default([]),
      open: dates.default([]),
    }),
    source: sentence(200).default('api'),
    reason: sentence(300).optional(),
  });
  typed(app).put(
    '/schools/:code/calendar',
    { schema: { tags, summary: 'A school’s calendar for the days it spans', params, body } },
    async (request) =>
      storeCalendar(callOf(parts, request), { kind: 'school', code: request.params.code }, request.body),
  );
  typed(app).put(
    '/districts/:code/calendar',
    { schema: { tags, summary: 'A district’s calendar: for its schools without their own', params, body } },
    async (request) =>
      storeCalendar(callOf(parts, request), { kind: 'district', code: request.params.code }, request.body),
  );
  typed(app).get(
    '/schools/:code/calendar',
    { schema: { tags, summary: 'The calendar in force', params } },
    async (request) => calendarInForce(callOf(parts, request), request.params.code),
  );
  typed(app).get(
    '/schools/:code/calendar/versions',
    { schema: { tags, summary: 'Every version: what, why, by whom', params } },
    async (request) => ({ versions: await versionsOf(callOf(parts, request), request.params.code) }),
  );
  const whose = { school: code.optional(), district: code.optional(), reason: sentence(300) };
  const days = z.strictObject({
    ...whose,
    date: isoDate.optional(),
    from: isoDate.optional(),
    to: isoDate.optional(),
  });
  typed(app).post(
    '/calendar/close',
    { schema: { tags, summary: 'No school on a day, or from one to another', body: days } },
    async (request) => {
      const { reason, school, district, ...rest } = request.body;
      const change = { what: 'close' as const, ...spanOf(rest) };
      return changeCalendar(callOf(parts, request), { school, district }, change, reason);
    },
  );
  typed(app).post(
    '/calendar/open',
    { schema: { tags, summary: 'A closure taken back', body: days } },
    async (request) => {
      const { reason, school, district, ...rest } = request.body;
      const change = { what: 'open' as const, ...spanOf(rest) };
      return changeCalendar(callOf(parts, request), { school, district }, change, reason);
    },
  );
  typed(app).post(
    '/calendar/makeup',
    { schema: { tags, summary: 'School on a day', body: z.strictObject({ ...whose, date: isoDate }) } },
    async (request) => {
      const { reason, date, ...rest } = request.body;
      return changeCalendar(callOf(parts, request), rest, { what: 'makeup', date }, reason);
    },
  );
  typed(app).post(
    '/calendar/term',
    {
      schema: {
        tags,
        summary: 'A term ends on another day',
        body: z.strictObject({ ...whose, end: isoDate, to: isoDate }),
      },
    },
    async (request) => {
      const { reason, end, to, ...rest } = request.body;
      return changeCalendar(callOf(parts, request), rest, { what: 'term', end, to }, reason);
    },
  );
}
