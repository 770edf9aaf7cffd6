/**
 * What may be done with a monitor, and what follows from what the records say. A command is accepted with its journal
 * entries or refused with a code and words; a refusal changes nothing.
 */
import { indexCalendar, schoolDays, type CalendarLike, type SchoolCalendar } from '../calendar.ts';
import { isCovered, knownUpTo, type Coverage } from '../coverage.ts';
import { addDays, later, shortDate, type IsoDate } from '../dates.ts';
import { refusal, type Refusal } from '../refusal.ts';
import type { MonitorCommand } from './commands.ts';
import { deadlines } from './deadlines.ts';
import type { MonitorEntry, MonitorEntryBody } from './entries.ts';
import { evolveAll } from './evolve.ts';
import { breachesFound, takenBackWhy, unexplained } from './judge.ts';
import { spanOf, standingBreaches, type MonitorMark, type MonitorState } from './state.ts';
import { standingWords } from './view.ts';

/** What the caller gets for an accepted command; the same answer again for the same id. */
export interface MonitorAnswer {
  readonly number: string;
  /** The journal's sequence number after this command. */
  readonly seq: number;
  readonly done: string;
  /** Where the monitor stands, in a sentence. */
  readonly standing: string;
  readonly nextDeadline: IsoDate | null;
}

export interface Taken {
  readonly state: MonitorState;
  readonly entries: readonly MonitorEntry[];
}

export type MonitorDecision =
  | (Taken & { readonly ok: true; readonly answer: MonitorAnswer })
  | { readonly ok: false; readonly refusal: Refusal };

/** Its first entries: start and stop date, and what the records already say. */
export function begin(state: MonitorState, cal: CalendarLike): Taken {
  const { from, to } = spanOf(state, cal);
  const begun: MonitorEntry = { type: 'monitor-begun', on: state.contractOn, call: state.call, from, to };
  return settled(state, [begun], cal);
}

/** Judges a command; settles first what the records say by its office date. */
export function decide(before: MonitorState, command: MonitorCommand, cal: CalendarLike): MonitorDecision {
  if (before.ended) return ended(before);
  const day = settled(before, [], cal, command.officeDate);
  // What fell due by now may have ended it.
  if (day.state.ended) return ended(day.state);
  const judgement = judge(day.state, command);
  if ('code' in judgement) return { ok: false, refusal: judgement };
  const entry: MonitorEntry = {
    ...judgement.body,
    on: later(command.officeDate, day.state.today),
    actor: command.actor,
    commandId: command.id,
  };
  const state = evolveAll(day.state, [entry]);
  return {
    ok: true,
    state,
    entries: [...day.entries, entry],
    answer: {
      number: state.number,
      seq: state.seq,
      done: judgement.done,
      standing: standingWords(state, cal),
      nextDeadline: deadlines(state, cal)[0]?.date ?? null,
    },
  };
}

function ended(state: MonitorState): MonitorDecision {
  return {
    ok: false,
    refusal: refusal(
      'MONITOR_ENDED',
      `The monitor ended on ${shortDate(state.ended?.on ?? state.today)}; nothing more can be recorded there.`,
      { endedOn: state.ended?.on, result: state.ended?.result },
    ),
  };
}

function judge(
  state: MonitorState,
  command: MonitorCommand,
): Refusal | { readonly body: MonitorEntryBody; readonly done: string } {
  switch (command.type) {
    case 'end-monitor': {
      const { how, reason } = command;
      const breaches = standingBreaches(state).length;
      const result = how === 'opened-in-error' ? 'opened-in-error' : 'ended-early';
      return {
        body: { type: 'monitor-ended', result, breaches, reason },
        done:
          how === 'officer'
            ? 'The monitor is ended before its stop date.'
            : 'The monitor is closed as opened in error.',
      };
    }
    case 'sign-contract': {
      const date = command.date ?? command.officeDate;
      if (date > command.officeDate || date < state.contractOn) {
        return refusal(
          'SIGNED_ON_ANOTHER_DAY',
          `The contract is of ${shortDate(state.contractOn)}; a signature lies between that day and today.`,
          { contractOn: state.contractOn },
        );
      }
      if (state.signatures.some((one) => one.by === command.by)) {
        return refusal('ALREADY_SIGNED', 'That signature is on record already.', { by: command.by });
      }
      return { body: { type: 'contract-signed', by: command.by, date }, done: 'The signature is recorded.' };
    }
    case 'change-officer':
      if (command.officer === state.officer) {
        return refusal('SAME_OFFICER', 'That officer watches this monitor already.');
      }
      return {
        body: {
          type: 'officer-changed',
          from: state.officer,
          to: command.officer,
          reason: command.reason,
        },
        done: 'Another officer watches from now on.',
      };
  }
}

/** What an import or a correction brought: the student's marks since the contract, and how far attendance is known. */
export interface AttendanceNews {
  readonly officeDate: IsoDate;
  readonly marks: readonly MonitorMark[];
  readonly coverage: Coverage;
}

export function takeAttendance(before: MonitorState, news: AttendanceNews, cal: CalendarLike): Taken {
  if (before.ended) return { state: before, entries: [] };
  const { marks, coverage, officeDate } = news;
  const same = JSON.stringify([marks, coverage]) === JSON.stringify([before.marks, before.coverage]);
  const entry: MonitorEntry = {
    type: 'attendance-known',
    on: later(officeDate, before.today),
    marks,
    coverage,
  };
  return settled(before, same ? [] : [entry], cal, officeDate);
}

/** An office day has come. */
export function takeDay(before: MonitorState, officeDate: IsoDate, cal: CalendarLike): Taken {
  if (before.ended) return { state: before, entries: [] };
  return settled(before, [], cal, officeDate);
}

/** The student's calendar changed, and with a transfer the school: start and stop move with it, visibly. */
export function takeCalendar(
  before: MonitorState,
  given: {
    readonly calendar: SchoolCalendar;
    readonly today: IsoDate;
    readonly school?: string | undefined;
  },
  cal: CalendarLike,
): Taken {
  if (before.ended) return { state: before, entries: [] };
  const moves = given.school !== undefined && given.school !== before.school;
  const changes = JSON.stringify(given.calendar) !== JSON.stringify(before.calendar);
  if (!moves && !changes) return { state: before, entries: [] };
  // What was over before this day stands as it was judged by the calendar of then.
  const day = settled(before, [], cal, addDays(given.today, -1));
  if (day.state.ended) return day;
  const on = later(given.today, day.state.today);
  const after = indexCalendar(given.calendar);
  const entries: MonitorEntry[] = [];
  if (moves) entries.push({ type: 'school-changed', on, from: before.school, to: given.school });
  if (changes) {
    entries.push({ type: 'calendar-changed', on, calendar: given.calendar });
    const was = spanOf(before, cal);
    const is = spanOf(before, after);
    if (was.from !== is.from)
      entries.push({ type: 'date-moved', on, which: 'start', from: was.from, to: is.from });
    if (was.to !== is.to) entries.push({ type: 'date-moved', on, which: 'stop', from: was.to, to: is.to });
  }
  const moved = settled(day.state, entries, after, given.today);
  return { state: moved.state, entries: [...day.entries, ...moved.entries] };
}

/** Entries given, then what follows from them: breaches found and taken back, and the end. */
function settled(
  before: MonitorState,
  given: readonly MonitorEntry[],
  cal: CalendarLike,
  officeDate: IsoDate = before.today,
): Taken {
  let state = evolveAll({ ...before, today: later(officeDate, before.today) }, given);
  const entries = [...given];
  const apply = (more: readonly MonitorEntry[]) => {
    entries.push(...more);
    state = evolveAll(state, more);
  };
  apply(breachChanges(state, cal));
  apply(ending(state, cal));
  // A day on which nothing happens leaves no trace: the state stays the fold of its entries.
  return entries.length === 0 ? { state: before, entries } : { state, entries };
}

function breachChanges(state: MonitorState, cal: CalendarLike): MonitorEntry[] {
  const on = state.today;
  const found = breachesFound(state, cal);
  const standing = standingBreaches(state);
  const gone = standing.filter(
    (one) => !found.some((other) => other.date === one.date && other.kind === one.kind),
  );
  const fresh = found.filter(
    (one) => !standing.some((other) => other.date === one.date && other.kind === one.kind),
  );
  return [
    ...gone.map(({ date }): MonitorEntry => ({
      type: 'breach-taken-back',
      on,
      date,
      why: takenBackWhy(state, date, cal),
    })),
    ...fresh.map(({ date, kind, code }): MonitorEntry => ({ type: 'breach-found', on, date, kind, code })),
  ];
}

/**
 * It is over once its stop date is behind, all its school days are known, and no absence of its days may still be explained;
 * until then it says what it waits for.
 */
function ending(state: MonitorState, cal: CalendarLike): MonitorEntry[] {
  const { from, to } = spanOf(state, cal);
  if (from === null || to === null || to > state.today) return [];
  const on = state.today;
  const days = schoolDays(cal, from, to);
  if (!days.every((date) => isCovered(state.coverage, date))) {
    const known = knownUpTo(state.coverage);
    // On the stop date itself the day's own attendance is still to come: nothing is late yet.
    return state.waitsForAttendance || to === on
      ? []
      : [{ type: 'waits-for-attendance', on, knownUpTo: known }];
  }
  if (unexplained(state, cal).length > 0) return [];
  const breaches = standingBreaches(state).length;
  const result = breaches === 0 ? 'met' : 'with-breaches';
  return [{ type: 'monitor-ended', on, result, breaches, reason: null }];
}
