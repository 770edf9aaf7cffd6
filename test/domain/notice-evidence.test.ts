/** What the case is told that a letter lists: frozen with its notice, never counted anew. */
import { expect, it } from 'vitest';
import { indexCalendar } from '../../domain/calendar.ts';
import { countUnexcused, type Mark } from '../../domain/attendance.ts';
import { statedIn } from '../../domain/notice-evidence.ts';

const cal = indexCalendar({ terms: [{ from: '2025-01-06', to: '2025-05-30' }], closed: [], open: [] });
const rules = { windowDays: 180, threshold: 9, countedCategories: ['unexcused'], graceSchoolDays: 0 };
const mark = (date: string, fraction: number, code = 'U'): Mark => ({
  ...{ date, fraction, code },
  school: 'NORTH-HS',
  category: 'unexcused',
});
const marks = [mark('2025-01-10', 1), mark('2025-01-08', 0.5), mark('2025-01-08', 0.25, 'V')];
const count = countUnexcused(marks, cal, '2025-01-14', rules, '2025-01-14');
const evidence: unknown = JSON.parse(
  JSON.stringify({ count, decidedOn: '2025-01-14', assumedRecipient: false }),
);

it('has one fraction a date, however many marks made it up', () => {
  expect(statedIn('first-notice', evidence)).toEqual({
    asOf: '2025-01-14',
    days: [
      ['2025-01-08', 0.75],
      ['2025-01-10', 1],
    ],
  });
});

it('is nothing for letters without a table of absences, or where no count was kept', () => {
  for (const kind of ['hearing-cancelled', 'correction', 'withdrawal'] as const)
    expect(statedIn(kind, evidence)).toBeUndefined();
  expect(statedIn('hearing-moved', evidence)).toBeDefined();
  expect(statedIn('first-notice', { days: 4.25 })).toBeUndefined();
});
