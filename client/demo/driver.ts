/**
 * Drives an office through a year by its API, in the order of a day that domain/rehearsal.ts lays down. Each part waits
 * until what came before has settled: outbox, cases, letters. So the result does not depend on how fast anything is,
 * nor on what crashed meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { attendanceBook, newUnexcusedDays } from '../../domain/attendance-book.ts';
import { indexCalendar, isSchoolDay, type CalendarIndex } from '../../domain/calendar.ts';
import type { CaseState, LetterName } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { FeedDay } from '../../domain/feed.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import {
  scriptedCorrections,
  scriptedDecision,
  scriptedInterventions,
  type ScriptedDecision,
} from '../../domain/script.ts';
import type { AttendanceFormat } from '../../imports/attendance/index.ts';
import type { ChangedCase } from '../services/cases.ts';
import type { DecisionAnswer, ShownApproval } from '../services/decisions.ts';
import type { ImportAnswer } from '../services/attendance-import.ts';
import type { InterventionAnswer } from '../services/interventions.ts';
import type { MorningChange, Settledness } from '../services/office.ts';
import { ApiRefusal, inParallel, type Api } from './api-client.ts';
import { byFormat, changedCalendars, classified, type Dataset, type SourceRow } from './dataset.ts';
import { Letters, type CaughtMail } from './letters.ts';
import { districtCode } from './prepare.ts';

export interface DriverParts {
  readonly api: Api;
  readonly dataset: Dataset;
  readonly policy: LadderPolicy;
  /** The days to live through: those of the rehearsal. */
  readonly days: readonly IsoDate[];
  /** A school day lasts at least this long. */
  readonly speedMs: number;
  readonly mail: CaughtMail;
  readonly onDay: (day: DayDone) => Promise<void> | void;
  readonly signal?: AbortSignal | undefined;
}

export interface DayDone {
  readonly date: IsoDate;
  readonly cases: ReadonlyMap<string, ChangedCase>;
  readonly letters: Letters;
}

export interface Driven {
  readonly cases: ReadonlyMap<string, ChangedCase>;
  readonly letters: Letters;
  /** What the API refused although the script thought it allowed: every one is a fault in one of the two. */
  readonly refusals: readonly string[];
}

/** Calls at once: more than two cores can use only makes each wait longer. */
const AT_ONCE = 4;
const LOOK_MS = 40;
const LONGEST_LOOK_MS = 250;
/** A letter whose day has come and that nobody has begun: its delivery is told again. */
const NUDGE_MS = 3_000;

export async function driveYear(parts: DriverParts): Promise<Driven> {
  const driver = new Driver(parts);
  await driver.bringHistory();
  for (const date of parts.days) {
    parts.signal?.throwIfAborted();
    const began = performance.now();
    const schoolToday = await driver.live(date);
    await parts.onDay({ date, cases: driver.cases, letters: driver.letters });
    const left = parts.speedMs - (performance.now() - began);
    if (schoolToday && left > 0) await pause(left, undefined, { signal: parts.signal });
  }
  return { cases: driver.cases, letters: driver.letters, refusals: driver.refusals };
}

class Driver {
  readonly cases = new Map<string, ChangedCase>();
  readonly letters: Letters;
  readonly refusals: string[] = [];
  readonly #parts: DriverParts;
  readonly #api: Api;
  readonly #book;
  readonly #feed: ReadonlyMap<IsoDate, FeedDay<SourceRow>>;
  readonly #lastFormatOf: ReadonlyMap<string, AttendanceFormat>;
  readonly #enrolled: ReadonlyMap<string, string>;
  /** School of each student who has changed it. */
  readonly #moved = new Map<string, string>();
  #calendars: ReadonlyMap<string, CalendarIndex>;
  readonly #indexes = new WeakMap<CaseState, CalendarIndex>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#api = parts.api;
    this.#book = attendanceBook(parts.policy.counting);
    this.#feed = new Map(parts.dataset.feed.map((delivery) => [delivery.date, delivery]));
    this.#calendars = indexed(parts.dataset.calendars);
    this.#lastFormatOf = lastFormats(parts.dataset);
    this.#enrolled = new Map(
      parts.dataset.students.flatMap(({ sisId, school }) => (school ? [[sisId, school]] : [])),
    );
    this.letters = new Letters(parts.api, parts.dataset, parts.mail);
  }

  /** Attendance from before the first day: it stands in the records, and nobody acts on it. */
  async bringHistory(): Promise<void> {
    const { history } = this.#parts.dataset;
    for (const delivery of joined(history)) await this.#deliver(delivery);
  }

  /** One day; whether any school had school. */
  async live(date: IsoDate): Promise<boolean> {
    await this.#beginDay(date, this.#announcedOn(date));
    await this.#settled(date);
    if (await this.#transfer(date)) await this.#settled(date);

    const delivery = this.#feed.get(date);
    if (delivery) {
      const fresh = await this.#deliver(delivery);
      await this.#settled(date);
      if (await this.#correct(date)) await this.#settled(date);
      await this.#refresh();
      await this.#logInterventions(date, fresh);
      await this.#settled(date);
    } else if (await this.#correct(date)) await this.#settled(date);

    for (let turn = 0; ; turn += 1) {
      await this.#refresh();
      const todo = this.#decisionsOn(date);
      if (todo.length === 0) break;
      await inParallel(todo, AT_ONCE, (one) => this.#decide(date, turn, one.kept, one.decision));
      await this.#settled(date);
    }
    return [...this.#calendars.values()].some((cal) => isSchoolDay(cal, date));
  }

  #announcedOn(date: IsoDate): MorningChange[] {
    const { script, calendars } = this.#parts.dataset;
    const announced = script.calendar.filter((change) => change.on === date);
    if (announced.length === 0) return [];
    this.#calendars = indexed(
      changedCalendars(calendars, script, (on) => on >= this.#parts.dataset.from && on <= date),
    );
    return announced.flatMap(({ change, date: day, reason, school }) =>
      [...calendars.keys()]
        .filter((code) => school === undefined || school === code)
        .map((code) => ({ change, school: code, date: day, reason })),
    );
  }

  async #beginDay(date: IsoDate, calendar: readonly MorningChange[]): Promise<void> {
    await this.#api.send('POST', '/v1/office/day', { date, calendar });
  }

  /** Waits until nothing is in motion; meanwhile the office posts its prints and settles what is unknown. */
  async #settled(date: IsoDate): Promise<void> {
    let nudged = performance.now();
    for (let wait = LOOK_MS; ; wait = Math.min(wait * 1.5, LONGEST_LOOK_MS)) {
      const status = await this.#api.get<Settledness>('/v1/status');
      const moving = status.outboxPending + status.claimsOpen + status.casesBehind;
      if (moving === 0) {
        const { done, waiting } = await this.letters.tend(date, this.cases);
        if (done > 0) {
          wait = LOOK_MS;
          continue;
        }
        if (status.lettersDueWaiting <= waiting) return;
      }
      if (status.lettersDueWaiting > 0 && performance.now() - nudged > NUDGE_MS) {
        nudged = performance.now();
        await this.#beginDay(date, []);
      }
      await pause(wait, undefined, { signal: this.#parts.signal });
    }
  }

  /** Hands in a delivery, one import a format; gives the students with newly known unexcused days. */
  async #deliver(delivery: FeedDay<SourceRow>): Promise<Map<string, number>> {
    const { dataset } = this.#parts;
    const rows = byFormat(delivery.rows);
    for (const format of new Set([...rows.keys(), ...this.#lastFormatOf.values()])) {
      // A school is known for these days once the last of its files is in.
      const schools = [...this.#lastFormatOf].filter(([, last]) => last === format).map(([school]) => school);
      const mine = rows.get(format) ?? [];
      if (mine.length === 0 && schools.length === 0) continue;
      await this.#api.send<ImportAnswer>('POST', '/v1/attendance/imports', {
        source: `${districtCode(dataset.schools[0]?.district ?? '')}/${format}`,
        format,
        rows: mine.map(asApiRow),
        ...(schools.length > 0 ? { covers: delivery.covers, schools } : {}),
      });
    }
    const fresh = new Map<string, number>();
    for (const [student, changed] of this.#book.receive(classified(delivery).rows)) {
      const days = newUnexcusedDays(changed, this.#calendars.get(this.#schoolOf(student)));
      if (days > 0) fresh.set(student, days);
    }
    return fresh;
  }

  #schoolOf(student: string): string {
    return this.#moved.get(student) ?? (this.#book.schoolOf(student) || (this.#enrolled.get(student) ?? ''));
  }

  /** Students who go on at another school from this day; whether there were any. */
  async #transfer(date: IsoDate): Promise<boolean> {
    const todo = this.#parts.dataset.script.transfers.filter(
      ({ on, student, to }) => on === date && !['', to].includes(this.#schoolOf(student)),
    );
    for (const { student, to } of todo) {
      this.#moved.set(student, to);
      await this.#allowed(
        `transfer of ${student} on ${date}`,
        this.#api.send('POST', `/v1/students/${student}/transfer`, { to, on: date }),
      );
    }
    return todo.length > 0;
  }

  /** Late notes about earlier days, one after the other for each student; whether there were any. */
  async #correct(date: IsoDate): Promise<boolean> {
    const { script } = this.#parts.dataset;
    const todo = [...this.#book.students()].flatMap((student) => {
      const cal = this.#calendars.get(this.#schoolOf(student));
      const due = cal ? scriptedCorrections(script, student, this.#book.daysOf(student), date, cal) : [];
      return due.length > 0 ? [{ student, due }] : [];
    });
    await inParallel(todo, AT_ONCE, async ({ student, due }) => {
      for (const { date: day, what } of due) {
        this.#book.correct(student, day, what);
        const [path, body] =
          what === 'excuse'
            ? ['/v1/absences/excuse', { reason: 'a note came in late (invented by the script)' }]
            : ['/v1/absences/correct', { code: 'unexcused', fraction: 0.5, reason: 'half a day (invented)' }];
        await this.#allowed(
          `${what} of ${student} for ${day} on ${date}`,
          this.#api.send('POST', path, { student, date: day, ...(body as object) }),
        );
      }
    });
    return todo.length > 0;
  }

  async #logInterventions(date: IsoDate, fresh: ReadonlyMap<string, number>): Promise<void> {
    const { script } = this.#parts.dataset;
    const open = new Map(
      [...this.cases.values()].filter((one) => one.status === 'open').map((one) => [one.student, one]),
    );
    await inParallel([...fresh], AT_ONCE, async ([student, newDays]) => {
      const already = open.get(student)?.state?.interventions.length ?? 0;
      for (const [i, kind] of scriptedInterventions(script, newDays, already).entries()) {
        await this.#allowed(
          `intervention ${kind} of ${student} on ${date}`,
          this.#api.send<InterventionAnswer>('POST', '/v1/interventions', {
            id: `script/${student}/${date}/${i}`,
            student,
            kind,
            date,
            by: 'school staff (invented by the script)',
            outcome: script.interventions.outcome,
          }),
        );
      }
    });
  }

  #decisionsOn(date: IsoDate): { kept: ChangedCase; decision: ScriptedDecision }[] {
    const { script } = this.#parts.dataset;
    const todo: { kept: ChangedCase; decision: ScriptedDecision }[] = [];
    for (const kept of this.cases.values()) {
      const { state } = kept;
      if (kept.status !== 'open' || state === null) continue;
      const decision = scriptedDecision(script, state, date, this.#indexOf(state));
      if (decision && !this.refusals.some((one) => one.startsWith(refusalOf(kept, decision, date)))) {
        todo.push({ kept, decision });
      }
    }
    return todo;
  }

  async #decide(date: IsoDate, turn: number, kept: ChangedCase, decision: ScriptedDecision): Promise<void> {
    const id = `script/${kept.caseNumber}/${date}/${turn}`;
    const { type } = decision;
    const body =
      decision.type === 'approve-letter'
        ? await this.#asShown(kept.caseNumber, decision.letter)
        : bodyOf(decision);
    const path = `/v1/cases/${kept.caseNumber}/${PATHS[type]}`;
    const ask = (more: object = {}) => this.#api.send<DecisionAnswer>('POST', path, { id, ...body, ...more });
    const answer = await this.#allowed(
      refusalOf(kept, decision, date),
      decision.type === 'schedule-hearing' ? inAFreeHour(decision.time, id, ask) : ask(),
    );
    // The lists have not caught up: wait, or the next look would decide the same again.
    while (answer?.stale && (await this.#seqOf(kept.caseNumber)) < answer.seq) {
      await pause(LONGEST_LOOK_MS, undefined, { signal: this.#parts.signal });
    }
  }

  /** An approval is for what the queue shows. */
  async #asShown(caseNumber: string, { kind, sequence }: LetterName): Promise<object> {
    const { letters } = await this.#api.get<{ letters: ShownApproval[] }>(`/v1/approvals?case=${caseNumber}`);
    const shown = letters.find((one) => one.letter === kind && one.sequence === sequence);
    return { letter: kind, sequence, evidence: shown?.evidence ?? '' };
  }

  async #seqOf(caseNumber: string): Promise<number> {
    await this.#refresh();
    return this.cases.get(caseNumber)?.seq ?? 0;
  }

  /** The script asks only for what the rules allow; anything else is noted and shows in the report. */
  async #allowed<T>(what: string, work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      this.refusals.push(`${what}: ${error.message}`);
      return undefined;
    }
  }

  async #refresh(): Promise<void> {
    const known = Object.fromEntries([...this.cases.values()].map((one) => [one.caseNumber, one.seq]));
    const { cases } = await this.#api.send<{ cases: ChangedCase[] }>('POST', '/v1/cases/changed', { known });
    for (const one of cases) this.cases.set(one.caseNumber, one);
  }

  #indexOf(state: CaseState): CalendarIndex {
    const known = this.#indexes.get(state) ?? indexCalendar(state.calendar);
    this.#indexes.set(state, known);
    return known;
  }
}

const PATHS: Readonly<Record<ScriptedDecision['type'], string>> = {
  'make-referral': 'referrals',
  'schedule-hearing': 'hearings',
  'record-hearing': 'hearings/outcome',
  'issue-order': 'orders',
  'refer-to-court': 'court',
  'place-hold': 'holds',
  'release-hold': 'holds/release',
  'release-letter': 'letters/release',
  'approve-letter': 'letters/approve',
  'settle-question': 'letters/settle',
  'withdraw-step': 'withdraw',
  'cancel-hearing': 'hearings/cancel',
};

/** As the API takes it: a letter by its kind and number. */
function bodyOf({ type: _, ...decision }: ScriptedDecision): object {
  if (!('letter' in decision)) return decision;
  const { kind, sequence } = decision.letter;
  return { ...decision, letter: kind, sequence };
}

function refusalOf(kept: ChangedCase, decision: ScriptedDecision, date: IsoDate): string {
  return `${decision.type} in ${kept.caseNumber} on ${date}`;
}

/** One room holds one hearing at a time: the next free half hour of that day, beginning with the script's. */
async function inAFreeHour(
  first: string,
  id: string,
  ask: (more: { id: string; time: string }) => Promise<DecisionAnswer>,
): Promise<DecisionAnswer> {
  const hours = Array.from(
    { length: 20 },
    (_, i) => `${String(8 + Math.floor(i / 2)).padStart(2, '0')}:${i % 2 ? '30' : '00'}`,
  );
  const times = [first, ...hours.filter((time) => time > first), ...hours.filter((time) => time < first)];
  for (const [i, time] of times.entries()) {
    try {
      return await ask({ id: i === 0 ? id : `${id}/${i}`, time });
    } catch (error) {
      const taken = error instanceof ApiRefusal && error.code === 'DOCKET_TAKEN';
      if (!taken || i === times.length - 1) throw error;
    }
  }
  throw new Error('unreachable');
}

function indexed(calendars: Dataset['calendars']): Map<string, CalendarIndex> {
  return new Map([...calendars].map(([school, calendar]) => [school, indexCalendar(calendar)]));
}

/** The last format in which each school hands in rows; schools without any belong to the first. */
function lastFormats(dataset: Dataset): Map<string, AttendanceFormat> {
  const formats: AttendanceFormat[] = [];
  const used = new Map<string, Set<AttendanceFormat>>();
  for (const delivery of [...dataset.history, ...dataset.feed]) {
    for (const { school, format } of delivery.rows) {
      if (!formats.includes(format)) formats.push(format);
      used.set(school, (used.get(school) ?? new Set()).add(format));
    }
  }
  return new Map(
    dataset.schools.map(({ code }) => [
      code,
      formats.findLast((format) => used.get(code)?.has(format)) ?? formats[0] ?? 'csv',
    ]),
  );
}

/** Deliveries that follow each other without a gap as one: history need not arrive day by day. */
function joined(history: readonly FeedDay<SourceRow>[]): FeedDay<SourceRow>[] {
  const parts: FeedDay<SourceRow>[] = [];
  for (const delivery of history) {
    const last = parts.at(-1);
    const next = last && followsOn(last.covers.to, delivery.covers.from);
    if (last && next) {
      parts[parts.length - 1] = {
        date: delivery.date,
        rows: [...last.rows, ...delivery.rows],
        covers: { from: last.covers.from, to: delivery.covers.to },
      };
    } else parts.push(delivery);
  }
  return parts;
}

function followsOn(to: IsoDate, from: IsoDate): boolean {
  return from > to && Date.parse(from) - Date.parse(to) <= 86_400_000;
}

function asApiRow(row: SourceRow): FeedRow {
  const { student, school, date, code, fraction, minutes, dayMinutes, period, reason } = row;
  return { student, school, date, code, fraction, minutes, dayMinutes, period, reason };
}

type FeedRow = Pick<
  SourceRow,
  'student' | 'school' | 'date' | 'code' | 'fraction' | 'minutes' | 'dayMinutes' | 'period' | 'reason'
>;
