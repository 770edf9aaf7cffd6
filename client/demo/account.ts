/** What a rehearsal says, as the command prints it and tests compare it. */
import { countUnexcused, type Mark } from '../../domain/attendance.ts';
import { indexCalendar, type SchoolCalendar } from '../../domain/calendar.ts';
import { stageOf, type Stage } from '../../domain/case/state.ts';
import type { IsoDate } from '../../domain/dates.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import type { RehearsedCase } from '../../domain/rehearsal.ts';
import type { Account } from './compare.ts';
import { stepsOf, type Step } from './steps.ts';

export interface StudentAccount {
  readonly student: string;
  readonly school: string;
  /** Of the latest case; `none` where no case was opened. */
  readonly stage: Stage | 'none';
  /** Unexcused days in the window as of the last day. */
  readonly unexcusedDays: number;
  readonly cases: number;
  readonly steps: readonly Step[];
}

/** Every student with a mark or a case, by number. */
export function studentAccounts(
  cases: readonly RehearsedCase[],
  marks: ReadonlyMap<string, readonly Mark[]>,
  calendars: ReadonlyMap<string, SchoolCalendar>,
  policy: LadderPolicy,
  asOf: IsoDate,
): StudentAccount[] {
  const indexed = new Map([...calendars].map(([school, calendar]) => [school, indexCalendar(calendar)]));
  const casesOf = new Map<string, RehearsedCase[]>();
  for (const one of cases) casesOf.set(one.student, [...(casesOf.get(one.student) ?? []), one]);
  return [...new Set([...marks.keys(), ...casesOf.keys()])].sort().map((student) => {
    const mine = casesOf.get(student) ?? [];
    const last = mine.at(-1);
    const own = marks.get(student) ?? [];
    const school = last?.state.school ?? own.at(-1)?.school ?? '';
    const calendar = indexed.get(school);
    return {
      student,
      school,
      stage: last ? stageOf(last.state) : 'none',
      unexcusedDays: calendar ? countUnexcused(own, calendar, asOf, policy.counting, asOf).unexcusedDays : 0,
      cases: mine.length,
      steps: mine.flatMap((one) => stepsOf(one.entries)),
    };
  });
}

export function accountOf(students: readonly StudentAccount[]): Account {
  return new Map(students.filter((one) => one.steps.length > 0).map((one) => [one.student, one.steps]));
}

export interface StepTotal {
  readonly step: string;
  readonly count: number;
  readonly first: IsoDate | null;
  readonly last: IsoDate | null;
}

/** What is totalled, in the order of the ladder. */
const TOTALS: readonly (readonly [label: string, is: (step: Step) => boolean])[] = [
  ['cases opened', (step) => step.type === 'case-opened'],
  ['interventions', (step) => step.type === 'intervention-recorded'],
  ['first referrals', (step) => step.type === 'referral-accepted' && step['n'] === 1],
  ['second referrals', (step) => step.type === 'referral-accepted' && step['n'] === 2],
  ['third referrals', (step) => step.type === 'referral-accepted' && step['n'] === 3],
  ['letters out by e-mail', (step) => step.type === 'letter-out' && step['channel'] === 'email'],
  ['letters out by post', (step) => step.type === 'letter-out' && step['channel'] === 'print'],
  ['letters held back', (step) => step.type === 'letter-blocked'],
  ['put on the caseload', (step) => step.type === 'caseload-placed'],
  ['at the threshold', (step) => step.type === 'threshold-reached'],
  ['below it again', (step) => step.type === 'threshold-lost'],
  ['hearings scheduled', (step) => step.type === 'hearing-scheduled'],
  ['hearings held', (step) => step.type === 'hearing-recorded' && step['outcome'] !== 'missed'],
  ['orders issued', (step) => step.type === 'order-issued'],
  ['orders broken', (step) => step.type === 'order-broken'],
  ['referred to court', (step) => step.type === 'court-referred'],
  ['asked about closing', (step) => step.type === 'closing-asked'],
  ['deadlines moved', (step) => step.type === 'deadline-moved'],
  ['cases closed', (step) => step.type === 'case-closed'],
];

export function totalsOf(students: readonly StudentAccount[]): StepTotal[] {
  const steps = students.flatMap((one) => one.steps);
  return TOTALS.map(([step, is]) => {
    const dates = steps
      .filter(is)
      .map((one) => one.on)
      .sort();
    return { step, count: dates.length, first: dates[0] ?? null, last: dates.at(-1) ?? null };
  });
}

const RANK: readonly (Stage | 'none')[] = [
  'court',
  'order',
  'hearing-held',
  'hearing-scheduled',
  'third-referral',
  'second-referral',
  'first-referral',
  'interventions',
  'closed',
  'none',
];

/** Those who got furthest up the ladder first; among equals those with more days. */
export function furthest(students: readonly StudentAccount[], atMost: number): StudentAccount[] {
  return students
    .filter((one) => one.stage !== 'none')
    .sort(
      (a, b) =>
        RANK.indexOf(a.stage) - RANK.indexOf(b.stage) ||
        b.unexcusedDays - a.unexcusedDays ||
        (a.student < b.student ? -1 : 1),
    )
    .slice(0, atMost);
}
