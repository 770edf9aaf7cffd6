/** A call in a sentence, for lists and the first line of the Web UI: what is next, whose it is. */
import { shortDate } from '../dates.ts';
import {
  isOpenStep,
  openVisit,
  seeksSecond,
  stageOf,
  liveOffer,
  type CallState,
  type Step,
} from './state.ts';

export type ActionBy = 'dispatcher' | 'attendance-officer' | 'school' | 'counselor' | 'nobody';

/** What is next, in a sentence without names. */
export function headlineOf(state: CallState): string {
  switch (stageOf(state)) {
    case 'closed':
      return `Closed: ${state.closed?.outcome ?? ''}.`;
    case 'planned':
      return `Waits for ${shortDate(state.goesFrom)}.`;
    case 'waiting':
      return state.alerts > 0
        ? `No officer has it yet; the dispatcher has been alerted ${state.alerts === 1 ? 'once' : `${state.alerts} times`}.`
        : 'No officer has it yet.';
    case 'offered':
      return `Offered to officer ${liveOffer(state)?.officer ?? ''}, who has to answer.`;
    case 'accepted':
      return seeksSecond(state)
        ? `Officer ${state.officer ?? ''} has it; a second officer is sought.`
        : `Officer ${state.officer ?? ''} has it and goes.`;
    case 'out':
      return openVisit(state)?.overdue
        ? `Officer ${openVisit(state)?.officer ?? ''} is OVERDUE.`
        : `Officer ${openVisit(state)?.officer ?? ''} is out for it.`;
    case 'steps': {
      const next = nextStep(state);
      if (!next) return 'Every step is done: close it with its outcome.';
      return next.status === 'asked' ? `"${next.label}": asked, not answered yet.` : `Next: "${next.label}".`;
    }
  }
}

/** The first step nobody has done; of those that only wait for an answer, after all others. */
export function nextStep(state: CallState): Step | undefined {
  return (
    state.steps.find((one) => one.status === 'open') ?? state.steps.find((one) => one.status === 'asked')
  );
}

export function actionBy(state: CallState): ActionBy {
  switch (stageOf(state)) {
    case 'closed':
    case 'planned':
      return 'nobody';
    case 'waiting':
      return 'dispatcher';
    case 'out':
      return openVisit(state)?.overdue ? 'dispatcher' : 'attendance-officer';
    case 'steps': {
      const next = nextStep(state);
      if (next?.status !== 'asked') return 'attendance-officer';
      return next.code === 'connect-counselor' ? 'counselor' : 'school';
    }
    default:
      return 'attendance-officer';
  }
}

export function hasOpenSteps(state: CallState): boolean {
  return state.steps.some(isOpenStep);
}
