/**
 * Small checks that a message has the shape its type promises. The doors check far more; this is for a workflow's own last
 * look, because anybody with Temporal's own client can send anything.
 */
import { daysBetween, isIsoDate } from './dates.ts';

export type Check = (value: unknown) => boolean;
export type Shape = Readonly<Record<string, Check>>;

export const text: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 10_000;
export const date: Check = (value) => typeof value === 'string' && isIsoDate(value);
export const flag: Check = (value) => typeof value === 'boolean';

export const between =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

export const oneOf =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);

export const listOf =
  (check: Check, most: number, least = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);

export const object =
  (shape: Shape): Check =>
  (value) =>
    typeof value === 'object' && value !== null && firstFault(value, shape) === null;

export const actor = object({ id: text, role: text, invented: optional(flag) });

/** A term is at most some years long: its weekdays are written out, and no message may keep a workflow busy for minutes. */
const LONGEST_TERM_DAYS = 1_500;
const term: Check = (value) =>
  object({ from: date, to: date })(value) &&
  daysBetween((value as { from: string }).from, (value as { to: string }).to) >= 0 &&
  daysBetween((value as { from: string }).from, (value as { to: string }).to) <= LONGEST_TERM_DAYS;

export const calendar = object({
  terms: listOf(term, 100),
  closed: listOf(date, 5_000),
  open: listOf(date, 5_000),
});

/** The first field at fault, or null. */
export function firstFault(value: unknown, shape: Shape): string | null {
  if (typeof value !== 'object' || value === null) return 'the message itself';
  const at = Object.entries(shape).find(([key, check]) => !check((value as Record<string, unknown>)[key]));
  return at ? at[0] : null;
}
