/**
 * Long lives of cases against the real workflows: one that stays open for five school years, and one that is told and
 * asked very much at once while it hands itself over to new runs.
 */
import { sql } from 'drizzle-orm';
import { countUnexcused } from '../../domain/attendance.ts';
import {
  addSchoolDays,
  indexCalendar,
  mergeYears,
  schoolDays,
  type SchoolCalendar,
} from '../../domain/calendar.ts';
import type { Command } from '../../domain/case/commands.ts';
import type { CommandAnswer } from '../../domain/case/decide.ts';
import { unexcusedCount } from '../../domain/case/rules.ts';
import { addDays, isWeekend, weekday, type IsoDate } from '../../domain/dates.ts';
import { marksOfStudent } from '../../db/stores/attendance.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { caseByNumber, journalOf, type JournalRow } from '../../db/stores/cases.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { enqueueMany, outboxOf, type Message } from '../../db/stores/outbox.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { OutOfReach } from '../../client/failures.ts';
import { relayCase } from '../../client/relay.ts';
import { SIGNAL_OF_FACT } from '../../workflows/truancy-case.messages.ts';
import { SCHOOL_ACTOR, SPRING, type Harness, type TestCase } from './case-harness.ts';
import { CLERK } from './office-records.ts';

const KINDS = ['phone-call', 'letter-home', 'home-visit'];

// ---------------------------------------------------------------- five school years

/** Weekdays from the middle of August to the end of May, without Thanksgiving and the two weeks of Christmas. */
function schoolYear(autumn: number): SchoolCalendar {
  const monday = (from: IsoDate): IsoDate => addDays(from, (8 - weekday(from)) % 7);
  const from = monday(`${autumn}-08-15`);
  const christmas = monday(`${autumn}-12-20`);
  const closed = [
    `${autumn}-11-24`,
    `${autumn}-11-25`,
    ...Array.from({ length: 14 }, (_, n) => addDays(christmas, n)),
  ];
  return {
    terms: [{ from, to: `${autumn + 1}-05-27` }],
    closed: closed.filter((date) => !isWeekend(date)),
    open: [],
  };
}

export interface YearsTold {
  readonly one: TestCase;
  /** Each July: the count before the new calendar, after it, and as the records have it. */
  readonly counts: readonly { on: IsoDate; before: number; after: number; records: number }[];
}

/**
 * From January 2025 to June 2029: absences all the time, some of them excused late, three referrals in three years, a
 * hold each spring, a hearing and an order in the fourth year, the next calendar each July; closed on graduation.
 */
export async function fiveYears(
  harness: Harness,
  options: { readonly continueAsNewEvery?: number } = {},
): Promise<YearsTold> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'], ...options });
  const by = { actor: SCHOOL_ACTOR } as const;
  const { number } = one;
  const counts: YearsTold['counts'][number][] = [];
  let calendar = SPRING;
  let letters = 0;
  await keepCalendar(harness, calendar);

  const letterLeaves = async (on: IsoDate, kind: string) => {
    letters += 1;
    await one.day(on);
    await harness.cases.signalDelivery(`notice-${number}-${kind}-1`);
    await one.until('letter-out', letters);
  };
  const refer = async (on: IsoDate, kind: string) => {
    const before = schoolDays(calendar, addDays(on, -10), addDays(on, -1)).at(-1) ?? on;
    for (const intervention of KINDS) await one.intervention(before, intervention);
    await one.attendance(on, [on]);
    await one.refer(on);
    await letterLeaves(nextDay(calendar, on, 1), kind);
  };
  const hold = async (from: IsoDate) => {
    const id = `${number}-hold-${from}`;
    const reason = 'in hospital';
    await one.decide({
      ...{ ...by, reason, type: 'place-hold', id, officeDate: from },
      ...{ kind: 'medical', owner: 'case-manager', schoolDays: 5 },
    });
    const over = nextDay(calendar, from, 7);
    await one.day(over);
    await one.decide({ ...by, reason, type: 'release-hold', id: `${id}-over`, officeDate: over, hold: id });
  };
  /** An absence every so many school days; every fourth is excused a week later. */
  const absences = async (from: IsoDate, to: IsoDate, every: number) => {
    const days = schoolDays(calendar, from, to).filter((_, n) => n % every === every - 1);
    for (const [n, day] of days.entries()) {
      await one.attendance(day, [day]);
      if (n % 4 === 3) await one.excuse(nextDay(calendar, day, 5), day);
    }
  };
  const july = async (year: number) => {
    const on = `${year}-07-10`;
    await one.day(on);
    const countNow = async () => {
      // The time-skipping server now and then loses a query that meets the end of a run: a question may be asked again.
      const state = await harness.cases.status(number).catch(() => harness.cases.status(number));
      return unexcusedCount(state, on, indexCalendar(state.calendar));
    };
    const before = await countNow();
    calendar = mergeYears(calendar, schoolYear(year));
    await keepCalendar(harness, calendar);
    await one.calendar(on, calendar, `the calendar of ${year}`, year);
    const after = await countNow();
    counts.push({ on, before, after, records: await recount(harness, number, calendar, on) });
  };

  await refer('2025-01-14', 'first-notice');
  await absences('2025-01-16', '2025-04-30', 20);
  await hold('2025-05-05');
  await july(2025);
  await absences('2025-08-20', '2025-09-30', 15);
  await refer('2025-10-01', 'second-notice');
  await absences('2025-10-03', '2026-04-30', 18);
  await hold('2026-05-04');
  await july(2026);
  await absences('2026-08-20', '2027-01-29', 20);
  await refer('2027-02-01', 'third-notice');
  await absences('2027-02-03', '2027-05-26', 16);
  await july(2027);
  await absences('2027-08-20', '2028-01-14', 8);
  await one.decide({
    ...{ ...by, type: 'schedule-hearing', id: `${number}-h`, officeDate: '2028-01-18' },
    ...{ date: '2028-02-14', time: '10:00', place: 'Room 1', posted: false },
  });
  await letterLeaves('2028-01-19', 'hearing-notice');
  await one.day('2028-02-14');
  await one.decide({
    ...{ ...by, type: 'record-hearing', id: `${number}-r`, officeDate: '2028-02-14' },
    ...{ outcome: 'held', appeared: 'father and student' },
  });
  await one.decide({
    ...{ ...by, type: 'issue-order', id: `${number}-o`, officeDate: '2028-02-14' },
    ...{ findings: 'more than nine days', services: ['counseling'] },
  });
  await letterLeaves('2028-02-15', 'order');
  await absences('2028-02-17', '2028-05-05', 12);
  await july(2028);
  await absences('2028-08-21', '2029-05-04', 20);
  await hold('2029-05-07');
  await one.decide({
    ...{ ...by, type: 'close-case', id: `${number}-x`, officeDate: '2029-06-04', reason: 'graduated' },
  });
  await one.until('case-closed');
  return { one, counts };
}

function nextDay(calendar: SchoolCalendar, from: IsoDate, days: number): IsoDate {
  const date = addSchoolDays(calendar, from, days);
  if (date === undefined) throw new Error(`no ${days} school days after ${from}`);
  return date;
}

async function keepCalendar(harness: Harness, calendar: SchoolCalendar): Promise<void> {
  await harness.db.transaction((tx) =>
    saveCalendar(tx, { kind: 'school', code: 'NORTH-HS' }, calendar, {
      ...CLERK,
      source: 'test',
      reason: 'test',
    }),
  );
}

/** The count from the marks themselves, by the rules of the case's policy. */
async function recount(
  harness: Harness,
  number: string,
  calendar: SchoolCalendar,
  on: IsoDate,
): Promise<number> {
  const row = await caseByNumber(harness.db, number);
  const { policy } = await harness.cases.status(number);
  const marks = await marksOfStudent(harness.db, row?.studentId ?? 0);
  return countUnexcused(marks, calendar, on, policy.counting, on).unexcusedDays;
}

// ---------------------------------------------------------------- much at once

export interface BurstOptions {
  readonly seed: number;
  /** Facts put into the outbox, by several people at once. */
  readonly facts: number;
  /** Holds placed and released, by several people at once. */
  readonly holds: number;
  readonly continueAsNewEvery: number;
}

export interface BurstTold {
  readonly one: TestCase;
  /** Ids of the interventions and contacts told, and the days. */
  readonly interventions: readonly string[];
  readonly contacts: readonly string[];
  readonly days: readonly IsoDate[];
  readonly answers: ReadonlyMap<string, CommandAnswer>;
  /** Asks once more. */
  again(id: string): Promise<CommandAnswer>;
}

/** Temporal takes ten updates of one workflow at a time. */
const ASKING = 6;
const ON: IsoDate = '2025-03-03';

export async function burst(harness: Harness, options: BurstOptions): Promise<BurstTold> {
  const { db, cases } = harness;
  const random = randomFrom(options.seed);
  const one = await harness.open({ on: '2025-01-13', continueAsNewEvery: options.continueAsNewEvery });
  await one.until('case-opened');
  await setDrivenToday(db, ON);
  const { number } = one;

  const told = { interventions: [] as string[], contacts: [] as string[], days: [] as IsoDate[] };
  const dates = schoolDays(SPRING, '2025-01-13', ON);
  const messages = Array.from({ length: options.facts }, (_, n): Message => {
    const base = { officeDate: ON, coverage: [{ from: '2024-08-19', to: ON }] };
    const pick = random();
    const date = dates[Math.floor(random() * dates.length)] ?? ON;
    if (pick < 0.5) {
      const id = `${number}-i${n}`;
      told.interventions.push(id);
      const kind = KINDS[n % KINDS.length] ?? 'phone-call';
      return message(number, { ...base, type: 'intervention', actor: SCHOOL_ACTOR, id, kind, date });
    }
    if (pick < 0.8) {
      told.days.push(date);
      const days = [{ date, fraction: 1, code: 'U', school: 'NORTH-HS' }];
      return message(number, { ...base, type: 'attendance', days });
    }
    const id = `${number}-c${n}`;
    told.contacts.push(id);
    return message(number, { ...base, type: 'contact', id, date, reached: pick < 0.9 });
  });

  const commands = new Map<string, Command>();
  const base = { officeDate: ON, actor: SCHOOL_ACTOR, reason: 'as the family asked' } as const;
  const place = (id: string): Command => ({
    ...{ ...base, type: 'place-hold', id, owner: 'case-manager' },
    ...{ kind: 'medical', schoolDays: 10 },
  });
  const release = (id: string): Command => ({ ...base, type: 'release-hold', id: `${id}-over`, hold: id });
  const answers = new Map<string, CommandAnswer>();
  const ask = async (command: Command) => {
    commands.set(command.id, command);
    answers.set(command.id, await patiently(one, command));
  };

  let telling = true;
  const tell = async () => {
    while (messages.length > 0) {
      const some = messages.splice(0, 1 + Math.floor(random() * 7));
      await db.transaction((tx) => enqueueMany(tx, some));
      await relayCase(db, cases, number);
    }
  };
  const people = Array.from({ length: ASKING }, async (_, person) => {
    for (let n = person; n < options.holds; n += ASKING) {
      const id = `${number}-hold-${n}`;
      await ask(place(id));
      await ask(release(id));
    }
  });
  // A second relay beside the one of those who tell, as in an office with two servers.
  const relay = (async () => {
    while (telling) {
      await relayCase(db, cases, number);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await Promise.all([tell(), tell(), tell(), ...people]);
  telling = false;
  await relay;
  await relayCase(db, cases, number);
  await settled(harness, number);
  return {
    one,
    ...told,
    answers,
    again(id) {
      const command = commands.get(id);
      if (!command) throw new Error(`nobody asked ${id}`);
      return patiently(one, command);
    },
  };
}

function message(
  caseNumber: string,
  fact: JsonObject & { readonly type: keyof typeof SIGNAL_OF_FACT },
): Message {
  return { caseNumber, kind: 'signal', name: SIGNAL_OF_FACT[fact.type], payload: fact };
}

/** As a person does: told that the case did not answer, they ask again with the same id. */
async function patiently(one: TestCase, command: Command): Promise<CommandAnswer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await one.decide(command);
    } catch (error) {
      if (!(error instanceof OutOfReach) || tries === 10) throw error;
    }
  }
}

/** Until the case has taken the last number of its outbox and written what it knows. */
export async function settled(harness: Harness, number: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const last = (await outboxOf(harness.db, number)).at(-1)?.seq;
    const [row] = await rowsOf<{ taken: number | null; seq: number }>(
      harness.db,
      sql`select (projection ->> 'lastFact')::int as taken, seq from cases where number = ${number}`,
    );
    const { seq } = await harness.cases.status(number);
    if (row?.taken === last && row?.seq === seq) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`case ${number} has not settled`);
}

/** The outbox delivered once more, in any order: as after a crash, or by a relay gone mad. */
export async function deliverAgain(harness: Harness, number: string, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const rows = (await outboxOf(harness.db, number)).map((row) => ({ row, at: random() }));
  rows.sort((a, b) => a.at - b.at);
  for (const { row } of rows) await harness.cases.deliverOutboxRow(row);
  await settled(harness, number);
}

export const journalInOrder = async (harness: Harness, number: string): Promise<JournalRow[]> =>
  (await journalOf(harness.db, number)).sort((a, b) => a.seq - b.seq);

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
