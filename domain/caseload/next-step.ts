/** What the Case Manager does next, in a sentence. */
import type { CalendarLike } from '../calendar.ts';
import { deadlines, waiting } from './deadlines.ts';
import { standingOf, type CaseloadState } from './state.ts';

export function nextStep(state: CaseloadState, cal: CalendarLike): string {
  if (state.ended) return 'Nothing: the student is no longer on the caseload.';
  const reviews = state.reviews.filter((one) => one.status === 'due').map((one) => one.id);
  const agencies = state.agencies.filter((one) => one.followUp?.due).map((one) => one.id);
  const due = [
    ...(reviews.length > 0 ? [`review the plan (${reviews.join(', ')})`] : []),
    ...(agencies.length > 0 ? [`follow up with the agency (${agencies.join(', ')})`] : []),
  ];
  if (due.length > 0) return `Due now: ${due.join('; ')}.`;
  switch (standingOf(state)) {
    case 'to-meet':
      return 'Meet student and parent, and make the attendance improvement plan.';
    case 'to-plan':
      return 'Make the attendance improvement plan.';
    case 'to-share':
      return 'Go through the plan with student and parent.';
    case 'plan-met':
      return 'All goals are met: the student can leave the caseload.';
    default:
      return ahead(state, cal);
  }
}

function ahead(state: CaseloadState, cal: CalendarLike): string {
  const [next] = deadlines(state, cal);
  if (next) return `Next: ${next.summary}.`;
  return waiting(state).length > 0
    ? 'The next day lies beyond the calendar known so far; import the calendar that follows.'
    : 'No review is ahead: set another with a review or a revised plan, or end the caseload.';
}
