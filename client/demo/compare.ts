/** Two accounts of the same year, compared on every student, step and date. */
import type { IsoDate } from '../../domain/dates.ts';
import type { Step } from './steps.ts';

/** Steps by student, over all cases of that student. */
export type Account = ReadonlyMap<string, readonly Step[]>;

export interface Difference {
  readonly student: string;
  readonly on: IsoDate;
  /** Which account has the step: the other one lacks it. */
  readonly only: 'left' | 'right';
  readonly step: Step;
}

/**
 * Steps that stand in one account and not in the other, sorted by student and date. The order of steps within one date
 * makes no difference; a step that stands twice has to stand twice in both.
 */
export function compareAccounts(left: Account, right: Account): Difference[] {
  const differences: Difference[] = [];
  for (const student of new Set([...left.keys(), ...right.keys()])) {
    const missing = new Map<string, Step[]>();
    for (const step of left.get(student) ?? []) {
      const key = keyOf(step);
      missing.set(key, [...(missing.get(key) ?? []), step]);
    }
    for (const step of right.get(student) ?? []) {
      if (missing.get(keyOf(step))?.pop() === undefined) {
        differences.push({ student, on: step.on, only: 'right', step });
      }
    }
    for (const step of [...missing.values()].flat()) {
      differences.push({ student, on: step.on, only: 'left', step });
    }
  }
  return differences.sort(
    (a, b) =>
      compare(a.student, b.student) ||
      compare(a.on, b.on) ||
      compare(a.step.type, b.step.type) ||
      compare(a.only, b.only),
  );
}

/** A difference as people read it: `8100007 2025-10-02 referral-accepted n=2: only in the rehearsal`. */
export function differenceText(difference: Difference, names: { left: string; right: string }): string {
  const { student, on, step, only } = difference;
  const details = Object.entries(step)
    .filter(([name]) => name !== 'type' && name !== 'on')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${student} ${[on, step.type, ...details].join(' ')}: only in ${names[only]}`;
}

/** Names sorted at every depth, so that two ways of building one step agree. */
function keyOf(step: Step): string {
  return JSON.stringify(step, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => compare(x, y)))
      : value,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
