/** The ladder as people live it: what changes afterwards, what waits, and who is asked. */
import { describe, expect, it } from 'vitest';
import { addMakeUpDay, closeDay } from '../../domain/calendar.ts';
import { certificateOf } from '../../domain/case/certificate.ts';
import { deadlines } from '../../domain/case/deadlines.ts';
import type { Entry, EntryType } from '../../domain/case/entries.ts';
import { evolveAll } from '../../domain/case/evolve.ts';
import { nextReferral, referralPossibleFrom, unexcusedCount } from '../../domain/case/rules.ts';
import { restoredCase, type CaseState } from '../../domain/case/state.ts';
import { detailsOf, viewOf, whyOf } from '../../domain/case/view.ts';
import type { LadderPolicy, LetterKind } from '../../domain/policy.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';

const FIVE = ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08'];

function noticed(policy: LadderPolicy = ROE53): PaperCase {
  const one = new PaperCase('2025-01-13', FIVE, TWO_YEARS, policy);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  one.refer('2025-01-14');
  one.out('first-notice', '2025-01-15');
  return one;
}

function scheduled(): PaperCase {
  const one = atThirdNotice(FIVE);
  one.attendance('2025-02-11', ['2025-02-11']);
  one.do('2025-02-11', {
    type: 'schedule-hearing',
    date: '2025-03-10',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  });
  return one;
}

function last<T extends EntryType>(one: PaperCase, type: T): Extract<Entry, { type: T }> {
  const found = one.entries.findLast((entry) => entry.type === type);
  if (!found) throw new Error(`no ${type} in ${one.types().join(', ')}`);
  return found as Extract<Entry, { type: T }>;
}

const letter = (one: PaperCase, kind: string) => one.state.letters.findLast((each) => each.kind === kind)!;
const FIRST = { kind: 'first-notice', sequence: 1 } as const;

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

describe('a hearing whose count is corrected before it', () => {
  function questioned(): PaperCase {
    const one = scheduled();
    one.attendance('2025-02-12', [['2024-11-05', 0]]);
    return one;
  }

  it('keeps every letter in the house and asks the Regional Superintendent', () => {
    const one = questioned();
    expect(one.state.hearing?.questioned).toMatchObject({ count: 8, stands: false });
    expect(letter(one, 'hearing-notice').parked).toBe('basis');
    expect(viewOf(one.state, one.cal).actionBy).toBe('regional-superintendent');
    expect(
      one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' }),
    ).toMatchObject({ code: 'HEARING_QUESTIONED' });
  });

  it('goes on when it stands for a reason, with its notice in time', () => {
    const one = questioned();
    one.do('2025-02-12', { type: 'let-hearing-stand', reason: 'the note was forged' });
    expect(letter(one, 'hearing-notice')).toMatchObject({ parked: null, sendOn: '2025-02-13' });
    expect(one.state.hearing?.questioned?.stands).toBe(true);
  });

  it('is off when cancelled: a family that was never told gets no letter, one that was does', () => {
    const never = questioned();
    never.do('2025-02-12', { type: 'cancel-hearing', reason: 'under nine days' });
    expect(never.state.hearing).toBeNull();
    expect(never.state.letters.map((one) => one.kind)).not.toContain('hearing-cancelled');
    const told = scheduled();
    told.out('hearing-notice', '2025-02-13');
    told.attendance('2025-02-14', [['2024-11-05', 0]]);
    told.do('2025-02-14', { type: 'cancel-hearing', reason: 'under nine days' });
    expect(letter(told, 'hearing-cancelled')).toMatchObject({ status: 'waiting', parked: null });
    expect(told.state.atThreshold).toBe(false);
  });

  it('that stands at eight days is asked about again at seven, and says so', () => {
    const one = questioned();
    one.do('2025-02-12', { type: 'let-hearing-stand', reason: 'the note was forged' });
    one.attendance('2025-02-13', [['2024-11-12', 0.5]]);
    expect(one.state.hearing?.questioned).toMatchObject({ count: 7.5, stands: false });
    one.attendance('2025-02-13', [['2024-11-12', 0]]);
    expect(viewOf(one.state, one.cal).headline).toContain('took the hearing’s count to 7 days');
    one.attendance('2025-02-14', ['2024-11-12', '2024-11-05']);
    expect(one.state.hearing?.questioned).toBeNull();
  });

  it('that a person let stand is held and ends in an order that leaves', () => {
    const one = questioned();
    one.do('2025-02-12', { type: 'let-hearing-stand', reason: 'the note was forged' });
    one.out('hearing-notice', '2025-02-13');
    one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    one.do('2025-03-10', { type: 'issue-order', findings: 'eight days', services: [] });
    one.attendance('2025-03-10');
    expect(letter(one, 'order')).toMatchObject({ status: 'waiting', parked: null });
    expect(letter(one, 'hearing-notice').concern?.what).not.toBe('basis-lost');
  });

  it('needs no question when days merely leave the window', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.attendance('2025-03-07');
    expect(one.state.hearing?.questioned).toBeNull();
  });
});

describe('a second hearing, whose own notice has not left', () => {
  const AGAIN = { time: '10:00', place: 'Room 1', posted: false } as const;

  function second(): PaperCase {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.do('2025-02-14', { type: 'cancel-hearing', reason: 'flood' });
    one.out('hearing-cancelled', '2025-02-18');
    one.attendance('2025-02-18', ['2025-02-18']);
    one.do('2025-02-18', { type: 'schedule-hearing', date: '2025-03-17', ...AGAIN });
    return one;
  }

  it('is told by a notice when it is moved: the family knows of no date that could move', () => {
    const one = second();
    one.do('2025-02-18', { type: 'move-hearing', date: '2025-03-18', reason: 'flood', ...AGAIN });
    expect(one.state.hearing).toMatchObject({ date: '2025-03-18', status: 'scheduled' });
    const about = one.state.letters.filter(({ kind }) => kind.startsWith('hearing-'));
    expect(about.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'hearing-notice out',
      'hearing-cancelled out',
      'hearing-notice withdrawn',
      'hearing-notice waiting',
    ]);
  });

  it('is called off without a letter, and never held', () => {
    const never = second();
    never.do('2025-02-18', { type: 'cancel-hearing', reason: 'flood' });
    expect(never.state.letters.filter(({ kind }) => kind === 'hearing-cancelled')).toHaveLength(1);
    const held = second().do('2025-03-17', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    expect(held).toMatchObject({ code: 'HEARING_NOTICE_NOT_OUT' });
  });
});

describe('a hearing whose count is corrected after it', () => {
  const HEARING = { kind: 'hearing-notice', sequence: 1 } as const;

  function over(outcome: 'held' | 'missed'): PaperCase {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.do('2025-03-10', { type: 'record-hearing', outcome, appeared: 'mother' });
    one.attendance('2025-03-11', [['2024-11-05', 0.5]]);
    return one;
  }
  const order = { type: 'issue-order', findings: 'nine days', services: [] } as const;
  const again = {
    type: 'schedule-hearing',
    date: '2025-03-31',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  } as const;

  it('ends in no order until a person says why it stands', () => {
    const one = over('held');
    expect(letter(one, 'hearing-notice').concern?.what).toBe('basis-lost');
    expect(one.do('2025-03-11', order)).toMatchObject({
      code: 'HEARING_QUESTIONED',
      details: { count: 8.5 },
    });
    one.do('2025-03-11', { type: 'settle-question', letter: HEARING, how: 'stands', reason: 'agreed' });
    expect(letter(one, 'hearing-notice').concern?.settled).toBe('stands');
    expect(one.do('2025-03-11', order)).toMatchObject({ letter: { kind: 'order', parked: null } });
    one.attendance('2025-03-12');
    expect(letter(one, 'order').parked).toBeNull();
    // Further corrections are another question.
    one.out('order', '2025-03-12');
    one.attendance('2025-03-13', [['2024-11-12', 0]]);
    expect(letter(one, 'order').concern?.what).toBe('basis-lost');
    one.attendance('2025-03-14', ['2025-03-14']);
    expect(one.do('2025-03-14', { type: 'refer-to-court' })).toMatchObject({ code: 'ORDER_QUESTIONED' });
  });

  it('is not set again under nine days, unless a person says why', () => {
    const one = over('missed');
    expect(one.do('2025-03-11', again)).toMatchObject({ code: 'HEARING_QUESTIONED' });
    one.do('2025-03-11', { type: 'settle-question', letter: HEARING, how: 'stands', reason: 'agreed' });
    expect(one.do('2025-03-11', again)).toMatchObject({ stage: 'hearing-scheduled' });
    one.attendance('2025-03-12');
    expect(one.state.hearing?.questioned).toMatchObject({ count: 8.5, stands: true });
    expect(letter(one, 'hearing-notice')).toMatchObject({ sequence: 2, parked: null });
  });

  it('taken back by a letter, it is off with whatever was to tell of it', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    // Still nine days: one excused, one that came in late.
    one.attendance('2025-02-14', [['2024-11-05', 0], '2025-02-07']);
    one.do('2025-02-18', { ...again, type: 'move-hearing', reason: 'flood' });
    one.do('2025-02-18', { type: 'settle-question', letter: HEARING, how: 'withdrawal', reason: 'x' });
    expect(one.state.hearing).toBeNull();
    expect(letter(one, 'hearing-moved').status).toBe('withdrawn');
    expect(letter(one, 'withdrawal').status).toBe('waiting');
  });
});

describe('a broken order', () => {
  it('is broken by the first unexcused day that counts, whatever is corrected', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    one.do('2025-03-10', { type: 'record-hearing', outcome: 'held', appeared: 'mother' });
    one.do('2025-03-10', { type: 'issue-order', findings: 'nine days', services: [] });
    one.out('order', '2025-03-11');
    one.attendance('2025-03-14', ['2025-03-12', '2025-03-14']);
    expect(one.state.order?.brokenBy).toBe('2025-03-12');
    one.attendance('2025-03-17', [['2025-03-12', 0]]);
    expect(one.state.order?.brokenBy).toBe('2025-03-14');
    one.attendance('2025-03-17', ['2025-03-13']);
    expect(one.state.order?.brokenBy).toBe('2025-03-13');
    one.attendance('2025-03-18', [
      ['2025-03-13', 0],
      ['2025-03-14', 0],
    ]);
    expect(one.state.order?.brokenBy).toBeNull();
  });
});

describe('a hearing that is moved', () => {
  const other = { date: '2025-03-17', time: '11:00', place: 'Room 2', posted: false, reason: 'flood' };

  it('replaces a notice that has not left, and tells a family that knows the old date', () => {
    const early = scheduled();
    early.do('2025-02-11', { type: 'move-hearing', ...other });
    expect(
      early.state.letters.filter((one) => one.kind === 'hearing-notice').map((one) => one.status),
    ).toEqual(['withdrawn', 'waiting']);
    const late = scheduled();
    late.out('hearing-notice', '2025-02-13');
    late.do('2025-02-18', { type: 'move-hearing', ...other });
    expect(letter(late, 'hearing-moved')).toMatchObject({ status: 'waiting' });
    expect(late.state.hearing).toMatchObject({ date: '2025-03-17', place: 'Room 2', status: 'scheduled' });
    // Nobody is heard on a date they were not told of.
    expect(
      late.do('2025-03-17', { type: 'record-hearing', outcome: 'held', appeared: 'mother' }),
    ).toMatchObject({ code: 'HEARING_NOTICE_NOT_OUT' });
    late.out('hearing-moved', '2025-02-19');
    expect(
      late.do('2025-03-17', { type: 'record-hearing', outcome: 'held', appeared: 'mother' }),
    ).toMatchObject({ stage: 'hearing-held' });
  });

  it('needs the same notice as any hearing, and is continued only on its day', () => {
    const one = scheduled();
    one.out('hearing-notice', '2025-02-13');
    expect(one.do('2025-02-18', { type: 'move-hearing', ...other, date: '2025-02-24' })).toMatchObject({
      code: 'HEARING_TOO_SOON',
      details: { earliest: '2025-03-01' },
    });
    expect(
      one.do('2025-02-18', { type: 'move-hearing', ...other, date: '2025-02-24', override: 'agreed' }),
    ).toMatchObject({ stage: 'hearing-scheduled' });
    expect(one.do('2025-02-20', { type: 'continue-hearing', ...other })).toMatchObject({
      code: 'HEARING_NOT_YET',
    });
  });
});

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

describe('the review of progress', () => {
  it('comes seven school days after the notice, when attendance is known that far', () => {
    const one = noticed();
    expect(deadlines(one.state, one.cal).find((each) => each.kind === 'progress-review')?.date).toBe(
      '2025-01-27',
    );
    one.attendance('2025-01-24');
    expect(one.state.reviews).toEqual([]);
    one.day('2025-01-30');
    expect(one.state.reviews).toEqual([]);
    one.attendance('2025-01-30', ['2025-01-30']);
    // The absence of the 30th came after the day of the review: it does not change what was true on it.
    expect(last(one, 'progress-reviewed')).toMatchObject({ on: '2025-01-27', n: 1, adequate: true });
  });

  it('names what the next referral needs, and from when', () => {
    const one = noticed();
    one.attendance('2025-01-27', ['2025-01-22']);
    expect(last(one, 'progress-reviewed').sentence).toBe(
      'Progress is not adequate: 1 unexcused absence since Thu 16 Jan 2025; the second referral is possible from Fri 24 Jan 2025 after 3 more interventions.',
    );
  });

  it('is told anew when a correction turns it, unless a person has judged', () => {
    const one = noticed();
    one.attendance('2025-01-27');
    expect(last(one, 'progress-reviewed').adequate).toBe(true);
    one.attendance('2025-01-29', ['2025-01-22']);
    expect(last(one, 'progress-reviewed')).toMatchObject({ on: '2025-01-29', adequate: false });
    one.attendance('2025-01-30', [['2025-01-22', 0.5]]);
    expect(one.entries.filter((entry) => entry.type === 'progress-reviewed')).toHaveLength(2);
    one.do('2025-01-30', { type: 'judge-progress', adequate: false, reason: 'half days add up' });
    one.attendance('2025-01-31', [['2025-01-22', 0]]);
    expect(one.entries.filter((entry) => entry.type === 'progress-reviewed')).toHaveLength(2);
  });

  it('can be overridden with a reason: adequate then asks for a new absence', () => {
    const one = noticed();
    one.attendance('2025-01-27', ['2025-01-22']);
    one.interventions('2025-01-27');
    one.do('2025-01-27', { type: 'judge-progress', adequate: true, reason: 'one day at the dentist' });
    expect(one.refer('2025-01-28')).toMatchObject({ code: 'NO_NEW_UNEXCUSED_ABSENCE' });
    one.attendance('2025-01-28', ['2025-01-28']);
    expect(one.refer('2025-01-28')).toMatchObject({ stage: 'second-referral' });
  });
});

describe('a quiet case', () => {
  it('does not close over a letter that the very same correction puts in question: the Case Manager is asked', () => {
    const one = noticed();
    one.attendance('2025-03-19');
    expect(one.state.closed).toBeNull();
    one.attendance('2025-03-19', [
      ['2025-01-14', 0],
      ['2025-01-08', 0],
    ]);
    expect(one.state.closed).toBeNull();
    expect(letter(one, 'first-notice').concern?.what).toBe('basis-lost');
    expect(viewOf(one.state, one.cal).flags).toEqual(
      expect.arrayContaining(['letter-questioned', 'closing-asked']),
    );
  });

  it('begins its stretch anew with a new unexcused day, and closes after 45 covered ones', () => {
    const one = noticed();
    one.attendance('2025-03-20', ['2025-03-03']);
    expect(one.state.closed).toBeNull();
    one.attendance('2025-05-09');
    expect(one.state.closed).toBeNull();
    one.attendance('2025-05-13');
    // The family is thanked, and the case closes with that letter.
    one.out('closing-thanks', '2025-05-14');
    expect(one.state.closed).toMatchObject({ on: '2025-05-13', reason: 'improved' });
  });
});

describe('the Case Manager', () => {
  it('is reminded when nobody tried to reach the family for ten school days, and again', () => {
    const one = noticed();
    one.contact('2025-01-17');
    one.day('2025-02-03');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-03', since: '2025-01-17' });
    one.day('2025-02-18');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-18', since: '2025-02-03' });
  });

  it('who meets the family on the caseload, or tries to, has tried to reach it', () => {
    const one = noticed();
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    one.caseload('2025-01-17', 'meeting-tried');
    one.caseload('2025-01-24', 'student-met');
    one.day('2025-02-03');
    expect(one.types()).not.toContain('contact-reminder');
    one.day('2025-02-10');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-07', since: '2025-01-24' });
    expect(detailsOf(one.state, one.cal)).toContain('on the caseload');
    expect(one.state.contacts).toMatchObject({ tries: 0, reached: 0 });
  });

  it('finds on the certificate of services what exists, and what is missing by name', () => {
    const one = noticed();
    expect(certificateOf(one.state).missing).toEqual([
      'contact-with-family',
      'caseload',
      'meeting',
      'plan',
      'agency-referral',
    ]);
    one.contact('2025-01-17', true);
    one.do('2025-01-17', { type: 'place-on-caseload', reason: 'asked for' });
    one.caseload('2025-01-21', 'parent-met');
    one.caseload('2025-01-22', 'plan-made');
    one.caseload('2025-01-23', 'plan-shared');
    one.caseload('2025-01-24', 'agency-referred', 'county health');
    expect(certificateOf(one.state)).toMatchObject({ contacts: 1, missing: [] });
    one.caseload('2025-02-24', 'ended');
    expect(one.state.caseload).toBeNull();
    expect(certificateOf(one.state).missing).toEqual([]);
  });
});

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
