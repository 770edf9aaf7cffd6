/** Before an officer goes: each condition of "When to call Truancy", shown, stated, missing or contradicted, in its own words. */
import { describe, expect, it } from 'vitest';
import { indexCalendar, schoolDays } from '../../domain/calendar.ts';
import {
  addressGate,
  attemptFindings,
  aukRun,
  gateOf,
  miaGate,
  toVerify,
  trueRefusalGate,
  type Attempt,
  type AttemptResult,
  type Gate,
  type GateMark,
  type MiaRecords,
  type NumberOnFile,
} from '../../domain/calls/gates.ts';
import type { IsoDate } from '../../domain/dates.ts';

/** Labor Day on Monday 1 September 2025, Columbus Day on Monday 13 October. */
const cal = indexCalendar({
  terms: [{ from: '2025-08-18', to: '2026-05-29' }],
  closed: ['2025-09-01', '2025-10-13'],
  open: [],
});
const rules = { consecutiveDays: 5, unknownReason: 'AUK' };
const upTo = (to: IsoDate, from = '2025-08-18') => [{ from, to }];
const auk = (...dates: readonly IsoDate[]): GateMark[] =>
  dates.map((date) => ({ date, code: 'AUK', category: 'unknown', fraction: 1 }));

const words = (gate: Gate, condition: string) =>
  gate.findings.find((one) => one.condition === condition)?.words ?? '';
const standing = (gate: Gate) => gate.findings.map((one) => `${one.condition}: ${one.standing}`);

describe('a true refusal', () => {
  const today = '2025-10-15';
  const thisMorning = { parentCalled: { date: today, time: '08:05' }, parentHome: true };

  it('is refused for a call that has not been made yet', () => {
    const gate = trueRefusalGate(thisMorning, today, cal, '07:50');
    expect(gate.open).toBe(false);
    expect(words(gate, 'parent-called-this-morning')).toBe(
      'It is 07:50, and not 08:05 yet: say when the parent called this morning.',
    );
    expect(trueRefusalGate(thisMorning, today, cal, '08:05').open).toBe(true);
  });

  it('is for today, on the school’s word, and the officer looks at what was only stated', () => {
    const gate = trueRefusalGate(thisMorning, today, cal);
    expect(gate.open).toBe(true);
    expect(standing(gate)).toEqual([
      'school-day: shown',
      'parent-called-this-morning: stated',
      'parent-home: stated',
    ]);
    expect(toVerify(gate).map((one) => one.condition)).toEqual(['parent-called-this-morning', 'parent-home']);
  });

  it.each([
    [
      'on a day without school',
      { ...thisMorning },
      '2025-10-13',
      'school-day',
      'There is no school on Mon 13 Oct 2025',
    ],
    [
      'where the parent called the day before',
      { ...thisMorning, parentCalled: { date: '2025-10-14', time: '08:05' } },
      today,
      'parent-called-this-morning',
      'The parent called on Tue 14 Oct 2025 at 08:05; a true refusal asks for a call on the same morning, Wed 15 Oct 2025.',
    ],
    [
      'where the parent called in the afternoon',
      { ...thisMorning, parentCalled: { date: today, time: '12:40' } },
      today,
      'parent-called-this-morning',
      'after the morning was over',
    ],
    [
      'where no parent will be home',
      { ...thisMorning, parentHome: false },
      today,
      'parent-home',
      'No parent will be home to open the door',
    ],
  ] as const)('is refused %s', (_when, stated, day, condition, said) => {
    const gate = trueRefusalGate(stated, day, cal);
    expect(gate.open).toBe(false);
    expect(gate.findings.find((one) => one.condition === condition)?.standing).toBe('contradicted');
    expect(words(gate, condition)).toContain(said);
  });

  it('asks for what nobody has said', () => {
    const gate = trueRefusalGate({}, today, cal);
    expect(gate.open).toBe(false);
    expect(standing(gate)).toContain('parent-called-this-morning: missing');
    expect(words(gate, 'parent-home')).toBe('Say whether a parent will be home to open the door.');
  });
});

const MOTHER: NumberOnFile = { number: '309-555-0101', relation: 'Mother', household: true, barred: false };
const FATHER: NumberOnFile = { number: '(309) 555-0102', relation: 'Father', household: true, barred: false };
const AUNT: NumberOnFile = { number: '1 309 555 0103', relation: 'Aunt', household: false, barred: false };
const BARRED: NumberOnFile = {
  number: '309-555-0199',
  relation: 'Stepfather',
  household: false,
  barred: true,
};

const tried = (
  of: NumberOnFile,
  result: AttemptResult,
  date = '2025-10-10',
  source: Attempt['source'] = 'records',
): Attempt => ({
  ...{ number: of.number, date, result, source },
});

/** AUK from Wednesday 8 October to Wednesday the 15th, Columbus Day and a weekend inside: five school days. */
const FIVE = ['2025-10-08', '2025-10-09', '2025-10-10', '2025-10-14', '2025-10-15'];
const records = (changes: Partial<MiaRecords> = {}): MiaRecords => ({
  marks: auk(...FIVE),
  coverage: upTo('2025-10-15'),
  calendar: cal,
  numbers: [MOTHER, FATHER, AUNT],
  attempts: [tried(MOTHER, 'no-answer'), tried(FATHER, 'disconnected'), tried(AUNT, 'answered-by-other')],
  ...changes,
});
const mia = (changes: Partial<MiaRecords> = {}, stated?: number, today = '2025-10-16') =>
  miaGate(records(changes), stated, today, rules);

describe('an MIA visit', () => {
  it('is shown by the records alone: five AUK days over a weekend and a closure, every number tried, no parent reached', () => {
    const gate = mia();
    expect(gate.open).toBe(true);
    expect(standing(gate)).toEqual(['auk-run: shown', 'numbers-tried: shown', 'no-parent-reached: shown']);
    expect(words(gate, 'auk-run')).toBe(
      'The records show AUK on 5 school days in a row, from Wed 8 Oct 2025; attendance is known up to Wed 15 Oct 2025.',
    );
  });

  it('counts what the school wrote in its own letters', () => {
    const marks = FIVE.map((date) => ({ date, code: ' auk ', category: null, fraction: 1 }));
    expect(mia({ marks }).open).toBe(true);
  });

  it('never demands a mark of today: four days known and today stated are five', () => {
    const four = { marks: auk(...FIVE.slice(0, 4)), coverage: upTo('2025-10-14') };
    const asked = mia(four, undefined, '2025-10-15');
    expect(standing(asked)[0]).toBe('auk-run: missing');
    expect(words(asked, 'auk-run')).toContain('say for how many school days in a row');
    const gate = mia(four, 5, '2025-10-15');
    expect(gate.open).toBe(true);
    expect(standing(gate)[0]).toBe('auk-run: stated');
    // Even where the whole of yesterday's file covers today: it knows nothing of this morning.
    expect(mia({ ...four, coverage: upTo('2025-10-15') }, 5, '2025-10-15').open).toBe(true);
  });

  it('is refused where a known day breaks the run, naming it', () => {
    const there = mia({ marks: auk('2025-10-08', '2025-10-10', '2025-10-14', '2025-10-15') }, 6);
    expect(standing(there)[0]).toBe('auk-run: contradicted');
    expect(words(there, 'auk-run')).toContain('on Thu 9 Oct 2025 the student was there');
    const marks = [...auk('2025-10-08', '2025-10-10', '2025-10-14', '2025-10-15')];
    const ill = mia({
      marks: [...marks, { date: '2025-10-09', code: 'ILL', category: 'excused', fraction: 1 }],
    });
    expect(words(ill, 'auk-run')).toContain('on Thu 9 Oct 2025 stands ILL');
  });

  it('is refused where a student came for part of a day', () => {
    const marks = auk(...FIVE).map((one) => (one.date === '2025-10-10' ? { ...one, fraction: 0.5 } : one));
    expect(standing(mia({ marks }))[0]).toBe('auk-run: contradicted');
  });

  it('is refused where the school itself states fewer', () => {
    const gate = mia({ marks: [], coverage: upTo('2025-10-01') }, 4);
    expect(words(gate, 'auk-run')).toBe(
      'The school states 4 school days in a row as AUK; the visit asks for 5 or more.',
    );
  });

  it('takes the school’s word where nothing is known of the days, also of those before the first file', () => {
    const nothing = mia({ marks: [], coverage: [] }, 5);
    expect(standing(nothing)[0]).toBe('auk-run: stated');
    expect(words(nothing, 'auk-run')).toContain('no attendance has arrived yet');
    // The first file of the year covers three days, all AUK: the days before are nobody's silence.
    const short = { marks: auk(...FIVE.slice(2)), coverage: upTo('2025-10-15', '2025-10-10') };
    expect(standing(mia(short, 5))[0]).toBe('auk-run: stated');
    expect(standing(mia(short))[0]).toBe('auk-run: missing');
  });

  it('is refused where numbers were not tried, naming them by their last digits', () => {
    const gate = mia({ attempts: [tried(MOTHER, 'voicemail')] });
    expect(standing(gate)[1]).toBe('numbers-tried: contradicted');
    expect(words(gate, 'numbers-tried')).toContain(
      '2 of 3 numbers on file have no attempt since the absences began on Wed 8 Oct 2025: …0102 (Father, household), …0103 (Aunt, not household).',
    );
    expect(words(gate, 'numbers-tried')).not.toContain('555-0102');
  });

  it('does not count an attempt from before the run', () => {
    const gate = mia({
      attempts: [tried(MOTHER, 'no-answer', '2025-10-07'), tried(FATHER, 'busy'), tried(AUNT, 'busy')],
    });
    expect(words(gate, 'numbers-tried')).toMatch(/1 of 3 numbers.*Attempts before that day do not count\./);
  });

  it('fails with one call answered by a parent, whatever the others', () => {
    const gate = mia({
      attempts: [...records().attempts, tried(MOTHER, 'answered-by-parent', '2025-10-14')],
    });
    expect(standing(gate)).toEqual([
      'auk-run: shown',
      'numbers-tried: shown',
      'no-parent-reached: contradicted',
    ]);
    expect(words(gate, 'no-parent-reached')).toContain(
      '1 call was answered by a parent, last on Tue 14 Oct 2025',
    );
  });

  it('accepts attempts the school lists with the call, for the officer to verify', () => {
    const attempts = [
      tried(MOTHER, 'no-answer'),
      tried(FATHER, 'no-answer', '2025-10-14', 'stated'),
      tried(AUNT, 'wrong-number', '2025-10-14', 'stated'),
    ];
    const gate = mia({ attempts });
    expect(gate.open).toBe(true);
    expect(toVerify(gate).map((one) => one.condition)).toEqual(['numbers-tried', 'no-parent-reached']);
    expect(words(gate, 'numbers-tried')).toContain('The school states attempts to 2 of 3 numbers');
  });

  it('leaves barred persons’ numbers out, visibly, and never shows them', () => {
    const gate = mia({ numbers: [MOTHER, FATHER, AUNT, BARRED] });
    expect(gate.open).toBe(true);
    expect(words(gate, 'numbers-tried')).toContain(
      '1 number is left out: a no-contact order; do not ring it.',
    );
    expect(JSON.stringify(gate)).not.toContain('0199');
    // One that rings for a barred person and for another is rung for nobody.
    const shared = mia({
      numbers: [{ ...MOTHER, number: BARRED.number }, FATHER, AUNT, BARRED],
      attempts: records().attempts,
    });
    expect(words(shared, 'numbers-tried')).toContain('each of 2 numbers');
  });

  it('passes without a number on file, saying so', () => {
    const gate = mia({ numbers: [], attempts: [] });
    expect(gate.open).toBe(true);
    expect(words(gate, 'numbers-tried')).toBe(
      'No telephone number is on file that may be rung, so none can be tried.',
    );
    expect(words(mia({ numbers: [BARRED], attempts: [] }), 'numbers-tried')).toContain(
      '1 number is left out',
    );
  });
});

describe('a run of unknown absences', () => {
  it('is the longest suffix of known AUK days, however the days before look', () => {
    const days = schoolDays(cal, '2025-09-02', '2025-10-15');
    for (let n = 0; n <= 8; n += 1) {
      const run = aukRun(auk(...days.slice(days.length - n)), upTo('2025-10-15'), cal, '2025-10-15', rules);
      expect([n, run.shown.length]).toEqual([n, n]);
    }
  });
  it('an attempt to a number on two records is one number', () => {
    const twice = [MOTHER, { ...AUNT, number: '+1 (309) 555-0101' }];
    const [found] = attemptFindings(twice, [tried(MOTHER, 'busy')], null);
    expect(found?.words).toBe('Attendance Notes show an attempt to the one number on file.');
  });
});

describe('an address verification', () => {
  const reasons = [
    { code: 'audit', label: 'audit' },
    { code: 'returned-mail', label: 'returned mail' },
    { code: 'other', label: 'other' },
  ];
  it('needs a reason of the page and an address, of record or given', () => {
    expect(standing(addressGate({ reason: 'audit' }, true, reasons))).toEqual([
      'reason: stated',
      'address: shown',
    ]);
    expect(addressGate({ reason: 'audit', address: '9 Elm St' }, false, reasons).open).toBe(true);
  });
  it('asks for what is missing, in words', () => {
    const gate = addressGate({}, false, reasons);
    expect(gate.open).toBe(false);
    expect(words(gate, 'reason')).toBe('Say why the address is to be verified: audit, returned-mail, other.');
    expect(words(gate, 'address')).toContain('No address is on record');
    expect(words(addressGate({ reason: 'other' }, true, reasons), 'reason')).toContain('Say in words');
    expect(addressGate({ reason: 'other', reasonWords: 'custody papers' }, true, reasons).open).toBe(true);
  });
});

it('a gate is open only where nothing is contradicted and nothing missing', () => {
  const of = (standing: 'shown' | 'stated' | 'missing' | 'contradicted') =>
    gateOf([{ condition: 'reason', standing, words: '' }]).open;
  expect((['shown', 'stated', 'missing', 'contradicted'] as const).map(of)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
