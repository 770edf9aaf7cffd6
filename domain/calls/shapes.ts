/** Whether a message to a call has the shape its type promises: the workflow's own last look. */
import {
  actor,
  between,
  calendar,
  date,
  firstFault,
  listOf,
  oneOf,
  optional,
  text,
  type Check,
  type Shape,
} from '../shape.ts';
import type { CallCommand } from './commands.ts';
import type { CallFact } from './facts.ts';
import { STEP_CODES } from './policy.ts';

const instant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const at = optional(instant);
const officer = text;
const step = oneOf(STEP_CODES);

const COMMANDS: Readonly<Record<CallCommand['type'], Shape>> = {
  'accept-offer': { officer, at },
  'decline-offer': { officer, at, reason: text },
  'start-visit': { officer, at, expectedMinutes: optional(between(1, 1_440)) },
  arrive: { officer, at },
  leave: { officer, at },
  'record-step': { officer, at, step, note: optional(text), result: optional(text) },
  'waive-step': { step, reason: text, at },
  'counselor-word': { note: text, at },
  'reassign-call': { reason: text },
  'go-alone': { reason: text },
  'cancel-call': { by: oneOf(['police', 'school', 'dispatcher']), reason: text },
  'close-call': { outcome: text, note: optional(text) },
  'identify-student': { student: text, school: text, calendar },
};

/** Whether a command can be judged; null, or the first field at fault. */
export function commandFault(value: unknown): string | null {
  return (
    firstFault(value, {
      type: oneOf(Object.keys(COMMANDS)),
      id: text,
      officeDate: date,
      actor,
      expiresAt: instant,
    }) ?? firstFault(value, COMMANDS[(value as CallCommand).type])
  );
}

const FACTS: Readonly<Record<CallFact['type'], Shape>> = {
  'offer-made': { nth: between(1, 1_000_000), officer, chosenBy: oneOf(['order', 'dispatcher']) },
  'pair-needed': { reason: text },
  'give-way': { nth: between(1, 1_000_000) },
  'officer-off-duty': { officer, reason: text },
  attendance: { truantDays: listOf(date, 1_000) },
  calendar: { calendar },
  'office-day': {},
};

/** Whether what the records tell can be taken; null, or the first field at fault. */
export function factFault(value: unknown): string | null {
  const numbered = firstFault(value, { seq: between(1, Number.MAX_SAFE_INTEGER) });
  if (numbered !== null) return numbered;
  const { fact } = value as { fact?: unknown };
  return (
    firstFault(fact, { type: oneOf(Object.keys(FACTS)), officeDate: date }) ??
    firstFault(fact, FACTS[(fact as CallFact).type])
  );
}
