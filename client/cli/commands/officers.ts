/** `officer`: the roster of Attendance Officers, duty, and who is where. */
import { Option, type Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import type { OfficerPlan, PlannedVisit } from '../../services/officer-plan.ts';
import type { DutyAnswer, OfficerAdded, OfficerShown } from '../../services/officers.ts';
import { table } from '../frame.ts';
import { cell, collect, noun, verb, type Doing } from '../verb.ts';

export function register(program: Command): void {
  const officer = noun(program, 'officer', 'Attendance Officers: roster, duty, who is out.');
  verb<{ name: string; user?: string; channel: string; reach?: string; school?: string[] }>(officer, {
    name: 'add',
    description: 'Put an officer on the roster; a webhook’s key is shown once.',
    example: 'officer add --name "A. Officer" --user U-0007 --channel email --reach ao@example.org',
    options: (c) =>
      c
        .requiredOption('--name <name>', 'name of the person')
        .option('--user <id>', 'whose key acts as this officer (role attendance-officer)')
        .addOption(
          new Option('--channel <channel>', 'how offers reach them')
            .choices(['webhook', 'email', 'radio'])
            .default('radio'),
        )
        .option('--reach <address>', 'address of the webhook or the e-mail')
        .option('--school <code>', 'covers this school; again for another; none: all', collect),
    run: async ({ name, user, channel, reach, school }, { api, out }) => {
      const made = await api.post<OfficerAdded>('officers', {
        name,
        channel,
        ...(user === undefined ? {} : { user }),
        ...(reach === undefined ? {} : { reach }),
        ...(school === undefined ? {} : { schools: school }),
      });
      out.result(
        made,
        [
          `${made.id} is on the roster, reached by ${made.channel}.`,
          ...(made.secret === null ? [] : ['Key of the signature (shown once):', made.secret]),
        ].join('\n'),
      );
    },
  });
  verb<{ officer?: string }>(officer, {
    name: 'on-duty',
    description: 'Comes on duty, and is offered what waits.',
    example: 'officer on-duty',
    options: (c) => c.option('--officer <id>', 'which, e.g. O-0001 (default: oneself)'),
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

function planText({ officer, date, calls, monitors }: OfficerPlan): string {
  const lines = [`${officer}, ${shortDate(date)}`];
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
  out.result(
    answer,
    [
      `${answer.officer} is ${answer.onDuty ? 'on' : 'off'} duty${answer.changed ? '' : ' already'}.`,
      ...(calls === '' ? [] : [answer.onDuty ? `Offered now: ${calls}.` : `Given to others: ${calls}.`]),
    ].join('\n'),
  );
}

async function list({ api, out }: Doing, query: { overdue?: boolean }): Promise<void> {
  const { officers } = await api.get<{ officers: OfficerShown[] }>('officers', query);
  const rows = officers.map((one) => [
    one.id,
    cell(one.name, 20),
    one.standing,
    one.call ?? '',
    one.backBy ?? '',
    cell(one.schools?.join(' ') ?? 'all', 18),
  ]);
  out.result(
    officers,
    officers.length === 0
      ? query.overdue === true
        ? 'Nobody is overdue.'
        : 'Nobody is on the roster; `officer add` first.'
      : table(['Officer', 'Name', 'Where', 'Call', 'Back by', 'Schools'], rows),
  );
}
