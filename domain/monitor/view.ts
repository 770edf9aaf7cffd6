/** A monitor as staff read it: in lists, and as Markdown in the Web UI. */
import type { CalendarLike } from '../calendar.ts';
import { knownUpTo } from '../coverage.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import { deadlines } from './deadlines.ts';
import { coveredDays, unexplained } from './judge.ts';
import { spanOf, standingBreaches, type Breach, type MonitorState } from './state.ts';

export interface MonitorView {
  readonly stage: 'running' | 'waiting-for-attendance' | 'ended';
  readonly actionBy: 'attendance-officer' | 'school' | 'nobody';
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly coveredDays: number;
  readonly ofDays: number;
  readonly knownUpTo: IsoDate | null;
  /** Breaches that stand. */
  readonly breaches: number;
  readonly nextDeadline: IsoDate | null;
  readonly headline: string;
}

export function viewOf(state: MonitorState, cal: CalendarLike): MonitorView {
  const { covered, of } = coveredDays(state, cal);
  const breaches = standingBreaches(state).length;
  return {
    stage: state.ended ? 'ended' : state.waitsForAttendance ? 'waiting-for-attendance' : 'running',
    actionBy: state.ended
      ? 'nobody'
      : state.waitsForAttendance
        ? 'school'
        : breaches > 0
          ? 'attendance-officer'
          : 'nobody',
    ...spanOf(state, cal),
    coveredDays: covered,
    ofDays: of,
    knownUpTo: knownUpTo(state.coverage),
    breaches,
    nextDeadline: deadlines(state, cal)[0]?.date ?? null,
    headline: standingWords(state, cal),
  };
}

const RESULT_WORDS = {
  met: 'the contract was met',
  'with-breaches': 'ended with breaches',
  'ended-early': 'ended by the officer before its stop date',
  'opened-in-error': 'opened in error',
} as const;

/** Where it stands, in a sentence. */
export function standingWords(state: MonitorState, cal: CalendarLike): string {
  const { from, to } = spanOf(state, cal);
  const count = standingBreaches(state).length;
  const broken = count === 0 ? 'no breach' : count === 1 ? '1 breach' : `${count} breaches`;
  if (state.ended) {
    return `Ended ${shortDate(state.ended.on)}: ${RESULT_WORDS[state.ended.result]}; ${broken}.`;
  }
  if (from === null || to === null) {
    return 'Start and stop date are not known: the school’s calendar ends before them.';
  }
  const { covered, of } = coveredDays(state, cal);
  const known = knownUpTo(state.coverage);
  const wait = state.waitsForAttendance
    ? ` Its stop date is over; it waits for attendance, ${known === null ? 'of which nothing is known yet' : `known up to ${shortDate(known)}`}.`
    : '';
  return `Runs ${shortDate(from)} to ${shortDate(to)}: ${covered} of ${of} school days known, ${broken}.${wait}`;
}

export const KIND_WORDS = {
  unexcused: 'unexcused',
  'confirmed-truant': 'found truant',
  unexplained: 'absent, still unexplained',
} as const;

export const BACK_WORDS = {
  corrected: 'the school corrected it',
  'no-school-that-day': 'there was no school that day',
  'outside-the-contract': 'the day is no longer one of the contract',
} as const;

export function breachWords({ date, kind, code, takenBack }: Breach): string {
  const back = takenBack && `; taken back ${shortDate(takenBack.on)}: ${BACK_WORDS[takenBack.why]}`;
  return `${shortDate(date)}: ${KIND_WORDS[kind]} (${code})${back ?? ''}`;
}

/** The monitor as Markdown for the Web UI: short lines, lists rather than tables. */
export function detailsOf(state: MonitorState, cal: CalendarLike): string {
  const lines = [`**Monitor ${state.number}. ${standingWords(state, cal)}**`, ''];
  lines.push(
    `Contract of ${shortDate(state.contractOn)}${state.call === null ? '' : `, from call ${state.call}`}. Officer ${state.officer}.`,
  );
  const section = (title: string, items: readonly string[]) => {
    if (items.length > 0) lines.push('', `### ${title}`, ...items.map((one) => `- ${one}`));
  };
  section('Breaches', state.breaches.map(breachWords));
  section(
    'Absences that may still be explained',
    state.ended
      ? []
      : unexplained(state, cal).map(
          ({ date, breachOn }) =>
            `${shortDate(date)}${breachOn === null ? '' : `, a breach from ${shortDate(breachOn)}`}`,
        ),
  );
  section(
    'Signed',
    state.signatures.map((one) => `${one.by} on ${shortDate(one.on)}`),
  );
  section(
    'Ahead',
    deadlines(state, cal).map((one) => one.summary),
  );
  if (state.ended?.reason) lines.push('', `Reason: ${state.ended.reason}`);
  return lines.join('\n');
}
