import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeCalendars } from '../../domain/calendar.ts';
import { ageOn, stillSubject } from '../../domain/compulsory-age.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import { furtherOn, planEnrollments, planMarks, type StandingMark } from '../../domain/merge.ts';
import {
  planTransfer,
  SINCE_EVER,
  type Enrollment,
  type TransferPlan,
  holdsADay,
} from '../../domain/transfer.ts';

const NORTH: Enrollment = { school: 'NORTH', from: SINCE_EVER, to: null };
const TODAY = '2026-02-12';

const planned = (list: readonly Enrollment[], school: string, on: IsoDate): TransferPlan => {
  const plan = planTransfer(list, school, on, TODAY);
  if ('code' in plan) throw new Error(plan.code);
  return plan;
};
const refused = (list: readonly Enrollment[], school: string, on: IsoDate): string => {
  const plan = planTransfer(list, school, on, TODAY);
  return 'code' in plan ? plan.code : 'accepted';
};
/** What the store writes of a plan. */
function written(list: readonly Enrollment[], plan: TransferPlan, on: IsoDate): Enrollment[] {
  const kept = list
    .filter((one) => !plan.drop.includes(one))
    .map((one) => (plan.end.includes(one) ? { ...one, to: addDays(on, -1) } : one));
  return plan.begin ? [...kept, plan.begin] : kept;
}
const attended = (list: readonly Enrollment[], date: IsoDate) =>
  list.filter((one) => one.from <= date && (one.to === null || one.to >= date)).map((one) => one.school);

describe('a transfer inside the region', () => {
  it('ends the old school the day before and begins at the new one', () => {
    const plan = planned([NORTH], 'SOUTH', '2026-02-02');
    expect(plan).toMatchObject({ what: 'moved', from: 'NORTH' });
    const after = written([NORTH], plan, '2026-02-02');
    expect([attended(after, '2026-02-01'), attended(after, '2026-02-02')]).toEqual([['NORTH'], ['SOUTH']]);
  });

  it('is refused for a day to come, and before the last known move', () => {
    expect(refused([NORTH], 'SOUTH', '2026-02-13')).toBe('DATE_IN_FUTURE');
    const moved = [
      { ...NORTH, to: '2026-01-31' },
      { school: 'SOUTH', from: '2026-02-01', to: null },
    ];
    expect(refused(moved, 'EAST', '2026-01-15')).toBe('TRANSFER_BEFORE_THE_LAST');
    expect(refused([NORTH], 'NORTH', '2026-02-02')).toBe('ALREADY_THERE');
  });

  it('said twice does nothing; said with another day, the day is corrected', () => {
    const moved = written([NORTH], planned([NORTH], 'SOUTH', '2026-02-02'), '2026-02-02');
    expect(planned(moved, 'SOUTH', '2026-02-02').what).toBe('as-before');
    for (const on of ['2026-01-26', '2026-02-09']) {
      const plan = planned(moved, 'SOUTH', on);
      expect(plan).toMatchObject({ what: 'redated', was: '2026-02-02' });
      const after = written(moved, plan, on);
      expect([attended(after, addDays(on, -1)), attended(after, on)]).toEqual([['NORTH'], ['SOUTH']]);
    }
  });

  it('to the wrong school and on to the right one on the same day leaves no trace of the slip in the calendar', () => {
    const slip = written([NORTH], planned([NORTH], 'SOUTH', '2026-02-02'), '2026-02-02');
    const right = written(slip, planned(slip, 'EAST', '2026-02-02'), '2026-02-02');
    expect(attended(right, '2026-02-02')).toEqual(['EAST']);
    expect(attended(right, '2026-02-01')).toEqual(['NORTH']);
  });

  it('back in after leaving: a gap stays a gap', () => {
    const left = [{ ...NORTH, to: '2025-11-28' }];
    const back = written(left, planned(left, 'SOUTH', '2026-01-12'), '2026-01-12');
    expect([attended(back, '2025-12-10'), attended(back, '2026-01-12')]).toEqual([[], ['SOUTH']]);
  });

  it('whatever is said in whatever order, every day has at most one school, and each accepted word holds', () => {
    const day = fc.integer({ min: 0, max: 60 }).map((n) => addDays('2025-12-14', n));
    const word = fc.record({ school: fc.constantFrom('NORTH', 'SOUTH', 'EAST'), on: day });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        let list: readonly Enrollment[] = [NORTH];
        for (const { school, on } of words) {
          const plan = planTransfer(list, school, on, TODAY);
          if ('code' in plan) continue;
          list = written(list, plan, on);
          expect(attended(list, on)).toEqual([school]);
          expect(attended(list, TODAY)).toEqual([school]);
          for (let n = 0; n < 62; n += 1)
            expect(attended(list, addDays('2025-12-13', n)).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('each day counts on the calendar of the school then attended', () => {
    const term = { from: '2026-01-05', to: '2026-05-29' };
    const north = { terms: [term], closed: ['2026-01-21', '2026-02-04'], open: [] };
    const south = { terms: [term], closed: ['2026-01-22', '2026-02-05'], open: [] };
    const moved = written([NORTH], planned([NORTH], 'SOUTH', '2026-02-02'), '2026-02-02');
    const mine = composeCalendars(
      moved.map(({ school, from, to }) => ({
        calendar: school === 'NORTH' ? north : south,
        from,
        to: to ?? undefined,
      })),
    );
    expect(mine.closed).toEqual(['2026-01-21', '2026-02-05']);
  });
});

describe('who must attend school (105 ILCS 5/26-1)', () => {
  const born = (birthDate: IsoDate | null, ...schools: string[]) => ({ birthDate, schools });
  const says = (birthDate: IsoDate | null, on: IsoDate, ...schools: string[]) =>
    stillSubject(born(birthDate, ...schools), on)?.code ?? 'free';

  it('a child of 6 on 1 September must; one who turns 6 the day after need not until the next', () => {
    expect(says('2019-09-01', '2025-10-01')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
    expect(says('2019-09-02', '2025-10-01')).toBe('free');
    expect(says('2019-09-02', '2026-06-30')).toBe('free');
    expect(says('2019-09-02', '2026-07-01')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
  });

  it('through 17, and not from the 18th birthday on', () => {
    expect(says('2008-02-13', '2026-02-12')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
    expect(says('2008-02-12', '2026-02-12')).toBe('free');
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn('2008-02-29', '2026-03-01')).toBe(18);
  });

  it('enrolled, a child of 5 or 18 is covered as well; without a birth date nobody can tell', () => {
    expect(says('2020-12-01', '2026-02-12', 'NORTH')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
    expect(says('2007-01-01', '2026-02-12', 'NORTH')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
    expect(says(null, '2026-02-12')).toBe('STILL_SUBJECT_TO_ATTENDANCE');
    expect(stillSubject(born('2010-01-01'), '2026-02-12', { from: 6, by: '09-01', through: 15 })).toBeNull();
  });
});

describe('two records of one child', () => {
  const mark = (date: IsoDate, code: string, more: Partial<StandingMark> = {}): StandingMark => ({
    source: 'D1/sis',
    school: 'NORTH',
    date,
    slot: 1,
    code,
    fraction: 1,
    minutes: null,
    withdrawn: false,
    reportedAt: '2026-02-02T18:00:00.000Z',
    ...more,
  });
  const LATER = '2026-02-03T18:00:00.000Z';

  it('a day only the duplicate has is brought; the same mark on both is one', () => {
    const plan = planMarks(
      [mark('2026-02-02', 'U'), mark('2026-02-03', 'U')],
      [mark('2026-02-03', 'U', { reportedAt: LATER })],
    );
    expect(plan.bring.map((one) => one.date)).toEqual(['2026-02-02']);
    expect(plan.conflicts).toEqual([]);
  });

  it('where both have a mark of one source the later report holds, and it is said', () => {
    const later = planMarks([mark('2026-02-02', 'U', { reportedAt: LATER })], [mark('2026-02-02', 'E')]);
    expect(later.bring.map((one) => one.code)).toEqual(['U']);
    expect(later.conflicts).toEqual([{ date: '2026-02-02', source: 'D1/sis', holds: 'duplicate' }]);
    const earlier = planMarks([mark('2026-02-02', 'U')], [mark('2026-02-02', 'E')]);
    expect([earlier.bring, earlier.conflicts]).toEqual([
      [],
      [{ date: '2026-02-02', source: 'D1/sis', holds: 'survivor' }],
    ]);
  });

  it('the later of two also takes back the part of the day the other had besides', () => {
    const theirs = [mark('2026-02-02', 'E'), mark('2026-02-02', 'U', { slot: 2, fraction: 0.5 })];
    const plan = planMarks([mark('2026-02-02', 'U', { reportedAt: LATER })], theirs);
    expect(plan.withdraw.map((one) => one.slot)).toEqual([2]);
  });

  it('a mark taken back from the duplicate takes nothing from the other: sources move marks so', () => {
    const plan = planMarks(
      [mark('2026-02-02', 'U', { withdrawn: true, reportedAt: LATER })],
      [mark('2026-02-02', 'U')],
    );
    expect(plan).toEqual({ bring: [], withdraw: [], conflicts: [] });
  });

  it('the days before the one that stays came to their school are brought, and no others', () => {
    const south = { school: 'SOUTH', from: '2026-01-12', to: null };
    expect(planEnrollments([NORTH], [south], null)).toEqual({
      bring: [{ ...NORTH, to: '2026-01-11' }],
      begins: null,
    });
    const unsaid = { ...south, from: SINCE_EVER };
    expect(planEnrollments([NORTH], [unsaid], '2026-01-12')).toEqual({
      bring: [{ ...NORTH, to: '2026-01-11' }],
      begins: { school: 'SOUTH', on: '2026-01-12' },
    });
    expect(planEnrollments([NORTH], [unsaid], null)).toEqual({ bring: [], begins: null });
    expect(planEnrollments([NORTH], [NORTH], '2026-01-12')).toEqual({ bring: [], begins: null });
    expect(planEnrollments([NORTH], [], null).bring).toEqual([NORTH]);
  });

  it('the case that has come further is the one to go on', () => {
    expect(furtherOn('second-referral', 'interventions')).toBe(true);
    expect(furtherOn('interventions', 'interventions')).toBe(false);
    expect(furtherOn('first-referral', 'order')).toBe(false);
  });
});

it('an enrollment begun and ended on one morning holds no day, and is told to nobody', () => {
  const first = { school: 'NORTH-HS', from: '2025-11-07', to: '2025-11-06' };
  expect(holdsADay(first)).toBe(false);
  expect(
    [
      { ...first, to: null },
      { ...first, to: '2025-11-07' },
    ].map(holdsADay),
  ).toEqual([true, true]);
});
