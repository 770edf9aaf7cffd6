/**
 * What a call asks of whom now, with the command that says it is done: for the school that called and wonders what it must
 * do, and for whoever has the call. Read from the state; no names, the student by number.
 */
import { shortDate } from '../dates.ts';
import { outcomesOf, type StepCode } from './policy.ts';
import {
  isOpenStep,
  liveOffers,
  openVisits,
  seeksSecond,
  stageOf,
  stepOf,
  visitStep,
  type CallState,
  type Step,
} from './state.ts';

export interface ToDo {
  readonly whom: 'school' | 'attendance-officer' | 'dispatcher' | 'counselor';
  readonly words: string;
  /** Without the program's name; null where there is nothing to enter. */
  readonly command: string | null;
}

/** Everything that waits for somebody, the school's first. */
export function toDo(state: CallState): readonly ToDo[] {
  const all = [...schoolDoes(state), ...counselorDoes(state), ...dispatcherDoes(state), ...officersDo(state)];
  return state.closed ? all.filter((one) => one.whom === 'school') : all;
}

function schoolDoes(state: CallState): ToDo[] {
  const { callNumber: call, closed, student, openedOn } = state;
  const school = (words: string, command: string | null = null): ToDo => ({ whom: 'school', words, command });
  const code = state.policy.codes.confirmedTruant;
  const found = stepOf(state, 'report-findings');
  return [
    ...(closed === null && stepOf(state, 'ask-ct')?.status === 'asked'
      ? [
          school(
            `Mark the student ${code} for ${shortDate(openedOn)} in the student system; your next attendance import tells the call. Or say it by hand.`,
            `absence add --student ${student ?? 'NUMBER'} --date ${openedOn} --code ${code}`,
          ),
        ]
      : []),
    ...(closed === null && state.schoolToldAt !== null && state.officer === null
      ? [
          school(
            'No officer has been able to take it yet. If none is needed any more, take it back.',
            `call cancel --call ${call} --by school --reason "…"`,
          ),
        ]
      : []),
    ...state.steps
      .filter((one) => closed === null && one.result === 'contradicted')
      .map((one) =>
        school(`The officer found otherwise than you said ("${one.label}"): look at your own records.`),
      ),
    ...(found?.status === 'done'
      ? [school('Read the findings on the address.', `notice list --case ${call}`)]
      : []),
    ...(closed?.outcome === 'no-officer'
      ? [school('No officer could come. If the parent calls again on another morning, call again.')]
      : []),
  ];
}

function counselorDoes(state: CallState): ToDo[] {
  if (stepOf(state, 'connect-counselor')?.status !== 'asked') return [];
  return [
    {
      whom: 'counselor',
      words: 'Meet the student, and say what came of it.',
      command: `call counselor --call ${state.callNumber} --note "…"`,
    },
  ];
}

function dispatcherDoes(state: CallState): ToDo[] {
  const { callNumber: call } = state;
  const dispatcher = (words: string, command: string): ToDo => ({ whom: 'dispatcher', words, command });
  return [
    ...(stageOf(state) === 'waiting'
      ? [
          dispatcher(
            'Find an officer: whoever comes on duty is offered it; or give it to one.',
            `call reassign --call ${call} --to O-… --reason "…"`,
          ),
        ]
      : []),
    ...(seeksSecond(state) && state.officer !== null
      ? [
          dispatcher(
            'Two officers go, and a second is sought; or let one go alone.',
            `call alone --call ${call} --reason "…"`,
          ),
        ]
      : []),
    ...(state.student === null
      ? [
          dispatcher(
            'Say who the student is, once somebody knows.',
            `call identify --call ${call} --student NUMBER`,
          ),
        ]
      : []),
  ];
}

function officersDo(state: CallState): ToDo[] {
  const { callNumber: call } = state;
  const officer = (words: string, command: string): ToDo => ({
    whom: 'attendance-officer',
    words,
    command,
  });
  const offered = liveOffers(state)
    .filter((one) => one.status === 'open')
    .map((one) => officer(`${one.officer} has been asked and answers.`, `call accept --call ${call}`));
  const visiting = visitStep(state);
  const before = state.steps.slice(0, visiting ? state.steps.indexOf(visiting) : 0);
  const next = state.steps.find((one) => one.status === 'open');
  switch (stageOf(state)) {
    case 'accepted': {
      const first = before.find((one) => one.status === 'open');
      return [...offered, first ? stepToDo(call, first) : officer('Go.', `call start --call ${call}`)];
    }
    case 'out': {
      if (openVisits(state).some((one) => one.arrivedAt === null)) {
        return [
          officer(
            'Say when you are there; turned back, give it back (call decline).',
            `call arrive --call ${call}`,
          ),
        ];
      }
      return [
        ...(visiting && isOpenStep(visiting) ? [stepToDo(call, visiting)] : []),
        officer('Say when you have left, and are safe.', `call leave --call ${call}`),
      ];
    }
    case 'steps': {
      if (next) return [stepToDo(call, next)];
      const outcomes = outcomesOf(state.policy, state.kind).map((one) => one.code);
      return state.steps.some(isOpenStep)
        ? []
        : [
            officer(
              `Close it with its outcome: ${outcomes.join(', ')}.`,
              `call close --call ${call} --outcome …`,
            ),
          ];
    }
    default:
      return offered;
  }
}

/** What a step's command asks for beside its name. */
const ASKS: Readonly<Record<StepCode, string>> = {
  transport: ' --note "…"',
  'home-visit': ' --note "…"',
  'ask-ct': '',
  'log-note': ' --note "…"',
  'consider-monitor': ' --result not-needed',
  'connect-counselor': '',
  'verify-auk': ' --result confirmed',
  'verify-attempts': ' --result confirmed',
  'report-findings': ' --result address-confirmed --note "…"',
};

const OR: Partial<Readonly<Record<StepCode, string>>> = {
  'consider-monitor': ' Or begin one first: monitor start.',
  'verify-auk': ' Or contradicted, with a note.',
  'verify-attempts': ' Or contradicted, with a note.',
  'report-findings': ' Or address-not-confirmed.',
};

function stepToDo(call: string, { code, label }: Step): ToDo {
  return {
    whom: 'attendance-officer',
    words: `${label}.${OR[code] ?? ''}`,
    command: `call step --call ${call} --step ${code}${ASKS[code]}`,
  };
}
