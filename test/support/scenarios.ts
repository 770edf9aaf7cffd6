/**
 * Stories of cases, told by commands and facts against the real workflows. The replay test keeps a history of each, so
 * that a change of workflow code which would break an open case cannot pass.
 */
import { closeDay } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/dates.ts';
import { SCHOOL_ACTOR, SPRING, type Harness, type TestCase } from './case-harness.ts';

export interface Scenario {
  readonly name: string;
  /** Tells the story; gives the case. */
  tell(harness: Harness): Promise<TestCase>;
  /** Letters of the case whose deliveries are kept as well. */
  readonly deliveries: readonly string[];
}

const KINDS = ['phone-call', 'letter-home', 'home-visit'];

async function interventions(one: TestCase, on: IsoDate): Promise<void> {
  for (const kind of KINDS) await one.intervention(on, kind);
}

/** The office's morning: the waiting letter leaves. */
async function letterLeaves(
  harness: Harness,
  one: TestCase,
  on: IsoDate,
  kind: string,
  times: number,
): Promise<void> {
  await one.day(on);
  await harness.cases.signalDelivery(`notice-${one.number}-${kind}-1`);
  await one.until('letter-out', times);
}

async function firstReferral(
  harness: Harness,
  options: Parameters<Harness['open']>[0] = {},
): Promise<TestCase> {
  const one = await harness.open({
    on: '2025-01-13',
    days: ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08', '2025-01-10'],
    ...options,
  });
  await interventions(one, '2025-01-13');
  await one.attendance('2025-01-14', ['2025-01-14']);
  await one.refer('2025-01-14');
  return one;
}

async function toTheThird(harness: Harness, options: Parameters<Harness['open']>[0] = {}): Promise<TestCase> {
  const one = await firstReferral(harness, options);
  await letterLeaves(harness, one, '2025-01-15', 'first-notice', 1);
  await interventions(one, '2025-01-21');
  await one.attendance('2025-01-27', ['2025-01-27']);
  await one.refer('2025-01-27');
  await letterLeaves(harness, one, '2025-01-28', 'second-notice', 2);
  await interventions(one, '2025-02-03');
  await one.attendance('2025-02-06', ['2025-02-06']);
  await one.refer('2025-02-06');
  await letterLeaves(harness, one, '2025-02-07', 'third-notice', 3);
  return one;
}

async function toCourt(harness: Harness, options: Parameters<Harness['open']>[0] = {}): Promise<TestCase> {
  const one = await toTheThird(harness, options);
  await one.attendance('2025-02-10', ['2025-02-10']);
  const by = { actor: SCHOOL_ACTOR } as const;
  await one.decide({
    ...by,
    type: 'schedule-hearing',
    id: `${one.number}-h`,
    officeDate: '2025-02-10',
    date: '2025-03-03',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  });
  await letterLeaves(harness, one, '2025-02-11', 'hearing-notice', 4);
  await one.day('2025-03-03');
  await one.decide({
    ...by,
    type: 'record-hearing',
    id: `${one.number}-r`,
    officeDate: '2025-03-03',
    outcome: 'held',
    appeared: 'mother and student',
  });
  await one.decide({
    ...by,
    type: 'issue-order',
    id: `${one.number}-o`,
    officeDate: '2025-03-03',
    findings: 'nine days',
    services: ['counseling'],
  });
  await letterLeaves(harness, one, '2025-03-04', 'order', 5);
  await one.attendance('2025-03-05', ['2025-03-05']);
  await one.decide({ ...by, type: 'refer-to-court', id: `${one.number}-c`, officeDate: '2025-03-05' });
  await letterLeaves(harness, one, '2025-03-06', 'state-attorney-referral', 6);
  await one.decide({
    ...by,
    type: 'record-court-answer',
    id: `${one.number}-a`,
    officeDate: '2025-03-07',
    answer: 'accepted',
  });
  await one.decide({
    ...by,
    type: 'close-case',
    id: `${one.number}-x`,
    officeDate: '2025-04-07',
    reason: 'court-disposition',
  });
  await one.until('case-closed');
  return one;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'first-referral-by-email',
    deliveries: ['first-notice-1'],
    async tell(harness) {
      const one = await firstReferral(harness);
      await letterLeaves(harness, one, '2025-01-15', 'first-notice', 1);
      return one;
    },
  },
  {
    name: 'first-referral-by-print',
    deliveries: ['first-notice-1'],
    async tell(harness) {
      const one = await firstReferral(harness, { email: null });
      await one.day('2025-01-15');
      await harness.cases.signalDelivery(`notice-${one.number}-first-notice-1`);
      return one;
    },
  },
  {
    name: 'referral-withdrawn',
    deliveries: [],
    async tell(harness) {
      const one = await firstReferral(harness);
      await one.decide({
        type: 'withdraw-step',
        id: `${one.number}-w`,
        officeDate: '2025-01-14',
        actor: SCHOOL_ACTOR,
        reason: 'entered for the wrong day',
      });
      await one.until('referral-withdrawn');
      return one;
    },
  },
  {
    name: 'snow-day-moves-the-second-referral',
    deliveries: [],
    async tell(harness) {
      const one = await firstReferral(harness);
      await letterLeaves(harness, one, '2025-01-15', 'first-notice', 1);
      await one.calendar('2025-01-21', closeDay(SPRING, '2025-01-22'), 'snow');
      await one.until('deadline-moved');
      return one;
    },
  },
  {
    name: 'quiet-close',
    deliveries: [],
    async tell(harness) {
      const one = await harness.open({ on: '2025-01-13', days: ['2025-01-10'] });
      await one.intervention('2025-01-13');
      await one.attendance('2025-03-19', []);
      await one.until('case-closed');
      return one;
    },
  },
  {
    name: 'whole-ladder-to-court',
    deliveries: [
      'second-notice-1',
      'third-notice-1',
      'hearing-notice-1',
      'order-1',
      'state-attorney-referral-1',
    ],
    tell: (harness) => toCourt(harness),
  },
  {
    name: 'whole-ladder-with-continue-as-new',
    deliveries: [],
    tell: (harness) => toCourt(harness, { continueAsNewEvery: 3 }),
  },
];
