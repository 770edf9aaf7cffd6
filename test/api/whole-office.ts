/** The API with everything behind it: a real Temporal, a real worker, the relay, and mail that is caught. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE } from '../../client/case-client.ts';
import { silentLog } from '../../client/log.ts';
import { startRelay } from '../../client/relay.ts';
import { connect, type Database } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { startStack } from '../../stack/stack.ts';
import { createWorker, type WorkerParts } from '../../worker/worker.ts';
import { mailQueueOf } from '../../workflows/notice-delivery.messages.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { testBundle } from '../support/bundle.ts';
import { call, settle, testOffice, type Answer, type TestOffice } from './office.ts';

export interface WholeOffice {
  readonly office: TestOffice;
  readonly db: Database;
  /** Must succeed: its body. */
  done(url: string, body: unknown): Promise<Record<string, unknown>>;
  /** Until everything told has been done. */
  settled(): Promise<void>;
  /** A new office day, and all it brings. */
  day(date: string): Promise<void>;
  /** Another worker in the place of the one that runs, for a mail server that takes so many messages a second. */
  restartWorker(mail: NonNullable<WorkerParts['mail']>): Promise<void>;
  /** The rate Temporal was last told by whoever polls the queue of the mail activities. */
  mailRates(): Promise<readonly number[]>;
  /** What arrived at an address, oldest first, as its reader sees it. */
  mailTo(address: string): Promise<readonly Mail[]>;
  stop(): Promise<void>;
}

export interface Mail {
  readonly subject: string;
  /** On one line. */
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly { readonly filename: string | null; readonly contentType: string }[];
}

export async function startWholeOffice(options: { readonly policy?: string } = {}): Promise<WholeOffice> {
  const home = mkdtempSync(join(tmpdir(), 'truancy-whole-'));
  const stack = await startStack({
    home,
    own: true,
    inMemory: true,
    ui: false,
    searchAttributes: SEARCH_ATTRIBUTES,
    progress: () => undefined,
  });
  await migrate(stack.postgres.url);
  const db = connect(stack.postgres.url);
  const { address, namespace } = stack.temporal;
  const office = await testOffice(db, { temporal: { address, namespace }, ...options });
  await settle(office);
  const native = await NativeConnection.connect({ address });
  const startWorker = async (mail: NonNullable<WorkerParts['mail']> = {}) => {
    const worker = await createWorker({
      ...{ connection: native, namespace, db, mail, bundle: await testBundle() },
      ...{ smtpUrl: stack.mail.smtpUrl, mailCaught: true },
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  let stopWorker = await startWorker();
  const { caseClient } = office;
  const relay = await startRelay({ db, databaseUrl: stack.postgres.url, caseClient, log: silentLog });

  const done = async (url: string, body: unknown) => {
    const answer: Answer = await office.ask('POST', url, body);
    if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const settled = async () => {
    for (let n = 0; n < 300; n += 1) {
      const { body } = await office.ask('GET', '/v1/status');
      if (body['settled'] === true) return;
      // A delivery that had not begun when its day was told looks at the second word.
      if (n % 20 === 19) await done('/v1/office/day', { date: body['today'] });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not settled: ${JSON.stringify((await office.ask('GET', '/v1/status')).body)}`);
  };
  return {
    office,
    db,
    done,
    settled,
    async day(date) {
      await settled();
      await done('/v1/office/day', { date });
      await settled();
    },
    async mailTo(address) {
      const read = async (path: string): Promise<unknown> =>
        (await fetch(`${stack.mail.inboxUrl}/api/messages${path}`)).json();
      const found = (await read(`?recipient=${encodeURIComponent(address)}`)) as {
        id: string;
        received: string;
      }[];
      const letters = found.toSorted((a, b) => (a.received < b.received ? -1 : 1));
      return Promise.all(
        letters.map(async ({ id }) => {
          const mail = (await read(`/${id}`)) as Mail;
          return { ...mail, text: mail.text.replaceAll(/\s+/g, ' ') };
        }),
      );
    },
    async restartWorker(mail) {
      await stopWorker();
      stopWorker = await startWorker(mail);
    },
    async mailRates() {
      const { pollers } = await native.workflowService.describeTaskQueue({
        ...{ namespace, taskQueue: { name: mailQueueOf(TASK_QUEUE) } },
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      return (pollers ?? []).map(({ ratePerSecond }) => ratePerSecond ?? 0);
    },
    async stop() {
      await stopWorker();
      await relay.stop();
      await office.close();
      await native.close();
      await db.close();
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Students of PEKIN-HS whose mothers have e-mail. */
export async function addStudents(whole: WholeOffice, sisIds: readonly string[]): Promise<void> {
  await whole.done('/v1/students:import', {
    students: sisIds.map((sisId) => ({
      ...{ sisId, firstName: 'Ada', lastName: `Testchild ${sisId}`, birthDate: '2011-03-02' },
      school: 'PEKIN-HS',
    })),
  });
  await whole.done('/v1/guardians:import', {
    guardians: sisIds.map((student) => ({
      ...{ sourceId: `m-${student}`, firstName: 'Mara', lastName: `Testchild ${student}`, language: 'en' },
      email: `m${student}@example.org`,
      address: { lines: ['12 Court Street'], city: 'Pekin', state: 'IL', postalCode: '61554' },
      students: [
        {
          ...{ student, relation: 'Mother', legalRecipient: 'yes', livesWith: true, primary: true },
          noContact: false,
        },
      ],
    })),
  });
}

/** Attendance of PEKIN-HS: the same absences for each student, known up to a date. */
export async function absences(
  whole: WholeOffice,
  students: readonly string[],
  dates: readonly string[],
  knownTo: string,
): Promise<void> {
  await whole.done('/v1/attendance/imports', {
    source: 'PEKIN-303/sis',
    rows: students.flatMap((student) =>
      dates.map((date) => ({ student, school: '17', date, code: 'UNX', fraction: 1 })),
    ),
    covers: { from: '2025-08-18', to: knownTo },
    schools: ['PEKIN-HS'],
  });
}

/** The next referral of each, with three interventions; gives their cases. */
export async function referAll(
  whole: WholeOffice,
  students: readonly string[],
  interventions: readonly string[],
): Promise<string[]> {
  const cases: string[] = [];
  for (const student of students) {
    for (const date of interventions) await whole.done('/v1/interventions', call(date, student));
    const { caseNumber } = await whole.done(`/v1/students/${student}/referrals`, {
      progress: 'absent again',
    });
    cases.push(String(caseNumber));
  }
  return cases;
}

/** Each student's case with its third notice out and ten unexcused days: on Fri 7 Nov 2025 a hearing may be set. */
export async function toTheHearing(whole: WholeOffice, students: readonly string[]): Promise<string[]> {
  const september = ['2025-10-06', '2025-10-07', '2025-10-08', '2025-10-09', '2025-10-10'];
  await absences(whole, students, september, '2025-10-14');
  const cases = await referAll(whole, students, ['2025-10-01', '2025-10-02', '2025-10-03']);
  await whole.day('2025-10-16');
  await whole.day('2025-10-24');
  await absences(whole, students, [...september, '2025-10-17', '2025-10-20'], '2025-10-23');
  await referAll(whole, students, ['2025-10-20', '2025-10-21', '2025-10-22']);
  await whole.day('2025-10-27');
  await whole.day('2025-11-04');
  const october = [...september, '2025-10-17', '2025-10-20', '2025-10-28', '2025-10-29'];
  await absences(whole, students, october, '2025-11-03');
  await referAll(whole, students, ['2025-10-29', '2025-10-30', '2025-10-31']);
  await whole.day('2025-11-05');
  await whole.day('2025-11-07');
  await absences(whole, students, [...october, '2025-11-06'], '2025-11-06');
  await whole.settled();
  return cases;
}
