/** A year in which notes come in late, cases are on hold, students change school and snow falls. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../domain/case/entries.ts';
import { unexcusedCount } from '../../domain/case/rules.ts';
import { evolveAll } from '../../domain/case/evolve.ts';
import type { Script } from '../../domain/script.ts';
import { EXAMPLE, GRAND_BEND, rehearsed, type Rehearsal } from '../support/rehearsals.ts';

const LIVED: Pick<Script, 'corrections' | 'holds'> = {
  corrections: [
    { every: 4, afterSchoolDays: 3, what: 'excuse' },
    { every: 5, afterSchoolDays: 6, what: 'half-day' },
    { every: 9, afterSchoolDays: 25, what: 'excuse' },
  ],
  holds: { every: 3, kind: 'medical', reason: 'in treatment', schoolDays: 6 },
};

function entriesOf(rehearsal: Rehearsal): Entry[] {
  return rehearsal.cases.flatMap((one) => [...one.entries]);
}

function count(entries: readonly Entry[], type: Entry['type']): number {
  return entries.filter((entry) => entry.type === type).length;
}

describe('the example as lived', async () => {
  const plain = await rehearsed(EXAMPLE);
  const students = [...new Set(plain.cases.map((one) => one.student))].slice(0, 12);
  const schools = plain.dataset.schools.map((school) => school.code);
  const transfers = students.map((student, i) => ({
    on: i % 2 ? '2025-10-14' : '2025-11-18',
    student,
    to: schools.find((code) => code !== plain.cases.find((one) => one.student === student)!.state.school)!,
  }));
  const lived = await rehearsed(EXAMPLE, { script: (script) => ({ ...script, ...LIVED, transfers }) });
  const entries = entriesOf(lived);

  it('meets everything that can change afterwards', () => {
    for (const type of [
      'letter-questioned',
      'question-settled',
      'hold-placed',
      'hold-expired',
      'hold-released',
      'letter-parked',
      'letter-rescheduled',
      'transferred',
      'progress-reviewed',
      'contact-reminder',
      'deadline-moved',
    ] as const) {
      expect(count(entries, type), type).toBeGreaterThan(0);
    }
    expect(count(entries, 'transferred')).toBe(
      new Set(
        lived.cases
          .filter((one) => one.entries.some((entry) => entry.type === 'transferred'))
          .map((one) => one.student),
      ).size,
    );
  });

  it('lets no letter leave under a hold', () => {
    for (const { entries: mine } of lived.cases) {
      let holds = 0;
      for (const entry of mine) {
        if (entry.type === 'hold-placed') holds += 1;
        if (entry.type === 'hold-released') holds -= 1;
        if (entry.type === 'letter-out') expect(holds).toBe(0);
      }
    }
  });

  it('leaves every case with the count its records give, whatever was corrected', () => {
    for (const { state } of lived.cases.filter((one) => !one.state.closed)) {
      const own = unexcusedCount(state, lived.dataset.to, state.calendar);
      expect(own).toBeLessThanOrEqual(state.days.reduce((sum, day) => sum + day.fraction, 0));
      for (const letter of state.letters) {
        // Nothing stays in question: the script settles the same day.
        expect(letter.concern?.settled ?? 'none').not.toBeNull();
      }
    }
  });

  it('is the fold of its entries', () => {
    const [one] = lived.cases.filter((each) => each.entries.length > 20);
    const folded = evolveAll({ ...one!.state, seq: 0 }, []);
    expect(folded.seq).toBe(0);
    expect(one!.state.seq).toBe(one!.entries.length);
  });
});

describe.skipIf(!existsSync(GRAND_BEND.attendance[0]!))('the Ed-Fi sample as lived', () => {
  it(
    'has fewer orders where one day in four is excused late, and no hearing under nine days',
    { timeout: 120_000 },
    async () => {
      const plain = entriesOf(await rehearsed(GRAND_BEND));
      const lived = entriesOf(await rehearsed(GRAND_BEND, { script: (script) => ({ ...script, ...LIVED }) }));
      expect(count(lived, 'order-issued')).toBeGreaterThan(0);
      expect(count(lived, 'order-issued')).toBeLessThan(count(plain, 'order-issued'));
      expect(count(lived, 'letter-questioned')).toBeGreaterThan(10);
      for (const entry of lived) {
        if (entry.type === 'hearing-scheduled') expect(entry.count).toBeGreaterThanOrEqual(9);
      }
    },
  );
});
