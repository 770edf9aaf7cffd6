/** Letters that are out when the records change: what is in question, and how it is settled. */
import { describe, expect, it } from 'vitest';
import { closeDay } from '../../domain/calendar.ts';
import { nextReferral } from '../../domain/case/rules.ts';
import { detailsOf, viewOf, whyOf } from '../../domain/case/view.ts';
import type { LetterKind } from '../../domain/policy.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';
import { FIRST, FIVE, last, letter, noticed, scheduled } from '../support/lived-case.ts';

describe('a correction after a notice is out', () => {
  it('says which stated days no longer count, while the step still stands', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-08', 0]]);
    expect(letter(one, 'first-notice').concern).toMatchObject({
      what: 'facts-changed',
      dates: ['2025-01-08'],
      settled: null,
    });
    expect(viewOf(one.state, one.cal)).toMatchObject({ actionBy: 'case-manager' });
    expect(viewOf(one.state, one.cal).flags).toContain('letter-questioned');
    expect(whyOf(one.state, one.cal)).toContain('states days that no longer count: Wed 8 Jan 2025');
    expect(detailsOf(one.state, one.cal)).toContain('### To be looked at');
  });

  it('says when the step itself would not be possible any more', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-14', 0]]);
    expect(letter(one, 'first-notice').concern?.what).toBe('basis-lost');
    const refused = one.do('2025-01-16', {
      type: 'settle-question',
      letter: FIRST,
      how: 'correction',
      reason: 'x',
    });
    expect(refused).toMatchObject({ code: 'BASIS_LOST' });
  });

  it('is no question once the correction is itself corrected', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-14', 0]]);
    one.attendance('2025-01-17', ['2025-01-14']);
    expect(letter(one, 'first-notice').concern).toBeNull();
    expect(last(one, 'letter-questioned').what).toBe('none');
  });

  it('counts a smaller fraction and a closure posted late as changes too', () => {
    const part = noticed();
    part.attendance('2025-01-16', [['2025-01-08', 0.5]]);
    expect(letter(part, 'first-notice').concern?.dates).toEqual(['2025-01-08']);
    const snow = noticed();
    snow.calendar('2025-01-16', closeDay(TWO_YEARS, '2025-01-14'), 'closure posted late');
    expect(letter(snow, 'first-notice').concern).toMatchObject({ what: 'basis-lost', dates: ['2025-01-14'] });
  });

  it('asks again when less is left of a day that was corrected already', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-08', 0.5]]);
    one.do('2025-01-16', { type: 'settle-question', letter: FIRST, how: 'correction', reason: 'half a day' });
    one.out('correction', '2025-01-17');
    one.attendance('2025-01-17');
    expect(letter(one, 'first-notice').concern?.settled).toBe('correction');
    one.attendance('2025-01-21', [['2025-01-08', 0]]);
    expect(letter(one, 'first-notice').concern).toMatchObject({ dates: ['2025-01-08'], settled: null });
  });

  it('puts a referral in question when an intervention it counted is taken back', () => {
    const one = noticed();
    one.voidIntervention('2025-01-16', one.state.interventions[0]!.id);
    expect(letter(one, 'first-notice').concern?.what).toBe('basis-lost');
  });

  it('is settled by a correction letter about that very letter', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-08', 0]]);
    const answer = one.do('2025-01-16', {
      type: 'settle-question',
      letter: FIRST,
      how: 'correction',
      reason: 'excused by a note',
    });
    expect(answer).toMatchObject({ letter: { kind: 'correction', sendOn: '2025-01-17', parked: null } });
    expect(letter(one, 'correction').about).toEqual(FIRST);
    expect(letter(one, 'first-notice').concern?.settled).toBe('correction');
    // Another day taken back asks again.
    one.attendance('2025-01-17', [['2024-12-10', 0]]);
    expect(letter(one, 'first-notice').concern).toMatchObject({
      settled: null,
      dates: ['2024-12-10', '2025-01-08'],
    });
  });

  it('is settled by taking the step back, so that the referral can be made anew', () => {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-14', 0]]);
    one.do('2025-01-16', { type: 'settle-question', letter: FIRST, how: 'withdrawal', reason: 'was ill' });
    expect(one.state.referrals).toEqual([]);
    expect(nextReferral(one.state)).toBe(1);
    expect(letter(one, 'withdrawal')).toMatchObject({ about: FIRST, status: 'waiting' });
    one.attendance('2025-01-21', ['2025-01-21']);
    expect(one.refer('2025-01-21')).toMatchObject({ letter: { kind: 'first-notice', sequence: 2 } });
  });

  it('cannot take back a step on which later steps stand', () => {
    const one = atThirdNotice(FIVE);
    one.attendance('2025-02-10', [['2025-01-14', 0]]);
    expect(
      one.do('2025-02-10', { type: 'settle-question', letter: FIRST, how: 'withdrawal', reason: 'x' }),
    ).toMatchObject({ code: 'LATER_STEPS_STAND' });
    expect(
      one.do('2025-02-10', { type: 'settle-question', letter: FIRST, how: 'stands', reason: 'told twice' }),
    ).toMatchObject({ done: expect.stringContaining('stands') as string });
  });

  it('happens by itself where the office’s policy says so', () => {
    const policy = { ...ROE53, corrections: { factsChanged: 'correct', basisLost: 'withdraw' } } as const;
    const changed = noticed(policy);
    changed.attendance('2025-01-16', [['2025-01-08', 0]]);
    expect(letter(changed, 'correction').about).toEqual(FIRST);
    const lost = noticed(policy);
    lost.attendance('2025-01-16', [['2025-01-14', 0]]);
    expect(lost.state.referrals).toEqual([]);
    expect(letter(lost, 'withdrawal').about).toEqual(FIRST);
  });

  it('keeps a letter in the house whose step no longer stands, and lets it go when it does again', () => {
    const one = new PaperCase('2025-01-13', FIVE);
    one.interventions('2025-01-13');
    one.attendance('2025-01-14', ['2025-01-14']);
    one.refer('2025-01-14');
    one.attendance('2025-01-14', [['2025-01-14', 0]]);
    expect(letter(one, 'first-notice').parked).toBe('basis');
    expect(one.do('2025-01-15', { type: 'release-letter', letter: FIRST, reason: 'please' })).toMatchObject({
      code: 'BASIS_LOST',
    });
    one.attendance('2025-01-16', ['2025-01-14']);
    expect(letter(one, 'first-notice')).toMatchObject({ parked: null, sendOn: '2025-01-17' });
  });
});

describe('a correction letter in the house', () => {
  function correcting(): PaperCase {
    const one = noticed();
    one.attendance('2025-01-16', [['2025-01-08', 0]]);
    one.do('2025-01-16', { type: 'settle-question', letter: FIRST, how: 'correction', reason: 'a note' });
    return one;
  }

  it('does not leave when the day counts again after all, and does when the note is shown once more', () => {
    const one = correcting();
    one.attendance('2025-01-16', ['2025-01-08']);
    expect(letter(one, 'correction').parked).toBe('basis');
    one.attendance('2025-01-16', [['2025-01-08', 0]]);
    expect(letter(one, 'first-notice').concern?.settled).toBeNull();
    expect(letter(one, 'correction')).toMatchObject({ status: 'waiting', parked: null });
  });

  it('does not leave when the step itself is gone, and is stopped when that is taken back', () => {
    const one = correcting();
    one.attendance('2025-01-16', [['2025-01-14', 0]]);
    expect(letter(one, 'correction').parked).toBe('basis');
    one.do('2025-01-16', { type: 'settle-question', letter: FIRST, how: 'withdrawal', reason: 'was ill' });
    expect(letter(one, 'correction').status).toBe('withdrawn');
    expect(letter(one, 'withdrawal')).toMatchObject({ status: 'waiting', parked: null });
  });

  /** The hearing told by a letter that needs correcting is off, and another is set the same day. */
  function setAnew(): PaperCase {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.attendance('2025-02-14', [['2024-11-05', 0]]);
    one.do('2025-02-14', { type: 'cancel-hearing', reason: 'under nine days' });
    const about = { kind: 'hearing-notice', sequence: 1 } as const;
    one.do('2025-02-14', { type: 'settle-question', letter: about, how: 'correction', reason: 'a note' });
    one.attendance('2025-02-14', ['2025-02-14']);
    const again = { date: '2025-03-17', time: '10:00', place: 'Room 1', posted: false } as const;
    one.do('2025-02-14', { type: 'schedule-hearing', ...again });
    return one;
  }

  it.each<[string, LetterKind[]]>([
    ['the correction', ['correction', 'hearing-cancelled', 'hearing-notice']],
    ['word that the first is off', ['hearing-cancelled', 'hearing-notice', 'correction']],
  ])('leaves though another hearing is set the same day, whatever leaves first: %s', (_which, order) => {
    const one = setAnew();
    for (const kind of order) one.out(kind, '2025-02-18');
    expect(one.types()).not.toContain('letter-parked');
    expect(letter(one, 'correction')).toMatchObject({ status: 'out', concern: null });
  });

  it('of a letter that another has replaced does not leave when the day counts again', () => {
    const one = setAnew();
    one.attendance('2025-02-14', ['2024-11-05']);
    expect(letter(one, 'correction').parked).toBe('basis');
  });
});
