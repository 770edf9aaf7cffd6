/**
 * The gate before every template: a letter with a gap is never made.
 * Errors name the letter and the field, never a value: contexts are full of names.
 */
import { InputFault } from '../domain/refusal.ts';
import { LETTER_SCHEMAS, tidyLine } from './letter-context.ts';
import type { CheckedContext, LetterContext } from './letter-context.ts';
import type { LetterKind } from './kinds.ts';

/** `count.dates[3].school` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    root,
  );
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return tidyLine(value) === '';
  return Array.isArray(value) && value.length === 0;
}

/**
 * Gives the context as the template may use it, or throws
 * `LETTER_FIELD_MISSING` (absent, null, blank, or an empty list where something must stand) or
 * `LETTER_FIELD_BAD` (present, but not what the letter needs).
 */
export function checkContext<K extends LetterKind>(kind: K, context: LetterContext<K>): CheckedContext<K> {
  const result = LETTER_SCHEMAS[kind].safeParse(context);
  if (result.success) {
    const data = result.data as CheckedContext<K>;
    checkOrderOfDates(kind, data);
    return data;
  }
  const faults = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return { missing: false, path: issue.path, what: 'has fields this letter does not know' };
    }
    const missing = isBlank(valueAt(context, issue.path));
    return { missing, path: issue.path, what: missing ? 'is missing' : `must be ${expected(issue)}` };
  });
  // What is missing first: a bad sum is often the consequence of it.
  const first = faults.find((f) => f.missing) ?? faults[0];
  const field = first && first.path.length ? pathText(first.path) : 'context';
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  throw new InputFault(
    first?.missing ? 'LETTER_FIELD_MISSING' : 'LETTER_FIELD_BAD',
    `${field} ${first?.what ?? 'cannot be read'}${more}; no letter is made with a gap: complete the record`,
    kind,
  );
}

/** A deadline that lies behind the reader, or a letter answered before it was sent, is a fault of the record. */
function checkOrderOfDates(kind: LetterKind, context: CheckedContext): void {
  // A hearing that is off may lie on the letter's own day.
  const ahead = 'hearing' in context && 'askBy' in context.hearing ? context.hearing : undefined;
  const laterThanLetter: [string, string | undefined][] = [
    ['respondBy', 'respondBy' in context ? context.respondBy : undefined],
    ['dispute.until', 'dispute' in context ? context.dispute?.until : undefined],
    ['hearing.askBy', ahead?.askBy],
    ['hearing.date', ahead?.date],
    ['meeting.date', 'meeting' in context ? context.meeting?.date : undefined],
  ];
  for (const [field, date] of laterThanLetter) {
    if (date !== undefined && date <= context.date) bad(kind, field, 'a date after the letter’s own');
  }
  const upToLetter: [string, string | undefined][] = [
    ['count.asOf', 'count' in context ? context.count.asOf : undefined],
    ['about.sentOn', 'about' in context ? context.about.sentOn : undefined],
    ['said.asOf', 'said' in context ? context.said.asOf : undefined],
    ['plan.madeOn', 'plan' in context ? context.plan.madeOn : undefined],
    ['closing.on', 'closing' in context ? context.closing.on : undefined],
    ['visit.date', 'visit' in context ? context.visit.date : undefined],
  ];
  for (const [field, date] of upToLetter) {
    if (date !== undefined && date > context.date) bad(kind, field, 'no later than the letter’s date');
  }
  if ('history' in context) {
    context.history.forEach((sent, i) => {
      if (sent.sentOn > context.date) bad(kind, `history[${i}].sentOn`, 'no later than the letter’s date');
    });
  }
  if (ahead && ahead.askBy >= ahead.date) {
    bad(kind, 'hearing.askBy', 'a date before the hearing');
  }
  if ('meeting' in context && context.meeting && context.respondBy >= context.meeting.date) {
    bad(kind, 'respondBy', 'a date before the meeting');
  }
  if ('plan' in context) {
    const { from, to, reviews } = context.plan;
    if (to < from) bad(kind, 'plan.to', 'no earlier than the first day of the plan');
    reviews.forEach((review, i) => {
      if (review < from || review > to) bad(kind, `plan.reviews[${i}]`, 'a date within the plan');
    });
  }
  if ('monitor' in context && context.monitor.from <= (context.monitor.madeOn ?? context.date)) {
    // The contract's own day never counts. Drawn again, or mailed late, it is a letter of a later day.
    bad(kind, 'monitor.from', 'a date after the contract’s own');
  }
}

function bad(kind: LetterKind, field: string, what: string): never {
  throw new InputFault('LETTER_FIELD_BAD', `${field} must be ${what}`, kind);
}

function expected(issue: { code?: string; message: string; expected?: unknown; format?: unknown }): string {
  // Our own messages name what is wanted; the library's are put into the same form, without the value.
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_format')
    return issue.message.startsWith('Invalid') ? 'well-formed' : issue.message;
  if (issue.code === 'invalid_type') return `a ${String(issue.expected)}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'of another length or size';
  return 'one of the known values';
}
