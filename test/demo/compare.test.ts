/** Two accounts of one year, compared. */
import { describe, expect, it } from 'vitest';
import { compareAccounts, differenceText } from '../../client/demo/compare.ts';
import { stepsOf, type Step } from '../../client/demo/steps.ts';

const opened: Step = { type: 'case-opened', on: '2025-09-01' };
const referral: Step = { type: 'referral-accepted', on: '2025-09-10', n: 1, count: 3 };
const out: Step = { type: 'letter-out', on: '2025-09-11', kind: 'first-notice', channel: 'email' };

const account = (...steps: Step[]) => new Map([['7', steps]]);

describe('comparing two accounts', () => {
  it('finds none between equals, whatever the order within a date or of details', () => {
    const sameDay: Step = { type: 'intervention-recorded', on: '2025-09-10', kind: 'phone-call' };
    const turned = { count: 3, n: 1, on: '2025-09-10', type: 'referral-accepted' } as Step;
    expect(compareAccounts(account(opened, referral, sameDay), account(opened, sameDay, turned))).toEqual([]);
  });

  it('shows a step on another date on both sides', () => {
    const later: Step = { ...out, on: '2025-09-12' };
    const found = compareAccounts(account(opened, out), account(opened, later));
    expect(found.map(({ on, only }) => [on, only])).toEqual([
      ['2025-09-11', 'left'],
      ['2025-09-12', 'right'],
    ]);
  });

  it('shows another channel, and a step that stands twice', () => {
    expect(compareAccounts(account(out), account({ ...out, channel: 'print' }))).toHaveLength(2);
    expect(compareAccounts(account(out, out), account(out))).toEqual([
      { student: '7', on: '2025-09-11', only: 'left', step: out },
    ]);
  });

  it('shows a student who stands in one account only, sorted by student and date', () => {
    const both = new Map([
      ['9', [opened]],
      ['10', [out, opened]],
    ]);
    expect(compareAccounts(both, new Map()).map(({ student, on }) => `${student} ${on}`)).toEqual([
      '10 2025-09-01',
      '10 2025-09-11',
      '9 2025-09-01',
    ]);
  });

  it('says in a line what is where', () => {
    const [one] = compareAccounts(account(referral), account());
    expect(differenceText(one!, { left: 'the demo', right: 'the rehearsal' })).toBe(
      '7 2025-09-10 referral-accepted n=1 count=3: only in the demo',
    );
  });
});

describe('steps of a journal', () => {
  it('leave out what belongs to one run: ids, actors, hours, what is merely noted', () => {
    const steps = stepsOf([
      { type: 'attendance-recorded', on: '2025-09-01', days: [], count: 0 },
      {
        type: 'intervention-recorded',
        on: '2025-09-01',
        id: 'a/1',
        kind: 'phone-call',
        date: '2025-09-01',
        actor: { id: 'script', role: 'script', invented: true },
      },
      {
        type: 'hearing-scheduled',
        on: '2025-11-03',
        sequence: 1,
        date: '2025-11-20',
        time: '10:30',
        place: 'Room 204',
        count: 9,
        override: null,
      },
    ]);
    expect(steps).toEqual([
      { type: 'intervention-recorded', on: '2025-09-01', kind: 'phone-call', date: '2025-09-01' },
      {
        type: 'hearing-scheduled',
        on: '2025-11-03',
        sequence: 1,
        date: '2025-11-20',
        place: 'Room 204',
        count: 9,
      },
    ]);
  });
});
