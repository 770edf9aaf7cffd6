/** Whether a message to a caseload has the shape its type promises: the workflow's own last look. */
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
import type { CaseloadCommand } from './commands.ts';
import { FOLLOW_UP_OUTCOMES, MEETING_OUTCOMES, MEETING_WITH, SIGNERS } from './state.ts';

/** School days ahead that may be asked for: somewhat more than a school year. */
export const MOST_SCHOOL_DAYS = 200;

const dayGiven: Check = (value) =>
  object({ date })(value) || object({ schoolDays: between(1, MOST_SCHOOL_DAYS) })(value);
const signers = optional(listOf(oneOf(SIGNERS), 20));

const COMMANDS: Readonly<Record<CaseloadCommand['type'], Shape>> = {
  'record-meeting': {
    with: oneOf(MEETING_WITH),
    outcome: oneOf(MEETING_OUTCOMES),
    date: optional(date),
    note: optional(text),
  },
  'make-plan': {
    goals: listOf(text, 20, 1),
    supports: listOf(text, 20),
    date: optional(date),
    reviews: optional(listOf(dayGiven, 20)),
    signedBy: signers,
    reason: optional(text),
  },
  'share-plan': { with: oneOf(MEETING_WITH), date: optional(date), signedBy: signers },
  'hold-review': {
    how: text,
    goalsMet: listOf(text, 20),
    date: optional(date),
    early: optional(flag),
    next: optional(dayGiven),
  },
  'refer-to-agency': { agency: text, purpose: text, date: optional(date), followUp: optional(dayGiven) },
  'record-follow-up': {
    agency: text,
    outcome: oneOf(FOLLOW_UP_OUTCOMES),
    date: optional(date),
    note: optional(text),
    again: optional(dayGiven),
  },
  'end-caseload': { how: oneOf(['plan-met', 'case-manager']), reason: optional(text) },
};

/** Whether a command can be judged; null, or the first field at fault. */
export function commandFault(value: unknown): string | null {
  return (
    firstFault(value, {
      type: oneOf(Object.keys(COMMANDS)),
      id: text,
      officeDate: date,
      actor,
      expiresAt: (one) => typeof one === 'string' && !Number.isNaN(Date.parse(one)),
    }) ?? firstFault(value, COMMANDS[(value as CaseloadCommand).type])
  );
}

const SIGNALS = {
  calendar: { calendar, today: date },
  school: { school: text, calendar, today: date },
  'case-ended': { on: date, reason: text },
} as const satisfies Readonly<Record<string, Shape>>;

/** Whether what the case tells can be taken; null, or the first field at fault. */
export function signalFault(signal: keyof typeof SIGNALS, value: unknown): string | null {
  return firstFault(value, SIGNALS[signal]);
}
