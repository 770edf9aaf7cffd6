/**
 * What a person may decide, and what follows. A command is accepted with its journal entries or refused with a code
 * and words; a refusal changes nothing. The rules themselves are in rules.ts.
 */
import { isSchoolDay, nextSchoolDay, window, type CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import { isOfficeDay } from '../office-days.ts';
import type { LetterKind } from '../policy.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type {
  CloseCase,
  Command,
  IssueOrder,
  MakeReferral,
  RecordHearing,
  ReferToCourt,
  ScheduleHearing,
  WithdrawStep,
} from './commands.ts';
import { settleDates } from './deadlines.ts';
import type { Entry, EntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { whatNext } from './next-step.ts';
import {
  earliestHearing,
  hearingObstacles,
  interventionsForNext,
  newUnexcusedAbsences,
  nextReferral,
  NOTICE_KINDS,
  ORDINALS,
  orderBrokenBy,
  referralObstacles,
  sendingDay,
  unexcusedCount,
} from './rules.ts';
import {
  CLOSING_REASONS,
  latestLetter,
  stageOf,
  type CaseLetter,
  type CaseState,
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
  readonly letter: { readonly kind: LetterKind; readonly sequence: number; readonly sendOn: IsoDate } | null;
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
  const after = evolveAll(state, made);
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
      letter: decided ? { kind: decided.kind, sequence: decided.sequence, sendOn: decided.sendOn } : null,
      ...whatNext(after, cal),
    },
  };
}

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
    case 'record-hearing':
      return recordHearing(state, command);
    case 'issue-order':
      return issueOrder(state, command, cal);
    case 'refer-to-court':
      return referToCourt(state, command, cal);
    case 'record-court-answer':
      return !state.court
        ? refusal('NOT_IN_COURT', 'The case has not been referred to the State’s Attorney.')
        : {
            bodies: [{ type: 'court-answered', answer: command.answer }],
            done: `The State’s Attorney’s answer is recorded: ${command.answer}.`,
          };
    case 'close-case':
      return closeCase(state, command);
  }
}

function closeCase(state: CaseState, command: CloseCase): Judgement {
  if (!CLOSING_REASONS.includes(command.reason)) {
    return refusal('UNKNOWN_REASON', `A case closes for one of: ${CLOSING_REASONS.join(', ')}.`);
  }
  // Whether a waiting letter may still be stopped is decided where it leaves, not here: withdrawing asks there.
  const waiting = state.letters.find((letter) => letter.status === 'waiting');
  if (waiting) {
    return refusal(
      'LETTER_WAITING',
      `A letter of this case leaves on ${shortDate(waiting.sendOn)}; withdraw its step first, or close the case after it has left.`,
      { letter: waiting.kind, sendOn: waiting.sendOn },
    );
  }
  const heldBack = state.letters.filter((letter) => letter.status === 'blocked');
  return {
    bodies: [
      ...heldBack.map(({ kind, sequence }): EntryBody => ({
        type: 'letter-withdrawn',
        kind,
        sequence,
        reason: 'the case was closed',
      })),
      { type: 'case-closed', reason: command.reason, note: command.note ?? null },
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
    letterFor(state, NOTICE_KINDS[n - 1]!, on),
  ];
  // "Case Manager will put student on caseload (if not already on caseload)."
  if (n === 3 && state.policy.caseload.placedAtThirdReferral && !state.caseload) {
    bodies.push({ type: 'caseload-placed', why: 'third-referral', reason: null });
  }
  return { bodies, done: `The ${ORDINALS[n - 1]!} referral is accepted.` };
}

/** A letter leaves at the office's next sending time; until then its step can be withdrawn. */
function letterFor(state: CaseState, kind: LetterKind, on: IsoDate): EntryBody {
  const sequence = state.letters.filter((letter) => letter.kind === kind).length + 1;
  return { type: 'letter-decided', kind, sequence, sendOn: sendingDay(state, on) };
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
  return {
    bodies: undoStep(state, letter, command.reason),
    done: `The ${stepName(letter.kind)} is withdrawn; its letter will not leave.`,
  };
}

function stepName(kind: LetterKind): string {
  const n = NOTICE_KINDS.indexOf(kind);
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
  const n = NOTICE_KINDS.indexOf(kind);
  if (n >= 0) {
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
  if (!isOfficeDay(command.date, state.policy.holidays)) {
    return refusal('HEARING_ON_A_DAY_OFF', `The office is closed on ${shortDate(command.date)}.`, {
      date: command.date,
    });
  }
  const earliest = earliestHearing(state, on, command.posted);
  if (command.date < earliest && command.override === undefined) {
    const days = command.posted
      ? state.policy.hearing.noticeDaysPosted
      : state.policy.hearing.noticeDaysEmail;
    return refusal(
      'HEARING_TOO_SOON',
      `The notice leaves on ${shortDate(sendingDay(state, on))} and must be ${days} days ahead${command.posted ? ', as it is posted' : ''}: the hearing can be from ${shortDate(earliest)} on.`,
      { earliest },
    );
  }
  const count = unexcusedCount(state, on, cal);
  return {
    bodies: [
      {
        type: 'hearing-scheduled',
        sequence: (state.hearing?.sequence ?? 0) + 1,
        date: command.date,
        time: command.time,
        place: command.place,
        count: state.hearing?.countAtScheduling ?? count,
        override: command.override ?? null,
      },
      letterFor(state, 'hearing-notice', on),
    ],
    done: `The hearing is set for ${shortDate(command.date)}, ${command.time}.`,
  };
}

function recordHearing(state: CaseState, command: RecordHearing): Judgement {
  const { hearing } = state;
  if (!hearing || hearing.status !== 'scheduled')
    return refusal('NO_HEARING_SCHEDULED', 'No hearing is scheduled.');
  if (command.officeDate < hearing.date) {
    return refusal('HEARING_NOT_YET', `The hearing is on ${shortDate(hearing.date)}.`, {
      date: hearing.date,
    });
  }
  if (command.outcome !== 'missed' && latestLetter(state, 'hearing-notice')?.status !== 'out') {
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
      letterFor(state, 'order', command.officeDate),
    ],
    done: `The order is issued: back to school on ${shortDate(returnDate)}, without any additional unexcused absence.`,
  };
}

function referToCourt(state: CaseState, command: ReferToCourt, cal: CalendarLike): Judgement {
  if (state.court)
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
  return {
    bodies: [
      { type: 'court-referred', override: command.override ?? null },
      letterFor(state, 'state-attorney-referral', command.officeDate),
    ],
    done: `The case is referred to the State’s Attorney of ${state.county} County.`,
  };
}
