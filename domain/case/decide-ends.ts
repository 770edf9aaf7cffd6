/** Court and the ends of a case. */
import type { CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import { refusal } from '../refusal.ts';
import { certificateOf, MISSING_WORDS, type MissingService } from './certificate.ts';
import { isCaseworkLetter } from './casework-letters.ts';
import type { CloseCase, RecordCourtAnswer, ReferToCourt } from './commands.ts';
import type { EntryBody } from './entries.ts';
import type { Judgement } from './judgement.ts';
import { letterFor } from './leaving.ts';
import { orderBrokenBy, PARKED_WORDS } from './rules.ts';
import { CLOSING_REASONS, latestLetter, type CaseState } from './state.ts';

export const NOT_IN_COURT = refusal(
  'NOT_IN_COURT',
  'The case has not been referred to the State’s Attorney.',
);

export function referToCourt(state: CaseState, command: ReferToCourt, cal: CalendarLike): Judgement {
  const resubmits = state.court?.answer === 'returned' || state.court?.answer === 'declined';
  if (state.court && !resubmits)
    return refusal(
      'ALREADY_IN_COURT',
      `The case was referred to the State’s Attorney on ${shortDate(state.court.on)}.`,
    );
  if (!state.order)
    return refusal(
      'COURT_BEFORE_ORDER',
      'A referral to the State’s Attorney follows a hearing and its order.',
    );
  if (latestLetter(state, 'order')?.status !== 'out') {
    return refusal('ORDER_NOT_OUT', 'The order has not gone out yet.');
  }
  const concern = latestLetter(state, 'order')?.concern;
  if (concern?.what === 'basis-lost' && concern.settled === null) {
    return refusal(
      'ORDER_QUESTIONED',
      'Corrections took away what the order rests on: the Regional Superintendent takes it back by a letter, or says why it stands.',
    );
  }
  if (orderBrokenBy(state, cal) === null && command.override === undefined) {
    return refusal(
      'ORDER_NOT_BROKEN',
      `No unexcused absence is on record from the day of return (${shortDate(state.order.returnDate)}) on; give a written reason to refer all the same.`,
    );
  }
  const certificate = certificateOf(state);
  if (certificate.missing.length > 0 && state.policy.court?.refuseIncompleteCertificate) {
    return refusal(
      'CERTIFICATE_INCOMPLETE',
      `The certificate of services is not complete: ${certificate.missing.map((one) => MISSING_WORDS[one as MissingService]).join('; ')}.`,
      { missing: certificate.missing },
    );
  }
  return {
    bodies: [
      {
        type: 'court-referred',
        override: command.override ?? null,
        submission: (state.court?.submission ?? 0) + 1,
        certificate,
      },
      letterFor(state, 'state-attorney-referral', command.officeDate, cal),
    ],
    done: `The case is referred to the State’s Attorney of ${state.county} County.${certificate.missing.length > 0 ? ` Missing from the certificate of services: ${certificate.missing.map((one) => MISSING_WORDS[one as MissingService]).join('; ')}.` : ''}`,
  };
}

export function recordCourtAnswer(state: CaseState, command: RecordCourtAnswer): Judgement {
  if (!state.court) return NOT_IN_COURT;
  const papers = latestLetter(state, 'state-attorney-referral');
  // What was referred on paper before this system has no letter here.
  if (papers && papers.status !== 'out') {
    return refusal(
      'REFERRAL_NOT_OUT',
      papers.status === 'blocked'
        ? 'The referral has not reached the State’s Attorney: no usable address. Withdraw it, and refer again with the address.'
        : `The referral has not left yet (${papers.parked === null ? `it leaves on ${shortDate(papers.sendOn)}` : PARKED_WORDS[papers.parked]}); nobody can have answered it.`,
    );
  }
  return {
    bodies: [{ type: 'court-answered', answer: command.answer }],
    done: `The State’s Attorney’s answer is recorded: ${command.answer}.`,
  };
}

export function closeCase(state: CaseState, command: CloseCase): Judgement {
  if (command.reason === 'court-disposition' && !state.court) return NOT_IN_COURT;
  if (command.reason === 'duplicate' && command.continuedBy === undefined) {
    return refusal(
      'CONTINUING_CASE_MISSING',
      'Say which case goes on instead: `case merge` closes a duplicate and names it.',
    );
  }
  if (!CLOSING_REASONS.includes(command.reason)) {
    return refusal('UNKNOWN_REASON', `A case closes for one of: ${CLOSING_REASONS.join(', ')}.`);
  }
  // Whether a waiting letter may still be stopped is decided where it leaves, not here: withdrawing asks there.
  const waiting = state.letters.find(
    ({ kind, status, parked }) => status === 'waiting' && parked === null && !isCaseworkLetter(kind),
  );
  if (waiting) {
    return refusal(
      'LETTER_WAITING',
      `A letter of this case leaves on ${shortDate(waiting.sendOn)}; withdraw its step first, or close the case after it has left.`,
      { letter: waiting.kind, sendOn: waiting.sendOn },
    );
  }
  // What else is in the house was held back, or is the Case Manager's own: it goes with the case.
  const heldBack = state.letters.filter(({ status }) => status === 'blocked' || status === 'waiting');
  return {
    bodies: [
      ...heldBack.map(({ kind, sequence }): EntryBody => ({
        type: 'letter-withdrawn',
        kind,
        sequence,
        reason: 'the case was closed',
      })),
      {
        type: 'case-closed',
        reason: command.reason,
        note: command.note ?? null,
        continuedBy: command.continuedBy ?? null,
      },
    ],
    done: `The case is closed: ${command.reason}.`,
  };
}
