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

/** Tells a letter's delivery to look; the case starts it a moment after it decided on the letter. */
export async function lookAgain(harness: Harness, one: TestCase, letter: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await harness.cases.signalDelivery(`notice-${one.number}-${letter}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the delivery of ${letter} of ${one.number} is not running`);
}

/** The office's morning: the waiting letter leaves. */
export async function letterLeaves(
  harness: Harness,
  one: TestCase,
  on: IsoDate,
  kind: string,
  times: number,
): Promise<void> {
  await one.day(on);
  await lookAgain(harness, one, `${kind}-1`);
  await one.until('letter-out', times);
}

export async function firstReferral(
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

export async function toTheThird(
  harness: Harness,
  options: Parameters<Harness['open']>[0] = {},
): Promise<TestCase> {
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

/** Held, corrected, moved, transferred: what the plain ladder does not meet. Ends with the disposition of the court. */
export async function asLived(
  harness: Harness,
  options: Parameters<Harness['open']>[0] = {},
): Promise<TestCase> {
  const one = await firstReferral(harness, options);
  const by = { actor: SCHOOL_ACTOR } as const;
  const { number } = one;
  await one.decide({
    ...by,
    type: 'place-hold',
    id: `${number}-hold`,
    officeDate: '2025-01-14',
    kind: 'medical',
    reason: 'in hospital',
    owner: 'case-manager',
    until: '2025-01-21',
  });
  await one.day('2025-01-22');
  await one.until('hold-expired');
  const released = { reason: 'back at school' };
  await one.decide({
    ...{ ...by, ...released, type: 'release-hold', id: `${number}-release` },
    officeDate: '2025-01-22',
    hold: `${number}-hold`,
  });
  await one.decide({
    ...{ ...by, ...released, type: 'release-letter', id: `${number}-letter` },
    officeDate: '2025-01-22',
    letter: { kind: 'first-notice', sequence: 1 },
  });
  await letterLeaves(harness, one, '2025-01-23', 'first-notice', 1);
  await one.tell('2025-01-24', {
    type: 'contact',
    id: `${number}-contact`,
    date: '2025-01-24',
    reached: true,
  });
  await one.excuse('2025-01-24', '2025-01-08');
  await one.until('letter-questioned');
  await one.decide({
    ...{ ...by, type: 'settle-question', id: `${number}-settle`, officeDate: '2025-01-24' },
    letter: { kind: 'first-notice', sequence: 1 },
    how: 'correction',
    reason: 'a note came in',
  });
  await letterLeaves(harness, one, '2025-01-27', 'correction', 2);
  await one.calendar('2025-01-28', closeDay(SPRING, '2025-01-29'), 'snow');
  await interventions(one, '2025-02-03');
  await one.attendance('2025-02-10', ['2025-02-05', '2025-02-10']);
  await one.refer('2025-02-10');
  await letterLeaves(harness, one, '2025-02-11', 'second-notice', 3);
  await interventions(one, '2025-02-18');
  await one.attendance('2025-02-24', ['2025-02-20', '2025-02-24']);
  await one.refer('2025-02-24');
  await letterLeaves(harness, one, '2025-02-25', 'third-notice', 4);
  await one.attendance('2025-03-03', ['2025-02-27', '2025-02-28', '2025-03-03']);
  const hearing = { time: '10:00', place: 'Room 1', posted: false } as const;
  await one.decide({
    ...{ ...by, ...hearing, type: 'schedule-hearing', id: `${number}-h` },
    officeDate: '2025-03-03',
    date: '2025-03-24',
  });
  await letterLeaves(harness, one, '2025-03-04', 'hearing-notice', 5);
  await one.decide({
    ...{ ...by, ...hearing, type: 'move-hearing', id: `${number}-move`, reason: 'the room is flooded' },
    officeDate: '2025-03-05',
    date: '2025-03-31',
  });
  await letterLeaves(harness, one, '2025-03-06', 'hearing-moved', 6);
  await one.day('2025-03-31');
  await one.decide({
    ...{ ...by, type: 'record-hearing', id: `${number}-r`, officeDate: '2025-03-31' },
    outcome: 'held-in-absence',
    appeared: 'nobody for the family',
  });
  await one.decide({
    ...{ ...by, type: 'issue-order', id: `${number}-o`, officeDate: '2025-03-31' },
    findings: 'more than nine days',
    services: ['counseling'],
  });
  await letterLeaves(harness, one, '2025-04-01', 'order', 7);
  await one.attendance('2025-04-03', ['2025-04-03']);
  await one.decide({ ...by, type: 'refer-to-court', id: `${number}-c`, officeDate: '2025-04-03' });
  await letterLeaves(harness, one, '2025-04-04', 'state-attorney-referral', 8);
  await one.decide({
    ...{ ...by, type: 'record-court-status', id: `${number}-s`, officeDate: '2025-04-10' },
    text: 'first appearance in May',
  });
  await one.decide({
    ...{ ...by, type: 'close-case', id: `${number}-x`, officeDate: '2025-05-12' },
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
  {
    name: 'as-lived-to-court',
    deliveries: ['first-notice-1', 'correction-1', 'hearing-moved-1'],
    tell: (harness) => asLived(harness),
  },
];
