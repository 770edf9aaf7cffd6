/**
 * 20-Day Monitor contracts: begun from a call or by hand, asked of their workflow, read from the records. One at a time for a
 * student: the records refuse a second.
 */
import { randomUUID } from 'node:crypto';
import { indexCalendar } from '../../domain/calendar.ts';
import type { CommandBase } from '../../domain/case/commands.ts';
import type { CallPolicy } from '../../domain/calls/policy.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { shortDate } from '../../domain/dates.ts';
import type { MonitorCommand } from '../../domain/monitor/commands.ts';
import type { MonitorAnswer } from '../../domain/monitor/decide.ts';
import { spanOf, type MonitorRules, type MonitorState } from '../../domain/monitor/state.ts';
import { breachWords, type MonitorView } from '../../domain/monitor/view.ts';
import { refusal } from '../../domain/refusal.ts';
import { reaches } from '../../domain/access.ts';
import type { Db, Tx } from '../../db/connect.ts';
import { CALENDARS } from '../../db/stores/calendars.ts';
import { lockStudent } from '../../db/stores/cases.ts';
import { shareTurn } from '../../db/stores/common.ts';
import {
  attendanceSince,
  insertMonitor,
  listMonitors,
  monitorByNumber,
  monitorJournalOf,
  openMonitorOfStudent,
  waitForMonitor,
  type MonitorRow,
} from '../../db/stores/monitors.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { getStudent, type Student } from '../../db/stores/students.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { sql } from 'drizzle-orm';
import {
  MONITOR_CONTRACT,
  monitorWorkflowId,
  type MonitorInput,
} from '../../workflows/monitor-contract.messages.ts';
import { OutOfReach, Refused, Unknown } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import { relayCase } from '../relay.ts';
import { callFor } from './calls.ts';
import {
  actorOf,
  allow,
  audited,
  callPolicyOf,
  causeOf,
  officeOf,
  officePolicyOf,
  studentFor,
  todayOf,
  type Call,
} from './context.ts';
import type { WithId } from './decisions.ts';
import { doneOnce } from './once.ts';
import { calendarOfStudent } from './opening.ts';
import { deliverNow } from './tell-case.ts';

export interface MonitorShown {
  readonly number: string;
  readonly student: string;
  readonly school: string;
  readonly status: 'open' | 'ended';
  readonly call: string | null;
  readonly officer: string | null;
  readonly contractOn: IsoDate;
  readonly startsOn: IsoDate | null;
  readonly stopsOn: IsoDate | null;
  readonly standing: string;
  readonly headline: string;
  readonly breaches: number;
  readonly nextDeadline: IsoDate | null;
  readonly endedOn: IsoDate | null;
  readonly endedHow: string | null;
}

export interface MonitorWhole extends MonitorShown {
  readonly coveredDays: number;
  readonly ofDays: number;
  readonly knownUpTo: IsoDate | null;
  /** Each day that breaks it, and what was taken back, in words. */
  readonly breachDays: readonly {
    readonly date: IsoDate;
    readonly words: string;
    readonly standing: boolean;
  }[];
  readonly signatures: MonitorState['signatures'];
  /** Start and stop as they moved since the contract was made, oldest first. */
  readonly moved: readonly {
    readonly on: IsoDate;
    readonly which: 'start' | 'stop';
    readonly from: IsoDate | null;
    readonly to: IsoDate | null;
  }[];
  readonly journal: readonly { readonly on: IsoDate; readonly type: string; readonly by: string }[];
}

export interface MonitorWish extends WithId {
  readonly student: string;
  readonly officer: string;
  readonly call?: string | undefined;
}

export interface MonitorStarted extends MonitorShown {
  /** False for a repeat of the same command. */
  readonly started: boolean;
  readonly waits: boolean;
}

export function monitorRules({ monitor, codes, letters }: CallPolicy): MonitorRules {
  const mails = letters?.monitorContract ?? 'none';
  return {
    ...(mails === 'none' ? {} : { mailsContract: mails }),
    schoolDays: monitor.schoolDays,
    unexplainedAfterSchoolDays: monitor.unexplainedAukAfterSchoolDays,
    codes,
  };
}

/** Begins a monitor: the contract is of today, day 1 the next school day. Refused where a stop date cannot be named. */
export async function startMonitor(call: Call, wish: MonitorWish): Promise<MonitorStarted> {
  allow(call, 'monitor.start');
  const { db } = call;
  const { id, ...bare } = wish;
  const { response, repeated } = await doneOnce(
    call,
    { id, door: 'monitor.start', wish: bare },
    async (tx) => ({
      ...(await beginMonitorFor(tx, call, bare)),
    }),
  );
  const { number } = response;
  const started = response.started && !repeated;
  const waits = await deliverNow(call, db, number);
  return { ...(await shown(call, number)), started, waits };
}

/**
 * The same within a transaction of the caller's (a call's own step). Lock order: student → monitor → outbox head.
 */
export async function beginMonitorFor(
  tx: Tx,
  call: Call,
  wish: MonitorWish,
): Promise<{ readonly number: string; readonly started: boolean }> {
  const rules = await callPolicyOf(call, tx);
  const student = await studentFor(call, tx, wish.student);
  await refuseUnknownOfficer(tx, wish.officer);
  if (wish.call !== undefined) await refuseAnothersCall(tx, call, wish.call, student);
  await lockStudent(tx, student.id);
  const running = await openMonitorOfStudent(tx, student.id);
  if (running) {
    if (wish.call !== undefined && running.callNumber === wish.call)
      return { number: running.number, started: false };
    throw new Refused(
      refusal(
        'MONITOR_RUNS_ALREADY',
        `A monitor (${running.number}) runs for this student${running.stopsOn === null ? '' : ` to ${shortDate(running.stopsOn)}`}; there is one at a time.`,
        { monitor: running.number, stopsOn: running.stopsOn },
      ),
    );
  }
  return openMonitor(tx, call, student, rules, wish);
}

async function openMonitor(
  tx: Tx,
  call: Call,
  student: Student,
  rules: CallPolicy,
  wish: MonitorWish,
): Promise<{ readonly number: string; readonly started: boolean }> {
  const [school] = student.schools;
  if (school === undefined) {
    throw new Refused(
      refusal(
        'NO_SCHOOL',
        'The records do not say which school the student attends; import the roster first.',
      ),
    );
  }
  const office = await officeOf(tx);
  const today = await todayOf(tx);
  // A calendar changing now is either in this value, or finds the monitor and tells it.
  await shareTurn(tx, CALENDARS);
  const { calendar } = await calendarOfStudent(tx, student.id, school);
  const monitor = monitorRules(rules);
  const { from, to } = spanOf({ contractOn: today, rules: monitor }, indexCalendar(calendar));
  if (from === null || to === null) {
    throw new Refused(
      refusal(
        'STOP_DATE_UNKNOWN',
        `The contract names its stop date, and the calendar of ${school} does not reach ${monitor.schoolDays} school days from ${shortDate(today)}; import the coming year’s calendar first.`,
        { school },
      ),
    );
  }
  const policy = await officePolicyOf(call, tx);
  const number = await insertMonitor(
    tx,
    {
      ...{ studentId: student.id, school, officer: wish.officer, contractOn: today },
      ...{ policyName: policy.name, policyVersion: policy.version, startsOn: from, stopsOn: to },
      ...causeOf(call),
      callNumber: wish.call ?? null,
      at: new Date().toISOString(),
    },
    monitorWorkflowId,
  );
  if (number === null) throw new Error('the student is locked and no monitor runs, yet none could be begun');
  const input: MonitorInput = {
    ...{ number, school, officer: wish.officer, contractOn: today, calendar, rules: monitor },
    ...(await attendanceSince(tx, student.id, today)),
    call: wish.call ?? null,
    clock: officeClock(office, today),
    policyName: office.code,
  };
  await enqueue(tx, number, 'start', MONITOR_CONTRACT, { ...input });
  await audited(tx, call, 'monitor.started', `monitor ${number}`, { call: wish.call ?? null });
  return { number, started: true };
}

/** A monitor comes from a call about its own student. */
async function refuseAnothersCall(tx: Tx, call: Call, number: string, student: Student): Promise<void> {
  const row = await callFor(call, tx, number);
  if (row.studentId === student.id) return;
  throw new Refused(
    refusal(
      'NOT_THIS_STUDENTS_CALL',
      row.studentId === null
        ? `Nobody has said yet who the student of call ${number} is: call identify --call ${number} --student ${student.sisId}.`
        : `Call ${number} is about another student; begin the monitor without it, or name the call it comes from.`,
      { call: number },
    ),
  );
}

async function refuseUnknownOfficer(tx: Tx, officer: string): Promise<void> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    // Shared: within a transaction, nobody takes them off the roster before the monitor is there to be seen.
    sql`select id from officers where id = ${officer} and ended_at is null for share`,
  );
  if (rows.length > 0) return;
  throw new Unknown(
    'UNKNOWN_OFFICER',
    `There is no officer ${officer.slice(0, 20)} here; \`officer list\` shows them.`,
  );
}

type Bare<C> = C extends MonitorCommand ? Omit<C, keyof CommandBase> : never;

export interface MonitorAnswered extends MonitorAnswer {
  /** The lists have not caught up with this answer yet. */
  readonly stale: boolean;
}

export async function workMonitor(
  call: Call,
  number: string,
  { id, ...bare }: WithId & Bare<MonitorCommand>,
): Promise<MonitorAnswered> {
  allow(call, 'monitor.end');
  const { db } = call;
  await monitorFor(call, db, number);
  if (bare.type === 'change-officer') await refuseUnknownOfficer(db, bare.officer);
  const command = {
    ...bare,
    id: id ?? randomUUID(),
    officeDate: await todayOf(db),
    actor: actorOf(call),
  } as MonitorCommand;
  const told = await relayCase(db, call.caseClient, number);
  if (told.failed > 0) {
    throw new OutOfReach(
      `The monitor is out of reach, so nothing was recorded. Repeat it later with the same id (${command.id}).`,
    );
  }
  const answer = await call.caseClient.monitors.execute(number, command, call.caseClient.expiry());
  const reached = await waitForMonitor(db, number, answer.seq);
  await audited(db, call, command.type, `monitor ${number}`, { commandId: command.id, seq: answer.seq });
  return { ...answer, stale: !reached };
}

/** A monitor the caller reaches; another school's looks like one that does not exist. */
export async function monitorFor(
  call: Call,
  db: Db,
  number: string,
): Promise<{ row: MonitorRow; student: Student }> {
  const row = await monitorByNumber(db, number);
  const student = row && (await getStudent(db, row.studentId));
  if (!row || !student || !reaches(call.caller.schools, [row.school, ...student.schools])) {
    throw new Unknown(
      'UNKNOWN_MONITOR',
      `There is no monitor ${number.slice(0, 20)} here; \`monitor list\` shows them.`,
    );
  }
  return { row, student };
}

async function shown(call: Call, number: string): Promise<MonitorShown> {
  const { row, student } = await monitorFor(call, call.db, number);
  return show(row, student);
}

function show(row: MonitorRow, student: Pick<Student, 'sisId'>): MonitorShown {
  const { number, school, status, officer, contractOn, startsOn, stopsOn, standing, headline } = row;
  const { breaches, nextDeadline, endedOn, endedHow } = row;
  return {
    ...{ number, school, status, officer, contractOn, startsOn, stopsOn, standing, headline },
    ...{ breaches, nextDeadline, endedOn, endedHow },
    student: student.sisId,
    call: row.callNumber,
  };
}

export async function showMonitor(call: Call, number: string): Promise<MonitorWhole> {
  allow(call, 'monitor.read');
  const { row, student } = await monitorFor(call, call.db, number);
  const kept = row.projection as unknown as { state: MonitorState; view: MonitorView } | null;
  const journal = await monitorJournalOf(call.db, number);
  await audited(call.db, call, 'monitor.read', `monitor ${number}`);
  return {
    ...show(row, student),
    coveredDays: kept?.view.coveredDays ?? 0,
    ofDays: kept?.view.ofDays ?? 0,
    knownUpTo: kept?.view.knownUpTo ?? null,
    breachDays: (kept?.state.breaches ?? []).map((one) => ({
      date: one.date,
      words: breachWords(one),
      standing: one.takenBack === null,
    })),
    signatures: kept?.state.signatures ?? [],
    moved: journal.flatMap(({ officeDate, type, data }) =>
      type === 'date-moved'
        ? [{ on: officeDate, ...(data as Omit<MonitorWhole['moved'][number], 'on'>) }]
        : [],
    ),
    journal: journal.map(({ officeDate, type, actor }) => ({ on: officeDate, type, by: actor })),
  };
}

export async function monitorsFor(
  call: Call,
  filter: { readonly status: 'open' | 'ended' | 'any'; readonly officer?: string | undefined },
): Promise<MonitorShown[]> {
  allow(call, 'monitor.read');
  const rows = await listMonitors(call.db, { ...filter, schools: call.caller.schools, limit: 500 });
  return Promise.all(
    rows.map(async (row) => show(row, (await getStudent(call.db, row.studentId)) ?? { sisId: '' })),
  );
}
