/**
 * A case's real surroundings for a workflow test: Temporal's time-skipping server, a Postgres of its own, the mail
 * catcher, a worker with the project's own activities. Only time is not real.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import { createCaseClient, TASK_QUEUE, type CaseClient } from '../../client/case-client.ts';
import { dataConverter } from '../../client/data-converter.ts';
import { relayCase } from '../../client/relay.ts';
import type { BareFact } from '../../client/services/tell-case.ts';
import type { Database, Db } from '../../db/connect.ts';
import { journalOf, openCase, waitForProjection, type JournalRow } from '../../db/stores/cases.ts';
import { coverage as coverageTable } from '../../db/schema/index.ts';
import { addCoverage, coverageOf } from '../../db/stores/coverage.ts';
import { enqueue } from '../../db/stores/outbox.ts';
import { setDrivenToday, updateOffice } from '../../db/stores/office.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import type { Command } from '../../domain/case/commands.ts';
import type { CommandAnswer } from '../../domain/case/decide.ts';
import type { Fact } from '../../domain/case/facts.ts';
import type { OpeningInput, PaperHistory, UnexcusedDay } from '../../domain/case/state.ts';
import type { SchoolCalendar } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { OfficeProfile } from '../../domain/office-profile.ts';
import { loadPolicy } from '../../policies/load.ts';
import { resolveTemporalCli, resolveTestServer } from '../../stack/resolve-binary.ts';
import { startMailCatcher, type MailCatcher, type MailFaults } from '../../stack/mail-catcher.ts';
import { createWorker } from '../../worker/worker.ts';
import {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  NEXT_DEADLINE,
  OFFICE,
  PRIORITY,
  SCHOOL,
  SEARCH_ATTRIBUTES,
  STAGE,
  UNEXCUSED_DAYS,
} from '../../workflows/search-attributes.ts';
import {
  caseWorkflowId,
  SIGNAL_OF_FACT,
  TRUANCY_CASE,
  type CaseInput,
} from '../../workflows/truancy-case.messages.ts';
import { testBundle } from './bundle.ts';
import { approveShipped } from './approved-templates.ts';
import { CLERK, addStudents, setUpOffice, student } from './office-records.ts';
import { upsertStudents } from '../../db/stores/students.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { upsertGuardians } from '../../db/stores/guardians.ts';
import { saveCalendar } from '../../db/stores/calendars.ts';
import { mergeMarks, seedCodes } from '../../db/stores/attendance.ts';
import { guardian } from './office-records.ts';

/** School from Monday 6 January to Friday 30 May 2025, closed on King Day and Presidents' Day. */
export const SPRING: SchoolCalendar = {
  terms: [
    { from: '2024-08-19', to: '2024-12-20' },
    { from: '2025-01-06', to: '2025-05-30' },
  ],
  closed: ['2024-09-02', '2024-11-28', '2024-11-29', '2025-01-20', '2025-02-17'],
  open: [],
};

export const PROFILE: OfficeProfile = {
  name: 'Regional Office of Education #53',
  addressLines: ['1 Test Lane', 'Testville, IL 61000'],
  phone: '309-555-0100',
  email: 'truancy@roe53.example',
  website: null,
  signatories: {
    'assistant-regional-superintendent': { name: 'Avery Test' },
    'regional-superintendent': { name: 'Morgan Test' },
  },
  caseManagers: { default: { name: 'Casey Test', phone: '309-555-0101', email: 'casey@roe53.example' } },
  hearingAddressLines: ['1 Test Lane', 'Testville, IL 61000'],
  stateAttorneys: {
    Tazewell: {
      name: 'Taylor Test',
      title: 'State’s Attorney',
      address: { lines: ['2 Court Street'], city: 'Testville', state: 'IL', postalCode: '61000' },
      email: 'sao@tazewell.example',
    },
  },
  services: ['counseling at school'],
};

export const SCHOOL_ACTOR = { id: 'U-0001', role: 'school-staff' } as const;

export interface Harness {
  readonly db: Database;
  readonly env: TestWorkflowEnvironment;
  readonly mail: MailCatcher;
  readonly cases: CaseClient;
  /** Opens a case with its first day; the student has one guardian with e-mail. */
  open(options?: OpenOptions): Promise<TestCase>;
  /** What is done meanwhile waits in Temporal, as with a worker that has died. */
  withoutWorker<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly on?: IsoDate;
  readonly days?: readonly IsoDate[];
  readonly fractions?: readonly number[];
  readonly continueAsNewEvery?: number;
  readonly email?: string | null;
  /** Begun on paper. */
  readonly paper?: PaperHistory;
  /** The school's calendar as known when the case is opened; {@link SPRING} where none is given. */
  readonly calendar?: SchoolCalendar;
}

export interface TestCase {
  readonly number: string;
  readonly workflowId: string;
  /** Moves the office to a date (records and workflow time) and tells the case, as the office's morning does. */
  day(date: IsoDate): Promise<void>;
  /** Attendance known up to `date`, with these unexcused days. */
  attendance(date: IsoDate, days: readonly IsoDate[], fraction?: number): Promise<void>;
  /** On `date`, the school takes an unexcused day back. */
  excuse(date: IsoDate, day: IsoDate): Promise<void>;
  intervention(date: IsoDate, kind?: string): Promise<void>;
  /** Each calendar told has a version of its own. */
  calendar(date: IsoDate, calendar: SchoolCalendar, because: string, version?: number): Promise<void>;
  /** Any fact of this case, its office date and coverage added. */
  tell(date: IsoDate, fact: BareFact): Promise<void>;
  decide(command: Command): Promise<CommandAnswer>;
  refer(date: IsoDate, id?: string): Promise<CommandAnswer>;
  journal(): Promise<JournalRow[]>;
  /** Waits until the journal holds an entry of this type (so many times). */
  until(type: string, times?: number): Promise<JournalRow[]>;
}

let quiet = false;

/** `real`: the server as it runs in an office, whose time nobody skips. */
export async function startHarness(
  faults?: MailFaults,
  server: 'time-skipping' | 'real' = 'time-skipping',
): Promise<Harness> {
  if (!quiet) {
    Runtime.install({ logger: new DefaultLogger(process.env['TRUANCY_DEBUG'] ? 'WARN' : 'ERROR') });
    quiet = true;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'truancy-mail-'));
  const postgres: TestPostgres = await startPostgres();
  const db = await postgres.freshDatabase();
  const mail = await startMailCatcher({
    folder,
    usualPorts: false,
    progress: () => undefined,
    ...(faults ? { faults } : {}),
  });
  const env = server === 'real' ? await startReal() : await startTimeSkipping();
  await registerSearchAttributes(env);
  const code = await testBundle();
  const startWorker = async () => {
    const worker = await createWorker({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      db,
      smtpUrl: mail.smtpUrl,
      mailCaught: true,
      bundle: code,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  let stopWorker = await startWorker();
  await setUpOffice(db);
  await updateOffice(db, { profile: PROFILE, practice: false });
  await approveShipped(db);
  await saveCalendar(db, { kind: 'school', code: 'NORTH-HS' }, SPRING, {
    ...CLERK,
    source: 'test',
    reason: 'test',
  });
  await seedCodes(db, 'D1/test', { U: 'unexcused', E: 'excused' }, CLERK);
  const client = new Client({
    connection: env.connection,
    namespace: env.namespace ?? 'default',
    dataConverter,
  });
  const cases = waitingForDeliveries(createCaseClient({ client, db, office: async () => 'roe53' }));
  let students = 0;

  return {
    db,
    env,
    mail,
    cases,
    async open(options = {}) {
      students += 1;
      return openTestCase(db, env, cases, `S${students}`, options);
    },
    async withoutWorker(work) {
      await stopWorker();
      try {
        return await work();
      } finally {
        stopWorker = await startWorker();
      }
    },
    async stop() {
      await stopWorker();
      await env.teardown();
      await mail.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A decision is answered before its letter's delivery has begun; a test's morning may come that early. */
function waitingForDeliveries(cases: CaseClient): CaseClient {
  return {
    ...cases,
    async signalDelivery(workflowId) {
      for (let tries = 0; tries < 20; tries += 1) {
        if (await cases.signalDelivery(workflowId)) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return false;
    },
  };
}

/** The SDK gives the server five seconds to come up; a busy machine may need a second try. */
async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: await resolveTestServer() } as const;
  for (let tries = 1; ; tries += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

async function startReal(): Promise<TestWorkflowEnvironment> {
  const executable = {
    type: 'existing-path',
    path: (await resolveTemporalCli(() => undefined)).path,
  } as const;
  return TestWorkflowEnvironment.createLocal({ server: { executable } });
}

async function registerSearchAttributes(env: TestWorkflowEnvironment): Promise<void> {
  const types = { Keyword: 2, Int: 3, Double: 4, Datetime: 6, KeywordList: 7 } as const;
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, types[type]]),
    ),
  });
}

async function openTestCase(
  db: Database,
  env: TestWorkflowEnvironment,
  cases: CaseClient,
  sisId: string,
  options: OpenOptions,
): Promise<TestCase> {
  const { policy } = await loadPolicy('roe53');
  const on = options.on ?? '2025-01-13';
  const [studentId] = await addStudents(db, sisId);
  await upsertStudents(db, [student(sisId, { birthDate: '2010-05-05' })], CLERK, on);
  const email = options.email === undefined ? `${sisId.toLowerCase()}@family.example` : options.email;
  await db.transaction((tx) =>
    upsertGuardians(
      tx,
      [
        guardian(`G-${sisId}`, sisId, {
          ...(email === null ? { email: undefined } : { email }),
          address: { lines: ['3 Home Street'], city: 'Testville', state: 'IL', postalCode: '61000' },
        }),
      ],
      CLERK,
    ),
  );
  const fractions = options.fractions ?? [];
  const days = (options.days ?? ['2025-01-10']).map((date, i) => dayOf(date, fractions[i] ?? 1));
  await keepMarks(db, sisId, days);
  // Each story begins with its own knowledge of the school's attendance.
  await db.delete(coverageTable);
  await db.transaction((tx) => addCoverage(tx, 'NORTH-HS', '2024-08-19', on, { ...CLERK, source: 'test' }));
  await setDrivenToday(db, on);
  const opened = await db.transaction(async (tx) => {
    const { case: row } = await openCase(
      tx,
      {
        studentId: studentId!,
        school: 'NORTH-HS',
        policyName: 'roe53',
        policyVersion: policy.version,
        openedOn: on,
      },
      CLERK,
    );
    const opening: OpeningInput = {
      caseNumber: row.number,
      student: sisId,
      school: 'NORTH-HS',
      county: 'Tazewell',
      openedOn: on,
      previousCase: null,
      policy,
      calendar: options.calendar ?? SPRING,
      calendarVersion: 1,
      coverage: await coverageOf(tx, 'NORTH-HS'),
      days,
      ...(options.paper === undefined ? {} : { paper: options.paper }),
    };
    const input: CaseInput = {
      opening,
      // A driven clock over the server's own time: one day an hour of it.
      clock: { kind: 'driven', startMs: await env.currentTimeMs(), startDate: on, msPerDay: 3_600_000 },
      ...(options.continueAsNewEvery === undefined ? {} : { continueAsNewEvery: options.continueAsNewEvery }),
    };
    await enqueue(tx, row.number, 'start', TRUANCY_CASE, input as unknown as JsonObject);
    return row;
  });
  const { number } = opened;
  const tell = async (fact: Fact) => {
    await db.transaction((tx) =>
      enqueue(tx, number, 'signal', SIGNAL_OF_FACT[fact.type], fact as unknown as JsonObject),
    );
    await relayCase(db, cases, number);
  };
  const coverage = () => coverageOf(db, 'NORTH-HS');
  await relayCase(db, cases, number);
  let interventions = 0;

  const testCase: TestCase = {
    number,
    workflowId: caseWorkflowId(number),
    async day(date) {
      await setDrivenToday(db, date);
      await tell({ type: 'office-day', officeDate: date, coverage: await coverage() });
    },
    async attendance(date, dates, fraction = 1) {
      const fresh = dates.map((one) => dayOf(one, fraction));
      await keepMarks(db, sisId, fresh);
      await db.transaction((tx) =>
        addCoverage(tx, 'NORTH-HS', '2024-08-19', date, { ...CLERK, source: 'test' }),
      );
      await tell({ type: 'attendance', officeDate: date, coverage: await coverage(), days: fresh });
    },
    async excuse(date, day) {
      await setDrivenToday(db, date);
      await db.transaction((tx) =>
        mergeMarks(tx, [{ sisId, school: 'NORTH-HS', date: day, code: 'E', fraction: 1 }], {
          ...CLERK,
          source: 'D1/test',
        }),
      );
      await tell({
        type: 'attendance',
        officeDate: date,
        coverage: await coverage(),
        days: [{ ...dayOf(day, 0) }],
      });
    },
    async intervention(date, kind = 'phone-call') {
      interventions += 1;
      await tell({
        type: 'intervention',
        officeDate: date,
        coverage: await coverage(),
        actor: SCHOOL_ACTOR,
        id: `${number}-i${interventions}`,
        kind,
        date,
      });
    },
    async calendar(date, calendar, because, version = 2) {
      await tell({
        type: 'calendar',
        officeDate: date,
        coverage: await coverage(),
        version,
        calendar,
        because,
      });
    },
    async tell(date, fact) {
      await tell({ ...fact, officeDate: date, coverage: await coverage() });
    },
    async decide(command) {
      await relayCase(db, cases, number);
      // By the workflow's own time, which tests skip ahead of the real one.
      const expiresAt = new Date((await env.currentTimeMs()) + 60_000).toISOString();
      const answer = await cases.execute(number, command, expiresAt);
      // As every door does: what was decided stands in the records before anybody goes on.
      await waitForProjection(db, number, answer.seq);
      return answer;
    },
    async refer(date, id = `${number}-refer-${date}`) {
      return this.decide({
        type: 'make-referral',
        id,
        officeDate: date,
        actor: SCHOOL_ACTOR,
        progress: 'Absences go on after the interventions.',
      });
    },
    journal: () => journalOf(db, number),
    async until(type, times = 1) {
      for (let tries = 0; tries < 200; tries += 1) {
        // The relay of a running office does this by itself; here what the letters told waits to be carried.
        await relayCase(db, cases, number);
        const found = (await journalOf(db, number)).filter((row) => row.type === type);
        if (found.length >= times) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const journal = await journalOf(db, number);
      throw new Error(`no ${type} in the journal: ${journal.map((row) => row.type).join(', ')}`);
    },
  };
  return testCase;
}

function dayOf(date: IsoDate, fraction: number): UnexcusedDay {
  return { date, fraction, code: 'U', school: 'NORTH-HS' };
}

/** The same marks in the records, so that letters find what the case was told. */
async function keepMarks(db: Db, sisId: string, days: readonly UnexcusedDay[]): Promise<void> {
  await db.transaction((tx) =>
    mergeMarks(
      tx,
      days.map((day) => ({
        sisId,
        school: day.school,
        date: day.date,
        code: day.code,
        fraction: day.fraction,
      })),
      { ...CLERK, source: 'D1/test' },
    ),
  );
}

export {
  ACTION_BY,
  CASE_NUMBER,
  FLAGS,
  NEXT_DEADLINE,
  OFFICE,
  PRIORITY,
  SCHOOL,
  STAGE,
  TASK_QUEUE,
  UNEXCUSED_DAYS,
};
export type { Worker };
