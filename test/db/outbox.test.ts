import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../db/connect.ts';
import { enqueue, enqueueMany, listenOutbox, outboxOf, pendingCount, relay } from '../../db/stores/outbox.ts';
import type { DeliveryOutcome, OutboxRow } from '../../db/stores/outbox.ts';
import { listTasks } from '../../db/stores/tasks.ts';
import { setUpOffice } from '../support/office-records.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let db: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await postgres.freshDatabase({ max: 16 });
  await setUpOffice(db);
});
afterAll(() => postgres.stop());

let cases = 0;
const newNumber = () => `C-9${String(++cases).padStart(5, '0')}`;
const tell = (caseNumber: string, n: number) =>
  db.transaction((tx) => enqueue(tx, caseNumber, 'signal', 'recordAttendance', { n }));
const seqsOf = async (caseNumber: string) => (await outboxOf(db, caseNumber)).map((row) => row.seq);

/** A receiver that notes what reached it, a little late each time so that relays overlap. */
function receiver(answer: (row: OutboxRow) => DeliveryOutcome = () => 'delivered') {
  const got: { caseNumber: string; seq: number }[] = [];
  const inside = new Set<string>();
  let overlaps = 0;
  const deliver = async (row: OutboxRow) => {
    if (inside.has(row.caseNumber)) overlaps += 1;
    inside.add(row.caseNumber);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside.delete(row.caseNumber);
    const outcome = answer(row);
    got.push({ caseNumber: row.caseNumber, seq: row.seq });
    return outcome;
  };
  return { got, deliver, overlaps: () => overlaps };
}

const drained = async (deliver: (row: OutboxRow) => Promise<DeliveryOutcome>) => {
  while ((await pendingCount(db)) > 0) await relay(db, { deliver });
};

describe('the outbox', () => {
  it('numbers the messages of a case without gaps, however many doors write at once', async () => {
    const number = newNumber();
    await Promise.all(Array.from({ length: 20 }, (_, n) => tell(number, n)));
    await db
      .transaction(async (tx) => {
        await enqueue(tx, number, 'signal', 'lost', {});
        throw new Error('the door fails after all');
      })
      .catch(() => undefined);
    await tell(number, 21);
    expect(await seqsOf(number)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    await drained(receiver().deliver);
  });

  it("takes an import's messages at once, each case's in its order", async () => {
    const [a, b] = [newNumber(), newNumber()];
    await tell(a, 0);
    const message = (caseNumber: string, n: number) => ({
      caseNumber,
      kind: 'signal' as const,
      name: 'm',
      payload: { n },
    });
    const seqs = await db.transaction((tx) => enqueueMany(tx, [message(b, 1), message(a, 2), message(b, 3)]));
    expect(seqs).toEqual([1, 2, 2]);
    expect((await outboxOf(db, b)).map((row) => row.payload)).toEqual([{ n: 1 }, { n: 3 }]);
    await drained(receiver().deliver);
  });

  it('two relays at once deliver each message once and in order, never two in one case at a time', async () => {
    const numbers = [newNumber(), newNumber(), newNumber()];
    for (let n = 0; n < 15; n++) for (const number of numbers) await tell(number, n);
    const { got, deliver, overlaps } = receiver();
    const loops = Array.from({ length: 2 }, () => drained(deliver));
    await Promise.all(loops);
    expect(got).toHaveLength(45);
    expect(overlaps()).toBe(0);
    for (const number of numbers) {
      const order = got.filter((one) => one.caseNumber === number).map((one) => one.seq);
      expect(order).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    }
  });

  it('a delivery that fails stops that case only, and the message is the first to go next time', async () => {
    const [good, bad] = [newNumber(), newNumber()];
    for (const number of [bad, good]) for (let n = 0; n < 3; n++) await tell(number, n);
    let broken = true;
    const { got, deliver } = receiver((row) => {
      if (broken && row.caseNumber === bad && row.seq === 2) throw new Error('out of reach');
      return 'delivered';
    });
    expect(await relay(db, { deliver })).toEqual({ delivered: 4, undeliverable: 0, failed: 1, busy: 0 });
    expect((await outboxOf(db, bad))[1]).toMatchObject({
      attempts: 1,
      lastError: 'Error: out of reach',
      deliveredAt: null,
    });
    expect(await pendingCount(db, bad)).toBe(2);
    expect(await pendingCount(db, good)).toBe(0);
    broken = false;
    expect(await relay(db, { deliver })).toMatchObject({ delivered: 2, failed: 0 });
    expect(got.filter((one) => one.caseNumber === bad).map((one) => one.seq)).toEqual([1, 2, 3]);
    expect((await outboxOf(db, bad))[1]).toMatchObject({ attempts: 2, lastError: null });
  });

  it('what can never be delivered becomes a task for a person, and does not hold up what follows', async () => {
    const number = newNumber();
    await tell(number, 1);
    await tell(number, 2);
    const { deliver } = receiver((row) => (row.seq === 1 ? { undeliverable: 'CASE_CLOSED' } : 'delivered'));
    expect(await relay(db, { deliver })).toMatchObject({ delivered: 1, undeliverable: 1 });
    expect(await pendingCount(db, number)).toBe(0);
    expect(await listTasks(db, { caseNumber: number })).toMatchObject([
      { textCode: 'MESSAGE_UNDELIVERABLE', details: { reason: 'CASE_CLOSED', seq: 1 } },
    ]);
  });

  it('before a decision a door brings the case up to date, also when a relay is busy with it', async () => {
    const number = newNumber();
    for (let n = 0; n < 5; n++) await tell(number, n);
    const { got, deliver, overlaps } = receiver();
    const background = relay(db, { deliver });
    await relay(db, { caseNumber: number, deliver });
    // The door is sure of it now, whoever delivered which.
    expect(got.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(overlaps()).toBe(0);
    await background;
    expect(await pendingCount(db, number)).toBe(0);
  });

  it('a relay that dies after delivering repeats that one message, with the same number', async () => {
    const number = newNumber();
    await tell(number, 1);
    const other = await postgres.freshDatabase();
    await other.close();
    const dying = relay(db, {
      caseNumber: number,
      deliver: async () => {
        // The receiver has it, but this relay's transaction never commits.
        await db.execute(
          `select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and pid <> pg_backend_pid()
              and database = (select oid from pg_database where datname = current_database())`,
        );
        return 'delivered';
      },
    });
    await expect(dying).rejects.toThrow();
    const { got, deliver } = receiver();
    await drained(deliver);
    expect(got).toEqual([{ caseNumber: number, seq: 1 }]);
  });

  it('calls the relay when something is committed, not before', async () => {
    const number = newNumber();
    let calls = 0;
    let called: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (called = resolve));
    const listener = await listenOutbox(db.url, () => {
      calls += 1;
      if (calls === 2) called();
    });
    expect(calls).toBe(1);
    await db.transaction(async (tx) => {
      await enqueue(tx, number, 'signal', 'm', {});
      expect(calls).toBe(1);
    });
    await heard;
    expect(calls).toBe(2);
    await listener.close();
    await drained(receiver().deliver);
  });
});
