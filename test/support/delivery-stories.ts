/** Letters whose way out is not straight, as tests and kept histories tell them. */
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { caseByNumber } from '../../db/stores/cases.ts';
import { guardiansOf, setNoContact, upsertGuardians } from '../../db/stores/guardians.ts';
import { enqueue, factsAhead } from '../../db/stores/outbox.ts';
import type { JsonObject } from '../../db/schema/columns.ts';
import { coverageOf } from '../../db/stores/coverage.ts';
import { setDrivenToday } from '../../db/stores/office.ts';
import { getStudent } from '../../db/stores/students.ts';
import type { Fact } from '../../domain/case/facts.ts';
import type { noticeDelivery } from '../../workflows/notice-delivery.ts';
import type { MailFaults } from '../../stack/mail-catcher.ts';
import { SIGNAL_OF_FACT } from '../../workflows/truancy-case.messages.ts';
import { SCHOOL_ACTOR, type Harness, type TestCase } from './case-harness.ts';
import { CLERK, guardian } from './office-records.ts';
import { lookAgain } from './scenarios.ts';

export type Delivery = WorkflowHandle<typeof noticeDelivery>;

const by = { actor: SCHOOL_ACTOR } as const;
const LETTER = 'first-notice-1';

export function deliveryOf(harness: Harness, one: TestCase): Delivery {
  return harness.env.client.workflow.getHandle(`notice-${one.number}-${LETTER}`);
}

/** A first referral on 14 January; its notice is to leave on the 15th. */
export async function referred(
  harness: Harness,
  options: Parameters<Harness['open']>[0] = {},
): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'], ...options });
  for (const kind of ['phone-call', 'letter-home', 'home-visit']) await one.intervention('2025-01-13', kind);
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  await one.until('letter-decided');
  return one;
}

export async function hold(one: TestCase, on: string): Promise<void> {
  const held = { kind: 'medical', reason: 'in hospital', owner: 'case-manager', until: '2025-01-31' };
  await one.decide({ ...by, ...held, type: 'place-hold', id: `${one.number}-hold`, officeDate: on });
  await one.until('letter-parked');
}

export async function letGo(one: TestCase, on: string): Promise<void> {
  const release = { hold: `${one.number}-hold`, reason: 'back at school', officeDate: on };
  await one.decide({ ...by, ...release, type: 'release-hold', id: `${one.number}-release` });
  const letter = {
    letter: { kind: 'first-notice', sequence: 1 },
    reason: 'still true',
    officeDate: on,
  } as const;
  await one.decide({ ...by, ...letter, type: 'release-letter', id: `${one.number}-letter` });
  await one.until('letter-rescheduled');
}

/** The delivery's timers, in the words staff read on them. */
export async function timerSummaries(delivery: Delivery): Promise<string[]> {
  const { events } = await delivery.fetchHistory();
  return (events ?? []).flatMap((event) => {
    const data = event.timerStartedEventAttributes ? event.userMetadata?.summary?.data : null;
    return data ? [JSON.parse(new TextDecoder().decode(data)) as string] : [];
  });
}

export async function untilTimer(delivery: Delivery, summary: string): Promise<string[]> {
  for (let tries = 0; tries < 300; tries += 1) {
    const summaries = await timerSummaries(delivery);
    if (summaries.at(-1) === summary) return summaries;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the delivery has no timer "${summary}": ${(await timerSummaries(delivery)).join('; ')}`);
}

export const JUDGES_FIRST = 'the case judges what is on its way to it first';

/** A correction committed and not yet carried to its case. */
export async function excuseUntold(harness: Harness, one: TestCase, day: string, on: string): Promise<void> {
  const fact: Fact = {
    type: 'attendance',
    officeDate: on,
    coverage: await coverageOf(harness.db, 'NORTH-HS'),
    days: [{ date: day, fraction: 0, code: 'U', school: 'NORTH-HS' }],
  };
  await harness.db.transaction((tx) =>
    enqueue(tx, one.number, 'signal', SIGNAL_OF_FACT[fact.type], fact as unknown as JsonObject),
  );
}

/** Mailboxes whose server says "not now", until they are taken off. */
const notNow = new Set<string>();

/** The mail server of these stories. */
export const STORY_MAIL: MailFaults = (_session, phase, message) =>
  phase === 'data-start' && message?.to.some((one) => notNow.has(one))
    ? { reply: { code: 451, text: 'greylisted, try again later' } }
    : undefined;

/** Waits until something holds, asked of the records. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never came: ${what}`);
}

/** Until the case has taken everything it was told: its letters wait for that. */
async function caughtUp(harness: Harness, one: TestCase): Promise<void> {
  await until('a case that has caught up', async () => !(await factsAhead(harness.db, one.number)));
}

export interface DeliveryStory {
  readonly name: string;
  /** The case, its first notice's delivery ended. */
  tell(harness: Harness): Promise<TestCase>;
}

export const DELIVERY_STORIES: readonly DeliveryStory[] = [
  {
    // By the mail queue, with the school told afterwards.
    name: 'sent-by-email',
    async tell(harness) {
      const one = await referred(harness);
      await one.day('2025-01-15');
      await lookAgain(harness, one, LETTER);
      await deliveryOf(harness, one).result();
      return one;
    },
  },
  {
    name: 'another-day-while-it-waits',
    async tell(harness) {
      const one = await referred(harness);
      await hold(one, '2025-01-14');
      await letGo(one, '2025-01-21');
      await untilTimer(deliveryOf(harness, one), 'first notice leaves on Wed 22 Jan 2025 at 10:00');
      await one.day('2025-01-22');
      await lookAgain(harness, one, LETTER);
      await deliveryOf(harness, one).result();
      return one;
    },
  },
  {
    name: 'parked',
    async tell(harness) {
      const one = await referred(harness);
      await hold(one, '2025-01-14');
      await one.day('2025-01-15');
      await lookAgain(harness, one, LETTER);
      await deliveryOf(harness, one).result();
      return one;
    },
  },
  {
    name: 'facts-first-then-parked',
    async tell(harness) {
      const one = await referred(harness, { days: ['2025-01-08'] });
      await setDrivenToday(harness.db, '2025-01-15');
      await excuseUntold(harness, one, '2025-01-14', '2025-01-15');
      await lookAgain(harness, one, LETTER);
      await untilTimer(deliveryOf(harness, one), JUDGES_FIRST);
      await one.until('letter-parked');
      await deliveryOf(harness, one).result();
      return one;
    },
  },
  {
    name: 'held-back',
    async tell(harness) {
      const one = await referred(harness, { email: null });
      await harness.db.execute('update guardians set address = null');
      await one.day('2025-01-15');
      await lookAgain(harness, one, LETTER);
      await deliveryOf(harness, one).result();
      return one;
    },
  },
  {
    // Both parents read one mailbox. While its server says "not now", an order forbids to write to one of them.
    name: 'an-order-while-the-server-says-not-now',
    async tell(harness) {
      const { db } = harness;
      const one = await referred(harness);
      const { studentId } = (await caseByNumber(db, one.number))!;
      const student = await getStudent(db, studentId);
      const [mother] = await guardiansOf(db, studentId);
      const mailbox = mother!.email!;
      const father = guardian(
        `F-${student!.sisId}`,
        student!.sisId,
        { lastName: 'Barred', email: mailbox, address: mother!.address! },
        { relation: 'father' },
      );
      await db.transaction((tx) => upsertGuardians(tx, [father], CLERK));
      notNow.add(mailbox);
      await one.day('2025-01-15');
      await lookAgain(harness, one, LETTER);
      const delivery = deliveryOf(harness, one);
      await until('a second attempt', async () => {
        const { pendingActivities } = (await delivery.describe()).raw;
        return pendingActivities?.some(({ attempt }) => (attempt ?? 0) > 1) ?? false;
      });
      const [, barred] = await guardiansOf(db, studentId);
      await db.transaction((tx) => setNoContact(tx, barred!.id, studentId, true, CLERK));
      notNow.delete(mailbox);
      await delivery.result();
      return one;
    },
  },
  {
    // The address is mended, and the delivery told, while it is about to end for want of one.
    name: 'blocked-and-mended-at-once',
    async tell(harness) {
      const { db } = harness;
      const one = await referred(harness, { email: null });
      const { studentId } = (await caseByNumber(db, one.number))!;
      const [mother] = await guardiansOf(db, studentId);
      await db.execute(sql`update guardians set address = null where id = ${mother!.id}`);
      await one.day('2025-01-15');
      await caughtUp(harness, one);
      await db.transaction(async (tx) => {
        await tx.execute(
          sql`select 1 from step_letters where key = ${`${one.number}/first-notice/1`} for update`,
        );
        await lookAgain(harness, one, LETTER);
        await until('a plan that waits to say that the letter is held back', async () => {
          const waiting = await db.execute(sql`
            select 1 from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like '%step_letters%'`);
          return waiting.length > 0;
        });
        await db.execute(sql`update guardians set email = 'mended@family.example' where id = ${mother!.id}`);
        await lookAgain(harness, one, LETTER);
      });
      // What it said to its case comes first.
      await one.until('letter-blocked');
      await deliveryOf(harness, one).result();
      return one;
    },
  },
];
