/** Hearing and order: the Regional Superintendent's decisions. */
import { isSchoolDay, nextSchoolDay, type CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import { isOfficeDay } from '../office-days.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type {
  CancelHearing,
  IssueOrder,
  LetHearingStand,
  MoveHearing,
  RecordHearing,
  ScheduleHearing,
} from './commands.ts';
import type { EntryBody } from './entries.ts';
import type { Judgement } from './judgement.ts';
import { leavingFrom, letterFor, parkedFor, unpark } from './leaving.ts';
import { hearingCountStands } from './questions.ts';
import { earliestHearing, hearingLetter, hearingObstacles, hearingTold, unexcusedCount } from './rules.ts';
import type { CaseLetter, CaseState } from './state.ts';

export function scheduleHearing(state: CaseState, command: ScheduleHearing, cal: CalendarLike): Judgement {
  const on = command.officeDate;
  if (state.order) return refusal('ORDER_ALREADY_ISSUED', 'The hearing has been held and the order issued.');
  if (state.hearing && state.hearing.status !== 'missed') {
    return refusal('HEARING_ALREADY_SCHEDULED', `The hearing is set for ${shortDate(state.hearing.date)}.`, {
      date: state.hearing.date,
    });
  }
  // A hearing that was missed is set again without asking for the count anew: it was judged when first scheduled. What
  // corrections have made of that count since is asked first.
  const lost = lostCount(state, cal);
  if (lost) return lost;
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
  if (command.date <= on) {
    return refusal(
      'HEARING_NOT_AHEAD',
      `${shortDate(command.date)} is not after today, ${shortDate(on)}: no notice could reach the family before it.`,
      { date: command.date },
    );
  }
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
export function questionedHearing(state: CaseState): Refusal | null {
  const questioned = state.hearing?.questioned;
  if (!questioned || questioned.stands) return null;
  return refusal(
    'HEARING_QUESTIONED',
    `Corrections took the count of the day the hearing was scheduled to ${questioned.count} days: the Regional Superintendent cancels the hearing, or says why it stands.`,
    { count: questioned.count },
  );
}

/** A hearing that has been held or missed, and whose count was corrected since: nothing new is built on it. */
function lostCount(state: CaseState, cal: CalendarLike): Refusal | null {
  if (!state.hearing || hearingCountStands(state, cal)) return null;
  const count = unexcusedCount(state, state.hearing.scheduledOn, cal);
  return refusal(
    'HEARING_QUESTIONED',
    `Corrections took the count of the day the hearing was scheduled to ${count} days: the Regional Superintendent takes it back, or says why it stands.`,
    { count },
  );
}

/** Letters about the hearing that have not left. */
export function hearingLettersInHouse(state: CaseState): CaseLetter[] {
  return state.letters.filter(
    ({ kind, status }) =>
      (kind === 'hearing-notice' || kind === 'hearing-moved') &&
      (status === 'waiting' || status === 'blocked'),
  );
}

function stop(letters: readonly CaseLetter[], reason: string): EntryBody[] {
  return letters.map(({ kind, sequence }) => ({ type: 'letter-withdrawn', kind, sequence, reason }));
}

export function moveHearing(state: CaseState, command: MoveHearing, cal: CalendarLike): Judgement {
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
  const told = hearingTold(state);
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

export function cancelHearing(state: CaseState, command: CancelHearing, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (hearing?.status !== 'scheduled' && hearing?.status !== 'missed')
    return refusal('NO_HEARING_SCHEDULED', 'No hearing is scheduled.');
  // The day of one that was missed is over: there is nothing left to tell the family that it is off.
  const told = hearing.status === 'missed' ? undefined : hearingTold(state);
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
    done: hearing.status === 'missed' ? 'The hearing is not set again.' : 'The hearing is cancelled.',
  };
}

function otherLetters(letters: readonly CaseLetter[]): CaseLetter[] {
  return letters.filter(({ kind }) => kind !== 'hearing-notice' && kind !== 'hearing-moved');
}

export function letHearingStand(state: CaseState, command: LetHearingStand, cal: CalendarLike): Judgement {
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

export function recordHearing(state: CaseState, command: RecordHearing): Judgement {
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

export function issueOrder(state: CaseState, command: IssueOrder, cal: CalendarLike): Judgement {
  const { hearing } = state;
  if (state.order)
    return refusal('ORDER_ALREADY_ISSUED', `The order was issued on ${shortDate(state.order.on)}.`);
  if (!hearing || (hearing.status !== 'held' && hearing.status !== 'held-in-absence')) {
    return refusal('ORDER_BEFORE_HEARING', 'An order follows a hearing that was held.');
  }
  const lost = lostCount(state, cal);
  if (lost) return lost;
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
  if (command.reviewDate !== undefined && command.reviewDate < returnDate) {
    return refusal(
      'REVIEW_BEFORE_RETURN',
      `The order cannot be reviewed before the day of return, ${shortDate(returnDate)}.`,
      { returnDate },
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
