/**
 * The board: what waits, by class and age, who is where, what is overdue. Numbers, kinds and schools only, as lists of calls
 * have them: it may hang on a wall.
 */
import { CALL_KINDS, type CallKind } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { localOf, minutesMs } from '../../domain/office-clock.ts';
import { boardRows, type BoardRow } from '../../db/stores/call-board.ts';
import { officerStandings, type OfficerStanding } from '../../db/stores/officers.ts';
import { officeClock } from '../office-clock.ts';
import { allow, callPolicyOf, officeOf, todayOf, type Call } from './context.ts';

/** An open call as people see it: how old it is in place of the instants. */
export interface BoardCall extends Omit<BoardRow, 'openedAt' | 'waitsSince' | 'remindedSteps'> {
  /** Minutes of the office's day since it came in. */
  readonly ageMinutes: number;
}

export interface BoardClass {
  readonly kind: CallKind;
  /** As the policy calls it. */
  readonly label: string;
  readonly priority: number | null;
  /** Nobody has these, and somebody is to go. */
  readonly waiting: number;
  /** Of those: up to a quarter of an hour old, up to an hour, up to a day, older. */
  readonly byAge: {
    readonly quarter: number;
    readonly hour: number;
    readonly day: number;
    readonly older: number;
  };
  readonly oldestMinutes: number | null;
  /** Visits of a day to come. */
  readonly planned: number;
  /** Somebody is asked, on the way, there, or has steps left. */
  readonly underWay: number;
}

export interface BoardOfficer {
  readonly id: string;
  readonly standing: OfficerStanding['standing'];
  readonly call: string | null;
  /** The school of that call. */
  readonly school: string | null;
  /** Local times, `HH:MM`: their duty is planned to end, they left, arrived, are expected back. */
  readonly till: string | null;
  readonly left: string | null;
  readonly arrived: string | null;
  readonly backBy: string | null;
}

export interface BoardOverdue {
  readonly what: 'officer' | 'call-without-officer' | 'nobody-covers' | 'visit' | 'answer';
  readonly call: string;
  readonly officer: string | null;
  /** In a sentence without names. */
  readonly words: string;
}

export interface Board {
  /** ISO instant, the office's date, and local time. */
  readonly at: string;
  readonly officeDate: IsoDate;
  readonly time: string;
  readonly classes: readonly BoardClass[];
  /** In the order in which they are served. */
  readonly calls: readonly BoardCall[];
  readonly officers: readonly BoardOfficer[];
  readonly overdue: readonly BoardOverdue[];
}

export async function boardFor(call: Call, now: Date = new Date()): Promise<Board> {
  allow(call, 'board.read');
  const { db, caller } = call;
  const office = await officeOf(db);
  const today = await todayOf(db);
  const policy = await callPolicyOf(call, db);
  const clock = officeClock(office, today);
  const at = now.toISOString();
  const [rows, standings] = [await boardRows(db, caller.schools, at), await officerStandings(db, at)];
  const minutesSince = (at: string) =>
    Math.max(0, Math.floor((now.getTime() - Date.parse(at)) / minutesMs(clock, 1)));
  const time = (at: string | null) => (at === null ? null : localOf(clock, Date.parse(at)).time);
  const calls = rows.map((row) => ({ ...row, ageMinutes: minutesSince(row.openedAt) }));
  const schoolOf = new Map(calls.map((one) => [one.callNumber, one.school]));
  return {
    at,
    officeDate: today,
    time: localOf(clock, now.getTime()).time,
    classes: CALL_KINDS.map((kind) => {
      const { label, priority } = policy.kinds[kind];
      return { kind, label, priority, ...classOf(calls.filter((one) => one.kind === kind)) };
    }).sort((a, b) => (a.priority ?? 1_000) - (b.priority ?? 1_000)),
    calls: calls.map(({ waitsSince: _, openedAt: _at, remindedSteps: _steps, ...one }) => one),
    officers: standings.map((one) => {
      // Of a call of a school somebody does not see, only that the officer is at one.
      const seen = one.call !== null && schoolOf.has(one.call);
      return {
        id: one.id,
        standing: one.standing,
        call: seen ? one.call : null,
        school: seen && one.call !== null ? (schoolOf.get(one.call) ?? null) : null,
        till: time(one.onDutyUntil),
        left: time(one.departedAt),
        arrived: time(one.arrivedAt),
        backBy: time(one.expectedBackAt),
      };
    }),
    overdue: [
      ...standings
        .filter((one) => one.standing === 'overdue' && one.call !== null && schoolOf.has(one.call))
        .map((one): BoardOverdue => ({
          what: 'officer',
          call: one.call ?? '',
          officer: one.id,
          words: `Officer ${one.id} should have been back by ${time(one.expectedBackAt) ?? '?'}.`,
        })),
      ...rows.flatMap((row) => overdueOf(row, today, minutesSince)),
    ],
  };
}

const HOUR = 60;
const DAY = 24 * HOUR;

function classOf(
  calls: readonly (BoardRow & { readonly ageMinutes: number })[],
): Omit<BoardClass, 'kind' | 'label' | 'priority'> {
  const ages = calls.filter((one) => one.stage === 'waiting').map((one) => one.ageMinutes);
  const between = (from: number, to: number) => ages.filter((age) => age >= from && age < to).length;
  const planned = calls.filter((one) => one.stage === 'planned').length;
  return {
    waiting: ages.length,
    byAge: {
      quarter: between(0, 15),
      hour: between(15, HOUR),
      day: between(HOUR, DAY),
      older: between(DAY, Infinity),
    },
    oldestMinutes: ages.length === 0 ? null : Math.max(...ages),
    planned,
    underWay: calls.length - ages.length - planned,
  };
}

/** What a call has waited for too long, by its own rules, or waits for in vain; an officer's delay stands with the officers. */
function overdueOf(row: BoardRow, today: IsoDate, minutesSince: (at: string) => number): BoardOverdue[] {
  const about = { call: row.callNumber, officer: null };
  const uncovered: BoardOverdue[] = row.nobodyCovers
    ? [
        {
          ...{ ...about, what: 'nobody-covers' },
          words: row.school === null ? 'Nobody is on duty.' : `Nobody on duty covers ${row.school}.`,
        },
      ]
    : [];
  if (row.flags.includes('nobody-has-it') && ['waiting', 'offered'].includes(row.stage)) {
    const words = `Police wait: nobody has had it for ${minutesSince(row.waitsSince)} minutes.`;
    return [{ ...about, what: 'call-without-officer', words }, ...uncovered];
  }
  if (row.stage === 'waiting' && row.priority === null && row.goesFrom < today) {
    return [{ ...about, what: 'visit', words: `Nobody has gone since its day, ${row.goesFrom}.` }];
  }
  const asked = row.remindedSteps.map((step): BoardOverdue => ({
    ...about,
    what: 'answer',
    words: `"${step}" was asked for again and is not answered.`,
  }));
  return [...uncovered, ...asked];
}
