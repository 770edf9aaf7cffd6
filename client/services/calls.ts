/**
 * Service calls at work: asked of their workflows, read from the records. Officers act for themselves; the dispatcher may
 * enter any step for an officer, and the journal keeps both.
 */
import { randomUUID } from 'node:crypto';
import type { CommandBase } from '../../domain/case/commands.ts';
import { mayDo, reaches } from '../../domain/access.ts';
import type { CallCommand } from '../../domain/calls/commands.ts';
import type { CallAnswer } from '../../domain/calls/decide.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import { toDo, type ToDo } from '../../domain/calls/to-do.ts';
import type { CallState, GateCondition, Offer, Step, Visit } from '../../domain/calls/state.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import { instantOf, localOf } from '../../domain/office-clock.ts';
import { InputFault, refusal } from '../../domain/refusal.ts';
import type { Db } from '../../db/connect.ts';
import { calendarFor } from '../../db/stores/calendars.ts';
import { hazardsAt } from '../../db/stores/hazards.ts';
import { dutyOverSince } from '../../db/stores/officer-duty.ts';
import { officerById, officerOfUser } from '../../db/stores/officers.ts';
import {
  callByNumber,
  callJournalOf,
  listCalls,
  reserveFor,
  visitsOf,
  waitForCall,
  type CallRow,
} from '../../db/stores/service-calls.ts';
import { getStudent } from '../../db/stores/students.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { Forbidden, OutOfReach, Refused, Unknown } from '../failures.ts';
import { officeClock } from '../office-clock.ts';
import { relayCase } from '../relay.ts';
import { countVisit } from './both-procedures.ts';
import { findingsForSteps } from './call-findings.ts';
import { checkedWish } from './call-wishes.ts';
import { actorOf, allow, audited, officeOf, schoolFor, studentFor, todayOf, type Call } from './context.ts';
import type { WithId } from './decisions.ts';
import { clockOf, localTime } from './officers.ts';

type Bare<C> = C extends CallCommand ? Omit<C, keyof CommandBase | 'officer'> : never;
/** What is wished of a call; `officer` where the dispatcher enters it for one. */
export type CallWish = WithId & { readonly officer?: string | undefined } & Bare<
    Exclude<CallCommand, { type: 'identify-student' }>
  >;

export interface CallAnswered extends CallAnswer {
  /** The lists have not caught up with this answer yet. */
  readonly stale: boolean;
  /** What to know of the address before leaving; for whoever accepts or starts. */
  readonly hazards: readonly string[];
  /** The case in which the visit counts as an intervention, where the office's policy says so. */
  readonly intervention: string | null;
}

const OPERATION: Readonly<
  Record<CallCommand['type'], 'call.work' | 'call.dispatch' | 'call.counsel' | 'call.open'>
> = {
  'accept-offer': 'call.work',
  'decline-offer': 'call.work',
  'start-visit': 'call.work',
  arrive: 'call.work',
  leave: 'call.work',
  'record-step': 'call.work',
  'waive-step': 'call.work',
  'counselor-word': 'call.counsel',
  'reassign-call': 'call.dispatch',
  'go-alone': 'call.dispatch',
  'cancel-call': 'call.open',
  'close-call': 'call.work',
  'identify-student': 'call.work',
};

/** Whose doing it is: these commands name an officer. */
const OF_AN_OFFICER: ReadonlySet<string> = new Set([
  'accept-offer',
  'decline-offer',
  'start-visit',
  'arrive',
  'leave',
  'record-step',
]);

export async function callFor(call: Call, db: Db, number: string): Promise<CallRow> {
  const row = await callByNumber(db, number);
  if (!row || !reaches(call.caller.schools, row.school === null ? [] : [row.school])) {
    throw new Unknown(
      'UNKNOWN_CALL',
      `There is no call ${number.slice(0, 20)} here; look for it with \`call list\`.`,
    );
  }
  return row;
}

export async function workCall(
  call: Call,
  number: string,
  { id, officer, ...bare }: CallWish,
): Promise<CallAnswered> {
  // The counselor answers for themselves; officers and the dispatcher may enter their word.
  const counsels = bare.type === 'counselor-word' && call.caller.role !== 'counselor';
  allow(call, counsels ? 'call.work' : OPERATION[bare.type]);
  const { db } = call;
  const row = await callFor(call, db, number);
  const wish = await checkedWish(call, row, await timed(call, row, bare));
  const whose = OF_AN_OFFICER.has(bare.type) ? { officer: await officerMeant(call, number, officer) } : {};
  return askCall(call, number, { ...wish, ...whose, ...(await base(call, id)) } as CallCommand);
}

/** With the time it happened as an instant. `HH:MM` is of the office's own day; of the day before where only that can be. */
async function timed<W extends object>(call: Call, { openedAt }: CallRow, wish: W): Promise<W> {
  const { at } = wish as { at?: string };
  if (at === undefined || !/^\d\d:\d\d$/.test(at)) return wish;
  const today = await todayOf(call.db);
  const clock = officeClock(await officeOf(call.db), today);
  const meant = instantOf(clock, today, at);
  const before = instantOf(clock, addDays(today, -1), at);
  const happened = meant > Date.now() && before >= Date.parse(openedAt) ? before : meant;
  return { ...wish, at: new Date(happened).toISOString() };
}

/** Who the student is: police could not say, or said it wrong. */
export async function identifyStudent(
  call: Call,
  number: string,
  input: WithId & { readonly student: string; readonly school?: string | undefined },
): Promise<CallAnswered> {
  allow(call, 'call.work');
  const { db } = call;
  await callFor(call, db, number);
  const student = await studentFor(call, db, input.student);
  const school = input.school ?? student.schools[0];
  if (school === undefined) {
    throw new Refused(
      refusal(
        'NOT_ENROLLED',
        `Student ${student.sisId} is enrolled nowhere here; say which school with --school.`,
      ),
    );
  }
  await schoolFor(call, db, school);
  const calendar = (await calendarFor(db, school))?.value ?? { terms: [], closed: [], open: [] };
  return askCall(call, number, {
    type: 'identify-student',
    student: student.sisId,
    school,
    calendar,
    ...(await base(call, input.id)),
  });
}

/** Somebody else goes: the officer named, as soon as they are free, or whoever is next. */
export async function reassignCall(
  call: Call,
  number: string,
  input: WithId & { readonly reason: string; readonly to?: string | undefined },
): Promise<CallAnswered> {
  allow(call, 'call.dispatch');
  const { db } = call;
  await callFor(call, db, number);
  const { to, reason, id } = input;
  if (to !== undefined && !(await officerById(db, to))) {
    throw new Unknown(
      'UNKNOWN_OFFICER',
      `There is no officer ${to.slice(0, 20)}; \`officer list\` has them.`,
    );
  }
  if (to !== undefined) await refuseIfDutyOver(db, to);
  // Before the call lets go, or somebody else would be asked in between.
  await db.transaction((tx) => reserveFor(tx, number, to ?? null));
  return askCall(call, number, { type: 'reassign-call', reason, ...(await base(call, id)) });
}

/** Past their planned end they are asked for nothing new: it would go to somebody else, unsaid. */
async function refuseIfDutyOver(db: Db, officer: string): Promise<void> {
  const over = await dutyOverSince(db, officer, new Date().toISOString());
  if (over === null) return;
  const till = localTime(await clockOf(db), over) ?? '';
  throw new Refused(
    refusal(
      'DUTY_OVER',
      `The duty of ${officer} was over at ${till}: \`officer on-duty --officer ${officer} --until HH:MM\` first, or name another.`,
      { officer, until: over },
    ),
  );
}

async function base(call: Call, id: string | undefined): Promise<CommandBase> {
  return { id: id ?? randomUUID(), officeDate: await todayOf(call.db), actor: actorOf(call) };
}

/** An officer is always themselves; the dispatcher (and an administrator) names whose doing it was, else whoever has the call. */
async function officerMeant(call: Call, number: string, named: string | undefined): Promise<string> {
  const { db, caller } = call;
  if (caller.role === 'attendance-officer') {
    const own = await officerOfUser(db, caller.id);
    if (!own) throw new Forbidden('Your key is nobody’s on the roster of officers; the dispatcher adds you.');
    if (named !== undefined && named !== own.id) {
      throw new Forbidden(`You act as officer ${own.id}; the dispatcher enters what others did.`);
    }
    return own.id;
  }
  const officer = named ?? (await whoHas(db, number));
  if (officer === null) {
    throw new InputFault('OFFICER_MISSING', 'say whose doing it was: --officer O-0001', '--officer');
  }
  return officer;
}

async function whoHas(db: Db, number: string): Promise<string | null> {
  const state = stateOf(await callByNumber(db, number));
  const live = state?.offers.findLast((one) => one.status === 'open' || one.status === 'accepted');
  return live?.officer ?? state?.officer ?? null;
}

async function askCall(call: Call, number: string, command: CallCommand): Promise<CallAnswered> {
  const { db } = call;
  const told = await relayCase(db, call.caseClient, number);
  if (told.failed > 0) {
    throw new OutOfReach(
      `The call is out of reach, so nothing was recorded. Repeat it later with the same id (${command.id}).`,
    );
  }
  const answer = await call.caseClient.calls
    .execute(number, command, call.caseClient.expiry())
    .catch(async (error: unknown) => {
      if (error instanceof Refused) {
        await audited(db, call, `${command.type}.refused`, `call ${number}`, { code: error.refusal.code });
      }
      throw error;
    });
  const reached = await waitForCall(db, number, answer.seq);
  await audited(db, call, command.type, `call ${number}`, { commandId: command.id, seq: answer.seq });
  return {
    ...answer,
    stale: !reached,
    hazards: await hazardWords(call, number, command),
    intervention: await counted(call, number, command),
  };
}

async function counted(call: Call, number: string, command: CallCommand): Promise<string | null> {
  const entered = command.type === 'record-step' && command.step === 'home-visit';
  return entered || command.type === 'close-call' ? countVisit(call, number) : null;
}

/** To whoever is about to leave, and to nobody else. */
async function hazardWords(call: Call, number: string, { type }: CallCommand): Promise<string[]> {
  if (type !== 'accept-offer' && type !== 'start-visit') return [];
  const row = await callByNumber(call.db, number);
  return (await hazardsAt(call.db, row?.address ?? null)).map((one) => one.note);
}

function stateOf(row: CallRow | undefined): CallState | null {
  return (row?.projection ?? null) as CallState | null;
}

// ---------------------------------------------------------------- reading

export interface CallListed {
  readonly callNumber: string;
  readonly kind: CallKind;
  readonly priority: number | null;
  readonly stage: string;
  readonly school: string | null;
  readonly area: string | null;
  readonly officer: string | null;
  readonly openedAt: string;
  readonly goesFrom: IsoDate;
  readonly next: string;
  readonly nextDeadline: string | null;
  readonly flags: readonly string[];
  readonly outcome: string | null;
}

/** A step, and what the records show now where it is one that verifies them. */
export type StepShown = Step & {
  readonly records: readonly { readonly standing: string; readonly words: string }[];
};

/** `2025-10-15 09:40` of the office's own day, for people to read beside the instant. */
type LocalTime = string;

export type OfferShown = Offer & { readonly atLocal: LocalTime };

/** A visit, and why somebody should look at it. */
export type VisitShown = Visit & {
  readonly departedLocal: LocalTime;
  readonly arrivedLocal: LocalTime | null;
  readonly backLocal: LocalTime | null;
  readonly flagged: readonly string[];
};

export interface CallShown extends CallListed {
  readonly student: string | null;
  readonly address: CallRow['address'];
  /** Two officers go. */
  readonly pair: boolean;
  /** What to know of the address before leaving; for officers and the dispatcher alone. */
  readonly hazards: readonly string[];
  readonly conditions: readonly GateCondition[];
  readonly intake: JsonObject;
  readonly steps: readonly StepShown[];
  /** What waits for whom now, the school's first. */
  readonly toDo: readonly ToDo[];
  readonly offers: readonly OfferShown[];
  readonly visits: readonly VisitShown[];
  readonly closed: CallState['closed'];
  readonly journal: readonly {
    readonly seq: number;
    readonly on: IsoDate;
    /** When it was entered, and when it happened where that was earlier. */
    readonly at: string;
    readonly happenedAt: string | null;
    readonly type: string;
    readonly by: string;
    readonly data: JsonObject;
  }[];
}

function listed(row: Omit<CallRow, 'projection'>): CallListed {
  return {
    callNumber: row.number,
    kind: row.kind,
    priority: row.priority,
    stage: row.stage,
    school: row.school,
    area: row.area,
    officer: row.officer,
    openedAt: row.openedAt,
    goesFrom: row.goesFrom,
    next: row.headline,
    nextDeadline: row.nextDeadline,
    flags: row.flags,
    outcome: row.outcome,
  };
}

export async function callsFor(
  call: Call,
  filter: {
    readonly status?: 'open' | 'closed' | 'any' | undefined;
    readonly school?: string | undefined;
    readonly kind?: CallKind | undefined;
    readonly officer?: string | undefined;
    readonly limit?: number | undefined;
  },
): Promise<CallListed[]> {
  allow(call, 'call.read');
  const { school, kind, officer } = filter;
  if (school !== undefined) await schoolFor(call, call.db, school);
  const rows = await listCalls(call.db, {
    status: filter.status ?? 'open',
    schools: school === undefined ? call.caller.schools : [school],
    kind,
    officer,
    limit: filter.limit ?? 200,
  });
  return rows.map(listed);
}

export async function showCall(call: Call, number: string): Promise<CallShown> {
  allow(call, 'call.read');
  const { db } = call;
  const row = await callFor(call, db, number);
  const state = stateOf(row);
  const student = row.studentId === null ? undefined : await getStudent(db, row.studentId);
  const journal = await callJournalOf(db, number);
  const findings = await findingsForSteps(db, row, state);
  const flags = new Map(
    (await visitsOf(db, number)).map((one) => [one.nth, one.flagged?.split(' ') ?? []] as const),
  );
  await audited(db, call, 'call.read', `call ${number}`);
  const local = (at: string): LocalTime => {
    const { date, time } = localOf(state!.clock, Date.parse(at));
    return `${date} ${time}`;
  };
  return {
    ...listed(row),
    student: student?.sisId ?? null,
    address: row.address,
    pair: row.pair,
    hazards: mayDo(call.caller.role, 'hazard.write')
      ? (await hazardsAt(db, row.address)).map((one) => one.note)
      : [],
    conditions: state?.conditions ?? [],
    intake: row.intake,
    steps: (state?.steps ?? []).map((step) => ({
      ...step,
      records: (findings.get(step.code) ?? []).map(({ standing, words }) => ({ standing, words })),
    })),
    toDo: state ? toDo(state) : [],
    offers: (state?.offers ?? []).map((one) => ({ ...one, atLocal: local(one.at) })),
    visits: (state?.visits ?? []).map((one) => ({
      ...one,
      departedLocal: local(one.departedAt),
      arrivedLocal: one.arrivedAt && local(one.arrivedAt),
      backLocal: one.backAt && local(one.backAt),
      flagged: flags.get(one.nth) ?? [],
    })),
    closed: state?.closed ?? null,
    journal: journal.map((entry) => ({
      seq: entry.seq,
      on: entry.officeDate,
      at: entry.at,
      happenedAt: entry.happenedAt,
      type: entry.type,
      by: entry.role === 'call' ? 'the call' : `${entry.role} ${entry.actor}`,
      data: entry.data,
    })),
  };
}
