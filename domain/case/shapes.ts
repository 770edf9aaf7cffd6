/**
 * Whether a message has the shape its type promises. The doors check far more; this is the case's own last look, because
 * anybody with Temporal's own client can send anything, and a message that broke the rules' arithmetic would wedge the
 * case for good.
 */
import {
  actor,
  between,
  calendar,
  date,
  firstFault,
  flag,
  listOf,
  object,
  oneOf,
  optional,
  text,
  type Check,
  type Shape,
} from '../shape.ts';
import type { Command } from './commands.ts';
import type { Fact } from './facts.ts';
import { policyFault } from './policy-shape.ts';

const anyText: Check = (value) => typeof value === 'string' && value.length <= 10_000;
const whole = between(0, Number.MAX_SAFE_INTEGER);
const fraction: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const time: Check = (value) => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
const span = object({ from: date, to: date });
const letter = oneOf([
  'first-notice',
  'second-notice',
  'third-notice',
  'caseload-invitation',
  'improvement-plan',
  'hearing-notice',
  'hearing-moved',
  'hearing-cancelled',
  'order',
  'state-attorney-referral',
  'closing-thanks',
  'correction',
  'withdrawal',
]);
const letterName = object({ kind: letter, sequence: whole });
const dayCounted: Check = (day) => Array.isArray(day) && day.length === 2 && date(day[0]) && fraction(day[1]);
const stated = object({ asOf: date, days: listOf(dayCounted, 400) });
const schoolDays = between(1, 400);

const FACTS: Readonly<Record<Fact['type'], Shape>> = {
  attendance: { days: listOf(object({ date, fraction, code: anyText, school: text }), 2_000) },
  intervention: { id: text, kind: text, date },
  'intervention-void': { id: text, reason: text },
  calendar: { version: whole, calendar, because: anyText },
  'letter-out': {
    kind: letter,
    sequence: whole,
    channel: oneOf(['email', 'print']),
    on: date,
    stated: optional(stated),
  },
  'letter-blocked': { kind: letter, sequence: whole, code: text, dates: optional(listOf(date, 400)) },
  contact: { id: text, date, reached: flag },
  caseload: {
    event: oneOf([
      'meeting-tried',
      'student-met',
      'parent-met',
      'plan-made',
      'plan-shared',
      'agency-referred',
      'ended',
    ]),
    date,
    id: text,
    agency: optional(text),
    sequence: optional(whole),
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
  'withdraw-step': { reason: text, letter: optional(letterName) },
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
  'approve-letter': {
    letter: letterName,
    time,
    evidence: optional(text),
    listed: optional(listOf(dayCounted, 400)),
    note: optional(text),
  },
  'withhold-letter': { letter: letterName, reason: text },
  'return-letter': { letter: letterName, reason: text },
  'resubmit-letter': { letter: letterName, reason: text },
  'judge-progress': { adequate: flag, reason: text },
  'settle-question': { letter: letterName, how: oneOf(['correction', 'withdrawal', 'stands']), reason: text },
  'adopt-policy': { policy: (value) => policyFault(value) === null, reason: text },
  'record-court-status': { text },
  'record-hearing': { outcome: oneOf(['held', 'held-in-absence', 'missed']), appeared: anyText },
  'issue-order': {
    returnDate: optional(date),
    findings: text,
    services: listOf(text, 50),
    reviewDate: optional(date),
  },
  'refer-to-court': { override: optional(text) },
  'record-court-answer': { answer: oneOf(['accepted', 'declined', 'returned']) },
  'close-case': { reason: text, note: optional(text), continuedBy: optional(text) },
};

/** Whether a numbered fact can be taken; null, or the first field at fault. */
export function factFault(value: unknown): string | null {
  const fact = (value as { fact?: unknown } | null)?.fact;
  return (
    firstFault(value, { seq: whole }) ??
    firstFault(fact, {
      type: oneOf(Object.keys(FACTS)),
      officeDate: date,
      coverage: listOf(span, 2_000),
      actor: optional(actor),
    }) ??
    firstFault(fact, FACTS[(fact as Fact).type])
  );
}

/** Whether a command can be judged; null, or the first field at fault. */
export function commandFault(value: unknown): string | null {
  return (
    firstFault(value, {
      type: oneOf(Object.keys(COMMANDS)),
      id: text,
      officeDate: date,
      actor,
      expiresAt: (one) => typeof one === 'string' && !Number.isNaN(Date.parse(one)),
    }) ?? firstFault(value, COMMANDS[(value as Command).type])
  );
}
