import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Parts } from '../../services/context.ts';
import { calendarInForce, changeDay, storeCalendar, versionsOf } from '../../services/calendars.ts';
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
  const change = z.strictObject({
    school: code.optional(),
    district: code.optional(),
    date: isoDate,
    reason: sentence(300),
  });
  typed(app).post(
    '/calendar/close',
    { schema: { tags, summary: 'No school on a day', body: change } },
    async (request) => changeDay(callOf(parts, request), 'close', request.body),
  );
  typed(app).post(
    '/calendar/makeup',
    { schema: { tags, summary: 'School on a day', body: change } },
    async (request) => changeDay(callOf(parts, request), 'makeup', request.body),
  );
}
