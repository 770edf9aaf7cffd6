/** The shape of a policy file, checked before any rule reads it. Every fault is listed with its line. */
import { z } from 'zod';
import { LETTER_NAMES } from '../domain/case/view.ts';
import { isIsoDate } from '../domain/dates.ts';
import type { LetterKind } from '../domain/policy.ts';
import { serviceCallsSchema } from './calls-schema.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const date = z.string().refine(isIsoDate, 'write a date that exists as YYYY-MM-DD');
const wholeNumber = z.number().int();
const signer = z.strictObject({ role: z.string().min(1), title: z.string().min(1) });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write HH:MM, 24 hours');

const HOLD_KINDS = [
  { code: 'medical', label: 'medical' },
  { code: 'homebound', label: 'homebound instruction' },
  { code: 'iep-504', label: 'IEP or 504 review' },
  { code: 'homeless-liaison', label: 'homeless liaison' },
  { code: 'custody', label: 'custody' },
  { code: 'legal', label: 'legal' },
];

const holiday = z.union([
  z.strictObject({
    name: z.string().min(1),
    fixed: z
      .string()
      .regex(/^\d{2}-\d{2}$/, 'write MM-DD')
      .refine((monthDay) => isIsoDate(`2024-${monthDay}`), 'no such day'),
  }),
  z.strictObject({
    name: z.string().min(1),
    nth: wholeNumber.refine((n) => n === -1 || (n >= 1 && n <= 4), 'nth is 1 to 4, or -1 for the last'),
    weekday: z.enum(WEEKDAYS).transform((name) => WEEKDAYS.indexOf(name) + 1),
    month: wholeNumber.min(1).max(12),
    offsetDays: wholeNumber.min(-7).max(7).optional(),
  }),
  z.strictObject({ name: z.string().min(1), date }),
]);

const LETTER_KINDS = Object.keys(LETTER_NAMES) as [LetterKind, ...LetterKind[]];
/** Roles of the office that may approve a letter. */
const APPROVERS = ['case-manager', 'assistant-regional-superintendent', 'regional-superintendent'] as const;

/** Letters that a person looks at before they leave. */
const approval = z.strictObject({
  letters: z.array(z.strictObject({ kind: z.enum(LETTER_KINDS), role: z.enum(APPROVERS).optional() })).min(1),
  cutOff: z.strictObject({ day: z.enum(['before', 'same']), time: timeOfDay }).optional(),
  escalate: z.strictObject({ afterSchoolDays: wholeNumber.min(1).max(60), to: z.enum(APPROVERS) }).optional(),
});

const heading = {
  policy: z.string().regex(/^[a-z0-9-]+$/, 'small letters, digits and hyphens'),
  version: z.string().min(1),
  effectiveFrom: date,
  title: z.string().min(1),
};

const compulsoryAge = z.strictObject({
  from: wholeNumber.min(0).max(30),
  by: z
    .string()
    .regex(/^\d{2}-\d{2}$/, 'write MM-DD')
    .refine((monthDay) => isIsoDate(`2023-${monthDay}`), 'no such day'),
  through: wholeNumber.min(0).max(30),
});

/** Of every office: when silence is told, when no post goes. */
const common = {
  coverage: z.strictObject({ tellAfterSchoolDays: wholeNumber.min(1).max(60) }),
  holidays: z.array(holiday),
};

/** An office that takes service calls and has no ladder. Another State's ages of compulsory attendance are not taken for granted. */
export const departmentSchema = z.strictObject({
  ...heading,
  serviceCalls: serviceCallsSchema,
  compulsoryAge: compulsoryAge.optional(),
  ...common,
});

export const policySchema = z
  .strictObject({
    ...heading,
    /** Where one office does both. */
    serviceCalls: serviceCallsSchema.optional(),
    counting: z.strictObject({
      windowAttendanceDays: wholeNumber.min(1).max(400),
      hearingThresholdDays: z.number().positive(),
      truantAboveFraction: z.number().min(0).max(1),
      chronicFromFraction: z.number().min(0).max(1),
      categories: z.array(z.string().min(1)).min(1),
      countedCategories: z.array(z.string().min(1)).min(1),
      graceSchoolDays: wholeNumber.min(0).max(60),
    }),
    interventions: z.strictObject({
      perReferral: wholeNumber.min(0).max(20),
      reachBackAttendanceDays: wholeNumber.min(1).max(400),
      kinds: z
        .array(
          z.strictObject({
            code: z.string().regex(/^[a-z0-9-]+$/, 'small letters, digits and hyphens'),
            label: z.string().min(1),
            needsDescription: z.boolean().optional(),
          }),
        )
        .min(1),
      refused: z.array(
        z.strictObject({
          codes: z.array(z.string().min(1)),
          words: z.array(z.string().min(1)),
          reason: z.string().min(1),
          source: z.string().min(1),
        }),
      ),
      acceptFewer: z.boolean(),
    }),
    referrals: z.strictObject({
      schoolDaysBetween: wholeNumber.min(0).max(60),
      newUnexcusedAbsences: wholeNumber.min(0).max(20),
      overrideAllowed: z.boolean(),
    }),
    notices: z.strictObject({
      sendingTime: timeOfDay,
      emailKnownAfterSchoolDays: wholeNumber.min(0).max(10),
      postKnownAfterWeekdays: wholeNumber.min(0).max(20),
      signedBy: z.strictObject({
        'first-notice': signer,
        'second-notice': signer,
        'third-notice': signer,
        'hearing-notice': signer,
        order: signer,
        'state-attorney-referral': signer,
        // The Case Manager where a policy does not say.
        'caseload-invitation': signer.optional(),
        'improvement-plan': signer.optional(),
        'closing-thanks': signer.optional(),
      }),
      betweenTermsGapDays: wholeNumber.min(7).max(120).default(21),
      approval: approval.optional(),
      channel: z.enum(['email-else-print', 'both', 'print']).default('email-else-print'),
      officeHours: z.strictObject({ from: timeOfDay, to: timeOfDay }).default({ from: '07:00', to: '18:00' }),
      schoolCopy: z.enum(['none', 'attendance-clerk', 'principal', 'counselor', 'deputy']).default('none'),
      unknownOutcome: z.enum(['ask', 'print']).default('ask'),
      giveUpAfterHours: wholeNumber.min(1).max(240).default(72),
    }),
    caseload: z.strictObject({
      placedAtThirdReferral: z.boolean(),
      letters: z
        .strictObject({ invitation: z.boolean(), plan: z.enum(['made', 'shared', 'none']) })
        .default({ invitation: true, plan: 'shared' }),
    }),
    hearing: z.strictObject({
      noticeDaysEmail: wholeNumber.min(0).max(90),
      noticeDaysPosted: wholeNumber.min(0).max(90),
    }),
    progress: z
      .strictObject({ reviewAfterSchoolDays: wholeNumber.min(1).max(60) })
      .default({ reviewAfterSchoolDays: 7 }),
    contacts: z
      .strictObject({ remindAfterSchoolDays: wholeNumber.min(1).max(60) })
      .default({ remindAfterSchoolDays: 10 }),
    corrections: z
      .strictObject({
        factsChanged: z.enum(['ask', 'correct', 'stands']),
        basisLost: z.enum(['ask', 'withdraw']),
      })
      .default({ factsChanged: 'ask', basisLost: 'ask' }),
    holds: z
      .strictObject({
        kinds: z
          .array(z.strictObject({ code: z.string().regex(/^[a-z0-9-]+$/), label: z.string().min(1) }))
          .min(1),
        onRelease: z.enum(['send', 'ask']),
      })
      .default({ kinds: HOLD_KINDS, onRelease: 'ask' }),
    court: z
      .strictObject({
        remindAfterSchoolDays: wholeNumber.min(1).max(120),
        refuseIncompleteCertificate: z.boolean(),
        refuseIncompletePacket: z.boolean().default(false),
      })
      .default({
        remindAfterSchoolDays: 20,
        refuseIncompleteCertificate: false,
        refuseIncompletePacket: false,
      }),
    returnedMail: z
      .strictObject({ marksAddress: z.boolean(), asksAddressVerification: z.boolean() })
      .default({ marksAddress: true, asksAddressVerification: false }),
    closing: z.strictObject({
      cleanSchoolDays: wholeNumber.min(1).max(400),
      thanks: z.boolean().default(true),
    }),
    compulsoryAge: compulsoryAge.default({ from: 6, by: '09-01', through: 17 }),
    ...common,
  })
  .superRefine((policy, ctx) => {
    for (const [i, category] of policy.counting.countedCategories.entries()) {
      if (!policy.counting.categories.includes(category)) {
        ctx.addIssue({
          code: 'custom',
          path: ['counting', 'countedCategories', i],
          message: `"${category}" is not among counting.categories`,
        });
      }
    }
    if (policy.counting.hearingThresholdDays > policy.counting.windowAttendanceDays) {
      ctx.addIssue({
        code: 'custom',
        path: ['counting', 'hearingThresholdDays'],
        message: 'more days than the window holds: nobody could ever reach a hearing',
      });
    }
    checkApproval(policy.notices, (path, message) =>
      ctx.addIssue({ code: 'custom', path: ['notices', 'approval', ...path], message }),
    );
    const { sendingTime, officeHours } = policy.notices;
    if (sendingTime < officeHours.from || sendingTime >= officeHours.to) {
      ctx.addIssue({
        code: 'custom',
        path: ['notices', 'sendingTime'],
        message: `no letter could leave: the office's hours are ${officeHours.from} to ${officeHours.to}`,
      });
    }
    const codes = policy.interventions.kinds.map((kind) => kind.code);
    for (const [i, refused] of policy.interventions.refused.entries()) {
      const both = refused.codes.find((code) => codes.includes(code));
      if (both) {
        ctx.addIssue({
          code: 'custom',
          path: ['interventions', 'refused', i],
          message: `"${both}" is both an accepted kind and a refused one`,
        });
      }
    }
    const doubled = codes.find((code, i) => codes.indexOf(code) !== i);
    if (doubled) {
      ctx.addIssue({
        code: 'custom',
        path: ['interventions', 'kinds'],
        message: `the kind "${doubled}" stands twice`,
      });
    }
  });

/** Each kind once, each with an approver the office has, and a cut-off that comes before the sending. */
function checkApproval(
  notices: {
    readonly sendingTime: string;
    readonly signedBy: Readonly<Record<string, { readonly role: string }>>;
    readonly approval?: z.output<typeof approval> | undefined;
  },
  fault: (path: (string | number)[], message: string) => void,
): void {
  const rule = notices.approval;
  if (!rule) return;
  for (const [i, { kind, role }] of rule.letters.entries()) {
    if (rule.letters.findIndex((one) => one.kind === kind) !== i) {
      fault(['letters', i], `the letter "${kind}" stands twice`);
    }
    const signer = notices.signedBy[kind]?.role;
    if (role === undefined && signer !== undefined && !APPROVERS.some((one) => one === signer)) {
      fault(
        ['letters', i],
        `"${signer}" signs it and cannot approve it; name a role: ${APPROVERS.join(', ')}`,
      );
    }
  }
  if (rule.cutOff?.day === 'same' && rule.cutOff.time > notices.sendingTime) {
    fault(['cutOff', 'time'], `letters leave at ${notices.sendingTime}: an approval must come before`);
  }
}

export type PolicyFile = z.output<typeof policySchema>;
export type DepartmentFile = z.output<typeof departmentSchema>;
export type OfficePolicyFile = PolicyFile | DepartmentFile;
