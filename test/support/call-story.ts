/** Service calls in their real surroundings: officers on the roster, calls begun as their door begins them, what is asked of them. */
import { policyReader, type Call } from '../../client/services/context.ts';
import { silentLog } from '../../client/log.ts';
import { relayCase } from '../../client/relay.ts';
import { workCall, type CallAnswered, type CallWish } from '../../client/services/calls.ts';
import { offDuty, onDuty } from '../../client/services/officers.ts';
import { startCall } from '../../client/services/start-call.ts';
import { addOfficer } from '../../db/stores/officers.ts';
import { keepPolicy } from '../../db/stores/policies.ts';
import { setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import { relay } from '../../db/stores/outbox.ts';
import {
  callByNumber,
  callJournalOf,
  openCalls,
  tellCall,
  type CallJournalRow,
  type CallRow,
} from '../../db/stores/service-calls.ts';
import type { Database } from '../../db/connect.ts';
import type { OfficerChannel } from '../../db/schema/index.ts';
import type { CallFact } from '../../domain/calls/facts.ts';
import type { CallKind } from '../../domain/calls/policy.ts';
import type { PostalAddress } from '../../domain/records.ts';
import type { CallState } from '../../domain/calls/state.ts';
import { callsOf } from '../../domain/office-policy.ts';
import { loadOfficePolicy } from '../../policies/load.ts';
import { policyRecord } from '../../policies/versions.ts';
import { addStudents, CLERK } from './office-records.ts';
import { SPRING, type Harness } from './case-harness.ts';

const loaded = await loadOfficePolicy('intervention-department');
const rules = callsOf(loaded.policy);
if (!rules) throw new Error('the department has no rules of calls');
export const CALL_RULES = rules;

/** A Wednesday in term. */
export const WEDNESDAY = '2025-02-12';

/** Makes a test's office the department's. */
export async function asDepartment(db: Database): Promise<void> {
  const record = policyRecord(loaded);
  await keepPolicy(db, record, CLERK);
  await updateOffice(db, { policyName: record.name, policyVersion: record.version });
}

export interface Station {
  readonly harness: Harness;
  readonly call: Call;
  /** A new day at the station, at 08:00 of the server's own time; minutes are the server's. */
  morning(date?: string): Promise<void>;
  officer(options?: {
    channel?: OfficerChannel;
    reach?: string;
    schools?: string[];
    phone?: string;
  }): Promise<string>;
  onDuty(officer: string): Promise<void>;
  offDuty(officer: string, reason?: string): Promise<void>;
  open(kind: CallKind, options?: OpenOptions): Promise<TestCall>;
  /** Everybody off duty, every call over: each story has its own. */
  empty(): Promise<void>;
  /** Carries what calls are told, as the relay of a running office does. */
  carry(): Promise<void>;
}

export interface OpenOptions {
  readonly school?: string | null;
  readonly student?: boolean;
  readonly area?: string;
  readonly address?: PostalAddress;
  readonly continueAsNewEvery?: number;
}

export interface TestCall {
  readonly number: string;
  readonly workflowId: string;
  readonly student: string | null;
  ask(wish: CallWish): Promise<CallAnswered>;
  tell(fact: CallFact): Promise<void>;
  row(): Promise<CallRow>;
  state(): Promise<CallState>;
  journal(): Promise<CallJournalRow[]>;
  /** Waits until the journal holds an entry of this type (so many times). */
  until(type: string, times?: number): Promise<CallJournalRow[]>;
  untilStage(stage: string): Promise<void>;
}

let students = 0;

export async function station(harness: Harness): Promise<Station> {
  const { db } = harness;
  await asDepartment(db);
  const call: Call = {
    db,
    // A test's time is skipped ahead of the real clock by which doors set their commands' expiry.
    caseClient: { ...harness.cases, expiry: () => '2099-01-01T00:00:00.000Z' },
    log: silentLog,
    policy: policyReader(),
    caller: { id: 'U-disp', role: 'dispatcher', schools: null },
  };
  const carry = async () => {
    await relay(db, { deliver: (row) => harness.cases.deliverOutboxRow(row) });
  };
  const mine: string[] = [];

  return {
    harness,
    call,
    carry,
    async morning(date = WEDNESDAY) {
      await setDrivenToday(db, date);
      const startMs = (await harness.env.currentTimeMs()) - 8 * 3_600_000;
      await updateOffice(db, {
        drivenClock: { kind: 'driven', startMs, startDate: date, msPerDay: 86_400_000 },
      });
    },
    async officer(options = {}) {
      const row = await db.transaction((tx) =>
        addOfficer(
          tx,
          {
            name: 'Test Officer',
            userId: null,
            channel: options.channel ?? 'radio',
            reach: options.reach ?? null,
            phone: options.phone ?? null,
            schools: options.schools ?? null,
          },
          CLERK,
        ),
      );
      mine.push(row.id);
      return row.id;
    },
    async onDuty(officer) {
      await onDuty(call, officer);
      await carry();
    },
    async offDuty(officer, reason) {
      await offDuty(call, officer, reason);
      await carry();
    },
    async empty() {
      for (const officer of mine.splice(0)) await offDuty(call, officer, 'end of the story');
      await carry();
      for (const { number } of await openCalls(db, null)) {
        await workCall(call, number, { type: 'cancel-call', by: 'dispatcher', reason: 'end of the story' });
      }
    },
    async open(kind, options = {}) {
      students += 1;
      const sisId = `D${students}`;
      const [id] = await addStudents(db, sisId);
      const student = options.student === false ? null : { id: id!, sisId };
      const school = options.school === undefined ? 'NORTH-HS' : options.school;
      const at = new Date(await harness.env.currentTimeMs()).toISOString();
      const row = await db.transaction((tx) =>
        startCall(tx, call, {
          ...{ kind, school, student, at },
          calendar: school === null ? null : SPRING,
          address: options.address ?? null,
          area: options.area ?? null,
          conditions: [{ code: 'parent-called', standing: 'stated', words: 'the school says so' }],
          intake: {},
          ...(options.continueAsNewEvery === undefined
            ? {}
            : { continueAsNewEvery: options.continueAsNewEvery }),
        }),
      );
      await relayCase(db, harness.cases, row.number);
      return testCall(harness, call, row.number, student?.sisId ?? null, carry);
    },
  };
}

function testCall(
  { db }: Harness,
  call: Call,
  number: string,
  student: string | null,
  carry: () => Promise<void>,
): TestCall {
  const row = async () => {
    const found = await callByNumber(db, number);
    if (!found) throw new Error(`no call ${number}`);
    return found;
  };
  const journal = () => callJournalOf(db, number);
  const eventually = async (what: string, holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 300; tries += 1) {
      // The relay of a running office does this by itself.
      await carry();
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const types = (await journal()).map((one) => one.type).join(', ');
    throw new Error(`no ${what} at ${number} (${(await row()).stage}): ${types}`);
  };
  return {
    number,
    student,
    workflowId: `call-${number}`,
    ask: (wish) => workCall(call, number, wish),
    async tell(fact) {
      await db.transaction((tx) => tellCall(tx, number, fact));
      await relayCase(db, call.caseClient, number);
    },
    row,
    async state() {
      return (await row()).projection as unknown as CallState;
    },
    journal,
    async until(type, times = 1) {
      const found = async () => (await journal()).filter((one) => one.type === type);
      await eventually(`${type} (${times})`, async () => (await found()).length >= times);
      return found();
    },
    untilStage: (stage) => eventually(`stage ${stage}`, async () => (await row()).stage === stage),
  };
}

/** Departure, arrival, what was done there, and back. */
export async function goThere(
  one: TestCall,
  officer: string,
  step: 'home-visit' | 'transport',
  note = 'Spoke with the student at the door.',
): Promise<void> {
  await one.ask({ type: 'start-visit', officer });
  await one.ask({ type: 'arrive', officer });
  await one.ask({ type: 'record-step', officer, step, note });
  await one.ask({ type: 'leave', officer });
}
