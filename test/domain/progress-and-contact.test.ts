/** What the case says of progress, when it closes by itself, and when it reminds the Case Manager. */
import { describe, expect, it } from 'vitest';
import { certificateOf } from '../../domain/case/certificate.ts';
import { deadlines } from '../../domain/case/deadlines.ts';
import { detailsOf, viewOf } from '../../domain/case/view.ts';
import { last, letter, noticed } from '../support/lived-case.ts';

describe('the review of progress', () => {
  it('comes seven school days after the notice, when attendance is known that far', () => {
    const one = noticed();
    expect(deadlines(one.state, one.cal).find((each) => each.kind === 'progress-review')?.date).toBe(
      '2025-01-27',
    );
    one.attendance('2025-01-24');
    expect(one.state.reviews).toEqual([]);
    one.day('2025-01-30');
    expect(one.state.reviews).toEqual([]);
    one.attendance('2025-01-30', ['2025-01-30']);
    // The absence of the 30th came after the day of the review: it does not change what was true on it.
    expect(last(one, 'progress-reviewed')).toMatchObject({ on: '2025-01-27', n: 1, adequate: true });
  });

  it('names what the next referral needs, and from when', () => {
    const one = noticed();
    one.attendance('2025-01-27', ['2025-01-22']);
    expect(last(one, 'progress-reviewed').sentence).toBe(
      'Progress is not adequate: 1 unexcused absence since Thu 16 Jan 2025; the second referral is possible from Fri 24 Jan 2025 after 3 more interventions.',
    );
  });

  it('is told anew when a correction turns it, unless a person has judged', () => {
    const one = noticed();
    one.attendance('2025-01-27');
    expect(last(one, 'progress-reviewed').adequate).toBe(true);
    one.attendance('2025-01-29', ['2025-01-22']);
    expect(last(one, 'progress-reviewed')).toMatchObject({ on: '2025-01-29', adequate: false });
    one.attendance('2025-01-30', [['2025-01-22', 0.5]]);
    expect(one.entries.filter((entry) => entry.type === 'progress-reviewed')).toHaveLength(2);
    one.do('2025-01-30', { type: 'judge-progress', adequate: false, reason: 'half days add up' });
    one.attendance('2025-01-31', [['2025-01-22', 0]]);
    expect(one.entries.filter((entry) => entry.type === 'progress-reviewed')).toHaveLength(2);
  });

  it('can be overridden with a reason: adequate then asks for a new absence', () => {
    const one = noticed();
    one.attendance('2025-01-27', ['2025-01-22']);
    one.interventions('2025-01-27');
    one.do('2025-01-27', { type: 'judge-progress', adequate: true, reason: 'one day at the dentist' });
    expect(one.refer('2025-01-28')).toMatchObject({ code: 'NO_NEW_UNEXCUSED_ABSENCE' });
    one.attendance('2025-01-28', ['2025-01-28']);
    expect(one.refer('2025-01-28')).toMatchObject({ stage: 'second-referral' });
  });
});

describe('a quiet case', () => {
  it('does not close over a letter that the very same correction puts in question: the Case Manager is asked', () => {
    const one = noticed();
    one.attendance('2025-03-19');
    expect(one.state.closed).toBeNull();
    one.attendance('2025-03-19', [
      ['2025-01-14', 0],
      ['2025-01-08', 0],
    ]);
    expect(one.state.closed).toBeNull();
    expect(letter(one, 'first-notice').concern?.what).toBe('basis-lost');
    expect(viewOf(one.state, one.cal).flags).toEqual(
      expect.arrayContaining(['letter-questioned', 'closing-asked']),
    );
  });

  it('begins its stretch anew with a new unexcused day, and closes after 45 covered ones', () => {
    const one = noticed();
    one.attendance('2025-03-20', ['2025-03-03']);
    expect(one.state.closed).toBeNull();
    one.attendance('2025-05-09');
    expect(one.state.closed).toBeNull();
    one.attendance('2025-05-13');
    // The family is thanked, and the case closes with that letter.
    one.out('closing-thanks', '2025-05-14');
    expect(one.state.closed).toMatchObject({ on: '2025-05-13', reason: 'improved' });
  });
});

describe('the Case Manager', () => {
  it('is reminded when nobody tried to reach the family for ten school days, and again', () => {
    const one = noticed();
    one.contact('2025-01-17');
    one.day('2025-02-03');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-03', since: '2025-01-17' });
    one.day('2025-02-18');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-18', since: '2025-02-03' });
  });

  it('who meets the family on the caseload, or tries to, has tried to reach it', () => {
    const one = noticed();
    one.do('2025-01-16', { type: 'place-on-caseload', reason: 'known family' });
    one.caseload('2025-01-17', 'meeting-tried');
    one.caseload('2025-01-24', 'student-met');
    one.day('2025-02-03');
    expect(one.types()).not.toContain('contact-reminder');
    one.day('2025-02-10');
    expect(last(one, 'contact-reminder')).toMatchObject({ on: '2025-02-07', since: '2025-01-24' });
    expect(detailsOf(one.state, one.cal)).toContain('on the caseload');
    expect(one.state.contacts).toMatchObject({ tries: 0, reached: 0 });
  });

  it('finds on the certificate of services what exists, and what is missing by name', () => {
    const one = noticed();
    expect(certificateOf(one.state).missing).toEqual([
      'contact-with-family',
      'caseload',
      'meeting',
      'plan',
      'agency-referral',
    ]);
    one.contact('2025-01-17', true);
    one.do('2025-01-17', { type: 'place-on-caseload', reason: 'asked for' });
    one.caseload('2025-01-21', 'parent-met');
    one.caseload('2025-01-22', 'plan-made');
    one.caseload('2025-01-23', 'plan-shared');
    one.caseload('2025-01-24', 'agency-referred', 'county health');
    expect(certificateOf(one.state)).toMatchObject({ contacts: 1, missing: [] });
    one.caseload('2025-02-24', 'ended');
    expect(one.state.caseload).toBeNull();
    expect(certificateOf(one.state).missing).toEqual([]);
  });
});
