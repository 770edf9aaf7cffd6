/** Nothing is judged on silence: closing and progress wait for attendance that is known, whatever day it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSchoolDay, schoolDays } from '../../domain/calendar.ts';
import type { Entry } from '../../domain/case/entries.ts';
import { takeFact } from '../../domain/case/facts.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { addCoverage, composeCoverage, isCovered, type Coverage } from '../../domain/coverage.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import { PaperCase, ROE53 } from '../support/paper-case.ts';

/** A case and what its school is known to have told, told to it as the doors do. */
class Told {
  state: CaseState;
  coverage: Coverage;
  readonly #cal;

  constructor(one: PaperCase) {
    this.state = one.state;
    this.coverage = one.state.coverage;
    this.#cal = one.cal;
  }

  /** Attendance of these days arrives on `on`, with unexcused absences of the student. */
  arrives(on: IsoDate, from: IsoDate, to: IsoDate, absent: readonly IsoDate[] = []): readonly Entry[] {
    this.coverage = addCoverage(this.coverage, from, to);
    return this.#give(on, absent);
  }

  /** The day comes, and nothing with it. */
  day(on: IsoDate): readonly Entry[] {
    return this.#give(on, []);
  }

  #give(on: IsoDate, absent: readonly IsoDate[]): readonly Entry[] {
    const days = absent.map((date) => ({ date, fraction: 1, code: 'U', school: 'NORTH-HS' }));
    const fact = { type: 'attendance' as const, officeDate: on, coverage: this.coverage, days };
    const taken = takeFact(this.state, fact, this.#cal);
    this.state = taken.state;
    return taken.entries;
  }
}

/** What rests on attendance; reminders and what is possible from a date on are no judgement. */
const judged = (entries: readonly Entry[]) =>
  entries.filter(({ type }) => ['progress-reviewed', 'closing-asked', 'case-closed'].includes(type));

const quiet = () => new Told(new PaperCase('2025-01-13', ['2025-01-10']));

/** A first notice out on Wed 15 January: its review is that of Mon 27. */
function noticed(): Told {
  const one = new PaperCase('2025-01-13', ['2025-01-08', '2025-01-10']);
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  one.refer('2025-01-14');
  one.out('first-notice', '2025-01-15');
  return new Told(one);
}

describe('a quiet case', () => {
  it('of which two days are missing closes two days later, by the days that are known', () => {
    const one = quiet();
    one.arrives('2025-02-07', '2025-01-14', '2025-02-07');
    // Mon 10 and Tue 11 February never arrive; with them it would be Wed 19 March.
    one.arrives('2025-03-20', '2025-02-12', '2025-03-20');
    expect(one.state.closed).toBeNull();
    const [closed] = judged(one.arrives('2025-04-02', '2025-03-21', '2025-04-02'));
    expect(closed).toMatchObject({ type: 'case-closed', on: '2025-03-21' });
  });

  it('does not close when a missing week arrives with an absence in it', () => {
    const one = quiet();
    one.arrives('2025-02-07', '2025-01-14', '2025-02-07');
    one.arrives('2025-03-19', '2025-02-17', '2025-03-19');
    one.arrives('2025-03-20', '2025-02-08', '2025-03-20', ['2025-02-11']);
    expect(one.state.closed).toBeNull();
  });

  it('whose student changed school waits for the new one, however much the old one goes on telling', () => {
    const one = new PaperCase('2025-01-13', ['2025-01-10']);
    const old: Coverage = [{ from: '2023-08-16', to: '2025-05-30' }];
    const coverage = composeCoverage([
      { coverage: old, to: '2025-02-02' },
      { coverage: [], from: '2025-02-03' },
    ]);
    const fact = { type: 'attendance' as const, officeDate: '2025-05-30', coverage, days: [] };
    const { state, entries } = takeFact(one.state, fact, one.cal);
    expect(state.closed).toBeNull();
    expect(judged(entries)).toEqual([]);
    const [closed] = judged(takeFact(one.state, { ...fact, coverage: old }, one.cal).entries);
    expect(closed).toMatchObject({ type: 'case-closed' });
  });
});

describe('the review of progress', () => {
  it('waits for a day that is missing in the middle, though later days are known', () => {
    const one = noticed();
    one.arrives('2025-01-17', '2025-01-15', '2025-01-17');
    // Tue 21 is missing.
    expect(judged(one.arrives('2025-02-05', '2025-01-22', '2025-02-05'))).toEqual([]);
    expect(one.state.reviews).toEqual([]);
    const [review] = judged(one.arrives('2025-02-06', '2025-01-20', '2025-01-21', ['2025-01-21']));
    expect(review).toMatchObject({ type: 'progress-reviewed', on: '2025-01-27', adequate: false });
  });

  it('is not kept waiting by a weekend or a holiday nobody reports', () => {
    const one = noticed();
    for (const [from, to] of [
      ['2025-01-15', '2025-01-17'],
      ['2025-01-21', '2025-01-24'],
    ] as const)
      expect(judged(one.arrives(to, from, to))).toEqual([]);
    const [review] = judged(one.arrives('2025-01-27', '2025-01-27', '2025-01-27'));
    expect(review).toMatchObject({ type: 'progress-reviewed', on: '2025-01-27', adequate: true });
  });
});

describe('whatever arrives when', () => {
  const START = '2025-01-14';
  const dayAt = (n: number) => addDays(START, n);
  const LAST = 130;
  const story = fc.array(
    fc.record({
      from: fc.nat(LAST),
      days: fc.nat(30),
      absent: fc.array(fc.nat(30), { maxLength: 1 }),
      rest: fc.nat(10),
    }),
    { minLength: 1, maxLength: 9 },
  );

  it('closing and review rest on known days alone, and days on which nothing arrives bring neither', () => {
    fc.assert(
      fc.property(story, fc.boolean(), (deliveries, withNotice) => {
        const one = withNotice ? noticed() : quiet();
        const cal = new PaperCase('2025-01-13', []).cal;
        let today = '2025-01-15';
        for (const { from, days, absent, rest } of deliveries) {
          const to = dayAt(Math.min(from + days, LAST));
          if (to > today) today = to;
          const seen = absent
            .map((n) => dayAt(from + n))
            .filter((date) => date <= to && isSchoolDay(cal, date));
          for (const entry of one.arrives(today, dayAt(from), to, seen)) {
            if (entry.type === 'progress-reviewed') {
              // Judged anew after a correction, on a later day, it speaks of the same seven school days.
              for (const date of schoolDays(cal, '2025-01-16', '2025-01-27'))
                expect(isCovered(one.coverage, date)).toBe(true);
            }
            if (entry.type === 'case-closed') {
              const since =
                one.state.days
                  .map((each) => each.date)
                  .sort()
                  .at(-1) ?? '';
              const clean = schoolDays(
                cal,
                addDays(since > '2025-01-13' ? since : '2025-01-13', 1),
                entry.on,
              );
              // A silence that people are told of begins the stretch anew.
              const stretch = afterTheLastSilence(clean, one.coverage);
              expect(stretch.filter((date) => isCovered(one.coverage, date))).toHaveLength(
                ROE53.closing.cleanSchoolDays,
              );
            }
          }
          if (one.state.closed) return;
          // Days pass and nothing comes: reminders may, judgements may not.
          today = addDays(today, rest);
          expect(judged(one.day(today))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The school days that follow the last run of unknown ones long enough to be told. */
function afterTheLastSilence(days: readonly string[], coverage: Coverage): readonly string[] {
  let from = 0;
  let unknown = 0;
  for (const [i, date] of days.entries()) {
    unknown = isCovered(coverage, date) ? 0 : unknown + 1;
    if (unknown >= ROE53.coverage.tellAfterSchoolDays) from = i + 1;
  }
  return days.slice(from);
}
