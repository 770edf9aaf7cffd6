/** What a case asks of people: told to the right desk, once, and off the list when it is over. */
import { describe, expect, it } from 'vitest';
import { taskChanges } from '../../activities/case-tasks.ts';
import type { EntryBody } from '../../domain/case/entries.ts';
import { openCase, type PaperHistory } from '../../domain/case/state.ts';
import { loadPolicy } from '../../policies/load.ts';

const { policy } = await loadPolicy('roe53');
const state = openCase({
  ...{ caseNumber: 'C-000001', student: '1', school: 'PEKIN-HS', county: 'Tazewell', openedOn: '2025-10-01' },
  ...{ previousCase: null, policy, calendarVersion: 1, coverage: [], days: [] },
  calendar: { terms: [{ from: '2025-08-18', to: '2026-05-29' }], closed: [], open: [] },
});

/** The tasks of one write: `role CODE`, and the kinds it ends. */
function of(...bodies: readonly EntryBody[]) {
  const entries = bodies.map((body, i) => ({
    seq: i + 1,
    entry: { ...body, on: '2025-11-03', commandId: 'c' },
  }));
  const { tasks, tasksOver } = taskChanges(state, entries, (owner) => `role of ${owner}`);
  return {
    tasks: tasks.map((one) => `${one.role} ${one.textCode}`),
    over: tasksOver.map((one) => one.kind ?? 'all'),
    details: tasks.map((one) => one.details),
    keys: tasks.map((one) => one.key),
  };
}

const letter = { kind: 'first-notice', sequence: 1 } as const;
const questioned = { type: 'letter-questioned', ...letter, dates: ['2025-10-02'], because: 'x' } as const;
const hold = { id: 'h-1', owner: 'U-0007' };

/** Of a paper history only the order asks anything. */
function paperWith(returnDate: string | null): PaperHistory {
  const order = returnDate === null ? null : { on: '2025-10-31', returnDate, findings: 'x', services: [] };
  return {
    ...{ enteredBy: 'U-0007', role: 'case-manager', interventions: [], referrals: [] },
    ...{ caseload: null, hearing: null, order: order && { ...order, letter: null } },
  };
}

describe('tasks', () => {
  it.each<[string, EntryBody, string[]]>([
    ['an expired hold', { type: 'hold-expired', ...hold }, ['role of U-0007 HOLD_EXPIRED']],
    ['a letter in question', { ...questioned, what: 'facts-changed' }, ['case-manager LETTER_QUESTIONED']],
    [
      'a letter about the hearing in question',
      { ...questioned, kind: 'hearing-notice', what: 'facts-changed' },
      ['regional-superintendent LETTER_QUESTIONED'],
    ],
    ['a question taken back', { ...questioned, what: 'none' }, []],
    [
      'a hearing whose basis is in question',
      { type: 'hearing-questioned', sequence: 1, count: 8 },
      ['regional-superintendent HEARING_QUESTIONED'],
    ],
    [
      'a review of progress',
      { type: 'progress-reviewed', n: 1, adequate: true, sentence: 'Progress is adequate so far.' },
      ['school PROGRESS_REVIEW'],
    ],
    [
      'nobody tried to reach the family',
      { type: 'contact-reminder', since: '2025-10-20' },
      ['case-manager NO_CONTACT_WITH_THE_FAMILY'],
    ],
    [
      'an order to review',
      { type: 'order-review-due', sequence: 1 },
      ['regional-superintendent REVIEW_THE_ORDER'],
    ],
    ['no news from the court', { type: 'court-reminder' }, ['case-manager ASK_THE_COURT_FOR_NEWS']],
    [
      'a letter that waits for the next term',
      { type: 'letter-decided', ...letter, sendOn: '2026-08-18', parked: 'between-terms' },
      ['case-manager LETTER_WAITS_BETWEEN_TERMS'],
    ],
    [
      'the last notice on paper, which never went out',
      { type: 'letter-decided', ...letter, sendOn: '2025-11-04', parked: 'asked' },
      ['case-manager LETTER_WAITS_FOR_YOU'],
    ],
    ['a case from paper without an order', { type: 'brought-from-paper', history: paperWith(null) }, []],
    [
      'an order made on paper',
      { type: 'brought-from-paper', history: paperWith('2025-11-03') },
      ['school WATCH_ATTENDANCE_AFTER_ORDER'],
    ],
    [
      'a letter whose step lost its basis',
      { type: 'letter-parked', ...letter, why: 'basis' },
      ['case-manager LETTER_WITHOUT_BASIS'],
    ],
    ['a letter under a hold', { type: 'letter-parked', ...letter, why: 'hold' }, []],
  ])('%s', (_, entry, expected) => {
    expect(of(entry).tasks).toEqual(expected);
  });

  it('carry numbers, codes and dates; the sentence of a review names nobody', () => {
    expect(of({ ...questioned, what: 'basis-lost' }).details).toEqual([
      { letter: 'first-notice', sequence: 1, what: 'basis-lost', dates: ['2025-10-02'] },
    ]);
  });

  it('letters that wait after a hold say so', () => {
    const released: EntryBody = { type: 'hold-released', id: 'h-1', reason: 'well again' };
    const waits: EntryBody = { type: 'letter-parked', ...letter, why: 'asked' };
    expect(of(released, waits).tasks).toEqual(['case-manager LETTERS_WAIT_AFTER_HOLD']);
    expect(of(waits).tasks).toEqual(['case-manager LETTER_WAITS_FOR_YOU']);
  });

  it('asked and over in one write are never on a list', () => {
    const settled: EntryBody = { type: 'question-settled', ...letter, how: 'stands', reason: null };
    expect(of({ ...questioned, what: 'facts-changed' }, settled).tasks).toEqual([]);
    const other: EntryBody = { ...questioned, sequence: 2, what: 'facts-changed' };
    expect(of(other, settled).tasks).toEqual(['case-manager LETTER_QUESTIONED']);
    const reminded: EntryBody = { type: 'contact-reminder', since: '2025-10-20' };
    expect(of(reminded, { ...reminded, since: '2025-11-03' }).keys).toEqual(['C-000001/2/contact-reminder']);
    expect(of(reminded, { type: 'case-closed', reason: 'improved', note: null }).tasks).toEqual([]);
  });

  it('what was undone or done ends what was asked for it', () => {
    expect(of({ type: 'contact-made', id: 'c', date: '2025-11-03', reached: false }).over).toEqual([
      'contact-reminder',
    ]);
    expect(of({ type: 'contact-made', id: 'c', date: '2025-11-03', reached: true }).over).toContain(
      'contact-family',
    );
    expect(of({ type: 'hearing-cancelled', sequence: 1, reason: 'x' }).over).toContain('hearing-questioned');
    expect(of({ type: 'court-answered', answer: 'accepted' }).over).toEqual([
      'court-reminder',
      'court-returned',
      'court-declined',
    ]);
  });
});
