/**
 * The outbox: facts and the messages that tell of them commit together; a relay delivers in order, case by case.
 * Delivery is at least once (a process may die between delivering and noting it): the row's `seq` lets the workflow drop
 * what it has had.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db, Tx } from '../connect.ts';
import { listen } from '../listen.ts';
import type { Listener } from '../listen.ts';
import { outbox } from '../schema/index.ts';
import type { JsonObject } from '../schema/columns.ts';
import { asJson, firstOf, now, rowsOf } from './common.ts';
import { addTask } from './tasks.ts';

export type OutboxRow = typeof outbox.$inferSelect;

export interface Message {
  readonly caseNumber: string;
  readonly kind: 'start' | 'signal';
  /** Signal name, or the workflow type to start. */
  readonly name: string;
  readonly payload: JsonObject;
}

const CHANNEL = 'outbox';

/** One message, with the case's next number. Locks: the case's outbox head (last of all locks a door takes). */
export async function enqueue(
  tx: Tx,
  caseNumber: string,
  kind: Message['kind'],
  name: string,
  payload: JsonObject,
): Promise<number> {
  const [seq] = await enqueueMany(tx, [{ caseNumber, kind, name, payload }]);
  if (seq === undefined) throw new Error(`no message was put into the outbox of ${caseNumber}`);
  return seq;
}

/**
 * Messages for many cases at once (an import): each case's in the order given. Gives their numbers, in that order too.
 * Locks: the heads of these cases, by case number; held until commit, so numbers follow the order of commits.
 */
export async function enqueueMany(tx: Tx, messages: readonly Message[]): Promise<number[]> {
  if (messages.length === 0) return [];
  await tx.execute(sql`
    insert into outbox_heads (case_number, last_seq)
    select number, count(*)::int
      from jsonb_array_elements_text(${asJson(messages.map((one) => one.caseNumber))}) as m (number)
     group by 1 order by 1
    on conflict (case_number) do update set last_seq = outbox_heads.last_seq + excluded.last_seq`);
  const rows = await rowsOf<{ line: number; seq: number }>(
    tx,
    sql`
      with given as (
        select e.line::int as line, m.*,
               row_number() over (partition by m."caseNumber" order by e.line)::int as nth,
               count(*) over (partition by m."caseNumber")::int as total
          from jsonb_array_elements(${asJson(messages)}) with ordinality as e (value, line),
               jsonb_to_record(e.value) as m ("caseNumber" text, kind text, name text, payload jsonb)
      ), added as (
        insert into outbox (case_number, seq, kind, name, payload, created_at)
        select g."caseNumber", h.last_seq - g.total + g.nth, g.kind, g.name, g.payload, ${now()}::timestamptz
          from given g join outbox_heads h on h.case_number = g."caseNumber"
         order by g.line
        returning case_number, seq
      )
      select g.line, h.last_seq - g.total + g.nth as seq
        from given g join outbox_heads h on h.case_number = g."caseNumber"
       where exists (select 1 from added)
       order by g.line`,
  );
  await tx.execute(sql`select pg_notify(${CHANNEL}, '')`);
  return rows.map((row) => row.seq);
}

export type DeliveryOutcome = 'delivered' | { readonly undeliverable: string };

export interface RelayOptions {
  /** Only this case, waiting for a relay that is busy with it: before a decision is asked of the case. */
  readonly caseNumber?: string;
  /** Messages at most in this round (default 500). */
  readonly limit?: number;
  /** Cases at once (default 4); each holds a connection while it delivers. */
  readonly concurrency?: number;
  readonly deliver: (row: OutboxRow) => Promise<DeliveryOutcome>;
}

export interface RelayReport {
  readonly delivered: number;
  readonly undeliverable: number;
  /** Cases whose next message failed; the rest of each case waits behind it. */
  readonly failed: number;
  /** Cases another relay was busy with. */
  readonly busy: number;
}

const PENDING = and(isNull(outbox.deliveredAt), isNull(outbox.undeliverableReason));

/**
 * Delivers what waits. In a case strictly in order and by one relay at a time (an advisory lock, held for one message at a
 * time); a failure stops that case only. What can never be delivered is set aside with a task for a person.
 * Each message is noted as delivered before the next one goes, so a crash repeats at most one a case.
 */
export async function relay(db: Db, options: RelayOptions): Promise<RelayReport> {
  const report = { delivered: 0, undeliverable: 0, failed: 0, busy: 0 };
  let left = options.limit ?? 500;
  const queue =
    options.caseNumber === undefined
      ? await casesWaiting(db, left)
      : [{ caseNumber: options.caseNumber, messages: left }];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      // What comes meanwhile is another round's: asking once more whether there is more would cost every case a turn.
      for (let { messages } = next; messages > 0 && left > 0; messages -= 1) {
        left -= 1;
        const outcome = await deliverNext(db, next.caseNumber, options);
        if (outcome === 'none') break;
        report[outcome] += 1;
        if (outcome === 'failed' || outcome === 'busy') break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency ?? 4) }, work));
  return report;
}

/** Cases with something to deliver, and how much; those that failed before come last, so that one bad case cannot hold up the others. */
async function casesWaiting(
  db: Db,
  limit: number,
): Promise<{ readonly caseNumber: string; readonly messages: number }[]> {
  return db
    .select({ caseNumber: outbox.caseNumber, messages: sql<number>`count(*)::int` })
    .from(outbox)
    .where(PENDING)
    .groupBy(outbox.caseNumber)
    .orderBy(sql`max(${outbox.attempts}), min(${outbox.id})`)
    .limit(limit);
}

async function deliverNext(
  db: Db,
  caseNumber: string,
  options: RelayOptions,
): Promise<'delivered' | 'undeliverable' | 'failed' | 'busy' | 'none'> {
  return db.transaction(async (tx) => {
    if (!(await takeTurn(tx, caseNumber, options.caseNumber !== undefined))) return 'busy';
    const [row] = await tx
      .select()
      .from(outbox)
      .where(and(eq(outbox.caseNumber, caseNumber), PENDING))
      .orderBy(outbox.seq)
      .limit(1);
    if (!row) return 'none';
    const attempts = row.attempts + 1;
    const mine = eq(outbox.id, row.id);
    try {
      const outcome = await options.deliver(row);
      if (outcome === 'delivered') {
        await tx.update(outbox).set({ deliveredAt: now(), attempts, lastError: null }).where(mine);
        return 'delivered';
      }
      await tx.update(outbox).set({ undeliverableReason: outcome.undeliverable, attempts }).where(mine);
      await addTask(tx, {
        key: `outbox/${row.caseNumber}/${row.seq}`,
        kind: 'undelivered-message',
        caseNumber: row.caseNumber,
        role: isCase(row.caseNumber) ? 'case-manager' : 'dispatcher',
        textCode: 'MESSAGE_UNDELIVERABLE',
        details: { message: row.name, seq: row.seq, reason: outcome.undeliverable },
      });
      return 'undeliverable';
    } catch (error) {
      await tx
        .update(outbox)
        .set({ attempts, lastError: errorLine(error) })
        .where(mine);
      return 'failed';
    }
  });
}

/** Streams of service calls and monitors are the department's. */
function isCase(number: string): boolean {
  return number.startsWith('C-');
}

/** True when this transaction may deliver the case's messages. */
async function takeTurn(tx: Tx, caseNumber: string, wait: boolean): Promise<boolean> {
  const name = `outbox/${caseNumber}`;
  if (wait) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
    return true;
  }
  const row = await firstOf<{ taken: boolean }>(
    tx,
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`,
  );
  return row?.taken === true;
}

/** Name and message only, cut short: a stack or a payload has no place in the records. */
function errorLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 300);
}

/** Messages not yet delivered (of one case, or of all). */
export async function pendingCount(db: Db, caseNumber?: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(outbox)
    .where(and(PENDING, caseNumber === undefined ? undefined : eq(outbox.caseNumber, caseNumber)));
  return row?.count ?? 0;
}

/**
 * Whether facts are on their way to a case, or delivered and not yet in its projection: what it has judged so far may be
 * out of date. What can never be delivered does not count.
 */
export async function factsAhead(db: Db, caseNumber: string): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`
      select 1 from outbox o join cases c on c.number = o.case_number
       where o.case_number = ${caseNumber} and o.kind = 'signal' and o.undeliverable_reason is null
         and o.seq > coalesce((c.projection ->> 'lastFact')::int, 0)
       limit 1`,
  );
  return rows.length > 0;
}

export async function outboxOf(db: Db, caseNumber: string): Promise<OutboxRow[]> {
  return db.select().from(outbox).where(eq(outbox.caseNumber, caseNumber)).orderBy(outbox.seq);
}

/**
 * Calls `onWork` whenever messages have been committed, and once at the start and after each lost connection (what was
 * missed meanwhile). Needs a connection of its own. A relay still asks by itself now and then: a notification is a hint.
 */
export function listenOutbox(url: string, onWork: () => void): Promise<Listener> {
  return listen(url, CHANNEL, onWork);
}
