/** Keeping calendars: a version only where a school day differs, and each open case concerned is told in the same go. */
import {
  calendarDiffWords,
  diffCalendars,
  type CalendarDiff,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import { Forbidden, Unknown } from '../failures.ts';
import type { Tx } from '../../db/connect.ts';
import {
  calendarFor,
  calendarOf,
  saveCalendar,
  schoolsUnder,
  type CalendarScope,
} from '../../db/stores/calendars.ts';
import { serialise } from '../../db/stores/common.ts';
import { listDistricts, listSchools } from '../../db/stores/places.ts';
import { tellingOfChange } from './calendar-facts.ts';
import { audited, causeOf, schoolFor, todayOf, type Call } from './context.ts';
import { tellCallsOfCalendars } from './tell-department.ts';

export interface CalendarStored extends CalendarDiff {
  readonly scope: string;
  /** The version that holds now; 0 where there is none. */
  readonly version: number;
  /** False: no school day differs, so there is no new version and nobody was told. */
  readonly changed: boolean;
  /** What changed, in words; empty where nothing did. */
  readonly words: string;
  /** Open cases told. */
  readonly told: number;
}

/** A calendar as it is kept, and as it is to be. */
export interface CalendarChange {
  readonly scope: CalendarScope;
  readonly before: SchoolCalendar;
  readonly after: SchoolCalendar;
  /** The version that holds, of the scope itself. */
  readonly version: number;
}

/** Whether the caller may speak for this school or district. */
export async function requireScope(call: Call, tx: Tx, scope: CalendarScope): Promise<void> {
  if (scope.kind === 'school') {
    await schoolFor(call, tx, scope.code);
    return;
  }
  if (call.caller.schools !== null)
    throw new Forbidden('A district’s calendar is changed by somebody responsible for all of it.');
  if (!(await listDistricts(tx)).some((one) => one.code === scope.code)) {
    throw new Unknown('UNKNOWN_DISTRICT', `There is no district ${scope.code.slice(0, 40)}.`);
  }
}

export interface KeptCalendar {
  readonly scope: CalendarScope;
  /** What holds there: a school without its own keeps its district's. Null where there is none. */
  readonly value: SchoolCalendar | null;
  /** Versions of its own. */
  readonly version: number;
}

/**
 * The calendars a change of this scope may change: its own, and for a district those of its schools that keep their own.
 * Locks: each of them (advisory), so that of two changes at once the second starts from the first.
 */
export async function calendarsToChange(tx: Tx, scope: CalendarScope): Promise<KeptCalendar[]> {
  const scopes = [scope];
  if (scope.kind === 'district') {
    for (const school of await listSchools(tx, { district: scope.code })) {
      const own: CalendarScope = { kind: 'school', code: school.code };
      if (await calendarOf(tx, own)) scopes.push(own);
    }
  }
  for (const name of scopes.map(({ kind, code }) => `calendar/${kind}/${code}`).sort()) {
    await serialise(tx, name);
  }
  const kept: KeptCalendar[] = [];
  for (const one of scopes) {
    const own = await calendarOf(tx, one);
    const value = own ?? (one.kind === 'school' ? await calendarFor(tx, one.code) : undefined);
    kept.push({ scope: one, value: value?.value ?? null, version: own?.version ?? 0 });
  }
  return kept;
}

/**
 * Writes those that differ as new versions, and tells the cases. Give what {@link calendarsToChange} has locked; the answer
 * is about the first.
 * Locks: the calendars' turn → cases by number → outbox heads.
 */
export async function keepCalendars(
  tx: Tx,
  call: Call,
  changes: readonly [CalendarChange, ...CalendarChange[]],
  origin: { readonly source: string; readonly reason: string },
): Promise<CalendarStored> {
  const [first] = changes;
  const diffs = new Map(changes.map((one) => [one, diffCalendars(one.before, one.after)]));
  const real = changes.filter((one) => {
    const { closed = [], opened = [] } = diffs.get(one) ?? {};
    return closed.length + opened.length > 0;
  });
  const { closed, opened } = diffs.get(first) ?? { closed: [], opened: [] };
  const answer = { scope: first.scope.code, closed, opened, words: calendarDiffWords({ closed, opened }) };
  if (real.length === 0) return { ...answer, version: first.version, changed: false, told: 0 };

  const schools = async () => {
    const codes: string[] = [];
    for (const { scope } of real) codes.push(...(await schoolsUnder(tx, scope)));
    return codes;
  };
  const tell = { reason: origin.reason, officeDate: await todayOf(tx) };
  const { result, told } = await tellingOfChange(tx, call, schools, tell, async () => {
    const versions = new Map<CalendarChange, number>();
    for (const one of real) {
      const saved = await saveCalendar(tx, one.scope, one.after, { ...origin, ...causeOf(call) });
      versions.set(one, saved.version);
      const diff = diffs.get(one);
      await audited(tx, call, 'calendar.written', `${one.scope.kind} ${one.scope.code}`, {
        version: saved.version,
        closed: diff?.closed.length ?? 0,
        opened: diff?.opened.length ?? 0,
      });
    }
    return versions;
  });
  await tellCallsOfCalendars(tx, await schools(), tell.officeDate);
  return { ...answer, version: result.get(first) ?? first.version, changed: true, told: told.length };
}
