/** When to wake: local office times as instants, through changes of the clocks. */
import { describe, expect, it } from 'vitest';
import { realClock } from '../../client/office-clock.ts';
import { instantOf, recheckMs } from '../../domain/office-clock.ts';

describe('the office clock of Chicago', () => {
  const clock = realClock('America/Chicago', '2026-01-05');
  const at = (date: string, time: string) => new Date(instantOf(clock, date, time)).toISOString();

  it('ten in the morning is 16:00 UTC in winter and 15:00 UTC in summer', () => {
    expect(at('2026-02-12', '10:00')).toBe('2026-02-12T16:00:00.000Z');
    expect(at('2026-05-12', '10:00')).toBe('2026-05-12T15:00:00.000Z');
  });
  it('follows the clocks on the very days they change', () => {
    expect(at('2026-03-06', '10:00')).toBe('2026-03-06T16:00:00.000Z');
    expect(at('2026-03-09', '10:00')).toBe('2026-03-09T15:00:00.000Z');
    expect(at('2026-11-02', '10:00')).toBe('2026-11-02T16:00:00.000Z');
  });
  it('knows years ahead, so that a case open for years wakes at the right hour', () => {
    expect(at('2030-07-01', '10:00')).toBe('2030-07-01T15:00:00.000Z');
    expect(at('2030-12-02', '10:00')).toBe('2030-12-02T16:00:00.000Z');
  });
  it('looks again after minutes when a day has not come', () => {
    expect(recheckMs(clock)).toBe(15 * 60_000);
  });
});

describe('a driven office', () => {
  it('guesses by its days', () => {
    const clock = { kind: 'driven', startMs: 1_000_000, startDate: '2025-01-13', msPerDay: 1_000 } as const;
    expect(instantOf(clock, '2025-01-20', '12:00')).toBe(1_000_000 + 7_500);
  });
});
