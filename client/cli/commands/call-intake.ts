/** `call open` and what schools log before it: a service call comes in. */
import path from 'node:path';
import { Option, type Command } from 'commander';
import { ATTEMPT_RESULTS } from '../../../domain/calls/gates.ts';
import { CALLERS } from '../../../domain/calls/intake.ts';
import { CALL_KINDS } from '../../../domain/calls/policy.ts';
import { shortDate } from '../../../domain/dates.ts';
import { InputFault } from '../../../domain/refusal.ts';
import { readContactAttempts } from '../../../imports/contact-attempts.ts';
import { openText } from '../../../imports/text-stream.ts';
import type { AttemptsTaken, NotesShown } from '../../services/attendance-notes.ts';
import type { CallOpened } from '../../services/call-intake.ts';
import { ManyFaults } from '../../failures.ts';
import { part } from '../api-source.ts';
import { table } from '../frame.ts';
import { cell, idOf, noun, verb, withId } from '../verb.ts';
import { writePrivately } from './notices.ts';

interface Opening {
  readonly kind: string;
  readonly caller?: string;
  readonly student?: string;
  readonly school?: string;
  readonly parentCalled?: string;
  readonly parentHome?: boolean;
  readonly aukDays?: string;
  readonly attempt?: string[];
  readonly reason?: string;
  readonly because?: string;
  readonly address?: string;
  readonly place?: string;
  readonly first?: string;
  readonly last?: string;
  readonly born?: string;
  readonly looks?: string;
  readonly unit?: string;
  readonly note?: string;
  readonly id?: string;
}

export function register(program: Command): void {
  const call = noun(program, 'call', 'Service calls: who is asked, who goes, what was done.');
  registerOpen(call);
  registerNotes(call);
}

/** Whoever rang a number they must not is told so. */
function barredWords({ barred }: AttemptsTaken): string[] {
  if (barred === 0) return [];
  return [
    `CAREFUL  ${barred === 1 ? 'One call was' : `${barred} calls were`} to a number of somebody under a no-contact order: do not ring it again.`,
  ];
}

const many = (value: string, all: string[] = []): string[] => [...all, value];

function registerOpen(call: Command): void {
  verb<Opening>(call, {
    name: 'open',
    description: 'A call comes in: it is opened, or refused with what does not hold.',
    example: 'call open --kind true-refusal --student 1001 --parent-called 08:05 --parent-home',
    options: (c) =>
      withId(c)
        .addOption(new Option('--kind <kind>', 'which').choices([...CALL_KINDS]).makeOptionMandatory())
        .addOption(
          new Option('--caller <who>', 'who asks; default: police for police-transport, else school').choices(
            [...CALLERS],
          ),
        )
        .option('--student <number>', 'SIS number; police may not know it')
        .option('--school <code>', 'school of enrollment, where it is not the one on record')
        .option('--parent-called <time>', 'true refusal: when the parent called the school today, HH:MM')
        .option('--parent-home', 'true refusal: a parent will be home to open the door')
        .option('--no-parent-home', 'true refusal: nobody will')
        .option('--auk-days <n>', 'MIA: school days in a row, today among them')
        .option(
          '--attempt <number,date,result>',
          `MIA: a number tried; again for each. Results: ${ATTEMPT_RESULTS.join(', ')}`,
          many,
        )
        .option('--reason <code>', 'address: audit, zoning, returned-mail, other')
        .option('--because <text>', 'address: the reason in words, where it is other')
        .option('--address <address>', 'address: the one to verify: "street; city; state; ZIP"')
        .option('--place <text>', 'police: where the officer is with the student')
        .option('--first <name>', 'police: first name')
        .option('--last <name>', 'police: last name')
        .option('--born <date>', 'police: date of birth, YYYY-MM-DD')
        .option('--looks <text>', 'police: description')
        .option('--unit <text>', 'police: agency and unit, to call them back')
        .option('--note <text>', 'anything the officer should know'),
    run: async (options, { api, out }) => {
      const opened = await api.post<CallOpened>('calls', bodyOf(options));
      out.result(opened, openedText(opened));
    },
  });
}

function bodyOf(options: Opening): object {
  const { kind, student, school, place, aukDays, attempt, reason, because, note } = options;
  const caller = options.caller ?? (kind === 'police-transport' ? 'police' : 'school');
  const police = place === undefined ? undefined : policeOf(options, place);
  return {
    ...{ id: idOf(options), kind, caller, student, school, police, reason, reasonWords: because, note },
    parentHome: options.parentHome,
    ...(options.parentCalled === undefined ? {} : { parentCalled: { time: options.parentCalled } }),
    ...(aukDays === undefined ? {} : { aukDays: Number(aukDays) }),
    ...(attempt === undefined ? {} : { attempts: attempt.map(attemptOf) }),
    ...(options.address === undefined ? {} : { address: addressOf(options.address) }),
  };
}

function policeOf({ first, last, born, looks, unit, school }: Opening, place: string): object {
  return { place, firstName: first, lastName: last, birthDate: born, description: looks, unit, school };
}

function attemptOf(text: string): object {
  const [number = '', date = '', result = ''] = text.split(',').map((piece) => piece.trim());
  if (result === '') {
    throw new InputFault(
      'BAD_ATTEMPT',
      'write number,date,result, e.g. 309-555-0101,2025-10-14,no-answer',
      '--attempt',
    );
  }
  return { number, date, result };
}

export function addressOf(text: string): object {
  const pieces = text.split(';').map((piece) => piece.trim());
  const [city, state, postalCode] = pieces.slice(-3);
  if (pieces.length < 4) {
    throw new InputFault(
      'BAD_ADDRESS',
      'write "street; city; state; ZIP", e.g. "9 Elm Street; Pekin; IL; 61554"',
      '--address',
    );
  }
  return { lines: pieces.slice(0, -3), city, state, postalCode };
}

function openedText(opened: CallOpened): string {
  return [
    opened.opened ? `Call ${opened.callNumber} is open.` : `Call ${opened.callNumber} was open already.`,
    `Kind     ${opened.kind}${opened.priority === null ? '' : ` (priority ${opened.priority})`}`,
    `Student  ${opened.student ?? 'not known yet'}`,
    `School   ${opened.school ?? 'not known yet'}`,
    `Goes     from ${shortDate(opened.goesFrom)}`,
    ...opened.findings.map((one) => `${one.standing.padEnd(8)} ${one.words}`),
    ...(opened.candidates.length === 0
      ? []
      : [
          '',
          'Several students may be meant; say which, by number:',
          ...opened.candidates.map(
            (one) => `  ${one.student}  ${one.schools.join(', ')}  born ${one.birthDate ?? 'not known'}`,
          ),
        ]),
    ...(opened.waits ? ['(Kept; an officer is asked as soon as Temporal can be reached.)'] : []),
  ].join('\n');
}

function registerNotes(call: Command): void {
  verb<{ call: string; pdf: string; date?: string; time?: string }>(call, {
    name: 'door-note',
    description: 'Write the note an officer leaves at the door; it names no child.',
    example: 'call door-note --call S-000017 --pdf note.pdf',
    options: (c) =>
      c
        .requiredOption('--call <number>', 'the call, e.g. S-000017')
        .requiredOption('--pdf <file>', 'write it there')
        .option('--date <date>', 'of the visit, YYYY-MM-DD; default: the officer’s arrival, else now')
        .option('--time <time>', 'of the visit, HH:MM'),
    run: async ({ call: number, pdf, date, time }, { api, out }) => {
      const bytes = await api.bytes(`calls/${part(number)}/door-note`, { date, time });
      writePrivately(pdf, bytes);
      out.result({ call: number, pdf, bytes: bytes.length }, `Written to ${pdf}.`);
    },
  });
  verb<{ student: string; text: string; date?: string; id?: string }>(call, {
    name: 'note',
    description: 'Log an action in Attendance Notes.',
    example: 'call note --student 1001 --text "Letter sent home with a sibling"',
    options: (c) =>
      withId(c)
        .requiredOption('--student <number>', 'SIS number')
        .requiredOption('--text <text>', 'what was done')
        .option('--date <date>', 'of what it tells, YYYY-MM-DD; default: today'),
    run: async ({ student, text, date, id }, { api, out }) => {
      const done = await api.post<{ id: string; repeated: boolean }>(
        `students/${part(student)}/attendance-notes`,
        {
          ...{ text, date },
          ...(id === undefined ? {} : { id }),
        },
      );
      out.result(done, done.repeated ? 'It was logged already.' : 'Logged in Attendance Notes.');
    },
  });
  verb<{ student: string; number: string; date: string; result: string; note?: string }>(call, {
    name: 'attempt',
    description: 'Log a try to reach the family by telephone.',
    example: 'call attempt --student 1001 --number 309-555-0101 --date 2025-10-14 --result no-answer',
    options: (c) =>
      c
        .requiredOption('--student <number>', 'SIS number')
        .requiredOption('--number <telephone>', 'the number that was called')
        .requiredOption('--date <date>', 'YYYY-MM-DD')
        .addOption(
          new Option('--result <result>', 'what came of it')
            .choices([...ATTEMPT_RESULTS])
            .makeOptionMandatory(),
        )
        .option('--note <text>', 'anything else'),
    run: async (options, { api, out }) => {
      const done = await api.post<AttemptsTaken>('contact-attempts', { attempts: [options] });
      out.result(
        done,
        [done.new === 1 ? 'Logged.' : 'It was logged already; it counts once.', ...barredWords(done)].join(
          '\n',
        ),
      );
    },
  });
  verb<object>(call, {
    name: 'attempts <file>',
    description: 'Bring in tries to reach families from Attendance Notes (CSV).',
    example: 'call attempts attendance-notes.csv',
    run: async (_options, { api, out }, [file = '']) => {
      const name = path.basename(file);
      const { rows, faults } = await readContactAttempts(openText(file, name), name);
      if (faults.length > 0) throw new ManyFaults('BAD_ATTEMPTS', faults);
      const done = await api.post<AttemptsTaken>('contact-attempts', { attempts: rows });
      out.result(
        done,
        [
          `${done.read} read: ${done.new} new, ${done.unchanged} on record already.`,
          ...barredWords(done),
        ].join('\n'),
      );
    },
  });
  verb<{ student: string }>(call, {
    name: 'notes',
    description: 'Attendance Notes of a student, and each try to reach the family.',
    example: 'call notes --student 1001',
    options: (c) => c.requiredOption('--student <number>', 'SIS number'),
    run: async ({ student }, { api, out }) => {
      const shown = await api.get<NotesShown>(`students/${part(student)}/attendance-notes`);
      const tries = shown.attempts.map((one) => [
        ...[one.date, one.number, one.household === null ? '?' : one.household ? 'yes' : 'no', one.result],
        cell(one.note ?? '', 24),
      ]);
      out.result(
        shown,
        [
          shown.notes.length === 0
            ? 'No note.'
            : table(
                ['Date', 'Note', 'Call'],
                shown.notes.map((one) => [one.date, cell(one.text, 54), one.call ?? '']),
              ),
          '',
          tries.length === 0
            ? 'No try to reach the family.'
            : table(['Date', 'Number', 'Household', 'Result', 'Note'], tries),
        ].join('\n'),
      );
    },
  });
}
