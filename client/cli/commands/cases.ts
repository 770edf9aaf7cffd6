/** `case`, `refer`, `caseload`, `todo`: the ladder, by number. */
import type { Command } from 'commander';
import { CLOSING_REASONS } from '../../../domain/case/state.ts';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { taskSentence } from '../../../domain/calls/task-sentences.ts';
import { taskText } from '../../../domain/task-words.ts';
import { counted } from '../../../domain/words.ts';
import type { Task } from '../../../db/stores/tasks.ts';
import type { CaseShown, WholeCase } from '../../services/cases.ts';
import type { DecisionAnswer } from '../../services/decisions.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { askFirst, decide, decisionText, type OfCase } from '../leaving.ts';
import { cell, idOf, noun, verb, withCase, withId, withSubject, withYes } from '../verb.ts';

export function register(program: Command): void {
  registerCases(program);
  registerReferrals(program);
  registerWork(program);
}

/** Under a list of counts; which calendar it is says `case show`. */
const CALENDAR_MISSING = '* A calendar is missing for part of what is counted; `case show` says which part.';

function registerCases(program: Command): void {
  const cases = noun(program, 'case', 'Cases on the ladder.');
  verb<{ status?: string; stage?: string; school?: string; actionBy?: string; due?: string; flag?: string }>(
    cases,
    {
      name: 'list',
      description: 'Cases, open ones unless asked.',
      example: 'case list --action-by school --due 2025-10-31',
      options: (c) =>
        c
          .option('--status <status>', 'open, closed or any')
          .option('--stage <stage>', 'e.g. second-referral')
          .option('--school <code>', 'one school')
          .option('--action-by <role>', 'who must act next')
          .option('--due <date>', 'with a deadline up to this date')
          .option('--flag <flag>', 'e.g. order-broken, at-threshold'),
      run: async (options, { api, out }) => {
        const all: CaseShown[] = [];
        let after: string | undefined;
        do {
          const page = await api.get<{ cases: CaseShown[]; next: string | null }>('cases', {
            ...options,
            after,
            limit: 500,
          });
          all.push(...page.cases);
          after = page.next ?? undefined;
        } while (after !== undefined);
        const rows = all.map((one) => [
          one.caseNumber,
          cell(one.student, 10),
          cell(one.school, 10),
          cell(one.stage, 16),
          `${one.unexcusedDays}${one.countNotes.length > 0 ? ' *' : ''}`,
          cell(one.actionBy, 12),
          one.nextDeadline ?? '',
        ]);
        out.result(
          all,
          all.length === 0
            ? 'No cases.'
            : [
                table(['Case', 'Student', 'School', 'Stage', 'Days', 'Acts next', 'Due'], rows),
                ...(all.some((one) => one.countNotes.length > 0) ? [CALENDAR_MISSING] : []),
              ].join('\n'),
        );
      },
    },
  );
  verb<OfCase>(cases, {
    name: 'show',
    description: 'One case: where it stands, its journal, its letters.',
    example: 'case show --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const shown = await api.get<WholeCase>(`cases/${part(options.case)}`);
      out.result(shown, caseText(shown));
    },
  });
  verb<OfCase>(cases, {
    name: 'why',
    description: 'In words: where it stands, why, and what may happen when.',
    example: 'case why --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const shown = await api.get<{ why: string }>(`cases/${part(options.case)}/why`);
      out.result(shown, shown.why);
    },
  });
  verb<OfCase & { reason: string; note?: string; continuedBy?: string }>(cases, {
    name: 'close',
    description: 'Close a case.',
    example: 'case close --case C-000017 --reason transferred-out',
    options: (c) =>
      withId(withCase(c))
        .requiredOption('--reason <reason>', CLOSING_REASONS.join(', '))
        .option('--note <text>', 'in a sentence')
        .option('--continued-by <case>', 'the case that goes on instead (duplicate)'),
    run: async (options, doing) => {
      const { reason, note, continuedBy } = options;
      await decide(doing, options.case, 'close', { id: idOf(options), reason, note, continuedBy });
    },
  });
  verb<OfCase & { adequate?: boolean; notAdequate?: boolean; reason: string }>(cases, {
    name: 'progress',
    description: 'Judge progress since the last notice: yours goes over the case’s own review.',
    example: 'case progress --case C-000017 --not-adequate --reason "absent in every first lesson"',
    options: (c) =>
      withId(withCase(c))
        .option('--adequate', 'it is adequate')
        .option('--not-adequate', 'it is not')
        .requiredOption('--reason <text>', 'why, in a sentence'),
    run: async (options, doing) => {
      const { adequate, notAdequate, reason } = options;
      if ((adequate === true) === (notAdequate === true))
        throw new InputFault('BAD_USAGE', 'say either --adequate or --not-adequate');
      await decide(doing, options.case, 'progress', {
        ...{ id: idOf(options), reason },
        adequate: adequate === true,
      });
    },
  });
  registerHolds(cases);
}

interface HoldOptions extends OfCase {
  readonly kind?: string;
  readonly extend?: string;
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
  readonly schoolDays?: string;
}

function registerHolds(cases: Command): void {
  verb<HoldOptions>(cases, {
    name: 'hold',
    description: 'No letter leaves while a hold stands; time goes on. --extend makes one longer.',
    example: 'case hold --case C-000017 --kind medical --reason "in hospital" --school-days 15',
    options: (c) =>
      withId(withCase(c))
        .option('--kind <kind>', 'as in the policy, e.g. medical, iep-504, custody')
        .option('--extend <hold>', 'the id of a hold that goes on for longer')
        .requiredOption('--reason <text>', 'why, in a sentence')
        .option('--owner <role|user>', 'who is asked when it is over (default: case-manager)')
        .option('--until <date>', 'its last day')
        .option('--school-days <n>', 'or how many school days it lasts'),
    run: async (options, doing) => {
      const { kind, extend, reason, owner, until } = options;
      const body = { id: idOf(options), reason, until, schoolDays: wholeNumber(options.schoolDays) };
      if ((kind === undefined) === (extend === undefined))
        throw new InputFault('BAD_USAGE', 'give either --kind, or --extend with the id of a hold');
      if (extend !== undefined) return decide(doing, options.case, 'holds/extend', { ...body, hold: extend });
      await decide(doing, options.case, 'holds', { ...body, kind, owner });
    },
  });
  verb<OfCase & { hold?: string; reason: string }>(cases, {
    name: 'release',
    description: 'Release a hold; its letters leave, or a person is asked, as the policy says.',
    example: 'case release --case C-000017 --reason "back at school"',
    options: (c) =>
      withId(withCase(c))
        .option('--hold <id>', 'which (case show); not needed while one stands')
        .requiredOption('--reason <text>', 'why, in a sentence'),
    run: async (options, doing) => {
      const { hold, reason } = options;
      await decide(doing, options.case, 'holds/release', { id: idOf(options), hold, reason });
    },
  });
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InputFault('BAD_NUMBER', 'is no number of school days, e.g. 10', '--school-days');
  return Number(text);
}

function caseText(shown: WholeCase): string {
  const journal = shown.journal
    .slice(-12)
    .map((one) => [one.on, cell(one.type, 26), cell(one.by, 24), one.invented ? 'invented' : '']);
  const letters = shown.letters.map((one) => [
    cell(one.kind, 24),
    one.sequence,
    one.status,
    one.sendOn ?? '',
    one.outOn ?? '',
    one.parked ?? one.blockedReason ?? '',
  ]);
  const holds = (shown.state?.holds ?? []).map((one) => [
    cell(one.kind, 16),
    one.until,
    one.expired ? 'over' : 'stands',
    cell(one.owner, 18),
    one.id,
  ]);
  return [
    `${shown.caseNumber}: student ${shown.student}, ${shown.school}, ${shown.status}, ${shown.stage}`,
    `${counted(shown.unexcusedDays, 'unexcused day')}; opened ${shortDate(shown.openedOn)}${shown.previousCase ? ` after ${shown.previousCase}` : ''}; policy ${shown.policy}`,
    ...shown.countNotes.map((note) => `Look: ${note}.`),
    ...(shown.paper
      ? [
          `Begun on paper; brought in by ${shown.paper.by} on ${shown.paper.at.slice(0, 10)}${shown.paper.note ? `: ${shown.paper.note}` : ''}`,
        ]
      : []),
    ...(shown.next ? [`Next: ${shown.next}`] : []),
    ...(shown.flags.length > 0 ? [`Flags: ${shown.flags.join(', ')}`] : []),
    ...(letters.length > 0 ? ['', table(['Letter', 'No.', 'State', 'Leaves', 'Out', ''], letters)] : []),
    ...(holds.length > 0 ? ['', table(['Hold', 'Until', '', 'Owner', 'Id'], holds)] : []),
    '',
    table(['Date', 'What', 'By', ''], journal),
  ].join('\n');
}

function registerReferrals(program: Command): void {
  const refer = verb<{
    student?: string;
    case?: string;
    progress?: string;
    override?: string;
    acceptFewer?: string;
    id?: string;
    yes?: boolean;
  }>(program, {
    name: 'refer',
    description: 'Refer the student; which referral it is follows from the case.',
    example: 'refer --student 604822 --progress "absent again after three calls"',
    options: (c) =>
      withYes(withId(withSubject(c)))
        .option('--progress <text>', 'why progress is not adequate, in a sentence')
        .option('--override <reason>', 'written reason to refer without a new unexcused absence')
        .option(
          '--accept-fewer <reason>',
          'the Assistant Regional Superintendent’s reason to accept fewer interventions',
        ),
    run: async (options, doing) => {
      if (options.progress === undefined)
        throw new InputFault('BAD_USAGE', 'say why progress is not adequate', '--progress');
      oneSubject(options);
      await askFirst(doing.api, doing.out, options, 'referral', options.yes);
      const { progress, override, acceptFewer } = options;
      const body = { id: idOf(options), progress, override, acceptFewer };
      const route =
        options.case === undefined
          ? `students/${part(options.student ?? '')}/referrals`
          : `cases/${part(options.case)}/referrals`;
      const answer = await doing.api.post<DecisionAnswer>(route, body);
      doing.out.result(answer, decisionText(answer));
    },
  });
  verb<{ case?: string; id?: string; reason: string }>(refer, {
    name: 'withdraw',
    description: 'Take the last step back while its letter is still in the house.',
    example: 'refer withdraw --case C-000017 --reason "wrong student"',
    options: (c) => c.requiredOption('--reason <text>', 'why'),
    inherits: true,
    run: async (options, doing) => {
      if (options.case === undefined) throw new InputFault('BAD_USAGE', 'say which case', '--case');
      await decide(doing, options.case, 'withdraw', { id: idOf(options), reason: options.reason });
    },
  });
}

function oneSubject(options: { student?: string | undefined; case?: string | undefined }): void {
  if ((options.student === undefined) === (options.case === undefined)) {
    throw new InputFault('BAD_USAGE', 'give either --student or --case');
  }
}

function registerWork(program: Command): void {
  const caseload = noun(program, 'caseload', 'The Case Manager’s caseload.');
  verb<OfCase & { reason: string }>(caseload, {
    name: 'place',
    description: 'Place the student on the caseload.',
    example: 'caseload place --case C-000017 --reason "family asks for help"',
    options: (c) => withId(withCase(c)).requiredOption('--reason <text>', 'why'),
    run: async (options, doing) =>
      decide(doing, options.case, 'caseload', { id: idOf(options), reason: options.reason }),
  });
  verb<{ as?: string; case?: string; done?: string; note?: string }>(program, {
    name: 'todo',
    description: 'What waits for somebody, oldest first; --done N says that it has been done.',
    example: 'todo --as case-manager',
    options: (c) =>
      c
        .option('--as <role>', 'whose worklist (default: your own; for an office’s staff all)')
        .option('--case <number>', 'of one case, call or monitor: C-000017, S-000017, M-000017')
        .option('--done <task>', 'number of a task that has been done')
        .option('--note <text>', 'what was done'),
    run: async ({ as, case: number, done, note }, { api, out }) => {
      if (done !== undefined) {
        if (!/^\d{1,9}$/.test(done))
          throw new InputFault('BAD_TASK', 'is no number of a task; `todo` lists them', '--done');
        const task = await api.post<Task>(`tasks/${part(done)}/done`, note === undefined ? {} : { note });
        out.result(task, `Task ${task.id} is done.`);
        return;
      }
      const { tasks } = await api.get<{ tasks: Task[] }>('tasks', { role: as, case: number });
      const rows = tasks.map((one) => [
        one.id,
        one.createdOn,
        WHOSE[one.role] ?? cell(one.role, 14),
        one.caseNumber ?? '',
        cell(one.school, 10),
        cell(taskText(one.textCode), 30),
      ]);
      const said = tasks.flatMap((task) => {
        const sentence = taskSentence(task);
        return sentence === null ? [] : [`${task.id}: ${sentence}`];
      });
      out.result(
        tasks,
        tasks.length === 0
          ? 'Nothing waits.'
          : [table(['No.', 'Since', 'For', 'Case', 'School', 'What'], rows), ...said].join('\n'),
      );
    },
  });
}

/** Roles as a column shows them. */
const WHOSE: Readonly<Record<string, string>> = {
  'case-manager': 'Case Manager',
  'assistant-regional-superintendent': 'Asst. Supt.',
  'regional-superintendent': 'Superintendent',
  school: 'school',
  administrator: 'administrator',
};
