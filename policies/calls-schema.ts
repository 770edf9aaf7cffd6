/** The shape of a policy's section on service calls. */
import { z } from 'zod';
import { ADDRESS_FINDINGS, CALL_KINDS, STEP_CODES } from '../domain/calls/policy.ts';

const wholeNumber = z.number().int();
const minutes = wholeNumber.min(1).max(1_440);
const code = z.string().regex(/^[a-z0-9-]+$/, 'small letters, digits and hyphens');
const label = z.string().min(1);

const kind = z
  .strictObject({
    label,
    priority: wholeNumber.min(1).max(9).nullable().default(null),
    calledBy: z.enum(['police', 'school']),
    goes: z.enum(['now', 'that-day', 'next-school-day']),
    checklist: z.array(z.strictObject({ code: z.enum(STEP_CODES), label })).min(1),
    pair: z.boolean().default(false),
  })
  .superRefine(({ checklist }, ctx) => {
    const codes = checklist.map((step) => step.code);
    for (const [i, one] of codes.entries()) {
      if (codes.indexOf(one) !== i) {
        ctx.addIssue({ code: 'custom', path: ['checklist', i], message: `the step "${one}" stands twice` });
      }
    }
  });

export const serviceCallsSchema = z
  .strictObject({
    dispatchNumber: z.string().min(3).max(40),
    codes: z.strictObject({ unknownReason: z.string().min(1), confirmedTruant: z.string().min(1) }),
    kinds: z.strictObject({
      'police-transport': kind,
      'true-refusal': kind,
      'mia-visit': kind,
      'address-verification': kind,
    }),
    gates: z.strictObject({
      mia: z.strictObject({ consecutiveDays: wholeNumber.min(1).max(60) }),
      addressReasons: z.array(z.strictObject({ code, label })).min(1),
    }),
    outcomes: z
      .array(
        z.strictObject({
          code,
          label,
          kinds: z.array(z.enum(CALL_KINDS)).min(1).optional(),
          waivesSteps: z.boolean().optional(),
          afterVisit: z.boolean().optional(),
          finding: z.enum(ADDRESS_FINDINGS).optional(),
        }),
      )
      .min(1),
    offers: z.strictObject({
      timeoutMinutes: minutes,
      alertAgainMinutes: minutes,
      unansweredMinutes: minutes,
      dayEndsAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write HH:MM, 24 hours'),
    }),
    visits: z.strictObject({
      expectedMinutes: minutes,
      overdueMinutes: minutes,
      pairOnHazard: z.boolean(),
      countsAsIntervention: z.boolean().default(false),
    }),
    reminders: z.strictObject({
      ctMarkSchoolDays: wholeNumber.min(1).max(60),
      counselorSchoolDays: wholeNumber.min(1).max(60),
    }),
    letters: z
      .strictObject({
        monitorContract: z.enum(['email-else-print', 'both', 'print', 'none']),
        findings: z.boolean(),
      })
      .default({ monitorContract: 'email-else-print', findings: true }),
    monitor: z.strictObject({
      schoolDays: wholeNumber.min(1).max(200),
      unexplainedAukAfterSchoolDays: wholeNumber.min(1).max(60),
    }),
  })
  .superRefine(({ outcomes, kinds }, ctx) => {
    const codes = outcomes.map((one) => one.code);
    const doubled = codes.find((one, i) => codes.indexOf(one) !== i);
    if (doubled !== undefined) {
      ctx.addIssue({ code: 'custom', path: ['outcomes'], message: `the outcome "${doubled}" stands twice` });
    }
    for (const one of CALL_KINDS) {
      if (!outcomes.some(({ kinds: ends }) => ends === undefined || ends.includes(one))) {
        ctx.addIssue({ code: 'custom', path: ['outcomes'], message: `no outcome can end a call of ${one}` });
      }
      if (
        kinds[one].goes === 'that-day' &&
        !outcomes.some((out) => out.waivesSteps && (out.kinds === undefined || out.kinds.includes(one)))
      ) {
        ctx.addIssue({
          code: 'custom',
          path: ['outcomes'],
          message: `a call of ${one} ends with its day: it needs an outcome with waivesSteps`,
        });
      }
    }
  });
