/**
 * What each letter may say: one schema a kind, the whole of what its template can ask for.
 * A template never sees anything that has not passed here, so nothing can be missing when it is filled.
 * Amounts are days and fractions of a day (1, 0.5 …), dates ISO, times `HH:MM` of the office's zone.
 */
import { z } from 'zod';
import { isIsoDate, isWeekend } from '../domain/dates.ts';
import { CASE_LETTER_KINDS } from './kinds.ts';
import type { CaseLetterKind, LetterKind } from './kinds.ts';
import { interpreterLines } from './interpreter-lines.ts';
import { sameDays, truancyWord } from './wording.ts';

/**
 * One line of text as people type it: composed accents, no control characters, line breaks and runs of blanks
 * made one blank, no invisible direction marks (they can turn a name or a number round).
 */
export function tidyLine(text: string): string {
  return (
    text
      .normalize('NFC')
      // Joiners (200C, 200D) stay: Persian and Indic names need them.
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

const line = z.string().transform(tidyLine).pipe(z.string().min(1).max(200));
/** A sentence or two as somebody wrote them. */
const sentence = z.string().transform(tidyLine).pipe(z.string().min(1).max(1000));
const date = z.string().refine(isIsoDate, 'a date as YYYY-MM-DD');
/**
 * A day on which somebody is asked to call, write or come: offices and school desks are closed on a weekend, also on a
 * Saturday that is made up. Closures are the calendar's to know; a weekend is refused here too.
 */
const schoolDay = date.refine((d) => !isIsoDate(d) || !isWeekend(d), 'a school day, not a weekend');
/** A day of school, as the calendar has it: it may be a Saturday that is made up. */
const dayOfSchool = date;
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:MM');
const email = z.string().regex(/^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/, 'an e-mail address');
const fraction = z.number().gt(0).max(1);
/** Optional in the input, always there (null) for the template: strict templates refuse what is undefined. */
const orNull = <T extends z.ZodType>(schema: T) =>
  schema
    .nullable()
    .optional()
    .transform((value) => value ?? null);

const office = z.strictObject({
  name: line,
  addressLines: z.array(line).min(1).max(4),
  phone: line,
  email,
  website: orNull(line),
});
const signatory = z.strictObject({ name: line, title: line });
const person = z.strictObject({ name: line, phone: line, email });
/** A person who may have a telephone only. */
const contact = z.strictObject({ name: line, phone: line, email: orNull(email) });
const school = z.strictObject({ name: line, phone: line, attendanceContact: contact });
const child = z.strictObject({ firstName: line, lastName: line, fullName: line });

/** Everybody the letter is addressed to, by name: one letter to two guardians at one address. */
const names = z.array(line).min(1).max(4);
const recipients = z
  .strictObject({
    names,
    /** As they stand in the envelope's window, below the names; null where the letter goes by e-mail only. */
    addressLines: z.array(line).min(2).max(4).nullable(),
    /** Students of 18 get their own letters; for a ward it is the agency. */
    reader: z.enum(['guardian', 'student', 'agency']).default('guardian'),
  })
  .transform((value) => ({ ...value, isStudent: value.reader === 'student' }));
/** A letter about an earlier one goes where that went, to the State's Attorney too. */
const recipientsOfEarlier = z
  .strictObject({
    names,
    /** With the attorney's title as the first line. */
    addressLines: z.array(line).min(2).max(5).nullable(),
    reader: z.enum(['guardian', 'student', 'agency', 'attorney']).default('guardian'),
  })
  .transform((value) => ({
    ...value,
    isStudent: value.reader === 'student',
    isAttorney: value.reader === 'attorney',
  }));

/** Where the reader's language has no translation: the language, and whom to ring for an interpreter. */
const interpreterSaying = (how: 'important' | 'discreet') =>
  z
    .strictObject({ readerLanguage: z.string().min(2), phone: line })
    .transform((value) => ({ ...value, lines: interpreterLines(value.readerLanguage, value.phone, how) }))
    .nullable();
const interpreter = interpreterSaying('important');

const absence = z.strictObject({ date, fraction, school: line });

const countOf = (atLeast: number) =>
  z
    .strictObject({
      /** Unexcused days in the window. */
      days: z.number().min(0),
      /** Days at which the policy allows a hearing (9). */
      threshold: z.number().positive(),
      window: z.strictObject({
        /** Null where the calendars do not reach back over the whole window. */
        from: orNull(date),
        to: date,
        attendanceDays: z.number().int().positive(),
      }),
      asOf: date,
      /** Attendance is known up to this date. */
      knownUpTo: date,
      dates: z.array(absence).min(atLeast),
      /** Said beside the count, e.g. that a calendar is missing. */
      notes: z.array(line).default([]),
    })
    .superRefine((value, ctx) => {
      const sum = value.dates.reduce((total, d) => total + d.fraction, 0);
      if (!sameDays(sum, value.days)) {
        ctx.addIssue({ code: 'custom', path: ['days'], message: 'the same as the dates listed, added up' });
      }
      value.dates.forEach((d, i) => {
        const tooEarly = value.window.from !== null && d.date < value.window.from;
        if (tooEarly || d.date > value.window.to) {
          ctx.addIssue({ code: 'custom', path: ['dates', i, 'date'], message: 'a date within the window' });
        }
      });
    })
    .transform((value) => ({
      ...value,
      dates: value.dates.toSorted((a, b) => a.date.localeCompare(b.date)),
      // Decided by the number alone, never by the caller.
      isTruant: truancyWord(value.days) === 'truant',
      isChronic: truancyWord(value.days) === 'chronic or habitual truant',
      reached: value.days >= value.threshold || sameDays(value.days, value.threshold),
    }));
const count = countOf(1);

const intervention = z.strictObject({ date, kindLabel: line });

const dispute = z.strictObject({ until: schoolDay, contact });

/** A letter sent earlier in the same case. */
const sentLetter = {
  kind: z.enum(CASE_LETTER_KINDS),
  sentOn: date,
  channel: z.enum(['email', 'print', 'hand']),
  /** Sent on paper before the office had this system. */
  beforeSystem: z.boolean().default(false),
};
const sentNotice = z.strictObject({
  ...sentLetter,
  /** Another letter took it back. */
  takenBack: z.boolean().default(false),
});
/** The letters that went out before; these kinds among them, and not taken back. */
const history = (...needed: readonly CaseLetterKind[]) =>
  z.array(sentNotice).superRefine((sent, ctx) => {
    if (needed.some((kind) => !sent.some((one) => one.kind === kind && !one.takenBack))) {
      ctx.addIssue({ code: 'custom', message: 'a list with each letter that comes before this one' });
    }
  });
const THREE_NOTICES = ['first-notice', 'second-notice', 'third-notice'] as const;

/** The letter that this one is about. */
const earlier = z.strictObject(sentLetter).transform((value) => ({
  ...value,
  isNotice: THREE_NOTICES.some((kind) => kind === value.kind),
  isHearing: value.kind === 'hearing-notice' || value.kind === 'hearing-moved',
  isOrder: value.kind === 'order',
}));

const letterBase = {
  office,
  signatory,
  caseManager: person,
  school,
  child,
  date,
  caseNumber: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$/, 'a case number'),
  practice: z.boolean(),
};
const everyLetter = { ...letterBase, count };
const familyLetter = { ...everyLetter, recipients, interpreter, dispute };
const notice = { ...familyLetter, interventions: z.array(intervention), respondBy: schoolDay };

const hearing = {
  date: schoolDay,
  time,
  place: line,
  addressLines: z.array(line).min(1).max(4),
  /** Language of an interpreter who will be there, and what makes the hearing accessible, as asked for. */
  interpreter: orNull(line),
  accommodation: orNull(line),
  /** Until when one can ask for another date, an interpreter or an accommodation, and whom. */
  askBy: schoolDay,
  contact: person,
};
/** A hearing as the family was told of it. */
const hearingTold = z.strictObject({ date, time, place: line });
const hearingLetter = {
  ...familyLetter,
  history: history(...THREE_NOTICES),
  /** Those since the third referral. */
  interventions: z.array(intervention),
};

/** What an earlier letter said of absences, against the corrected record. */
const said = z
  .strictObject({
    asOf: date,
    /** Unexcused days it listed. */
    days: z.number().positive(),
    /** Dates it listed that count less now, or no longer. */
    changes: z
      .array(z.strictObject({ date, said: fraction, now: z.number().min(0).max(1) }))
      .min(1)
      .superRefine((changes, ctx) => {
        changes.forEach((one, i) => {
          if (one.now >= one.said)
            ctx.addIssue({ code: 'custom', path: [i, 'now'], message: 'less than the letter said' });
        });
      }),
  })
  .transform((value) => ({
    ...value,
    changes: value.changes.toSorted((a, b) => a.date.localeCompare(b.date)),
    /** What it would have listed on the record as it is now. */
    daysNow: Math.max(
      0,
      value.changes.reduce((days, one) => days - (one.said - one.now), value.days),
    ),
  }))
  .transform((value) => {
    // What the letter called the student by its count, and no longer could by the corrected one.
    const [called, now] = [truancyWord(value.days), truancyWord(value.daysNow)];
    return {
      ...value,
      truantGone: called === 'truant' && now === null,
      chronicGone: called === 'chronic or habitual truant' && now !== called,
    };
  });

const READER_OF_EARLIER = 'the one whom the earlier letter was written to';
const wrongReader = (about: CaseLetterKind, reader: string): boolean =>
  (reader === 'attorney') !== (about === 'state-attorney-referral');

const meeting = z.strictObject({
  date: schoolDay,
  time,
  place: line,
  addressLines: z.array(line).min(1).max(4),
});

/** The attendance improvement plan as it was made. */
const plan = z
  .strictObject({
    madeOn: date,
    /** It takes the place of an earlier one. */
    revised: z.boolean().default(false),
    from: dayOfSchool,
    to: dayOfSchool,
    goals: z.array(sentence).min(1).max(12),
    /** What is done to help, and by whom where it does not say so itself. */
    supports: z
      .array(z.strictObject({ what: sentence, who: orNull(line) }))
      .min(1)
      .max(12),
    reviews: z.array(schoolDay).min(1).max(12),
    /** Where the case stands: what can come next if absences go on. */
    nextStep: z.enum(['notice', 'hearing', 'court']),
  })
  .transform((value) => ({
    ...value,
    reviews: value.reviews.toSorted(),
    nextIsNotice: value.nextStep === 'notice',
    nextIsHearing: value.nextStep === 'hearing',
    nextIsCourt: value.nextStep === 'court',
  }));

/**
 * The Intervention Department as its letters show it. It has no telephone here, so none can be printed: its number is
 * for schools and police only, and a family calls the school or the officer.
 */
const departmentBase = {
  office: z.strictObject({
    name: line,
    addressLines: z.array(line).min(1).max(4),
    email: orNull(email),
    website: orNull(line),
  }),
  signatory,
  officer: contact,
  school,
  date,
  /** Of the service call or the monitor: S-000001, M-000001. */
  caseNumber: letterBase.caseNumber,
  practice: z.boolean(),
};
/** When the officer stood at the door. */
const visit = z.strictObject({ date, time });

const schemas = {
  'first-notice': z.strictObject({ ...notice, nextStep: z.strictObject({ earliest: dayOfSchool }) }),
  'second-notice': z.strictObject({
    ...notice,
    history: history('first-notice'),
    nextStep: z.strictObject({ earliest: dayOfSchool }),
    onCaseload: z.boolean(),
  }),
  'third-notice': z.strictObject({
    ...notice,
    history: history('first-notice', 'second-notice'),
    onCaseload: z.boolean(),
  }),
  'caseload-invitation': z.strictObject({
    ...letterBase,
    recipients,
    interpreter,
    /** Letters that went out before, if any did. */
    history: z.array(sentNotice),
    /** A time that is proposed; null where the family is asked to call for one. */
    meeting: orNull(meeting),
    respondBy: schoolDay,
  }),
  'improvement-plan': z.strictObject({ ...letterBase, recipients, interpreter, plan }),
  'hearing-notice': z.strictObject({ ...hearingLetter, hearing: z.strictObject(hearing) }),
  'hearing-moved': z.strictObject({
    ...hearingLetter,
    /** The letter that told of the hearing as it was. */
    about: earlier,
    hearing: z
      .strictObject({
        ...hearing,
        movedFrom: hearingTold,
        /** It was opened and is not finished. */
        continued: z.boolean(),
      })
      .transform((value) => ({
        ...value,
        // Moved, and moved back before a letter of it left.
        isAsTold:
          value.date === value.movedFrom.date &&
          value.time === value.movedFrom.time &&
          value.place === value.movedFrom.place,
      })),
  }),
  'hearing-cancelled': z.strictObject({
    ...letterBase,
    recipients,
    interpreter,
    about: earlier,
    hearing: hearingTold,
  }),
  order: z.strictObject({
    ...familyLetter,
    history: history(...THREE_NOTICES),
    order: z.strictObject({
      county: line,
      hearing: z.strictObject({ date: schoolDay, time, place: line }),
      parentAppeared: z.boolean(),
      appeared: z.array(z.strictObject({ name: line, role: line })).min(1),
      /** The hearing notice: when and how it went out, and what proves it. */
      proofOfNotice: z.strictObject({
        sentOn: date,
        channel: z.enum(['email', 'print', 'hand']),
        proof: line,
      }),
      /** First day without any further unexcused absence. */
      returnDate: dayOfSchool,
      /** Terms beyond the two that every order has. */
      terms: z.array(line),
      services: z.array(line).min(1),
      reviewDate: schoolDay,
    }),
  }),
  'state-attorney-referral': z.strictObject({
    ...everyLetter,
    history: history(...THREE_NOTICES, 'hearing-notice', 'order'),
    court: z
      .strictObject({
        county: line,
        attorney: z.strictObject({ name: line, title: line, addressLines: z.array(line).min(2).max(4) }),
        birthDate: date,
        custodians: z
          .array(z.strictObject({ name: line, relation: line, addressLines: z.array(line).min(1).max(4) }))
          .min(1),
        hearingDate: date,
        parentAppeared: z.boolean(),
        orderDate: date,
        returnDate: date,
        /** Unexcused absences since the return date of the order. */
        breaches: z.array(absence),
        /** Why it is referred although no breach is on record. */
        reason: orNull(sentence),
        services: z.array(z.strictObject({ date, what: line, outcome: line })).min(1),
        /** Services that are not on record. */
        missing: z.array(line).default([]),
        exhibits: z.array(z.strictObject({ label: line, title: line })).min(1),
      })
      .superRefine((value, ctx) => {
        if (value.breaches.length === 0 && value.reason === null) {
          ctx.addIssue({ code: 'custom', path: ['breaches'], message: 'a list with a breach of the order' });
        }
        value.breaches.forEach((d, i) => {
          if (d.date < value.returnDate) {
            ctx.addIssue({
              code: 'custom',
              path: ['breaches', i, 'date'],
              message: 'a date from the return date of the order on',
            });
          }
        });
      })
      .transform((value) => ({
        ...value,
        breachDays: value.breaches.reduce((total, d) => total + d.fraction, 0),
      })),
  }),
  'closing-thanks': z.strictObject({
    ...letterBase,
    recipients,
    interpreter,
    closing: z.strictObject({
      on: date,
      /** School days in a row without an unexcused absence; null where the Case Manager closed it for another reason. */
      cleanDays: orNull(z.number().int().positive()),
      /** Attendance is known up to this date. */
      knownUpTo: date,
    }),
  }),
  correction: z
    .strictObject({
      ...letterBase,
      recipients: recipientsOfEarlier,
      interpreter,
      about: earlier,
      said,
      /** As of now; nothing may be left of it. */
      count: countOf(0),
      /** For families; the State's Attorney is told whom to call. */
      dispute: dispute.nullable(),
    })
    .superRefine((value, ctx) => {
      if (value.recipients.reader !== 'attorney' && value.dispute === null) {
        ctx.addIssue({ code: 'custom', path: ['dispute'], message: 'given in a letter to a family' });
      }
      if (wrongReader(value.about.kind, value.recipients.reader)) {
        ctx.addIssue({ code: 'custom', path: ['recipients', 'reader'], message: READER_OF_EARLIER });
      }
    }),
  withdrawal: z
    .strictObject({ ...letterBase, recipients: recipientsOfEarlier, interpreter, about: earlier })
    .superRefine((value, ctx) => {
      if (wrongReader(value.about.kind, value.recipients.reader)) {
        ctx.addIssue({ code: 'custom', path: ['recipients', 'reader'], message: READER_OF_EARLIER });
      }
    }),
  'monitor-contract': z.strictObject({
    ...departmentBase,
    child,
    recipients,
    interpreter,
    monitor: z
      .strictObject({
        /** The contract's own day; the letter's, where it does not say. */
        madeOn: date.optional(),
        from: dayOfSchool,
        to: dayOfSchool,
        schoolDays: z.number().int().positive(),
        /** School days an absence may stay unexplained before it counts as a breach. */
        unexplainedDays: z.number().int().min(0),
      })
      .superRefine((value, ctx) => {
        if (value.to < value.from)
          ctx.addIssue({ code: 'custom', path: ['to'], message: 'no earlier than the first day' });
      }),
    /** Whom the student can talk to at school. */
    counselor: orNull(contact),
  }),
  /** No child is in it: whoever picks it up learns of none. */
  'door-note': z.strictObject({
    ...departmentBase,
    recipients,
    interpreter: interpreterSaying('discreet'),
    visit,
    respondBy: schoolDay,
  }),
  'address-findings': z.strictObject({
    ...departmentBase,
    child,
    /** Where the school's letters go; null where this goes by e-mail only. */
    schoolAddressLines: orNull(z.array(line).min(2).max(4)),
    visit,
    addressOfRecord: z.array(line).min(1).max(4),
    /** What the school asked: why the address is in question. */
    reason: z.enum(['audit', 'zoning', 'returned-mail', 'other']).transform((value) => ({
      isAudit: value === 'audit',
      isZoning: value === 'zoning',
      isReturnedMail: value === 'returned-mail',
    })),
    finding: z.enum(['confirmed', 'not-confirmed', 'nobody-home']).transform((value) => ({
      isConfirmed: value === 'confirmed',
      isNotConfirmed: value === 'not-confirmed',
      isNobodyHome: value === 'nobody-home',
    })),
    /** What the officer saw and was told, a sentence each. */
    observations: z.array(sentence).min(1).max(12),
  }),
} satisfies Record<LetterKind, z.ZodType>;

export const LETTER_SCHEMAS = schemas;

/** What a caller gives. */
export type LetterContext<K extends LetterKind = LetterKind> = z.input<(typeof schemas)[K]>;
/** What the template sees: tidied, with everything that follows from the numbers. */
export type CheckedContext<K extends LetterKind = LetterKind> = z.output<(typeof schemas)[K]>;
