/** Where the office asks for approval: a person looks at each letter, with its evidence, before it leaves. */
import { describe, expect, it } from 'vitest';
import type { Actor, LetterName } from '../../domain/case/state.ts';
import { deadlines } from '../../domain/case/deadlines.ts';
import { viewOf, whyOf } from '../../domain/case/view.ts';
import type { ApprovalRule, LadderPolicy } from '../../domain/policy.ts';
import { readPolicy } from '../../policies/load.ts';
import { sendingDayAfter } from '../../domain/case/approval.ts';
import { PaperCase, ROE53, TWO_YEARS } from '../support/paper-case.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ARS: Actor = { id: 'U-ARS', role: 'assistant-regional-superintendent' };
const RS: Actor = { id: 'U-RS', role: 'regional-superintendent' };
const FIRST: LetterName = { kind: 'first-notice', sequence: 1 };
const RULE: ApprovalRule = {
  letters: [{ kind: 'first-notice' }, { kind: 'hearing-notice' }, { kind: 'correction' }],
  escalate: { afterSchoolDays: 3, to: 'regional-superintendent' },
};

function policyWith(approval: ApprovalRule): LadderPolicy {
  return { ...ROE53, notices: { ...ROE53.notices, approval } };
}

/** The first referral on Tuesday 14 January 2025; its notice waits for the Assistant Regional Superintendent. */
function referred(approval: ApprovalRule = RULE): PaperCase {
  const one = new PaperCase('2025-01-13', ['2024-11-05', '2025-01-08'], TWO_YEARS, policyWith(approval));
  one.interventions('2025-01-13');
  one.attendance('2025-01-14', ['2025-01-14']);
  one.refer('2025-01-14');
  return one;
}

const approve = { type: 'approve-letter', letter: FIRST, time: '09:00' } as const;
const code = (answer: object) => ('code' in answer ? answer.code : 'accepted');
const notice = (one: PaperCase) => one.state.letters[0]!;

describe('a letter that needs approval', () => {
  it('is decided with its step, and stays in the house for its signer', () => {
    const one = referred();
    expect(notice(one)).toMatchObject({
      parked: 'approval',
      approval: { role: ARS.role, madeBy: 'test', status: 'asked', since: '2025-01-14' },
    });
    expect(notice(one).approval!.listed!.days.map(([date]) => date)).toEqual([
      '2024-11-05',
      '2025-01-08',
      '2025-01-14',
    ]);
    const view = viewOf(one.state, one.cal);
    expect(view.flags).toContain('awaiting-approval');
    expect(view.actionBy).toBe(ARS.role);
    expect(view.headline).toBe(
      'First referral made. Next to act: the Assistant Regional Superintendent. The first notice waits for approval since Tue 14 Jan 2025; by Fri 17 Jan 2025, else the Regional Superintendent is told. The second referral is possible from Fri 24 Jan 2025 after 3 more interventions and a new unexcused absence.',
    );
  });

  it('leaves at the next sending time once approved, and the second referral waits for it', () => {
    const one = referred();
    one.interventions('2025-01-21');
    one.attendance('2025-01-24', ['2025-01-24']);
    expect(one.refer('2025-01-24')).toMatchObject({ code: 'PREVIOUS_NOTICE_NOT_OUT' });
    expect(one.do('2025-01-24', approve, ARS)).toMatchObject({
      done: 'The letter is approved and leaves on Mon 27 Jan 2025.',
    });
    expect(notice(one)).toMatchObject({
      parked: null,
      sendOn: '2025-01-27',
      approval: { status: 'approved' },
    });
    one.out('first-notice', '2025-01-27');
    expect(viewOf(one.state, one.cal).flags).not.toContain('awaiting-approval');
  });

  it('is nobody else’s to approve, and is approved once', () => {
    const one = referred();
    expect(one.do('2025-01-14', approve, RS)).toMatchObject({
      code: 'NOT_YOURS_TO_APPROVE',
      details: { roles: [ARS.role] },
    });
    expect(code(one.do('2025-01-14', approve, { id: 'U', role: 'administrator' }))).toBe(
      'NOT_YOURS_TO_APPROVE',
    );
    expect(code(one.do('2025-01-14', approve, ARS))).toBe('accepted');
    expect(code(one.do('2025-01-14', approve, ARS))).toBe('ALREADY_APPROVED');
    one.out('first-notice', '2025-01-15');
    expect(code(one.do('2025-01-15', approve, ARS))).toBe('ALREADY_LEFT');
    expect(code(one.do('2025-01-15', { ...approve, letter: { kind: 'order', sequence: 1 } }, ARS))).toBe(
      'UNKNOWN_LETTER',
    );
  });

  it('where the policy asks for none, there is nothing to approve or withhold', () => {
    const one = referred({ letters: [{ kind: 'order' }] });
    expect(notice(one)).toMatchObject({ parked: null, approval: null });
    expect(code(one.do('2025-01-14', approve, ARS))).toBe('APPROVAL_NOT_ASKED');
    expect(code(one.do('2025-01-14', { type: 'withhold-letter', letter: FIRST, reason: 'x' }, ARS))).toBe(
      'APPROVAL_NOT_ASKED',
    );
  });

  it('a person’s release does not stand in for it', () => {
    const one = referred();
    expect(code(one.do('2025-01-14', { type: 'release-letter', letter: FIRST, reason: 'in a hurry' }))).toBe(
      'APPROVAL_MISSING',
    );
  });
});

describe('withheld and returned', () => {
  it('withheld, also after it was approved, and approved later', () => {
    const one = referred();
    one.do('2025-01-14', approve, ARS);
    const withhold = { type: 'withhold-letter', letter: FIRST, reason: 'the mother has called' } as const;
    expect(code(one.do('2025-01-14', withhold, ARS))).toBe('accepted');
    expect(notice(one)).toMatchObject({ parked: 'approval', approval: { status: 'withheld' } });
    expect(viewOf(one.state, one.cal).flags).toContain('letter-withheld');
    expect(whyOf(one.state, one.cal)).toContain(
      'withheld by its approver on Tue 14 Jan 2025 (the mother has called)',
    );
    expect(code(one.do('2025-01-15', withhold, ARS))).toBe('ALREADY_WITHHELD');
    expect(deadlines(one.state, one.cal).map(({ kind }) => kind)).not.toContain('approval-escalates');
    one.do('2025-01-16', approve, ARS);
    expect(notice(one)).toMatchObject({ parked: null, sendOn: '2025-01-17' });
  });

  it('returned: the step stands, its maker puts it in again, and the approver’s days begin anew', () => {
    const one = referred();
    const back = { type: 'return-letter', letter: FIRST, reason: 'which calls were made?' } as const;
    expect(code(one.do('2025-01-15', back, ARS))).toBe('accepted');
    expect(one.state.referrals).toHaveLength(1);
    expect(viewOf(one.state, one.cal)).toMatchObject({ actionBy: 'school' });
    const answer = { type: 'resubmit-letter', letter: FIRST, reason: 'three calls to the mother' } as const;
    expect(code(one.do('2025-01-16', answer))).toBe('accepted');
    expect(notice(one).approval).toMatchObject({ status: 'asked', since: '2025-01-16' });
    expect(code(one.do('2025-01-16', answer))).toBe('LETTER_NOT_RETURNED');
    expect(deadlines(one.state, one.cal).find(({ kind }) => kind === 'approval-escalates')?.date).toBe(
      '2025-01-22',
    );
  });

  it('a returned step can be withdrawn instead', () => {
    const one = referred();
    one.do('2025-01-15', { type: 'return-letter', letter: FIRST, reason: 'no calls were made' }, ARS);
    expect(code(one.do('2025-01-15', { type: 'withdraw-step', reason: 'the school agrees' }))).toBe(
      'accepted',
    );
    expect(notice(one).status).toBe('withdrawn');
    expect(one.state.referrals).toEqual([]);
    expect(code(one.do('2025-01-15', approve, ARS))).toBe('LETTER_NOT_WAITING');
  });
});

describe('the evidence', () => {
  it('as shown differs from the case’s: nothing is approved, and what changed is said', () => {
    const one = referred();
    const shown = notice(one).approval!.listed!.days;
    one.attendance('2025-01-15', [['2024-11-05', 0]]);
    const refused = one.do('2025-01-15', { ...approve, listed: shown }, ARS);
    expect(refused).toMatchObject({
      code: 'EVIDENCE_CHANGED',
      details: { changed: [{ date: '2024-11-05', before: 1, now: 0 }] },
    });
    expect('message' in refused && refused.message).toContain('Tue 5 Nov 2024 no longer counts');
    expect(code(one.do('2025-01-15', { ...approve, listed: shown.slice(1) }, ARS))).toBe('accepted');
  });

  it('changes after approval: it is asked again, with the days that changed', () => {
    const one = referred();
    one.do('2025-01-14', approve, ARS);
    one.attendance('2025-01-15', [['2025-01-08', 0.5]]);
    expect(one.entries.findLast(({ type }) => type === 'approval-asked')).toMatchObject({
      dates: ['2025-01-08'],
      because: 'what it lists has changed since it was approved',
    });
    expect(notice(one)).toMatchObject({
      parked: 'approval',
      approval: { status: 'asked', since: '2025-01-15' },
    });
    one.do('2025-01-15', approve, ARS);
    expect(notice(one)).toMatchObject({ parked: null, sendOn: '2025-01-16' });
  });

  it('an absence after the letter’s day changes nothing that was approved', () => {
    const one = referred();
    one.do('2025-01-14', approve, ARS);
    one.attendance('2025-01-15', ['2025-01-15']);
    expect(notice(one)).toMatchObject({ parked: null, approval: { status: 'approved' } });
  });

  it('its basis gone, it cannot be approved', () => {
    const one = referred();
    one.attendance('2025-01-15', [['2025-01-14', 0]]);
    expect(notice(one).parked).toBe('basis');
    expect(code(one.do('2025-01-15', approve, ARS))).toBe('BASIS_LOST');
    one.attendance('2025-01-16', ['2025-01-14']);
    expect(notice(one).parked).toBe('approval');
  });
});

describe('with holds', () => {
  const hold = { type: 'place-hold', kind: 'medical', reason: 'in hospital', owner: 'case-manager' } as const;
  it('approved under a hold, it waits on; released, it leaves or is asked about like any letter', () => {
    const one = referred();
    one.do('2025-01-14', { ...hold, until: '2025-01-31' });
    expect(notice(one).parked).toBe('hold');
    expect(one.do('2025-01-15', approve, ARS)).toMatchObject({
      done: 'The letter is approved; it waits under a hold.',
    });
    expect(notice(one)).toMatchObject({ parked: 'hold', approval: { status: 'approved' } });
    one.do('2025-01-21', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'well again' });
    expect(notice(one).parked).toBe('asked');
  });
  it('not approved when the hold ends, it is its approver’s, and nobody else is asked', () => {
    const one = referred();
    one.do('2025-01-14', { ...hold, until: '2025-01-31' });
    one.do('2025-01-21', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'well again' });
    expect(notice(one).parked).toBe('approval');
  });
  it('approved before the hold, the approval still holds after it', () => {
    const one = referred();
    one.do('2025-01-14', approve, ARS);
    one.do('2025-01-14', { ...hold, until: '2025-01-31' });
    one.do('2025-01-14', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'a mistake' });
    expect(notice(one)).toMatchObject({ parked: null, sendOn: '2025-01-15' });
  });
});

describe('time', () => {
  it('nobody decides in three school days: the Regional Superintendent is told, and may approve', () => {
    const one = referred();
    one.attendance('2025-01-17');
    expect(one.entries.findLast(({ type }) => type === 'approval-escalated')).toMatchObject({
      on: '2025-01-17',
      to: 'regional-superintendent',
    });
    expect(viewOf(one.state, one.cal)).toMatchObject({ actionBy: 'regional-superintendent' });
    expect(viewOf(one.state, one.cal).flags).toContain('approval-late');
    one.attendance('2025-01-21');
    expect(one.entries.filter(({ type }) => type === 'approval-escalated')).toHaveLength(1);
    expect(code(one.do('2025-01-21', approve, RS))).toBe('accepted');
  });

  it('a snow day moves the day on which it is told', () => {
    const one = referred();
    one.calendar('2025-01-15', { ...TWO_YEARS, closed: [...TWO_YEARS.closed, '2025-01-16'] }, 'snow');
    expect(
      one.entries.find((entry) => entry.type === 'deadline-moved' && entry.deadline === 'approval-escalates'),
    ).toMatchObject({
      from: '2025-01-17',
      to: '2025-01-21',
      because: 'snow',
    });
  });

  it('the cut-off: of the day before, or of the sending day itself', () => {
    const by = (cutOff?: ApprovalRule['cutOff']) => policyWith({ ...RULE, cutOff });
    const before = by({ day: 'before', time: '16:00' });
    const same = by({ day: 'same', time: '09:30' });
    const days = (policy: LadderPolicy, date: string, time: string) => sendingDayAfter(policy, date, time);
    expect(days(by(), '2025-01-14', '23:00')).toBe('2025-01-15');
    expect(days(before, '2025-01-14', '16:00')).toBe('2025-01-15');
    expect(days(before, '2025-01-14', '16:01')).toBe('2025-01-16');
    expect(days(before, '2025-01-17', '17:00')).toBe('2025-01-22');
    // A Saturday: the office's next day is Tuesday (King Day), and its afternoon is still ahead.
    expect(days(before, '2025-01-18', '10:00')).toBe('2025-01-22');
    expect(days(same, '2025-01-14', '09:30')).toBe('2025-01-14');
    expect(days(same, '2025-01-14', '09:31')).toBe('2025-01-15');
    expect(days(same, '2025-01-18', '09:00')).toBe('2025-01-21');
  });

  it('a hearing notice approved too late for its hearing is refused: the hearing is moved first', () => {
    const one = hearingSet('2025-02-24');
    const letter = { kind: 'hearing-notice', sequence: 1 } as const;
    expect(one.do('2025-02-14', { ...approve, letter }, RS)).toMatchObject({
      code: 'HEARING_NOTICE_TOO_LATE',
      details: { sendOn: '2025-02-18', latest: '2025-02-14' },
    });
    one.do('2025-02-14', {
      type: 'move-hearing',
      ...{ date: '2025-03-10', time: '10:00', place: 'Room 1', posted: false, reason: 'approved too late' },
    });
    const second = { kind: 'hearing-notice', sequence: 2 } as const;
    expect(code(one.do('2025-02-14', { ...approve, letter: second }, RS))).toBe('accepted');
  });
});

function hearingSet(date: string): PaperCase {
  const five = ['2024-11-05', '2024-11-12', '2024-12-03', '2024-12-10', '2025-01-08'];
  const policy = policyWith({ letters: [{ kind: 'hearing-notice' }] });
  const one = new PaperCase('2025-01-13', five, TWO_YEARS, policy);
  for (const [start, day, kind, out] of [
    ['2025-01-13', '2025-01-14', 'first-notice', '2025-01-15'],
    ['2025-01-21', '2025-01-27', 'second-notice', '2025-01-28'],
    ['2025-02-03', '2025-02-06', 'third-notice', '2025-02-07'],
  ] as const) {
    one.interventions(start);
    one.attendance(day, [day]);
    one.refer(day);
    one.out(kind, out);
  }
  one.attendance('2025-02-11', ['2025-02-11']);
  one.do('2025-02-11', { type: 'schedule-hearing', date, time: '10:00', place: 'Room 1', posted: false });
  return one;
}

describe('the end of a case', () => {
  it('a letter that waits for approval is withdrawn with it; one approved leaves first', () => {
    const one = referred();
    const other = one.copy();
    expect(code(one.do('2025-01-15', { type: 'close-case', reason: 'graduated' }))).toBe('accepted');
    expect(notice(one).status).toBe('withdrawn');
    other.do('2025-01-15', approve, ARS);
    expect(code(other.do('2025-01-15', { type: 'close-case', reason: 'graduated' }))).toBe('LETTER_WAITING');
  });
  it('another policy asks for none: the letter in the house still waits for the approval it was decided with', () => {
    const one = referred();
    const policy = { ...ROE53, version: '2' };
    expect(
      code(one.do('2025-01-15', { type: 'adopt-policy', policy, reason: 'no approvals any more' })),
    ).toBe('accepted');
    expect(notice(one)).toMatchObject({ parked: 'approval', approval: { status: 'asked' } });
    expect(code(one.do('2025-01-15', approve, ARS))).toBe('accepted');
  });
});

describe('the policy file', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../policies/roe53.yaml'), 'utf8');
  const withApproval = (lines: string) =>
    readPolicy(text.replace('\nprogress:', `\n  approval:\n${lines}\nprogress:`));
  it('names the letters, the approver, the cut-off and who is told', () => {
    const read = withApproval(
      `    letters: [{ kind: first-notice }, { kind: order, role: regional-superintendent }]
    cutOff: { day: before, time: '16:00' }
    escalate: { afterSchoolDays: 3, to: regional-superintendent }
`,
    );
    const rules = read.ok && 'notices' in read.policy ? read.policy.notices : null;
    expect(rules?.approval).toMatchObject({
      cutOff: { day: 'before', time: '16:00' },
    });
  });
  it('is told of a letter named twice, an unknown one, and a cut-off after the sending', () => {
    const faults = (lines: string) => {
      const read = withApproval(lines);
      return read.ok ? [] : read.faults.map(({ field, message }) => `${field}: ${message}`);
    };
    expect(faults('    letters: [{ kind: order }, { kind: order }]\n')).toEqual([
      'notices.approval.letters.1: the letter "order" stands twice',
    ]);
    expect(faults(`    letters: [{ kind: order }]\n    cutOff: { day: same, time: '11:00' }\n`)).toEqual([
      'notices.approval.cutOff.time: letters leave at 10:00: an approval must come before',
    ]);
    expect(faults('    letters: [{ kind: birthday }]\n')).toHaveLength(1);
  });
});
