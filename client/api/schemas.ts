/** Shapes the routes share. */
import { z } from 'zod';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { isIsoDate } from '../../domain/dates.ts';

export const isoDate = z
  .string()
  .refine(isIsoDate, 'is no date; write YYYY-MM-DD, e.g. 2025-02-12')
  .meta({ description: 'YYYY-MM-DD', example: '2025-02-12' });

/** Local time of day. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write HH:MM, e.g. 09:30');

/** Readable text of a sentence or some; control characters have no place in a letter. */
export const sentence = (most = 2000) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must not be longer than ${most} characters`)
    .refine(
      // Among them those that turn the direction of writing: what follows would read as something else.
      (text) => !/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/u.test(text),
      'holds control characters; leave them out',
    );

/** Codes and numbers that stand in addresses and lists. */
export const code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'is no code: letters, digits, dot, hyphen');
export const sisId = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\s/\p{Cc}]+$/u, 'is no student number');
export const caseNumber = z.string().regex(/^C-\d{6,12}$/, 'is no case number; they look like C-000017');
/** What letters are about: a case, a 20-Day Monitor, a service call. */
export const letterSubject = z
  .string()
  .regex(
    /^[CMS]-\d{6,12}$/,
    'is no number of a case, a monitor or a call; they look like C-000017, M-000017, S-000017',
  );

/** `C-000017/first-notice/1/g12+g13`, percent-encoded where it stands in an address. */
export const noticeKey = z
  .string()
  .regex(/^[CMS]-\d{6,12}\/[a-z-]{1,40}\/\d{1,4}\/[a-z0-9+-]{1,80}(\/print)?$/, 'is no key of a letter');
export const callNumber = z
  .string()
  .regex(/^S-\d{6,12}$/, 'is no number of a service call; they look like S-000017');
export const monitorNumber = z
  .string()
  .regex(/^M-\d{6,12}$/, 'is no number of a 20-Day Monitor; they look like M-000017');
export const officerId = z.string().regex(/^O-\d{4,8}$/, 'is no officer; they look like O-0001');
export const telephone = z
  .string()
  .trim()
  .max(20)
  .regex(/^[+(]?\d[\d ()./-]{3,}( ?x ?\d{1,6})?$/, 'is no telephone number, e.g. 309-555-0101');
export const commandId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$/, 'is no id: up to 120 letters, digits, and . _ : / -')
  .meta({ description: 'Chosen by the caller: the same id gets the first answer and does nothing twice' });

const LETTER_KINDS = Object.keys(LETTER_NAMES) as [LetterKind, ...LetterKind[]];
export const letterKind = z.enum(LETTER_KINDS);

export const withId = { id: commandId.optional() };

export const caseParams = z.object({ number: caseNumber });
export const studentParams = z.object({ sis: sisId });
