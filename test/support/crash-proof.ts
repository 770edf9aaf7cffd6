/**
 * Letters sent by workers that are killed (SIGKILL) at every point of sending, to a mail server that fails in every way:
 * afterwards each letter stands exactly once in the catcher, or openly as unknown. Points, faults and families come from
 * a seed; only the machine's timing does not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { sql } from 'drizzle-orm';
import type { LetterRef } from '../../activities/ports.ts';
import { dataConverter } from '../../client/data-converter.ts';
import { TASK_QUEUE } from '../../client/task-queue.ts';
import type { Database } from '../../db/connect.ts';
import { rowsOf } from '../../db/stores/common.ts';
import { noticesOf, type NoticeListed } from '../../db/stores/notices.ts';
import { outboxOf } from '../../db/stores/outbox.ts';
import { stepByKey, stepKeyOf } from '../../db/stores/steps.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import {
  startMailCatcher,
  type MailCatcher,
  type MailFault,
  type MailPhase,
} from '../../stack/mail-catcher.ts';
import { resolveTemporalCli } from '../../stack/resolve-binary.ts';
import {
  deliveryWorkflowId,
  NOTICE_DELIVERY,
  type DeliveryInput,
} from '../../workflows/notice-delivery.messages.ts';
import { caseOnRecord, LEAVES_ON, officeOfLetters } from './case-on-record.ts';
import { chance, type Chance } from '../../examples/generate/chance.ts';
import { KilledWorkers, workerEnv } from './killed-workers.ts';
import { guardian } from './office-records.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** Where a worker is killed. */
export const KILL_POINTS = [
  'planned, its letter being written',
  'claimed, connecting',
  'its recipient given',
  'in DATA',
  'all given, not taken',
  'taken, before the answer',
  'answered, before the commit',
  'at any moment',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

const PHASE_OF: Partial<Record<KillPoint, MailPhase>> = {
  'claimed, connecting': 'connect',
  'its recipient given': 'rcpt',
  'in DATA': 'data-start',
  'all given, not taken': 'data-end',
  'taken, before the answer': 'data-end',
  'answered, before the commit': 'answered',
};

export interface CrashOptions {
  readonly seed: number;
  readonly kills: number;
  /** Workers that stand ready beside the one that works. */
  readonly spares: number;
  readonly progress?: (line: string) => void;
}

export interface CrashReport {
  readonly kills: Readonly<Record<KillPoint, number>>;
  readonly serverFaults: Readonly<Record<string, number>>;
  readonly letters: number;
  /** Copies to mailboxes, by how they ended. */
  readonly emails: { sent: number; unknownArrived: number; unknownNot: number; refused: number };
  readonly prints: { forReaders: number; insteadOfRefused: number };
  /** Each with the key of its notice; both must be empty. */
  readonly doubled: readonly string[];
  readonly lost: readonly string[];
  /** What else is not as it must be. */
  readonly wrong: readonly string[];
}

interface Surroundings {
  readonly db: Database;
  readonly env: TestWorkflowEnvironment;
  readonly mail: MailCatcher;
  readonly workerEnv: NodeJS.ProcessEnv;
}

/** What the server does wrong, by letter and attempt, and when it is the moment to kill. */
class Mischief {
  readonly #seed: number;
  readonly #attempts = new Map<string, number>();
  readonly #arrivals = chance(7);
  armed: { readonly point: KillPoint; skip: number } | undefined;
  /** No more faults: what is left shall come to its end. */
  calm = false;
  readonly done: Record<string, number> = {};
  /** Called once for an armed point that is reached. */
  onPoint: () => void = () => undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  async at(phase: MailPhase, to: string): Promise<MailFault | undefined> {
    if (this.calm) return undefined;
    const { armed } = this;
    if (armed && PHASE_OF[armed.point] === phase) {
      if (armed.skip > 0) armed.skip -= 1;
      else {
        this.armed = undefined;
        this.onPoint();
        return { destroy: true, stored: armed.point === 'taken, before the answer' };
      }
    }
    const fault = this.#fault(phase, to);
    if (!fault) return undefined;
    const [name, what] = fault;
    this.done[name] = (this.done[name] ?? 0) + 1;
    if (name.startsWith('hangs')) await pause(2_500);
    return what;
  }

  /** One fault at most an attempt, by what the seed says of this letter's n-th attempt. */
  #fault(phase: MailPhase, to: string): [string, MailFault] | undefined {
    if (phase === 'connect') {
      const draw = this.#arrivals.next();
      if (draw < 0.04) return ['breaks before the greeting', { destroy: true }];
      return draw < 0.08 ? ['421 at the greeting', reply(421)] : undefined;
    }
    if (phase === 'rcpt') this.#attempts.set(to, (this.#attempts.get(to) ?? 0) + 1);
    const attempt = this.#attempts.get(to) ?? 1;
    const draw = chance(hash(`${this.#seed}/${to}/${attempt}`)).next();
    const [name, at, what] = FAULTS.find(([, , , upTo]) => draw < upTo) ?? [];
    return name !== undefined && at === phase && what ? [name, what] : undefined;
  }
}

const reply = (code: number): MailFault => ({ reply: { code, text: 'as the proof wants it' } });
const FAULTS: readonly (readonly [string, MailPhase, MailFault, number])[] = [
  ['450 at the recipient (greylisting)', 'rcpt', reply(450), 0.06],
  ['550 at the recipient', 'rcpt', reply(550), 0.09],
  ['breaks in DATA', 'data-start', { destroy: true }, 0.11],
  ['451 after DATA', 'data-end', reply(451), 0.15],
  ['421 after DATA', 'data-end', reply(421), 0.18],
  ['554 after DATA', 'data-end', reply(554), 0.2],
  ['breaks after the dot, not taken', 'data-end', { destroy: true }, 0.22],
  ['breaks after the dot, taken', 'data-end', { destroy: true, stored: true }, 0.24],
  ['hangs after the dot, not taken', 'data-end', { destroy: true }, 0.25],
  ['hangs after the dot, taken', 'data-end', { destroy: true, stored: true }, 0.26],
];

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 16_777_619) >>> 0;
  return value;
}

export async function crashProof(options: CrashOptions): Promise<CrashReport> {
  const say = options.progress ?? (() => undefined);
  const folder = mkdtempSync(path.join(tmpdir(), 'truancy-crashes-'));
  const mischief = new Mischief(options.seed);
  const postgres = await startPostgres();
  const around = await surroundings(postgres, folder, mischief);
  const workers = new KilledWorkers(around.workerEnv, options.spares);
  const letters: LetterRef[] = [];
  const kills = Object.fromEntries(KILL_POINTS.map((point) => [point, 0])) as Record<KillPoint, number>;
  try {
    const draw = chance(options.seed);
    await workers.next();
    const send = async () => {
      const letter = await family(around.db, draw, letters.length + 1);
      letters.push(letter);
      await begin(around.env, letter);
      return letter;
    };
    for (const point of plannedKills(draw, options.kills)) {
      await killAt(point, { draw, mischief, workers, send, db: around.db });
      kills[point] += 1;
      await workers.ready();
      const done = Object.values(kills).reduce((sum, n) => sum + n, 0);
      if (done % 10 === 0) say(`${done} kills, ${letters.length} letters`);
    }
    mischief.calm = true;
    await Promise.all(
      letters.map((one) =>
        around.env.client.workflow
          .getHandle(deliveryWorkflowId(one.caseNumber, one.kind, one.sequence))
          .result(),
      ),
    );
    return { kills, serverFaults: mischief.done, ...(await counted(around, letters)) };
  } finally {
    await workers.stop();
    await around.env.teardown();
    await around.mail.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function surroundings(
  postgres: TestPostgres,
  folder: string,
  mischief: Mischief,
): Promise<Surroundings> {
  const db = await postgres.freshDatabase();
  await officeOfLetters(db);
  const mail = await startMailCatcher({
    folder: mkdtempSync(path.join(folder, 'mail-')),
    usualPorts: false,
    progress: () => undefined,
    faults: (_session, phase, message) => mischief.at(phase, message?.to[0] ?? ''),
  });
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: (await resolveTemporalCli(() => undefined)).path },
      log: { format: 'pretty', level: 'never' },
    },
    client: { dataConverter },
  });
  return { db, env, mail, workerEnv: { ...(await workerEnv(db, env, mail)), MAIL_CONNECTIONS: '3' } };
}

/** Two homes with e-mail, sometimes a third without: each letter goes to two mailboxes, and perhaps to the printer. */
async function family(db: Database, draw: Chance, n: number): Promise<LetterRef> {
  const sisId = `K${n}`;
  const adult = (which: string, email: string | undefined) =>
    guardian(`${sisId}-${which}`, sisId, {
      email,
      address: { lines: [`${n} ${which} Street`], city: 'Testville', state: 'IL', postalCode: '61000' },
    });
  const guardians = [
    adult('First', `${sisId.toLowerCase()}-first@family.example`),
    adult('Second', `${sisId.toLowerCase()}-second@family.example`),
    ...(draw.next() < 0.3 ? [adult('Third', undefined)] : []),
  ];
  return caseOnRecord(db, { student: { sisId }, guardians });
}

async function begin(env: TestWorkflowEnvironment, letter: LetterRef): Promise<void> {
  const input: DeliveryInput = {
    ...letter,
    sendOn: LEAVES_ON,
    sendingTime: '10:00',
    clock: { kind: 'real', offsets: [] },
  };
  await env.client.workflow.start(NOTICE_DELIVERY, {
    workflowId: deliveryWorkflowId(letter.caseNumber, letter.kind, letter.sequence),
    taskQueue: TASK_QUEUE,
    args: [input],
  });
}

function plannedKills(draw: Chance, count: number): KillPoint[] {
  const points = Array.from({ length: count }, (_, i) => KILL_POINTS[i % KILL_POINTS.length]!);
  for (let i = points.length - 1; i > 0; i -= 1) {
    const j = Math.floor(draw.next() * (i + 1));
    [points[i], points[j]] = [points[j]!, points[i]!];
  }
  return points;
}

interface Killing {
  readonly draw: Chance;
  readonly mischief: Mischief;
  readonly workers: KilledWorkers;
  readonly send: () => Promise<LetterRef>;
  readonly db: Database;
}

/** Letters are given to send until the point is reached; then the worker dies. */
async function killAt(point: KillPoint, { draw, mischief, workers, send, db }: Killing): Promise<void> {
  if (point === 'at any moment') {
    await send();
    await pause(Math.floor(draw.next() * 3_000));
    workers.kill();
    return;
  }
  if (point === 'planned, its letter being written') {
    for (;;) {
      const letter = await send();
      if (await isBeingWritten(db, letter)) break;
    }
    workers.kill();
    return;
  }
  let reached = false;
  mischief.onPoint = () => {
    reached = workers.kill();
  };
  mischief.armed = { point, skip: Math.floor(draw.next() * 3) };
  while (!reached) {
    // A slow machine gets no more than it can plan; its letters wait for their retries meanwhile.
    if ((await unplanned(db)) < 2) await send();
    for (let waited = 0; waited < 4_000 && !reached; waited += 20) await pause(20);
  }
}

async function unplanned(db: Database): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(
    db,
    sql`select count(*)::int as n from step_letters where status = 'waiting'`,
  );
  return row?.n ?? 0;
}

/** Waits for the moment between plan and claim; false when it has passed unseen. */
async function isBeingWritten(db: Database, letter: LetterRef): Promise<boolean> {
  const key = stepKeyOf(letter.caseNumber, letter.kind, letter.sequence);
  for (let tries = 0; tries < 3_000; tries += 1) {
    const step = await stepByKey(db, key);
    if (step?.status === 'out') return false;
    if (step?.status === 'leaving') return (await noticesOf(db, letter.caseNumber)).length === 0;
    await pause(10);
  }
  throw new Error('the letter was never planned');
}

async function counted(
  { db, mail }: Surroundings,
  letters: readonly LetterRef[],
): Promise<Omit<CrashReport, 'kills' | 'serverFaults'>> {
  const emails = { sent: 0, unknownArrived: 0, unknownNot: 0, refused: 0 };
  const prints = { forReaders: 0, insteadOfRefused: 0 };
  const [doubled, lost, wrong]: [string[], string[], string[]] = [[], [], []];
  const known = new Set<string>();
  for (const letter of letters) {
    const notices = await noticesOf(db, letter.caseNumber);
    const readers = await rowsOf<{ id: number; email: string | null }>(
      db,
      sql`select g.id, g.email from guardians g join guardianships t on t.guardian_id = g.id
           where t.student_id = (select student_id from cases where number = ${letter.caseNumber})`,
    );
    for (const reader of readers) {
      const own = notices.filter((one) => one.key.endsWith(`/g${reader.id}`));
      const at = `${letter.caseNumber}/g${reader.id}`;
      const [notice] = own;
      if (own.length !== 1 || !notice) {
        (own.length > 1 ? doubled : lost).push(at);
        continue;
      }
      if (reader.email === null) {
        prints.forReaders += 1;
        if (notice.status !== 'queued') lost.push(at);
        continue;
      }
      const inMailbox = mail.store.list({ recipient: reader.email });
      for (const one of inMailbox) known.add(one.id);
      if (inMailbox.length > 1) doubled.push(at);
      if (inMailbox.some((one) => one.messageId !== notice.messageId)) wrong.push(`${at}: another message`);
      const print = notices.filter((one) => one.insteadOf === notice.key);
      count(notice, inMailbox.length, print.length, { emails, lost, wrong, at });
      if (notice.status === 'refused') prints.insteadOfRefused += print.length;
    }
    wrong.push(...(await faultsOfStep(db, letter, notices)));
  }
  const strangers = mail.store.list().filter((one) => !known.has(one.id));
  wrong.push(...strangers.map((one) => `message ${one.id} belongs to no letter`));
  return { letters: letters.length, emails, prints, doubled, lost, wrong };
}

function count(
  notice: NoticeListed,
  arrived: number,
  prints: number,
  into: { emails: CrashReport['emails']; lost: string[]; wrong: string[]; at: string },
): void {
  const { emails, lost, wrong, at } = into;
  switch (notice.status) {
    case 'sent':
      emails.sent += 1;
      if (arrived === 0) lost.push(at);
      break;
    case 'unknown':
      if (arrived === 0) emails.unknownNot += 1;
      else emails.unknownArrived += 1;
      if (prints > 0) wrong.push(`${at}: printed though nobody settled it`);
      break;
    case 'refused':
      emails.refused += 1;
      if (arrived > 0) wrong.push(`${at}: refused, and arrived`);
      if (prints !== 1) lost.push(`${at}: ${prints} prints in its place`);
      break;
    default:
      lost.push(`${at}: ${notice.status}`);
  }
}

/** The case is told once that its letter is out, and of each unknown outcome a person is asked. */
async function faultsOfStep(
  db: Database,
  letter: LetterRef,
  notices: readonly NoticeListed[],
): Promise<string[]> {
  const wrong: string[] = [];
  const step = await stepByKey(db, stepKeyOf(letter.caseNumber, letter.kind, letter.sequence));
  const told = (await outboxOf(db, letter.caseNumber)).filter((row) => row.name === 'letterOut').length;
  const sent = notices.some((one) => one.status === 'sent');
  if ((step?.status === 'out') !== sent || told !== (sent ? 1 : 0)) {
    wrong.push(`${letter.caseNumber}: step ${step?.status}, told ${told} times`);
  }
  const asked = (await listTasks(db, { caseNumber: letter.caseNumber })).filter(
    (task) => task.textCode === 'SETTLE_UNKNOWN_MAIL',
  ).length;
  const unknown = notices.filter((one) => one.status === 'unknown').length;
  if (asked !== unknown) wrong.push(`${letter.caseNumber}: ${unknown} unknown, asked ${asked} times`);
  return wrong;
}

/** For people: what was done to the sender, and what came of it. */
export function crashTable(report: CrashReport): string {
  const total = Object.values(report.kills).reduce((sum, n) => sum + n, 0);
  const line = (name: string, n: number) => `  ${name.padEnd(44)}${String(n).padStart(6)}`;
  const { emails, prints } = report;
  return [
    `Workers killed with -9${''.padEnd(24)}${String(total).padStart(4)}`,
    ...KILL_POINTS.map((point) => line(point, report.kills[point])),
    'What the mail server did besides',
    ...Object.entries(report.serverFaults)
      .sort()
      .map(([name, n]) => line(name, n)),
    `Letters of ${report.letters} cases`,
    line('e-mails sent, each once in the catcher', emails.sent),
    line('openly unknown: had arrived, once', emails.unknownArrived),
    line('openly unknown: had not arrived', emails.unknownNot),
    line('refused for good, none in the catcher', emails.refused),
    line('  … each with one print in its place', prints.insteadOfRefused),
    line('prints for readers without e-mail', prints.forReaders),
    line('DOUBLED', report.doubled.length),
    line('LOST', report.lost.length),
    line('otherwise wrong', report.wrong.length),
  ].join('\n');
}
