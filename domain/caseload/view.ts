/** A caseload as staff read it: in lists, and as Markdown in the Web UI. */
import type { CalendarLike } from '../calendar.ts';
import { shortDate, type IsoDate } from '../dates.ts';
import { dayOf, deadlines } from './deadlines.ts';
import { nextStep } from './next-step.ts';
import { planOf, standingOf, type CaseloadState, type Review, type Standing } from './state.ts';

export interface CaseloadView {
  readonly standing: Standing;
  readonly actionBy: 'case-manager' | 'nobody';
  readonly nextDeadline: IsoDate | null;
  /** What is next, in a sentence. */
  readonly headline: string;
}

export function viewOf(state: CaseloadState, cal: CalendarLike): CaseloadView {
  return {
    standing: standingOf(state),
    actionBy: state.ended ? 'nobody' : 'case-manager',
    nextDeadline: deadlines(state, cal)[0]?.date ?? null,
    headline: nextStep(state, cal),
  };
}

/** Day of a review in words, and what became of it. */
export function reviewWords(review: Review, cal: CalendarLike): string {
  const date = dayOf(review.on, cal);
  const day = date === null ? 'day not known yet' : shortDate(date);
  switch (review.status) {
    case 'ahead':
      return day;
    case 'due':
      return `${day}: due`;
    case 'replaced':
      return `${day}: replaced by a later plan`;
    case 'held':
      return review.held ? `held ${shortDate(review.held.on)}` : 'held';
  }
}

/** Why the student is on the caseload. */
export function whyWords({ why, reason }: Pick<CaseloadState, 'why' | 'reason'>): string {
  if (why === 'third-referral') return 'third referral';
  return `by the Case Manager${reason === null ? '' : `: ${reason}`}`;
}

/** The caseload as Markdown for the Web UI: short lines, lists rather than tables. */
export function detailsOf(state: CaseloadState, cal: CalendarLike): string {
  const view = viewOf(state, cal);
  const lines = [
    `**Caseload of ${state.caseNumber} (${state.sequence}). ${view.headline}**`,
    '',
    `On the caseload since ${shortDate(state.placedOn)} (${whyWords(state)}).`,
  ];
  const section = (title: string, items: readonly string[]) => {
    if (items.length > 0) lines.push('', `### ${title}`, ...items.map((one) => `- ${one}`));
  };
  const met = state.meetings.filter((one) => one.outcome === 'met').length;
  section(
    `Meetings: ${met} held, ${state.meetings.length - met} tried`,
    state.meetings.slice(-8).map((one) => `${shortDate(one.date)}: ${one.with}, ${one.outcome}`),
  );
  const plan = planOf(state);
  if (plan) {
    section(`Plan of ${shortDate(plan.on)}${plan.revision > 1 ? ` (revision ${plan.revision})` : ''}`, [
      ...plan.goals.map((goal) => `${goal.met ? 'met' : 'open'}: ${goal.text}`),
      ...plan.supports.map((support) => `support: ${support}`),
      ...plan.shared.map((one) => `gone through with ${one.with} on ${shortDate(one.on)}`),
      ...plan.signatures.map((one) => `signed by ${one.by} on ${shortDate(one.on)}`),
    ]);
    section(
      'Reviews',
      state.reviews
        .filter((one) => one.revision === plan.revision)
        .map((one) => `${one.id}: ${reviewWords(one, cal)}`),
    );
  }
  section(
    'Agencies',
    state.agencies.map((one) => {
      const last = one.outcomes.at(-1);
      const ask = one.followUp && dayOf(one.followUp.on, cal);
      return `${one.id}: ${one.agency}, ${shortDate(one.on)}${last ? `: ${last.outcome}` : ''}${one.followUp ? `; follow-up ${one.followUp.due ? 'due' : ask === null ? 'not dated yet' : shortDate(ask)}` : ''}`;
    }),
  );
  section(
    'Ahead',
    deadlines(state, cal).map((one) => one.summary),
  );
  if (state.ended)
    lines.push('', `Ended ${shortDate(state.ended.on)} (${state.ended.how}): ${state.ended.reason}`);
  return lines.join('\n');
}
