/** A 20-Day Monitor by the department's page: day 1 is the next school day; what breaks it, what moves it, what ends it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeDay, indexCalendar, schoolDays, type SchoolCalendar } from '../../domain/calendar.ts';
import { addDays, type IsoDate } from '../../domain/dates.ts';
import {
  begin,
  decide,
  takeAttendance,
  takeCalendar,
  takeDay,
  type Taken,
} from '../../domain/monitor/decide.ts';
import { evolveAll } from '../../domain/monitor/evolve.ts';
import {
  beginMonitor,
  spanOf,
  standingBreaches,
  type MonitorMark,
  type MonitorState,
} from '../../domain/monitor/state.ts';

const calendar: SchoolCalendar = {
  terms: [{ from: '2025-08-18', to: '2026-05-29' }],
  closed: ['2025-09-01', '2025-10-13'],
  open: [],
};
const cal = indexCalendar(calendar);
const rules = {
  schoolDays: 20,
  unexplainedAfterSchoolDays: 3,
  codes: { unknownReason: 'AUK', confirmedTruant: 'CT' },
};

function contract(contractOn: IsoDate = '2025-09-02'): MonitorState {
  const fresh = beginMonitor({
    ...{ number: 'M-000001', school: 'PEKIN-HS', officer: 'O-0001', contractOn, rules, calendar },
    coverage: [],
    marks: [],
  });
  return begin(fresh, cal).state;
}

const mark = (date: IsoDate, code: string, category: string | null = null): MonitorMark => ({
  date,
  code,
  category,
});
const upTo = (to: IsoDate) => [{ from: '2025-08-18', to }];
const known = (state: MonitorState, officeDate: IsoDate, to: IsoDate, marks: readonly MonitorMark[]): Taken =>
  takeAttendance(state, { officeDate, coverage: upTo(to), marks }, cal);
const said = ({ entries }: Taken) =>
  entries.filter((one) => one.type !== 'attendance-known').map((one) => one.type);

describe('a 20-Day Monitor', () => {
  it('runs twenty school days from the next school day on', () => {
    expect(spanOf(contract(), cal)).toEqual({ from: '2025-09-03', to: '2025-09-30' });
    // Begun on a Friday before a closed Monday.
    expect(spanOf(contract('2025-10-10'), cal).from).toBe('2025-10-14');
  });

  it('is not broken by the call’s own day', () => {
    expect(said(known(contract(), '2025-09-03', '2025-09-02', [mark('2025-09-02', 'CT')]))).toEqual([]);
  });

  it('is broken at once by an unexcused day and by one marked CT, mapped or not', () => {
    const marks = [mark('2025-09-04', 'U', 'unexcused'), mark('2025-09-05', 'ct')];
    const { state } = known(contract(), '2025-09-08', '2025-09-05', marks);
    expect(standingBreaches(state).map(({ date, kind }) => [date, kind])).toEqual([
      ['2025-09-04', 'unexcused'],
      ['2025-09-05', 'confirmed-truant'],
    ]);
  });

  it('is not broken by an excused day or a tardy', () => {
    const marks = [mark('2025-09-04', 'E', 'excused'), mark('2025-09-05', 'T', 'tardy')];
    expect(said(known(contract(), '2025-09-08', '2025-09-05', marks))).toEqual([]);
  });

  it('is broken by an AUK day only when three school days have left it unexplained', () => {
    const marks = [mark('2025-09-04', 'AUK')];
    const second = known(contract(), '2025-09-09', '2025-09-08', marks);
    expect(said(second)).toEqual([]);
    expect(said(known(second.state, '2025-09-10', '2025-09-09', marks))).toEqual(['breach-found']);
  });

  it('does not take silence for an absence left unexplained', () => {
    const marks = [mark('2025-09-04', 'AUK')];
    const { state } = known(contract(), '2025-09-05', '2025-09-04', marks);
    expect(said(takeDay(state, '2025-09-26', cal))).toEqual([]);
  });

  it('is not broken by an AUK day that is explained in time', () => {
    const first = known(contract(), '2025-09-05', '2025-09-04', [mark('2025-09-04', 'AUK')]);
    const then = known(first.state, '2025-09-10', '2025-09-09', [mark('2025-09-04', 'E', 'excused')]);
    expect(said(then)).toEqual([]);
  });

  it('takes a breach back, visibly, when the absence is corrected', () => {
    const broken = known(contract(), '2025-09-05', '2025-09-04', [mark('2025-09-04', 'U', 'unexcused')]);
    const { state } = known(broken.state, '2025-09-11', '2025-09-10', [mark('2025-09-04', 'E', 'excused')]);
    expect(standingBreaches(state)).toEqual([]);
    expect(state.breaches).toMatchObject([
      { date: '2025-09-04', takenBack: { on: '2025-09-11', why: 'corrected' } },
    ]);
  });

  it('moves its stop date with a closure, and says from when to when', () => {
    const moved = takeCalendar(
      contract(),
      { calendar: closeDay(calendar, '2025-09-12'), today: '2025-09-11' },
      cal,
    );
    expect(moved.entries).toContainEqual({
      ...{ type: 'date-moved', on: '2025-09-11', which: 'stop' },
      ...{ from: '2025-09-30', to: '2025-10-01' },
    });
  });

  it('takes a breach back on a day that turns out to have been none of school', () => {
    const broken = known(contract(), '2025-09-05', '2025-09-04', [mark('2025-09-04', 'U', 'unexcused')]);
    const after = takeCalendar(
      broken.state,
      { calendar: closeDay(calendar, '2025-09-04'), today: '2025-09-08' },
      cal,
    );
    expect(after.state.breaches[0]?.takenBack?.why).toBe('no-school-that-day');
  });

  it('is met when all twenty days are covered, and not before', () => {
    const almost = known(contract(), '2025-09-30', '2025-09-29', []);
    expect(said(almost)).toEqual([]);
    expect(known(almost.state, '2025-10-01', '2025-09-30', []).state.ended).toMatchObject({ result: 'met' });
  });

  it('runs to its stop date with breaches, and ends with them', () => {
    const marks = [mark('2025-09-04', 'CT')];
    const half = known(contract(), '2025-09-10', '2025-09-09', marks);
    expect(half.state.ended).toBeNull();
    expect(known(half.state, '2025-10-01', '2025-09-30', marks).state.ended).toMatchObject({
      result: 'with-breaches',
      breaches: 1,
    });
  });

  it('says once that its stop date is over and attendance is not known that far', () => {
    const { state } = known(contract(), '2025-09-25', '2025-09-24', []);
    const over = takeDay(state, '2025-10-02', cal);
    expect(said(over)).toEqual(['waits-for-attendance']);
    expect(said(takeDay(over.state, '2025-10-09', cal))).toEqual([]);
    expect(known(over.state, '2025-10-10', '2025-10-09', []).state.ended?.result).toBe('met');
  });

  it('waits at its end for an absence that may still be explained', () => {
    const marks = [mark('2025-09-30', 'AUK')];
    const end = known(contract(), '2025-10-01', '2025-09-30', marks);
    expect(end.state.ended).toBeNull();
    expect(known(end.state, '2025-10-06', '2025-10-03', marks).state.ended?.result).toBe('with-breaches');
    const explained = known(end.state, '2025-10-03', '2025-10-02', [mark('2025-09-30', 'E', 'excused')]);
    expect(explained.state.ended?.result).toBe('met');
  });

  it('is ended early by the officer with a reason, and takes nothing after', () => {
    const base = { officeDate: '2025-09-10', actor: { id: 'U-1', role: 'attendance-officer' } };
    const end = decide(
      contract(),
      { ...base, id: 'end-1', type: 'end-monitor', how: 'officer', reason: 'the family has moved' },
      cal,
    );
    expect(end).toMatchObject({ ok: true, state: { ended: { result: 'ended-early' } } });
    if (!end.ok) return;
    expect(decide(end.state, { ...base, id: 's-1', type: 'sign-contract', by: 'parent' }, cal)).toMatchObject(
      { ok: false, refusal: { code: 'MONITOR_ENDED' } },
    );
  });

  it('stands the same, whatever the order and repetition of what the records said before', () => {
    const days = schoolDays(cal, '2025-09-03', '2025-09-30');
    const codes = ['U', 'CT', 'AUK', 'E', 'T'];
    const categoryOf: Record<string, string | null> = {
      U: 'unexcused',
      E: 'excused',
      T: 'tardy',
      CT: null,
      AUK: 'unknown',
    };
    const marks = fc.uniqueArray(
      fc.record({ date: fc.constantFrom(...days), code: fc.constantFrom(...codes) }),
      { selector: (one) => one.date, maxLength: 12 },
    );
    let broken = 0;
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 6 }), marks, (before, last) => {
        const said = (list: typeof last) =>
          list.map((one) => mark(one.date, one.code, categoryOf[one.code] ?? null));
        let state = contract();
        const journal = [];
        // All of it seen on one day: the records changed their mind several times.
        for (const list of [...before, last, last]) {
          const taken = known(state, '2025-09-29', '2025-09-26', said(list));
          journal.push(...taken.entries);
          state = taken.state;
        }
        const once = known(contract(), '2025-09-29', '2025-09-26', said(last)).state;
        const dates = (one: MonitorState) =>
          standingBreaches(one)
            .map(({ date, kind }) => `${date} ${kind}`)
            .sort();
        expect(dates(state)).toEqual(dates(once));
        expect(evolveAll(contract(), journal)).toEqual(state);
        broken += dates(once).length > 0 ? 1 : 0;
        return addDays(state.today, 0) === '2025-09-29' || journal.length === 0;
      }),
      { numRuns: 200 },
    );
    expect(broken).toBeGreaterThan(50);
  });
});
