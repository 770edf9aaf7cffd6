/** `case`, `refer`, `hearing`, `order`, `court`, `caseload`, `todo`: the ladder, by number. */
import type { Command } from 'commander';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { Task } from '../../../db/stores/tasks.ts';
import type { CaseShown, WholeCase } from '../../services/cases.ts';
import type { DecisionAnswer } from '../../services/decisions.ts';
import { part } from '../api-source.ts';
import { CliError, EXIT, table } from '../frame.ts';
import { askFirst, decisionText } from '../leaving.ts';
import {
  cell,
  collect,
  idOf,
  noun,
  verb,
  withCase,
  withId,
  withSubject,
  withYes,
  type Doing,
} from '../verb.ts';

interface OfCase {
  readonly case: string;
  readonly id?: string;
  readonly yes?: boolean;
}

export function register(program: Command): void {
  registerCases(program);
  registerReferrals(program);
  registerHearings(program);
  registerCourt(program);
  registerWork(program);
}

/** Asks the server for a decision and says what came of it. */
async function decide({ api, out }: Doing, number: string, route: string, body: object): Promise<void> {
  const answer = await api.post<DecisionAnswer>(`cases/${part(number)}/${route}`, body);
  out.result(answer, decisionText(answer));
}

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
          one.unexcusedDays,
          cell(one.actionBy, 12),
          one.nextDeadline ?? '',
        ]);
        out.result(
          all,
          all.length === 0
            ? 'No cases.'
            : table(['Case', 'Student', 'School', 'Stage', 'Days', 'Acts next', 'Due'], rows),
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
  verb<OfCase & { reason: string; note?: string }>(cases, {
    name: 'close',
    description: 'Close a case.',
    example: 'case close --case C-000017 --reason transferred-out',
    options: (c) =>
      withId(withCase(c))
        .requiredOption(
          '--reason <reason>',
          'improved, transferred-out, withdrawn, graduated, not-subject-to-attendance, opened-in-error, court-disposition',
        )
        .option('--note <text>', 'in a sentence'),
    run: async (options, doing) => {
      const { reason, note } = options;
      await decide(doing, options.case, 'close', { id: idOf(options), reason, note });
    },
  });
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
    one.blockedReason ?? '',
  ]);
  return [
    `${shown.caseNumber}: student ${shown.student}, ${shown.school}, ${shown.status}, ${shown.stage}`,
    `${shown.unexcusedDays} unexcused days; opened ${shortDate(shown.openedOn)}${shown.previousCase ? ` after ${shown.previousCase}` : ''}; policy ${shown.policy}`,
    ...(shown.next ? [`Next: ${shown.next}`] : []),
    ...(shown.flags.length > 0 ? [`Flags: ${shown.flags.join(', ')}`] : []),
    ...(letters.length > 0 ? ['', table(['Letter', 'No.', 'State', 'Leaves', 'Out', ''], letters)] : []),
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

function registerHearings(program: Command): void {
  const hearing = noun(program, 'hearing', 'Hearings of the Regional Superintendent.');
  verb<OfCase & { date: string; time: string; place: string; override?: string }>(hearing, {
    name: 'schedule',
    description: 'Set a hearing; its notice leaves the next office morning.',
    example: 'hearing schedule --case C-000017 --date 2025-11-20 --time 09:30 --place "Courthouse, room 2"',
    options: (c) =>
      withYes(withId(withCase(c)))
        .requiredOption('--date <date>', 'YYYY-MM-DD')
        .requiredOption('--time <time>', 'HH:MM, local')
        .requiredOption('--place <place>', 'where')
        .option('--override <reason>', 'written reason for a closer date'),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'hearing', options.yes);
      const { date, time, place, override } = options;
      await decide(doing, options.case, 'hearings', { id: idOf(options), date, time, place, override });
    },
  });
  verb<OfCase & { appeared: string; inAbsence?: boolean }>(hearing, {
    name: 'held',
    description: 'The hearing was held.',
    example: 'hearing held --case C-000017 --appeared "mother and student"',
    options: (c) =>
      withId(withCase(c))
        .requiredOption('--appeared <who>', 'who appeared, by function')
        .option('--in-absence', 'held in the parent’s absence'),
    run: async (options, doing) =>
      decide(doing, options.case, 'hearings/outcome', {
        id: idOf(options),
        outcome: options.inAbsence === true ? 'held-in-absence' : 'held',
        appeared: options.appeared,
      }),
  });
  verb<OfCase>(hearing, {
    name: 'no-show',
    description: 'Nobody appeared and it was not held; another date is set.',
    example: 'hearing no-show --case C-000017',
    options: (c) => withId(withCase(c)),
    run: async (options, doing) =>
      decide(doing, options.case, 'hearings/outcome', {
        id: idOf(options),
        outcome: 'missed',
        appeared: 'nobody',
      }),
  });
  verb<{ from?: string }>(hearing, {
    name: 'docket',
    description: 'Hearings that are set, in order.',
    example: 'hearing docket',
    options: (c) => c.option('--from <date>', 'from this date (default: today)'),
    run: async ({ from }, { api, out }) => {
      const { hearings } = await api.get<{
        hearings: { caseNumber: string; date: string; time: string; place: string }[];
      }>('docket', { from });
      const rows = hearings.map((one) => [
        shortDate(one.date),
        one.time,
        one.caseNumber,
        cell(one.place, 36),
      ]);
      out.result(
        hearings,
        hearings.length === 0 ? 'No hearing is set.' : table(['Date', 'Time', 'Case', 'Place'], rows),
      );
    },
  });

  const order = noun(program, 'order', 'The order to return to school.');
  verb<OfCase & { findings: string; service?: string[]; returnDate?: string; reviewDate?: string }>(order, {
    name: 'issue',
    description: 'Issue the order; it leaves the next office morning.',
    example:
      'order issue --case C-000017 --findings "eleven unexcused days, no valid cause" --service counseling',
    options: (c) =>
      withYes(withId(withCase(c)))
        .requiredOption('--findings <text>', 'what the hearing found')
        .option('--service <text>', 'a service offered; again for another', collect)
        .option('--return-date <date>', 'back at school from (default: the next school day)')
        .option('--review-date <date>', 'when it is looked at again'),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'order', options.yes);
      const { findings, service, returnDate, reviewDate } = options;
      await decide(doing, options.case, 'orders', {
        id: idOf(options),
        findings,
        services: service ?? [],
        returnDate,
        reviewDate,
      });
    },
  });
  verb<OfCase>(order, {
    name: 'show',
    description: 'The order of a case, and whether it has been kept.',
    example: 'order show --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const { state } = await api.get<WholeCase>(`cases/${part(options.case)}`);
      const found = state?.order;
      if (!found)
        throw new CliError('NO_ORDER', 'no order has been issued in this case', EXIT.unknownOrForbidden);
      out.result(
        found,
        [
          `Issued   ${shortDate(found.on)}; back at school from ${shortDate(found.returnDate)}`,
          `Findings ${found.findings}`,
          `Services ${found.services.join('; ') || 'none named'}`,
          `Kept     ${found.brokenBy === null ? 'no breach on record' : `broken on ${shortDate(found.brokenBy)}`}`,
        ].join('\n'),
      );
    },
  });
}

function registerCourt(program: Command): void {
  const court = noun(program, 'court', 'Referral to the State’s Attorney.');
  verb<OfCase & { override?: string }>(court, {
    name: 'refer',
    description: 'Refer the case to the State’s Attorney of the child’s county.',
    example: 'court refer --case C-000017',
    options: (c) =>
      withYes(withId(withCase(c))).option(
        '--override <reason>',
        'written reason although no breach is on record',
      ),
    run: async (options, doing) => {
      await askFirst(doing.api, doing.out, options, 'court', options.yes);
      await decide(doing, options.case, 'court', { id: idOf(options), override: options.override });
    },
  });
  verb<OfCase & { answer: string }>(court, {
    name: 'answer',
    description: 'Record the State’s Attorney’s answer.',
    example: 'court answer --case C-000017 --answer accepted',
    options: (c) => withId(withCase(c)).requiredOption('--answer <answer>', 'accepted, declined or returned'),
    run: async (options, doing) =>
      decide(doing, options.case, 'court/answer', { id: idOf(options), answer: options.answer }),
  });
  verb<OfCase>(court, {
    name: 'status',
    description: 'Whether the case is in court, and what was answered.',
    example: 'court status --case C-000017',
    options: withCase,
    run: async (options, { api, out }) => {
      const { state, caseNumber } = await api.get<WholeCase>(`cases/${part(options.case)}`);
      const found = state?.court ?? null;
      out.result(
        { caseNumber, court: found },
        found === null
          ? 'Not referred to the State’s Attorney.'
          : `Referred on ${shortDate(found.on)}; ${found.answer === null ? 'no answer yet' : `${found.answer} on ${found.answeredOn === null ? '?' : shortDate(found.answeredOn)}`}.`,
      );
    },
  });
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
  verb(caseload, {
    name: 'list',
    description: 'Open cases on the caseload.',
    example: 'caseload list',
    run: async (_options, { api, out }) => {
      const { cases } = await api.get<{ cases: CaseShown[] }>('cases', { flag: 'on-caseload', limit: 500 });
      const rows = cases.map((one) => [
        one.caseNumber,
        cell(one.student, 12),
        one.school,
        one.stage,
        one.unexcusedDays,
      ]);
      out.result(
        cases,
        cases.length === 0
          ? 'Nobody is on the caseload.'
          : table(['Case', 'Student', 'School', 'Stage', 'Days'], rows),
      );
    },
  });
  verb<{ as?: string; case?: string; done?: string; note?: string }>(program, {
    name: 'todo',
    description: 'What waits for somebody, oldest first; --done N says that it has been done.',
    example: 'todo --as case-manager',
    options: (c) =>
      c
        .option('--as <role>', 'whose worklist')
        .option('--case <number>', 'of one case')
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
      out.result(
        tasks,
        tasks.length === 0
          ? 'Nothing waits.'
          : table(['No.', 'Since', 'For', 'Case', 'School', 'What'], rows),
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

/** `CONTACT_THE_FAMILY` → `Contact the family`: the codes are the words. */
function taskText(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
