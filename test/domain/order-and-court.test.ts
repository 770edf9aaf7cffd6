/** From the hearing to the court when the records change in between. */
import { describe, expect, it } from 'vitest';
import { taskChanges } from '../../activities/case-tasks.ts';
import type { Entry } from '../../domain/case/entries.ts';
import { evolveAll } from '../../domain/case/evolve.ts';
import { whatNext } from '../../domain/case/next-step.ts';
import { viewOf } from '../../domain/case/view.ts';
import { FIVE, scheduled } from '../support/lived-case.ts';
import { atThirdNotice, type PaperCase } from '../support/paper-case.ts';

const FAR = { time: '10:00', place: 'Room 1', posted: false } as const;

function after(outcome: 'held' | 'missed'): PaperCase {
  const one = scheduled();
  one.out('hearing-notice', '2025-02-13');
  one.day('2025-03-10');
  one.do('2025-03-10', { type: 'record-hearing', outcome, appeared: 'mother' });
  return one;
}

function ordered(on = '2025-03-10', returnDate?: string): PaperCase {
  const one = after('held');
  if (on > '2025-03-10') one.attendance(on, [on]);
  one.do(on, { type: 'issue-order', findings: 'nine days', services: [], returnDate });
  return one;
}

function orderOut(): PaperCase {
  const one = ordered();
  one.out('order', '2025-03-11');
  return one;
}

const orderOf = (one: PaperCase) => one.state.order;
const breaches = (entries: readonly Entry[]) =>
  entries.filter(({ type }) => type.startsWith('order-')).map((one) => ('date' in one ? one.date : one.type));

describe('what is next', () => {
  it('is the hearing until its day, and then that somebody records what came of it', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    const next = () => whatNext(one.state, one.cal).next;
    one.day('2025-03-07');
    expect(next()).toBe('The hearing is on Mon 10 Mar 2025 at 10:00.');
    one.day('2025-03-11');
    expect(next()).toBe(
      'The hearing was set for Mon 10 Mar 2025 at 10:00: record what came of it, or set another date.',
    );
    // Also where its case has not been told of the day yet.
    const before = { ...one.state, today: '2025-03-12', hearing: { ...one.state.hearing!, due: false } };
    expect(whatNext(before, one.cal).next).toMatch(/was set for/);
  });
});

describe('a hearing that was missed', () => {
  it('can be let go: the count is asked for anew, and no letter speaks of a day that is over', () => {
    const one = after('missed');
    one.attendance('2025-03-11', [['2025-02-11', 0]]);
    expect(one.do('2025-03-11', { type: 'cancel-hearing', reason: 'excused since' })).toMatchObject({
      stage: 'third-referral',
      letter: null,
    });
    const again = { type: 'schedule-hearing', date: '2025-03-31', ...FAR } as const;
    expect(one.do('2025-03-11', again)).toMatchObject({ code: 'HEARING_UNDER_THRESHOLD' });
  });
});

describe('a hearing date', () => {
  it('of today or before is refused, whatever the reason: no notice could precede it', () => {
    const one = atThirdNotice(FIVE);
    one.attendance('2025-02-11', ['2025-02-11']);
    for (const date of ['2025-02-05', '2025-02-11']) {
      expect(
        one.do('2025-02-11', { type: 'schedule-hearing', date, ...FAR, override: 'urgent' }),
      ).toMatchObject({ code: 'HEARING_NOT_AHEAD' });
    }
    expect(
      one.do('2025-02-11', { type: 'schedule-hearing', date: '2025-02-14', ...FAR, override: 'urgent' }),
    ).toMatchObject({ stage: 'hearing-scheduled' });
  });
});

describe('a hearing that was held, its days excused before the order', () => {
  const order = { type: 'issue-order', findings: 'nine days', services: [] } as const;

  it('gives no order until somebody has said what becomes of it', () => {
    const one = after('held');
    one.attendance('2025-03-11', [['2025-02-11', 0]]);
    expect(one.do('2025-03-11', order)).toMatchObject({ code: 'HEARING_QUESTIONED', details: { count: 8 } });
    one.do('2025-03-11', {
      type: 'settle-question',
      letter: { kind: 'hearing-notice', sequence: 1 },
      how: 'stands',
      reason: 'the note came after the hearing',
    });
    expect(viewOf(one.state, one.cal).flags).not.toContain('letter-questioned');
    expect(one.do('2025-03-11', order)).toMatchObject({ stage: 'order', letter: { parked: null } });
    // Said once: the order is not kept in the house by the next mark that arrives.
    one.attendance('2025-03-11', ['2025-03-11']);
    expect(one.state.letters.at(-1)).toMatchObject({ kind: 'order', status: 'waiting', parked: null });
    expect(viewOf(one.state, one.cal).flags).not.toContain('letter-questioned');
  });

  it('that was said to stand before it was held is not asked about again', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.attendance('2025-02-14', [['2024-11-05', 0]]);
    one.do('2025-02-14', { type: 'let-hearing-stand', reason: 'the note came too late' });
    one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    expect(one.do('2025-03-10', order)).toMatchObject({ stage: 'order', letter: { parked: null } });
    one.attendance('2025-03-10', ['2025-03-10']);
    expect(one.state.letters.at(-1)).toMatchObject({ kind: 'order', status: 'waiting', parked: null });
  });
});

describe('the breach of an order', () => {
  it('on a day of return that is over when the order is entered is seen at once', () => {
    expect(orderOf(ordered('2025-03-12', '2025-03-12'))?.brokenBy).toBe('2025-03-12');
  });

  it('is told by its first day, and by the next one when that is corrected', () => {
    const one = orderOut();
    expect(breaches(one.attendance('2025-03-13', ['2025-03-12', '2025-03-13']))).toEqual(['2025-03-12']);
    expect(breaches(one.attendance('2025-03-14', [['2025-03-12', 0]]))).toEqual(['2025-03-13']);
    expect(breaches(one.attendance('2025-03-14', ['2025-03-11']))).toEqual(['2025-03-11']);
    const both = one.attendance('2025-03-17', [
      ['2025-03-11', 0],
      ['2025-03-13', 0],
    ]);
    expect(both.map(({ type }) => type)).toContain('order-kept-after-correction');
    expect(orderOf(one)?.brokenBy).toBeNull();
  });

  it('is one task of the Case Manager, for the day that holds', () => {
    const one = orderOut();
    const before = one.state;
    const entries = [
      ...one.attendance('2025-03-13', ['2025-03-12', '2025-03-13']),
      ...one.attendance('2025-03-14', [['2025-03-12', 0]]),
    ];
    const state = evolveAll(before, entries);
    const numbered = entries.map((entry, i) => ({ seq: i + 1, entry }));
    const { tasks } = taskChanges(state, numbered, (owner) => owner);
    expect(tasks.filter(({ kind }) => kind === 'order-broken')).toMatchObject([
      { role: 'case-manager', textCode: 'ORDER_BROKEN', details: { date: '2025-03-13' } },
    ]);
  });

  it('is noted in court, too, when the case was referred without one', () => {
    const one = orderOut();
    one.do('2025-03-11', { type: 'refer-to-court', override: 'the family has moved away' });
    expect(breaches(one.attendance('2025-03-13', ['2025-03-13']))).toEqual(['2025-03-13']);
  });
});

describe('a review of the order', () => {
  it('before the day of return is refused', () => {
    const one = after('held');
    expect(
      one.do('2025-03-10', {
        ...{ type: 'issue-order', findings: 'nine days', services: [] },
        ...{ returnDate: '2025-03-12', reviewDate: '2025-03-11' },
      }),
    ).toMatchObject({ code: 'REVIEW_BEFORE_RETURN' });
  });
});

describe('the State’s Attorney', () => {
  function referred(): PaperCase {
    const one = orderOut();
    one.attendance('2025-03-12', ['2025-03-12']);
    one.do('2025-03-12', { type: 'refer-to-court' });
    return one;
  }
  const answer = (one: PaperCase, on: string, what: 'accepted' | 'declined' | 'returned') =>
    one.do(on, { type: 'record-court-answer', answer: what });

  it('cannot have answered papers that are still in the house', () => {
    const one = referred();
    expect(answer(one, '2025-03-12', 'returned')).toMatchObject({ code: 'REFERRAL_NOT_OUT' });
    one.out('state-attorney-referral', '2025-03-13');
    expect(answer(one, '2025-03-13', 'returned')).toMatchObject({ stage: 'court' });
  });

  it('who declines gives the case back: reminders and the question about closing go on from there', () => {
    const one = referred();
    one.out('state-attorney-referral', '2025-03-13');
    answer(one, '2025-03-20', 'declined');
    const view = viewOf(one.state, one.cal);
    expect(view.actionBy).toBe('case-manager');
    expect(view.nextDeadline).toMatchObject({ kind: 'contact-reminder' });
    const declined: Entry = { type: 'court-answered', on: '2025-03-20', answer: 'declined' };
    const { tasks } = taskChanges(one.state, [{ seq: 1, entry: declined }], (owner) => owner);
    expect(tasks).toMatchObject([{ role: 'case-manager', textCode: 'COURT_DECLINED_THE_REFERRAL' }]);
    one.attendance('2025-05-30');
    expect(one.entries.findLast(({ type }) => type === 'closing-asked')?.on).toBe('2025-05-29');
  });
});
