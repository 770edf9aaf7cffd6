/**
 * What a person may decide, and what follows. A command is accepted with its journal entries or refused with a code
 * and words; a refusal changes nothing. The rules themselves are in rules.ts.
 */
import { addSchoolDays, isSchoolDay, nextSchoolDay, window, type CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import { addOfficeDays, isOfficeDay } from '../office-days.ts';
import type { LetterKind } from '../policy.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { certificateOf, MISSING_WORDS, type MissingService } from './certificate.ts';
import type {
  AdoptPolicy,
  CancelHearing,
  CloseCase,
  Command,
  ExtendHold,
  IssueOrder,
  JudgeProgress,
  LetHearingStand,
  MakeReferral,
  MoveHearing,
  PlaceHold,
  RecordHearing,
  ReferToCourt,
  ReleaseHold,
  ReleaseLetter,
  ScheduleHearing,
  WithdrawStep,
} from './commands.ts';
import { movedDeadlines, settleDates } from './deadlines.ts';
import type { Entry, EntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { consequences, questions } from './facts.ts';
import { leavingFrom, letterFor, park, parkedFor, unpark } from './leaving.ts';
import { whatNext } from './next-step.ts';
import { named, settle, stepStands } from './questions.ts';
import {
  earliestHearing,
  hearingLetter,
  hearingObstacles,
  interventionsForNext,
  newUnexcusedAbsences,
  nextReferral,
  NOTICE_KINDS,
  ORDINALS,
  orderBrokenBy,
  referralObstacles,
  unexcusedCount,
} from './rules.ts';
import {
  CLOSING_REASONS,
  latestLetter,
  stageOf,
  type CaseLetter,
  type CaseState,
  type ParkReason,
  type Stage,
} from './state.ts';

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

type Judgement = Refusal | { readonly bodies: readonly EntryBody[]; readonly done: string };

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
    const said = consequences(after, command.officeDate, 'correction', cal);
    after = evolveAll(after, said);
    made.push(...said);
    const asked = questions(after, command.officeDate, cal, 'a decision changed what it rests on');
    after = evolveAll(after, asked);
    made.push(...asked);
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
  'settle-question',
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
              bodies: [{ type: 'caseload-placed', why: 'case-manager', reason: command.reason }],
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
      return !state.court
        ? NOT_IN_COURT
        : {
            bodies: [{ type: 'court-answered', answer: command.answer }],
            done: `The State’s Attorney’s answer is recorded: ${command.answer}.`,
          };
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

const NOT_IN_COURT = refusal('NOT_IN_COURT', 'The case has not been referred to the State’s Attorney.');

const SETTLED = {
  correction: 'A correction letter is decided.',
  withdrawal: 'The step is taken back, and a letter says so.',
  stands: 'The letter stands; the reason is on record.',
} as const;

function closeCase(state: CaseState, command: CloseCase): Judgement {
  if (command.reason === 'court-disposition' && !state.court) return NOT_IN_COURT;
  if (command.reason === 'duplicate' && command.continuedBy === undefined) {
    return refusal('CONTINUING_CASE_MISSING', 'Say which case goes on instead.');
  }
  if (!CLOSING_REASONS.includes(command.reason)) {
    return refusal('UNKNOWN_REASON', `A case closes for one of: ${CLOSING_REASONS.join(', ')}.`);
  }
  // Whether a waiting letter may still be stopped is decided where it leaves, not here: withdrawing asks there.
  const waiting = state.letters.find((letter) => letter.status === 'waiting' && letter.parked === null);
  if (waiting) {
    return refusal(
      'LETTER_WAITING',
      `A letter of this case leaves on ${shortDate(waiting.sendOn)}; withdraw its step first, or close the case after it has left.`,
      { letter: waiting.kind, sendOn: waiting.sendOn },
    );
  }
  const heldBack = state.letters.filter(
    (letter) => letter.status === 'blocked' || (letter.status === 'waiting' && letter.parked !== null),
  );
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

function makeReferral(state: CaseState, command: MakeReferral, cal: CalendarLike): Judgement {
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
    bodies.push({ type: 'caseload-placed', why: 'third-referral', reason: null });
  }
  return { bodies, done: `The ${ORDINALS[n - 1]!} referral is accepted.` };
}

/** The latest step whose letter is still in the house. */
export function withdrawable(state: CaseState): CaseLetter | null {
  const last = state.letters.findLast((letter) => letter.status !== 'withdrawn');
  return last && last.status !== 'out' ? last : null;
}

function withdrawStep(state: CaseState, command: WithdrawStep): Judgement {
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
      const { what, dates } = about.concern;
      const because = 'its correction letter was withdrawn';
      const asked = { kind: about.kind, sequence: about.sequence, what, dates, because };
      bodies.push({ type: 'letter-questioned', ...asked });
    }
  } else if (n >= 0) {
    bodies.push({ type: 'referral-withdrawn', n: (n + 1) as 1 | 2 | 3, reason });
    if (n === 2 && state.caseload?.why === 'third-referral') bodies.push({ type: 'caseload-undone', reason });
  } else if (kind === 'hearing-notice') {
    bodies.push({ type: 'hearing-withdrawn', sequence: state.hearing!.sequence, reason });
  } else if (kind === 'order') {
    bodies.push({ type: 'order-withdrawn', sequence: state.order!.sequence, reason });
  } else {
    bodies.push({ type: 'court-withdrawn', reason });
  }
  return bodies;
}

function scheduleHearing(state: CaseState, command: ScheduleHearing, cal: CalendarLike): Judgement {
  const on = command.officeDate;
  if (state.order) return refusal('ORDER_ALREADY_ISSUED', 'The hearing has been held and the order issued.');
  if (state.hearing && state.hearing.status !== 'missed') {
    return refusal('HEARING_ALREADY_SCHEDULED', `The hearing is set for ${shortDate(state.hearing.date)}.`, {
      date: state.hearing.date,
    });
  }
  // A hearing that was missed is set again without asking for the count anew: it was judged when first scheduled.
  const obstacles = state.hearing ? [] : hearingObstacles(state, on, cal);
  if (obstacles[0]) {
    return obstacles.length === 1
      ? obstacles[0]
      : {
          ...obstacles[0],
          details: {
            ...obstacles[0].details,
            unmet: obstacles.map(({ code, message }) => ({ code, message })),
          },
        };
  }
  const wrongDate = hearingDateFault(state, command, cal);
  if (wrongDate) return wrongDate;
  const count = unexcusedCount(state, on, cal);
  return {
    bodies: [
      {
        type: 'hearing-scheduled',
        sequence: nextHearing(state),
        date: command.date,
        time: command.time,
        place: command.place,
        count: state.hearing?.countAtScheduling ?? count,
        override: command.override ?? null,
        interpreter: command.interpreter ?? null,
        accommodation: command.accommodation ?? null,
      },
      letterFor(state, 'hearing-notice', on, cal),
    ],
    done: `The hearing is set for ${shortDate(command.date)}, ${command.time}.`,
  };
}

function nextHearing(state: CaseState): number {
  return 1 + state.letters.filter(({ kind }) => kind === 'hearing-notice' || kind === 'hearing-moved').length;
}

/** A day the office works, far enough ahead of the day its letter leaves. */
function hearingDateFault(
  state: CaseState,
  command: ScheduleHearing | MoveHearing,
  cal: CalendarLike,
): Refusal | null {
  const on = command.officeDate;
  if (!isOfficeDay(command.date, state.policy.holidays)) {
    return refusal('HEARING_ON_A_DAY_OFF', `The office is closed on ${shortDate(command.date)}.`, {
      date: command.date,
    });
  }
  const earliest = earliestHearing(state, on, command.posted, cal);
  if (command.date >= earliest || command.override !== undefined) return null;
  const days = command.posted ? state.policy.hearing.noticeDaysPosted : state.policy.hearing.noticeDaysEmail;
  return refusal(
    'HEARING_TOO_SOON',
    `The notice leaves on ${shortDate(leavingFrom(state, on, cal).sendOn)} and must be ${days} days ahead${command.posted ? ', as it is posted' : ''}: the hearing can be from ${shortDate(earliest)} on.`,
    { earliest },
  );
}

/** While the basis of a hearing is in question, nobody but the Regional Superintendent goes on with it. */
function questionedHearing(state: CaseState): Refusal | null {
  const questioned = state.hearing?.questioned;
  if (!questioned || questioned.stands) return null;
  return refusal(
    'HEARING_QUESTIONED',
    `Corrections took the count of the day the hearing was scheduled to ${questioned.count} days: the Regional Superintendent cancels the hearing, or says why it stands.`,
    { count: questioned.count },
  );
}

/** Letters about the hearing that have not left. */
function hearingLettersInHouse(state: CaseState): CaseLetter[] {
  return state.letters.filter(
    ({ kind, status }) =>
      (kind === 'hearing-notice' || kind === 'hearing-moved') &&
      (status === 'waiting' || status === 'blocked'),
  );
}

function stop(letters: readonly CaseLetter[], reason: string): EntryBody[] {
  return letters.map(({ kind, sequence }) => ({ type: 'letter-withdrawn', kind, sequence, reason }));
}

function moveHearing(state: CaseState, command: MoveHearing, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (hearing?.status !== 'scheduled') return refusal('NO_HEARING_SCHEDULED', 'No hearing is scheduled.');
  const questioned = questionedHearing(state);
  if (questioned) return questioned;
  const continues = command.type === 'continue-hearing';
  if (continues && command.officeDate < hearing.date) {
    return refusal(
      'HEARING_NOT_YET',
      `The hearing is on ${shortDate(hearing.date)}; until then it can be moved, not continued.`,
      { date: hearing.date },
    );
  }
  const same =
    command.date === hearing.date && command.time === hearing.time && command.place === hearing.place;
  if (same) return refusal('HEARING_UNCHANGED', 'The hearing is set for that day, hour and place already.');
  const wrongDate = hearingDateFault(state, command, cal);
  if (wrongDate) return wrongDate;
  const told = state.letters.findLast(({ kind, status }) => status === 'out' && isHearingLetter(kind));
  const kind = told ? 'hearing-moved' : 'hearing-notice';
  const { date, time, place, reason } = command;
  return {
    bodies: [
      ...stop(hearingLettersInHouse(state), 'the hearing has another date'),
      {
        type: continues ? 'hearing-continued' : 'hearing-moved',
        sequence: nextHearing(state),
        date,
        time,
        place,
        reason,
        override: command.override ?? null,
        interpreter: command.interpreter ?? hearing.interpreter,
        accommodation: command.accommodation ?? hearing.accommodation,
      },
      letterFor(state, kind, command.officeDate, cal, told),
    ],
    done: `The hearing is ${continues ? 'continued' : 'moved'} to ${shortDate(date)}, ${time}.`,
  };
}

function isHearingLetter(kind: LetterKind): boolean {
  return kind === 'hearing-notice' || kind === 'hearing-moved';
}

function cancelHearing(state: CaseState, command: CancelHearing, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (hearing?.status !== 'scheduled') return refusal('NO_HEARING_SCHEDULED', 'No hearing is scheduled.');
  const told = state.letters.findLast(({ kind, status }) => status === 'out' && isHearingLetter(kind));
  const without: CaseState = { ...state, hearing: null };
  return {
    bodies: [
      ...stop(hearingLettersInHouse(state), 'the hearing was cancelled'),
      { type: 'hearing-cancelled', sequence: hearing.sequence, reason: command.reason },
      ...unpark(
        without,
        otherLetters(parkedFor(state, 'basis')),
        command.officeDate,
        cal,
        'the hearing is off',
      ),
      // A family that was never told of it is not told that it is off.
      ...(told ? [letterFor(without, 'hearing-cancelled', command.officeDate, cal, told)] : []),
    ],
    done: 'The hearing is cancelled.',
  };
}

function otherLetters(letters: readonly CaseLetter[]): CaseLetter[] {
  return letters.filter(({ kind }) => !isHearingLetter(kind));
}

function letHearingStand(state: CaseState, command: LetHearingStand, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (!hearing?.questioned || hearing.questioned.stands) {
    return refusal('NOTHING_IN_QUESTION', 'The basis of the hearing is not in question.');
  }
  const standing: CaseState = {
    ...state,
    hearing: { ...hearing, questioned: { ...hearing.questioned, stands: true } },
  };
  return {
    bodies: [
      { type: 'hearing-stands', sequence: hearing.sequence, reason: command.reason },
      ...unpark(standing, parkedFor(state, 'basis'), command.officeDate, cal, 'the hearing stands'),
    ],
    done: 'The hearing stands; the reason is on record.',
  };
}

// ---------------------------------------------------------------- holds, letters, progress, policy

function placeHold(state: CaseState, command: PlaceHold, cal: CalendarLike): Judgement {
  const kinds = state.policy.holds?.kinds ?? [];
  const kind = kinds.find((one) => one.code === command.kind);
  if (!kind) {
    return refusal(
      'UNKNOWN_HOLD',
      `The office’s policy knows no such hold; there are: ${kinds.map((one) => one.code).join(', ') || 'none'}.`,
    );
  }
  const until = holdEnd(command, command.officeDate, cal);
  if (typeof until === 'object') return until;
  const waiting = state.letters.filter(({ status, parked }) => status === 'waiting' && parked !== 'basis');
  return {
    bodies: [
      {
        type: 'hold-placed',
        id: command.id,
        kind: kind.code,
        reason: command.reason,
        owner: command.owner,
        until,
      },
      ...park(waiting, 'hold'),
    ],
    done: `The case is on hold (${kind.label}) until ${shortDate(until)}: no letter leaves.`,
  };
}

function holdEnd(
  { until, schoolDays }: { readonly until?: IsoDate | undefined; readonly schoolDays?: number | undefined },
  on: IsoDate,
  cal: CalendarLike,
): IsoDate | Refusal {
  if ((until === undefined) === (schoolDays === undefined)) {
    return refusal('HOLD_WITHOUT_END', 'Give either the last day of the hold or its length in school days.');
  }
  const end = until ?? addSchoolDays(cal, on, schoolDays!);
  if (end === undefined) {
    return refusal('CALENDAR_NOT_KNOWN', 'The school calendar is not known so far; give the last day.');
  }
  return end < on ? refusal('HOLD_ENDS_IN_THE_PAST', `${shortDate(end)} is over already.`) : end;
}

function extendHold(state: CaseState, command: ExtendHold, cal: CalendarLike): Judgement {
  const hold = state.holds.find((one) => one.id === command.hold);
  if (!hold) return UNKNOWN_HOLD;
  const until = holdEnd(command, command.officeDate, cal);
  if (typeof until === 'object') return until;
  return {
    bodies: [{ type: 'hold-extended', id: hold.id, until, reason: command.reason }],
    done: `The hold (${hold.kind}) goes on until ${shortDate(until)}.`,
  };
}

const UNKNOWN_HOLD = refusal('NO_SUCH_HOLD', 'No such hold stands in this case.');

function releaseHold(state: CaseState, command: ReleaseHold, cal: CalendarLike): Judgement {
  const hold = state.holds.find((one) => one.id === command.hold);
  if (!hold) return UNKNOWN_HOLD;
  const without: CaseState = { ...state, holds: state.holds.filter((one) => one.id !== hold.id) };
  const released: EntryBody = { type: 'hold-released', id: hold.id, reason: command.reason };
  const held = parkedFor(state, 'hold');
  if (without.holds.length > 0 || held.length === 0) {
    return { bodies: [released], done: `The hold (${hold.kind}) is released.` };
  }
  const on = command.officeDate;
  // What became due under the hold is done or asked, as the policy says; what is still ahead leaves on its day.
  const overdue = held.filter((letter) => letter.sendOn <= on);
  const ask = state.policy.holds?.onRelease === 'ask' ? overdue : [];
  const go = held.filter((letter) => !ask.includes(letter));
  return {
    bodies: [
      released,
      ...park(ask, 'asked'),
      ...unpark(without, go, on, cal, `the hold (${hold.kind}) was released`),
    ],
    done:
      ask.length > 0
        ? `The hold (${hold.kind}) is released; ${ask.length} ${ask.length === 1 ? 'letter waits' : 'letters wait'} for a person to let ${ask.length === 1 ? 'it' : 'them'} leave.`
        : `The hold (${hold.kind}) is released.`,
  };
}

function releaseLetter(state: CaseState, command: ReleaseLetter, cal: CalendarLike): Judgement {
  const on = command.officeDate;
  const letter = named(state, command.letter);
  if (!letter || (letter.status !== 'waiting' && letter.status !== 'blocked')) {
    return refusal('LETTER_NOT_WAITING', 'No such letter of this case is waiting.');
  }
  if (state.holds.length > 0) {
    return refusal('HOLD_STANDS', 'The case is on hold; release the hold first.', {
      holds: state.holds.map((one) => one.kind),
    });
  }
  const questioned = questionedHearing(state);
  if (questioned) return questioned;
  if (!stepStands(state, letter, cal)) {
    return refusal(
      'BASIS_LOST',
      'What the step rests on no longer stands in the records: correct them, or withdraw the step.',
    );
  }
  const sendOn = addOfficeDays(on, 1, state.policy.holidays);
  if (letter.status === 'waiting' && letter.parked === null && letter.sendOn <= sendOn) {
    return refusal('LETTER_LEAVES_ANYWAY', `The letter leaves on ${shortDate(letter.sendOn)}.`, {
      sendOn: letter.sendOn,
    });
  }
  const { kind, sequence } = letter;
  return {
    bodies: [{ type: 'letter-rescheduled', kind, sequence, sendOn, because: command.reason }],
    done: `The letter leaves on ${shortDate(sendOn)}.`,
  };
}

function judgeProgress(state: CaseState, command: JudgeProgress): Judgement {
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
export function lettersAtStake(state: CaseState, command: Pick<Command, 'type'>): CaseLetter[] {
  switch (command.type) {
    case 'withdraw-step': {
      const letter = withdrawable(state);
      return letter ? [letter] : [];
    }
    case 'place-hold':
      return state.letters.filter((letter) => letter.status === 'waiting');
    case 'move-hearing':
    case 'continue-hearing':
    case 'cancel-hearing':
      return hearingLettersInHouse(state);
    case 'close-case':
      return state.letters.filter(
        ({ status, parked }) => status === 'blocked' || (status === 'waiting' && parked !== null),
      );
    default:
      return [];
  }
}

function recordHearing(state: CaseState, command: RecordHearing): Judgement {
  const { hearing } = state;
  if (!hearing || hearing.status !== 'scheduled')
    return refusal('NO_HEARING_SCHEDULED', 'No hearing is scheduled.');
  const questioned = questionedHearing(state);
  if (questioned) return questioned;
  if (command.officeDate < hearing.date) {
    return refusal('HEARING_NOT_YET', `The hearing is on ${shortDate(hearing.date)}.`, {
      date: hearing.date,
    });
  }
  if (command.outcome !== 'missed' && hearingLetter(state)?.status !== 'out') {
    return refusal(
      'HEARING_NOTICE_NOT_OUT',
      'The hearing notice has not gone out: a hearing without notice cannot stand.',
    );
  }
  return {
    bodies: [
      {
        type: 'hearing-recorded',
        sequence: hearing.sequence,
        outcome: command.outcome,
        appeared: command.appeared,
      },
    ],
    done:
      command.outcome === 'missed'
        ? 'Nobody appeared and the hearing was not held; set another date.'
        : command.outcome === 'held'
          ? 'The hearing is recorded as held.'
          : 'The hearing is recorded as held in the parent’s absence.',
  };
}

function issueOrder(state: CaseState, command: IssueOrder, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (state.order)
    return refusal('ORDER_ALREADY_ISSUED', `The order was issued on ${shortDate(state.order.on)}.`);
  if (!hearing || (hearing.status !== 'held' && hearing.status !== 'held-in-absence')) {
    return refusal('ORDER_BEFORE_HEARING', 'An order follows a hearing that was held.');
  }
  const returnDate = command.returnDate ?? nextSchoolDay(cal, command.officeDate);
  if (returnDate === undefined) {
    return refusal(
      'CALENDAR_NOT_KNOWN',
      'The school calendar is not known far enough to name the day of return; give it.',
    );
  }
  if (returnDate < hearing.date) {
    return refusal(
      'RETURN_BEFORE_HEARING',
      `The day of return cannot be before the hearing of ${shortDate(hearing.date)}.`,
    );
  }
  if (!isSchoolDay(cal, returnDate)) {
    return refusal(
      'RETURN_ON_A_DAY_WITHOUT_SCHOOL',
      `There is no school on ${shortDate(returnDate)}; name a school day.`,
    );
  }
  return {
    bodies: [
      {
        type: 'order-issued',
        sequence: state.letters.filter((letter) => letter.kind === 'order').length + 1,
        returnDate,
        findings: command.findings,
        services: command.services,
        reviewDate: command.reviewDate ?? null,
      },
      letterFor(state, 'order', command.officeDate, cal),
    ],
    done: `The order is issued: back to school on ${shortDate(returnDate)}, without any additional unexcused absence.`,
  };
}

function referToCourt(state: CaseState, command: ReferToCourt, cal: CalendarLike): Judgement {
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
