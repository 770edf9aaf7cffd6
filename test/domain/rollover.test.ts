/** The August roster beside the records: who is promoted, graduated, not back, new or as before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareRoster,
  countKinds,
  gradeOf,
  isAskedUnchanged,
  rosterRefusal,
  suggestionFor,
  type OnRecord,
  type OnRoster,
} from '../../domain/rollover.ts';

const known = (sisId: string, grade: string | null, ...schools: string[]): OnRecord => ({
  sisId,
  grade,
  schools,
  expected: true,
});

function kindOf(record: OnRecord | null, row: OnRoster | null): string | undefined {
  return compareRoster(record ? [record] : [], row ? [row] : [])[0]?.kind;
}

describe('a student on the list', () => {
  it('is promoted into another grade, another school, or both', () => {
    expect(kindOf(known('1', '9', 'HS'), { sisId: '1', grade: '10', school: 'HS' })).toBe('promoted');
    expect(kindOf(known('1', '8', 'MS'), { sisId: '1', grade: '9', school: 'HS' })).toBe('promoted');
    expect(kindOf(known('1', '9', 'HS'), { sisId: '1', grade: '9', school: 'EAST' })).toBe('promoted');
  });
  it('is unchanged where grade and school are, however the grade is written', () => {
    expect(kindOf(known('1', '09', 'HS'), { sisId: '1', grade: 'Ninth grade', school: 'HS' })).toBe(
      'unchanged',
    );
    expect(kindOf(known('1', '9', 'HS'), { sisId: '1', school: 'HS' })).toBe('unchanged');
    expect(kindOf(known('1', '9', 'HS'), { sisId: '1', grade: '9' })).toBe('unchanged');
  });
  it('who attends two schools is at both', () => {
    const both = known('1', '9', 'VOCATIONAL', 'HS');
    expect(kindOf(both, { sisId: '1', grade: '9', school: 'HS' })).toBe('unchanged');
  });
  it('has graduated out of grade 12, and has not returned out of any other', () => {
    expect(kindOf(known('1', '12', 'HS'), null)).toBe('graduated');
    expect(kindOf(known('1', 'Twelfth grade', 'HS'), null)).toBe('graduated');
    expect(kindOf(known('1', '11', 'HS'), null)).toBe('not-returned');
    expect(kindOf(known('1', null, 'HS'), null)).toBe('not-returned');
  });
  it('repeats grade 12', () => {
    expect(kindOf(known('1', '12', 'HS'), { sisId: '1', grade: '12', school: 'HS' })).toBe('unchanged');
  });
  it('is new, also when known from before and back again', () => {
    expect(compareRoster([], [{ sisId: '1', grade: '9', school: 'HS' }])).toEqual([
      { sisId: '1', kind: 'new', before: null, after: { grade: '9', school: 'HS' } },
    ]);
    expect(compareRoster([known('1', '8')], [{ sisId: '1', grade: '9', school: 'HS' }])).toEqual([
      { sisId: '1', kind: 'new', before: { grade: '8', school: null }, after: { grade: '9', school: 'HS' } },
    ]);
  });
  it('is not on it at all where the roster is another district’s, or where they left long ago', () => {
    expect(kindOf({ ...known('1', '9', 'HS'), expected: false }, null)).toBeUndefined();
    expect(kindOf(known('1', '9'), null)).toBeUndefined();
  });
});

describe('grades', () => {
  it.each([
    ['9', '9'],
    ['09', '9'],
    ['9th', '9'],
    ['Grade 9', '9'],
    ['Ninth grade', '9'],
    ['12', '12'],
    ['KG', 'kg'],
  ])('%s is %s', (text, grade) => {
    expect(gradeOf(text)).toBe(grade);
  });
});

describe('a roster that looks wrong', () => {
  const school = (code: string, size: number, grade: string) =>
    Array.from({ length: size }, (_, n) => known(`${code}-${n}`, grade, code));
  const rows = (records: readonly OnRecord[]): OnRoster[] =>
    records.map(({ sisId, schools: [at] }) => ({ sisId, grade: '10', school: at }));

  it('lacks more than a third of those expected back: refused with the numbers until somebody says so', () => {
    const records = school('HS', 9, '9');
    const items = compareRoster(records, rows(records.slice(0, 5)));
    expect(rosterRefusal(items, 0)).toMatchObject({
      code: 'ROSTER_LOOKS_INCOMPLETE',
      details: { expected: 9, missing: 4, schools: [] },
    });
    expect(rosterRefusal(items, 3)).not.toBeNull();
    expect(rosterRefusal(items, 4)).toBeNull();
  });
  it('a third is not more than a third', () => {
    const records = school('HS', 9, '9');
    expect(rosterRefusal(compareRoster(records, rows(records.slice(0, 6))), 0)).toBeNull();
  });
  it('names one school only of a large district', () => {
    const records = [...school('HS', 60, '9'), ...school('MS', 5, '7')];
    const items = compareRoster(records, rows(records.slice(0, 60)));
    expect(rosterRefusal(items, 0)).toMatchObject({ details: { expected: 65, missing: 5, schools: ['MS'] } });
  });
  it('leaves out more than a third of one large school, the others being whole', () => {
    const records = [...school('HS', 200, '9'), ...school('MS', 60, '7')];
    const part = compareRoster(records, rows(records.slice(0, 230)));
    expect(rosterRefusal(part, 0)).toMatchObject({
      message: expect.stringContaining('more than a third of MS among them') as string,
      details: { expected: 260, missing: 30, schools: ['MS'] },
    });
    expect(rosterRefusal(part, 30)).toBeNull();
    expect(rosterRefusal(compareRoster(records, rows(records.slice(0, 240))), 0)).toBeNull();
  });
  it('graduates are not missed', () => {
    const records = [...school('HS', 6, '9'), ...school('SENIORS', 60, '12')];
    expect(rosterRefusal(compareRoster(records, rows(records.slice(0, 6))), 0)).toBeNull();
  });
});

describe('for an open case', () => {
  it('the end of school suggests closing with its reason; everything else, keeping', () => {
    expect(suggestionFor('graduated')).toEqual({ suggest: 'close', reason: 'graduated' });
    expect(suggestionFor('not-returned')).toEqual({ suggest: 'close', reason: 'not-returned' });
    expect(suggestionFor('promoted')).toEqual({ suggest: 'keep', reason: null });
    expect(suggestionFor('unchanged')).toEqual({ suggest: 'keep', reason: null });
  });

  describe('of somebody for whom nothing changes', () => {
    const years = [
      { from: '2025-08-18', to: '2026-05-29' },
      { from: '2026-08-17', to: '2027-05-28' },
    ];
    const asked = (startsOn: string, openedOn: string, askedOn: string | null = null, terms = years) =>
      isAskedUnchanged({ openedOn, askedOn }, { terms, closed: [], open: [] }, startsOn, 21);

    it('the Case Manager is asked in summer and in the first weeks, once', () => {
      expect(asked('2026-07-20', '2026-03-02')).toBe(true);
      expect(asked('2026-09-07', '2026-03-02')).toBe(true);
      expect(asked('2026-09-07', '2026-03-02', '2026-07-20')).toBe(false);
      expect(asked('2026-07-20', '2024-03-02', '2025-08-01')).toBe(true);
    });
    it('not of a case of this year, and not in the middle of one', () => {
      expect(asked('2026-09-07', '2026-09-01')).toBe(false);
      expect(asked('2026-12-07', '2026-03-02')).toBe(false);
    });
    it('also where the next year, or any, is not known', () => {
      expect(asked('2026-07-20', '2026-03-02', null, years.slice(0, 1))).toBe(true);
      expect(asked('2026-07-20', '2026-03-02', null, [])).toBe(true);
    });
  });
});

describe('for any records and any roster', () => {
  const number = fc.integer({ min: 1, max: 30 }).map(String);
  const grade = fc.constantFrom('9', '10', '11', '12', '09', 'Twelfth grade');
  const code = fc.constantFrom('HS', 'EAST', 'MS');
  const record = fc.record({
    sisId: number,
    grade: fc.option(grade),
    schools: fc.uniqueArray(code, { maxLength: 2 }),
    expected: fc.boolean(),
  });
  const row = fc.record({ sisId: number, grade, school: code }, { requiredKeys: ['sisId'] });
  const records = fc.uniqueArray(record, { selector: (one) => one.sisId });

  it('everybody stands on the list once, whatever the order of the rows', () => {
    fc.assert(
      fc.property(records, fc.uniqueArray(row, { selector: (one) => one.sisId }), (on, roster) => {
        const items = compareRoster(on, roster);
        expect(compareRoster([...on].reverse(), [...roster].reverse())).toEqual(items);
        const ids = items.map((one) => one.sisId);
        expect(new Set(ids).size).toBe(ids.length);
        const wanted = new Set([
          ...roster.map((one) => one.sisId),
          ...on.filter((one) => one.expected && one.schools.length > 0).map((one) => one.sisId),
        ]);
        expect(new Set(ids)).toEqual(wanted);
        expect(Object.values(countKinds(items)).reduce((a, b) => a + b, 0)).toBe(items.length);
      }),
    );
  });
  it('a roster already written into the records changes nothing', () => {
    fc.assert(
      fc.property(records, fc.uniqueArray(row, { selector: (one) => one.sisId }), (on, roster) => {
        const written = compareRoster(on, roster).flatMap(({ sisId, after }) =>
          after === null
            ? []
            : [
                {
                  sisId,
                  grade: after.grade,
                  schools: after.school === null ? [] : [after.school],
                  expected: true,
                },
              ],
        );
        const again = compareRoster(written, roster).filter((one) => one.after?.school !== null);
        expect(again.filter((one) => one.kind !== 'unchanged')).toEqual([]);
      }),
    );
  });
});
