/**
 * Whether a value is a policy the rules can compute with. Policy files are checked far more closely where they are read;
 * this is the case's own last look before it adopts one, because a message that broke the rules' arithmetic would wedge
 * the case for good.
 */
import { isIsoDate } from '../dates.ts';

/** Null where it holds; else the first field that does not. */
type Check = (value: unknown, field: string) => string | null;

const test =
  (holds: (value: unknown) => boolean): Check =>
  (value, field) =>
    holds(value) ? null : field;

const text = (most = 2000) =>
  test((value) => typeof value === 'string' && value.length > 0 && value.length <= most);
const flag = test((value) => typeof value === 'boolean');
const whole = (least: number, most: number) =>
  test((value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most);
const number = (least: number, most: number) =>
  test((value) => typeof value === 'number' && value >= least && value <= most);
const oneOf = (...values: readonly string[]) =>
  test((value) => typeof value === 'string' && values.includes(value));
const pattern = (form: RegExp) => test((value) => typeof value === 'string' && form.test(value));

const optional =
  (check: Check): Check =>
  (value, field) =>
    value === undefined || value === null ? null : check(value, field);

const listOf =
  (check: Check, least: number, most: number): Check =>
  (value, field) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return field;
    for (const [i, one] of value.entries()) {
      const fault = check(one, `${field}.${i}`);
      if (fault !== null) return fault;
    }
    return null;
  };

const object =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return field;
    for (const [key, check] of Object.entries(shape)) {
      const fault = check((value as Record<string, unknown>)[key], field === '' ? key : `${field}.${key}`);
      if (fault !== null) return fault;
    }
    return null;
  };

const hour = pattern(/^([01]\d|2[0-3]):[0-5]\d$/);
const code = pattern(/^[a-z0-9-]{1,60}$/);
const signer = object({ role: text(100), title: text(200) });
const monthDay = test(
  (value) => typeof value === 'string' && /^\d{2}-\d{2}$/.test(value) && isIsoDate(`2024-${value}`),
);
const name = text(200);

/** As in office-days.ts: a fixed day, the n-th weekday of a month, or one date. */
const holiday: Check = (value, field) => {
  if (typeof value !== 'object' || value === null) return field;
  if ('fixed' in value) return object({ name, fixed: monthDay })(value, field);
  if ('date' in value) {
    return object({ name, date: test((date) => typeof date === 'string' && isIsoDate(date)) })(value, field);
  }
  return object({
    name,
    nth: test((nth) => [-1, 1, 2, 3, 4].includes(nth as number)),
    weekday: whole(1, 7),
    month: whole(1, 12),
    offsetDays: optional(whole(-7, 7)),
  })(value, field);
};

const policy = object({
  name: code,
  version: text(200),
  counting: object({
    windowDays: whole(1, 400),
    threshold: test((value) => typeof value === 'number' && value > 0 && value <= 400),
    countedCategories: listOf(text(60), 1, 50),
    graceSchoolDays: whole(0, 60),
  }),
  words: object({ truantAbove: number(0, 400), chronicFrom: number(0, 400) }),
  interventions: object({
    perReferral: whole(0, 20),
    reachBackAttendanceDays: whole(1, 400),
    kinds: listOf(object({ code, label: text(), needsDescription: optional(flag) }), 1, 100),
    refused: listOf(
      object({
        codes: listOf(text(60), 0, 100),
        words: listOf(text(60), 0, 100),
        reason: text(),
        source: text(),
      }),
      0,
      50,
    ),
    acceptFewer: flag,
  }),
  referrals: object({
    schoolDaysBetween: whole(0, 60),
    newUnexcusedAbsences: whole(0, 20),
    overrideAllowed: flag,
  }),
  notices: object({
    sendingTime: hour,
    emailKnownAfterSchoolDays: whole(0, 10),
    postKnownAfterWeekdays: whole(0, 20),
    signedBy: object({
      'first-notice': signer,
      'second-notice': signer,
      'third-notice': signer,
      'hearing-notice': signer,
      order: signer,
      'state-attorney-referral': signer,
    }),
    betweenTermsGapDays: optional(whole(7, 120)),
    approval: optional(
      object({
        letters: listOf(object({ kind: code, role: optional(code) }), 1, 40),
        cutOff: optional(object({ day: oneOf('before', 'same'), time: hour })),
        escalate: optional(object({ afterSchoolDays: whole(1, 60), to: code })),
      }),
    ),
    channel: optional(oneOf('email-else-print', 'both', 'print')),
    officeHours: optional(object({ from: hour, to: hour })),
    schoolCopy: optional(oneOf('none', 'attendance-clerk', 'principal', 'counselor', 'deputy')),
    unknownOutcome: optional(oneOf('ask', 'print')),
    giveUpAfterHours: optional(whole(1, 240)),
  }),
  caseload: object({
    placedAtThirdReferral: flag,
    letters: optional(object({ invitation: flag, plan: oneOf('made', 'shared', 'none') })),
  }),
  hearing: object({ noticeDaysEmail: whole(0, 90), noticeDaysPosted: whole(0, 90) }),
  progress: optional(object({ reviewAfterSchoolDays: whole(1, 60) })),
  contacts: optional(object({ remindAfterSchoolDays: whole(1, 60) })),
  corrections: optional(
    object({
      factsChanged: oneOf('ask', 'correct', 'stands'),
      basisLost: oneOf('ask', 'withdraw'),
    }),
  ),
  holds: optional(
    object({
      kinds: listOf(object({ code, label: text(200) }), 1, 100),
      onRelease: oneOf('send', 'ask'),
    }),
  ),
  court: optional(
    object({
      remindAfterSchoolDays: whole(1, 120),
      refuseIncompleteCertificate: flag,
      refuseIncompletePacket: optional(flag),
    }),
  ),
  returnedMail: optional(object({ marksAddress: flag, asksAddressVerification: flag })),
  closing: object({ cleanSchoolDays: whole(1, 400), thanks: optional(flag) }),
  coverage: object({ tellAfterSchoolDays: whole(1, 60) }),
  compulsoryAge: optional(object({ from: whole(0, 30), by: monthDay, through: whole(0, 30) })),
  // Each rule takes at most one day of a year: with these there is always an office day left to send a letter on.
  holidays: listOf(holiday, 0, 150),
});

/** The first field of a {@link LadderPolicy} that cannot be computed with, e.g. `notices.sendingTime`; null where all can. */
export function policyFault(value: unknown): string | null {
  const fault = policy(value, '');
  return fault === '' ? 'policy' : fault;
}
