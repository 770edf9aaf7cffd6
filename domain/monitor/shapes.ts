/** Whether a message to a monitor has the shape its type promises: the workflow's own last look. */
import {
  actor,
  calendar,
  date,
  firstFault,
  listOf,
  object,
  oneOf,
  optional,
  text,
  type Shape,
} from '../shape.ts';
import type { MonitorCommand } from './commands.ts';
import { MONITOR_SIGNERS } from './state.ts';

const COMMANDS: Readonly<Record<MonitorCommand['type'], Shape>> = {
  'end-monitor': { how: oneOf(['officer', 'opened-in-error']), reason: text },
  'sign-contract': { by: oneOf(MONITOR_SIGNERS), date: optional(date) },
  'change-officer': { officer: text, reason: text },
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
    }) ?? firstFault(value, COMMANDS[(value as MonitorCommand).type])
  );
}

const mark = object({ date, code: text, category: optional(text) });
const known = object({ from: date, to: date });

const SIGNALS = {
  /** Some hundred marks at most: twenty school days, several marks a day. */
  attendance: { officeDate: date, marks: listOf(mark, 1_000), coverage: listOf(known, 1_000) },
  calendar: { calendar, today: date, school: optional(text) },
  'office-day': { officeDate: date },
} as const satisfies Readonly<Record<string, Shape>>;

export type MonitorSignal = keyof typeof SIGNALS;

/** Whether what the records tell can be taken; null, or the first field at fault. */
export function signalFault(signal: MonitorSignal, value: unknown): string | null {
  return firstFault(value, SIGNALS[signal]);
}
