/** `officer add`, `change`, `remove`, `show`: the roster of Attendance Officers. */
import { Option, type Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import type { OfficerRemoved } from '../../services/leave-roster.ts';
import type { OfficerWhole } from '../../services/officer-shown.ts';
import type { RosterField } from '../../services/roster-entry.ts';
import type { OfficerAdded, OfficerChanged } from '../../services/roster.ts';
import { part } from '../api-source.ts';
import { collect, noun, verb } from '../verb.ts';

/** What can be said of an officer; `false`: taken away (`--no-duty`). */
interface Wish {
  readonly name?: string;
  readonly channel?: string;
  readonly reach?: string;
  readonly phone?: string | false;
  readonly school?: string[];
  readonly allSchools?: boolean;
  readonly duty?: string[] | false;
  readonly user?: string | false;
  readonly newKey?: boolean;
}

interface OfOfficer {
  readonly officer: string;
}

export function register(program: Command): void {
  const officer = noun(program, 'officer', 'Attendance Officers: roster, duty, who is out.');
  verb<Wish>(officer, {
    name: 'add',
    description: 'Put an officer on the roster; a webhook’s key is shown once.',
    example:
      'officer add --name "A. Officer" --user U-0007 --channel email --reach ao@example.org --duty "mon-fri 07:30-15:30"',
    options: (c) =>
      c
        .requiredOption('--name <name>', 'name of the person')
        .option('--user <id>', 'whose key acts as this officer (role attendance-officer)')
        .addOption(channel().default('radio'))
        .option('--reach <address>', 'address of the webhook or the e-mail')
        .option('--phone <number>', 'for the dispatcher; for colleagues, if they are overdue')
        .option('--school <code>', 'covers this school; again for another; none: all', collect)
        .option('--duty <times>', 'planned: "mon-fri 07:30-15:30"; again for others', collect),
    run: async (options, { api, out }) => {
      const made = await api.post<OfficerAdded>('officers', said(options));
      const duty = made.duty.length === 0 ? [] : [`Duty times: ${made.duty.join('; ')}.`];
      const lines = [`${made.id} is on the roster, reached by ${made.channel}.`, ...duty];
      out.result(made, [...lines, ...keyLines(made.secret)].join('\n'));
    },
  });
  verb<Wish & OfOfficer>(officer, {
    name: 'change',
    description: 'Change what is said, and nothing else. Schools hold at once.',
    example: 'officer change --officer O-0003 --school PEKIN-HS --duty "mon-fri 07:30-15:30"',
    options: (c) =>
      withOfficer(c)
        .option('--name <name>', 'name of the person')
        .option('--user <id>', 'whose key acts as this officer (role attendance-officer)')
        .option('--no-user', 'nobody’s; the dispatcher enters everything')
        .addOption(channel())
        .option('--reach <address>', 'address of the webhook or the e-mail')
        .option('--new-key', 'another key for the webhook’s signature, shown once')
        .option('--phone <number>', 'telephone')
        .option('--no-phone', 'no telephone is kept')
        .option('--school <code>', 'covers this school instead; again for another', collect)
        .addOption(new Option('--all-schools', 'covers every school').conflicts('school'))
        .option('--duty <times>', 'planned instead: "mon-fri 07:30-15:30"; again for others', collectAfterNo)
        .option('--no-duty', 'no times are planned'),
    run: async ({ officer: id, ...options }, { api, out }) => {
      const answer = await api.post<OfficerChanged>(`officers/${part(id)}/change`, said(options));
      out.result(
        answer,
        [
          answer.changed.length === 0
            ? `${answer.officer} is so already; nothing changed.`
            : `${answer.officer} is changed: ${fieldWords(answer.changed)}.`,
          ...(answer.calls.length === 0 ? [] : [`Offered now: ${answer.calls.join(', ')}.`]),
          ...keyLines(answer.secret),
        ].join('\n'),
      );
    },
  });
  verb<OfOfficer & { reason: string; monitorsTo?: string }>(officer, {
    name: 'remove',
    description: 'Take an officer off the roster; what they did stays theirs.',
    example: 'officer remove --officer O-0003 --reason "has left" --monitors-to O-0002',
    options: (c) =>
      withOfficer(c)
        .requiredOption('--reason <text>', 'why')
        .option('--monitors-to <officer>', 'who watches their monitors from now on'),
    run: async ({ officer: id, reason, monitorsTo }, { api, out }) => {
      const gone = await api.post<OfficerRemoved>(`officers/${part(id)}/remove`, { reason, monitorsTo });
      out.result(gone, removedText(gone, monitorsTo));
    },
  });
  verb<OfOfficer>(officer, {
    name: 'show',
    description: 'One officer: schools, duty times, monitors, and what was changed.',
    example: 'officer show --officer O-0003',
    options: withOfficer,
    run: async ({ officer: id }, { api, out }) => {
      const whole = await api.get<OfficerWhole>(`officers/${part(id)}`);
      out.result(whole, wholeText(whole));
    },
  });
}

const withOfficer = (command: Command): Command =>
  command.requiredOption('--officer <number>', 'which, e.g. O-0003');

const channel = () =>
  new Option('--channel <channel>', 'how offers reach them').choices(['webhook', 'email', 'radio']);

/** `--no-duty --duty …`: the last word counts. */
function collectAfterNo(value: string, before: readonly string[] | false | undefined): string[] {
  return collect(value, before === false ? [] : before);
}

/** As the API takes it: what was not said is left out; taken away is null. */
function said({ school, allSchools, phone, duty, user, ...rest }: Wish): object {
  const given = { ...rest, phone: orNull(phone), duty: orNull(duty), user: orNull(user) };
  return { ...given, schools: allSchools === true ? null : school };
}

function orNull<T>(value: T | false | undefined): T | null | undefined {
  return value === false ? null : value;
}

function keyLines(secret: string | null): string[] {
  return secret === null ? [] : ['Key of the signature (shown once):', secret];
}

const FIELDS: Readonly<Record<RosterField, string>> = {
  name: 'name',
  channel: 'channel',
  reach: 'address',
  phone: 'telephone',
  schools: 'schools',
  duty: 'duty times',
  user: 'user',
  key: 'key of the webhook',
};

function fieldWords(fields: readonly RosterField[]): string {
  return fields.map((one) => FIELDS[one]).join(', ');
}

function removedText({ officer, removed, ...gone }: OfficerRemoved, monitorsTo: string | undefined): string {
  if (!removed) return `${officer} has left the roster already.`;
  return [
    `${officer} has left the roster.`,
    ...(gone.calls.length === 0 ? [] : [`Given to others: ${gone.calls.join(', ')}.`]),
    ...(gone.monitors.length === 0
      ? []
      : [`Watched by ${monitorsTo ?? ''} now: ${gone.monitors.join(', ')}.`]),
    ...(gone.papers.length === 0
      ? []
      : [`Steps still open, for the dispatcher to enter: ${gone.papers.join(', ')}.`]),
    ...(gone.user === null ? [] : [`Their key still opens the program: user revoke --user ${gone.user}`]),
  ].join('\n');
}

function wholeText(one: OfficerWhole): string {
  const till = one.till === null ? '' : ` till ${one.till}`;
  const where = one.call === null ? one.standing + till : `${one.standing}, ${one.call}`;
  const lines: (readonly [label: string, text: string | null])[] = [
    ['Officer', `${one.id} ${one.name}`],
    ['Where', where],
    ['Telephone', one.phone],
    ['Offers by', one.reach === null ? one.channel : `${one.channel}, ${one.reach}`],
    ['User', one.user],
    ['Schools', one.schools?.join(', ') ?? 'all'],
    ['Duty', one.duty.length === 0 ? 'no times planned' : one.duty.join('; ')],
    ['Watches', one.monitors.length === 0 ? null : one.monitors.join(', ')],
    ['Papers', one.papers.length === 0 ? null : one.papers.join(', ')],
    ['Left', one.ended && `${day(one.ended.at)}: ${one.ended.reason}`],
  ];
  const changes = one.history.filter((version) => version.changed.length > 0);
  return [
    ...lines.flatMap(([label, text]) => (text === null ? [] : [`${label.padEnd(10)} ${text}`])),
    ...(changes.length === 0 ? [] : ['', 'Changes']),
    ...changes.map((version) => `  ${day(version.at)}, ${version.by}: ${fieldWords(version.changed)}`),
  ].join('\n');
}

function day(at: string): string {
  return shortDate(at.slice(0, 10));
}
