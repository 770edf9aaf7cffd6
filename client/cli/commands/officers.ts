/** `officer`: duty, the day's plan, and who is where. */
import type { Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import type { OfficerPlan, PlannedVisit } from '../../services/officer-plan.ts';
import type { DutyAnswer, OfficerShown } from '../../services/officers.ts';
import { table } from '../frame.ts';
import { cell, noun, verb, type Doing } from '../verb.ts';

export function register(program: Command): void {
  const officer = noun(program, 'officer', 'Attendance Officers: roster, duty, who is out.');
  verb<{ officer?: string; until?: string }>(officer, {
    name: 'on-duty',
    description: 'Comes on duty, and is offered what waits, till the roster’s time ends.',
    example: 'officer on-duty --until 17:00',
    options: (c) =>
      c
        .option('--officer <id>', 'which, e.g. O-0001 (default: oneself)')
        .option('--until <time>', 'HH:MM of today: on duty so long, whatever the roster says'),
    run: (options, doing) => duty(doing, 'on-duty', options),
  });
  verb<{ officer?: string; reason?: string }>(officer, {
    name: 'off-duty',
    description: 'Goes off duty; a call under way is handed over.',
    example: 'officer off-duty --reason "end of shift"',
    options: (c) =>
      c.option('--officer <id>', 'which, e.g. O-0001 (default: oneself)').option('--reason <text>', 'why'),
    run: (options, doing) => duty(doing, 'off-duty', options),
  });
  verb<{ officer?: string }>(officer, {
    name: 'plan',
    description: 'What today holds for an officer, in the order in which it is offered.',
    example: 'officer plan',
    options: (c) => c.option('--officer <id>', 'which, e.g. O-0001 (default: oneself)'),
    run: async ({ officer: id }, { api, out }) => {
      const plan = await api.get<OfficerPlan>('officers/plan', { officer: id });
      out.result(plan, planText(plan));
    },
  });
  verb(officer, {
    name: 'list',
    description: 'Everybody on the roster, and where they are.',
    example: 'officer list',
    run: (_options, doing) => list(doing, {}),
  });
  verb(officer, {
    name: 'overdue',
    description: 'Officers who should be back and are not.',
    example: 'officer overdue',
    run: (_options, doing) => list(doing, { overdue: true }),
  });
}

function planText({ officer, date, calls, monitors, standing, till }: OfficerPlan): string {
  const lines = [
    `${officer}, ${shortDate(date)}${till === null || standing === 'duty-over' ? '' : `, on duty till ${till}`}`,
    ...(standing === 'duty-over'
      ? [
          `Your duty was over at ${till ?? ''}: nothing new is offered. officer on-duty --until HH:MM goes on.`,
        ]
      : []),
  ];
  lines.push(
    calls.length === 0
      ? 'No call waits for you.'
      : table(
          ['', 'Call', 'What', 'School', 'Area', 'Hazard'],
          calls.map((one: PlannedVisit) => [
            one.part,
            one.number,
            cell(one.label, 20),
            cell(one.school ?? 'unknown', 14),
            cell(one.area ?? '', 10),
            one.hazards === 0 ? '' : 'yes',
          ]),
        ),
  );
  if (calls.some((one) => one.hazards > 0)) lines.push('Hazard: read `call show` before leaving.');
  if (monitors.length > 0) {
    lines.push(
      'Monitors you watch',
      table(
        ['Monitor', 'School', 'Runs to', 'Breaches'],
        monitors.map((one) => [one.number, cell(one.school, 14), one.stopsOn ?? '', String(one.breaches)]),
      ),
    );
  }
  return lines.join('\n');
}

async function duty({ api, out }: Doing, route: string, body: object): Promise<void> {
  const answer = await api.post<DutyAnswer>(`officers/${route}`, body);
  const calls = answer.calls.join(', ');
  const till = answer.till === null ? '' : ` till ${answer.till}`;
  out.result(
    answer,
    [
      `${answer.officer} is ${answer.onDuty ? 'on' : 'off'} duty${till}${answer.changed ? '' : ' already'}.`,
      ...(calls === '' ? [] : [answer.onDuty ? `Offered now: ${calls}.` : `Given to others: ${calls}.`]),
    ].join('\n'),
  );
}

async function list({ api, out }: Doing, query: { overdue?: boolean }): Promise<void> {
  const { officers } = await api.get<{ officers: OfficerShown[] }>('officers', query);
  // Numbers to ring are not cut: names give way.
  const phones = Math.max(5, ...officers.map((one) => one.phone?.length ?? 0));
  const rows = officers.map((one) => [
    one.id,
    cell(one.name, NAME_AND_PHONE - phones),
    whereOf(one),
    one.call ?? '',
    one.phone ?? '',
    cell(schoolsOf(one), 9),
  ]);
  out.result(
    officers,
    officers.length === 0
      ? query.overdue === true
        ? 'Nobody is overdue.'
        : 'Nobody is on the roster; `officer add` first.'
      : table(['Officer', 'Name', 'Where', 'Call', 'Phone', 'Schools'], rows),
  );
}

/** Of 80 columns, beside the others at their widest. */
const NAME_AND_PHONE = 27;

/** `free till 15:30`, `out, back 14:10`. */
function whereOf({ standing, till, backBy }: OfficerShown): string {
  if (backBy !== null) return `${standing}, back ${backBy}`;
  if (till === null) return standing;
  return standing === 'duty-over' ? `${standing} ${till}` : `${standing} till ${till}`;
}

function schoolsOf({ schools }: OfficerShown): string {
  if (schools === null) return 'all';
  return schools.length === 1 ? (schools[0] ?? '') : `${schools.length} schools`;
}
