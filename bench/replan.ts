/**
 * How long a closed school takes to reach its cases: one school of 2,000 students, of which first some and then all have an
 * open case. From `calendar close` to the answer, to the last message delivered, and to the last case's journal that holds
 * the change. Its own stack, its own mail catcher; invented students. `npm run proof:replan [-- --students 2000 --cases 200]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { table } from '../client/cli/frame.ts';
import { DEFAULT_OFFICE, prepareInstallation } from '../client/setup.ts';
import { connect, type Database } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { pendingCount } from '../db/stores/outbox.ts';
import { firstOf } from '../db/stores/common.ts';
import { startServices } from '../stack/services.ts';
import { startStack } from '../stack/stack.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';

const { values } = parseArgs({
  options: {
    students: { type: 'string', default: '2000' },
    cases: { type: 'string', default: '200' },
  },
});
const STUDENTS = Number(values.students);
const SOME = Number(values.cases);
const TODAY = '2026-01-05';
const ABSENT = ['2025-12-01', '2025-12-02', '2025-12-03'];

const say = (line: string) => void process.stderr.write(`${line}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'truancy-replan-'));
  say('starting a stack of its own');
  const stack = await startStack({
    ...{ home, own: true, inMemory: true, ui: false, progress: () => undefined },
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  try {
    await migrate(stack.postgres.url);
    const db = connect(stack.postgres.url, { max: 4 });
    const { key } = await prepareInstallation(db, {
      ...{ policy: 'roe53', office: DEFAULT_OFFICE, home },
      driven: { today: TODAY, msPerDay: 600_000 },
    });
    const services = await startServices(stack, { progress: () => undefined });
    const office = new Office(services.apiUrl, key, db);
    await office.furnish();
    const rows: (string | number)[][] = [];
    let open = 0;
    for (const [wanted, date, reason] of [
      [SOME, '2026-01-08', 'a first snow day'],
      [SOME, '2026-01-09', 'a second snow day'],
      [STUDENTS, '2026-01-12', 'snow again'],
    ] as const) {
      await office.openCases(open, wanted);
      open = wanted;
      rows.push([open, ...(await office.close(date, reason))]);
    }
    await db.close();
    process.stdout.write(
      `\nOne school of ${STUDENTS} students, ${cpus().length} cores, Node ${process.version}; seconds since \`calendar close\`:\n` +
        `${table(['Open cases', 'Answer', 'Delivered', 'Half of journals', 'Last journal', 'Deadlines moved'], rows)}\n`,
    );
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

class Office {
  readonly #url: string;
  readonly #key: string;
  readonly #db: Database;

  constructor(url: string, key: string, db: Database) {
    this.#url = url;
    this.#key = key;
    this.#db = db;
  }

  async #ask(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    for (;;) {
      const answer = await fetch(`${this.#url}/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      // So many calls a minute from one address.
      if (answer.status === 429) {
        await pause(2_000);
        continue;
      }
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
      return JSON.parse(text) as Record<string, unknown>;
    }
  }

  /** District, school, calendar, roster, and attendance known up to the day before. */
  async furnish(): Promise<void> {
    await this.#ask('POST', 'districts', { districts: [{ code: 'BIG', name: 'Big District' }] });
    const school = { code: 'BIG-HS', district: 'BIG', name: 'Big High School', county: 'Tazewell' };
    await this.#ask('POST', 'schools', { schools: [school] });
    await this.#ask('PUT', 'schools/BIG-HS/calendar', {
      calendar: {
        terms: [
          { from: '2024-08-19', to: '2025-05-30' },
          { from: '2025-08-18', to: '2026-05-29' },
        ],
        closed: ['2025-11-27', '2025-11-28', '2025-12-24', '2025-12-25', '2025-12-26', '2026-01-01'],
        open: [],
      },
    });
    const students = Array.from({ length: STUDENTS }, (_, n) => ({
      ...{ sisId: sisId(n), firstName: 'Test', lastName: `Student ${n}`, birthDate: '2011-03-02' },
      school: 'BIG-HS',
    }));
    await this.#ask('POST', 'students:import', { students });
    await this.#ask('POST', 'attendance/imports', {
      source: 'BIG/sis',
      rows: students.flatMap(({ sisId: student }) =>
        ABSENT.map((date) => ({ student, school: 'BIG-HS', date, code: 'UNX', fraction: 1 })),
      ),
      covers: { from: '2025-08-18', to: '2026-01-02' },
      schools: ['BIG-HS'],
    });
    say(`${STUDENTS} students at one school`);
  }

  /** One intervention opens each case; until every one of them has written its journal. */
  async openCases(from: number, to: number): Promise<void> {
    if (to <= from) return;
    say(`opening ${to - from} cases`);
    const queue = Array.from({ length: to - from }, (_, i) => from + i);
    const work = async () => {
      for (let n = queue.shift(); n !== undefined; n = queue.shift()) {
        await this.#ask('POST', 'interventions', {
          ...{ student: sisId(n), kind: 'phone-call', date: '2025-12-04', by: 'attendance clerk' },
          outcome: 'spoke with a parent, who will see to it',
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    await this.#until(600_000, async () => {
      const row = await firstOf<{ n: number }>(
        this.#db,
        sql`select count(distinct case_number)::int as n from case_journal where type = 'intervention-recorded'`,
      );
      return (row?.n ?? 0) >= to;
    });
    // What the cases still do by themselves (search attributes) is not part of the measurement.
    await pause(3_000);
  }

  /** Closes one day; seconds until each milestone, and how many deadlines moved. */
  async close(date: string, reason: string): Promise<number[]> {
    say(`closing ${date}`);
    const began = Date.now();
    const since = () => Math.round((Date.now() - began) / 10) / 100;
    const { told } = await this.#ask('POST', 'calendar/close', { school: 'BIG-HS', date, reason });
    const answered = since();
    let delivered = 0;
    let half = 0;
    await this.#until(600_000, async () => {
      if (delivered === 0 && (await pendingCount(this.#db)) === 0) delivered = since();
      const row = await firstOf<{ n: number }>(
        this.#db,
        sql`select count(distinct case_number)::int as n from case_journal
             where type = 'calendar-changed' and data ->> 'because' like ${`%(${reason})`}`,
      );
      if (half === 0 && (row?.n ?? 0) >= Number(told) / 2) half = since();
      return (row?.n ?? 0) >= Number(told);
    });
    const last = since();
    const moved = await firstOf<{ n: number }>(
      this.#db,
      sql`select count(*)::int as n from case_journal
           where type = 'deadline-moved' and data ->> 'because' like ${`%(${reason})`}`,
    );
    return [answered, delivered === 0 ? last : delivered, half, last, moved?.n ?? 0];
  }

  async #until(ms: number, done: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + ms; Date.now() < end; await pause(50)) if (await done()) return;
    throw new Error(`not done within ${ms / 1_000} seconds`);
  }
}

function sisId(n: number): string {
  return String(700_000 + n);
}

await main();
