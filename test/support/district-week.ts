/**
 * A week of an Intervention Department: schools and police call, officers accept, decline, do not answer, go, come off duty in
 * the middle, schools close, workers are killed with -9 and others take over. Temporal, Postgres, workflows and doors are the
 * office's own; the office is driven, so that its minutes are short. What people do comes from a seed; only the machine's
 * timing does not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { sql } from 'drizzle-orm';
import { createCaseClient } from '../../client/case-client.ts';
import { dataConverter } from '../../client/data-converter.ts';
import { Refused } from '../../client/failures.ts';
import { silentLog } from '../../client/log.ts';
import { openCall, type CallOpening } from '../../client/services/call-intake.ts';
import { workCall, type CallWish } from '../../client/services/calls.ts';
import { policyReader, type Call } from '../../client/services/context.ts';
import { offDuty, onDuty } from '../../client/services/officers.ts';
import { beginDay } from '../../client/services/office.ts';
import type { Database } from '../../db/connect.ts';
import { firstOf, rowsOf } from '../../db/stores/common.ts';
import { updateOffice } from '../../db/stores/office.ts';
import { addOfficer } from '../../db/stores/officers.ts';
import { pendingCount, relay } from '../../db/stores/outbox.ts';
import { tellCall } from '../../db/stores/service-calls.ts';
import { askAgainMs } from '../../domain/calls/deadlines.ts';
import type { CallKind, StepCode } from '../../domain/calls/policy.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import type { OfficeClock } from '../../domain/office-clock.ts';
import { chance, type Chance } from '../../examples/generate/chance.ts';
import { startMailCatcher } from '../../stack/mail-catcher.ts';
import { CALL_RULES } from './call-story.ts';
import { KilledWorkers, workerEnv } from './killed-workers.ts';
import { CLERK } from './office-records.ts';
import { startPostgres } from './postgres.ts';
import { keepChanges } from './week-checks.ts';
import type { WeekOptions } from './week-options.ts';
import { MONDAY, schoolCode, setUp, sisOf, startTemporal } from './week-place.ts';
import { killsOn, opening, planned, type Coming } from './week-plan.ts';
import { reported, type Lived, type WeekPlace, type WeekReport } from './week-report.ts';

const DAY_ENDS = 15 * 60 + 30;
/** Longer than a statement takes to be written on a busy machine: what has waited so long was there to be seen. */
const MARGIN_MS = 1_000;
/** How long something may take: a killed worker's tasks run out one after another, the longer the busier the machine. */
const PATIENCE_MS = 10 * 60_000;

interface Officer {
  readonly id: string;
  onDuty: boolean;
  /** Goes off duty in the middle of the next visit. */
  breaksOff: boolean;
}

/** `look`: at the records after the week, before they are gone. */
export async function districtWeek(
  options: WeekOptions,
  look?: (place: WeekPlace) => Promise<void>,
): Promise<WeekReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'truancy-week-'));
  const postgres = await startPostgres();
  const db = await postgres.freshDatabase({ max: 12 });
  await setUp(db, options);
  await keepChanges(db);
  const mail = await startMailCatcher({
    folder: mkdtempSync(path.join(folder, 'mail-')),
    usualPorts: false,
    progress: () => undefined,
  });
  const env = await startTemporal();
  const workers = new KilledWorkers(await workerEnv(db, env, mail), 0);
  try {
    await workers.next();
    const week = new Week(options, db, env, workers);
    await week.live();
    const place = week.place();
    const report = await reported(place, week.lived());
    await look?.(place);
    return report;
  } finally {
    await workers.stop();
    await env.teardown();
    await mail.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Week {
  readonly options: WeekOptions;
  readonly db: Database;
  readonly client: Client;
  readonly opened: string[] = [];
  readonly tooLate: Record<string, number> = {};
  refusedAtTheDoor = 0;
  brokenOff = 0;
  kills = 0;
  closures = 0;
  readonly #workers: KilledWorkers;
  readonly #dispatcher: Call;
  readonly #script: Call;
  readonly #draw: Chance;
  readonly #officers: Officer[] = [];
  /** What is done beside the officers' ways: papers, cancellations, officers who come back. */
  readonly #beside = new Set<Promise<void>>();
  #clock: OfficeClock = { kind: 'driven', startMs: 0, startDate: MONDAY, msPerDay: 1 };
  #dayOver = false;
  #over = false;
  #today: IsoDate = MONDAY;

  constructor(options: WeekOptions, db: Database, env: TestWorkflowEnvironment, workers: KilledWorkers) {
    this.options = options;
    this.db = db;
    this.#workers = workers;
    this.#draw = chance(options.seed);
    this.client = new Client({
      connection: env.connection,
      namespace: env.namespace ?? 'default',
      dataConverter,
    });
    const caseClient = createCaseClient({ client: this.client, db, office: async () => 'intervention' });
    const base = { db, caseClient, log: silentLog, policy: policyReader() };
    this.#dispatcher = { ...base, caller: { id: 'U-disp', role: 'dispatcher', schools: null } };
    this.#script = { ...base, caller: { id: 'U-script', role: 'script', schools: null } };
  }

  place(): WeekPlace {
    return {
      ...{ db: this.db, client: this.client, opened: this.opened, lastDay: this.#today },
      askAgainMs: askAgainMs(this.#clock, CALL_RULES),
      marginMs: MARGIN_MS,
    };
  }

  lived(): Lived {
    const { refusedAtTheDoor, closures, kills, brokenOff, tooLate } = this;
    return { refusedAtTheDoor, closures, kills, brokenOff, tooLate, minuteMs: this.options.minuteMs };
  }

  async live(): Promise<void> {
    const { options } = this;
    await this.#roster();
    const coming = planned(options, this.#draw);
    const carrying = this.#carry();
    const working = Promise.all(this.#officers.map((one) => this.#work(one)));
    working.catch(() => undefined);
    try {
      // An officer who cannot go on ends the week with their own words.
      await Promise.race([this.#days(coming), working]);
    } finally {
      this.#over = true;
    }
    await working;
    await this.#settled();
    await carrying;
  }

  async #days(coming: readonly Coming[]): Promise<void> {
    const { options } = this;
    for (let day = 0; day < options.days; day += 1) {
      await this.#day(
        day,
        coming.filter((one) => one.day === day),
      );
      options.progress?.(`${this.#today}: ${this.opened.length} calls so far, ${this.kills} workers killed`);
    }
  }

  #minutes(n: number): Promise<void> {
    return pause(n * this.options.minuteMs);
  }

  async #roster(): Promise<void> {
    const { officers, schools } = this.options;
    const parts = Math.max(1, Math.floor(officers / 2));
    for (let n = 0; n < officers; n += 1) {
      const covered = Array.from({ length: schools }, (_, s) => s).filter((s) => s % parts === n % parts);
      const { id } = await this.db.transaction((tx) =>
        addOfficer(
          tx,
          {
            ...{ name: `Officer ${n}`, userId: null, channel: 'radio', reach: null },
            schools: parts === 1 ? null : covered.map(schoolCode),
          },
          CLERK,
        ),
      );
      this.#officers.push({ id, onDuty: false, breaksOff: false });
    }
  }

  async #day(day: number, coming: readonly Coming[]): Promise<void> {
    const { minuteMs, dayMinutes, officers, schools, days, kills } = this.options;
    this.#today = addDays(MONDAY, day);
    const began = Date.now();
    this.#clock = {
      kind: 'driven',
      startMs: began - (DAY_ENDS - dayMinutes) * minuteMs,
      startDate: this.#today,
      msPerDay: 1_440 * minuteMs,
    };
    await updateOffice(this.db, { drivenClock: this.#clock });
    // A tenth of the schools is closed in the middle of the week, announced that morning.
    const closed = day === Math.floor(days / 2) ? Math.ceil(schools / 10) : 0;
    const closedSchools = new Set(Array.from({ length: closed }, (_, n) => schoolCode(n * 3)));
    this.closures += closed;
    await beginDay(
      this.#script,
      this.#today,
      [...closedSchools].map((school) => ({
        ...{ change: 'close' as const, school, date: this.#today, reason: 'a burst pipe' },
      })),
    );
    this.#dayOver = false;
    for (const one of this.#officers) await this.#comes(one);
    this.#officers[day % officers]!.breaksOff = true;
    const killAt = killsOn(day, days, kills).map((_, i, all) => ((i + 1) * dayMinutes) / (all.length + 2));
    const killing = killAt.map(async (minute) => {
      await this.#minutes(minute);
      if (this.#workers.kill()) this.kills += 1;
      await this.#workers.ready();
    });
    for (const school of closedSchools) await this.#refusedOpening(school);
    await Promise.all([
      ...killing,
      ...coming.map(async (one) => {
        await this.#minutes(one.minute);
        await this.#callComes(one, closedSchools);
      }),
    ]);
    const left = began + dayMinutes * minuteMs - Date.now();
    if (left > 0) await pause(left);
    // Police do not wait for tomorrow, whatever the hour; a true refusal nobody has taken ends by itself now.
    await this.#until(
      sql`select number, kind, stage, seeking, opened_at from service_calls where status = 'open' and
            (kind = 'police-transport' and stage in ('waiting', 'offered', 'accepted', 'out')
             or kind = 'true-refusal' and stage in ('waiting', 'offered'))`,
    );
    this.#dayOver = true;
    while (this.#officers.some((one) => one.onDuty)) await this.#minutes(1);
    await Promise.all(this.#beside);
  }

  /** Until such rows are gone. */
  async #until(rows: ReturnType<typeof sql>): Promise<void> {
    for (const since = Date.now(); Date.now() - since < PATIENCE_MS; await pause(100)) {
      if ((await rowsOf(this.db, rows)).length === 0) return;
    }
    throw new Error(`the day does not end: ${JSON.stringify(await rowsOf(this.db, rows))}`);
  }

  async #settled(): Promise<void> {
    await this.#until(sql`select 1 from outbox where delivered_at is null limit 1`).catch(() => undefined);
    if ((await pendingCount(this.db)) > 0) throw new Error('calls are still to be told something');
    await this.#until(
      sql`select number from service_calls c where seq <> (
            select coalesce(max(seq), 0) from call_journal j where j.call_number = c.number)
           or exists (select 1 from call_offers x where x.call_number = c.number and x.status in ('open', 'accepted'))`,
    );
    // What was told last may still be on its way into the records.
    await pause(1_500);
  }

  async #carry(): Promise<void> {
    const { caseClient } = this.#script;
    while (!this.#over || (await pendingCount(this.db)) > 0) {
      await relay(this.db, { deliver: (row) => caseClient.deliverOutboxRow(row) }).catch(() => undefined);
      await pause(60);
    }
  }

  #alongside(work: () => Promise<void>): void {
    const one: Promise<void> = work().finally(() => this.#beside.delete(one));
    this.#beside.add(one);
  }

  // ---------------------------------------------------------------- calls come in

  async #callComes({ n, kind, cancelled }: Coming, closed: ReadonlySet<string>): Promise<void> {
    const { schools, calls } = this.options;
    // The next student of a school that is open.
    let student = n;
    while (kind === 'true-refusal' && closed.has(schoolCode(student % schools)))
      student += calls % schools || 1;
    const school = schoolCode(student % schools);
    const unknown = kind === 'police-transport' && this.#roll(`${n}/unknown`) < 0.3;
    const number = await this.#open(school, `call-${n}`, opening(kind, unknown ? null : sisOf(student)));
    if (number === null) throw new Error(`call ${n} (${kind}) was refused at the door`);
    this.opened.push(number);
    if (cancelled === null) return;
    this.#alongside(async () => {
      await this.#minutes(cancelled);
      const by = kind === 'police-transport' ? 'police' : 'school';
      await this.#ask(number, 'cancel', { type: 'cancel-call', by, reason: 'not needed any more' });
    });
  }

  /** A school that is closed calls for a true refusal all the same. */
  async #refusedOpening(school: string): Promise<void> {
    const { calls, schools } = this.options;
    const student = Array.from({ length: schools }, (_, n) => calls + n).find(
      (n) => schoolCode(n % schools) === school,
    );
    const number = await this.#open(school, `closed-${school}`, opening('true-refusal', sisOf(student ?? 0)));
    if (number !== null) throw new Error(`${number} was opened for ${school}, which is closed`);
    this.refusedAtTheDoor += 1;
  }

  async #open(school: string, id: string, wish: CallOpening): Promise<string | null> {
    const police = wish.caller === 'police';
    const call: Call = police
      ? this.#dispatcher
      : { ...this.#dispatcher, caller: { id: 'U-school', role: 'school', schools: [school] } };
    try {
      return (await openCall(call, { ...wish, id })).callNumber;
    } catch (error) {
      if (error instanceof Refused && error.refusal.code === 'GATE_CLOSED') return null;
      throw error;
    }
  }

  // ---------------------------------------------------------------- officers

  async #comes(officer: Officer): Promise<void> {
    if (this.#dayOver) return;
    await onDuty(this.#dispatcher, officer.id);
    officer.onDuty = true;
  }

  async #goesOff(officer: Officer, reason: string): Promise<void> {
    await offDuty(this.#dispatcher, officer.id, reason);
    officer.onDuty = false;
  }

  async #work(officer: Officer): Promise<void> {
    while (!this.#over) {
      await this.#minutes(0.5);
      if (!officer.onDuty) continue;
      if (this.#dayOver) {
        await this.#goesOff(officer, 'end of the day');
        continue;
      }
      const live = await firstOf<{ call: string; nth: number; status: string; kind: CallKind }>(
        this.db,
        sql`select x.call_number as call, x.nth, x.status, c.kind
              from call_offers x join service_calls c on c.number = x.call_number
             where x.officer = ${officer.id} and x.status in ('open', 'accepted')`,
      );
      if (live?.status === 'open') await this.#answer(officer, live);
      else if (live) await this.#go(officer, live);
    }
  }

  async #answer(officer: Officer, { call, nth }: { call: string; nth: number }): Promise<void> {
    const what = this.#roll(`${call}/${nth}/answer`);
    await this.#minutes(0.5 + what);
    if (what < 0.08) {
      await this.#ask(call, `decline/${nth}`, {
        ...{ type: 'decline-offer', officer: officer.id, reason: 'at the other end of the district' },
      });
    } else if (what < 0.13) {
      // Does not hear it: the offer runs out.
      await this.#until(
        sql`select 1 from call_offers where call_number = ${call} and nth = ${nth} and status = 'open'`,
      );
    } else await this.#ask(call, `accept/${nth}`, { type: 'accept-offer', officer: officer.id });
  }

  /** Out, there, and back; each may be too late because the call was taken back or given to somebody else. */
  async #go(
    officer: Officer,
    { call, nth, kind }: { call: string; nth: number; kind: CallKind },
  ): Promise<void> {
    const { id } = officer;
    const roll = this.#roll(`${call}/${nth}/way`);
    if (kind === 'mia-visit') {
      for (const step of ['verify-auk', 'verify-attempts'] as const) {
        await this.#ask(call, step, { type: 'record-step', officer: id, step, result: 'confirmed' });
      }
    }
    if (!(await this.#ask(call, `start/${nth}`, { type: 'start-visit', officer: id }))) return;
    await this.#minutes(4 + 8 * roll);
    if (officer.breaksOff) {
      officer.breaksOff = false;
      this.brokenOff += 1;
      await this.#goesOff(officer, 'the car broke down');
      this.#alongside(async () => {
        await this.#minutes(30);
        await this.#comes(officer);
      });
      return;
    }
    if (this.#roll(`${call}/${nth}/turns`) < 0.04) {
      await this.#ask(call, `turn/${nth}`, {
        ...{ type: 'decline-offer', officer: id, reason: 'the road is closed' },
      });
      return;
    }
    if (!(await this.#ask(call, `arrive/${nth}`, { type: 'arrive', officer: id }))) return;
    await this.#minutes(3 + 10 * roll);
    const step: StepCode = kind === 'police-transport' ? 'transport' : 'home-visit';
    await this.#ask(call, step, {
      type: 'record-step',
      officer: id,
      step,
      note: 'Spoke with whoever was there.',
    });
    if (!(await this.#ask(call, `leave/${nth}`, { type: 'leave', officer: id }))) return;
    this.#alongside(() => this.#papers(officer, call, kind));
  }

  /** The rest of the checklist, while the officer is on the way to the next one. */
  async #papers({ id }: Officer, call: string, kind: CallKind): Promise<void> {
    const roll = this.#roll(`${call}/papers`);
    const met = roll > 0.25;
    const confirmed = met ? 'address-confirmed' : 'address-not-confirmed';
    if (kind === 'address-verification') {
      await this.#ask(call, 'findings', {
        ...{ type: 'record-step', officer: id, step: 'report-findings', result: confirmed },
      });
    }
    if (kind === 'police-transport' || kind === 'true-refusal') await this.#mark(id, call, roll);
    await this.#ask(call, 'note', { type: 'record-step', officer: id, step: 'log-note', note: 'Was there.' });
    if (kind !== 'address-verification') {
      await this.#ask(call, 'monitor', {
        ...{ type: 'record-step', officer: id, step: 'consider-monitor', result: 'not-needed' },
      });
      await this.#counselor(id, call, met, roll);
    }
    const outcome =
      kind === 'address-verification'
        ? confirmed
        : met
          ? 'transported'
          : kind === 'police-transport'
            ? 'refused'
            : 'nobody-home';
    await this.#ask(call, 'close', { type: 'close-call', outcome });
  }

  /** The school is asked for its mark: most give it, some never do. */
  async #mark(officer: string, call: string, roll: number): Promise<void> {
    const asked = await this.#ask(call, 'ask-ct', { type: 'record-step', officer, step: 'ask-ct' });
    if (!asked) {
      await this.#ask(call, 'waive-ct', { ...waive('ask-ct', 'nobody knows which student it was') });
      return;
    }
    if (roll > 0.9) return;
    await this.#minutes(5);
    const truantDays = [this.#today];
    await this.db.transaction((tx) =>
      tellCall(tx, call, { type: 'attendance', officeDate: this.#today, truantDays }),
    );
    await this.#until(
      sql`select 1 from service_calls where number = ${call} and status = 'open' and 'asked-ask-ct' = any(flags)`,
    );
  }

  async #counselor(officer: string, call: string, met: boolean, roll: number): Promise<void> {
    const asked =
      met &&
      (await this.#ask(call, 'counselor', { type: 'record-step', officer, step: 'connect-counselor' }));
    if (!asked) {
      await this.#ask(call, 'waive-counselor', { ...waive('connect-counselor', 'no student to connect') });
    } else if (roll < 0.85) {
      await this.#minutes(5);
      await this.#ask(call, 'word', { type: 'counselor-word', note: 'Met during lunch.' });
    }
  }

  /**
   * Asks until there is an answer: with a worker dead it takes a while, and the same id does nothing twice. False when the
   * call refuses it because something else came first.
   */
  async #ask(call: string, what: string, wish: CallWish): Promise<boolean> {
    const id = `${call}/${what}`;
    for (const since = Date.now(); Date.now() - since < PATIENCE_MS; await pause(250)) {
      try {
        await workCall(this.#dispatcher, call, { ...wish, id });
        return true;
      } catch (error) {
        if (error instanceof Refused) {
          const { code } = error.refusal;
          if (code !== 'COMMAND_EXPIRED') {
            this.tooLate[code] = (this.tooLate[code] ?? 0) + 1;
            return false;
          }
        }
      }
    }
    throw new Error(`${id} was never answered`);
  }

  /** The same draw for the same matter, whenever it comes up. */
  #roll(matter: string): number {
    let value = this.options.seed >>> 0;
    for (const char of matter) value = Math.imul(value ^ char.charCodeAt(0), 16_777_619) >>> 0;
    return chance(value).next();
  }
}

const waive = (step: StepCode, reason: string) => ({ type: 'waive-step', step, reason }) as const;
