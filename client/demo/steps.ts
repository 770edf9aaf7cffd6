/** A case's journal as comparable steps: what happened and on which date, without numbers that differ from run to run. */
import type { Entry, EntryType } from '../../domain/case/entries.ts';
import type { IsoDate } from '../../domain/dates.ts';

export interface Step {
  readonly type: EntryType;
  readonly on: IsoDate;
  readonly [detail: string]: unknown;
}

/** Facts a case merely takes note of: no step of anybody. */
const NO_STEPS: ReadonlySet<EntryType> = new Set(['attendance-recorded', 'calendar-changed']);

/** Words and numbers that belong to one run (ids, the free hour of a hearing room) or stand in the script (sentences). */
const DETAILS_LEFT_OUT: ReadonlySet<string> = new Set([
  'actor',
  'commandId',
  'id',
  'interventions',
  'progress',
  'findings',
  'services',
  'appeared',
  'time',
  'note',
  'evidence',
]);

export function stepsOf(entries: readonly Entry[]): Step[] {
  return entries
    .filter((entry) => !NO_STEPS.has(entry.type))
    .map(({ type, on, ...rest }) => {
      const details = Object.entries(rest).filter(
        ([name, value]) =>
          !DETAILS_LEFT_OUT.has(name) &&
          // Why a date moved is said in the words of whoever changed the calendar.
          !(name === 'because' && (type === 'deadline-moved' || type === 'hold-replanned')) &&
          value !== null &&
          value !== undefined,
      );
      return { type, on, ...Object.fromEntries(details) };
    });
}
