/** Holds, and letters that wait for a person. */
import { addSchoolDays, type CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import { addOfficeDays } from '../office-days.ts';
import { refusal, type Refusal } from '../refusal.ts';
import { awaitsApproval } from './approval.ts';
import type { ExtendHold, PlaceHold, ReleaseHold, ReleaseLetter } from './commands.ts';
import { questionedHearing } from './decide-hearing.ts';
import type { EntryBody } from './entries.ts';
import type { Judgement } from './judgement.ts';
import { park, parkedFor, unpark } from './leaving.ts';
import { named, stepStands } from './questions.ts';
import type { CaseState } from './state.ts';

export function placeHold(state: CaseState, command: PlaceHold, cal: CalendarLike): Judgement {
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
        ...inSchoolDays(command),
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

/** A hold measured in school days moves with the calendar. */
function inSchoolDays({ schoolDays }: { readonly schoolDays?: number | undefined }): { schoolDays?: number } {
  return schoolDays === undefined ? {} : { schoolDays };
}

/** Holds measured in school days whose last day a changed calendar moves: from, to, because. */
export function replannedHolds(
  state: CaseState,
  on: IsoDate,
  cal: CalendarLike,
  because: string,
): EntryBody[] {
  return state.holds.flatMap(({ id, counted, until: from, expired }): EntryBody[] => {
    if (counted === null) return [];
    const until = addSchoolDays(cal, counted.from, counted.schoolDays);
    // One that is over and has been told stays over, unless its end lies ahead again.
    if (until === undefined || until === from || (expired && until < on)) return [];
    return [
      { type: 'hold-replanned', id, until, because },
      { type: 'deadline-moved', deadline: 'hold-expires', from, to: until, because },
    ];
  });
}

export function extendHold(state: CaseState, command: ExtendHold, cal: CalendarLike): Judgement {
  const hold = state.holds.find((one) => one.id === command.hold);
  if (!hold) return UNKNOWN_HOLD;
  const until = holdEnd(command, command.officeDate, cal);
  if (typeof until === 'object') return until;
  return {
    bodies: [{ type: 'hold-extended', id: hold.id, until, reason: command.reason, ...inSchoolDays(command) }],
    done: `The hold (${hold.kind}) goes on until ${shortDate(until)}.`,
  };
}

const UNKNOWN_HOLD = refusal('NO_SUCH_HOLD', 'No such hold stands in this case.');

export function releaseHold(state: CaseState, command: ReleaseHold, cal: CalendarLike): Judgement {
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
  // A letter nobody has approved yet is its approver's: nobody is asked twice.
  const overdue = held.filter((letter) => letter.sendOn <= on && !awaitsApproval(letter));
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

export function releaseLetter(state: CaseState, command: ReleaseLetter, cal: CalendarLike): Judgement {
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
  if (awaitsApproval(letter)) {
    return refusal('APPROVAL_MISSING', `The letter leaves once it is approved (${letter.approval!.role}).`, {
      role: letter.approval!.role,
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
  const { hearing } = state;
  const ofHearing = letter.kind === 'hearing-notice' || letter.kind === 'hearing-moved';
  if (ofHearing && hearing && hearing.date <= sendOn) {
    return refusal(
      'HEARING_DAY_PASSED',
      `The letter would leave on ${shortDate(sendOn)}, and the hearing it tells of is on ${shortDate(hearing.date)}: move the hearing, and it is replaced.`,
      { date: hearing.date },
    );
  }
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
