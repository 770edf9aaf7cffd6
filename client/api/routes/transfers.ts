import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { accountOf } from '../../../domain/case-record.ts';
import { discloseCase } from '../../services/case-record.ts';
import type { Parts } from '../../services/context.ts';
import { mergeCases, mergeStudents } from '../../services/merges.ts';
import { editStudent } from '../../services/student-edit.ts';
import { transferOut } from '../../services/transfer-out.ts';
import { transferStudent } from '../../services/transfers.ts';
import { callOf } from '../auth.ts';
import { caseNumber, caseParams, code, isoDate, sentence, sisId, studentParams, withId } from '../schemas.ts';
import { typed } from './typed.ts';

/** Students who change school, leave, or stand twice in the records. */
export function transferRoutes(app: FastifyInstance, parts: Parts): void {
  const tags = ['transfers'];
  const transfer = z.strictObject({
    to: code,
    on: isoDate.meta({ description: 'First day at the new school' }),
  });
  typed(app).post(
    '/cases/:number/transfer',
    {
      schema: {
        tags,
        summary: 'The student goes on at another school of the region, and the case with them',
        params: caseParams,
        body: transfer,
      },
    },
    async (request) =>
      transferStudent(callOf(parts, request), { ...request.body, case: request.params.number }),
  );
  typed(app).post(
    '/students/:sis/transfer',
    {
      schema: {
        tags,
        summary: 'The same, by student; an open case follows',
        params: studentParams,
        body: transfer,
      },
    },
    async (request) =>
      transferStudent(callOf(parts, request), { ...request.body, student: request.params.sis }),
  );
  typed(app).post(
    '/cases/:number/transfer-out',
    {
      schema: {
        tags,
        summary: 'The student has left the region: the case closes and the enrolment ends',
        params: caseParams,
        body: z.strictObject({ ...withId, to: sentence(300), on: isoDate.optional() }),
      },
    },
    async (request) => transferOut(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/cases/:number/record',
    {
      schema: {
        tags,
        summary: 'The account of the case for the next office; giving it out is noted as a disclosure',
        params: caseParams,
        body: z.strictObject({ to: sentence(300).meta({ description: 'Who is given it' }) }),
      },
    },
    async (request) => {
      const record = await discloseCase(callOf(parts, request), request.params.number, request.body.to);
      return { record, account: accountOf(record) };
    },
  );
  const merge = { ...withId, reason: sentence(), since: isoDate.optional() };
  typed(app).post(
    '/students/:sis/merge',
    {
      schema: {
        tags,
        summary: 'A duplicate: everything of it is brought to the other, whose number and case go on',
        params: studentParams,
        body: z.strictObject({ ...merge, into: sisId }),
      },
    },
    async (request) =>
      mergeStudents(callOf(parts, request), { ...request.body, student: request.params.sis }),
  );
  typed(app).post(
    '/cases/:number/merge',
    {
      schema: {
        tags,
        summary: 'The same, by the numbers of their cases',
        params: caseParams,
        body: z.strictObject({ ...merge, into: caseNumber }),
      },
    },
    async (request) => mergeCases(callOf(parts, request), request.params.number, request.body),
  );
  typed(app).post(
    '/students/:sis/edit',
    {
      schema: {
        tags: ['people'],
        summary: 'Change what is on record of one student; what is left out stays',
        params: studentParams,
        body: z.strictObject({
          firstName: sentence(120).optional(),
          middleName: sentence(120).optional(),
          lastName: sentence(120).optional(),
          birthDate: isoDate.optional(),
          grade: sentence(20).optional(),
          school: code.optional(),
          on: isoDate.optional(),
          left: isoDate.meta({ description: 'Last day at school; enrolled nowhere afterwards' }).optional(),
        }),
      },
    },
    async (request) => editStudent(callOf(parts, request), request.params.sis, request.body),
  );
}
