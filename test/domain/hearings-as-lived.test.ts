/** Hearings when things change: counts corrected before and after, dates moved, orders broken. */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../domain/case/view.ts';
import type { PaperCase } from '../support/paper-case.ts';
import { letter, scheduled } from '../support/lived-case.ts';

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
