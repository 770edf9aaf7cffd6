/** Holds, and what waits under them. */
import { describe, expect, it } from 'vitest';
import { closeDay } from '../../domain/calendar.ts';
import { referralPossibleFrom } from '../../domain/case/rules.ts';
import { viewOf } from '../../domain/case/view.ts';
import type { LadderPolicy } from '../../domain/policy.ts';
import { PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';
import { FIRST, FIVE, last, letter, noticed, scheduled } from '../support/lived-case.ts';

describe('a hold', () => {
  const medical = {
    type: 'place-hold',
    kind: 'medical',
    reason: 'in hospital',
    owner: 'case-manager',
  } as const;

  function held(policy: LadderPolicy = ROE53): PaperCase {
    const one = new PaperCase('2025-01-13', FIVE, TWO_YEARS, policy);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    one.do('2025-01-14', { ...medical, schoolDays: 5 });
    return one;
  }

  it('keeps letters in the house while time goes on', () => {
    const one = held();
    expect(one.state.holds[0]).toMatchObject({ until: '2025-01-22', expired: false });
    expect(letter(one, 'first-notice').parked).toBe('hold');
    // Six school days after the referral lies Thursday the 23rd: King Day is no school day.
    expect(referralPossibleFrom(one.state, one.cal)).toBe('2025-01-24');
    expect(one.refer('2025-01-24')).toMatchObject({
      code: 'PREVIOUS_NOTICE_NOT_OUT',
      message: expect.stringContaining('it waits under a hold') as string,
    });
  });

  it('comes back to its owner when it is over, and keeps letters until released', () => {
    const one = held();
    one.day('2025-01-27');
    expect(last(one, 'hold-expired')).toMatchObject({ on: '2025-01-23', owner: 'case-manager' });
    expect(letter(one, 'first-notice').parked).toBe('hold');
    expect(viewOf(one.state, one.cal).flags).toEqual(expect.arrayContaining(['on-hold', 'hold-expired']));
  });

  it('asks about letters that became due, or sends them, as the policy says', () => {
    const asks = held();
    const hold = asks.state.holds[0]!.id;
    asks.do('2025-01-21', { type: 'release-hold', hold, reason: 'back' });
    expect(letter(asks, 'first-notice').parked).toBe('asked');
    asks.do('2025-01-21', { type: 'release-letter', letter: FIRST, reason: 'still true' });
    expect(letter(asks, 'first-notice')).toMatchObject({ parked: null, sendOn: '2025-01-22' });
    const sends = held({ ...ROE53, holds: { ...ROE53.holds!, onRelease: 'send' } });
    sends.do('2025-01-21', { type: 'release-hold', hold: sends.state.holds[0]!.id, reason: 'back' });
    expect(letter(sends, 'first-notice')).toMatchObject({ parked: null, sendOn: '2025-01-22' });
  });

  it('holds letters decided under it, and two holds need two releases', () => {
    const one = new PaperCase('2025-01-13', FIVE);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.do('2025-01-14', { ...medical, until: '2025-02-28' });
    one.do('2025-01-14', { ...medical, kind: 'custody', until: '2025-02-28' });
    expect(one.refer('2025-01-14')).toMatchObject({ letter: { parked: 'hold' } });
    one.do('2025-01-15', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'x' });
    expect(letter(one, 'first-notice').parked).toBe('hold');
    expect(one.do('2025-01-15', { type: 'release-letter', letter: FIRST, reason: 'x' })).toMatchObject({
      code: 'HOLD_STANDS',
    });
  });

  it('measured in school days ends with them: a snow day moves it, and one posted late revives it', () => {
    const one = held();
    one.calendar('2025-01-15', closeDay(one.state.calendar, '2025-01-16'), 'snow');
    expect(one.state.holds[0]?.until).toBe('2025-01-23');
    expect(one.entries).toContainEqual(
      expect.objectContaining({
        type: 'deadline-moved',
        deadline: 'hold-expires',
        from: '2025-01-22',
        to: '2025-01-23',
        because: 'snow',
      }),
    );
    one.day('2025-01-24');
    expect(one.state.holds[0]?.expired).toBe(true);
    one.calendar('2025-01-24', closeDay(one.state.calendar, '2025-01-22'), 'snow, posted late');
    expect(one.state.holds[0]).toMatchObject({ until: '2025-01-24', expired: false });
    const dated = new PaperCase('2025-01-14', FIVE);
    dated.do('2025-01-14', { ...medical, until: '2025-01-22' });
    dated.calendar('2025-01-15', closeDay(TWO_YEARS, '2025-01-16'), 'snow');
    expect(dated.state.holds[0]?.until).toBe('2025-01-22');
  });

  it('outlasting the day of a hearing keeps its notice from leaving after that day', () => {
    const one = scheduled();
    one.do('2025-02-11', { ...medical, until: '2025-03-11' });
    one.do('2025-03-11', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'back' });
    const notice = { kind: 'hearing-notice', sequence: 1 } as const;
    expect(one.do('2025-03-11', { type: 'release-letter', letter: notice, reason: 'x' })).toMatchObject({
      code: 'HEARING_DAY_PASSED',
    });
    const other = { date: '2025-03-31', time: '11:00', place: 'Room 2', posted: false, reason: 'was ill' };
    expect(one.do('2025-03-11', { type: 'move-hearing', ...other })).toMatchObject({
      letter: { kind: 'hearing-notice', sequence: 2, parked: null },
    });
  });

  it('asks about a letter also when a question about its step came and went meanwhile', () => {
    const one = held();
    one.do('2025-01-21', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'back' });
    one.attendance('2025-01-21', [['2025-01-14', 0]]);
    one.attendance('2025-01-21', ['2025-01-14']);
    expect(letter(one, 'first-notice').parked).toBe('asked');
  });

  it('is refused without an end, in the past, and of a kind the policy does not know', () => {
    const one = noticed();
    expect(one.do('2025-01-16', medical)).toMatchObject({ code: 'HOLD_WITHOUT_END' });
    expect(one.do('2025-01-16', { ...medical, until: '2025-01-15' })).toMatchObject({
      code: 'HOLD_ENDS_IN_THE_PAST',
    });
    expect(one.do('2025-01-16', { ...medical, kind: 'vacation', until: '2025-02-01' })).toMatchObject({
      code: 'UNKNOWN_HOLD',
    });
  });
});
