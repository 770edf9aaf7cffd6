/**
 * What a person may decide, and what follows. A command is accepted with its journal entries or refused with a code
 * and words; a refusal changes nothing. The rules themselves are in rules.ts.
 */
import type { CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type { AdoptPolicy, Command } from './commands.ts';
import { movedDeadlines, settleDates } from './deadlines.ts';
import { invitation, isCaseworkLetter, mootOffCaseload, prematureThanks } from './casework-letters.ts';
import { approveLetter, resubmitLetter, stopLetter } from './decide-approval.ts';
import { closeCase, NOT_IN_COURT, recordCourtAnswer, referToCourt } from './decide-ends.ts';
import {
  cancelHearing,
  hearingLettersInHouse,
  issueOrder,
  letHearingStand,
  moveHearing,
  recordHearing,
  scheduleHearing,
} from './decide-hearing.ts';
import { extendHold, placeHold, releaseHold, releaseLetter } from './decide-holds.ts';
import { judgeProgress, makeReferral, withdrawable, withdrawStep } from './decide-steps.ts';
import type { Entry } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { consequences, questions } from './facts.ts';
import type { Judgement } from './judgement.ts';
import { whatNext } from './next-step.ts';
import { mootWith, named, settle } from './questions.ts';
import { stageOf, type CaseLetter, type CaseState, type ParkReason, type Stage } from './state.ts';

export { withdrawable } from './decide-steps.ts';

/** What the caller gets for an accepted command; the same answer again for the same id. */
export interface CommandAnswer {
  readonly caseNumber: string;
  readonly stage: Stage;
  /** The journal's sequence number after this command. */
  readonly seq: number;
  /** What was done, in a sentence. */
  readonly done: string;
  readonly letter: {
    readonly kind: LetterKind;
    readonly sequence: number;
    readonly sendOn: IsoDate;
    /** Why it does not leave even then. */
    readonly parked: ParkReason | null;
  } | null;
  /** What may happen next and from when, in a sentence. */
  readonly next: string;
  readonly possibleFrom: IsoDate | null;
}

export type Decision =
  | {
      readonly ok: true;
      readonly state: CaseState;
      readonly entries: readonly Entry[];
      readonly answer: CommandAnswer;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Judges a command. Settles first, in date order, what fell due by the command's office date; those entries stand
 * whether or not the command does, and come back with the next message if it is refused.
 */
export function decide(before: CaseState, command: Command, cal: CalendarLike): Decision {
  if (before.closed) {
    return no(
      refusal(
        'CASE_CLOSED',
        `The case was closed on ${shortDate(before.closed.on)} (${before.closed.reason}); a new case can link to it.`,
      ),
    );
  }
  const settled = settleDates(before, command.officeDate, cal);
  const state = evolveAll(before, settled);
  const judgement = judge(state, command, cal);
  if ('code' in judgement) return no(judgement);
  const made: Entry[] = judgement.bodies.map((body) => ({
    ...body,
    on: command.officeDate,
    actor: command.actor,
    commandId: command.id,
  }));
  let after = evolveAll(state, made);
  if (CHANGES_THE_BASIS.has(command.type)) {
    const because = command.type === 'adopt-policy' ? 'policy' : 'correction';
    const said = consequences(after, command.officeDate, because, cal);
    after = evolveAll(after, said);
    made.push(...said);
    const asked = questions(after, command.officeDate, cal, 'a decision changed what it rests on');
    after = evolveAll(after, asked);
    made.push(...asked);
  }
  if (!after.closed) {
    const moot = prematureThanks(after, cal).map((body): Entry => ({ ...body, on: command.officeDate }));
    after = evolveAll(after, moot);
    made.push(...moot);
  }
  const decided = made.find((entry) => entry.type === 'letter-decided');
  return {
    ok: true,
    state: after,
    entries: [...settled, ...made],
    answer: {
      caseNumber: after.caseNumber,
      stage: stageOf(after),
      seq: after.seq,
      done: judgement.done,
      letter: decided
        ? {
            kind: decided.kind,
            sequence: decided.sequence,
            sendOn: decided.sendOn,
            parked: decided.parked ?? null,
          }
        : null,
      ...whatNext(after, cal),
    },
  };
}

/** Decisions after which the count, the order and the letters out are looked at again. */
const CHANGES_THE_BASIS: ReadonlySet<Command['type']> = new Set<Command['type']>([
  'cancel-hearing',
  // The day of return may be over, and what happened on it known.
  'issue-order',
  'settle-question',
  'let-hearing-stand',
  'release-hold',
  'adopt-policy',
]);

function no(reason: Refusal): Decision {
  return { ok: false, refusal: reason };
}

function judge(state: CaseState, command: Command, cal: CalendarLike): Judgement {
  switch (command.type) {
    case 'make-referral':
      return makeReferral(state, command, cal);
    case 'withdraw-step':
      return withdrawStep(state, command);
    case 'place-on-caseload':
      return state.caseload
        ? refusal(
            'ALREADY_ON_CASELOAD',
            `The student has been on the caseload since ${shortDate(state.caseload.on)}.`,
          )
        : state.referrals.length === 0
          ? refusal(
              'CASELOAD_BEFORE_REFERRAL',
              'A student is placed on the caseload after a referral; none has been made yet.',
            )
          : {
              bodies: [
                { type: 'caseload-placed', why: 'case-manager', reason: command.reason },
                ...invitation(state, command.officeDate, cal),
              ],
              done: 'The student is on the caseload.',
            };
    case 'schedule-hearing':
      return scheduleHearing(state, command, cal);
    case 'move-hearing':
    case 'continue-hearing':
      return moveHearing(state, command, cal);
    case 'cancel-hearing':
      return cancelHearing(state, command, cal);
    case 'let-hearing-stand':
      return letHearingStand(state, command, cal);
    case 'record-hearing':
      return recordHearing(state, command);
    case 'issue-order':
      return issueOrder(state, command, cal);
    case 'refer-to-court':
      return referToCourt(state, command, cal);
    case 'record-court-answer':
      return recordCourtAnswer(state, command);
    case 'record-court-status':
      return !state.court
        ? NOT_IN_COURT
        : {
            bodies: [{ type: 'court-status', text: command.text }],
            done: 'The news from the court is recorded.',
          };
    case 'place-hold':
      return placeHold(state, command, cal);
    case 'extend-hold':
      return extendHold(state, command, cal);
    case 'release-hold':
      return releaseHold(state, command, cal);
    case 'release-letter':
      return releaseLetter(state, command, cal);
    case 'approve-letter':
      return approveLetter(state, command, cal);
    case 'withhold-letter':
    case 'return-letter':
      return stopLetter(state, command);
    case 'resubmit-letter':
      return resubmitLetter(state, command, cal);
    case 'judge-progress':
      return judgeProgress(state, command);
    case 'settle-question': {
      const settled = settle(state, command.letter, command.how, command.reason, command.officeDate, cal);
      return 'code' in settled ? settled : { ...settled, done: SETTLED[command.how] };
    }
    case 'adopt-policy':
      return adoptPolicy(state, command, cal);
    case 'close-case':
      return closeCase(state, command);
  }
}

const SETTLED = {
  correction: 'A correction letter is decided.',
  withdrawal: 'The step is taken back, and a letter says so.',
  stands: 'The letter stands; the reason is on record.',
} as const;

function adoptPolicy(state: CaseState, command: AdoptPolicy, cal: CalendarLike): Judgement {
  const { policy, reason, officeDate: on } = command;
  const { name, version } = state.policy;
  if (policy.name === name && policy.version === version) {
    return refusal('POLICY_UNCHANGED', `The case goes by ${name} ${version} already.`);
  }
  const after: CaseState = { ...state, policy };
  const because = `policy ${policy.name} ${policy.version}`;
  return {
    bodies: [
      { type: 'policy-adopted', policy, reason },
      ...movedDeadlines(state, cal, after, cal, on, because),
    ],
    done: `The case goes by ${policy.name} ${policy.version} from now on.`,
  };
}

/** Letters in the house that a command may stop: a door keeps them from leaving while the case is asked. */
export function lettersAtStake(state: CaseState, command: Command): CaseLetter[] {
  switch (command.type) {
    case 'settle-question':
      return command.how === 'withdrawal' ? mootWith(state, command.letter) : [];
    case 'withdraw-step': {
      const letter = command.letter ? named(state, command.letter) : withdrawable(state);
      const withIt =
        letter?.kind === 'third-notice' && state.caseload?.why === 'third-referral'
          ? mootOffCaseload(state)
          : [];
      return letter ? [letter, ...withIt] : [];
    }
    case 'place-hold':
      return state.letters.filter((letter) => letter.status === 'waiting');
    case 'withhold-letter':
    case 'return-letter': {
      // One that was approved may be about to leave.
      const letter = named(state, command.letter);
      return letter?.status === 'waiting' && letter.parked === null ? [letter] : [];
    }
    case 'move-hearing':
    case 'continue-hearing':
    case 'cancel-hearing':
      return hearingLettersInHouse(state);
    case 'close-case':
      return state.letters.filter(
        ({ kind, status, parked }) =>
          status === 'blocked' || (status === 'waiting' && (parked !== null || isCaseworkLetter(kind))),
      );
    default:
      return [];
  }
}
