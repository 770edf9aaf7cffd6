/** `monitor`: 20-Day Monitor contracts of the Intervention Department. */
import type { Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import { MONITOR_SIGNERS } from '../../../domain/monitor/state.ts';
import type { MonitorAnswered, MonitorShown, MonitorStarted, MonitorWhole } from '../../services/monitors.ts';
import { part } from '../api-source.ts';
import { tableWithSentence } from '../frame.ts';
import { idOf, noun, verb, withId, withYes, type Doing } from '../verb.ts';
import { askBeforeContract } from '../department-leaving.ts';
import { writePrivately } from './notices.ts';

interface OfMonitor {
  readonly monitor: string;
  readonly id?: string;
}

const withMonitor = (command: Command): Command =>
  command.requiredOption('--monitor <number>', 'its number, e.g. M-000003');

const day = (date: string | null): string => (date === null ? 'not known' : shortDate(date));

export function register(program: Command): void {
  const monitor = noun(program, 'monitor', '20-Day Monitor contracts of the Intervention Department.');
  registerStart(monitor);
  registerReading(monitor);
  registerWork(monitor);
}

function registerStart(monitor: Command): void {
  verb<{ student: string; officer: string; call?: string; id?: string; yes?: boolean }>(monitor, {
    name: 'start',
    description: 'Begin a monitor: day 1 is the next school day; its contract goes to the family.',
    example: 'monitor start --student 1001 --officer O-0002 --call S-000017',
    options: (c) =>
      withYes(withId(c))
        .requiredOption('--student <number>', 'SIS number')
        .requiredOption('--officer <number>', 'the officer who watches')
        .option('--call <number>', 'the call it comes from'),
    run: async (options, { api, out }) => {
      const { student, officer, call } = options;
      await askBeforeContract(api, out, { student }, options.yes);
      const answer = await api.post<MonitorStarted>('monitors', {
        id: idOf(options),
        student,
        officer,
        call,
      });
      out.result(
        answer,
        [
          answer.started ? `Monitor ${answer.number} begins.` : `Monitor ${answer.number} runs already.`,
          `Start    ${day(answer.startsOn)}`,
          `Stop     ${day(answer.stopsOn)}`,
          `Officer  ${answer.officer ?? 'nobody'}`,
          ...(answer.waits ? ['(Kept; it begins as soon as Temporal can be reached.)'] : []),
        ].join('\n'),
      );
    },
  });
}

function registerReading(monitor: Command): void {
  verb<{ ended?: boolean; all?: boolean; officer?: string }>(monitor, {
    name: 'list',
    description: 'Running monitors, by their next deadline.',
    example: 'monitor list --officer O-0002',
    options: (c) =>
      c
        .option('--ended', 'those that have ended')
        .option('--all', 'both')
        .option('--officer <number>', 'of this officer'),
    run: async ({ ended, all, officer }, { api, out }) => {
      const status = all ? 'any' : ended ? 'ended' : 'open';
      const { monitors } = await api.get<{ monitors: MonitorShown[] }>('monitors', { status, officer });
      out.result(
        monitors,
        monitors.length === 0
          ? 'No monitor.'
          : tableWithSentence(
              ['Monitor', 'Student', 'School', 'Start', 'Stop', 'Breaches', 'Stands'],
              monitors.map((one) => [
                one.number,
                one.student,
                one.school,
                one.startsOn ?? '',
                one.stopsOn ?? '',
                String(one.breaches),
                one.endedHow ?? (one.standing === 'running' ? 'running' : 'waits for marks'),
              ]),
            ),
      );
    },
  });
  verb<OfMonitor & { pdf?: string }>(monitor, {
    name: 'show',
    description: 'One monitor: dates, breaches and what took them back.',
    example: 'monitor show --monitor M-000003',
    options: (c) => withMonitor(c).option('--pdf <file>', 'write the contract there, to be signed'),
    run: async ({ monitor: number, pdf }, { api, out }) => {
      if (pdf !== undefined) {
        const bytes = await api.bytes(`monitors/${part(number)}/contract`);
        writePrivately(pdf, bytes);
        out.result({ monitor: number, pdf, bytes: bytes.length }, `Written to ${pdf}.`);
        return;
      }
      const whole = await api.get<MonitorWhole>(`monitors/${part(number)}`);
      out.result(whole, wholeText(whole));
    },
  });
}

function wholeText(whole: MonitorWhole): string {
  return [
    `Monitor  ${whole.number}${whole.call === null ? '' : ` (from call ${whole.call})`}`,
    `Student  ${whole.student}, ${whole.school}`,
    `Officer  ${whole.officer ?? 'nobody'}`,
    `Contract ${shortDate(whole.contractOn)}`,
    `Runs     ${day(whole.startsOn)} to ${day(whole.stopsOn)}`,
    `Stands   ${whole.headline}`,
    `Known    ${whole.knownUpTo === null ? 'attendance not known yet' : `attendance known up to ${shortDate(whole.knownUpTo)}`}`,
    ...(whole.moved.length === 0
      ? []
      : [
          '',
          'Moved',
          ...whole.moved.map(
            (one) => `  ${one.which}: from ${day(one.from)} to ${day(one.to)} (${shortDate(one.on)})`,
          ),
        ]),
    ...(whole.breachDays.length === 0
      ? []
      : ['', 'Breaches', ...whole.breachDays.map((one) => `  ${one.words}`)]),
    ...(whole.signatures.length === 0
      ? []
      : ['', 'Signed', ...whole.signatures.map((one) => `  ${one.by}, ${shortDate(one.on)}`)]),
  ].join('\n');
}

function registerWork(monitor: Command): void {
  verb<OfMonitor & { reason: string; openedInError?: boolean }>(monitor, {
    name: 'end',
    description: 'End it before its stop date.',
    example: 'monitor end --monitor M-000003 --reason "the family has moved"',
    options: (c) =>
      withId(withMonitor(c))
        .requiredOption('--reason <text>', 'why, in a sentence')
        .option('--opened-in-error', 'it should never have begun'),
    run: async (options, doing) =>
      work(doing, options, 'end', {
        how: options.openedInError ? 'opened-in-error' : 'officer',
        reason: options.reason,
      }),
  });
  verb<OfMonitor & { by: string; date?: string }>(monitor, {
    name: 'sign',
    description: 'Record that somebody signed the contract.',
    example: 'monitor sign --monitor M-000003 --by parent',
    options: (c) =>
      withId(withMonitor(c))
        .requiredOption('--by <function>', MONITOR_SIGNERS.join(', '))
        .option('--date <date>', 'the day it was signed, YYYY-MM-DD; default: today'),
    run: async (options, doing) => work(doing, options, 'signatures', { by: options.by, date: options.date }),
  });
  verb<OfMonitor & { officer: string; reason: string }>(monitor, {
    name: 'reassign',
    description: 'Another officer watches from now on.',
    example: 'monitor reassign --monitor M-000003 --officer O-0004 --reason "on leave"',
    options: (c) =>
      withId(withMonitor(c))
        .requiredOption('--officer <number>', 'the officer who watches from now on')
        .requiredOption('--reason <text>', 'why'),
    run: async (options, doing) =>
      work(doing, options, 'officer', { officer: options.officer, reason: options.reason }),
  });
}

async function work({ api, out }: Doing, options: OfMonitor, route: string, body: object): Promise<void> {
  const answer = await api.post<MonitorAnswered>(`monitors/${part(options.monitor)}/${route}`, {
    id: idOf(options),
    ...body,
  });
  out.result(
    answer,
    [
      answer.done,
      `Monitor  ${answer.number}`,
      `Stands   ${answer.standing}`,
      ...(answer.stale ? ['(Lists show this in a moment.)'] : []),
    ].join('\n'),
  );
}
