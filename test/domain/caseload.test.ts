/** The caseload by example: meetings, the plan, its reviews on school days, agencies, the end. */
import { describe, expect, it } from 'vitest';
import { addMakeUpDay, closeDay } from '../../domain/calendar.ts';
import { detailsOf } from '../../domain/caseload/view.ts';
import { commandFault, signalFault } from '../../domain/caseload/shapes.ts';
import { contactRefusal, isReached } from '../../domain/contacts.ts';
import { PaperCaseload } from '../support/paper-caseload.ts';
import { TWO_YEARS } from '../support/paper-case.ts';

/** Placed on Mon 6 January 2025; King Day is Mon 20, Presidents' Day Mon 17 February. */
const placed = () => new PaperCaseload('2025-01-06');
const planned = () => {
  const one = placed();
  one.done('2025-01-08', { type: 'make-plan', goals: ['at school by 8:00', 'no absence'], supports: [] });
  return one;
};

describe('meetings', () => {
  it('are recorded, and tries that came to nothing as well', () => {
    const one = placed();
    one.done('2025-01-07', { type: 'record-meeting', with: 'parent', outcome: 'not-reached' });
    const answer = one.done('2025-01-08', { type: 'record-meeting', with: 'parent', outcome: 'met' });
    expect(one.state.meetings.map((meeting) => meeting.outcome)).toEqual(['not-reached', 'met']);
    expect(answer).toMatchObject({ standing: 'to-plan', next: 'Make the attendance improvement plan.' });
  });

  it('cannot be of tomorrow, nor of before the caseload', () => {
    const one = placed();
    const meeting = { type: 'record-meeting', with: 'student', outcome: 'met' } as const;
    expect(one.no('2025-01-07', { ...meeting, date: '2025-01-08' }).code).toBe('DATE_IN_FUTURE');
    expect(one.no('2025-01-07', { ...meeting, date: '2025-01-05' })).toMatchObject({
      code: 'DATE_BEFORE_CASELOAD',
      details: { placedOn: '2025-01-06' },
    });
  });
});

describe('the plan', () => {
  it('is reviewed after 10 and 20 school days unless it says otherwise', () => {
    const one = planned();
    // Wed 8 January is day 0; King Day is no school day.
    expect(one.days()).toEqual(['2025-01-23', '2025-02-06']);
  });

  it('takes review dates as school days or dates, and signatures by function', () => {
    const one = placed();
    const answer = one.done('2025-01-08', {
      type: 'make-plan',
      goals: ['at school by 8:00'],
      supports: ['bus pass'],
      reviews: [{ schoolDays: 5 }, { date: '2025-03-03' }],
      signedBy: ['mother', 'student', 'mother'],
    });
    expect(one.days()).toEqual(['2025-01-15', '2025-03-03']);
    expect(one.state.plans[0]?.signatures).toEqual([
      { by: 'mother', on: '2025-01-08' },
      { by: 'student', on: '2025-01-08' },
    ]);
    expect(answer).toMatchObject({ standing: 'to-share', nextDeadline: '2025-01-15' });
  });

  it('refuses a review date that is not ahead', () => {
    const refusal = placed().no('2025-01-08', {
      type: 'make-plan',
      goals: ['x'],
      supports: [],
      reviews: [{ date: '2025-01-08' }],
    });
    expect(refusal.code).toBe('DATE_NOT_AHEAD');
  });

  it('keeps the earlier one when revised, replaces its reviews ahead, and asks why', () => {
    const one = planned();
    const plan = {
      type: 'make-plan',
      goals: ['by bus'],
      supports: [],
      reviews: [{ schoolDays: 5 }],
    } as const;
    expect(one.no('2025-01-14', plan).code).toBe('REVISION_REASON_MISSING');
    one.done('2025-01-14', { ...plan, reason: 'the family has moved' });
    expect(one.state.plans.map((each) => [each.revision, each.goals.length, each.reason])).toEqual([
      [1, 2, null],
      [2, 1, 'the family has moved'],
    ]);
    expect(one.state.reviews.map((review) => [review.id, review.status])).toEqual([
      ['r1', 'replaced'],
      ['r2', 'replaced'],
      ['r3', 'ahead'],
    ]);
    expect(one.days()).toEqual(['2025-01-22']);
  });

  it('cannot be gone through, reviewed or met before it is made', () => {
    const one = placed();
    expect(one.no('2025-01-08', { type: 'share-plan', with: 'parent' }).code).toBe('PLAN_MISSING');
    expect(one.no('2025-01-08', { type: 'hold-review', how: 'x', goalsMet: [] }).code).toBe('PLAN_MISSING');
    expect(one.no('2025-01-08', { type: 'end-caseload', how: 'plan-met' }).code).toBe('PLAN_MISSING');
  });

  it('gone through with the family is noted with the date and who signed', () => {
    const one = planned();
    one.done('2025-01-10', {
      type: 'share-plan',
      with: 'student-and-parent',
      date: '2025-01-09',
      signedBy: ['father'],
    });
    expect(one.state.plans[0]).toMatchObject({
      shared: [{ with: 'student-and-parent', on: '2025-01-09' }],
      signatures: [{ by: 'father', on: '2025-01-09' }],
    });
    expect(one.no('2025-01-10', { type: 'share-plan', with: 'parent', date: '2025-01-07' }).code).toBe(
      'SHARED_BEFORE_PLAN',
    );
  });
});

describe('a review', () => {
  it('falls due on its school day, dated by it however late it is noticed', () => {
    const one = planned();
    expect(one.day('2025-01-22')).toEqual([]);
    expect(one.day('2025-01-28')).toMatchObject([{ type: 'review-due', id: 'r1', on: '2025-01-23' }]);
    expect(one.day('2025-01-28')).toEqual([]);
  });

  it('stands for every review that is due, and says which goals are met', () => {
    const one = planned();
    const answer = one.done('2025-02-10', { type: 'hold-review', how: 'late once', goalsMet: ['1'] });
    expect(one.state.reviews.map((review) => review.status)).toEqual(['held', 'held']);
    expect(one.state.plans[0]?.goals.map((goal) => goal.met)).toEqual([true, false]);
    expect(answer.done).toBe('The review is recorded: 1 of 2 goals met.');
  });

  it('before its day is refused with the day, unless it is said to be early', () => {
    const one = planned();
    const review = { type: 'hold-review', how: 'well', goalsMet: [] } as const;
    expect(one.no('2025-01-21', review)).toMatchObject({
      code: 'REVIEW_NOT_DUE',
      details: { reviewOn: '2025-01-23' },
    });
    one.done('2025-01-21', { ...review, early: true });
    expect(one.state.reviews.map((each) => each.status)).toEqual(['held', 'ahead']);
  });

  it('beyond the last one planned is taken, and can set the next', () => {
    const one = planned();
    one.done('2025-02-10', { type: 'hold-review', how: 'x', goalsMet: [] });
    one.done('2025-02-20', { type: 'hold-review', how: 'y', goalsMet: [], next: { schoolDays: 10 } });
    expect(one.state.reviews.map((each) => [each.id, each.status])).toEqual([
      ['r1', 'held'],
      ['r2', 'held'],
      ['r3', 'held'],
      ['r4', 'ahead'],
    ]);
    expect(one.days()).toEqual(['2025-03-06']);
  });

  it('refuses a goal the plan does not have', () => {
    const one = planned();
    one.day('2025-01-23');
    expect(one.no('2025-01-23', { type: 'hold-review', how: 'x', goalsMet: ['3'] })).toMatchObject({
      code: 'UNKNOWN_GOAL',
      details: { unknown: ['3'], goals: 2 },
    });
  });
});

describe('a calendar change', () => {
  it('moves the reviews ahead and says from when to when', () => {
    const one = planned();
    expect(one.calendar('2025-01-13', closeDay(TWO_YEARS, '2025-01-14'))).toMatchObject([
      { type: 'calendar-changed' },
      { type: 'deadline-moved', deadline: 'review', id: 'r1', from: '2025-01-23', to: '2025-01-24' },
      { type: 'deadline-moved', deadline: 'review', id: 'r2', from: '2025-02-06', to: '2025-02-07' },
    ]);
    expect(one.days()).toEqual(['2025-01-24', '2025-02-07']);
    // A make-up day moves them in again.
    one.calendar('2025-01-15', addMakeUpDay(one.state.calendar, '2025-01-18'));
    expect(one.days()).toEqual(['2025-01-23', '2025-02-06']);
  });

  it('that changes nothing is not written down', () => {
    const one = planned();
    expect(one.calendar('2025-01-13', TWO_YEARS)).toEqual([]);
  });

  it('on the very morning lets a review that was due lie ahead again, and fall due once more', () => {
    const one = planned();
    one.day('2025-01-23');
    const snow = closeDay(TWO_YEARS, '2025-01-23');
    expect(one.calendar('2025-01-23', snow).map((entry) => entry.type)).toContain('deadline-moved');
    expect(one.state.reviews[0]?.status).toBe('ahead');
    expect(one.day('2025-01-24')).toMatchObject([{ type: 'review-due', id: 'r1', on: '2025-01-24' }]);
  });

  it('gives the same whether or not the worker was awake the day before', () => {
    const awake = planned();
    const asleep = planned();
    awake.day('2025-01-23');
    const late = closeDay(TWO_YEARS, '2025-01-22');
    // Posted on the 27th for the 22nd: r1 had been due on the 23rd and, by the new calendar, on the 24th; both are over.
    awake.calendar('2025-01-27', late);
    asleep.calendar('2025-01-27', late);
    expect(asleep.state).toEqual(awake.state);
  });

  it('that does not reach a review leaves its day open until the next calendar', () => {
    const one = new PaperCaseload('2025-05-20');
    const answer = one.done('2025-05-20', { type: 'make-plan', goals: ['x'], supports: [] });
    expect(answer.nextDeadline).toBeNull();
    expect(answer.done).toContain('beyond the calendar known so far');
    expect(one.day('2025-08-15')).toEqual([]);
    const more = {
      ...TWO_YEARS,
      terms: [...TWO_YEARS.terms, { from: '2025-08-18', to: '2026-05-29' }],
    };
    one.calendar('2025-08-15', more);
    expect(one.days()[0]).toBe('2025-08-19');
  });

  it('with another school keeps what was planned', () => {
    const one = planned();
    one.school('2025-01-10', 'SOUTH-HS', closeDay(TWO_YEARS, '2025-01-15'));
    expect(one.state.school).toBe('SOUTH-HS');
    expect(one.days()[0]).toBe('2025-01-24');
  });

  it('told with a school whose calendar is the same says what fell due until then', () => {
    const one = planned();
    const entries = one.school('2025-01-24', 'SOUTH-HS', TWO_YEARS);
    expect(entries.map((entry) => `${entry.type} ${entry.on}`)).toEqual([
      'review-due 2025-01-23',
      'school-changed 2025-01-24',
    ]);
  });
});

describe('an agency', () => {
  it('is asked after 10 school days; the outcome settles it, or sets another day', () => {
    const one = placed();
    one.done('2025-01-08', { type: 'refer-to-agency', agency: 'Tri-County', purpose: 'counseling' });
    expect(one.day('2025-01-23')).toMatchObject([{ type: 'follow-up-due', id: 'a1' }]);
    expect(one.state.agencies[0]?.followUp?.due).toBe(true);
    one.done('2025-01-24', {
      type: 'record-follow-up',
      agency: 'a1',
      outcome: 'waiting-list',
      again: { schoolDays: 5 },
    });
    expect(one.days()).toEqual(['2025-01-31']);
    one.done('2025-01-31', { type: 'record-follow-up', agency: 'a1', outcome: 'attending' });
    expect(one.days()).toEqual([]);
    expect(one.state.agencies[0]?.outcomes.map((was) => was.outcome)).toEqual(['waiting-list', 'attending']);
  });

  it('that was never asked is refused, naming those that were', () => {
    const refusal = placed().no('2025-01-08', {
      type: 'record-follow-up',
      agency: 'a1',
      outcome: 'completed',
    });
    expect(refusal.code).toBe('UNKNOWN_AGENCY_REFERRAL');
  });
});

describe('the end', () => {
  it('with the plan met needs a review that found every goal met', () => {
    const one = planned();
    one.done('2025-01-23', { type: 'hold-review', how: 'x', goalsMet: ['1'] });
    expect(one.no('2025-01-24', { type: 'end-caseload', how: 'plan-met' })).toMatchObject({
      code: 'GOALS_NOT_MET',
      details: { goals: ['2'] },
    });
    one.done('2025-02-06', { type: 'hold-review', how: 'y', goalsMet: ['1', '2'] });
    one.done('2025-02-06', { type: 'end-caseload', how: 'plan-met' });
    expect(one.state.ended).toMatchObject({ on: '2025-02-06', how: 'plan-met' });
    expect(one.days()).toEqual([]);
  });

  it('before that needs a reason; afterwards nothing more is recorded', () => {
    const one = planned();
    expect(one.no('2025-01-10', { type: 'end-caseload', how: 'case-manager' }).code).toBe('REASON_MISSING');
    one.done('2025-01-10', { type: 'end-caseload', how: 'case-manager', reason: 'agency takes over' });
    expect(one.no('2025-01-10', { type: 'record-meeting', with: 'parent', outcome: 'met' }).code).toBe(
      'CASELOAD_ENDED',
    );
    expect(one.day('2025-05-01')).toEqual([]);
  });

  it('comes with the end of the case', () => {
    const one = planned();
    expect(one.caseEnded('2025-01-17', 'withdrawn')).toMatchObject([
      { type: 'caseload-ended', how: 'case-ended', reason: 'withdrawn', on: '2025-01-17' },
    ]);
    expect(one.caseEnded('2025-01-18', 'again')).toEqual([]);
  });
});

it('the Web UI shows plan, reviews and what is ahead', () => {
  const one = planned();
  one.done('2025-01-09', { type: 'refer-to-agency', agency: 'Tri-County', purpose: 'counseling' });
  const details = detailsOf(one.state, one.cal);
  expect(details.split('\n')[0]).toBe(
    '**Caseload of C-1 (1). Go through the plan with student and parent.**',
  );
  expect(details).toContain('- r1: Thu 23 Jan 2025');
  expect(details).toContain('- follow-up with agency a1 on Fri 24 Jan 2025');
});

describe('a message that no door sent', () => {
  it('is named by its first field at fault', () => {
    expect(signalFault('calendar', undefined)).toBe('the message itself');
    expect(signalFault('calendar', { calendar: { terms: 'x' }, today: '2025-01-06' })).toBe('calendar');
    expect(signalFault('case-ended', { on: '2025-02-30', reason: 'x' })).toBe('on');
    expect(commandFault({ type: 'make-plan' })).toBe('id');
    expect(commandFault(one({ type: 'make-plan', goals: [], supports: [] }))).toBe('goals');
    expect(
      commandFault(one({ type: 'make-plan', goals: ['x'], supports: [], reviews: [{ schoolDays: 0 }] })),
    ).toBe('reviews');
    expect(commandFault(one({ type: 'toString' }))).toBe('type');
    expect(commandFault(one({ type: 'end-caseload', how: 'plan-met' }))).toBeNull();
  });

  it('cannot keep the workflow busy with a term of ten thousand years', () => {
    const calendar = { terms: [{ from: '0001-01-01', to: '9999-12-31' }], closed: [], open: [] };
    expect(signalFault('calendar', { calendar, today: '2025-01-06' })).toBe('calendar');
  });

  function one(more: object): object {
    return {
      id: 'x',
      officeDate: '2025-01-06',
      actor: { id: 'U-1', role: 'case-manager' },
      expiresAt: '2030-01-01T00:00:00Z',
      ...more,
    };
  }
});

describe('contacts', () => {
  it('cannot be of tomorrow; only who was reached was reached', () => {
    expect(contactRefusal('2025-01-07', '2025-01-06')?.code).toBe('DATE_IN_FUTURE');
    expect(contactRefusal('2025-01-06', '2025-01-06')).toBeNull();
    expect([isReached('reached'), isReached('left-message'), isReached('refused')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
