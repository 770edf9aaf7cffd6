/**
 * Which days break a contract, on the records as they are now. A function of the state alone: in which order marks and
 * corrections came makes no difference. Silence is not presence: what is judged by nothing having come looks only at days
 * of which attendance is known.
 */
import { addSchoolDays, isSchoolDay, schoolDays, type CalendarLike } from '../calendar.ts';
import { isCovered } from '../coverage.ts';
import type { IsoDate } from '../dates.ts';
import { normalCode } from '../attendance-codes.ts';
import { spanOf, type BreachKind, type MonitorMark, type MonitorState, type TakenBackWhy } from './state.ts';

export interface Found {
  readonly date: IsoDate;
  readonly kind: BreachKind;
  readonly code: string;
  /** The day from which it is one: its own, or the school day on which an absence has stayed unexplained long enough. */
  readonly since: IsoDate;
}

/** An absence of unknown reason that is not a breach yet; null where the calendar is not known that far. */
export interface Unexplained {
  readonly date: IsoDate;
  readonly breachOn: IsoDate | null;
}

type MarkKind = 'breach' | 'unknown' | 'none';

function kindOf(mark: MonitorMark, rules: MonitorState['rules']): MarkKind {
  const code = normalCode(mark.code);
  if (code === normalCode(rules.codes.confirmedTruant) || mark.category === 'unexcused') return 'breach';
  return code === normalCode(rules.codes.unknownReason) || mark.category === 'unknown' ? 'unknown' : 'none';
}

function within(date: IsoDate, from: IsoDate | null, to: IsoDate | null): boolean {
  return from !== null && from <= date && (to === null || date <= to);
}

/** The marks of each school day of the contract up to today. */
function watched(state: MonitorState, cal: CalendarLike): Map<IsoDate, MonitorMark[]> {
  const { from, to } = spanOf(state, cal);
  const days = new Map<IsoDate, MonitorMark[]>();
  for (const mark of state.marks) {
    if (!within(mark.date, from, to) || mark.date > state.today || !isSchoolDay(cal, mark.date)) continue;
    days.set(mark.date, [...(days.get(mark.date) ?? []), mark]);
  }
  return days;
}

/** Every day that breaks the contract as the records stand, by date. One day is one breach, whatever it holds. */
export function breachesFound(state: MonitorState, cal: CalendarLike): Found[] {
  const { rules } = state;
  const truant = normalCode(rules.codes.confirmedTruant);
  const found: Found[] = [];
  for (const [date, marks] of watched(state, cal)) {
    const plain = marks.filter((one) => kindOf(one, rules) === 'breach');
    const [mark] = plain.some((one) => normalCode(one.code) === truant)
      ? plain.filter((one) => normalCode(one.code) === truant)
      : plain;
    if (mark) {
      const kind = normalCode(mark.code) === truant ? 'confirmed-truant' : 'unexcused';
      found.push({ date, kind, code: mark.code, since: date });
      continue;
    }
    const unknown = marks.find((one) => kindOf(one, rules) === 'unknown');
    const since = unknown && unexplainedSince(state, date, cal);
    if (unknown && since && since <= state.today && isCovered(state.coverage, since)) {
      found.push({ date, kind: 'unexplained', code: unknown.code, since });
    }
  }
  return found.sort((a, b) => (a.date < b.date ? -1 : 1));
}

function unexplainedSince({ rules }: MonitorState, date: IsoDate, cal: CalendarLike): IsoDate | null {
  return addSchoolDays(cal, date, rules.unexplainedAfterSchoolDays) ?? null;
}

/** Absences of unknown reason that may still be explained. */
export function unexplained(state: MonitorState, cal: CalendarLike): Unexplained[] {
  const found = new Set(breachesFound(state, cal).map((one) => one.date));
  return [...watched(state, cal)]
    .filter(
      ([date, marks]) => !found.has(date) && marks.some((one) => kindOf(one, state.rules) === 'unknown'),
    )
    .map(([date]) => ({ date, breachOn: unexplainedSince(state, date, cal) }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** Why a breach no longer holds. */
export function takenBackWhy(state: MonitorState, date: IsoDate, cal: CalendarLike): TakenBackWhy {
  if (!isSchoolDay(cal, date)) return 'no-school-that-day';
  const { from, to } = spanOf(state, cal);
  return within(date, from, to) ? 'corrected' : 'outside-the-contract';
}

/** How many of its school days are over and known, of how many: only covered days count. */
export function coveredDays(state: MonitorState, cal: CalendarLike): { covered: number; of: number } {
  const { from, to } = spanOf(state, cal);
  const days = from === null ? [] : schoolDays(cal, from, to ?? state.today);
  const covered = days.filter((date) => date <= state.today && isCovered(state.coverage, date)).length;
  return { covered, of: state.rules.schoolDays };
}
