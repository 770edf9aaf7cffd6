/** Cases at the points where most of what changes later begins. */
import type { Entry, EntryType } from '../../domain/case/entries.ts';
import type { CaseLetter } from '../../domain/case/state.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from './paper-case.ts';

export const FIVE = ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08'];

/** Three interventions and a new absence: the first referral may be made. */
export function referrable(policy: LadderPolicy = ROE53): PaperCase {
  const one = new PaperCase('2025-01-13', FIVE, TWO_YEARS, policy);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  return one;
}

/** The first notice is decided, and not out. */
export function referred(policy?: LadderPolicy): PaperCase {
  const one = referrable(policy);
  one.refer('2025-01-14');
  return one;
}

/** The first notice is out. */
export function noticed(policy?: LadderPolicy): PaperCase {
  const one = referred(policy);
  one.out('first-notice', '2025-01-15');
  return one;
}

/** Three notices out, and nine days. */
export function atNine(): PaperCase {
  const one = atThirdNotice(FIVE);
  one.attendance('2025-02-11', ['2025-02-11']);
  return one;
}

/** Three notices out, and a hearing set for 10 March. */
export function scheduled(): PaperCase {
  const one = atNine();
  one.do('2025-02-11', {
    type: 'schedule-hearing',
    date: '2025-03-10',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  });
  return one;
}

/** The latest entry of a type; throws where there is none. */
export function last<T extends EntryType>(one: PaperCase, type: T): Extract<Entry, { type: T }> {
  const found = one.entries.findLast((entry) => entry.type === type);
  if (!found) throw new Error(`no ${type} in ${one.types().join(', ')}`);
  return found as Extract<Entry, { type: T }>;
}

export const letter = (one: PaperCase, kind: string): CaseLetter =>
  one.state.letters.findLast((each) => each.kind === kind)!;
export const FIRST = { kind: 'first-notice', sequence: 1 } as const;
