/** `caseload`: the Case Manager's desk: contacts, meetings, the plan, its reviews, agencies, the end. */
import type { Command } from 'commander';
import { isIsoDate, shortDate, type IsoDate } from '../../../domain/dates.ts';
import {
  FOLLOW_UP_OUTCOMES,
  MEETING_OUTCOMES,
  MEETING_WITH,
  SIGNERS,
} from '../../../domain/caseload/state.ts';
import { whyWords } from '../../../domain/caseload/view.ts';
import { CONTACT_KINDS, CONTACT_OUTCOMES, CONTACT_WHOM } from '../../../domain/contacts.ts';
import { InputFault } from '../../../domain/refusal.ts';
import type { ListedCaseload } from '../../../db/stores/caseloads.ts';
import type { CaseloadAnswered, CaseloadShown } from '../../services/caseloads.ts';
import type { ContactAnswer, ContactShown } from '../../services/contacts.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { cell, collect, idOf, noun, verb, withCase, withId, type Doing } from '../verb.ts';

interface OfCase {
  readonly case: string;
  readonly id?: string;
  readonly date?: string;
}

export function register(program: Command): void {
  const caseload = noun(program, 'caseload', 'The Case Manager’s caseload.');
  registerContacts(caseload);
  registerReading(caseload);
  registerMeetings(caseload);
  registerPlan(caseload);
  registerAgencies(caseload);
  registerEnd(caseload);
}

const withDate = (command: Command): Command =>
  withId(withCase(command)).option('--date <date>', 'the day it happened, YYYY-MM-DD; default: today');

/** Records something on the caseload and says what came of it. */
async function record({ api, out }: Doing, options: OfCase, route: string, body: object): Promise<void> {
  const answer = await api.post<CaseloadAnswered>(`cases/${part(options.case)}/caseload/${route}`, {
    id: idOf(options),
    ...body,
  });
  out.result(
    answer,
    [
      answer.done,
      `Case     ${answer.caseNumber} (caseload ${answer.sequence}: ${answer.standing})`,
      `Next     ${answer.next}`,
      ...(answer.stale ? ['(Lists show this in a moment.)'] : []),
    ].join('\n'),
  );
}

/** `2025-11-20`, or a number of school days. */
function dayAhead(
  value: string | undefined,
  option: string,
): { date: IsoDate } | { schoolDays: number } | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,3}$/.test(value)) return { schoolDays: Number(value) };
  if (isIsoDate(value)) return { date: value };
  throw new InputFault('BAD_DAY', 'give a number of school days, or a date as YYYY-MM-DD', option);
}

function registerContacts(caseload: Command): void {
  verb<OfCase & { kind: string; whom: string; outcome: string; note?: string }>(caseload, {
    name: 'contact',
    description: 'Log a try to reach the family; it never counts as an intervention.',
    example: 'caseload contact --case C-000017 --kind phone-call --whom mother --outcome no-answer',
    options: (c) =>
      withDate(c)
        .requiredOption('--kind <kind>', CONTACT_KINDS.join(', '))
        .requiredOption('--whom <function>', CONTACT_WHOM.join(', '))
        .requiredOption('--outcome <outcome>', CONTACT_OUTCOMES.join(', '))
        .option('--note <text>', 'in a sentence, without names'),
    run: async (options, { api, out }) => {
      const { id, kind, whom, outcome, date, note } = options;
      const answer = await api.post<ContactAnswer>(`cases/${part(options.case)}/contacts`, {
        ...{ id, kind, whom, outcome, date, note },
      });
      const { contact } = answer;
      out.result(
        answer,
        [
          answer.repeated
            ? 'This contact was there already; give --id to log another like it.'
            : 'The contact is logged.',
          `Contact  ${contact.kind}, ${contact.whom}, ${shortDate(contact.date)}: ${contact.outcome}`,
          `Id       ${contact.id}`,
          ...(answer.waits ? ['(Kept; the case is told as soon as it can be reached.)'] : []),
        ].join('\n'),
      );
    },
  });
  verb<OfCase & { withVoid?: boolean }>(caseload, {
    name: 'contacts',
    description: 'Tries to reach the family, by date.',
    example: 'caseload contacts --case C-000017',
    options: (c) => withCase(c).option('--with-void', 'also those taken back'),
    run: async ({ case: number, withVoid }, { api, out }) => {
      const { contacts } = await api.get<{ contacts: ContactShown[] }>(`cases/${part(number)}/contacts`, {
        withVoid,
      });
      out.result(contacts, contacts.length === 0 ? 'No contact is on record.' : contactTable(contacts, true));
    },
  });
  verb<OfCase & { contact: string; reason: string }>(caseload, {
    name: 'void-contact',
    description: 'Take a contact entered by mistake back, visibly.',
    example: 'caseload void-contact --case C-000017 --contact k-4f1c --reason "other family"',
    options: (c) =>
      withCase(c)
        .requiredOption('--contact <id>', 'its id, as `caseload contacts --json` shows it')
        .requiredOption('--reason <text>', 'why'),
    run: async ({ case: number, contact, reason }, { api, out }) => {
      const answer = await api.post<{ contact: ContactShown }>(
        `cases/${part(number)}/contacts/${part(contact)}/void`,
        { reason },
      );
      out.result(answer, 'The contact is taken back; it stays on record as void.');
    },
  });
}

function contactTable(contacts: readonly ContactShown[], notes: boolean): string {
  return table(
    ['Date', 'Kind', 'Whom', 'Outcome', notes ? 'Note' : '', ''],
    contacts.map((one) => [
      one.date,
      one.kind,
      one.whom,
      one.outcome,
      notes ? cell(one.note, 28) : '',
      one.void ? 'void' : '',
    ]),
  );
}

function registerReading(caseload: Command): void {
  verb<{ school?: string; status?: string; due?: string }>(caseload, {
    name: 'list',
    description: 'Who is on the caseload, the nearest deadline first.',
    example: 'caseload list --due 2025-10-31',
    options: (c) =>
      c
        .option('--school <code>', 'one school')
        .option('--status <status>', 'open (default), ended or any')
        .option('--due <date>', 'with a deadline up to this date'),
    run: async (options, { api, out }) => {
      const { caseloads } = await api.get<{ caseloads: ListedCaseload[] }>('caseloads', { ...options });
      const rows = caseloads.map((one) => [
        one.caseNumber,
        cell(one.student, 10),
        cell(one.school, 10),
        one.standing ?? 'begins',
        one.unexcusedDays,
        one.nextDeadline ?? '',
        one.lastContact === null ? 'never' : `${one.lastContact} (${one.contacts})`,
      ]);
      out.result(
        caseloads,
        caseloads.length === 0
          ? 'Nobody is on the caseload.'
          : table(['Case', 'Student', 'School', 'Work', 'Days', 'Due', 'Contact'], rows),
      );
    },
  });
  verb<OfCase & { sequence?: string }>(caseload, {
    name: 'show',
    description: 'One caseload: plan, reviews, meetings, agencies, contacts.',
    example: 'caseload show --case C-000017',
    options: (c) =>
      withCase(c).option('--sequence <number>', 'which time on the caseload; default: the latest'),
    run: async ({ case: number, sequence }, { api, out }) => {
      const shown = await api.get<CaseloadShown>(`cases/${part(number)}/caseload`, { sequence });
      out.result(shown, caseloadText(shown));
    },
  });
}

function caseloadText(shown: CaseloadShown): string {
  const plan = shown.plans.at(-1);
  const section = (title: string, rows: readonly string[]) => (rows.length === 0 ? [] : ['', title, ...rows]);
  return [
    `${shown.caseNumber}, caseload ${shown.sequence}: student ${shown.student}, ${shown.school}, ${shown.standing}`,
    `Since    ${shortDate(shown.placedOn)} (${whyWords(shown)})`,
    ...(shown.ended
      ? [`Ended    ${shortDate(shown.ended.on)} (${shown.ended.how}): ${shown.ended.reason}`]
      : []),
    `Next     ${shown.next}`,
    ...(plan
      ? section(
          `Plan of ${shortDate(plan.on)}${plan.revision > 1 ? `, revision ${plan.revision}: ${plan.reason ?? ''}` : ''}`,
          [
            ...plan.goals.map((goal) => `  Goal ${goal.id}   ${goal.text}${goal.met ? ' (met)' : ''}`),
            ...plan.supports.map((support) => `  Support  ${support}`),
            ...plan.shared.map((one) => `  Shared   ${shortDate(one.on)}, ${one.with}`),
            ...plan.signatures.map((one) => `  Signed   ${shortDate(one.on)}, ${one.by}`),
          ],
        )
      : []),
    ...section(
      'Reviews',
      shown.reviews.map(
        (one) =>
          `  ${one.id.padEnd(7)}  ${one.day === null ? 'beyond the calendar' : shortDate(one.day)}: ${one.status}${one.held ? `; ${one.held.how}` : ''}`,
      ),
    ),
    ...section(
      'Meetings',
      shown.meetings.map(
        (one) =>
          `  ${one.id.padEnd(7)}  ${shortDate(one.date)}, ${one.with}: ${one.outcome}${one.note ? `; ${one.note}` : ''}`,
      ),
    ),
    ...section(
      'Agencies',
      shown.agencies.flatMap((one) => [
        `  ${one.id.padEnd(7)}  ${shortDate(one.on)}, ${one.agency}: ${one.purpose}`,
        ...one.outcomes.map(
          (was) => `           ${shortDate(was.on)}: ${was.outcome}${was.note ? `; ${was.note}` : ''}`,
        ),
        ...(one.followUp
          ? [
              `           follow-up ${one.day === null ? 'beyond the calendar' : shortDate(one.day)}${one.followUp.due ? ': due' : ''}`,
            ]
          : []),
      ]),
    ),
    ...(shown.contacts.length === 0 ? [] : ['', contactTable(shown.contacts, false)]),
  ].join('\n');
}

function registerMeetings(caseload: Command): void {
  verb<OfCase & { with: string; outcome: string; note?: string }>(caseload, {
    name: 'meeting',
    description: 'A meeting with student or parent, or a try to meet.',
    example: 'caseload meeting --case C-000017 --with student-and-parent --outcome met',
    options: (c) =>
      withDate(c)
        .requiredOption('--with <whom>', MEETING_WITH.join(', '))
        .requiredOption('--outcome <outcome>', MEETING_OUTCOMES.join(', '))
        .option('--note <text>', 'in a sentence, without names'),
    run: async (options, doing) => {
      const { with: whom, outcome, date, note } = options;
      await record(doing, options, 'meetings', { with: whom, outcome, date, note });
    },
  });
}

function registerPlan(caseload: Command): void {
  verb<
    OfCase & {
      goal: string[];
      support?: string[];
      review?: string[];
      signed?: string[];
      reason?: string;
    }
  >(caseload, {
    name: 'plan',
    description: 'The attendance improvement plan; again with --reason: a revision.',
    example: 'caseload plan --case C-000017 --goal "at school by 8:00" --review 10 --review 20',
    options: (c) =>
      withDate(c)
        .requiredOption('--goal <text>', 'a goal; again for each', collect)
        .option('--support <text>', 'what helps the family; again for each', collect)
        .option(
          '--review <day>',
          'school days from the plan on, or a date; again for each; default: 10 and 20 school days',
          collect,
        )
        .option('--signed <function>', `who signed: ${SIGNERS.join(', ')}; again for each`, collect)
        .option('--reason <text>', 'why the plan in force is revised'),
    run: async (options, doing) => {
      const { goal: goals, support: supports, review, signed: signedBy, date, reason } = options;
      const reviews = review?.map((one) => dayAhead(one, '--review'));
      await record(doing, options, 'plans', { goals, supports, reviews, signedBy, date, reason });
    },
  });
  verb<OfCase & { with: string; signed?: string[] }>(caseload, {
    name: 'share',
    description: 'The plan was gone through with student or parent.',
    example: 'caseload share --case C-000017 --with student-and-parent --signed mother',
    options: (c) =>
      withDate(c)
        .requiredOption('--with <whom>', MEETING_WITH.join(', '))
        .option('--signed <function>', `who signed: ${SIGNERS.join(', ')}; again for each`, collect),
    run: async (options, doing) => {
      const { with: whom, signed: signedBy, date } = options;
      await record(doing, options, 'shares', { with: whom, signedBy, date });
    },
  });
  verb<OfCase & { how: string; met?: string[]; early?: boolean; next?: string }>(caseload, {
    name: 'review',
    description: 'How the plan goes: which goals are met, and when it is reviewed next.',
    example: 'caseload review --case C-000017 --how "late once, no absence" --met 1',
    options: (c) =>
      withDate(c)
        .requiredOption('--how <text>', 'how it went, in a sentence')
        .option('--met <goal>', 'number of a goal that is met now; again for each', collect)
        .option('--early', 'stands for the next review although its day has not come')
        .option('--next <day>', 'another review: school days from this one on, or a date'),
    run: async (options, doing) => {
      const { how, met: goalsMet, early, date } = options;
      const next = dayAhead(options.next, '--next');
      await record(doing, options, 'reviews', { how, goalsMet, early, next, date });
    },
  });
}

function registerAgencies(caseload: Command): void {
  verb<OfCase & { agency: string; purpose: string; followUp?: string }>(caseload, {
    name: 'agency',
    description: 'Refer the family to an outside agency.',
    example: 'caseload agency --case C-000017 --agency "Tri-County Counseling" --purpose counseling',
    options: (c) =>
      withDate(c)
        .requiredOption('--agency <name>', 'the agency')
        .requiredOption('--purpose <text>', 'what for')
        .option('--follow-up <day>', 'school days from the referral on, or a date; default: 10 school days'),
    run: async (options, doing) => {
      const { agency, purpose, date } = options;
      const followUp = dayAhead(options.followUp, '--follow-up');
      await record(doing, options, 'agencies', { agency, purpose, followUp, date });
    },
  });
  verb<OfCase & { agency: string; outcome: string; note?: string; again?: string }>(caseload, {
    name: 'follow-up',
    description: 'What came of a referral to an agency.',
    example: 'caseload follow-up --case C-000017 --agency a1 --outcome attending --again 20',
    options: (c) =>
      withDate(c)
        .requiredOption('--agency <number>', 'number of the referral, e.g. a1')
        .requiredOption('--outcome <outcome>', FOLLOW_UP_OUTCOMES.join(', '))
        .option('--note <text>', 'in a sentence, without names')
        .option('--again <day>', 'ask again: school days from now on, or a date'),
    run: async (options, doing) => {
      const { agency, outcome, date, note } = options;
      const again = dayAhead(options.again, '--again');
      await record(doing, options, 'follow-ups', { agency, outcome, again, date, note });
    },
  });
}

function registerEnd(caseload: Command): void {
  verb<OfCase & { planMet?: boolean; reason?: string }>(caseload, {
    name: 'end',
    description: 'The student leaves the caseload; the case goes on.',
    example: 'caseload end --case C-000017 --plan-met',
    options: (c) =>
      withId(withCase(c))
        .option('--plan-met', 'all goals of the plan are met')
        .option('--reason <text>', 'why, where the plan is not met'),
    run: async (options, doing) => {
      const { planMet, reason } = options;
      if (planMet !== true && reason === undefined) {
        throw new InputFault('BAD_USAGE', 'give --plan-met, or say why with --reason');
      }
      await record(doing, options, 'end', { how: planMet === true ? 'plan-met' : 'case-manager', reason });
    },
  });
}
