/** What an approver decides about a letter in the house, and whoever made its step in answer. */
import type { CalendarLike } from '../calendar.ts';
import { addDays, shortDate } from '../dates.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { mayApprove, sendingDayAfter } from './approval.ts';
import type { ApproveLetter, ResubmitLetter, StopLetter } from './commands.ts';
import { questionedHearing } from './decide-hearing.ts';
import type { EntryBody } from './entries.ts';
import type { Judgement } from './judgement.ts';
import { isBetweenTerms, leavingFrom } from './leaving.ts';
import { listedChanges, listedNow, type ListedChange } from './listed.ts';
import { named, stepStands } from './questions.ts';
import { PARKED_WORDS } from './rules.ts';
import type { Actor, CaseLetter, CaseState, LetterApproval, LetterName } from './state.ts';

/** A letter in the house about whose approval something may be decided. */
type Asked = CaseLetter & { readonly approval: LetterApproval };

function letterAsked(state: CaseState, name: LetterName): Asked | Refusal {
  const letter = named(state, name);
  if (!letter) return refusal('UNKNOWN_LETTER', `This case has no ${name.kind} number ${name.sequence}.`);
  if (letter.status === 'out') {
    return refusal(
      'ALREADY_LEFT',
      `The letter left on ${shortDate(letter.outOn!)}; only a correction or withdrawal letter can follow it.`,
      { outOn: letter.outOn },
    );
  }
  if (letter.status === 'withdrawn') {
    return refusal('LETTER_NOT_WAITING', 'The letter was withdrawn with its step.');
  }
  if (letter.approval === null) {
    return refusal(
      'APPROVAL_NOT_ASKED',
      'The policy asks for nobody’s approval of this letter. To stop it, place a hold or withdraw its step.',
    );
  }
  return { ...letter, approval: letter.approval };
}

function notYours({ approval }: Asked): Refusal {
  const roles = [approval.role, ...(approval.escalated ? [approval.escalated.to] : [])];
  return refusal('NOT_YOURS_TO_APPROVE', `The letter waits for another’s decision: ${roles.join(' or ')}.`, {
    roles,
  });
}

function forApprover(state: CaseState, name: LetterName, actor: Actor): Asked | Refusal {
  const letter = letterAsked(state, name);
  if ('code' in letter) return letter;
  return mayApprove(letter, actor) ? letter : notYours(letter);
}

const BASIS_LOST = refusal(
  'BASIS_LOST',
  'What the step rests on no longer stands in the records: correct them, or withdraw the step.',
);

export function approveLetter(state: CaseState, command: ApproveLetter, cal: CalendarLike): Judgement {
  const letter = forApprover(state, command.letter, command.actor);
  if ('code' in letter) return letter;
  const { kind, sequence, approval } = letter;
  if (approval.status === 'approved') {
    return refusal('ALREADY_APPROVED', `The letter was approved on ${shortDate(approval.since)}.`, {
      approvedOn: approval.since,
    });
  }
  const questioned = questionedHearing(state);
  if (questioned) return questioned;
  if (!stepStands(state, letter, cal)) return BASIS_LOST;
  const listed = listedNow(state, kind, letter.decidedOn, cal);
  const changed = command.listed === undefined ? [] : listedChanges(command.listed, listed?.days ?? []);
  if (changed.length > 0) return evidenceChanged(changed);

  const approved: EntryBody = {
    type: 'letter-approved',
    ...{ kind, sequence, listed },
    evidence: command.evidence ?? null,
    note: command.note ?? null,
  };
  // Under a hold, in question, or asked about: what keeps it there lets it go.
  if (letter.parked !== null && letter.parked !== 'approval') {
    return { bodies: [approved], done: `The letter is approved; ${PARKED_WORDS[letter.parked]}.` };
  }
  const earliest = sendingDayAfter(state.policy, command.officeDate, command.time);
  const leaving = leavingFrom(state, command.officeDate, cal, { earliest });
  if (leaving.parked !== null) {
    return {
      bodies: [approved, { type: 'letter-parked', kind, sequence, why: leaving.parked }],
      done: `The letter is approved; ${PARKED_WORDS[leaving.parked]}.`,
    };
  }
  const itsDayStands = letter.sendOn > leaving.sendOn && !isBetweenTerms(state, letter.sendOn, cal);
  const sendOn = itsDayStands ? letter.sendOn : leaving.sendOn;
  const late = tooLateForHearing(state, letter, sendOn);
  if (late) return late;
  return {
    bodies: [approved, { type: 'letter-rescheduled', kind, sequence, sendOn, because: 'it was approved' }],
    done: `The letter is approved and leaves on ${shortDate(sendOn)}.`,
  };
}

/** What an approver was shown against what stands in the records now. */
export function evidenceChanged(changed: readonly ListedChange[]): Refusal {
  const words = changed.map(({ date, before, now }) =>
    now === 0
      ? `${shortDate(date)} no longer counts`
      : before === 0
        ? `${shortDate(date)} counts now (${now})`
        : `${shortDate(date)} counts ${now}, not ${before}`,
  );
  return refusal(
    'EVIDENCE_CHANGED',
    `The evidence is not what was shown${words.length > 0 ? `: ${words.join('; ')}` : ''}. Look at the letter again, then decide.`,
    { changed },
  );
}

/** A notice that would now come later than it was meant to, and too late for its hearing. */
function tooLateForHearing(state: CaseState, letter: CaseLetter, sendOn: string): Refusal | null {
  const about = letter.kind === 'hearing-notice' || letter.kind === 'hearing-moved';
  if (!about || !state.hearing || sendOn <= letter.sendOn) return null;
  const latest = addDays(state.hearing.date, -state.policy.hearing.noticeDaysEmail);
  return sendOn <= latest
    ? null
    : refusal(
        'HEARING_NOTICE_TOO_LATE',
        `The notice would leave on ${shortDate(sendOn)}, fewer than ${state.policy.hearing.noticeDaysEmail} days ahead of the hearing: move the hearing first.`,
        { sendOn, latest },
      );
}

export function stopLetter(state: CaseState, command: StopLetter): Judgement {
  const letter = forApprover(state, command.letter, command.actor);
  if ('code' in letter) return letter;
  const returns = command.type === 'return-letter';
  const { kind, sequence, approval, parked, status } = letter;
  if (approval.status === (returns ? 'returned' : 'withheld')) {
    return refusal(
      returns ? 'ALREADY_RETURNED' : 'ALREADY_WITHHELD',
      `That was decided on ${shortDate(approval.since)}.`,
    );
  }
  const { reason } = command;
  const stopped: EntryBody = returns
    ? { type: 'letter-returned', kind, sequence, reason }
    : { type: 'letter-withheld', kind, sequence, reason };
  const stays: EntryBody = { type: 'letter-parked', kind, sequence, why: 'approval' };
  const keeps = parked === null || status === 'blocked';
  return {
    bodies: keeps ? [stopped, stays] : [stopped],
    done: returns
      ? 'The letter goes back, with the reason, to whoever made the step; the step stands.'
      : 'The letter stays in the house until it is approved.',
  };
}

export function resubmitLetter(state: CaseState, command: ResubmitLetter, cal: CalendarLike): Judgement {
  const letter = letterAsked(state, command.letter);
  if ('code' in letter) return letter;
  const { kind, sequence, approval, decidedOn } = letter;
  if (approval.status !== 'returned') {
    return refusal('LETTER_NOT_RETURNED', 'Only a letter that its approver returned is put in again.', {
      status: approval.status,
    });
  }
  if (!stepStands(state, letter, cal)) return BASIS_LOST;
  const listed = listedNow(state, kind, decidedOn, cal);
  return {
    bodies: [{ type: 'approval-asked', ...{ kind, sequence, listed }, because: command.reason, dates: [] }],
    done: 'The letter is before its approver again.',
  };
}
