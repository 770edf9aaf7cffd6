/** `call`: service calls of the Intervention Department, from the offer to the closed checklist. */
import { Option, type Command } from 'commander';
import { CALL_KINDS, STEP_CODES } from '../../../domain/calls/policy.ts';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { CallAnswered, CallListed, CallShown } from '../../services/calls.ts';
import { part } from '../api-source.ts';
import { nextInShort } from '../board-text.ts';
import { tableWithSentence } from '../frame.ts';
import { cell, idOf, noun, verb, withId, type Doing } from '../verb.ts';

interface OfCall {
  readonly call: string;
  readonly id?: string;
  readonly officer?: string;
  readonly at?: string;
}

export function register(program: Command): void {
  const call = noun(program, 'call', 'Service calls: who is asked, who goes, what was done.');
  registerReading(call);
  registerGoing(call);
  registerChecklist(call);
  registerDispatcher(call);
}

const withCall = (command: Command): Command =>
  withId(command.requiredOption('--call <number>', 'the call, e.g. S-000017'));

const AT = 'when it happened: HH:MM of today, or an instant like 2025-02-12T09:40:00-06:00; default: now';

const withOfficer = (command: Command): Command =>
  withCall(command)
    .option('--officer <id>', 'entered for this officer, e.g. O-0001 (the dispatcher)')
    .option('--at <time>', AT);

async function ask({ api, out }: Doing, options: OfCall, route: string, body: object = {}): Promise<void> {
  const { officer, at } = options;
  const answer = await api.post<CallAnswered>(`calls/${part(options.call)}/${route}`, {
    id: idOf(options),
    ...(officer === undefined ? {} : { officer }),
    ...(at === undefined ? {} : { at: instant(at) }),
    ...body,
  });
  out.result(
    answer,
    [
      answer.done,
      ...answer.hazards.map((note) => `CAREFUL  ${note}`),
      ...(answer.intervention === null ? [] : [`Counts   as an intervention in case ${answer.intervention}`]),
      `Call     ${answer.callNumber} (${answer.stage})`,
      `Next     ${answer.next.replace(/^Next: /, '')}`,
      ...(answer.stale ? ['(Lists show this in a moment.)'] : []),
    ].join('\n'),
  );
}

function instant(text: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InputFault(
      'BAD_TIME',
      'write HH:MM of today, or an instant, e.g. 2025-02-12T09:40:00-06:00',
      '--at',
    );
  }
  return new Date(text).toISOString();
}

function registerReading(call: Command): void {
  verb<{ status?: string; school?: string; kind?: string; officer?: string }>(call, {
    name: 'list',
    description: 'Open calls in the order in which they are served.',
    example: 'call list --school PEKIN-HS',
    options: (c) =>
      c
        .addOption(
          new Option('--status <status>', 'which').choices(['open', 'closed', 'any']).default('open'),
        )
        .option('--school <code>', 'only of this school')
        .addOption(new Option('--kind <kind>', 'only of this kind').choices([...CALL_KINDS]))
        .option('--officer <id>', 'only this officer’s'),
    run: async ({ status, school, kind, officer }, { api, out }) => {
      const { calls } = await api.get<{ calls: CallListed[] }>('calls', { status, school, kind, officer });
      const rows = calls.map((one) => [
        one.callNumber,
        one.priority === null ? '' : String(one.priority),
        one.kind,
        cell(one.school ?? '?', 10),
        one.officer ?? '',
        nextInShort(one.next),
      ]);
      out.result(
        calls,
        calls.length === 0
          ? 'No calls.'
          : tableWithSentence(['Call', 'P', 'Kind', 'School', 'Officer', 'Next'], rows),
      );
    },
  });
  verb<{ call: string }>(call, {
    name: 'show',
    description: 'One call: conditions, checklist, offers, visits.',
    example: 'call show --call S-000017',
    options: (c) => c.requiredOption('--call <number>', 'the call, e.g. S-000017'),
    run: async ({ call: number }, { api, out }) => {
      const shown = await api.get<CallShown>(`calls/${part(number)}`);
      out.result(shown, callText(shown));
    },
  });
}

/** Where to go, and what was said when the call came in. */
function saidLines({ address, intake }: CallShown): string[] {
  const said = intake as {
    police?: Partial<
      Record<'place' | 'firstName' | 'lastName' | 'birthDate' | 'school' | 'description' | 'unit', string>
    >;
    note?: string;
    reasonWords?: string;
  };
  const { police } = said;
  const heard = [police?.firstName, police?.lastName].filter(Boolean).join(' ');
  const born = police?.birthDate === undefined ? '' : `born ${police.birthDate}`;
  const looks = [heard, born, police?.school, police?.description].filter(
    (one) => one !== undefined && one !== '',
  );
  const where =
    address === null
      ? police?.place
      : `${address.lines.join(', ')}, ${address.city}, ${address.state} ${address.postalCode}`;
  return [
    ...(where === undefined ? [] : [`Where    ${where}`]),
    ...(looks.length === 0 ? [] : [`Heard    ${looks.join('; ')}`]),
    ...(police?.unit === undefined ? [] : [`Police   ${police.unit}`]),
    ...(said.reasonWords === undefined ? [] : [`Because  ${said.reasonWords}`]),
    ...(said.note === undefined ? [] : [`Note     ${said.note}`]),
  ];
}

const MARKS: Readonly<Record<string, string>> = { open: '[ ]', asked: '[?]', done: '[x]', waived: '[-]' };

function callText(shown: CallShown): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines];
  return [
    `${shown.callNumber}  ${shown.kind}${shown.priority === null ? '' : ` (priority ${shown.priority})`}, ${shown.stage}`,
    `School   ${shown.school ?? 'not known yet'}`,
    `Student  ${shown.student ?? 'not known yet'}`,
    `Officer  ${shown.officer ?? 'nobody yet'}`,
    ...(shown.closed === null
      ? [`Next     ${shown.next.replace(/^Next: /, '')}`]
      : [
          `Closed   ${shortDate(shown.closed.on)}: ${shown.closed.outcome}${shown.closed.reason === null ? '' : `, ${shown.closed.reason}`}`,
        ]),
    ...saidLines(shown),
    ...(shown.pair ? ['Goes     two officers'] : []),
    ...shown.hazards.map((note) => `CAREFUL  ${note}`),
    ...section('To do', toDoLines(shown)),
    ...section(
      'Conditions',
      shown.conditions.map((one) => `  ${one.standing}: ${one.words}`),
    ),
    ...section(
      'Checklist',
      shown.steps.flatMap((step) => [
        `  ${MARKS[step.status] ?? ''} ${step.code}: ${step.label}${step.result === null ? '' : ` (${step.result})`}${step.note === null ? '' : `: ${step.note}`}`,
        ...step.records.map((one) => `      ${one.standing}: ${one.words}`),
      ]),
    ),
    ...section(
      'Offers',
      shown.offers.map((one) => `  ${one.nth} ${one.officer} ${one.atLocal}: ${one.status}`),
    ),
    ...section(
      'Visits',
      shown.visits.map(
        (one) =>
          `  ${one.officer} left ${one.departedLocal}, there ${one.arrivedLocal?.slice(11) ?? '–'}, back ${one.backLocal?.slice(11) ?? '–'}${one.flagged.length === 0 ? '' : ` (look: ${one.flagged.join(', ')})`}`,
      ),
    ),
  ]
    .map((line) => line.replace(/^( {2}\S+) {2,}/, '$1 '))
    .join('\n');
}

const WHO: Readonly<Record<CallShown['toDo'][number]['whom'], string>> = {
  school: 'School',
  'attendance-officer': 'Officer',
  dispatcher: 'Dispatcher',
  counselor: 'Counselor',
};

/** Who does what now, and how it is said; a school that has nothing to do is told so. */
function toDoLines({ toDo, closed }: CallShown): string[] {
  const lines = toDo.flatMap(({ whom, words, command }) => [
    `  ${WHO[whom]}: ${words}`,
    ...(command === null ? [] : [`      truancy ${command}`]),
  ]);
  const waits = closed === null && toDo.every((one) => one.whom !== 'school');
  return [...(waits ? ['  School: nothing now.'] : []), ...lines];
}

function registerGoing(call: Command): void {
  verb<OfCall>(call, {
    name: 'accept',
    description: 'Take the call that is offered.',
    example: 'call accept --call S-000017',
    options: withOfficer,
    run: (options, doing) => ask(doing, options, 'accept'),
  });
  verb<OfCall & { reason: string }>(call, {
    name: 'decline',
    description: 'Cannot go, or turned back on the way: somebody else is asked.',
    example: 'call decline --call S-000017 --reason "at the other end of the district"',
    options: (c) => withOfficer(c).requiredOption('--reason <text>', 'why'),
    run: (options, doing) => ask(doing, options, 'decline', { reason: options.reason }),
  });
  verb<OfCall & { minutes?: number }>(call, {
    name: 'start',
    description: 'On the way; back within the time expected, or an alarm is given.',
    example: 'call start --call S-000017 --minutes 45',
    options: (c) =>
      withOfficer(c).option('--minutes <n>', 'expected until back (default: the policy’s)', (text) => {
        if (!/^\d{1,4}$/.test(text))
          throw new InputFault('BAD_MINUTES', 'give minutes, e.g. 45', '--minutes');
        return Number(text);
      }),
    run: (options, doing) =>
      ask(doing, options, 'start', options.minutes === undefined ? {} : { expectedMinutes: options.minutes }),
  });
  verb<OfCall>(call, {
    name: 'arrive',
    description: 'There.',
    example: 'call arrive --call S-000017',
    options: withOfficer,
    run: (options, doing) => ask(doing, options, 'arrive'),
  });
  verb<OfCall>(call, {
    name: 'leave',
    description: 'Left the place, and safe: free for the next call.',
    example: 'call leave --call S-000017',
    options: withOfficer,
    run: (options, doing) => ask(doing, options, 'leave'),
  });
}

function registerChecklist(call: Command): void {
  const withStep = (c: Command): Command =>
    c.addOption(
      new Option('--step <step>', 'which, as `call show` names them')
        .choices([...STEP_CODES])
        .makeOptionMandatory(),
    );
  verb<OfCall & { step: string; note?: string; result?: string }>(call, {
    name: 'step',
    description: 'A step of the checklist is done, or asked of school or counselor.',
    example: 'call step --call S-000017 --step log-note --note "Brought to school at 9:40."',
    options: (c) =>
      withStep(withOfficer(c))
        .option('--note <text>', 'what was done')
        .option('--result <result>', 'confirmed, contradicted, address-confirmed …'),
    run: (options, doing) => {
      const { step, note, result } = options;
      return ask(doing, options, 'steps', {
        step,
        ...(note === undefined ? {} : { note }),
        ...(result === undefined ? {} : { result }),
      });
    },
  });
  verb<OfCall & { step: string; reason: string }>(call, {
    name: 'waive',
    description: 'A step is left out, with its reason.',
    example: 'call waive --call S-000017 --step consider-monitor --reason "nobody met"',
    options: (c) => withStep(withCall(c)).requiredOption('--reason <text>', 'why').option('--at <time>', AT),
    run: (options, doing) => ask(doing, options, 'waive', { step: options.step, reason: options.reason }),
  });
  verb<OfCall & { note: string }>(call, {
    name: 'counselor',
    description: 'What the counselor says of the student they were asked to meet.',
    example: 'call counselor --call S-000017 --note "Met during lunch."',
    options: (c) => withCall(c).requiredOption('--note <text>', 'their word').option('--at <time>', AT),
    run: (options, doing) => ask(doing, options, 'counselor', { note: options.note }),
  });
  verb<OfCall & { outcome: string; note?: string }>(call, {
    name: 'close',
    description: 'The outcome, once every step is done or waived.',
    example: 'call close --call S-000017 --outcome transported',
    options: (c) =>
      withCall(c)
        .requiredOption('--outcome <outcome>', 'as the policy names them, e.g. transported, nobody-home')
        .option('--note <text>', 'asked for with "other"'),
    run: (options, doing) =>
      ask(doing, options, 'close', {
        outcome: options.outcome,
        ...(options.note === undefined ? {} : { note: options.note }),
      }),
  });
}

function registerDispatcher(call: Command): void {
  verb<OfCall & { reason: string; to?: string }>(call, {
    name: 'reassign',
    description: 'Another officer goes: the one named, or whoever is next.',
    example: 'call reassign --call S-000017 --to O-0003 --reason "nearer"',
    options: (c) =>
      withCall(c)
        .requiredOption('--reason <text>', 'why')
        .option('--to <officer>', 'this officer, as soon as they are free'),
    run: (options, doing) =>
      ask(doing, options, 'reassign', {
        reason: options.reason,
        ...(options.to === undefined ? {} : { to: options.to }),
      }),
  });
  verb<OfCall & { reason: string }>(call, {
    name: 'alone',
    description: 'One officer goes, though two should.',
    example: 'call alone --call S-000017 --reason "the dog is gone"',
    options: (c) => withCall(c).requiredOption('--reason <text>', 'why'),
    run: (options, doing) => ask(doing, options, 'alone', { reason: options.reason }),
  });
  verb<OfCall & { reason: string; by: string }>(call, {
    name: 'cancel',
    description: 'Whoever called takes it back; open steps are waived so.',
    example: 'call cancel --call S-000017 --by police --reason "the father came"',
    options: (c) =>
      withCall(c)
        .addOption(
          new Option('--by <who>', 'who').choices(['police', 'school', 'dispatcher']).makeOptionMandatory(),
        )
        .requiredOption('--reason <text>', 'why'),
    run: (options, doing) => ask(doing, options, 'cancel', { by: options.by, reason: options.reason }),
  });
  verb<OfCall & { student: string; school?: string }>(call, {
    name: 'identify',
    description: 'Who the student is, where police could not say.',
    example: 'call identify --call S-000017 --student 604822',
    options: (c) =>
      withCall(c)
        .requiredOption('--student <number>', 'number in the student system')
        .option('--school <code>', 'where enrolled at several'),
    run: (options, doing) =>
      ask(doing, options, 'student', {
        student: options.student,
        ...(options.school === undefined ? {} : { school: options.school }),
      }),
  });
}
