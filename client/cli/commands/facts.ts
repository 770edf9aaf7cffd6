/** `intervention`, `absence`: what schools document, one at a time. */
import type { Command } from 'commander';
import { InputFault } from '../../../domain/refusal.ts';
import type { InterventionAnswer, InterventionShown } from '../../services/interventions.ts';
import type { MarkAnswer } from '../../services/marks-by-hand.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { cell, noun, verb, withId, withSubject } from '../verb.ts';

export function register(program: Command): void {
  registerInterventions(program);
  registerAbsences(program);
}

const WAITS = 'Kept. The case is told as soon as Temporal is back; nothing more is to be done.';

function registerInterventions(program: Command): void {
  const intervention = noun(program, 'intervention', 'What the school did to help.');
  verb<{
    student?: string;
    case?: string;
    id?: string;
    kind: string;
    date: string;
    by: string;
    outcome: string;
    description?: string;
    proof?: string;
  }>(intervention, {
    name: 'add',
    description: 'Log an intervention; the first one opens the case.',
    example:
      'intervention add --student 604822 --kind phone-call --date 2025-10-01 --by "attendance clerk" --outcome "spoke with the mother"',
    options: (c) =>
      withId(withSubject(c))
        .requiredOption(
          '--kind <kind>',
          'phone-call, letter-home, student-conversation, home-visit, parent-meeting, intervention-staffing, incentive-program, other',
        )
        .requiredOption('--date <date>', 'when it happened, YYYY-MM-DD')
        .requiredOption('--by <who>', 'who did it, by function')
        .requiredOption('--outcome <text>', 'what came of it')
        .option('--description <text>', 'what it was (needed for "other")')
        .option('--proof <reference>', 'where the proof is kept'),
    run: async (options, { api, out }) => {
      const answer = await api.post<InterventionAnswer>('interventions', options);
      out.result(
        answer,
        [
          answer.repeated
            ? 'It was logged already; it counts once.'
            : `Logged: ${answer.intervention.kind} of ${answer.intervention.date}.`,
          `Case     ${answer.caseNumber}${answer.opened ? ' (opened with it)' : ''}`,
          `Id       ${answer.intervention.id}`,
          ...(answer.intervention.flagged === null
            ? []
            : ['Look     another of this kind is on record for that day']),
          ...(answer.waits ? [WAITS] : []),
        ].join('\n'),
      );
    },
  });
  verb<{ id: string; reason: string }>(intervention, {
    name: 'void',
    description: 'Take an intervention back, visibly.',
    example: 'intervention void --id i-0a1b2c --reason "logged for the wrong student"',
    options: (c) =>
      c.requiredOption('--id <id>', 'its id (intervention list)').requiredOption('--reason <text>', 'why'),
    run: async ({ id, reason }, { api, out }) => {
      const done = await api.post<{ intervention: InterventionShown; waits: boolean }>(
        `interventions/${part(id)}/void`,
        { reason },
      );
      out.result(
        done,
        `Void: ${done.intervention.kind} of ${done.intervention.date}.${done.waits ? `\n${WAITS}` : ''}`,
      );
    },
  });
  verb<{ student?: string; case?: string; withVoid?: boolean }>(intervention, {
    name: 'list',
    description: 'Interventions of a student or case, by date.',
    example: 'intervention list --student 604822',
    options: (c) => withSubject(c).option('--with-void', 'those taken back as well'),
    run: async (options, { api, out }) => {
      if ((options.student === undefined) === (options.case === undefined))
        throw new InputFault('BAD_USAGE', 'give either --student or --case');
      const { interventions } = await api.get<{ interventions: InterventionShown[] }>('interventions', {
        ...options,
      });
      const rows = interventions.map((one) => [
        one.date,
        cell(one.kind, 20),
        cell(one.by, 18),
        one.void ? 'void' : one.flagged ? 'look' : '',
        one.id,
      ]);
      out.result(
        interventions,
        interventions.length === 0 ? 'None.' : table(['Date', 'Kind', 'By', '', 'Id'], rows),
      );
    },
  });
}

interface MarkOptions {
  readonly student: string;
  readonly date: string;
  readonly code: string;
  readonly fraction?: string;
  readonly reason?: string;
  readonly was?: string;
  readonly source?: string;
}

function registerAbsences(program: Command): void {
  const absence = noun(program, 'absence', 'One mark by hand; every version stays on record.');
  const ofDay = (c: Command) =>
    c
      .requiredOption('--student <number>', 'the student')
      .requiredOption('--date <date>', 'the day, YYYY-MM-DD');
  const withMark = (c: Command) =>
    ofDay(c)
      .requiredOption('--code <code>', 'a code of the school’s system, or unexcused, excused, medical …')
      .option('--fraction <part>', 'part of the day missed, e.g. 0.5 (default: the whole day)')
      .option('--reason <text>', 'why');
  verb<MarkOptions>(absence, {
    name: 'add',
    description: 'Add a mark for a day that has none.',
    example: 'absence add --student 604822 --date 2025-10-06 --code unexcused',
    options: withMark,
    run: async (options, { api, out }) => {
      const done = await api.post<MarkAnswer>('absences', bodyOf(options));
      out.result(done, markText(done));
    },
  });
  verb<MarkOptions>(absence, {
    name: 'correct',
    description: 'Another code or length for a day.',
    example: 'absence correct --student 604822 --date 2025-10-06 --code medical --fraction 0.5',
    options: (c) =>
      withMark(c)
        .option('--was <code>', 'which mark, where the day has several')
        .option('--source <district/system>', 'whose mark, where several systems tell of the day'),
    run: async (options, { api, out }) => {
      const done = await api.post<MarkAnswer>('absences/correct', bodyOf(options));
      out.result(done, markText(done));
    },
  });
  verb<{ student: string; date: string; reason: string }>(absence, {
    name: 'excuse',
    description: 'A valid cause for a day, however late it comes.',
    example: 'absence excuse --student 604822 --date 2025-10-06 --reason "doctor’s note"',
    options: (c) => ofDay(c).requiredOption('--reason <text>', 'the cause'),
    run: async (options, { api, out }) => {
      const done = await api.post<MarkAnswer>('absences/excuse', options);
      out.result(done, markText(done));
    },
  });
}

function bodyOf({ fraction, ...rest }: MarkOptions) {
  if (fraction === undefined) return rest;
  const value = Number(fraction);
  if (!(value > 0 && value <= 1))
    throw new InputFault(
      'BAD_FRACTION',
      'a part of the day is above 0 and at most 1, e.g. 0.5',
      '--fraction',
    );
  return { ...rest, fraction: value };
}

export function markText(done: MarkAnswer): string {
  const rows = done.marks.map((one) => [
    one.date,
    cell(one.code, 20),
    one.category ?? 'unmapped',
    one.fraction,
    one.school,
    `rev. ${one.revision}`,
  ]);
  return [
    done.changed ? 'Recorded.' : 'It stood so already; nothing changed.',
    rows.length === 0
      ? 'No mark stands on that day.'
      : table(['Date', 'Code', 'Means', 'Part', 'School', ''], rows),
    ...(done.noSchool ? ['Look: there is no school that day; the mark is kept and never counts.'] : []),
    ...(done.waits ? [WAITS] : done.told.length > 0 ? [`Told: ${done.told.join(', ')}`] : []),
  ].join('\n');
}
