/** What must hold after a burst, and after it has been told and asked all over again. */
import { expect } from 'vitest';
import { outboxOf } from '../../db/stores/outbox.ts';
import type { Harness } from './case-harness.ts';
import { burst, deliverAgain, journalInOrder, type BurstOptions } from './long-life.ts';

export async function provesBurst(harness: Harness, options: BurstOptions): Promise<void> {
  const told = await burst(harness, options);
  const { number } = told.one;
  const outbox = await outboxOf(harness.db, number);
  expect(outbox.map((row) => row.seq)).toEqual(outbox.map((_, n) => n + 1));
  expect(outbox.filter((row) => row.deliveredAt === null)).toEqual([]);
  expect(outbox.length).toBe(1 + options.facts);

  const journal = await journalInOrder(harness, number);
  expect(journal.map((row) => row.seq)).toEqual(journal.map((_, n) => n + 1));
  const idsOf = (type: string) =>
    journal
      .filter((row) => row.type === type)
      .map((row) => row.data['id'])
      .sort();
  expect(idsOf('intervention-recorded')).toEqual([...told.interventions].sort());
  expect(idsOf('contact-made')).toEqual([...told.contacts].sort());
  expect(idsOf('hold-placed')).toHaveLength(options.holds);
  expect(new Set(idsOf('hold-placed')).size).toBe(options.holds);
  expect(idsOf('hold-released')).toEqual(idsOf('hold-placed'));
  const runs = new Set(journal.map((row) => row.runId));
  expect(runs.size).toBeGreaterThan(2);

  const state = await harness.cases.status(number);
  expect(state.holds).toEqual([]);
  const days = state.days.map((day) => day.date);
  expect(days).toEqual([...new Set(['2025-01-10', ...told.days])].sort());

  // Everything told and asked once more, in another order: the same answers, and nothing done.
  await deliverAgain(harness, number, options.seed + 1);
  for (const [id, answer] of [...told.answers].reverse()) expect(await told.again(id)).toEqual(answer);
  expect(told.answers.size).toBe(2 * options.holds);
  expect(await journalInOrder(harness, number)).toEqual(journal);
  expect(await harness.cases.status(number)).toEqual(state);
}
