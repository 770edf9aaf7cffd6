/** The ladder as lived, on the real workflows: time skipped, Postgres and mail real. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseloadWorkflowId } from '../../workflows/caseload.messages.ts';
import { SCHOOL_ACTOR, SPRING, startHarness, type Harness, type TestCase } from '../support/case-harness.ts';
import { asLived } from '../support/scenarios.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(() => harness.stop());

const by = { actor: SCHOOL_ACTOR } as const;
const KINDS = ['phone-call', 'letter-home', 'home-visit'];
const FIRST = { kind: 'first-notice', sequence: 1 } as const;

async function referred(): Promise<TestCase> {
  const one = await harness.open({ on: '2025-01-13', days: ['2025-01-08', '2025-01-10'] });
  for (const kind of KINDS) await one.intervention('2025-01-13', kind);
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  return one;
}

function mailsTo(one: TestCase): number {
  const to = `s${Number(one.number.slice(2))}@family.example`;
  return harness.mail.store.list().filter((mail) => mail.to.includes(to)).length;
}

async function morning(one: TestCase, date: string, kind = 'first-notice', sequence = 1): Promise<void> {
  await one.day(date);
  await harness.cases.signalDelivery(`notice-${one.number}-${kind}-${sequence}`);
}

describe('a letter under a hold', () => {
  it('stays in the house on its day, and leaves once when it may', async () => {
    const one = await referred();
    const hold = `${one.number}-hold`;
    const held = { kind: 'medical', reason: 'in hospital', owner: 'case-manager', until: '2025-01-31' };
    await one.decide({ ...by, ...held, type: 'place-hold', id: hold, officeDate: '2025-01-14' });
    await one.until('letter-parked');
    await morning(one, '2025-01-15');
    const delivery = harness.env.client.workflow.getHandle(`notice-${one.number}-first-notice-1`);
    expect(await delivery.result()).toMatchObject({ status: 'parked' });
    expect(mailsTo(one)).toBe(0);
    const release = { reason: 'back', hold, officeDate: '2025-01-21' } as const;
    await one.decide({ ...by, ...release, type: 'release-hold', id: `${one.number}-r` });
    await one.decide({
      ...{ ...by, type: 'release-letter', id: `${one.number}-l`, officeDate: '2025-01-21' },
      letter: FIRST,
      reason: 'still true',
    });
    await one.until('letter-rescheduled');
    await morning(one, '2025-01-22');
    await one.until('letter-out');
    expect(mailsTo(one)).toBe(1);
  });
});

describe('a student who changes school', () => {
  it('takes the case along: the list shows the new school', async () => {
    const one = await referred();
    await one.tell('2025-01-15', {
      ...{ type: 'transfer', school: 'SOUTH-MS', county: 'Tazewell', since: '2025-01-15' },
      version: 2,
      calendar: SPRING,
    });
    await one.until('transferred');
    const handle = harness.env.client.workflow.getHandle(one.workflowId);
    await expect
      .poll(async () => (await handle.describe()).searchAttributes['School'], { timeout: 10_000 })
      .toEqual(['SOUTH-MS']);
  });
});

describe('a placement on the caseload', () => {
  it('begins a workflow at the Case Manager’s desk, which ends with the case', async () => {
    const one = await referred();
    const placed = { officeDate: '2025-01-14', reason: 'the family asks for help' } as const;
    await one.decide({ ...by, ...placed, type: 'place-on-caseload', id: `${one.number}-p` });
    await one.until('caseload-placed');
    const caseload = harness.env.client.workflow.getHandle(caseloadWorkflowId(one.number, 1));
    await expect
      .poll(async () => (await caseload.describe()).status.name, { timeout: 10_000 })
      .toBe('RUNNING');
    await one.decide({
      ...{ ...by, type: 'withdraw-step', id: `${one.number}-w`, officeDate: '2025-01-14' },
      reason: 'wrong day',
    });
    await one.decide({
      ...{ ...by, type: 'close-case', id: `${one.number}-x`, officeDate: '2025-01-14' },
      reason: 'opened-in-error',
    });
    await expect
      .poll(async () => (await caseload.describe()).status.name, { timeout: 20_000 })
      .toBe('COMPLETED');
  });
});

describe('the ladder with holds, corrections and another date', () => {
  it('is the same with continue-as-new at every message as without', { timeout: 240_000 }, async () => {
    const told = async (one: TestCase) =>
      (await one.journal()).map(({ seq, type, officeDate }) => `${seq} ${officeDate} ${type}`);
    const plain = await asLived(harness);
    const renewed = await asLived(harness, { continueAsNewEvery: 1 });
    expect(await told(renewed)).toEqual(await told(plain));
    const runs = new Set((await renewed.journal()).map((row) => row.runId));
    expect(runs.size).toBeGreaterThan(20);
    expect(mailsTo(renewed)).toBe(mailsTo(plain));
    expect((await plain.journal()).at(-1)?.type).toBe('case-closed');
  });
});
