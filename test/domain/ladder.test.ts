/** The ladder of ROE #53, rule by rule, as its page has it. */
import { describe, expect, it } from 'vitest';
import { closeDay } from '../../domain/calendar.ts';
import { stageOf } from '../../domain/case/state.ts';
import { deadlines } from '../../domain/case/deadlines.ts';
import { interventionRefusal } from '../../domain/interventions.ts';
import { scheduled } from '../support/lived-case.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';

const code = (answer: object) => ('code' in answer ? answer.code : 'accepted');

describe('interventions', () => {
  const report = { kind: 'phone-call', date: '2025-01-13', by: 'clerk', outcome: 'no answer' };
  it('a truancy ticket is no intervention, whatever it is called', () => {
    for (const ticket of [
      { ...report, kind: 'truancy-ticket' },
      { ...report, kind: 'Fine' },
      { ...report, kind: 'other', description: 'gave the student a citation' },
    ]) {
      const refusal = interventionRefusal(ticket, ROE53, '2025-01-13', TWO_YEARS);
      expect(refusal?.code).toBe('NOT_AN_INTERVENTION');
      expect(refusal?.message).toContain('ticket');
    }
  });
  it('a phone call about a ticket is still a phone call', () => {
    expect(
      interventionRefusal({ ...report, outcome: 'explained the ticket' }, ROE53, '2025-01-13', TWO_YEARS),
    ).toBeNull();
  });
  it('not in the future, not more than 180 attendance days back', () => {
    expect(interventionRefusal({ ...report, date: '2025-01-14' }, ROE53, '2025-01-13', TWO_YEARS)?.code).toBe(
      'DATE_IN_FUTURE',
    );
    expect(interventionRefusal({ ...report, date: '2023-09-01' }, ROE53, '2025-01-13', TWO_YEARS)?.code).toBe(
      'INTERVENTION_TOO_OLD',
    );
  });
});

describe('the first referral', () => {
  it('needs three interventions and a new unexcused absence after the first of them', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    one.interventions('2025-01-13', 2);
    expect(one.refer('2025-01-13')).toMatchObject({
      code: 'INTERVENTIONS_MISSING',
      details: { unmet: [{ code: 'INTERVENTIONS_MISSING' }, { code: 'NO_NEW_UNEXCUSED_ABSENCE' }] },
    });
    one.interventions('2025-01-13', 1);
    expect(code(one.refer('2025-01-13'))).toBe('NO_NEW_UNEXCUSED_ABSENCE');
    one.attendance('2025-01-14', ['2025-01-14']);
    expect(code(one.refer('2025-01-14'))).toBe('accepted');
  });
  it('may go without a new absence when the school gives a written reason, which is kept', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    one.interventions('2025-01-13');
    expect(code(one.refer('2025-01-13', { override: 'the family has left the county' }))).toBe('accepted');
    expect(one.entries.find((entry) => entry.type === 'referral-accepted')).toMatchObject({
      override: 'the family has left the county',
    });
  });
  it('cannot be accepted with fewer interventions while the policy does not allow it', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    one.interventions('2025-01-13', 2);
    one.attendance('2025-01-14', ['2025-01-14']);
    expect(code(one.refer('2025-01-14', { acceptFewer: 'two home visits' }))).toBe('INTERVENTIONS_MISSING');
  });
});

describe('the second referral', () => {
  const afterFirst = () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    one.out('first-notice', '2025-01-15');
    return one;
  };
  it('is too early on the 6th school day and possible on the 7th; King Day does not count', () => {
    const one = afterFirst();
    one.interventions('2025-01-16');
    one.attendance('2025-01-17', ['2025-01-17']);
    expect(one.refer('2025-01-23')).toMatchObject({
      code: 'REFERRAL_TOO_EARLY',
      details: { possibleFrom: '2025-01-24' },
    });
    expect(code(one.refer('2025-01-24'))).toBe('accepted');
  });
  it('needs additional interventions: those of the first referral do not count again', () => {
    const one = afterFirst();
    one.attendance('2025-01-24', ['2025-01-24']);
    expect(one.refer('2025-01-24')).toMatchObject({
      code: 'INTERVENTIONS_MISSING',
      details: { documented: 0 },
    });
  });
  it('asks for an absence after the family could know: the school day after an e-mail', () => {
    const one = afterFirst();
    one.interventions('2025-01-16');
    one.attendance('2025-01-24', ['2025-01-15']);
    expect(code(one.refer('2025-01-24'))).toBe('NO_NEW_UNEXCUSED_ABSENCE');
    one.attendance('2025-01-24', ['2025-01-16']);
    expect(code(one.refer('2025-01-24'))).toBe('accepted');
  });
  it('… and the third weekday after posting, holidays excepted', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    one.out('first-notice', '2025-01-15', 'print');
    // Thu 16, Fri 17, (Mon 20 is a holiday), Tue 21.
    expect(one.state.letters[0]).toMatchObject({ knownFrom: '2025-01-21' });
  });
  it('moves with a snow day and back with the day after it', () => {
    const one = afterFirst();
    const entries = one.calendar('2025-01-21', closeDay(TWO_YEARS, '2025-01-22'), 'snow');
    expect(entries.find((entry) => entry.type === 'deadline-moved')).toMatchObject({
      from: '2025-01-24',
      to: '2025-01-27',
      because: 'snow',
    });
    expect(deadlines(one.state, one.cal)[0]).toMatchObject({ kind: 'referral-possible', date: '2025-01-27' });
    const back = one.calendar('2025-01-21', TWO_YEARS, 'no snow after all');
    expect(back.find((entry) => entry.type === 'deadline-moved')).toMatchObject({
      from: '2025-01-27',
      to: '2025-01-24',
    });
  });
});

describe('the third referral', () => {
  it('puts the student on the caseload by itself', () => {
    const one = atThirdNotice(['2025-01-08']);
    expect(stageOf(one.state)).toBe('third-referral');
    expect(one.state.caseload).toMatchObject({ why: 'third-referral' });
  });
  it('leaves a student on the caseload who is there already', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    expect(code(one.do('2025-01-13', { type: 'place-on-caseload', reason: 'early' }))).toBe(
      'CASELOAD_BEFORE_REFERRAL',
    );
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    expect(code(one.do('2025-01-14', { type: 'place-on-caseload', reason: 'known family' }))).toBe(
      'accepted',
    );
    expect(code(one.do('2025-01-14', { type: 'place-on-caseload', reason: 'again' }))).toBe(
      'ALREADY_ON_CASELOAD',
    );
  });
});

describe('the hearing', () => {
  const schedule = {
    type: 'schedule-hearing',
    date: '2025-03-10',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  } as const;
  /** Four days before the referrals, three with them: 7 with the fourth. */
  const seven = ['2024-11-05', '2024-11-12', '2024-12-03', '2025-01-08'];

  it('is not reached by 8.5 unexcused days', () => {
    const one = atThirdNotice(seven);
    one.attendance('2025-02-11', ['2025-02-11', ['2025-02-10', 0.5]]);
    expect(one.do('2025-02-11', schedule)).toMatchObject({
      code: 'HEARING_UNDER_THRESHOLD',
      details: { count: 8.5, threshold: 9 },
    });
  });
  it('is reached by 9.0', () => {
    const one = atThirdNotice(seven);
    one.attendance('2025-02-11', ['2025-02-11', '2025-02-10']);
    expect(one.types()).toContain('threshold-reached');
    expect(one.do('2025-02-11', schedule)).toMatchObject({
      stage: 'hearing-scheduled',
      letter: { kind: 'hearing-notice' },
    });
  });
  it('does not count a day that has left the 180-day window, and wakes on the day it leaves', () => {
    // The first day of school in August 2023 is long out of the window by February 2025; one a year ago is in it.
    const old = atThirdNotice(['2023-09-05', ...seven]);
    old.attendance('2025-02-11', ['2025-02-11']);
    expect(old.do('2025-02-11', schedule)).toMatchObject({
      code: 'HEARING_UNDER_THRESHOLD',
      details: { count: 8 },
    });

    const leaving = atThirdNotice(['2024-03-04', ...seven]);
    leaving.attendance('2025-02-11', ['2025-02-11']);
    expect(leaving.state.atThreshold).toBe(true);
    const drop = deadlines(leaving.state, leaving.cal).find((one) => one.kind === 'count-drops')!;
    leaving.attendance(drop.date);
    expect(leaving.entries.findLast((entry) => entry.type === 'threshold-lost')).toMatchObject({
      type: 'threshold-lost',
      on: drop.date,
      count: 8,
      because: 'window',
    });
  });
  it('once scheduled, is not undone by days that leave the window', () => {
    const one = atThirdNotice(['2024-03-04', ...seven]);
    one.attendance('2025-02-11', ['2025-02-11']);
    expect(code(one.do('2025-02-11', schedule))).toBe('accepted');
    one.attendance('2025-03-10');
    expect(one.types()).not.toContain('threshold-lost');
    expect(stageOf(one.state)).toBe('hearing-scheduled');
  });
  it('needs the third notice out and a new absence after it', () => {
    const one = atThirdNotice([...seven, '2024-12-10', '2024-12-11']);
    expect(code(one.do('2025-02-10', schedule))).toBe('NO_NEW_UNEXCUSED_ABSENCE');
  });
  it('is at least 10 days after its notice leaves, 14 when posted', () => {
    const one = atThirdNotice([...seven, '2024-12-10']);
    one.attendance('2025-02-11', ['2025-02-11']);
    // The notice leaves on Thu 13 February (Wed 12 is a holiday): Sun 23, so Mon 24; posted from Thu 27.
    expect(one.do('2025-02-11', { ...schedule, date: '2025-02-21' })).toMatchObject({
      code: 'HEARING_TOO_SOON',
      details: { earliest: '2025-02-23' },
    });
    expect(one.do('2025-02-11', { ...schedule, date: '2025-02-26', posted: true })).toMatchObject({
      details: { earliest: '2025-02-27' },
    });
    expect(code(one.do('2025-02-11', { ...schedule, date: '2025-02-22' }))).toBe('HEARING_ON_A_DAY_OFF');
    expect(code(one.do('2025-02-11', { ...schedule, date: '2025-02-24' }))).toBe('accepted');
  });
});

describe('order and court', () => {
  it('a hearing without its notice out cannot be recorded as held, nor before its day', () => {
    const one = scheduled();
    const held = { type: 'record-hearing', outcome: 'held', appeared: 'mother' } as const;
    expect(code(one.do('2025-03-07', held))).toBe('HEARING_NOT_YET');
    expect(code(one.do('2025-03-10', held))).toBe('HEARING_NOTICE_NOT_OUT');
    one.out('hearing-notice', '2025-03-10');
    expect(code(one.do('2025-03-10', held))).toBe('accepted');
  });
  it('the first unexcused day from the return date on breaks the order; court follows a breach, by a person', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    const order = { type: 'issue-order', findings: 'nine days', services: [] } as const;
    expect(code(one.do('2025-03-10', order))).toBe('ORDER_BEFORE_HEARING');
    one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    expect(one.do('2025-03-10', order)).toMatchObject({ stage: 'order' });
    expect(one.state.order?.returnDate).toBe('2025-03-11');
    one.out('order', '2025-03-11');
    one.attendance('2025-03-11', ['2025-03-10']);
    expect(code(one.do('2025-03-11', { type: 'refer-to-court' }))).toBe('ORDER_NOT_BROKEN');
    one.attendance('2025-03-12', ['2025-03-12']);
    expect(one.entries.at(-1)).toMatchObject({ type: 'order-broken', date: '2025-03-12' });
    expect(one.do('2025-03-12', { type: 'refer-to-court' })).toMatchObject({
      stage: 'court',
      letter: { kind: 'state-attorney-referral' },
    });
    // The absence turns out excused: the breach is taken back, visibly, before court; the case stays where a person put it.
    expect(code(one.do('2025-03-12', { type: 'refer-to-court' }))).toBe('ALREADY_IN_COURT');
  });
});

describe('closing', () => {
  it('a quiet case closes as improved after 45 covered clean school days', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-10']);
    one.attendance('2025-03-18');
    expect(one.state.closed).toBeNull();
    one.attendance('2025-03-19');
    expect(one.state.closed).toMatchObject({ on: '2025-03-19', reason: 'improved' });
  });
  it('a feed that stops for 60 school days closes nothing', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-10']);
    for (const date of ['2025-02-14', '2025-03-14', '2025-04-17']) one.day(date);
    expect(one.state.closed).toBeNull();
    expect(one.types()).toEqual(['case-opened']);
  });
  it('days missed by the feed neither count nor break the stretch', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-10']);
    one.attendance('2025-02-14');
    const skipped = one.state.coverage;
    expect(skipped).toHaveLength(1);
    one.attendance('2025-03-19', ['2025-03-03']);
    expect(one.state.closed).toBeNull();
  });
  it('asks the Case Manager instead when the student is on the caseload', () => {
    const one = atThirdNotice(['2025-01-08']);
    one.attendance('2025-05-02');
    expect(one.entries.at(-1)).toMatchObject({ type: 'closing-asked' });
    expect(one.state.closed).toBeNull();
  });
  it('a closed case takes no more decisions', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-10']);
    expect(code(one.do('2025-01-14', { type: 'close-case', reason: 'graduated' }))).toBe('accepted');
    expect(code(one.refer('2025-01-15'))).toBe('CASE_CLOSED');
  });
});

describe('withdrawing a step', () => {
  it('undoes the third referral and its caseload before the letter leaves', () => {
    const one = atThirdNotice(['2025-01-08']);
    expect(code(one.do('2025-02-07', { type: 'withdraw-step', reason: 'late' }))).toBe('NOTICE_ALREADY_OUT');
    const early = new PaperCase('2025-01-13', ['2025-01-08']);
    early.interventions('2025-01-13');
    early.attendance('2025-01-14', ['2025-01-14']);
    early.refer('2025-01-14');
    expect(early.do('2025-01-14', { type: 'withdraw-step', reason: 'mistake' })).toMatchObject({
      stage: 'interventions',
    });
    expect(early.state.interventions.every((one) => one.countedFor === null)).toBe(true);
  });
});
