/** Records of people and places as they come in. */
import { z } from 'zod';
import { code, isoDate, sentence, sisId } from '../schemas.ts';

export const address = z.strictObject({
  lines: z.array(sentence(120)).min(1).max(4),
  city: sentence(80),
  state: sentence(40),
  postalCode: sentence(20),
});

export const email = z.email('is no e-mail address').max(254);

export const contact = z.strictObject({
  function: z.enum(['attendance-clerk', 'principal', 'counselor', 'deputy']),
  name: sentence(120),
  email: email.optional(),
  phone: z.string().trim().max(40).optional(),
});

export const student = z.strictObject({
  sisId,
  firstName: sentence(120),
  lastName: sentence(120),
  middleName: sentence(120).optional(),
  suffix: sentence(20).optional(),
  birthDate: isoDate.optional(),
  grade: sentence(20).optional(),
  school: code.optional(),
});

export const guardian = z.strictObject({
  sourceId: z.string().trim().min(1).max(120),
  firstName: sentence(120),
  lastName: sentence(120),
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is no language tag, e.g. en or es'),
  email: email.optional(),
  phones: z
    .array(z.strictObject({ number: sentence(40), kind: sentence(40), household: z.boolean() }))
    .max(20)
    .default([]),
  address: address.optional(),
  students: z
    .array(
      z.strictObject({
        student: sisId,
        relation: sentence(60),
        legalRecipient: z.enum(['yes', 'no', 'assumed']),
        livesWith: z.boolean(),
        primary: z.boolean(),
        noContact: z.boolean(),
      }),
    )
    .max(60),
});
