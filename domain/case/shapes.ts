/**
 * Whether a message has the shape its type promises. The doors check far more; this is the case's own last look, because
 * anybody with Temporal's own client can send anything, and a message that broke the rules' arithmetic would wedge the
 * case for good.
 */
import { isIsoDate } from '../dates.ts';
import type { Command } from './commands.ts';
import type { Fact } from './facts.ts';
import { policyFault } from './policy-shape.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 10_000;
const anyText: Check = (value) => typeof value === 'string' && value.length <= 10_000;
const date: Check = (value) => typeof value === 'string' && isIsoDate(value);
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const fraction: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const flag: Check = (value) => typeof value === 'boolean';
const time: Check = (value) => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const listOf =
  (check: Check, most = 2_000): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(check);
const object =
  (shape: Shape): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([key, check]) => check((value as Record<string, unknown>)[key]));

const actor = object({ id: text, role: text, invented: optional(flag) });
const span = object({ from: date, to: date });
const calendar = object({ terms: listOf(span), closed: listOf(date), open: listOf(date) });
const letter = oneOf(
  'first-notice',
  'second-notice',
  'third-notice',
  'hearing-notice',
  'hearing-moved',
  'hearing-cancelled',
  'order',
  'state-attorney-referral',
  'correction',
  'withdrawal',
);
const letterName = object({ kind: letter, sequence: whole });
const stated = object({
  asOf: date,
  days: listOf((day) => Array.isArray(day) && day.length === 2 && date(day[0]) && fraction(day[1]), 400),
});
const schoolDays: Check = (value) => whole(value) && (value as number) >= 1 && (value as number) <= 400;

const FACTS: Readonly<Record<Fact['type'], Shape>> = {
  attendance: { days: listOf(object({ date, fraction, code: anyText, school: text })) },
  intervention: { id: text, kind: text, date },
  'intervention-void': { id: text, reason: text },
  calendar: { version: whole, calendar, because: anyText },
  'letter-out': {
    kind: letter,
    sequence: whole,
    channel: oneOf('email', 'print'),
    on: date,
    stated: optional(stated),
  },
  'letter-blocked': { kind: letter, sequence: whole, code: text },
  contact: { id: text, date, reached: flag },
  caseload: {
    event: oneOf('student-met', 'parent-met', 'plan-made', 'plan-shared', 'agency-referred', 'ended'),
    date,
    id: text,
    agency: optional(text),
  },
  transfer: { school: text, county: anyText, since: date, version: whole, calendar },
  'office-day': {},
};

const hearing: Shape = {
  date,
  time,
  place: text,
  posted: flag,
  override: optional(text),
  interpreter: optional(text),
  accommodation: optional(text),
};

const COMMANDS: Readonly<Record<Command['type'], Shape>> = {
  'make-referral': { progress: text, override: optional(text), acceptFewer: optional(text) },
  'withdraw-step': { reason: text },
  'place-on-caseload': { reason: text },
  'schedule-hearing': hearing,
  'move-hearing': { ...hearing, reason: text },
  'continue-hearing': { ...hearing, reason: text },
  'cancel-hearing': { reason: text },
  'let-hearing-stand': { reason: text },
  'place-hold': {
    kind: text,
    reason: text,
    owner: text,
    until: optional(date),
    schoolDays: optional(schoolDays),
  },
  'extend-hold': { hold: text, reason: text, until: optional(date), schoolDays: optional(schoolDays) },
  'release-hold': { hold: text, reason: text },
  'release-letter': { letter: letterName, reason: text },
  'judge-progress': { adequate: flag, reason: text },
  'settle-question': { letter: letterName, how: oneOf('correction', 'withdrawal', 'stands'), reason: text },
  'adopt-policy': { policy: (value) => policyFault(value) === null, reason: text },
  'record-court-status': { text },
  'record-hearing': { outcome: oneOf('held', 'held-in-absence', 'missed'), appeared: anyText },
  'issue-order': {
    returnDate: optional(date),
    findings: text,
    services: listOf(text, 50),
    reviewDate: optional(date),
  },
  'refer-to-court': { override: optional(text) },
  'record-court-answer': { answer: oneOf('accepted', 'declined', 'returned') },
  'close-case': { reason: text, note: optional(text), continuedBy: optional(text) },
};

/** Whether a numbered fact can be taken; null, or the first field at fault. */
export function factFault(value: unknown): string | null {
  const fact = (value as { fact?: unknown } | null)?.fact;
  return (
    firstFault(value, { seq: whole }) ??
    firstFault(fact, {
      type: oneOf(...Object.keys(FACTS)),
      officeDate: date,
      coverage: listOf(span),
      actor: optional(actor),
    }) ??
    firstFault(fact, FACTS[(fact as Fact).type])
  );
}

/** Whether a command can be judged; null, or the first field at fault. */
export function commandFault(value: unknown): string | null {
  return (
    firstFault(value, {
      type: oneOf(...Object.keys(COMMANDS)),
      id: text,
      officeDate: date,
      actor,
      expiresAt: (one) => typeof one === 'string' && !Number.isNaN(Date.parse(one)),
    }) ?? firstFault(value, COMMANDS[(value as Command).type])
  );
}

function firstFault(value: unknown, shape: Shape): string | null {
  if (typeof value !== 'object' || value === null) return 'the message itself';
  const at = Object.entries(shape).find(([key, check]) => !check((value as Record<string, unknown>)[key]));
  return at ? at[0] : null;
}
