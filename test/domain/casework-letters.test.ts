/** The Case Manager's own letters: the invitation, the plan, the thanks at the end. */
import { describe, expect, it } from 'vitest';
import { schoolDays } from '../../domain/calendar.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';

const code = (answer: object) => ('code' in answer ? answer.code : 'accepted');
const letters = (one: PaperCase, kind: LetterKind) =>
  one.state.letters.filter((letter) => letter.kind === kind);

/** The first notice out on Wed 15 January 2025. */
function noticed(policy = ROE53): PaperCase {
  const one = new PaperCase('2025-01-13', ['2025-01-08'], TWO_YEARS, policy);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  one.refer('2025-01-14');
  one.out('first-notice', '2025-01-15');
  return one;
}
/** Clean school days up to a date, told one by one. */
function clean(one: PaperCase, from: string, to: string): void {
  for (const day of schoolDays(TWO_YEARS, from, to)) one.attendance(day);
}

describe('the invitation', () => {
  it('leaves with the third notice, which places the student on the caseload', () => {
    const one = atThirdNotice(['2025-01-08']);
    expect(letters(one, 'caseload-invitation')).toMatchObject([
      { decidedOn: '2025-02-06', sendOn: '2025-02-07' },
    ]);
  });

  it('leaves when the Case Manager places the student; taken back with the third referral', () => {
    const one = noticed();
    expect(one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' })).toMatchObject({
      letter: { kind: 'caseload-invitation', sendOn: '2025-01-17' },
    });
    const other = new PaperCase('2025-01-13', ['2025-01-08']);
    other.interventions('2025-01-13');
    other.attendance('2025-01-14', ['2025-01-14']);
    other.refer('2025-01-14');
    other.do('2025-01-14', { type: 'place-on-caseload', reason: 'known family' });
    // The step is the referral; its letter is the one a withdrawal stops.
    other.do('2025-01-14', { type: 'withdraw-step', reason: 'entered by mistake' });
    expect(letters(other, 'first-notice')).toMatchObject([{ status: 'withdrawn' }]);
    expect(letters(other, 'caseload-invitation')).toMatchObject([{ status: 'waiting' }]);
  });

  it('can be stopped by itself, and is when the caseload ends before it left', () => {
    const one = noticed();
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    const other = one.copy();
    const letter = { kind: 'caseload-invitation', sequence: 1 } as const;
    expect(code(one.do('2025-01-16', { type: 'withdraw-step', reason: 'they have met', letter }))).toBe(
      'accepted',
    );
    expect(one.state.caseload).not.toBeNull();
    other.caseload('2025-01-16', 'ended');
    expect(letters(other, 'caseload-invitation')).toMatchObject([{ status: 'withdrawn' }]);
  });

  it('in the house, it goes with a case that a person closes', () => {
    const one = noticed();
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    expect(code(one.do('2025-01-16', { type: 'close-case', reason: 'graduated' }))).toBe('accepted');
    expect(letters(one, 'caseload-invitation')).toMatchObject([{ status: 'withdrawn' }]);
  });

  it('waits under a hold like any letter', () => {
    const one = noticed();
    one.do('2025-01-16', {
      ...{ type: 'place-hold', kind: 'custody', reason: 'a hearing on custody', owner: 'case-manager' },
      until: '2025-02-28',
    });
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    expect(letters(one, 'caseload-invitation')).toMatchObject([{ parked: 'hold' }]);
  });

  it('is not sent where the policy says so, or says nothing', () => {
    const { letters: _, ...caseload } = ROE53.caseload;
    const one = noticed({ ...ROE53, caseload });
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    expect(letters(one, 'caseload-invitation')).toEqual([]);
  });
});

describe('the plan', () => {
  it('goes out once it has been gone through with the family, once for each plan', () => {
    const one = noticed();
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    one.caseload('2025-01-21', 'plan-made');
    expect(letters(one, 'improvement-plan')).toEqual([]);
    one.caseload('2025-01-22', 'plan-shared');
    one.caseload('2025-01-23', 'plan-shared');
    expect(letters(one, 'improvement-plan')).toMatchObject([
      { decidedOn: '2025-01-22', sendOn: '2025-01-23' },
    ]);
    one.caseload('2025-02-04', 'plan-made');
    one.caseload('2025-02-05', 'plan-shared');
    expect(letters(one, 'improvement-plan')).toHaveLength(2);
  });
});

describe('the thanks', () => {
  it('leave when 45 covered school days were clean, and the case closes with them', () => {
    const one = noticed();
    clean(one, '2025-01-15', '2025-03-21');
    expect(one.state.closed).toBeNull();
    const [thanks] = letters(one, 'closing-thanks');
    expect(thanks).toMatchObject({ status: 'waiting', decidedOn: '2025-03-20', sendOn: '2025-03-21' });
    one.out('closing-thanks', '2025-03-21');
    expect(one.state.closed).toEqual({ on: '2025-03-20', reason: 'improved', continuedBy: null });
  });

  it('an absence that comes in before they left: the case goes on', () => {
    const one = noticed();
    clean(one, '2025-01-15', '2025-03-20');
    one.attendance('2025-03-21', ['2025-03-19']);
    expect(letters(one, 'closing-thanks')).toMatchObject([{ status: 'withdrawn' }]);
    expect(one.state.closed).toBeNull();
  });

  it('without a notice before, or by a policy that sends none, the case closes quietly', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-08']);
    clean(one, '2025-01-14', '2025-03-21');
    expect([one.state.closed?.reason, letters(one, 'closing-thanks')]).toEqual(['improved', []]);
    const quiet = noticed({ ...ROE53, closing: { cleanSchoolDays: 45 } });
    clean(quiet, '2025-01-15', '2025-03-20');
    expect(quiet.state.closed).toMatchObject({ on: '2025-03-20', reason: 'improved' });
  });

  it('that nobody can be sent, or that a person stopped, do not hold the case open', () => {
    const one = noticed();
    clean(one, '2025-01-15', '2025-03-20');
    const other = one.copy();
    one.blocked('closing-thanks', '2025-03-21');
    expect(one.state.closed?.reason).toBe('improved');
    expect(letters(one, 'closing-thanks')).toMatchObject([{ status: 'withdrawn' }]);
    const letter = { kind: 'closing-thanks', sequence: 1 } as const;
    other.do('2025-03-20', { type: 'withdraw-step', reason: 'the mother asked for none', letter });
    clean(other, '2025-03-21', '2025-03-21');
    expect(other.state.closed?.reason).toBe('improved');
  });
});
