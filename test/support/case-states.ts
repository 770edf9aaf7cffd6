/** Every state a case can stand in, each reached by the rules alone, and every message that may meet it there. */
import type { Command } from '../../domain/case/commands.ts';
import { closeDay } from '../../domain/calendar.ts';
import { stageOf, type Actor } from '../../domain/case/state.ts';
import { LETTER_NAMES } from '../../domain/case/view.ts';
import type { LadderPolicy, LetterKind } from '../../domain/policy.ts';
import { atNine, FIRST, FIVE, noticed, referrable, referred, scheduled } from './lived-case.ts';
import { atThirdNotice, PaperCase, ROE53, TWO_YEARS } from './paper-case.ts';

const APPROVER: Actor = { id: 'U-2', role: 'assistant-regional-superintendent' };

function begun(): PaperCase {
  return new PaperCase('2025-01-13', FIVE);
}
function blocked(): PaperCase {
  const one = referred();
  one.blocked('first-notice', '2025-01-15');
  return one;
}
const HOLD = { type: 'place-hold', kind: 'medical', reason: 'in hospital', owner: 'case-manager' } as const;
function held(): PaperCase {
  const one = referred();
  one.do('2025-01-14', { ...HOLD, until: '2025-01-31' });
  return one;
}
function holdOver(): PaperCase {
  const one = held();
  one.day('2025-02-03');
  return one;
}
function askedAfterHold(): PaperCase {
  const one = held();
  one.do('2025-01-21', { type: 'release-hold', hold: one.state.holds[0]!.id, reason: 'back at school' });
  return one;
}
function questioned(): PaperCase {
  const one = noticed();
  one.attendance('2025-01-16', [['2025-01-14', 0]]);
  return one;
}
function factsChanged(): PaperCase {
  const one = noticed();
  one.attendance('2025-01-16', [['2025-01-08', 0]]);
  return one;
}
function basisInQuestion(): PaperCase {
  const one = referred();
  one.attendance('2025-01-14', [['2025-01-14', 0]]);
  return one;
}
/** The same policy with a person looking at each letter that it sends. */
export const WITH_APPROVAL: LadderPolicy = {
  ...ROE53,
  notices: {
    ...ROE53.notices,
    approval: {
      letters: (Object.keys(LETTER_NAMES) as LetterKind[]).map((kind) => ({
        kind,
        role: APPROVER.role,
      })),
      escalate: { afterSchoolDays: 3, to: 'regional-superintendent' },
    },
  },
};
const unapproved = () => referred(WITH_APPROVAL);
function approved(): PaperCase {
  const one = unapproved();
  one.do('2025-01-14', { type: 'approve-letter', letter: FIRST, time: '12:00' }, APPROVER);
  return one;
}
function sentBack(): PaperCase {
  const one = unapproved();
  one.do('2025-01-15', { type: 'return-letter', letter: FIRST, reason: 'which calls?' }, APPROVER);
  return one;
}
function reviewed(): PaperCase {
  const one = noticed();
  one.attendance('2025-01-28');
  return one;
}
function hearingDay(): PaperCase {
  const one = scheduled();
  one.out('hearing-notice', '2025-02-13');
  one.day('2025-03-10');
  return one;
}
function hearingInQuestion(): PaperCase {
  const one = scheduled();
  one.out('hearing-notice', '2025-02-13');
  one.attendance('2025-02-14', [['2024-11-05', 0]]);
  return one;
}
function moved(): PaperCase {
  const one = scheduled();
  one.out('hearing-notice', '2025-02-13');
  one.do('2025-02-18', {
    type: 'move-hearing',
    date: '2025-03-17',
    time: '11:00',
    place: 'Room 1',
    posted: false,
    reason: 'the room is not free',
  });
  return one;
}
function missedInQuestion(): PaperCase {
  const one = recorded('missed');
  one.attendance('2025-03-11', [['2025-02-11', 0]]);
  return one;
}
function heldInQuestion(): PaperCase {
  const one = recorded('held');
  one.attendance('2025-03-11', [['2025-02-11', 0]]);
  return one;
}
function recorded(outcome: 'held' | 'missed'): PaperCase {
  const one = hearingDay();
  one.do('2025-03-10', { type: 'record-hearing', outcome, appeared: outcome === 'held' ? 'mother' : '' });
  return one;
}
function ordered(): PaperCase {
  const one = recorded('held');
  one.do('2025-03-10', { type: 'issue-order', findings: 'nine days', services: [] });
  return one;
}
function orderOut(): PaperCase {
  const one = ordered();
  one.out('order', '2025-03-11');
  return one;
}
function broken(): PaperCase {
  const one = orderOut();
  one.attendance('2025-03-12', ['2025-03-12']);
  return one;
}
function courtReferred(): PaperCase {
  const one = broken();
  one.do('2025-03-12', { type: 'refer-to-court' });
  return one;
}
function inCourt(): PaperCase {
  const one = courtReferred();
  one.out('state-attorney-referral', '2025-03-13');
  return one;
}
function answered(answer: 'accepted' | 'declined' | 'returned'): PaperCase {
  const one = inCourt();
  one.do('2025-03-14', { type: 'record-court-answer', answer });
  return one;
}
function closed(): PaperCase {
  const one = begun();
  one.do('2025-01-13', { type: 'close-case', reason: 'graduated' });
  return one;
}

export interface StandingCase {
  readonly state: string;
  /** The office date on which the messages meet it. */
  readonly on: string;
  readonly make: () => PaperCase;
}

export const STATES: readonly StandingCase[] = [
  { state: 'interventions, too few', on: '2025-01-13', make: begun },
  { state: 'interventions, enough', on: '2025-01-14', make: referrable },
  { state: 'first referral, notice in the house', on: '2025-01-14', make: referred },
  { state: 'first referral, notice held back', on: '2025-01-15', make: blocked },
  { state: 'first referral, notice out', on: '2025-01-16', make: noticed },
  { state: 'first referral, notice under a hold', on: '2025-01-16', make: held },
  { state: 'a hold that is over, nobody has released it', on: '2025-02-03', make: holdOver },
  { state: 'after a hold, a person is asked', on: '2025-01-21', make: askedAfterHold },
  { state: 'first notice in the house, its basis lost', on: '2025-01-14', make: basisInQuestion },
  { state: 'first notice out, its basis lost', on: '2025-01-16', make: questioned },
  { state: 'first notice out, days it states no longer count', on: '2025-01-16', make: factsChanged },
  { state: 'first referral, notice waits for approval', on: '2025-01-15', make: unapproved },
  { state: 'first referral, notice approved and in the house', on: '2025-01-14', make: approved },
  { state: 'first referral, notice returned by its approver', on: '2025-01-15', make: sentBack },
  { state: 'progress reviewed after the first notice', on: '2025-01-28', make: reviewed },
  { state: 'third referral, under nine days', on: '2025-02-10', make: () => atThirdNotice(['2025-01-08']) },
  { state: 'third referral, at nine days', on: '2025-02-11', make: atNine },
  { state: 'hearing scheduled, notice in the house', on: '2025-02-11', make: scheduled },
  { state: 'hearing scheduled, its day has come', on: '2025-03-10', make: hearingDay },
  { state: 'hearing moved, letter in the house', on: '2025-02-18', make: moved },
  { state: 'hearing scheduled, its basis in question', on: '2025-02-14', make: hearingInQuestion },
  { state: 'hearing missed', on: '2025-03-10', make: () => recorded('missed') },
  { state: 'hearing missed, its basis in question', on: '2025-03-11', make: missedInQuestion },
  { state: 'hearing held, its basis in question', on: '2025-03-11', make: heldInQuestion },
  { state: 'hearing held', on: '2025-03-10', make: () => recorded('held') },
  { state: 'order issued, letter in the house', on: '2025-03-10', make: ordered },
  { state: 'order out', on: '2025-03-11', make: orderOut },
  { state: 'order broken', on: '2025-03-12', make: broken },
  { state: 'referred to court, letter in the house', on: '2025-03-12', make: courtReferred },
  { state: 'in court', on: '2025-03-14', make: inCourt },
  { state: 'in court, papers returned', on: '2025-03-14', make: () => answered('returned') },
  { state: 'in court, accepted', on: '2025-03-14', make: () => answered('accepted') },
  { state: 'in court, declined', on: '2025-03-14', make: () => answered('declined') },
  { state: 'closed', on: '2025-01-14', make: closed },
];

export interface MessageKind {
  readonly message: string;
  /** What came of it: `done`, `REFUSED_CODE`, or for a fact the entries it made. */
  readonly give: (one: PaperCase, on: string) => string;
}

type Given = Parameters<PaperCase['do']>[1];

function nameOfLast(one: PaperCase): { kind: LetterKind; sequence: number } {
  const { kind, sequence } = one.state.letters.at(-1) ?? { kind: 'first-notice' as const, sequence: 1 };
  return { kind, sequence };
}

function settleWith(one: PaperCase, how: 'correction' | 'withdrawal' | 'stands'): Given {
  return { type: 'settle-question', letter: nameOfLast(one), how, reason: 'looked at' };
}

function command(message: string, make: Given | ((one: PaperCase) => Given), actor?: Actor): MessageKind {
  return {
    message,
    give(one, on) {
      const before = JSON.stringify(one.state);
      const answer = one.do(on, typeof make === 'function' ? make(one) : make, actor);
      if (!('code' in answer)) return `→ ${stageOf(one.state)}`;
      if (JSON.stringify(one.state) !== before) throw new Error(`a refused ${message} changed the case`);
      return `\`${answer.code}\``;
    },
  };
}

function fact(
  message: string,
  make: (one: PaperCase, on: string) => readonly { readonly type: string }[],
): MessageKind {
  return {
    message,
    give(one, on) {
      const types = make(one, on).map((entry) => entry.type);
      return types.length === 0 ? 'nothing' : [...new Set(types)].join(', ');
    },
  };
}

export const MESSAGES: readonly MessageKind[] = [
  command('makeReferral', { type: 'make-referral', progress: 'Absences go on.' }),
  command('withdrawStep', { type: 'withdraw-step', reason: 'entered by mistake' }),
  command('placeOnCaseload', { type: 'place-on-caseload', reason: 'known family' }),
  command('scheduleHearing', {
    type: 'schedule-hearing',
    date: '2025-04-15',
    time: '10:00',
    place: 'Room 1',
    posted: false,
  }),
  command('recordHearing', { type: 'record-hearing', outcome: 'held', appeared: 'mother' }),
  command('recordHearing (missed)', { type: 'record-hearing', outcome: 'missed', appeared: 'nobody' }),
  command('issueOrder', { type: 'issue-order', findings: 'nine days', services: [] }),
  command('referToCourt', { type: 'refer-to-court' }),
  command('recordCourtAnswer', { type: 'record-court-answer', answer: 'accepted' }),
  command('recordCourtStatus', { type: 'record-court-status', text: 'first appearance is set' }),
  command('moveHearing', {
    type: 'move-hearing',
    date: '2025-04-16',
    time: '10:00',
    place: 'Room 2',
    posted: false,
    reason: 'asked for by the family',
  }),
  command('continueHearing', {
    type: 'continue-hearing',
    date: '2025-04-16',
    time: '10:00',
    place: 'Room 2',
    posted: false,
    reason: 'a witness was missing',
  }),
  command('cancelHearing', { type: 'cancel-hearing', reason: 'the family has moved' }),
  command('letHearingStand', { type: 'let-hearing-stand', reason: 'the note came from nobody' }),
  command('placeHold', { ...HOLD, until: '2025-12-31' }),
  command('extendHold', (one) => ({
    type: 'extend-hold',
    hold: one.state.holds[0]?.id ?? 'none',
    reason: 'still in hospital',
    until: '2025-12-31',
  })),
  command('releaseHold', (one) => ({
    type: 'release-hold',
    hold: one.state.holds[0]?.id ?? 'none',
    reason: 'back at school',
  })),
  command('releaseLetter', (one) => ({
    type: 'release-letter',
    letter: nameOfLast(one),
    reason: 'it may leave',
  })),
  command(
    'approveLetter',
    (one) => ({ type: 'approve-letter', letter: nameOfLast(one), time: '12:00' }),
    APPROVER,
  ),
  command(
    'withholdLetter',
    (one) => ({ type: 'withhold-letter', letter: nameOfLast(one), reason: 'a call came in' }),
    APPROVER,
  ),
  command(
    'returnLetter',
    (one) => ({ type: 'return-letter', letter: nameOfLast(one), reason: 'which calls?' }),
    APPROVER,
  ),
  command('resubmitLetter', (one) => ({
    type: 'resubmit-letter',
    letter: nameOfLast(one),
    reason: 'three calls to the mother',
  })),
  command('judgeProgress', { type: 'judge-progress', adequate: true, reason: 'comes every day' }),
  command('settleQuestion (correction)', (one) => settleWith(one, 'correction')),
  command('settleQuestion (withdrawal)', (one) => settleWith(one, 'withdrawal')),
  command('settleQuestion (stands)', (one) => settleWith(one, 'stands')),
  command('adoptPolicy', {
    type: 'adopt-policy',
    policy: { ...ROE53, version: '2', referrals: { ...ROE53.referrals, schoolDaysBetween: 10 } },
    reason: 'the office counts ten days from now on',
  }),
  command('closeCase', { type: 'close-case', reason: 'withdrawn' } satisfies Omit<
    Extract<Command, { type: 'close-case' }>,
    'id' | 'officeDate' | 'actor'
  >),
  command('closeCase (court disposition)', { type: 'close-case', reason: 'court-disposition' }),
  fact('recordAttendance (a new absence)', (one, on) => one.attendance(on, [on])),
  fact('recordAttendance (an absence excused)', (one, on) =>
    one.attendance(on, [[one.state.days.at(-1)!.date, 0]]),
  ),
  fact('recordIntervention', (one, on) => one.interventions(on, 1)),
  fact('voidIntervention', (one, on) => one.void(on)),
  fact('changeCalendar (a closure tomorrow)', (one, on) =>
    one.calendar(on, closeDay(TWO_YEARS, on === '2025-03-14' ? '2025-03-17' : next(on)), 'snow'),
  ),
  fact('recordContact', (one, on) => one.contact(on)),
  fact('caseloadReport (a plan)', (one, on) => one.caseload(on, 'plan-made')),
  fact('transferStudent', (one, on) => one.transfer(on, 'SOUTH-HS', on, TWO_YEARS)),
  fact('letterOut (again)', (one, on) => one.again(on)),
  fact('letterBlocked', (one, on) => one.blocked(one.state.letters.at(-1)?.kind ?? 'first-notice', on)),
  fact('officeDay', (one, on) => one.day(on)),
];

function next(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
