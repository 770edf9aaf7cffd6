/** A call as staff read it: in lists, and as Markdown in the Web UI. */
import type { CalendarLike } from '../calendar.ts';
import { shortDate } from '../dates.ts';
import { localOf } from '../office-clock.ts';
import { deadlines } from './deadlines.ts';
import {
  isSeeking,
  openVisit,
  seeksSecond,
  stageOf,
  type CallStage,
  type CallState,
  type Instant,
  type Step,
} from './state.ts';
import { actionBy, headlineOf, type ActionBy } from './words.ts';

export interface CallView {
  readonly stage: CallStage;
  readonly actionBy: ActionBy;
  readonly nextDeadline: Instant | null;
  /** What is next, in a sentence without names. */
  readonly headline: string;
  /** 1 goes first; null: no priority call. */
  readonly priority: number | null;
  readonly seeking: boolean;
  readonly flags: readonly string[];
}

export function viewOf(state: CallState, cal: CalendarLike): CallView {
  return {
    stage: stageOf(state),
    actionBy: actionBy(state),
    nextDeadline: deadlines(state, cal)[0]?.at ?? null,
    headline: headlineOf(state),
    priority: state.policy.kinds[state.kind].priority,
    seeking: isSeeking(state),
    flags: flagsOf(state),
  };
}

function flagsOf(state: CallState): string[] {
  if (state.closed) return [];
  return [
    ...(state.policy.kinds[state.kind].priority === null ? [] : ['priority']),
    ...(openVisit(state)?.overdue ? ['officer-overdue'] : []),
    ...(state.alerts > 0 && state.officer === null ? ['nobody-has-it'] : []),
    ...(state.student === null ? ['student-unknown'] : []),
    ...(seeksSecond(state) ? ['second-officer-needed'] : []),
    ...state.steps.filter((one) => one.status === 'asked').map((one) => `asked-${one.code}`),
  ];
}

/** The call as Markdown for the Web UI: short lines, lists rather than tables. */
export function detailsOf(state: CallState, cal: CalendarLike): string {
  const { policy, kind } = state;
  const rules = policy.kinds[kind];
  const ahead = deadlines(state, cal);
  const view = viewOf(state, cal);
  const by = view.actionBy === 'nobody' ? '' : ` To act: ${view.actionBy.replaceAll('-', ' ')}`;
  const until = ahead[0] && by !== '' ? ` by ${timeOf(state, ahead[0].at)}` : '';
  const lines = [
    `**${state.callNumber}, ${rules.label}${rules.priority === null ? '' : ' (PRIORITY)'}. ${view.headline}${by}${until}${by === '' ? '' : '.'}**`,
    '',
    `Came in ${timeOf(state, state.openedAt)} for ${state.school ?? 'a school not known yet'}.`,
  ];
  const section = (title: string, items: readonly string[]) => {
    if (items.length > 0) lines.push('', `### ${title}`, ...items.map((one) => `- ${one}`));
  };
  section(
    'Conditions at intake',
    state.conditions.map((one) => `${one.standing}: ${one.words}`),
  );
  section('Checklist', state.steps.map(stepWords));
  section(
    'Offers',
    state.offers
      .slice(-8)
      .map((one) => `${one.nth}: ${one.officer}, ${timeOf(state, one.at)}: ${one.status}`),
  );
  section(
    'Visits',
    state.visits.map(
      (one) =>
        `${one.officer}: left ${timeOf(state, one.departedAt)}, arrived ${one.arrivedAt ? timeOf(state, one.arrivedAt) : '–'}, back ${one.backAt ? timeOf(state, one.backAt) : `expected ${timeOf(state, one.expectedBackAt)}${one.overdue ? ', OVERDUE' : ''}`}`,
    ),
  );
  section(
    'Ahead',
    ahead.map((one) => `${timeOf(state, one.at)}: ${one.summary}`),
  );
  if (state.closed) {
    const { on, outcome, reason } = state.closed;
    lines.push('', `Closed ${shortDate(on)}: ${outcome}${reason === null ? '' : `, ${reason}`}.`);
  }
  return lines.join('\n');
}

function stepWords(step: Step): string {
  const result = step.result === null ? '' : ` (${step.result})`;
  const who = step.officer === null ? '' : ` by ${step.officer}`;
  switch (step.status) {
    case 'open':
      return `☐ ${step.label}`;
    case 'asked':
      return `… ${step.label}: asked ${step.askedOn === null ? '' : shortDate(step.askedOn)}`;
    case 'done':
      return `✓ ${step.label}${result}${who}`;
    case 'waived':
      return `– ${step.label}: waived, ${step.note ?? ''}`;
  }
}

function timeOf(state: CallState, at: Instant): string {
  const { date, time } = localOf(state.clock, Date.parse(at));
  return `${shortDate(date)} ${time}`;
}
