/** The school's steps: a referral, taking it back, the judgement of progress. */
import { window, type CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import type { LetterKind } from '../policy.ts';
import { refusal } from '../refusal.ts';
import { invitation, isCaseworkLetter, mootOffCaseload, withdrawn } from './casework-letters.ts';
import type { JudgeProgress, MakeReferral, WithdrawStep } from './commands.ts';
import type { EntryBody } from './entries.ts';
import type { Judgement } from './judgement.ts';
import { letterFor } from './leaving.ts';
import { named } from './questions.ts';
import {
  interventionsForNext,
  newUnexcusedAbsences,
  nextReferral,
  NOTICE_KINDS,
  ORDINALS,
  referralObstacles,
  unexcusedCount,
} from './rules.ts';
import type { CaseLetter, CaseState, LetterName } from './state.ts';

export function makeReferral(state: CaseState, command: MakeReferral, cal: CalendarLike): Judgement {
  const on = command.officeDate;
  const obstacles = referralObstacles(state, on, cal, command);
  const first = obstacles[0];
  if (first) {
    return obstacles.length === 1
      ? first
      : {
          ...first,
          details: { ...first.details, unmet: obstacles.map(({ code, message }) => ({ code, message })) },
        };
  }
  const n = nextReferral(state)!;
  const bodies: EntryBody[] = [
    {
      type: 'referral-accepted',
      n,
      interventions: interventionsForNext(state, on, cal).map((one) => one.id),
      newUnexcused: newUnexcusedAbsences(state, on, cal).map((day) => day.date),
      count: unexcusedCount(state, on, cal),
      windowFrom: window(cal, on, state.policy.counting.windowDays).from ?? null,
      progress: command.progress,
      override: command.override ?? null,
      fewerAccepted: command.acceptFewer ?? null,
    },
    letterFor(state, NOTICE_KINDS[n - 1]!, on, cal),
  ];
  // "Case Manager will put student on caseload (if not already on caseload)."
  if (n === 3 && state.policy.caseload.placedAtThirdReferral && !state.caseload) {
    bodies.push(
      { type: 'caseload-placed', why: 'third-referral', reason: null },
      ...invitation(state, on, cal),
    );
  }
  return { bodies, done: `The ${ORDINALS[n - 1]!} referral is accepted.` };
}

/** The latest step whose letter is still in the house. */
export function withdrawable(state: CaseState): CaseLetter | null {
  const last = state.letters.findLast(
    ({ kind, status }) => status !== 'withdrawn' && !isCaseworkLetter(kind),
  );
  return last && last.status !== 'out' ? last : null;
}

export function withdrawStep(state: CaseState, command: WithdrawStep): Judgement {
  if (command.letter) return stopCaseworkLetter(state, command.letter, command.reason);
  const letter = withdrawable(state);
  if (!letter) {
    const out = state.letters.findLast((one) => one.status === 'out');
    return out
      ? refusal(
          'NOTICE_ALREADY_OUT',
          `The letter of the last step left on ${shortDate(out.outOn!)}; only a correction or withdrawal letter can follow it.`,
        )
      : refusal('NOTHING_TO_WITHDRAW', 'No step of this case has a letter waiting to leave.');
  }
  if (FOLLOWS_FROM_A_DECISION.has(letter.kind)) {
    return refusal(
      'DECISION_STANDS',
      'This letter only tells what was decided; decide anew (another date, another referral), and it is replaced.',
      { letter: letter.kind },
    );
  }
  return {
    bodies: undoStep(state, letter, command.reason),
    done: `The ${stepName(letter.kind)} is withdrawn; its letter will not leave.`,
  };
}

/** The Case Manager's own letters announce no step: only the letter is stopped. */
function stopCaseworkLetter(state: CaseState, name: LetterName, reason: string): Judgement {
  const letter = named(state, name);
  if (!letter || !isCaseworkLetter(letter.kind) || letter.status === 'withdrawn') {
    return refusal('NOTHING_TO_WITHDRAW', 'No such letter of the Case Manager waits to leave.');
  }
  if (letter.status === 'out') {
    return refusal('NOTICE_ALREADY_OUT', `The letter left on ${shortDate(letter.outOn!)}.`);
  }
  return { bodies: withdrawn([letter], reason), done: 'The letter will not leave.' };
}

/** Letters whose decision cannot be undone by stopping them: the hearing is off, the step is back. */
const FOLLOWS_FROM_A_DECISION: ReadonlySet<LetterKind> = new Set<LetterKind>([
  'hearing-moved',
  'hearing-cancelled',
  'withdrawal',
]);

function stepName(kind: LetterKind): string {
  if (kind === 'correction') return 'correction letter';
  const n = NOTICE_KINDS.findIndex((one) => one === kind);
  if (n >= 0) return `${ORDINALS[n]!} referral`;
  return kind === 'hearing-notice'
    ? 'hearing'
    : kind === 'order'
      ? 'order'
      : 'referral to the State’s Attorney';
}

function undoStep(state: CaseState, letter: CaseLetter, reason: string): EntryBody[] {
  const { kind, sequence } = letter;
  const bodies: EntryBody[] = [{ type: 'letter-withdrawn', kind, sequence, reason }];
  const n = NOTICE_KINDS.findIndex((one) => one === kind);
  if (kind === 'correction') {
    const about = letter.about && named(state, letter.about);
    if (about?.concern) {
      const { what, dates, left } = about.concern;
      const because = 'its correction letter was withdrawn';
      const asked = { kind: about.kind, sequence: about.sequence, what, dates, left, because };
      bodies.push({ type: 'letter-questioned', ...asked });
    }
  } else if (n >= 0) {
    bodies.push({ type: 'referral-withdrawn', n: (n + 1) as 1 | 2 | 3, reason });
    if (n === 2 && state.caseload?.why === 'third-referral') {
      bodies.push({ type: 'caseload-undone', reason }, ...withdrawn(mootOffCaseload(state), reason));
    }
  } else if (kind === 'hearing-notice') {
    bodies.push({ type: 'hearing-withdrawn', sequence: state.hearing!.sequence, reason });
  } else if (kind === 'order') {
    bodies.push({ type: 'order-withdrawn', sequence: state.order!.sequence, reason });
  } else {
    bodies.push({ type: 'court-withdrawn', reason });
  }
  return bodies;
}

export function judgeProgress(state: CaseState, command: JudgeProgress): Judgement {
  const n = state.referrals.at(-1)?.n;
  if (n === undefined) {
    return refusal(
      'PROGRESS_BEFORE_REFERRAL',
      'Progress is judged after a referral; none has been made yet.',
    );
  }
  if (state.order) return refusal('ORDER_ALREADY_ISSUED', 'After the order, only its being kept counts.');
  return {
    bodies: [{ type: 'progress-judged', n, adequate: command.adequate, reason: command.reason }],
    done: `Progress after the ${ORDINALS[n - 1]!} notice is judged ${command.adequate ? 'adequate' : 'not adequate'}.`,
  };
}
