/** Between terms, at another school, under another policy, in court. */
import { describe, expect, it } from 'vitest';
import { addMakeUpDay, closeDay } from '../../domain/calendar.ts';
import { evolveAll } from '../../domain/case/evolve.ts';
import { referralPossibleFrom, unexcusedCount } from '../../domain/case/rules.ts';
import { restoredCase, type CaseState } from '../../domain/case/state.ts';
import { whyOf } from '../../domain/case/view.ts';
import { PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';
import { FIRST, FIVE, last, letter, noticed, scheduled } from '../support/lived-case.ts';

describe('between two terms', () => {
  it('no letter leaves: it waits for the first school day, or for a calendar that knows one', () => {
    const next = { from: '2025-08-18', to: '2026-05-29' };
    const known = { ...TWO_YEARS, terms: [...TWO_YEARS.terms, next] };
    for (const [calendar, sendOn, parked] of [
      [known, '2025-08-18', null],
      [TWO_YEARS, '2025-06-02', 'between-terms'],
    ] as const) {
      const one = new PaperCase('2025-05-28', FIVE, calendar);
      one.interventions('2025-05-28');
      one.attendance('2025-05-30', ['2025-05-30']);
      expect(one.refer('2025-05-30')).toMatchObject({ letter: { sendOn, parked } });
      if (parked) {
        one.calendar('2025-07-01', known, 'next year’s calendar');
        expect(letter(one, 'first-notice')).toMatchObject({ parked: null, sendOn: '2025-08-18' });
      }
      one.do('2025-07-02', { type: 'release-letter', letter: FIRST, reason: 'summer school' });
      expect(letter(one, 'first-notice').sendOn).toBe('2025-07-03');
    }
  });

  it('nor one whose day another calendar, or another school’s, puts there; but a released one leaves', () => {
    const begins = (from: string) => ({
      ...TWO_YEARS,
      terms: [...TWO_YEARS.terms, { from, to: '2026-05-29' }],
    });
    const waits = () => {
      const one = new PaperCase('2025-05-28', FIVE, begins('2025-08-18'));
      one.interventions('2025-05-28');
      one.attendance('2025-05-30', ['2025-05-30']);
      expect(one.refer('2025-05-30')).toMatchObject({ letter: { sendOn: '2025-08-18', parked: null } });
      return one;
    };
    const later = waits();
    later.calendar('2025-07-01', begins('2025-08-25'), 'the term begins later');
    expect(letter(later, 'first-notice')).toMatchObject({ sendOn: '2025-08-25', parked: null });
    later.calendar('2025-07-02', begins('2025-08-11'), 'the term begins earlier');
    expect(letter(later, 'first-notice')).toMatchObject({ sendOn: '2025-08-25', parked: null });

    const unknown = waits();
    unknown.transfer('2025-07-20', 'SOUTH-HS', '2025-07-20', TWO_YEARS);
    expect(letter(unknown, 'first-notice')).toMatchObject({ parked: 'between-terms' });
    unknown.calendar('2025-08-01', begins('2025-08-20'), 'their calendar');
    expect(letter(unknown, 'first-notice')).toMatchObject({ sendOn: '2025-08-20', parked: null });

    const released = waits();
    released.do('2025-07-02', { type: 'release-letter', letter: FIRST, reason: 'summer school' });
    released.calendar('2025-07-02', begins('2025-08-25'), 'the term begins later');
    expect(letter(released, 'first-notice')).toMatchObject({ sendOn: '2025-07-03', parked: null });
  });

  it('a family that was told on the last day of school knows it when school begins', () => {
    const one = new PaperCase('2025-05-19', FIVE);
    one.interventions('2025-05-19');
    one.attendance('2025-05-29', ['2025-05-29']);
    one.refer('2025-05-29');
    one.out('first-notice', '2025-05-30');
    expect(letter(one, 'first-notice').knownFrom).toBeNull();
    const known = { ...TWO_YEARS, terms: [...TWO_YEARS.terms, { from: '2025-08-18', to: '2026-05-29' }] };
    one.calendar('2025-07-01', known, 'next year’s calendar');
    one.interventions('2025-08-20');
    one.attendance('2025-08-27', ['2025-08-26']);
    expect(one.refer('2025-08-27')).toMatchObject({ stage: 'second-referral' });
  });
});

describe('a transfer', () => {
  it('keeps referrals and old days, and counts new days on the new school’s calendar', () => {
    const one = noticed();
    const theirs = closeDay(closeDay(TWO_YEARS, '2025-01-22'), '2025-01-14');
    one.transfer('2025-01-21', 'SOUTH-HS', '2025-01-21', theirs);
    expect(one.state).toMatchObject({ school: 'SOUTH-HS', county: 'Peoria' });
    // The new school is closed on the 22nd; the old school’s 14th stays a school day.
    expect(referralPossibleFrom(one.state, one.cal)).toBe('2025-01-27');
    expect(unexcusedCount(one.state, '2025-01-21', one.cal)).toBe(6);
    expect(letter(one, 'first-notice').concern).toBeNull();
    expect(last(one, 'deadline-moved')).toMatchObject({ because: 'transfer to SOUTH-HS' });
  });
});

describe('another version of the policy', () => {
  it('holds for a case only once it is moved, and says which deadlines move', () => {
    const one = noticed();
    const ten = { ...ROE53, version: '2', referrals: { ...ROE53.referrals, schoolDaysBetween: 10 } };
    expect(one.do('2025-01-16', { type: 'adopt-policy', policy: ROE53, reason: 'x' })).toMatchObject({
      code: 'POLICY_UNCHANGED',
    });
    one.do('2025-01-16', { type: 'adopt-policy', policy: ten, reason: 'new board rule' });
    expect(one.entries.find((entry) => entry.type === 'deadline-moved')).toMatchObject({
      deadline: 'referral-possible',
      from: '2025-01-24',
      to: '2025-01-29',
      because: 'policy roe53 2',
    });
  });

  it('asks about letters whose step it would not allow', () => {
    const one = noticed();
    const five = { ...ROE53, version: '2', interventions: { ...ROE53.interventions, perReferral: 5 } };
    one.do('2025-01-16', { type: 'adopt-policy', policy: five, reason: 'new board rule' });
    expect(letter(one, 'first-notice').concern?.what).toBe('basis-lost');
  });
});

describe('court', () => {
  it('reminds without news, takes the papers again when returned, and closes with the disposition', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-12');
    one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    one.do('2025-03-10', { type: 'issue-order', findings: 'nine days', services: [] });
    one.out('order', '2025-03-11');
    one.attendance('2025-03-12', ['2025-03-12']);
    expect(one.do('2025-03-12', { type: 'close-case', reason: 'court-disposition' })).toMatchObject({
      code: 'NOT_IN_COURT',
    });
    expect(one.do('2025-03-12', { type: 'refer-to-court' })).toMatchObject({
      done: expect.stringContaining('Missing from the certificate') as string,
    });
    one.out('state-attorney-referral', '2025-03-13');
    one.day('2025-04-16');
    expect(last(one, 'court-reminder').on).toBe('2025-04-16');
    one.do('2025-04-17', { type: 'record-court-answer', answer: 'returned' });
    expect(one.do('2025-04-18', { type: 'refer-to-court' })).toMatchObject({ letter: { sequence: 2 } });
    expect(one.state.court).toMatchObject({ submission: 2, answer: null });
    one.do('2025-05-01', { type: 'record-court-status', text: 'first appearance 12 May' });
    one.out('state-attorney-referral', '2025-05-01');
    expect(one.do('2025-05-20', { type: 'close-case', reason: 'court-disposition' })).toMatchObject({
      stage: 'closed',
    });
  });

  it('is refused with an incomplete certificate where the policy asks for a complete one', () => {
    const policy = { ...ROE53, court: { remindAfterSchoolDays: 20, refuseIncompleteCertificate: true } };
    const one = noticed(policy);
    const ordered: CaseState = {
      ...one.state,
      order: {
        sequence: 1,
        on: '2025-01-15',
        returnDate: '2025-01-15',
        findings: 'x',
        services: [],
        reviewDate: null,
        brokenBy: null,
        reviewed: false,
      },
      letters: [{ ...letter(one, 'first-notice'), kind: 'order' }],
    };
    one.state = ordered;
    one.attendance('2025-01-16', ['2025-01-16']);
    expect(one.do('2025-01-16', { type: 'refer-to-court' })).toMatchObject({
      code: 'CERTIFICATE_INCOMPLETE',
    });
  });
});

describe('a make-up day in the break', () => {
  it('moves the next referral in, and says so', () => {
    const one = noticed();
    one.calendar('2025-01-16', addMakeUpDay(TWO_YEARS, '2025-01-18'), 'made up on a Saturday');
    expect(one.entries.filter((entry) => entry.type === 'deadline-moved')).toContainEqual(
      expect.objectContaining({
        deadline: 'referral-possible',
        from: '2025-01-24',
        to: '2025-01-23',
        because: 'made up on a Saturday',
      }),
    );
  });
});

describe('a state handed over by an earlier version of the program', () => {
  it('lacks nothing that the rules read', () => {
    const one = noticed();
    const later = [
      'holds',
      'reviews',
      'contacts',
      'services',
      'caseloads',
      'parked',
      'concern',
      'stated',
      'paper',
    ];
    const text = JSON.stringify({ ...one.state, policy: null }, (key, value: unknown) =>
      later.includes(key) ? undefined : value,
    );
    const old: CaseState = { ...(JSON.parse(text) as CaseState), policy: ROE53 };
    const restored = restoredCase(old);
    expect(whyOf(restored, one.cal)).toBe(whyOf(one.state, one.cal));
    expect(() => evolveAll(restored, one.entries.slice(-2))).not.toThrow();
  });
});
