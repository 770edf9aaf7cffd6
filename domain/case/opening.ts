/** How a case begins: its first entries, and what its count says at once. */
import type { CalendarLike } from '../calendar.ts';
import { evolveAll } from './evolve.ts';
import type { Entry } from './entries.ts';
import { unexcusedCount } from './rules.ts';
import { openCase, type CaseState, type OpeningInput } from './state.ts';

export function beginCase(input: OpeningInput, cal: CalendarLike): { state: CaseState; entries: Entry[] } {
  const state = openCase(input);
  const entries: Entry[] = [{ type: 'case-opened', on: input.openedOn }];
  const count = unexcusedCount(state, input.openedOn, cal);
  if (count >= input.policy.counting.threshold) {
    entries.push({ type: 'threshold-reached', on: input.openedOn, count });
  }
  return { state: evolveAll(state, entries), entries };
}
